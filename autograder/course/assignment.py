"""An assignment's notebooks, read once, however many students hand it in.

Students change only the source of some cells, and grading adds only the outputs of others. The rest is turned into
text once, and the notebook of a submission is assembled from it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient

from autograder.course import cells
from autograder.course.cells import MAX_CELL
from autograder.course.recognition import Outline, OutlineCell, read_cell_name, read_cell_source, recognise_cells
from autograder.errors import CourseError

UPDATE_FOLDER = "update"
"""In a course's folder, while new sources are being taken into it: see :mod:`autograder.release.pinned_sources`."""
NBFORMAT_JSON: dict[str, Any] = {"ensure_ascii": False, "indent": 1, "sort_keys": True, "separators": (",", ": ")}
"""How nbformat writes a notebook."""


class NotebookTemplate:
    """A notebook as pieces of text, to be written with some cells replaced.

    Attributes
    ----------
    cells : dict
        grade_id -> cell.
    """

    def __init__(self, notebook: NotebookNode) -> None:
        self.cells = {name: c for c in notebook.cells if (name := cells.read_grade_id(c))}
        self.chunks = [(cells.read_grade_id(c), format_cell(c)) for c in notebook.cells]
        rest = strip_transient(NotebookNode({**notebook, "cells": []}))
        self.head, self.tail = json.dumps(rest, **NBFORMAT_JSON).split("[]", 1)

    def format_notebook(self, changed: Mapping[str, Mapping[str, Any]]) -> str:
        """Return the notebook as ``nbformat.writes`` would; ``changed`` maps a grade_id to its new cell."""
        chunks = [format_cell(changed[name]) if name and name in changed else text for name, text in self.chunks]
        return self.head + "[\n  " + ",\n  ".join(chunks) + "\n ]" + self.tail


def format_cell(cell: Mapping[str, Any]) -> str:
    """Return a cell as text, indented as in a notebook."""
    alone = split_lines(NotebookNode(cells=[NotebookNode(cell)]))
    return json.dumps(alone.cells[0], **NBFORMAT_JSON).replace("\n", "\n  ")


class Assignment:
    """An assignment as students get it and as it is graded.

    Attributes
    ----------
    released : NotebookTemplate
        What students get.
    solutions : dict
        grade_id -> released source of the cells that students write in.
    variables : dict
        grade_id -> name of the variable that an answer cell assigns to.
    setup : list of str
        Sources of the setup cells.
    tests : list
        [grade_id, source with hidden region, points] of the test cells.
    outline : Outline
        What a student's notebook and module are recognised by.
    """

    def __init__(self, course: str | Path, assignment: str) -> None:
        notebooks = [read_notebook(course, kind, assignment) for kind in ("release", "source")]
        self.released = NotebookTemplate(notebooks[0])
        open_cells = {name: c for name, c in self.released.cells.items() if cells.is_answer(c) or cells.is_written(c)}
        self.solutions = {name: c.source for name, c in open_cells.items()}
        self.variables = {
            name: cells.read_answer_variable(c.source) for name, c in open_cells.items() if cells.is_answer(c)
        }
        self.setup, self.tests = list_cells_to_run(notebooks[1])
        functions = filter(None, (cells.read_question(source) for _, source, _ in self.tests))
        self.outline: Outline = {"cells": [outline_cell(c) for c in notebooks[0].cells], "functions": list(functions)}

    def select_written(self, sources: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Return grade_id -> source for every cell students write in, from :func:`collect_sources`."""
        return {name: choose_source(sources.get(name, []), released) for name, released in self.solutions.items()}

    def select_answers(self, written: Mapping[str, str]) -> dict[str, str]:
        """Return variable -> source for every answer cell."""
        return {variable: written[name] for name, variable in self.variables.items()}

    def format_submission(self, written: Mapping[str, str]) -> str:
        """Return the text of the released notebook with a student's cells in it."""
        released = self.released.cells
        return self.released.format_notebook({name: {**released[name], "source": s} for name, s in written.items()})


def choose_source(candidates: Iterable[str], released: str) -> str:
    """Return the source that counts for a cell: of all cells of its name, the first that was changed."""
    return next((source for source in candidates if source != released), released)


def outline_cell(cell: NotebookNode) -> OutlineCell:
    """Return a released cell as far as it helps to find it again in a student's notebook."""
    is_answer = cells.is_answer(cell)
    kinds = (("answer", is_answer), ("written", cells.is_written(cell)), ("test", cells.is_test(cell)),
             ("scratch", cells.is_scratch(cell)))
    return {"name": read_cell_name(cell) or "", "kind": next((kind for kind, holds in kinds if holds), ""),
            "variable": cells.read_answer_variable(cell.source) if is_answer else "", "source": cell.source}


def list_cells_to_run(notebook: NotebookNode) -> tuple[list[str], list[Any]]:
    """Return the sources of the setup cells, and [grade_id, source, points] of the test cells."""
    setup = [c.source for c in notebook.cells if cells.is_setup(c)]
    tests = [[cells.read_grade_id(c), c.source, float(c.metadata.nbgrader["points"])]
             for c in notebook.cells if cells.is_test(c)]
    return setup, tests


def notebook_path(course: str | Path, kind: str, assignment: str) -> Path:
    """Return the path of an assignment's notebook.

    Parameters
    ----------
    course : path
        The course folder.
    kind : str
        "source" or "release".
    assignment : str
        As in "01_activations".
    """
    return Path(course) / kind / assignment / f"{assignment}.ipynb"


def read_notebook(course: str | Path, kind: str, assignment: str) -> NotebookNode:
    """Read an assignment's notebook; the parameters are those of :func:`notebook_path`.

    Parameters
    ----------
    course : path
        The course folder.
    kind : str
        "source" or "release".
    assignment : str
        As in "01_activations".
    """
    path = notebook_path(course, kind, assignment)
    try:
        return nbformat.read(path, as_version=4)
    except OSError:
        raise
    except Exception as error:  # nbformat has no common class of errors
        raise CourseError(f"{path} is not a notebook ({' '.join(str(error).split())[:80]})",
                          f"Delete {path.parent} and run `release` again") from error


def load_assignment(course: str | Path, assignment: str) -> Assignment:
    """Return an assignment; its notebooks are read again only if they have changed."""
    stamps = tuple(notebook_path(course, kind, assignment).stat().st_mtime_ns for kind in ("release", "source"))
    return _load_assignment(Path(course).resolve(), assignment, stamps)


@lru_cache(64)
def _load_assignment(course: Path, assignment: str, _stamps: tuple[int, ...]) -> Assignment:
    """Read an assignment; the times of its notebooks are part of the cache's key."""
    return Assignment(course, assignment)


def collect_sources(notebook_cells: Iterable[Any]) -> dict[str, list[str]]:
    """Return name -> sources of all cells of that name, which is nbgrader's grade_id or the cell's own id.

    The cells are a student's JSON: malformed ones are skipped.
    """
    sources: dict[str, list[str]] = {}
    for cell in notebook_cells:
        source, name = read_cell_source(cell), read_cell_name(cell)
        if source is not None and name is not None and len(source) <= MAX_CELL:
            sources.setdefault(name, []).append(source)
    return sources


def parse_cell_sources(text: str, outline: Outline) -> dict[str, Any]:
    """Return what is found in the text of a student's notebook.

    Parameters
    ----------
    text : str
    outline : Outline
        Of the assignment.

    Returns
    -------
    found : dict
        The fields of a :class:`~autograder.course.recognition.Recognition`, of which ``sources`` are None and the
        others missing if the text is not a notebook; ``problems``: a line for that, or for each kind of cell left out.
    """
    try:
        notebook_cells = cells.parse_cells(text)
    except ValueError as error:
        return {"sources": None, "problems": [str(error)]}
    fitting, problems = cells.list_limit_problems([read_cell_source(cell) or "" for cell in notebook_cells])
    return {**recognise_cells(notebook_cells[:fitting], outline), "problems": problems}


def rebuild_notebook(released: NotebookNode, sources: Mapping[str, Sequence[str]]) -> NotebookNode:
    """Put a student's cells into the released notebook; everything else stays the instructor's.

    Parameters
    ----------
    released : NotebookNode
        Changed in place and returned.
    sources : dict
        From :func:`collect_sources`.
    """
    for cell in released.cells:
        name = cells.read_grade_id(cell)
        if name and (cells.is_answer(cell) or cells.is_written(cell)):
            cell.source = choose_source(sources.get(name, []), cell.source)
    return released
