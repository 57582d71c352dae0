"""GitHub Classroom: clones of the students' repositories (``gh classroom clone student-repos``).

A folder per student, ``<assignment>-<GitHub's user name>``, each a git repository; both names may hold dashes. The
roster needs GitHub's user names: Classroom's own ``classroom_roster.csv`` has them. Nothing of the history is read: the
time of a commit is the student's word. Source: GitHub's help on ``gh classroom``; the roster's columns are from memory.
"""

import re
from collections.abc import Sequence

from autograder.inbox.arrivals import Arrival, Item, Sender


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the folders that are clones."""
    return {item.name: [make_arrival(item)] for item in items
            if item.is_folder and ".git" in item.folders and "-" in item.name}


def make_arrival(item: Item) -> Arrival:
    """Return the upload of one clone."""
    endings = [item.name[match.end():] for match in re.finditer("-", item.name)]
    return Arrival(item.name, (Sender(item.name, ids=tuple(("github", ending) for ending in endings if ending)),),
                   item.files)
