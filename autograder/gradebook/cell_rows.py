"""The rows of an assignment's cells in the gradebook, brought in line with a changed notebook.

nbgrader refuses to add or remove cells once there are submissions, because their marks hang on these rows. An update
that a person confirmed does it here, in one transaction, before nbgrader generates the release: what nbgrader compares
is equal then.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader import api, utils

TABLES = {"grade": api.GradeCell, "solution": api.SolutionCell, "task": api.TaskCell, "source": api.SourceCell}
"""Kind of cell, as nbgrader's ``SaveCells`` tells them apart -> its table."""
Cells = Mapping[str, Mapping[str, NotebookNode]]
"""Kind -> grade_id -> cell."""


@dataclass(frozen=True)
class RemovedMark:
    """A mark whose cell is no longer in the notebook."""

    student: str
    assignment: str
    cell: str
    max_score: float
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    comment: str

    @property
    def by_person(self) -> bool:
        """Did a person give anything of it?"""
        return self.manual_score is not None or self.extra_credit is not None or bool(self.comment)

    def list_cells(self) -> list[object]:
        """Return the fields in order, "" for what there is not."""
        return ["" if value is None else value for value in astuple(self)]


def sort_cells(cells: Iterable[NotebookNode]) -> Cells:
    """Sort a notebook's cells into nbgrader's kinds; one cell may be of several."""
    named = {c.metadata.nbgrader["grade_id"]: c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id")}
    kinds: dict[str, Callable[[NotebookNode], bool]] = {
        "grade": utils.is_grade, "solution": utils.is_solution, "task": utils.is_task, "source": is_kept}
    return {kind: {name: c for name, c in named.items() if holds(c)} for kind, holds in kinds.items()}


def is_kept(cell: NotebookNode) -> bool:
    """Does nbgrader keep the source of a cell?"""
    return utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell) or utils.is_task(cell)


def find_notebook(gradebook: api.Gradebook, assignment: str) -> api.Notebook | None:
    """Return the gradebook's row of an assignment's notebook, or None if it has none."""
    try:
        return gradebook.find_notebook(assignment, assignment)
    except api.MissingEntry:
        return None


def list_submitters(gradebook: api.Gradebook, assignment: str) -> set[str]:
    """Return the students who have a submission of the assignment in the gradebook."""
    query = (gradebook.db.query(api.SubmittedAssignment.student_id)
             .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
             .filter(api.Assignment.name == assignment))
    return {student for (student,) in query}


def read_rows(notebook: api.Notebook, kind: str) -> dict[str, Any]:
    """Return name -> row of the cells of one kind."""
    return {row.name: row for row in getattr(notebook, f"{kind}_cells")}


def has_cells(notebook: api.Notebook, cells: Iterable[NotebookNode]) -> bool:
    """Are these cells, kind by kind, the ones that the gradebook has?"""
    return all(read_rows(notebook, kind).keys() == wanted.keys() for kind, wanted in sort_cells(cells).items())


def find_other_kinds(notebook: api.Notebook, wanted: Cells) -> set[str]:
    """Return the names of cells that are graded or answered in another way than before: their marks are not theirs."""
    kinds = ("grade", "solution", "task")
    rows = {kind: read_rows(notebook, kind) for kind in kinds}
    names = {name for kind in kinds for name in rows[kind]}
    return {name for name in names if any((name in rows[kind]) != (name in wanted[kind]) for kind in kinds)}


def list_removed_marks(gradebook: api.Gradebook, notebook: api.Notebook, cells: Iterable[NotebookNode]
                       ) -> list[RemovedMark]:
    """Return the marks and comments that belong to no cell of the changed notebook, or to one of another kind.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    notebook : nbgrader.api.Notebook
        Its row in the gradebook.
    cells : iterable of NotebookNode
        Of the changed notebook.
    """
    others = find_other_kinds(notebook, sort_cells(cells))
    gone: dict[str, dict[str, Any]] = {}
    for kind in ("grade", "task", "solution"):
        for name, row in read_rows(notebook, kind).items():
            if name in others:
                gone.setdefault(name, {})[kind] = row.id
    return [mark for name, ids in sorted(gone.items()) for mark in iter_marks(gradebook, notebook, name, ids.values())]


def iter_marks(gradebook: api.Gradebook, notebook: api.Notebook, name: str, ids: Collection[str]
               ) -> Iterable[RemovedMark]:
    """Yield what the gradebook holds about one cell, a line per student.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    notebook : nbgrader.api.Notebook
    name : str
        Of the cell.
    ids : collection of str
        Of its rows: a written answer has one as a graded cell, and one as a cell to write in.
    """
    grades = {g.notebook_id: g for g in gradebook.db.query(api.Grade).filter(api.Grade.cell_id.in_(ids))}
    comments = {c.notebook_id: c for c in gradebook.db.query(api.Comment).filter(api.Comment.cell_id.in_(ids))}
    for submitted in sorted(notebook.submissions, key=lambda row: row.student.id):
        grade, comment = grades.get(submitted.id), comments.get(submitted.id)
        said = (comment.manual_comment or "") if comment else ""
        if grade is not None:
            yield RemovedMark(submitted.student.id, notebook.assignment.name, name, grade.cell.max_score,
                              grade.auto_score, grade.manual_score, grade.extra_credit, said)
        elif said:
            yield RemovedMark(submitted.student.id, notebook.assignment.name, name, 0.0, None, None, None, said)


def update_cells(gradebook: api.Gradebook, assignment: str, cells: Sequence[NotebookNode],
                 keep: Callable[[list[RemovedMark]], None]) -> None:
    """Let the gradebook have the cells of a changed notebook, and every submission a row for each of them.

    Marks of cells that stay are untouched. What a submission has not been graded for waits for a person until it is
    graded again; so does a cell with other points.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    assignment : str
    cells : sequence of NotebookNode
        Of the changed notebook.
    keep : callable
        Is given the marks that go, before they go.
    """
    notebook = find_notebook(gradebook, assignment)
    if notebook is None or not notebook.submissions:  # nbgrader does it then
        return
    keep(list_removed_marks(gradebook, notebook, cells))
    sorted_cells = sort_cells(cells)
    others = find_other_kinds(notebook, sorted_cells)
    for kind, wanted in sorted_cells.items():
        rows = read_rows(notebook, kind)
        stay = (rows.keys() & wanted.keys()) - others
        for name in rows.keys() - stay:
            remove_row(gradebook, rows[name])
        for name in wanted.keys() - stay:
            add_row(gradebook, notebook, kind, wanted[name])
        if kind in ("grade", "task"):
            for name in stay:
                change_points(gradebook, rows[name], float(wanted[name].metadata.nbgrader["points"]))
    gradebook.db.commit()


def remove_row(gradebook: api.Gradebook, row: Any) -> None:
    """Remove a cell from the gradebook, with the marks and comments that belong to it."""
    if not isinstance(row, api.SourceCell):
        for table in (api.Grade, api.Comment):
            gradebook.db.query(table).filter_by(cell_id=row.id).delete()
    gradebook.db.delete(row)
    gradebook.db.flush()


def add_row(gradebook: api.Gradebook, notebook: api.Notebook, kind: str, cell: NotebookNode) -> None:
    """Add a cell to the gradebook, and what each submission needs for it; nbgrader fills in the rest.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    notebook : nbgrader.api.Notebook
    kind : str
        One of :data:`TABLES`.
    cell : NotebookNode
    """
    flags = cell.metadata.nbgrader
    about: dict[str, Any] = {"id": api.new_uuid(), "name": flags["grade_id"], "notebook_id": notebook.id}
    if kind in ("grade", "task"):
        about |= {"max_score": float(flags["points"]), "cell_type": cell.cell_type}
    if kind == "source":
        about |= {"cell_type": cell.cell_type, "locked": utils.is_locked(cell), "source": cell.source}
    gradebook.db.add(TABLES[kind](**about))
    gradebook.db.flush()
    tables = {"grade": (api.Grade,), "solution": (api.Comment,), "task": (api.Grade, api.Comment), "source": ()}
    for submitted in notebook.submissions:
        for table in tables[kind]:
            gradebook.db.add(table(id=api.new_uuid(), cell_id=about["id"], notebook_id=submitted.id))


def change_points(gradebook: api.Gradebook, row: Any, points: float) -> None:
    """Give a graded cell other points; the marks it has are on the old scale, and wait."""
    if row.max_score != points:
        row.max_score = points
        gradebook.db.query(api.Grade).filter_by(cell_id=row.id).update({"needs_manual_grade": True})
