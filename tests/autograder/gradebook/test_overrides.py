"""course.toml in a course: its dates, penalties, weights and points everywhere, and what goes before them named."""

import csv
import json
import shutil

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from small_course import FROZEN, HereExecutor, answered_book, freeze_course, hand_in
from traitlets.config import Config

from autograder import errors, grade
from autograder.__main__ import main
from autograder.course import roster
from autograder.course.settings import SETTINGS_FILE
from autograder.exports.export import TableOptions, run_export
from autograder.gradebook import config, due_dates, lateness, records
from autograder.gradebook.database import read_database_address
from autograder.reports import class_report, feedback, solutions

pytestmark = pytest.mark.long

FIRST, SECOND = "00_linear_classifier", "01_activations"
SETTINGS = f"""
title = "Deep nets"
zone = "Europe/Berlin"
assignments = ["{FROZEN}", "00"]
[due]
03 = "2026-10-24 23:59"
[late]
percent_per_day = 10
[weights]
00 = 35
03 = 65
[points]
03 = 13
"""
TIMES = f"student,assignment,time\nana,{FROZEN},2026-10-25T23:30:00+01:00\nwei,{FROZEN},2026-10-24T23:58:00+02:00\n"


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """Return a course with a course.toml, its inbox and what ``grade`` wrote: ana comes a day late, bob does 01."""
    folder = tmp_path_factory.mktemp("graded")
    mine = freeze_course(course, folder / "course")
    (mine / SETTINGS_FILE).write_text(SETTINGS)
    for student, assignment in (("ana", FROZEN), ("wei", FROZEN), ("bob", SECOND)):
        hand_in(folder / "inbox" / student / assignment, answered_book())
    (folder / "times.csv").write_text(TIMES)
    with open(folder / "said.txt", "w") as said, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", said)
        grade.run_grade(folder / "inbox", folder / "out", mine, unsafe=True, executor=HereExecutor(),
                        timestamps=folder / "times.csv")
    return folder


@pytest.fixture
def own(graded, tmp_path):
    """Return a copy of the course, to be changed."""
    return shutil.copytree(graded / "course", tmp_path / "course")


def write_settings(course, old, new):
    """Change course.toml."""
    (course / SETTINGS_FILE).write_text(SETTINGS.replace(old, new))


def read_table(path):
    """Return the lines of a CSV."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def set_date(course, text):
    """Set a due date as formgrader does."""
    with Gradebook(read_database_address(course)) as gradebook:
        gradebook.update_or_create_assignment(FROZEN, duedate=text)


# -- how marks are shown and added up --------------------------------------------------------------------------------


def test_printed_table_has_the_courses_order_points_and_total(graded):
    """Are the columns the course's, is 3.5 of 6.5 shown as 7 of 13, and is the total a weighted one?"""
    lines = (graded / "said.txt").read_text().splitlines()
    assert next(line.split() for line in lines if line.startswith("student")) == ["student", "03", "00", "of", "100"]
    assert next(line.split() for line in lines if line.startswith("wei")) == ["wei", "7/13*", "-", "35"]
    assert next(line.split() for line in lines if line.startswith("ana")) == ["ana", "6.3/13*", "-", "31.5"]
    assert f"  {FROZEN}: Sat 24 Oct 2026, 23:59 CEST" in lines and not any("all that counts" in line for line in lines)


def test_submission_of_an_assignment_left_out_is_named(graded):
    """Is what nobody asked for named with the reason, and without a mark?"""
    said = (graded / "said.txt").read_text()
    assert f"not graded: bob/{SECOND}: course.toml does not list this assignment ({FROZEN}, {FIRST})" in said
    assert {line["student"] for line in read_table(graded / "out" / "summary.csv")} == {"ana", "wei"}


def test_tables_have_points_of_the_notebook_and_those_that_are_shown(graded):
    """Do both stand in summary.csv, and the totals in a table of their own, which says that they are not final?"""
    wei = read_table(graded / "out" / "summary.csv")[1]
    assert [wei[name] for name in ("score", "max_score", "shown", "shown_of")] == ["3.5", "6.5", "7", "13"]
    totals = {line.pop("student"): tuple(line.values()) for line in read_table(graded / "out" / "totals.csv")}
    assert totals == {"ana": ("31.5", "100", "manual-pending"), "wei": ("35", "100", "manual-pending")}


def test_total_is_final_when_all_its_marks_are():
    """Is a total with a mark that could not be given none that goes to an LMS?"""
    order = ["infra-error", "to-look-at", "manual-pending"]
    assert [records.name_total_status([*order[i:], "timeout", "graded"]) for i in range(4)] == [*order, "graded"]


def test_page_and_report_say_how_it_counts(graded, tmp_path):
    """Do students read the points and the total of the course, and does the report weight?"""
    page = (graded / "out" / "feedback" / "wei.html").read_text()
    assert "Deep nets" in page and "It counts as 7 of 13 points of the course." in page
    assert "In the course that is 35 of 100, where what was not handed in counts 0." in page
    class_report.run_report(graded / "course", tmp_path / "report.html")
    assert "Deep nets" in (tmp_path / "report.html").read_text()


def test_exports_have_the_points_that_are_shown_and_the_total_where_there_is_a_place(graded, tmp_path):
    """Has the plain table a line for the total, Canvas a column if one is named, and does its table take the points?"""
    run_export(graded / "course", tmp_path / "marks.csv", "csv")
    marks = {(line["student"], line["assignment"]): (line["score"], line["max_score"])
             for line in read_table(tmp_path / "marks.csv")}
    assert marks["ana", FROZEN] == ("6.3", "13") and marks["ana", "total"] == ("31.5", "100")
    run_export(graded / "course", tmp_path / "canvas.csv", "canvas")
    assert list(read_table(tmp_path / "canvas.csv")[1])[5:] == [FROZEN]
    run_export(graded / "course", tmp_path, "gradescope")
    results = json.loads((tmp_path / "gradescope" / FROZEN / "wei" / "results.json").read_text())
    assert results["score"] == 7 and results["output"].startswith("It counts as 7 of 13 points of the course.")
    (tmp_path / "table.csv").write_text("student,Course\nana,\n")
    run_export(graded / "course", tmp_path / "filled.csv", "csv", "total",
               back=TableOptions(tmp_path / "table.csv", "Course"))
    assert (tmp_path / "filled.csv").read_text() == "student,Course\nana,\n"  # a written answer waits: it is not final


def test_total_in_a_column_that_is_named(own, tmp_path):
    """Does Canvas get the total in the column that the settings name?"""
    with open(own / config.CONFIG_FILE, "a") as file:
        file.write('c.CanvasExporter.columns = {"total": "Course total (7)"}\n')
    run_export(own, tmp_path / "canvas.csv", "canvas")
    possible, ana, _ = read_table(tmp_path / "canvas.csv")
    assert (possible["Course total (7)"], ana["Course total (7)"]) == ("100", "31.5")
    write_settings(own, "[weights]\n00 = 35\n03 = 65\n", "")
    with pytest.raises(errors.CourseError, match=r"no weights.*Add \[weights\] to course.toml"):
        run_export(own, tmp_path / "x.csv", "csv", "total")


def test_marks_of_what_the_course_no_longer_has_are_named_and_not_shown(own, capsys):
    """Does an assignment taken out of the file keep its marks in the gradebook, with a line that says so?"""
    (own / SETTINGS_FILE).write_text('assignments = ["00"]\n')
    assert records.load_records(own) == []
    assert f"submissions of {FROZEN}, which course.toml does not list" in capsys.readouterr().err


# -- dates and penalties ---------------------------------------------------------------------------------------------


def test_penalty_is_that_of_the_file_by_both_roads(own):
    """Is one day over the change of clocks ten per cent, here and by nbgrader's Autograde, and 20 after a change?"""
    def read_penalty():
        with Gradebook(read_database_address(own)) as gradebook:
            lateness.update_lateness(gradebook, own)
            return gradebook.find_submission(FROZEN, "ana").late_submission_penalty

    assert read_penalty() == pytest.approx(0.35)
    assert NbGraderAPI(config=config.load_config(own)).autograde(FROZEN, "ana", force=True, create=True)["success"]
    assert read_penalty() == pytest.approx(0.35)
    write_settings(own, "= 10", "= 20")
    assert read_penalty() == pytest.approx(0.7)


def test_change_of_a_date_reaches_the_gradebook_and_its_end_too(own):
    """Does the gradebook follow the file, as long as nobody else sets a date?"""
    write_settings(own, "10-24", "11-24")
    assert due_dates.list_due_dates(own)[1:] == [
        f"  {FROZEN}: Tue 24 Nov 2026, 23:59 CET",
        "  Lateness costs 10 % of the marks earned for every day begun."]
    write_settings(own, '03 = "2026-10-24 23:59"', "")
    assert due_dates.list_due_dates(own) == []


def test_date_set_elsewhere_stays_and_is_named(own, capsys, monkeypatch):
    """Does formgrader's date go before the file's, in words that say how to take the latter?"""
    set_date(own, "2026-10-31 22:59:00 UTC")
    write_settings(own, "10-24", "11-24")
    lines = "\n".join(due_dates.list_due_dates(own))
    assert f"{FROZEN}: Sat 31 Oct 2026, 23:59 CET" in lines and "course.toml is not all that counts:" in lines
    assert "the gradebook has Sat 31 Oct 2026, 23:59 CET, which goes before Tue 24 Nov 2026, 23:59 CET here" in lines
    monkeypatch.setattr("sys.argv", ["autograder", "due", "--course", str(own), FROZEN, "none"])
    assert main() == 0
    assert f"  {FROZEN}: Tue 24 Nov 2026, 23:59 CET" in capsys.readouterr().out
    assert len(due_dates.list_due_dates(own)) == 3


def test_date_of_the_file_is_changed_in_the_file(own):
    """Does `due` refuse to set what course.toml says, and set what it does not?"""
    with pytest.raises(errors.CourseError, match=f"the due date of {FROZEN} stands in .*course.toml. Change it there"):
        due_dates.set_due_date(own, FROZEN, "2026-11-02 23:59")
    due_dates.set_due_date(own, FIRST, "2026-11-02 23:59")
    assert f"  {FIRST}: Mon 2 Nov 2026, 23:59 CET" in due_dates.list_due_dates(own)


def test_gradebook_that_was_lost_gets_its_dates_back(own):
    """Is a date written again where the gradebook has none?"""
    set_date(own, None)
    assert f"  {FROZEN}: Sat 24 Oct 2026, 23:59 CEST" in due_dates.list_due_dates(own)


@pytest.mark.parametrize("line, said", [
    ("c.LatePolicy.percent_per_day = 5", "config.py sets c.LatePolicy.percent_per_day to 5, which goes before 10"),
    ('c.LatePolicy.timezone = "Europe/Lisbon"', "sets c.LatePolicy.timezone to Europe/Lisbon, which goes before Euro"),
    ("from nbgrader.plugins import LateSubmissionPlugin as P; c.AssignLatePenalties.plugin_class = P",
     "sets another plugin for late penalties (LateSubmissionPlugin), which asks for nothing of [late]"),
    ("c.LatePolicy.percent_per_day = 10", ""),
])
def test_setting_that_goes_before_the_file_is_named(own, line, said):
    """Is each setting of nbgrader_config.py named that says something else?"""
    with open(own / config.CONFIG_FILE, "a") as file:
        file.write(f"\n{line}\n")
    lines = "\n".join(due_dates.list_due_dates(own))
    assert said in lines and ("not all that counts" in lines) is bool(said)


def test_extension_is_named_and_counted_from_the_date_of_the_file(own):
    """Does more time for a student stand below the dates, by the calendar?"""
    (own / roster.ROSTER_FILE).write_text("student,extension\nana,1d\nwei,\n")
    with Gradebook(read_database_address(own)) as gradebook:
        lateness.update_lateness(gradebook, own)
    assert f"  {FROZEN}, ana: extended to Sun 25 Oct 2026, 23:59 CET" in due_dates.list_due_dates(own)


def test_solutions_wait_for_the_date_of_the_file(own):
    """Does the file's date count for showing solutions, before any other command has seen it?"""
    write_settings(own, "2026-10-24", "2126-10-24")
    found = solutions.describe_open(own, FROZEN)
    assert f"{FROZEN} is open until Thu 24 Oct 2126" in found


# -- a file that is wrong --------------------------------------------------------------------------------------------


def test_nothing_goes_on_with_a_file_that_is_wrong(graded, own, tmp_path):
    """Do our commands refuse it with its line, and does nbgrader's own Autograde grade nothing by it?"""
    write_settings(own, "percent_per_day", "percent")
    calls = [lambda: config.load_config(own), lambda: records.load_records(own), lambda: due_dates.list_due_dates(own),
             lambda: grade.run_grade(graded / "inbox", tmp_path, own, unsafe=True, executor=HereExecutor())]
    for call in calls:
        with pytest.raises(errors.CourseError, match="line 8: late.percent: there is no such setting: did you mean"):
            call()
    nbgraders = config.configure(Config(), own)
    assert not NbGraderAPI(config=nbgraders).autograde(FROZEN, "ana", force=True, create=True)["success"]


def test_course_without_the_file_is_as_it_was(own, tmp_path, capsys):
    """Has a course without course.toml its tables, pages and words unchanged: no new column, file or line?"""
    (own / SETTINGS_FILE).unlink()
    set_date(own, None)
    found = records.load_records(own)
    feedback.write_feedback(found, tmp_path)
    assert "of the course" not in (tmp_path / "wei.html").read_text()
    run_export(own, tmp_path / "marks.csv", "csv")
    marks = [(line["assignment"], line["max_score"]) for line in read_table(tmp_path / "marks.csv")]
    assert marks == [(FROZEN, "6.5"), (FROZEN, "6.5")]
    assert due_dates.list_due_dates(own) == []
