"""nbgrader's exchange: the folder ``inbound`` of a course, ``<student>+<assignment>+<time>[+<random>]``.

A student's process makes and names these folders, so whoever can write there can claim to be somebody else: ``nbgrader
collect`` compares the folder's owner, and what it makes, ``submitted/``, is the plain layout. The time in the name is
the student's word, too: it orders attempts, and is no time of arrival. Source: ``nbgrader/exchange/default/submit.py``.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from autograder.course.topics import list_assignments
from autograder.inbox.arrivals import Arrival, Item, Sender, order_by_time

NAME = re.compile(r"([^+]+)\+([^+]+)\+(\d{4}-\d\d-\d\d \d\d[:_-]\d\d[:_-]\d\d(?:\.\d+)?)([^+]*)(?:\+[^+]*)?")
"""Programs that unpack archives where no name may have a colon put another sign in its place."""


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the folders that nbgrader named so."""
    found = {}
    for item in items:
        match = NAME.fullmatch(item.name) if item.is_folder else None
        if match and match[2] in list_assignments():
            student, assignment, time, _ = match.groups()
            time = time[:10] + re.sub("[_-]", ":", time[10:])
            sender = Sender(student, own_id=student, ids=(("*", student),), trusted_id=student)
            found[item.name] = [Arrival(item.name, (sender,), item.files, assignment, attempt=time,
                                        order=order_by_time(parse_time(time)))]
    return found


def parse_time(text: str) -> datetime | None:
    """Return the time in a folder's name; None if there is no such day or hour."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
