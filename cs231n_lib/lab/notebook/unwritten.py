"""A cell needs a function that is not written yet: say which one, instead of a traceback through the whole net."""

import traceback
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2]  # cs231n_lib


def install_handler(shell):
    """Let a notebook show NotImplementedError and NameError in words; all other errors stay as they are.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    shell.set_custom_exc((NotImplementedError, NameError), show_error)


def show_error(shell, kind, error, tb, tb_offset=None):
    """Show an error in words if :func:`explain_error` has some, else with the usual traceback. IPython calls this.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    kind, error, tb
        As ``sys.exc_info()`` returns them.
    tb_offset : int, optional
        How many frames IPython leaves out.

    Returns
    -------
    lines : list of str
        What was shown.
    """
    words = explain_error(error)
    if words:
        lines = [words]
    else:
        usual = shell.InteractiveTB
        lines = usual.structured_traceback(kind, error, tb, tb_offset=tb_offset or usual.tb_offset)
    shell._showtraceback(kind, error, lines)  # IPython's own last step: it also sends the error to the notebook
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
                "If a cell above defines it, run that cell first: it has not run to its end yet.")
    if not str(error) and file.parent != MODULES:
        return ""
    missing = str(error) or f"{last.name} is not written yet: write it in cs231n_lib/{file.name}, line {last.lineno}"
    return (f"This cell cannot run yet: {missing}\n"
            "Then run its check, and this cell again. Cells that do not need it can be run already.")
