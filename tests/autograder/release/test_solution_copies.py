"""Solutions of transfer questions: is each way in which one could reach a student noticed?"""

import copy
import json

import form_2_notebook
import nbformat
import pytest

from autograder.release import leak_check, solution_copies

NAME = "notebooks/01_activations.ipynb"
SOURCE = nbformat.writes(form_2_notebook.make_notebook())
PINNED = {"source/01_activations/01_activations.ipynb": SOURCE}


@pytest.fixture
def checkout(monkeypatch):
    """Let the checkout have the small notebook of form 2."""
    monkeypatch.setattr(solution_copies, "read_checkout", lambda: ((NAME, SOURCE),))


def make_released():
    """Return the small notebook without its solution cell."""
    notebook = copy.deepcopy(form_2_notebook.make_notebook())
    notebook.cells = [cell for cell in notebook.cells if cell.id != "answer-wide-solution"]
    return notebook


def find(name, data, pinned=()):
    """Return what is found in a file."""
    return solution_copies.find_copies(name, data, leak_check.read_readable_text(name, data), pinned)


def test_released_notebook_holds_no_solution(checkout):
    """Is nothing said about a notebook whose solution was taken out?"""
    assert find("01_activations.ipynb", nbformat.writes(make_released()).encode()) == set()


def test_solution_cell_is_noticed_whatever_stands_in_it(checkout):
    """Is a cell of that kind noticed, also if its text is another?"""
    notebook = make_released()
    notebook.cells.append(form_2_notebook.own(nbformat.v4.new_markdown_cell("Other.", id="x"), "solution"))
    assert find("a.ipynb", nbformat.writes(notebook).encode()) == {"a.ipynb holds the solution of a transfer question"}


@pytest.mark.parametrize("name", ["cs231n_lib/lab/plots.py", "README.md", "cs231n_lib/lab/alt_texts/a.toml"])
def test_sentence_of_a_solution_is_noticed_in_any_file(checkout, name):
    """Is a sentence noticed in code, prose and alternative texts, with other line breaks and capitals?"""
    words = form_2_notebook.SOLUTION.upper().split()
    data = ("# see\n" + "\n".join(words[-12:])).encode()
    assert all(f"{name} holds a sentence of a solution in {NAME}" in line for line in find(name, data))
    assert find(name, data) and not find(name, b"# Every layer keeps something, and ten such layers are there.")


def test_sentence_in_a_cell_or_its_metadata_is_noticed(checkout):
    """Is a copy noticed in a cell's text and in its metadata?"""
    for field in ("source", "metadata"):
        notebook = json.loads(nbformat.writes(make_released()))
        notebook["cells"][0][field] = form_2_notebook.SOLUTION if field == "source" else {"a": form_2_notebook.SOLUTION}
        assert find("a.ipynb", json.dumps(notebook).encode())


def test_what_the_notebook_says_anyway_is_no_copy(monkeypatch):
    """May a solution repeat a sentence of the open text?"""
    notebook = form_2_notebook.make_notebook()
    notebook.cells[0].source += f"\n\n{form_2_notebook.SOLUTION}"
    monkeypatch.setattr(solution_copies, "read_checkout", lambda: ((NAME, nbformat.writes(notebook)),))
    assert find("README.md", form_2_notebook.SOLUTION.encode()) == set()


def test_solutions_that_the_course_released_are_secret_too():
    """Is a solution noticed that only the course's own notebook still has?"""
    found = leak_check.find_leaks({"README.md": form_2_notebook.SOLUTION.encode()}, pinned=PINNED)
    assert [line for line in found if "source/01_activations/01_activations.ipynb" in line]
