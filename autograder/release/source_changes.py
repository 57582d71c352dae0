"""What an update of the release would do, and to whom: the course's sources compared with the checkout's."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook

from autograder.course.assignment import read_notebook
from autograder.course.files import write_if_changed
from autograder.course.text import escape_for_spreadsheet, format_count
from autograder.gradebook import cell_rows
from autograder.gradebook.cell_rows import RemovedMark
from autograder.gradebook.database import read_database_address
from autograder.release import pinned_sources
from autograder.release.notebook_changes import NotebookChange, compare_notebooks

REMOVED_MARKS_FILE = "removed_marks.csv"
"""In a course: the marks of cells that an update took away."""


@dataclass(frozen=True)
class SourceChange:
    """An assignment whose sources differ between the course and the checkout.

    Attributes
    ----------
    assignment : str
    submissions : int
        Students who have handed in.
    notebook : NotebookChange
        From the course's notebook to the checkout's.
    removed : list of RemovedMark
        Marks in the gradebook that an update would take away.
    """

    assignment: str
    submissions: int
    notebook: NotebookChange
    removed: list[RemovedMark]

    def list_lines(self) -> list[str]:
        """Return the change as lines for a person: to whom it happens, then what."""
        lines = [f"{self.assignment}: {format_count(self.submissions, 'submission')}"]
        lines += [f"  {line}" for line in self.notebook.list_lines()]
        if not self.notebook:
            lines.append("  no cell, but the module that students start from, or settings of the notebook")
        if self.removed:
            by_people = sum(mark.by_person for mark in self.removed)
            lines.append(f"  {format_count(len(self.removed), 'mark')} of cells that went (a person had a part in "
                         f"{by_people}): copied to {REMOVED_MARKS_FILE}, then removed from the gradebook")
        return lines


def list_changes(course: Path, assignments: Iterable[str]) -> list[SourceChange]:
    """Return those of the assignments whose sources in the course are not the checkout's, or were lost."""
    with Gradebook(read_database_address(course)) as gradebook:
        changes = (describe_change(course, gradebook, assignment) for assignment in assignments)
        return [change for change in changes if change is not None]


def describe_change(course: Path, gradebook: Gradebook, assignment: str) -> SourceChange | None:
    """Return how the checkout's sources of an assignment differ from the course's, and whom that concerns."""
    row, sources = cell_rows.find_notebook(gradebook, assignment), pinned_sources.read_checkout(assignment)
    lost = pinned_sources.is_lost(course, row, assignment)
    if not lost and pinned_sources.read_pinned(course, assignment) in ({}, sources):
        return None
    after = nbformat.reads(sources[f"{assignment}.ipynb"], as_version=4)
    before = new_notebook() if lost else read_notebook(course, "source", assignment)
    return SourceChange(
        assignment, len(pinned_sources.list_submitters(course, gradebook, assignment)),
        compare_notebooks(before, after), cell_rows.list_removed_marks(gradebook, row, after.cells) if row else [])


def list_changed_notebooks(course: Path, assignments: Iterable[str]) -> list[str]:
    """Return the assignments whose notebook in the checkout has other cells than the one the course grades by."""
    changed = []
    for assignment in assignments:
        if not pinned_sources.is_pinned(course, assignment):
            continue
        name = f"{assignment}.ipynb"
        text = pinned_sources.read_checkout(assignment)[name]
        if text == pinned_sources.read_pinned(course, assignment)[name]:
            continue
        if compare_notebooks(read_notebook(course, "source", assignment), nbformat.reads(text, as_version=4)):
            changed.append(assignment)
    return changed


def keep_removed_marks(course: Path, marks: Iterable[RemovedMark]) -> None:
    """Add marks that leave the gradebook to a table in the course; what stands there already is not repeated."""
    path = course / REMOVED_MARKS_FILE
    header = format_table_line(field.name for field in fields(RemovedMark))
    text = path.read_text(encoding="utf-8") if path.exists() else header
    kept = read_table(text)
    lines = [format_table_line(mark.list_cells()) for mark in marks]
    new = [line for line in lines if read_table(line)[0] not in kept]
    if new:
        write_if_changed(path, text + "".join(new))


def read_table(text: str) -> list[list[str]]:
    """Return the lines of a CSV, which may have line breaks in their cells."""
    return list(csv.reader(io.StringIO(text, newline="")))


def format_table_line(values: Iterable[object]) -> str:
    """Return one line of a CSV."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow([escape_for_spreadsheet(value) for value in values])
    return line.getvalue()
