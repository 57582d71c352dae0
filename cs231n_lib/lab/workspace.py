"""The folder a student works in: which notebooks are there, and what has been done in them.

Standard library only: ``install`` and ``doctor`` use it before anything is installed.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from cs231n_lib.lab import cells

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
        Of the notebook as it was saved last; see :mod:`cs231n_lib.lab.cells`.
    """

    name: str
    cells: list = field(default_factory=list)

    @property
    def topic(self):
        """Name of the module: ``activations``."""
        return self.name[3:]

    @property
    def files(self):
        """The notebook and the module, which are handed in: paths from the workspace."""
        return [f"{self.name}.ipynb", f"cs231n_lib/{self.topic}.py"]

    def list_tests(self):
        """Yield (grade_id, source, points) of every cell that the grader marks, in order."""
        return self._list_graded(cells.is_test)

    def list_written_answers(self):
        """Yield (grade_id, source, points) of every answer that a person reads."""
        return self._list_graded(cells.is_written)

    def _list_graded(self, is_wanted):
        for cell in filter(is_wanted, self.cells):
            flags = cells.read_flags(cell)
            yield flags["grade_id"], cells.read_source(cell), float(flags["points"])

    def read_answers(self):
        """Return name -> literal of the answer cells; ``...`` where nothing was answered yet.

        A cell that holds anything but one assignment of a literal is left out.
        """
        answers = {}
        for cell in filter(cells.is_answer, self.cells):
            answers.update(cells.read_literal(cells.read_source(cell)))
        return answers

    def list_experiments(self):
        """Yield the source of every code cell that nobody grades."""
        return map(cells.read_source, filter(cells.is_experiment, self.cells))


def list_assignments(root=ROOT):
    """Return the assignments of a workspace, in order.

    Parameters
    ----------
    root : path
        The workspace.

    Returns
    -------
    assignments : list of WorkspaceAssignment

    Raises
    ------
    ValueError
        If a notebook cannot be read; the message says which, and what to do.
    """
    return [
        WorkspaceAssignment(path.stem, cells.read_cells(path))
        for path in sorted(Path(root).glob("[0-9][0-9]_*.ipynb"))
        if re.fullmatch(r"\d\d_[a-z]+(_[a-z]+)*", path.stem)
    ]


def find_assignment(name, root=ROOT):
    """Return one assignment of a workspace.

    Parameters
    ----------
    name : str
        ``"01_activations"``, ``"01"`` or ``"activations"``.
    root : path
        The workspace.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are there.
    """
    assignments = list_assignments(root)
    for a in assignments:
        if name.removesuffix(".ipynb") in (a.name, a.name[:2], a.topic):
            return a
    if not assignments:
        raise ValueError(f"there is no notebook {name!r} in {root}: that folder has no notebooks of the workbook")
    raise ValueError(f"there is no notebook {name!r} in {root}, only {', '.join(a.name for a in assignments)}")
