"""GitHub Classroom: clones of the students' repositories (``gh classroom clone student-repos``).

A folder per student, ``<assignment>-<GitHub's user name>``, or per team, ``<assignment>-<team>`` with dashes for
blanks, each a git repository; all of these names may hold dashes. The roster needs GitHub's user names: Classroom's own
``classroom_roster.csv`` has them. Nothing of the history is read: the time of a commit is the student's word. Source:
GitHub's help on ``gh classroom``; the names of teams' repositories: issue 396 of earthlab/abc-classroom; the roster's
columns are from memory.
"""

import re
from collections.abc import Mapping, Sequence

from autograder.inbox.archives import cut_archive_suffix, is_archive
from autograder.inbox.arrivals import Arrival, Endings, Item, Sender, list_endings

BRANCH = re.compile(r"-(?:main|master)$")
"""What GitHub adds to the name of a repository's zip."""


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the folders that are clones."""
    clones = [item for item in items if item.is_folder and ".git" in item.folders and "-" in item.name]
    return make_arrivals({item.name: item for item in clones})


def read_repositories(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of what a person says are repositories: folders, with their history or not, and zips.

    An archive that is alone, and a folder with nothing but folders in it, is around them.
    """
    named = {cut_archive_suffix(item.name): item for item in items if "-" in item.name and (
        len(items) > 1 if is_archive(item.name) else ".git" in item.folders or has_files(item))}
    if all(map(BRANCH.search, named)):
        named = {BRANCH.sub("", name): item for name, item in named.items()}
    return make_arrivals(named)


def has_files(item: Item) -> bool:
    """Do files stand at the top of a folder?"""
    return item.is_folder and any(len(file.path) == 1 for file in item.files)


def make_arrivals(repositories: Mapping[str, Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of repositories.

    Parameters
    ----------
    repositories : dict
        Name on GitHub -> what was found of it.
    """
    endings = list_endings(repositories, "-")
    return {item.name: [Arrival(item.name, (make_sender(name, endings[name]),), item.files)]
            for name, item in repositories.items()}


def make_sender(name: str, endings: Endings) -> Sender:
    """Return the sender of a clone; the endings are what may be the user name, or the team's."""
    return Sender(name, ids=tuple(("github", ending) for ending in endings.possible), groups=endings.likely,
                  likely=endings.likely)
