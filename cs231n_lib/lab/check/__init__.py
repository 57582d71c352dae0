"""Visible checks: ``check("relu_backward")`` says what is wrong with a function and, if it can, why.

In: the name of a function, or the value of an answer cell. Out: a report, shown in the notebook or as text, and an
exception if something is wrong.

``judge`` runs a function on its ``cases`` (``observe``), asks whether what comes back has the form that was asked for
(``result_form``), compares the results with stored numbers (``known_results``) and with finite differences of the
reader's own forward, and names the mistake (``recognise``), or says in what way a result is wrong (``relations``),
what would make it right (``repairs``), or which argument makes no difference (``effects``). ``pairs`` judges a forward
and a backward together, ``remarks`` says what is accepted and yet not what the workbook does. All comparisons are in
``arrays``, all names of aspects that the grader asks, too, in ``aspects``: the hidden tests use both. ``report`` and
``difference_map`` show it, ``where_to_read`` adds what to read. ``limits`` bounds time and output, ``import_check``
says why a file does not load, ``answers`` and ``answer_forms`` whether an answer can be accepted, ``steps`` whether a
step of a derivation comes out. ``bets`` reads bets from their cells, ``cards`` shows what they came to, ``questions``
has what is asked for, ``shell`` asks IPython, ``hints`` helps. Nothing here knows a solution, and the hidden tests
that give the marks draw other inputs.

May import ``gradient_check``, ``workspace``, ``cells`` and ``modules``, and the graded modules while it runs.
"""

import difflib
import os

from cs231n_lib.lab import cells
from cs231n_lib.lab.check.answer_forms import find_form_problem
from cs231n_lib.lab.check.answers import find_answer_problem
from cs231n_lib.lab.check.bets import check_bets, reveal
from cs231n_lib.lab.check.cards import StepCard
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.hints import hint
from cs231n_lib.lab.check.judge import judge_file
from cs231n_lib.lab.check.questions import find_entry
from cs231n_lib.lab.check.shell import NotRightYet, find_caller, show

__all__ = ["NotRightYet", "check", "check_answer", "check_answer_form", "check_bets", "confirm", "hint", "reveal"]


def check(name):
    """Judge one of your functions on small visible inputs, and show what it returned next to what was expected.

    Parameters
    ----------
    name : str
        The function: ``"relu_backward"``.

    Raises
    ------
    NotRightYet
        If an aspect is wrong or the function could not be judged, after the table was shown.
    ValueError
        If there is no function of that name.
    """
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        meant = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"expected the name of a function of the workbook, got {name!r}{meant}")
    report = judge_file(FUNCTIONS[name])
    show(report)
    if not report.done:
        hints = report.hints if os.environ.get("NBGRADER_VALIDATING") else []  # Validate shows no table
        raise NotRightYet("\n".join([report.summary, *hints]))


def check_answer(value, accepted):
    """Say whether an answer can be accepted. This does not say whether it is right.

    Parameters
    ----------
    value : object
        What the answer cell assigns; ``...`` is no answer yet.
    accepted : str, (low, high) or (str, int)
        Letters to choose from, as in ``"abc"``; or the range of possible numbers; or the characters and the
        length of a longer string, as in ``("0123456789", 600)``.

    Raises
    ------
    NotRightYet
        If the answer cannot be accepted.
    """
    caller = find_caller()
    name = cells.read_argument(caller.source, caller.line, "check_answer")
    answer = caller.read_value(name) if name in caller.variables else value
    problem = find_answer_problem(answer, accepted)
    if problem:
        raise NotRightYet(f"answer not accepted: {problem}")
    print("answer noted")


def check_answer_form(value):
    """Say whether an answer has the form that its question asks for. This does not say whether it is right.

    Parameters
    ----------
    value : object
        The variable of the answer cell; ``...`` is no answer yet.

    Raises
    ------
    NotRightYet
        If the answer cannot be accepted: a share where per cent are asked for, a computed value.
    ValueError
        If no question asks for such a variable.
    """
    caller = find_caller()
    name = cells.read_argument(caller.source, caller.line, "check_answer_form")
    form = find_entry(name, "ANSWERS")
    problem = find_form_problem(caller.read_value(name), form)
    if problem:
        raise NotRightYet(f"answer not accepted: {problem}")
    print("answer noted")


def confirm(value):
    """Show whether a step that you wrote in this cell gives what it should, and where to look if not. It is not graded.

    Parameters
    ----------
    value : object
        The variable with the result of the step; ``...`` before it is written.

    Raises
    ------
    ValueError
        If the workbook has no step of that name.
    """
    caller = find_caller()
    name = cells.read_argument(caller.source, caller.line, "confirm")
    status, sentence = find_entry(name, "STEPS").judge(value)
    show(StepCard(name, status, sentence), cs231n={"step": name, "status": status})
