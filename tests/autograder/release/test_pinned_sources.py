"""A running course: does a change of the checkout leave it alone, and does an asked-for update really work?"""

import os
import shutil
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from small_checkout import (
    ASSIGNMENT,
    CLAIM,
    Judges,
    answer,
    checkout,
    course,
    function_test,
    hand_in,
    judge,
    notebook,
    released,
    setup,
    title,
    written,
)

from autograder import __main__, errors, grade
from autograder.course import assignment, submission_state
from autograder.exports import gradescope_autograder
from autograder.gradebook import cell_rows, preprocessors, records
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.release import pinned_sources, release, source_changes
from autograder.runners import jobs

pytestmark = pytest.mark.long

__all__ = ["checkout", "course", "released"]

CHANGES = {
    "a title": [title("Activation functions"), *notebook()[1:]],
    "a cell more": [*notebook(), function_test("tanh_forward")],
    "a cell less": notebook()[:-1],
    "another order": [*notebook()[:3], notebook()[5], notebook()[4], notebook()[3], notebook()[6]],
    "other points": [*notebook()[:4], written("x-why", 5), *notebook()[5:]],
}
UPDATED = [title("Activation functions"), setup(), answer(), written("x-why", 5), function_test("relu_backward"),
           function_test("tanh_forward"), written("z-why"), function_test("relu_forward")]
"""Everything at once: a title, other points, cells that came (tanh-forward-test, z-why), went (y-why) and moved."""


@pytest.fixture(autouse=True)
def untried(request, monkeypatch):
    """Spare the tests nbgrader's look at the new sources in an empty course, which takes seconds."""
    monkeypatch.setattr(preprocessors, "run_in_subprocess", judge)
    if "refuses" not in request.node.name:
        monkeypatch.setattr(release, "try_sources", lambda sources: None)


@pytest.fixture
def inbox(tmp_path):
    """Return uploads of two students."""
    hand_in(tmp_path / "inbox", "ada", ["relu_forward", "relu_backward"], x_why="Ada's words.", y_why="More words.")
    hand_in(tmp_path / "inbox", "ben", ["relu_forward"], x_why="Ben's words.")
    return tmp_path / "inbox"


def run_grade(course, inbox):
    """Grade; return how submissions ended, and student -> grade_id -> mark."""
    lines, _ = grade.grade_class(inbox, course, executor=Judges())
    return {line.status for line in lines}, read_marks(course)


def read_marks(course):
    """Return student -> grade_id -> mark."""
    return {record.student: {mark.grade_id: mark for mark in record.marks} for record in records.load_records(course)}


def read_scores(course):
    """Return student -> grade_id -> score."""
    marks = read_marks(course)
    return {student: {name: mark.score for name, mark in marks[student].items()} for student in marks}


def give_marks(course):
    """Do what a person does in formgrader: marks and a comment for Ada's answers."""
    with Gradebook(read_database_address(course)) as gradebook:
        for name, score in (("x-why", 2.5), ("y-why", 1.5)):
            mark = gradebook.find_grade(name, ASSIGNMENT, ASSIGNMENT, "ada")
            mark.manual_score, mark.needs_manual_grade = score, False
        gradebook.find_comment("y-why", ASSIGNMENT, ASSIGNMENT, "ada").manual_comment = "=good"
        gradebook.db.commit()


def run_release(monkeypatch, course, *arguments):
    """Run the command as an instructor does, where nobody can be asked; return its exit code."""
    folder = course.parent / "build"
    monkeypatch.setattr(sys, "argv", ["autograder", "release", "--course", str(course), "--build", str(folder),
                                      *arguments])
    monkeypatch.setattr(release.leak_check, "find_leaks", lambda *arguments: [])  # it takes long, and has its own tests
    return __main__.main()


def hash_files(course):
    """Return path -> bytes of what the course released."""
    return {p: p.read_bytes() for folder in ("source", "release") for p in (course / folder).rglob("*") if p.is_file()}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_checkout_leaves_a_course_with_submissions_as_it_is(checkout, course, inbox, capsys, change):
    """Does `grade` give the same marks twice, whatever changed in between, and say in one sentence that it did?"""
    before, files = run_grade(course, inbox)[1], hash_files(course)
    assert "checkout's notebooks" not in capsys.readouterr().out
    checkout.write(CHANGES[change])
    hand_in(inbox, "cyd", ["relu_forward"])
    ended, marks = run_grade(course, inbox)
    assert "infra-error" not in ended and {s: marks[s] for s in before} == before
    assert marks["cyd"]["relu-forward-test"].score == 1
    assert capsys.readouterr().out.count("The checkout's notebooks are not those that the course released") == 1
    assert hash_files(course) == files


def test_release_holds_no_claims(course):
    """Is a notebook without its claims what nbgrader releases, and do the instructor's sources keep them?"""
    given, own = ((course / kind / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text() for kind in ("release", "source"))
    assert CLAIM["value"] in own and CLAIM["value"] not in given and "2015" not in given and "cs231n\"" not in given


@pytest.mark.parametrize("change", ["a title", "a cell more"])
def test_grading_uses_what_students_got_even_if_nobody_has_handed_in(checkout, course, change):
    """Is the first upload graded by the notebook that its student was given?"""
    files = hash_files(course)
    checkout.write(CHANGES[change])
    grade.prepare_course(course)
    assert hash_files(course) == files


@pytest.mark.parametrize("change", CHANGES)
def test_release_takes_a_change_where_nobody_has_handed_in(checkout, course, change):
    """Does a release bring a changed notebook to a course without submissions?"""
    checkout.write(CHANGES[change])
    assert release.generate_release(course) == []
    assert pinned_sources.read_pinned(course, ASSIGNMENT) == pinned_sources.read_checkout(ASSIGNMENT)
    names = [c.get("id") for c in assignment.read_notebook(course, "release", ASSIGNMENT).cells]
    assert names == [c.id for c in CHANGES[change]]


@pytest.mark.parametrize("change", ["a title", "a cell less"])
def test_release_keeps_what_has_submissions_and_says_so(checkout, course, inbox, capsys, monkeypatch, change):
    """Does a release without --update name the assignment, the number of submissions and the change, and keep it?"""
    run_grade(course, inbox)
    files = hash_files(course)
    checkout.write(CHANGES[change])
    assert run_release(monkeypatch, course) == 0
    printed = capsys.readouterr().out
    assert f"{ASSIGNMENT}: 2 submissions, so it stays as it was released" in printed
    assert ("edited: title" in printed) == (change == "a title")
    assert ("went: y-why (3 points)" in printed) == (change == "a cell less")
    assert hash_files(course) == files
    given = nbformat.read(course.parent / "build" / "workspace" / f"{ASSIGNMENT}.ipynb", as_version=4)
    assert [c.get("id") for c in given.cells] == [c.id for c in notebook()] and given.cells[0].source == "# Activations"


def test_update_says_what_it_does_to_whom_and_does_nothing_unasked(checkout, course, inbox, capsys, monkeypatch):
    """Does --update without a person and without --yes name every change, and leave all as it was?"""
    run_grade(course, inbox)
    give_marks(course)
    before, files = read_scores(course), hash_files(course)
    checkout.write(UPDATED)
    assert run_release(monkeypatch, course, "--update") == 1
    printed = capsys.readouterr().out
    for said in (f"{ASSIGNMENT}: 2 submissions", "came: tanh-forward-test (1 point), z-why (3 points)",
                 "went: y-why (3 points)", "moved: relu-forward-test", "points: x-why: 3 -> 5", "edited: title",
                 "2 marks of cells that went (a person had a part in 1)", "Nothing was released"):
        assert said in printed
    assert (read_scores(course), hash_files(course)) == (before, files)
    assert not (course / "update").exists() and not (course / "removed_marks.csv").exists()


def test_update_keeps_marks_of_cells_that_stay_and_grades_what_came(checkout, course, inbox, monkeypatch):
    """After --update --yes: are the marks kept that can be, the others copied, and is everybody graded by the new?"""
    hand_in(inbox, "ada", ["relu_forward", "relu_backward", "tanh_forward"], x_why="Ada's words.", y_why="More words.")
    run_grade(course, inbox)
    give_marks(course)
    checkout.write(UPDATED)
    assert run_release(monkeypatch, course, "--update", "--yes") == 0
    assert read_scores(course)["ada"] == {"relu-forward-test": 1, "relu-backward-test": 2, "tanh-forward-test": 0,
                                          "x-why": 2.5, "z-why": 0}
    waiting = {name for name, mark in read_marks(course)["ada"].items() if mark.needs_manual}
    assert waiting == {"x-why", "z-why", "tanh-forward-test"}
    assert (course / "removed_marks.csv").read_text() == (
        "student,assignment,cell,max_score,auto_score,manual_score,extra_credit,comment\n"
        "ada,01_activations,y-why,3,,1.5,,'=good\nben,01_activations,y-why,3,,,,\n")  # ben's was not found
    for _ in range(2):
        ended, marks = run_grade(course, inbox)
        assert "infra-error" not in ended
        assert {s: marks[s]["tanh-forward-test"].score for s in marks} == {"ada": 1, "ben": 0}
        assert marks["ada"]["x-why"].score == 2.5 and marks["ada"]["x-why"].max_score == 5
        # x-why for its other points, z-why because nobody could answer it in the notebook that was handed in
        assert {name for name, mark in marks["ada"].items() if mark.needs_manual} == {"x-why", "z-why"}
    assert not (course / "update").exists()


def test_cell_of_another_kind_keeps_no_mark_of_the_earlier_one(checkout, course, inbox, monkeypatch):
    """Is a person's mark of an answer no mark of the test that has its name now, and is it written down?"""
    run_grade(course, inbox)
    give_marks(course)
    test = function_test("tanh_forward")
    test.id = test.metadata.nbgrader["grade_id"] = "y-why"
    checkout.write([*notebook()[:-1], test])
    assert run_release(monkeypatch, course, "--update", "--yes") == 0
    assert "ada,01_activations,y-why,3,,1.5,,'=good" in (course / "removed_marks.csv").read_text()
    for _ in range(2):
        assert {marks["y-why"] for marks in read_scores(course).values()} == {0}
        assert "infra-error" not in run_grade(course, inbox)[0]
    assert not any(marks["y-why"].needs_manual for marks in read_marks(course).values())


@pytest.mark.parametrize("change", CHANGES)
def test_updated_course_is_the_same_for_nbgraders_own_road(checkout, course, inbox, change):
    """After an update: does nbgrader's autograde find a row for every cell, and give the marks that `grade` gives?"""
    run_grade(course, inbox)
    checkout.write(CHANGES[change])
    assert release.generate_release(course, update=True) == []
    outcome = NbGraderAPI(config=load_config(course)).autograde(ASSIGNMENT, "ben", force=True, create=True)
    assert outcome["success"], outcome
    by_nbgrader = read_scores(course)["ben"]
    assert "infra-error" not in run_grade(course, inbox)[0]
    assert read_scores(course)["ben"] == by_nbgrader
    assert by_nbgrader.keys() == {c.id for c in CHANGES[change] if c.metadata.get("nbgrader", {}).get("grade")}


def test_nbgraders_own_road_uses_the_pinned_sources(checkout, course, inbox):
    """Does formgrader's button grade by what was released, though the checkout has changed?"""
    before = run_grade(course, inbox)[1]
    checkout.write(UPDATED)
    outcome = NbGraderAPI(config=load_config(course)).autograde(ASSIGNMENT, "ben", force=True, create=True)
    assert outcome["success"], outcome
    assert read_marks(course) == before


@pytest.mark.parametrize("terminal, typed, agreed", [(True, "y", True), (True, "Y", True), (True, "", False),
                                                     (True, "no", False), (False, "y", False)])
def test_only_a_person_who_types_y_agrees(monkeypatch, terminal, typed, agreed):
    """Is anything but a typed y a no, also where there is no terminal?"""
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"isatty": lambda self: terminal})())
    monkeypatch.setattr("builtins.input", lambda question: typed)
    assert __main__.ask("Update the release?") is agreed


STEPS = ("take_staged", "update_cells", "generate_assignment", "write_state", "drop_staged")


def interrupt(patch, step, late):
    """Let a step of an update be interrupted, before it or after it."""
    owner = {"take_staged": pinned_sources, "drop_staged": pinned_sources, "update_cells": cell_rows,
             "generate_assignment": release, "write_state": submission_state}[step]
    original = getattr(owner, step)

    def stop(*arguments):
        if late:
            original(*arguments)
        raise KeyboardInterrupt

    patch.setattr(owner, step, stop)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_interrupted_update_is_brought_to_its_end(checkout, course, inbox, step, late):
    """Killed in the middle: is the same course there after the next run, and does nbgrader's road wait until then?"""
    run_grade(course, inbox)
    give_marks(course)
    checkout.write(UPDATED)
    with pytest.MonkeyPatch.context() as patch:
        interrupt(patch, step, late)
        with pytest.raises(KeyboardInterrupt):
            release.generate_release(course, update=True)
    if (course / "update").exists():
        outcome = NbGraderAPI(config=load_config(course)).autograde(ASSIGNMENT, "ben", force=True, create=True)
        assert not outcome["success"] and "python -m autograder release" in outcome["log"] + outcome.get("error", "")
    ended, marks = run_grade(course, inbox)
    assert "infra-error" not in ended
    assert marks["ada"].keys() == {c.id for c in UPDATED if c.metadata.get("nbgrader", {}).get("grade")}
    assert marks["ada"]["x-why"].score == 2.5 and marks["ben"]["relu-forward-test"].score == 1
    assert (course / "removed_marks.csv").read_text().count("y-why") == 2
    assert not (course / "update").exists()


def test_update_interrupted_before_it_was_laid_out_has_not_begun(checkout, course, inbox, monkeypatch):
    """Killed while the new sources are written: is the course as it was?"""
    before, files = run_grade(course, inbox), hash_files(course)
    checkout.write(UPDATED)
    with monkeypatch.context() as patch:
        patch.setattr(pinned_sources.Path, "rename", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            release.generate_release(course, update=True)
    assert run_grade(course, inbox) == before and hash_files(course) == files


def test_notebook_that_nbgrader_refuses_does_not_reach_the_course(checkout, course, inbox):
    """Is a broken notebook refused before anything of a running course is touched?"""
    before, files = run_grade(course, inbox), hash_files(course)
    twice = written("x-why")
    twice.id = "another"
    checkout.write([*notebook(), twice])
    with pytest.raises(errors.ReleaseError, match="x-why"):
        release.generate_release(course, update=True)
    assert run_grade(course, inbox) == before and hash_files(course) == files


def test_question_that_the_hidden_tests_no_longer_have_is_one_sentence(checkout, course, inbox, monkeypatch):
    """Removed function, other points: is each submission an infra-error that says what to do, and no mark lost?"""
    before = run_grade(course, inbox)[1]
    for questions, said in (({}, "have no relu_forward"),
                            ({"relu_forward": type("Question", (), {"points": 4.0})}, "1 points as released, 4 in")):
        with monkeypatch.context() as patch:
            patch.setattr(jobs, "load_questions", lambda topic, questions=questions: questions)
            ended, _ = run_grade(course, inbox)
            with pytest.raises(errors.CourseError, match=said):
                gradescope_autograder.build_archive(course, course.parent / "g.zip", ASSIGNMENT)
        found = records.load_records(course)
        assert ended == {"infra-error"} and len(found) == 2
        assert all(said in r.remark and "`release --update`" in r.remark for r in found)
    ended, after = run_grade(course, inbox)
    assert "infra-error" not in ended and after == before


def test_damaged_source_is_named_with_what_to_do(checkout, course, inbox):
    """Is a source in the course that is no notebook one sentence, and does its advice work with submissions?"""
    before = run_grade(course, inbox)[1]
    file = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    file.write_bytes(b"\xff{")
    with pytest.raises(errors.CourseError, match="is not a notebook.*Delete .* and run `release` again"):
        grade.prepare_course(course)
    shutil.rmtree(file.parent)
    release.generate_release(course)
    assert run_grade(course, inbox)[1] == before


# -- courses of earlier versions -------------------------------------------------------------------------------------


def spoil(course, checkout, how):
    """Leave a course as an earlier version did when it met a changed notebook, or as a person did who tidied up."""
    (course / "release" / ".complete").unlink()
    if how == "refused":
        (course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").write_text(checkout.file.read_text())
        shutil.rmtree(course / "release" / ASSIGNMENT)
    if how == "no source":
        shutil.rmtree(course / "source")
    if how == "no release":
        shutil.rmtree(course / "release")
    if how == "neither":
        shutil.rmtree(course / "source")
        shutil.rmtree(course / "release")


@pytest.mark.parametrize("how", ["cut short", "refused", "no source", "no release", "neither"])
def test_course_made_before_keeps_grading(checkout, course, inbox, how):
    """Whatever an earlier version left of the sources: does the class keep its marks, and get new ones?"""
    before = run_grade(course, inbox)[1]
    checkout.write(UPDATED)
    spoil(course, checkout, how)
    hand_in(inbox, "cyd", ["relu_forward"])
    ended, marks = run_grade(course, inbox)
    assert "infra-error" not in ended and {s: marks[s] for s in before} == before
    assert marks["cyd"]["relu-forward-test"].score == 1 and marks["cyd"]["relu-backward-test"].score == 0


def test_course_made_before_without_submissions_takes_the_checkout(checkout, course):
    """With no submissions and no sources, is the course made from the checkout?"""
    checkout.write(UPDATED)
    spoil(course, checkout, "no source")
    grade.prepare_course(course)
    assert pinned_sources.read_pinned(course, ASSIGNMENT) == pinned_sources.read_checkout(ASSIGNMENT)


@pytest.mark.parametrize("how", ["refused", "neither"])
def test_course_whose_sources_are_lost_says_what_to_do(checkout, course, inbox, monkeypatch, capsys, how):
    """Where nothing is left of what was released, is that one sentence, and does --update help, when asked to?"""
    run_grade(course, inbox)
    before = read_scores(course)["ben"]
    checkout.write(UPDATED)
    spoil(course, checkout, how)
    shutil.rmtree(course / "submitted")
    with pytest.raises(errors.LostSourcesError, match="01_activations.* Put its folder in source/ back.*release --upd"):
        grade.prepare_course(course)
    assert run_release(monkeypatch, course, "--update") == 1
    assert "2 submissions" in (printed := capsys.readouterr().out) and "2 marks of cells that went" in printed
    assert run_release(monkeypatch, course, "--update", "--yes") == 0
    ended, marks = run_grade(course, inbox)
    assert "infra-error" not in ended
    assert marks["ben"]["relu-forward-test"].score == before["relu-forward-test"] == 1


def test_removed_marks_are_not_repeated(tmp_path):
    """Is a mark that is written down already not written twice?"""
    mark = cell_rows.RemovedMark("ada", ASSIGNMENT, "y-why", 3.0, None, 1.5, None, "good,\nbut")
    for _ in range(2):
        source_changes.keep_removed_marks(tmp_path, [mark])
    assert (tmp_path / "removed_marks.csv").read_text().count("ada") == 1


def test_removed_mark_is_kept_beside_one_whose_line_ends_like_it(tmp_path):
    """Is the mark of a student written down whose id is the end of another's?"""
    for student in ("ada", "da"):
        mark = cell_rows.RemovedMark(student, ASSIGNMENT, "y-why", 3.0, None, 1.5, -1.0, "=good")
        for _ in range(2):
            source_changes.keep_removed_marks(tmp_path, [mark])
    lines = (tmp_path / "removed_marks.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["student", "ada", "da"]


def test_lost_release_is_looked_for_only_in_ordinary_files(tmp_path):
    """Are links, pipes and huge files that somebody put into ``submitted/`` passed over?"""
    for student in ("ada", "ben", "cyd", "dan"):
        (tmp_path / "submitted" / student / ASSIGNMENT).mkdir(parents=True)
    ada, ben, cyd, dan = sorted((tmp_path / "submitted").glob("*/*"))
    (ada / f"{ASSIGNMENT}.ipynb").write_text("{}")
    (ben / f"{ASSIGNMENT}.ipynb").symlink_to(ada / f"{ASSIGNMENT}.ipynb")
    os.mkfifo(cyd / f"{ASSIGNMENT}.ipynb")
    (dan / f"{ASSIGNMENT}.ipynb").write_text(" " * (pinned_sources.MOST_READ + 1))
    assert list(pinned_sources.iter_copies(tmp_path, ASSIGNMENT)) == [ada / f"{ASSIGNMENT}.ipynb"]
