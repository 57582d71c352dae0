"""What the modules of visible inputs, one per topic, are written with."""

import numpy as np

from cs231n_lib.lab.check.observe import Case, Function

FUNCTIONS = {}
"""Name -> :class:`Function`."""


def chirp(*shape, seed=0, size=2.0):
    """Return numbers of two decimals, without a pattern, none nearer to 0 than 0.1; the same everywhere."""
    k = np.arange(np.prod(shape, dtype=int)) + 1.0
    v = np.round(size * np.sin((0.37 + 0.11 * seed) * k * k + 1.1 * k + seed), 2)
    return np.where(np.abs(v) < 0.1, 0.15, v).reshape(shape)


def in_float32(*arrays):
    """Return the arrays as float32."""
    return tuple(np.asarray(a, np.float32) for a in arrays)


def add_function(topic, name, args, returns, cases, **more):
    """Register a function."""
    more.setdefault("inputs", args)
    FUNCTIONS[name] = Function(name, topic, args, returns, tuple(cases), **more)


def add_pair(topic, stem, inputs, cases, kinks="", gradients=("dx",)):
    """Register ``stem_forward`` and ``stem_backward`` on the same inputs.

    ``cases`` are (aspect, args, kwargs, dout); the aspect "values" is called "gradient" for the backward.
    """
    add_function(topic, f"{stem}_forward", inputs, ("out", "cache"), [Case(a, args, kw) for a, args, kw, _ in cases])
    backward = [Case("gradient" if a == "values" else a, args, kw, dout=d) for a, args, kw, d in cases]
    add_function(topic, f"{stem}_backward", ("dout", "cache"), gradients, backward,
        forward=f"{stem}_forward", inputs=inputs, kinks=kinks)
