"""What ``course.toml`` says, in nbgrader's gradebook; and what goes before it there or in nbgrader's settings.

Due dates are kept in the gradebook, where formgrader and nbgrader's own commands find them. A date that somebody has
set there by other means stays and is named: it is told from one of the file's by a note of what was written last.
"""

import json
from datetime import datetime
from pathlib import Path

from nbgrader.api import Assignment, Gradebook

from autograder.course.files import write_if_changed
from autograder.course.settings import SETTINGS_FILE, CourseSettings, load_settings
from autograder.course.times import describe_time
from autograder.gradebook.config import CONFIG_FILE, load_config
from autograder.gradebook.late_policy import LatePolicy, find_zone

WRITTEN_FILE = Path("state") / "due_dates.json"
"""In a course: assignment -> the due date that was last written into the gradebook, as in 2026-10-24T21:59:00."""
OTHER_DATE = "{}: the gradebook has {}, which goes before {} here; `python -m autograder due {} none` takes the latter"


def write_due_dates(gradebook: Gradebook, course: str | Path) -> dict[str, datetime]:
    """Write the due dates of ``course.toml`` into the gradebook, where they are not there already.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    course : path

    Returns
    -------
    others : dict
        Assignment -> the date that somebody else has set in the gradebook and that stays.
    """
    settings, written = load_settings(course), read_written_dates(course)
    if not settings.due and not written:
        return {}
    others, now_written = {}, {}
    for row in gradebook.db.query(Assignment).filter(Assignment.name.in_({*settings.due, *written})):
        wanted, last = settings.due.get(row.name), written.get(row.name)
        if row.duedate not in (None, wanted, last):
            if wanted is not None:
                others[row.name] = row.duedate
            continue
        row.duedate = wanted
        if wanted is not None:
            now_written[row.name] = wanted
    gradebook.db.commit()
    dates = {name: due.isoformat() for name, due in now_written.items()}
    write_if_changed(Path(course) / WRITTEN_FILE, json.dumps(dates, indent=1, sort_keys=True))
    return others


def read_written_dates(course: str | Path) -> dict[str, datetime]:
    """Return assignment -> the due date that was last written into the gradebook; nothing if the note is lost."""
    try:
        dates = json.loads((Path(course) / WRITTEN_FILE).read_text(encoding="utf-8"))
        return {name: datetime.fromisoformat(text) for name, text in dates.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def list_overrides(gradebook: Gradebook, course: str | Path) -> list[str]:
    """Return a heading and a line for each thing that goes before what ``course.toml`` says; nothing without any."""
    settings, zone = load_settings(course), find_zone(config=load_config(course))
    lines = [OTHER_DATE.format(name, describe_time(due, zone), describe_time(settings.due[name], zone), name)
             for name, due in write_due_dates(gradebook, course).items()]
    lines += list_overridden_settings(course, settings)
    return [f"{SETTINGS_FILE} is not all that counts:", *(f"  {line}" for line in lines)] if lines else []


def list_overridden_settings(course: str | Path, settings: CourseSettings) -> list[str]:
    """Return a line for each setting of ``nbgrader_config.py`` that goes before one of ``course.toml``."""
    config = load_config(course)
    mine = {**settings.late, **({"timezone": settings.zone} if settings.zone else {})}
    lines = [f"{CONFIG_FILE} sets c.LatePolicy.{name} to {config.LatePolicy[name]}, which goes before {value} here"
             for name, value in mine.items() if config.LatePolicy[name] != value]
    plugin = config.AssignLatePenalties.plugin_class
    if settings.late and plugin is not LatePolicy:
        name = plugin if isinstance(plugin, str) else plugin.__name__
        lines.append(f"{CONFIG_FILE} sets another plugin for late penalties ({name}), which asks for nothing of [late]")
    return lines
