"""Explain a mark: run one submission once more, as it was graded, and show what stands behind every mark it lost.

For the instructor's eyes: hidden inputs, expected values and the tests themselves are printed. The run uses the
course's secret and the same sandbox, so its marks are the recorded ones; where they are not, it says which.
"""

import ast
import difflib
import inspect
import sys
import textwrap
from pathlib import Path

import nbformat

from autograder import errors, hidden_tests, reference
from autograder.course import cells, submission_state, topics
from autograder.course.assignment import collect_sources, load_assignment
from autograder.course.text import escape_for_terminal
from autograder.gradebook import records
from autograder.hidden_tests.session import load_questions
from autograder.reports import call_trace
from autograder.runners import runner
from autograder.runners.jobs import make_job
from autograder.runners.results import hash_job
from autograder.sandbox import canary

WIDTH = 118
RULE_LINES, TEXT_LINES, CALLS = 30, 12, 3
SHOWN_STATUSES = ("passed", "failed")
"""Statuses of aspects that are shown one by one, however alike they are."""


class UnknownName(errors.AutograderError):
    """No such student, assignment or cell, with the close ones in the message; or what was graded is not there now."""


def explain_marks(course: Path | str, student: str, assignment: str, grade_id: str | None = None,
                  unsafe: bool = False, everything: bool = False) -> int:
    """Re-run one submission and print how its marks came about.

    Parameters
    ----------
    course : path
    student, assignment : str
        An assignment's number is enough.
    grade_id : str, optional
        Only this cell; the name of the function is enough.
    unsafe : bool
        Without the sandbox.
    everything : bool
        Show what earned full marks, too.

    Returns
    -------
    code : int
        0; 1 if the marks are not the recorded ones; 2 if there is nothing to run again, or it cannot be run.
    """
    try:
        record = find_record(Path(course), student, assignment)
        wanted = None if grade_id is None else find_cell(record, Path(course), grade_id)
        job = make_job_of_record(Path(course), record)
        if not unsafe:
            canary.prove(Path(course))
        graded, traces = rerun_job(job, unsafe)
    except (UnknownName, errors.InfraError) as error:
        print(f"explain: {escape_for_terminal(' '.join(str(error).split()))}", file=sys.stderr)
        return 2
    moved = list_differences(record, graded)
    print(
        "\n".join(
            escape_for_terminal(line)
            for line in [*format_heading(record), *format_verdict(Path(course), record, job, graded, moved)]
        )
    )
    shown = 0
    for mark in list_marks(record, job, graded):
        if wanted in (None, mark.grade_id):
            lines = explain_cell(mark, record, job, graded.get(mark.grade_id), traces, everything)
            shown += bool(lines)
            print("".join(f"{escape_for_terminal(line)}\n" for line in lines), end="")
    if not shown:
        print("\nNothing was lost here. (--all shows what passed, too.)")
    return 1 if moved else 0


# -- which submission ------------------------------------------------------------------------------------------------


def find_record(course, student, assignment):
    """Return the record of a submission, or raise :class:`UnknownName`."""
    if len(assignment) == 2:
        assignment = next((a for a in topics.list_assignments() if a.startswith(assignment)), assignment)
    if assignment not in topics.list_assignments():
        raise UnknownName(f"no assignment {assignment!r}; {suggest_names(assignment, list(topics.list_assignments()))}")
    known = submission_state.list_graded(course)
    students = sorted({s for s, _ in known})
    if not known:
        raise UnknownName(f"nothing has been graded in {course}; `python -m autograder grade` comes first")
    if student not in students:
        raise UnknownName(f"no student {student!r} has been graded in {course}; {suggest_names(student, students)}")
    theirs = [a for s, a in known if s == student]
    if assignment not in theirs:
        raise UnknownName(f"{student} has not handed in {assignment}, only {', '.join(theirs)}")
    return next(records.iter_records(course, only=[(student, assignment)]))


def find_cell(record, course, name):
    """Return the grade_id that is meant by it or by the name of a function, or raise :class:`UnknownName`."""
    known = [grade_id for grade_id, _, _ in records.list_graded_cells(course, record.assignment)]
    for candidate in (name, name.replace("_", "-"), name.replace("_", "-") + "-test"):
        if candidate in known:
            return candidate
    raise UnknownName(f"{record.assignment} has no graded cell {name!r}; {suggest_names(name, known)}")


def suggest_names(name, known):
    """Return the known names that are like ``name``, as the end of a sentence."""
    near = difflib.get_close_matches(name, known, 3, 0.4)
    if near:
        return f"did you mean {', '.join(near)}?"
    more = " ..." if len(known) > 10 else ""
    return f"known: {', '.join(known[:10])}{more}"


def make_job_of_record(course, record):
    """Describe the submission to the runner as ``grade`` does, or raise :class:`UnknownName`."""
    if not (course / "secret").exists():  # a new one would be made: other inputs, from now on
        raise UnknownName(
            f"{course}/secret is missing: the inputs that were graded with cannot be made again. Put it back "
            "from a backup; `grade` makes a new one, and grades everything again with that"
        )
    folder = course / "submitted" / record.student / record.assignment
    try:
        handed_in = nbformat.read(folder / f"{record.assignment}.ipynb", as_version=4)
    except (FileNotFoundError, ValueError) as error:
        raise UnknownName(f"{folder} does not hold the submission any more: `grade` the uploads again") from error
    form = load_assignment(course, record.assignment)
    written = form.select_written(collect_sources(handed_in.cells))
    return make_job(
        course, record.assignment, written, records.read_module(folder / "cs231n_lib" / f"{record.topic}.py")
    )


# -- the run -----------------------------------------------------------------------------------------------------------


def rerun_job(job, unsafe=False):
    """Grade a job once more, with every aspect's calls written down.

    Returns
    -------
    graded : dict
        grade_id -> ``score``, ``max_score``, ``outcomes``.
    traces : dict
        (question, aspect) -> :class:`~autograder.reports.call_trace.TestTrace`.
    """
    traces: dict = {}

    def watch(session):
        traces.clear()  # a run whose worker was killed is repeated
        session.questions = {name: call_trace.wrap_question(q, traces) for name, q in session.questions.items()}

    return runner.run_job(job, unsafe, watch)["cells"], traces


def list_differences(record, graded):
    """Return a line for every recorded mark that the new run does not give again."""
    lines = []
    for mark in record.marks:
        now = graded.get(mark.grade_id)
        if mark.kind == "written" or now is None:
            continue
        if not mark.outcomes and mark.auto_score != now["score"]:
            lines.append(f"{mark.grade_id}: recorded {mark.auto_score:g}, now {now['score']:g}")
        aspects = {o["aspect"]: o for o in now["outcomes"]}
        for old in mark.outcomes:
            new = aspects.pop(old["aspect"], {"score": 0.0, "status": "not asked any more"})
            if (old["score"], old["status"]) != (new["score"], new["status"]):
                lines.append(f"{mark.grade_id}, {old['aspect']}: recorded {old['score']:g} ({old['status']}), "
                             f"now {new['score']:g} ({new['status']})")
        lines += [f"{mark.grade_id}, {name}: a new aspect" for name in aspects if mark.outcomes]
    return lines


# -- what is printed -------------------------------------------------------------------------------------------------


def format_heading(record):
    """Return what is recorded of the submission."""
    late = f", {record.late_penalty:g} taken off for lateness" if record.late_penalty else ""
    line = f"{record.student}, {record.assignment}: {record.score:g} of {record.max_score:g} points"
    remark = [f"remark: {record.remark}"] if record.remark else []
    return [f"{line} ({record.status}{late})", *remark]


def format_verdict(course, record, job, graded, moved):
    """Say whether the new run gives the recorded marks, and from the same inputs."""
    known = submission_state.read_state(course, record.student, record.assignment)
    same = known is not None and known.result == hash_job(job)
    inputs = ("same submission, notebook, secret and grader" if same else
              "the submission, the notebook, the secret or the grader has changed since it was graded")
    if not record.marks:
        return [f"No mark is recorded ({inputs})."]
    aspects = sum(len(cell["outcomes"]) for cell in graded.values())
    if not moved:
        return [f"Run again: all {aspects} marks in {len(graded)} cells are as recorded ({inputs})."]
    return [f"Run again: {len(moved)} of {aspects} marks are NOT as recorded ({inputs}):", *(f"  {m}" for m in moved)]


def list_marks(record, job, graded):
    """Return the recorded marks; where none is recorded, those of the new run."""
    if record.marks:
        return record.marks
    return [records.Mark(name, cells.read_test_kind(source), graded[name]["score"], points,
                         outcomes=graded[name]["outcomes"], auto_score=graded[name]["score"])
            for name, source, points in job["tests"]]


def explain_cell(mark, record, job, now, traces, everything):
    """Return the lines about one graded cell; none if nothing was lost and not everything is asked for."""
    outcomes = [o for o in now["outcomes"] if everything or o["score"] < o["max_score"]] if now else []
    changed = mark.score != mark.auto_score and mark.kind != "written"
    if not outcomes and not changed and not (everything or mark.score < mark.max_score):
        return []
    waiting = " (waits for a person)" if mark.needs_manual else ""
    lines = ["", f"{mark.grade_id}: {mark.score:g} of {mark.max_score:g}{waiting}"]
    if changed:
        lines.append(f"  changed by a person; the grader gave {mark.auto_score:g}")
    if mark.comment:
        lines += format_item("comment", [mark.comment], "  ")
    if mark.kind == "written":
        return lines + format_item("answer", cut_lines(record.answers.get(mark.grade_id, ""), RULE_LINES), "  ")
    source = next(s for name, s, _ in job["tests"] if name == mark.grade_id)
    if cells.read_test_kind(source) == "answer":
        lines += explain_answer(cells.read_graded_call(source), job)
    if (
        len({(o["status"], o["hint"]) for o in outcomes}) == 1 < len(outcomes)
        and outcomes[0]["status"] not in SHOWN_STATUSES
    ):
        return lines + group_outcomes(outcomes)
    for outcome in outcomes:
        lines += explain_aspect(cells.read_graded_call(source), outcome, traces)
    return lines


def group_outcomes(outcomes):
    """Return the lines about aspects that were missed for one reason: it was not written, it does not load."""
    total = [sum(o[key] for o in outcomes) for key in ("score", "max_score")]
    return ["", f"  {len(outcomes)} aspects: {total[0]:g} of {total[1]:g}, {outcomes[0]['status']}",
            *format_item("hint", textwrap.wrap(outcomes[0]["hint"], WIDTH - 14))]


def explain_answer(call, job):
    """Return what was read from an answer cell, and what was wanted."""
    name = call.args[0].id
    value = cells.read_answer(job["answers"][name], name)
    read = "nothing" if value is ... else getattr(value, "reason", None) or f"{name} = {call_trace.format_value(value)}"
    return [
        *format_item("cell", cut_lines(job["answers"][name], TEXT_LINES), "  "),
        *format_item("read", [read], "  "),
        *format_item("expected", [format_expected(call)], "  "),
        *format_item("rule", [shorten_text(ast.unparse(call))], "  "),
    ]


def format_expected(call):
    """Say in words what a call of ``grade_prediction``, ``grade_answer`` or ``grade_capstone`` accepts."""
    values = [ast.literal_eval(a) for a in call.args[1:]]
    named = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
    if call.func.id == "grade_capstone":
        return "a digit for every held-out image, as many right as the aspects say"
    if call.func.id == "grade_prediction":
        return (f"any of {', '.join(values[0])} (a prediction)" if isinstance(values[0], str) else
                f"any number from {values[0][0]:g} to {values[0][1]:g} (a prediction)")
    if isinstance(values[0], str):
        return repr(values[0])
    tolerance = named.get("tol", inspect.signature(hidden_tests.grade_answer).parameters["tol"].default)
    return f"{values[0]!r}, up to {tolerance:.2%}"


def explain_aspect(call, outcome, traces):
    """Return the lines about one aspect."""
    known = f", the known mistake {outcome['mistake']}" if outcome["mistake"] else ""
    lines = ["", f"  {outcome['aspect']}: {outcome['score']:g} of {outcome['max_score']:g}, {outcome['status']}{known}"]
    lines += format_item("hint", textwrap.wrap(outcome["hint"], WIDTH - 14)) if outcome["hint"] else []
    name = ast.literal_eval(call.args[0]) if call.func.id == "grade" else ""
    seen = traces.get((name, outcome["aspect"]))
    shown = format_calls(seen, outcome["status"] == "passed") if seen else []
    if outcome["message"] not in ("", outcome["hint"]):  # it may end in whole arrays, which the calls show better
        lines += format_item("message", cut_lines(outcome["message"], 1 if shown else TEXT_LINES, more=not shown))
    lines += shown
    test = find_test(name, outcome["aspect"])
    return lines + format_rule(test) if test else lines


def format_calls(seen, passed):
    """Return the calls that show the mistake; if none differs from the reference, the last ones."""
    told = [(n, c, c.against(seen.reference, seen.module)) for n, c in enumerate(seen.student, 1)]
    chosen = [t for t in told if t[2].wrong] or told[-1:]
    lines, each = [], 1 if passed else CALLS
    for n, call, comparison in chosen[:each]:
        lines += format_item(f"call {n}", [shorten_text(f"{call.function}({call.arguments(seen.module)})")])
        lines += format_item("obtained", [shorten_text(call.outcome())])
        for label, text in comparison.lines:
            lines += format_item(label, [shorten_text(text)])
    if len(told) > 1:
        differing = f"{len(chosen)} that fail or differ, of " if any(t[2].wrong for t in told) else ""
        lines += format_item("", [f"(calls: {differing}{len(told)} in all; {min(each, len(chosen))} shown)"])
    return lines


def find_test(question, name):
    """Return the function that judges an aspect, or None."""
    topic = next((t for t in topics.list_assignments().values() if question in load_questions(t)), None)
    aspects = load_questions(topic)[question].aspects if topic else []
    return next((a.test for a in aspects if a.name == name), None)


def format_rule(test):
    """Return the source of an aspect's test, and where it stands."""
    source, number = inspect.getsourcelines(test)
    where = Path(inspect.getfile(test)).relative_to(reference.ROOT)
    return format_item("rule", [f"{where}, line {number}:", *cut_lines(textwrap.dedent("".join(source)), RULE_LINES)])


def format_item(label, lines, indent="    "):
    """Return lines with a label in front of the first."""
    return [f"{indent}{label if i == 0 else '':9} {line}".rstrip() for i, line in enumerate(lines)]


def cut_lines(text, most, more=True):
    """Return text as a list of at most ``most`` lines, none too long; ``more`` says how many were left out."""
    lines = [shorten_text(line) for line in text.rstrip().split("\n")]
    if more and len(lines) > most:
        return [*lines[:most], f"... {len(lines) - most} more lines"]
    return lines[:most]


def shorten_text(line, most=4 * WIDTH):
    """Return a line, cut where it is too long to be read."""
    return line if len(line) <= most else f"{line[:most]} ... {len(line) - most} more characters"
