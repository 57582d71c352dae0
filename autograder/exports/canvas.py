"""The marks as Canvas imports them into its gradebook."""

from traitlets import Dict

from autograder.exports.base import MarksExporter, name_file
from autograder.reports.marks_tables import write_csv


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
        lines = [[name_file(s), s.canvas_id, s.sis_id, s.login or s.id, s.section,
                  *(self.score(s.id, a) for a in self.maxima)] for s in self.students.values()]
        write_csv(path, header + names, [possible, *lines])
        self.note_open()
