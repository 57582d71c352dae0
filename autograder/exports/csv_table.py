"""The marks as one plain CSV."""

from pathlib import Path

from autograder.course.roster import RosterEntry
from autograder.exports.base import MarksExporter, Row
from autograder.reports.marks_tables import write_csv


class CSVExporter(MarksExporter):
    """A line per student and assignment, with everything that is recorded."""

    default = "marks.csv"
    kind = "csv"
    COLUMNS = ["student", "last_name", "first_name", "email", "section", "assignment", "score", "max_score",
               "late_penalty", "manual_pending", "status", "remark"]

    def write_file(self, path: Path) -> None:
        """Write the file; the lines of students who are not on the roster say so."""
        lines = [self.make_line(s, a) for s in self.students.values() for a in self.maxima]
        for name in self.unlisted if not self.student else ():
            lines += [[*self.make_line(RosterEntry(name), a)[:-1], "not on the roster"]
                      for a in self.maxima if self.find_record(name, a)]
        write_csv(path, self.COLUMNS, lines)

    def make_line(self, student: RosterEntry, assignment: str) -> Row:
        """Return one line."""
        record = self.find_record(student.id, assignment)
        line: Row = [student.id, student.last_name, student.first_name, student.email, student.section, assignment]
        line += [self.find_score(student.id, assignment), float(self.maxima[assignment])]
        if record is None:
            return [*line, "", "", "missing", ""]
        return [*line, record.late_penalty, record.manual_pending, record.status, record.remark]
