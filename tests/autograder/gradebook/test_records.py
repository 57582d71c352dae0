"""What the course remembers: is a record what gradebook, results and uploads together say?"""

import os

import gradebooks
import pytest
from nbgrader.api import Gradebook

from autograder.course import submission_state
from autograder.errors import AutograderError
from autograder.exports import export
from autograder.gradebook import admission, records
from autograder.gradebook.database import read_database_address
from autograder.inbox import uploads
from autograder.inbox.submitted_folder import MAX_MODULE, MAX_NOTEBOOK, read_module
from autograder.reports import class_report, explain, feedback, marks_tables, similarity

FIRST, SECOND = "01_activations", "03_initialization"


@pytest.fixture
def mine(course, tmp_path):
    """Return a course with three submissions: one that a person changed, one late, one that could not be graded."""
    mine = gradebooks.copy_of(course, tmp_path)
    uploads.place_upload(uploads.Upload("ada", FIRST, "# mine\n", {}), mine)
    with Gradebook(read_database_address(mine)) as gradebook:
        for student, assignment in (("ada", FIRST), ("ada", SECOND), ("ben", FIRST)):
            gradebooks.hand_in(mine, gradebook, student, assignment, 0.5)
        notebook = gradebook.find_submission_notebook(FIRST, FIRST, "ada")
        mark = next(g for g in notebook.grades if g.name == "relu-forward-test")
        mark.manual_score, mark.extra_credit = 0.25, 0.125
        comment = next(c for c in notebook.comments if c.name == written_of(mine)[0])
        comment.manual_comment, comment.auto_comment = "Say why.", "No response."
        gradebook.find_submission_notebook(SECOND, SECOND, "ada").late_submission_penalty = 2.5
        gradebook.db.commit()
    submission_state.write_state(
        mine, "ben", FIRST, submission_state.SubmissionState("infra-error", "no runner", remarks=["x.txt: left out"])
    )
    return mine


def written_of(course):
    """Return the names of the first assignment's written answers."""
    return [name for name, kind, _ in records.list_graded_cells(course, FIRST) if kind == "written"]


def test_marks_keep_the_notebooks_order_and_a_persons_changes(mine):
    """Are marks in the notebook's order with what a person changed?"""
    record = records.load_records(mine)[0]
    assert [m.grade_id for m in record.marks] == [name for name, _, _ in records.list_graded_cells(mine, FIRST)]
    marks = {m.grade_id: m for m in record.marks}
    assert marks["relu-forward-test"].score == 0.375 and marks["relu-forward-test"].kind == "function"
    assert marks["relu-forward-test"].auto_score == 0.5 * marks["relu-forward-test"].max_score
    assert marks["relu-forward-test"].outcomes[0]["message"] == "a hidden input"
    first, *others = written_of(mine)
    assert marks[first].comment == "Say why." and not any(marks[name].comment for name in others)
    assert record.status == "manual-pending" and record.manual_pending == 1 + len(others)
    assert record.score == pytest.approx(sum(m.score for m in record.marks))


def test_students_work_is_included_only_on_request(mine):
    """Is the student's own work there and left out where it is not asked for?"""
    record = records.load_records(mine)[0]
    assert record.module == "# mine\n" and set(written_of(mine)) < set(record.answers)
    assert next(records.iter_records(mine, work=False)).module is None


def test_penalty_is_subtracted_once_and_lines_sum_to_the_score(mine):
    """Is a penalty taken off once and do the lines of the table sum to the score?"""
    record = next(records.iter_records(mine, only=[("ada", SECOND)]))
    assert record.late_penalty == 2.5 and record.score == pytest.approx(sum(m.score for m in record.marks) - 2.5)
    for record in records.iter_records(mine):
        assert sum(row[4] for row in marks_tables.make_grade_rows(record)) == pytest.approx(record.score)


def test_infra_error_is_not_a_mark(mine):
    """Is an infra error no mark at all?"""
    record = records.load_records(mine)[-1]
    assert (record.student, record.status, record.marks, record.score, record.max_score) == (
        "ben", "infra-error", [], 0, 0)
    assert record.remark == "no runner; x.txt: left out"


@pytest.mark.parametrize("at_once", [1, 50])
def test_records_read_singly_equal_those_read_together(mine, monkeypatch, at_once):
    """Is one after the other the same as all at once?"""
    expected = records.load_records(mine)
    monkeypatch.setattr(records, "STUDENTS_AT_ONCE", at_once)
    assert list(records.iter_records(mine)) == expected and len(expected) == 3
    assert [r.assignment for r in records.iter_records(mine, [SECOND])] == [SECOND]
    assert records.load_records(mine, []) == []


@pytest.mark.parametrize("text", ['{"cells": ' + "[" * 200_000, '{"cells": [1, {"metadata": 2}]}', "[]",
                                  " " * 2 * 2**20, " " * (MAX_NOTEBOOK + 1),
                                  '{"cells": [{"metadata": {"nbgrader": {"solution": 1}}}]}'])
def test_notebook_that_admission_did_not_place_shows_no_answer(tmp_path, text):
    """Somebody may have put anything into ``submitted/``: is it read within limits, or not at all?"""
    (tmp_path / f"{FIRST}.ipynb").write_text(text)
    assert records.read_answers(tmp_path, FIRST, tmp_path) == {}


def test_links_pipes_and_oversized_modules_are_no_module(tmp_path):
    """Is nothing read of what admission never places?"""
    (tmp_path / "large.py").write_text("#" * (MAX_MODULE + 1))
    (tmp_path / "link.py").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.py")
    assert [read_module(tmp_path / f"{name}.py") for name in ("large", "link", "pipe", "none")] == [None] * 4


# -- an assignment that the registry does not list any more ---------------------------------------------------------

GONE = "77_gone"
READERS = {
    "report": lambda course, out: class_report.run_report(course, out / "report.html"),
    "feedback": lambda course, out: feedback.run_feedback(course, out / "feedback"),
    "similar": lambda course, out: similarity.run_similarity(course, output=out / "similar.html"),
    "tables": lambda course, out: marks_tables.write_tables(course, submission_state.list_graded(course), out),
    **{kind: lambda course, out, kind=kind: export.run_export(course, out, kind) for kind in export.KINDS
       if kind not in ("brightspace", "blackboard")},  # they fill a table of the LMS, and read the same records
}
"""Everything that reads the whole gradebook; the other readers are asked for registered assignments by name."""


@pytest.fixture
def shrunk(mine):
    """Return a course whose gradebook and state have a submission of an assignment that is not registered."""
    with Gradebook(read_database_address(mine)) as gradebook:
        gradebook.add_assignment(GONE)
        gradebook.add_submission(GONE, "ada")
    submission_state.write_state(mine, "ada", GONE, submission_state.SubmissionState("graded", result="none"))
    return mine


@pytest.mark.parametrize("reader", READERS)
def test_marks_of_a_removed_assignment_are_named_once_and_the_rest_is_shown(shrunk, tmp_path, capsys, reader):
    """Is there one sentence on stderr, no error, and every other assignment in what is written?"""
    READERS[reader](shrunk, tmp_path / "out")
    told = capsys.readouterr().err
    assert told.count(GONE) == 1 and "no topic" in told and "stay in the gradebook" in told
    written = "".join(p.read_text() for p in (tmp_path / "out").rglob("*.*")).lower()
    assert written and GONE not in written
    assert reader == "similar" or (FIRST[3:] in written and SECOND[3:] in written)


def test_nothing_is_said_of_a_removed_assignment_that_was_not_asked_for(shrunk, capsys):
    """Does who asks for one assignment read nothing about another?"""
    assert {r.assignment for r in records.iter_records(shrunk, [FIRST])} == {FIRST}
    assert not capsys.readouterr().err


def test_who_asks_for_a_removed_assignment_by_name_reads_that_it_is_unknown(shrunk, capsys):
    """Do the readers of one submission say in a sentence that there is no such assignment?"""
    assert explain.explain_marks(shrunk, "ada", GONE) == 2 and f"no assignment '{GONE}'" in capsys.readouterr().err
    with pytest.raises(AutograderError, match=f"{GONE}: unknown assignment"):
        admission.admit_folder(shrunk, "ada", GONE)
