"""A small notebook of form 2: a transfer question with its solution, and scratch cells.

Its questions are put into the tables of the topic that the small checkout has (:func:`add_questions`).
"""

from types import SimpleNamespace

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_cells import flag, make_answer, make_test
from small_checkout import TOPIC, function_test, setup, title, written

from autograder import hidden_tests, reference
from autograder.hidden_tests import transfer
from autograder.runners import jobs
from cs231n_lib.lab.check import questions
from cs231n_lib.lab.check.answer_forms import NumberForm
from cs231n_lib.lab.check.steps import Step

SOLUTION = ("Every layer keeps $0.05\\sqrt{200}$ of what it is given, which is a little less than three quarters of "
            "it, and ten such layers keep the tenth power of that: about three per cent are left at the top.")
SCRATCH = """\
# One line: what is left after ten layers?
### BEGIN SOLUTION
per_layer = 0.05 * np.sqrt(200)
walk_std = per_layer**10
### END SOLUTION
confirm(walk_std)"""
OPEN_SCRATCH = """\
# One line: what is left after ten layers?
walk_std = ...
confirm(walk_std)"""
BUG = """\
def spread(rng):
    ### BEGIN SOLUTION
    return rng.normal(size=3) / np.sqrt(3)
    ### END SOLUTION"""
OPEN_BUG = """\
def spread(rng):
    ..."""
ACCEPTED = {"answer_wide": transfer.Accepted(3.1, "%", within=0.2)}
ANSWERS = {"answer_wide": NumberForm(0, 100, "%", decimals=1)}
STEPS = {"walk_std": Step(0.03125, "The share of ten layers is the tenth power of one layer's share.", within=1e-4,
                          slips=((0.70710678, "That is the share of a single layer."),))}


def own(cell, kind):
    """Name the kind of a cell."""
    cell.metadata["cs231n"] = {"kind": kind}
    return cell


def transfer_question():
    """Return the cells of a transfer question: text, answer, test, solution."""
    return [
        new_markdown_cell("**Transfer.** The same net, 200 wide. What is left? (2 points: `answer_wide = ...`)",
                          id="wide"),
        own(make_answer("answer-wide", "answer_wide = 3.1"), "answer"),
        make_test("answer-wide-test", "check_answer_form(answer_wide)",
                  'grade_transfer("answer_wide", answer_wide, points=2)', 2),
        own(new_markdown_cell(SOLUTION, id="answer-wide-solution"), "solution"),
    ]


def scratch(source=SCRATCH, name="walk"):
    """Return a scratch cell."""
    return own(flag(new_code_cell(source, id=name), solution=True), "scratch")


def notebook():
    """Return the cells of the notebook."""
    imports = setup()
    imports.source += "\nfrom cs231n_lib.lab.check import check_answer_form, confirm"
    return [title(), imports, scratch(), scratch(BUG, "find-the-bug"), *transfer_question(),
            function_test("relu_forward"), written("x-why")]


def make_notebook():
    """Return the instructor's notebook."""
    return new_notebook(cells=notebook(), metadata={"cs231n": {"form": 2}})


def add_questions(patch):
    """Put the questions into the tables of the small checkout's topic, at home and in the grader."""
    patch.setattr(questions, "list_topics", lambda: [TOPIC])
    patch.setattr(questions, "read_questions", lambda topic: SimpleNamespace(BETS={}, ANSWERS=ANSWERS, STEPS=STEPS))
    rules = reference.load_lab_module(reference.ANSWER_FORMS)
    forms = {name: rules.NumberForm(**vars(form)) for name, form in ANSWERS.items()}
    patch.setattr(reference, "load_questions", lambda topic: SimpleNamespace(ANSWERS=forms))
    for module in (hidden_tests, transfer, jobs):
        patch.setattr(module, "load_accepted", lambda topic: ACCEPTED)
