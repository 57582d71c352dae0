"""Our steps in nbgrader's pipelines: one small class per transformation (the lists are in ``nbgrader_config.py``)."""

import json
import subprocess
import sys
from html import escape
from pathlib import Path

import nbformat
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Bool, Unicode

from autograder import cells, intake, runner


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
        results = runner.Results(course / "results")
        result = results.get(job)
        if result is None:
            result = run_apart(job, self.unsafe)
            results.put(job, result)
        for cell in nb.cells:
            if cells.is_test(cell):
                cell.outputs = outputs(result["cells"][cells.grade_id(cell)])
        return nb, resources


def secret(course):
    """Return the course secret, made at the first call: hexadecimal, readable by the instructor only."""
    import secrets

    path = Path(course) / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
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
    topic = intake.ASSIGNMENTS[assignment]
    released = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    names = {cells.grade_id(c): cells.answer_name(c.source) for c in released.cells if cells.is_answer(c)}
    answers = {names[cells.grade_id(c)]: c.source for c in notebook.cells if cells.is_answer(c)}
    module = folder / "cs231n_lib" / f"{topic}.py"
    text = module.read_text(encoding="utf-8", errors="replace") if module.is_file() else None
    return runner.make_job(topic, notebook, answers, text, secret(course))


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
    return [new_output("display_data", data=rubric),
            new_output("execute_result", data={"text/plain": repr(float(cell["score"]))}, execution_count=1)]
