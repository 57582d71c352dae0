"""The bets of a notebook of form 2: does each stand as it should, and does its experiment come to what is expected?

``make check`` looks at the cells (:func:`list_bet_complaints`, one of the ``notebook_gates``), ``make notebooks`` at
what was revealed when the notebook was executed with its solutions (:func:`iter_false_outcomes`).
"""

import ast
import re

from autograder.course import cells
from autograder.course.claims import FIELD
from cs231n_lib.lab.check.questions import find_bet, read_questions

COUNTED = "bets-placed"
"""Id of the cell that counts the bets of a notebook."""
REVEALED = re.compile(r"\breveal\(\s*(bet_\w+)\s*,")


def list_bet_complaints(assignment, notebook):
    """Return what is wrong with the cells of a notebook's bets, a line each.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
        The instructor's.
    """
    registered = read_questions(assignment[3:]).BETS
    placed = [cells.read_answer_variable(c.source) for c in notebook.cells if cells.is_bet(c)]
    lines = [f"{name} is in the registry and has no cell" for name in registered if name not in placed]
    lines += [f"{name} is not in the registry of its topic" for name in placed if name not in registered]
    lines += [f"{name} has {placed.count(name)} cells" for name in dict.fromkeys(placed) if placed.count(name) > 1]
    for place, cell in enumerate(notebook.cells):
        if cells.is_bet(cell):
            lines += [f"{cell.id}: {line}" for line in list_cell_complaints(notebook.cells, place)]
    return lines + list_count_complaints(assignment, notebook)


def list_cell_complaints(found, place):
    """Return what is wrong with one bet and with what stands around it.

    Parameters
    ----------
    found : list of NotebookNode
        The cells of the notebook.
    place : int
        Of the bet among them.
    """
    cell, name = found[place], cells.read_answer_variable(found[place].source)
    below, lines = found[place + 1:], []
    if cell.id != name.replace("_", "-"):
        lines.append(f"the cell of {name} is called {name.replace('_', '-')}")
    if not cells.is_answer(cell):
        lines.append("a bet is a code cell with solution and without grade")
    bet, value = find_bet(name), cells.read_answer(cell.source, name)
    problem = bet.find_problem(value) if bet is not None else ""
    if problem:
        lines.append(f"the instructor's bet does not count: {problem}")
    if place == 0 or found[place - 1].cell_type != "markdown" or "**Bet.**" not in found[place - 1].source:
        lines.append("the cell above does not ask for the bet, as in **Bet.** ...")
    if below and cells.is_test(below[0]):
        lines.append("a cell that is graded follows it; bets are counted at the end")
    if not any(name in REVEALED.findall(c.source) for c in below if c.cell_type == "code"):
        lines.append(f"no experiment below reveals it, as in reveal({name}, measured)")
    return lines


def list_count_complaints(assignment, notebook):
    """Return what is wrong with the cell that counts the bets.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
    """
    counting = [c for c in notebook.cells if cells.is_test(c) and "check_bets" in c.source]
    if [c.id for c in counting] != [COUNTED]:
        return [f"expected one cell {COUNTED} that counts the bets, got {[c.id for c in counting]}"]
    first, last = ast.parse(counting[0].source).body[0], cells.read_graded_call(counting[0].source)
    if ast.unparse(first) != f"check_bets({assignment!r})":
        return [f"{COUNTED}: begins with check_bets({assignment!r})"]
    if ast.unparse(last.func) != "grade_bets" or ast.literal_eval(last.args[0]) != assignment or last.keywords:
        return [f"{COUNTED}: ends in grade_bets({assignment!r})"]
    return []


def iter_false_outcomes(notebook):
    """Yield what is wrong with the reveals of an executed notebook: each shows what is expected of its experiment.

    The tolerance is that of the bet: the thresholds of a choice, ``within`` of a number.
    """
    noted = [(c.id, n) for c in notebook.cells for n in read_reveals(c)]
    for cell in filter(cells.is_bet, notebook.cells):
        name = cells.read_answer_variable(cell.source)
        mine = [(place, n) for place, n in noted if n["bet"] == name]
        if not mine:
            yield f"{cell.id}: {name} was never revealed"
        for place, n in mine:
            if n["state"] not in ("right", "wrong"):
                yield (f"{place}: {name} comes to {n['outcome']!r} ({n['measured'] or 'not measured'}), expected "
                       f"{find_bet(name).reference!r}; the card says {n['state']}")


def read_reveals(cell):
    """Return what ``reveal`` noted beside the outputs of an executed cell, one dict for each card."""
    noted = [output.get("metadata", {}).get(FIELD, {}) for output in cell.get("outputs", [])]
    return [n for n in noted if "bet" in n]
