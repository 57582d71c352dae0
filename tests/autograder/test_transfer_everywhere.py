"""A transfer question and a scratch cell, from a student's workspace to the page: every reader of cells knows both."""

import shutil

import form_2_notebook
import nbformat
import pytest
import small_checkout

from autograder.course import assignment, cells
from autograder.course.assignment import read_notebook
from autograder.gradebook import records
from autograder.release import release
from autograder.reports import explain, feedback
from autograder.runners import jobs, runner
from cs231n_lib.lab import workspace
from cs231n_lib.lab.check.answer_forms import find_form_problem
from cs231n_lib.lab.commands import progress, submit

ASSIGNMENT = small_checkout.ASSIGNMENT
MODULE = "import numpy as np\n"
needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make a course of the small notebook of form 2."""
    folder = tmp_path_factory.mktemp("everywhere")
    with pytest.MonkeyPatch.context() as patch:
        made = small_checkout.use(patch, folder / "notebooks")
        nbformat.write(form_2_notebook.make_notebook(), made.file)
        release.generate_release(folder / "course")
    return folder / "course"


@pytest.fixture(autouse=True)
def questions(monkeypatch):
    """Let the workbook and the grader know the small notebook's questions."""
    form_2_notebook.add_questions(monkeypatch)


def fill_in(course, **sources):
    """Return the released notebook with some cells filled in, by their ids."""
    book = read_notebook(course, "release", ASSIGNMENT)
    for cell in book.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    return book


def read_workspace(course, folder, **sources):
    """Return a student's notebook as the commands of the workspace read it."""
    nbformat.write(fill_in(course, **sources), folder / f"{ASSIGNMENT}.ipynb")
    return workspace.read_assignment(ASSIGNMENT, folder)


@pytest.mark.parametrize("source, state, note", [
    ("answer_wide = ...", "open", ""), ("answer_wide = 50", "done", ""), ("answer_wide = 3.1", "done", ""),
    ("answer_wide = 0.031", "wrong", "looks like a share"), ("answer_wide = 31 / 10", "wrong", "a computation is not"),
    ("x = 3.1", "wrong", "write one assignment, answer_wide")])
def test_progress_and_submit_say_whether_the_answer_has_its_form(course, tmp_path, source, state, note):
    """Is the form judged as the check judges it, and never whether the answer is right? Are scratch cells left out?"""
    mine = read_workspace(course, tmp_path, answer_wide=source, walk="import nothing\nanswer_wide = 'scratch'")
    items = {item.name: item for item in progress.list_items(mine)}
    item = items["answer_wide"]
    assert (item.kind, item.points, item.state) == ("answer", 2.0, state) and note in item.note
    assert items.keys() == {"answer_wide", "relu_forward", "x-why"}
    told = [line for line in submit.list_missing(mine, tmp_path) if line.startswith("answer ")]
    assert bool(told) == (state != "done")


def grade(course, **sources):
    """Return the job of a submission, and its result."""
    form = assignment.load_assignment(course, ASSIGNMENT)
    found = assignment.collect_sources(fill_in(course, **sources).cells)
    job = jobs.make_job(course, ASSIGNMENT, form.select_written(found), MODULE)
    return job, runner.run_job(job)


@needs_bwrap
@pytest.mark.parametrize("source, score, status", [
    ("answer_wide = 3.2", 2.0, "passed"), ("answer_wide = 50", 0.0, "failed"), ("answer_wide = 0.031", 0.0, "failed"),
    ("answer_wide = ...", 0.0, "not implemented"), ("answer_wide = 10**400", 0.0, "failed"),
    ("answer_wide = '3.1'", 0.0, "failed"), ("import os\nanswer_wide = 3.1", 0.0, "failed")])
def test_answer_is_graded_by_the_runner_and_scratch_cells_never_run(course, source, score, status):
    """Does the runner give the points for the right answer alone, whatever a scratch cell holds?"""
    job, result = grade(course, answer_wide=source, walk="import os\nos._exit(1)", find_the_bug="answer_wide = 3.1")
    found = result["cells"]["answer-wide-test"]
    assert (found["score"], found["outcomes"][0]["status"], result["status"]) == (score, status, "graded")
    assert "_exit" not in str(job) and job["answers"] == {"answer_wide": source}


@needs_bwrap
def test_hint_is_the_checks_sentence_and_explain_shows_the_accepted_answer(course):
    """Does a student read at grading what the check said at home, and the instructor what was expected?"""
    job, result = grade(course, answer_wide="answer_wide = 0.031")
    outcome = result["cells"]["answer-wide-test"]["outcomes"][0]
    assert outcome["hint"] == find_form_problem(0.031, form_2_notebook.ANSWERS["answer_wide"])
    call = cells.read_graded_call(next(s for name, s, _ in job["tests"] if name == "answer-wide-test"))
    lines = "\n".join(explain.explain_answer(call, job))
    assert "answer_wide = 0.031" in lines and "3.1 %, up to 0.2" in lines
    mark = records.Mark("answer-wide-test", "answer", 0.0, 2.0, outcomes=[outcome])
    shown = feedback.describe_question(mark, {"answer-wide": "answer_wide = 0.031"})
    assert shown["name"] == "answer-wide" and shown["answer"] == "answer_wide = 0.031"
    assert "3.1 %" not in str(shown) and "3.1," not in str(shown)
