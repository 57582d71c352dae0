"""The class report: are its numbers those of the records, and is it readable however large the class is?"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_class import NASTY, SECRET, XHTML, answer, elements, function, outcome, record, rows, text_of

from autograder.course.settings import CourseSettings
from autograder.gradebook import records
from autograder.gradebook.records import Mark
from autograder.reports import class_report
from autograder.reports.html import format_percent, format_points

SENTENCE = "The gradient stops where x is not positive."


def page(tmp_path, *found):
    """Write a report; return its elements and its text."""
    class_report.write_report(found, tmp_path / "report.html")
    parsed, wrong = elements(tmp_path / "report.html")
    assert not wrong
    return parsed, text_of(next(e for e in parsed if e.tag == XHTML + "body"))


def submission(student, good, assignment="01_activations", **more):
    """Return a submission with one function right or wrong (a known mistake), one answer and a written answer."""
    lost = {} if good else {"status": "failed", "hint": SENTENCE, "mistake": "gate_on_dout"}
    outcomes = [outcome("dx", 1.5, **lost), outcome("edge sizes", 0.5, **lost), outcome("shape")]
    marks = [function("relu_backward", *outcomes),
             answer("depth-answer", outcome("answer", 1.0, "passed" if good else "not implemented")),
             Mark("signs-explanation", "written", 0.0, 3.0, needs_manual=more.pop("waits", False))]
    return record(student, marks, assignment, **more)


def a_class(n, good=lambda i: i % 4):
    """Return n submissions of one assignment."""
    return [submission(f"s{i:05d}", good(i)) for i in range(n)]


def test_every_aspect_has_the_share_that_passed_it(tmp_path):
    """Is every aspect there with the share that passed it?"""
    found, text = page(tmp_path, *a_class(20))
    assert ["relu_backward", "83 %", "dx 75 % edge sizes 75 % shape 100 %"] in [
        [c.replace("\N{NO-BREAK SPACE}", " ") for c in row] for row in rows(found)]
    assert "20 students, 20 submissions of 1 assignment." in text


def test_named_mistake_counts_once_per_submission(tmp_path):
    """Is a named mistake counted once per submission with its sentence?"""
    found, _ = page(tmp_path, *a_class(20))
    assert ["5 of 20", "gate on dout relu_backward", SENTENCE] in rows(found)


def test_ten_commonest_mistakes_are_listed_and_no_more():
    """Are the ten commonest mistakes listed and no more?"""
    tally = class_report.AssignmentStats("01_activations")
    for i in range(15):
        for student in range(i + 1):
            mark = function(f"f{i:02d}", outcome("a", 1.0, "failed", f"sentence {i}", "wrong"))
            tally.add(record(f"s{student}", [mark]))
    assert [(m["count"], m["teaches"]) for m in class_report.find_commonest_mistakes([tally])] == [
        (i + 1, f"sentence {i}") for i in range(14, 4, -1)]


def test_hardest_question_has_the_lowest_mean_share():
    """Is the hardest question the one with the lowest mean share?"""
    marks = {"easy": [1, 1, 1, 0], "hard": [0, 0.5, 0, 0], "middle": [1, 0, 1, 0]}
    tally = class_report.AssignmentStats("01_activations")
    for i in range(4):
        tally.add(record(f"s{i}", [Mark(f"{n}-test", "function", m[i] * 4.0, 4.0) for n, m in marks.items()]))
    hardest = class_report.list_common_mistakes([tally])["hardest"]
    assert [(q.name, q.share) for q in hardest] == [("hard", 0.125), ("middle", 0.5), ("easy", 0.75)]


def test_unanswered_question_is_named_and_not_taken_for_hard(tmp_path):
    """Is what nobody answered named and not taken for hard?"""
    found = a_class(4)
    part = class_report.list_common_mistakes(class_report.count_marks(found)[0])
    assert [q.name for q in part["unanswered"]] == ["signs-explanation"]
    assert {q.name for q in part["hardest"]} == {"relu_backward", "depth-answer"}
    assert "Nobody answered signs-explanation." in page(tmp_path, *found)[1]
    part = class_report.list_common_mistakes(class_report.count_marks([*found, submission("zoe", True, waits=True)])[0])
    assert part["unanswered"] == [] and len(part["hardest"]) == 2  # one has answered, and waits


def test_waiting_answer_is_left_out_and_counted(tmp_path):
    """Is an answer that waits left out of its question and counted?"""
    (tally,), _ = class_report.count_marks([submission("ada", True, waits=True), submission("ben", True)])
    written = tally.questions["signs-explanation"]
    assert (written.waiting, len(written.scores), written.empty, tally.waiting) == (1, 1, 1, 1)
    _, text = page(tmp_path, submission("ada", True, waits=True, status="manual-pending"))
    assert "1 written answer waits: signs-explanation 1. Their points are not in the marks yet." in text
    assert "1 graded up to written answers, which wait for a person" in text


def test_correlation_with_the_rest_excludes_the_question_itself():
    """One question that goes against the others must come first, with Pearson's r of the others' sum."""
    rng, n = np.random.default_rng(3), 60
    able = rng.random(n)
    marks = {f"q{i}": (able + 0.3 * rng.random(n) > 0.6).astype(float) for i in range(5)}
    marks["against"] = (able < 0.5).astype(float)
    marks["everybody"] = np.ones(n)
    (tally,), _ = class_report.count_marks(
        record(f"s{i:02d}", [Mark(f"{q}-test", "function", m[i], 1.0) for q, m in marks.items()]) for i in range(n)
    )
    found = class_report.list_weakest_questions(tally)
    question, r, low, high = found["lines"][0]
    rest = sum(m for q, m in marks.items() if q != "against")
    assert question.name == "against" and r == pytest.approx(np.corrcoef(marks["against"], rest)[0, 1])
    assert low < r < high < 0 and [q.name for q in found["same"]] == ["everybody"]


def test_interval_covers_the_true_correlation_at_its_stated_rate():
    """95 % of 400 samples within 4 standard errors (1.1 points each) of normal pairs with r = 0.6."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 30))
    y = 0.6 * x + 0.8 * rng.standard_normal((400, 30))
    held = np.mean([low < 0.6 < high for _, low, high in map(class_report.correlate, x, y)])
    assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 400)


def test_too_few_submissions_print_no_correlation(tmp_path):
    """Is no correlation printed where there are too few submissions?"""
    _, text = page(tmp_path, *a_class(class_report.ENOUGH - 1))
    assert "Too few submissions to say anything: a correlation is printed from 10 on." in text
    assert "95 % interval" not in text
    _, text = page(tmp_path, *a_class(class_report.ENOUGH))
    assert "95 % interval" in text and "Too few" not in text


def test_list_of_cases_for_a_person_starts_with_the_worst(tmp_path):
    """Does whoever needs a person stand in the list the worst first?"""
    found, text = page(tmp_path, submission("ada", True), submission("ben", True, remark="notes.txt: left out"),
                       submission("cy", False, status="timeout"), submission("eli", True, late_penalty=1.0),
                       record("dee", [], status="infra-error", remark="no disk"))
    listed = [row for row in rows(found) if row[0] in ("ada", "ben", "cy", "dee", "eli")]
    assert listed == [["dee", "could not be graded yet", "no disk"], ["cy", "ran into the time limit", ""],
                      ["ben", "graded", "notes.txt: left out"]]
    assert "1 could not be graded yet: run grade again" in text and "1 of them lost points for lateness" in text


def test_infra_error_is_in_no_statistic():
    """Is an infra error in no statistic of marks?"""
    (tally,), marks = class_report.count_marks([submission("ada", True), record("ben", [], status="infra-error")])
    assert tally.number == 2 and list(tally.shares) == [pytest.approx(4 / 7)] and set(marks) == {"ada", "ben"}


def test_student_text_is_escaped_and_instructor_messages_left_out(tmp_path):
    """Is whatever a student writes text and the instructor's message left out?"""
    _, text = page(tmp_path, submission("ada", False, remark=NASTY[:300], status="crashed"))
    assert "<script>alert(1)</script>" in text and SECRET not in text


def test_course_precedes_its_assignments_and_one_stands_alone(tmp_path):
    """Does a course come before its assignments and one assignment stand alone?"""
    names = ("00_linear_classifier", "01_activations")
    found, text = page(tmp_path, *(submission(s, s == "ada", a) for s in ("ada", "ben") for a in names))
    headings = [text_of(e) for e in found if e.tag == XHTML + "h2"]
    assert headings == ["The whole course", "00 Linear classifier", "01 Activations", "How to read this"]
    assert "mean 36 %" in text.replace("\N{NO-BREAK SPACE}", " ")  # ada 4 + 4 of 14, ben 1 + 1
    found, _ = page(tmp_path, submission("ada", True))
    assert [text_of(e) for e in found if e.tag == XHTML + "h2"] == ["01 Activations", "How to read this"]


def test_missing_submission_is_a_zero_in_the_total():
    """Is an assignment that a student did not hand in a zero in the total?"""
    tallies, marks = class_report.count_marks(
        [submission("ada", True, "00_linear_classifier"), submission("ada", True), submission("ben", True)]
    )
    facts = class_report.describe_course(
        tallies, class_report.list_course_shares(tallies, marks, CourseSettings()))["facts"]
    assert facts["mean"] == pytest.approx((8 + 4) / 2 / 14)


def test_every_chart_gives_its_numbers_in_words(tmp_path):
    """Does every picture say its numbers in words?"""
    found, _ = page(tmp_path, *a_class(40))
    alts = [e.get("alt") for e in found if e.tag == XHTML + "img"]
    assert len(alts) == 2 and "40 submissions. Mean 46%, median 57%" in alts[0] and "median 1.5" in alts[1]


@pytest.mark.parametrize("found", [[], [submission("ada", False)], [record("ada", [], status="infra-error")]])
def test_class_of_nobody_or_one_gets_a_page(tmp_path, found):
    """Is a class of nobody or one a page too?"""
    _, text = page(tmp_path, *found)
    assert "nan" not in text.lower() and ("Nothing is graded yet" in text) == (not found or not found[0].marks)


def test_page_stays_small_for_two_thousand_submissions(tmp_path):
    """Does the page stay small for two thousand submissions?"""
    def trouble(i):
        return submission(f"s{i:05d}", i % 3, status="timeout", remark="x" * 200)

    page(tmp_path, *map(trouble, range(100)))
    small = (tmp_path / "report.html").stat().st_size
    found, text = page(tmp_path, *map(trouble, range(2_000)))
    assert sum(bool(re.fullmatch(r"s\d{5}", row[0])) for row in rows(found)) == class_report.LISTED
    assert "2,000 submissions to look at" in text and "And 1,960 more: summary.csv" in text
    assert (tmp_path / "report.html").stat().st_size < 1.5 * small


def test_run_reads_the_course_or_says_what_to_do(tmp_path, monkeypatch, capsys):
    """Does run read the course and say what to do where there is nothing?"""
    with pytest.raises(FileNotFoundError, match="no course folder"):
        class_report.run_report(tmp_path / "nowhere", tmp_path / "report.html")
    asked = []
    monkeypatch.setattr(records, "iter_records", lambda course, wanted: asked.append(wanted) or iter(a_class(3)))
    assert class_report.run_report(tmp_path, tmp_path / "report.html", "01_activations") == 0 and asked == [
        ["01_activations"]
    ]
    assert "report: 3 submissions of 3 students in" in capsys.readouterr().out
    monkeypatch.setattr(records, "iter_records", lambda course, wanted: iter([]))
    assert class_report.run_report(tmp_path, tmp_path / "report.html") == 0
    assert "`python -m autograder grade` comes first" in capsys.readouterr().out


@given(st.floats(0, 1))
def test_share_is_shown_as_all_or_nothing_only_when_exact(share):
    """Is a share shown as all or nothing only where it is?"""
    text = format_percent(share)
    assert (text == format_percent(0.0)) == (share == 0) and (text == format_percent(1.0)) == (share == 1)


@pytest.mark.parametrize("value, text", [(0.0, "0"), (-0.0001, "0"), (2.0, "2"), (0.1 + 0.2, "0.3"), (54.5, "54.5"),
                                         (1_000_000.0, "1000000"), (-1.25, "\N{MINUS SIGN}1.25")])
def test_points_are_short_and_plain(value, text):
    """Are points short and plain?"""
    assert format_points(value) == text
