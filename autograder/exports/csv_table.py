"""The marks as one plain CSV."""

from autograder.course import roster
from autograder.exports.base import MarksExporter
from autograder.reports.marks_tables import write_csv


class CSVExporter(MarksExporter):
    """A line per student and assignment, with everything there is to say."""

    default = "marks.csv"
    COLUMNS = ["student", "last_name", "first_name", "email", "section", "assignment", "score", "max_score",
               "late_penalty", "manual_pending", "status", "remark"]

    def write(self, path):
        """Write the file; a student off the roster has a line that says so."""
        lines = [self.line(s, a, m) for s in self.students.values() for a, m in self.maxima.items()]
        for name in self.strangers if not self.student else ():
            lines += [(*self.line(roster.RosterEntry(name), a, m)[:-1], "not on the roster")
                      for a, m in self.maxima.items() if self.record(name, a)]
        write_csv(path, self.COLUMNS, lines)

    def line(self, student, assignment, most):
        """Return one line."""
        record = self.record(student.id, assignment)
        about = (record.late_penalty, record.manual_pending, record.status, record.remark) if record else (
            "", "", "missing", "")
        return (student.id, student.last_name, student.first_name, student.email, student.section, assignment,
                self.score(student.id, assignment), float(most), *about)
