"""One ``results.json`` per submission, as a Gradescope autograder writes it."""

import json
from pathlib import Path

from autograder.course.files import write_atomically
from autograder.course.settings import TOTAL, load_settings
from autograder.exports import gradescope_results
from autograder.exports.base import MarksExporter


class GradescopeExporter(MarksExporter):
    """One ``<assignment>/<student>/results.json`` per submission, as a Gradescope autograder writes it."""

    default = "gradescope"

    def write_file(self, path: Path) -> None:
        """Write the files below a folder; students without a submission have none."""
        shown = load_settings(self.config.CourseDirectory.root).points
        for (student, assignment), record in self.records.items():
            if student in self.students and assignment in self.maxima and assignment != TOTAL:
                results = gradescope_results.make_results_of_record(record)
                if assignment in shown and "score" in results:
                    results = gradescope_results.count_in_course(results, record.score, record.max_score)
                write_atomically(path / assignment / student / "results.json", json.dumps(results, indent=1))
        self.add_note("left out, not on the roster", self.unlisted)
