"""Moodle: the assignment, *Submissions*, *Actions* or *Grading action*, *Download all submissions*.

Folders (Moodle's default) are ``<full name>_<number>_assignsubmission_file[_]``; without folders that stands before
each file's name. Underscores in a full name are blanks there, so the first one ends it. The number is that of the
participant in this assignment, which the grading worksheet calls ``Participant <number>``; in group submissions name
and number are the group's, and the number may be a participant's, too. What students write into Moodle's text field
stands beside, as ``..._onlinetext``. Source:
``mod/assign/classes/downloader.php`` of moodle/moodle.
"""

import re
from collections import Counter
from collections.abc import Sequence

from autograder.inbox.arrivals import Arrival, Item, Sender

NAME = re.compile(r"([^_]+)_(?:(\d{1,20})_)?assignsubmission_([a-z0-9]+)_?(.*)", re.DOTALL)
PARTICIPANT = "participant"
"""Everybody's name where marking is anonymous, in English; in other languages it is known by how many have it."""


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the items that Moodle named so."""
    found = {}
    matches = {item.name: match for item in items if (match := NAME.fullmatch(item.name))}
    numbers = Counter(name for name, _ in {(match[1], match[2]) for match in matches.values()})
    for item in items:
        if match := matches.get(item.name):
            name, number, _, file = match.groups()
            sender = make_sender(name, number or "", numbers[name] == 1)
            found[item.name] = [Arrival(item.name, (sender,), item.list_files_as(file))]
    return found


def make_sender(name: str, number: str, is_alone: bool) -> Sender:
    """Return the sender; of an anonymous one only the number says who it is.

    Parameters
    ----------
    name, number : str
    is_alone : bool
        No other number has this name in the download: then the name is the student's own, or a group's.
    """
    label = f"{name}_{number}" if number else name
    if name.lower() == PARTICIPANT:
        return Sender(label, ids=(("participant", number),))
    return Sender(label, ids=(("participant", number),) if number else (), full_name=name, groups=(name,),
                  trusted_id=name, must_fit=is_alone)
