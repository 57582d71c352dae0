"""The printed table: does an instructor find what needs a person?"""

from autograder.reports.marks_tables import TableLine, list_notes

ASSIGNMENT, WHY = "03_initialization", "CourseError: xavier-init-test: 1 points as released, 2 in the hidden tests"


def make_line(student, status="graded", remark=""):
    """Return a line of the table."""
    return TableLine(student, ASSIGNMENT, status, remark, 0.0, 16.5, 0)


def test_what_is_the_same_for_a_class_is_said_once_with_all_names():
    """Is a notebook that changed in mid-term one sentence, and not one for each of 300 students?"""
    students = [f"s{i:03}" for i in range(300)]
    lines = [make_line(student, "infra-error", WHY) for student in students]
    lines.insert(1, make_line("ada", "to-look-at", "no notebook"))
    assert list_notes([*lines, make_line("zoe")]) == [
        "", f"{ASSIGNMENT}: infra-error: {WHY} (300: {', '.join(students)})",
        f"ada/{ASSIGNMENT}: to-look-at: no notebook",
        "When you have looked at one and its marks are right: python -m autograder settle STUDENT ASSIGNMENT"]


def test_few_submissions_have_a_line_each():
    """Can the name be found at the beginning of its line?"""
    lines = [make_line(student, "timeout") for student in ("ada", "ben", "cy")]
    assert list_notes(lines) == ["", *(f"{s}/{ASSIGNMENT}: timeout" for s in ("ada", "ben", "cy"))]
