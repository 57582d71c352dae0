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

from autograder import cells

JSON = {"ensure_ascii": False, "indent": 1, "sort_keys": True, "separators": (",", ": ")}
"""How nbformat writes a notebook."""


class Pieces:
    """A notebook as pieces of text, to be written with other cells in some places.

    Parameters
    ----------
    notebook : NotebookNode
        Valid; it is not looked at again.
    """

    def __init__(self, notebook):
        self.cells = {cells.grade_id(c): c for c in notebook.cells if cells.grade_id(c)}
        self.chunks = [(cells.grade_id(c), chunk(c)) for c in notebook.cells]
        rest = strip_transient(NotebookNode({**notebook, "cells": []}))
        self.head, self.tail = json.dumps(rest, **JSON).split("[]", 1)

    def text(self, changed):
        """Return the notebook as ``nbformat.writes`` would; ``changed`` maps a grade_id to its new cell."""
        chunks = [chunk(changed[name]) if name in changed else text for name, text in self.chunks]
        return self.head + "[\n  " + ",\n  ".join(chunks) + "\n ]" + self.tail


def chunk(cell):
    """Return a cell as text, as far in as it stands in a notebook."""
    alone = split_lines(NotebookNode(cells=[NotebookNode(cell)]))
    return json.dumps(alone.cells[0], **JSON).replace("\n", "\n  ")


class Form:
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
        notebooks = [read(course, kind, assignment) for kind in ("release", "source")]
        self.released = Pieces(notebooks[0])
        mine = [c for c in notebooks[0].cells if cells.is_answer(c) or cells.is_written(c)]
        self.solutions = {cells.grade_id(c): c.source for c in mine}
        self.variables = {cells.grade_id(c): cells.answer_name(c.source) for c in mine if cells.is_answer(c)}
        self.setup, self.tests = cells_to_run(notebooks[1])

    def written(self, sources):
        """Return grade_id -> source for every cell students write in, from :func:`autograder.intake.sources_by_id`."""
        return {name: chosen(sources.get(name, []), released) for name, released in self.solutions.items()}

    def answers(self, written):
        """Return variable -> source for every answer cell."""
        return {variable: written[name] for name, variable in self.variables.items()}

    def submitted(self, written):
        """Return the text of the released notebook with a student's cells in it."""
        known = self.released.cells
        return self.released.text({name: {**known[name], "source": text} for name, text in written.items()})


def chosen(candidates, released):
    """Return the source that counts for a cell.

    One that was deleted stays as released; of one that was duplicated, the first that was changed counts.
    """
    return next((source for source in candidates if source != released), released)


def cells_to_run(notebook):
    """Return the sources of setup cells, and [grade_id, source, points] of test cells."""
    setup = [c.source for c in notebook.cells if cells.is_setup(c)]
    tests = [[cells.grade_id(c), c.source, float(c.metadata.nbgrader["points"])]
             for c in notebook.cells if cells.is_test(c)]
    return setup, tests


def file_of(course, kind, assignment):
    """Return the path of an assignment's notebook; ``kind`` is "source" or "release"."""
    return Path(course) / kind / assignment / f"{assignment}.ipynb"


def read(course, kind, assignment):
    """Read an assignment's notebook."""
    return nbformat.read(file_of(course, kind, assignment), as_version=4)


def of(course, assignment):
    """Return the :class:`Form` of an assignment, read again only when its notebooks changed."""
    stamps = tuple(file_of(course, kind, assignment).stat().st_mtime_ns for kind in ("release", "source"))
    return read_form(Path(course).resolve(), assignment, stamps)


@lru_cache(64)
def read_form(course, assignment, _stamps):
    """Read the :class:`Form` of an assignment."""
    return Form(course, assignment)
