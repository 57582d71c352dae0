"""What the course knows of each graded submission: marks, statuses, comments, the student's own work.

Read by whatever shows marks to somebody. The gradebook has the scores (people's changes among them), the store of
results the outcomes behind them, ``submitted/`` the work itself, ``state/`` how each submission ended.

An outcome's ``message`` is for the instructor only: it may quote a hidden input or an expected value.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

import nbformat
from nbgrader import api

from autograder.course import cells, submission_state, topics
from autograder.course.assignment import notebook_path
from autograder.gradebook.database import read_database_address

STUDENTS_AT_ONCE = 50


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
    outcomes: list = field(default_factory=list)
    auto_score: float = 0.0


@dataclass(frozen=True)
class Record:
    """One submission.

    Attributes
    ----------
    status : str
        One of "graded", "manual-pending", "timeout", "memory", "crashed", "infra-error".
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
    marks: list = field(default_factory=list)
    module: str | None = None
    answers: dict = field(default_factory=dict)


def load_records(course, assignments=None):
    """Return the :class:`Record` of every submission, sorted by student and assignment.

    Parameters
    ----------
    course : path
    assignments : collection of str, optional
        Only these.
    """
    return list(iter_records(course, assignments))


def iter_records(course, assignments=None, only=None, work=True):
    """Yield the records of :func:`load` one after the other: memory stays flat, however many there are.

    Parameters
    ----------
    course : path
    assignments : collection of str, optional
        Only these.
    only : collection of (str, str), optional
        Only these (student, assignment).
    work : bool
        With the student's own work: module and answers.
    """
    course, wanted = Path(course), set(assignments) if assignments is not None else None
    keys = [
        k
        for k in (sorted(only) if only is not None else submission_state.list_graded(course))
        if wanted is None or k[1] in wanted
    ]
    if not keys:
        return
    with api.Gradebook(read_database_address(course)) as gradebook:
        names = iter(dict.fromkeys(k[0] for k in keys))
        while students := list(islice(names, STUDENTS_AT_ONCE)):
            marks, penalties = query_marks(gradebook, students), query_penalties(gradebook, students)
            for key in select_keys(keys, set(students)):
                yield read_record(course, key, marks.get(key, {}), penalties.get(key, 0.0), work)


def select_keys(keys, students):
    """Return the keys of some students."""
    return [k for k in keys if k[0] in students]


def query_marks(gradebook, students):
    """Return (student, assignment) -> name -> (score, automatic score, needs a person, comment) from the gradebook."""
    grade, cell = api.Grade, api.BaseCell
    columns = (grade.score, grade.auto_score, grade.needs_manual_grade)
    found = {}
    for student, assignment, name, *rest in query_cells(gradebook, grade, cell, students, columns):
        found.setdefault((student, assignment), {})[name] = [*rest, ""]
    for student, assignment, name, text in query_cells(
        gradebook, api.Comment, cell, students, (api.Comment.manual_comment,)
    ):
        if text and name in found.get((student, assignment), {}):
            found[student, assignment][name][-1] = text
    return found


def query_cells(gradebook, row, cell, students, columns):
    """Return (student, assignment, cell's name, *columns) for every row of a table of grades or comments."""
    base = api.BaseCell.__table__  # not the class: it would join the three tables of its kinds
    return (gradebook.db.query(api.SubmittedAssignment.student_id, api.Assignment.name, base.c.name, *columns)
            .select_from(row)
            .join(base, base.c.id == row.cell_id)
            .join(api.SubmittedNotebook, api.SubmittedNotebook.id == row.notebook_id)
            .join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
            .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
            .filter(api.SubmittedAssignment.student_id.in_(students)).all())


def query_penalties(gradebook, students):
    """Return (student, assignment) -> penalty for lateness."""
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    rows = (gradebook.db.query(submission.student_id, api.Assignment.name, notebook.late_submission_penalty)
            .select_from(notebook).join(submission, submission.id == notebook.assignment_id)
            .join(api.Assignment, api.Assignment.id == submission.assignment_id)
            .filter(submission.student_id.in_(students)))
    return {(student, assignment): penalty or 0.0 for student, assignment, penalty in rows}


def read_record(course, key, found, penalty, work=True):
    """Put the record of one submission together."""
    student, assignment = key
    topic, known = (
        topics.topic_of(assignment),
        submission_state.read_state(course, *key) or submission_state.SubmissionState("infra-error"),
    )
    if not found and known.status != "infra-error":  # the gradebook was lost: no mark is not a zero
        known = submission_state.SubmissionState("infra-error", "the gradebook does not hold it", remarks=known.remarks)
    folder = course / "submitted" / student / assignment
    marks = [] if known.status == "infra-error" else list(iter_marks(course, assignment, known, found))
    pending = sum(m.needs_manual for m in marks)
    status = "manual-pending" if known.status == "graded" and pending else known.status
    penalty = penalty if marks else 0.0
    module = read_module(folder / "cs231n_lib" / f"{topic}.py") if work else None
    answers = read_answers(course, assignment, folder) if work else {}
    return Record(student, assignment, topic, status, known.remark, known.seconds,
                  sum(m.score for m in marks) - penalty, sum(m.max_score for m in marks), penalty, pending, marks,
                  module, answers)


def iter_marks(course, assignment, known, found):
    """Yield the marks of one submission: test cells as they stand in the notebook, then written answers."""
    outcomes = read_result_cells(course, known.result)
    for grade_id, kind, points in list_graded_cells(course, assignment):
        if grade_id in found:
            score, auto, needs, comment = found[grade_id]
            mine = outcomes.get(grade_id, {}).get("outcomes", [])
            yield Mark(grade_id, kind, score, points, bool(needs), comment, mine, auto or 0.0)


def read_result_cells(course, key):
    """Return the cells of a result in the store: grade_id -> score, max_score, outcomes."""
    try:
        return json.loads((course / "results" / f"{key}.json").read_text())["cells"]
    except (FileNotFoundError, ValueError):
        return {}


def list_graded_cells(course, assignment):
    """Return (grade_id, kind, points) of an assignment's graded cells, written answers last."""
    path = notebook_path(course, "source", assignment)
    return _list_graded_cells(path, path.stat().st_mtime_ns)


@lru_cache(64)
def _list_graded_cells(path, _changed):
    """Read the graded cells of the instructor's notebook."""
    book = nbformat.read(path, as_version=4)
    tests = [(c, cells.read_test_kind(c.source)) for c in book.cells if cells.is_test(c)]
    written = [(c, "written") for c in book.cells if cells.is_written(c)]
    return [(cells.read_grade_id(c), kind, float(c.metadata.nbgrader["points"])) for c, kind in tests + written]


def read_module(path):
    """Return the text of a file, or None if there is none."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def read_answers(course, assignment, folder):
    """Return grade_id -> source of the cells the student wrote in: answer cells and written ones."""
    try:
        book = json.loads((folder / f"{assignment}.ipynb").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    found = {}
    for cell in book["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution"):
            source = cell["source"]
            found[about["grade_id"]] = "".join(source) if isinstance(source, list) else source
    return found
