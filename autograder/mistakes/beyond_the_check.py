"""Known mistakes that the inputs of the visible checks need not show: what several topics share.

They are made by code that is right only for float64 arrays in the usual memory order. Hidden tests show them, under
"edge sizes" and the like; the visible checks do not name them. Each ``mistakes/<topic>.py`` ends with those of its
topic.
"""

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.mistakes import mistake

MEMORY = ("This goes by the order of the numbers in memory, which is another one for a transposed array: reshape(-1) "
          "is then a copy, so that what is written into it is lost, and ravel('K') is shuffled. Work on the array as "
          "it is.")
HALF = "This is right for float64 only: float32 is rounded to half precision, or below. Leave the dtype as it is."


def read_in_memory_order(value: Any) -> Any:
    """Return an array, or a dict of arrays, with the numbers in the order in which they lie in memory."""
    if isinstance(value, dict):
        return {k: read_in_memory_order(v) for k, v in value.items()}
    return np.ravel(value, order="K").reshape(value.shape) if isinstance(value, np.ndarray) else value


def round_to_half(value: Any) -> Any:
    """Return an array, or a dict of arrays, with float32 rounded to half precision."""
    if isinstance(value, dict):
        return {k: round_to_half(v) for k, v in value.items()}
    is_single = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float16).astype(np.float32) if is_single else value


def misread_argument(right: Callable, position: int, read: Callable) -> Callable:
    """Return the function with ``read`` applied to one of its arguments; to its results, if that is a callable.

    Parameters
    ----------
    right : callable
    position : int
        Of the argument.
    read : callable
        ``read(value) -> value``.
    """
    def wrong(*args, **named):
        changed, given = list(args), args[position]
        changed[position] = (lambda *more: read(given(*more))) if callable(given) else read(given)
        return right(*changed, **named)
    return wrong


def register_misread(module: types.ModuleType, name: str, position: int = 0) -> None:
    """Register both ways to misread an array for function ``name``.

    Parameters
    ----------
    module : module
        The reference.
    name : str
    position : int
        Of the argument that is misread: an array, a dict of arrays, or a function that returns one.
    """
    for read, code_name, teaches in ((read_in_memory_order, "goes_by_memory", MEMORY),
                                     (round_to_half, "rounds_float32", HALF)):
        wrong = misread_argument(getattr(module, name), position, read)
        wrong.__name__ = code_name
        mistake(name, {"edge sizes"}, teaches, unseen=True)(wrong)
