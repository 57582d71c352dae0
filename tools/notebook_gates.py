"""The gates of notebooks of form 2: ``python -m tools.notebook_gates`` prints a line for each, and its complaints.

How many bets, transfer questions, essays, tasks and cells there are, and how the points are shared out; lines of code
that fit on half a screen; folded plotting code; tables that are no columns of ``print``; figures whose texts stand in
``cs231n_lib/lab/alt_texts``; questions and steps that the registry knows, each answer with its solution; bets
(``bets``) that are asked, placed, revealed and counted; variables of the notebook's functions that no later cell
overwrites; no marks below the recap.
"""

import ast
import re
import sys
from pathlib import Path

from autograder.course import cells
from autograder.course.claims import FIELD
from autograder.course.topics import list_topics
from autograder.hidden_tests import transfer
from autograder.reference import read_module_source
from cs231n_lib.lab import plots
from cs231n_lib.lab.check.questions import read_questions
from tools import bets, minutes, notebook_forms

WIDEST = 88
"""Columns of code and of what a cell prints."""
RANGES = {"bets": (4, 6), "transfer questions": (2, 4), "essays": (1, 2), "tasks": (3, 6), "core cells": (1, 90)}
"""What is counted -> fewest and most of it."""
FUNCTIONS, BETS = 0.6, 0.05
"""Least share of the points that functions have, and largest of bets."""
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.S)
DRAWING = re.compile(r"\b(?:plots\.\w+|plt\.\w+|ax\w*(?:\[.*?\])?\.(?:plot|set\w*|bar|imshow|annotate|text|hist)|"
                     r"fig\w*\.(?:subplots|add_\w+))\(")


def list_complaints(assignment, notebook):
    """Return what a notebook of form 2 does not pass, a line each.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
        The instructor's.
    """
    lengths = minutes.measure_solutions(read_module_source(assignment[3:]))
    return [*list_count_complaints(notebook, lengths), *list_point_complaints(notebook), *list_stated_points(notebook),
            *list_marks_below_recap(notebook),
            *(line for cell in notebook.cells for line in list_cell_complaints(cell)),
            *list_overwritten_names(notebook), *list_figure_complaints(assignment, notebook),
            *list_question_complaints(assignment[3:], notebook), *bets.list_bet_complaints(assignment, notebook)]


def count_parts(notebook, lengths):
    """Return what is counted -> how much of it there is.

    Parameters
    ----------
    notebook : NotebookNode
    lengths : dict of str to int
        As :func:`tools.minutes.measure_solutions` returns them.
    """
    kinds = [cells.read_kind(cell) for cell in notebook.cells]
    asked = [cells.read_question(cell.source) for cell in notebook.cells if cells.is_test(cell)]
    tasks = {re.sub("_(forward|backward)$", "", name) for name in asked if lengths.get(name, 0)}
    core = [cell for cell in minutes.list_core_cells(notebook) if not cells.is_solution_text(cell)]
    return {"bets": kinds.count("bet"), "transfer questions": kinds.count("answer"),
            "essays": sum(map(cells.is_written, notebook.cells)), "tasks": len(tasks), "core cells": len(core)}


def list_count_complaints(notebook, lengths):
    """Return a line for each thing of which there is too much or too little; arguments as for :func:`count_parts`."""
    return [f"{many} {name}, allowed are {RANGES[name][0]} to {RANGES[name][1]}"
            for name, many in count_parts(notebook, lengths).items()
            if not RANGES[name][0] <= many <= RANGES[name][1]]


def count_points(notebook):
    """Return the points of functions, transfer questions, essays and bets, and of all, by these names."""
    graders = {"functions": "grade", "transfer question": "grade_transfer", "bets": "grade_bets"}
    points = dict.fromkeys((*graders, "essay", "all"), 0.0)
    for cell in filter(cells.is_grade, notebook.cells):
        worth = float(cells.read_flags(cell)["points"])
        points["all"] += worth
        points["essay"] += worth if cells.is_written(cell) else 0.0
        for name, grader in graders.items():
            if cells.is_test(cell) and cells.read_question(cell.source, grader):
                points[name] += worth
    return points


def share_points(notebook):
    """Return the shares of the points that functions have, and bets."""
    points = count_points(notebook)
    most = points["all"] or 1.0
    return points["functions"] / most, points["bets"] / most


def list_stated_points(notebook):
    """Return a line for each kind of cell for which the title states other points, as in "an essay 3", than it has."""
    head, points = notebook.cells[0].source, count_points(notebook)
    stated = {name: re.search(rf"\b{name}s? (\d+(?:\.\d+)?)", head) for name in points if name != "all"}
    return [f"the title states {found[0]}, and the cells have {points[name]:g}"
            for name, found in stated.items() if found and float(found[1]) != points[name]]


def list_point_complaints(notebook):
    """Return a line if functions have too few points, or bets too many."""
    functions, bets = share_points(notebook)
    found = []
    if functions < FUNCTIONS - 1e-9:
        found.append(f"functions have {functions:.0%} of the points, at least {FUNCTIONS:.0%} are asked for")
    if bets > BETS + 1e-9:
        found.append(f"bets have {bets:.1%} of the points, at most {BETS:.0%} are allowed")
    return found


def list_marks_below_recap(notebook):
    """Return a line for each cell below the recap that counts for marks: what stands there is optional."""
    places = [k for k, cell in enumerate(notebook.cells)
              if any(heading.startswith("Recap") for heading in minutes.list_headings(cell))]
    below = notebook.cells[places[0]:] if places else []
    return [f"{cell.id}: counts for marks and stands below the recap, where everything is optional"
            for cell in below if cells.is_grade(cell) or cells.is_bet(cell)]


def list_cell_complaints(cell):
    """Return what is wrong with the code of one cell: its width, plotting that is not folded, a printed table."""
    if cell.cell_type != "code":
        return []
    source = HIDDEN.sub("", cell.source)
    found = [f"{cell.id}: a line of code has {len(line)} columns, at most {WIDEST} fit"
             for line in source.splitlines() if len(line) > WIDEST]
    folded = bool(cell.metadata.get("jupyter", {}).get("source_hidden"))
    if cells.is_experiment(cell) and DRAWING.search(source) and not folded:
        found.append(f'{cell.id}: plotting code is folded: "jupyter": {{"source_hidden": true}} in its metadata')
    if folded and not cells.is_experiment(cell):
        found.append(f"{cell.id}: only an experiment may be folded")
    if cells.is_experiment(cell) and prints_table(source):
        found.append(f"{cell.id}: prints a table in columns; tables.show makes it readable for everybody")
    return found


def list_overwritten_names(notebook):
    """Return a line for each variable that a function of the notebook reads, and that more than one cell assigns.

    Who runs an earlier cell again would get the function's results for the later cell's value, without any error.
    """
    trees = {cell.id: ast.parse(minutes.MAGIC.sub("pass", cell.source)) for cell in notebook.cells
             if cell.cell_type == "code"}
    assigned, read = {}, set()
    for place, tree in trees.items():
        functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
        inner = {id(node) for outer in functions for node in ast.walk(outer) if node is not outer}
        read |= {name for node in functions if id(node) not in inner for name in list_free_names(node)}
        for name in list_assigned_names(tree):
            assigned.setdefault(name, []).append(place)
    return [f"{name}: a function reads it, and {' and '.join(assigned[name])} assign it"
            for name in sorted(read) if len(assigned.get(name, ())) > 1]


def list_free_names(function):
    """Return the names that a function's body reads and nothing in it binds: the notebook's, and built-in ones."""
    body = function.body if isinstance(function.body, list) else [function.body]
    names = [node for part in body for node in ast.walk(part) if isinstance(node, ast.Name)]
    bound = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    bound |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - bound


def list_assigned_names(tree):
    """Return the variables that a cell assigns for the cells after it."""
    inner = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    local = {id(node) for outer in ast.walk(tree) if isinstance(outer, inner) for node in ast.walk(outer)}
    return {node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in local}


def prints_table(source):
    """Does code print lines in columns: in a loop, with two or more numbers or texts set to a width?"""
    loops = [node for node in ast.walk(ast.parse(minutes.MAGIC.sub("pass", source))) if isinstance(node, ast.For)]
    calls = [node for loop in loops for node in ast.walk(loop)
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"]
    return any(count_set_widths(call) >= 2 for call in calls)


def count_set_widths(call):
    """Return how many parts of the f-strings in a call are set to a width, as in ``{loss:8.3f}``."""
    specs = [ast.unparse(node.format_spec) for node in ast.walk(call)
             if isinstance(node, ast.FormattedValue) and node.format_spec is not None]
    return sum(bool(re.match(r"f?['\"][^0-9.]?[<>^]?[+ ]?(?:[1-9]|\{)", spec)) for spec in specs)


def iter_output_complaints(notebook):
    """Yield what is wrong with the outputs of an executed notebook: wide lines, and steps that were not confirmed."""
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for line in (line for output in outputs for line in read_printed_text(output).splitlines()):
            if len(line) > WIDEST:
                yield f"{cell.id}: prints a line of {len(line)} columns, at most {WIDEST} fit: {line[:40]}..."
        confirmed = [noted["step"] for output in outputs if (noted := output.get("metadata", {}).get(FIELD, {}))
                     if noted.get("status") == "ok" and "step" in noted]
        for name in list_steps(cell):
            if name not in confirmed:
                yield f"{cell.id}: the instructor's {name} is not confirmed"


def read_printed_text(output):
    """Return what an output shows as text: a stream, or a value that has no HTML."""
    if output.output_type == "stream":
        return output.text
    data = output.get("data", {})
    return data.get("text/plain", "") if "text/html" not in data else ""


# -- figures ----------------------------------------------------------------------------------------------------------


def list_shown_figures(notebook_cells):
    """Return (id of the cell, what it hands to ``plots.show`` beside the figure), None for what is no text."""
    found = []
    for cell in notebook_cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(minutes.MAGIC.sub("pass", cell.source))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "plots.show":
                    given = [*node.args[1:], *(word.value for word in node.keywords)]
                    text = given[0].value if given and isinstance(given[0], ast.Constant) else None
                    found.append((cell.id, text))
    return found


def list_figure_complaints(assignment, notebook, folder=plots.ALT_TEXTS):
    """Return a line for each figure without texts, and for texts without a figure.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
    folder : pathlib.Path
        Of the texts.
    """
    path, shown = Path(folder) / f"{assignment}.toml", list_shown_figures(notebook.cells)
    texts = plots.read_figure_texts(path) if path.is_file() else {}
    found = []
    for cell, name in shown:
        if not isinstance(name, str) or not plots.FIGURE_ID.fullmatch(name):
            found.append(f"{cell}: plots.show takes the figure's id; its text stands in {path.name}")
        elif name not in texts:
            found.append(f"{cell}: {path.name} has no texts of {name}")
    names = [name for _, name in shown]
    found += [f"{name}: two figures have this id" for name in sorted({n for n in names if n and names.count(n) > 1})]
    return found + [f"{path.name}: no cell shows {name}" for name in texts if name not in names]


def list_shared_figures(folder=plots.ALT_TEXTS):
    """Return the ids of figures that two notebooks describe, or whose notebook does not exist."""
    found, known = [], {}
    for path in sorted(Path(folder).glob("*.toml")):
        if path.stem not in list_topics().values():
            found.append(f"{path.name}: there is no such notebook")
        for name in plots.read_figure_texts(path):
            if name in known:
                found.append(f"{name}: described in {known[name]} and in {path.name}")
            known.setdefault(name, path.name)
    return found


# -- transfer questions and steps --------------------------------------------------------------------------------


def list_question_complaints(topic, notebook):
    """Return a line for each question or step that notebook, registry and hidden tests do not agree on.

    Parameters
    ----------
    topic : str
    notebook : NotebookNode
    """
    asked = {cells.read_answer_variable(cell.source): place
             for place, cell in enumerate(notebook.cells) if cells.read_kind(cell) == "answer"}
    found = [line for name, place in asked.items() for line in list_transfer_complaints(name, notebook.cells, place)]
    steps = [name for cell in notebook.cells for name in list_steps(cell)]
    for cell in filter(cells.is_scratch, notebook.cells):
        if not cells.list_confirmed_variables(cell.source) or "### BEGIN SOLUTION" not in cell.source:
            found.append(f"{cell.id}: a scratch cell has a solution region, and confirm(...) below it")
    questions = read_questions(topic)
    found += list_odd_names("ANSWERS", asked, questions.ANSWERS)
    accepted = transfer.load_accepted(topic)
    found += list_odd_names("ACCEPTED of the hidden tests", asked, accepted)
    found += list_given_answers(accepted, questions)
    return found + list_odd_names("STEPS", steps, questions.STEPS)


def list_steps(cell):
    """Return the variables that a scratch cell, or one that is for practice, confirms."""
    own = cells.is_scratch(cell) or notebook_forms.is_practice(cell)
    return cells.list_confirmed_variables(cell.source) if own else []


def list_given_answers(accepted, questions):
    """Return a line for each accepted answer that students could look up: it is a step's result, or a bet's.

    Parameters
    ----------
    accepted : dict of str to autograder.hidden_tests.transfer.Accepted
    questions : object
        With the tables that students get.
    """
    given = [(name, number) for name, step in questions.STEPS.items()
             for number in (step.value, *(slip for slip, _ in step.slips))]
    given += [(name, bet.reference) for name, bet in questions.BETS.items()]
    return [f"{name}: {given_by} of the questions, which students get, has the accepted answer"
            for name, right in accepted.items() if isinstance(right.value, (int, float))
            for given_by, number in given
            if isinstance(number, (int, float)) and abs(number - right.value) <= right.within]


def list_transfer_complaints(name, notebook_cells, place):
    """Return what is wrong around the answer cell of a transfer question: its id, its test, its solution.

    One that is for practice has no test: the next cell confirms the answer, and the text below it may explain.

    Parameters
    ----------
    name : str
        The variable.
    notebook_cells : list of NotebookNode
    place : int
        Of the answer cell.
    """
    stem = name.replace("_", "-")
    answer, test, solution = (*notebook_cells[place:place + 3], None, None)[:3]
    found = [] if answer.id == stem else [f"{answer.id}: the cell of {name} has the id {stem}"]
    if test is not None and notebook_forms.is_practice(test):
        confirmed = test.id == f"{stem}-practice" and name in cells.list_confirmed_variables(test.source)
        return found if confirmed else [*found, f"{stem}: the next cell is {stem}-practice, with confirm({name})"]
    asks = test is not None and cells.is_test(test) and cells.read_question(test.source, "grade_transfer") == name
    if not asks or test.id != f"{stem}-test":
        found.append(f"{stem}: the next cell is {stem}-test, which ends in grade_transfer({name!r}, ...)")
    if solution is None or not cells.is_solution_text(solution) or solution.id != f"{stem}-solution":
        found.append(f"{stem}: the cell after the test is its solution, {stem}-solution")
    return found


def list_odd_names(table, used, known):
    """Return a line for each name that a table lacks, or has although the notebook does not use it.

    Parameters
    ----------
    table : str
        What it is called.
    used, known : collection of str
    """
    return ([f"{name}: missing in {table}" for name in used if name not in known]
            + [f"{name}: in {table}, and the notebook does not ask for it" for name in known if name not in used])


def describe_counts(assignment, notebook):
    """Return the counts and shares of a notebook in one line."""
    lengths = minutes.measure_solutions(read_module_source(assignment[3:]))
    counted = ", ".join(f"{many} {name}" for name, many in count_parts(notebook, lengths).items())
    functions, bets = share_points(notebook)
    return f"{assignment:24} {counted}; of the points {functions:.0%} functions, {bets:.1%} bets"


def main():
    """Print a line for each notebook of form 2, and below it its complaints; return 1 if there are any."""
    wrong = list_shared_figures()
    print("".join(f"{line}\n" for line in wrong), end="")
    for assignment, notebook in notebook_forms.read_notebooks().items():
        if notebook_forms.read_form(notebook) == 2:
            complaints = list_complaints(assignment, notebook)
            print(describe_counts(assignment, notebook), *complaints, sep="\n  ")
            wrong += complaints
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
