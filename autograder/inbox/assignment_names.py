"""Which assignment a name speaks of: names that an LMS, a browser or a person changed are still readable."""

import re
from functools import lru_cache

from autograder.course.topics import list_assignments

WORDS = re.compile(r"[a-z]+")


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


def find_role(name: str, assignment: str) -> str:
    """Return what a file is for an assignment by its name: "notebook", "module" or ""."""
    if name_assignment(name) != assignment:
        return ""
    lower = name.lower()
    if lower.endswith((".ipynb", ".ipynb.txt", ".ipynb.json")):
        return "notebook"
    return "module" if lower.endswith((".py", ".py.txt")) else ""
