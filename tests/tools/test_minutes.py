"""The minutes of a core path: does each kind of cell count as the course says, and does the title state the sum?"""

import form_2_notebook
import nbformat.v4 as v4
import pytest

from tools import minutes, notebook_forms
from tools.minutes import CorePath

MODULE = '''
def given(x):
    return x


def few(x):
    """Do it."""
    ### BEGIN SOLUTION
    # a comment is no line
    return x
    ### END SOLUTION


def many(x):
    ### BEGIN SOLUTION
    a = 1

    b = 2
    c = 3
    d = 4
    e = 5
    f = 6
    g = 7
    return x
    ### END SOLUTION
'''
FLAGS = {"answer": {"solution": True}, "test": {"grade": True, "locked": True}, "setup": {"locked": True}}


def make_text(text, **nbgrader):
    return v4.new_markdown_cell(text, metadata={"nbgrader": nbgrader} if nbgrader else {})


def make_code(source, kind=None):
    return v4.new_code_cell(source, metadata={"nbgrader": {"grade_id": "a", **FLAGS[kind]}} if kind else {})


def measure(*cells):
    return minutes.measure_core_path(v4.new_notebook(cells=list(cells)), MODULE)


@pytest.mark.parametrize("cell, counted", [
    (make_text("one two `x = 3` four"), {"words": 4}),
    (make_text("## A heading of many words\n\none $a + b$ three\n\n$$a = b$$\n\n```\ncode\n```"), {"words": 3}),
    (make_text("- one\n- two three\n\n[four](https://example.org/five/six)"), {"words": 4}),
    (make_text("| a | b |\n| --- | --- |\n| 1 | 2 |"), {"figures": 1}),
    (make_text("my essay", grade=True, solution=True), {"essays": 1}),
    (make_code("import numpy as np", "setup"), {}),
    (make_code("### BEGIN SOLUTION\nbet_depth = 'b'\n### END SOLUTION", "answer"), {"bets": 1}),
    (make_code("### BEGIN SOLUTION\nanswer_wide = 0.44\n### END SOLUTION", "answer"), {"questions": 1}),
    (make_code("### BEGIN SOLUTION\nw = draw(500)\nprint(w)\n### END SOLUTION", "answer"), {"steps": 1}),
    (make_code("for i in range(3)  # find the bug\n    x", "answer"), {"steps": 1}),
    (form_2_notebook.own(make_code("bet_depth = 'b'\nanswer_wide = 3", "answer"), "bet"), {"bets": 1}),
    (form_2_notebook.own(make_code("deep = 3", "answer"), "answer"), {"questions": 1}),
    (form_2_notebook.own(make_code("answer_wide = 3", "answer"), "scratch"), {"steps": 1}),
    (form_2_notebook.own(make_text("Ten words that are read after the last due date."), "solution"), {}),
    (make_code("tables.show(rows, header)"), {"figures": 1}),
    (make_code('check("few")\ngrade("few")', "test"), {"short_functions": 1}),
    (make_code('check("many")\ngrade("many")', "test"), {"substantial_functions": 1}),
    (make_code('check("given")\ngrade("given")', "test"), {}),
    (make_code("grade_bets(bet_depth)", "test"), {}),
    (make_code("x = 3"), {}),
    (make_code("print(3)\nprint(4)"), {"figures": 1}),
    (make_code("plots.show(fig, 'a')\nprint(3)\nplots.show(fig, 'b')"), {"figures": 2}),
    (make_code("logbook.page('03')"), {"figures": 1}),
    (make_code("explorers.InitScale(X).show()"), {"explorers": 1}),
    (make_code("%matplotlib inline\nprint(3)"), {"figures": 1}),
])
def test_each_kind_of_cell_counts_once(cell, counted):
    """Is a cell counted as the kind that it is, and as no other?"""
    assert measure(cell) == CorePath(**counted)


def test_minutes_are_the_weighted_sum():
    """Do the weights say what the course says?"""
    path = CorePath(words=260, figures=1, bets=1, explorers=1, steps=1, questions=1, essays=1, short_functions=1,
                    substantial_functions=1)
    assert path.minutes == 2 + 1 + 2 + 3 + 2 + 8 + 20 + 10 + 20


def test_what_goes_deeper_after_the_recap_does_not_count():
    """Does the count end at "Go deeper" after the recap, and not at one before it?"""
    path = measure(make_text("## Go deeper than that\n\none"), make_text("## Recap\n\ntwo"), make_code("print(1)"),
                   make_text("## Go deeper\n\nthree"), make_code("plots.show(fig, 'a')"))
    assert path == CorePath(words=2, figures=1)


@pytest.mark.parametrize("head, stated", [
    ("*Core path: 1 h 50. You need your ReLU.*", 110), ("*Core path: about 2 h.*", 120), ("*Core path: 45 min.*", 45),
    ("About 2 hours.", None), ("*Core path: long.*", None),
])
def test_stated_time_is_read(head, stated):
    """Is the time read from the first cell?"""
    assert minutes.read_stated_minutes(v4.new_notebook(cells=[make_text(f"# Title\n{head}")])) == stated


@pytest.mark.parametrize("count, stated, words", [
    (110, 110, None), (113, 110, None), (116, 110, "counted are 116"), (110, None, "does not state"),
    (121, 120, "at most 120"),
])
def test_a_wrong_or_missing_time_is_named(count, stated, words):
    """Is a time that is missing, wrong or too long said with both numbers?"""
    found = minutes.list_complaints(CorePath(words=count * minutes.WORDS), stated)
    assert words in found[0] if words else found == []


def test_notebooks_of_form_2_state_their_minutes():
    """Does the title of every notebook that is written anew state what the tool counts?"""
    notebooks = notebook_forms.read_notebooks()
    for assignment in notebook_forms.list_assignments(2):
        notebook = notebooks[assignment]
        path = minutes.measure_notebook(assignment, notebook)
        assert minutes.list_complaints(path, minutes.read_stated_minutes(notebook)) == [], assignment


def test_printed_lines_name_what_a_notebook_of_form_2_states_wrongly(monkeypatch, capsys):
    """Is a wrong title printed below its line, of form 2 only?"""
    made = {f"0{form}_activations": v4.new_notebook(cells=[make_text("# Title")], metadata={"cs231n": {"form": form}})
            for form in (1, 2)}
    monkeypatch.setattr(notebook_forms, "read_notebooks", lambda: made)
    minutes.main()
    first, second, complaint = capsys.readouterr().out.splitlines()
    assert first.startswith("01_") and second.startswith("02_") and "does not state the time" in complaint


def test_every_notebook_can_be_counted():
    """Does the count find the functions, questions and essays of the notebooks that there are?"""
    for assignment, notebook in notebook_forms.read_notebooks().items():
        path = minutes.measure_notebook(assignment, notebook)
        assert path.words > 1000 and path.essays >= 1 and path.short_functions + path.substantial_functions >= 3
