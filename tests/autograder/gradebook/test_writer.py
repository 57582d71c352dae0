"""The direct writer: does it leave what nbgrader's own autograde leaves, whatever was handed in and whoever graded?"""

import shutil
import stat
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader import api
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import SaveAutoGrades

from autograder.course import assignment, cells, submission_state
from autograder.gradebook import lateness, records, writer
from autograder.gradebook.config import AUTOGRADE, load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.preprocessors import SaveGrades
from autograder.inbox import uploads
from autograder.runners import jobs, results
from autograder.runners.jobs import load_secret

pytestmark = pytest.mark.long

ASSIGNMENT = "03_initialization"
TOPIC = "initialization"
DUE = datetime(2026, 3, 1, 12, 0)
STUDENTS = ("ada", "ben", "cyd", "dan")


def hand_in(course, student, written=None, share=1.0, late_by=None):
    """Place a submission, and a result for it in the store; return what the writer is given.

    Parameters
    ----------
    written : str, optional
        Text of all written answers, which stay as released without it.
    share : float
        Of each cell's marks.
    late_by : timedelta, optional
        Time of arrival after the due date; without it no time is known.
    """
    form = assignment.load_assignment(course, ASSIGNMENT)
    sources = {name: [f"{variable} = {student!r}"] for name, variable in form.variables.items()}
    if written:
        sources |= {name: [written] for name in form.solutions if name not in form.variables}
    upload = uploads.Upload(student, ASSIGNMENT, f"# {student}\n", sources)
    uploads.place_upload(upload, course)
    lateness.write_timestamp(course / "submitted" / student / ASSIGNMENT, late_by and DUE + late_by)
    cells = form.select_written(sources)
    job = jobs.make_job(course, ASSIGNMENT, cells, upload.module)
    result = {"status": "graded", "problem": "", "seconds": 0.5, "cells": {
        name: {"score": points * share, "max_score": points, "outcomes": [
            {"aspect": "values", "score": points * share, "max_score": points, "status": "passed", "hint": "<b>é</b>"}]}
        for name, _, points in form.tests}}
    results.Results(course / "results").put(results.hash_job(job), result)
    return student, cells, result


def by_nbgrader(course, handed_in, stock=False):
    """Let nbgrader autograde; it finds the results in the store. ``stock``: with its own way to save the marks."""
    config = load_config(course)
    if stock:
        steps = [SaveAutoGrades if step is SaveGrades else step for step in AUTOGRADE]
        config.Autograde.autograde_preprocessors = steps
    nbgrader = NbGraderAPI(config=config)
    for student, _, _ in handed_in:
        outcome = nbgrader.autograde(ASSIGNMENT, student, force=True, create=True)
        assert outcome["success"], outcome


def by_us(course, handed_in):
    """Write the same, and remember of it what ``grade`` remembers."""
    with writer.Writer(course) as ours:
        for student, written, result in handed_in:
            known = submission_state.read_state(course, student, ASSIGNMENT) or submission_state.SubmissionState(
                "graded"
            )
            ours.write(student, ASSIGNMENT, written, result, known)
            ours.commit()
            submission_state.write_state(course, student, ASSIGNMENT, known)


def rows(course):
    """Return every row that grading writes, by names instead of nbgrader's random ids."""
    with api.Gradebook(read_database_address(course)) as gradebook:
        scratch = list_scratch_cells(course)  # stock nbgrader would say "No response." of them
        submissions = gradebook.db.query(api.SubmittedAssignment).all()
        notebooks = [n for s in submissions for n in s.notebooks]
        return {
            "students": sorted((s.id, s.first_name, s.last_name, s.email, s.lms_user_id) for s in gradebook.students),
            "submissions": sorted((s.student_id, s.name, str(s.timestamp), str(s.extension), s.score, s.max_score,
                                   s.needs_manual_grade) for s in submissions),
            "notebooks": sorted((n.student.id, n.name, n.flagged, n.late_submission_penalty) for n in notebooks),
            "grades": sorted((n.student.id, g.name, g.auto_score, str(g.manual_score), str(g.extra_credit),
                              g.needs_manual_grade, g.score, g.max_score) if g.auto_score is not None else
                             (n.student.id, g.name, -1, str(g.manual_score), str(g.extra_credit),
                              g.needs_manual_grade, g.score, g.max_score) for n in notebooks for g in n.grades),
            "comments": sorted((n.student.id, c.name, str(c.auto_comment), str(c.manual_comment))
                               for n in notebooks for c in n.comments if c.name not in scratch),
        }


def list_scratch_cells(course):
    """Return the names of the cells that nobody grades."""
    source = nbformat.read(course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    return {cell.id for cell in source.cells if cells.is_scratch(cell)}


def files(course):
    """Return name -> (bytes, permissions) of every file below ``autograded/``."""
    folder = course / "autograded"
    return {str(p.relative_to(folder)): (p.read_bytes(), stat.S_IMODE(p.stat().st_mode))
            for p in sorted(folder.rglob("*")) if p.is_file()}


def by_hand(course):
    """Grade as people do in formgrader: scores, extra credit, comments; and set a due date."""
    with api.Gradebook(read_database_address(course)) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
        for student in ("ada", "cyd"):
            notebook = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student)
            for i, grade in enumerate(sorted(notebook.grades, key=lambda g: g.name)):
                if i % 5 == 0:
                    grade.manual_score, grade.needs_manual_grade = 0.25, False
                if i % 7 == 0:
                    grade.extra_credit = 0.5
            for comment in notebook.comments[::2]:
                comment.manual_comment = "Say why."
        gradebook.grant_extension(ASSIGNMENT, "dan", days=1)
        gradebook.db.commit()


@pytest.fixture(scope="module")
def courses(course, tmp_path_factory):
    """Grade one course by nbgrader and one by us, twice, with people's work in between; return what each then held.

    The first time nbgrader saves the marks in its own way, the second time (people have given marks) in ours.
    """
    theirs, ours = (tmp_path_factory.mktemp(name) / "course" for name in ("nbgrader", "ours"))
    shutil.copytree(course, theirs)
    load_secret(theirs)
    shutil.copytree(theirs, ours)
    seen = []
    for mine, grade in ((theirs, by_nbgrader), (ours, by_us)):
        first = [hand_in(mine, "ada", "Because."), hand_in(mine, "ben"), hand_in(mine, "cyd", share=0.5),
                 hand_in(mine, "dan")]
        grade(mine, first, **({"stock": True} if grade is by_nbgrader else {}))
        before = rows(mine), files(mine)
        grade(mine, first)
        by_hand(mine)
        with open(mine / "nbgrader_config.py", "a") as config:
            config.write("c.LatePolicy.percent_per_day = 10\n")
        second = [hand_in(mine, "ada", "Because.", 0.25, timedelta(hours=30)), hand_in(mine, "ben", "On reflection"),
                  hand_in(mine, "cyd", share=0.75, late_by=timedelta(hours=-1)),
                  hand_in(mine, "dan", "\u2028 \x0c é\n\nlast", 0.5, timedelta(hours=36))]
        grade(mine, second)
        seen.append((before, (rows(mine), files(mine)), mine))
    return seen


@pytest.mark.parametrize("time", [0, 1])
@pytest.mark.parametrize("table", ["students", "submissions", "notebooks", "grades", "comments"])
def test_rows_equal_nbgraders(courses, time, table):
    """Are the rows nbgrader's?"""
    theirs, ours = (course[time][0][table] for course in courses)
    assert ours == theirs and len(ours) >= 3


@pytest.mark.parametrize("time", [0, 1])
def test_files_equal_nbgraders_to_the_byte(courses, time):
    """Are the files nbgrader's to the byte?"""
    theirs, ours = (course[time][1] for course in courses)
    assert ours == theirs
    assert any(name.endswith("timestamp.txt") for name in ours) is bool(time)


def test_comparison_covers_manual_marks_and_lateness(courses):
    """Are manual scores, credit, comments, an extension and penalties among what was compared?"""
    (found, _) = courses[1][1]
    assert {g[3] for g in found["grades"]} == {"None", "0.25"} and "0.5" in {g[4] for g in found["grades"]}
    assert any(g[2] == -1 and g[5] for g in found["grades"])  # a written answer that waits
    assert {c[2] for c in found["comments"]} == {"None", "No response."}
    assert "Say why." in {c[3] for c in found["comments"]}
    penalties = {n[0]: n[3] for n in found["notebooks"]}
    assert penalties["ada"] > penalties["dan"] > 0 and penalties["ben"] is None and penalties["cyd"] is None


def test_graded_notebook_is_valid(courses):
    """Is a graded notebook a valid one?"""
    text = courses[1][1][1][f"dan/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"][0].decode()
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    released = assignment.read_notebook(courses[1][2], "release", ASSIGNMENT)
    assert [(c.id, c.cell_type) for c in notebook.cells] == [(c.id, c.cell_type) for c in released.cells]
    assert "\u2028 \x0c é\n\nlast" in [c.source for c in notebook.cells]


def test_nbgraders_autograde_reports_which_result_counts(courses):
    """Does nbgrader's own autograde tell the course which result counts?"""
    theirs = courses[0][2]
    known = submission_state.read_state(theirs, "ada", ASSIGNMENT)
    result = results.Results(theirs / "results").get(known.result)
    assert known.status == "graded" and {c["score"] / c["max_score"] for c in result["cells"].values()} == {0.25}


def test_abandoned_batch_leaves_nothing(course, tmp_path):
    """Does a batch that is given up leave nothing?"""
    mine = shutil.copytree(course, tmp_path / "course")
    with writer.Writer(mine) as ours:
        for student, last in (("eve", ours.rollback), ("fay", ours.commit)):
            _, written, result = hand_in(mine, student)
            ours.write(student, ASSIGNMENT, written, result, submission_state.SubmissionState("graded"))
            last()
        assert set(ours.read_automatic_marks()) == {("fay", ASSIGNMENT)}
    assert [s[0] for s in rows(mine)["students"]] == ["fay"]


# -- marks that people gave ------------------------------------------------------------------------------------------


BOTH_WAYS = pytest.mark.parametrize("again", [by_us, by_nbgrader], indirect=True, ids=["grade", "nbgrader"])


@pytest.fixture
def again(request, course, tmp_path):
    """Return a function that hands ada's work in, grades it, and returns its course."""
    mine, grade = shutil.copytree(course, tmp_path / "course"), getattr(request, "param", by_us)

    def graded(written, share=1.0):
        grade(mine, [hand_in(mine, "ada", written, share)])
        return mine

    return graded


def person(course, kind, **given):
    """Write into the row of the first cell of a kind as formgrader does; return its grade_id."""
    name = next(n for n, k, _ in records.list_graded_cells(course, ASSIGNMENT) if k == kind)
    with api.Gradebook(read_database_address(course)) as gradebook:
        grade = gradebook.find_grade(name, ASSIGNMENT, ASSIGNMENT, "ada")
        for field, value in {"needs_manual_grade": False, **given}.items():
            setattr(grade, field, value)
        if kind == "written":
            gradebook.find_comment(name, ASSIGNMENT, ASSIGNMENT, "ada").manual_comment = "Say why."
        gradebook.db.commit()
    return name


def row(course, name):
    """Return the score that a person gave, and whether the cell waits for one."""
    with api.Gradebook(read_database_address(course)) as gradebook:
        grade = gradebook.find_grade(name, ASSIGNMENT, ASSIGNMENT, "ada")
        return grade.manual_score, grade.needs_manual_grade


@BOTH_WAYS
def test_manual_mark_stands_until_the_written_answer_changes(again):
    """Does a person's mark stand until the written answer changes?"""
    name = person(again("Because."), "written", manual_score=0.5)
    assert row(again("Because.", share=0.5), name) == (0.5, False)  # only the code is another
    assert row(again("Because, I think."), name) == (0.5, True)
    assert row(again("Because, I think."), name) == (0.5, True)
    assert row(again("Because."), name) == (0.5, False)  # the very answer that was read
    course = again("Because, I think.")
    person(course, "written", manual_score=1.0)
    assert row(again("Because, I think.", share=0.25), name) == (1.0, False)
    assert row(again("Because."), name) == (1.0, True)
    record = next(records.iter_records(course, only=[("ada", ASSIGNMENT)]))
    assert {m.comment for m in record.marks if m.grade_id == name} == {"Say why."}


@BOTH_WAYS
def test_overridden_mark_stands_until_the_grader_gives_another(again):
    """Does a changed automatic mark stand until the grader gives another?"""
    name = person(again("Because."), "function", manual_score=0.125)
    assert row(again("Because, I think."), name) == (0.125, False)
    assert row(again("Because.", share=0.5), name) == (0.125, True)
    assert row(again("Because."), name) == (0.125, False)


def test_extra_credit_alone_settles_nothing_and_asks_for_nothing(again):
    """Does extra credit alone settle nothing and ask for nothing?"""
    course = again("Because.")
    function = person(course, "function", extra_credit=0.5)
    written = person(course, "written", extra_credit=0.5, needs_manual_grade=True)
    again("Because.", share=0.5)
    assert row(course, function) == (None, False) and row(course, written) == (None, True)


def test_withdrawn_mark_waits_again_for_the_same_answer(again):
    """Does a mark that was taken back wait again for the same answer?"""
    name = person(again("Because."), "written", manual_score=0.5)
    course = again("Because.")
    person(course, "written", manual_score=None, needs_manual_grade=True)
    assert row(again("Because."), name) == (None, True)
    assert submission_state.read_state(course, "ada", ASSIGNMENT).confirmed_for == {}


def test_mark_without_a_remembered_answer_waits(again):
    """Does a mark wait where the course does not remember the answer it was given for?"""
    course = again("Because.")
    name = person(course, "written", manual_score=0.5)
    submission_state.state_path(course, "ada", ASSIGNMENT).unlink()
    assert row(again("Because."), name) == (0.5, True)
