"""One ``results.json`` per submission, as a Gradescope autograder writes it."""

import json

from autograder.course.files import write_atomically
from autograder.exports import gradescope_results
from autograder.exports.base import MarksExporter


class GradescopeExporter(MarksExporter):
    """One ``<assignment>/<student>/results.json`` per submission, as a Gradescope autograder writes it."""

    default = "gradescope"

    def write(self, path):
        """Write the files; a student who handed nothing in has none."""
        for (student, assignment), record in self.found.items():
            if student in self.students and assignment in self.maxima:
                text = json.dumps(gradescope_results.results_of_record(record), indent=1)
                write_atomically(path / assignment / student / "results.json", text)
        self.note("left out, not on the roster", self.strangers)
