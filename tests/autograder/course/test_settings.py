"""course.toml: each key is read as it was meant, and what is not understood is named with its line."""

from datetime import datetime

import pytest

from autograder.course import settings
from autograder.course.settings import CourseSettings, load_settings
from autograder.course.topics import list_assignments
from autograder.errors import CourseError

FIRST, SECOND, THIRD, FOURTH = list(list_assignments())[:4]
WHOLE = f"""
title = "Deep nets"
zone = "Europe/Berlin"
assignments = ["00", "{THIRD}", "activations"]
solved = []
repository = "https://github.com/ada/nets"
branch = "fall"

[due]
00 = "2026-10-24 23:59"
{SECOND} = 2026-11-07T23:59:00

[late]
percent_per_day = 10
grace_minutes = 15
at_most = 50

[weights]
00 = 20
01 = 30
02 = 50

[points]
01 = 100
"""


def read(folder, text):
    """Write a course.toml and read it."""
    (folder / settings.SETTINGS_FILE).write_text(text)
    return load_settings(folder)


def test_every_key_is_read(tmp_path):
    """Is each key of a whole file read, whatever name of an assignment it uses?"""
    assert read(tmp_path, WHOLE) == CourseSettings(
        "Deep nets", "Europe/Berlin", (FIRST, THIRD, SECOND), (), "https://github.com/ada/nets", "fall",
        {FIRST: datetime(2026, 10, 24, 21, 59), SECOND: datetime(2026, 11, 7, 22, 59)},
        {"percent_per_day": 10, "grace_minutes": 15, "at_most": 50}, {FIRST: 20, SECOND: 30, THIRD: 50},
        {SECOND: 100}, True)


@pytest.mark.parametrize("end", ["", "/", ".git"])
def test_repository_is_the_one_that_badges_lead_to(tmp_path, end):
    """May the address be copied from the browser, and from what ``git clone`` takes?"""
    assert read(tmp_path, f'repository = "https://github.com/ada/deep.nets{end}"').repository.endswith("/deep.nets")


def test_course_without_the_file_has_all_assignments_and_nothing_else(tmp_path):
    """Is a course without course.toml, with an empty one and without a folder what it was?"""
    for course in (tmp_path, tmp_path / "nowhere"):
        assert load_settings(course) == CourseSettings()
    empty = read(tmp_path, "# nothing\n")
    assert empty == CourseSettings(is_written=True)
    assert empty.select_assignments(list_assignments()) == list_assignments()
    assert empty.select_solved(list_assignments()) == []


@pytest.mark.parametrize("text, line, said", [
    ('titel = "x"', 1, "titel: there is no such setting: did you mean title"),
    ('\n\nzone = "Europe/Berlni"', 3, "zone: there is no time zone 'Europe/Berlni'"),
    ("title = 3", 1, "title: expected a text of one line in quotes, got 3"),
    ('title = "a\\nb"', 1, "title: expected a text of one line"),
    ('assignments = "00"', 1, "assignments: expected a list of names in quotes"),
    ("assignments = [0, 1]", 1, "assignments: expected names in quotes"),
    ("assignments = [00, 01]", 1, "Names and times stand in quotes"),
    ('assignments = ["00", "03_initialisation"]', 1, "did you mean 03_initialization"),
    ('assignments = ["00", "linear_classifier"]', 1, "00_linear_classifier is there twice"),
    ("assignments = []", 1, "assignments: it is empty"),
    ('solved = ["99"]', 1, "solved: there is no assignment '99'"),
    ('repository = "github.com/ada"', 1, "expected https://github.com/OWNER/REPO, got github.com/ada"),
    ('branch = "fall"', 1, "branch: it is the branch of a repository, and there is none"),
    ('due = "2026-10-24"', 1, "due: expected a table, [due]"),
    ('[due]\n00 = "2026-10-24 23:59"', 2, "due.00: '2026-10-24 23:59' names no time zone"),
    ('zone = "UTC"\n[due]\n00 = "2026-02-30 23:59"', 3, "due.00: '2026-02-30 23:59' is no time"),
    ('zone = "UTC"\n[due]\n00 = 2026-10-24', 3, "due.00: '2026-10-24' says no time of day"),
    ('zone = "UTC"\n[due]\n00 = 2026-10-24 23:59', 3, "Names and times stand in quotes"),
    ('zone = "UTC"\n[due]\n00 = "2026-10-24 23:59 CEST"', 3, "'CEST' is not the name of a zone"),
    ('zone = "Europe/Berlin"\n[due]\n00 = "2026-03-29 02:30"', 3, "the clocks go forward over it"),
    ('zone = "UTC"\n[due]\n00 = "1026-10-24 23:59"', 3, "its year is not between"),
    ("[due]\n00 = 5", 2, "due.00: expected a time as in"),
    ('assignments = ["00"]\nzone = "UTC"\n[due]\n01 = "2026-10-24 23:59"', 4,
     "01_activations is not among the course's assignments (00_linear_classifier)"),
    ('[due]\nsolved = ["00"]', 2, "due.solved: it stands below a [table] and belongs above the first one"),
    ('[late]\ntitle = "x"', 2, "late.title: it stands below a [table] and belongs above the first one"),
    ('\nweights = { 07 = "x" }', 2, "weights.07: expected a number, got 'x'"),
    ('late.at_mots = 3', 1, "did you mean at_most"),
    ("[late]\npercent_per_days = 10", 2, "did you mean percent_per_day"),
    ("[late]\npercent_per_day = 110", 2, "late.percent_per_day: 110 is not between 0 and 100"),
    ('[late]\nat_most = "50"', 2, "late.at_most: expected a number, got '50'"),
    ("[late]\ngrace_minutes = nan", 2, "late.grace_minutes: expected a number"),
    ("[weights]\n00 = 1", 1, "no weight (0 leaves an assignment out of the total)"),
    ('assignments = ["00"]\n[weights]\n00 = -1', 3, "weights.00: -1 is not between 0 and"),
    ('assignments = ["00"]\n[weights]\n00 = 0', 2, "weights: they are all 0"),
    ("[weights]\n00 = true", 2, "weights.00: expected a number, got true"),
    ("[points]\n00 = 0", 2, "points.00: an assignment of 0 points cannot show a mark"),
    ('zone = "UTC"\n[due]\n00 = "2026-10-24 23:59"\nlinear_classifier = "2026-10-25 23:59"', 4,
     "00_linear_classifier is there twice"),
    ('title = "a"\ntitle = "b"', 2, "Cannot overwrite a value"),
    ("title =", 1, "Invalid value"),
    ("[due", 1, "Expected ']'"),
])
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, line, said):
    """Does each wrong key, type, name and date end in a sentence that leads to its line?"""
    with pytest.raises(CourseError) as error:
        read(tmp_path, text)
    assert f"{settings.SETTINGS_FILE}, line {line}: " in str(error.value) and said in str(error.value)


def test_number_of_two_assignments_is_refused(tmp_path):
    """Is a number that a course's own topic shares with one of ours told apart, and never guessed?"""
    known = [FIRST, "00_poetry"]
    with pytest.raises(CourseError, match="'00' may be 00_linear_classifier or 00_poetry: write the whole name"):
        settings.parse_settings('assignments = ["00"]', tmp_path, known)
    assert settings.parse_settings('assignments = ["poetry"]', tmp_path, known).assignments == ("00_poetry",)


def test_all_problems_are_named_at_once_and_a_wrong_zone_only_once(tmp_path):
    """Does one look at the message show everything that is to be mended?"""
    with pytest.raises(CourseError) as error:
        read(tmp_path, 'titel = "x"\nzone = "Berlin"\n[due]\n00 = "2026-10-24 23:59"\n02 = "tomorrow at 8:00"\n')
    assert [line.split(": ")[1] for line in str(error.value).splitlines()] == ["titel", "zone", "due.02"]


def test_file_that_is_not_utf_8_is_named(tmp_path):
    """Is an old encoding named, and Notepad's byte order mark passed over?"""
    (tmp_path / settings.SETTINGS_FILE).write_bytes('title = "Ü"'.encode("latin-1"))
    with pytest.raises(CourseError, match="course.toml is not UTF-8"):
        load_settings(tmp_path)
    (tmp_path / settings.SETTINGS_FILE).write_bytes('title = "Übung"'.encode("utf-8-sig"))
    assert load_settings(tmp_path).title == "Übung"


@pytest.mark.parametrize("text, solved", [
    ('assignments = ["00", "01", "03"]', [THIRD]), ('assignments = ["03"]', [FIRST, SECOND, THIRD]),
    ('assignments = ["00", "01"]', []), ('assignments = ["00", "01", "03"]\nsolved = []', []),
    ('assignments = ["00", "01", "03"]\nsolved = ["00"]', [FIRST]), ('solved = ["03"]', [FOURTH]),
])
def test_what_later_notebooks_need_is_handed_out_solved(tmp_path, text, solved):
    """Are those left out before the last notebook solved, unless the file says which?"""
    assert read(tmp_path, text).select_solved(list_assignments()) == solved


@pytest.mark.parametrize("zone, due, utc", [
    ("Europe/Berlin", "2026-10-24 23:59", "2026-10-24T21:59"),
    ("Europe/Berlin", "2026-10-25 23:59", "2026-10-25T22:59"),
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T01:30"),
    ("America/Chicago", "2026-03-08 03:00", "2026-03-08T08:00"),
    ("Europe/Berlin", "2026-10-24 23:59 America/Chicago", "2026-10-25T04:59"),
    ("", "2026-10-24T23:59:00+02:00", "2026-10-24T21:59"),
])
def test_due_date_is_in_the_courses_zone(tmp_path, zone, due, utc):
    """Is a date read in the zone of the file, over a change of clocks too, unless it names another?"""
    found = read(tmp_path, f'zone = "{zone}"\n[due]\n00 = "{due}"\n')
    assert found.due == {FIRST: datetime.fromisoformat(utc)}


def test_total_is_weighted_or_the_sum_of_points(tmp_path):
    """Does a weight count a share of an assignment, and without weights each point as it is shown?"""
    marks = {FIRST: (10.0, 40.0), SECOND: (54.5, 54.5)}
    assert CourseSettings().compute_total(marks) == (64.5, 94.5)
    assert CourseSettings(points={FIRST: 100}).compute_total(marks) == (79.5, 154.5)
    assert read(tmp_path, WHOLE).compute_total(marks) == (0.25 * 20 + 30, 100)
