"""The instructor's own implementation, loaded from the sources under a name that student code cannot shadow."""

import linecache
import types
from functools import cache
from pathlib import Path


def read_module_source(topic):
    """Return the instructor's module as text."""
    return (ROOT / "cs231n_lib" / f"{topic}.py").read_text()


ROOT = Path(__file__).resolve().parent.parent


@cache
def load(topic):
    """Return the module ``cs231n_lib/<topic>.py`` with its solutions, as ``reference.<topic>``."""
    path = ROOT / "cs231n_lib" / f"{topic}.py"
    return load_source(path.read_text(), f"reference.{topic}", str(path))


def load_source(source, name, filename):
    """Execute trusted ``source`` as a new module called ``name``; tracebacks show its lines."""
    module = types.ModuleType(name)
    module.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), module.__dict__)
    return module
