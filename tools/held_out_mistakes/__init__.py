"""Held-out mistakes: wrong implementations from which no stored result was made, to try the diagnosis of ``check`` on.

Not to be confused with ``autograder/mistakes/beyond_the_check.py``: those are registered. How this set came about:
see ``tools/diagnosis_accuracy.py``. Never register or change one of these: the set would no longer be blind.
"""

import importlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTRY = []


@dataclass(frozen=True)
class HeldOutMistake:
    """A wrong implementation of ``function``; ``sentence`` says what is wrong, as a teaching assistant would.

    ``right`` holds the registered mistakes of the function that are a correct diagnosis, from ``labels.toml``.
    """

    name: str
    function: str
    sentence: str
    code: object
    right: frozenset


def held_out(function, sentence):
    """Enter the decorated wrong implementation of ``function``."""

    def enter(code):
        REGISTRY.append((code.__name__, function, sentence, code))
        return code

    return enter


@cache
def load_held_out(topic):
    """Return the held-out mistakes of a topic, each with its label."""
    module = importlib.import_module(f"tools.held_out_mistakes.{topic}")
    labels = tomllib.loads(Path(__file__).with_name("labels.toml").read_text(encoding="utf-8"))[topic]
    return [
        HeldOutMistake(*entry, frozenset(labels[entry[0]]))
        for entry in REGISTRY
        if entry[3].__module__ == module.__name__
    ]
