"""The roster: who is in the course, under which names the LMS knows them, and who may hand in later.

A CSV with a column for the student's id, which is the name of their folder of submissions, and any of the others in
``COLUMNS``; or the table of an LMS as it is (:mod:`autograder.course.lms_tables`). ``extension`` grants days (``2``,
``2d``) or hours (``36h``) for every assignment, ``extension
01_activations`` for one. Students are put into nbgrader's gradebook; a copy of the table is stored in the course,
because exports need columns that the gradebook does not have.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.course import lms_tables
from autograder.course.cells import STUDENT_ID
from autograder.course.files import write_atomically
from autograder.course.settings import list_fitting
from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.errors import CourseError

ROSTER_FILE = "roster.csv"
WHO_FILE = "who.csv"
"""Of the course: sender -> student, where the roster does not say it."""
MOST_PROBLEMS = 5
MOST_DAYS = 366
"""Longest extension."""
MOST_SHOWN = 40
"""Characters of a wrong value in a message."""
MOST_TITLES = 12
"""Headers of a table that a message lists."""
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
WHICH_COLUMN = ("Download the table in English, or say which column is what: --columns "
                "\"id=HEADER,first_name=HEADER,last_name=HEADER,email=HEADER\" (docs/roster.md)")
"""What to do with a table whose headers are not known."""
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
    "group": ("group", "groups", "group_name", "team"),
    "participant": ("participant",),
    "github": ("github", "github_username", "github_login"),
}
"""Field of :class:`RosterEntry` -> the headers it may have; case, blanks and dashes in a header do not matter."""
FULL_NAME, NAMES = "full_name", ("full_name", "name", "student_name")
"""Header of a column with first and last name in one, and those that it may have in a table of one's own."""
FORMULA = re.compile(r'="(.*)"')
"""How some tables keep a spreadsheet from taking leading zeros off."""
SEPARATOR_LINE = re.compile(r"\s*\"?sep=.\"?[ ,;\t]*(?=[\r\n])", re.IGNORECASE)
"""A first line by which a spreadsheet is told what stands between the cells."""
HEADER_WORDS = frozenset("""vorname nachname name e_mail_adresse anmeldename benutzername gruppe gruppen prénom nom
    nom_de_famille adresse_de_courriel groupe nombre apellido apellidos apellido_s dirección_de_correo grupo nome
    cognome matrikelnummer id_nummer identifiant identificador matricola
    indirizzo_email sobrenome voornaam achternaam e_mailadres imię nazwisko имя фамилия 名 姓 氏名 姓名""".split())
"""Headers in other languages, from memory: such a first line is refused, and never taken for a student."""
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
    participant : str
        The number in Moodle's grading worksheet, which is the student's in one assignment.
    group : str
        Students of one group hand in together where the LMS says so.
    github : str
        User name on GitHub.
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
    group: str = ""
    participant: str = ""
    github: str = ""
    extensions: dict[str, timedelta] = field(default_factory=dict)


def read_roster(path: str | Path, columns: Mapping[str, str] = NO_COLUMNS) -> dict[str, RosterEntry]:
    """Read a roster.

    Parameters
    ----------
    path : path
    columns : dict, optional
        Field -> header of the column that holds it, from :func:`parse_columns`: where a table has its own headers.

    Returns
    -------
    students : dict
        Id -> :class:`RosterEntry`, in the order of the file.

    Raises
    ------
    CourseError
        With up to five problems, a line each: no id, an id twice, an id that no folder can have, no UTF-8; or if there
        is no student.
    """
    students: dict[str, RosterEntry] = {}
    first_lines: dict[str, int] = {}
    problems: list[str] = []
    for number, line in read_students(path, columns):
        try:
            student = parse_entry(line)
        except ValueError as error:
            problems.append(f"{path}, line {number}: {error}")
            continue
        if student.id in first_lines and (merged := merge_sections(students[student.id], student)):
            student = merged
        elif student.id in first_lines:
            problems.append(f"{path}, line {number}: {student.id} is already in line {first_lines[student.id]}")
        first_lines.setdefault(student.id, number)
        students[student.id] = student
    if not (students or problems):
        raise CourseError(f"{path}: there is no student in it")
    if problems:
        shown = problems[:MOST_PROBLEMS]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"... and {len(problems) - MOST_PROBLEMS} more")
        raise CourseError("\n".join(shown))
    return students


def parse_columns(text: str) -> dict[str, str]:
    """Read ``id=Anmeldename,name=Vollständiger Name``: field -> header; a ValueError says what is wrong.

    Fields are those of :class:`RosterEntry` and ``name``, a full name.
    """
    columns: dict[str, str] = {}
    for part in text.split(","):
        name, equals, header = (word.strip() for word in part.partition("="))
        name = normalise_header(name)
        known = {**FIELD_OF_HEADER, **{fieldname: fieldname for fieldname in COLUMNS}, "name": FULL_NAME}
        if not equals or not header or name not in known:
            raise ValueError(f"{part.strip()!r} does not say which column is what: write FIELD=HEADER, with one of "
                             f"{', '.join([*COLUMNS, 'name'])} before the sign")
        columns["student" if known[name] == "id" else known[name]] = header
    twice = [header for header in columns.values() if list(columns.values()).count(header) > 1]
    if twice:
        raise ValueError(f"two fields name the column {twice[0]!r}")
    return columns


def rename_headers(path: str | Path, cells: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return the headers of a table with our own names for the columns that a person has named.

    Parameters
    ----------
    path : path
        For messages.
    cells : sequence of str
        The first line.
    columns : dict
        From :func:`parse_columns`.
    """
    simple = [normalise_header(cell) for cell in cells]
    names = {normalise_header(header): name for name, header in columns.items()}
    lost = [header for header in columns.values() if simple.count(normalise_header(header)) != 1]
    if lost:
        raise CourseError(f"{path}, line 1: --columns names {lost[0]!r}, and not one column is called so; there are: "
                          f"{list_titles(cells)}")
    return [names.get(name, cell) for name, cell in zip(simple, cells, strict=True)]


def list_titles(cells: Iterable[str]) -> str:
    """Return the headers of a table for a message."""
    return ", ".join(clean_line(cell)[:MOST_SHOWN] for cell in list(cells)[:MOST_TITLES] if cell)


def read_students(path: str | Path, columns: Mapping[str, str] = NO_COLUMNS
                  ) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield (line number, header -> text) of the students in a roster of ours or in an LMS's table.

    Parameters
    ----------
    path : path
    columns : dict, optional
        See :func:`read_roster`.
    """
    rows = iter_rows(path, columns)
    number, first = next(rows, (0, []))
    headers = [normalise_header(cell) for cell in first]
    table = lms_tables.recognise_table(headers)
    if table is None:
        yield from read_table(path, columns=columns)
        return
    for number, cells in rows:
        check_length(path, number, cells, headers)
        line = dict(zip(headers, cells + [""] * len(headers), strict=False))
        if student := table.read_line(line):
            yield number, student


def merge_sections(first: RosterEntry, second: RosterEntry) -> RosterEntry | None:
    """Return a student of two sections as one; None if the two lines differ in anything else."""
    if first.section == second.section or replace(first, section=second.section) != second:
        return None
    return replace(first, section=f"{first.section} and {second.section}")


def parse_entry(line: Mapping[str, str]) -> RosterEntry:
    """Read one line; a ValueError says what is wrong with it."""
    fields = {FIELD_OF_HEADER[name]: text for name, text in line.items() if name in FIELD_OF_HEADER}
    if not fields["id"]:
        raise ValueError("there is no student's id")
    if not STUDENT_ID.fullmatch(fields["id"]):
        raise ValueError(f"{fields['id']!r} cannot be a student's id: letters, digits and . _ @ - only, "
                         "as in the name of the folder of submissions")
    if line.get(FULL_NAME) and not (fields.get("first_name") or fields.get("last_name")):
        fields["first_name"], fields["last_name"] = lms_tables.split_full_name(line[FULL_NAME])
    if "participant" in fields:
        fields["participant"] = lms_tables.read_participant(fields["participant"])
    about: dict[str, Any] = fields
    return RosterEntry(**about, extensions=parse_extensions(line))


def parse_extensions(line: Mapping[str, str]) -> dict[str, timedelta]:
    """Return assignment -> extension from the columns that begin with "extension"; a column for one assignment wins."""
    extensions: dict[str, timedelta] = {}
    for name in sorted(name for name in line if name.startswith("extension")):
        which = name.removeprefix("extension").strip("_")
        meant = list_fitting(which, list_assignments()) if which else list(list_assignments())
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


def read_table(path: str | Path, needed: Sequence[str] = ("student",), columns: Mapping[str, str] = NO_COLUMNS
               ) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, header -> text) of a table that a spreadsheet may have written.

    Commas, semicolons or tabs; UTF-8 with or without a mark, or UTF-16. Headers come out in lower case with
    underscores. A table of one or two columns without a header is a list of students.

    Parameters
    ----------
    path : path
    needed : sequence of str
        Headers that must be there; "student" means any of the names for the student's id.
    columns : dict, optional
        See :func:`read_roster`.
    """
    headers: list[str] | None = None
    for number, cells in iter_rows(path, columns):
        if headers is None:
            headers = read_headers(path, cells, needed)
            if headers is not None:
                continue
            headers = ["student"] + [f"column_{i}" for i in range(2, len(cells) + 1)]
        check_length(path, number, cells, headers)
        yield number, dict(zip(headers, cells + [""] * len(headers), strict=False))


def cut_separator_line(text: str) -> str:
    """Return a table's text with an empty line in the place of a first one that only says what separates the cells."""
    match = SEPARATOR_LINE.match(text)
    return text[match.end():] if match else text


def find_separator(text: str) -> str:
    """Return what stands between the cells of a table: the most frequent of comma, semicolon and tab in its head."""
    return max(",;\t", key=text.lstrip().partition("\n")[0].count)


def iter_rows(path: str | Path, columns: Mapping[str, str] = NO_COLUMNS) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of the lines of a table in which anything stands.

    Parameters
    ----------
    path : path
    columns : dict, optional
        See :func:`read_roster`.
    """
    text = cut_separator_line(read_table_text(path))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_separator(text), strict=True)
    try:
        for cells in reader:
            cells = [FORMULA.sub(r"\1", cell.strip()) for cell in cells]
            if any(cells):
                yield reader.line_num, rename_headers(path, cells, columns) if columns else cells
                columns = NO_COLUMNS
    except csv.Error as error:
        raise CourseError(f"{path}, line {reader.line_num}: {error}") from error


def check_length(path: str | Path, number: int, cells: Sequence[str], headers: Sequence[str]) -> None:
    """Raise a CourseError for a line with more cells than headers.

    Parameters
    ----------
    path : path
    number : int
        Of the line.
    cells, headers : sequence of str
    """
    if len(cells) > len(headers) and any(cells[len(headers):]):
        raise CourseError(f"{path}, line {number}: {len(cells)} cells, but {len(headers)} headers "
                          "(a comma that is not between quotes?)")


def read_table_text(path: str | Path) -> str:
    """Return the text of a table."""
    data = Path(path).read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        raise CourseError(f"{path}, line {line}: not UTF-8; save it from the spreadsheet as \"CSV UTF-8\"") from error


def normalise_header(cell: str) -> str:
    """Return a header in small letters, with underscores."""
    return re.sub(r"[\W_]+", "_", cell.lower()).strip("_")


def is_student(names: Sequence[str]) -> bool:
    """May a first line, of which no cell is a header of ours, be a student's id, perhaps with a name?"""
    return len([name for name in names if name]) <= 2 and not HEADER_WORDS & set(names)


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
    names = [normalise_header(cell) for cell in cells]
    recognised = set(FIELD_OF_HEADER) | set(needed)
    if not recognised & set(names) and needed == ("student",) and is_student(names):
        return None
    for name in needed:
        others = COLUMNS["id"] if name == "student" else (name,)
        if not set(others) & set(names):
            advice = [WHICH_COLUMN] if name == "student" and needed == ("student",) else []
            raise CourseError(f"{path}, line 1: there is no column {' or '.join(others)}; there are: "
                              f"{list_titles(cells)}", *advice)
    if needed == ("student",) and len(set(NAMES) & set(names)) == 1:
        names = [FULL_NAME if name in NAMES else name for name in names]
    fields = [FIELD_OF_HEADER.get(name, name) for name in names if name]
    twice = next((name for name in fields if fields.count(name) > 1), None)
    if twice:
        raise CourseError(f"{path}, line 1: two columns for {twice.replace('_', ' ')}; rename one")
    return ["student" if name in COLUMNS["id"] else name for name in names]


def enroll_students(gradebook: Any, course: str | Path, path: str | Path, columns: Mapping[str, str] = NO_COLUMNS
                    ) -> dict[str, RosterEntry]:
    """Put the students of a roster into nbgrader's gradebook, and store a copy of the roster in the course.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    course : path
        The course folder.
    path : path
        The roster.
    columns : dict, optional
        See :func:`read_roster`; the copy has our headers in their place.

    Returns
    -------
    students : dict
        From :func:`read_roster`.
    """
    students = read_roster(path, columns)
    enrolled = {s.id: s for s in gradebook.students}
    for student in students.values():
        about = {"first_name": student.first_name or None, "last_name": student.last_name or None,
                 "email": student.email or None, "lms_user_id": student.canvas_id or None}
        before = enrolled.get(student.id)
        if before is None or any(getattr(before, name) != value for name, value in about.items()):
            gradebook.update_or_create_student(student.id, **about)
    write_atomically(Path(course) / ROSTER_FILE, format_table(path, columns) if columns else read_table_text(path))
    return students


def format_table(path: str | Path, columns: Mapping[str, str]) -> str:
    """Return a table as CSV with our names for the columns that a person has named."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells for _, cells in iter_rows(path, columns))
    return text.getvalue()


def load_roster(course: str | Path) -> dict[str, RosterEntry]:
    """Return the roster that is stored in the course, or an empty one."""
    path = Path(course) / ROSTER_FILE
    return read_roster(path) if path.exists() else {}


def read_senders(path: str | Path, roster: Mapping[str, RosterEntry]) -> dict[str, str]:
    """Return sender -> student of a table with these columns, by which a person says who is who.

    Several students with blanks between them are a group.

    Parameters
    ----------
    path : path
    roster : dict
        Id -> entry; without one, any id is taken.
    """
    senders: dict[str, str] = {}
    for number, line in read_table(path, ("sender", "student")):
        sender, student = line["sender"], " ".join(line["student"].split())
        if not student:  # a line that was copied and not completed
            continue
        for name in student.split():
            if name not in roster if roster else not STUDENT_ID.fullmatch(name):
                raise CourseError(f"{path}, line {number}: {name[:MOST_SHOWN]!r} is "
                                  + ("not on the roster" if roster else "no student's id"))
        if senders.setdefault(sender, student) != student:
            raise CourseError(f"{path}, line {number}: {sender[:MOST_SHOWN]!r} is already {senders[sender]}")
    return senders


def load_senders(course: str | Path, path: str | Path | None, roster: Mapping[str, RosterEntry]) -> dict[str, str]:
    """Return sender -> student, or students: what the course has stored, and what another table adds.

    Parameters
    ----------
    course : path
    path : path or None
        See :func:`read_senders`.
    roster : dict
    """
    stored = Path(course) / WHO_FILE
    senders = read_senders(stored, {}) if stored.exists() else {}
    senders = {sender: student for sender, student in senders.items()
               if not roster or set(student.split()) <= set(roster)}
    return senders | (read_senders(path, roster) if path else {})


def store_senders(course: str | Path, path: str | Path) -> None:
    """Keep in the course who is who."""
    roster = load_roster(course)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [("sender", "student"), *sorted(load_senders(course, path, roster).items())])
    write_atomically(Path(course) / WHO_FILE, text.getvalue())
