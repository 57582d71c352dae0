"""How far am I? Every function, prediction and answer, its state, and what to do next.

    lab.progress()                          in a notebook; lab.progress("01") for one of them
    python3 -m cs231n_lib.lab progress      in a terminal

It reads the notebooks as they were last saved, and runs the visible checks on the functions as they are in their
files. The points are those that an item can bring; the hidden tests may give fewer.
"""

import html
from dataclasses import dataclass

from cs231n_lib.lab import cells, workspace
from cs231n_lib.lab.check import judge
from cs231n_lib.lab.check.answer_forms import find_form_problem
from cs231n_lib.lab.check.answers import find_answer_problem
from cs231n_lib.lab.check.bets import describe_lacking, survey_bets
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.limits import limit_output
from cs231n_lib.lab.check.questions import find_entry
from cs231n_lib.lab.check.report import CELL, TABLE, render_badge
from cs231n_lib.lab.commands.install import COMMAND

STATES = {"done": "ok", "wrong": "wrong", "open": "open"}
"""State of an item -> its colour, a key of ``check.report.COLOURS``."""


@dataclass(frozen=True)
class ProgressItem:
    """One thing to do.

    Attributes
    ----------
    assignment : str
        ``01_activations``.
    name : str
        The function, the variable or the cell.
    kind : str
        "function", "prediction", "answer", "bets", "written answer" or "all together"; "notebook" for one that is
        damaged.
    points : float
    state : str
        A key of ``STATES``.
    note : str
        What is wrong with it, what it needs, or what it unlocks.
    """

    assignment: str
    name: str
    kind: str
    points: float
    state: str
    note: str = ""


class Progress:
    """The items of some notebooks; renders itself as HTML or text.

    Parameters
    ----------
    items : list of ProgressItem
    """

    def __init__(self, items):
        self.items = items

    @property
    def next(self):
        """The first thing that is not done yet, or None."""
        return next((i for i in self.items if i.state != "done"), None)

    def points(self, assignment):
        """Return (points of what is done, points of all) of a notebook."""
        mine = [i for i in self.items if i.assignment == assignment]
        return sum(i.points for i in mine if i.state == "done"), sum(i.points for i in mine)

    def headline(self, assignment):
        """Return one line that sums a notebook up."""
        mine = [i for i in self.items if i.assignment == assignment]
        done, most = self.points(assignment)
        return f"{assignment}: {sum(i.state == 'done' for i in mine)} of {len(mine)} done, {done:g} of {most:g} points"

    @property
    def advice(self):
        """One line that says what to do next."""
        if self.next is None:
            return f"Everything is done. To hand it in, run: {COMMAND} submit"
        note = f" ({self.next.note})" if self.next.note else ""
        return f"Next: {self.next.kind} {self.next.name} in {self.next.assignment}{note}"

    def groups(self):
        """Yield (assignment, its items)."""
        for assignment in dict.fromkeys(i.assignment for i in self.items):
            yield assignment, [i for i in self.items if i.assignment == assignment]

    def __repr__(self):
        lines = []
        for assignment, items in self.groups():
            lines.append(self.headline(assignment))
            lines += [f"  {i.state:6} {i.points:5g}  {i.kind:15} {i.name}  {i.note}".rstrip() for i in items]
        return "\n".join([*lines, self.advice])

    def _repr_html_(self):
        parts = []
        for assignment, items in self.groups():
            rows = "".join(map(render_row, items))
            titles = ("state", "points", "kind", "name", "")
            head = "".join(f'<th scope="col" style="{CELL}">{t}</th>' for t in titles)
            is_open = " open" if self.next is not None and self.next.assignment == assignment else ""
            parts.append(f"<details{is_open}><summary>{html.escape(self.headline(assignment))}</summary>"
                         f'<table style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
                         "</details>")
        return f"<div>{''.join(parts)}<p><strong>{html.escape(self.advice)}</strong></p></div>"


def render_row(item):
    """Return one item as a table row; its state is a word, and the colour repeats it."""
    state, name = render_badge(item.state, STATES[item.state]), f"<code>{html.escape(item.name)}</code>"
    cells = [state, f"{item.points:g}", item.kind, name, html.escape(item.note)]
    return "<tr>" + "".join(f'<td style="{CELL}">{c}</td>' for c in cells) + "</tr>"


def read_progress(name=None, root=workspace.ROOT):
    """Read how far the student is, in one notebook or in all.

    Parameters
    ----------
    name : str, optional
        As in ``"01_activations"``, ``"01"`` or ``"activations"``.
    root : path
        The workspace.

    Returns
    -------
    progress : Progress
        Shows itself as the last value of a cell.
    """
    chosen = workspace.choose_assignments([name] if name else (), root)
    return Progress([item for assignment in chosen for item in list_items(assignment)])


def list_items(assignment):
    """Yield the items of a notebook, in its order; written answers last.

    Parameters
    ----------
    assignment : cs231n_lib.lab.workspace.WorkspaceAssignment

    Yields
    ------
    item : ProgressItem
    """
    states = {}
    if assignment.problem:
        yield ProgressItem(assignment.name, assignment.files[0], "notebook", 0.0, "wrong", assignment.problem)
    for grade_id, source, points in assignment.list_tests():
        purpose = cells.read_purpose(grade_id, source)
        if purpose.kind == "function":
            state, note = states[purpose.name] = read_state(assignment, purpose.name)
        elif purpose.kind == "bets":
            state, note = count_bets(assignment, grade_id)
        elif purpose.kind == "all together":
            state, note = wait_for_functions(name for name, (state, _) in states.items() if state != "done")
        else:
            state, note = judge_answer(assignment.read_answer(grade_id, purpose.name), purpose)
        yield ProgressItem(assignment.name, purpose.name, purpose.kind, points, state, note)
    for name, source, points in assignment.list_written_answers():
        state = "done" if cells.is_filled_in(source) else "open"
        yield ProgressItem(assignment.name, name, "written answer", points, state)


def wait_for_functions(unfinished):
    """Return (state, note) of a cell that runs all functions of its notebook; ``unfinished`` yields their names."""
    names = list(unfinished)
    if not names:
        return "done", ""
    return "open", f"needs {', '.join(names) if len(names) < 4 else f'{len(names)} functions'}"


def count_bets(assignment, grade_id):
    """Return (state, note) of the cell that counts the bets of a notebook.

    Parameters
    ----------
    assignment : cs231n_lib.lab.workspace.WorkspaceAssignment
    grade_id : str
        Of that cell.
    """
    bets = survey_bets(assignment.topic, lambda name: assignment.read_answer(grade_id, name))
    states = [state for state, _ in bets.values()]
    if "refused" in states:
        return "wrong", describe_lacking(bets)
    return ("open", f"to place: {describe_lacking(bets)}") if "open" in states else ("done", "")


def judge_answer(value, purpose):
    """Return (state, note) of an answer, as its check judges it.

    Parameters
    ----------
    value : object
        As :meth:`cs231n_lib.lab.workspace.WorkspaceAssignment.read_answer` returns it.
    purpose : cs231n_lib.lab.cells.Purpose
        Of its test cell.
    """
    if purpose.accepted is None:
        problem = find_form_problem(value, find_entry(purpose.name, "ANSWERS"))
    else:
        problem = find_answer_problem(value, purpose.accepted)
    if not problem:
        return "done", ""
    return ("open", "") if value is ... else ("wrong", problem)


def read_state(assignment, name):
    """Return (state, note) of a function; the note is what is wrong with it, or what it unlocks.

    Parameters
    ----------
    assignment : cs231n_lib.lab.workspace.WorkspaceAssignment
    name : str
        The function: ``"relu_backward"``.
    """
    with limit_output(0):  # what it prints would come between the lines of the list
        report = judge.judge_file(FUNCTIONS[name])
    if report.done:
        return "done", ""
    if report.waits_for and not report.wrong:
        return "open", f"waits for {report.waits_for}"
    if "not implemented" not in report.title:
        return "wrong", ", ".join(report.wrong)
    waiting = sum(f".{name}(" in source or f'"{name}"' in source for source in assignment.list_experiments())
    if not waiting:
        return "open", ""
    return "open", "unlocks 1 experiment" if waiting == 1 else f"unlocks {waiting} experiments"
