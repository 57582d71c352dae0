"""The tables that ``grade`` writes and prints: a line per aspect, a line per submission, and one for people."""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from autograder.course.files import open_atomically
from autograder.course.text import escape_for_spreadsheet
from autograder.course.topics import list_topics
from autograder.gradebook import records

GRADE_COLUMNS = ["student", "assignment", "grade_id", "aspect", "score", "max_score", "status", "hint"]
SUMMARY_COLUMNS = ["student", "assignment", "score", "max_score", "manual_pending", "status"]
SIGNS = {"graded": "", "manual-pending": "*"}
"""Status -> what stands behind the mark in the printed table; any other status has an exclamation mark and a line."""
MOST_STUDENTS = 100
"""The printed table has a line per student up to here; above, a line per assignment."""


def write_tables(course: Path, keys: Collection[tuple[str, str]], output: Path) -> None:
    """Write ``grades.csv`` and ``summary.csv``, line by line: memory stays flat.

    Parameters
    ----------
    course, output : pathlib.Path
    keys : collection of (str, str)
        The submissions (student, assignment) to write.
    """
    output.mkdir(parents=True, exist_ok=True)
    summary = []

    def lines():
        for record in records.iter_records(course, only=keys, work=False):
            summary.append(make_summary_row(record))
            yield from make_grade_rows(record)

    write_csv(output / "grades.csv", GRADE_COLUMNS, lines())
    write_csv(output / "summary.csv", SUMMARY_COLUMNS, summary)


def make_summary_row(record):
    """Return the line of ``summary.csv`` for one submission."""
    return (record.student, record.assignment, record.score, record.max_score, record.manual_pending, record.status)


def make_grade_rows(record):
    """Yield the lines of ``grades.csv`` for one submission; their scores sum to its score."""
    who = (record.student, record.assignment)
    for mark in record.marks:
        if mark.kind == "written":
            status = "manual-pending" if mark.needs_manual else "graded"
            yield (*who, mark.grade_id, "written answer", mark.score, mark.max_score, status, "")
            continue
        for o in mark.outcomes:
            yield (*who, mark.grade_id, o["aspect"], o["score"], o["max_score"], o["status"], o["hint"])
        if abs(mark.score - mark.auto_score) > 1e-9:
            yield (*who, mark.grade_id, "changed by a person", mark.score - mark.auto_score, 0.0, "graded", "")
    if record.late_penalty:
        yield (*who, "late", "late penalty", -record.late_penalty, 0.0, "graded", "handed in late")


def write_csv(path: Path, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Write one table, whole or not at all; no cell of it is a formula to a spreadsheet.

    Parameters
    ----------
    path : pathlib.Path
    columns : list of str
        Headers.
    lines : iterable of sequences
        Rows, as long as ``columns``; numbers or text.
    """
    with open_atomically(path) as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([escape_for_spreadsheet(v) for v in line] for line in lines)


def format_table(graded: Sequence[Any], rejected: Sequence[str]) -> str:
    """Return the marks as text.

    Parameters
    ----------
    graded : list of TableLine
        From :func:`autograder.grade.grade_class`.
    rejected : list of str
    """
    students = sorted({line.student for line in graded})
    marks = format_by_student(graded, students) if len(students) <= MOST_STUDENTS else format_by_assignment(graded)
    return "\n".join([*marks, *list_notes(graded), *(f"not graded: {r}" for r in rejected)])


def format_by_student(graded, students):
    """Return a line per student, a column per assignment (by its number)."""
    found = {(line.student, line.assignment): line for line in graded}
    wide = max([len(s) for s in students] + [7])
    lines = [f"{'student':{wide}}" + "".join(f"  {a[:2]:>10}" for a in list_topics().values()) + f"  {'total':>8}"]
    for student in students:
        mine = [found.get((student, assignment)) for assignment in list_topics().values()]
        total = sum(line.score for line in mine if line)
        lines.append(f"{student:{wide}}" + "".join(f"  {format_cell(line):>10}" for line in mine) + f"  {total:8g}")
    return [*lines, "", "* written answers wait for a person   ! see below"]


def format_cell(line):
    """Return what the printed table says of one submission."""
    if line is None:
        return "-"
    mark = f"{round(line.score, 4):g}/{line.max_score:g}" if line.status != "infra-error" else "-"
    return mark + SIGNS.get(line.status, "!")


def format_by_assignment(graded):
    """Return a line per assignment: for a class that does not fit a screen."""
    lines = [f"{'assignment':24} submissions    mean     of  statuses"]
    for assignment in list_topics().values():
        mine = [line for line in graded if line.assignment == assignment]
        if mine:
            mean, most = sum(line.score for line in mine) / len(mine), max(line.max_score for line in mine)
            statuses = ", ".join(f"{n} {status}" for status, n in Counter(line.status for line in mine).most_common())
            lines.append(f"{assignment:24} {len(mine):11} {mean:7.2f} {most:6g}  {statuses}")
    return lines


def list_notes(graded):
    """Return a line for every submission that a person should look at."""
    lines = [""]
    for line in graded:
        status = "" if line.status in SIGNS else line.status
        if status or line.remark:
            note = ": ".join(filter(None, (status, line.remark)))
            lines.append(f"{line.student}/{line.assignment}: {note}")
    return lines
