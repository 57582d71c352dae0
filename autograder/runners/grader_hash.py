"""The hash of everything that a mark or a hint depends on, taken folder by folder: a changed grader grades again."""

import hashlib
from functools import cache
from pathlib import Path

from autograder.course.topics import list_topics
from autograder.reference import ASPECTS, CASES, CELLS, COMPARISONS, MODULES, QUESTION_FORMS, QUESTIONS, ROOT, VISIBLE
from autograder.rooms import list_own_files, list_room

WHOLE = ("autograder/sandbox", "autograder/runners")
"""Folders that every mark depends on, whatever the topic."""
ROOMS = ("autograder/hidden_tests", "autograder/mistakes")
"""Folders with one file per topic, and files that all topics share."""
SINGLE = ("autograder/course/cells.py", "autograder/course/text.py", "autograder/reference.py", "autograder/rooms.py",
          CELLS, MODULES, COMPARISONS, *QUESTION_FORMS, f"{ASPECTS}/common.py", *VISIBLE)
"""The rules for cells, answers and modules, how the reference is found and loaded, how a result is compared with it,
what is a valid bet, names that all topics have, and how the visible cases are run that decide which line a hint names.
"""


def list_grader_files(topic: str, root: Path = ROOT) -> dict[str, Path]:
    """Return place -> file, for all that the marks and hints of a topic depend on, sorted by place.

    What belongs to another topic (its visible cases, its questions, its names of aspects, ``<topic>.*`` in one of the
    :data:`ROOMS`) is not among them, nor is anything else of ``cs231n_lib/lab``: the runner puts an inert module in
    its place
    (:mod:`autograder.runners.stand_in`).

    Parameters
    ----------
    topic : str
        Graded module.
    root : path
        Checkout in which the grader is.
    """
    others = set(list_topics()) - {topic}
    own = [f"{folder}/{topic}.py" for folder in ("cs231n_lib", ASPECTS, CASES, QUESTIONS)]
    places = {place: root / place for place in (*SINGLE, *own)}
    files = {place: file for place, file in (places | list_own_files()).items() if place in places and file.is_file()}
    for folder in WHOLE:
        files |= list_room(folder, root)
    for folder in ROOMS:
        files |= {place: file for place, file in list_room(folder, root).items() if Path(place).stem not in others}
    return dict(sorted(files.items()))


@cache
def hash_grader(topic: str, root: Path = ROOT) -> str:
    """Return the SHA-256 of :func:`list_grader_files`, their places included, as hexadecimal text."""
    digest = hashlib.sha256()
    for place, file in list_grader_files(topic, root).items():
        content = file.read_bytes()
        digest.update(f"{place} {len(content)}\n".encode() + content)
    return digest.hexdigest()
