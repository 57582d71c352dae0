"""Fills the marks of an assignment into a table that an LMS gave, and says whom it could not fill in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.course import lms_tables
from autograder.course.roster import FIELD_OF_HEADER, RosterEntry
from autograder.course.text import clean_line, escape_for_spreadsheet
from autograder.errors import CourseError
from autograder.exports.downloaded_table import DownloadedTable
from autograder.exports.mark_columns import MarkColumn, make_points_reader
from autograder.gradebook.records import Record
from autograder.inbox.arrivals import Sender
from autograder.inbox.identity import ID_FIELDS, Directory

TABLE_NAMES = {"canvas": "Canvas", "moodle": "Moodle", "brightspace": "Brightspace", "blackboard": "Blackboard"}
"""Kind of export -> the table that it fills; the plain export fills any."""
OWN_WORDS = ("EX", "N/A")
"""What Canvas writes for somebody excused, and for somebody who has not been given the assignment."""
EMPTY = ("", "-")
LOCKED = {"grade_can_be_changed": "no"}
"""Moodle passes over what such a line has."""
ALSO_IDS = ("login", "sis_id", "moodle_id", "email")
"""What an LMS knows that may be the roster's own id of a student."""


@dataclass
class FilledColumn:
    """What became of one assignment's column.

    Attributes
    ----------
    filled : int
        Marks that were written.
    changed : list of str
        Students who had another mark in the table.
    waiting : dict
        Status -> students whose mark is not final, so that their cells stay as they were.
    missing : list of str
        Students with a final mark who are not in the table.
    kept : list of str
        Students whose cell takes no mark, with what stands there.
    too_high : list of str
        Students whose mark is above what the LMS takes.
    """

    filled: int = 0
    changed: list[str] = field(default_factory=list)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    too_high: list[str] = field(default_factory=list)


class TableFiller:
    """A table, and which of its rows is which student.

    Parameters
    ----------
    table : DownloadedTable
    kind : str
        Of the export.
    students : dict
        Id -> entry of the roster.

    Attributes
    ----------
    rows : dict
        Student -> row.
    strangers : list of str
        Rows that lead to no student, or to one whom another row leads to, with the reason.
    """

    def __init__(self, table: DownloadedTable, kind: str, students: Mapping[str, RosterEntry]) -> None:
        self.table, self.kind = table, kind
        self.form = lms_tables.recognise_table(table.headers)
        self.check_kind()
        self.directory = Directory(students, {})
        self.rows: dict[str, int] = {}
        self.strangers: list[str] = []
        self.identify_rows()

    def check_kind(self) -> None:
        """Raise a CourseError if the table is not of the LMS that it is for."""
        wanted, name = TABLE_NAMES.get(self.kind), self.form.name if self.form else ""
        if wanted and name != wanted:
            looks = f"it looks like {name}'s" if name else f"its columns are {', '.join(self.table.titles[:6])}"
            raise CourseError(f"{self.table.path} is no table of {wanted}: {looks}",
                              "docs/exporting.md says which download is meant; Moodle and Blackboard write headers in "
                              "your language there, so download the table in English")

    def identify_rows(self) -> None:
        """Find the student of each row; two rows of one student count for nobody."""
        found: dict[str, list[int]] = {}
        for row in self.table.list_lines():
            sender = self.read_sender(row)
            if sender is None:
                continue
            who = self.directory.find(sender)
            if len(who.students) == 1:
                found.setdefault(who.students[0], []).append(row)
            else:
                self.strangers.append(f"{sender.label} ({who.why})")
        for student, rows in found.items():
            if len(rows) == 1:
                self.rows[student] = rows[0]
            else:
                self.strangers.append(f"{student} (rows {' and '.join(str(row + 1) for row in rows)} are both theirs)")

    def read_sender(self, row: int) -> Sender | None:
        """Return whom a row is about; None for a row that is no student's."""
        line = self.table.read_line(row)
        if self.form:
            known = self.form.read_line(line)
            if known is None:
                return None
        else:
            known = {FIELD_OF_HEADER[header]: text for header, text in line.items() if header in FIELD_OF_HEADER}
        name = f"{known.get('first_name', '')} {known.get('last_name', '')}".strip()
        ids = [(field, known[field]) for field in ID_FIELDS if known.get(field)]
        if len(ids) > 1 or name:  # the number is that of one assignment, and may be from another one's table
            ids = [(field, value) for field, value in ids if field != "participant"] or ids
        ids += [("id", known[field]) for field in ALSO_IDS if known.get(field)]
        ids += [("moodle_email", known["email"])] if known.get("email") else []
        label = " ".join(filter(None, [name, *(value for _, value in ids[:1])])) or f"row {row + 1}"
        return Sender(clean_line(label), ids=tuple(ids), full_name=name)

    def fill_column(self, column: MarkColumn, records: Mapping[str, Record], zeros: bool, scale: bool,
                    maximum: float) -> FilledColumn:
        """Write the final marks of an assignment into its column.

        Parameters
        ----------
        column : MarkColumn
        records : dict
            Student -> record.
        zeros : bool
            Write 0 where nothing was handed in and the table has nothing either.
        scale : bool
            Convert marks to the points that the column has in the LMS.
        maximum : float
            Of the assignment's points here.
        """
        result, most_of = FilledColumn(), make_points_reader(self.table, self.kind, column)
        for student in self.directory.roster:
            record = records.get(student)
            if record and not is_final(record):
                result.waiting.setdefault(record.status, []).append(student)
            elif student not in self.rows:
                result.missing += [student] if record else []
            elif record or (zeros and self.table.read(self.rows[student], column.index) in EMPTY):
                most = most_of(self.rows[student])
                factor = find_factor(most, maximum, scale, column, self.table)
                self.fill_cell(column, student, record.score * factor if record else 0.0, most, result)
        return result

    def fill_cell(self, column: MarkColumn, student: str, score: float, most: float | None,
                  result: FilledColumn) -> None:
        """Write one mark, unless the cell takes none.

        Parameters
        ----------
        column : MarkColumn
        student : str
        score : float
        most : float or None
            What the LMS takes at most.
        result : FilledColumn
            Gets what became of it.
        """
        row = self.rows[student]
        before, line = self.table.read(row, column.index), self.table.read_line(row)
        locked = [header for header, word in LOCKED.items() if line.get(header, "").casefold() == word]
        if before.upper() in OWN_WORDS or locked:
            result.kept.append(f"{student} ({before.upper() if before.upper() in OWN_WORDS else 'locked'})")
            return
        text = escape_for_spreadsheet(float(score))
        if most is not None and score > most + 1e-9:
            result.too_high.append(f"{student} ({text} of {most:g})")
        if before not in EMPTY and before.replace(",", ".") != text and not is_same(before, score):
            result.changed.append(student)
        self.table.write(row, column.index, text)
        result.filled += 1


def is_final(record: Record) -> bool:
    """Does nothing of a mark wait for a person?"""
    return not record.manual_pending and record.status not in ("infra-error", "to-look-at", "manual-pending")


def is_same(before: str, score: float) -> bool:
    """Is a mark of the table this one, to the two decimals that an LMS shows?"""
    try:
        return abs(float(before.replace(",", ".")) - score) < 0.0051
    except ValueError:
        return False


def find_factor(most: float | None, maximum: float, scale: bool, column: MarkColumn, table: DownloadedTable) -> float:
    """Return by what a mark is multiplied.

    Parameters
    ----------
    most : float or None
        Points that the assignment has in the LMS.
    maximum : float
        Those that it has here.
    scale : bool
    column : MarkColumn
    table : DownloadedTable

    Raises
    ------
    CourseError
        If they differ, and nobody has said what to do about it.
    """
    if most is None or abs(most - maximum) < 1e-6:
        return 1.0
    if not scale:
        raise CourseError(f"{table.path}: {column.title!r} has {most:g} points there and {maximum:g} here",
                          "change it in the LMS and download the table again, or convert the marks with --scale")
    return most / maximum
