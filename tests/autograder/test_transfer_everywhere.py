"""A transfer question and a scratch cell, from a student's workspace to the page: every reader of cells knows both."""

import shutil

import form_2_notebook
import nbformat
import pytest
import small_checkout
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from autograder.course import assignment, cells
from autograder.course.assignment import read_notebook
from autograder.course.submission_state import SubmissionState
from autograder.gradebook import records, writer
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.inbox import uploads
from autograder.release import release
from autograder.reports import explain, feedback
from autograder.runners import jobs, results, runner
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


def place(course, **sources):
    """Place a submission and its result; return its open cells and the result."""
    form = assignment.load_assignment(course, ASSIGNMENT)
    found = assignment.collect_sources(fill_in(course, **sources).cells)
    uploads.place_upload(uploads.Upload("ada", ASSIGNMENT, MODULE, found), course)
    written = form.select_written(found)
    result = {"status": "graded", "problem": "", "seconds": 0.5, "cells": {
        name: {"score": points, "max_score": points, "outcomes": []} for name, _, points in form.tests}}
    key = results.hash_job(jobs.make_job(course, ASSIGNMENT, written, MODULE))
    results.Results(course / "results").put(key, result)
    return written, result


def read_gradebook(course):
    """Return the marks and comments of ada's submission, and the text of her graded notebook."""
    with Gradebook(read_database_address(course)) as gradebook:
        notebook = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada")
        comments = {comment.name: comment.auto_comment for comment in notebook.comments}
        marks = {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in notebook.grades}
    return marks, comments, (course / "autograded/ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()


def test_both_roads_into_the_gradebook_know_scratch_cells(course, tmp_path):
    """Do `grade` and nbgrader's Autograde leave the same, with no word on a scratch cell, which nobody hands in?"""
    found = []
    for road in ("ours", "nbgrader"):
        own = shutil.copytree(course, tmp_path / road)
        written, result = place(own, answer_wide="answer_wide = 3", walk="walk_std = 'mine'")
        if road == "ours":
            with writer.Writer(own) as ours:
                ours.write("ada", ASSIGNMENT, written, result, SubmissionState("graded"))
                ours.commit()
        else:
            outcome = NbGraderAPI(config=load_config(own)).autograde(ASSIGNMENT, "ada", force=True, create=True)
            assert outcome["success"], outcome
        found.append(read_gradebook(own))
    assert found[0] == found[1] and "mine" not in found[0][2]
    assert found[0][1] == {"answer-wide": None, "walk": None, "find-the-bug": None, "x-why": "No response."}


def test_scratch_cell_that_assigns_the_answer_is_no_answer(course, tmp_path):
    """Is the answer read from its own cell, at home and from an upload, whatever stands in a scratch cell?"""
    sources = {"answer_wide": "answer_wide = 3", "walk": "answer_wide = 50", "find_the_bug": "answer_wide = 60"}
    mine = read_workspace(course, tmp_path, **sources)
    assert mine.read_answer("answer-wide-test", "answer_wide") == 3
    form = assignment.load_assignment(course, ASSIGNMENT)
    text = nbformat.writes(fill_in(course, **sources))
    found = assignment.parse_cell_sources(text, form.outline)
    assert form.select_answers(form.select_written(found["sources"])) == {"answer_wide": "answer_wide = 3"}
    assert found["not_found"] == ["x-why"] or found["not_found"] == []
    assert not [line for line in found["problems"] if "different values" in line]
