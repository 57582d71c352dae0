"""Repairs: would a function be right if it were called in another way, or if its results were taken in another way?

"The results are in another order." A repair is a wrapper around the reader's function. If the wrapped function is right
in every case, or makes a known mistake and no other, then what the repair undoes is wrong with the function: so an
order, a mode or an axis is named whatever else is wrong, and whether numbers or statistics are judged.
"""

import functools
import itertools
import types
from dataclasses import dataclass

import numpy as np

from cs231n_lib.lab.check.recognise import ERRORS, find_known_mistakes, list_wrong_results
from cs231n_lib.lab.check.result_form import PAIRS

OTHER_MODE = {"train": "test", "test": "train"}


@dataclass(frozen=True)
class Repair:
    """A way to make a function right.

    Attributes
    ----------
    sentence : str
        What is wrong with a function that it makes right.
    wrap : callable
        From the reader's function to the repaired one.
    """

    sentence: str
    wrap: object


def find_repairs(function, module, prints, seen, observe_all):
    """Return the sentences that explain all that is wrong with a function, if one repair does; else none.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    module : module
        With the reader's functions.
    prints : cs231n_lib.lab.check.known_results.KnownResults
    seen : list of Observation
        What came without a repair.
    observe_all : callable
        ``observe_all(module)``: what the function gives in each case, a list of Observation.

    Returns
    -------
    sentences : tuple of str
        That of the repair, and those of the known mistakes that are left.
    """
    if not hasattr(module, function.name):
        return ()
    found, code, before = {}, getattr(module, function.name), list_wrong_cells(function, seen, prints)
    for repair in list_repairs(function) if before else ():
        wrapped = functools.wraps(code)(repair.wrap(code))
        after = observe_all(types.SimpleNamespace(**vars(module) | {function.name: wrapped}))
        left = explain_rest(function, after, prints, len(before))
        if left is not None:
            found.setdefault(len(left), []).append((repair.sentence, *left))
    best = dict.fromkeys(found[min(found)]) if found else ()  # what needs fewer mistakes beside it
    return next(iter(best)) if len(best) == 1 else ()


def list_wrong_cells(function, seen, prints):
    """Return (number of a case, result) for all that is wrong; an exception counts as a result."""
    cells = []
    for i, (case, s, want) in enumerate(zip(function.cases, seen, prints.expected, strict=True)):
        cells += [(i, ERRORS)] if s.error else [(i, r) for r in list_wrong_results(function, case, s.parts, want)]
    return cells


def explain_rest(function, seen, prints, most):
    """Return the known mistakes that give all that is wrong, an empty tuple if nothing is; None if they do not.

    Parameters
    ----------
    function, seen, prints
        As in :func:`find_repairs`.
    most : int
        So much was wrong without the repair: what becomes more is not repaired.
    """
    cells = list_wrong_cells(function, seen, prints)
    if len(cells) > most or any(s.waits_for or s.error for s in seen):
        return None
    known = find_known_mistakes(function, seen, prints)
    named = {result for results in known.values() for result in results}
    return tuple(known) if {result for _, result in cells} <= named else None


def list_repairs(function):
    """Return the repairs that can be tried on a function."""
    names = [name.removeprefix("*") for name in function.returns]
    orders = [] if "cache" in names else list_orders(len(names))  # a cache may equal the result
    repairs = [Repair(f"The results are in another order than in the docstring: it is {', '.join(names)}.",
                      functools.partial(reorder, order)) for order in orders]
    if any(isinstance(a, dict) and "mode" in a for case in function.cases for a in case.args):
        repairs.append(Repair("The two modes are exchanged: what is asked for in training happens at test time, and "
                              "the other way round.", exchange_modes))
    if names == ["w"] or names == ["points"]:
        repairs.append(Repair(f"The axes of {names[0]} are exchanged: return the transpose of it.", transpose_result))
    if PAIRS in function.forms.values():
        repairs.append(Repair("The two parts of each pair are exchanged.", exchange_parts))
    return repairs


def list_orders(n):
    """Return the other orders of ``n`` results; of more than three, those where two have changed places."""
    orders = list(itertools.permutations(range(n)))[1:]
    if n <= 3:
        return orders
    return [order for order in orders if sum(i != k for i, k in enumerate(order)) == 2]


def reorder(order, code):
    """Return a function with its results in another order."""
    def reordered(*args, **kwargs):
        value = code(*args, **kwargs)
        many = isinstance(value, (tuple, list)) and len(value) == len(order)
        return tuple(value[i] for i in order) if many else value
    return reordered


def exchange_modes(code):
    """Return a function that is told the other mode."""
    def told_the_other(*args, **kwargs):
        params = [a for a in (*args, *kwargs.values()) if isinstance(a, dict) and a.get("mode") in OTHER_MODE]
        turn_modes(params)
        try:
            return code(*args, **kwargs)
        finally:
            turn_modes(params)
    return told_the_other


def turn_modes(params):
    """Put the other mode into some dicts."""
    for param in params:
        param["mode"] = OTHER_MODE.get(param.get("mode"), "train")


def transpose_result(code):
    """Return a function whose matrix is transposed."""
    def transposed(*args, **kwargs):
        value = code(*args, **kwargs)
        return value.T if isinstance(value, np.ndarray) and value.ndim == 2 else value
    return transposed


def exchange_parts(code):
    """Return a function with the two parts of each pair in a list exchanged."""
    def exchanged(*args, **kwargs):
        value = code(*args, **kwargs)
        pairs = isinstance(value, (tuple, list)) and all(isinstance(p, (tuple, list)) and len(p) == 2 for p in value)
        return [(b, a) for a, b in value] if pairs else value
    return exchanged
