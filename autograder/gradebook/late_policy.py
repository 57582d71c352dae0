"""What lateness costs: the plugin that nbgrader asks for penalties, set up by a course's ``course.toml``."""

import math
from typing import Any
from zoneinfo import ZoneInfo

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Bunch, Float, TraitError, Unicode, validate

from autograder.course import times
from autograder.course.settings import LATE_LIMITS
from autograder.errors import CourseError

DAY = 24 * 60 * 60


class LatePolicy(LateSubmissionPlugin):
    """What lateness costs: a share of what was earned for every day begun.

    ``penalty_method = "zero"``, nbgrader's own, takes everything instead.
    """

    percent_per_day = Float(0.0, min=0.0, max=LATE_LIMITS["percent_per_day"],
                            help="Per cent of the earned marks lost for every day begun.").tag(config=True)
    grace_minutes = Float(0.0, min=0.0, max=LATE_LIMITS["grace_minutes"],
                          help="This much costs nothing; later, days count from the due date.").tag(config=True)
    at_most = Float(100.0, min=0.0, max=LATE_LIMITS["at_most"], help="Per cent that can be lost.").tag(config=True)
    timezone = Unicode("", help="The course's time zone, as in Europe/Berlin: days are counted by its calendar, and "
                                "times without a zone are in it.").tag(config=True)

    @validate("percent_per_day", "grace_minutes", "at_most")
    def check_number(self, proposal: Bunch) -> float:
        """Refuse what is no number: the limits above let it pass, since it is neither less nor more."""
        if math.isnan(proposal["value"]):
            raise TraitError(f"c.LatePolicy.{proposal['trait'].name} is not a number")
        return proposal["value"]

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the penalty in points, or None if there is none.

        Parameters
        ----------
        student_id : str
        score : float
            What was earned, in points.
        total_seconds_late : float
            After the due date and the extension.
        """
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        if self.penalty_method != "none":
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        days = math.ceil(total_seconds_late / DAY)
        return score * min(self.at_most, self.percent_per_day * days) / 100 or None

    def describe(self) -> str:
        """Return what lateness costs, in words; "" if it costs nothing."""
        cost = f"{self.percent_per_day:g} % of the marks earned for every day begun" if self.percent_per_day else ""
        if cost and self.at_most < LATE_LIMITS["at_most"]:
            cost += f", at most {self.at_most:g} %"
        if self.penalty_method != "none":
            cost = "all marks"
        if cost and self.grace_minutes:
            cost += f"; up to {self.grace_minutes:g} minutes cost nothing"
        return f"Lateness costs {cost}." if cost else ""


def find_zone(**configured: Any) -> ZoneInfo | None:
    """Return the course's time zone, None if none is set.

    Parameters
    ----------
    **configured
        ``config=`` or ``parent=``, as for any configurable object of traitlets.
    """
    try:
        return times.load_zone(LatePolicy(**configured).timezone)
    except ValueError as error:
        raise CourseError(f"c.LatePolicy.timezone: {error}") from error


def measure_submission(submission: Any, zone: ZoneInfo | None) -> float:
    """Return by how many seconds a submission is late, 0 if it is not.

    Parameters
    ----------
    submission : nbgrader.api.SubmittedAssignment
        With its due date, extension and time of arrival.
    zone : zoneinfo.ZoneInfo or None
        By whose calendar days are counted: see :func:`autograder.course.times.measure_lateness`.
    """
    if submission.duedate is None or submission.timestamp is None:
        return 0.0
    return times.measure_lateness(submission.duedate, submission.timestamp, zone).total_seconds()


def compute_penalty(policy: LateSubmissionPlugin, student: str, score: float, late: float) -> float | None:
    """Return a penalty as nbgrader keeps it: None for none, never more than was earned.

    Parameters
    ----------
    policy : LateSubmissionPlugin
        As from :func:`autograder.gradebook.lateness.load_late_policy`.
    student : str
    score : float
        What was earned, in points.
    late : float
        Seconds after the due date and the extension; up to 0 is on time.
    """
    points = policy.late_submission_penalty(student, score, late) if late > 0 else None
    if points is None:
        return None
    if not isinstance(points, int | float) or not math.isfinite(points):
        raise CourseError(f"the plugin for late penalties ({type(policy).__name__}) gives {points!r}, which is no "
                          f"number of points (for {student})")
    return min(max(points, 0.0), score)
