"""A course's own topic in the process of the tests: it is forgotten afterwards, so that no other test meets it."""

import contextlib
import os
import sys
from pathlib import Path

import pytest

from autograder import mistakes, rooms
from autograder.course import topics
from cs231n_lib.lab.check.cases import FUNCTIONS


@contextlib.contextmanager
def without_own_topics():
    """Let this process know no own topics at first, and after the block nothing of those that it came to know."""
    functions, known = set(FUNCTIONS), set(mistakes.REGISTRY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(rooms.VARIABLE, "")
        try:
            yield
        finally:
            names = [f".{name}" for name in find_names()]
    topics.forget_topics()
    for module in [module for module in sys.modules if names and module.endswith(tuple(names))]:
        package, _, last = module.rpartition(".")
        del sys.modules[module]
        if package in sys.modules:
            vars(sys.modules[package]).pop(last, None)
    for registry, before in ((FUNCTIONS, functions), (mistakes.REGISTRY, known)):
        for name in registry.keys() - before:
            del registry[name]


def find_names():
    """Return the names of the folders that could be topics, whatever is in them."""
    folder = os.environ.get(rooms.VARIABLE)
    return [path.name for path in Path(folder).iterdir()] if folder else []
