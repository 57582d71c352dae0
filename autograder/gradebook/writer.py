"""The fast road into the gradebook, which ``python -m autograder grade`` takes: results into rows and ``autograded/``.

The other road is nbgrader's own pipeline, with our steps of :mod:`autograder.gradebook.preprocessors` in it, for its
command line and formgrader's Autograde button. It reads, checks and writes every notebook twice and opens the database
a dozen times per submission. Here one session stays open, nbgrader's own preprocessors make the fixed parts of a
notebook once per assignment, and only what varies is filled in: written cells, outputs, rows. A batch of submissions
is one transaction. The rules stay nbgrader's (``determine_grade``, ``compute_checksum``, the plugin for late
penalties), and a test compares what the two roads leave.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import api, utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import CheckCellMetadata
from sqlalchemy import func
from traitlets.config import Config

from autograder.course.assignment import NotebookTemplate, read_notebook
from autograder.course.submission_state import SubmissionState
from autograder.gradebook import lateness, manual_marks
from autograder.gradebook.config import load_config
from autograder.gradebook.late_policy import compute_penalty, find_zone, measure_submission
from autograder.gradebook.preprocessors import NOT_FOUND, AssignPenalties, RunTrusted, SaveGrades, make_outputs
from autograder.runners.runner import Result

STEPS_DONE_HERE = (RunTrusted, SaveGrades, AssignPenalties, CheckCellMetadata)
"""Steps of the pipeline that the template leaves out: they depend on the submission and are done here, or they check
what the release has checked."""


class Writer:
    """One open gradebook of a course.

    Rows reach the gradebook at :meth:`commit`; :meth:`rollback` forgets those of the current batch.

    Parameters
    ----------
    course : path
        Folder of the course.
    """

    def __init__(self, course: str | Path):
        self.course = Path(course)
        self.config = load_config(course)
        self.config.merge(Config({"Exporter": {"default_preprocessors": []}}))
        self.coursedir = CourseDirectory(config=self.config)
        self.gradebook = api.Gradebook(self.coursedir.db_url, self.coursedir.course_id)
        self.db = self.gradebook.db
        self.assignments: dict[str, GradebookAssignment] = {}
        self.students: set[str] = set()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *exc: object) -> None:
        self.gradebook.close()

    @cached_property
    def late_policy(self) -> LateSubmissionPlugin:
        """The course's plugin for late penalties."""
        return lateness.load_late_policy(self.course)

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The course's time zone."""
        return find_zone(config=self.config)

    def prepare_assignment(self, assignment: str) -> "GradebookAssignment":
        """Return the :class:`GradebookAssignment` of a name; it is made at the first call."""
        if assignment not in self.assignments:
            self.assignments[assignment] = GradebookAssignment(self, assignment)
        return self.assignments[assignment]

    def write(self, student: str, assignment: str, written: Mapping[str, str], result: Result,
              state: SubmissionState) -> float:
        """Write one submission: files at once, rows at the next :meth:`commit`.

        Parameters
        ----------
        student, assignment : str
        written : dict
            grade_id -> source of the cells the student wrote in.
        result : Result
            From :func:`autograder.runners.runner.run_job`.
        state : SubmissionState
            Of the submission; what it says about people's marks is brought up to date.

        Returns
        -------
        auto : float
            Sum of the automatic marks.
        """
        target = self.prepare_assignment(assignment)
        changed = target.make_changed_cells(written, result)
        self.write_files(student, assignment, target.template.format_notebook(changed))
        marks = {name: utils.determine_grade(changed[name])[0] for name in target.grade_cells}
        self.write_rows(student, target, marks, changed, state)
        return sum(mark or 0.0 for mark in marks.values())

    def read_automatic_marks(self) -> dict[tuple[str, str], float]:
        """Return (student, assignment) -> sum of the automatic marks that the gradebook holds."""
        submission, notebook, row = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
        sums = (self.db.query(submission.student_id, api.Assignment.name, func.sum(row.auto_score))
                .select_from(row).join(notebook, notebook.id == row.notebook_id)
                .join(submission, submission.id == notebook.assignment_id)
                .join(api.Assignment, api.Assignment.id == submission.assignment_id)
                .group_by(submission.student_id, api.Assignment.name))
        return {(student, assignment): total or 0.0 for student, assignment, total in sums}

    def commit(self) -> None:
        """Store the rows written since the last time."""
        self.db.commit()

    def rollback(self) -> None:
        """Forget the rows written since the last :meth:`commit`."""
        self.db.rollback()
        self.students.clear()

    def notebook_path(self, student: str, assignment: str) -> Path:
        """Return the path of the graded notebook of a submission."""
        folder = self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment)
        return Path(folder) / f"{assignment}.ipynb"

    def write_files(self, student: str, assignment: str, text: str) -> None:
        """Replace the graded folder of a submission by the graded notebook and a copy of what else was handed in.

        Parameters
        ----------
        student, assignment : str
        text : str
            The graded notebook.
        """
        source = self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment)
        graded = self.notebook_path(student, assignment)
        folder = graded.parent
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        graded.write_text(text + "\n", encoding="utf-8", newline="")
        for file in utils.find_all_files(source, [*self.coursedir.ignore, "*.ipynb"]):
            copy = folder / os.path.relpath(file, source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        self.set_permissions(folder)

    def set_permissions(self, folder: Path) -> None:
        """Give the files the permissions that nbgrader gives them."""
        for path, _, names in os.walk(folder):
            for name in names:
                os.chmod(os.path.join(path, name), 0o664 if self.coursedir.groupshared else 0o444)
            if self.coursedir.groupshared:
                os.chmod(path, 0o2775)

    def write_rows(self, student: str, target: "GradebookAssignment", marks: Mapping[str, float | None],
                   changed: Mapping[str, NotebookNode], state: SubmissionState) -> None:
        """Write the rows of one submission; what a person gave (scores, credit, comments) stays as it is.

        Parameters
        ----------
        student : str
        target : GradebookAssignment
        marks : dict
            grade_id -> automatic mark, None where only a person can give one.
        changed : dict
            grade_id -> cell as it is graded.
        state : SubmissionState
            What it says about people's marks is brought up to date.
        """
        submission, notebook = self.ensure_submission(student, target)
        grades = self.ensure_rows(api.Grade, notebook, target.grade_cells)
        for name, mark in marks.items():
            manual_marks.apply_auto_mark(grades[name], changed[name], mark, state)
        comments = self.ensure_rows(api.Comment, notebook, target.solution_cells)
        for name, comment in comments.items():
            cell = changed.get(name)
            comment.auto_comment = choose_comment(cell, state) if cell is not None else None  # None: a scratch cell
        self.write_penalty(student, submission, notebook)

    def ensure_submission(self, student: str, target: "GradebookAssignment"
                          ) -> tuple[api.SubmittedAssignment, api.SubmittedNotebook]:
        """Return the rows of a submission and its notebook; missing ones are added."""
        self.ensure_student(student)
        source = self.coursedir.format_path(self.coursedir.submitted_directory, student, target.name)
        timestamp = self.coursedir.get_existing_timestamp(source)
        keys = {"assignment_id": target.assignment_id, "student_id": student}
        submission = self.db.query(api.SubmittedAssignment).filter_by(**keys).one_or_none()
        is_new = submission is None
        if is_new:
            submission = self.add(api.SubmittedAssignment, **keys)
        if timestamp:
            submission.timestamp = timestamp
        keys = {"assignment_id": submission.id, "notebook_id": target.notebook_id}
        notebook = None if is_new else self.db.query(api.SubmittedNotebook).filter_by(**keys).one_or_none()
        return submission, notebook or self.add(api.SubmittedNotebook, **keys)

    def add(self, table: type, **values: str) -> Any:
        """Add one row; its id is known at once."""
        row = table(id=api.new_uuid(), **values)
        self.db.add(row)
        return row

    def ensure_student(self, student: str) -> None:
        """Add a row for the student if there is none."""
        if student not in self.students:
            if self.db.get(api.Student, student) is None:
                self.db.add(api.Student(id=student))
            self.students.add(student)

    def ensure_rows(self, table: type, notebook: api.SubmittedNotebook, wanted: Mapping[str, str]) -> dict[str, Any]:
        """Return name -> row of a submission's grades or comments; missing ones are added.

        Parameters
        ----------
        table : type
            ``api.Grade`` or ``api.Comment``.
        notebook : nbgrader.api.SubmittedNotebook
        wanted : dict
            Name of the cell -> id of its row.
        """
        rows: Iterable[Any] = []
        if notebook not in self.db.new:
            rows = self.db.query(table).filter_by(notebook_id=notebook.id)
        by_cell = {row.cell_id: row for row in rows}
        return {name: by_cell.get(cell_id) or self.add(table, cell_id=cell_id, notebook_id=notebook.id)
                for name, cell_id in wanted.items()}

    def write_penalty(self, student: str, submission: api.SubmittedAssignment, notebook: api.SubmittedNotebook) -> None:
        """Ask the course's plugin what lateness costs, as nbgrader's AssignLatePenalties does.

        Parameters
        ----------
        student : str
        submission, notebook : rows of the gradebook
        """
        if submission.timestamp is None and notebook in self.db.new:
            return
        self.db.flush()
        notebook.late_submission_penalty = None
        self.db.refresh(submission, ["assignment"])
        late = measure_submission(submission, self.zone)
        if late > 0:
            self.db.refresh(notebook, ["score"])
            notebook.late_submission_penalty = compute_penalty(self.late_policy, student, notebook.score, late)


def choose_comment(cell: NotebookNode, state: SubmissionState) -> str | None:
    """Return the comment of the grader on a cell that a student writes in: nbgrader's own, or that it was not found."""
    if not is_untouched(cell):
        return None
    return NOT_FOUND if cell.metadata.nbgrader["grade_id"] in state.not_found else "No response."


def is_untouched(cell: NotebookNode) -> bool:
    """Is a cell as it was released, and not a task (which has nothing to write in)?"""
    return cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell) and not utils.is_task(cell)


class GradebookAssignment:
    """An assignment in the gradebook: the ids of its rows, and the notebook that grading fills in.

    Parameters
    ----------
    writer : Writer
    assignment : str
    """

    def __init__(self, writer: Writer, assignment: str):
        notebook = writer.gradebook.find_notebook(assignment, assignment)
        self.name = assignment
        self.notebook_id, self.assignment_id = notebook.id, notebook.assignment_id
        self.grade_cells = {c.name: c.id for c in notebook.grade_cells}
        self.solution_cells = {c.name: c.id for c in notebook.solution_cells}
        self.template = NotebookTemplate(make_graded_template(writer, assignment))

    def make_changed_cells(self, written: Mapping[str, str], result: Result) -> dict[str, NotebookNode]:
        """Return grade_id -> cell for every cell that differs from the template: written ones and test cells."""
        released = self.template.cells
        changed = {name: nbformat.from_dict({**released[name], "source": text}) for name, text in written.items()}
        for name, cell in result["cells"].items():
            changed[name] = nbformat.from_dict({**released[name], "outputs": make_outputs(cell)})
        return changed


def make_graded_template(writer: Writer, assignment: str) -> NotebookNode:
    """Run the released notebook through both parts of the pipeline, without the steps that depend on a submission."""
    pipeline = Autograde(coursedir=writer.coursedir, config=writer.config)
    about = {"student": "", "assignment": assignment, "notebook": assignment, "db_url": writer.coursedir.db_url}
    notebook = read_notebook(writer.course, "release", assignment)
    for steps in (pipeline.sanitize_preprocessors, pipeline.autograde_preprocessors):
        exporter = NotebookExporter(config=writer.config)
        for step in steps:
            if step not in STEPS_DONE_HERE:
                exporter.register_preprocessor(step)
        text, _ = exporter.from_notebook_node(notebook, {"nbgrader": dict(about)})
        notebook = nbformat.reads(text, as_version=4)
    return notebook
