"""The instructor's own implementation, loaded from the sources under a name that student code cannot shadow."""

from functools import cache
from pathlib import Path

from autograder.student import module_from_source

ROOT = Path(__file__).resolve().parent.parent


@cache
def load(topic):
    """Return the module ``cs231n_lib/<topic>.py`` with its solutions, as ``reference.<topic>``."""
    path = ROOT / "cs231n_lib" / f"{topic}.py"
    return module_from_source(path.read_text(), f"reference.{topic}", str(path))
