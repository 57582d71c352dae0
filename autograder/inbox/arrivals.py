"""What a download says of itself: files, who sent them, in which attempt, when."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from autograder.inbox.archives import Reader
from autograder.inbox.assignment_names import is_assignment, name_assignment


class FoundFile(NamedTuple):
    """A file of an inbox: its path below what it was found in, and its reader."""

    path: tuple[str, ...]
    read: Reader


@dataclass(frozen=True)
class Item:
    """What stands at the top of an inbox: a file, or a folder with what is in it.

    Attributes
    ----------
    name : str
    files : tuple of FoundFile
        Paths are below a folder; a file's own is its name.
    is_folder : bool
    folders : tuple of str
        Names of the folders directly in a folder, also of empty ones.
    place : path or None
        Of a folder on the disk.
    """

    name: str
    files: tuple[FoundFile, ...]
    is_folder: bool
    folders: tuple[str, ...] = ()
    place: Path | None = None

    def list_files_as(self, name: str) -> tuple[FoundFile, ...]:
        """Return the files of a folder; of a file itself under the name that its sender gave it, if that is known."""
        return self.files if self.is_folder else (FoundFile((name or self.name,), self.files[0].read),)


@dataclass(frozen=True)
class Sender:
    """Whom a source names as the one who handed in.

    Attributes
    ----------
    label : str
        What the source writes, as ``garciaana_20451``; this is what ``who.csv`` maps.
    ids : tuple of (str, str)
        (field of the roster, or "*" for any by which people name folders, value); any number of readings of one name,
        all of which are looked up.
    own_id : str
        The student's id itself, in layouts of ours.
    full_name : str
        As a person writes it, ``First Last`` or ``Last, First``; "" if the source has none.
    groups : tuple of str
        Any number of readings of a group's name, if the source may name one.
    trusted_id : str
        The student that ``--trust-names`` takes the sender for; "" if no name is good enough.
    must_fit : bool
        The ids may be those of something else: they count only for a student of this full name.
    likely : tuple of str or None
        The values of ids that may be somebody's; others only show that a name can be read in two ways. None for all.
    """

    label: str
    ids: tuple[tuple[str, str], ...] = ()
    own_id: str = ""
    full_name: str = ""
    groups: tuple[str, ...] = ()
    trusted_id: str = ""
    must_fit: bool = False
    likely: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Arrival:
    """One upload as a source keeps it.

    Attributes
    ----------
    label : str
        Its name in the inbox.
    senders : tuple of Sender
        Several if a group handed in.
    files : tuple of FoundFile
    assignment : str
        If the source's names say it; "" otherwise.
    attempt : str
        Uploads of one attempt belong together; those of another one are never mixed with them.
    order : tuple of float
        The later attempt has the larger one; () if the source has no order.
    time : datetime or None
        Of arrival, if the source says it; without a zone it is in that of the course.
    """

    label: str
    senders: tuple[Sender, ...]
    files: tuple[FoundFile, ...]
    assignment: str = ""
    attempt: str = ""
    order: tuple[float, ...] = ()
    time: datetime | None = None


FEW = 2
"""Names that may begin alike by chance."""


class Endings(NamedTuple):
    """What may be the sender's of a name that an assignment's stands in, too, and what of this may be somebody's."""

    possible: tuple[str, ...]
    likely: tuple[str, ...]


def list_endings(names: Iterable[str], separator: str) -> dict[str, Endings]:
    """Return name -> its endings, of names that are an assignment's and a sender's with a sign between.

    Both may hold the sign. Names that begin alike and speak of the same assignment of ours, or of none, are of one
    assignment, and so the sender's stands where they differ, or begins before that. Of so few names that chance may
    make them alike it is all that stands behind an assignment of ours.

    Parameters
    ----------
    names : iterable of str
    separator : str
    """
    alike: dict[tuple[str, str], set[str]] = {}
    for name in names:
        alike.setdefault((name.partition(separator)[0], name_assignment(name)), set()).add(name)
    found = {}
    for group in alike.values():
        shared = len(os.path.commonprefix(sorted(group)))
        for name in group:
            ends = [match.end() for match in re.finditer(re.escape(separator), name) if match.end() < len(name)]
            possible = [end for end in ends if end <= shared]
            likely = [end for end in possible if len(group) <= FEW and is_assignment(name[:end])] or possible
            found[name] = Endings(tuple(name[end:] for end in possible), tuple(name[end:] for end in likely))
    return found


def order_by_time(time: datetime | None) -> tuple[float, ...]:
    """Return the ``order`` of an upload of that time; times without a zone never go by that of this computer."""
    if time is None:
        return ()
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp(),)
