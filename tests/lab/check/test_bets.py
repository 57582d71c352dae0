"""Bets: what the card says in each of its states, which bets count, and that both agree with the grader."""

import math
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from small_stage import ASSIGNMENT, small_questions  # noqa: F401

from autograder.course import cells as grader_cells
from autograder.hidden_tests import grade_bets, session
from autograder.reference import ROOT
from cs231n_lib.lab import cells
from cs231n_lib.lab.check import NotRightYet, bets, cards, check_bets, questions, report
from cs231n_lib.lab.check.questions.kinds import Choice, Number, Ranking

pytestmark = pytest.mark.usefixtures("small_questions")


def make_card(name, value, measured):
    """Return the card of a bet."""
    bet = questions.find_bet(name)
    return bets.make_card(name, bet, value, bet.find_outcome(measured), bet.describe_measured(measured))


@pytest.mark.parametrize("name, value, measured, state, says", [
    ("bet_depth", "c", 1.5, "right",
     "You bet c: it explodes quickly. Measured: 1.50 per layer. That is c, as you said."),
    ("bet_depth", " C ", 1.5, "right", "You bet c"),
    ("bet_depth", "a", np.float32(1.5), "wrong", "Measured: 1.50 per layer. That is c: it explodes quickly."),
    ("bet_depth", ..., 1.5, "unplaced",
     'In the cell bet_depth = ..., replace the three dots by one letter of a, b or c'),
    ("bet_depth", "d", 1.5, "refused", "got 'd'"),
    ("bet_depth", cells.Unreadable("a computation is not read"), 1.5, "refused", "a computation is not read"),
    ("bet_depth", "c", 0.5, "elsewhere", 'Measured: 0.50 per layer, but the experiment .* run check("center") '
                                         'and check("standardize")'),
    ("bet_depth", "a", 0.5, "elsewhere", "no verdict"),
    ("bet_depth", "c", math.nan, "elsewhere", "Nothing was measured"),
    ("bet_depth", "c", None, "elsewhere", "Nothing was measured"),
    ("bet_depth", "c", "1.5", "elsewhere", "Nothing was measured"),
    ("bet_depth", "c", np.ones(3), "elsewhere", "Nothing was measured"),
    ("bet_share", 16, 12.3, "right", "You bet 16 %. Measured: 12.3 %. You were 3.7 percentage points off, and anything "
                                     "up to 5 percentage points counts"),
    ("bet_share", 20, 12.3, "wrong", "You were 7.7 percentage points off, and only up to 5 percentage points would "),
    ("bet_share", 200, 12.3, "refused", "one number from 0 to 100; got 200"),
    ("bet_share", 12, 30, "elsewhere", "Measured: 30.0 %"),
    ("bet_share", 12, math.inf, "elsewhere", "Nothing was measured"),
    ("bet_order", "bca", {"a": 3, "b": 1, "c": 2}, "right", "That is your order."),
    ("bet_order", ("b", "a", "c"), {"a": 3, "b": 1, "c": 2}, "wrong", "The order is b, c, a: 2 of the 3 pairs"),
    ("bet_order", "bc", {"a": 3, "b": 1, "c": 2}, "refused", "the letters a, b and c in your order"),
    ("bet_order", "bca", {"a": 1, "b": 2, "c": 3}, "elsewhere", "was something in this cell changed?"),
    ("bet_order", "bca", {"a": 1, "b": math.nan, "c": 3}, "elsewhere", "Nothing was measured"),
], ids=lambda v: str(v)[:12])
def test_card_says_what_a_bet_came_to(name, value, measured, state, says):
    """Does each state have its words, the same in HTML and in text?"""
    card = make_card(name, value, measured)
    assert card.state == state
    pattern = re.escape(says).replace(r"\.\*", ".*").replace(r"\ ", " ")
    assert re.search(pattern, repr(card)), repr(card)
    shown = re.sub(r"<[^>]+>", " ", card._repr_html_())
    for word in re.findall(r"\w+", " ".join(card.sentences)):
        assert word in shown


def test_html_of_a_card_is_escaped_and_can_be_read_without_colours():
    """Is student text escaped, is the symbol hidden from screen readers, and does the state stand there as a word?"""
    card = make_card("bet_depth", "a", 1.5)
    assert "it <shrinks>" in repr(card)
    shown = card._repr_html_()
    assert "&lt;shrinks&gt;" in shown and "<shrinks>" not in shown
    assert 'role="note"' in shown and 'aria-label="bet_depth: not this time"' in shown and 'aria-hidden="true"' in shown
    assert "print-color-adjust:exact" in shown and "color:inherit" in shown and "break-inside:avoid" in shown
    hostile = make_card("bet_depth", "<script>alert(1)</script>", 1.5)._repr_html_()
    assert "<script>" not in hostile


def test_every_state_has_its_own_symbol_and_word():
    """Can the states be told apart without their colours?"""
    symbols, words, statuses = zip(*cards.STATES.values(), strict=True)
    assert len(set(symbols)) == len(set(words)) == len(cards.STATES)
    assert set(statuses) <= set(report.EDGES) & set(report.COLOURS)


# -- in a notebook, and in a script -----------------------------------------------------------------------------


@pytest.fixture
def shell(monkeypatch):
    """A shell of IPython in which cells are run as in a notebook."""
    # The shell puts its own in this place, and a process that another test starts would look into that.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    shell.run_cell("from cs231n_lib.lab.check import check_bets, reveal", store_history=True)
    yield shell
    InteractiveShell.clear_instance()


def run_cells(shell, capsys, *sources):
    """Run cells; return what the last one displays as text, or its error."""
    for source in sources:
        capsys.readouterr()
        result = shell.run_cell(source, store_history=True)
    said = capsys.readouterr().out
    return said if result.success else f"{type(result.error_in_exec).__name__}: {result.error_in_exec}"


@pytest.mark.parametrize("placed, says", [
    ('bet_depth = "c"', "right"), ("# because\nbet_depth = 'a'", "not this time"), ("bet_depth = ...", "no bet yet"),
    ("bet_depth = 'c'\nx = 1", "right"), ("bet_depth = 'abc'[2]", "a computation is not read"),
    ("k = 'c'; bet_depth = k", "a computation is not read"),
    ("bet_depth = ''; bet_depth += 'c'", "write one assignment"),
    ("import math\nbet_depth = 'c'", "write one assignment"), ("for bet_depth in 'c': pass", "write one assignment"),
])
def test_card_reads_the_cell_of_the_bet(shell, capsys, placed, says):
    """Is a bet read as the grader reads it, and a computed or split one refused?"""
    said = run_cells(shell, capsys, placed, "ratio = 1.5\nreveal(bet_depth, ratio)")
    assert says in said, said


def test_bet_placed_later_is_the_one_that_counts(shell, capsys):
    """Does the last cell that was run count, and does the same work in a new kernel?"""
    reveal = "reveal(bet_depth, 1.5)"
    assert "no bet yet" in run_cells(shell, capsys, "bet_depth = ...", reveal)
    assert "not this time" in run_cells(shell, capsys, "bet_depth = 'a'", reveal)
    shell.reset(new_session=True)
    again = run_cells(shell, capsys, "from cs231n_lib.lab.check import reveal", "bet_depth = 'c'", reveal)
    assert "[✓ right]" in again


def test_several_reveals_in_a_cell_are_told_apart(shell, capsys):
    """Does each call find its own bet, also behind a magic?"""
    both = "reveal(bet_depth,\n       1.5)\nreveal(bet_share, 12.0)"
    said = run_cells(shell, capsys, "bet_depth = 'a'", "bet_share = 12", both)
    assert "not this time] You bet a" in said and "right] You bet 12 %" in said
    assert "You bet 12 %" in run_cells(shell, capsys, "%%capture --no-stdout\n1", "%time reveal(bet_share, 12.0)")


def test_call_that_names_no_bet_is_an_error(shell, capsys):
    """Is a wrong call told from a wrong bet?"""
    assert "wants the variable of a bet" in run_cells(shell, capsys, "reveal('c', 1.5)")


def test_counting_cell_lists_each_bet(shell, capsys):
    """Does it say what is placed, missing or no bet, and is it quiet only when all are placed?"""
    count = f"check_bets({ASSIGNMENT!r})"
    said = run_cells(shell, capsys, "bet_depth = 'c'", "bet_share = 10 + 2", "bet_order = ...", count)
    assert said.startswith("NotRightYet: bets not placed: bet_order, bet_share (write the answer itself")
    said = run_cells(shell, capsys, "bet_share = 12", "bet_order = 'abc'", count)
    assert "all 3 bets placed" in said and "bet_share  placed" in said


def test_bet_whose_cell_was_not_run_is_told_from_an_open_one(shell, capsys):
    """After a restart, is a student who placed a bet told to run its cell, and not to place it?"""
    with pytest.raises(NotRightYet):
        check_bets(ASSIGNMENT)
    assert "bet_depth  open: its cell was not run since the kernel was started" in capsys.readouterr().out
    run_cells(shell, capsys, "bet_depth = ...", f"try:\n    check_bets({ASSIGNMENT!r})\nexcept Exception:\n    pass")
    run = run_cells(shell, capsys, f"try:\n    check_bets({ASSIGNMENT!r})\nexcept Exception:\n    pass")
    assert "bet_depth  open: replace the three dots" in run and "bet_share  open: its cell was not run" in run


def test_script_is_read_as_well(tmp_path):
    """Does a script that a notebook was turned into show the same as text?"""
    def run(placed):
        script = tmp_path / "script.py"
        script.write_text("from cs231n_lib.lab.check import questions, reveal\n"
                          "from cs231n_lib.lab.check.questions import kinds\n"
                          f"questions.__path__[:] = [{str(tmp_path / 'questions')!r}]\n{placed}\nratio = 1.5\n"
                          "if True:\n    reveal(bet_depth, ratio)\n", encoding="utf-8")
        return subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=ROOT).stdout

    assert "[✓ right] You bet c" in run('bet_depth = "c"')
    assert "a computation is not read" in run('bet_depth = "abc"[2]')


# -- at grading -------------------------------------------------------------------------------------------------

HOSTILE = ["'" + "c" * 3000 + "'", "9" * 90, "1e999", "-1e999", "1j", "b'c'", "[]", "()", "{}", "{'a': 1}", "None",
           "True", "'\\ud800'", "''", "'bca', 'x'", "('b', ('c',), 'a')", "['b', 'c', 'a', 1]", "'c' * 3", "'\\u0130'"]


def grade_with(**answers):
    """Return the outcomes of the counting cell for the sources of some answer cells."""
    values = {name: grader_cells.read_answer(f"{name} = {source}", name) for name, source in answers.items()}
    before = session.current
    session.current = SimpleNamespace(latest=[], points=1.5, in_plain_kernel=False)
    try:
        mark = eval(f"grade_bets({ASSIGNMENT!r})", {"grade_bets": grade_bets, **values})
        return mark, session.current.latest
    finally:
        session.current = before


def test_each_valid_bet_earns_an_equal_share():
    """Does a wrong bet earn what a right one does, and a missing one nothing?"""
    mark, outcomes = grade_with(bet_depth="'a'", bet_share="99", bet_order="...")
    assert mark == 1.0 and [o.status for o in outcomes] == ["passed", "passed", "not implemented"]
    assert grade_with(bet_depth="'a'", bet_share="99", bet_order="'abc'")[0] == 1.5
    assert grade_with(bet_depth="...", bet_share="...", bet_order="...")[0] == 0.0


def test_bets_that_a_released_notebook_does_not_have_are_not_missed():
    """Does a course whose notebook has two of the three bets share the points between the two?"""
    assert grade_with(bet_depth="'a'", bet_share="99")[0] == 1.5
    with pytest.raises(ValueError, match="has no bets"):
        grade_with(other="1")


@pytest.mark.parametrize("literal", HOSTILE, ids=lambda v: v[:12])
@pytest.mark.parametrize("name", ["bet_depth", "bet_share", "bet_order"])
def test_hostile_literals_are_judged_at_home_as_at_grading(name, literal):
    """Is the verdict on a strange literal the same here and there, and no exception?"""
    home = questions.find_bet(name).find_problem(cells.read_answer(f"{name} = {literal}", name))
    mark, (outcome,) = grade_with(**{name: literal})
    assert outcome.hint == home and (mark == 1.5) == (home == "")


# -- the registry -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, fields", [
    (Choice, {"options": {"a": "x", "b": "y"}, "decide": str, "reference": "c"}),
    (Choice, {"options": {"a": "x", "bb": "y"}, "decide": str, "reference": "a"}),
    (Number, {"low": 0, "high": 1, "close": 0.1, "within": 0.1, "reference": 2}),
    (Number, {"low": 0, "high": 1, "close": 0, "within": 0.1, "reference": 1}),
    (Ranking, {"items": {"a": "x", "b": "y"}, "decide": str, "reference": "aa"}),
])
def test_bet_that_cannot_be_is_refused_when_it_is_written(kind, fields):
    """Does a slip of the author's fail at once, and not when a student reveals it?"""
    with pytest.raises(ValueError, match="expected"):
        kind(**fields)


def test_nan_decides_only_where_the_bet_says_so():
    """Is NaN no measurement by default, and one where a net is expected to diverge?"""
    fields = {"options": {"a": "learns", "b": "diverges"}, "reference": "b",
              "decide": lambda losses: "a" if min(losses) < 2 else "b"}
    assert Choice(**fields).find_outcome((1.0, math.nan)) is None
    assert Choice(**fields, may_be_nan=True).find_outcome((math.nan, math.nan)) == "b"



def test_check_bets_outside_a_notebook_reads_the_variables():
    """Is there a verdict without IPython as well?"""
    with pytest.raises(NotRightYet, match="bet_depth"):
        check_bets(ASSIGNMENT)
