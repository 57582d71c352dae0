"""What the course knows about each graded submission: marks, statuses, comments, the student's own work.

Everything that shows marks reads them here. The gradebook has the scores (with people's changes), the store of results
the outcomes behind them, ``submitted/`` the work itself, ``state/`` how each submission ended.

An outcome's ``message`` is for the instructor only: it may quote a hidden input or an expected value.
"""

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import nbformat
from nbgrader import api
from sqlalchemy import inspect

from autograder.course import cells, submission_state, topics
from autograder.course.assignment import notebook_path
from autograder.course.settings import SETTINGS_FILE, load_settings
from autograder.gradebook import due_dates
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.late_policy import find_zone
from autograder.gradebook.overrides import write_due_dates
from autograder.inbox.submitted_folder import MAX_NOTEBOOK, SubmittedFolder, read_module, read_placed
from autograder.sandbox.limited import LimitError, run_limited

Key = tuple[str, str]
"""(student, assignment)."""
STUDENTS_AT_ONCE = 50
READ_HERE = 2**20
"""Longest notebook that this process parses itself, in characters. Those that admission places have 100,000."""
CELLS = inspect(api.BaseCell).local_table
"""The table of all cells. The class itself would join the three tables of its kinds."""


@dataclass(frozen=True)
class Mark:
    """One graded cell of a submission.

    Attributes
    ----------
    kind : str
        "function", "answer" (read and judged by the grader) or "written" (judged by a person).
    score, max_score : float
        A person's change and extra credit are in the score.
    needs_manual : bool
        Does it wait for a person?
    comment : str
        The grader's; "" if there is none.
    outcomes : list of dict
        As :class:`autograder.hidden_tests.rubric.Outcome`; empty for written answers.
    auto_score : float
        What the grader itself gave; 0 where it gave nothing.
    """

    grade_id: str
    kind: str
    score: float
    max_score: float
    needs_manual: bool = False
    comment: str = ""
    outcomes: list[dict] = field(default_factory=list)
    auto_score: float = 0.0


@dataclass(frozen=True)
class Record:
    """One submission.

    Attributes
    ----------
    status : str
        One of "graded", "manual-pending", "to-look-at", "timeout", "memory", "crashed", "infra-error".
    remark : str
        One line for a person, or nothing.
    seconds : float
        Time the grading took.
    score : float
        After the penalty for lateness.
    marks : list of Mark
        In the notebook's order, written answers last.
    module : str or None
        Text of the student's module.
    answers : dict
        grade_id -> source of the cells the student wrote in.
    stopped : str
        "timeout", "memory" or "crashed" if the student's code ended so, also where the status is "to-look-at".
    not_found : list of str
        grade_ids of the answers that were not recognised in what was handed in.
    deadline : str
        When it was due and when it arrived, as that was understood, in words; "" without a due date.
    """

    student: str
    assignment: str
    topic: str
    status: str
    remark: str = ""
    seconds: float = 0.0
    score: float = 0.0
    max_score: float = 0.0
    late_penalty: float = 0.0
    manual_pending: int = 0
    marks: list[Mark] = field(default_factory=list)
    module: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    not_found: list[str] = field(default_factory=list)
    deadline: str = ""


@dataclass
class GradeRow:
    """What the gradebook holds about one graded cell of a submission; a person's part is in ``score`` and ``comment``.

    ``auto_score`` is None where only a person can give a mark.
    """

    score: float
    auto_score: float | None
    needs_manual: bool
    comment: str = ""


def load_records(course: str | Path, assignments: Collection[str] | None = None) -> list[Record]:
    """Return the :class:`Record` of every submission, or of some assignments, sorted by student and assignment."""
    return list(iter_records(course, assignments))


def iter_records(course: str | Path, assignments: Collection[str] | None = None, only: Collection[Key] | None = None,
                 work: bool = True) -> Iterator[Record]:
    """Yield the records of :func:`load_records` one by one: memory stays flat, however many there are.

    Submissions of assignments that the course does not have are left out; a line on stderr names the assignments.

    Parameters
    ----------
    course : path
        Folder of the course.
    assignments : collection of str, optional
        Only these.
    only : collection of (str, str), optional
        Only these (student, assignment).
    work : bool
        With the student's own work: module and answers.
    """
    course, wanted = Path(course), set(assignments) if assignments is not None else None
    keys = sorted(only) if only is not None else submission_state.list_graded(course)
    keys = select_registered([key for key in keys if wanted is None or key[1] in wanted], course)
    if not keys:
        return
    zone = find_zone(config=load_config(course))
    with api.Gradebook(read_database_address(course)) as gradebook:
        write_due_dates(gradebook, course)
        names = iter(dict.fromkeys(student for student, _ in keys))
        while students := set(islice(names, STUDENTS_AT_ONCE)):
            grades, penalties = query_grades(gradebook, students), query_penalties(gradebook, students)
            due = due_dates.query_deadlines(gradebook, students, zone)
            for key in keys:
                if key[0] in students:
                    record = read_record(course, key, grades.get(key, {}), penalties.get(key, 0.0), work)
                    yield replace(record, deadline=due[key].describe()) if key in due else record


def select_registered(keys: Collection[Key], course: Path) -> list[Key]:
    """Return the submissions whose assignments the course has, by student and in its order; say which it has not.

    Parameters
    ----------
    keys : collection of (str, str)
        (student, assignment).
    course : pathlib.Path
    """
    known = topics.list_assignments()
    mine = list(load_settings(course).select_assignments(known))
    others = {assignment for _, assignment in keys}.difference(mine)
    for names, why in ((others - known.keys(), "for which there is no topic (removed or renamed?)"),
                       (others & known.keys(), f"which {SETTINGS_FILE} does not list")):
        if names:
            print(f"The course holds submissions of {', '.join(sorted(names))}, {why}: their marks stay in the "
                  "gradebook and are not shown here.", file=sys.stderr)
    return sorted((key for key in keys if key[1] in mine), key=lambda key: (key[0], mine.index(key[1])))


def query_grades(gradebook: api.Gradebook, students: Collection[str]) -> dict[Key, dict[str, GradeRow]]:
    """Return (student, assignment) -> name of the cell -> what the gradebook holds about it."""
    columns = (api.Grade.score, api.Grade.auto_score, api.Grade.needs_manual_grade)
    grades: dict[Key, dict[str, GradeRow]] = {}
    for student, assignment, name, *values in query_cells(gradebook, api.Grade, students, columns):
        grades.setdefault((student, assignment), {})[name] = GradeRow(*values)
    comments = query_cells(gradebook, api.Comment, students, (api.Comment.manual_comment,))
    for student, assignment, name, comment in comments:
        if comment and name in grades.get((student, assignment), {}):
            grades[student, assignment][name].comment = comment
    return grades


def query_cells(gradebook: api.Gradebook, table: type, students: Collection[str], columns: tuple) -> list[tuple]:
    """Return (student, assignment, cell's name, *columns) for every row of ``table``.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    table : type
        ``api.Grade`` or ``api.Comment``.
    students : collection of str
    columns : tuple
        Columns of the table.
    """
    return (gradebook.db.query(api.SubmittedAssignment.student_id, api.Assignment.name, CELLS.c.name, *columns)
            .select_from(table)
            .join(CELLS, CELLS.c.id == table.cell_id)  # type: ignore[attr-defined]
            .join(api.SubmittedNotebook, api.SubmittedNotebook.id == table.notebook_id)  # type: ignore[attr-defined]
            .join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
            .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
            .filter(api.SubmittedAssignment.student_id.in_(students)).all())


def query_penalties(gradebook: api.Gradebook, students: Collection[str]) -> dict[Key, float]:
    """Return (student, assignment) -> penalty for lateness."""
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    rows = (gradebook.db.query(submission.student_id, api.Assignment.name, notebook.late_submission_penalty)
            .select_from(notebook).join(submission, submission.id == notebook.assignment_id)
            .join(api.Assignment, api.Assignment.id == submission.assignment_id)
            .filter(submission.student_id.in_(students)))
    return {(student, assignment): penalty or 0.0 for student, assignment, penalty in rows}


def read_record(course: Path, key: Key, grades: Mapping[str, GradeRow], penalty: float, work: bool = True) -> Record:
    """Assemble the record of one submission.

    Parameters
    ----------
    course : pathlib.Path
    key : (str, str)
        (student, assignment).
    grades : dict
        Name of the cell -> what the gradebook holds about it.
    penalty : float
        For lateness, in points.
    work : bool
        With the student's own work.
    """
    student, assignment = key
    topic = topics.topic_of(assignment)
    state = submission_state.read_state(course, *key) or submission_state.SubmissionState("infra-error")
    if not grades and state.status != "infra-error":  # the gradebook was lost: no mark is not a zero
        state = submission_state.SubmissionState("infra-error", "the gradebook does not hold it", remarks=state.remarks)
    folder = course / "submitted" / student / assignment
    marks = [] if state.status == "infra-error" else list(iter_marks(course, assignment, state, grades))
    pending = sum(m.needs_manual for m in marks)
    stopped = state.status if state.status in ("timeout", "memory", "crashed") else ""
    doubts = [] if state.looked_at and state.looked_at == list_seen(course, key, state) else state.doubts
    status = submission_state.name_status(state.status, doubts, pending > 0)
    penalty = penalty if marks else 0.0
    module = read_module(folder / "cs231n_lib" / f"{topic}.py") if work else None
    answers = read_answers(course, assignment, folder) if work else {}
    return Record(student, assignment, topic, status, state.remark, state.seconds,
                  sum(m.score for m in marks) - penalty, sum(m.max_score for m in marks), penalty, pending, marks,
                  module, answers, stopped, state.not_found)


def list_seen(course: Path, key: Key, state: submission_state.SubmissionState) -> list[str]:
    """Return what a person sees who looks at a submission: which files, what is said of them, what was not found.

    Parameters
    ----------
    course : pathlib.Path
    key : (str, str)
        (student, assignment).
    state : SubmissionState
    """
    return [SubmittedFolder(course, *key).read_seal(), *state.doubts, *state.not_found]


def iter_marks(course: Path, assignment: str, state: submission_state.SubmissionState,
               grades: Mapping[str, GradeRow]) -> Iterator[Mark]:
    """Yield the marks of one submission: test cells in the notebook's order, then written answers.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    state : SubmissionState
        Names the result that the outcomes are read from.
    grades : dict
        Name of the cell -> what the gradebook holds about it.
    """
    results = read_result_cells(course, state.result)
    for grade_id, kind, points in list_graded_cells(course, assignment):
        if grade_id in grades:
            row, outcomes = grades[grade_id], results.get(grade_id, {}).get("outcomes", [])
            yield Mark(grade_id, kind, row.score, points, bool(row.needs_manual), row.comment, outcomes,
                       row.auto_score or 0.0)


def read_result_cells(course: Path, key: str) -> dict[str, dict]:
    """Return the cells of a result in the store: grade_id -> score, max_score, outcomes."""
    try:
        return json.loads((course / "results" / f"{key}.json").read_text())["cells"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def name_total_status(statuses: Collection[str]) -> str:
    """Return the status of a student's course total: it is final when all marks in it are."""
    return next((status for status in ("infra-error", "to-look-at", "manual-pending") if status in statuses), "graded")


def list_graded_cells(course: str | Path, assignment: str) -> list[tuple[str, str, float]]:
    """Return (grade_id, kind, points) of an assignment's graded cells, written answers last."""
    path = notebook_path(course, "source", assignment)
    return _list_graded_cells(path, path.stat().st_mtime_ns)


@lru_cache(64)
def _list_graded_cells(path: Path, _changed: int) -> list[tuple[str, str, float]]:
    """Read the graded cells of the instructor's notebook."""
    book = nbformat.read(path, as_version=4)
    tests = [(c, cells.read_test_kind(c.source)) for c in book.cells if cells.is_test(c)]
    written = [(c, "written") for c in book.cells if cells.is_written(c)]
    kinds = [(c.metadata.nbgrader, kind) for c, kind in tests + written]
    return [(flags["grade_id"], kind, float(flags["points"])) for flags, kind in kinds]


def read_answers(course: str | Path, assignment: str, folder: Path) -> dict[str, str]:
    """Return grade_id -> source of the cells that a student wrote in: answer cells and written ones.

    Parameters
    ----------
    course : path
    assignment : str
    folder : pathlib.Path
        Of the placed submission.
    """
    data = read_placed(folder / f"{assignment}.ipynb", MAX_NOTEBOOK)
    if data is None:
        return {}
    text = data.decode("utf-8", errors="replace")
    try:
        return parse_answers(text) if len(text) <= READ_HERE else run_limited(parse_answers, text)
    except LimitError:
        return {}


def parse_answers(text: str) -> dict[str, str]:
    """Return what :func:`read_answers` does, from the text of a placed notebook; nothing, if it is not one."""
    answers = {}
    try:
        for cell in json.loads(text)["cells"]:
            flags = cell["metadata"].get("nbgrader", {})
            if flags.get("solution") and not cells.is_scratch(cell):
                source = cell["source"]
                answers[flags["grade_id"]] = "".join(source) if isinstance(source, list) else str(source)
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return {}
    return answers
