"""Lateness by nbgrader's own means: due dates, timestamps, extensions, and the penalty that follows from them.

Due dates are in the gradebook, where ``python -m autograder due`` puts them (:mod:`autograder.gradebook.due_dates`).
Times of arrival come from a table that the instructor gives, or else from an LMS's download; what a student uploads, a
``timestamp.txt`` or the dates inside a zip, is never read. nbgrader asks the plugin
:class:`autograder.gradebook.late_policy.LatePolicy` for the penalty, which ``course.toml`` sets up; the course's
``nbgrader_config.py`` may change that.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from nbgrader.api import Assignment, Gradebook
from nbgrader.api import SubmittedAssignment as Submission
from nbgrader.api import SubmittedNotebook as Notebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import ColumnElement, update

from autograder.course import roster
from autograder.course.files import write_atomically, write_if_changed
from autograder.course.settings import find_assignment
from autograder.course.times import extend_by_calendar, measure_lateness, parse_time
from autograder.course.topics import list_assignments
from autograder.errors import CourseError
from autograder.gradebook.config import load_config
from autograder.gradebook.late_policy import compute_penalty, find_zone
from autograder.gradebook.overrides import write_due_dates

TIMESTAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"
TIMES_FILE = "timestamps.csv"
ARRIVALS_FILE = "arrivals.csv"
"""Of the course: the times that its LMS's downloads say. Those of ``TIMES_FILE``, which a person gave, go before."""


Key = tuple[str, str]
"""(student, assignment)."""


def load_late_policy(course: str | Path) -> LateSubmissionPlugin:
    """Return the plugin that nbgrader asks for penalties in this course: ours or an instructor's."""
    step = AssignLatePenalties(config=load_config(course))
    return step.plugin_class(parent=step)


def read_times(path: str | Path, zone: ZoneInfo | None = None) -> dict[Key, datetime]:
    """Read when submissions arrived.

    Parameters
    ----------
    path : path
        A CSV with the columns student, assignment (its name, number or topic) and time (ISO 8601, with its offset from
        UTC, or ``Z``).
    zone : zoneinfo.ZoneInfo, optional
        Of times without one; without it they are refused.

    Returns
    -------
    times : dict
        (student, assignment) -> datetime in UTC, naive, as nbgrader keeps it. The last of several lines counts.

    Raises
    ------
    CourseError
        Naming the line.
    """
    times: dict[Key, datetime] = {}
    for number, line in roster.read_table(path, ("student", "assignment", "time")):
        try:
            assignment = find_assignment(line["assignment"], list_assignments()) or line["assignment"]
            times[line["student"], assignment] = parse_time(line["time"], zone)
        except ValueError as error:
            raise CourseError(f"{path}, line {number}: {error}") from error
    return times


def store_times(course: Path, path: str | Path) -> dict[Key, datetime]:
    """Read a table of times and keep it in the course, where later runs and nbgrader's own commands find it.

    Parameters
    ----------
    course : pathlib.Path
    path : path
        The table, as for :func:`read_times`.

    Returns
    -------
    times : dict
        As from :func:`read_times`: all times that the course has been given so far.
    """
    new = read_times(path, find_zone(config=load_config(course)))
    write_times(course / TIMES_FILE, {**load_table_of_times(course, TIMES_FILE), **new})
    return load_times(course)


def store_arrivals(course: Path, arrivals: Mapping[Key, datetime | None]) -> None:
    """Keep the times that an LMS's download says; those without a zone are in the course's.

    Parameters
    ----------
    course : pathlib.Path
    arrivals : dict
        (student, assignment) -> time, or None if the download does not say it.
    """
    said = {key: time for key, time in arrivals.items() if time is not None}
    if not said:
        return
    zone = find_zone(config=load_config(course))
    if zone is None and any(time.tzinfo is None for time in said.values()):
        print("The download's times name no time zone and are not used: say the course's zone in "
              "course.toml (docs/roster.md).")
    new = {key: (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)
           for key, time in said.items() if time.tzinfo or zone}
    if new:
        write_times(course / ARRIVALS_FILE, {**load_table_of_times(course, ARRIVALS_FILE), **new})


def write_times(path: Path, times: Mapping[Key, datetime]) -> None:
    """Write a table of times in UTC."""
    lines = [f"{student},{assignment},{time.isoformat()}Z\n" for (student, assignment), time in sorted(times.items())]
    write_atomically(path, "student,assignment,time\n" + "".join(lines))


def load_times(course: Path) -> dict[Key, datetime]:
    """Return the times that the course keeps: an LMS's, and before them those that a person gave."""
    return {**load_table_of_times(course, ARRIVALS_FILE), **load_table_of_times(course, TIMES_FILE)}


def load_table_of_times(course: Path, name: str) -> dict[Key, datetime]:
    """Return the times of one table of the course; none if there is no such table."""
    return read_times(course / name) if (course / name).exists() else {}


def write_timestamp(folder: Path, time: datetime | None) -> None:
    """Write the ``timestamp.txt`` of one placed submission, or remove it if there is no time."""
    file = folder / "timestamp.txt"
    if time is None:
        file.unlink(missing_ok=True)
        return
    write_if_changed(file, time.strftime(TIMESTAMP_FORMAT))


def update_lateness(gradebook: Gradebook, course: Path) -> list[Key]:
    """Bring timestamps, extensions and penalties in the gradebook up to date, as nbgrader's autograde would.

    nbgrader sets a penalty only when it autogrades. It would miss a due date that was moved, an extension that was
    granted, or a written answer that was graded since. So this runs whenever marks are read for a table.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    course : pathlib.Path

    Returns
    -------
    untimed : list of (str, str)
        (student, assignment) of the submissions without a time, if others have one: they are taken as on time.
    """
    write_due_dates(gradebook, course)
    times, students, policy = load_times(course), roster.load_roster(course), load_late_policy(course)
    zone = find_zone(config=load_config(course))
    penalised = {n.assignment_id for n in query_notebooks(gradebook, Notebook.late_submission_penalty.isnot(None))}
    untimed = []
    for number, student, assignment, due, *before in query_submissions(gradebook):
        time, extension = before
        if times:
            time = times.get((student, assignment))
            if time is None:
                untimed.append((student, assignment))
        granted = students[student].extensions.get(assignment) if student in students else None
        check_deadline(assignment, due, granted or extension)
        if due and granted is not None:
            extension = extend_by_calendar(due, granted, zone) or None
        extension = extension if due else None  # nbgrader adds it to the due date without looking
        if [time, extension] != before:
            update_submission(gradebook, number, time, extension)
        is_timed = due is not None and time is not None
        late = measure_lateness(due + (extension or timedelta(0)), time, zone).total_seconds() if is_timed else 0
        if late > 0 or number in penalised:
            for notebook in query_notebooks(gradebook, Notebook.assignment_id == number):
                notebook.late_submission_penalty = compute_penalty(policy, student, notebook.score, late)
    gradebook.db.commit()
    return untimed


def check_deadline(assignment: str, due: datetime | None, extension: timedelta | None) -> None:
    """See that a due date can be extended: nbgrader adds the two, and a calendar ends with the year 9999."""
    if due and extension and due > datetime.max - extension:
        raise CourseError(f"{assignment}: the due date {due:%Y-%m-%d} cannot be extended by {extension}",
                          "Set a due date that lies in the course's own years, or none")


def update_submission(gradebook: Gradebook, number: str, time: datetime | None, extension: timedelta | None) -> None:
    """Write the timestamp and the extension of one submission.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    number : str
        Id of the submission's row.
    time : datetime or None
        Of arrival, in UTC, naive.
    extension : timedelta or None
    """
    values = {"timestamp": time, "extension": extension}
    gradebook.db.execute(update(Submission).where(Submission.id == number).values(**values))


def query_submissions(gradebook: Gradebook) -> list[tuple]:
    """Return (id, student, assignment, due date, timestamp, extension) of every submission."""
    columns = (Submission.id, Submission.student_id, Assignment.name, Assignment.duedate, Submission.timestamp,
               Submission.extension)
    return gradebook.db.query(*columns).join(Assignment, Assignment.id == Submission.assignment_id).all()


def query_notebooks(gradebook: Gradebook, condition: ColumnElement[bool]) -> list[Notebook]:
    """Return the submitted notebooks for which a condition holds."""
    return gradebook.db.query(Notebook).filter(condition).all()
