"""The marks and their feedback as Moodle imports them."""

from pathlib import Path

from traitlets import Enum

from autograder.exports import gradescope_results
from autograder.exports.base import MarksExporter
from autograder.reports.marks_tables import write_csv


class MoodleExporter(MarksExporter):
    """What Moodle's "Import grades from a CSV file" reads: the student, then marks and feedback of each assignment.

    Moodle gives the marks of a line without an identifier to the student of the line before, and stops at an
    identifier that it does not know. So the file has one identifier column, and students without an identifier are
    left out. "-" is Moodle's word for no mark: an empty cell of a new grade item becomes a zero.
    """

    default = "moodle.csv"
    kind = "moodle"
    identifier = Enum(("email", "id_number", "username"), "email", help="What Moodle knows students by.").tag(
        config=True)
    HEADERS = {"email": "Email address", "id_number": "ID number", "username": "Username"}

    def write_file(self, path: Path) -> None:
        """Write the file."""
        header, lines = [self.HEADERS[self.identifier], "First name", "Last name"], []
        for assignment in self.maxima:
            name = self.columns.get(assignment, assignment)
            header += [name, f"{name} (feedback)"]
        for s in self.students.values():
            identifiers = {"email": s.moodle_email or s.email, "id_number": s.moodle_id, "username": s.login or s.id}
            if not identifiers[self.identifier]:
                self.unidentified.append(s.id)
                continue
            cells = [c for a in self.maxima for c in (self.find_score(s.id, a, "-"), self.format_feedback(s.id, a))]
            lines.append([identifiers[self.identifier], s.first_name, s.last_name, *cells])
        write_csv(path, header, lines)
        self.add_note(
            f"left out, no {self.identifier} on the roster (c.MoodleExporter.identifier says what is looked for)",
            self.unidentified,
        )
        self.add_notes_on_open_marks()

    def format_feedback(self, student: str, assignment: str) -> str:
        """Return the feedback next to a mark: the status in words that a student understands, and lateness."""
        record = self.find_record(student, assignment)
        status = gradescope_results.STATUS_TEXTS[self.find_status(student, assignment)]
        late = f" Late: {record.late_penalty:g} points off." if record and record.late_penalty else ""
        return (status + late).strip()
