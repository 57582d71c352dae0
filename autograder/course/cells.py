"""What the grader knows about notebook cells: their kinds, and how an answer is read without running it."""

import ast
import re
from dataclasses import dataclass

MAX_ANSWER = 4000
"""Longest answer cell that is read, in characters."""
MAX_INTEGER = 10**100


def read_grade_id(cell):
    """Return the nbgrader name of a cell, or None."""
    return read_flags(cell).get("grade_id")


def read_flags(cell):
    """Return nbgrader's word on a cell (its own functions would cost every runner seconds of imports)."""
    return cell.metadata.get("nbgrader", {})


def is_grade(cell):
    """Does the cell carry marks?"""
    return read_flags(cell).get("grade", False)


def is_solution(cell):
    """Is this a cell that a student writes in?"""
    return read_flags(cell).get("solution", False)


def is_locked(cell):
    """Is the cell's source the instructor's?"""
    return not is_solution(cell) and bool(is_grade(cell) or read_flags(cell).get("locked", False))


def is_test(cell):
    """Is this a cell whose last value is a mark?"""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def is_setup(cell):
    """Is this a locked code cell that carries no marks?"""
    return cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)


def is_answer(cell):
    """Is this a code cell in which a student writes one assignment?"""
    return cell.cell_type == "code" and is_solution(cell) and not is_grade(cell)


def is_written(cell):
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


def read_answer_variable(source):
    """Return the variable that an answer cell, as released, assigns to."""
    statement = ast.parse(source).body[-1]
    return statement.targets[0].id


def read_answer(source, name):
    """Read ``name = literal`` from an answer cell; nothing is executed.

    Parameters
    ----------
    source : str
        The cell as the student left it: comments, and one assignment.
    name : str
        The variable asked for.

    Returns
    -------
    value : object
        The literal; ``...`` if it was left open; :class:`Unreadable` with a reason for anything else.
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
    """Stands for an answer cell that holds no literal; ``reason`` tells the student why."""

    reason: str


MAX_CELL = 20_000
"""Longest cell, in characters. Formgrader's Markdown takes a second for the worst of this length, and quadratically
more for a longer one."""
STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
