"""The gates for bets: is each fault of a cell named, and does an outcome that is not the expected one fail the run?"""

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from small_cells import flag
from small_stage import (  # noqa: F401
    ASSIGNMENT,
    BETS,
    EXPERIMENTS,
    find_cell,
    make_notebook,
    make_registering_cell,
    small_questions,
)

from cs231n_lib.lab import check
from tools import bets, execute_notebooks, statements_table, validate_notebooks
from tools.bets import list_bet_complaints


def edit(name, **fields):
    """Return a change of one cell of the small notebook."""
    return lambda notebook: find_cell(notebook, name).update(fields)


def remove(name):
    """Return the removal of one cell."""
    return lambda notebook: notebook.cells.remove(find_cell(notebook, name))


def follow(name, cell):
    """Return the insertion of a cell after another."""
    return lambda notebook: notebook.cells.insert(notebook.cells.index(find_cell(notebook, name)) + 1, cell)


GRADED = flag(new_code_cell("check_answer(bet_depth, 'abc')", id="depth-test"), grade=True, points=1)


@pytest.mark.usefixtures("small_questions")
def test_good_notebook_has_no_complaints():
    """Is the small notebook right?"""
    assert list_bet_complaints(ASSIGNMENT, make_notebook()) == []


@pytest.mark.usefixtures("small_questions")
@pytest.mark.parametrize("change, says", [
    (remove("bet-depth"), "bet_depth is in the registry and has no cell"),
    (edit("bet-depth", source="bet_other = 'a'"), "bet_other is not in the registry"),
    (edit("bet-share", source="bet_depth = 'a'"), "bet_depth has 2 cells"),
    (edit("bet-depth", id="bet-deep"), "the cell of bet_depth is called bet-depth"),
    (edit("bet-depth", source="bet_depth = 'z'"), "the instructor's bet does not count"),
    (remove("bet-depth-question"), "the cell above does not ask for the bet"),
    (follow("bet-depth", GRADED), "a cell that is graded follows it"),
    (edit("depth-experiment", source="ratio = 1.5"), "no experiment below reveals it"),
    (remove("bets-placed"), "expected one cell bets-placed"),
    (edit("bets-placed", source="check_bets('03_x')\ngrade_bets('02_preprocessing')"), "begins with check_bets"),
    (edit("bets-placed", source=f"check_bets('{ASSIGNMENT}')\ngrade_bets('03_x')"), "ends in grade_bets"),
])
def test_each_fault_of_a_cell_is_named(change, says):
    """Is the fault named, with the cell or the bet?"""
    notebook = make_notebook()
    change(notebook)
    lines = list_bet_complaints(ASSIGNMENT, notebook)
    assert any(says in line for line in lines), lines


@pytest.mark.usefixtures("small_questions")
def test_bet_carries_a_statement():
    """Does a tag on the cell of a bet count as the exercise, and an essay of form 2 as well?"""
    statements = [statements_table.Statement(name.removeprefix("bet_"), ASSIGNMENT, "text") for name in BETS]
    assert list(statements_table.locate_statements(statements, make_notebook())) == []
    assert [s.exercises for s in statements] == [[name.replace("_", "-")] for name in BETS]


@pytest.mark.usefixtures("small_questions")
def test_executed_notebook_reveals_what_is_expected(tmp_path):
    """Do right outcomes pass, with full marks for the bets, and does each other one fail with cell and values?"""
    notebook = make_notebook()
    notebook.cells.insert(1, make_registering_cell())
    path = tmp_path / f"{ASSIGNMENT}.ipynb"
    nbformat.write(notebook, path)
    executed, _, _ = execute_notebooks.execute_notebook(path)
    assert list(execute_notebooks.iter_complaints(executed)) == []
    noted = [n for c in executed.cells for n in bets.read_reveals(c)]
    assert [(n["bet"], n["state"], n["outcome"]) for n in noted] == [
        ("bet_depth", "right", "c"), ("bet_share", "wrong", 12.3), ("bet_order", "right", ["b", "c", "a"])]
    find_cell(executed, "depth-experiment").outputs[-1].metadata["cs231n"].update(state="elsewhere", outcome="a")
    find_cell(executed, "share-experiment").outputs = []
    found = "\n".join(execute_notebooks.iter_complaints(executed))
    assert "depth-experiment: bet_depth comes to 'a' (1.50 per layer), expected 'c'; the card says elsewhere" in found
    assert "bet-share: bet_share was never revealed" in found and len(EXPERIMENTS) == 3


@pytest.mark.usefixtures("small_questions")
def test_validate_says_which_bets_are_missing_in_few_words():
    """Is what Validate shows about the counting cell of an untouched notebook among the words that it may show?"""
    with pytest.raises(check.NotRightYet) as refusal:
        check.check_bets(ASSIGNMENT)
    said = f"NotRightYet: {refusal.value}"
    assert validate_notebooks.WORDS.fullmatch(said) and len(said) < validate_notebooks.LONGEST
    assert all(name in said for name in BETS)
