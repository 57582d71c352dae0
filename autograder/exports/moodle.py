"""The marks and their feedback as Moodle imports them."""

from traitlets import Dict, Enum

from autograder.exports import gradescope_results
from autograder.exports.base import MarksExporter
from autograder.reports.marks_tables import write_csv


class MoodleExporter(MarksExporter):
    """What Moodle's "Import grades from a CSV file" reads: who, then a mark and a feedback column per assignment.

    Moodle gives the marks of a line without an identifier to the student of the line before, and stops at one it does
    not know; so there is one identifier column, and nobody without an identifier in the file. "-" is Moodle's word for
    no mark: an empty cell of a new grade item becomes a zero.
    """

    default = "moodle.csv"
    columns = Dict(help="Assignment -> grade item in Moodle.").tag(config=True)
    identifier = Enum(("email", "id_number", "username"), "email", help="What Moodle knows students by.").tag(
        config=True)
    HEADERS = {"email": "Email address", "id_number": "ID number", "username": "Username"}

    def write(self, path):
        """Write the file."""
        header, lines = [self.HEADERS[self.identifier], "First name", "Last name"], []
        for assignment in self.maxima:
            name = self.columns.get(assignment, assignment)
            header += [name, f"{name} (feedback)"]
        for s in self.students.values():
            who = {"email": s.moodle_email or s.email, "id_number": s.moodle_id, "username": s.login or s.id}
            if not who[self.identifier]:
                self.nameless.append(s.id)
                continue
            cells = [c for a in self.maxima for c in (self.score(s.id, a, "-"), self.feedback(s.id, a))]
            lines.append([who[self.identifier], s.first_name, s.last_name, *cells])
        write_csv(path, header, lines)
        self.note(f"left out, no {self.identifier} on the roster (c.MoodleExporter.identifier says what is looked for)",
                  self.nameless)
        self.note_open()

    def feedback(self, student, assignment):
        """Return the feedback that stands beside a mark: the status, in words a student understands."""
        record = self.record(student, assignment)
        said = gradescope_results.STATUS_TEXTS[self.status(student, assignment)]
        late_by = f" Late: {record.late_penalty:g} points off." if record and record.late_penalty else ""
        return (said + late_by).strip()
