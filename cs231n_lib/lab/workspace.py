"""The folder a student works in: which notebooks are there, and what has been done in them.

Standard library only: it is also asked before anything is installed.
"""

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The workspace: notebooks, ``cs231n_lib`` and ``datasets`` stand side by side in it."""


@dataclass
class WorkspaceAssignment:
    """One notebook and its module.

    Attributes
    ----------
    name : str
        ``01_activations``.
    cells : list of dict
        Of the notebook as it was saved last.
    """

    name: str
    cells: list = field(default_factory=list)

    @property
    def topic(self):
        """Name of the module."""
        return self.name[3:]

    @property
    def files(self):
        """What is handed in: paths from the workspace."""
        return [f"{self.name}.ipynb", f"cs231n_lib/{self.topic}.py"]

    def tests(self):
        """Yield (grade_id, source, points) of every cell that the grader marks, in order."""
        for cell in self.cells:
            graded = cell["metadata"].get("nbgrader", {})
            if graded.get("grade") and not graded.get("solution"):
                yield graded["grade_id"], read_cell_source(cell), float(graded["points"])

    def written(self):
        """Yield (grade_id, source, points) of every answer that a person reads."""
        for cell in self.cells:
            graded = cell["metadata"].get("nbgrader", {})
            if graded.get("grade") and graded.get("solution"):
                yield graded["grade_id"], read_cell_source(cell), float(graded["points"])

    def answers(self):
        """Return name -> literal of the answer cells; ``...`` where there is none yet, or none that can be read."""
        found = {}
        for cell in self.cells:
            graded = cell["metadata"].get("nbgrader", {})
            if graded.get("solution") and not graded.get("grade"):
                found.update(read_literal(read_cell_source(cell)))
        return found

    def experiments(self):
        """Yield the source of every other code cell."""
        for cell in self.cells:
            if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader"):
                yield read_cell_source(cell)


def read_cell_source(cell):
    """Return a cell's text; a notebook file may hold it as a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def read_literal(source):
    """Return {name: value} for a cell with one assignment of a literal, {} for anything else."""
    try:
        statement, = ast.parse(source).body
        return {statement.targets[0].id: ast.literal_eval(statement.value)}
    except (SyntaxError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def list_assignments(root=ROOT):
    """Return the assignments of a workspace, in order.

    Parameters
    ----------
    root : path
        The workspace.

    Raises
    ------
    ValueError
        If a notebook cannot be read; the message says which, and what to do.
    """
    return [
        WorkspaceAssignment(path.stem, read_notebook(path))
        for path in sorted(Path(root).glob("[0-9][0-9]_*.ipynb"))
        if re.fullmatch(r"\d\d_[a-z]+(_[a-z]+)*", path.stem)
    ]


def read_notebook(path):
    """Return the cells of a notebook file."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [{**c, "metadata": c.get("metadata", {})} for c in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{path.name} is not a readable notebook: take an older copy (JupyterLab keeps one in "
                         f".ipynb_checkpoints), or the one of your zip") from None


def find_assignment(name, root=ROOT):
    """Return the assignment called ``name``, ``01_activations`` or ``01`` or ``activations``.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are there.
    """
    known = list_assignments(root)
    for a in known:
        if name.removesuffix(".ipynb") in (a.name, a.name[:2], a.topic):
            return a
    there = ", ".join(a.name for a in known) or "none"
    raise ValueError(f"there is no notebook {name!r} in {root} (there are: {there})")
