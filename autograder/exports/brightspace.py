"""The marks in the table that Brightspace gave."""

from pathlib import Path

from autograder.errors import CourseError
from autograder.exports.base import MarksExporter


class BrightspaceExporter(MarksExporter):
    """Brightspace's export of grades, filled in.

    Brightspace finds a student by ``OrgDefinedId`` or ``Username``, a grade item by ``<name> Points Grade``, and the
    end of a line by ``#`` in the column ``End-of-Line Indicator``. All three are taken from its own file.
    """

    default = "brightspace.csv"
    kind = "brightspace"

    def write_file(self, path: Path) -> None:
        """Say that the table is needed."""
        raise CourseError("Brightspace takes back its own table only", "Export it under Grades, Enter Grades, Export, "
                          "with the key field Both and the values Points grade, and give it with --table")
