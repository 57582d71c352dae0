"""Kinds of notebook cells, and how an answer is read without running it.

The rules are those of the lab (``cs231n_lib/lab/cells.py``), so that what a student sees at home is what is graded; the
file is loaded by its path, since a folder in which the grader is started may have a lab of its own. What only the
grader needs is added here.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograder.reference import CELLS, load_lab_module

_rules = load_lab_module(CELLS)
if TYPE_CHECKING:  # runners need the rules, not nbformat
    from nbformat import NotebookNode

    from cs231n_lib.lab.cells import Unreadable
else:
    Unreadable = _rules.Unreadable

MAX_NOTEBOOK: int = _rules.MAX_NOTEBOOK
MAX_CELL: int = _rules.MAX_CELL
"""Longest cell, in characters; what is rendered of it on a page has limits of its own: see
:mod:`autograder.gradebook.safe_markdown`."""
MAX_ANSWER: int = _rules.MAX_ANSWER
decode_notebook: Callable[[bytes], str] = _rules.decode_notebook
parse_cells: Callable[[str], list[Any]] = _rules.parse_cells
list_limit_problems: Callable[[Sequence[str]], tuple[int, list[str]]] = _rules.list_limit_problems
read_flags: Callable[["NotebookNode"], Mapping[str, Any]] = _rules.read_flags
read_kind: Callable[["NotebookNode"], str] = _rules.read_kind
is_grade: Callable[["NotebookNode"], bool] = _rules.is_grade
is_solution: Callable[["NotebookNode"], bool] = _rules.is_solution
is_test: Callable[["NotebookNode"], bool] = _rules.is_test
is_written: Callable[["NotebookNode"], bool] = _rules.is_written
is_answer: Callable[["NotebookNode"], bool] = _rules.is_answer
is_bet: Callable[["NotebookNode"], bool] = _rules.is_bet
is_scratch: Callable[["NotebookNode"], bool] = _rules.is_scratch
is_experiment: Callable[["NotebookNode"], bool] = _rules.is_experiment
is_solution_text: Callable[["NotebookNode"], bool] = _rules.is_solution_text
list_confirmed_variables: Callable[[str], list[str]] = _rules.list_confirmed_variables
iter_bound_names: Callable[[ast.AST], Iterator[str]] = _rules.iter_bound_names
read_answer: Callable[[str, str], object] = _rules.read_answer
assigns_variable: Callable[[str, str], bool] = _rules.assigns_variable
choose_saved_answer: Callable[[Sequence[str], str], str | None] = _rules.choose_saved_answer

STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What can be a student's id: the name of a folder."""


def read_grade_id(cell: "NotebookNode") -> str | None:
    """Return nbgrader's name of a cell, or None."""
    return read_flags(cell).get("grade_id")


def is_locked(cell: "NotebookNode") -> bool:
    """Is the cell's source the instructor's?"""
    return not is_solution(cell) and (is_grade(cell) or bool(read_flags(cell).get("locked")))


def is_setup(cell: "NotebookNode") -> bool:
    """Is this a locked code cell that carries no marks?"""
    return cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)


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


def read_question(source: str, function: str = "grade") -> str | None:
    """Return the question whose mark a test cell ends in, as in ``grade("relu_forward")``; None for any other cell.

    Parameters
    ----------
    source : str
    function : str
        What is called: ``grade`` for a function, ``grade_transfer`` for an answer.
    """
    try:
        call = read_graded_call(source)
    except (SyntaxError, ValueError, IndexError):  # a cell of the instructor's own
        return None
    named = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return named[0] if named and isinstance(call.func, ast.Name) and call.func.id == function else None


def read_answer_variable(source: str) -> str:
    """Return the variable that an answer cell, as released, assigns to."""
    statement: Any = ast.parse(source).body[-1]  # our own cell: ``name = ...``
    return statement.targets[0].id
