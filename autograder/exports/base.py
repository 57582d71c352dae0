"""The base class of the exports: which students, assignments and marks they contain."""

from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from autograder.course import roster
from autograder.course.roster import RosterEntry
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
    zeros = Bool(False, help="A zero where nothing was handed in, in place of no mark.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the export (called by nbgrader)."""
        course = Path(self.config.CourseDirectory.root)
        lateness.update_lateness(gradebook, course)
        found = records.iter_records(course, self.assignment or None, work=False)
        self.records: dict[tuple[str, str], Record] = {(r.student, r.assignment): r for r in found}
        self.students = self.select_students(gradebook, course)
        handed_in = {assignment for _, assignment in self.records}
        self.maxima: dict[str, float] = {
            a.name: a.max_score
            for a in sorted(gradebook.assignments, key=lambda a: a.name)
            if a.name in (self.assignment or handed_in)
        }
        self.notes: list[str] = []
        self.unidentified: list[str] = []
        self.write_file(Path(self.to or self.default))
        for note in self.notes:
            print(note)

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

    def add_note(self, text: str, names: list[str]) -> None:
        """Add a note about submissions or students, with the first few names; none if there are no names."""
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            self.notes.append(f"{text}: {', '.join(names[:3])}{more}")

    def add_notes_on_open_marks(self) -> None:
        """Add notes on what an LMS has no column for: marks that are not final, students who are not on the roster."""
        names_by_status: dict[str, list[str]] = {}
        for (student, assignment), record in self.records.items():
            if student in self.students and assignment in self.maxima and record.status != "graded":
                names_by_status.setdefault(record.status, []).append(f"{student}/{assignment}")
        for status, names in names_by_status.items():
            self.add_note(status, names)
        self.add_note("left out, not on the roster", self.unlisted)


Row = list[Any]
"""One line of a table: texts and numbers."""


def format_sortable_name(student: RosterEntry) -> str:
    """Return a student's name as Canvas sorts it, or the id."""
    return ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
