"""Exports as nbgrader's export plugins: CSV, Canvas, Moodle, Gradescope.

``python -m autograder export`` writes them; so does ``nbgrader export --exporter=autograder.exports.CanvasExporter``
in the course's folder. Every student of the roster appears. Who handed nothing in has no mark, which is not a zero;
neither is one after an infra-error. Settings go into the course's ``nbgrader_config.py``.
"""

import json
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Enum

from autograder import gradescope, late, records, roster
from autograder.nbgrader_config import course_config, database
from autograder.state import write_whole
from autograder.tables import write_csv


class MarksExporter(ExportPlugin):
    """What the four have in common: who, which assignments, which marks."""

    default = ""
    zeros = Bool(False, help="A zero where nothing was handed in, in place of no mark.").tag(config=True)

    def export(self, gradebook):
        """Write the export (called by nbgrader)."""
        course = Path(self.config.CourseDirectory.root)
        late.settle(gradebook, course)
        self.found = {(r.student, r.assignment): r for r in records.each(course, self.assignment or None, work=False)}
        self.students = self.people(gradebook, course)
        handed_in = {assignment for _, assignment in self.found}
        self.maxima = {a.name: a.max_score for a in sorted(gradebook.assignments, key=lambda a: a.name)
                       if a.name in (self.assignment or handed_in)}
        self.notes, self.nameless = [], []
        self.write(Path(self.to or self.default))
        for note in self.notes:
            print(note)

    def people(self, gradebook, course):
        """Return the students of the export: the roster's, or all that the gradebook knows."""
        students = roster.known(course) or {
            s.id: roster.Student(s.id, s.first_name or "", s.last_name or "", s.email or "", s.lms_user_id or "")
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
            self.notes.append(f"{text}: {', '.join(names[:3])}" + f" and {len(names) - 3} more" * (len(names) > 3))

    def note_open(self):
        """Note what an LMS has no column for: marks that a person should look at, students who are on no roster."""
        found = {}
        for (student, assignment), record in self.found.items():
            if student in self.students and assignment in self.maxima and record.status != "graded":
                found.setdefault(record.status, []).append(f"{student}/{assignment}")
        for status, names in found.items():
            self.note(status, names)
        self.note("left out, not on the roster", self.strangers)


class CSVExporter(MarksExporter):
    """A line per student and assignment, with everything there is to say."""

    default = "marks.csv"
    COLUMNS = ["student", "last_name", "first_name", "email", "section", "assignment", "score", "max_score",
               "late_penalty", "manual_pending", "status", "remark"]

    def write(self, path):
        """Write the file; a student off the roster has a line that says so."""
        lines = [self.line(s, a, m) for s in self.students.values() for a, m in self.maxima.items()]
        for name in self.strangers if not self.student else ():
            lines += [(*self.line(roster.Student(name), a, m)[:-1], "not on the roster")
                      for a, m in self.maxima.items() if self.record(name, a)]
        write_csv(path, self.COLUMNS, lines)

    def line(self, student, assignment, most):
        """Return one line."""
        record = self.record(student.id, assignment)
        about = (record.late_penalty, record.manual_pending, record.status, record.remark) if record else (
            "", "", "missing", "")
        return (student.id, student.last_name, student.first_name, student.email, student.section, assignment,
                self.score(student.id, assignment), float(most), *about)


class CanvasExporter(MarksExporter):
    """What Canvas's gradebook imports.

    Canvas finds a student by ID, then SIS User ID, then SIS Login ID, then the name, and an assignment by the number
    in ``Name (number)`` or by its exact name; a column it does not know becomes a new assignment.
    """

    default = "canvas.csv"
    columns = Dict(help="Assignment -> column in Canvas, as in 'Activations (48151)'.").tag(config=True)

    def write(self, path):
        """Write the file."""
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        names = [self.columns.get(a, a) for a in self.maxima]
        possible = ["    Points Possible", "", "", "", "", *map(float, self.maxima.values())]
        lines = [[name_of(s), s.canvas_id, s.sis_id, s.login or s.id, s.section,
                  *(self.score(s.id, a) for a in self.maxima)] for s in self.students.values()]
        write_csv(path, header + names, [possible, *lines])
        self.note_open()


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
        said = gradescope.SAYS[self.status(student, assignment)]
        late_by = f" Late: {record.late_penalty:g} points off." if record and record.late_penalty else ""
        return (said + late_by).strip()


class GradescopeExporter(MarksExporter):
    """One ``<assignment>/<student>/results.json`` per submission, as a Gradescope autograder writes it."""

    default = "gradescope"

    def write(self, path):
        """Write the files; a student who handed nothing in has none."""
        for (student, assignment), record in self.found.items():
            if student in self.students and assignment in self.maxima:
                text = json.dumps(gradescope.of_record(record), indent=1)
                write_whole(path / assignment / student / "results.json", text)
        self.note("left out, not on the roster", self.strangers)


KINDS = {"csv": CSVExporter, "canvas": CanvasExporter, "moodle": MoodleExporter, "gradescope": GradescopeExporter}


def name_of(student):
    """Return a student's name as Canvas sorts it, or the id."""
    return ", ".join(filter(None, (student.last_name, student.first_name))) or student.id


def run(course, output, kind, assignments=None, zeros=False):
    """Write one export; return the exit code: 1 if a student of the roster could not be written.

    Parameters
    ----------
    course, output : path
        ``output`` is a file, or a folder (without a dot in its name) that takes the file.
    kind : str
        One of :data:`KINDS`.
    assignments : str or list of str, optional
        All that somebody handed in by default.
    zeros : bool
        A zero where nothing was handed in.
    """
    course = Path(course)
    if not course.is_dir():
        raise FileNotFoundError(f"{course}: no such course folder")
    exporter = KINDS[kind](config=course_config(course))
    output = Path(output) if Path(output).suffix else Path(output) / exporter.default
    output.parent.mkdir(parents=True, exist_ok=True)
    exporter.to, exporter.zeros = str(output), zeros or exporter.zeros
    exporter.assignment = [assignments] if isinstance(assignments, str) else list(assignments or [])
    with Gradebook(database(course)) as gradebook:
        exporter.export(gradebook)
    if not exporter.found:
        print("no submission has been graded yet: the marks are empty", file=sys.stderr)
    written = len(exporter.students) - len(exporter.nameless)
    print(f"{kind}: {written} students, {len(exporter.maxima)} assignments in {output}")
    return 1 if exporter.nameless else 0
