"""Write one export: ``python -m autograder export``."""

import sys
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.errors import CourseError
from autograder.exports.base import MarksExporter
from autograder.exports.blackboard import BlackboardExporter
from autograder.exports.brightspace import BrightspaceExporter
from autograder.exports.canvas import CanvasExporter
from autograder.exports.csv_table import CSVExporter
from autograder.exports.gradescope import GradescopeExporter
from autograder.exports.moodle import MoodleExporter
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address

KINDS = {"csv": CSVExporter, "canvas": CanvasExporter, "moodle": MoodleExporter, "brightspace": BrightspaceExporter,
         "blackboard": BlackboardExporter, "gradescope": GradescopeExporter}


@dataclass(frozen=True)
class TableOptions:
    """How marks go back into a table that an LMS gave.

    Attributes
    ----------
    table : path or None
        The table; None writes a new file.
    column : str
        Header of the column of the one assignment; "" looks for its name.
    scale : bool
        Convert marks to the points that the column has in the LMS.
    """

    table: Path | None = None
    column: str = ""
    scale: bool = False


def run_export(course: Path | str, output: Path | str, kind: str, assignments: str | list[str] | None = None,
               zeros: bool = False, back: TableOptions = TableOptions()) -> int:
    """Write one export; return the exit code: 1 if a student of the roster could not be written.

    Parameters
    ----------
    course : path
    output : path
        The file to write, or a folder to write it into (a name without a dot).
    kind : str
        One of :data:`KINDS`.
    assignments : str or list of str, optional
        By default all assignments that at least one student handed in.
    zeros : bool
        Write a zero where nothing was handed in.
    back : TableOptions, optional
        The table that the LMS gave, if it is to come back filled in.
    """
    course = Path(course)
    if not course.is_dir():
        raise FileNotFoundError(f"{course}: no such course folder")
    exporter = KINDS[kind](config=load_config(course))
    output = Path(output) if Path(output).suffix else Path(output) / exporter.default
    output.parent.mkdir(parents=True, exist_ok=True)
    exporter.to, exporter.zeros = str(output), zeros or exporter.zeros
    exporter.assignment = [assignments] if isinstance(assignments, str) else list(assignments or [])
    set_table(exporter, back)
    with Gradebook(read_database_address(course)) as gradebook:
        exporter.export(gradebook)
    if not exporter.records:
        print("no submission has been graded yet: the marks are empty", file=sys.stderr)
    if exporter.table:
        print(f"{kind}: {exporter.table} with these marks is {output}")
    else:
        written = len(exporter.students) - len(exporter.unidentified)
        print(f"{kind}: {written} students, {len(exporter.maxima)} assignments in {output}")
    return 1 if exporter.unidentified else 0


def set_table(exporter: MarksExporter, back: TableOptions) -> None:
    """Set what an exporter has to know about a table that an LMS gave."""
    if not back.table and (back.column or back.scale):
        raise CourseError("--column and --scale go with --table")
    if back.column and len(exporter.assignment) != 1:
        raise CourseError("--column goes with --assignment: it is the column of one")
    exporter.table = str(back.table or exporter.table)
    exporter.scale = back.scale or exporter.scale
    if back.column:
        exporter.columns = {exporter.assignment[0]: back.column}
