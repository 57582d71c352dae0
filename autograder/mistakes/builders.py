"""Short ways to write down known mistakes: a wrong formula, and right numbers that are delivered wrongly."""

import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.mistakes import mistake
from autograder.reference import load_aspects

A = load_aspects()


def change_result(change: Callable, value: Any, name: str) -> Any:
    """Apply ``change`` to what a function returns, but not to a forward's cache.

    Parameters
    ----------
    change : callable
        ``change(array) -> array``.
    value : array, or tuple of arrays
    name : str
        Of the function that returned it.
    """
    if name.endswith("_forward"):
        return change(value[0]), value[1]
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)


def squeeze_result(right: Callable, name: str) -> Callable:
    """Return the function with ``np.squeeze`` around its results."""
    def drops_axes_of_length_one(*args, **named):
        return change_result(np.squeeze, right(*args, **named), name)
    return drops_axes_of_length_one


def return_float64(right: Callable, name: str) -> Callable:
    """Return the function with its results in float64."""
    def makes_float64(*args, **named):
        return change_result(lambda value: value.astype(np.float64), right(*args, **named), name)
    return makes_float64


def require_two_axes(right: Callable, name: str) -> Callable:
    """Return the function for a first argument with two axes only."""
    def expects_two_axes(x, *more, **named):
        n, d = x.shape
        return right(x, *more, **named)
    return expects_two_axes


def overwrite_input(right: Callable, name: str) -> Callable:
    """Return the function with its first result written into its first argument, which must have the same shape."""
    def overwrites_its_input(x, *more, **named):
        result = right(x, *more, **named)
        x[...] = result[0] if isinstance(result, tuple) else result
        return result
    return overwrites_its_input


WAYS = {
    A.SHAPE: (
        squeeze_result,
        "np.squeeze drops every axis of length one: a batch of one example, or one unit, loses an axis that later "
        "code relies on.",
    ),
    A.DTYPE: (
        return_float64,
        "float32 became float64: np.zeros(shape), np.where(mask, 1.0, 0.0) and astype(float) do that. "
        "np.zeros_like(x) keeps the dtype.",
    ),
    "edge sizes": (
        require_two_axes,
        "This works for two axes only. NumPy's arithmetic goes element by element for any number of axes: it "
        "needs neither loops over rows and columns nor reshaping.",
    ),
    A.INPUTS: (
        overwrite_input,
        "The result was written into the argument itself (x[x < 0] = 0, out=x, dout *= ...): the "
        "caller still needs it. Work on a copy.",
    ),
}
"""Aspect -> what makes a right function lose it, and the sentence that teaches."""


def deliver_wrongly(module: types.ModuleType, name: str, *aspects: str) -> None:
    """Register, for function ``name``, one mistake for each of the ``aspects`` (keys of :data:`WAYS`).

    Parameters
    ----------
    module : module
        The reference.
    name : str
    *aspects : str
    """
    for aspect in aspects:
        wrong, teaches = WAYS[aspect]
        mistake(name, {aspect}, teaches)(wrong(getattr(module, name), name))


def wrong_formula(module: types.ModuleType, function: str, name: str, loses: Iterable[str], code: Callable,
                  teaches: str) -> None:
    """Register the mistake ``name`` whose result is ``code(...)``; a forward's cache is the right one.

    Parameters
    ----------
    module : module
        The reference.
    function, name : str
        The graded function, and the mistake.
    loses : set of str
        Aspects.
    code : callable
        Takes the function's arguments; returns its result, for a forward without the cache.
    teaches : str
        The sentence for the student.
    """
    def forward(*args, **named):
        return code(*args, **named), getattr(module, function)(*args, **named)[1]

    wrong = forward if function.endswith("_forward") else code
    wrong.__name__ = name
    mistake(function, loses, teaches)(wrong)


def reorder_results(module: types.ModuleType, function: str, results: str, *orders: tuple[str, set[str]]) -> None:
    """Register, for each of ``orders``, the mistake that returns the right results in that order.

    Parameters
    ----------
    module : module
        The reference.
    function : str
    results : str
        Names of its results in the right order, ``"dx dw db"``.
    *orders : (str, set of str)
        A wrong order, and the aspects that it loses.
    """
    names = results.split()
    teaches = f"The results are in another order than in the docstring: it is {', '.join(names)}."

    def register(order, loses):
        def reordered(*args, **named):
            values = getattr(module, function)(*args, **named)
            return tuple(values[names.index(name)] for name in order.split())

        reordered.__name__ = "returns_" + "_".join(order.split())
        mistake(function, loses, teaches)(reordered)

    for order, loses in orders:
        register(order, loses)
