"""How each submission ended, as the course remembers it outside the gradebook: one small file each."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course.files import write_atomically

OLD_NAMES = {"seen": "submitted_checksum", "settled": "confirmed_for", "held": "graded_key", "auto": "auto_score"}
"""Names of fields in files of earlier versions -> their names today."""


@dataclass
class SubmissionState:
    """How one submission ended.

    Attributes
    ----------
    status : str
        One of "graded", "crashed", "memory", "timeout", "infra-error".
    problem : str
        What went wrong, in one line; "" if nothing did.
    seconds : float
        Time the grading took.
    result : str
        Key of the result in the course's store; "" before there is one.
    graded_key : str
        Hash of what the gradebook holds (see :func:`autograder.grade.hash_content`); "" if it holds nothing yet.
    auto_score : float
        Sum of the automatic marks in the gradebook at that time: shows that a gradebook was lost or restored.
    remarks : list of str
        What the inbox did not admit, and why.
    doubts : list of str
        For what a person has to look at the submission.
    not_found : list of str
        grade_ids of answers that were not recognised: if a person reads them, they get no automatic mark.
    members : list of str
        The students of a group who handed it in together; none if it is one student's.
    submitted_checksum : dict
        grade_id -> checksum of the written answer in the last run.
    confirmed_for : dict
        grade_id -> what a person's mark was given for (see :mod:`autograder.gradebook.manual_marks`).
    looked_at : list of str
        What a person saw who said that they had looked at it (see :mod:`autograder.gradebook.settling`).
    """

    status: str
    problem: str = ""
    seconds: float = 0.0
    result: str = ""
    graded_key: str = ""
    auto_score: float = 0.0
    remarks: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    submitted_checksum: dict[str, str] = field(default_factory=dict)
    confirmed_for: dict[str, str | None] = field(default_factory=dict)
    looked_at: list[str] = field(default_factory=list)

    @property
    def remark(self) -> str:
        """What a person should know: one line, or nothing."""
        return "; ".join(dict.fromkeys(r for r in [self.problem, *self.doubts, *self.remarks] if r))


def name_status(status: str, doubts: Collection[str], waits: bool) -> str:
    """Return the status that tables and pages show: the one rule for the course and for Gradescope.

    Parameters
    ----------
    status : str
        How the grading ended.
    doubts : collection of str
        For what a person has to look at the submission; this goes before everything but a failure of the grader.
    waits : bool
        An answer waits for a person's mark.
    """
    if doubts and status != "infra-error":
        return "to-look-at"
    return "manual-pending" if status == "graded" and waits else status


def state_path(course: str | Path, student: str, assignment: str) -> Path:
    """Return the file with the state of a submission.

    Parameters
    ----------
    course : path
        The course folder.
    student : str
        As in the roster.
    assignment : str
        As in "01_activations".
    """
    return Path(course) / "state" / student / f"{assignment}.json"


def read_state(course: str | Path, student: str, assignment: str) -> SubmissionState | None:
    """Return the state of a submission, or None if there is no readable file; files of earlier versions are read, too.

    Parameters
    ----------
    course : path
        The course folder.
    student : str
        As in the roster.
    assignment : str
        As in "01_activations".
    """
    try:
        fields = json.loads(state_path(course, student, assignment).read_text())
        return SubmissionState(**{OLD_NAMES.get(name, name): value for name, value in fields.items()})
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return None


def write_state(course: str | Path, student: str, assignment: str, state: SubmissionState) -> None:
    """Store the state of a submission.

    Parameters
    ----------
    course : path
        The course folder.
    student : str
        As in the roster.
    assignment : str
        As in "01_activations".
    state : SubmissionState
    """
    write_atomically(state_path(course, student, assignment), json.dumps(asdict(state)))


def list_graded(course: str | Path) -> list[tuple[str, str]]:
    """Return (student, assignment) of every submission the course remembers, sorted."""
    files = (Path(course) / "state").glob("*/*.json")
    return sorted((f.parent.name, f.stem) for f in files)
