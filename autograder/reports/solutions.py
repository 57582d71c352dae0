"""The solutions of transfer questions on a student's page: the answer and why, once nothing counts any more.

They are those of the notebook that the course released, which its students answered.
"""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from autograder.course import cells
from autograder.course.assignment import notebook_path, read_notebook
from autograder.course.settings import find_assignment, load_settings
from autograder.course.topics import list_assignments
from autograder.errors import CourseError
from autograder.gradebook.closing import describe_open
from autograder.gradebook.safe_markdown import convert_markdown

REMEDY = ("Their solutions can be shown when nothing counts any more: after the last extension, and once a late "
          "submission gets no marks. Name the assignments that are over (--solutions 03_initialization), or say with "
          "--closed that you take no more submissions")


class Solution(NamedTuple):
    """The solution of one transfer question."""

    name: str
    """Of the question, as its answer cell is called."""
    html: Markup


def read_solutions(course: Path, assignment: str) -> list[Solution]:
    """Return the solutions of an assignment's transfer questions, in the notebook's order."""
    if not notebook_path(course, "source", assignment).is_file():
        return []
    return [Solution((cells.read_grade_id(cell) or cell.get("id", "")).removesuffix("-solution"),
                     Markup(convert_markdown(cell.source)))
            for cell in read_notebook(course, "source", assignment).cells if cells.is_solution_text(cell)]


def choose_solutions(course: Path, names: Collection[str], closed: bool = False) -> dict[str, list[Solution]]:
    """Return assignment -> the solutions that are shown; refuse all if one of the assignments is still open.

    Parameters
    ----------
    course : pathlib.Path
    names : collection of str
        As in "03_initialization" or "03"; all that have solutions, if it is empty.
    closed : bool
        As for :func:`autograder.gradebook.closing.describe_open`.

    Raises
    ------
    CourseError
        If there is no such assignment, or it has no solutions, or it is still open; the message says until when.
    """
    mine = load_settings(course).select_assignments(list_assignments())
    wanted = [find_name(name) for name in names] or list(mine)
    read = {assignment: read_solutions(course, assignment) for assignment in wanted}
    chosen = {assignment: found for assignment, found in read.items() if found}
    without = [assignment for assignment in wanted if assignment not in chosen]
    if names and without or not chosen:
        raise CourseError(f"{', '.join(without) if names else 'no notebook of the course'} has solutions to show: only "
                          "transfer questions have them")
    still_open = list(filter(None, (describe_open(course, assignment, closed=closed) for assignment in chosen)))
    if still_open:
        raise CourseError("\n".join(still_open), REMEDY)
    return chosen


def find_name(name: str) -> str:
    """Return the assignment that a name or a number stands for."""
    if found := find_assignment(name, list_assignments()):
        return found
    raise CourseError(f"there is no assignment {name!r}, only {', '.join(list_assignments())}")
