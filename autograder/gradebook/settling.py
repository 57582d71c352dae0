"""A person's word that a submission which was to look at has been looked at: its marks count as final.

It holds for what the person saw: what was said of the submission, and what the course took from it. Where either is
another after a regrade, the submission is to look at once more.
"""

import sys
from dataclasses import replace
from pathlib import Path

from autograder.course import submission_state
from autograder.errors import CourseError
from autograder.gradebook import records

NONE = "No submission is to look at."


def run_settle(course: Path, student: str | None, assignment: str | None) -> int:
    """List what is to look at, or say of one submission that a person has looked; return the exit code.

    Parameters
    ----------
    course : pathlib.Path
    student, assignment : str or None
        As tables name them; None lists all.

    Raises
    ------
    CourseError
        If the course does not hold this submission, or only one of the two is given.
    """
    if student is None:
        waiting = [r for r in records.iter_records(course, work=False) if r.status == "to-look-at"]
        print("\n".join(f"{r.student} {r.assignment}: {r.remark}" for r in waiting) or NONE)
        return 0
    if assignment is None:
        raise CourseError("the assignment is missing", f"as in: settle {student} 03_initialization")
    record = next(records.iter_records(course, only=[(student, assignment)], work=False), None)
    state = submission_state.read_state(course, student, assignment)
    if record is None or state is None:
        raise CourseError(f"the course holds no submission {student} {assignment}",
                          "settle without names lists those that are to look at")
    if record.status != "to-look-at":
        print(f"{student} {assignment}: nothing is to look at here ({record.status}).")
        return 0
    seen = records.list_seen(course, (student, assignment), state)
    submission_state.write_state(course, student, assignment, replace(state, looked_at=seen))
    print(f"{student} {assignment}: you have looked at this: {'; '.join(state.doubts)}.")
    if record.manual_pending:
        print(f"{record.manual_pending} of its answers wait for your mark in formgrader.", file=sys.stderr)
    else:
        print(f"Its {record.score:g} of {record.max_score:g} points are final. Another submission is looked at anew.")
    return 0
