"""Spoilers: is each kind found where a reader would see it, and nothing where it gives nothing away?"""

import nbformat.v4 as v4
import pytest
from small_stage import ASSIGNMENT, find_cell, make_notebook, small_questions  # noqa: F401

from autograder.course import solution_regions
from cs231n_lib.lab import plots
from tools import notebook_forms, spoilers

pytestmark = pytest.mark.usefixtures("small_questions")

QUESTION = "**Bet.** What becomes of the depth?\n\n- **a** it <shrinks>\n- **b** it stays\n- **c** it explodes quickly"


@pytest.fixture
def notebook():
    """The small notebook, with the options in the question."""
    found = make_notebook()
    find_cell(found, "bet-depth-question").source = QUESTION
    return found


@pytest.fixture(autouse=True)
def no_docstrings(monkeypatch):
    """The module of the small notebook's topic has docstrings of its own, which do not matter here."""
    monkeypatch.setattr(solution_regions, "make_stub", lambda topic: '"""A module."""\n')


def find(notebook):
    """Return the lines of the lint."""
    return spoilers.list_spoilers(ASSIGNMENT, notebook)


def test_notebook_that_tells_nothing_is_clean(notebook):
    """Is there no line about options in the question, hidden regions, or code that computes?"""
    assert find(notebook) == []


@pytest.mark.parametrize("cell, source, says", [
    ("title", "# Nets\n\nYou will see why a deep net explodes.", "bet_depth: 'explodes' in title"),
    ("title", "# An exploding net", "bet_depth: 'exploding' in title"),
    ("title", "# Nets\n\nOnly 12.2 per cent are left.", "bet_share: '12.2' in title"),
    ("title", "# Nets\n\nAbout 12 of a hundred.", "bet_share: '12' in title"),
    ("title", "# Nets\n\nThe order is Adam, momentum, SGD.", "bet_order: 'adam, momentum, sgd'"),
    ("setup", "from cs231n_lib import lab  # it explodes", "bet_depth: 'explodes' in the code of setup"),
    ("depth-experiment", "ratio = 1.5\nprint('exploding')\nreveal(bet_depth, ratio)", "the code of depth-experiment"),
    ("bet-share-question", "**Bet.** How many? (As 12.2 is one number.)", "bet_share: '12.2' in bet-share-question"),
    ("bet-share-question", "**Bet.** *Myth: much is left.* How many?", "bet_share: the question says \"myth\""),
    ("bet-order-question", "## It explodes\n\n**Bet.** Which order?", "bet_depth: 'explodes' in a heading"),
])
def test_each_kind_of_spoiler_is_found(notebook, cell, source, says):
    """Is it found in the text, the heading, the code and the question of a number?"""
    find_cell(notebook, cell).source = source
    lines = find(notebook)
    assert any(says.lower() in line.lower() for line in lines), lines


@pytest.mark.parametrize("cell, source", [
    ("title", "# Nets\n\nA net shrinks or stays as it is, and quick is what we are."),  # other options, another word
    ("title", "# Nets\n\nThere are 2 classes and 122 images, 1.22 each."),
    ("title", "# Nets\n\nSGD, Adam, momentum."),
    ("bet-order-question", "**Bet.** After it exploded: which order?"),  # below the reveal of that bet, no heading
    ("share-experiment", "share = 12.3 - 0.04  # as measured\nreveal(bet_share, share)"),
])
def test_what_gives_nothing_away_is_left_alone(notebook, cell, source):
    """Is nothing said of other options, other numbers, or what stands below the reveal?"""
    find_cell(notebook, cell).source = source
    assert find(notebook) == []


def test_solution_that_no_student_has_yet_spoils_nothing(notebook):
    """May the solution of a transfer question, which releases leave out, say what a later bet asks?"""
    solution = v4.new_markdown_cell("# It explodes\n\n12.2 % are left.", metadata={"cs231n": {"kind": "solution"}})
    notebook.cells[1:1] = [solution]
    assert find(notebook) == []


def test_exempt_phrase_is_allowed_where_it_stands_only(notebook):
    """Does the bet's metadata allow a phrase, and the same word elsewhere stay a spoiler?"""
    find_cell(notebook, "title").source = "# Nets\n\nA star explodes. A net explodes."
    find_cell(notebook, "bet-depth").metadata["cs231n"]["exempt"] = ["A star explodes"]
    line, = find(notebook)
    assert 'explodes' in line and '"A net explodes."' in line
    find_cell(notebook, "bet-depth").metadata["cs231n"]["exempt"] = ["explodes"]
    assert find(notebook) == []


def test_docstrings_and_alternative_texts_are_read(notebook, monkeypatch, tmp_path):
    """Is a spoiler found in a docstring of the topic, and in the alternative text of a figure above the reveal?"""
    monkeypatch.setattr(solution_regions, "make_stub", lambda topic: 'def f(x):\n    """It explodes."""\n')
    assert "in the docstring of f" in find(notebook)[0]
    monkeypatch.setattr(solution_regions, "make_stub", lambda topic: "")
    monkeypatch.setattr(plots, "ALT_TEXTS", tmp_path)
    (tmp_path / f"{ASSIGNMENT}.toml").write_text('[deep-net]\nalt = "A curve that explodes."\n', encoding="utf-8")
    notebook.cells.insert(2, v4.new_code_cell('plots.show(figure, "deep-net")', id="draw"))
    assert "in the alternative text of deep-net" in find(notebook)[0]
    notebook.cells.append(notebook.cells.pop(2))
    assert find(notebook) == []


@pytest.mark.parametrize("line, is_formula", [
    ("The gradient is dx = dout * (x > 0).", True), ("dw = x.T @ dout", True), ("sum(dout) over the batch", True),
    ("dx : ndarray of shape (N, D)", False), ("dout : ndarray", False), ("Return the gradient dx.", False),
    ("y = gamma * x_hat + beta", False),
])
def test_formula_of_a_gradient_is_found_in_what_students_write(monkeypatch, line, is_formula):
    """Is it found in the docstring of a function with a solution region, and in no other?"""
    region = "    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n"
    source = f'def f(x):\n    """Do it.\n\n    {line}\n    """\n'
    monkeypatch.setattr(spoilers, "read_module_source", lambda topic: source + region)
    assert bool(spoilers.list_gradient_formulas("any")) == is_formula
    monkeypatch.setattr(spoilers, "read_module_source", lambda topic: source + "    return x\n")
    assert spoilers.list_gradient_formulas("any") == []


def test_visible_limits_of_axes_are_listed(notebook):
    """Is a limit in visible code listed, and one in folded code not?"""
    cell = find_cell(notebook, "share-experiment")
    cell.source = "axes.set_ylim(0, 20)\nshare = 12.3"
    assert spoilers.list_axes(notebook) == ["share-experiment: axes.set_ylim(0, 20)"]
    cell.metadata["jupyter"] = {"source_hidden": True}
    assert spoilers.list_axes(notebook) == []


@pytest.mark.parametrize("assignment", notebook_forms.list_assignments(2) or [pytest.param("", marks=pytest.mark.skip)])
def test_no_notebook_of_form_2_gives_a_bet_away(assignment, monkeypatch):
    """Are all spoilers gone, or exempt by name?"""
    monkeypatch.undo()
    notebook = notebook_forms.read_notebooks()[assignment]
    assert spoilers.list_spoilers(assignment, notebook) + spoilers.list_gradient_formulas(assignment[3:]) == []
