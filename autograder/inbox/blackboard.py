"""Blackboard Learn: *Grade Center*, the column's menu, *Assignment File Download*, all students marked.

Files are ``<assignment>_<user name>_attempt_2025-10-03-23-34-10_<file>``; both names may hold underscores. Beside each
attempt stands a ``.txt`` whose first line is ``Name: Ana Garcia (user name)``, with what the student wrote into
Blackboard's fields. The date has no zone: it is that of the course. Source: the README files of
vangef/BBGradebookOrganiser and kwurst/bb-file-cleanup; the text's form, and that a group's name may stand in the place
of a user name, are from memory.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from autograder.inbox.archives import Reader
from autograder.inbox.arrivals import Arrival, Endings, Item, Sender, list_endings, order_by_time

NAME = re.compile(r"(.+?)_attempt_(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(.+)|\.txt)", re.DOTALL)
FIRST_LINE = re.compile(rb"\s*Name:[^\r\n]*\(([^()\r\n]{1,100})\)\s*[\r\n]")
EMPTY_FIELDS = (b"no student submission text data", b"no student comments")
"""What Blackboard writes where a student has written nothing."""
MAX_TEXT = 64 * 2**10
DATE_FORMAT = "%Y-%m-%d-%H-%M-%S"


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the items that Blackboard named so."""
    matches = {item.name: match for item in items if (match := NAME.fullmatch(item.name))}
    texts = {item.name: read_text(item.files[0].read) for item in items
             if (match := matches.get(item.name)) and match[3] is None and not item.is_folder}
    users = {matches[name][1]: user for name, text in texts.items() if (user := find_user(text))}
    endings = list_endings((match[1] for match in matches.values()), "_")
    found: dict[str, list[Arrival]] = {}
    for item in items:
        if match := matches.get(item.name):
            is_empty = item.name in texts and all(field in texts[item.name] for field in EMPTY_FIELDS)
            user = users.get(match[1], "")
            is_said = bool(user) and match[1].endswith(f"_{user}")
            names = Endings((user,), (user,)) if is_said else endings[match[1]]
            sender = make_sender(match[1], names, user)
            found[item.name] = [] if is_empty else [make_arrival(item, match, sender)]
    return found


def read_text(read: Reader) -> bytes:
    """Return the beginning of Blackboard's text; nothing of one that cannot be read."""
    try:
        return read(MAX_TEXT).removeprefix(b"\xef\xbb\xbf")
    except Exception:  # a broken or hostile archive may raise anything
        return b""


def find_user(text: bytes) -> str:
    """Return the user name in the first line of Blackboard's text; "" if it has none."""
    match = FIRST_LINE.match(text)
    try:
        return match[1].decode() if match else ""
    except ValueError:
        return ""


def make_sender(before: str, names: Endings, user: str) -> Sender:
    """Return the sender.

    Parameters
    ----------
    before : str
        What stands before the date.
    names : Endings
        What of it may be the user name, or the group's.
    user : str
        From the text beside it; "" if there is none.
    """
    ids = tuple((field, name) for name in names.possible for field in ("login", "id", "sis_id"))
    return Sender(before, ids=ids, groups=names.likely, trusted_id=user, likely=names.likely)


def make_arrival(item: Item, match: re.Match[str], sender: Sender) -> Arrival:
    """Return the upload of one file, whose name matches."""
    _, date, file = match.groups()
    try:
        time = datetime.strptime(date, DATE_FORMAT)
    except ValueError:
        time = None
    return Arrival(item.name, (sender,), item.list_files_as(file), attempt=date, order=order_by_time(time), time=time)
