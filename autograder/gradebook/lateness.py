"""Lateness by nbgrader's own means: due dates, timestamps, extensions, and the penalty that follows from them.

A due date is the gradebook's (formgrader, or ``nbgrader db assignment add NAME --duedate ...``). A time of arrival
comes from a table that the instructor gives; what a student uploads, a ``timestamp.txt`` or the dates inside a zip, is
never read. :class:`LatePolicy` stands in the course's ``nbgrader_config.py`` and is what nbgrader asks for the penalty.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Assignment
from nbgrader.api import SubmittedAssignment as Submission
from nbgrader.api import SubmittedNotebook as Notebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import update

from autograder.course import roster
from autograder.course.files import write_atomically
from autograder.errors import CourseError
from autograder.gradebook.config import load_config
from autograder.gradebook.late_policy import LatePolicy

TIMESTAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"
TIMES_FILE = "timestamps.csv"


def load_late_policy(course):
    """Return the plugin that nbgrader asks for penalties in this course: :class:`LatePolicy` or an instructor's."""
    step = AssignLatePenalties(config=load_config(course))
    step.init_plugin()
    return step.plugin_inst


def read_times(path, timezone=""):
    """Read when submissions arrived.

    Parameters
    ----------
    path : path
        A CSV with the columns student, assignment and time (ISO 8601, with its distance from UTC, or ``Z``).
    timezone : str
        Of times that do not say theirs.

    Returns
    -------
    times : dict
        (student, assignment) -> datetime in UTC, naive, as nbgrader keeps it. Of several lines the last counts.

    Raises
    ------
    CourseError
        Naming the line.
    """
    zone, times = parse_timezone(timezone), {}
    for number, line in roster.read_table(path, ("student", "assignment", "time")):
        try:
            time = datetime.fromisoformat(line["time"].removesuffix("UTC").strip() + "Z" * line["time"].endswith("UTC"))
        except ValueError as error:
            raise CourseError(f"{path}, line {number}: {line['time']!r} is no time; write it as in "
                              "2026-03-01T23:59:00+01:00") from error
        if time.tzinfo is None and zone is None:
            raise CourseError(f"{path}, line {number}: {line['time']!r} names no time zone: write +01:00 or Z after "
                              "it, or set c.LatePolicy.timezone in the course's nbgrader_config.py")
        time = time if time.tzinfo else time.replace(tzinfo=zone)
        times[line["student"], line["assignment"]] = time.astimezone(UTC).replace(tzinfo=None)
    return times


def parse_timezone(name):
    """Return a time zone by its name, None for none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CourseError(f"c.LatePolicy.timezone: there is no time zone {name!r}") from error


def store_times(course, path):
    """Read a table of times and keep it in the course, where later runs and nbgrader's own commands find it.

    Returns
    -------
    times : dict
        As :func:`read_times`, of the lines given now and before.
    """
    new = read_times(path, LatePolicy(config=load_config(course)).timezone)
    times = {**load_times(course), **new}
    lines = [f"{student},{assignment},{time.isoformat()}Z\n" for (student, assignment), time in sorted(times.items())]
    write_atomically(course / TIMES_FILE, "student,assignment,time\n" + "".join(lines))
    return times


def load_times(course):
    """Return the times that the course keeps."""
    return read_times(course / TIMES_FILE) if (course / TIMES_FILE).exists() else {}


def write_timestamp(folder, time):
    """Write the ``timestamp.txt`` of one placed submission, or remove it where there is no time."""
    file, text = folder / "timestamp.txt", time.strftime(TIMESTAMP_FORMAT) if time else None
    if text is None:
        file.unlink(missing_ok=True)
    elif not file.exists() or file.read_text() != text:
        write_atomically(file, text)


def update_lateness(gradebook, course):
    """Bring timestamps, extensions and penalties in the gradebook up to date, as nbgrader's autograde would.

    nbgrader sets a penalty when it autogrades; a due date moved since then, an extension granted since, or a written
    answer graded since would be left out. So this runs whenever marks are read for a table.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    course : pathlib.Path

    Returns
    -------
    untimed : list of (str, str)
        (student, assignment) of what has no time although others have: taken as on time.
    """
    times, students, rule = load_times(course), roster.load_roster(course), load_late_policy(course)
    penalised = {n.assignment_id for n in query_notebooks(gradebook, Notebook.late_submission_penalty.isnot(None))}
    untimed = []
    for number, student, assignment, due, *before in query_submissions(gradebook):
        time, extension = before
        if times:
            untimed += [(student, assignment)] * ((student, assignment) not in times)
            time = times.get((student, assignment))
        if student in students:
            extension = students[student].extensions.get(assignment, extension) or None
        extension = extension if due else None  # nbgrader adds it to the due date without looking
        if [time, extension] != before:
            update_submission(gradebook, number, time, extension)
        late = (time - due - (extension or timedelta(0))).total_seconds() if due and time else 0
        if late > 0 or number in penalised:
            for notebook in query_notebooks(gradebook, Notebook.assignment_id == number):
                notebook.late_submission_penalty = compute_penalty(rule, student, notebook.score, max(late, 0))
    gradebook.db.commit()
    return untimed


def update_submission(gradebook, number, time, extension):
    """Write the timestamp and the extension of one submission."""
    values = {"timestamp": time, "extension": extension}
    gradebook.db.execute(update(Submission).where(Submission.id == number).values(**values))


def query_submissions(gradebook):
    """Return (id, student, assignment, due date, timestamp, extension) of every submission."""
    columns = (Submission.id, Submission.student_id, Assignment.name, Assignment.duedate, Submission.timestamp,
               Submission.extension)
    return gradebook.db.query(*columns).join(Assignment, Assignment.id == Submission.assignment_id).all()


def query_notebooks(gradebook, condition):
    """Return the submitted notebooks for which a condition holds."""
    return gradebook.db.query(Notebook).filter(condition).all()


def compute_penalty(rule, student, score, late):
    """Return a penalty as nbgrader keeps it: None for none, never more than was earned."""
    points = rule.late_submission_penalty(student, score, late) if late else None
    return points and min(max(points, 0.0), score)
