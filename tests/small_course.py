"""A course of one notebook with three cells, and uploads for it: quick to make, and no notebook of ours."""

import zipfile

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.inbox.uploads import find_submissions, read_upload

ASSIGNMENT = "01_activations"
MODULE = "import numpy as np\n"


def released():
    """Return a small released notebook: one answer cell, its test cell, one written answer."""
    def meta(name, grade, solution, locked):
        return {"nbgrader": {"grade_id": name, "grade": grade, "solution": solution, "locked": locked,
                             "schema_version": 3, "task": False, **({"points": 1} if grade else {})}}

    return new_notebook(cells=[
        new_code_cell("prediction_x = ...", id="x-prediction", metadata=meta("x-prediction", False, True, False)),
        new_code_cell("check_answer(prediction_x, 'ab')", id="x-test", metadata=meta("x-test", True, False, True)),
        new_markdown_cell("YOUR ANSWER HERE", id="x-why", metadata=meta("x-why", True, True, False)),
    ])


def answered(source="prediction_x = 'a'"):
    """Return the released notebook with its answer cell filled in."""
    book = released()
    book.cells[0].source = source
    return book


def small_course(folder):
    """Write a course with the small notebook in it, as released and as graded; return its folder."""
    for kind in ("release", "source"):
        target = folder / kind / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        target.parent.mkdir(parents=True)
        nbformat.write(released(), target)
    return folder


def read_inbox(inbox):
    """Read all submissions of a folder or zip; return the uploads, and what was rejected, sorted."""
    rejected = []
    uploads = [read_upload(key, files) for key, files in find_submissions(inbox, rejected).items()]
    return uploads, sorted(set(rejected))


def zip_of(path, files):
    """Write a zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
