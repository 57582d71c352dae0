"""A checkout with one small notebook, whose questions are among ours: a course is made of it in seconds."""

import shutil
from concurrent.futures import Executor, Future

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import grade
from autograder.course import solution_regions
from autograder.release import pinned_sources, release

ASSIGNMENT, TOPIC = "01_activations", "activations"
POINTS = {"relu_forward": 1, "relu_backward": 2, "tanh_forward": 1}
"""Marks of the questions in our hidden tests."""


def flag(cell, grade, solution, locked, points=None):
    """Give a cell nbgrader's flags, its id as grade_id."""
    flags = {"grade_id": cell.id, "grade": grade, "solution": solution, "locked": locked, "schema_version": 3,
             "task": False, "cell_type": cell.cell_type}
    cell.metadata["nbgrader"] = flags | ({} if points is None else {"points": points})
    return cell


CLAIM = {"text": "0.22", "value": "ratios.mean()", "tolerance": 0.01}


def title(text="Activations"):
    return new_markdown_cell(f"# {text}", id="title", metadata={"cs231n": {"claims": [CLAIM], "exempt": ["2015"]}})


def setup():
    return flag(new_code_cell("import numpy as np\nfrom cs231n_lib.lab.check import check, check_answer", id="setup"),
                False, False, True)


def answer():
    return flag(new_code_cell('# "a" or "b"\n### BEGIN SOLUTION\nprediction_x = "a"\n### END SOLUTION',
                              id="x-prediction"), False, True, False)


def function_test(question, points=None):
    """Return the test cell of a function."""
    source = (f'check("{question}")\n### BEGIN HIDDEN TESTS\nfrom autograder.hidden_tests import grade\n'
              f'grade("{question}")\n### END HIDDEN TESTS')
    return flag(new_code_cell(source, id=f"{question.replace('_', '-')}-test"), True, False, True,
                POINTS.get(question, 1) if points is None else points)


def written(name, points=3):
    return flag(new_markdown_cell("### BEGIN SOLUTION\nBecause.\n### END SOLUTION", id=name), True, True, False, points)


def notebook():
    """Return the cells of the notebook as it was released at the beginning of the term."""
    return [title(), setup(), answer(), function_test("relu_forward"), written("x-why"), function_test("relu_backward"),
            written("y-why")]


class Checkout:
    """A folder of notebooks that the grader takes for its own.

    Parameters
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder):
        self.file = folder / f"{ASSIGNMENT}.ipynb"
        folder.mkdir(exist_ok=True)

    def write(self, cells):
        """Write the notebook."""
        nbformat.write(new_notebook(cells=cells), self.file)


def use(patch, folder):
    """Let the grader take a folder for its checkout, with one assignment; return the :class:`Checkout`."""
    made = Checkout(folder)
    made.write(notebook())
    patch.setattr(pinned_sources, "NOTEBOOKS", folder)
    patch.setattr(release, "list_assignments", lambda: {ASSIGNMENT: TOPIC})
    patch.setattr(grade, "list_assignments", lambda: {ASSIGNMENT: TOPIC})
    return made


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Let the checkout have one assignment, with the small notebook."""
    return use(monkeypatch, tmp_path / "notebooks")


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Make a course of the small notebook, to be copied."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, folder / "notebooks")
        release.generate_release(folder / "course")
    return folder / "course"


@pytest.fixture
def course(checkout, released, tmp_path):
    """Return a course with a release of the small notebook."""
    return shutil.copytree(released, tmp_path / "course")


def judge(job, unsafe=False):
    """Stand in for the runner: a function that is written earns all its points. What it costs is no sandbox."""
    marks = {}
    for name, source, points in job["tests"]:
        function = source.split('grade("')[1].split('"')[0]
        body = (job["module"] or "").partition(f"def {function}(")[2].partition("\ndef ")[0]
        score = 0.0 if not body or "NotImplementedError" in body else points
        marks[name] = {"score": score, "max_score": points, "outcomes": []}
    return {"status": "graded", "problem": "", "seconds": 0.1, "cells": marks}


class Judges(Executor):
    """An executor whose jobs go to :func:`judge`."""

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        future = Future()
        future.set_result(judge(job))
        return future


def hand_in(inbox, student, functions, **answers):
    """Write an upload: some functions solved, and the notebook with some cells filled in, by their names.

    Parameters
    ----------
    inbox : pathlib.Path
    student : str
    functions : list of str
    answers : str
        Cell (with underscores for dashes) -> source.
    """
    folder = inbox / student / ASSIGNMENT
    (folder / "cs231n_lib").mkdir(parents=True, exist_ok=True)
    module = solution_regions.solve_nothing_else(TOPIC, functions)
    (folder / "cs231n_lib" / f"{TOPIC}.py").write_text(module)
    cells = [new_markdown_cell(source, id=name.replace("_", "-")) for name, source in answers.items()]
    nbformat.write(new_notebook(cells=cells), folder / f"{ASSIGNMENT}.ipynb")
