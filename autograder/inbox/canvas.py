"""Canvas: *Assignments*, the assignment, *Download Submissions*: ``submissions.zip`` with all files side by side.

A file is ``<name>_[LATE_]<user id>_<attachment id>_<file>``; the name is the sortable one (or that of the group) in
small letters without blanks, so that it leads to nobody with certainty: the user id does. Where grading is anonymous,
it is ``[LATE_]anon_<five letters>_<attachment id>_<file>``. ``-1``, ``-2`` before the ending are Canvas's own, for a
name that it has already. The download holds the last attempt; later attachments have larger ids. Source:
``lib/content_zipper.rb`` and ``Attachment.make_unique_filename`` of instructure/canvas-lms.
"""

import re
from collections.abc import Sequence

from autograder.inbox.arrivals import Arrival, FoundFile, Item, Sender

NUMBERS = re.compile(r"(?=_(\d{1,20})_(\d{1,20})_(.+))", re.DOTALL)
"""User id, attachment id and file; a person who may choose a name of their own can make it look so, too."""
TEXT_FIELD = re.compile(r"(\w*)_(\d{1,20})_(text|link)\.html")
ANONYMOUS = re.compile(r"(?:LATE_)?anon_([A-Za-z0-9]{5})_(?:(\d{1,20})_(.+)|(?:text|link)\.html)", re.DOTALL)
"""Where Canvas hides who it was, no name stands before ``LATE``."""
COPY_NUMBER = re.compile(r"-\d{1,3}(?=\.[A-Za-z.]{1,8}$)")


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the items that Canvas named so."""
    return {item.name: [read_item(item)] for item in items
            if NUMBERS.search(item.name) or TEXT_FIELD.fullmatch(item.name) or ANONYMOUS.fullmatch(item.name)}


def read_item(item: Item) -> Arrival:
    """Read one file's name; a folder of that name is an unpacked zip."""
    if anonymous := ANONYMOUS.fullmatch(item.name):
        return make_arrival(item, Sender(f"anon_{anonymous[1]}"), anonymous[2] or "0", anonymous[3] or item.name)
    readings = list(NUMBERS.finditer(item.name))
    if not readings:
        field = TEXT_FIELD.fullmatch(item.name)
        assert field
        return make_arrival(item, make_sender(field[1], [field[2]]), "0", item.name)
    first = readings[0]
    users = list(dict.fromkeys(reading[1] for reading in readings))
    return make_arrival(item, make_sender(item.name[:first.start()], users), first[2], first[3])


def make_sender(name: str, users: list[str]) -> Sender:
    """Return the sender.

    Parameters
    ----------
    name : str
        What stands before the numbers.
    users : list of str
        What may be the user id, the most likely one first.
    """
    name = name.removesuffix("_LATE")
    return Sender(f"{name}_{users[0]}", ids=tuple(("canvas_id", user) for user in users), groups=(name,),
                  trusted_id=f"{name}_{users[0]}")


def make_arrival(item: Item, sender: Sender, attachment: str, name: str) -> Arrival:
    """Return the upload of one attachment, under the name that the student gave it."""
    name = COPY_NUMBER.sub("", name)
    inner = tuple(FoundFile((name, *file.path), file.read) for file in item.files)  # of a zip that was unpacked
    files = inner if item.is_folder else item.list_files_as(name)
    return Arrival(item.name, (sender,), files, order=(float(attachment),))
