"""What a name speaks of: names that an LMS, a browser or a person changed are still readable."""

import re
from functools import lru_cache

from autograder.course.cells import STUDENT_ID
from autograder.course.text import clean_line
from autograder.course.topics import list_assignments

WORDS = re.compile(r"[a-z]+")
KINDS = {"notebook": (".ipynb", ".ipynb.txt", ".ipynb.json"), "module": (".py", ".py.txt")}
"""Kind of a file that is graded -> the endings of its names, also those that a browser or Windows adds."""
WORKSPACE_FOLDERS = frozenset({"cs231n_lib", "notebooks"})
"""Folders in which such files stand in a workspace."""


@lru_cache(4096)
def name_assignment(name: str) -> str:
    """Return the one assignment whose topic stands in a name, as in ``Copy of 03_initialization (1)``; else ""."""
    words = "_".join(WORDS.findall(name.lower()))
    rest, found = f"_{words}_", []
    for assignment, topic in sorted(list_assignments().items(), key=lambda entry: -len(entry[1])):
        if f"_{topic}_" in rest:  # the longest first: spatial_batchnorm is not batchnorm
            rest = rest.replace(f"_{topic}_", "__")
            found.append(assignment)
    return found[0] if len(found) == 1 else ""


def is_assignment(name: str) -> bool:
    """Is a name nothing but an assignment's, or its topic's, whatever signs stand between the words?"""
    return squeeze_name(name) in {squeeze_name(known) for pair in list_assignments().items() for known in pair}


def squeeze_name(name: str) -> str:
    """Return the letters and digits of a name."""
    return re.sub(r"[\W_]", "", name.lower())


def find_kind(name: str) -> str:
    """Return what a file is by the ending of its name: "notebook", "module" or ""."""
    lower = name.lower()
    return next((kind for kind, endings in KINDS.items() if lower.endswith(endings)), "")


def find_role(name: str, assignment: str) -> str:
    """Return what a file is for an assignment by its name: "notebook", "module" or ""."""
    return find_kind(name) if name_assignment(name) == assignment else ""


def find_misfit(student: str, assignment: str) -> str:
    """Return why names from an upload are not those of a student and an assignment, or ""."""
    if not STUDENT_ID.fullmatch(student):
        return f"{clean_line('/'.join((student, assignment)))}: not a student's name"
    if assignment not in list_assignments():
        return say_unknown("/".join((student, assignment)))
    return ""


def say_unknown(name: str) -> str:
    """Return the line on a name that belongs to no assignment."""
    return f"{clean_line(name)}: unknown assignment (known: {', '.join(list_assignments())})"
