"""Exports as nbgrader's export plugins: CSV, Canvas, Moodle, Gradescope.

``python -m autograder export`` writes them; so does ``nbgrader export --exporter=autograder.exports.CanvasExporter``
in the course's folder. Every student of the roster appears. A student who handed nothing in has no mark, which is not a
zero; nor has a submission that ended as an infra-error. Settings go into the course's ``nbgrader_config.py``.
"""

from autograder.exports.canvas import CanvasExporter
from autograder.exports.csv_table import CSVExporter
from autograder.exports.gradescope import GradescopeExporter
from autograder.exports.moodle import MoodleExporter

__all__ = ["CSVExporter", "CanvasExporter", "GradescopeExporter", "MoodleExporter"]
