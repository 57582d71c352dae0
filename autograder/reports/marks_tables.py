"""The tables of ``grade``: CSV files with a line per aspect and a line per submission, and the table that it prints."""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.course.files import open_atomically
from autograder.course.settings import TOTAL, CourseSettings, load_settings
from autograder.course.text import escape_for_spreadsheet
from autograder.course.topics import list_assignments
from autograder.gradebook import records
from autograder.gradebook.records import Record

GRADE_COLUMNS = ["student", "assignment", "grade_id", "aspect", "score", "max_score", "status", "hint"]
SUMMARY_COLUMNS = ["student", "assignment", "score", "max_score", "manual_pending", "status"]
SHOWN_COLUMNS = ["shown", "shown_of"]
"""In ``summary.csv``, if the course shows other points than those of the notebooks."""
TOTALS_FILE = "totals.csv"
"""A line per student, if the course has weights or shows other points."""
SIGNS = {"graded": "", "manual-pending": "*"}
"""Status -> the sign after the mark in the printed table; any other status gets "!" and a line below the table."""
Totals = Mapping[str, tuple[float, float]]
"""Student -> course total and the most that it can be."""
MOST_ALIKE = 3
"""Up to this number of submissions with the same note, each has a line."""
MOST_STUDENTS = 100
"""Up to this number the printed table has a line per student; for larger classes, a line per assignment."""


@dataclass(frozen=True)
class TableLine:
    """What the printed table says about one submission: see :class:`autograder.gradebook.records.Record`."""

    student: str
    assignment: str
    status: str
    remark: str
    score: float
    max_score: float
    manual_pending: int


def write_tables(course: Path, keys: Collection[tuple[str, str]] | None, output: Path) -> Totals:
    """Write ``grades.csv`` and ``summary.csv``, and ``totals.csv`` if the course says how to count.

    ``grades.csv`` is written line by line, so that the memory does not grow with the class.

    Parameters
    ----------
    course : pathlib.Path
    keys : collection of (str, str) or None
        The submissions (student, assignment) to write; None for all of the course.
    output : pathlib.Path
        The folder to write them into.

    Returns
    -------
    totals : dict
        Student -> course total and the most that it can be.
    """
    output.mkdir(parents=True, exist_ok=True)
    settings, summary = load_settings(course), []
    marks: dict[str, dict[str, tuple[float, float]]] = {}
    statuses: dict[str, set[str]] = {}

    def lines():
        for record in records.iter_records(course, only=keys, work=False):
            summary.append(make_summary_row(record, settings))
            marks.setdefault(record.student, {})[record.assignment] = (record.score, record.max_score)
            statuses.setdefault(record.student, set()).add(record.status)
            yield from make_grade_rows(record)

    write_csv(output / "grades.csv", GRADE_COLUMNS, lines())
    write_csv(output / "summary.csv", SUMMARY_COLUMNS + (SHOWN_COLUMNS if settings.points else []), summary)
    totals = {student: settings.compute_total(mine) for student, mine in marks.items()}
    if settings.points or settings.weights:
        rows = [(student, *total, records.name_total_status(statuses[student])) for student, total in totals.items()]
        write_csv(output / TOTALS_FILE, ["student", TOTAL, "total_of", "status"], rows)
    return totals


def make_summary_row(record: Record, settings: CourseSettings) -> tuple:
    """Return the line of ``summary.csv`` for one submission."""
    row = (record.student, record.assignment, record.score, record.max_score, record.manual_pending, record.status)
    shown = settings.convert_points(record.assignment, record.score, record.max_score) if settings.points else ()
    return (*row, *shown)


def make_grade_rows(record: Record) -> Iterator[tuple]:
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
    """Write one table, completely or not at all; no spreadsheet reads one of its cells as a formula.

    Parameters
    ----------
    path : pathlib.Path
    columns : list of str
        Headers.
    lines : iterable of sequences
        Rows of numbers or text, as long as ``columns``.
    """
    with open_atomically(path) as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([escape_for_spreadsheet(v) for v in line] for line in lines)


def format_table(graded: Sequence[TableLine], rejected: Sequence[str], settings: CourseSettings | None = None,
                 totals: Totals | None = None) -> str:
    """Return the table that ``grade`` prints: marks, then submissions to look at, then what was not graded.

    Parameters
    ----------
    graded : list of TableLine
        One per submission, as :func:`autograder.grade.grade_class` returns them.
    rejected : list of str
        What could not be graded and why, one line each.
    settings : CourseSettings, optional
        Which points are shown, and in which order.
    totals : dict, optional
        As from :func:`write_tables`; needed if the course has weights.
    """
    settings = settings or CourseSettings()
    names = list(settings.select_assignments(list_assignments()))
    shown = [show_points(line, settings) for line in graded]
    students = sorted({line.student for line in graded})
    if len(students) > MOST_STUDENTS:
        marks = format_by_assignment(shown, names)
    else:
        marks = format_by_student(shown, students, names, (totals or {}) if settings.weights else {})
    return "\n".join([*marks, *list_notes(graded), *(f"not graded: {r}" for r in rejected)])


def show_points(line: TableLine, settings: CourseSettings) -> TableLine:
    """Return what the table says about a submission, in the points that the course shows."""
    score, most = settings.convert_points(line.assignment, line.score, line.max_score)
    return replace(line, score=score, max_score=most)


def format_by_student(graded: Sequence[TableLine], students: Sequence[str], names: Sequence[str],
                      totals: Totals) -> list[str]:
    """Return the lines of the table: one per student, with a column per assignment (headed by its number).

    Parameters
    ----------
    graded : list of TableLine
    students : list of str
    names : list of str
        The assignments of the course.
    totals : dict
        Those of a course with weights; otherwise the last column is the sum of the others.
    """
    found = {(line.student, line.assignment): line for line in graded}
    wide = max([len(s) for s in students] + [7])
    head = next((f"of {most:g}" for _, most in totals.values()), "total")
    lines = [f"{'student':{wide}}" + "".join(f"  {a[:2]:>10}" for a in names) + f"  {head:>8}"]
    for student in students:
        mine = [found.get((student, assignment)) for assignment in names]
        total = totals[student][0] if student in totals else sum(line.score for line in mine if line)
        lines.append(f"{student:{wide}}" + "".join(f"  {format_cell(line):>10}" for line in mine) + f"  {total:8g}")
    return [*lines, "", "* written answers wait for a person   ! see below"]


def format_cell(line: TableLine | None) -> str:
    """Return the mark of one submission as text, with its sign; "-" where there is no mark."""
    if line is None:
        return "-"
    mark = f"{round(line.score, 4):g}/{line.max_score:g}" if line.status != "infra-error" else "-"
    return mark + SIGNS.get(line.status, "!")


def format_by_assignment(graded: Sequence[TableLine], names: Sequence[str]) -> list[str]:
    """Return the lines of the table for a class that does not fit on a screen: one per assignment."""
    lines = [f"{'assignment':24} submissions    mean     of  statuses"]
    for assignment in names:
        mine = [line for line in graded if line.assignment == assignment]
        if mine:
            mean, most = sum(line.score for line in mine) / len(mine), max(line.max_score for line in mine)
            statuses = ", ".join(f"{n} {status}" for status, n in Counter(line.status for line in mine).most_common())
            lines.append(f"{assignment:24} {len(mine):11} {mean:7.2f} {most:6g}  {statuses}")
    return lines


def list_notes(graded: Sequence[TableLine]) -> list[str]:
    """Return an empty line, and a line for every submission that a person should look at.

    What is the same for many, as after a notebook that changed, is said once with all their names.
    """
    notes: dict[tuple[str, str], list[str]] = {}
    for line in graded:
        status = "" if line.status in SIGNS else line.status
        if status or line.remark:
            note = ": ".join(filter(None, (status, line.remark)))
            notes.setdefault((line.assignment, note), []).append(line.student)
    lines = [""]
    for (assignment, note), students in notes.items():
        if len(students) > MOST_ALIKE:
            lines.append(f"{assignment}: {note} ({len(students)}: {', '.join(students)})")
        else:
            lines += [f"{student}/{assignment}: {note}" for student in students]
    if any(line.status == "to-look-at" for line in graded):
        lines.append("When you have looked at one and its marks are right: "
                     "python -m autograder settle STUDENT ASSIGNMENT")
    return lines
