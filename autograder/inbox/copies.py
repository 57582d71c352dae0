"""Which of several copies counts: the newest attempt by the source's own order, and never a mixture of two uploads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from autograder.course.text import clean_line
from autograder.inbox.archives import Reader
from autograder.inbox.arrivals import FoundFile
from autograder.inbox.assignment_names import find_role
from autograder.inbox.parts import Part
from autograder.inbox.remarks import limit_remarks

ROLES = ("notebook", "module")
COPY_MARK = re.compile(r"^(?:copy|kopie|copie|copia) (?:of|von|de|di) |[-_ ]+(?:copy|kopie|copie|copia) ?\d*$|"
                       r" ?\(\d{1,3}\)$|[-_ ]\d{1,3}$")
"""What a browser, an LMS or a person adds to the name of a copy, without the ending."""
MAX_COMPARED, MOST_COMPARED, MOST_COMPARISONS = 16 * 2**20, 4, 6
"""Bytes, files and pairs of parts that are compared: what is larger or more counts as different."""


@dataclass
class Submission:
    """The files that count of one student for one assignment, unread.

    Attributes
    ----------
    files : list of (str, Reader)
        Name with slashes, without folders around all of them.
    remarks : list of str
        Which copies do not count, and why.
    time : datetime or None
        Of arrival, if the source says it.
    labels : list of str
        What they came in, and what else holds the same work.
    doubts : list of str
        Which copies differ that nothing orders: one counts until a person has chosen.
    members : tuple of str
        The students of a group who handed it in together.
    """

    files: list[tuple[str, Reader]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    time: datetime | None = None
    labels: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    members: tuple[str, ...] = ()


class Verdict(Enum):
    """What becomes of a part beside those that count already; the value is what is said of it."""

    COUNTS = ""
    SAME = "holds the same work"
    EARLIER = "earlier attempt"
    OLDER = "older"
    BESIDE = "left out"
    CONFLICT = "differs"


def choose_copies(parts: Sequence[Part]) -> Submission:
    """Return what counts of all the parts that one student handed in for one assignment."""
    submission, chosen = Submission(), list[Part]()
    first, *others = sorted(parts, key=rank_part, reverse=True)
    for number, part in enumerate([first, *others]):
        rivals = find_rivals(part, chosen)
        rival = next(iter(rivals.values()), first)
        verdict = judge_part(part, first, rivals, number < MOST_COMPARISONS)
        if verdict is Verdict.COUNTS:
            chosen.append(part)
        elif verdict is Verdict.SAME:
            submission.labels.append(part.label)
        elif verdict is Verdict.CONFLICT:
            submission.doubts.append(f"{clean_line(rival.label)} and {clean_line(part.label)} differ, and nothing says "
                                     "which one is meant: the first counts until a person has taken one away")
        else:
            submission.remarks.append(f"{describe_part(part)}: {verdict.value}, {clean_line(rival.label)} counts")
    for part in reversed(chosen):
        submission.files += [("/".join(file.path), file.read) for file in part.files]
        submission.labels.insert(0, part.label)
        submission.remarks += part.remarks
    submission.doubts = limit_remarks(submission.doubts)
    submission.time = first.time
    return submission


def find_rivals(part: Part, chosen: Sequence[Part]) -> dict[str, Part]:
    """Return role -> the part that has it already, of those that count.

    Files that stand alone in an upload are copies of each other only if their names say so: beside ``activations.py``
    there may be ``test_activations.py``, or what Jupyter saves as ``01_activations.py``. Which of these is the module
    is seen in them, as where they stand in one folder.
    """
    rivals = {}
    for role in list_roles(part):
        having = [other for other in chosen if role in list_roles(other)]
        if all(len(other.files) == 1 for other in [part, *having]):
            having = [other for other in having if name_original(other) == name_original(part)]
        if having:
            rivals[role] = having[0]
    return rivals


def name_original(part: Part) -> str:
    """Return the name of a part's one file as it was before somebody made a copy of it."""
    stem, _, _ = part.files[0].path[-1].lower().partition(".")
    return COPY_MARK.sub("", stem)


def judge_part(part: Part, first: Part, rivals: Mapping[str, Part], may_compare: bool) -> Verdict:
    """Return what becomes of a part.

    Parameters
    ----------
    part : Part
    first : Part
        The one that counts before all others.
    rivals : dict
        Role -> the part that has it already, of those that count.
    may_compare : bool
        Whether its files may still be read.
    """
    roles = list_roles(part)
    is_first_attempt = part.attempt == first.attempt
    if is_first_attempt and not rivals:
        return Verdict.COUNTS
    if not is_first_attempt and part.order < first.order:
        return Verdict.EARLIER
    adds_nothing = bool(roles) and all(role in rivals for role in roles)
    if may_compare and adds_nothing and all(is_same_work(part, rivals[role], role) for role in roles):
        return Verdict.SAME
    if adds_nothing and all(part.order < rivals[role].order for role in roles):
        return Verdict.OLDER
    if is_first_attempt and not part.is_named and all(r.is_named and r.order == part.order for r in rivals.values()):
        return Verdict.BESIDE
    return Verdict.CONFLICT


def rank_part(part: Part) -> tuple[tuple[float, ...], bool, int]:
    """Return what makes a part count before others: its place in the source's order, its name, how much it has."""
    return part.order, part.is_named, len(list_roles(part))


def describe_part(part: Part) -> str:
    """Return the name of a part, with those of its files where that does not say them."""
    names = ["/".join(file.path) for file in part.files if not part.label.endswith(file.path[-1])]
    files = f" ({', '.join(limit_remarks(list(map(clean_line, names))))})" if names else ""
    return clean_line(part.label) + files


def list_roles(part: Part) -> list[str]:
    """Return which of the assignment's files a part has, by their names."""
    found = {find_role(file.path[-1], part.assignment) for file in part.files}
    return [role for role in ROLES if role in found]


def list_of_role(part: Part, role: str) -> list[FoundFile]:
    """Return the files of a part that are this by their names; of one path the last, as ``unzip`` leaves it."""
    files = {file.path: file for file in part.files if find_role(file.path[-1], part.assignment) == role}
    return list(files.values())


def is_same_work(one: Part, other: Part, role: str) -> bool:
    """Do two parts have the same file of a role? Where it would take much reading to know, they do not."""
    files = [*list_of_role(one, role), *list_of_role(other, role)]
    if len(files) > MOST_COMPARED:
        return False
    first: bytes | None = None
    for file in files:
        try:
            data = file.read(MAX_COMPARED + 1)
        except Exception:  # a broken or hostile archive may raise anything
            return False
        if len(data) > MAX_COMPARED or first not in (None, data):
            return False
        first = data
    return True
