"""A transfer question and a scratch cell at home: what is said at once, and that it never says what is right."""

import linecache
import re

import form_2_notebook
import numpy as np
import pytest

from cs231n_lib.lab import cells
from cs231n_lib.lab.check import NotRightYet, check_answer_form, confirm
from cs231n_lib.lab.check.answer_forms import LetterForm, NumberForm, find_form_problem
from cs231n_lib.lab.check.cards import StepCard
from cs231n_lib.lab.check.shell import Caller
from cs231n_lib.lab.check.steps import Step

PER_CENT = NumberForm(0, 100, "%", decimals=1)
LAYERS = NumberForm(1, 50, "layers", whole=True)
KNOBS = LetterForm("abcde", several=True)
ONE = LetterForm("abc")


def run_cell(source, **variables):
    """Run a cell as IPython does: its source is known to ``linecache``."""
    name = "<a cell>"
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    exec(compile(source, name, "exec"), {"check_answer_form": check_answer_form, "confirm": confirm, **variables})


@pytest.fixture(autouse=True)
def questions(monkeypatch):
    """Let the workbook ask the questions of the small notebook."""
    form_2_notebook.add_questions(monkeypatch)


@pytest.mark.parametrize("value, form", [
    (91, PER_CENT), (3.125, PER_CENT), (0, PER_CENT), (100, PER_CENT), (0.5, NumberForm(0, 5, "%", below_one=True)),
    (0.5, NumberForm(0, 5)), (7, LAYERS), (7.0, LAYERS), ("b", ONE), (" C ", ONE), ("bd", KNOBS), ("d, b", KNOBS)])
def test_answer_of_the_asked_form_is_taken(value, form):
    """Is every answer of the asked form taken, in whatever way it is written?"""
    assert find_form_problem(value, form) == ""


@pytest.mark.parametrize("value, form, says", [
    (0.91, PER_CENT, "in per cent, with 1 digit after the point; 0.91 looks like a share of 1"),
    (0.91, PER_CENT, "in per cent is 91"), (2.5, LAYERS, "from 1 to 50, in layers; 2.5 is not a whole number"),
    (51, LAYERS, "got 51"), ("22", PER_CENT, "without quotes and without its unit"), (-1, PER_CENT, "got -1"),
    ("22 %", PER_CENT, "without its unit"), (..., PER_CENT, "replace the three dots by one number from 0 to 100"),
    (True, LAYERS, "got True"), (np.float64(3), PER_CENT, "write the answer itself"),
    (10**400, LAYERS, "far too large"),
    (float("nan"), PER_CENT, "got nan"), (float("inf"), PER_CENT, "got inf"), (None, ONE, "got None"),
    ("ab", ONE, "one letter of a, b or c"), ("d", ONE, "got 'd'"), ("", KNOBS, "got an empty text"),
    ("bb", KNOBS, "twice"), ("bx", KNOBS, "all letters that fit"), (["b"], KNOBS, "a list instead"),
    ("b" * 10**6, KNOBS, "got 'bbb"), (cells.Unreadable("a computation is not read"), ONE, "a computation is not read"),
], ids=lambda v: repr(v)[:24])
def test_answer_of_another_form_is_refused_with_what_is_wanted(value, form, says):
    """Is each slip of form named, in a sentence of a length that is read?"""
    said = find_form_problem(value, form)
    assert says in said and len(said) < 300


@pytest.mark.parametrize("make, given", [(NumberForm, (1, 0)), (NumberForm, (0, float("nan"))), (LetterForm, ("a",)),
                                         (LetterForm, ("ba",)), (LetterForm, ("AB",))], ids=str)
def test_form_that_nobody_can_fill_is_an_error(make, given):
    """Is a form refused when it is written, not when it is used?"""
    with pytest.raises(ValueError, match="expected"):
        make(*given)


def test_check_knows_the_question_by_the_variable(capsys):
    """Is an answer noted and never judged, and a slip of form said at once, by the name of the variable?"""
    run_cell("answer_wide = 99.9\ncheck_answer_form(answer_wide)")
    assert capsys.readouterr().out == "answer noted\n"
    with pytest.raises(NotRightYet, match="answer not accepted: .*looks like a share"):
        run_cell("answer_wide = 0.031\ncheck_answer_form(answer_wide)")
    with pytest.raises(NotRightYet, match="three dots"):
        run_cell("check_answer_form(answer_wide)", answer_wide=...)


@pytest.mark.parametrize("source", ["check_answer_form(5)", "check_answer_form(None or 5)", "answer_wid = 5\n"
                                    "check_answer_form(answer_wid)"])
def test_call_without_the_variable_of_a_question_is_an_error(source, monkeypatch):
    """Is a call that names no question an error that says so?"""
    monkeypatch.undo()
    with pytest.raises(ValueError, match="does not ask for"):
        run_cell(source)


def test_purpose_of_a_transfer_question_is_read_from_its_check():
    """Do progress and submit know the question by its test cell, and the grader its cell as no answer if scratch?"""
    test = next(c for c in form_2_notebook.notebook() if c.id == "answer-wide-test")
    assert cells.read_purpose(test.id, test.source) == cells.Purpose("answer", "answer_wide")
    assert cells.read_argument(test.source, 1, "check_answer_form") == "answer_wide"


def test_scratch_cell_that_was_run_is_no_answer():
    """Is the answer that the check reads the one of its own cell, though a scratch cell gave the variable a value?"""
    sources = ["answer_wide = 3", "answer_wide = 2 * 7\nconfirm(answer_wide)", "check_answer_form(answer_wide)"]
    assert Caller(sources[-1], 1, sources, {"answer_wide": 14}).read_value("answer_wide") == 3


# -- scratch cells ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source, says", [
    (form_2_notebook.OPEN_SCRATCH, "walk_std: to write; awaited is one number: write the lines above, and run"),
    ("walk_std = 2 * 0.015625\nconfirm(walk_std)", "walk_std: confirmed"),
    ("walk_std = 0.5\nconfirm(walk_std)", "walk_std: not yet; The share of ten layers is the tenth power"),
    ("walk_std = 0.5**0.5\nconfirm(walk_std)", "walk_std: not yet; That is the share of a single layer."),
    ("walk_std = [0.03]\nconfirm(walk_std)", "walk_std: not yet; awaited is one number, this is of type list"),
    ("walk_std = abs\n\nconfirm(\n    walk_std)", "walk_std: not yet; awaited is one number, this is a function"),
    ("walk_std = float('nan')\nconfirm(walk_std)", "walk_std: not yet; The share"),
    ("walk_std = 'x'\nconfirm(walk_std)", "walk_std: not yet; awaited is one number, this is of type str"),
])
def test_step_is_confirmed_or_says_where_to_look(source, says, capsys):
    """Is a step confirmed, awaited, or answered with what to look at, and never with the number?"""
    run_cell(source)
    said = capsys.readouterr().out
    assert said.startswith(says) and not re.search(r"0\.031|3\.125", said)


@pytest.mark.parametrize("step, value, status", [
    (Step([1, 2], "Look."), np.array([1.0, 2.0]), "ok"), (Step([1, 2], "Look."), [1, 3], "wrong"),
    (Step([1, 2], "Look.", within=0.1), [1.05, 1.95], "ok"), (Step([1, 2], "Look."), [[1], [2]], "wrong"),
    (Step("b", "Look."), " B", "ok"), (Step("b", "Look."), "c", "wrong"), (Step("b", "Look."), 2, "wrong"),
    (Step(2, "Look."), np.int64(2), "ok"), (Step(2, "Look."), np.array(2.0), "ok"), (Step(2, "Look."), None, "wrong"),
    (Step(2, "Look."), [[1], [1, 2]], "wrong"), (Step(2, "Look."), 2 + 0j, "wrong")], ids=str)
def test_result_may_be_a_number_an_array_or_a_text(step, value, status):
    """Is each kind of result judged, whatever comes?"""
    assert step.judge(value)[0] == status


def test_card_of_a_step_is_html_that_says_the_same_as_its_text():
    """Does the card escape what it shows, and say its state in a word as well as by colour?"""
    card = StepCard("a", "wrong", "Is x < y?")
    assert "not yet" in repr(card) and "not yet" in card._repr_html_() and "x &lt; y" in card._repr_html_()
