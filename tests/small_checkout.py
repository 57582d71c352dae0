"""A checkout with one small notebook, whose questions are among ours: a course is made of it in seconds."""

import shutil

import nbformat
import pytest
from executors_here import Judges as Judges
from executors_here import judge as judge
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_cells import flag, make_answer, make_function_test
from small_cells import make_written as written

from autograder import grade
from autograder.course import solution_regions
from autograder.release import pinned_sources, release

ASSIGNMENT, TOPIC = "01_activations", "activations"
POINTS = {"relu_forward": 1, "relu_backward": 2, "tanh_forward": 1}
"""Marks of the questions in our hidden tests."""
CLAIM = {"text": "0.22", "value": "ratios.mean()", "tolerance": 0.01}


def title(text="Activations"):
    return new_markdown_cell(f"# {text}", id="title", metadata={"cs231n": {"claims": [CLAIM], "exempt": ["2015"]}})


def setup():
    return flag(new_code_cell("import numpy as np\nfrom cs231n_lib.lab.check import check, check_answer", id="setup"))


def answer():
    return make_answer("x-prediction", 'prediction_x = "a"', '# "a" or "b"\n')


def function_test(question, points=None):
    """Return the test cell of a function."""
    return make_function_test(question, POINTS.get(question, 1) if points is None else points)


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
