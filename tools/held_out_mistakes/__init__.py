"""Held-out mistakes: wrong implementations that are not registered, to test the diagnosis of ``check`` on.

(The mistakes of ``autograder/mistakes/beyond_the_check.py`` are registered.) ``tools/diagnosis_accuracy.py`` says how
this set was made. Never register or change one of them: the set would no longer be an independent test.
"""

import importlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTRY = []


@dataclass(frozen=True)
class HeldOutMistake:
    """A wrong implementation of a function.

    Attributes
    ----------
    name, function : str
    sentence : str
        What is wrong, as a teaching assistant would say it.
    code : callable
    right : frozenset of str
        The registered mistakes of the function that are a correct diagnosis, from ``labels.toml``.
    """

    name: str
    function: str
    sentence: str
    code: object
    right: frozenset


def held_out(function, sentence):
    """Register the decorated function as a held-out mistake in ``function``."""

    def register(code):
        REGISTRY.append((code.__name__, function, sentence, code))
        return code

    return register


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
