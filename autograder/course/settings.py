"""What an instructor says about a course: ``course.toml`` in its folder, the one place for dates and penalties.

A course without the file has all assignments of the checkout, in their order, and no dates. A file with something in
it that is not understood is refused as a whole: each problem is named with its line, and nothing is passed over.
"""

import math
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from autograder.course.text import suggest_names
from autograder.course.times import load_zone, parse_due_date
from autograder.course.topics import list_assignments
from autograder.errors import CourseError

SETTINGS_FILE = "course.toml"
LATE = "late"
"""The table of the late policy."""
LATE_LIMITS = MappingProxyType({"percent_per_day": 100.0, "grace_minutes": 366 * 24 * 60.0, "at_most": 100.0})
"""Settings of the late policy -> the most that each may be; the least is 0."""
MOST_POINTS = 1e6
TOTAL = "total"
"""What the course total is called where an assignment is named."""
MISPLACED = "it stands below a [table] and belongs above the first one"
REPOSITORY = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class CourseSettings:
    """What ``course.toml`` says.

    Attributes
    ----------
    title : str
        Of the course; "" for the workbook's own.
    zone : str
        Name of the course's time zone; "" if the file does not say it.
    assignments : tuple of str
        In the order of the course; empty for all of the checkout.
    solved : tuple of str or None
        Assignments whose module is handed out solved; None for those that are left out and that others may need.
    repository, branch : str
        Public repository of the released workspace; "" for what ``pyproject.toml`` says.
    due : dict
        Assignment -> due date, in UTC and naive.
    late : dict
        Settings of :class:`autograder.gradebook.late_policy.LatePolicy` -> their values.
    weights : dict
        Assignment -> its share of the course total; empty if points are added up.
    points : dict
        Assignment -> points that it is shown with, in place of those of its notebook.
    is_written : bool
        Is there such a file?
    """

    title: str = ""
    zone: str = ""
    assignments: tuple[str, ...] = ()
    solved: tuple[str, ...] | None = None
    repository: str = ""
    branch: str = "main"
    due: Mapping[str, datetime] = field(default_factory=dict)
    late: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    is_written: bool = False

    def select_assignments(self, known: Mapping[str, str]) -> Mapping[str, str]:
        """Return those of the known assignments that the course has, in its order, with their topics."""
        return {name: known[name] for name in self.assignments if name in known} or known

    def select_solved(self, known: Mapping[str, str]) -> list[str]:
        """Return the assignments that are handed out solved: those that the file names, or those that others may need.

        A notebook may use what students write in any notebook before it, so these are the ones that the course leaves
        out and that stand before its last one.
        """
        if self.solved is not None:
            return [name for name in known if name in self.solved]
        names, mine = list(known), self.select_assignments(known)
        last = max(map(names.index, mine))
        return [name for name in names[:last] if name not in mine]

    def convert_points(self, assignment: str, score: float, most: float) -> tuple[float, float]:
        """Return a mark and its maximum as they are shown.

        Parameters
        ----------
        assignment : str
        score, most : float
            In the points of the notebook.
        """
        shown = self.points.get(assignment)
        return (score, most) if shown is None or not most else (score * shown / most, shown)

    def compute_total(self, marks: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
        """Return a student's course total and the most that it can be; what was not handed in counts 0.

        Parameters
        ----------
        marks : dict
            Assignment -> mark and its maximum, in the points of the notebook or as they are shown.
        """
        if not self.weights:
            shown = [self.convert_points(name, *mark) for name, mark in marks.items()]
            return sum(score for score, _ in shown), sum(most for _, most in shown)
        earned = sum(self.weights.get(name, 0.0) * score / most for name, (score, most) in marks.items() if most)
        return earned, sum(self.weights.values())


def load_settings(course: str | Path) -> CourseSettings:
    """Return what a course's ``course.toml`` says; it is read again only if it has changed.

    Raises
    ------
    CourseError
        With a line for each thing that is wrong in it.
    """
    path = Path(course) / SETTINGS_FILE
    try:
        stamp = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return CourseSettings()
    return _load_settings(path.resolve(), stamp.st_mtime_ns, stamp.st_size, tuple(list_assignments()))


@lru_cache(16)
def _load_settings(path: Path, _changed: int, _size: int, known: tuple[str, ...]) -> CourseSettings:
    """Read the file; when it changed is part of the cache's key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8", "Save it with this encoding") from None
    return parse_settings(text, path, known)


def parse_settings(text: str, path: Path, known: Collection[str]) -> CourseSettings:
    """Return what the text of a ``course.toml`` says.

    Parameters
    ----------
    text : str
    path : pathlib.Path
        Of the file, for messages.
    known : collection of str
        All assignments that there are.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(describe_syntax_error(str(error), text, path)) from error
    return SettingsReader(text, path, known).read(table)


def describe_syntax_error(message: str, text: str, path: Path) -> str:
    """Return the message for a text that is no TOML, with the line that it stops at.

    Parameters
    ----------
    message : str
        tomllib's.
    text : str
    path : pathlib.Path
    """
    reason, _, place = message.rpartition(" (at ")
    lines, found = text.splitlines(), re.search(r"line (\d+)", place)
    number = min(int(found[1]) if found else len(lines), len(lines))
    line = lines[number - 1].strip()
    advice = '. Names and times stand in quotes, as in assignments = ["00", "01"] and 01 = "2026-10-24 23:59"'
    return f"{path}, line {number}: {reason}: {line[:80]}{advice if re.search('[0-9]', line) else ''}"


def find_assignment(name: str, known: Collection[str]) -> str | None:
    """Return the assignment that a name, a number as in 03 or 3, or a topic stands for; None for none or several."""
    fitting = list_fitting(name, known)
    return fitting[0] if len(fitting) == 1 else None


def list_fitting(name: str, known: Collection[str]) -> list[str]:
    """Return the assignments that a name, a number as in 03 or 3, or a topic may stand for."""
    name = name.strip().removesuffix(".ipynb")
    name = f"{name:0>2}" if name.isdecimal() else name
    return [assignment for assignment in known if name in (assignment, assignment[:2], assignment[3:])]


# -- values ----------------------------------------------------------------------------------------------------------


def read_text(value: object) -> str:
    """Return a text of one line."""
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(f"expected a text of one line in quotes, got {describe_value(value)}")
    return value.strip()


def read_zone_name(value: object) -> str:
    """Return the name of a time zone."""
    name = read_text(value)
    if name:
        load_zone(name)
    return name


def read_repository(value: object) -> str:
    """Return the address of a repository on GitHub, also from the one that ``git clone`` takes; or ""."""
    address = read_text(value).rstrip("/").removesuffix(".git")
    if address and not REPOSITORY.fullmatch(address):
        raise ValueError(f"expected https://github.com/OWNER/REPO, got {address}")
    return address


def read_number(value: object, least: float, most: float) -> float:
    """Return a number between two others.

    Parameters
    ----------
    value : object
    least, most : float
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"expected a number, got {describe_value(value)}")
    if not least <= value <= most:
        raise ValueError(f"{value:g} is not between {least:g} and {most:,.10g}")
    return float(value)


def read_points(value: object) -> float:
    """Return a number of points, more than 0."""
    points = read_number(value, 0, MOST_POINTS)
    if not points:
        raise ValueError("an assignment of 0 points cannot show a mark")
    return points


def read_due_date(value: object, zone: ZoneInfo | None) -> datetime:
    """Return a due date in UTC, naive, from a text or from a time as TOML has it."""
    if not isinstance(value, str | date):
        raise ValueError(f'expected a time as in "2026-10-24 23:59", got {describe_value(value)}')
    return parse_due_date(value if isinstance(value, str) else str(value), zone)


def describe_value(value: object) -> str:
    """Return a value of TOML for a message, shortened."""
    kinds = {dict: "a table", list: "a list", bool: str(value).lower()}
    return kinds.get(type(value)) or repr(value)[:60]


class SettingsReader:
    """Reads a ``course.toml``, and collects what is wrong in it.

    Parameters
    ----------
    text : str
    path : pathlib.Path
        Of the file, for messages.
    known : collection of str
        All assignments that there are.
    """

    def __init__(self, text: str, path: Path, known: Collection[str]) -> None:
        self.lines, self.path, self.known = text.splitlines(), path, known
        self.mine: Collection[str] = known
        self.zone: ZoneInfo | None = None
        self.problems: list[str] = []
        self.keys: dict[str, Callable[[Any], Any]] = {
            "title": read_text, "zone": read_zone_name, "assignments": self.read_names, "solved": self.read_names,
            "repository": read_repository, "branch": read_text}
        self.tables: dict[str, Callable[[Any], Any]] = {
            "due": lambda value: read_due_date(value, self.zone),
            "weights": partial(read_number, least=0, most=MOST_POINTS), "points": read_points}
        self.names = [*self.keys, *self.tables, LATE]

    def read(self, table: Mapping[str, Any]) -> CourseSettings:
        """Return the settings; a CourseError has a line for each problem."""
        for key in [key for key in table if key not in self.names]:
            self.note("", key, f"there is no such setting: {suggest_names(key, self.names)}")
        found = {key: self.read_value("", key, table[key], read) for key, read in self.keys.items() if key in table}
        if found.get("assignments") == ():
            self.note("", "assignments", "it is empty; leave it out to have all assignments")
        if "branch" in found and found.get("repository", "") == "":
            self.note("", "branch", "it is the branch of a repository, and there is none")
        self.mine = found.get("assignments") or self.known
        zone = found.get("zone", "")
        self.zone = load_zone("UTC" if zone is None else zone)  # a wrong one is noted once, and not for each date
        found |= {name: self.read_table(name, table[name]) for name in (*self.tables, LATE) if name in table}
        if found.get("assignments", ()) is not None:
            self.check_weights(found.get("weights", {}))
        if self.problems:
            raise CourseError("\n".join(self.problems))
        return CourseSettings(**found, is_written=True)

    def read_value(self, table: str, key: str, value: object, read: Callable[[Any], Any]) -> Any:
        """Return a value as ``read`` gives it; None after a problem, which is noted."""
        try:
            return read(value)
        except ValueError as error:
            self.note(table, key, str(error))
            return None

    def read_table(self, name: str, table: object) -> dict[str, Any]:
        """Return the entries of one table: assignment -> value, or setting of the late policy -> value."""
        if not isinstance(table, dict):
            self.note("", name, f"expected a table, [{name}] with a line for each entry; got {describe_value(table)}")
            return {}
        if name == LATE:
            return self.read_late(table)
        found: dict[str, Any] = {}
        for key, value in table.items():
            assignment = self.read_value(name, key, key, self.read_own_name)
            if assignment in found:
                self.note(name, key, f"{assignment} is there twice")
            elif assignment is not None:
                found[assignment] = self.read_value(name, key, value, self.tables[name])
        return found

    def read_late(self, table: Mapping[str, object]) -> dict[str, Any]:
        """Return the settings of the late policy."""
        for key in [key for key in table if key not in LATE_LIMITS]:
            misplaced = MISPLACED if key in self.names else ""
            self.note(LATE, key, misplaced or f"there is no such setting: {suggest_names(key, list(LATE_LIMITS))}")
        return {key: self.read_value(LATE, key, table[key], partial(read_number, least=0, most=most))
                for key, most in LATE_LIMITS.items() if key in table}

    def read_names(self, value: object) -> tuple[str, ...]:
        """Return the assignments of a list."""
        if not isinstance(value, list):
            raise ValueError(f'expected a list of names in quotes, as in ["00", "03"], got {describe_value(value)}')
        names = tuple(self.read_name(name) for name in value)
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"{twice[0]} is there twice")
        return names

    def read_name(self, value: object) -> str:
        """Return the assignment that a name or a number in quotes stands for."""
        if not isinstance(value, str):
            raise ValueError(f'expected names in quotes, as in ["00", "03"], got {describe_value(value)}')
        fitting = list_fitting(value, self.known)
        if not fitting:
            raise ValueError(f"there is no assignment {value!r}: {suggest_names(value, list(self.known))}")
        if len(fitting) > 1:
            raise ValueError(f"{value!r} may be {' or '.join(fitting)}: write the whole name")
        return fitting[0]

    def read_own_name(self, value: str) -> str:
        """Return the assignment of the course that a key of a table stands for."""
        if value in self.names:
            raise ValueError(MISPLACED)
        found = self.read_name(value)
        if found not in self.mine:
            raise ValueError(f"{found} is not among the course's assignments ({', '.join(self.mine)})")
        return found

    def check_weights(self, weights: Mapping[str, float | None]) -> None:
        """Note assignments without a weight if others have one, and weights that add up to nothing."""
        missing = [name for name in self.mine if name not in weights]
        if weights and missing:
            self.note("", "weights", f"{', '.join(missing)}: no weight (0 leaves an assignment out of the total)")
        elif weights and not any(value is None or value for value in weights.values()):
            self.note("", "weights", "they are all 0")

    def note(self, table: str, key: str, problem: str) -> None:
        """Note a problem with its place."""
        number, name = self.find_line(table, key), f"{table}.{key}" if table else key
        self.problems.append(f"{self.path}{f', line {number}' if number else ''}: {name}: {problem}")

    def find_line(self, table: str, key: str) -> int:
        """Return the number of the line with a key, else with its table, or with a table; 0 if it is not found."""
        current = ""
        entry = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        for number, line in enumerate(self.lines, 1):
            head = re.match(r"\s*\[\s*[\"']?([^\]\"']+?)[\"']?\s*\]", line)
            current = head[1] if head else current
            if (head and not table and current == key) or (current == table and entry.match(line)):
                return number
        return self.find_line("", table) if table else 0
