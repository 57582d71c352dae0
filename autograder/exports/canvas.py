"""The marks as Canvas imports them into its gradebook."""

from pathlib import Path

from autograder.exports.base import MarksExporter, Row, format_sortable_name
from autograder.reports.marks_tables import write_csv


class CanvasExporter(MarksExporter):
    """What Canvas's gradebook imports.

    Canvas finds a student by ID, then SIS User ID, then SIS Login ID, then the name, and an assignment by the number
    in ``Name (number)`` or by its exact name; a column it does not know becomes a new assignment.
    """

    default = "canvas.csv"
    kind = "canvas"

    def write_file(self, path: Path) -> None:
        """Write the file."""
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        names = [self.columns.get(a, a) for a in self.maxima]
        possible: Row = ["    Points Possible", "", "", "", "", *map(float, self.maxima.values())]
        lines: list[Row] = [
            [format_sortable_name(s), s.canvas_id, s.sis_id, s.login or s.id, s.section,
             *(self.find_score(s.id, a) for a in self.maxima)]
            for s in self.students.values()
        ]
        write_csv(path, header + names, [possible, *lines])
        self.add_notes_on_open_marks()
