"""The slow road into the gradebook, nbgrader's own: our steps in its pipelines, one class per transformation.

``nbgrader autograde`` takes it, and so does the Autograde button of formgrader. ``python -m autograder grade`` takes
the other road, :mod:`autograder.gradebook.writer`. Both leave the same rows and files; a test compares them. The lists
of steps are in :mod:`autograder.gradebook.config`.
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties, ClearSolutions, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Unicode

from autograder.course import cells, claims, submission_state
from autograder.course.assignment import UPDATE_FOLDER, collect_sources, read_notebook, rebuild_notebook
from autograder.course.solution_regions import open_scratch_cell
from autograder.course.topics import topic_of
from autograder.errors import CourseError
from autograder.gradebook import manual_marks
from autograder.gradebook.late_policy import compute_penalty, find_zone, measure_submission
from autograder.inbox.submitted_folder import read_module
from autograder.runners.jobs import make_job
from autograder.runners.results import Results, hash_job
from autograder.runners.runner import CellResult, Job, Result, run_in_subprocess

Step = tuple[NotebookNode, dict[str, Any]]
"""What a step of a pipeline returns: the notebook and nbconvert's resources."""


NOT_FOUND = "This answer was not found in what was handed in: a person has to look for it there."
"""The grader's comment on a cell that was not recognised."""


class ClearAnswers(ClearSolutions):
    """ClearSolutions that leaves an answer cell as one open assignment, ``name = ...``, instead of the stub.

    In a scratch cell, which may hold any code, only the solution is replaced, by ``...`` of the same kind.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> Step:
        """Put an ellipsis into answer cells and scratch cells; treat every other cell as nbgrader does.

        Parameters
        ----------
        cell : NotebookNode
            Changed in place.
        resources : dict
            nbconvert's.
        cell_index : int
            Place of the cell in the notebook.
        """
        if cells.is_scratch(cell):
            cell.source = open_scratch_cell(cell.source)
            return cell, resources
        if not cells.is_answer(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        name = cells.read_answer_variable(cell.source)
        comments = [line for line in cell.source.splitlines() if line.startswith("#") and "SOLUTION" not in line]
        cell.source = "\n".join([*comments, f"{name} = ..."])
        return cell, resources


class ClearClaims(NbGraderPreprocessor):
    """Takes the claims out of the cells' metadata: their expressions may give answers away."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> Step:
        """Clear one cell.

        Parameters
        ----------
        cell : NotebookNode
            Changed in place.
        resources : dict
            nbconvert's.
        cell_index : int
            Place of the cell in the notebook.
        """
        claims.clear_claims(cell)
        return cell, resources


class ClearSolutionTexts(NbGraderPreprocessor):
    """Takes the solutions of transfer questions out of the notebook: students read them after the last due date."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Remove the cells; nothing of them gets into the release, the gradebook or an exchange."""
        nb.cells = [cell for cell in nb.cells if not cells.is_solution_text(cell)]
        return nb, resources


class Rebuild(NbGraderPreprocessor):
    """Replace a submission by the released notebook with the student's solution cells in it."""

    course = Unicode(help="Folder of the course.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Rebuild the notebook; nothing else of the student's file is kept."""
        assignment = resources["nbgrader"]["assignment"]
        if (Path(self.course) / UPDATE_FOLDER / assignment).exists():
            raise CourseError(f"an update of {assignment} was interrupted", "Run `python -m autograder release`")
        released = read_notebook(self.course, "release", assignment)
        return rebuild_notebook(released, collect_sources(nb.cells)), resources


class RunTrusted(NbGraderPreprocessor):
    """Replaces nbgrader's Execute: fill in the outputs of test cells with marks earned in the sandbox."""

    course = Unicode(help="Folder of the course.").tag(config=True)
    unsafe = Bool(False, help="Run without a sandbox, on hosts that have none.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Take the result from the course's store, or run the job in a subprocess."""
        course, about = Path(self.course), resources["nbgrader"]
        job = read_job(course, about["assignment"], nb, Path(resources["metadata"]["path"]))
        key, results = hash_job(job), Results(course / "results")
        result = results.get(key)
        if result is None:
            result = run_in_subprocess(job, self.unsafe)
            results.put(key, result)
        record_result(course, (about["student"], about["assignment"]), key, result)
        for cell in nb.cells:
            if cells.is_test(cell):
                cell.outputs = make_outputs(result["cells"][cell.metadata.nbgrader["grade_id"]])
        return nb, resources


class SaveGrades(SaveAutoGrades):
    """SaveAutoGrades that keeps a person's mark if the answer is the same (see :mod:`manual_marks`)."""

    course = Unicode(help="Folder of the course.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Save the grades, and in the course's state what people's marks were given for."""
        key = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
        self.state = submission_state.read_state(self.course, *key) or submission_state.SubmissionState("graded")
        nb, resources = super().preprocess(nb, resources)
        submission_state.write_state(self.course, *key, self.state)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        """Save the mark of one cell: nbgrader's own method would ask for another look at every mark of a person."""
        about = resources["nbgrader"]
        grade = self.gradebook.find_grade(cell.metadata.nbgrader["grade_id"], about["notebook"], about["assignment"],
                                          about["student"])
        manual_marks.apply_auto_mark(grade, cell, utils.determine_grade(cell, self.log)[0], self.state)
        self.gradebook.db.commit()


    def _add_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        """Save the comment on one cell; "No response." is not said of an answer that was not found, nor of scratch."""
        super()._add_comment(cell, resources)
        name, about = cell.metadata.nbgrader["grade_id"], resources["nbgrader"]
        comment = self.gradebook.find_comment(name, about["notebook"], about["assignment"], about["student"])
        if comment.auto_comment and cells.is_scratch(cell):  # nothing of it is handed in
            comment.auto_comment = None
        elif comment.auto_comment and name in self.state.not_found:
            comment.auto_comment = NOT_FOUND
        self.gradebook.db.commit()


class AssignPenalties(AssignLatePenalties):
    """AssignLatePenalties that counts days by the course's calendar (:mod:`autograder.gradebook.late_policy`).

    Its settings, the plugin among them, are those of nbgrader's own step.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Ask the plugin once, with the lateness by the calendar: nbgrader's own is that of a stopwatch."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            submission = gradebook.find_submission(about["assignment"], about["student"])
            notebook = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            late, policy = measure_submission(submission, find_zone(parent=self)), self.plugin_class(parent=self)
            notebook.late_submission_penalty = compute_penalty(policy, about["student"], notebook.score, late)
            gradebook.db.commit()
        return nb, resources


def read_job(course: Path, assignment: str, notebook: NotebookNode, folder: Path) -> Job:
    """Return the job of the submission that nbgrader is about to grade.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    notebook : NotebookNode
        The submission.
    folder : pathlib.Path
        Where the student's ``cs231n_lib/<topic>.py`` is.
    """
    written = {c.metadata.nbgrader["grade_id"]: c.source for c in notebook.cells if cells.is_answer(c)}
    text = read_module(folder / "cs231n_lib" / f"{topic_of(assignment)}.py")
    return make_job(course, assignment, written, text)


def record_result(course: Path, submission: tuple[str, str], key: str, result: Result) -> None:
    """Note in the course's state which result nbgrader is about to put into the gradebook.

    Parameters
    ----------
    course : pathlib.Path
    submission : (str, str)
        (student, assignment).
    key : str
        Of the result in the store.
    result : Result
    """
    state = submission_state.read_state(course, *submission) or submission_state.SubmissionState("graded")
    state.status, state.problem = result["status"], result["problem"]
    state.seconds, state.result = result["seconds"], key
    submission_state.write_state(course, *submission, state)


def make_outputs(cell: CellResult) -> list[NotebookNode]:
    """Return the outputs of a test cell: the rubric for people, then the mark for nbgrader."""
    lines = [format_outcome(outcome) for outcome in cell["outcomes"]]
    rubric = {"text/plain": "\n".join(lines), "text/html": "<pre>" + escape("\n".join(lines)) + "</pre>"}
    mark = {"text/plain": repr(float(cell["score"]))}
    return [NotebookNode(output_type="display_data", metadata=NotebookNode(), data=NotebookNode(rubric)),
            NotebookNode(output_type="execute_result", metadata=NotebookNode(), data=NotebookNode(mark),
                         execution_count=1)]


def format_outcome(outcome: Mapping[str, Any]) -> str:
    """Return one aspect as a line of the rubric."""
    line = f"{outcome['score']:g} / {outcome['max_score']:g}  {outcome['aspect']}"
    return f"{line}: {outcome['hint']}" if outcome["hint"] else line
