"""Kinds of notebook cells, and how an answer is read without running it."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # runners need the rules, not nbformat
    from nbformat import NotebookNode

MAX_ANSWER = 4000
"""Longest answer cell that is read, in characters."""
MAX_INTEGER = 10**100
MAX_CELL = 20_000
"""Longest cell, in characters; a longer one is left out. What is rendered of it on a page has limits of its own: see
:mod:`autograder.gradebook.safe_markdown`."""
STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What can be a student's id: the name of a folder."""


def read_grade_id(cell: "NotebookNode") -> str | None:
    """Return nbgrader's name of a cell, or None."""
    return read_flags(cell).get("grade_id")


def read_flags(cell: "NotebookNode") -> Mapping[str, Any]:
    """Return nbgrader's metadata of a cell (to import nbgrader for it would cost every runner seconds)."""
    return cell.metadata.get("nbgrader", {})


def is_grade(cell: "NotebookNode") -> bool:
    """Does the cell carry marks?"""
    return bool(read_flags(cell).get("grade"))


def is_solution(cell: "NotebookNode") -> bool:
    """Is this a cell that a student writes in?"""
    return bool(read_flags(cell).get("solution"))


def is_locked(cell: "NotebookNode") -> bool:
    """Is the cell's source the instructor's?"""
    return not is_solution(cell) and (is_grade(cell) or bool(read_flags(cell).get("locked")))


def is_test(cell: "NotebookNode") -> bool:
    """Is this a cell whose last value is a mark?"""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def is_setup(cell: "NotebookNode") -> bool:
    """Is this a locked code cell that carries no marks?"""
    return cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)


def is_answer(cell: "NotebookNode") -> bool:
    """Is this a code cell in which a student assigns an answer to a variable?"""
    return cell.cell_type == "code" and is_solution(cell) and not is_grade(cell)


def is_written(cell: "NotebookNode") -> bool:
    """Is this an answer that a person grades?"""
    return is_solution(cell) and is_grade(cell)


def read_graded_call(source: str) -> ast.Call:
    """Return the call that gives a test cell its mark: the last line, as in ``grade("relu_forward")``."""
    last = ast.parse(source).body[-1]
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and isinstance(last.value.func, ast.Name)):
        raise ValueError(f"a test cell ends in a call of grade or one of its kind, not in {ast.unparse(last)!r}")
    return last.value


def read_test_kind(source: str) -> str:
    """Return what a test cell grades: a "function", or an "answer" (any other value that the student gives)."""
    try:
        function = read_graded_call(source).func
    except ValueError:  # a cell of the instructor's own
        return "answer"
    return "function" if isinstance(function, ast.Name) and function.id == "grade" else "answer"


def read_question(source: str) -> str | None:
    """Return the question whose mark a test cell ends in, as in ``grade("relu_forward")``; None for any other cell."""
    try:
        call = read_graded_call(source)
    except (SyntaxError, ValueError, IndexError):  # a cell of the instructor's own
        return None
    named = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return named[0] if named and isinstance(call.func, ast.Name) and call.func.id == "grade" else None


def read_answer_variable(source: str) -> str:
    """Return the variable that an answer cell, as released, assigns to."""
    statement: Any = ast.parse(source).body[-1]  # our own cell: ``name = ...``
    return statement.targets[0].id


def read_answer(source: str, name: str) -> object:
    """Read ``name = literal`` from an answer cell; nothing is executed.

    Parameters
    ----------
    source : str
        The cell as the student left it: comments, and one assignment.
    name : str
        The variable asked for.

    Returns
    -------
    value : literal, Ellipsis or Unreadable
        ``...`` if the answer was left open; :class:`Unreadable` says why no literal was found.
    """
    if len(source) > MAX_ANSWER:
        return Unreadable(f"the answer cell is longer than {MAX_ANSWER} characters")
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        return Unreadable(f"the answer cell does not parse: line {error.lineno}")
    except (ValueError, RecursionError, MemoryError):
        return Unreadable("the answer cell does not parse")
    wanted = f"write one assignment, {name} = your answer"
    if len(body) != 1 or not isinstance(body[0], ast.Assign) or len(body[0].targets) != 1:
        return Unreadable(wanted) if body else ...
    target, value = body[0].targets[0], body[0].value
    if not isinstance(target, ast.Name) or target.id != name:
        return Unreadable(wanted)
    try:
        answer = ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
        return Unreadable('write the answer itself, as in "a" or 0.25: a computation is not read')
    if type(answer) is int and abs(answer) > MAX_INTEGER:  # no float holds it, and comparing would raise
        return Unreadable("the number is too large to be an answer")
    return answer


@dataclass(frozen=True)
class Unreadable:
    """An answer cell without a literal; ``reason`` tells the student what is wrong with it."""

    reason: str
