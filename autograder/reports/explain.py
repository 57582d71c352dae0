"""Explain a mark: run one submission again, as it was graded, and show the reason for every mark that it lost.

Only for the instructor: hidden inputs, expected values and the tests themselves are printed. The run uses the course's
secret and the same sandbox, so its marks should be the recorded ones; if some are not, they are listed.
"""

import ast
import inspect
import sys
import textwrap
from pathlib import Path

from autograder import errors, hidden_tests, reference
from autograder.course import cells, submission_state, topics
from autograder.course.assignment import load_assignment
from autograder.course.text import escape_for_terminal, suggest_names
from autograder.gradebook import records
from autograder.hidden_tests import transfer
from autograder.hidden_tests.session import load_questions
from autograder.inbox.submitted_folder import read_module
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
    """There is no such student, assignment or cell (the message names similar ones), or the submission is gone."""


def explain_marks(course: Path | str, student: str, assignment: str, grade_id: str | None = None,
                  unsafe: bool = False, everything: bool = False) -> int:
    """Run one submission again and print the reasons for its marks.

    Parameters
    ----------
    course : path
    student : str
    assignment : str
        Its name or its number, as in "03".
    grade_id : str, optional
        Only this cell, all by default: its id or the name of the function.
    unsafe : bool
        Without the sandbox.
    everything : bool
        Also show what earned full marks.

    Returns
    -------
    code : int
        0; 1 if the marks are not the recorded ones; 2 if the submission cannot be found or run again.
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
    """Return the record of a submission.

    Parameters
    ----------
    course : pathlib.Path
    student : str
    assignment : str
        Its name or number.

    Raises
    ------
    UnknownName
    """
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
    """Return the grade_id of a cell.

    Parameters
    ----------
    record : autograder.gradebook.records.Record
    course : pathlib.Path
    name : str
        The grade_id, or the name of a function.

    Raises
    ------
    UnknownName
    """
    known = [grade_id for grade_id, _, _ in records.list_graded_cells(course, record.assignment)]
    for candidate in (name, name.replace("_", "-"), name.replace("_", "-") + "-test"):
        if candidate in known:
            return candidate
    raise UnknownName(f"{record.assignment} has no graded cell {name!r}; {suggest_names(name, known)}")


def make_job_of_record(course, record):
    """Return the job that ``grade`` made of a submission; raise :class:`UnknownName` if it cannot be made again."""
    if not (course / "secret").exists():  # make_job would make a new one, and the inputs would change for good
        raise UnknownName(
            f"{course}/secret is missing: the inputs that were graded with cannot be made again. Put it back "
            "from a backup; `grade` makes a new one, and grades everything again with that"
        )
    folder = course / "submitted" / record.student / record.assignment
    answers = records.read_answers(course, record.assignment, folder)
    if not answers:
        raise UnknownName(f"{folder} does not hold the submission any more: `grade` the uploads again")
    form = load_assignment(course, record.assignment)
    written = form.select_written({name: [source] for name, source in answers.items()})
    return make_job(
        course, record.assignment, written, read_module(folder / "cs231n_lib" / f"{record.topic}.py")
    )


# -- the run -----------------------------------------------------------------------------------------------------------


def rerun_job(job, unsafe=False):
    """Grade a job again, and record the calls of every aspect.

    Returns
    -------
    graded : dict
        grade_id -> ``score``, ``max_score``, ``outcomes``.
    traces : dict
        (question, aspect) -> :class:`~autograder.reports.call_trace.TestTrace`.
    """
    traces: dict = {}

    def watch(session):
        traces.clear()  # a run whose worker was killed starts again
        session.questions = {name: call_trace.wrap_question(q, traces) for name, q in session.questions.items()}

    return runner.run_job(job, unsafe, watch)["cells"], traces


def list_differences(record, graded):
    """Return a line for every recorded mark that differs in the new run."""
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
    """Return the lines about the submission as it is recorded: score, status, remark."""
    late = f", {record.late_penalty:g} taken off for lateness" if record.late_penalty else ""
    line = f"{record.student}, {record.assignment}: {record.score:g} of {record.max_score:g} points"
    remark = [f"remark: {record.remark}"] if record.remark else []
    return [f"{line} ({record.status}{late})", *remark]


def format_verdict(course, record, job, graded, moved):
    """Return the lines that say whether the new run gave the recorded marks, and from the same inputs.

    Parameters
    ----------
    course : pathlib.Path
    record : autograder.gradebook.records.Record
    job : Job
    graded : dict
        From :func:`rerun_job`.
    moved : list of str
        From :func:`list_differences`.
    """
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
    """Return the recorded marks; if none is recorded, those of the new run.

    Parameters
    ----------
    record : autograder.gradebook.records.Record
    job : Job
    graded : dict
        From :func:`rerun_job`.
    """
    if record.marks:
        return record.marks
    return [records.Mark(name, cells.read_test_kind(source), graded[name]["score"], points,
                         outcomes=graded[name]["outcomes"], auto_score=graded[name]["score"])
            for name, source, points in job["tests"]]


def explain_cell(mark, record, job, now, traces, everything):
    """Return the lines about one graded cell; none if it lost nothing, unless everything is to be shown.

    Parameters
    ----------
    mark : autograder.gradebook.records.Mark
    record : autograder.gradebook.records.Record
    job : Job
    now : CellResult or None
        Of the new run.
    traces : dict
        From :func:`rerun_job`.
    everything : bool
        Also show what earned full marks.
    """
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
    """Return the lines about aspects that were all lost for the same reason, such as a module that does not load."""
    total = [sum(o[key] for o in outcomes) for key in ("score", "max_score")]
    return ["", f"  {len(outcomes)} aspects: {total[0]:g} of {total[1]:g}, {outcomes[0]['status']}",
            *format_item("hint", textwrap.wrap(outcomes[0]["hint"], WIDTH - 14))]


def explain_answer(call, job):
    """Return the lines about an answer cell: its source, what was read from it, and what is accepted.

    Of the cell that counts the bets it is one line for each bet; its aspects say what is wrong with it.
    """
    if call.func.id == "grade_bets":
        bets = hidden_tests.select_bets(ast.literal_eval(call.args[0]), job["answers"])
        return format_item("bets", [shorten_text(" ".join(job["answers"][name].split())) for name in bets], "  ")
    name = next(a.id for a in call.args if isinstance(a, ast.Name))
    value = cells.read_answer(job["answers"][name], name)
    read = "nothing" if value is ... else getattr(value, "reason", None) or f"{name} = {call_trace.format_value(value)}"
    return [
        *format_item("cell", cut_lines(job["answers"][name], TEXT_LINES), "  "),
        *format_item("read", [read], "  "),
        *format_item("expected", [format_expected(call)], "  "),
        *format_item("rule", [shorten_text(ast.unparse(call))], "  "),
    ]


def format_expected(call):
    """Return in words what a call of ``grade_prediction``, ``grade_transfer`` or another of them accepts."""
    if call.func.id == "grade_transfer":
        return str(transfer.find_accepted(ast.literal_eval(call.args[0])))
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
    """Return the lines about one aspect.

    Parameters
    ----------
    call : ast.Call
        The graded call of the cell.
    outcome : dict
        The fields of :class:`autograder.hidden_tests.rubric.Outcome`.
    traces : dict
        From :func:`rerun_job`.
    """
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
    """Return the lines about the calls that show the mistake; if none differs from the reference, about the last one.

    ``seen`` is the :class:`~autograder.reports.call_trace.TestTrace` of an aspect, ``passed`` whether it passed.
    """
    compared = [(n, c, c.against(seen.reference, seen.module)) for n, c in enumerate(seen.student, 1)]
    differing = [(n, c, comparison) for n, c, comparison in compared if comparison.wrong]
    chosen = differing or compared[-1:]
    lines, most = [], 1 if passed else CALLS
    for n, call, comparison in chosen[:most]:
        lines += format_item(f"call {n}", [shorten_text(f"{call.function}({call.arguments(seen.module)})")])
        lines += format_item("obtained", [shorten_text(call.outcome())])
        for label, text in comparison.lines:
            lines += format_item(label, [shorten_text(text)])
    if len(compared) > 1:
        wrong = f"{len(differing)} that fail or differ, of " if differing else ""
        lines += format_item("", [f"(calls: {wrong}{len(compared)} in all; {min(most, len(chosen))} shown)"])
    return lines


def find_test(question, name):
    """Return the function that judges an aspect, or None."""
    topic = next((t for t in topics.list_assignments().values() if question in load_questions(t)), None)
    aspects = load_questions(topic)[question].aspects if topic else []
    return next((a.test for a in aspects if a.name == name), None)


def format_rule(test):
    """Return the lines about the rule of an aspect: the place of its test, and the source."""
    source, number = inspect.getsourcelines(test)
    file = Path(inspect.getfile(test))
    where = file.relative_to(reference.ROOT) if file.is_relative_to(reference.ROOT) else file
    return format_item("rule", [f"{where}, line {number}:", *cut_lines(textwrap.dedent("".join(source)), RULE_LINES)])


def format_item(label, lines, indent="    "):
    """Return lines with a label in front of the first.

    Parameters
    ----------
    label : str
        Up to nine characters.
    lines : list of str
    indent : str
    """
    return [f"{indent}{label if i == 0 else '':9} {line}".rstrip() for i, line in enumerate(lines)]


def cut_lines(text, most, more=True):
    """Return the first lines of a text.

    Parameters
    ----------
    text : str
    most : int
        Lines to keep; long ones are cut.
    more : bool
        Add a line that says how many are left out.
    """
    lines = [shorten_text(line) for line in text.rstrip().split("\n")]
    if more and len(lines) > most:
        return [*lines[:most], f"... {len(lines) - most} more lines"]
    return lines[:most]


def shorten_text(line, most=4 * WIDTH):
    """Return a line, cut where it is too long to be read."""
    return line if len(line) <= most else f"{line[:most]} ... {len(line) - most} more characters"
