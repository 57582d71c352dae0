"""What changed between two versions of an instructor's notebook, in words for a person who decides about it."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from nbformat import NotebookNode

from autograder.course import cells
from autograder.course.text import format_count

MOST_NAMES = 8
"""Names of cells in one line."""


@dataclass(frozen=True)
class NotebookChange:
    """The cells that differ between two versions of a notebook; each is named, with its points where it has any.

    Attributes
    ----------
    came, went, moved, edited : list of str
    points : list of str
        As in "relu-test: 2 -> 3".
    kinds : list of str
        Cells that are graded, answered or locked in another way than before, as in "why: text -> test".
    """

    came: list[str]
    went: list[str]
    moved: list[str]
    points: list[str]
    kinds: list[str]
    edited: list[str]

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def list_lines(self) -> list[str]:
        """Return one line per sort of change: "went: leaky-test (2 points)"."""
        return [f"{field.name}: {join_names(getattr(self, field.name))}" for field in fields(self)
                if getattr(self, field.name)]


def compare_notebooks(before: NotebookNode, after: NotebookNode) -> NotebookChange:
    """Compare two versions of a notebook cell by cell; outputs and the notebook's own metadata do not count."""
    old, new = name_cells(before), name_cells(after)
    both = [name for name in old if name in new]
    same_kind = [name for name in both if describe_kind(old[name]) == describe_kind(new[name])]
    return NotebookChange(
        came=[describe_cell(name, cell) for name, cell in new.items() if name not in old],
        went=[describe_cell(name, cell) for name, cell in old.items() if name not in new],
        moved=list_moved(both, [name for name in new if name in old]),
        points=[f"{name}: {read_points(old[name]):g} -> {read_points(new[name]):g}" for name in both
                if read_points(old[name]) != read_points(new[name])],
        kinds=[f"{name}: {describe_kind(old[name])} -> {describe_kind(new[name])}" for name in both
               if name not in same_kind],
        edited=[name for name in same_kind if old[name].source != new[name].source],
    )


def name_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return name -> cell, in order: nbgrader's grade_id, else the cell's own id, else its place."""
    return {cells.read_grade_id(cell) or cell.get("id") or f"cell {place}": cell
            for place, cell in enumerate(notebook.cells, 1)}


def list_moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the names that stand at another place among the others: as few as explain the new order."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in before[block.a:block.a + block.size]}
    return [name for name in after if name not in stayed]


def read_points(cell: NotebookNode) -> float:
    """Return the points of a cell; 0 if it carries none."""
    return float(cells.read_flags(cell).get("points", 0)) if cells.is_grade(cell) else 0.0


def describe_kind(cell: NotebookNode) -> str:
    """Return what a cell is for, in a word or two."""
    kinds: Mapping[str, bool] = {
        "test": cells.is_test(cell), "written answer": cells.is_written(cell), "answer": cells.is_answer(cell),
        "locked code": cells.is_setup(cell), "open code": cell.cell_type == "code",
    }
    return cells.read_kind(cell) or next((kind for kind, holds in kinds.items() if holds), "text")


def describe_cell(name: str, cell: NotebookNode) -> str:
    """Return a cell's name, with its points if it carries any."""
    if not cells.is_grade(cell):
        return name
    return f"{name} ({format_count(read_points(cell), 'point')})"


def join_names(names: Sequence[str]) -> str:
    """Return names in one line, the first few of many."""
    more = [f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return ", ".join([*names[:MOST_NAMES], *more])
