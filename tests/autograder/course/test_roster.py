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
    "sep=;\r\n" + PLAIN.replace("Cruz, Jr", "Cruz\x01 Jr").replace(",", ";").replace("\x01", ","),
    '"sep=,",,\n' + PLAIN, PLAIN.replace("ada,", '"=""ada""",'),
], ids=["plain", "windows", "bom", "utf-16", "semicolons", "empty lines", "other headers", "separator said",
        "separator saved again", "formula"])
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


@pytest.mark.parametrize("name", ["extension 1", "Extension 01", "extension activations", "extension_01_activations"])
def test_extension_names_its_assignment_as_every_command_does(tmp_path, name):
    """Is it known by its number, its topic or both?"""
    students = roster.read_roster(write(tmp_path, f"student,{name}\nada,2d\n"))
    assert students["ada"].extensions == {"01_activations": timedelta(2)}


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


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Activations (48151),Current Score
    Points Possible,,,,,54.5,(read only)
,,,,,Manual Posting,
"Garcia, Ana",20451,0042,ana,Section 1 and Section 2,,
"Li, Wei",20452,0043,,Section 1,,
"Student, Test",20499,,9f8e7d,Section 1,,
"""
MOODLE = """First name,Surname,ID number,Institution,Department,Email address,Groups
Ana,Garcia,0042,,,ana@example.edu,Team 3
Wei,Li,,,,wei@example.edu,
"""
WORKSHEET = """Identifier,Full name,Email address,Status,Grade,Maximum Grade
Participant 1327,Ana Garcia,ana@example.edu,Submitted for grading,,10
Participant 1328,Wei Li,wei@example.edu,No submission,,10
"""
BRIGHTSPACE = """OrgDefinedId,Username,Last Name,First Name,Email,A <Numeric MaxPoints:54.5>,End-of-Line Indicator
#0042,#ana,Garcia,Ana,ana@example.edu,,#
#0043,#wei,Li,Wei,wei@example.edu,,#
"""
BLACKBOARD = """"Last Name","First Name","Username","Student ID","Last Access","Activations [Total Pts: 54.5] |48151"
"Garcia","Ana","ana","0042","2025-10-03",""
"Li","Wei","wei","0043","2025-10-03",""
"""
GRADESCOPE = """First Name,Last Name,SID,Email,Role,Section
Ana,Garcia,0042,ana@example.edu,Student,1
Wei,Li,,wei@example.edu,Student,1
Pat,Staff,,pat@example.edu,TA,1
"""
PAGE_OF_PARTICIPANTS = """Full name,Email address,Roles,Groups,Last access to course,Status
Ana Garcia,ana@example.edu,Student,No groups,2 days,Active
Wei Li,wei@example.edu,Student,Team 3,2 days,Active
"""
USERNAMES = """Username,Last Name,First Name,A <Numeric MaxPoints:54.5>,End-of-Line Indicator
#ana,Garcia,Ana,,#
#wei,Li,Wei,,#
"""
PARTICIPANTS = """First name,Last name,Email address,Roles,Groups
Ana,Garcia,ana@example.edu,Student,
Wei,Li,wei@example.edu,Étudiant,
Pat,Staff,pat@example.edu,Teacher,
"""
GITHUB = """"identifier","github_username","github_id","name"
"ana","ana-g","77","Ana Garcia"
"wei","","",""
"""


@pytest.mark.parametrize("data, ids, ana", [
    (CANVAS, ["ana", "0043"], {"canvas_id": "20451", "sis_id": "0042", "login": "ana",
                               "section": "Section 1 and Section 2"}),
    (MOODLE, ["0042", "wei@example.edu"], {"moodle_id": "0042", "email": "ana@example.edu", "group": "Team 3"}),
    (WORKSHEET, ["ana@example.edu", "wei@example.edu"], {"participant": "1327"}),
    (BRIGHTSPACE, ["ana", "wei"], {"sis_id": "0042", "email": "ana@example.edu"}),
    (BLACKBOARD, ["ana", "wei"], {"sis_id": "0042", "login": "ana"}),
    (BLACKBOARD.replace('","', '"\t"').encode("utf-16"), ["ana", "wei"], {"sis_id": "0042", "login": "ana"}),
    (BRIGHTSPACE.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig"), ["ana", "wei"], {"sis_id": "0042"}),
    (GRADESCOPE, ["0042", "wei@example.edu"], {"sis_id": "0042", "section": "1"}),
    (PARTICIPANTS, ["ana@example.edu", "wei@example.edu"], {}),
    (GRADESCOPE.replace("0042", '"=""0042"""'), ["0042", "wei@example.edu"], {"sis_id": "0042"}),
    (GITHUB, ["ana", "wei"], {"github": "ana-g"}),
    (PAGE_OF_PARTICIPANTS, ["ana@example.edu", "wei@example.edu"], {"group": "No groups"}),
    (USERNAMES, ["ana", "wei"], {"login": "ana"}),
    ("Student ID;Name;E-Mail\nana;Ana Garcia;a@x.org\n", ["ana"], {"email": "a@x.org"}),
], ids=["canvas", "moodle", "worksheet", "brightspace", "blackboard", "blackboard utf-16", "bom and semicolons",
        "gradescope", "moodle with roles", "zeros kept by a formula", "github", "moodle's page",
        "brightspace by user name", "one's own with full names"])
def test_table_of_an_lms_is_a_roster_as_it_is(tmp_path, data, ids, ana):
    """Are the students of an LMS's own table found, with their ids as they are, and its other lines passed over?"""
    students = roster.read_roster(write(tmp_path, data))
    assert list(students) == ids
    entry = students[ids[0]]
    assert (entry.first_name, entry.last_name) == ("Ana", "Garcia")
    assert {field: getattr(entry, field) for field in ana} == ana


def test_table_of_an_lms_is_kept_in_the_course_as_it_is(course, tmp_path):
    """Does a course that was given an LMS's table know its students in later runs, and in the gradebook?"""
    shutil.copy(course / "gradebook.db", tmp_path / "gradebook.db")
    (tmp_path / "given").mkdir()
    with Gradebook(read_database_address(tmp_path)) as gradebook:
        roster.enroll_students(gradebook, tmp_path, write(tmp_path / "given", CANVAS))
        assert {s.id: (s.last_name, s.lms_user_id) for s in gradebook.students} == {
            "ana": ("Garcia", "20451"), "0043": ("Li", "20452")}
    assert list(roster.load_roster(tmp_path)) == ["ana", "0043"]


def test_anonymous_worksheet_of_moodle_is_a_roster_of_numbers(tmp_path):
    """Are the participants of an anonymous assignment students by their numbers, which is all that Moodle tells?"""
    data = "Identifier,Status,Grade,Maximum Grade\nParticipant 1327,Submitted,,9\nParticipant 1328,No submission,,9\n"
    students = roster.read_roster(write(tmp_path, data))
    assert {student: entry.participant for student, entry in students.items()} == {"1327": "1327", "1328": "1328"}


@pytest.mark.parametrize("data", ["", "student,first_name\n", CANVAS[:CANVAS.index('"Garcia')]])
def test_roster_without_a_student_is_refused(tmp_path, data):
    """Is an empty table no roster, with which every name in an inbox would be believed?"""
    with pytest.raises(errors.CourseError, match="there is no student in it"):
        roster.read_roster(write(tmp_path, data))


def test_table_of_ones_own_stays_what_it_was(tmp_path):
    """Is a table with an id of one's own not taken for an LMS's, whatever else it has?"""
    data = "Student ID,First name,Surname,Email address,SID\nada,Ada,Lovelace,a@x.org,7\n"
    assert list(roster.read_roster(write(tmp_path, data))) == ["ada"]


def test_student_of_several_sections_is_one(tmp_path):
    """Are lines that differ in the section alone one student, and others still an error?"""
    data = "student,first name,last name,section\nana,Ana,Garcia,1\nwei,Wei,Li,1\nana,Ana,Garcia,2\nana,Ana,Garcia,3\n"
    assert roster.read_roster(write(tmp_path, data))["ana"].section == "1 and 2 and 3"
    with pytest.raises(errors.CourseError, match="ana is already in line 2"):
        roster.read_roster(write(tmp_path, data.replace("Garcia,2", "Smith,2")))


GERMAN = """Vorname;Nachname;Anmeldename;E-Mail-Adresse;Gruppen
Ana;Garcia;ana;ana@example.edu;Team 3
Wei;Li;wei;wei@example.edu;
"""
GERMAN_WORKSHEET = """ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung
Teilnehmer/in 1327,Ana Garcia,ana@example.edu,Zur Bewertung abgegeben,,10
Teilnehmer/in 1328,"Li, Wei",wei@example.edu,Keine Abgabe,,10
"""


@pytest.mark.parametrize("data, shown", [
    (GERMAN, "Vorname, Nachname, Anmeldename, E-Mail-Adresse, Gruppen"),
    ("Prénom,Nom\nAna,Garcia\n", "Prénom, Nom"), ("Matrikelnummer,Name\n77,Ana\n", "Matrikelnummer, Name"),
    ("Nombre,Apellido(s),Correo\nAna,Garcia,a@x.org\n", "Nombre, Apellido(s), Correo"),
    ("Kennung,Anrede,Ort\nana,Frau,Bonn\n", "Kennung, Anrede, Ort"),
])
def test_table_with_headers_that_nobody_knows_is_refused_with_what_it_has(tmp_path, data, shown):
    """Is a table in another language no list of students, but one sentence on what was looked for and what is there?"""
    with pytest.raises(errors.CourseError) as error:
        roster.read_roster(write(tmp_path, data))
    said = str(error.value)
    assert f"line 1: there is no column student or student_id or id or username; there are: {shown}." in said
    assert "--columns" in said and "in English" in said and "\n" not in said


@pytest.mark.parametrize("data, columns, ana", [
    (GERMAN, "id=Anmeldename,first name=Vorname,last_name=Nachname,email=E-Mail-Adresse,group=gruppen",
     {"first_name": "Ana", "last_name": "Garcia", "email": "ana@example.edu", "group": "Team 3", "id": "ana"}),
    (GERMAN_WORKSHEET, "participant=ID,name=Vollständiger Name,id=E-Mail-Adresse",
     {"first_name": "Ana", "last_name": "Garcia", "participant": "1327", "id": "ana@example.edu"}),
    ("Nr,Anrede,Wer\nana,Frau,Ana Garcia\nwei,Herr,Wei Li\n", "id=Nr, name=Wer", {"first_name": "Ana", "id": "ana"}),
], ids=["participants", "worksheet", "own"])
def test_columns_that_a_person_names_are_read_and_kept(course, tmp_path, data, columns, ana):
    """Does what ``--columns`` says lead to the students, also in later runs of the course?"""
    shutil.copy(course / "gradebook.db", tmp_path / "gradebook.db")
    (tmp_path / "given").mkdir()
    path, named = write(tmp_path / "given", data), roster.parse_columns(columns)
    students = roster.read_roster(path, named)
    with Gradebook(read_database_address(tmp_path)) as gradebook:
        roster.enroll_students(gradebook, tmp_path, path, named)
    assert students == roster.load_roster(tmp_path) and len(students) == 2
    first, second = students.values()
    assert {field: getattr(first, field) for field in ana} == ana and second.first_name == "Wei"


@pytest.mark.parametrize("columns, message", [
    ("Anmeldename", "'Anmeldename' does not say which column is what"), ("id=", "'id=' does not say"),
    ("shoe=Vorname", "with one of id, first_name"), ("id=Nr,email=Nr", "two fields name the column 'Nr'"),
])
def test_columns_that_say_nothing_are_refused(columns, message):
    """Is a wrong ``--columns`` one sentence with what may stand there?"""
    with pytest.raises(ValueError) as error:
        roster.parse_columns(columns)
    assert message in str(error.value)


def test_column_that_is_not_there_is_named_with_those_that_are(tmp_path):
    """Is a header of ``--columns`` that the table lacks, or has twice, named?"""
    for data in (GERMAN, GERMAN.replace("Vorname", "Login").replace("Nachname", "Login")):
        with pytest.raises(errors.CourseError, match="names 'Login', and not one column is called so; there are: "):
            roster.read_roster(write(tmp_path, data), {"student": "Login"})


def test_participant_of_moodle_is_known_in_any_language(tmp_path):
    """Is the number in the grading worksheet read whatever word stands before it?"""
    data = WORKSHEET.replace("Participant 1327", "Participante 1327")
    assert roster.read_roster(write(tmp_path, data))["ana@example.edu"].participant == "1327"


def test_table_of_senders_may_name_a_group(tmp_path):
    """Are several students of one sender kept as such, as long as all of them are on the roster?"""
    students = roster.read_roster(write(tmp_path, PLAIN))
    course, table = tmp_path / "course", write(tmp_path, "sender,student\nx_1,ada  ben\n")
    course.mkdir()
    both = roster.load_senders(course, table, students)
    assert both == {"x_1": "ada ben"}
    roster.store_senders(course, table)
    assert roster.load_senders(course, None, students) == both
    del students["ben"]
    assert roster.load_senders(course, None, students) == {}


@pytest.mark.parametrize("data, message", [
    ("sender,student\nx_1,eve\n", "line 2: 'eve' is not on the roster"),
    ("sender,student\nx_1,ada eve\n", "line 2: 'eve' is not on the roster"),
    ("sender,student\nx_1,ada\nx_1,ben\n", "line 3: 'x_1' is already ada"),
    ("name,student\nx_1,ada\n", "there is no column sender"),
])
def test_table_of_senders_names_its_faults(tmp_path, data, message):
    """Is a fault in ``who.csv`` said with its line?"""
    students = roster.read_roster(write(tmp_path, PLAIN))
    with pytest.raises(errors.CourseError, match=message):
        roster.load_senders(tmp_path, write(tmp_path, data), students)
