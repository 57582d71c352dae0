"""GitHub Classroom: clones of the students' repositories (``gh classroom clone student-repos``).

A folder per student, ``<assignment>-<GitHub's user name>``, or per team, ``<assignment>-<team>`` with dashes for
blanks, each a git repository; all of these names may hold dashes. The roster needs GitHub's user names: Classroom's own
``classroom_roster.csv`` has them. Nothing of the history is read: the time of a commit is the student's word. Source:
GitHub's help on ``gh classroom``; the names of teams' repositories: issue 396 of earthlab/abc-classroom; the roster's
columns are from memory.
"""

from collections.abc import Sequence

from autograder.inbox.arrivals import Arrival, Item, Sender, list_endings


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the folders that are clones."""
    clones = {item.name: item for item in items if item.is_folder and ".git" in item.folders and "-" in item.name}
    endings = list_endings(clones, "-")
    return {name: [Arrival(name, (make_sender(name, endings[name]),), item.files)] for name, item in clones.items()}


def make_sender(name: str, endings: tuple[str, ...]) -> Sender:
    """Return the sender of a clone; the endings are what may be the user name, or the team's."""
    return Sender(name, ids=tuple(("github", ending) for ending in endings), groups=endings)
