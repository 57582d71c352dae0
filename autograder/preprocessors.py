"""Our steps in nbgrader's pipelines: one small class per transformation (the lists are in ``nbgrader_config.py``)."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Unicode

from autograder import cells, forms, intake, manual, runner, state


class ClearAnswers(ClearSolutions):
    """ClearSolutions that leaves an answer cell as one open assignment, ``name = ...``, instead of the stub."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Replace the literal of an answer cell by an ellipsis; treat every other cell as nbgrader does."""
        if not cells.is_answer(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        name = cells.answer_name(cell.source)
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
        return intake.rebuild(nbformat.read(path, as_version=4), intake.sources_by_id(nb.cells)), resources


class RunTrusted(NbGraderPreprocessor):
    """In the place of nbgrader's Execute: fill in the outputs of test cells with marks earned in the sandbox."""

    course = Unicode(help="Folder of the course.").tag(config=True)
    unsafe = Bool(False, help="Run without a sandbox, on hosts that have none.").tag(config=True)

    def preprocess(self, nb, resources):
        """Take the result from the course's store, or run the job in a process of its own."""
        course = Path(self.course)
        job = job_for(course, resources["nbgrader"]["assignment"], nb, Path(resources["metadata"]["path"]))
        key, results = runner.key(job), runner.Results(course / "results")
        result = results.get(key)
        if result is None:
            result = run_apart(job, self.unsafe)
            results.put(key, result)
        remember(course, resources["nbgrader"], key, result)
        for cell in nb.cells:
            if cells.is_test(cell):
                cell.outputs = outputs(result["cells"][cells.grade_id(cell)])
        return nb, resources


class SaveGrades(SaveAutoGrades):
    """SaveAutoGrades that lets a mark stand which a person gave for the same answer (see ``manual.py``)."""

    course = Unicode(help="Folder of the course.").tag(config=True)

    def preprocess(self, nb, resources):
        """Save the grades, and in the course's state what people's marks were given for."""
        key = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
        self.known = state.read(self.course, *key) or state.State("graded")
        nb, resources = super().preprocess(nb, resources)
        state.write(self.course, *key, self.known)
        return nb, resources

    def _add_score(self, cell, resources):
        """Save the mark of one cell."""
        name = cells.grade_id(cell)
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        manual.put(grade, cell, utils.determine_grade(cell, self.log)[0], self.known)
        self.gradebook.db.commit()


def remember(course, about, key, result):
    """Let the course's state name the result that nbgrader is about to put into the gradebook."""
    student, assignment = about["student"], about["assignment"]
    known = state.read(course, student, assignment) or state.State("graded")
    known.status, known.problem = result["status"], result["problem"]
    known.seconds, known.result = result["seconds"], key
    state.write(course, student, assignment, known)


def secret(course):
    """Return the course secret, made at the first call: hexadecimal, readable by the instructor only."""
    path = Path(course) / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"secret.{os.getpid()}.part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(part, path)  # whole or not at all, and the first of two wins: it must never change
        part.unlink()
    return path.read_text().strip()


def job_for(course, assignment, notebook, folder):
    """Describe one submission to the runner.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    notebook : NotebookNode
        The submission with the instructor's locked cells, hidden regions included.
    folder : pathlib.Path
        Where the student's ``cs231n_lib/<topic>.py`` is.
    """
    topic, form = intake.ASSIGNMENTS[assignment], forms.of(course, assignment)
    answers = form.answers({cells.grade_id(c): c.source for c in notebook.cells if cells.is_answer(c)})
    module = folder / "cs231n_lib" / f"{topic}.py"
    text = module.read_text(encoding="utf-8", errors="replace") if module.is_file() else None
    return runner.make_job(topic, *forms.cells_to_run(notebook), answers, text, secret(course))


def run_apart(job, unsafe=False):
    """Run a job in a process of its own: never inside the Jupyter server that may have called us."""
    command = [sys.executable, "-m", "autograder.runner", *(["--unsafe"] if unsafe else [])]
    run = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True)
    if run.returncode:
        raise runner.InfraError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "the runner died")
    return json.loads(run.stdout)


def outputs(cell):
    """Return the outputs of a test cell: the rubric for people, then the mark for nbgrader."""
    lines = [f"{o['score']:g} / {o['max_score']:g}  {o['aspect']}" + (f": {o['hint']}" if o["hint"] else "")
             for o in cell["outcomes"]]
    rubric = {"text/plain": "\n".join(lines), "text/html": f"<pre>{escape(chr(10).join(lines))}</pre>"}
    mark = {"text/plain": repr(float(cell["score"]))}
    return [NotebookNode(output_type="display_data", metadata=NotebookNode(), data=NotebookNode(rubric)),
            NotebookNode(output_type="execute_result", metadata=NotebookNode(), data=NotebookNode(mark),
                         execution_count=1)]
