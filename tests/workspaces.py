"""A course of three assignments, and workspaces of it as students have them: released, with work in some of it."""

import json

import nbformat
from downloads import write_files
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_cells import flag, make_answer, make_function_test, make_written
from small_course import release_book

from autograder.course.solution_regions import make_stub, solve_functions

FUNCTIONS = {"01_activations": "relu_forward", "03_initialization": "he_init", "05_dropout": "vanilla_dropout_forward"}
"""Assignment -> its one function."""
FIRST, SECOND, THIRD = FUNCTIONS
GIVEN = {"README.md": "# Workbook", "cs231n_lib/__init__.py": "", "datasets/images.npz": "x",
         "cs231n_lib/lab/check/cases/initialization.py": "x = 1", "requirements.txt": "numpy"}


def topic_of(assignment):
    """Return the name of an assignment's module."""
    return assignment.partition("_")[2]


def make_source(assignment):
    """Return the instructor's notebook of an assignment: an answer, a function and a written answer."""
    topic, function = topic_of(assignment), FUNCTIONS[assignment]
    return new_notebook(cells=[
        new_markdown_cell(f"# About {topic}", id="title"),
        flag(new_code_cell("from cs231n_lib.lab.check import check", id="setup")),
        make_answer(f"{topic}-answer", f"answer_{topic} = 1", "# a number\n"), make_function_test(function, 1),
        make_written(f"{topic}-why")])


def write_course(folder):
    """Write a course with the releases; return its folder."""
    files = {}
    for assignment in FUNCTIONS:
        module = f"source/{assignment}/cs231n_lib/{topic_of(assignment)}.py"
        files |= {f"source/{assignment}/{assignment}.ipynb": nbformat.writes(make_source(assignment)),
                  f"release/{assignment}/{assignment}.ipynb": nbformat.writes(release_book(make_source(assignment))),
                  module: make_stub(topic_of(assignment))}
    return write_files(folder, files)


def fill_notebook(assignment, **by_kind):
    """Return a notebook as a student saves it, as JSON.

    Parameters
    ----------
    assignment : str
    **by_kind
        "answer" or "why" -> what stands in that cell.
    """
    book = json.loads(nbformat.writes(release_book(make_source(assignment))))
    for cell in book["cells"]:
        kind = cell["id"].rpartition("-")[2]
        cell["source"] = by_kind.get(kind, cell["source"])
        if cell["cell_type"] == "code":  # running it is no work
            cell["execution_count"], cell["outputs"] = 3, [{"output_type": "stream", "name": "stdout", "text": "ok"}]
    return json.dumps(book)


def make_workspace(answered=(), solved=()):
    """Return the files of a workspace: in some notebooks an answer is written, in some modules the function."""
    files = dict(GIVEN)
    for assignment in FUNCTIONS:
        topic = topic_of(assignment)
        answer = {"answer": f"answer_{topic} = 1"} if assignment in answered else {}
        files[f"{assignment}.ipynb"] = fill_notebook(assignment, **answer)
        functions = [FUNCTIONS[assignment]] if assignment in solved else []
        files[f"cs231n_lib/{topic}.py"] = solve_functions(topic, functions) if functions else make_stub(topic)
    return files
