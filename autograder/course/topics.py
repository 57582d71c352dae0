"""The registry of topics: asked by everybody, because a course may have others.

A topic is a graded module ``cs231n_lib/<topic>.py`` with its notebook ``notebooks/NN_<topic>.ipynb``, in the checkout
or in a course (:mod:`autograder.rooms`). The notebook's name is also nbgrader's name of the assignment, and its
number gives the order.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from autograder import rooms
from autograder.errors import CourseError


def list_topics() -> Mapping[str, str]:
    """Return graded module -> assignment, in course order: ``{"initialization": "03_initialization", ...}``."""
    own = {topic.name: topic.assignment for topic in rooms.list_own_topics().values()}
    return merge_topics(tuple(own.items()))


@cache
def merge_topics(own: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return the topics of the checkout and a course's own, by the numbers of their notebooks."""
    both = [*discover_topics().items(), *own]
    return MappingProxyType(dict(sorted(both, key=lambda entry: entry[1])))


@cache
def discover_topics() -> Mapping[str, str]:
    """Return graded module -> assignment for the checkout: whatever notebook has a module of its name."""
    found: dict[str, str] = {}
    for path in sorted((rooms.ROOT / "notebooks").glob("*.ipynb")):
        match = rooms.NOTEBOOK.fullmatch(path.stem)
        if match is None or not (rooms.ROOT / "cs231n_lib" / f"{match[1]}.py").is_file():
            continue
        if match[1] in found:
            raise CourseError(f"notebooks/ has {found[match[1]]}.ipynb and {path.name}, two notebooks of one topic",
                              "Move one of them away")
        found[match[1]] = path.stem
    return MappingProxyType(found)


def list_assignments() -> Mapping[str, str]:
    """Return assignment -> graded module, in course order."""
    return MappingProxyType({assignment: topic for topic, assignment in list_topics().items()})


def topic_of(assignment: str) -> str:
    """Return the graded module of an assignment; a KeyError for one that is not registered."""
    return list_assignments()[assignment]


def assignment_of(topic: str) -> str:
    """Return the assignment of a graded module; a KeyError for one that is not registered."""
    return list_topics()[topic]


def forget_topics() -> None:
    """Look for topics once more when somebody asks: a new one was written."""
    rooms.forget_topics()
    discover_topics.cache_clear()
    merge_topics.cache_clear()
