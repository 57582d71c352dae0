"""What a cell of a notebook is for, which literal it assigns, and what its check asks for. Nothing is run.

The one home for these rules on the student's side. Standard library only: ``submit`` and ``doctor`` may run before
anything is installed, and a grader may import this without the rest of the lab.

A *cell* is a dict, as the notebook's JSON has it; its *source* is its text.
"""

import ast
import json
import re
from dataclasses import dataclass

PLACEHOLDER = "YOUR ANSWER HERE"
"""What nbgrader puts in the place of a written answer."""


@dataclass(frozen=True)
class Purpose:
    """What a test cell asks for.

    Attributes
    ----------
    kind : str
        "function", "prediction", "answer" or "all together" (a cell that runs all functions of its notebook).
    name : str
        The function or the variable; of "all together" the cell's ``grade_id`` without ``-test``.
    accepted : str or tuple, optional
        Which answers are possible, as in :func:`cs231n_lib.lab.check.check_answer`.
    """

    kind: str
    name: str
    accepted: object = None


def read_cells(path):
    """Return the cells of a notebook file; each has ``metadata``, if only an empty dict.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    ValueError
        If the file is not a notebook; the message says what to do.
    OSError
        If it cannot be read.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [{**c, "metadata": c.get("metadata", {})} for c in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{path.name} is damaged: it is not a readable notebook. Take an older copy: JupyterLab keeps "
                         "one in the folder .ipynb_checkpoints, and the workbook's zip has the one you began "
                         "with") from None


def read_source(cell):
    """Return a cell's text; a notebook file may hold it as a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def read_flags(cell):
    """Return what nbgrader noted in a cell's metadata, {} where it noted nothing."""
    return cell["metadata"].get("nbgrader", {})


# -- the kinds of cells -----------------------------------------------------------------------------------------


def is_test(cell):
    """Is this a cell that the grader marks?"""
    return bool(read_flags(cell).get("grade")) and not read_flags(cell).get("solution")


def is_written(cell):
    """Is this an answer that a person reads and marks?"""
    return bool(read_flags(cell).get("grade")) and bool(read_flags(cell).get("solution"))


def is_answer(cell):
    """Is this a cell in which a student assigns an answer to a variable?"""
    return bool(read_flags(cell).get("solution")) and not read_flags(cell).get("grade")


def is_experiment(cell):
    """Is this a code cell of which nbgrader knows nothing?"""
    return cell["cell_type"] == "code" and not read_flags(cell)


# -- what stands in a cell --------------------------------------------------------------------------------------


def read_literal(source):
    """Return {name: value} for a cell with one assignment of a literal, {} for anything else.

    Parameters
    ----------
    source : str
        As the student left it: comments, and ``name = literal``.
    """
    try:
        statement, = ast.parse(source).body
        return {statement.targets[0].id: ast.literal_eval(statement.value)}
    except (SyntaxError, ValueError, AttributeError, TypeError, RecursionError, MemoryError):
        return {}


def is_filled_in(source):
    """Does a written answer hold more than the placeholder that it was released with?"""
    return bool(source.strip()) and PLACEHOLDER not in source


def read_purpose(grade_id, source):
    """Return the :class:`Purpose` of a test cell, read from its visible call of ``check`` or ``check_answer``.

    Parameters
    ----------
    grade_id, source : str
        nbgrader's name of the cell, and its text as released.
    """
    call = next((s.value for s in ast.parse(source).body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
                 and getattr(s.value.func, "id", "") in ("check", "check_answer")), None)
    if call is None:
        return Purpose("all together", grade_id.removesuffix("-test"))
    if call.func.id == "check":
        return Purpose("function", call.args[0].value)
    name = call.args[0].id
    kind = "prediction" if name.startswith("prediction") else "answer"
    return Purpose(kind, name, ast.literal_eval(call.args[1]))


# By pattern, because a cell that a student wrote may not parse: it may have a magic in it.


def checks_function(source, name):
    """Does a cell call ``check("name")``?"""
    return bool(re.search(rf"""\bcheck\(["']{name}["']\)""", source))


def read_checked_variable(source):
    """Return the variable that a cell hands to ``check_answer``, "" if there is no such call."""
    call = re.search(r"check_answer\((\w+),", source)
    return call[1] if call else ""


def assigns_variable(source, name):
    """Is there a line in a cell that begins with ``name =``?"""
    return bool(re.search(rf"^{name}\s*=[^=]", source, re.MULTILINE))
