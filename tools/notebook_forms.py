"""Which notebooks are written in the new form: ``python -m tools.notebook_forms`` lists those that are not yet.

A notebook's metadata say so: ``"cs231n": {"form": 1}`` is the form in which each prediction is followed by a graded
question, 2 is the one with bets, reveals, claims and a logbook page. Gates of form 2 do not look at form 1.
"""

from pathlib import Path

import nbformat

from autograder.course import cells
from autograder.course.claims import FIELD
from autograder.course.topics import list_topics
from autograder.reference import ROOT

FORMS = (1, 2)


def read_form(notebook):
    """Return a notebook's form, 1 or 2.

    Raises
    ------
    ValueError
        If its metadata do not say.
    """
    form = notebook.metadata.get(FIELD, {}).get("form")
    if form not in FORMS or isinstance(form, bool):
        raise ValueError(f'expected "{FIELD}": {{"form": 1}} or 2 in the notebook\'s metadata, got {form!r}')
    return form


def is_practice(cell):
    """Does a cell say whether a student's function or answer is right, and is not graded?"""
    return cells.is_experiment(cell) and cell.id.endswith("-practice")


def read_notebooks(folder=ROOT / "notebooks"):
    """Return assignment -> instructor's notebook."""
    return {a: nbformat.read(Path(folder) / f"{a}.ipynb", as_version=nbformat.NO_CONVERT)
            for a in list_topics().values()}


def list_assignments(form, folder=ROOT / "notebooks"):
    """Return the assignments whose notebooks have a form, in order."""
    return [a for a, notebook in read_notebooks(folder).items() if read_form(notebook) == form]


if __name__ == "__main__":
    waiting = list_assignments(1)
    print(f"{len(waiting)} notebooks are still of form 1: {', '.join(waiting) or 'none'}")
