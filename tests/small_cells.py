"""Cells of small notebooks as an instructor has them, and the course that a small notebook makes: none of ours."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell


def flag(cell, grade=False, solution=False, points=None):
    """Give a cell nbgrader's flags, its id as grade_id; what is no solution is locked. Return the cell."""
    flags = {"grade_id": cell.id, "grade": grade, "solution": solution, "locked": not solution, "schema_version": 3,
             "task": False, "cell_type": cell.cell_type}
    cell.metadata["nbgrader"] = flags | ({} if points is None else {"points": points})
    return cell


def make_test(name, visible, hidden, points):
    """Return a test cell: what students see of it, and the hidden call, as in ``grade("relu_forward")``."""
    source = (f"{visible}\n### BEGIN HIDDEN TESTS\nfrom autograder.hidden_tests import {hidden.partition('(')[0]}\n"
              f"{hidden}\n### END HIDDEN TESTS")
    return flag(new_code_cell(source, id=name), grade=True, points=points)


def make_function_test(name, points):
    """Return the test cell of a function."""
    return make_test(f"{name.replace('_', '-')}-test", f'check("{name}")', f'grade("{name}")', points)


def make_answer(name, assignment, comment=""):
    """Return the cell of an answer, such as ``answer_x = 1``, which students get open."""
    source = f"{comment}### BEGIN SOLUTION\n{assignment}\n### END SOLUTION"
    return flag(new_code_cell(source, id=name), solution=True)


def make_written(name, points=3):
    """Return the cell of a written answer."""
    cell = new_markdown_cell("### BEGIN SOLUTION\nBecause.\n### END SOLUTION", id=name)
    return flag(cell, grade=True, solution=True, points=points)


def write_course(folder, assignment, source, release):
    """Write a course with one notebook, as graded and as released; return its folder."""
    for kind, notebook in (("source", source), ("release", release)):
        path = folder / kind / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return folder
