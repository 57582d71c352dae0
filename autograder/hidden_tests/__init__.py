"""Hidden tests, one module per topic, and the calls that stand in the notebooks' hidden regions.

``grade("relu_forward")`` returns the marks of one function, ``grade_prediction`` those of a prediction (any accepted
answer earns them), ``grade_bets`` those of the bets of a notebook, ``grade_answer`` and ``grade_transfer`` those of a
question with a right answer, ``grade_capstone`` those of a classifier's answers on the held-out images. All return one
finite Python float, which nbgrader takes as the score of the cell. They work on a
:class:`~autograder.hidden_tests.session.Session`: the trusted runner opens one on the sandboxed submission; in a plain
kernel the first call opens one on the installed ``cs231n_lib``.

``<topic>.py`` holds the questions of a topic; ``builders`` the tests that many of them share; ``expectations`` the
comparisons that say what is wrong; ``rubric`` what a question and an aspect are, and how they are judged; ``transfer``
the accepted answers of transfer questions. Whether an answer cell is right is decided here. May import ``sandbox``,
``mistakes`` and what is below them; never nbgrader.
"""

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder import reference
from autograder.course.cells import Unreadable, parse_cells, read_flags, read_question
from autograder.course.topics import topic_of
from autograder.hidden_tests import session as sessions
from autograder.hidden_tests.rubric import Outcome
from autograder.hidden_tests.session import open_session, sum_marks
from autograder.hidden_tests.transfer import find_topic, judge_transfer, load_accepted, load_forms
from autograder.rooms import find_file


def grade(name: str) -> float:
    """Grade the function (or integration question) ``name``; return its marks."""
    session = open_session(name)
    if session.in_plain_kernel:
        session.forget(name)
    return record_outcomes(session.outcomes(name))


def grade_prediction(value: Any, accepted: str | tuple[float, float], points: float) -> float:
    """Give ``points`` for any accepted answer: a prediction is asked for, not known.

    Parameters
    ----------
    value : object
        The literal in the answer cell; ``...`` stands for none.
    accepted : str or (low, high)
        Letters one may choose, as in "abc"; or the range of numbers that make sense.
    points : float
    """
    return record_answer(
        "prediction", value, is_accepted(value, accepted), points, "Any accepted answer earns the point."
    )


def grade_bets(assignment: str) -> float:
    """Give an equal share of the cell's points for each valid bet of a notebook, whether it came out right or wrong.

    The bets are those of the notebook that are in the registry as well: a course may have released a notebook before a
    bet was added to it.

    Parameters
    ----------
    assignment : str
        As in "03_initialization".

    Raises
    ------
    ValueError
        If the notebook has no bet.
    """
    answers = sys._getframe(1).f_globals  # of the test cell: the variables that stand in the answer cells
    bets = select_bets(assignment, answers)
    if not bets:
        raise ValueError(f"{assignment} has no bets")
    share = find_points(assignment) / len(bets)
    return record_outcomes([judge_bet(name, bet, answers[name], share) for name, bet in bets.items()])


def find_points(assignment: str) -> float:
    """Return the points of the cell that counts bets: the runner's job has them, and in a plain kernel the checkout."""
    if sessions.current is not None and not sessions.current.in_plain_kernel:
        return sessions.current.points
    text = find_file(f"notebooks/{assignment}.ipynb").read_text(encoding="utf-8")
    return next(float(read_flags(cell)["points"]) for cell in parse_cells(text)
                if read_question("".join(cell["source"]), "grade_bets"))


def select_bets(assignment: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return name -> form of the bets among the variables of a notebook."""
    questions = reference.load_questions(topic_of(assignment))
    return {name: bet for name, bet in getattr(questions, "BETS", {}).items() if name in answers}


def judge_bet(name: str, bet: Any, value: Any, share: float) -> Outcome:
    """Return the outcome of one bet; ``bet`` is its form, ``share`` what it earns if it is valid."""
    problem = bet.find_problem(value)
    if not problem:
        return Outcome(name, share, share, "passed", "")
    if value is ...:
        return Outcome(name, 0.0, share, "not implemented", "not answered yet")
    return Outcome(name, 0.0, share, "failed", problem)


def grade_answer(value: Any, correct: str | float, points: float, tol: float = 0.05,
                 hint: str = "Look at the experiment above once more.") -> float:
    """Give ``points`` for the right answer: the letter or string, or the number up to a relative ``tol``.

    Parameters
    ----------
    value : literal
        What the answer cell holds; ``...`` for nothing, :class:`Unreadable` for what is no literal.
    correct : str or float
        The right answer; a string in lower case.
    points : float
    tol : float
        Relative tolerance of a number.
    hint : str
        What a student reads who answered something else.
    """
    if isinstance(correct, str):
        right = isinstance(value, str) and value.strip().lower() == correct
    else:
        right = is_number(value) and abs(value - correct) <= tol * abs(correct)
    return record_answer("answer", value, right, points, hint)


def grade_transfer(name: str, value: Any, points: float) -> float:
    """Give ``points`` for the right answer of a transfer question.

    Parameters
    ----------
    name : str
        The variable, as in "answer_wide": the topic's hidden tests know which answer is accepted.
    value : literal
        What the answer cell holds; ``...`` for nothing, :class:`Unreadable` for what is no literal.
    points : float
    """
    topic = find_topic(name) if sessions.current is None else sessions.current.topic
    right, hint = judge_transfer(value, load_forms(topic)[name], load_accepted(topic)[name])
    return record_answer("answer", value, right, points, hint)


HELDOUT = Path(__file__).with_name("evaluation.npz")
"""Labels of the held-out images: in the course's repository, never in a release."""
CAPSTONE_THRESHOLDS = (0.20, 0.30, 0.36, 0.40, 0.44, 0.48)
"""Shares of the held-out images that must be right, a sixth of the points each; notebook 09 publishes them."""


def grade_capstone(value: Any, points: float = 6) -> float:
    """Give a sixth of ``points`` for each threshold of ``CAPSTONE`` that the answers reach.

    Parameters
    ----------
    value : object
        A string with one digit per held-out image: the number of its class.
    points : float

    Notes
    -----
    The student hears which thresholds were reached and no more: with the exact share, handing in again and again
    would tell the labels one by one. The instructor reads it in the message.
    """
    with np.load(HELDOUT, allow_pickle=False) as arrays:
        labels = arrays["y"]
    readable = isinstance(value, str) and len(value) == len(labels) and set(value) <= set("0123456789")
    right = np.mean(np.array(list(value), int) == labels) if readable else 0.0
    message = f"{right:.1%} of the held-out images are right" if readable else ""
    if value is ...:
        hint, status = "not answered yet", "not implemented"
    else:
        hint, status = f"Paste the string of {len(labels)} digits that the notebook prints.", "failed"
        hint = value.reason if isinstance(value, Unreadable) else hint
    each, outcomes = points / len(CAPSTONE_THRESHOLDS), []
    for share in CAPSTONE_THRESHOLDS:
        passed = bool(right >= share)
        missed = f"Fewer than {share:.0%} of the held-out images are right." if readable else hint
        outcomes.append(Outcome(f"{share:.0%} right", each if passed else 0.0, each, "passed" if passed else status,
                                "" if passed else missed, message))
    return record_outcomes(outcomes)


def record_answer(aspect, value, right, points, hint):
    """Record the outcome of an answer cell and return its marks."""
    points, status = float(points), "failed"
    if right:
        hint, status = "", "passed"
    elif value is ...:
        hint, status = "not answered yet", "not implemented"
    elif isinstance(value, Unreadable):
        hint = value.reason
    return record_outcomes([Outcome(aspect, points if right else 0.0, points, status, hint)])


def record_outcomes(outcomes):
    """Tell the open session, if there is one, what a cell came to; return the marks."""
    if sessions.current is not None:
        sessions.current.latest = outcomes
    return sum_marks(outcomes)


def is_number(value):
    """Is this a finite int or float (and not a bool)?"""
    return type(value) in (int, float) and math.isfinite(value)


def is_accepted(value, accepted):
    """Is ``value`` one of the letters of ``accepted``, or a number in the range ``accepted``?"""
    if isinstance(accepted, str):
        return isinstance(value, str) and len(value.strip()) == 1 and value.strip().lower() in accepted
    return is_number(value) and accepted[0] <= value <= accepted[1]
