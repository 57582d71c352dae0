"""A new ``course.toml``: written from answers or flags, with a comment on everything that it may say."""

import json
import os
import re
import shlex
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from autograder.course.settings import LATE_LIMITS, SETTINGS_FILE, find_assignment, parse_settings
from autograder.course.times import list_zones
from autograder.course.topics import list_assignments
from autograder.errors import CourseError

Answers = dict[str, Any]
"""Key or table of ``course.toml`` -> its value; what is missing stays a comment."""
ZONEINFO = "/zoneinfo/"
HEAD = """\
# What this course is. Every command reads this file; what it does not understand, it names and refuses.
# docs/your_course.md goes through it.
"""
PART = {
    "title": ("# On reports and students' pages.", 'title = "Deep learning, autumn"'),
    "zone": ("# Where the course's clocks hang: due dates are in this zone, and days of lateness are counted in it.",
             'zone = "Europe/Berlin"'),
    "assignments": ("# The notebooks of the course, in its order; a number is enough, as in [\"00\", \"01\", \"03\"].\n"
                    "# Without this line it has all. Modules left out before its last one are handed out solved.", ""),
    "solved": ("# Or say yourself whose modules are handed out solved.", 'solved = ["02"]'),
    "repository": ("# The public repository of what is released, for badges (docs/online.md).",
                   'repository = "https://github.com/OWNER/REPO"'),
    "due": ("# When each is due, as in 00_linear_classifier = \"2026-10-24 23:59\".", ""),
    "late": ("# What lateness costs: per cent of the marks earned for every day begun, minutes that cost nothing, and\n"
             "# the most that can be lost. Without a line here lateness costs nothing.", ""),
    "weights": ("# What each counts in the course total. Without lines here, points are added up.", ""),
    "points": ("# Points that an assignment is shown with, in place of its notebook's own.", ""),
}
"""Key or table -> the comment above it, and an example for a key that was not answered."""
EXAMPLES = {"due": '"2026-10-24 23:59"', "weights": "10", "points": "100"}
LATE_EXAMPLES = {"percent_per_day": "10", "grace_minutes": "15", "at_most": "50"}


def format_settings(answers: Mapping[str, Any], known: Collection[str]) -> str:
    """Return the text of a ``course.toml``.

    Parameters
    ----------
    answers : dict
        As :data:`Answers`.
    known : collection of str
        All assignments that there are.
    """
    mine = answers.get("assignments") or list(known)
    parts = [HEAD]
    for key in ("title", "zone", "assignments", "solved", "repository"):
        comment, example = PART[key]
        example = example or f"{key} = {format_value(mine)}"
        line = f"{key} = {format_value(answers[key])}" if answers.get(key) else f"# {example}"
        parts.append(f"{comment}\n{line}\n")
    for table in ("due", "late", "weights", "points"):
        given, names = answers.get(table, {}), LATE_LIMITS if table == "late" else mine
        lines = [format_entry(table, name, given) for name in names]
        lines += [f"{name} = {format_value(value)}" for name, value in given.items() if name not in names]
        parts.append("\n".join([PART[table][0], f"[{table}]", *lines]) + "\n")
    return "\n".join(parts)


def format_entry(table: str, name: str, given: Mapping[str, Any]) -> str:
    """Return a line of a table; a comment with an example, if nothing was given."""
    if name in given:
        return f"{name} = {format_value(given[name])}"
    return f"# {name} = {LATE_EXAMPLES[name] if table == 'late' else EXAMPLES[table]}"


def format_value(value: Any) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(format_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:.10g}"


def check_answers(answers: Answers) -> None:
    """Raise a CourseError if ``course.toml`` could not be read with these answers; it does not name lines."""
    known = list_assignments()
    try:
        parse_settings(format_settings(answers, known), Path(SETTINGS_FILE), known)
    except CourseError as error:
        lines = str(error).splitlines()
        raise CourseError("\n".join(re.sub(rf"^{SETTINGS_FILE}, line \d+: ", "", line) for line in lines)) from None


def resolve_names(text: str) -> list[str]:
    """Return the assignments that ``00,01,03`` stands for; a name that is none stays, to be refused by its name."""
    names = [part.strip() for part in text.split(",") if part.strip()]
    return [find_assignment(name, list_assignments()) or name for name in names]


# -- asking ----------------------------------------------------------------------------------------------------------


def ask_answers() -> Answers:
    """Ask a person for the settings of a course; what cannot be used is said, and asked again."""
    print("Enter takes what stands in brackets. All of it can be changed in the file later.")
    answers: Answers = {}
    here = find_own_zone()
    ask(answers, "Title of the course [none]", lambda text: {"title": text})
    ask(answers, f"Time zone, as in Europe/Berlin [{here or 'none'}]", lambda text: {"zone": text or here})
    ask(answers, "Notebooks, as in 00,01,03 [all]", lambda text: {"assignments": resolve_names(text)})
    for name in answers.get("assignments") or list_assignments():
        ask(answers, f"{name} is due, as in 2026-10-24 23:59 [not yet]", partial(add_due_date, answers, name))
    ask(answers, "Per cent lost for every day begun after the due date [0]",
        lambda text: {"late": {"percent_per_day": read_decimal(text)} if text else {}})
    ask(answers, "Public repository of the released notebooks, for badges [none]", lambda text: {"repository": text})
    return answers


def add_due_date(answers: Answers, name: str, due: str) -> Answers:
    """Return the due dates so far with one more, if there is one."""
    dates = answers.get("due", {})
    return {"due": {**dates, name: due} if due else dates}


def ask(answers: Answers, question: str, read: Callable[[str], Answers]) -> None:
    """Ask one question until its answer can be used, and add it to the answers.

    Parameters
    ----------
    answers : dict
        Changed in place.
    question : str
    read : callable
        From what was typed to the settings that it gives.
    """
    while True:
        try:
            more = read(input(f"{question}: ").strip())
            check_answers(answers | more)
        except EOFError:
            raise CourseError("the questions were not answered", "Nothing was written") from None
        except (CourseError, ValueError) as error:
            print(f"  {error}")
        else:
            answers.update(more)
            return


def read_decimal(text: str) -> float:
    """Return a number as it was typed."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def find_own_zone() -> str:
    """Return the name of this computer's time zone, as far as it says it."""
    name = os.path.realpath("/etc/localtime").partition(ZONEINFO)[2]
    return name if name in list_zones() else ""


def run_init(course: Path, answers: Answers, interactive: bool) -> int:
    """Write the ``course.toml`` of a new course, and say what comes next; return the exit code.

    Parameters
    ----------
    course : pathlib.Path
    answers : dict
        As :data:`Answers`, from flags.
    interactive : bool
        Ask for everything, if no flag says anything.
    """
    path = course / SETTINGS_FILE
    there = CourseError(f"{path} is there already", "Nothing was written: change it with an editor")
    if path.exists():
        raise there
    if interactive and not answers:
        answers = ask_answers()
    check_answers(answers)
    course.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(format_settings(answers, list_assignments()))
    except FileExistsError:
        raise there from None
    print(f"written: {path}. Look through it. `python -m autograder release --course {shlex.quote(str(course))}` then "
          "makes what students get.")
    return 0
