"""An assignment's notebooks, read and checked once, however many students hand it in.

A student changes nothing in a notebook but the source of some cells, and grading adds the outputs of others. So the
rest is turned into text once, and a submission's notebook is put together from pieces.
"""

import json
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient

from autograder.course import cells
from autograder.course.cells import MAX_CELL

NBFORMAT_JSON = {"ensure_ascii": False, "indent": 1, "sort_keys": True, "separators": (",", ": ")}
"""How nbformat writes a notebook."""


class NotebookTemplate:
    """A notebook as pieces of text, to be written with other cells in some places.

    Parameters
    ----------
    notebook : NotebookNode
        Valid; it is not looked at again.
    """

    def __init__(self, notebook):
        self.cells = {cells.read_grade_id(c): c for c in notebook.cells if cells.read_grade_id(c)}
        self.chunks = [(cells.read_grade_id(c), format_cell(c)) for c in notebook.cells]
        rest = strip_transient(NotebookNode({**notebook, "cells": []}))
        self.head, self.tail = json.dumps(rest, **NBFORMAT_JSON).split("[]", 1)

    def text(self, changed):
        """Return the notebook as ``nbformat.writes`` would; ``changed`` maps a grade_id to its new cell."""
        chunks = [format_cell(changed[name]) if name in changed else text for name, text in self.chunks]
        return self.head + "[\n  " + ",\n  ".join(chunks) + "\n ]" + self.tail


def format_cell(cell):
    """Return a cell as text, as far in as it stands in a notebook."""
    alone = split_lines(NotebookNode(cells=[NotebookNode(cell)]))
    return json.dumps(alone.cells[0], **NBFORMAT_JSON).replace("\n", "\n  ")


class Assignment:
    """An assignment as students get it and as it is graded.

    Attributes
    ----------
    released : Pieces
        What students get.
    solutions : dict
        grade_id -> released source of the cells that students write in.
    variables : dict
        grade_id -> variable of the answer cells.
    setup : list of str
        Sources of the setup cells.
    tests : list
        [grade_id, source with hidden region, points] of the test cells.
    """

    def __init__(self, course, assignment):
        notebooks = [read_notebook(course, kind, assignment) for kind in ("release", "source")]
        self.released = NotebookTemplate(notebooks[0])
        mine = [c for c in notebooks[0].cells if cells.is_answer(c) or cells.is_written(c)]
        self.solutions = {cells.read_grade_id(c): c.source for c in mine}
        self.variables = {
            cells.read_grade_id(c): cells.read_answer_variable(c.source) for c in mine if cells.is_answer(c)
        }
        self.setup, self.tests = list_cells_to_run(notebooks[1])

    def written(self, sources):
        """Return grade_id -> source for every cell students write in, from :func:`autograder.course.assignment.collect_sources`."""
        return {name: choose_source(sources.get(name, []), released) for name, released in self.solutions.items()}

    def answers(self, written):
        """Return variable -> source for every answer cell."""
        return {variable: written[name] for name, variable in self.variables.items()}

    def submitted(self, written):
        """Return the text of the released notebook with a student's cells in it."""
        known = self.released.cells
        return self.released.text({name: {**known[name], "source": text} for name, text in written.items()})


def choose_source(candidates, released):
    """Return the source that counts for a cell.

    One that was deleted stays as released; of one that was duplicated, the first that was changed counts.
    """
    return next((source for source in candidates if source != released), released)


def list_cells_to_run(notebook):
    """Return the sources of setup cells, and [grade_id, source, points] of test cells."""
    setup = [c.source for c in notebook.cells if cells.is_setup(c)]
    tests = [[cells.read_grade_id(c), c.source, float(c.metadata.nbgrader["points"])]
             for c in notebook.cells if cells.is_test(c)]
    return setup, tests


def notebook_path(course, kind, assignment):
    """Return the path of an assignment's notebook; ``kind`` is "source" or "release"."""
    return Path(course) / kind / assignment / f"{assignment}.ipynb"


def read_notebook(course, kind, assignment):
    """Read an assignment's notebook."""
    return nbformat.read(notebook_path(course, kind, assignment), as_version=4)


def load_assignment(course, assignment):
    """Return the :class:`Form` of an assignment, read again only when its notebooks changed."""
    stamps = tuple(notebook_path(course, kind, assignment).stat().st_mtime_ns for kind in ("release", "source"))
    return _load_assignment(Path(course).resolve(), assignment, stamps)


@lru_cache(64)
def _load_assignment(course, assignment, _stamps):
    """Read the :class:`Form` of an assignment."""
    return Assignment(course, assignment)


def collect_sources(notebook_cells):
    """Return name -> list of the sources of all cells of that name, by nbgrader's grade_id or the cell's own id.

    A cell that is not one is passed over: it costs only what it is.
    """
    found = {}
    for cell in notebook_cells:
        source, name = read_cell_source(cell), read_cell_name(cell)
        if source is not None and name is not None and len(source) <= MAX_CELL:
            found.setdefault(name, []).append(source)
    return found


def read_cell_source(cell):
    """Return the source of a cell, or None. Half a character, as JSON may hold, has no file: it becomes ``?``."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source.encode("utf-8", "replace").decode().replace("\0", "") if isinstance(source, str) else None


def read_cell_name(cell):
    """Return the name of a cell, or None."""
    if not isinstance(cell, dict):
        return None
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = (nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None) or cell.get("id")
    return name if isinstance(name, str) else None


def rebuild_notebook(released, sources):
    """Put a student's solution cells into the released notebook; everything else is the instructor's.

    Parameters
    ----------
    released : NotebookNode
        Changed in place and returned.
    sources : dict
        From :func:`sources_by_id`.
    """
    for cell in released.cells:
        if cells.is_answer(cell) or cells.is_written(cell):
            cell.source = choose_source(sources.get(cells.read_grade_id(cell), []), cell.source)
    return released
