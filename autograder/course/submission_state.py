"""What a course remembers of each submission beside the gradebook: one small file each, whole or not at all."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course.files import write_atomically


@dataclass
class SubmissionState:
    """How one submission ended.

    Attributes
    ----------
    status : str
        One of "graded", "crashed", "memory", "timeout", "infra-error".
    problem : str
        What went wrong: one line, or nothing.
    seconds : float
        Time the grading took.
    result : str
        Key of the result in the course's store; "" before there is one.
    held : str
        What the gradebook holds (see :func:`autograder.grade.content_key`); "" where it holds nothing yet.
    auto : float
        Sum of the automatic marks that the gradebook then held: a gradebook that was lost or put back is noticed.
    remarks : list of str
        What intake did not admit, and why.
    seen : dict
        grade_id -> checksum of the written answer that the last run put before people.
    settled : dict
        grade_id -> what a person's mark was given for (see :mod:`autograder.gradebook.manual_marks`).
    """

    status: str
    problem: str = ""
    seconds: float = 0.0
    result: str = ""
    held: str = ""
    auto: float = 0.0
    remarks: list = field(default_factory=list)
    seen: dict = field(default_factory=dict)
    settled: dict = field(default_factory=dict)

    @property
    def remark(self):
        """What a person should know: one line, or nothing."""
        return "; ".join(dict.fromkeys(r for r in [self.problem, *self.remarks] if r))


def state_path(course, student, assignment):
    """Return where the state of a submission is kept."""
    return Path(course) / "state" / student / f"{assignment}.json"


def read_state(course, student, assignment):
    """Return the :class:`State` of a submission, or None."""
    try:
        return SubmissionState(**json.loads(state_path(course, student, assignment).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_state(course, student, assignment, state):
    """Keep the state of a submission."""
    write_atomically(state_path(course, student, assignment), json.dumps(asdict(state)))


def list_graded(course):
    """Return (student, assignment) of every submission the course remembers, sorted."""
    files = (Path(course) / "state").glob("*/*.json")
    return sorted((f.parent.name, f.stem) for f in files)
