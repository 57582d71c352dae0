"""Who a submission is from: the roster decides, or a person, in ``who.csv``; never a guess."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.course.cells import STUDENT_ID
from autograder.course.roster import RosterEntry
from autograder.course.text import clean_line
from autograder.inbox.arrivals import Sender

OWN_IDS = ("id", "login", "sis_id", "canvas_id", "moodle_id", "email", "moodle_email")
"""Fields of the roster by which people name folders."""
ID_FIELDS = (*OWN_IDS, "participant", "github")
"""Fields of the roster that name one person."""


@dataclass(frozen=True)
class Found:
    """Who a sender is.

    Attributes
    ----------
    students : tuple of str
        Ids; several for a group, none if it is not known.
    how : str
        What led to them: "who.csv", "id", "name", "group" or "its own name".
    why : str
        Why there is none.
    """

    students: tuple[str, ...] = ()
    how: str = ""
    why: str = ""


def normalise_name(text: str) -> str:
    """Return a full name for comparison: without the marks that an LMS takes out of file names, in small letters."""
    first, comma, second = unicodedata.normalize("NFKC", text).casefold().partition(",")
    text = f"{second} {first}" if comma else first
    return " ".join("".join(c for c in text if c.isalnum() or c.isspace()
                            or unicodedata.category(c).startswith("M")).split())


def normalise_id(text: str) -> str:
    """Return an id for comparison: whatever its letters, however their accents are written."""
    return unicodedata.normalize("NFC", text).casefold().strip()


def squeeze_name(text: str) -> str:
    """Return the letters and digits of a name, sorted by words: for a suggestion, never for a decision."""
    return "".join(sorted(re.sub(r"[^\w]|_|\d", "", normalise_name(text))))


class Directory:
    """The people of a course, by all that they are called.

    Parameters
    ----------
    roster : dict
        Id -> entry; empty if the course has none.
    who : dict
        Label of a sender -> student, or students with blanks between them, as a person decided.
    trust_names : bool
        Without a roster, take senders for whom their source names.
    """

    def __init__(self, roster: Mapping[str, RosterEntry], who: Mapping[str, str], trust_names: bool = False) -> None:
        self.roster, self.who, self.trust_names = roster, who, trust_names
        self.by_id: dict[tuple[str, str], set[str]] = {}
        self.by_name: dict[str, set[str]] = {}
        self.by_group: dict[str, list[str]] = {}
        self.by_short_group: dict[str, set[str]] = {}
        self.by_letters: dict[str, set[str]] = {}
        for student, entry in roster.items():
            for field in ID_FIELDS:
                if value := normalise_id(getattr(entry, field)):
                    for key in (field, "*") if field in OWN_IDS else (field,):
                        self.by_id.setdefault((key, value), set()).add(student)
            full_name = f"{entry.first_name} {entry.last_name}".strip()
            if full_name:
                self.by_name.setdefault(normalise_name(full_name), set()).add(student)
                self.by_letters.setdefault(squeeze_name(full_name), set()).add(student)
            for group in list_groups(entry):
                self.by_group.setdefault(group.casefold(), []).append(student)
                self.by_short_group.setdefault(compact_name(group), set()).add(group.casefold())

    def find(self, sender: Sender) -> Found:
        """Return who a sender is."""
        label = clean_line(sender.label).strip()
        if label in self.who:
            return Found(tuple(self.who[label].split()), "who.csv")
        if not self.roster:
            return self.take_own_name(sender)
        if sender.own_id in self.roster:
            return Found((sender.own_id,), "id")
        students, likely = set[str](), set[str]()
        for field, value in sender.ids:
            named = self.by_id.get((field, normalise_id(value)), set())
            students |= named
            likely |= named if sender.likely is None or value in sender.likely else set()
        students = students if likely else set()
        if sender.must_fit:
            students = {student for student in students if self.may_be_called(student, sender.full_name)}
        if len(students) > 1:
            return Found(why=f"its ids fit {join_names(students)}")
        if students:
            return Found(self.list_group(students.pop(), sender), "id")
        return self.find_by_name(sender)

    def may_be_called(self, student: str, full_name: str) -> bool:
        """May a student have this full name, perhaps with a name more or less than the roster has?"""
        entry = self.roster[student]
        known = set(normalise_name(f"{entry.first_name} {entry.last_name}").split())
        said = set(normalise_name(full_name).split())
        return known <= said or said <= known

    def find_by_name(self, sender: Sender) -> Found:
        """Return the one student of a full name, or the members of a group of that name."""
        named = self.by_name.get(normalise_name(sender.full_name), set()) if sender.full_name else set()
        if len(named) > 1:
            return Found(why=f"its name fits {join_names(named)}")
        if named:
            student, = named
            if other := self.find_contradiction(student, sender):
                return Found(why=f"its name fits {student}, whose {other} is another one")
            return Found((student,), "name")
        groups = self.find_groups(sender)
        if len(groups) > 1:
            return Found(why=f"its name fits the groups {join_names(groups)}")
        return Found(tuple(self.by_group[groups.pop()]), "group") if groups else Found(why="not on the roster")

    def find_groups(self, sender: Sender) -> set[str]:
        """Return the groups of the roster that a sender's name may be, as some source writes it."""
        short = set(filter(None, map(compact_name, sender.groups)))
        return set().union(*(self.by_short_group.get(name, ()) for name in short))

    def find_contradiction(self, student: str, sender: Sender) -> str:
        """Return the field in which the roster knows another value for a student than the source; "" if none."""
        values: dict[str, set[str]] = {}
        for field, value in sender.ids:
            values.setdefault(field, set()).add(normalise_id(value))
        for field in ("canvas_id", "github", "sis_id", "email"):
            known = normalise_id(getattr(self.roster[student], field))
            if known and field in values and known not in values[field]:
                return field.replace("_", " ")
        return ""

    def list_group(self, student: str, sender: Sender) -> tuple[str, ...]:
        """Return a student, or the whole group if the source named the upload after it."""
        groups = self.find_groups(sender) & {group.casefold() for group in list_groups(self.roster[student])}
        return tuple(self.by_group[groups.pop()]) if len(groups) == 1 else (student,)

    def may_be_group(self, found: Found, sender: Sender) -> bool:
        """Is what stands beside an id that leads to one student no name of theirs, as a group's is not?"""
        if found.how != "id" or len(found.students) != 1 or not any(sender.groups):
            return False
        entry = self.roster[found.students[0]]
        words = [word for word in normalise_name(f"{entry.first_name} {entry.last_name}").split() if len(word) > 1]
        return bool(words) and not any(compact_name(word) in compact_name(sender.groups[0]) for word in words)

    def take_own_name(self, sender: Sender) -> Found:
        """Return the student whom a sender's own name makes, where there is no roster."""
        if sender.own_id:
            if STUDENT_ID.fullmatch(sender.own_id):
                return Found((sender.own_id,), "its own name")
            return Found(why="not a student's name")
        if not self.trust_names:
            return Found(why="there is no roster that says who that is")
        student = make_id(sender.trusted_id)
        return Found((student,), "its own name") if student else Found(why="its name makes no student's id")

    def suggest(self, sender: Sender) -> str:
        """Return the one student whose name has the same letters, for a person to confirm; "" if there is none."""
        letters = squeeze_name(sender.full_name or "".join(sender.groups[:1]))
        fitting = self.by_letters.get(letters, set()) if letters else set()
        return next(iter(fitting)) if len(fitting) == 1 else ""


def list_groups(entry: RosterEntry) -> list[str]:
    """Return the groups of a student: Moodle lists several in one cell."""
    return list(dict.fromkeys(filter(None, (group.strip() for group in re.split("[,;]", entry.group)))))


def compact_name(text: str) -> str:
    """Return a name without what Canvas and GitHub leave out or replace in the names of files and repositories."""
    return re.sub(r"[\W_]", "", text).casefold()


def make_id(name: str) -> str:
    """Return a name as a student's id; "" if letters that make a difference would be lost."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[\s,]+", "-", text.strip()).strip("-._")
    return text if STUDENT_ID.fullmatch(text) else ""


def join_names(students: Iterable[str]) -> str:
    """Return the names of students as a list in words."""
    return " and ".join(sorted(students))
