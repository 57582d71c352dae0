"""Marks that people gave: which of them still stand after a regrade.

nbgrader asks for another look at every such mark whenever it grades again. Here a mark stands as long as what it was
given for is the same: the text of a written answer, or the automatic mark that a person replaced. ``state/`` keeps
what a regrade cannot know from the gradebook: see ``submitted_checksum`` and ``confirmed_for`` of
:class:`autograder.course.submission_state.SubmissionState`.
"""

from nbgrader import utils


def apply_auto_mark(grade, cell, mark, known):
    """Put an automatic mark into a row of the gradebook, and say there whether a person must look at the cell.

    Parameters
    ----------
    grade : nbgrader.api.Grade
        What a person gave (score, credit) stays as it is.
    cell : NotebookNode
        As it is graded.
    mark : float or None
        None where only a person can give one.
    known : autograder.course.submission_state.SubmissionState
        Of the submission; its ``submitted_checksum`` and ``confirmed_for`` are brought up to date.
    """
    name, now = cell.metadata.nbgrader["grade_id"], describe_subject(cell, mark)
    if grade.manual_score is None:
        known.confirmed_for.pop(name, None)
    elif not grade.needs_manual_grade:  # given, or confirmed, since the last run: for what then lay before the person
        if utils.is_solution(cell):
            known.confirmed_for[name] = known.submitted_checksum.get(name)
        else:
            known.confirmed_for[name] = format_mark(grade.auto_score)
    if utils.is_solution(cell):
        known.submitted_checksum[name] = now
    stands = mark is not None if grade.manual_score is None else known.confirmed_for.get(name) == now
    grade.auto_score, grade.needs_manual_grade = mark, not stands


def describe_subject(cell, mark):
    """Return what a person's mark is given for: a written answer (text and points), or the grader's own mark."""
    return utils.compute_checksum(cell) if utils.is_solution(cell) else format_mark(mark)


def format_mark(mark):
    """Return an automatic mark as text that does not depend on the last bits."""
    return f"{mark or 0.0:.6g}"
