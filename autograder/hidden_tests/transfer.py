"""Accepted answers of transfer questions, and whether an answer is one of them.

They stand in ``ACCEPTED`` of a topic's hidden tests, name of the variable -> :class:`Accepted`. What form an answer has
(unit, limits, letters) is the lab's to say, at home and here: ``cs231n_lib/lab/check/questions/<topic>.py``.
"""

import importlib
import math
from dataclasses import dataclass
from typing import Any

from autograder import reference
from autograder.course.topics import list_topics

HINT = "Look at the experiments before this question once more, and ask which of their numbers changes here."
LAST_BITS = 1e-9
"""An answer at the very edge counts: 23.0 is within 0.6 of 22.4, although their difference in floats is larger."""


@dataclass(frozen=True)
class Accepted:
    """The right answer of a transfer question.

    Attributes
    ----------
    value : float or str
        The number, in the unit of the question; or the letters, in alphabetic order.
    unit : str
        As the form of the answer has it, "%" for instance: the two must agree.
    within : float
        How far a number may be from ``value``, in that unit.
    hint : str
        What a student reads who answered something else. It does not hold the answer.
    """

    value: float | str
    unit: str = ""
    within: float = 0.0
    hint: str = HINT

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return repr(self.value)
        return f"{self.value:g} {self.unit}".strip() + (f", up to {self.within:g}" if self.within else "")


def load_accepted(topic: str) -> dict[str, Accepted]:
    """Return variable -> :class:`Accepted` of a topic's transfer questions."""
    return dict(getattr(importlib.import_module(f"autograder.hidden_tests.{topic}"), "ACCEPTED", {}))


def load_forms(topic: str) -> dict[str, Any]:
    """Return variable -> form of the answer, from the lab's file about the topic's questions."""
    return dict(getattr(reference.load_questions(topic), "ANSWERS", {}))


def find_topic(name: str) -> str:
    """Return the topic that has a transfer question; a KeyError if there is none."""
    for topic in list_topics():
        if name in load_accepted(topic):
            return topic
    raise KeyError(f"no accepted answer is known for {name}")


def find_accepted(name: str) -> Accepted:
    """Return the accepted answer of a transfer question of any topic."""
    return load_accepted(find_topic(name))[name]


def judge_transfer(value: Any, form: Any, accepted: Accepted) -> tuple[bool, str]:
    """Judge the answer to a transfer question.

    Parameters
    ----------
    value : literal
        What the answer cell holds; ``...`` for nothing, an ``Unreadable`` for what is no literal.
    form : NumberForm or LetterForm
        Of the lab.
    accepted : Accepted

    Returns
    -------
    right : bool
    hint : str
        What is wrong, in words that do not give the answer away; "" if it is right.
    """
    problem = find_conflict(form, accepted)
    if problem:
        raise ValueError(problem)
    rules = reference.load_lab_module(reference.ANSWER_FORMS)
    said = rules.find_form_problem(value, form)
    if said:
        return False, said
    if isinstance(accepted.value, str):
        right = rules.read_letters(value) == accepted.value
    else:
        right = abs(value - accepted.value) <= accepted.within + LAST_BITS * max(1, abs(accepted.value))
    return right, "" if right else accepted.hint


def find_conflict(form: Any, accepted: Accepted) -> str:
    """Return why an accepted answer does not go with the form that students are told, "" if it does."""
    rules = reference.load_lab_module(reference.ANSWER_FORMS)
    if accepted.unit != form.unit:
        return f"the accepted answer is in {accepted.unit!r}, the question asks for {form.unit!r}"
    if isinstance(accepted.value, str):
        fits = rules.read_letters(accepted.value) == accepted.value
    else:
        fits = math.isfinite(accepted.within) and accepted.within >= 0
    problem = rules.find_form_problem(accepted.value, form)
    if problem or not fits:
        return f"the accepted answer {accepted.value!r} cannot be given: {problem or 'letters in order, a tolerance'}"
    return ""
