"""The registry of topics: asked by everybody, so that a course can have others later.

A topic is a graded module ``cs231n_lib/<topic>.py`` with its notebook ``notebooks/NN_<topic>.ipynb``; the notebook's
name is also nbgrader's name of the assignment. The table in ``topics.toml`` gives the order.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType


@cache
def list_topics() -> Mapping[str, str]:
    """Return graded module -> assignment, in course order: ``{"initialization": "03_initialization", ...}``."""
    table = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return MappingProxyType(table["topics"])


@cache
def list_assignments() -> Mapping[str, str]:
    """Return assignment -> graded module, in course order."""
    return MappingProxyType({assignment: topic for topic, assignment in list_topics().items()})


def topic_of(assignment: str) -> str:
    """Return the graded module of an assignment; a KeyError for one that is not registered."""
    return list_assignments()[assignment]


def assignment_of(topic: str) -> str:
    """Return the assignment of a graded module; a KeyError for one that is not registered."""
    return list_topics()[topic]
