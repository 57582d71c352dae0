"""Our steps in nbgrader's pipelines: one small class per transformation (the lists are in ``nbgrader_config.py``)."""

from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Unicode

from autograder.course import cells, submission_state
from autograder.course.assignment import collect_sources, rebuild_notebook
from autograder.course.topics import topic_of
from autograder.gradebook import manual_marks
from autograder.runners.jobs import make_job
from autograder.runners.results import Results, hash_job
from autograder.runners.runner import run_in_subprocess


class ClearAnswers(ClearSolutions):
    """ClearSolutions that leaves an answer cell as one open assignment, ``name = ...``, instead of the stub."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Replace the literal of an answer cell by an ellipsis; treat every other cell as nbgrader does."""
        if not cells.is_answer(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        name = cells.read_answer_variable(cell.source)
        comments = [line for line in cell.source.splitlines() if line.startswith("#") and "SOLUTION" not in line]
        cell.source = "\n".join([*comments, f"{name} = ..."])
        return cell, resources


class Rebuild(NbGraderPreprocessor):
    """Replace a submission by the released notebook with the student's solution cells in it."""

    course = Unicode(help="Folder of the course.").tag(config=True)

    def preprocess(self, nb, resources):
        """Rebuild the notebook; whatever else the student's file held is gone."""
        assignment = resources["nbgrader"]["assignment"]
        path = Path(self.course) / "release" / assignment / f"{assignment}.ipynb"
        return rebuild_notebook(nbformat.read(path, as_version=4), collect_sources(nb.cells)), resources


class RunTrusted(NbGraderPreprocessor):
    """In the place of nbgrader's Execute: fill in the outputs of test cells with marks earned in the sandbox."""

    course = Unicode(help="Folder of the course.").tag(config=True)
    unsafe = Bool(False, help="Run without a sandbox, on hosts that have none.").tag(config=True)

    def preprocess(self, nb, resources):
        """Take the result from the course's store, or run the job in a process of its own."""
        course = Path(self.course)
        job = read_job(course, resources["nbgrader"]["assignment"], nb, Path(resources["metadata"]["path"]))
        key, results = hash_job(job), Results(course / "results")
        result = results.get(key)
        if result is None:
            result = run_in_subprocess(job, self.unsafe)
            results.put(key, result)
        record_result(course, resources["nbgrader"], key, result)
        for cell in nb.cells:
            if cells.is_test(cell):
                cell.outputs = make_outputs(result["cells"][cells.read_grade_id(cell)])
        return nb, resources


class SaveGrades(SaveAutoGrades):
    """SaveAutoGrades that lets a mark stand which a person gave for the same answer (see ``manual.py``)."""

    course = Unicode(help="Folder of the course.").tag(config=True)

    def preprocess(self, nb, resources):
        """Save the grades, and in the course's state what people's marks were given for."""
        key = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
        self.known = submission_state.read_state(self.course, *key) or submission_state.SubmissionState("graded")
        nb, resources = super().preprocess(nb, resources)
        submission_state.write_state(self.course, *key, self.known)
        return nb, resources

    def _add_score(self, cell, resources):
        """Save the mark of one cell."""
        name = cells.read_grade_id(cell)
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        manual_marks.apply_auto_mark(grade, cell, utils.determine_grade(cell, self.log)[0], self.known)
        self.gradebook.db.commit()


def read_job(course, assignment, notebook, folder):
    """Describe the submission that nbgrader is about to grade.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    notebook : NotebookNode
        The submission.
    folder : pathlib.Path
        Where the student's ``cs231n_lib/<topic>.py`` is.
    """
    written = {cells.read_grade_id(c): c.source for c in notebook.cells if cells.is_answer(c)}
    module = folder / "cs231n_lib" / f"{topic_of(assignment)}.py"
    text = module.read_text(encoding="utf-8", errors="replace") if module.is_file() else None
    return make_job(course, assignment, written, text)


def record_result(course, about, key, result):
    """Let the course's state name the result that nbgrader is about to put into the gradebook."""
    student, assignment = about["student"], about["assignment"]
    known = submission_state.read_state(course, student, assignment) or submission_state.SubmissionState("graded")
    known.status, known.problem = result["status"], result["problem"]
    known.seconds, known.result = result["seconds"], key
    submission_state.write_state(course, student, assignment, known)


def make_outputs(cell):
    """Return the outputs of a test cell: the rubric for people, then the mark for nbgrader."""
    lines = [f"{o['score']:g} / {o['max_score']:g}  {o['aspect']}" + (f": {o['hint']}" if o["hint"] else "")
             for o in cell["outcomes"]]
    rubric = {"text/plain": "\n".join(lines), "text/html": f"<pre>{escape(chr(10).join(lines))}</pre>"}
    mark = {"text/plain": repr(float(cell["score"]))}
    return [NotebookNode(output_type="display_data", metadata=NotebookNode(), data=NotebookNode(rubric)),
            NotebookNode(output_type="execute_result", metadata=NotebookNode(), data=NotebookNode(mark),
                         execution_count=1)]
