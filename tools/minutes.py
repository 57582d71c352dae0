"""Count the minutes that the core path of a notebook takes: ``python -m tools.minutes``.

130 words of prose a minute; 1 a figure or table, 2 a bet, 3 an explorer, 2 a step of a derivation, 8 a transfer
question, 20 an essay, 10 a function of a few lines and 20 a substantial one. What stands after the recap under "Go
deeper" is optional and does not count. The title of a notebook of form 2 states the sum, at most 120.
"""

import ast
import re
from dataclasses import astuple, dataclass, fields

from autograder import reference
from autograder.course import cells
from tools import notebook_forms, prose_counts

WORDS = 130
"""Words of prose in a minute."""
MOST = 120
"""Minutes of a core path."""
ROUNDING = 5
"""Minutes by which a title may differ from the count."""
SUBSTANTIAL = 8
"""Lines of a function's solution from which on it is substantial."""
WEIGHTS = {"figures": 1, "bets": 2, "explorers": 3, "steps": 2, "questions": 8, "essays": 20, "short_functions": 10,
           "substantial_functions": 20}
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
MAGIC = re.compile(r"(?m)^\s*[%!].*$")
"""A line for IPython, which is no Python."""
SHOWN = ("plots.show", "tables.show", "logbook.page")


@dataclass
class CorePath:
    """What a student does on the core path of a notebook.

    Attributes
    ----------
    words : int
        Of prose, lists included.
    figures : int
        Figures, and tables: an experiment that only prints is one.
    bets, explorers, steps, questions, essays, short_functions, substantial_functions : int
        ``steps`` are the cells for code of the student's own that is not graded.
    """

    words: int = 0
    figures: int = 0
    bets: int = 0
    explorers: int = 0
    steps: int = 0
    questions: int = 0
    essays: int = 0
    short_functions: int = 0
    substantial_functions: int = 0

    @property
    def minutes(self):
        """The sum, as a whole number."""
        return round(self.words / WORDS + sum(WEIGHTS[name] * getattr(self, name) for name in WEIGHTS))

    def __add__(self, other):
        return CorePath(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self):
        counted = ", ".join(f"{getattr(self, f.name)} {f.name.replace('_', ' ')}" for f in fields(self))
        return f"{self.minutes:4} minutes: {counted}"


def measure_core_path(notebook, module=""):
    """Return the :class:`CorePath` of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        The instructor's, with its solutions.
    module : str
        Source of its graded module, with its solutions: a function without one is given, and takes no time.
    """
    lengths = measure_solutions(module)
    return sum((measure_cell(cell, lengths) for cell in list_core_cells(notebook)), CorePath())


def list_core_cells(notebook):
    """Return the cells up to the heading "Go deeper" that follows the recap."""
    core, after_recap = [], False
    for cell in notebook.cells:
        headings = list_headings(cell)
        after_recap = after_recap or any(h.startswith("Recap") for h in headings)
        if after_recap and any(h.startswith("Go deeper") for h in headings):
            return core
        core.append(cell)
    return core


def list_headings(cell):
    """Return the headings of a text cell, without their marks."""
    return re.findall(r"^#+ +(.*)", cell.source, re.M) if cell.cell_type == "markdown" else []


def measure_solutions(module):
    """Return function -> lines of code in its solution regions."""
    lines, lengths = module.splitlines(), {}
    for node in ast.parse(module).body:
        if isinstance(node, ast.FunctionDef):
            regions = SOLUTION.findall("\n".join(lines[node.lineno - 1:node.end_lineno + 1]) + "\n")
            code = [x for region in regions for x in region.splitlines() if x.strip() and not x.strip().startswith("#")]
            lengths[node.name] = len(code)
    return lengths


def measure_cell(cell, lengths):
    """Return what one cell adds to the core path.

    Parameters
    ----------
    cell : NotebookNode
    lengths : dict of str to int
        As :func:`measure_solutions` returns them.
    """
    if cells.is_solution_text(cell):  # read after the last due date
        return CorePath()
    if cells.is_written(cell):
        return CorePath(essays=1)
    if cell.cell_type == "markdown":
        return CorePath(words=count_words(cell.source), figures=len(re.findall(r"^\|[ :|-]+\|$", cell.source, re.M)))
    if cell.cell_type != "code" or cells.is_setup(cell):
        return CorePath()
    if cells.is_scratch(cell):
        return CorePath(steps=1)
    if cells.is_answer(cell):
        return measure_answer(cell)
    if cells.is_test(cell):
        return measure_test(cell, lengths)
    return measure_experiment(cell)


def count_words(text):
    """Return the words of Markdown that a reader reads: prose and lists, without formulas and blocks of code."""
    text = re.sub(r"(?ms)^(```|~~~).*?^\1[^\n]*$|\$\$.*?\$\$|^\|.*?$|^#.*?$|<!--.*?-->", " ", text)
    text = re.sub(r"`[^`]+`|\$[^$]+\$", " code ", text)
    return len(prose_counts.WORD.findall(re.sub(r"\]\([^)]*\)", "]", text)))


def measure_answer(cell):
    """Return a bet or a transfer question; of form 1, where no cell names its kind, perhaps a step of a derivation."""
    if cells.read_kind(cell):
        return CorePath(bets=1) if cells.is_bet(cell) else CorePath(questions=1)
    code = "\n".join(SOLUTION.findall(cell.source)) or cell.source
    try:
        names = [t.id for s in ast.parse(code).body if isinstance(s, ast.Assign) for t in s.targets
                 if isinstance(t, ast.Name)]
    except SyntaxError:  # a cell in which something is to be repaired
        names = []
    if len(names) == 1 and names[0].startswith(("bet_", "prediction_")):
        return CorePath(bets=1)
    if len(names) == 1 and names[0].startswith("answer_"):
        return CorePath(questions=1)
    return CorePath(steps=1)


def measure_test(cell, lengths):
    """Return the function that a test cell asks for; a cell that counts bets or runs all functions takes no time.

    Parameters
    ----------
    cell : NotebookNode
    lengths : dict of str to int
    """
    lines = lengths.get(cells.read_question(cell.source), 0)
    if lines == 0:
        return CorePath()
    return CorePath(substantial_functions=1) if lines >= SUBSTANTIAL else CorePath(short_functions=1)


def measure_experiment(cell):
    """Return the explorers and the figures of a cell; a cell that only prints is a table."""
    names = [ast.unparse(node.func) for node in ast.walk(ast.parse(MAGIC.sub("pass", cell.source)))
             if isinstance(node, ast.Call)]
    explorers = sum(bool(re.fullmatch(r"explorers\.[A-Z]\w*", name)) for name in names)
    figures = sum(name in SHOWN for name in names)
    if not explorers and not figures:
        figures = int("print" in names or "display" in names)
    return CorePath(explorers=explorers, figures=figures)


def read_stated_minutes(notebook):
    """Return the minutes of the core path that the first cell states, as in "Core path: 1 h 50"; None if it does not.
    """
    found = re.search(r"Core path: (?:about )?(?:(\d+) h)? ?(\d+)?", notebook.cells[0].source)
    if not found or not any(found.groups()):
        return None
    return 60 * int(found[1] or 0) + int(found[2] or 0)


def list_complaints(path, stated):
    """Return what is wrong with the time that a notebook states.

    Parameters
    ----------
    path : CorePath
    stated : int or None
    """
    if stated is None:
        return [f'the first cell does not state the time as in "Core path: 1 h 50"; counted are {path.minutes} minutes']
    found = []
    if abs(stated - path.minutes) > ROUNDING:
        found.append(f"the first cell states {stated} minutes, counted are {path.minutes}")
    if path.minutes > MOST:
        found.append(f"the core path takes {path.minutes} minutes, at most {MOST} are allowed")
    return found


def measure_notebook(assignment, notebook):
    """Return the :class:`CorePath` of a notebook of the course, whose module is read from the checkout.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
    """
    return measure_core_path(notebook, reference.read_module_source(assignment[3:]))


def main():
    """Print a line for each notebook, and below it what is wrong with the time that one of form 2 states."""
    for assignment, notebook in notebook_forms.read_notebooks().items():
        path = measure_notebook(assignment, notebook)
        print(f"{assignment:24} {path}")
        if notebook_forms.read_form(notebook) == 2:
            complaints = list_complaints(path, read_stated_minutes(notebook))
            print("".join(f"  {line}\n" for line in complaints), end="")


if __name__ == "__main__":
    main()
