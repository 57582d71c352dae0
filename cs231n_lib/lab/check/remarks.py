"""Notes about what is accepted and yet not what the workbook does: they cost nothing, here or at grading."""

import numpy as np

from cs231n_lib.lab.check.observe import Case, observe
from cs231n_lib.lab.check.report import Row

ONE = np.ones((1, 1))
ZERO_INPUTS = {  # backward -> (documented cache for x = 0, slope below 0)
    "relu_backward": (0 * ONE, 0.0),
    "leaky_relu_backward": ((0 * ONE, 0.3), 0.3),
    "prelu_backward": ((0 * ONE, np.array([0.3])), 0.3),
}
FLAT_ENDS = {"sigmoid_forward": (0.0, 1.0), "tanh_forward": (-1.0, 1.0)}
"""Forward -> its values at x = -1000 and at x = 1000."""


def list_remarks(function, module):
    """Return the notes about a function, as a list of rows.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    module : module
        Anything with the functions as attributes.
    """
    if function.name in ZERO_INPUTS:
        return remark_on_kink(function, module)
    return remark_on_clip(function, module) if function.name in FLAT_ENDS else []


def remark_on_kink(function, module):
    """Say it where a gradient passes at exactly x = 0: the workbook takes the slope of the left side there."""
    cache, left = ZERO_INPUTS[function.name]
    seen = observe(function, Case("at x = 0", (0 * ONE,), dout=ONE), module, cache)
    dx = seen.parts.get("dx")
    if dx is None or dx.size != 1 or dx.item() == left:
        return []
    note = (f"At exactly x = 0 you take the slope {dx.item():g}, the workbook takes {left:g}. There is a kink, and "
            "either is accepted.")
    return [Row("at x = 0", "note", note=note)]


def remark_on_clip(function, module):
    """Say it where the output of a sigmoid or tanh stays away from its bounds."""
    seen = observe(function, Case("at ±1000", (np.array([[-1000.0, 1000.0]]),)), module)
    out = seen.parts.get("out")
    if out is None or out.size != 2 or not np.isfinite(out).all():
        return []
    away = np.abs(np.ravel(out) - FLAT_ENDS[function.name])
    if away.max() < 1e-15:
        return []
    note = (f"The output never gets nearer than {away.max():.0e} to its bound: it is clipped. Nothing needs a clip "
            "here, and at x = ±1000 the output is the bound itself.")
    return [Row("clipped", "note", note=note)]
