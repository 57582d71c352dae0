"""A course of one notebook with three cells, and uploads for it: quick to make, and no notebook of ours."""

import json
import shutil
import zipfile

import nbformat
from executors_here import HereExecutor as HereExecutor
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_cells import flag, make_answer, make_function_test, make_test, make_written, write_course

from autograder.course import cells
from autograder.course.assignment import outline_cell
from autograder.inbox import reading
from autograder.inbox.uploads import read_upload

ASSIGNMENT = "01_activations"
MODULE = "import numpy as np\n"


def released():
    """Return a small released notebook: one answer cell, its test cell, one written answer."""
    return new_notebook(cells=[
        flag(new_code_cell("prediction_x = ...", id="x-prediction"), solution=True),
        flag(new_code_cell("check_answer(prediction_x, 'ab')", id="x-test"), grade=True, points=1),
        flag(new_markdown_cell("YOUR ANSWER HERE", id="x-why"), grade=True, solution=True, points=1),
    ])


def answered(source="prediction_x = 'a'"):
    """Return the released notebook with its answer cell filled in."""
    book = released()
    book.cells[0].source = source
    return book


def small_course(folder):
    """Write a course with the small notebook in it, as released and as graded; return its folder."""
    return write_course(folder, ASSIGNMENT, released(), released())


# -- a frozen course: four questions about initialization, whatever the notebook of that name becomes ---------------

FROZEN = "03_initialization"
QUESTION = "**Explain in writing.** Suppose only the output weights are equal. Why do the units still differ?"
SOLVED = ("import numpy as np\n\n\ndef he_init(fan_in, fan_out, rng):\n"
          "    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)\n")
WRITTEN = "Equal output weights alone leave the units different, since the first layer still breaks the symmetry."
ANSWERS = {"equal-prediction": "# a number\nprediction_equal = 1", "equal-answer": "# a number\nanswer_equal = 1",
           "symmetry-explanation": WRITTEN}
"""What earns 1.5 points by itself; with SOLVED 3.5, and the written answer waits for a person."""


def frozen_source(*more):
    """Return the instructor's notebook of the frozen course; cells may be added at its end."""
    def answer(name, variable, value, points):
        visible, hidden = (f"check_answer({variable}, (0, 100))",
                           f"grade_answer({variable}, {value}, points={points}, hint='Look.')")
        return [new_markdown_cell(f"**Question** about {variable}.", id=f"{name}-question"),
                make_answer(name, f"{variable} = {value}", "# a number\n"),
                make_test(f"{name}-test", visible, hidden, points)]

    setup = flag(new_code_cell("from cs231n_lib.lab.check import check, check_answer", id="setup"))
    return new_notebook(cells=[
        setup, make_function_test("he_init", 2), *answer("equal-prediction", "prediction_equal", 1, 0.5),
        *answer("equal-answer", "answer_equal", 1, 1), new_markdown_cell(QUESTION, id="symmetry-question"),
        make_written("symmetry-explanation"), new_markdown_cell("That was all.", id="end"), *more])


def small_answer_cells():
    """Return one question more, whose answer is 0.22: the cases about copied cells need it."""
    book = frozen_source()
    text = nbformat.writes(new_notebook(cells=book.cells[5:8])).replace("equal-answer", "small-answer")
    text = text.replace("answer_equal", "answer_small").replace("small, 1,", "small, 0.22,")
    return nbformat.reads(text, as_version=4).cells


def frozen_release(*more):
    """Return the frozen notebook as students get it."""
    return release_book(frozen_source(*more))


def release_book(book):
    """Return a notebook of the instructor's as students get it."""
    for cell in book.cells:
        if cells.is_answer(cell):
            cell.source = f"# a number\n{cell.source.splitlines()[2].partition(' ')[0]} = ..."
        elif cells.is_written(cell):
            cell.source = "YOUR ANSWER HERE"
        else:
            cell.source = cell.source.partition("\n### BEGIN HIDDEN TESTS")[0]
    return book


def frozen_outline(*more):
    """Return what a submission of the frozen course is recognised by."""
    return {"cells": [outline_cell(cell) for cell in frozen_release(*more).cells],
            "functions": ["he_init"]}


def answered_book(answers=ANSWERS, *more):
    """Return the frozen notebook with answers in it, as Jupyter saves it: a dict."""
    book = json.loads(nbformat.writes(frozen_release(*more)))
    for cell in book["cells"]:
        cell["source"] = answers.get(cell["id"], "".join(cell["source"]))
    return book


def freeze_course(course, folder, *more):
    """Copy a released course, and put the frozen notebook in the place of its initialization; return the copy."""
    from autograder.release import release

    shutil.copytree(course, folder)
    nbformat.write(frozen_source(*more), folder / "source" / FROZEN / f"{FROZEN}.ipynb")
    release.generate_assignment(folder, FROZEN)
    return folder


def hand_in(folder, book=None, module=SOLVED, name=f"{FROZEN}.ipynb"):
    """Write a submission of the frozen course; a notebook may be a dict or text, and None leaves a file out."""
    folder.mkdir(parents=True, exist_ok=True)
    if book is not None:
        (folder / name).write_text(book if isinstance(book, str) else json.dumps(book))
    if module is not None:
        (folder / "cs231n_lib").mkdir(exist_ok=True)
        (folder / "cs231n_lib" / "initialization.py").write_text(module)
    return folder


def find_submissions(inbox, rejected):
    """Return (student, assignment) -> files of every submission of an inbox; ``rejected`` gets what is not used."""
    found = reading.read_inbox(inbox)
    rejected += found.rejected
    return {key: submission.files for key, submission in found.submissions.items()}


def small_outline():
    """Return what a submission of the small course is recognised by."""
    return {"cells": [outline_cell(cell) for cell in released().cells], "functions": ["relu_forward"]}


def read_inbox(inbox, outline=None):
    """Read all submissions of a folder or zip; return the uploads, and what was rejected, sorted."""
    rejected, known_by = [], outline or small_outline()
    uploads = [read_upload(key, files, known_by) for key, files in find_submissions(inbox, rejected).items()]
    return uploads, sorted(set(rejected))


def zip_of(path, files):
    """Write a zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
