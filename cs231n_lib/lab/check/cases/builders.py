"""Helpers for the modules of visible inputs, one per topic, and the registry of all functions that have a check."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import VALUES
from cs231n_lib.lab.check.observe import Case, Function

FUNCTIONS = {}
"""Name -> :class:`~cs231n_lib.lab.check.observe.Function`."""


def chirp(*shape, seed=0, size=2.0):
    """Return numbers that look random: two decimals, at least 0.1 from 0, and the same on every machine.

    Parameters
    ----------
    *shape : int
    seed : int, default 0
        Other numbers for another seed.
    size : float, default 2.0
        The largest absolute value.

    Returns
    -------
    numbers : ndarray of float64 of that shape
    """
    k = np.arange(np.prod(shape, dtype=int)) + 1.0
    v = np.round(size * np.sin((0.37 + 0.11 * seed) * k * k + 1.1 * k + seed), 2)
    return np.where(np.abs(v) < 0.1, 0.15, v).reshape(shape)


def in_float32(*arrays):
    """Return the arrays as float32."""
    return tuple(np.asarray(a, np.float32) for a in arrays)


def add_function(topic, name, args, returns, cases, **more):
    """Register a function.

    Parameters
    ----------
    topic, name : str
        ``"activations"``, ``"relu_forward"``.
    args, returns : tuple of str
        Names of its arguments and results.
    cases : iterable of Case
    **more
        The other fields of :class:`~cs231n_lib.lab.check.observe.Function`.
    """
    more.setdefault("inputs", args)
    FUNCTIONS[name] = Function(name, topic, args, returns, tuple(cases), **more)


def join_gradients(gradients):
    """Return the name of the line about all gradients: "dx, dw, db", where dw may stand for dw1 and dw2."""
    return ", ".join(dict.fromkeys(name.strip("*0123456789") for name in gradients))


def add_pair(topic, stem, inputs, cases, kinks="", gradients=("dx",)):
    """Register ``stem_forward`` and ``stem_backward`` on the same inputs.

    Parameters
    ----------
    topic, stem : str
        ``"activations"``, ``"relu"``.
    inputs : tuple of str
        Names of the forward's arguments.
    cases : list of (aspect, args, kwargs, dout)
        The backward's aspect for the "values" of the forward bears the names of its gradients.
    kinks : str, default ""
        Where the function has a kink.
    gradients : tuple of str, default ("dx",)
        Names of the backward's results.
    """
    add_function(topic, f"{stem}_forward", inputs, ("out", "cache"), [Case(a, args, kw) for a, args, kw, _ in cases])
    backward = [Case(join_gradients(gradients) if a == VALUES else a, args, kw, dout=d) for a, args, kw, d in cases]
    add_function(topic, f"{stem}_backward", ("dout", "cache"), gradients, backward,
        forward=f"{stem}_forward", inputs=inputs, kinks=kinks)
