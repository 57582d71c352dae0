"""Whose mark moved between two gradings, and why.

``grade`` keeps its last tables in ``previous/`` of its output folder whenever they change, and beside them
``fingerprints.csv``: a hash of what each student handed in and one of the code that judged it.
"""

import contextlib
import csv
import hashlib
import json
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

from autograder.course.topics import topic_of
from autograder.errors import CourseError
from autograder.gradebook import records
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


@contextlib.contextmanager
def keep_previous(course: Path, output: Path) -> Iterator[None]:
    """Keep the tables that are there while new ones are written: in ``output/previous``, unless nothing changed.

    Parameters
    ----------
    course, output : pathlib.Path
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


def write_hashes(course, output):
    """Write ``fingerprints.csv`` for the submissions in ``summary.csv``."""
    pairs = [(line["student"], line["assignment"]) for line in read_table(output / "summary.csv")]
    lines = [
        (*pair, hash_submission(course, *pair), grader_hash.hash_grader(topic_of(pair[1]))[:12])
        for pair in pairs
    ]
    write_csv(output / "fingerprints.csv", TABLE_COLUMNS["fingerprints.csv"], lines)


def hash_submission(course, student, assignment):
    """Return a short hash of what a student handed in: the module and the cells they wrote."""
    folder = course / "submitted" / student / assignment
    work = [records.read_module(folder / "cs231n_lib" / f"{topic_of(assignment)}.py"),
            records.read_answers(course, assignment, folder)]
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:12]


def read_table(path):
    """Read a table that ``grade`` wrote as a list of dicts; nothing if it is not there.

    Raises
    ------
    CourseError
        If it is another table, or none.
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


def compare(before, after):
    """Return what moved between two folders of tables.

    Parameters
    ----------
    before, after : path
        Output folders of ``grade``, or ``grades.csv`` in them.

    Returns
    -------
    moved : list of tuple
        As in ``COLUMNS``; ``before`` and ``after`` are points, None where there was no mark.
    """
    before, after = find_folder(before), find_folder(after)
    old, new = read_aspects(before), read_aspects(after)
    changed = iter_changes(before, after)
    return [(*key[:2], key[2].removesuffix("-test"), key[3], parse_points(old.get(key)), parse_points(new.get(key)),
             explain_change(key, old.get(key), new.get(key), changed.get(key[:2], "")))
            for key in dict.fromkeys([*old, *new]) if list_changes(old.get(key), new.get(key))]


def find_folder(path):
    """Return the folder of the tables, or say that there are none."""
    path = Path(path)
    folder = path.parent if path.name == "grades.csv" else path
    if not (folder / "grades.csv").exists():
        raise FileNotFoundError(f"{folder / 'grades.csv'}: no such table (grade keeps the last ones in previous/ when "
                                "marks change)")
    return folder


def read_aspects(folder):
    """Return (student, assignment, grade_id, aspect) -> line of ``grades.csv``."""
    lines = read_table(folder / "grades.csv")
    try:
        for line in lines:
            parse_points(line)
    except ValueError as error:
        raise CourseError(f"{folder / 'grades.csv'}: not a table that grade wrote ({error})") from error
    return {(r["student"], r["assignment"], r["grade_id"], r["aspect"]): r for r in lines}


def parse_points(line):
    """Return the score of a line, or None."""
    return None if line is None else float(line["score"].removeprefix("'"))


def list_changes(old, new):
    """Did the points change?"""
    return abs((parse_points(old) or 0.0) - (parse_points(new) or 0.0)) > SMALLEST


def iter_changes(before, after):
    """Return (student, assignment) -> what is different behind the marks: submission, grader, both or neither."""
    old, new = (
        {(r["student"], r["assignment"]): r for r in read_table(f / "fingerprints.csv")} for f in (before, after)
    )
    found = {}
    for key in set(old) & set(new):
        parts = [name for name in ("submission", "grader") if old[key][name] != new[key][name]]
        found[key] = f"{' and '.join(parts)} changed" if parts else "same submission, same grader"
    return found | dict.fromkeys(set(new) - set(old), "first graded") | dict.fromkeys(set(old) - set(new), "gone")


def explain_change(key, old, new, behind):
    """Say why one line moved."""
    if key[3] == PERSON or key[3] == "written answer":
        return "graded by a person" if new else "a person's change was taken back"
    if key[3] == "late penalty":
        return "lateness, due date or extension"
    if old is None or new is None:
        verb = "removed" if new is None else "new"
        return behind if behind in ("first graded", "gone") else f"{behind}; {verb} aspect".removeprefix("; ")
    said = f"{old['status']} -> {new['status']}" if old["status"] != new["status"] else ""
    if old["max_score"] != new["max_score"]:
        said = f"worth {new['max_score']} instead of {old['max_score']}"
    hint = f" ({new['hint']})" if new["hint"] else ""
    if old["hint"] and not new["hint"]:
        hint = f" (was: {old['hint']})"
    return "; ".join(filter(None, (behind, said))) + hint


def read_text(moves):
    """Return the table as text, long reasons cut, with what each submission gained or lost below."""
    cells = [
        COLUMNS,
        *[[format_changes(v) for v in line[:-1]] + [textwrap.shorten(line[-1], WIDEST)] for line in moves],
    ]
    wide = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS) - 1)]
    lines = ["  ".join(f"{c:{w}}" for c, w in zip(line, [*wide, 0], strict=True)).rstrip() for line in cells]
    totals: dict = {}
    for student, assignment, *_, old, new, _ in moves:
        totals[student, assignment] = totals.get((student, assignment), 0.0) + (new or 0.0) - (old or 0.0)
    return "\n".join(lines + [""] + [f"{s}/{a}: {d:+.4g}" for (s, a), d in totals.items()])


def format_changes(value):
    """Return a cell as text."""
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def run_mark_changes(before: Path, after: Path, output: Path | None = None) -> int:
    """Print whose mark moved and why; return the exit code.

    Parameters
    ----------
    before, after : path
        Output folders of ``grade`` (or their ``grades.csv``); ``OUT/previous`` and ``OUT`` after a regrade.
    output : path, optional
        Write the table there as CSV, too.
    """
    moves = compare(before, after)
    print(read_text(moves) if moves else "no mark moved")
    if output is not None:
        write_csv(Path(output), COLUMNS, [["" if v is None else v for v in line] for line in moves])
    print(f"\n{len({m[0] for m in moves})} students, {len(moves)} marks moved")
    return 0
