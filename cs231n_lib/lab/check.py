"""Visible checks: ``check("relu_backward")`` says what is wrong with a function, and if it can, why.

Nothing here knows a solution. A result is compared with stored numbers (``fingerprints.npz``) and with finite
differences of your own forward. The hidden tests that give marks draw other inputs.
"""

import difflib
import importlib
import os
import sys
from pathlib import Path

import numpy as np

import cs231n_lib
from cs231n_lib.lab import fingerprints, loading
from cs231n_lib.lab.answers import answer_problem, unread
from cs231n_lib.lab.check_cases import FUNCTIONS
from cs231n_lib.lab.check_run import (
    agrees,
    all_changed,
    close,
    finite_differences,
    observe,
    own_cache,
    standing,
    tolerance,
)
from cs231n_lib.lab.check_table import Report, Row, shown
from cs231n_lib.lab.differences import compare
from cs231n_lib.lab.patience import TooSlow, few_lines, time_limit
from cs231n_lib.lab.reading import reading

ENABLED = True
"""The grader sets it to False: :func:`check` and :func:`check_answer` then do nothing at all."""

SECONDS = 60
"""A check takes a second or two. One that takes longer than this is in a loop that does not end."""

SLOPE_TOLERANCE = 1e-6, 1e-8
"""(relative, absolute): a finite difference with a step of 1e-5 is right to about nine digits."""


class NotRightYet(Exception):
    """Raised after the table was shown, so that a program notices, too. Renders as one line."""

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


def check(name):
    """Judge one of your functions on small visible inputs, and show what came against what should come.

    Parameters
    ----------
    name : str
        The function: ``"relu_backward"``.

    Raises
    ------
    NotRightYet
        If an aspect is wrong, after the table was shown.
    ValueError
        If there is no check of that name.
    """
    if not ENABLED:
        return
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        meant = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"expected the name of a function of the workbook, got {name!r}{meant}")
    report = judge_file(FUNCTIONS[name])
    show(report)
    if report.wrong:
        hints = report.diagnosis if os.environ.get("NBGRADER_VALIDATING") else []  # Validate shows no table
        raise NotRightYet("\n".join([report.summary, *hints]))


def check_answer(value, accepted):
    """Say whether an answer can be accepted. Whether it is right is not said here.

    Parameters
    ----------
    value : object
        What the answer cell holds; ``...`` means nothing yet.
    accepted : str, (low, high) or (str, int)
        Letters to choose from, as in ``"abc"``; or the range of numbers that make sense; or the characters and the
        length of a longer string, as in ``("0123456789", 600)``.

    Raises
    ------
    NotRightYet
        If the answer cannot be accepted.
    """
    if not ENABLED:
        return
    problem = answer_problem(value, accepted) or unread(cells_run())
    if problem:
        raise NotRightYet(f"answer not accepted: {problem}")
    print("answer noted")


def cells_run():
    """Return the sources of the cells that were run in this notebook, this one included."""
    try:
        from IPython import get_ipython
    except ImportError:
        return [""]
    shell = get_ipython()
    return [""] if shell is None else shell.user_ns.get("In") or [""]


def show(report):
    """Display a report: as HTML in a notebook, as text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = lambda: None  # noqa: E731
    if get_ipython() is None:
        print(report)
    else:
        display(report)


# -- judging ----------------------------------------------------------------------------------------------------


def judge_file(function):
    """Judge the function as it stands in its file now, for a minute at most."""
    module = None
    try:
        problem, module = load(function.topic)
        if not problem:
            with time_limit(SECONDS):
                report = judge(function, module)
    except (TooSlow, KeyboardInterrupt) as error:
        stopped = str(error) or "interrupted"
        problem = f"{stopped} {standing(error, function, module)}: is there a loop in it that does not end?"
    if problem:
        expected = f"{function.file} can be loaded" if module is None else "an answer within seconds"
        report = Report(function.name, function.file, [Row("runs", "wrong", problem, expected)])
    if report.wrong:
        report.read = reading(function.name, function.topic)
    return report


def load(topic):
    """Return ("", module), or (what is wrong with the file, None)."""
    name = f"cs231n_lib.{topic}"
    path = getattr(sys.modules.get(name), "__file__", Path(cs231n_lib.__path__[0], f"{topic}.py"))
    # Asked even where the module is there already: %autoreload keeps the old one while the file is broken.
    problem = loading.problem(path, name)
    return (problem, None) if problem else ("", importlib.import_module(name))


def judge(function, module):
    """Judge ``function`` as ``module`` has it.

    Parameters
    ----------
    function : Function
        From ``check_cases.FUNCTIONS``.
    module : module
        Anything with the functions as attributes.

    Returns
    -------
    report : Report
    """
    prints = fingerprints.read(function.name)
    with few_lines():
        observe(function, function.cases[0], module, prints.caches[0])  # what the reader's code prints is shown once
    with few_lines(0):
        return judge_quietly(function, module, prints)


def judge_quietly(function, module, prints):
    """Run all cases and fill the table."""
    seen = [observe_best(function, i, case, module, prints) for i, case in enumerate(function.cases)]
    report = Report(function.name, place(function, module))
    if all(s.error for s in seen):
        known = recognised(function, seen, prints)
        unwritten = seen[0].error.startswith("NotImplementedError")
        report.rows = [Row("runs", "wrong", seen[0].problem, known=() if unwritten else known)]
        return report
    wrong = first_wrong_by_aspect(function, seen, prints)
    report.rows = [Row("runs", "ok"), shape_row(function, seen, prints)]
    for aspect in dict.fromkeys(c.aspect for c in function.cases):
        report.rows.append(aspect_row(aspect, wrong.get(aspect), function, seen, prints))
    report.rows.append(inputs_row(seen))
    report.rows += slope_rows(function, module, seen, prints, any(r.status == "wrong" for r in report.rows))
    known = recognised(function, seen, prints)
    for row in report.rows:
        if row.status == "wrong":  # the first wrong line carries the diagnosis
            row.known = known
            break
    report.rows = [r for r in report.rows if r.aspect != "shape" or r.status == "wrong" or has_shapes(function)]
    return report


def has_shapes(function):
    """Is there a case that judges a result itself, not only its statistics?"""
    return any(not c.run and c.aspect != "dtype" for c in function.cases)


def place(function, module):
    """Return where the function begins: what a reader opens next."""
    code = getattr(getattr(module, function.name, None), "__code__", None)
    if code is None or code.co_filename != getattr(module, "__file__", None):
        return function.file
    return f"{function.file}, line {code.co_firstlineno}"


def is_right(case, seen, want):
    """Is a result what it should be?"""
    return not seen.error and agrees(case, seen.parts, want)


def observe_best(function, i, case, module, prints):
    """Run one case. A backward gets the documented cache and, if that does not go well, its own forward's."""
    if not function.forward:
        return observe(function, case, module)
    documented = observe(function, case, module, prints.caches[i])
    own = own_cache(function, case, module)
    if is_right(case, documented, prints.expected[i]) or not own:
        return documented
    result = observe(function, case, module, own[0])
    if is_right(case, result, prints.expected[i]) or not alike(own[0], prints.caches[i]):
        return result
    return documented


def alike(a, b):
    """Have two caches the same layout?"""
    if isinstance(a, (tuple, list)) or isinstance(b, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    return getattr(a, "shape", ()) == getattr(b, "shape", ()) and getattr(a, "dtype", 0) == getattr(b, "dtype", 0)


def first_wrong_by_aspect(function, seen, prints):
    """Return aspect -> number of its first case that is not right."""
    wrong = {}
    for i, case in enumerate(function.cases):
        if not is_right(case, seen[i], prints.expected[i]):
            wrong.setdefault(case.aspect, i)
    i = wrong.get("dtype")
    if len(wrong) > 1 and i is not None and not seen[i].error:  # wrong values have their own lines
        want, got = prints.expected[i], seen[i].parts
        if all(k in got and got[k].dtype == want[k].dtype for k in want):
            del wrong["dtype"]
    return wrong


# -- the lines --------------------------------------------------------------------------------------------------


def shape_row(function, seen, prints):
    """Judge the shapes of all results."""
    for s, want in zip(seen, prints.expected, strict=True):
        for name, w in want.items():
            if not s.error and name in s.parts and s.parts[name].shape != w.shape:
                return Row("shape", "wrong", f"{name} of shape {s.parts[name].shape}", f"{name} of shape {w.shape}")
    return Row("shape", "ok")


def aspect_row(aspect, i, function, seen, prints):
    """Return the line of one aspect; ``i`` is the number of its first wrong case, None if there is none."""
    if i is None:
        return Row(aspect, "ok")
    case, s, want = function.cases[i], seen[i], prints.expected[i]
    if s.error:
        return Row(aspect, "wrong", s.problem, inputs=input_text(function, case))
    if aspect == "dtype":
        for name, w in want.items():
            if name in s.parts and s.parts[name].dtype != w.dtype:
                return Row(aspect, "wrong", f"{name} of {s.parts[name].dtype}", f"{name} of {w.dtype}")
    for name, w in want.items():
        if name not in s.parts:
            return Row(aspect, "wrong", f"results: {', '.join(s.parts)}", f"results: {', '.join(want)}")
        got = s.parts[name]
        if got.shape != w.shape:
            return Row(aspect, "open", note=f"not compared: the shape of {name} is wrong")
        tol = tolerance(case, name)
        if not close(got, w, tol):
            return Row(aspect, "wrong", f"{name} =\n{shown(got)}", f"{name} =\n{shown(w)}",
                       where=compared(name, got, w, tol), inputs=input_text(function, case))
    return Row(aspect, "ok")


def input_text(function, case):
    """Return the inputs of a case, if they are few enough to read."""
    if case.run:
        return ""
    values = list(zip(function.inputs, case.args, strict=False)) + list(case.kwargs.items())
    values += [("dout", case.dout)] if case.dout is not None else []
    texts = []
    for name, v in values:
        if getattr(v, "size", 0) > 24 or callable(v) or isinstance(v, (list, tuple)):
            continue
        text = f"{name} = {shown(v) if hasattr(v, 'shape') else v}"
        texts.append(text.replace("\n", "\n" + " " * (len(name) + 3)))
    return "\n".join(texts)


def inputs_row(seen):
    """Judge whether the arguments are as they were."""
    changed = sorted(all_changed(seen))
    if not changed:
        return Row("leaves its inputs alone", "ok")
    return Row("leaves its inputs alone", "wrong", f"{', '.join(changed)} changed in place",
               f"{', '.join(changed)} as before the call")


def slope_rows(function, module, seen, prints, failed):
    """Compare the gradient with finite differences of the reader's own forward."""
    i = next((i for i, c in enumerate(function.cases) if c.aspect == "gradient"), None)
    if i is None:
        return []
    case, aspect = function.cases[i], "finite differences"
    want = {k: part.shape for k, part in prints.expected[i].items()}
    if seen[i].error or {k: part.shape for k, part in seen[i].parts.items()} != want:
        return [Row(aspect, "open", note="needs a gradient of the right shape")]
    slopes, forward = finite_differences(function, case, module), function.forward or function.name
    if not slopes:
        return [Row(aspect, "open", note=f"needs {forward}, which does not run yet")]
    off = [k for k in slopes if not close(seen[i].parts[k], slopes[k], SLOPE_TOLERANCE)]
    right = is_right(case, seen[i], prints.expected[i])
    kinks = function.kinks and f"A finite difference cannot judge a kink ({function.kinks}): no input is near one."
    if not off and (right or not failed):
        return [Row(aspect, "ok", note=kinks)]
    if not off:
        note = f"The gradient fits your own {forward}: look for the mistake there first.\n{kinks}"
        return [Row(aspect, "note", note=note)]
    if right:
        return [Row(aspect, "note", note=f"The gradient is right, but {forward} does not fit it: check {forward}.")]
    k, got = off[0], seen[i].parts[off[0]]
    where = compared(k, got, slopes[k], SLOPE_TOLERANCE)
    return [Row(aspect, "wrong", f"{k} =\n{shown(got)}", f"from nudging your own {forward} by 1e-5\n{k} =\n"
                f"{shown(slopes[k])}", kinks, where=where)]


def compared(name, got, want, tol):
    """Compare number by number, as far off as the tolerance allows the largest of them to be."""
    largest = max(tol[0] * np.abs(want).max(initial=0), tol[1])
    return compare(name, got, want, lambda a, b: close(a, b, (0, largest)))


# -- known mistakes ---------------------------------------------------------------------------------------------


def recognised(function, seen, prints):
    """Return the sentences of the known mistakes that give these results: one, or two that cannot be told apart.

    A mistake is named only if it gives the same on every case, whether that is right or wrong there, a result or an
    exception. Where more than two do, nothing is named.
    """
    fitting = [m for m in prints.mistakes if fits(m, function, seen, prints)]
    most = max((len(m.changed) for m in fitting), default=0)  # the one that explains a changed argument, too
    sentences = tuple(dict.fromkeys(m.teaches for m in fitting if len(m.changed) == most))
    return sentences if len(sentences) <= 2 else ()


def fits(known, function, seen, prints):
    """Does a known mistake give all these results?"""
    telling = False
    for i, (case, s) in enumerate(zip(function.cases, seen, strict=True)):
        if s.error or i in known.errors:
            if s.error != known.errors.get(i):
                return False
            telling = True
            continue
        given = known.parts.get(i, prints.expected[i])
        if overflows(s.parts) and not overflows(given) and "stable" in case.aspect:
            continue  # another trouble comes on top: it has a line of its own
        if not agrees(case, s.parts, given, dtype=i in known.parts):
            if case.aspect in ("dtype", "float32"):
                continue  # so has this: a wrong dtype goes with any mistake
            return False
        telling = telling or i in known.parts
    changed = all_changed(seen)
    if not known.changed.keys() <= changed.keys():
        return False
    if telling or not known.changed:
        return telling
    return any(c.run for c in function.cases) or all(close(changed[k], v) for k, v in known.changed.items())


def overflows(parts):
    """Is there an infinity or a NaN among the results?"""
    return not all(np.isfinite(np.asarray(p, float)).all() for p in parts.values())
