"""Write ``notebooks/README.md``, the table of what the course teaches: ``python -m tools.statements_table [--check]``.

``notebooks/statements.toml`` lists the statements. Cells of the notebooks that teach one have the tag
``statement:<id>``. Every statement needs an exercise (a prediction, a bet, an answer, a function or an essay, graded or
for practice), an experiment and an explanation.
"""

import argparse
import re
import sys
import tomllib
from dataclasses import dataclass, field

import nbformat

from autograder.course import cells
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from tools import minutes, notebook_forms

TABLE = ROOT / "notebooks" / "README.md"
PREFIX = "statement:"
PHASES = {"one-time setup": 0, "training dynamics": 6, "evaluation": 9}
"""The lecture's three phases -> number of the first notebook of each."""


@dataclass
class Statement:
    """One thing that the course teaches, and where.

    Attributes
    ----------
    id, assignment, text : str
    told : bool
        Only explained, not measured.
    sections, exercises, experiments, explanations, explorers : list of str
        Headings of sections; ids of graded cells, of code cells and of text cells; names of explorers.
    """

    id: str
    assignment: str
    text: str
    told: bool = False
    sections: list = field(default_factory=list)
    exercises: list = field(default_factory=list)
    experiments: list = field(default_factory=list)
    explanations: list = field(default_factory=list)
    explorers: list = field(default_factory=list)

    @property
    def missing(self):
        """The kinds of cells that the statement needs and does not have."""
        wanted = {"bet, prediction or answer": self.exercises, "experiment": self.experiments}
        wanted = {"explanation": self.explanations, **({} if self.told else wanted)}
        return [name for name, found in wanted.items() if not found]


def read_statements():
    """Return the statements of ``statements.toml`` by assignment."""
    listed = tomllib.loads((ROOT / "notebooks" / "statements.toml").read_text(encoding="utf-8"))
    statements = {}
    for assignment, entries in listed.items():
        told = entries.pop("text", {})
        statements[assignment] = [Statement(i, assignment, t) for i, t in entries.items()]
        statements[assignment] += [Statement(i, assignment, t, told=True) for i, t in told.items()]
    return statements


def locate_statements(statements, notebook):
    """Fill in where a notebook's cells teach its statements; yield what is wrong with its tags."""
    known, section = {s.id: s for s in statements}, ""
    for cell in notebook.cells:
        text = cell.source if cell.cell_type == "markdown" else ""
        headings = re.findall(r"^## (.*?)(?: \(.*minutes?\))?$", text, re.M)
        section = headings[0] if headings else section
        for tag in cell.metadata.get("tags", []):
            statement = known.get(tag.removeprefix(PREFIX))
            if not tag.startswith(PREFIX) or statement is None:
                yield f"{cell.id}: the tag {tag!r} is no statement of this notebook"
                continue
            if cells.is_solution_text(cell):
                yield f"{cell.id}: students do not get this cell, so it explains nothing"
                continue
            if section not in statement.sections:
                statement.sections.append(section)
            if is_exercise(cell, notebook):
                statement.exercises.append(re.sub("-(test|practice)$", "", cell.id))
            elif cell.cell_type == "code":
                statement.experiments.append(cell.id)
                statement.explorers += re.findall(r"explorers\.(\w+)", cell.source)
            else:
                statement.explanations.append(cell.id)


def is_exercise(cell, notebook):
    """Does a student answer something here? Of form 1 these are test cells alone."""
    written = cells.is_written(cell) and notebook.metadata.get("cs231n", {}).get("form") == 2
    return cells.is_test(cell) or cells.is_bet(cell) or notebook_forms.is_practice(cell) or written


def survey_notebooks():
    """Return (statements by assignment, head of every notebook, complaints)."""
    listed, heads, complaints = read_statements(), {}, []
    for assignment in list_topics().values():
        notebook = nbformat.read(ROOT / "notebooks" / f"{assignment}.ipynb", as_version=4)
        statements = listed.get(assignment, [])
        complaints += [f"{assignment}, {problem}" for problem in locate_statements(statements, notebook)]
        complaints += [f"{assignment}: {s.id} has no {', no '.join(s.missing)}" for s in statements if s.missing]
        heads[assignment] = format_head(notebook)
    complaints += [f"statements.toml names no such notebook: {a}" for a in listed.keys() - set(list_topics().values())]
    return listed, heads, complaints


def format_head(notebook):
    """Return (title, time in the notebook's words, hours, points)."""
    text = notebook.cells[0].source
    title = text.splitlines()[0].removeprefix("# ")
    points = sum(c.metadata.nbgrader["points"] for c in notebook.cells if "points" in c.metadata.get("nbgrader", {}))
    core_path = minutes.read_stated_minutes(notebook)
    if core_path:
        return title, f"{core_path // 60} h {core_path % 60:02}", core_path / 60, points
    stated = re.search(r"About ([^.,]*?(?:hours?|minutes))", text)[1]
    number = stated.split()[0]
    parts = {"½": ".5", "¼": ".25", "¾": ".75"}
    hours = float("".join(parts.get(character, character) for character in number))
    hours = hours / 60 if "minute" in stated else hours
    return title, stated, hours, points


def format_table(listed, heads):
    """Return the text of ``notebooks/README.md``."""
    lines = ["# What the course teaches, and where", "",
             "Written by `make statements` from the tags in the notebooks; edit `statements.toml` or the tags, not "
             "this page.",
             "An exercise is a bet, a prediction, an answer, a function or an essay, by the name of its cell.", "",
             "| phase | notebook | title | time | points |", "| --- | --- | --- | --- | --- |"]
    for assignment in list_topics().values():
        phase = [name for name, first in PHASES.items() if first <= int(assignment[:2])][-1]
        title, stated, _, points = heads[assignment]
        lines.append(f"| {phase} | [{assignment}]({assignment}.ipynb) | {title} | {stated} | {points:g} |")
    hours, points = (sum(h[i] for h in heads.values()) for i in (2, 3))
    lines += [f"| | | **all** | **{round(hours, 2):g} hours** | **{points:g}** |", ""]
    lines += ["| statement | notebook | section | exercise | explorer |", "| --- | --- | --- | --- | --- |"]
    for s in (s for statements in listed.values() for s in statements):
        exercises = ", ".join(f"`{e}`" for e in s.exercises) or "told, not measured"
        explorers = ", ".join(dict.fromkeys(s.explorers))
        lines.append(f"| {s.text} | {s.assignment[:2]} | {'; '.join(s.sections)} | {exercises} | {explorers} |")
    lines.append("")
    return "\n".join(lines)


def main():
    """Write the table, or compare it; return the number of complaints."""
    parser = argparse.ArgumentParser(prog="python -m tools.statements_table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, complain if the table is not up to date")
    options = parser.parse_args()
    listed, heads, complaints = survey_notebooks()
    text = format_table(listed, heads)
    if not options.check:
        TABLE.write_text(text, encoding="utf-8")
    elif not TABLE.is_file() or TABLE.read_text(encoding="utf-8") != text:
        complaints.append("notebooks/README.md is not up to date: run make statements")
    print("".join(f"{c}\n" for c in complaints), end="")
    print(f"{sum(map(len, listed.values()))} statements, {len(complaints)} complaints")
    return len(complaints)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
