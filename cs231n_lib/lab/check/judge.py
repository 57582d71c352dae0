"""Judge one function on its visible cases: a report with a line per aspect, and the diagnosis if one fits."""

import importlib
import sys
from pathlib import Path

import cs231n_lib
from cs231n_lib.lab.check import import_check, known_results
from cs231n_lib.lab.check.arrays import have_same_layout, is_close
from cs231n_lib.lab.check.aspects.common import DTYPE, GRADIENT, INPUTS, SHAPE
from cs231n_lib.lab.check.cases.builders import join_gradients
from cs231n_lib.lab.check.difference_map import compare_results
from cs231n_lib.lab.check.effects import find_unused
from cs231n_lib.lab.check.limits import TooSlow, limit_output, time_limit
from cs231n_lib.lab.check.observe import (
    choose_tolerance,
    differentiate_numerically,
    locate_stop,
    make_own_cache,
    merge_changed,
    observe,
    results_agree,
)
from cs231n_lib.lab.check.pairs import judge_pairs
from cs231n_lib.lab.check.recognise import (
    ARGUMENTS,
    COMMON,
    ERRORS,
    find_known_mistakes,
    find_relations,
    is_explained,
    list_wrong_results,
)
from cs231n_lib.lab.check.remarks import list_remarks
from cs231n_lib.lab.check.repairs import find_repairs
from cs231n_lib.lab.check.report import (
    ANSWERS,
    FORM,
    Report,
    Row,
    describe_waiting,
    format_finding,
    format_result,
    format_value,
)
from cs231n_lib.lab.check.result_form import is_shape
from cs231n_lib.lab.check.where_to_read import find_reference

CHECK_SECONDS = 60
"""A check takes a second or two. One that takes longer than this is in a loop that does not end."""
TRIAL_SECONDS = 10
"""So long a function is tried in other ways, to find out what is wrong with it."""
SLOPE_TOLERANCE = 1e-6, 1e-8
"""(relative, absolute): a finite difference with a step of 1e-5 is right to about nine digits."""


# -- judging ----------------------------------------------------------------------------------------------------


def judge_file(function):
    """Judge the function as it stands in its file now, for a minute at most."""
    module = None
    try:
        problem, module = load_module(function.topic)
        if not problem:
            with time_limit(CHECK_SECONDS):
                report = judge(function, module)
    except (TooSlow, KeyboardInterrupt) as error:
        stopped = str(error) or "interrupted"
        problem = f"{stopped} {locate_stop(error, function, module)}: is there a loop in it that does not end?"
    if problem:
        expected = f"{function.file} can be loaded" if module is None else "an answer within seconds"
        report = Report(function.name, function.file, [Row("runs", "wrong", problem, expected)])
    if report.wrong:
        report.read = find_reference(function.name, function.topic)
    return report


def load_module(topic):
    """Return ("", module), or (what is wrong with the file, None)."""
    name = f"cs231n_lib.{topic}"
    path = getattr(sys.modules.get(name), "__file__", Path(cs231n_lib.__path__[0], f"{topic}.py"))
    # Asked even where the module is there already: %autoreload keeps the old one while the file is broken.
    problem = import_check.find_import_problem(path, name)
    return (problem, None) if problem else ("", importlib.import_module(name))


def judge(function, module):
    """Judge ``function`` as ``module`` has it.

    Parameters
    ----------
    function : Function
        From ``cases.FUNCTIONS``.
    module : module
        Anything with the functions as attributes.

    Returns
    -------
    report : Report
    """
    prints = known_results.load_known_results(function.name)
    with limit_output():
        observe(function, function.cases[0], module, prints.caches[0])  # what the reader's code prints is shown once
    with limit_output(0):
        return judge_quietly(function, module, prints)


def judge_quietly(function, module, prints):
    """Run all cases and fill the table."""
    seen = [observe_best(function, i, case, module, prints) for i, case in enumerate(function.cases)]
    report = Report(function.name, locate_function(function, module))
    report.waits_for = next((s.waits_for for s in seen if s.waits_for and s.calls_it), "")
    if all(s.error for s in seen):
        report.rows = run_rows(function, module, seen, prints)
        explain_by_trying(report, function, module, seen, prints)
        return report
    wrong = first_wrong_by_aspect(function, seen, prints)
    aspects = dict.fromkeys(c.aspect for c in function.cases)
    report.rows = [Row("runs", "ok"), *([] if SHAPE in aspects else [shape_row(function, seen, prints)])]
    for aspect in aspects:
        waiting = [s for c, s in zip(function.cases, seen, strict=True) if c.aspect == aspect and s.waits_for]
        row = aspect_row(aspect, wrong.get(aspect), function, seen, prints)
        if waiting and row.status == "ok":
            row = Row(aspect, "open", note=describe_waiting(waiting[0].waits_for, waiting[0].calls_it))
        report.rows.append(row)
    report.rows.append(inputs_row(seen))
    report.rows += slope_rows(function, module, seen, prints, any(r.status == "wrong" for r in report.rows))
    report.rows += judge_pairs(function, module)
    report.rows += [] if report.wrong else list_remarks(function, module)
    explain_rows(report.rows, wrong, function, seen, prints)
    explain_by_trying(report, function, module, seen, prints)
    report.rows = [r for r in report.rows if r.aspect != SHAPE or r.status == "wrong" or has_shapes(function)]
    return report


def run_rows(function, module, seen, prints):
    """Return the lines about a function that does not give a result on any case."""
    first = seen[0]
    if first.calls_it:
        return [Row("runs", "open", note=describe_waiting(first.waits_for, first.calls_it))]
    if first.error.startswith("NotImplementedError"):
        return [Row("runs", "wrong", first.problem)]
    sentences = tuple(find_known_mistakes(function, seen, prints))
    known = {"": sentences} if sentences else {}
    if first.has_wrong_form:
        return [Row(FORM, "wrong", first.problem, known=known)]
    problem, forward = first.problem, function.forward
    if forward and not make_own_cache(function, function.cases[0], module):
        problem += f"\nIt got the cache that the docstring of {forward} describes: your {forward} does not run yet."
    return [Row("runs", "wrong", problem, known=known), *judge_pairs(function, module)]


def explain_rows(rows, wrong, function, seen, prints):
    """Put each known mistake, and each relation, into every wrong line about a result that it explains.

    A line about no case, such as that of the shapes, fails for what has been found elsewhere.

    Parameters
    ----------
    rows : list of Row
    wrong : dict of str to int
        Of :func:`first_wrong_by_aspect`.
    function, seen, prints
        As in :func:`judge_quietly`.
    """
    failed = [row for row in rows if row.status == "wrong"]
    known = find_known_mistakes(function, seen, prints)
    relations = find_relations(function, seen, prints, known)
    for sentence, results in known.items():
        for row, result in list_places(failed, results, wrong, function, seen, prints,
                                       lambda i, r, s=sentence: is_explained(s, r, i, function, seen, prints)):
            name = "" if result in (COMMON, ERRORS, ARGUMENTS) else result
            row.known[name] = (*row.known.get(name, ()), sentence)
    if known and not any(row.known for row in failed):  # such as an exception in a case of its own
        failed[0].known = {"": tuple(known)}
    for sentence, results in relations.items():
        for row, _ in list_places(failed, results, wrong, function, seen, prints, lambda i, r: True):
            row.relations = tuple(dict.fromkeys((*row.relations, sentence)))


def explain_by_trying(report, function, module, seen, prints):
    """Say what the function would do if it were called in other ways, in lines that nothing has explained.

    Parameters
    ----------
    report : Report
        Its lines are changed.
    function, module, seen, prints
        As in :func:`judge_quietly`.
    """
    silent = [row for row in report.rows if row.status == "wrong" and not row.known and not row.relations]
    if not silent or any(s.waits_for for s in seen):
        return

    def observe_case(module, i):
        return observe_best(function, i, function.cases[i], module, prints)

    def observe_all(module):
        return [observe_case(module, i) for i in range(len(function.cases))]

    try:
        with time_limit(TRIAL_SECONDS):
            found = () if report.diagnosis else find_repairs(function, module, prints, seen, observe_all)
            found = found or find_unused(function, module, prints, observe_case)
    except TooSlow:
        return
    for row in silent:
        row.relations = found


def list_places(failed, results, wrong, function, seen, prints, fits):
    """Return (line, result) for the wrong lines that a sentence explains.

    Parameters
    ----------
    failed : list of Row
    results : tuple of str
        What the sentence is about.
    wrong, function, seen, prints
        As in :func:`explain_rows`.
    fits : callable
        ``fits(i, result)``: does the sentence explain what came for a result in case ``i``?
    """
    places = []
    for row in failed:
        i = wrong.get(row.aspect)
        if i is not None:
            places += [(row, r) for r in list_results(i, function, seen, prints) if r in results and fits(i, r)]
        elif row.aspect == INPUTS:
            places += [(row, ARGUMENTS)] if ARGUMENTS in results else []
        else:
            places += [(row, results[0])]
    return places


def list_results(i, function, seen, prints):
    """Return the results that are wrong in one case."""
    if seen[i].error:
        return [ERRORS]
    return list_wrong_results(function, function.cases[i], seen[i].parts, prints.expected[i])


def has_shapes(function):
    """Is there a case that judges a result itself, not only its statistics?"""
    return any(c.aspect == SHAPE or not c.run and c.aspect != DTYPE for c in function.cases)


def locate_function(function, module):
    """Return where the function begins: what a reader opens next."""
    code = getattr(getattr(module, function.name, None), "__code__", None)
    if code is None or code.co_filename != getattr(module, "__file__", None):
        return function.file
    return f"{function.file}, line {code.co_firstlineno}"


def is_right(case, seen, want):
    """Is a result what it should be?"""
    return not seen.error and results_agree(case, seen.parts, want)


def observe_best(function, i, case, module, prints):
    """Run one case. A backward gets the documented cache and, if that does not go well, its own forward's."""
    if not function.forward:
        return observe(function, case, module)
    documented = observe(function, case, module, prints.caches[i])
    own = make_own_cache(function, case, module)
    if is_right(case, documented, prints.expected[i]) or not own:
        return documented
    result = observe(function, case, module, own[0])
    if is_right(case, result, prints.expected[i]) or not have_same_layout(own[0], prints.caches[i]):
        return result
    return documented


def first_wrong_by_aspect(function, seen, prints):
    """Return aspect -> number of its first case that is not right."""
    wrong = {}
    for i, case in enumerate(function.cases):
        if not seen[i].waits_for and not is_right(case, seen[i], prints.expected[i]):
            wrong.setdefault(case.aspect, i)
    i = wrong.get(DTYPE)
    if len(wrong) > 1 and i is not None and not seen[i].error:  # wrong values have their own lines, answers have none
        want, got = prints.expected[i], seen[i].parts
        if all(k in got and got[k].dtype == want[k].dtype != bool for k in want):
            del wrong[DTYPE]
    return wrong


# -- the lines --------------------------------------------------------------------------------------------------


def shape_row(function, seen, prints):
    """Judge the shapes of all results."""
    for s, want in zip(seen, prints.expected, strict=True):
        for name, w in want.items():
            if not s.error and name in s.parts and s.parts[name].shape != w.shape and not is_shape(name):
                got = f"of shape {s.parts[name].shape}" if s.parts[name].ndim else "is a single number"
                return Row(SHAPE, "wrong", f"{name} {got}", f"{name} of shape {w.shape}")
    return Row(SHAPE, "ok")


IS_A_LIST = ("{} is a list. It is accepted, but the notebook does with it what only an array can do: np.array makes an "
             "array of it.")


def aspect_row(aspect, i, function, seen, prints):
    """Return the line of one aspect; ``i`` is the number of its first wrong case, None if there is none."""
    if i is None:
        listed = next((s.lists[0] for s in seen if s.lists), "") if aspect == DTYPE else ""
        return Row(aspect, "note", note=IS_A_LIST.format(listed)) if listed else Row(aspect, "ok")
    case, s, want = function.cases[i], seen[i], prints.expected[i]
    if s.error:
        return Row(aspect, "wrong", s.problem, inputs=input_text(function, case))
    if s.lists and aspect == DTYPE:
        return Row(aspect, "wrong", f"expected {s.lists[0]}, an array, got a list: np.array makes an array of it")
    if aspect == DTYPE:
        for name, w in want.items():
            if name in s.parts and s.parts[name].dtype != w.dtype:
                return Row(aspect, "wrong", f"{name} of {s.parts[name].dtype}", f"{name} of {w.dtype}")
    for name, w in want.items():
        if name not in s.parts:
            return Row(aspect, "wrong", f"results: {', '.join(s.parts)}", f"results: {', '.join(want)}")
        got = s.parts[name]
        if got.shape != w.shape and not is_shape(name):
            return Row(aspect, "open", note=f"the shape of {name} is wrong")
        tol = choose_tolerance(case, name)
        if not is_close(got, w, tol):
            show, words = (format_finding, ANSWERS) if case.run else (format_result, ("False", "True"))
            return Row(aspect, "wrong", show(name, got), show(name, w),
                       where=compare_results(name, got, w, tol, words), inputs=input_text(function, case))
    return Row(aspect, "ok")


def input_text(function, case):
    """Return the inputs of a case, if they are few enough to read."""
    values = list(getattr(case.run, "given", {}).items())  # a run may say what it hands to the function
    values += list(zip(function.inputs, case.args, strict=False)) + list(case.kwargs.items())
    values += [("dout", case.dout)] if case.dout is not None else []
    texts = []
    for name, v in values:
        if getattr(v, "size", 0) > 24 or callable(v) or isinstance(v, (list, tuple)):
            continue
        text = f"{name} = {format_value(v) if hasattr(v, 'shape') else v}"
        texts.append(text.replace("\n", "\n" + " " * (len(name) + 3)))
    return "\n".join(texts)


def inputs_row(seen):
    """Judge whether the arguments are as they were."""
    changed = sorted(merge_changed(seen))
    if not changed:
        return Row(INPUTS, "ok")
    return Row(INPUTS, "wrong", f"{', '.join(changed)} changed in place",
               f"{', '.join(changed)} as before the call")


def slope_rows(function, module, seen, prints, failed):
    """Compare the gradient with finite differences of the reader's own forward."""
    names = GRADIENT, join_gradients(function.returns)
    i = next((i for i, c in enumerate(function.cases) if c.aspect in names), None)
    if i is None:
        return []
    case, aspect = function.cases[i], "finite differences"
    want = {k: part.shape for k, part in prints.expected[i].items()}
    if seen[i].error or {k: part.shape for k, part in seen[i].parts.items()} != want:
        return [Row(aspect, "open", note="needs a gradient of the right shape")]
    slopes, forward = differentiate_numerically(function, case, module), function.forward or function.name
    if not slopes:
        return [Row(aspect, "open", note=f"judged once {forward} is written and runs")]
    off = [k for k in slopes if not is_close(seen[i].parts[k], slopes[k], SLOPE_TOLERANCE)]
    right = is_right(case, seen[i], prints.expected[i])
    if not off and (right or not failed):
        return [Row(aspect, "ok")]
    if not off:
        note = f"The gradient fits your own {forward}: look for the mistake there first."
        return [Row(aspect, "note", note=note)]
    if right:
        return [Row(aspect, "note", note=f"The gradient is right, but {forward} does not fit it: check {forward}.")]
    k, got = off[0], seen[i].parts[off[0]]
    where = compare_results(k, got, slopes[k], SLOPE_TOLERANCE)
    note = f"Expected is the slope of your own {forward}, found by nudging its inputs by 1e-5."
    if function.kinks:
        note += f"\nA finite difference cannot judge a kink ({function.kinks}), but no input here is near one."
    return [Row(aspect, "wrong", format_result(k, got), format_result(k, slopes[k]), note, where=where)]
