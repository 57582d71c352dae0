"""What was not recognised: does it wait for a person on both roads, after a regrade, in late penalties and on pages?"""

import csv
import shutil
from datetime import datetime, timedelta

import pytest
from nbgrader import api
from nbgrader.apps import NbGraderAPI
from small_course import (
    ANSWERS,
    FROZEN,
    SOLVED,
    WRITTEN,
    HereExecutor,
    answered_book,
    freeze_course,
    hand_in,
)

from autograder import grade
from autograder.errors import CourseError
from autograder.exports import table_filler
from autograder.exports.gradescope_results import make_results_of_record
from autograder.gradebook import lateness, records, settling
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.preprocessors import NOT_FOUND
from autograder.reports import feedback, marks_tables

pytestmark = pytest.mark.long

LOST = "symmetry-explanation"
HALF_LOST = {"cells": [cell for cell in answered_book()["cells"] if cell["id"] != LOST]}
CLASS = {"ana": answered_book(), "ben": HALF_LOST, "cat": None, "dan": answered_book({})}
"""All found, the written answer lost, no notebook, left open."""


def hand_in_class(inbox):
    """Write the uploads of the class."""
    for student, book in CLASS.items():
        hand_in(inbox / student / FROZEN, book)
    hand_in(inbox / "eve" / FROZEN, answered_book({}))
    hand_in(inbox / "eve" / FROZEN, answered_book(), name=f"{FROZEN} (1).ipynb")
    return inbox


def grade_inbox(inbox, course, **more):
    """Grade; return student -> line of the printed table."""
    lines, rejected = grade.grade_class(inbox, course, unsafe=True, executor=HereExecutor(), **more)
    assert rejected == []
    return {line.student: line for line in lines}


def rows(course):
    """Return student -> (automatic mark, needs a person, comment) of the written answer, and the penalty."""
    with api.Gradebook(read_database_address(course)) as gradebook:
        found = {}
        for submission in gradebook.assignment_submissions(FROZEN):
            notebook, = submission.notebooks
            row, = (g for g in notebook.grades if g.name == LOST)
            comment, = (c.auto_comment for c in notebook.comments if c.name == LOST)
            found[submission.student_id] = row.auto_score, row.needs_manual_grade, comment
        return found


@pytest.fixture(scope="module")
def frozen(course, tmp_path_factory):
    """Return the frozen course with the class graded, the printed lines, and the inbox."""
    folder = tmp_path_factory.mktemp("frozen")
    mine, inbox = freeze_course(course, folder / "course"), hand_in_class(folder / "inbox")
    return mine, grade_inbox(inbox, mine), inbox


@pytest.fixture
def own(frozen, tmp_path):
    """Return a copy of that course, to be changed."""
    return shutil.copytree(frozen[0], tmp_path / "course")


EXPECTED_ROWS = {"ana": (None, True, None), "ben": (None, True, NOT_FOUND), "cat": (None, True, NOT_FOUND),
                 "dan": (0, False, "No response."), "eve": (None, True, NOT_FOUND)}


def test_written_answer_that_was_not_found_waits_and_has_no_automatic_mark(frozen):
    """Is nbgrader's zero given only to an answer that is there and was left open?"""
    course, lines, _ = frozen
    assert rows(course) == EXPECTED_ROWS
    assert {s: line.status for s, line in lines.items()} == {
        "ana": "manual-pending", "ben": "to-look-at", "cat": "to-look-at", "dan": "graded", "eve": "to-look-at"}
    assert {s: line.score for s, line in lines.items()} == {"ana": 3.5, "ben": 3.5, "cat": 2, "dan": 2, "eve": 2}
    assert "2 of 3 answers were found in the notebook, not symmetry-explanation" in lines["ben"].remark
    printed = marks_tables.format_table(list(lines.values()), [])
    assert f"cat/{FROZEN}: to-look-at: there is no notebook of this assignment in the submission" in printed
    assert f"dan/{FROZEN}" not in printed


def test_nbgraders_own_road_leaves_the_same_rows(frozen, own):
    """After formgrader's Autograde of what was placed: are the rows the same?"""
    nbgrader = NbGraderAPI(config=load_config(own))
    for student in EXPECTED_ROWS:
        assert nbgrader.autograde(FROZEN, student, force=True, create=True)["success"]
    assert rows(own) == EXPECTED_ROWS


def test_what_collect_placed_waits_on_nbgraders_road(frozen, tmp_path, own):
    """Is what collect did not recognise known to nbgrader's own command, which never reads the upload?"""
    hand_in(tmp_path / "inbox" / "fay" / FROZEN, None)
    grade.collect_class(tmp_path / "inbox", own)
    assert NbGraderAPI(config=load_config(own)).autograde(FROZEN, "fay", force=True, create=True)["success"]
    assert rows(own)["fay"] == (None, True, NOT_FOUND)
    record, = records.iter_records(own, only=[("fay", FROZEN)])
    assert record.status == "to-look-at"


def test_regrade_keeps_waiting_and_keeps_what_a_person_gave(frozen, own):
    """Regraded with no change and with a result lost: is nothing given automatically, and no person's mark lost?"""
    with api.Gradebook(read_database_address(own)) as gradebook:
        row = gradebook.find_grade(LOST, FROZEN, FROZEN, "ben")
        row.manual_score, row.needs_manual_grade = 2.0, False
        gradebook.db.commit()
    grade_inbox(frozen[2], own)
    shutil.rmtree(own / "autograded")
    lines = grade_inbox(frozen[2], own)
    assert rows(own) == EXPECTED_ROWS | {"ben": (None, False, NOT_FOUND)}
    assert lines["ben"].score == 5.5 and lines["ben"].status == "to-look-at"


def settle(course, *names):
    """Run the command; return its exit code."""
    student, assignment = (*names, None, None)[:2]
    return settling.run_settle(course, student, assignment)


def test_what_a_person_has_looked_at_is_final_until_something_else_is_handed_in(frozen, own, tmp_path, capsys):
    """Settled, is a mark final after a regrade, and to look at again when other work is in doubt in the same way?"""
    assert settle(own) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        f"{student} {FROZEN}" for student in ("ben", "cat", "eve")]
    with api.Gradebook(read_database_address(own)) as gradebook:
        row = gradebook.find_grade(LOST, FROZEN, FROZEN, "ben")
        row.manual_score, row.needs_manual_grade = 2.0, False
        gradebook.db.commit()
    assert settle(own, "ben", FROZEN) == 0 and "5.5 of 6.5 points are final" in capsys.readouterr().out
    (record,) = records.iter_records(own, only=[("ben", FROZEN)])
    assert record.status == "graded" and table_filler.is_final(record)
    assert "2 of 3 answers were found" in record.remark  # what was handed in is still said
    assert grade_inbox(frozen[2], own)["ben"].status == "graded"
    cells = answered_book(ANSWERS | {"equal-answer": "answer_equal = 7.5"})["cells"]
    other = {"cells": [cell for cell in cells if cell["id"] != LOST]}
    line = grade_inbox(hand_in(tmp_path / "inbox" / "ben" / FROZEN, other).parents[1], own)["ben"]
    assert line.status == "to-look-at" and "2 of 3 answers were found" in line.remark


def test_settled_submission_still_waits_for_the_marks_it_lacks(own, capsys):
    """Is an answer without a mark not made final by having been looked at?"""
    assert settle(own, "cat", FROZEN) == 0 and "1 of its answers wait" in capsys.readouterr().err
    (record,) = records.iter_records(own, only=[("cat", FROZEN)])
    assert record.status == "manual-pending" and not table_filler.is_final(record)


@pytest.mark.parametrize(("names", "words"), [
    (("ben",), "the assignment is missing"), (("zoe", FROZEN), "holds no submission zoe")])
def test_settle_says_what_it_cannot_settle(own, names, words):
    """Is a wrong name an error in one sentence?"""
    with pytest.raises(CourseError, match=words):
        settle(own, *names)


def test_nothing_to_settle_is_no_error(own, capsys):
    """Is it said that nothing is to look at?"""
    assert settle(own, "dan", FROZEN) == 0
    assert "nothing is to look at here (graded)" in capsys.readouterr().out


def test_answer_that_is_found_later_is_no_longer_waiting_for_its_search(frozen, own, tmp_path):
    """Once the notebook comes, is the status an ordinary one?"""
    line = grade_inbox(hand_in(tmp_path / "inbox" / "cat" / FROZEN, answered_book()).parents[1], own)["cat"]
    assert (line.status, line.score, line.remark) == ("manual-pending", 3.5, "")
    assert rows(own)["cat"] == (None, True, None)


def test_notebook_of_an_earlier_submission_is_kept_and_its_loss_said(frozen, own, tmp_path):
    """Only the module is handed in again: is the notebook of before not lost, and is it told, again and again?"""
    inbox = hand_in(tmp_path / "inbox" / "ana" / FROZEN, None, SOLVED + "\n# better\n").parents[1]
    for _ in range(2):
        line = grade_inbox(inbox, own)["ana"]
        assert line.status == "to-look-at"
        assert "what was handed in before is kept in handed_in/ and does not count by itself" in line.remark
    kept, = (own / "handed_in" / "ana").iterdir()
    assert WRITTEN in (kept / f"{FROZEN}.ipynb").read_text()
    assert rows(own)["ana"] == (None, True, NOT_FOUND)


def test_late_penalty_takes_nothing_for_an_answer_that_waits(frozen, own, tmp_path):
    """Is the penalty a share of what was earned, and the answer still waiting?"""
    with open(own / "nbgrader_config.py", "a") as file:
        file.write("\nc.LatePolicy.percent_per_day = 10\n")
    due = datetime(2026, 3, 1, 12)
    with api.Gradebook(read_database_address(own)) as gradebook:
        gradebook.update_or_create_assignment(FROZEN, duedate=due)
    table = tmp_path / "times.csv"
    table.write_text(f"student,assignment,time\nben,{FROZEN},{due + timedelta(hours=1)}Z\n")
    line = grade_inbox(frozen[2], own, timestamps=table)["ben"]
    assert line.score == pytest.approx(3.15) and line.status == "to-look-at"
    assert rows(own) == EXPECTED_ROWS
    with api.Gradebook(read_database_address(own)) as gradebook:
        assert sorted(lateness.update_lateness(gradebook, own)) == [(s, FROZEN) for s in ("ana", "cat", "dan", "eve")]
    assert rows(own) == EXPECTED_ROWS


def test_page_says_what_was_not_found_and_shows_nothing_that_was_not_written(frozen, tmp_path):
    """Does the feedback page of a student whose notebook is missing say so, and quote no answer of the release?"""
    course, _, _ = frozen
    feedback.write_feedback(records.iter_records(course), tmp_path)
    pages = {student: " ".join((tmp_path / f"{student}.html").read_text().split()) for student in EXPECTED_ROWS}
    assert "There is no notebook of this assignment in the submission" in pages["cat"]
    assert "You wrote" not in pages["cat"] and "Nothing was written here." not in pages["cat"]
    for student in ("ben", "cat", "eve"):
        assert "Not everything that you handed in was recognised. A person looks at it." in pages[student]
        assert "This answer was not found in what you handed in. A person looks for it there." in pages[student]
    assert WRITTEN in pages["ana"] and "was not found" not in pages["ana"]
    assert "Nothing was written here." in pages["dan"] and "left open" in pages["dan"]


def test_tables_and_results_say_to_look_at(frozen, tmp_path):
    """Do the tables have the status, and no mark for what waits?"""
    course, _, _ = frozen
    marks_tables.write_tables(course, [(s, FROZEN) for s in EXPECTED_ROWS], tmp_path)
    with open(tmp_path / "summary.csv", newline="") as file:
        summary = {line["student"]: (line["status"], line["manual_pending"]) for line in csv.DictReader(file)}
    assert summary["ben"] == ("to-look-at", "1") and summary["dan"] == ("graded", "0")
    found = {record.student: make_results_of_record(record) for record in records.iter_records(course)}
    assert found["cat"]["extra_data"]["status"] == "to-look-at"
    assert "a person has to look at it" in found["cat"]["output"]
    written = [test for test in found["cat"]["tests"] if LOST in test["name"]]
    assert [("score" in test, test["output"]) for test in written] == [(False, "A person reads this answer.")]


def test_sources_of_the_frozen_class_are_what_was_handed_in(frozen):
    """Is what a person reads the student's own text?"""
    record, = records.iter_records(frozen[0], only=[("ana", FROZEN)])
    assert record.answers == ANSWERS and record.stopped == ""
