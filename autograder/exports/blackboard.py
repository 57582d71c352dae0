"""The marks in the table that Blackboard gave."""

from pathlib import Path

from autograder.errors import CourseError
from autograder.exports.base import MarksExporter


class BlackboardExporter(MarksExporter):
    """The download of Blackboard's Grade Center, filled in.

    Blackboard finds a student by ``Username``, and a column by the number at the end of its header, as in
    ``Activations [Total Pts: 57 Score] |664617``; a header without its number becomes a new column.
    """

    default = "blackboard.csv"
    kind = "blackboard"

    def write_file(self, path: Path) -> None:
        """Say that the table is needed."""
        raise CourseError("Blackboard takes back its own table only", "Download it under Full Grade Center, Work "
                          "Offline, Download, and give it with --table")
