"""Brightspace (D2L): *Assignments*, the assignment, all submissions marked, *Download*.

A folder per submission, ``<number>-<number> - <full name> - Oct 3, 2025 1134 PM``, or files with that before their
name, and an ``index.html``. The first number is the person's within Brightspace, which no export of it shows; so the
full name leads to the roster. The date has no zone: it is that of the course. Later dates are newer. Source: a public
script on GitHub that renames such folders (``397063-2557369 - Mary-Ann Smith - Sep 24, 2024 926 PM``); what the numbers
mean, and the form without folders, are from memory.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from autograder.inbox.arrivals import Arrival, Item, Sender, order_by_time

DAY = r"(?:\w{3,12}\.? \d{1,2}|\d{1,2}\.? \w{3,12}\.?|\d{1,2}[./]\d{1,2}[./]?),? ?\d{4}"
TIME = r"\d{1,2}[:._]?\d\d(?: ?[APap]\.?[Mm]\.?)?"
NAME = re.compile(rf"(\d{{1,20}})-(\d{{1,20}}) ?- (.+?) ?- ({DAY},? {TIME})(?: ?- (.+))?", re.DOTALL)
DATE = re.compile(r"(?:([A-Za-z]{3})\w*\.? (\d{1,2})|(\d{1,2})\.? ([A-Za-z]{3})\w*\.?),? (\d{4}),? "
                  r"(\d{1,2})[:._]?(\d\d) ?([APap])?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
INDEX = "index.html"


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the items that Brightspace named so."""
    found: dict[str, list[Arrival]] = {}
    for item in items:
        if match := NAME.fullmatch(item.name):
            person, _, name, date, file = match.groups()
            time = parse_date(date)
            sender = Sender(f"{name}_{person}", full_name=name, groups=(name,), trusted_id=name)
            found[item.name] = [Arrival(item.name, (sender,), item.list_files_as(file), attempt=date,
                                        order=order_by_time(time), time=time)]
    if found:
        found |= {item.name: [] for item in items if item.name.lower() == INDEX and not item.is_folder}
    return found


def parse_date(text: str) -> datetime | None:
    """Read Brightspace's date, which has no zone; None for one in another language, or whose month is a number."""
    match = DATE.match(text)
    if match is None:
        return None
    month, day, year = match[1] or match[4], match[2] or match[3], match[5]
    hour, minute, half = int(match[6]), int(match[7]), (match[8] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(int(year), MONTHS.index(month.lower()) + 1, int(day), hour, minute)
    except ValueError:
        return None
