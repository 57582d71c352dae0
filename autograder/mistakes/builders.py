"""Short ways to write down known mistakes: a wrong formula, and right numbers that are delivered wrongly."""

import numpy as np

from autograder.mistakes import mistake


def changed(change, value, name):
    """Apply ``change`` to what a function returns, but not to a forward's cache."""
    if name.endswith("_forward"):
        return change(value[0]), value[1]
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)


def squeezed(right, name):
    """Return the function with ``np.squeeze`` around its results."""
    def drops_axes_of_length_one(*args, **named):
        return changed(np.squeeze, right(*args, **named), name)
    return drops_axes_of_length_one


def in_float64(right, name):
    """Return the function with its results in float64."""
    def makes_float64(*args, **named):
        return changed(lambda value: value.astype(np.float64), right(*args, **named), name)
    return makes_float64


def for_two_axes(right, name):
    """Return the function for a first argument with two axes only."""
    def expects_two_axes(x, *more, **named):
        n, d = x.shape
        return right(x, *more, **named)
    return expects_two_axes


def in_place(right, name):
    """Return the function with its first result written into its first argument, which must have the same shape."""
    def overwrites_its_input(x, *more, **named):
        result = right(x, *more, **named)
        x[...] = result[0] if isinstance(result, tuple) else result
        return result
    return overwrites_its_input


WAYS = {
    "shape": (squeezed, "np.squeeze drops every axis of length one: a batch of one example, or one unit, loses an "
                        "axis that later code relies on."),
    "dtype": (in_float64, "float32 became float64: np.zeros(shape), np.where(mask, 1.0, 0.0) and astype(float) do "
                          "that. np.zeros_like(x) keeps the dtype."),
    "edge sizes": (for_two_axes, "This works for two axes only. NumPy's arithmetic goes element by element for any "
                                 "number of axes: it needs neither loops over rows and columns nor reshaping."),
    "leaves inputs alone": (in_place, "The result was written into the argument itself (x[x < 0] = 0, out=x, "
                                      "dout *= ...): the caller still needs it. Work on a copy."),
}
"""Aspect -> what makes a right function lose it, and the sentence that teaches."""


def deliver_wrongly(module, name, *aspects):
    """Register, for function ``name``, one mistake for each of the ``aspects`` (keys of :data:`WAYS`)."""
    for aspect in aspects:
        wrong, teaches = WAYS[aspect]
        mistake(name, {aspect}, teaches)(wrong(getattr(module, name), name))


def wrong_formula(module, function, name, loses, code, teaches):
    """Register the mistake ``name`` whose result is ``code(...)``; a forward's cache is the right one."""
    def forward(*args, **named):
        return code(*args, **named), getattr(module, function)(*args, **named)[1]

    wrong = forward if function.endswith("_forward") else code
    wrong.__name__ = name
    mistake(function, loses, teaches)(wrong)
