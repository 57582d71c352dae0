"""Judge a forward and a backward as the pair that the reader wrote: does the one read what the other keeps?

A backward may be right on the docstring's cache and a forward give the right output, and yet the two do not fit: the
forward keeps something else. So each backward is called with the cache of the reader's own forward, after a further
call of the forward, and twice. A pair with a cache of its own kind passes if it fits.
"""

import copy
import types
from dataclasses import dataclass, field

import numpy as np

from cs231n_lib.lab.check.arrays import are_equal, as_numbers, is_close
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.difference_map import compare_results
from cs231n_lib.lab.check.known_results import load_known_results
from cs231n_lib.lab.check.observe import (
    Observation,
    as_grader_sees,
    choose_tolerance,
    name_results,
    observe,
    results_agree,
)
from cs231n_lib.lab.check.report import NOT_YET, Row, describe_waiting, format_value
from cs231n_lib.lab.check.result_form import describe_form

OWN_CACHE = "on your own forward's cache"
"""The line of a backward about the pair."""


@dataclass
class Trial:
    """A backward on the cache of the reader's own forward, for one case.

    Attributes
    ----------
    seen : Observation
        What the backward gave.
    again : dict or None
        The results of a second call with the same cache, None if it raised.
    cache : object
        What the forward keeps, as it was before the backward.
    out : object
        What the forward returned beside it.
    """

    seen: Observation = field(default_factory=Observation)
    again: dict | None = None
    cache: object = None
    out: object = None


# -- the lines --------------------------------------------------------------------------------------------------


def judge_pairs(function, module):
    """Return the lines about the pairs that a function belongs to.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    module : module
        Anything with the functions as attributes.

    Returns
    -------
    rows : list of Row
        One for a backward. For a forward: one for each backward that is written and does not fit, and a note if none
        is written and the cache is not the docstring's.
    """
    if function.forward:
        return [judge_backward(function, module)] if list_cases(function) else []
    backwards = [f for f in FUNCTIONS.values() if f.forward == function.name and list_cases(f)]
    rows = [row for backward in backwards for row in judge_forward(backward, module)]
    return rows if any(r.status == "wrong" for r in rows) else rows[:1]  # one note is enough for two backwards


def judge_backward(function, module):
    """Return the line of a backward on the cache of the reader's own forward."""
    judged = list_judged(function, module)
    if not judged:
        if is_written(FUNCTIONS[function.forward], module):
            return Row(OWN_CACHE, "open", note=f"needs {function.forward}, whose output is not right yet")
        return Row(OWN_CACHE, "open", note=describe_waiting(function.forward, calls_it=False))
    misfit = find_misfit(function, judged, module)
    if misfit is None:
        return Row(OWN_CACHE, "ok")
    if is_right_on_documented(function, module) or is_right_at_once(function, judged, module):
        return describe_misfit(OWN_CACHE, function, *misfit, module)
    note = f"needs a gradient that is right on the docstring's cache\n{describe_difference(function, *misfit)}"
    return Row(OWN_CACHE, "open", note=note.strip())


def judge_forward(backward, module):
    """Return the lines in the check of a forward about what it hands to ``backward``."""
    judged = list_judged(backward, module)
    misfit = find_misfit(backward, judged, module)
    difference = describe_difference(backward, *misfit) if misfit else ""
    if not difference:  # then it is not the forward that has to change
        return []
    if not is_written(backward, module):
        return [Row("cache", "note", note=f"{difference}\nThat is fine if your {backward.name} reads it so.")]
    aspect = f"fits your own {backward.name}"
    if is_right_on_documented(backward, module):
        return [describe_misfit(aspect, backward, *misfit, module)]
    return [Row(aspect, "open", note=f"needs a {backward.name} that is right on the docstring's cache\n{difference}")]


def describe_misfit(aspect, function, i, trial, module):
    """Return the line of a backward that is right on the docstring's cache and not on that of its own forward."""
    case, want, name = function.cases[i], load_known_results(function.name).expected[i], function.name
    difference = describe_difference(function, i, trial)
    if fits(function, i, try_pair(function, i, module, between=False)):
        difference = (f"It is right if {name} is called at once, and wrong after another call of {function.forward}: "
                      "something is kept outside of the cache.")
    if fits_once(function, i, trial):
        return Row(aspect, "wrong", "a second call on the same cache gives another result",
                   "the same result at every call",
                   relations=(f"{name} changes what the cache holds, which is still needed.",))
    seen = trial.seen
    if seen.error or seen.parts.keys() != want.keys():
        return Row(aspect, "wrong", seen.problem or f"results: {', '.join(seen.parts)}",
                   relations=tuple(difference.splitlines()))
    for part, w in want.items():
        got, tol = seen.parts[part], choose_tolerance(case, part)
        if not is_close(got, w, tol):
            return Row(aspect, "wrong", f"{part} =\n{format_value(got)}", f"{part} =\n{format_value(w)}",
                       relations=tuple(difference.splitlines()), where=compare_results(part, got, w, tol))
    return Row(aspect, "ok")


# -- running a pair ---------------------------------------------------------------------------------------------


def list_cases(function):
    """Return the numbers of the cases with one right result: what is random has a run of its own."""
    return [i for i, case in enumerate(function.cases) if not case.run]


def list_judged(function, module):
    """Return the numbers of the cases of a backward in which the output of the reader's own forward is right."""
    return [i for i in list_cases(function) if gives_right_output(function, function.cases[i], module)]


def gives_right_output(function, case, module):
    """Is the output of the reader's own forward right for the inputs of a backward's case?

    Where the forward has no case with these inputs, it must be right in all of its own.
    """
    forward, known = FUNCTIONS[function.forward], load_known_results(function.forward)
    if not callable(getattr(module, forward.name, None)):
        return False
    numbers = list_cases(forward)
    same = [i for i in numbers if are_equal((case.args, case.kwargs), (forward.cases[i].args, forward.cases[i].kwargs))]
    return all(agrees(forward.cases[i], observe(forward, forward.cases[i], module), known.expected[i])
               for i in same or numbers)


def agrees(case, seen, want):
    """Are results right, whatever their dtype?"""
    return not seen.error and results_agree(case, seen.parts, want, dtype=False)


def is_written(function, module):
    """Is a function in the file, and more than its stub?"""
    cache = load_known_results(function.name).caches[0]
    return hasattr(module, function.name) and observe(function, function.cases[0], module, cache).problem != NOT_YET


def try_pair(function, i, module, between=True):
    """Call a backward on the cache of the reader's own forward; return the :class:`Trial`.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
        The backward.
    i : int
        Number of its case.
    module : module
    between : bool, default True
        Is the forward called once more before the backward, with other numbers?
    """
    case, trial = function.cases[i], Trial()

    def run_both(dout, _, *further):
        forward, backward = getattr(module, function.forward), getattr(module, function.name)
        trial.out, cache = forward(*copy.deepcopy(case.args), **case.kwargs)
        if between:
            x, *more = copy.deepcopy(case.args)
            forward((0.5 - x).astype(x.dtype), *more, **case.kwargs)
        trial.cache, trial.out = copy.deepcopy((cache, trial.out))
        first = copy.deepcopy(backward(dout.copy(), cache, *further))
        try:
            again = backward(dout.copy(), cache, *further)
            trial.again = name_results(as_grader_sees(again, function.returns), function.returns)
        except Exception:  # the first call went well: what it left cannot be used again
            trial.again = None
        return first

    together = types.SimpleNamespace(**{**vars(module), function.name: run_both})
    trial.seen = observe(function, case, together)
    return trial


def fits_once(function, i, trial):
    """Is the first call of a backward right?"""
    return agrees(function.cases[i], trial.seen, load_known_results(function.name).expected[i])


def fits(function, i, trial):
    """Are both calls of a backward right?"""
    want = load_known_results(function.name).expected[i]
    return (fits_once(function, i, trial) and trial.again is not None
            and results_agree(function.cases[i], trial.again, want, dtype=False))


def find_misfit(function, judged, module):
    """Return (number, trial) of the first case in which a pair does not fit, None if it does in all."""
    for i in judged:
        trial = try_pair(function, i, module)
        if not fits(function, i, trial):
            return i, trial
    return None


def is_right_on_documented(function, module):
    """Is a backward right on the cache that the docstring describes?"""
    known = load_known_results(function.name)
    return all(agrees(function.cases[i], observe(function, function.cases[i], module, known.caches[i]),
                      known.expected[i]) for i in list_cases(function))


def is_right_at_once(function, judged, module):
    """Is a backward right that is called once, and right after its own forward?"""
    return all(fits_once(function, i, try_pair(function, i, module, between=False)) for i in judged)


# -- what the cache holds ---------------------------------------------------------------------------------------


def describe_difference(function, i, trial):
    """Say how the cache of a forward differs from the docstring's, "" if it does not."""
    want, forward = load_known_results(function.name).caches[i], function.forward
    if are_alike(trial.cache, want, choose_tolerance(function.cases[i], "cache")):
        return ""
    own, documented = (describe_form(cache, contents=True) for cache in (trial.cache, want))
    if own != documented:
        return f"The cache of your {forward} is {own}; in the docstring it is {documented}."
    parts, case = list_parts(want), function.cases[i]
    named = {**dict(zip(function.inputs, case.args, strict=False)), **case.kwargs, "out": trial.out}
    others = parts if len(parts) > 1 else {}
    for (label, right), got in zip(parts.items(), list_parts(trial.cache).values(), strict=True):
        if not are_alike(got, right):
            told, should = name_contents(got, right, named, others), find_name(right, named)
            return f"In the cache of your {forward}, {label} {told}" + (f"; it should be {should}." if should else ".")
    return ""


def list_parts(cache, label="cache"):
    """Return the parts of a cache by their places, ``"cache[0]"``, those inside of tuples and lists one by one."""
    if not isinstance(cache, (tuple, list)):
        return {label: cache}
    parts = {}
    for k, inside in enumerate(cache):
        parts |= list_parts(inside, f"{label}[{k}]")
    return parts


def find_name(value, named):
    """Return the name of an array that is the same, "" if there is none."""
    arrays = {k: v for k, v in named.items() if not isinstance(v, dict) and not callable(v)}
    return next((k for k, v in arrays.items() if are_alike(value, v)), "")


def name_contents(got, right, named, others):
    """Say what a part of a cache holds in place of what it should.

    Parameters
    ----------
    got, right : array_like
    named, others : dict
        Name -> array: what else it may be, and by what it may be multiplied or divided.
    """
    if name := find_name(got, named):
        return f"is {name}"
    got, right = np.asarray(got, float), np.asarray(right, float)
    with np.errstate(all="ignore"):
        changes = {"is the negative of the docstring's": -right, "is the square of the docstring's": right**2,
                   "is the root of the docstring's": np.sqrt(np.abs(right)),
                   "is one divided by the docstring's": 1 / right}
        for name, other in others.items():
            if np.shape(other) in (right.shape, right.shape[1:], (*right.shape[:1], 1)):
                changes |= {f"is the docstring's, multiplied by its {name}": right * other,
                            f"is the docstring's, divided by its {name}": right / other}
    says = next((k for k, v in changes.items() if is_close(got, v)), "")
    return says or (f"is {got:g}, not {right:g}" if got.ndim == 0 else "holds other numbers than the docstring's")


def are_alike(got, want, tol=(1e-6, 1e-12)):
    """Are two caches alike: numbers of the same shapes and values, in the same order?"""
    if isinstance(want, (tuple, list)):
        return (isinstance(got, (tuple, list)) and len(got) == len(want)
                and all(are_alike(mine, theirs, tol) for mine, theirs in zip(got, want, strict=True)))
    if isinstance(want, dict) or want is None:
        return are_equal(got, want)
    numbers = as_numbers(got) if not isinstance(got, (tuple, list, dict)) else None
    return numbers is not None and is_close(numbers, want, tol)
