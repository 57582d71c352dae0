"""Gradescope: the assignment, *Review Grades* or *Manage Submissions*, *Export Submissions*.

A folder per submission, ``submission_<number>``, and ``submission_metadata.yml``, which says who handed in (with
student id and mail, and all members of a group) and when, with its zone. Only the active submission is exported.
Source: public code that reads the file (``:submitters:``, ``:name:``, ``:sid:``, ``:email:``, ``:created_at:``).
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from autograder.inbox.arrivals import Arrival, Item, Sender, order_by_time

METADATA = "submission_metadata.yml"
MAX_METADATA = 64 * 2**20
KEY = re.compile(r"(\S.*?):\s*")
FIELD = re.compile(r"(?:  - |    ):(name|sid|email): *(.*)")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)?")


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of an export: the folders that its metadata name."""
    metadata = next((item for item in items if item.name == METADATA and not item.is_folder), None)
    if metadata is None:
        return {}
    try:
        text = metadata.files[0].read(MAX_METADATA).decode("utf-8-sig", errors="replace")
    except Exception:  # a broken or hostile archive may raise anything; then the folders are named
        return {}
    about = dict(read_metadata(text))
    found: dict[str, list[Arrival]] = {METADATA: []}
    for item in items:
        if item.name in about:
            people, created = about[item.name]
            time = parse_time(created)
            senders = tuple(map(make_sender, people)) or (Sender(item.name),)
            found[item.name] = [Arrival(item.name, senders, item.files, attempt=item.name,
                                        order=order_by_time(time), time=time)]
    return found


def read_metadata(text: str) -> Iterator[tuple[str, tuple[list[dict[str, str]], str]]]:
    """Yield (folder, (people, time)) of the metadata.

    Its form is fixed, so it is read line by line: what students wrote stands further to the right than what is read.
    """
    folder, section, people, created = "", "", list[dict[str, str]](), ""
    for line in text.splitlines():
        if line[:1].strip() and (key := KEY.fullmatch(line)) and line != "---":
            if folder:
                yield folder, (people, created)
            folder, section, people, created = unquote(key[1]), "", [], ""
        elif line.startswith("  :"):
            section, _, value = line[3:].partition(":")
            created = value.strip() if section == "created_at" else created
        elif section == "submitters" and (field := FIELD.fullmatch(line)):
            if line.startswith("  - "):
                people.append({})
            if people:
                people[-1][field[1]] = unquote(field[2].strip())
    if folder:
        yield folder, (people, created)


def unquote(text: str) -> str:
    """Return a YAML scalar of one line as text."""
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", text)))
        except ValueError:
            return text[1:-1]
    return "" if text in ("~", "null") else text


def parse_time(text: str) -> datetime | None:
    """Read a time with its zone."""
    match = TIME.search(text)
    try:
        zone = (match[3] or "").replace("UTC", "Z") if match else ""
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}") if match else None
    except ValueError:
        return None


def make_sender(person: dict[str, str]) -> Sender:
    """Return the sender from one entry of the submitters."""
    name, sid, mail = (person.get(key, "") for key in ("name", "sid", "email"))
    ids = [("sis_id", sid), ("id", sid), ("moodle_id", sid), ("email", mail), ("id", mail)]
    label = " ".join(filter(None, (name, sid or mail)))
    return Sender(label, ids=tuple((field, value) for field, value in ids if value), full_name=name,
                  trusted_id=sid or mail)
