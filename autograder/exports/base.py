"""What all exports have in common: who is in them, which assignments, which marks."""

from pathlib import Path

from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from autograder.course import roster
from autograder.gradebook import lateness, records


class MarksExporter(ExportPlugin):
    """What the four have in common: who, which assignments, which marks."""

    default = ""
    zeros = Bool(False, help="A zero where nothing was handed in, in place of no mark.").tag(config=True)

    def export(self, gradebook):
        """Write the export (called by nbgrader)."""
        course = Path(self.config.CourseDirectory.root)
        lateness.update_lateness(gradebook, course)
        self.found = {
            (r.student, r.assignment): r for r in records.iter_records(course, self.assignment or None, work=False)
        }
        self.students = self.people(gradebook, course)
        handed_in = {assignment for _, assignment in self.found}
        self.maxima = {a.name: a.max_score for a in sorted(gradebook.assignments, key=lambda a: a.name)
                       if a.name in (self.assignment or handed_in)}
        self.notes: list[str] = []
        self.nameless: list[str] = []
        self.write(Path(self.to or self.default))
        for note in self.notes:
            print(note)

    def people(self, gradebook, course):
        """Return the students of the export: the roster's, or all that the gradebook knows."""
        students = roster.load_roster(course) or {
            s.id: roster.RosterEntry(s.id, s.first_name or "", s.last_name or "", s.email or "", s.lms_user_id or "")
            for s in sorted(gradebook.students, key=lambda s: s.id)}
        self.strangers = sorted({student for student, _ in self.found} - set(students))
        wanted = {str(s) for s in self.student} or set(students)
        return {name: student for name, student in students.items() if name in wanted}

    def write(self, path):
        """Write the file."""
        raise NotImplementedError

    def record(self, student, assignment):
        """Return the record of a submission, or None."""
        return self.found.get((student, assignment))

    def score(self, student, assignment, empty=""):
        """Return a mark: a number, or ``empty``."""
        record = self.record(student, assignment)
        if record is None:
            return 0.0 if self.zeros else empty
        return empty if record.status == "infra-error" else float(record.score)

    def status(self, student, assignment):
        """Return how the submission ended: a word."""
        record = self.record(student, assignment)
        return record.status if record else "missing"

    def note(self, text, names):
        """Note something about submissions or students: how many, and the first few."""
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            self.notes.append(f"{text}: {', '.join(names[:3])}{more}")

    def note_open(self):
        """Note what an LMS has no column for: marks that a person should look at, students who are on no roster."""
        found: dict = {}
        for (student, assignment), record in self.found.items():
            if student in self.students and assignment in self.maxima and record.status != "graded":
                found.setdefault(record.status, []).append(f"{student}/{assignment}")
        for status, names in found.items():
            self.note(status, names)
        self.note("left out, not on the roster", self.strangers)


def name_file(student):
    """Return a student's name as Canvas sorts it, or the id."""
    return ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
