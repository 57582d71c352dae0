"""Which column of an LMS's table takes the marks of an assignment, and how many points it has there.

Sources. Canvas: ``lib/gradebook_exporter.rb`` and ``lib/gradebook_importer.rb`` of instructure/canvas-lms. Moodle's
worksheet: ``mod/assign/feedback/offline`` of moodle/moodle. Blackboard's ``Title [Total Pts: 10 Score] |664617``:
nbeaver/offline-grades-upload. Brightspace's ``OrgDefinedId``, ``#`` before ids and ``End-of-Line Indicator``:
``converter.js`` of byuitechops/d2l-gradebook-csv-to-canvas-gradebook-csv; ``Title Points Grade <Numeric MaxPoints:10
Weight:5>``: public scripts that fill such tables; what it writes in the place of ``Numeric`` is from memory. That
Blackboard takes what a column displays: Dartmouth's help page on its Grade Center. Moodle's gradebook,
``Assignment: Title (Real)``, is from memory.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from autograder.course.lms_tables import POINTS_POSSIBLE
from autograder.course.topics import list_assignments
from autograder.errors import CourseError
from autograder.exports.downloaded_table import DownloadedTable

TITLES = {
    "canvas": re.compile(r"(?P<title>.+) \(\d+\)"),
    "moodle": re.compile(r"(?:[^:]+: ?)?(?P<title>.+?) \(Real\)"),
    "brightspace": re.compile(r"(?P<title>.+?) Points Grade"
                              r"(?: <(?!Pass|Select|Text)(?:.*?MaxPoints:(?P<points>[\d.,]+))?.*>)?"),
    "blackboard": re.compile(r"(?P<title>.+?) \[Total Pts: (?P<points>[\d.,]+)(?: Score)?\] ?\|\d+"),
    "csv": re.compile(r"(?P<title>.+)"),
}
"""Kind of export -> a header of a column that takes points: Blackboard's may take per cent, letters or text, as the
header says, and Brightspace's one of two outcomes or of a list."""
FILLING_WORDS = {"assignment", "exercise", "homework", "hw", "lab", "notebook"}
"""What people put before the name of an assignment."""
MOODLES_POINTS = " (Real)"
"""What Moodle's export of its gradebook adds to a grade item for its points."""
MAXIMA = {"grade": "maximum_grade", "total_score": "max_points"}
"""Column of marks -> the column with its points, in Moodle's worksheet and in Gradescope's grades of one assignment; in
those of all assignments it is called like the assignment."""
WORKSHEET = {"identifier", "grade", "maximum_grade"}


@dataclass(frozen=True)
class MarkColumn:
    """A column that takes marks.

    Attributes
    ----------
    index : int
    title : str
        The whole header.
    name : str
        The part of it that a person chose; "" where the column is that of the one assignment.
    """

    index: int
    title: str
    name: str


def list_columns(table: DownloadedTable, kind: str) -> list[MarkColumn]:
    """Return the columns of a table that take marks.

    Parameters
    ----------
    table : DownloadedTable
    kind : str
        Of the export.
    """
    if set(table.headers) >= WORKSHEET:
        return [MarkColumn(table.headers.index("grade"), table.titles[table.headers.index("grade")], "")]
    locked = find_points_row(table)
    columns = []
    for index, title in enumerate(table.titles):
        if match := TITLES[kind].fullmatch(title):
            if locked is None or not is_locked(table.read(locked, index)):
                columns.append(MarkColumn(index, title, match["title"]))
    return columns


def is_locked(text: str) -> bool:
    """Does Canvas's row of points say of a column that it takes none? It says so in the user's language."""
    return bool(text) and not re.fullmatch(r"[\d.,]+", text)


def find_points_row(table: DownloadedTable) -> int | None:
    """Return Canvas's row of the points that each column has; None if there is none."""
    return next((row for row in table.list_lines() if table.read(row, 0).casefold() == POINTS_POSSIBLE), None)


def find_column(table: DownloadedTable, kind: str, assignment: str, wanted: str) -> MarkColumn | None:
    """Return the column of an assignment, if the table has one.

    Parameters
    ----------
    table : DownloadedTable
    kind : str
        Of the export.
    assignment : str
    wanted : str
        The header that a person named, or the part of it that a person reads; "" looks for the assignment's name.

    Raises
    ------
    CourseError
        If several fit, or none fits what a person named.
    """
    columns = list_columns(table, kind)

    def is_it(column: MarkColumn) -> bool:
        if wanted and column.name:
            return wanted in (column.title, column.name, column.title.removesuffix(MOODLES_POINTS))
        return not column.name or simplify_title(column.name) == list_assignments().get(assignment, assignment)

    fitting: list[MarkColumn] = list(filter(is_it, columns))
    if len(fitting) > 1:
        raise CourseError(f"{table.path}: several columns fit {assignment}: {list_titles(fitting)}",
                          "name one with --assignment NAME --column HEADER")
    if wanted and not fitting:
        raise CourseError(f"{table.path}: no column {wanted!r} takes marks; these do: {list_titles(columns)}")
    return fitting[0] if fitting else None


def simplify_title(title: str) -> str:
    """Return what a title speaks of as a topic is written: ``Assignment 3: Linear Classifier`` as linear_classifier."""
    words = re.findall(r"[a-z]+", title.lower())
    return "_".join(word for word in words if word not in FILLING_WORDS)


def list_titles(columns: list[MarkColumn]) -> str:
    """Return headers for a message."""
    return ", ".join(repr(column.title) for column in columns) or "none"


def make_points_reader(table: DownloadedTable, kind: str, column: MarkColumn) -> Callable[[int], float | None]:
    """Return a function from a row to the points that the LMS gives at most there; None where it does not say.

    Parameters
    ----------
    table : DownloadedTable
    kind : str
    column : MarkColumn
    """
    header = table.headers[column.index]
    beside = MAXIMA.get(header, f"{header}_max_points")
    if beside in table.headers:
        maxima = table.headers.index(beside)
        return lambda row: read_number(table.read(row, maxima))
    points = TITLES[kind].fullmatch(column.title)
    text = (points.groupdict().get("points") or "") if points else ""
    row = find_points_row(table)
    if row is not None:
        text = table.read(row, column.index)
    most = read_number(text)
    return lambda _: most


def read_number(text: str) -> float | None:
    """Return points as an LMS writes them; None for no number, and for 0, which says nothing."""
    try:
        return float(text.replace(",", ".")) or None
    except ValueError:
        return None
