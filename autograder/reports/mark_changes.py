"""Which marks differ between two gradings, and why.

Whenever its tables change, ``grade`` keeps the last ones in ``previous/`` of its output folder, together with
``fingerprints.csv``: a hash of what each student handed in, and a hash of the code that judged it.
"""

import contextlib
import csv
import hashlib
import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.course.topics import topic_of
from autograder.errors import CourseError
from autograder.gradebook import records
from autograder.inbox.submitted_folder import read_module
from autograder.reports.marks_tables import GRADE_COLUMNS, write_csv
from autograder.runners import grader_hash

TABLE_COLUMNS = {
    "grades.csv": GRADE_COLUMNS,
    "summary.csv": ["student", "assignment"],
    "fingerprints.csv": ["student", "assignment", "submission", "grader"],
}
"""Tables that are kept -> columns that are read."""
KEPT_TABLES = tuple(TABLE_COLUMNS)
COLUMNS = ["student", "assignment", "question", "aspect", "before", "after", "why"]
SMALLEST = 1e-6
WIDEST = 100
PERSON = "changed by a person"
Line = Mapping[str, str]
"""One line of a table: column -> text."""
AspectKey = tuple[str, str, str, str]
"""(student, assignment, grade_id, aspect)."""


class MarkChange(NamedTuple):
    """One line of the table of changes, in the order of ``COLUMNS``; points are None where there was no mark."""

    student: str
    assignment: str
    question: str
    aspect: str
    before: float | None
    after: float | None
    why: str


@contextlib.contextmanager
def keep_previous(course: Path, output: Path) -> Iterator[None]:
    """Keep the present tables in ``output/previous`` if the block, which writes new ones, changes a mark.

    Parameters
    ----------
    course : pathlib.Path
    output : pathlib.Path
        The folder of the tables.
    """
    old = {name: (output / name).read_bytes() for name in KEPT_TABLES if (output / name).exists()}
    yield
    write_hashes(course, output)
    if old.get("grades.csv", b"") in (b"", (output / "grades.csv").read_bytes()):
        return
    shutil.rmtree(output / "previous", ignore_errors=True)
    (output / "previous").mkdir()
    for name, data in old.items():
        (output / "previous" / name).write_bytes(data)


def write_hashes(course: Path, output: Path) -> None:
    """Write ``fingerprints.csv`` for the submissions in ``summary.csv``."""
    pairs = [(line["student"], line["assignment"]) for line in read_table(output / "summary.csv")]
    lines = [
        (*pair, hash_submission(course, *pair), grader_hash.hash_grader(topic_of(pair[1]))[:12])
        for pair in pairs
    ]
    write_csv(output / "fingerprints.csv", TABLE_COLUMNS["fingerprints.csv"], lines)


def hash_submission(course: Path, student: str, assignment: str) -> str:
    """Return a short hash of what a student handed in: the module, and the sources of the cells to write in.

    Parameters
    ----------
    course : pathlib.Path
    student, assignment : str
    """
    folder = course / "submitted" / student / assignment
    work = [read_module(folder / "cs231n_lib" / f"{topic_of(assignment)}.py"),
            records.read_answers(course, assignment, folder)]
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:12]


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the lines of a table that ``grade`` wrote; none if there is no such file.

    Raises
    ------
    CourseError
        If the file is no such table.
    """
    if not path.exists():
        return []
    columns = TABLE_COLUMNS[path.name]
    try:
        with open(path, newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path}: not a table that grade wrote ({error})") from error
    if lines and not lines[0].keys() >= set(columns) or any(None in line.values() for line in lines):
        raise CourseError(f"{path}: not a table that grade wrote (expected the columns {', '.join(columns)})")
    return lines


def list_mark_changes(before: Path | str, after: Path | str) -> list[MarkChange]:
    """Return the marks that differ between two folders of tables.

    Parameters
    ----------
    before, after : path
        Output folders of ``grade``, or ``grades.csv`` in them.
    """
    before, after = find_folder(before), find_folder(after)
    old, new, causes = read_aspects(before), read_aspects(after), find_causes(before, after)
    changes = []
    for key in dict.fromkeys([*old, *new]):
        was, is_now = old.get(key), new.get(key)
        if has_changed(was, is_now):
            student, assignment, grade_id, aspect = key
            why = explain_change(aspect, was, is_now, causes.get((student, assignment), ""))
            changes.append(MarkChange(student, assignment, grade_id.removesuffix("-test"), aspect, parse_points(was),
                                      parse_points(is_now), why))
    return changes


def find_folder(path: Path | str) -> Path:
    """Return the folder of the tables.

    Raises
    ------
    FileNotFoundError
        If there are no tables in it.
    """
    path = Path(path)
    folder = path.parent if path.name == "grades.csv" else path
    if not (folder / "grades.csv").exists():
        raise FileNotFoundError(f"{folder / 'grades.csv'}: no such table (grade keeps the last ones in previous/ when "
                                "marks change)")
    return folder


def read_aspects(folder: Path) -> dict[AspectKey, Line]:
    """Return (student, assignment, grade_id, aspect) -> line of ``grades.csv``."""
    lines = read_table(folder / "grades.csv")
    try:
        for line in lines:
            parse_points(line)
    except ValueError as error:
        raise CourseError(f"{folder / 'grades.csv'}: not a table that grade wrote ({error})") from error
    return {(r["student"], r["assignment"], r["grade_id"], r["aspect"]): r for r in lines}


def parse_points(line: Line | None) -> float | None:
    """Return the score of a line, or None."""
    return None if line is None else float(line["score"].removeprefix("'"))


def has_changed(old: Line | None, new: Line | None) -> bool:
    """Do two lines of the same aspect have different points? A missing line counts as none."""
    return abs((parse_points(old) or 0.0) - (parse_points(new) or 0.0)) > SMALLEST


def find_causes(before: Path, after: Path) -> dict[tuple[str, str], str]:
    """Return (student, assignment) -> what is different: the submission, the grader, both or neither."""
    old, new = (
        {(r["student"], r["assignment"]): r for r in read_table(f / "fingerprints.csv")} for f in (before, after)
    )
    found = {}
    for key in set(old) & set(new):
        parts = [name for name in ("submission", "grader") if old[key][name] != new[key][name]]
        found[key] = f"{' and '.join(parts)} changed" if parts else "same submission, same grader"
    return found | dict.fromkeys(set(new) - set(old), "first graded") | dict.fromkeys(set(old) - set(new), "gone")


def explain_change(aspect: str, old: Line | None, new: Line | None, cause: str) -> str:
    """Return why the points of an aspect changed.

    Parameters
    ----------
    aspect : str
    old, new : dict or None
        Lines of ``grades.csv``; None where there is none.
    cause : str
        From :func:`find_causes`.
    """
    if aspect in (PERSON, "written answer"):
        return "graded by a person" if new else "a person's change was taken back"
    if aspect == "late penalty":
        return "lateness, due date or extension"
    if old is None or new is None:
        verb = "removed" if new is None else "new"
        return cause if cause in ("first graded", "gone") else f"{cause}; {verb} aspect".removeprefix("; ")
    difference = f"{old['status']} -> {new['status']}" if old["status"] != new["status"] else ""
    if old["max_score"] != new["max_score"]:
        difference = f"worth {new['max_score']} instead of {old['max_score']}"
    hint = f" ({new['hint']})" if new["hint"] else ""
    if old["hint"] and not new["hint"]:
        hint = f" (was: {old['hint']})"
    return "; ".join(filter(None, (cause, difference))) + hint


def format_changes(changes: Sequence[MarkChange]) -> str:
    """Return the changes as a table, with long reasons cut off, and below it the change of each submission's score."""
    cells = [
        COLUMNS,
        *[[format_value(v) for v in change[:-1]] + [textwrap.shorten(change.why, WIDEST)] for change in changes],
    ]
    wide = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS) - 1)]
    lines = ["  ".join(f"{c:{w}}" for c, w in zip(line, [*wide, 0], strict=True)).rstrip() for line in cells]
    totals: dict[tuple[str, str], float] = {}
    for c in changes:
        key = c.student, c.assignment
        totals[key] = totals.get(key, 0.0) + (c.after or 0.0) - (c.before or 0.0)
    return "\n".join(lines + [""] + [f"{s}/{a}: {d:+.4g}" for (s, a), d in totals.items()])


def format_value(value: str | float | None) -> str:
    """Return a cell of the table as text."""
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def run_mark_changes(before: Path, after: Path, output: Path | None = None) -> int:
    """Print which marks changed and why; return the exit code.

    Parameters
    ----------
    before, after : path
        Output folders of ``grade`` (or their ``grades.csv``): after a regrade, ``OUT/previous`` and ``OUT``.
    output : path, optional
        A CSV file to write the table to.
    """
    changes = list_mark_changes(before, after)
    print(format_changes(changes) if changes else "no mark moved")
    if output is not None:
        write_csv(Path(output), COLUMNS, [["" if v is None else v for v in change] for change in changes])
    print(f"\n{len({c.student for c in changes})} students, {len(changes)} marks moved")
    return 0
