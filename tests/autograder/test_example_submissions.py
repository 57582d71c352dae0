"""The two submissions in ``docs/example_submissions``, which a newcomer opens first, get the marks that they should."""

import shutil

import pytest

from autograder import grade
from autograder.gradebook import records
from autograder.reference import ROOT

ASSIGNMENT = "03_initialization"

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """Return student -> record of the two."""
    mine = shutil.copytree(course, tmp_path_factory.mktemp("examples") / "course")
    grade.grade_class(ROOT / "docs" / "example_submissions", mine, jobs=1)
    return {record.student: record for record in records.iter_records(mine)}


def lost_marks(record):
    """Return grade_id -> names of the aspects that were lost, without the written answers."""
    return {m.grade_id: [o["aspect"] for o in m.outcomes if o["status"] != "passed"] for m in record.marks
            if m.kind != "written" and m.score < m.max_score}


def test_full_submission_loses_only_written_answers(graded):
    """Does the full one have every mark that the grader gives, its written answers left as they were released?"""
    written = sum(m.max_score for m in graded["ada"].marks if m.kind == "written")
    assert lost_marks(graded["ada"]) == {} and graded["ada"].status == "graded"
    assert written == 3 and graded["ada"].score == graded["ada"].max_score - written


def test_single_mistake_loses_its_function_alone(graded):
    """Does the one with a single mistake lose marks for that function only, and is the mistake named?"""
    lost = lost_marks(graded["gus"])
    assert list(lost) == ["xavier-init-test"]
    hints = [o["hint"] for m in graded["gus"].marks for o in m.outcomes if o["mistake"]]
    assert hints and all(hints)
    assert graded["ada"].score - graded["gus"].score == pytest.approx(13.5 - 12.65)
