"""A notebook of form 2 through nbgrader's release: what students get, what stays, and what comes back."""

import form_2_notebook
import nbformat
import pytest
import small_checkout
from nbgrader.api import Gradebook

from autograder.course import cells, solution_regions
from autograder.course.assignment import load_assignment, read_notebook
from autograder.gradebook import records
from autograder.gradebook.database import read_database_address
from autograder.release import notebook_changes, release
from autograder.runners import jobs
from autograder.verify import student_work

ASSIGNMENT = small_checkout.ASSIGNMENT


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make a course of the small notebook of form 2."""
    folder = tmp_path_factory.mktemp("form_2")
    with pytest.MonkeyPatch.context() as patch:
        made = small_checkout.use(patch, folder / "notebooks")
        nbformat.write(form_2_notebook.make_notebook(), made.file)
        release.generate_release(folder / "course")
    return folder / "course"


@pytest.fixture
def released(course):
    """Return the cells that students get, by their ids."""
    return {cell.id: cell for cell in read_notebook(course, "release", ASSIGNMENT).cells}


def test_answers_and_scratch_cells_are_released_open(released):
    """Is an answer one open assignment, and a scratch cell open where its solution stood, and runnable?"""
    assert released["answer-wide"].source == "answer_wide = ..."
    assert released["walk"].source == form_2_notebook.OPEN_SCRATCH
    assert released["find-the-bug"].source == form_2_notebook.OPEN_BUG
    assert [cells.read_kind(released[name]) for name in ("answer-wide", "walk")] == ["answer", "scratch"]


@pytest.mark.parametrize("source, released", [
    ("a = ...\n### BEGIN SOLUTION\na = 2\n### END SOLUTION\nconfirm(a)", "a = ...\n...\nconfirm(a)"),
    ("### BEGIN SOLUTION\na, b = 2, 3\n### END SOLUTION\nconfirm(a)\nconfirm(b)",
     "a = ...\nb = ...\nconfirm(a)\nconfirm(b)"),
    ("for x in y:\n    ### BEGIN SOLUTION\n    a = x\n    ### END SOLUTION\nconfirm(a)",
     "for x in y:\n    ...\nconfirm(a)"),
    ("### BEGIN SOLUTION\na = 2\n### END SOLUTION\nb = 1\n### BEGIN SOLUTION\nb += a\n### END SOLUTION\nconfirm(b)",
     "...\nb = 1\n...\nconfirm(b)")])
def test_scratch_cell_runs_before_anything_is_written(source, released):
    """Does each variable that is confirmed have a value, and only one, in whatever way the cell is laid out?"""
    assert solution_regions.open_scratch_cell(source) == released


def test_solution_text_is_in_no_part_of_the_release(course, released):
    """Does neither the released notebook nor the gradebook hold the solution, and does the course's source?"""
    assert "answer-wide-solution" not in released
    assert "tenth power" not in (course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    with Gradebook(read_database_address(course)) as gradebook:
        kept = gradebook.find_notebook(ASSIGNMENT, ASSIGNMENT).source_cells
        assert kept and not [cell.name for cell in kept if "tenth power" in cell.source]
    assert "tenth power" in (course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()


def test_scratch_cells_are_never_read_at_grading(course, monkeypatch):
    """Is a scratch cell no answer: neither read, nor rebuilt, nor part of a job or of what pages show?"""
    form_2_notebook.add_questions(monkeypatch)
    form = load_assignment(course, ASSIGNMENT)
    assert form.variables == {"answer-wide": "answer_wide"} and form.solutions.keys() == {"answer-wide", "x-why"}
    written = form.select_written({"walk": ["import os"], "answer-wide": ["answer_wide = 3"]})
    job = jobs.make_job(course, ASSIGNMENT, written, "")
    assert job["answers"] == {"answer_wide": "answer_wide = 3"}
    text = form.format_submission(written)
    assert "import os" not in text
    assert records.parse_answers(text).keys() == {"answer-wide", "x-why"}


def test_solved_notebook_has_the_instructors_scratch_cells(course):
    """Does the notebook that Validate is tried on run, with the code of the scratch cells and without the solution?"""
    book = student_work.make_solved_notebook(course, ASSIGNMENT, written="Because.", whole=True)
    sources = {cell.id: cell.source for cell in book.cells}
    assert "walk_std = per_layer**10" in sources["walk"] and "###" not in sources["walk"]
    assert sources["answer-wide"] == "answer_wide = 3.1" and "answer-wide-solution" not in sources


def test_changed_kinds_are_named(course):
    """Does an update say that a cell became a scratch cell, and that a solution was edited?"""
    before, after = form_2_notebook.make_notebook(), form_2_notebook.make_notebook()
    named = {cell.id: cell for cell in after.cells}
    form_2_notebook.own(named["answer-wide"], "scratch")
    named["answer-wide-solution"].source += " Mended."
    change = notebook_changes.compare_notebooks(before, after)
    assert change.kinds == ["answer-wide: answer -> scratch"] and change.edited == ["answer-wide-solution"]


def test_course_whose_question_has_no_accepted_answer_is_refused(course, monkeypatch):
    """Is a released question that the checkout cannot judge named before anybody is graded?"""
    monkeypatch.setattr(jobs, "load_accepted", lambda topic: {})
    with pytest.raises(jobs.CourseError, match="answer-wide-test.*no accepted answer for answer_wide"):
        jobs.check_questions(course, ASSIGNMENT)
