"""A cell that waits for a function: one line says which, instead of a traceback through the net that calls it."""

import traceback
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2]  # cs231n_lib


def install_handler(shell):
    """Let a notebook show these two errors in words; all others stay as they are.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    shell.set_custom_exc((NotImplementedError, NameError), show_error)


def show_error(shell, kind, error, tb, tb_offset=None):
    """Show an error: in words if there are some, else with the usual traceback. IPython calls this."""
    words = explain_error(error)
    if words:
        lines = [words]
    else:
        usual = shell.InteractiveTB
        lines = usual.structured_traceback(kind, error, tb, tb_offset=tb_offset or usual.tb_offset)
    shell._showtraceback(kind, error, lines)  # what IPython itself calls last: it also tells the notebook
    return lines


def explain_error(error):
    """Return what a student should know about an error, or "" if its traceback says more.

    Parameters
    ----------
    error : NotImplementedError or NameError
        As it was caught.
    """
    *_, last = traceback.extract_tb(error.__traceback__)
    file = Path(last.filename)
    if isinstance(error, NameError):
        if file.is_file() and "ipykernel" not in last.filename:
            return ""
        return (f"NameError: {error} (line {last.lineno}: `{last.line}`)\n"
                "If a cell above sets it, that one has not run to its end yet.")
    if not str(error) and file.parent != MODULES:
        return ""
    missing = str(error) or f"{last.name} is not written yet: write it in cs231n_lib/{file.name}, line {last.lineno}"
    return (f"This cell waits: {missing}\n"
            "Then run its check, and this cell again. Cells that do not need it work already.")
