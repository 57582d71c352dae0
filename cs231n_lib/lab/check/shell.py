"""What is asked of IPython, or of a script: which cells were run, as they were typed, and how something is displayed.

A function that a cell calls sees the values of its variables, and not how they came about. What is graded is what
stands in the cell, so the checks read that as well.
"""

import ast
import linecache
import sys
from dataclasses import dataclass

from cs231n_lib.lab import cells


class NotRightYet(Exception):
    """Raised after the table was shown, so that programs notice it too. A notebook shows it as one line."""

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Caller:
    """Where a function of ours was called: a cell of a notebook, or a script.

    Attributes
    ----------
    source : str
        The cell that is running, or the whole script.
    line : int
        Where the call stands in it.
    sources : list of str
        What may give a variable its value, in order: the cells that were run; of a script its statements.
    variables : dict
        The values of its variables.
    """

    source: str
    line: int
    sources: list
    variables: dict

    def read_value(self, name):
        """Return the literal that a variable was given, as the grader reads it.

        Parameters
        ----------
        name : str

        Returns
        -------
        value : literal, Ellipsis or cs231n_lib.lab.cells.Unreadable
            Ellipsis also if no cell was run that gives it a value. Where no source is known, whatever its value is.
        """
        if not self.sources:
            return self.variables.get(name, ...)
        sources = [source for source in self.sources if not cells.list_confirmed_variables(source)]  # no scratch cell
        source = cells.choose_answer_cell(sources, name)
        if source is not None:
            return cells.read_answer(source, name)
        return cells.Unreadable(cells.describe_wanted(name)) if self.variables.get(name, ...) is not ... else ...


def find_caller():
    """Return the :class:`Caller` of the function that calls this one."""
    frame = sys._getframe(2)
    sources = list_run_cells()
    if sources:
        return Caller(sources[-1], frame.f_lineno, sources, frame.f_globals)
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    return Caller(source, frame.f_lineno, split_statements(source), frame.f_globals)


def read_variable(name):
    """Return the literal that a variable of the notebook was given, wherever this is called; see :class:`Caller`."""
    shell = find_shell()
    variables = vars(sys.modules["__main__"]) if shell is None else shell.user_ns
    return Caller("", 0, list_run_cells(), variables).read_value(name)


def split_statements(source):
    """Return the statements of a script, each as text; none if it does not parse."""
    try:
        return [ast.get_source_segment(source, statement) for statement in ast.parse(source).body]
    except (SyntaxError, ValueError):
        return []


def list_run_cells():
    """Return the sources of the cells that were run in this notebook as they were typed, this one included."""
    shell = find_shell()
    return [] if shell is None else list(shell.history_manager.input_hist_raw)  # In has no magics as they are typed


def find_shell():
    """Return IPython's shell, None where there is none."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def show(report, **metadata):
    """Display a report: as HTML in a notebook, as text elsewhere.

    Parameters
    ----------
    report : object
        With ``_repr_html_`` and ``__repr__``.
    **metadata
        Noted beside the output, for what reads executed notebooks.
    """
    if find_shell() is None:
        print(report)
        return
    from IPython.display import display

    display(report, metadata=metadata)
