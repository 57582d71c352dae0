"""Exports as nbgrader's export plugins: CSV, Canvas, Moodle, Brightspace, Blackboard, Gradescope.

``python -m autograder export`` writes them; so does ``nbgrader export --exporter=autograder.exports.CanvasExporter``
in the course's folder. Every student of the roster appears. A student who handed nothing in has no mark, which is not a
zero; nor has a submission that ended as an infra-error. Settings go into the course's ``nbgrader_config.py``.

In: the course's marks, as ``gradebook.records`` reads them. Out: a file that an LMS imports. ``base`` has what all
exports share, ``canvas``, ``csv_table``, ``moodle``, ``brightspace``, ``blackboard`` and ``gradescope`` one each, and
``export`` runs one of them. A table that an LMS gave comes back with the marks filled in: ``downloaded_table`` keeps
all the rest of it, ``mark_columns`` finds an assignment's column, ``table_filler`` the students. ``feedback_archive``
packs the pages of feedback for Canvas and Moodle. ``gradescope_autograder`` makes the zip that grades on Gradescope
itself, and ``gradescope_results`` what it shows. May import ``reports`` and what is below it; only the command line
imports it.
"""

from autograder.exports.blackboard import BlackboardExporter
from autograder.exports.brightspace import BrightspaceExporter
from autograder.exports.canvas import CanvasExporter
from autograder.exports.csv_table import CSVExporter
from autograder.exports.gradescope import GradescopeExporter
from autograder.exports.moodle import MoodleExporter

__all__ = ["BlackboardExporter", "BrightspaceExporter", "CSVExporter", "CanvasExporter", "GradescopeExporter",
           "MoodleExporter"]
