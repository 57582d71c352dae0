"""The base class of the exports: which students, assignments and marks they contain."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from autograder.course import roster
from autograder.course.files import write_atomically
from autograder.course.roster import RosterEntry
from autograder.course.settings import SETTINGS_FILE, TOTAL, CourseSettings, load_settings
from autograder.course.topics import list_assignments
from autograder.errors import CourseError
from autograder.exports.downloaded_table import DownloadedTable
from autograder.exports.mark_columns import MarkColumn, find_column, list_columns, list_titles
from autograder.exports.table_filler import FilledColumn, TableFiller
from autograder.gradebook import lateness, records
from autograder.gradebook.records import Record


class MarksExporter(ExportPlugin):
    """What the exports have in common; a subclass writes the file.

    Attributes
    ----------
    records : dict of (str, str) to Record
        (student, assignment) -> record of every submission that was asked for.
    students : dict of str to RosterEntry
        The students of the export, by id.
    unlisted : list of str
        Students with submissions who are not on the roster.
    unidentified : list of str
        Students whom the other system could not identify, so that they are left out.
    maxima : dict of str to float
        Assignment -> maximum of its points.
    notes : list of str
        Lines that are printed at the end.
    """

    default = ""
    kind = ""
    columns = Dict(help="Assignment -> column in the LMS, as in 'Activations (48151)'.").tag(config=True)
    table = Unicode("", help="Table that the LMS gave: it comes back with the marks filled in.").tag(config=True)
    scale = Bool(False, help="Convert marks to the points that a column has in the LMS.").tag(config=True)
    zeros = Bool(False, help="A zero where nothing was handed in, in place of no mark.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the export (called by nbgrader)."""
        course = Path(self.config.CourseDirectory.root)
        lateness.update_lateness(gradebook, course)
        settings = load_settings(course)
        self.collect_marks(gradebook, course, settings)
        self.students = self.select_students(gradebook, course)
        self.notes: list[str] = []
        self.unidentified: list[str] = []
        if self.table:
            self.fill_table(Path(self.to or self.default))
        else:
            self.write_file(Path(self.to or self.default))
        for note in self.notes:
            print(note)

    def collect_marks(self, gradebook: Gradebook, course: Path, settings: CourseSettings) -> None:
        """Collect the marks and their maxima, in the points that the course shows, and the course total if it is asked.

        Parameters
        ----------
        gradebook : nbgrader.api.Gradebook
        course : pathlib.Path
        settings : CourseSettings
            Of the course.
        """
        mine = list(settings.select_assignments(list_assignments()))
        asked = [name for name in mine if name in self.assignment or not self.assignment]
        with_others = not self.assignment or self.wants_total(settings)
        found = list(records.iter_records(course, None if with_others else asked, work=False))
        handed_in = {record.assignment for record in found}
        most = {a.name: a.max_score for a in gradebook.assignments}
        shown = [name for name in asked if name in most and (self.assignment or name in handed_in)]
        self.maxima: dict[str, float] = {name: settings.convert_points(name, 0, most[name])[1] for name in shown}
        self.records: dict[tuple[str, str], Record] = {
            (r.student, r.assignment): show_points(r, settings) for r in found if r.assignment in asked}
        if self.wants_total(settings):
            self.records |= {(r.student, TOTAL): r for r in make_totals(found, settings)}
            self.maxima[TOTAL] = settings.compute_total({})[1]

    def wants_total(self, settings: CourseSettings) -> bool:
        """Does the course have weights, and does the export have a place for the total?"""
        if TOTAL in self.assignment and not settings.weights:
            raise CourseError(f"the course has no weights, so there is no {TOTAL}", f"Add [weights] to {SETTINGS_FILE}")
        named = TOTAL in self.columns or (self.kind == "csv" and not self.table and not self.assignment)
        return bool(settings.weights) and (TOTAL in self.assignment or named)

    def select_students(self, gradebook: Gradebook, course: Path) -> dict[str, RosterEntry]:
        """Return the students of the export by id: the roster's, or without a roster all in the gradebook."""
        students = roster.load_roster(course) or {
            s.id: RosterEntry(s.id, s.first_name or "", s.last_name or "", s.email or "", s.lms_user_id or "")
            for s in sorted(gradebook.students, key=lambda s: s.id)}
        self.unlisted = sorted({student for student, _ in self.records} - set(students))
        wanted = {str(s) for s in self.student} or set(students)
        return {name: student for name, student in students.items() if name in wanted}

    def write_file(self, path: Path) -> None:
        """Write the file."""
        raise NotImplementedError

    def fill_table(self, path: Path) -> None:
        """Write the LMS's own table with the marks filled in, and note who could not be."""
        table = DownloadedTable(self.table)
        if not self.kind:
            raise CourseError("no system takes such a table back", "--to csv fills any table")
        filler, columns = TableFiller(table, self.kind, self.students), self.find_columns(table)
        for assignment, column in columns.items():
            mine = {student: record for (student, name), record in self.records.items() if name == assignment}
            filled = filler.fill_column(column, mine, self.zeros, self.scale, self.maxima[assignment])
            self.notes.append(f"{assignment}: {filled.filled} marks in the column {column.title!r}")
            self.add_notes_on_column(assignment, filled)
            self.unidentified += [name for name in filled.missing if name not in self.unidentified]
        self.add_note("in the table and not on the roster, left as they were", filler.strangers, all_names=True)
        self.add_note("left out, not on the roster", self.unlisted, all_names=True)
        write_atomically(path, table.encode())
        self.maxima = {assignment: self.maxima[assignment] for assignment in columns}

    def find_columns(self, table: DownloadedTable) -> dict[str, MarkColumn]:
        """Return assignment -> column of the table; a CourseError if no assignment has one."""
        found: dict[str, MarkColumn] = {}
        for assignment in self.maxima:
            if column := find_column(table, self.kind, assignment, self.columns.get(assignment, "")):
                found[assignment] = column
        if len(found) > len({column.index for column in found.values()}):
            raise CourseError(f"{table.path} has one column for {' and '.join(found)}",
                              "say with --assignment whose it is")
        if not found:
            raise CourseError(f"{table.path}: no column is named like {' or '.join(self.maxima) or 'an assignment'}; "
                              f"columns that take marks: {list_titles(list_columns(table, self.kind))}",
                              "name one with --assignment NAME --column HEADER")
        self.add_note("no column in the table", [name for name in self.maxima if name not in found], all_names=True)
        return found

    def add_notes_on_column(self, assignment: str, filled: FilledColumn) -> None:
        """Note what was not filled into the column of an assignment."""
        for status, names in filled.waiting.items():
            self.add_note(f"{assignment}, {status}: no final mark, left as it was", names)
        self.add_note(f"{assignment}, not in the table", filled.missing, all_names=True)
        self.add_note(f"{assignment}, left as it was in the table", filled.kept, all_names=True)
        self.add_note(f"{assignment}, another mark stood there", filled.changed)
        self.add_note(f"{assignment}, above what the LMS takes", filled.too_high, all_names=True)

    def find_record(self, student: str, assignment: str) -> Record | None:
        """Return the record of a submission, or None."""
        return self.records.get((student, assignment))

    def find_score(self, student: str, assignment: str, empty: str = "") -> float | str:
        """Return the score of a submission.

        Parameters
        ----------
        student, assignment : str
        empty : str
            What is returned where there is no mark.
        """
        record = self.find_record(student, assignment)
        if record is None:
            return 0.0 if self.zeros else empty
        return empty if record.status == "infra-error" else float(record.score)

    def find_status(self, student: str, assignment: str) -> str:
        """Return the status of a submission; "missing" if there is none."""
        record = self.find_record(student, assignment)
        return record.status if record else "missing"

    def add_note(self, text: str, names: list[str], all_names: bool = False) -> None:
        """Add a note about submissions or students; none if there are no names.

        Parameters
        ----------
        text : str
        names : list of str
        all_names : bool
            By default only the first few names are shown.
        """
        if names:
            shown = names if all_names else names[:3]
            more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
            self.notes.append(f"{text}: {', '.join(shown)}{more}")

    def add_notes_on_open_marks(self) -> None:
        """Add notes on what an LMS has no column for: marks that are not final, students who are not on the roster."""
        names_by_status: dict[str, list[str]] = {}
        for (student, assignment), record in self.records.items():
            if student in self.students and assignment in self.maxima and record.status != "graded":
                names_by_status.setdefault(record.status, []).append(f"{student}/{assignment}")
        for status, names in names_by_status.items():
            self.add_note(status, names)
        self.add_note("left out, not on the roster", self.unlisted)


def show_points(record: Record, settings: CourseSettings) -> Record:
    """Return a record whose mark has the points that the course shows; the marks of its cells stay."""
    score, most = settings.convert_points(record.assignment, record.score, record.max_score)
    late, _ = settings.convert_points(record.assignment, record.late_penalty, record.max_score)
    return replace(record, score=score, max_score=most, late_penalty=late)


def make_totals(found: list[Record], settings: CourseSettings) -> Iterator[Record]:
    """Yield a record of the course total of each student; it waits for a person as long as one of its marks does."""
    for student, group in groupby(found, lambda record: record.student):
        mine = list(group)
        score, most = settings.compute_total({r.assignment: (r.score, r.max_score) for r in mine})
        status = records.name_total_status({r.status for r in mine})
        yield Record(student, TOTAL, TOTAL, status, score=score, max_score=most,
                     manual_pending=sum(r.manual_pending for r in mine))


Row = list[Any]
"""One line of a table: texts and numbers."""


def format_sortable_name(student: RosterEntry) -> str:
    """Return a student's name as Canvas sorts it, or the id."""
    return ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
