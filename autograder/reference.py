"""What hidden tests compare with, and how, loaded from the sources under names that student code cannot shadow."""

import linecache
import types
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: the grader works from one only."""
COMPARISONS = "cs231n_lib/lab/check/arrays.py"
"""How results are compared, in checks and for marks: the one file of ``lab`` that a mark depends on."""


def read_module_source(topic: str) -> str:
    """Return the source of ``cs231n_lib/<topic>.py``, solutions included."""
    return (ROOT / "cs231n_lib" / f"{topic}.py").read_text()


@cache
def load(topic: str) -> types.ModuleType:
    """Return the module ``cs231n_lib/<topic>.py`` with its solutions, as ``reference.<topic>``."""
    return load_source(read_module_source(topic), f"reference.{topic}", str(ROOT / "cs231n_lib" / f"{topic}.py"))


@cache
def load_comparisons() -> types.ModuleType:
    """Return the functions of :data:`COMPARISONS` as a module of its own.

    It is not imported by its name: while a runner works, ``lab`` is inert, and a student's workspace in whose folder
    the grader is started has a ``lab`` of its own.
    """
    return load_source((ROOT / COMPARISONS).read_text(), "reference.arrays", str(ROOT / COMPARISONS))


def load_source(source: str, name: str, filename: str) -> types.ModuleType:
    """Execute trusted source as a new module.

    Parameters
    ----------
    source : str
        Python code of ours, never a student's.
    name : str
        Name of the module.
    filename : str
        Shown in tracebacks, with the lines of ``source``.
    """
    module = types.ModuleType(name)
    module.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), module.__dict__)
    return module
