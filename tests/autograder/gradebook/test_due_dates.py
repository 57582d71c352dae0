"""Due dates: set in the course's zone, printed as understood everywhere, and the same penalty by both roads?"""

import shutil

import pytest
from gradebooks import hand_in as put_marks
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from small_course import FROZEN, HereExecutor, answered_book, freeze_course, hand_in

from autograder import errors, grade
from autograder.__main__ import main
from autograder.course import roster
from autograder.course.settings import SETTINGS_FILE
from autograder.gradebook import due_dates, lateness, records
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.reports import class_report, feedback

pytestmark = pytest.mark.long

SETTINGS = '\nc.LatePolicy.percent_per_day = 10\nc.LatePolicy.timezone = "Europe/Berlin"\n'
TIMES = f"student,assignment,time\nana,{FROZEN},2026-10-25T23:30:00+01:00\nwei,{FROZEN},2026-10-24T23:58:00+02:00\n"


@pytest.fixture(scope="module")
def frozen(course, tmp_path_factory):
    """Return the frozen course in Berlin, and an inbox: ana hands in over the change of clocks, wei in time."""
    folder = tmp_path_factory.mktemp("frozen")
    mine = freeze_course(course, folder / "course")
    with open(mine / "nbgrader_config.py", "a") as file:
        file.write(SETTINGS)
    for student in ("ana", "wei"):
        hand_in(folder / "inbox" / student / FROZEN, answered_book())
    (folder / "times.csv").write_text(TIMES)
    due_dates.set_due_date(mine, FROZEN, "2026-10-24 23:59")
    lines, _ = grade.grade_class(folder / "inbox", mine, unsafe=True, executor=HereExecutor(),
                                 timestamps=folder / "times.csv")
    return mine, folder, {line.student: line.score for line in lines}


@pytest.fixture
def own(frozen, tmp_path):
    """Return a copy of that course, to be changed."""
    return shutil.copytree(frozen[0], tmp_path / "course")


def read_penalties(course):
    """Return student -> penalty in the gradebook."""
    with Gradebook(read_database_address(course)) as gradebook:
        return {s.student_id: s.late_submission_penalty for s in gradebook.assignment_submissions(FROZEN)}


def test_day_of_twenty_five_hours_is_one_day(frozen):
    """24 hours and 31 minutes over the change of clocks: one day, and ten per cent?"""
    assert frozen[2] == {"ana": pytest.approx(3.15), "wei": 3.5}
    assert read_penalties(frozen[0]) == {"ana": pytest.approx(0.35), "wei": 0}


def test_nbgraders_own_road_gives_the_same_penalty(frozen, own):
    """Does formgrader's Autograde count by the calendar, too, and is nothing left to change then?"""
    with Gradebook(read_database_address(own)) as gradebook:
        gradebook.find_submission(FROZEN, "ana").notebooks[0].late_submission_penalty = 3.0
        gradebook.db.commit()
    assert NbGraderAPI(config=load_config(own)).autograde(FROZEN, "ana", force=True, create=True)["success"]
    assert read_penalties(own) == read_penalties(frozen[0])
    with Gradebook(read_database_address(own)) as gradebook:
        lateness.update_lateness(gradebook, own)
    assert read_penalties(own) == read_penalties(frozen[0])


def test_extension_of_a_day_reaches_over_the_change_of_clocks(own):
    """Is ana, with one day more, in time at 23:30, and is the new date shown?"""
    (own / roster.ROSTER_FILE).write_text("student,extension\nana,1d\nwei,\n")
    with Gradebook(read_database_address(own)) as gradebook:
        lateness.update_lateness(gradebook, own)
    assert read_penalties(own)["ana"] == 0
    assert f"  {FROZEN}, ana: extended to Sun 25 Oct 2026, 23:59 CET" in due_dates.list_due_dates(own)


def test_due_date_is_printed_as_it_was_understood(frozen, tmp_path, capsys):
    """In `grade`, in the report and on the page: with its day, time of day and zone?"""
    course, folder, _ = frozen
    assert due_dates.list_due_dates(course) == [
        "Due dates (Europe/Berlin):", f"  {FROZEN}: Sat 24 Oct 2026, 23:59 CEST",
        "  Lateness costs 10 % of the marks earned for every day begun."]
    feedback.write_feedback(records.iter_records(course), tmp_path)
    page = (tmp_path / "ana.html").read_text()
    assert "Due Sat 24 Oct 2026, 23:59 CEST, handed in Sun 25 Oct 2026, 23:30 CET." in page
    class_report.run_report(course, tmp_path / "report.html")
    assert f"{FROZEN}: Sat 24 Oct 2026, 23:59 CEST" in (tmp_path / "report.html").read_text()
    capsys.readouterr()
    assert grade.run_grade(folder / "inbox", tmp_path / "out", course, unsafe=True, executor=HereExecutor()) == 0
    assert f"Due dates (Europe/Berlin):\n  {FROZEN}: Sat 24 Oct 2026, 23:59 CEST" in capsys.readouterr().out


@pytest.mark.parametrize("written, doubt", [
    ("2026-10-24 23:59:00 CEST", "it is 23:59 in UTC: was its time zone dropped?"),
    ("2026-10-24 23:59:00 EDT", "it is 23:59 in UTC: was its time zone dropped?"),
    ("2026-10-24 23:59:00 +0200", "was an offset like +0200 taken for seconds?"),
    ("2026-10-24 23:59:00 +02:00", "was its time zone dropped?"),
    ("2026-10-24 23:59:00 Europe/Berlin", ""), ("2026-10-24T23:59:00+02:00", ""),
])
def test_date_set_by_nbgrader_that_looks_misread_is_named(own, written, doubt):
    """As `nbgrader db assignment add --duedate` sets it: is what it read wrongly named, and how to set it?"""
    with Gradebook(read_database_address(own)) as gradebook:
        gradebook.update_or_create_assignment(FROZEN, duedate=written)
    lines = "\n".join(due_dates.list_due_dates(own))
    assert doubt in lines and ("looks as if nbgrader had read it wrongly" in lines) is bool(doubt)
    assert ("`python -m autograder due NAME TIME` sets it in the course's time zone" in lines) is bool(doubt)


def test_command_sets_shows_and_removes_a_due_date(own, capsys, monkeypatch):
    """Does the command read the course's zone, say what it understood, and refuse what it does not understand?"""
    command = ["autograder", "due", "--course", str(own), FROZEN]
    monkeypatch.setattr("sys.argv", [*command, "2026-11-02 23:59"])
    assert main() == 0
    assert f"  {FROZEN}: Mon 2 Nov 2026, 23:59 CET" in capsys.readouterr().out
    for text, said in (("2026-11-02 23:59 EST", "'EST' is not the name of a zone"), ("2026-11-02", "no time of day")):
        with pytest.raises(errors.CourseError, match=said):
            due_dates.set_due_date(own, FROZEN, text)
    monkeypatch.setattr("sys.argv", [*command, "none"])
    assert main() == 0
    assert "No due date is set." in capsys.readouterr().out


def test_names_that_nobody_has_in_a_table_of_times_are_named(frozen, own, tmp_path, capsys):
    """Is a student or an assignment that does not exist said, before the tables are printed?"""
    table = tmp_path / "times.csv"
    (own / SETTINGS_FILE).write_text(f'assignments = ["{FROZEN}"]\n')
    table.write_text(f"{TIMES}anna,{FROZEN},2026-10-25T10:00Z\nwei,3_init,2026-10-25T10:00Z\n"
                     "wei,05,2026-10-25T10:00Z\nwei,initialization,2026-10-25T10:00Z\n")
    grade.grade_class(frozen[1] / "inbox", own, unsafe=True, executor=HereExecutor(), timestamps=table)
    printed = capsys.readouterr().out
    assert "times of arrival: anna is no student of this course" in printed
    assert "times of arrival: 3_init is no assignment of this course" in printed and ": wei is" not in printed
    assert "times of arrival: 05_dropout is no assignment of this course" in printed and ": 03_init" not in printed


def test_without_a_zone_the_dates_are_shown_in_utc_and_that_is_said(course, tmp_path):
    """Does an instructor who set no zone see which one is used?"""
    mine = shutil.copytree(course, tmp_path / "course")
    with pytest.raises(errors.CourseError, match="names no time zone"):
        due_dates.set_due_date(mine, FROZEN, "2026-10-24 23:59")
    due_dates.set_due_date(mine, FROZEN, "2026-10-24 23:59 Europe/Berlin")
    assert due_dates.list_due_dates(mine) == ["Due dates (UTC, since c.LatePolicy.timezone is not set):",
                                              f"  {FROZEN}: Sat 24 Oct 2026, 21:59 UTC"]
    with Gradebook(read_database_address(mine)) as gradebook:
        put_marks(mine, gradebook, "ada", FROZEN)
    assert next(records.iter_records(mine)).deadline == "due Sat 24 Oct 2026, 21:59 UTC"
