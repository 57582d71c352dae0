"""Lateness: are penalties nbgrader's own, and is a time that a student could forge never believed?"""

import os
import re
import shutil
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from gradebooks import copy_of, hand_in
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from small_course import read_inbox
from traitlets import TraitError

from autograder import errors
from autograder.course import roster, solution_regions
from autograder.gradebook import late_policy, lateness
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.preprocessors import AssignPenalties
from autograder.inbox import uploads

DUE = "2026-03-01 12:00:00 UTC"
HEAD = "student,assignment,time\n"
FIRST = "01_activations"


@pytest.fixture
def own(course, tmp_path):
    """Return a course of its own: ten per cent a day, half an hour of grace, half at most."""
    folder = copy_of(course, tmp_path)
    with open(folder / "nbgrader_config.py", "a") as file:
        file.write("c.LatePolicy.percent_per_day, c.LatePolicy.grace_minutes, c.LatePolicy.at_most = 10, 30, 50\n")
    with Gradebook(read_database_address(folder)) as gradebook:
        gradebook.update_or_create_assignment(FIRST, duedate=DUE)
    return folder


def give_times(course, *lines):
    """Give the course a table of times."""
    (course.parent / "times.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return lateness.store_times(course, course.parent / "times.csv")


def stamp(course, times):
    """Write the timestamp of every placed submission, as grading does one after the other."""
    for folder in (course / "submitted").glob("*/*"):
        lateness.write_timestamp(folder, times.get((folder.parent.name, folder.name)))


def penalty(gradebook, student="ada"):
    """Return the penalty in the gradebook."""
    return gradebook.find_submission(FIRST, student).late_submission_penalty


@pytest.mark.parametrize("hours, lost", [(0.5, None), (0.6, 2), (24, 2), (24.1, 4), (100, 10), (1000, 10)])
def test_penalty_follows_the_hours_late(hours, lost):
    """What does lateness cost?"""
    rule = late_policy.LatePolicy(percent_per_day=10, grace_minutes=30, at_most=50)
    assert rule.late_submission_penalty("ada", 20.0, hours * 3600) == lost


@pytest.mark.parametrize("rule, said", [
    ({}, ""), ({"grace_minutes": 15}, ""),
    ({"percent_per_day": 0.1}, "Lateness costs 0.1 % of the marks earned for every day begun."),
    ({"percent_per_day": 10, "grace_minutes": 15, "at_most": 50}, "Lateness costs 10 % of the marks earned for every "
     "day begun, at most 50 %; up to 15 minutes cost nothing."),
    ({"penalty_method": "zero"}, "Lateness costs all marks."),
])
def test_what_lateness_costs_is_said_as_it_was_understood(rule, said):
    """Does an instructor see that 0.1 is a thousandth, and not ten per cent?"""
    assert late_policy.LatePolicy(**rule).describe() == said


def test_lateness_is_free_unless_the_course_sets_a_penalty(course):
    """Does lateness cost nothing unless the course says so?"""
    rule = lateness.load_late_policy(course)
    assert isinstance(rule, late_policy.LatePolicy) and rule.late_submission_penalty("ada", 20.0, 1e6) is None


def test_nbgraders_own_method_still_exists():
    """Is nbgrader's own method still there?"""
    assert late_policy.LatePolicy(penalty_method="zero").late_submission_penalty("ada", 20.0, 60.0) == 20.0


@pytest.mark.parametrize("text", ["2026-03-01T13:00:00+01:00", "2026-03-01 12:00 UTC", "2026-03-01T12:00Z",
                                  "2026-03-01 13:00"])
def test_times_are_read_as_utc(text, tmp_path):
    """Are times read as UTC?"""
    (tmp_path / "times.csv").write_text(f"Student ID;Assignment;Time\nada;{FIRST};{text}\n")
    times = lateness.read_times(tmp_path / "times.csv", ZoneInfo("Europe/Berlin"))
    assert times == {("ada", FIRST): datetime(2026, 3, 1, 12)}


@pytest.mark.parametrize("line, message", [
    (f"ada,{FIRST},2026-03-01 12:00", "line 2: '2026-03-01 12:00' names no time zone"),
    (f"ada,{FIRST},01/02/2026", "line 2: '01/02/2026' is no time; write it as in 2026-03-01T23:59:00+01:00"),
    (f"ada,{FIRST},", "line 2: '' is no time"),
    (f"ada,{FIRST},0001-01-01T00:00+01:00", "line 2: '0001-01-01T00:00+01:00' is no time of arrival"),
    (f"ada,{FIRST},9999-12-31T23:59-01:00", "its year is not between 2000 and 2199"),
    (f"ada,{FIRST},1026-03-01T12:00Z", "its year is not between 2000 and 2199"),
])
def test_unclear_time_names_its_line(line, message, tmp_path):
    """Does an unclear time name its line?"""
    (tmp_path / "times.csv").write_text(f"{HEAD}{line}\n")
    with pytest.raises(errors.CourseError, match=re.escape(message)):
        lateness.read_times(tmp_path / "times.csv")


@pytest.mark.parametrize("setting", ["percent_per_day", "grace_minutes", "at_most"])
@pytest.mark.parametrize("value", [-1.0, 1e12, float("inf"), float("nan")])
def test_policy_out_of_all_bounds_is_refused(setting, value):
    """Is a setting refused that no course can mean?"""
    with pytest.raises(TraitError, match=setting):
        late_policy.LatePolicy(**{setting: value})


@pytest.mark.parametrize("points", [float("nan"), float("inf"), "2"])
def test_penalty_that_is_no_number_names_the_plugin(points):
    """Does an instructor's own plugin that gives nonsense lead to its name?"""
    class Odd(late_policy.LatePolicy):
        def late_submission_penalty(self, student_id, score, total_seconds_late):
            return points

    with pytest.raises(errors.CourseError, match="Odd.* no number of points"):
        lateness.compute_penalty(Odd(), "ada", 20.0, 60.0)


def test_due_date_at_the_end_of_all_years_is_named():
    """Is an extension beyond the year 9999 an error that names the assignment, where nbgrader would fail?"""
    never = datetime(9999, 12, 31)
    lateness.check_deadline(FIRST, never, None)
    lateness.check_deadline(FIRST, None, None)
    with pytest.raises(errors.CourseError, match=f"{FIRST}: the due date 9999-12-31 cannot be extended by 2 days"):
        lateness.check_deadline(FIRST, never, timedelta(2))


def test_forged_times_are_never_believed(own, tmp_path):
    """A timestamp.txt among the files, and files dated long ago, leave no trace beside the placed submission."""
    folder = tmp_path / "inbox" / "ada" / FIRST
    (folder / "cs231n_lib").mkdir(parents=True)
    (folder / "cs231n_lib" / "activations.py").write_text(solution_regions.make_stub("activations"))
    (folder / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    [upload], _ = read_inbox(tmp_path / "inbox")
    uploads.place_upload(upload, own)
    assert any(r.startswith("timestamp.txt: not a file of this assignment") for r in upload.remarks)
    assert not list((own / "submitted").rglob("timestamp.txt"))
    stamp(own, give_times(own, f"ada,{FIRST},2026-03-03T11:00Z"))
    [stamped] = (own / "submitted").rglob("timestamp.txt")
    assert stamped.read_text() == "2026-03-03 11:00:00 UTC"


def test_penalties_follow_due_dates_extensions_and_manual_marks(own):
    """Do penalties follow due dates extensions and manual marks?"""
    with Gradebook(read_database_address(own)) as gradebook:
        hand_in(own, gradebook, "ada", FIRST)
        hand_in(own, gradebook, "ben", FIRST)
        earned = gradebook.find_submission(FIRST, "ada").score
        assert lateness.update_lateness(gradebook, own) == [] and penalty(gradebook) == 0  # no times: nobody is late
        give_times(own, f"ada,{FIRST},2026-03-03T11:00Z")
        assert lateness.update_lateness(gradebook, own) == [("ben", FIRST)]
        assert penalty(gradebook) == pytest.approx(0.2 * earned) and penalty(gradebook, "ben") == 0
        written = next(g for g in gradebook.find_submission(FIRST, "ada").notebooks[0].grades if g.auto_score is None)
        written.manual_score = 3.0
        gradebook.db.commit()
        lateness.update_lateness(gradebook, own)
        assert penalty(gradebook) == pytest.approx(0.2 * (earned + 3))
        (own / roster.ROSTER_FILE).write_text(f"student,extension {FIRST}\nada,1d\n")
        lateness.update_lateness(gradebook, own)
        assert penalty(gradebook) == pytest.approx(0.1 * (earned + 3))
        gradebook.update_or_create_assignment(FIRST, duedate="2026-03-05 12:00:00 UTC")
        lateness.update_lateness(gradebook, own)
        assert penalty(gradebook) == 0
        gradebook.update_or_create_assignment(FIRST, duedate=None)
        lateness.update_lateness(gradebook, own)  # an extension of no due date is nothing
        assert gradebook.find_submission(FIRST, "ada").total_seconds_late == 0


def test_plugin_is_asked_once_and_by_the_calendar(own):
    """Does nbgrader's own step not ask with the lateness by a stopwatch first, in the night when the clocks go back?"""
    asked = []

    class Counting(late_policy.LatePolicy):
        def late_submission_penalty(self, student_id, score, total_seconds_late):
            asked.append(total_seconds_late)
            return 1.0

    with Gradebook(read_database_address(own)) as gradebook:
        hand_in(own, gradebook, "ada", FIRST)
        gradebook.update_or_create_assignment(FIRST, duedate="2026-10-24 21:59:00 UTC")
        gradebook.update_or_create_submission(FIRST, "ada", timestamp="2026-10-25 22:59:00 UTC")
    config = load_config(own)
    config.AssignLatePenalties.plugin_class, config.LatePolicy.timezone = Counting, "Europe/Berlin"
    about = {"db_url": read_database_address(own), "assignment": FIRST, "notebook": FIRST, "student": "ada"}
    AssignPenalties(config=config).preprocess(new_notebook(), {"nbgrader": about})
    with Gradebook(read_database_address(own)) as gradebook:
        assert asked == [24 * 3600] and penalty(gradebook) == 1


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")
def test_nbgraders_autograde_sets_the_same_penalty(own, tmp_path):
    """One submission through nbgrader's own pipeline, and then through ours: nothing is left to change."""
    folder = tmp_path / "inbox" / "ada" / FIRST / "cs231n_lib"
    folder.mkdir(parents=True)
    (folder / "activations.py").write_text(
        solution_regions.solve_functions("activations", ["relu_forward", "relu_backward"])
    )
    [upload], _ = read_inbox(tmp_path / "inbox")
    uploads.place_upload(upload, own)
    stamp(own, give_times(own, f"ada,{FIRST},2026-03-03T11:00Z"))
    outcome = NbGraderAPI(config=load_config(own)).autograde(FIRST, "ada", force=True, create=True)
    assert outcome["success"], outcome
    with Gradebook(read_database_address(own)) as gradebook:
        by_nbgrader = penalty(gradebook)
        assert by_nbgrader == pytest.approx(0.2 * gradebook.find_submission(FIRST, "ada").score) and by_nbgrader > 0
        lateness.update_lateness(gradebook, own)
        assert penalty(gradebook) == by_nbgrader
        (own / roster.ROSTER_FILE).write_text("student,extension\nada,36h\n")
        lateness.update_lateness(gradebook, own)
    assert NbGraderAPI(config=load_config(own)).autograde(FIRST, "ada", force=True, create=True)["success"]
    with Gradebook(
        read_database_address(own)
    ) as gradebook:  # 47 hours late, less 36: one day begun, by nbgrader's pipeline too
        assert penalty(gradebook) == pytest.approx(0.1 * gradebook.find_submission(FIRST, "ada").score)
