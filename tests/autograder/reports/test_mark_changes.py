"""Moves: is it said whose mark moved, and is the reason the right one?"""

import csv

import pytest

from autograder.reports import mark_changes
from autograder.reports.marks_tables import write_csv
from tools.sample_submissions import ensure_class

HEAD = ["student", "assignment", "grade_id", "aspect", "score", "max_score", "status", "hint"]
FIRST = "01_activations"


def tables(folder, rows, prints=()):
    """Write the tables of one grading."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "grades.csv", HEAD, rows)
    write_csv(folder / "fingerprints.csv", ["student", "assignment", "submission", "grader"], prints)
    return folder


def row(student, aspect, score, status="passed", hint="", most=1.0, grade_id="relu-backward-test"):
    """Return one line of grades.csv."""
    return (student, FIRST, grade_id, aspect, float(score), most, status, hint)


def prints(submission="s", grader="g", *students):
    """Return lines of fingerprints.csv."""
    return [(student, FIRST, submission, grader) for student in students or ("ada",)]


def reason(tmp_path, old, new, before=(), after=()):
    """Return why the one mark moved."""
    [move] = mark_changes.list_mark_changes(tables(tmp_path / "a", old, before or prints()),
                           tables(tmp_path / "b", new, after or prints()))
    return move[-1]


def test_corrected_hidden_test_differs_from_a_new_submission(tmp_path):
    """Is a corrected hidden test told from a new submission?"""
    old = [row("ada", "values", 0, "failed", "Mind the sign."), row("ada", "shape", 1)]
    new = [row("ada", "values", 1), row("ada", "shape", 1)]
    assert reason(tmp_path, old, new, after=prints(grader="h")) == (
        "grader changed; failed -> passed (was: Mind the sign.)")
    assert reason(tmp_path, old, new, after=prints("t")).startswith("submission changed; failed -> passed")
    assert reason(tmp_path, old, new, after=prints("t", "h")).startswith("submission and grader changed")


@pytest.mark.parametrize("old, new, why", [
    ([row("ada", "values", 0, "timeout", "Too slow.")], [row("ada", "values", 1)],
     "same submission, same grader; timeout -> passed (was: Too slow.)"),
    ([row("ada", "values", 1)], [row("ada", "values", 2, most=2.0)], "worth 2 instead of 1"),
    ([row("ada", "values", 1)], [row("ada", "values", 1), row("ada", "edge", 1)], "new aspect"),
    ([row("ada", "values", 1), row("ada", "edge", 1)], [row("ada", "values", 1)], "removed aspect"),
    ([row("ada", "values", 1)], [row("ada", "values", 1), row("ada", mark_changes.PERSON, -0.5, "graded")],
     "graded by a person"),
    ([row("ada", "values", 1), row("ada", mark_changes.PERSON, -0.5)], [row("ada", "values", 1)],
     "a person's change was taken back"),
    ([row("ada", "written answer", 0, "manual-pending")], [row("ada", "written answer", 1, "graded")],
     "graded by a person"),
    ([row("ada", "values", 1)], [row("ada", "values", 1), row("ada", "late penalty", -0.5, "graded")],
     "lateness, due date or extension"),
    ([row("ada", "values", 1)], [row("ada", "values", 0, "failed", "Mind the sign.")],
     "passed -> failed (Mind the sign.)"),
])
def test_reason_of_a_change_is_right(old, new, why, tmp_path):
    """Is the reason the right one?"""
    assert why in reason(tmp_path, old, new)


def test_joining_and_leaving_students_are_named(tmp_path):
    """Are those who come and go named?"""
    before = tables(tmp_path / "a", [row("ada", "values", 1)], prints("s", "g", "ada"))
    after = tables(tmp_path / "b", [row("ben", "values", 1)], prints("s", "g", "ben"))
    assert [(m[0], m[4], m[5], m[6]) for m in mark_changes.list_mark_changes(before, after)] == [
        ("ada", 1.0, None, "gone"), ("ben", None, 1.0, "first graded")]


def test_changed_hint_alone_moves_no_mark(tmp_path, capsys):
    """Does a changed hint alone move nothing?"""
    before = tables(tmp_path / "a", [row("ada", "values", 0, "failed", "Old words.")], prints())
    after = tables(tmp_path / "b", [row("ada", "values", 0, "failed", "New words.")], prints(grader="h"))
    assert mark_changes.run_mark_changes(before, after) == 0 and "no mark moved" in capsys.readouterr().out


def test_table_is_printed_and_written(tmp_path, capsys):
    """Is the table printed and written?"""
    before = tables(tmp_path / "a", [row("ada", "values", 0, "failed", "=1+1"), row("ben", "values", 1)], prints())
    after = tables(tmp_path / "b", [row("ada", "values", 1), row("ben", "values", 1)], prints(grader="h"))
    assert mark_changes.run_mark_changes(before / "grades.csv", after / "grades.csv", tmp_path / "moves.csv") == 0
    said = capsys.readouterr().out
    assert "ada/01_activations: +1" in said and "1 students, 1 marks moved" in said and "ben" not in said
    with open(tmp_path / "moves.csv", newline="") as file:
        assert list(csv.reader(file)) == [
            mark_changes.COLUMNS, ["ada", FIRST, "relu-backward", "values", "0", "1",
                            "grader changed; failed -> passed (was: '=1+1)"]]


def test_last_tables_are_kept_only_when_marks_change(tmp_path):
    """Are the last tables kept once marks change and only then?"""
    course, output = tmp_path / "course", tmp_path / "out"
    sources = (ensure_class() / "ada_full_marks" / FIRST)
    work = course / "submitted" / "ada" / FIRST / "cs231n_lib" / "activations.py"
    work.parent.mkdir(parents=True)
    output.mkdir()

    def graded(score, module):
        work.write_text(module)
        with mark_changes.keep_previous(course, output):
            write_csv(output / "grades.csv", HEAD, [row("ada", "values", score)])
            write_csv(output / "summary.csv", ["student", "assignment"], [("ada", FIRST)])

    module = (sources / "cs231n_lib" / "activations.py").read_text()
    graded(0, "pass")
    assert not (output / "previous").exists()  # nothing was there before
    graded(0, "pass")
    assert not (output / "previous").exists()  # nothing changed
    for _ in range(2):  # a second run of the same leaves what it had
        graded(1, module)
        [move] = mark_changes.list_mark_changes(output / "previous", output)
        assert move[4:6] == (0.0, 1.0) and move[6].startswith("submission changed")


def test_folder_without_tables_gets_one_line(tmp_path):
    """Does a folder without tables get one line?"""
    with pytest.raises(FileNotFoundError, match="no such table"):
        mark_changes.run_mark_changes(tmp_path / "previous", tmp_path)
