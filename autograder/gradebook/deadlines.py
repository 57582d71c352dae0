"""When an assignment is over for everybody, so that its solutions may be shown: after the last extension, no sooner.

Nothing is guessed here: without a due date an assignment is open, and so it is while something that is handed in now
would still earn marks.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Assignment, Gradebook
from nbgrader.api import SubmittedAssignment as Submission

from autograder.course import roster
from autograder.course.times import extend_by_calendar
from autograder.gradebook import lateness
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.late_policy import find_zone

FULL = 100.0
"""Points of a submission that is tried on the course's late policy."""


def find_last_deadline(course: Path, assignment: str) -> datetime | None:
    """Return the due date with the longest extension that anybody has, in UTC and naive; None without a due date.

    Extensions count whether or not the student has handed in: those of the roster, and those in the gradebook.
    """
    with Gradebook(read_database_address(course)) as gradebook:
        due = gradebook.db.query(Assignment.duedate).filter(Assignment.name == assignment).scalar()
        if due is None:
            return None
        rows = gradebook.db.query(Submission.extension).join(Assignment, Assignment.id == Submission.assignment_id)
        kept = [extension for (extension,) in rows.filter(Assignment.name == assignment)]
    granted = [entry.extensions.get(assignment) for entry in roster.load_roster(course).values()]
    longest = max(filter(None, [*kept, *granted]), default=timedelta(0))
    lateness.check_deadline(assignment, due, longest)
    return due + extend_by_calendar(due, max(longest, timedelta(0)), find_zone(config=load_config(course)))


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
    last = find_last_deadline(course, assignment)
    if last is None:
        return f"{assignment} has no due date"
    if now <= last:
        return f"{assignment} is open until {last:%Y-%m-%d %H:%M} UTC, when the last extension ends"
    share = FULL if closed else find_lost_share(course, (now - last).total_seconds())
    if share < FULL:
        return (f"{assignment}: whoever hands in now still gets {FULL - share:g} per cent of the marks "
                "(c.LatePolicy in nbgrader_config.py)")
    return ""


def find_lost_share(course: Path, late: float) -> float:
    """Return how much of its marks a submission loses that comes ``late`` seconds after the last deadline, in per cent.
    """
    return lateness.compute_penalty(lateness.load_late_policy(course), "", FULL, late) or 0.0
