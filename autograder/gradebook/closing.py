"""When an assignment is over for everybody, so that its solutions may be shown: after the last extension, no sooner.

Nothing is guessed here: without a due date an assignment is open, so it is where nbgrader seems to have read another
date than was meant, and while something that is handed in now would still earn marks.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nbgrader.api import Assignment, Gradebook
from nbgrader.api import SubmittedAssignment as Submission

from autograder.course import roster, times
from autograder.gradebook import late_policy, lateness
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.overrides import write_due_dates

FULL = 100.0
"""Points of a submission that is tried on the course's late policy."""


def find_dates(course: Path, assignment: str, zone: ZoneInfo | None) -> tuple[datetime, datetime] | None:
    """Return the due date, and that with the longest extension that anybody has; None without a due date.

    Extensions count whether or not the student has handed in: those of the roster, and those in the gradebook.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    zone : zoneinfo.ZoneInfo or None
        The course's.

    Returns
    -------
    due, last : datetime
        In UTC and naive.
    """
    with Gradebook(read_database_address(course)) as gradebook:
        write_due_dates(gradebook, course)
        due = gradebook.db.query(Assignment.duedate).filter(Assignment.name == assignment).scalar()
        rows = gradebook.db.query(Submission.extension).join(Assignment, Assignment.id == Submission.assignment_id)
        kept = [extension for (extension,) in rows.filter(Assignment.name == assignment)]
    if due is None:
        return None
    granted = [entry.extensions.get(assignment) for entry in roster.load_roster(course).values()]
    # The gradebook has the roster's extensions by the calendar already; its others last as long as they say.
    extensions = [e for e in kept if e] + [times.extend_by_calendar(due, e, zone) for e in granted if e]
    lateness.check_deadline(assignment, due, max(extensions, default=None))
    return due, due + max([timedelta(0), *extensions])


def describe_open(course: Path, assignment: str, now: datetime | None = None, closed: bool = False) -> str:
    """Return why the solutions of an assignment must not be shown yet, "" if they may.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    now : datetime, optional
        In UTC and naive; the present time by default.
    closed : bool
        Somebody said that nothing is taken any more, whatever the late policy says.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    zone = late_policy.find_zone(config=load_config(course))
    dates = find_dates(course, assignment, zone)
    if dates is None:
        return f"{assignment} has no due date (`python -m autograder due {assignment} ...` sets one)"
    due, last = dates
    if now <= last:
        return f"{assignment} is open until {times.describe_time(last, zone)}, when the last extension ends"
    doubt = times.find_misreading(due, zone)
    if doubt and not closed:
        return f"{assignment} was due {times.describe_time(due, zone)}, which may not be what was meant: {doubt}"
    late = times.measure_lateness(last, now, zone).total_seconds()
    share = FULL if closed else find_lost_share(course, late)
    if share < FULL:
        return (f"{assignment}: whoever hands in now still gets {FULL - share:g} per cent of the marks "
                "([late] in course.toml, or c.LatePolicy in nbgrader_config.py)")
    return ""


def find_lost_share(course: Path, late: float) -> float:
    """Return how much of its marks a submission loses that comes ``late`` seconds after the last deadline, in per cent.
    """
    return late_policy.compute_penalty(lateness.load_late_policy(course), "", FULL, late) or 0.0
