"""A small notebook of form 2, with three bets of three kinds, and the questions that go with it; none of ours."""

import importlib
import json
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.preprocessors import ClearHiddenTests
from small_cells import flag, make_answer, make_test, write_course

from autograder import reference
from autograder.gradebook.preprocessors import ClearAnswers
from cs231n_lib.lab.check import questions
from cs231n_lib.lab.check.questions import kinds  # noqa: F401  (found while its folder is the registry)

ASSIGNMENT, TOPIC = "02_preprocessing", "preprocessing"

QUESTIONS = '''"""Questions of a small notebook."""

from cs231n_lib.lab.check.questions.kinds import Choice, Number, Ranking


def decide_depth(ratio):
    if 0.9 <= ratio <= 1.1:
        return "b"
    return "c" if ratio > 1.1 else "a"


def decide_order(losses):
    return sorted(losses, key=losses.get)


BETS = {
    "bet_depth": Choice(options={"a": "it <shrinks>", "b": "it stays", "c": "it explodes quickly"}, decide=decide_depth,
                        reference="c", says="{:.2f} per layer", functions=("center", "standardize")),
    "bet_share": Number(unit="%", low=0, high=100, close=5, reference=12.2, within=0.5, says="{:.1f}",
                        functions=("center",)),
    "bet_order": Ranking(items={"a": "SGD", "b": "Adam", "c": "momentum"}, decide=decide_order, reference="bca",
                         says="a {a}, b {b}, c {c}"),
}
'''

EXPERIMENTS = {"bet_depth": "ratio = 3 / 2\nreveal(bet_depth, ratio)",
               "bet_share": "share = 12.3\nreveal(bet_share, share)",
               "bet_order": "losses = {'a': 3, 'b': 1, 'c': 2}\nreveal(bet_order, losses)"}
MEASURED = {"depth": ("bet_depth", "c", "1.50 per layer"), "share": ("bet_share", 12.3, "12.3 %"),
            "order": ("bet_order", ["b", "c", "a"], "a 3, b 1, c 2")}
"""What a kernel would measure: the bet, its outcome and the words, by experiment."""
BETS = {"bet_depth": '"c"', "bet_share": "20", "bet_order": '"bca"'}
"""The instructor's literals: one choice that is right, a number that is not, an order that is right."""


def make_bet_cells(name, literal):
    """Return the cells of one bet as the instructor has them: question, bet, experiment."""
    short, ident = name.removeprefix("bet_"), name.replace("_", "-")
    bet = make_answer(ident, f"{name} = {literal}")
    bet.metadata.update({"cs231n": {"kind": "bet"}, "tags": [f"statement:{short}"]})
    return [new_markdown_cell(f"**Bet.** What becomes of the {short}?", id=f"{ident}-question"),
            bet,
            new_code_cell(EXPERIMENTS[name], id=f"{short}-experiment")]


def make_notebook(bets=BETS):
    """Return the instructor's notebook."""
    made = [new_markdown_cell("# A small notebook", id="title"),
            flag(new_code_cell("from cs231n_lib.lab.check import check_bets, reveal", id="setup"))]
    for name, literal in bets.items():
        made += make_bet_cells(name, literal)
    made.append(make_test("bets-placed", f'check_bets("{ASSIGNMENT}")', f'grade_bets("{ASSIGNMENT}")', 1.5))
    return new_notebook(cells=made, metadata={"cs231n": {"form": 2}, "kernelspec": {
        "name": "python3", "display_name": "Python 3", "language": "python"}})


def write_notebook(path, bets=BETS):
    """Write the instructor's notebook; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(make_notebook(bets), path)
    return path


@pytest.fixture
def small_questions(tmp_path, monkeypatch):
    """The questions of the small notebook stand in the registry, at home and for the grader; and nothing else does."""
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / f"{TOPIC}.py").write_text(QUESTIONS, encoding="utf-8")
    monkeypatch.setattr(questions, "__path__", [str(folder)])
    name = f"{questions.__name__}.{TOPIC}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.invalidate_caches()
    forms = {**vars(reference.builtins), "__import__": reference.import_by_path}
    loaded = reference.load_source(QUESTIONS, "questions", "questions.py", forms)
    monkeypatch.setattr(reference, "load_questions", lambda topic: loaded if topic == TOPIC else None)
    yield questions.read_questions(TOPIC)
    sys.modules.pop(name, None)


def make_released_notebook(bets=BETS):
    """Return the notebook as students get it, with nbgrader's own steps and ours."""
    notebook = make_notebook(bets)
    for step in (ClearAnswers, ClearHiddenTests):
        for index, cell in enumerate(notebook.cells):
            step().preprocess_cell(cell, {"language": "python"}, index)
    return notebook


def make_small_course(folder):
    """Write a course with the small notebook, as released and as graded; return its folder."""
    return write_course(folder, ASSIGNMENT, make_notebook(), make_released_notebook())


def find_cell(notebook, name):
    """Return the cell of that id."""
    return next(c for c in notebook.cells if c.id == name)


def make_registering_cell():
    """Return a cell that makes a kernel know the questions of the small notebook: fixtures do not reach it."""
    folder = questions.__path__[0]
    return new_code_cell(
        "import cs231n_lib.lab.check.questions.kinds\nfrom autograder import hidden_tests, reference\n"
        "from cs231n_lib.lab.check import questions\n"
        f"questions.__path__[:] = [{folder!r}]\nreference.load_questions = questions.read_questions\n"
        "hidden_tests.find_points = lambda assignment: 1.5", id="register")


def execute_by_hand():
    """Return the small notebook with the outputs that a kernel would have left."""
    notebook = make_notebook()
    for short, (name, outcome, said) in MEASURED.items():
        noted = {"bet": name, "state": "right", "outcome": outcome, "measured": said}
        find_cell(notebook, f"{short}-experiment").outputs = [
            new_output("display_data", {"text/html": "<b>You bet</b>"}, metadata={"cs231n": noted})]
    return nbformat.from_dict(json.loads(json.dumps(notebook)))
