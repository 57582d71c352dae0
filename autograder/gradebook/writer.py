"""The writer: results into nbgrader's gradebook and ``autograded/``, as nbgrader's own autograde leaves them.

``nbgrader autograde`` reads, checks and writes every notebook twice and opens the database a dozen times for each
submission. Here one session stays open, a notebook's fixed parts are made once per assignment by nbgrader's own
preprocessors, and what varies is filled in: written cells, outputs, rows. A batch of submissions is one transaction.
The rules stay nbgrader's (``determine_grade``, ``compute_checksum``, the plugin for late penalties); a test compares
what both leave.
"""

import os
import shutil
from functools import cached_property
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader import api, utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata
from sqlalchemy import func
from traitlets.config import Config

from autograder.course.assignment import NotebookTemplate, read_notebook
from autograder.gradebook import manual_marks
from autograder.gradebook.config import load_config
from autograder.gradebook.preprocessors import RunTrusted, SaveGrades, make_outputs

STEPS_DONE_HERE = (RunTrusted, SaveGrades, AssignLatePenalties, CheckCellMetadata)
"""Steps of the pipeline that the template leaves out: they differ from submission to submission and are done here, or
check what the release has checked."""


class Writer:
    """One open gradebook of a course.

    Nothing is in the gradebook before :meth:`commit`; after :meth:`rollback` nothing of the batch is.

    Parameters
    ----------
    course : pathlib.Path
    """

    def __init__(self, course):
        self.course = Path(course)
        self.config = load_config(course)
        self.config.merge(Config({"Exporter": {"default_preprocessors": []}}))
        self.coursedir = CourseDirectory(config=self.config)
        self.gradebook = api.Gradebook(self.coursedir.db_url, self.coursedir.course_id)
        self.db = self.gradebook.db
        self.targets, self.students = {}, set()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.gradebook.close()

    @cached_property
    def penalties(self):
        """Return nbgrader's step for late penalties with the course's plugin in it."""
        step = AssignLatePenalties(config=self.config)
        step.init_plugin()
        return step

    def target(self, assignment):
        """Return the :class:`Target` of an assignment."""
        if assignment not in self.targets:
            self.targets[assignment] = GradebookAssignment(self, assignment)
        return self.targets[assignment]

    def write(self, student, assignment, written, result, known):
        """Write one submission: files at once, rows at the next :meth:`commit`.

        Parameters
        ----------
        written : dict
            grade_id -> source of the cells the student wrote in.
        result : dict
            From :func:`autograder.runners.runner.run_job`.
        known : autograder.course.submission_state.SubmissionState
            What is known of the submission; which marks of people stand is brought up to date in it.

        Returns
        -------
        auto : float
            Sum of the automatic marks.
        """
        target = self.target(assignment)
        changed = target.changed(written, result)
        self.write_files(student, assignment, target.template.format_notebook(changed))
        marks = {name: utils.determine_grade(changed[name])[0] for name in target.grade_cells}
        self.write_rows(student, assignment, target, marks, changed, known)
        return sum(mark or 0.0 for mark in marks.values())

    def automatic_marks(self):
        """Return (student, assignment) -> sum of the automatic marks that the gradebook holds."""
        submission, notebook, row = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
        sums = (self.db.query(submission.student_id, api.Assignment.name, func.sum(row.auto_score))
                .select_from(row).join(notebook, notebook.id == row.notebook_id)
                .join(submission, submission.id == notebook.assignment_id)
                .join(api.Assignment, api.Assignment.id == submission.assignment_id)
                .group_by(submission.student_id, api.Assignment.name))
        return {(student, assignment): total or 0.0 for student, assignment, total in sums}

    def commit(self):
        """Make what was written since the last time last."""
        self.db.commit()

    def rollback(self):
        """Forget the rows written since the last :meth:`commit`."""
        self.db.rollback()
        self.students.clear()

    def notebook(self, student, assignment):
        """Return the path of the graded notebook of a submission."""
        folder = self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment)
        return Path(folder) / f"{assignment}.ipynb"

    def write_files(self, student, assignment, text):
        """Write the graded notebook beside a copy of what else was handed in; whatever was there before goes."""
        source = self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment)
        file = self.notebook(student, assignment)
        folder = file.parent
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        file.write_text(text + "\n", encoding="utf-8", newline="")
        for file in utils.find_all_files(source, [*self.coursedir.ignore, "*.ipynb"]):
            copy = folder / os.path.relpath(file, source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        self.set_permissions(folder)

    def set_permissions(self, folder):
        """Give the files the permissions that nbgrader gives them."""
        for path, _, names in os.walk(folder):
            for name in names:
                os.chmod(os.path.join(path, name), 0o664 if self.coursedir.groupshared else 0o444)
            if self.coursedir.groupshared:
                os.chmod(path, 0o2775)

    def write_rows(self, student, assignment, target, marks, changed, known):
        """Write the rows of one submission; what a person gave (scores, credit, comments) stays as it is."""
        submission, notebook = self.submission(student, assignment, target)
        grades = self.rows(api.Grade, notebook, target.grade_cells)
        for name, mark in marks.items():
            manual_marks.apply_auto_mark(grades[name], changed[name], mark, known)
        comments = self.rows(api.Comment, notebook, target.solution_cells)
        for name, comment in comments.items():
            comment.auto_comment = "No response." if is_untouched(changed[name]) else None
        self.write_penalty(student, submission, notebook)

    def submission(self, student, assignment, target):
        """Return the rows of a submission and its notebook, new ones if there are none."""
        self.add_student(student)
        source = self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment)
        timestamp = self.coursedir.get_existing_timestamp(source)
        found = self.db.query(api.SubmittedAssignment).filter_by(
            assignment_id=target.assignment_id, student_id=student).one_or_none()
        submission = found or self.add(api.SubmittedAssignment, assignment_id=target.assignment_id, student_id=student)
        if timestamp:
            submission.timestamp = timestamp
        keys = {"assignment_id": submission.id, "notebook_id": target.notebook_id}
        notebook = found and self.db.query(api.SubmittedNotebook).filter_by(**keys).one_or_none()
        return submission, notebook or self.add(api.SubmittedNotebook, **keys)

    def add(self, table, **values):
        """Add one row; its id is known at once."""
        row = table(id=api.new_uuid(), **values)
        self.db.add(row)
        return row

    def add_student(self, student):
        """Have a row for the student."""
        if student not in self.students:
            if self.db.get(api.Student, student) is None:
                self.db.add(api.Student(id=student))
            self.students.add(student)

    def rows(self, table, notebook, wanted):
        """Return name -> row of a submission's grades or comments, one for each cell of ``wanted`` (name -> cell's id).

        A row that is missing is added.
        """
        found = {} if notebook in self.db.new else {
            row.cell_id: row for row in self.db.query(table).filter_by(notebook_id=notebook.id)}
        return {name: found.get(cell_id) or self.add(table, cell_id=cell_id, notebook_id=notebook.id)
                for name, cell_id in wanted.items()}

    def write_penalty(self, student, submission, notebook):
        """Let the course's plugin say what lateness costs, as nbgrader's AssignLatePenalties does."""
        if submission.timestamp is None and notebook in self.db.new:
            return
        self.db.flush()
        notebook.late_submission_penalty = None
        self.db.refresh(submission, ["assignment"])
        late = submission.total_seconds_late
        if late > 0:
            self.db.refresh(notebook, ["score"])
            penalty = self.penalties.plugin_inst.late_submission_penalty(student, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = self.penalties._check_late_penalty(notebook, penalty)


def is_untouched(cell):
    """Is a cell as it was released, and not a task (which has nothing to write in)?"""
    return cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell) and not utils.is_task(cell)


class GradebookAssignment:
    """An assignment in the gradebook: the ids of its rows, and the notebook that grading fills in.

    Parameters
    ----------
    writer : Writer
    assignment : str
    """

    def __init__(self, writer, assignment):
        notebook = writer.gradebook.find_notebook(assignment, assignment)
        self.notebook_id, self.assignment_id = notebook.id, notebook.assignment_id
        self.grade_cells = {c.name: c.id for c in notebook.grade_cells}
        self.solution_cells = {c.name: c.id for c in notebook.solution_cells}
        self.template = NotebookTemplate(make_graded_template(writer, assignment))

    def changed(self, written, result):
        """Return grade_id -> cell for every cell that is not as in the template."""
        known = self.template.cells
        changed = {name: nbformat.from_dict({**known[name], "source": text}) for name, text in written.items()}
        for name, cell in result["cells"].items():
            changed[name] = nbformat.from_dict({**known[name], "outputs": make_outputs(cell)})
        return changed


def make_graded_template(writer, assignment):
    """Take the released notebook through the pipeline's two parts, without the steps that depend on a submission."""
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
