"""A course of one notebook with three cells, and uploads for it: quick to make, and no notebook of ours."""

import json
import shutil
import zipfile
from concurrent.futures import Executor, Future

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import cells
from autograder.course.assignment import outline_cell
from autograder.inbox import reading
from autograder.inbox.uploads import read_upload

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
    def test(name, call, points):
        visible, hidden = call
        source = (f"{visible}\n### BEGIN HIDDEN TESTS\nfrom autograder.hidden_tests import grade, grade_answer\n"
                  f"{hidden}\n### END HIDDEN TESTS")
        return new_code_cell(source, id=f"{name}-test", metadata=meta(f"{name}-test", True, points=points))

    def answer(name, variable, value, points):
        cell = new_code_cell(f"# a number\n### BEGIN SOLUTION\n{variable} = {value}\n### END SOLUTION", id=name,
                             metadata=meta(name, solution=True))
        call = (f"check_answer({variable}, (0, 100))",
                f"grade_answer({variable}, {value}, points={points}, hint='Look.')")
        return [new_markdown_cell(f"**Question** about {variable}.", id=f"{name}-question"), cell,
                test(name, call, points)]

    setup = new_code_cell("from cs231n_lib.lab.check import check, check_answer", id="setup", metadata=meta("setup"))
    function = test("he-init", ('check("he_init")', 'grade("he_init")'), 2)
    written = new_markdown_cell("### BEGIN SOLUTION\nBecause.\n### END SOLUTION", id="symmetry-explanation",
                                metadata=meta("symmetry-explanation", True, True, 3))
    return new_notebook(cells=[
        setup, function, *answer("equal-prediction", "prediction_equal", 1, 0.5),
        *answer("equal-answer", "answer_equal", 1, 1), new_markdown_cell(QUESTION, id="symmetry-question"), written,
        new_markdown_cell("That was all.", id="end"), *more])


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


def meta(name, grade=False, solution=False, points=None):
    """Return nbgrader's metadata of a cell."""
    return {"nbgrader": {"grade_id": name, "grade": grade, "solution": solution, "locked": not solution,
                         "schema_version": 3, "task": False, **({"points": points} if grade else {})}}


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


class HereExecutor(Executor):
    """An executor that runs each job in this process, so that a small class needs no pool."""

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        future = Future()
        future.set_result(call(job, unsafe))
        return future


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
