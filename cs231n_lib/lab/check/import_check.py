"""Can a module that a student edits be imported? If not, say why: the file, the line number and the line."""

import traceback
from pathlib import Path

from cs231n_lib.lab import modules
from cs231n_lib.lab.check.limits import TooSlow, limit_output, time_limit

IMPORT_SECONDS = 20
"""A module that takes longer than this to import has an endless loop in it."""


def find_import_problem(path, name):
    """Return what is wrong with a module, or "" if it can be imported.

    The file is run in a separate namespace, and what it prints is dropped.

    Parameters
    ----------
    path : path
        The file.
    name : str
        The module's name, as in ``"cs231n_lib.activations"``.
    """
    path = Path(path)
    try:
        text = modules.read_module(path.read_bytes())
    except ValueError as error:
        return f"cs231n_lib/{path.name}: {error}"
    except OSError as error:
        return explain_error(error, path)
    try:
        code = compile(text, str(path), "exec")
        refusals = modules.find_refusals(text, path.stem)
        if refusals:
            return refusals[0]
        with time_limit(IMPORT_SECONDS), limit_output(0):
            exec(code, {"__name__": name, "__file__": str(path), "__package__": name.rpartition(".")[0]})
    except (Exception, SystemExit) as error:  # whatever the student's file raises
        return explain_error(error, path)
    return ""


def explain_error(error, path):
    """Return in words why a module cannot be imported, with the line of the file where that is known.

    Parameters
    ----------
    error : BaseException
        What running the file raised.
    path : path
        The file.
    """
    path = Path(path)
    file = f"cs231n_lib/{path.name}"
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"{file} does not parse: line {error.lineno}: {error.msg}{point_at_error(error)}"
    if isinstance(error, OSError) and error.filename == str(path):
        return f"{file} cannot be read: {error.strerror}"
    told = read_message(error)
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return f"{file}, line {own[-1].lineno}: {told}\n    {own[-1].line}" if own else f"{file}: {told}"


def read_message(error):
    """Return an exception as one line of text."""
    if isinstance(error, TooSlow):
        return str(error)
    if isinstance(error, SystemExit):
        return "exit() ends Python itself: remove it"
    return f"{type(error).__name__}: {error}".split("\n")[0] if str(error) else type(error).__name__


def point_at_error(error):
    """Return the line of a syntax error, and below it a caret at the place that Python reports."""
    line = (error.text or "").rstrip()
    if not line.strip():
        return ""
    caret = max(0, (error.offset or 1) - 1 - (len(line) - len(line.lstrip())))
    return f"\n    {line.strip()}\n    {' ' * min(caret, len(line.strip()))}^"
