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
    problem : str
        Why the notebook cannot be read, and what to do; it then has no cells.
    """

    name: str
    cells: list = field(default_factory=list)
    problem: str = ""

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

    def read_answer(self, grade_id, name):
        """Read the answer that a test cell checks, as the grader reads it.

        Parameters
        ----------
        grade_id : str
            Of the test cell.
        name : str
            The variable.

        Returns
        -------
        value : literal, Ellipsis or cells.Unreadable
            See :func:`cs231n_lib.lab.cells.read_answer`.
        """
        source = cells.choose_saved_answer([cells.read_source(c) for c in self.cells if cells.may_answer(c)], name)
        if source is not None:
            return cells.read_answer(source, name)
        own = [c for c in self.cells if cells.is_answer(c)
               and cells.read_flags(c).get("grade_id") == name.replace("_", "-")]
        if own:  # of form 2: the cell is named after the variable
            return cells.read_answer(cells.read_source(own[0]), name)
        before = []  # answer cells between the test cell before and this one: the variable may be gone from its cell
        for cell in self.cells:
            if cells.is_test(cell) and cells.read_flags(cell).get("grade_id") == grade_id:
                break
            if cells.is_test(cell):
                before = []
            elif cells.is_answer(cell):
                before.append(cells.read_source(cell))
        return cells.read_answer(before[-1], name) if before else ...

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
    return [read_assignment(name, root) for name in list_names(root)]


def list_names(root=ROOT):
    """Return the names of the notebooks in a workspace, in order; none is read."""
    found = sorted(path.stem for path in Path(root).glob("[0-9][0-9]_*.ipynb"))
    return [name for name in found if re.fullmatch(r"\d\d_[a-z]+(_[a-z]+)*", name)]


def read_assignment(name, root=ROOT):
    """Read one notebook of a workspace; the name is one of :func:`list_names`."""
    return WorkspaceAssignment(name, cells.read_cells(Path(root) / f"{name}.ipynb"))


def read_or_explain(name, root=ROOT):
    """Return a notebook of a workspace, also one that cannot be read: its ``problem`` then says why.

    Parameters
    ----------
    name : str
        One of :func:`list_names`.
    root : path
        The workspace.
    """
    try:
        return read_assignment(name, root)
    except ValueError as error:
        return WorkspaceAssignment(name, problem=str(error))


def choose_assignments(names=(), root=ROOT):
    """Return notebooks of a workspace; one that is damaged keeps no other one back.

    Parameters
    ----------
    names : sequence of str
        As in ``"03"``; all notebooks of the workspace by default.
    root : path
        The workspace.

    Returns
    -------
    chosen : list of WorkspaceAssignment

    Raises
    ------
    ValueError
        If there is no notebook of such a name.
    """
    found = [find_name(name, root) for name in names] or list_names(root)
    return [read_or_explain(name, root) for name in found]


def list_copies(name, root=ROOT):
    """Return the names of files beside a notebook that look like copies of it: they are not handed in.

    Parameters
    ----------
    name : str
        ``01_activations``.
    root : path
        The workspace.
    """
    return sorted(path.name for path in Path(root).glob(f"*{name}*.ipynb*") if path.name != f"{name}.ipynb")


def find_assignment(name, root=ROOT):
    """Read one notebook of a workspace.

    Parameters
    ----------
    name : str
        ``"01_activations"``, ``"01"`` or ``"activations"``.
    root : path
        The workspace.

    Raises
    ------
    ValueError
        If there is none, or it cannot be read; the message says what to do. What is wrong with others does not matter.
    """
    return read_assignment(find_name(name, root), root)


def find_name(name, root=ROOT):
    """Return the whole name of a notebook of a workspace; the parameters are those of :func:`find_assignment`.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are there.
    """
    names = list_names(root)
    for found in names:
        if name.removesuffix(".ipynb") in (found, found[:2], found[3:]):
            return found
    if not names:
        raise ValueError(f"there is no notebook {name!r} in {root}: that folder has no notebooks of the workbook")
    raise ValueError(f"there is no notebook {name!r} in {root}, only {', '.join(names)}")
