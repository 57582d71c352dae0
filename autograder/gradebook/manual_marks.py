"""Marks that people gave: which of them are still valid after a regrade.

Whenever nbgrader grades again, it asks for another look at every such mark. Here a mark stays valid as long as what it
was given for is the same: the text of a written answer, or the automatic mark that a person replaced. ``state/`` keeps
what a regrade cannot learn from the gradebook: see ``submitted_checksum`` and ``confirmed_for`` of
:class:`autograder.course.submission_state.SubmissionState`.
"""

from nbformat import NotebookNode
from nbgrader import api, utils

from autograder.course.submission_state import SubmissionState


def apply_auto_mark(grade: api.Grade, cell: NotebookNode, mark: float | None, state: SubmissionState) -> None:
    """Put an automatic mark into a row of the gradebook, and note there whether a person must look at the cell.

    Parameters
    ----------
    grade : nbgrader.api.Grade
        What a person gave (score, credit) stays as it is.
    cell : NotebookNode
        As it is graded.
    mark : float or None
        None where only a person can give one. A written answer that was not found gets none: nbgrader's rule is 0.
    state : SubmissionState
        Of the submission; its ``submitted_checksum`` and ``confirmed_for`` are brought up to date.
    """
    name, now = cell.metadata.nbgrader["grade_id"], describe_subject(cell, mark)
    if utils.is_solution(cell) and name in state.not_found:
        mark = None
    if grade.manual_score is None:
        state.confirmed_for.pop(name, None)
    elif not grade.needs_manual_grade:  # given or confirmed since the last run, for what the person saw then
        if utils.is_solution(cell):
            state.confirmed_for[name] = state.submitted_checksum.get(name)
        else:
            state.confirmed_for[name] = format_mark(grade.auto_score)
    if utils.is_solution(cell):
        state.submitted_checksum[name] = now
    if grade.manual_score is None:
        is_settled = mark is not None
    else:
        is_settled = state.confirmed_for.get(name) == now
    grade.auto_score, grade.needs_manual_grade = mark, not is_settled


def describe_subject(cell: NotebookNode, mark: float | None) -> str:
    """Return what a person's mark is given for: a written answer (text and points), or the grader's own mark."""
    return utils.compute_checksum(cell) if utils.is_solution(cell) else format_mark(mark)


def format_mark(mark: float | None) -> str:
    """Format an automatic mark with six significant digits, for comparison."""
    return f"{mark or 0.0:.6g}"
