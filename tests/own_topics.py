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
    for topic in topics.list_topics():
        mistakes.load_mistakes(topic)  # what is registered from here on is an own topic's
    functions, known = set(FUNCTIONS), set(mistakes.REGISTRY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(rooms.VARIABLE, "")
        try:
            yield
        finally:
            if folder := os.environ.get(rooms.VARIABLE):
                forget_modules(folder)
    topics.forget_topics()
    for registry, before in ((FUNCTIONS, functions), (mistakes.REGISTRY, known)):
        for name in registry.keys() - before:
            del registry[name]


def forget_modules(folder):
    """Let modules whose files are below a folder be as if they had never been imported."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(folder):
            package, _, last = name.rpartition(".")
            del sys.modules[name]
            vars(sys.modules[package]).pop(last, None)
