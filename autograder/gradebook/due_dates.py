"""Due dates and extensions: set in the course's own time zone, and shown as they were understood.

They are nbgrader's, in the gradebook: :mod:`autograder.gradebook.overrides` writes those of ``course.toml`` there, and
``python -m autograder due`` the others. nbgrader's own ways to set them (``nbgrader db assignment add --duedate``, the
form in formgrader) read some zones wrongly and say nothing, so a date that looks like it is named.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nbgrader import api

from autograder.course.settings import SETTINGS_FILE, load_settings
from autograder.course.text import clean_line
from autograder.course.times import describe_time, find_misreading, parse_due_date
from autograder.errors import CourseError
from autograder.gradebook import overrides
from autograder.gradebook.config import load_config
from autograder.gradebook.database import read_database_address
from autograder.gradebook.late_policy import LatePolicy, find_zone

Key = tuple[str, str]
"""(student, assignment)."""
MOST_EXTENSIONS = 20
"""Extensions that are printed."""
SET_IT = "`python -m autograder due NAME TIME` sets it in the course's time zone"


@dataclass(frozen=True)
class Deadline:
    """When one submission was due, and when it arrived: in UTC, naive; None where that is not known.

    Attributes
    ----------
    zone : zoneinfo.ZoneInfo or None
        In which it is shown.
    """

    due: datetime | None
    extension: timedelta | None
    arrived: datetime | None
    zone: ZoneInfo | None

    def describe(self) -> str:
        """Return it in words; "" without a due date."""
        if self.due is None:
            return ""
        parts = [f"due {describe_time(self.due, self.zone)}"]
        if self.extension:
            parts.append(f"extended to {describe_time(self.due + self.extension, self.zone)}")
        if self.arrived:
            parts.append(f"handed in {describe_time(self.arrived, self.zone)}")
        return ", ".join(parts)


def query_deadlines(gradebook: api.Gradebook, students: Collection[str], zone: ZoneInfo | None) -> dict[Key, Deadline]:
    """Return (student, assignment) -> the deadline of every submission of some students."""
    row = api.SubmittedAssignment
    rows = (gradebook.db.query(row.student_id, api.Assignment.name, api.Assignment.duedate, row.extension,
                               row.timestamp)
            .select_from(row).join(api.Assignment, api.Assignment.id == row.assignment_id)
            .filter(row.student_id.in_(students)))
    return {(student, assignment): Deadline(due, extension, arrived, zone)
            for student, assignment, due, extension, arrived in rows}


def list_due_dates(course: Path | str) -> list[str]:
    """Return a line for each due date and each extension of a course, as they were understood; none without any.

    What lateness costs follows, and what goes before the course's own settings.
    """
    config = load_config(course)
    zone = find_zone(config=config)
    with api.Gradebook(read_database_address(course)) as gradebook:
        overridden = overrides.list_overrides(gradebook, course)
        dates = {a.name: a.duedate for a in gradebook.assignments if a.duedate}
        row = api.SubmittedAssignment
        extended = (gradebook.db.query(api.Assignment.name, row.student_id, row.extension)
                    .select_from(row).join(api.Assignment, api.Assignment.id == row.assignment_id)
                    .filter(row.extension.isnot(None)).order_by(api.Assignment.name, row.student_id).all())
    if not dates:
        return overridden
    unset = f"{SETTINGS_FILE} has no zone" if load_settings(course).is_written else "c.LatePolicy.timezone is not set"
    where = zone.key if zone else f"UTC, since {unset}"
    lines = [f"Due dates ({where}):"]
    for assignment, due in sorted(dates.items()):
        lines.append(f"  {assignment}: {describe_time(due, zone)}")
        if doubt := find_misreading(due, zone):
            lines.append(f"    looks as if nbgrader had read it wrongly: {doubt} {SET_IT}.")
    extensions = [f"  {assignment}, {student}: extended to {describe_time(dates[assignment] + extension, zone)}"
                  for assignment, student, extension in extended if extension and assignment in dates]
    more = len(extensions) - MOST_EXTENSIONS
    lines += extensions[:MOST_EXTENSIONS] + ([f"  and {more} extensions more"] if more > 0 else [])
    cost = LatePolicy(config=config).describe() if config.AssignLatePenalties.plugin_class is LatePolicy else ""
    return [*lines, *([f"  {cost}"] if cost else []), *overridden]


def set_due_date(course: Path | str, assignment: str, text: str) -> None:
    """Set the due date of an assignment.

    Parameters
    ----------
    course : path
    assignment : str
    text : str
        A time as for :func:`autograder.course.times.parse_time`, in the course's zone if it names none; "none" removes
        the due date.

    Raises
    ------
    CourseError
        If it is no time, or says no time of day.
    """
    zone = find_zone(config=load_config(course))
    if text != "none" and assignment in load_settings(course).due:
        raise CourseError(f"the due date of {assignment} stands in {Path(course) / SETTINGS_FILE}", "Change it there")
    try:
        due = None if text == "none" else parse_due_date(text, zone)
    except ValueError as error:
        raise CourseError(str(error)) from error
    with api.Gradebook(read_database_address(course)) as gradebook:
        if assignment not in [a.name for a in gradebook.assignments]:
            raise CourseError(f"the course {course} has no {assignment} yet", "Run `python -m autograder release`")
        gradebook.update_or_create_assignment(assignment, duedate=due)


def run_due(course: Path | str, assignment: str | None, text: str | None) -> int:
    """Set a due date if one is given, and print all as they were understood; return the exit code.

    Parameters
    ----------
    course : path
    assignment : str or None
        None sets nothing.
    text : str or None
        As for :func:`set_due_date`.
    """
    if not Path(course).is_dir():
        raise FileNotFoundError(f"{course}: no course folder there; `python -m autograder release` makes one")
    if assignment is not None and text is None:
        raise CourseError(f"when is {assignment} due?",
                          f'Write `python -m autograder due {assignment} "2026-03-01 23:59"`')
    if assignment is not None and text is not None:
        set_due_date(course, assignment, text)
    print("\n".join(list_due_dates(course)) or "No due date is set.")
    return 0


def list_unknown_names(times: Collection[Key], students: Collection[str], assignments: Collection[str]) -> list[str]:
    """Return a line for each name in a table of times that is no student's or no assignment's.

    Parameters
    ----------
    times : collection of (str, str)
        (student, assignment).
    students, assignments : collection of str
        All that the course knows.
    """
    strangers = sorted({student for student, _ in times} - set(students))
    others = sorted({assignment for _, assignment in times} - set(assignments))
    return ([f"times of arrival: {clean_line(name)} is no student of this course" for name in strangers]
            + [f"times of arrival: {clean_line(name)} is no assignment of this course" for name in others])
