"""Visible checks: ``check("relu_backward")`` says what is wrong with a function, and if it can, why.

Nothing here knows a solution. A result is compared with stored numbers (``known_results.npz``) and with finite
differences of your own forward. The hidden tests that give marks draw other inputs.
"""

import difflib
import os

from cs231n_lib.lab.check.answers import find_answer_problem, find_unread_answer
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge_file


class NotRightYet(Exception):
    """Raised after the table was shown, so that a program notices, too. Renders as one line."""

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


def check(name):
    """Judge one of your functions on small visible inputs, and show what came against what should come.

    Parameters
    ----------
    name : str
        The function: ``"relu_backward"``.

    Raises
    ------
    NotRightYet
        If an aspect is wrong, after the table was shown.
    ValueError
        If there is no check of that name.
    """
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        meant = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"expected the name of a function of the workbook, got {name!r}{meant}")
    report = judge_file(FUNCTIONS[name])
    show(report)
    if report.wrong:
        hints = report.diagnosis if os.environ.get("NBGRADER_VALIDATING") else []  # Validate shows no table
        raise NotRightYet("\n".join([report.summary, *hints]))


def check_answer(value, accepted):
    """Say whether an answer can be accepted. Whether it is right is not said here.

    Parameters
    ----------
    value : object
        What the answer cell holds; ``...`` means nothing yet.
    accepted : str, (low, high) or (str, int)
        Letters to choose from, as in ``"abc"``; or the range of numbers that make sense; or the characters and the
        length of a longer string, as in ``("0123456789", 600)``.

    Raises
    ------
    NotRightYet
        If the answer cannot be accepted.
    """
    problem = find_answer_problem(value, accepted) or find_unread_answer(list_run_cells())
    if problem:
        raise NotRightYet(f"answer not accepted: {problem}")
    print("answer noted")


def list_run_cells():
    """Return the sources of the cells that were run in this notebook, this one included."""
    try:
        from IPython import get_ipython
    except ImportError:
        return [""]
    shell = get_ipython()
    return [""] if shell is None else shell.user_ns.get("In") or [""]


def show(report):
    """Display a report: as HTML in a notebook, as text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = lambda: None  # noqa: E731
    if get_ipython() is None:
        print(report)
    else:
        display(report)
