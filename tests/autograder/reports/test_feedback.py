"""Feedback pages: do they say everything a student needs, and nothing that they must not read?"""

from html import unescape
from re import sub

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_class import NASTY, SECRET, XHTML, answer, elements, function, outcome, record, rows, text_of

from autograder.gradebook.records import Mark
from autograder.reports import code_html, feedback
from autograder.reports.html import UNWRITTEN

HINT = "The gradient stops where x is not positive."


def page(tmp_path, *found):
    """Write the page of one student; return its elements and its text."""
    assert feedback.write_feedback(found, tmp_path) == 1
    parsed, wrong = elements(tmp_path / f"{found[0].student}.html")
    assert not wrong
    body = next(e for e in parsed if e.tag == XHTML + "body")
    return parsed, text_of(body)


def some_marks():
    """Return a function right in part, an answer not given, and two written answers."""
    return [function("relu_backward", outcome("dx", 1.5, "failed", HINT, "gate_on_dout"), outcome("shape", 0.5)),
            answer("depth-answer", outcome("answer", 1.0, "not implemented", "not answered yet")),
            Mark("signs-explanation", "written", 2.5, 3.0, comment="Say what a batch changes."),
            Mark("diagnosis-explanation", "written", 0.0, 3.0, needs_manual=True)]


def test_page_has_marks_hints_and_comments(tmp_path):
    """Does the page have marks by question and aspect hints and comments?"""
    answers = {"depth-answer": "# a letter\nanswer_depth = ...", "signs-explanation": "All signs are equal."}
    found, text = page(tmp_path, record("ada", some_marks(), module="def relu(x):\n    return x\n", answers=answers))
    lines = rows(found)
    assert ["01 Activations 1 written answer waits for a person (up to 3 points more).", "3 of 9"] in lines
    assert ["dx", "0 of 1.5", f"not right {HINT}"] in lines and ["shape", "0.5 of 0.5", "right"] in lines
    assert ["depth-answer", "0 of 1", "left open You wrote answer_depth = ..."] in lines
    assert f"relu_backward 1.5 points lost dx: {HINT}" in text
    assert "signs-explanation 2.5 of 3 points All signs are equal. Comment Say what a batch changes." in text
    assert "diagnosis-explanation waits for a person" in text and "def relu(x):" in text


def test_instructor_only_text_is_absent(tmp_path):
    """Is what only the instructor may read not there?"""
    page(tmp_path, record("ada", some_marks(), status="timeout"))
    written = (tmp_path / "ada.html").read_text()
    assert SECRET not in written and "2.71828" not in written and "gate_on_dout" not in written


def test_any_text_stays_text_on_a_valid_page(tmp_path):
    """Is whatever a student or grader writes text on a valid page?"""
    marks = [answer("depth-answer", outcome("answer", 1.0, "failed", NASTY)), function("relu", outcome(NASTY)),
             Mark("signs-explanation", "written", 0.0, 3.0, comment=NASTY)]
    answers = {"depth-answer": NASTY, "signs-explanation": NASTY}
    found = record("ada", marks, remark=NASTY, module=NASTY * 3, answers=answers)
    _, text = page(tmp_path, found)  # valid, and nothing in it that runs or loads: see made_class.elements
    assert text.count("<script>alert(1)</script>") >= 8


def test_questions_failing_for_one_reason_are_listed_once(tmp_path):
    """Are questions that failed for one reason one thing to look at?"""
    def error(name):
        return function(name, *(outcome(a, 1.0, "error", f"x.py does not parse: line 3. {a} is good.") for a in "ab"))

    problems = feedback.list_first_steps(
        [error("relu"), function("elu", outcome("dx", 0.5, "failed", HINT)), error("tanh")]
    )
    assert [(p["names"], p["lost"]) for p in problems] == [(["relu", "tanh"], 4.0), (["elu"], 0.5)]
    assert problems[0]["hints"] == [([], "x.py does not parse: line 3.")]
    found, _ = page(tmp_path, record("ada", [error("relu")]))
    assert ["a", "0 of 1", "error a is good."] in rows(found)


def test_waiting_hint_gives_way_to_its_cause():
    """Does a hint that waits for another give way to it?"""
    waits = outcome("shape", 0.1, "failed", "counts once the numbers are right")
    assert feedback.list_hints(function("relu", outcome("values", 1.0, "failed", HINT), waits)) == [([], HINT)]
    assert feedback.list_hints(function("relu", outcome("values"), waits)) == [
        (["shape"], "Counts once the numbers are right.")]


def test_full_marks_leave_nothing_to_look_at(tmp_path):
    """Does full marks leave nothing to look at?"""
    assert feedback.list_first_steps([function("relu", outcome("values"))]) == []
    _, text = page(tmp_path, record("ada", [function("relu", outcome("values"))]))
    assert "1 of 1 points in 1 assignment." in text and "Nothing: every question" in text


@pytest.mark.parametrize("more, said", [
    ({"late_penalty": 2.0}, "It came late: 2 points were taken off."),
    ({"status": "timeout"}, "ran into the time limit"),
    ({"status": "memory"}, "ran into the memory limit"),
    ({"status": "crashed", "remark": "relu.py is missing"}, "relu.py is missing."),
    ({"status": "graded", "remark": "notes.txt: left out"}, "notes.txt: left out."),
])
def test_top_of_the_page_says_what_was_unusual(tmp_path, more, said):
    """Does the top say what went unusually?"""
    found, _ = page(tmp_path, record("ada", some_marks(), **more))
    assert said in rows(found)[1][0]


def test_infra_error_is_no_zero_and_its_remark_is_hidden(tmp_path):
    """Is an infra error not a zero and its remark not the student's?"""
    _, text = page(tmp_path, record("ada", [], status="infra-error", remark="/srv/course: disk full"))
    assert "not a zero" in text and "0 of 0 points" not in text.replace("0 of 0 points in 1 assignment", "")
    assert "/srv/course" not in text


def test_mark_changed_by_a_person_says_so(tmp_path):
    """Does a mark that a person changed say so?"""
    mark = Mark("relu-test", "function", 0.75, 1.0, outcomes=[outcome("a", 0.5), outcome("b", 0.5)], auto_score=1.0)
    found, _ = page(tmp_path, record("ada", [mark]))
    assert ["relu", "0.75 of 1", ""] in rows(found) and ["changed by a person", "\N{MINUS SIGN}0.25", ""] in rows(found)


def test_untouched_written_answer_is_not_shown_as_the_students(tmp_path):
    """Is an untouched written answer not shown as the student's words?"""
    marks = [Mark("signs-explanation", "written", 0.0, 3.0)]
    _, text = page(tmp_path, record("ada", marks, answers={"signs-explanation": UNWRITTEN}))
    assert "Nothing was written here." in text and UNWRITTEN not in text


def test_only_the_part_read_of_a_huge_answer_is_shown(tmp_path):
    """Is only what was read of a huge answer shown?"""
    marks = [answer("depth-answer", outcome("answer", 1.0, "failed", "too long"))]
    _, text = page(tmp_path, record("ada", marks, answers={"depth-answer": "a = " + "7" * 90_000}))
    assert len(text) < 5_000 and "more characters, not read" in text


def test_every_student_gets_one_page_with_all_assignments(tmp_path):
    """Does every student get one page with all assignments?"""
    found = [record(s, some_marks(), a) for s in ("ada", "ben") for a in ("00_linear_classifier", "01_activations")]
    assert feedback.write_feedback(iter(found), tmp_path) == 2
    assert {p.name for p in tmp_path.iterdir()} == {"ada.html", "ben.html"}
    parsed, wrong = elements(tmp_path / "ben.html")
    assert not wrong and ["Together", "6 of 18"] in rows(parsed)
    assert "in 2 assignments. 2 written answers wait for a person (up to 6 points more)." in text_of(parsed[0])


def test_missing_course_is_one_line(tmp_path):
    """Is a course that is not there one line?"""
    with pytest.raises(FileNotFoundError, match="no course folder"):
        feedback.run_feedback(tmp_path / "nowhere", tmp_path / "out")


@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.text("rf\"'#\\\n de0.", max_size=60))
def test_coloured_code_reads_like_the_source(source):
    """Does coloured code read like the source?"""
    shown = unescape(sub(r"<[^>]*>", "", str(code_html.render_code(source))))
    assert shown == source.removesuffix("\n")


def test_scanner_distinguishes_kinds_of_tokens():
    """Does the scanner tell the kinds of tokens apart?"""
    source = 'def f(x): return sum(x.sum()) + 1e3 # "no"\n"""a\nb""" r\'s\''
    kinds = {text: kind for kind, text in code_html.tokenize_source(source)}
    assert kinds | {"def": "kw", "f": "de", "return": "kw", "sum": "bi", ".sum": "", "1e3": "nu", '# "no"': "co",
                    '"""a\nb"""': "st", "r's'": "st", "x": ""} == kinds
    assert str(code_html.render_code('"a"\n"""b\nc"""')).count('class="l"') == 3
