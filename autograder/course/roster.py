"""The roster: who is in the course, under which names the LMS knows them, and who may hand in later.

A CSV with a column for the student's id, which is the name of their folder of submissions, and any of the others in
``COLUMNS``. ``extension`` grants days (``2``, ``2d``) or hours (``36h``) for every assignment, ``extension
01_activations`` for one. Students are put into nbgrader's gradebook; a copy of the table is stored in the course,
because exports need columns that the gradebook does not have.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from autograder.course.cells import STUDENT_ID
from autograder.course.files import write_atomically
from autograder.course.topics import list_assignments
from autograder.errors import CourseError

ROSTER_FILE = "roster.csv"
MOST_PROBLEMS = 5
MOST_DAYS = 366
"""Longest extension."""
MOST_SHOWN = 40
"""Characters of a wrong value in a message."""
COLUMNS = {
    "id": ("student", "student_id", "id", "username"),
    "first_name": ("first_name", "firstname", "given_name"),
    "last_name": ("last_name", "lastname", "surname", "family_name"),
    "email": ("email", "email_address", "e_mail"),
    "canvas_id": ("canvas_id", "lms_user_id"),
    "sis_id": ("sis_id", "sis_user_id"),
    "login": ("login", "sis_login_id"),
    "section": ("section",),
    "moodle_id": ("moodle_id", "id_number", "idnumber"),
    "moodle_email": ("moodle_email",),
}
"""Field of :class:`RosterEntry` -> the headers it may have; case, blanks and dashes in a header do not matter."""
FIELD_OF_HEADER = {name: fieldname for fieldname, names in COLUMNS.items() for name in names}


@dataclass
class RosterEntry:
    """One line of the roster.

    Attributes
    ----------
    canvas_id, sis_id, login, section : str
        What Canvas calls ID, SIS User ID, SIS Login ID and Section.
    moodle_id, moodle_email : str
        What Moodle calls ID number, and the address it knows, where it differs from ``email``.
    extensions : dict
        Assignment -> timedelta.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    canvas_id: str = ""
    sis_id: str = ""
    login: str = ""
    section: str = ""
    moodle_id: str = ""
    moodle_email: str = ""
    extensions: dict[str, timedelta] = field(default_factory=dict)


def read_roster(path: str | Path) -> dict[str, RosterEntry]:
    """Read a roster.

    Returns
    -------
    students : dict
        Id -> :class:`RosterEntry`, in the order of the file.

    Raises
    ------
    CourseError
        With up to five problems, a line each: no id, an id twice, an id that no folder can have, no UTF-8.
    """
    students: dict[str, RosterEntry] = {}
    first_lines: dict[str, int] = {}
    problems: list[str] = []
    for number, line in read_table(path):
        try:
            student = parse_entry(line)
        except ValueError as error:
            problems.append(f"{path}, line {number}: {error}")
            continue
        if student.id in first_lines:
            problems.append(f"{path}, line {number}: {student.id} is already in line {first_lines[student.id]}")
        first_lines.setdefault(student.id, number)
        students[student.id] = student
    if problems:
        shown = problems[:MOST_PROBLEMS]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"... and {len(problems) - MOST_PROBLEMS} more")
        raise CourseError("\n".join(shown))
    return students


def parse_entry(line: Mapping[str, str]) -> RosterEntry:
    """Read one line; a ValueError says what is wrong with it."""
    fields = {FIELD_OF_HEADER[name]: text for name, text in line.items() if name in FIELD_OF_HEADER}
    if not fields["id"]:
        raise ValueError("there is no student's id")
    if not STUDENT_ID.fullmatch(fields["id"]):
        raise ValueError(f"{fields['id']!r} cannot be a student's id: letters, digits and . _ @ - only, "
                         "as in the name of the folder of submissions")
    about: dict[str, Any] = fields
    return RosterEntry(**about, extensions=parse_extensions(line))


def parse_extensions(line: Mapping[str, str]) -> dict[str, timedelta]:
    """Return assignment -> extension from the columns that begin with "extension"; a column for one assignment wins."""
    extensions: dict[str, timedelta] = {}
    for name in sorted(name for name in line if name.startswith("extension")):
        which = name.removeprefix("extension").strip("_")
        meant = [a for a in list_assignments() if which in ("", a, a[:2])]
        if not meant:
            raise ValueError(f"the column {name!r} names no assignment (known: {', '.join(list_assignments())})")
        time = parse_duration(line[name])
        extensions.update({a: time or extensions.get(a, time) for a in meant})
    return extensions


def parse_duration(text: str) -> timedelta:
    """Read ``2``, ``2d`` (days) or ``36h``; an empty cell is no extension."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(d|h|days?|hours?)?", text or "0")
    if not match:
        raise ValueError(f"{text[:MOST_SHOWN]!r} is no extension: write 2d or 36h")
    days = float(match[1]) / (24 if (match[2] or "d").startswith("h") else 1)
    if days > MOST_DAYS:
        raise ValueError(f"{text[:MOST_SHOWN]!r} is no extension: it is longer than {MOST_DAYS} days")
    return timedelta(days=days)


def read_table(path: str | Path, needed: Sequence[str] = ("student",)) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, header -> text) of a table that a spreadsheet may have written.

    Commas, semicolons or tabs; UTF-8 with or without a mark, or UTF-16. Headers come out in lower case with
    underscores. A table without a header is a list of students.

    Parameters
    ----------
    path : path
    needed : sequence of str
        Headers that must be there; "student" means any of the names for the student's id.
    """
    text = read_table_text(path)
    head = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    headers: list[str] | None = None
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if headers is None:
                headers = read_headers(path, cells, needed)
                if headers is not None:
                    continue
                headers = ["student"] + [f"column_{i}" for i in range(2, len(cells) + 1)]
            if len(cells) > len(headers) and any(cells[len(headers):]):
                raise CourseError(f"{path}, line {reader.line_num}: {len(cells)} cells, but {len(headers)} headers "
                                  "(a comma that is not between quotes?)")
            yield reader.line_num, dict(zip(headers, cells + [""] * len(headers), strict=False))
    except csv.Error as error:
        raise CourseError(f"{path}, line {reader.line_num}: {error}") from error


def read_table_text(path: str | Path) -> str:
    """Return the text of a table."""
    data = Path(path).read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        raise CourseError(f"{path}, line {line}: not UTF-8; save it from the spreadsheet as \"CSV UTF-8\"") from error


def read_headers(path: str | Path, cells: Iterable[str], needed: Sequence[str]) -> list[str] | None:
    """Return the headers of a table, or None if its first line is a student already.

    Parameters
    ----------
    path : path
        For messages.
    cells : iterable of str
        The first line.
    needed : sequence of str
        See :func:`read_table`.
    """
    names = [re.sub(r"[\W_]+", "_", cell.lower()).strip("_") for cell in cells]
    recognised = set(FIELD_OF_HEADER) | set(needed)
    if not recognised & set(names) and needed == ("student",):
        return None
    for name in needed:
        others = COLUMNS["id"] if name == "student" else (name,)
        if not set(others) & set(names):
            raise CourseError(f"{path}, line 1: there is no column {' or '.join(others)}")
    fields = [FIELD_OF_HEADER.get(name, name) for name in names if name]
    twice = next((name for name in fields if fields.count(name) > 1), None)
    if twice:
        raise CourseError(f"{path}, line 1: two columns for {twice.replace('_', ' ')}; rename one")
    return ["student" if name in COLUMNS["id"] else name for name in names]


def enroll_students(gradebook: Any, course: str | Path, path: str | Path) -> dict[str, RosterEntry]:
    """Put the students of a roster into nbgrader's gradebook, and store a copy of the roster in the course.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    course : path
        The course folder.
    path : path
        The roster.

    Returns
    -------
    students : dict
        From :func:`read_roster`.
    """
    students = read_roster(path)
    enrolled = {s.id: s for s in gradebook.students}
    for student in students.values():
        about = {"first_name": student.first_name or None, "last_name": student.last_name or None,
                 "email": student.email or None, "lms_user_id": student.canvas_id or None}
        before = enrolled.get(student.id)
        if before is None or any(getattr(before, name) != value for name, value in about.items()):
            gradebook.update_or_create_student(student.id, **about)
    write_atomically(Path(course) / ROSTER_FILE, read_table_text(path))
    return students


def load_roster(course: str | Path) -> dict[str, RosterEntry]:
    """Return the roster that is stored in the course, or an empty one."""
    path = Path(course) / ROSTER_FILE
    return read_roster(path) if path.exists() else {}


def list_strangers(students: Collection[str], submitted: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each submission (student, assignment) that belongs to nobody on the roster."""
    return [f"{student}/{assignment}: not on the roster" for student, assignment in sorted(submitted)
            if student not in students]
