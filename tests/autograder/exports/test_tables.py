"""Tables of an LMS: do they come back as they were, with the marks filled in and nobody else's line touched?"""

import pytest

from autograder.course.roster import RosterEntry
from autograder.errors import CourseError
from autograder.exports import mark_columns
from autograder.exports.downloaded_table import DownloadedTable
from autograder.exports.mark_columns import find_column, simplify_title
from autograder.exports.table_filler import TableFiller
from autograder.gradebook.records import Record

ASSIGNMENT = "03_initialization"
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,Initialization (481),Dropout (482),Final Score\r\n"
    ",,,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,,20.00,10.00,(read only)\r\n"
    '"Lovelace, Ada",4711,007,al1,A 1,"says ""hi"", late",,3.00,15\r\n'
    '"Müller, Ben",4712,008,bm2,A 1,,EX,,\r\n'
    '"Stranger, Sam",4999,099,ss9,A 1,,7.00,,\r\n'
    '"Open, Olga",4714,010,oo4,A 1,,,,\r\n'
    '"Nothing, Ned",4715,011,nn5,A 1,,,,\r\n'
    '"Student, Test",4716,,a0b1,A 1,,,,\r\n'
)
MOODLE = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 1001","Ada Lovelace",ada@x.org,"Submitted for grading - ",,20.00,Yes,"2 March 2026, 9:00 AM",-,\n'
    '"Participant 1002","Ben Müller",ben@x.org,"Submitted for grading - ",4.00,20.00,No,-,-,"a\nb"\n'
    '"Participant 1005","Ned Nothing",ned@x.org,"No submission - ",,20.00,Yes,-,-,\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,03 Initialization Points Grade <Numeric MaxPoints:20 Weight:5>,"
    "Dropout Points Grade,Calculated Final Grade Numerator,End-of-Line Indicator\r\n"
    "#007,#al1,Lovelace,Ada,,1,0,#\r\n"
    "#008,#bm2,Müller,Ben,3,,0,#\r\n"
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
    '"Initialization [Total Pts: 20 Score] |664617"\t"Total [Total Pts: up to 30 Score] |664600"\r\n'
    '"Lovelace"\t"Ada"\t"al1"\t"007"\t"2026-03-01"\t"Yes"\t""\t"1"\r\n'
    '"Müller"\t"Ben"\t"bm2"\t"008"\t"2026-03-01"\t"Yes"\t"Needs Grading"\t""\r\n'
    '"Demo"\t"Demo"\t"prof_previewuser"\t""\t""\t"Yes"\t""\t""\r\n'
)
GRADESCOPE = "First Name,Last Name,SID,Email,Sections,initialization\nAda,Lovelace,007,ada@x.org,A,\n"
OWN = "student;03_initialization\nada;\n"


@pytest.fixture
def students():
    """Return a roster: ada and ben are in every table, cy in none, olga waits for a person, ned handed nothing in."""
    about = [("ada", "Ada", "Lovelace", "al1", "007", "4711", "1001"),
             ("ben", "Ben", "Müller", "bm2", "008", "4712", "1002"),
             ("cy", "Cy", "Absent", "ca3", "009", "4713", ""), ("olga", "Olga", "Open", "oo4", "010", "4714", ""),
             ("ned", "Ned", "Nothing", "nn5", "011", "4715", "1005")]
    return {name: RosterEntry(name, first, last, f"{name}@x.org", canvas, sis, login, participant=participant)
            for name, first, last, login, sis, canvas, participant in about}


@pytest.fixture
def records():
    """Return the marks of one assignment."""
    def make(name, score, status="graded", pending=0):
        return Record(name, ASSIGNMENT, "initialization", status, score=score, max_score=20.0, manual_pending=pending)

    return {"ada": make("ada", 12.5), "ben": make("ben", 0.0, "timeout"), "cy": make("cy", 20.0),
            "olga": make("olga", 9.0, "manual-pending", 1)}


def fill(path, content, kind, students, records, encoding="utf-8", zeros=False, scale=False, maximum=20.0, column=""):
    """Write a table, fill it; return (its text afterwards, what was filled, the filler)."""
    path.write_bytes(content.encode(encoding))
    table = DownloadedTable(path)
    assert table.encode() == content.encode(encoding)
    filler = TableFiller(table, kind, students)
    found = find_column(table, kind, ASSIGNMENT, column)
    filled = filler.fill_column(found, records, zeros, scale, maximum)
    return table.encode().decode(encoding), filled, filler


def test_canvas_gradebook_comes_back_with_one_column_filled(students, records, tmp_path):
    """Are only final marks written, and is everybody else named?"""
    text, filled, filler = fill(tmp_path / "x.csv", CANVAS, "canvas", students, records)
    assert text == CANVAS.replace(', late",,3.00', ', late",12.5,3.00')
    assert filled.filled == 1 and filled.missing == ["cy"] and filled.waiting == {"manual-pending": ["olga"]}
    assert filled.kept == ["ben (EX)"] and filler.strangers == ["Sam Stranger ss9 (not on the roster)"]


def test_zeros_are_written_on_request_where_nothing_stands(students, records, tmp_path):
    """Is a zero for nobody but those who handed nothing in and have no mark in the LMS?"""
    text, _, _ = fill(tmp_path / "x.csv", CANVAS, "canvas", students, records, zeros=True)
    assert 'nn5,A 1,,0,,' in text and 'oo4,A 1,,,,' in text and 'a0b1,A 1,,,,' in text
    by_hand = CANVAS.replace("nn5,A 1,,,", "nn5,A 1,,8.00,")
    assert "nn5,A 1,,8.00," in fill(tmp_path / "x.csv", by_hand, "canvas", students, records, zeros=True)[0]


def test_moodle_worksheet_comes_back_and_locked_marks_are_named(students, records, tmp_path):
    """Does Moodle's worksheet keep its lines, also those of two lines of text?"""
    text, filled, filler = fill(tmp_path / "x.csv", MOODLE, "moodle", students, records)
    assert text == MOODLE.replace('grading - ",,20.00', 'grading - ",12.5,20.00')
    assert filled.kept == ["ben (locked)"] and filled.missing == ["cy"] and not filler.strangers


def test_anonymous_moodle_worksheet_is_filled_by_the_participants_numbers(students, records, tmp_path):
    """Are the numbers enough where Moodle hides the names?"""
    text = "Identifier,Status,Grade,Maximum Grade\nParticipant 1001,x,,20\nParticipant 7,x,,20\n"
    after, _, filler = fill(tmp_path / "x.csv", text, "moodle", students, records)
    assert after == text.replace("1001,x,,", "1001,x,12.5,") and filler.strangers == ["7 (not on the roster)"]


def test_brightspace_export_keeps_its_ids_and_ends_of_lines(students, records, tmp_path):
    """Do the signs stay that Brightspace needs?"""
    text, filled, _ = fill(tmp_path / "x.csv", BRIGHTSPACE, "brightspace", students, records)
    assert text == BRIGHTSPACE.replace("Ada,,1", "Ada,12.5,1").replace("Ben,3,", "Ben,0,")
    assert filled.filled == 2 and filled.changed == ["ben"]


def test_blackboard_download_keeps_tabs_quotes_and_encoding(students, records, tmp_path):
    """Does a table in UTF-16 come back as one, without the preview user?"""
    text, filled, filler = fill(tmp_path / "x.xls", BLACKBOARD, "blackboard", students, records, "utf-16")
    assert text == BLACKBOARD.replace('"Yes"\t""\t"1"', '"Yes"\t"12.5"\t"1"').replace("Needs Grading", "0")
    assert filled.filled == 2 and not filler.strangers


@pytest.mark.parametrize("kind, content, before, after", [
    ("blackboard", BLACKBOARD, "Total Pts: 20 Score", "Total Pts: 20 Percentage"),
    ("blackboard", BLACKBOARD, "Total Pts: 20 Score", "Total Pts: 0 Text"),
    ("blackboard", BLACKBOARD, "Total Pts: 20 Score", "Total Pts: 20 Complete/Incomplete"),
    ("brightspace", BRIGHTSPACE, "<Numeric ", "<Pass/Fail "), ("brightspace", BRIGHTSPACE, "<Numeric ", "<Selectbox ")])
def test_column_that_takes_something_else_than_points_gets_none(kind, content, before, after, tmp_path):
    """Are 12.5 of 20 points not uploaded as 12.5 per cent, or as a word?"""
    (tmp_path / "x.csv").write_text(content.replace(before, after), encoding="utf-8")
    assert find_column(DownloadedTable(tmp_path / "x.csv"), kind, ASSIGNMENT, "") is None


POINTS = "Initialization Points Grade <Numeric MaxPoints:20>"


@pytest.mark.parametrize("kind, headers, line", [
    ("brightspace", f"Username,{POINTS},End-of-Line Indicator", "#al1,{},#"),
    ("brightspace", f"OrgDefinedId,{POINTS},End-of-Line Indicator", "#007,{},#"),
    ("blackboard", "Last Name,First Name,Username,Last Access,Availability,Initialization [Total Pts: 20 Score] |7",
     "Lovelace,Ada,al1,,Yes,{}"),
    ("moodle", "Identifier,Full name,Email address,Status,Group,Marking workflow state,Grade,Maximum grade,"
     "Grade can be changed,Last modified (submission),Last modified (grade)",
     "Participant 1001,Ada Lovelace,ada@x.org,x,,Not marked,{},20.00,Yes,-,-"),
])
def test_table_with_fewer_or_more_columns_is_filled(kind, headers, line, students, records, tmp_path):
    """Is it recognised with one key alone, where an institution hides ids, and without a column for feedback?"""
    content = f"{headers}\r\n{line}\r\n"
    text, _, filler = fill(tmp_path / "x.csv", content.format(""), kind, students, records)
    assert text == content.format("12.5") and not filler.strangers


@pytest.mark.parametrize("content", [GRADESCOPE, OWN])
def test_any_table_is_filled_by_the_plain_export(content, students, records, tmp_path):
    """Is a table of Gradescope's, or of the instructor's own, filled as well?"""
    text, _, _ = fill(tmp_path / "x.csv", content, "csv", students, records)
    assert text == content[:-1] + "12.5\n"


@pytest.mark.parametrize(("encoding", "end"), [("utf-8-sig", "\n"), ("utf-16-le", "\r\n"), ("utf-8", "\r")])
def test_a_table_that_is_not_changed_comes_back_byte_for_byte(encoding, end, tmp_path):
    """Do blanks, quotes, empty lines, short lines and a missing last line end stay?"""
    content = end.join(["", 'a;" b ";c', '1;"x;""y', 'z"; ', "", "2", ";;"])
    data = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + content.encode(encoding)
    (tmp_path / "x.csv").write_bytes(data)
    assert DownloadedTable(tmp_path / "x.csv").encode() == data


def test_a_mark_of_other_points_is_refused_or_converted(students, records, tmp_path):
    """Does 12.5 of 20 not become 12.5 of 100?"""
    hundred = BRIGHTSPACE.replace("MaxPoints:20", "MaxPoints:100")
    with pytest.raises(CourseError, match="has 100 points there and 20 here"):
        fill(tmp_path / "x.csv", hundred, "brightspace", students, records)
    assert "Ada,62.5,1" in fill(tmp_path / "x.csv", hundred, "brightspace", students, records, scale=True)[0]


@pytest.mark.parametrize("headers, column", [
    ("SID,Email,initialization,initialization - Max Points", ""), ("SID,Email,Total Score,Max Points", "Total Score")])
def test_points_of_gradescopes_table_are_compared(headers, column, students, records, tmp_path):
    """Does 12.5 of 20 not become 12.5 of 100 where the points stand in a column of their own?"""
    text = f"{headers}\n007,ada@x.org,,100.0\n"
    with pytest.raises(CourseError, match="has 100 points there and 20 here"):
        fill(tmp_path / "x.csv", text, "csv", students, records, column=column)
    assert ",62.5,100.0" in fill(tmp_path / "x.csv", text, "csv", students, records, scale=True, column=column)[0]


def test_two_lines_of_one_student_get_no_mark(students, records, tmp_path):
    """Is nobody's mark written twice, or to a person of the same name?"""
    double = BRIGHTSPACE + "#,#al1,Lovelace,Ada,,1,0,#\r\n"
    text, filled, filler = fill(tmp_path / "x.csv", double, "brightspace", students, records)
    assert text == double.replace("Ben,3,", "Ben,0,") and filler.strangers == ["ada (rows 2 and 4 are both theirs)"]
    assert filled.missing == ["ada", "cy"]


def test_ids_that_fit_two_students_get_no_mark(students, records, tmp_path):
    """Is a line with one student's user name and another one's number left as it was?"""
    mixed = BRIGHTSPACE.replace("#007,#al1", "#008,#al1")
    text, _, filler = fill(tmp_path / "x.csv", mixed, "brightspace", students, records)
    assert "Ada,,1" in text and "ids fit ada and ben" in filler.strangers[0]


def test_a_table_of_another_lms_is_refused(students, tmp_path):
    """Is Moodle's table not filled as Canvas's?"""
    (tmp_path / "x.csv").write_text(MOODLE)
    with pytest.raises(CourseError, match="no table of Canvas: it looks like Moodle's"):
        TableFiller(DownloadedTable(tmp_path / "x.csv"), "canvas", students)


def test_a_column_is_found_by_its_assignments_name_or_as_a_person_names_it(tmp_path):
    """Is no column guessed?"""
    titles = ["Initialization survey (1)", "Week 3 (2)", "Notebook 3: Initialization (3)", "Initialization bonus (4)"]
    (tmp_path / "x.csv").write_text(",".join(["Student", "ID", "Section", *titles]) + "\n")
    table = DownloadedTable(tmp_path / "x.csv")
    assert find_column(table, "canvas", ASSIGNMENT, "").index == 5
    assert [find_column(table, "canvas", ASSIGNMENT, wanted).index for wanted in ("Week 3", "Week 3 (2)")] == [4, 4]
    assert find_column(table, "canvas", "05_dropout", "") is None
    with pytest.raises(CourseError, match="no column 'Week 4' takes marks"):
        find_column(table, "canvas", ASSIGNMENT, "Week 4")
    assert simplify_title("00 - Linear Classifier") == "linear_classifier"


def test_moodles_columns_are_found_as_its_importer_calls_them(tmp_path):
    """Does a course whose grade items are named for the import need no other names for tables?"""
    item, first = "Assignment: Week 3", "First name,Last name,Email address"
    (tmp_path / "gradebook.csv").write_text(f"{first},Assignment: Initialization (Real),{item} (Real)\n")
    (tmp_path / "worksheet.csv").write_text("Identifier,Full name,Grade,Maximum Grade\n")
    gradebook, worksheet = (DownloadedTable(tmp_path / f"{name}.csv") for name in ("gradebook", "worksheet"))
    assert [find_column(gradebook, "moodle", ASSIGNMENT, wanted).index for wanted in ("", item, "Week 3")] == [3, 4, 4]
    assert find_column(worksheet, "moodle", ASSIGNMENT, item).index == 2


def test_students_for_trying_things_out_are_no_students(students, records, tmp_path):
    """Are they passed over where Canvas gives two columns for the name, too?"""
    text = ("LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Initialization (481)\n"
            "    Points Possible,,,,,,20\nLovelace,Ada,4711,007,al1,A,\nStudent,Test,4716,,a0b1,A,\n")
    after, _, filler = fill(tmp_path / "x.csv", text, "canvas", students, records)
    assert after == text.replace("al1,A,", "al1,A,12.5") and not filler.strangers


def test_a_damaged_table_is_named_with_its_line(tmp_path):
    """Is a quotation mark that is not closed found?"""
    (tmp_path / "x.csv").write_text('a,b\n1,"2\n')
    with pytest.raises(CourseError, match="line 2: a quotation mark"):
        DownloadedTable(tmp_path / "x.csv")


@pytest.mark.parametrize("word", ["(read only)", "(schreibgeschützt)", "(lecture seule)"])
def test_column_that_canvas_locks_is_known_in_any_language(tmp_path, word):
    """Is a column without points in Canvas's row of points no column for marks, whatever Canvas calls that?"""
    path = tmp_path / "grades.csv"
    path.write_text("Student,ID,SIS Login ID,Section,Initialization (48151),Dropout (48152),Initialization (7)\n"
                    f'    Points Possible,,,,"20,00",0,{word}\n"Li, Wei",20452,wei,1,,,\n', encoding="utf-8")
    columns = mark_columns.list_columns(DownloadedTable(path), "canvas")
    assert [column.title for column in columns] == ["Initialization (48151)", "Dropout (48152)"]
