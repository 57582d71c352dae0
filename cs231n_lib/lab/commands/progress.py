"""How far am I? Every function, prediction and answer, its state, and what to do next.

    lab.progress()                          in a notebook; lab.progress("01") for one of them
    python3 -m cs231n_lib.lab progress      in a terminal

Reads the notebooks as they were saved last, and puts the visible checks' questions to the functions as they stand in
their files. Points are those within reach: what the hidden tests then give may be less.
"""

import ast
import html
from dataclasses import dataclass

from cs231n_lib.lab import workspace
from cs231n_lib.lab.check import judge
from cs231n_lib.lab.check.answers import find_answer_problem
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.limits import limit_output
from cs231n_lib.lab.check.report import CELL, TABLE, render_badge

STATES = {"done": "ok", "wrong": "wrong", "open": "open"}
"""State of an item -> the colour that repeats it (a key of ``check_table.COLOURS``)."""


@dataclass(frozen=True)
class ProgressItem:
    """One thing to do.

    Attributes
    ----------
    kind : str
        "function", "prediction", "answer", "written answer" or "all together".
    state : str
        A key of ``STATES``.
    note : str
        What is wrong with it, or what it unlocks.
    """

    assignment: str
    name: str
    kind: str
    points: float
    state: str
    note: str = ""


class Progress:
    """The items of some notebooks; renders itself as HTML or text."""

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
            return "Everything is done. Hand it in: python3 -m cs231n_lib.lab submit"
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
    """Look at one notebook (``"01"``), or at all.

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
    chosen = [workspace.find_assignment(name, root)] if name else workspace.list_assignments(root)
    return Progress([item for assignment in chosen for item in list_items(assignment)])


def list_items(assignment):
    """Yield the items of a notebook, in its order; written answers last."""
    answers, states = assignment.answers(), {}
    for grade_id, source, points in assignment.tests():
        kind, name, accepted = read_purpose(grade_id, source)
        if kind == "function":
            state, note = states[name] = read_state(assignment, name)
        elif kind == "all together":
            wrong = [f for f, (state, _) in states.items() if state != "done"]
            needed = ", ".join(wrong) if len(wrong) < 4 else f"{len(wrong)} functions"
            state, note = ("open", f"needs {needed}") if wrong else ("done", "")
        else:
            answer = answers.get(name, ...)
            problem = find_answer_problem(answer, accepted)
            state, note = ("wrong", problem) if problem else ("done", "")
            if problem and answer is ...:
                state, note = "open", ""
        yield ProgressItem(assignment.name, name, kind, points, state, note)
    for name, source, points in assignment.written():
        yield ProgressItem(assignment.name, name, "written answer", points, "done" if is_written(source) else "open")


def read_purpose(grade_id, source):
    """Return what a test cell asks for: (kind, name, what is accepted), read from its visible call."""
    call = next((s.value for s in ast.parse(source).body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
                 and getattr(s.value.func, "id", "") in ("check", "check_answer")), None)
    if call is None:
        return "all together", grade_id.removesuffix("-test"), None
    if call.func.id == "check":
        return "function", call.args[0].value, None
    name = call.args[0].id
    return "prediction" if name.startswith("prediction") else "answer", name, ast.literal_eval(call.args[1])


def read_state(assignment, name):
    """Return the state of a function, and what is wrong with it or what it unlocks."""
    with limit_output(0):  # what it prints would stand between the lines of the list
        report = judge.judge_file(FUNCTIONS[name])
    if not report.wrong:
        return "done", ""
    waiting = sum(f".{name}(" in source or f'"{name}"' in source for source in assignment.experiments())
    if "not implemented" in report.title:
        experiments = "experiment" if waiting == 1 else "experiments"
        return "open", f"unlocks {waiting} {experiments}" if waiting else ""
    return "wrong", ", ".join(report.wrong)


def is_written(source):
    """Has somebody written here? As released, the cell holds nbgrader's placeholder."""
    return bool(source.strip()) and "YOUR ANSWER HERE" not in source
