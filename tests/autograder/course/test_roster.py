"""The roster: does what a spreadsheet saves come in, and does every error name its line?"""

import shutil
from datetime import timedelta

import pytest
from nbgrader.api import Gradebook

from autograder import errors
from autograder.course import roster
from autograder.course.topics import list_topics
from autograder.gradebook.database import read_database_address

PLAIN = "student,first_name,last_name,email\nada,Ada,Lovelace,ada@x.org\nben,Ben,\"de la Cruz, Jr.\",\n"


def write(folder, data):
    """Write a roster; return its path."""
    path = folder / "roster.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("data", [
    PLAIN, PLAIN.replace("\n", "\r\n"), b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN.encode("utf-16"),
    PLAIN.replace("Cruz, Jr", "Cruz\x01 Jr").replace(",", ";").replace("\x01", ","), PLAIN + "\n,,,\n",
    PLAIN.replace("student", "Student ID").replace("first_name", " First Name ").replace("email", "E-Mail"),
], ids=["plain", "windows", "bom", "utf-16", "semicolons", "empty lines", "other headers"])
def test_roster_is_read_as_a_spreadsheet_saves_it(data, tmp_path):
    """Does a roster come in as a spreadsheet saves it?"""
    students = roster.read_roster(write(tmp_path, data))
    assert list(students) == ["ada", "ben"]
    assert (students["ada"].first_name, students["ada"].email) == ("Ada", "ada@x.org")
    assert students["ben"].last_name == "de la Cruz, Jr." and students["ben"].email == ""


def test_list_without_a_header_is_a_roster(tmp_path):
    """Is a list without a header a roster?"""
    assert list(roster.read_roster(write(tmp_path, "ada\nben\n"))) == ["ada", "ben"]
    assert list(roster.read_roster(write(tmp_path, "ada,Ada L.\nben,Ben\n"))) == ["ada", "ben"]


@pytest.mark.parametrize("data, message", [
    (PLAIN + "ada,Ada,Again,\n", "line 4: ada is already in line 2"),
    (PLAIN + ",No,Body,\n", "line 4: there is no student's id"),
    (PLAIN + "Ada L.,Ada,L,\n", "line 4: 'Ada L.' cannot be a student's id"),
    (PLAIN + "../eve,Eve,E,\n", "line 4: '../eve' cannot be a student's id"),
    (PLAIN.encode() + "zoé,Zoé,Z,\n".encode("latin-1"), "line 4: not UTF-8; save it"),
    (PLAIN + "eve,Eve,de la Cruz, Jr.,eve@x.org\n", "line 4: 5 cells, but 4 headers"),
    ("name,email\nAda,a@x.org\n", "line 1: there is no column student"),
    ("student,id\nada,1\n", "line 1: two columns for id"),
    ("student,extension\nada,soon\n", "line 2: 'soon' is no extension: write 2d or 36h"),
    ("student,extension\nada,1000000000000\n", "line 2: '1000000000000' is no extension: it is longer than 366 days"),
    ("student,extension\nada,9000h\n", "line 2: '9000h' is no extension: it is longer than 366 days"),
    ("student,extension 00\nada," + 400 * "9" + "d\n", "is longer than 366 days"),
    ("student,extension\nada,-2d\n", "line 2: '-2d' is no extension"),
    ("student,extension\nada,nan\n", "line 2: 'nan' is no extension"),
    ("student,extension 99_x\nada,2d\n", "names no assignment (known: 00_linear_classifier"),
    (PLAIN + 'eve,"Eve,E,\n', "unexpected end of data"),
])
def test_roster_error_names_the_line_and_what_to_do(data, message, tmp_path):
    """Does an error name the line and what to do?"""
    with pytest.raises(errors.CourseError) as error:
        roster.read_roster(write(tmp_path, data))
    assert message in str(error.value) and "roster.csv, line" in str(error.value)
    assert "\n" not in str(error.value)


def test_many_errors_are_reported_together_up_to_a_limit(tmp_path):
    """Are many errors told at once but not all?"""
    with pytest.raises(errors.CourseError) as error:
        roster.read_roster(write(tmp_path, "student\nada\n" + "ada\n" * 12))
    lines = str(error.value).splitlines()
    assert len(lines) == 6 and lines[-1] == "... and 7 more"


def test_extension_of_the_assignment_precedes_that_of_the_course(tmp_path):
    """Which extension counts?"""
    students = roster.read_roster(write(tmp_path, "student,extension,extension 01,Extension 02_preprocessing\n"
                                           "ada,2,,36h\nben,,1d,\n"))
    first, second, third, *_ = list_topics().values()
    ada, ben = students["ada"].extensions, students["ben"].extensions
    assert (ada[first], ada[second], ada[third]) == (timedelta(2), timedelta(2), timedelta(hours=36))
    assert (ben[first], ben[second], ben[third]) == (timedelta(0), timedelta(1), timedelta(0))
    assert not roster.read_roster(write(tmp_path, PLAIN))["ada"].extensions  # no column says nothing


def test_students_enter_the_gradebook_with_names_and_are_updated(course, tmp_path):
    """Are students in nbgrader's gradebook with names and kept up to date?"""
    shutil.copy(course / "gradebook.db", tmp_path / "gradebook.db")
    with Gradebook(read_database_address(tmp_path)) as gradebook:
        gradebook.add_student("zoe", first_name="Zoe")
        roster.enroll_students(gradebook, tmp_path, write(tmp_path, PLAIN))
        roster.enroll_students(
            gradebook, tmp_path, write(tmp_path, PLAIN.replace("Lovelace", "King").replace("ben,", "bea,"))
        )
        found = {s.id: (s.first_name, s.last_name, s.email) for s in gradebook.students}
    assert found == {"ada": ("Ada", "King", "ada@x.org"), "ben": ("Ben", "de la Cruz, Jr.", None),
                     "bea": ("Ben", "de la Cruz, Jr.", None), "zoe": ("Zoe", None, None)}
    assert list(roster.load_roster(tmp_path)) == ["ada", "bea"]
