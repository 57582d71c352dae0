"""What lateness costs: the plugin that nbgrader asks for penalties, set up in a course's ``nbgrader_config.py``."""

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Bunch, Float, TraitError, Unicode, validate

DAY = 24 * 60 * 60
MOST_MINUTES = 366 * 24 * 60.0


class LatePolicy(LateSubmissionPlugin):
    """What lateness costs: a share of what was earned for every day begun.

    ``penalty_method = "zero"``, nbgrader's own, takes everything instead.
    """

    percent_per_day = Float(0.0, min=0.0, max=100.0,
                            help="Per cent of the earned marks lost for every day begun.").tag(config=True)
    grace_minutes = Float(0.0, min=0.0, max=MOST_MINUTES,
                          help="This much costs nothing; later, days count from the due date.").tag(config=True)
    at_most = Float(100.0, min=0.0, max=100.0, help="Per cent that can be lost.").tag(config=True)
    timezone = Unicode("", help="Time zone of times without one, as in Europe/Berlin.").tag(config=True)

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
