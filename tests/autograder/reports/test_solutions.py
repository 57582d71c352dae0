"""Solutions on the students' pages: those of the released notebook, and none before everything is over."""

import shutil
from datetime import datetime, timedelta

import form_2_notebook
import nbformat
import pytest
import small_checkout
from gradebooks import hand_in
from made_class import elements
from nbgrader.api import Gradebook

from autograder.course import roster
from autograder.errors import CourseError
from autograder.exports import gradescope_results
from autograder.gradebook import closing, records
from autograder.gradebook.database import read_database_address
from autograder.release import release
from autograder.reports import feedback, solutions

ASSIGNMENT = small_checkout.ASSIGNMENT
DUE = datetime(2026, 3, 1, 12, 0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = "tenth power"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a course of the small notebook of form 2 with one submission that is graded."""
    folder = tmp_path_factory.mktemp("form_2")
    with pytest.MonkeyPatch.context() as patch:
        checkout = small_checkout.use(patch, folder / "notebooks")
        nbformat.write(form_2_notebook.make_notebook(), checkout.file)
        release.generate_release(folder / "course")
    with Gradebook(read_database_address(folder / "course")) as gradebook:
        hand_in(folder / "course", gradebook, "ada", ASSIGNMENT, share=0.5)
    return folder / "course"


@pytest.fixture
def course(made, tmp_path):
    """Return a course of its own that takes everything off what comes late."""
    course = shutil.copytree(made, tmp_path / "course")
    set_policy(course, "penalty_method = 'zero'")
    set_due(course, DUE)
    return course


def set_policy(course, setting):
    """Add a line about the late policy to the course's configuration."""
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f"c.LatePolicy.{setting}\n")


def set_due(course, due):
    """Set the due date."""
    with Gradebook(read_database_address(course)) as gradebook:
        gradebook.find_assignment(ASSIGNMENT).duedate = due
        gradebook.db.commit()


def grant(course, extension, student="ben"):
    """Write an extension into the roster, of somebody who has handed in nothing."""
    (course / roster.ROSTER_FILE).write_text(f"student,extension {ASSIGNMENT}\n{student},{extension}\nada,\n")


def describe(course, when, **more):
    """Return why the solutions are not shown at a time."""
    return closing.describe_open(course, ASSIGNMENT, when, **more)


def write_pages(course, folder, *names, **more):
    """Let the command write the pages with solutions; return the text of ada's."""
    assert feedback.run_feedback(course, folder, solved=names, **more) == 0
    return (folder / "ada.html").read_text()


def test_pages_show_the_solutions_when_everything_is_over(course, tmp_path, capsys):
    """Does a page show the solution after the last deadline, well-formed, and does the command say for what?"""
    text = write_pages(course, tmp_path / "pages")
    assert TOLD in text and "answer-wide" in text and "the answers, and why" in text
    _, wrong = elements(tmp_path / "pages/ada.html")
    assert not wrong
    assert f"with the solutions of {ASSIGNMENT}" in capsys.readouterr().out


def test_pages_never_hold_them_otherwise(course, tmp_path):
    """Does a page without the option hold nothing of them, nor what Gradescope shows?"""
    assert feedback.run_feedback(course, tmp_path / "pages") == 0
    assert TOLD not in (tmp_path / "pages/ada.html").read_text()
    (found,) = records.iter_records(course)
    assert TOLD not in str(gradescope_results.make_results_of_record(found))
    assert solutions.read_solutions(course, "99_extra") == []


def test_nothing_is_shown_before_the_last_deadline(course):
    """Are they refused up to the due date, and up to the end of the longest extension of the roster or gradebook?"""
    assert "open until Sun 1 Mar 2026, 12:00 UTC" in describe(course, DUE)
    assert describe(course, DUE + HOUR) == ""
    grant(course, "2d")
    assert "open until Tue 3 Mar 2026, 12:00 UTC, when the last extension ends" in describe(course, DUE + DAY)
    assert describe(course, DUE + 2 * DAY + HOUR) == ""
    with Gradebook(read_database_address(course)) as gradebook:
        gradebook.find_submission(ASSIGNMENT, "ada").extension = 3 * DAY
        gradebook.db.commit()
    assert "open until Wed 4 Mar 2026, 12:00 UTC" in describe(course, DUE + 2 * DAY + HOUR)
    assert describe(course, DUE + 2 * DAY + HOUR, closed=True)  # no word of a person ends an extension


def test_nothing_is_shown_without_a_due_date(course):
    """Is an assignment without a due date open, whatever somebody says?"""
    set_due(course, None)
    for said in (describe(course, DUE + 100 * DAY), describe(course, DUE, closed=True)):
        assert said.startswith(f"{ASSIGNMENT} has no due date") and f"autograder due {ASSIGNMENT}" in said


@pytest.mark.parametrize("settings, days, share", [
    (["penalty_method = 'none'"], 300, 100), (["penalty_method = 'none'", "percent_per_day = 10"], 1.5, 80),
    (["penalty_method = 'none'", "percent_per_day = 10", "at_most = 50"], 300, 50), (["grace_minutes = 4320"], 2, 100)])
def test_nothing_is_shown_while_a_resubmission_counts(course, settings, days, share):
    """Are they refused as long as the late policy gives marks, with how many, unless a person closes the assignment?"""
    for setting in settings:
        set_policy(course, setting)
    when = DUE + days * DAY
    assert f"still gets {share} per cent of the marks" in describe(course, when)
    assert describe(course, when, closed=True) == ""


def test_deadline_is_said_and_extended_in_the_courses_own_zone(course):
    """Does a day's extension over the change of clocks end at the same time of day, and is it said in that zone?"""
    set_policy(course, "timezone = 'Europe/Berlin'")
    set_due(course, datetime(2026, 3, 28, 22, 59))  # 23:59 there, in the night in which an hour is left out
    grant(course, "1d")
    assert "open until Sun 29 Mar 2026, 23:59 CEST" in describe(course, datetime(2026, 3, 29, 21, 30))
    assert describe(course, datetime(2026, 3, 29, 22, 30)) == ""


def test_extension_in_the_gradebook_lasts_as_long_for_solutions_as_for_penalties(course):
    """Are two days that somebody set in formgrader 48 hours, also in the night in which an hour is left out?"""
    set_policy(course, "timezone = 'Europe/Berlin'")
    set_due(course, datetime(2026, 3, 28, 22, 59))
    with Gradebook(read_database_address(course)) as gradebook:
        gradebook.find_submission(ASSIGNMENT, "ada").extension = 2 * DAY
        gradebook.db.commit()
    assert describe(course, datetime(2026, 3, 30, 22, 30), closed=True)
    assert describe(course, datetime(2026, 3, 30, 23, 30), closed=True) == ""


def test_due_date_that_may_be_misread_opens_nothing(course):
    """Is a due date refused whose PM nbgrader seems to have dropped, unless somebody says that all is over?"""
    set_due(course, datetime(2026, 3, 1, 11, 59))
    assert "was due Sun 1 Mar 2026, 11:59 UTC, which may not be what was meant" in describe(course, DUE + DAY)
    assert describe(course, DUE + DAY, closed=True) == ""


def test_late_policy_that_takes_everything_in_the_end_opens_them(course):
    """Are they shown once ten per cent a day have taken everything?"""
    set_policy(course, "penalty_method = 'none'")
    set_policy(course, "percent_per_day = 10")
    assert describe(course, DUE + 8.5 * DAY) and describe(course, DUE + 9.5 * DAY) == ""


def test_refusal_says_when_and_what_to_do_and_writes_no_page(course, tmp_path):
    """Does the command refuse the whole of it, with until when and both ways out?"""
    set_due(course, datetime(2199, 1, 1))
    with pytest.raises(CourseError, match="(?s)open until Tue 1 Jan 2199, 00:00 UTC.*--solutions 03_init.*--closed"):
        write_pages(course, tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


def test_word_that_an_assignment_is_closed_goes_with_solutions(course, tmp_path):
    """Is --closed by itself an error, and not passed over?"""
    with pytest.raises(CourseError, match="--closed goes with --solutions"):
        feedback.run_feedback(course, tmp_path / "pages", closed=True)


@pytest.mark.parametrize("name", ["01", "activations", ASSIGNMENT])
def test_assignment_is_named_as_one_likes(course, tmp_path, name):
    """Is an assignment found by its number, its topic and its name?"""
    assert TOLD in write_pages(course, tmp_path / "pages", name)


@pytest.mark.parametrize("name, says", [("99", "no assignment '99'"), ("02", "02_preprocessing has solutions to show")])
def test_assignment_without_solutions_is_named(course, tmp_path, name, says):
    """Is a name that is none an error, and an assignment without transfer questions?"""
    with pytest.raises(CourseError, match=says):
        write_pages(course, tmp_path / "pages", name)


def test_solutions_are_those_that_the_course_released(course, tmp_path):
    """Does a page show what stands in the course's own notebook, however the checkout has changed since?"""
    path = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.write_text(path.read_text().replace(TOLD, "power of ten"))
    text = write_pages(course, tmp_path / "pages")
    assert "power of ten" in text and TOLD not in text
