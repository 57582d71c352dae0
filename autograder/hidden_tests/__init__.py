"""Hidden tests, one module per topic, and the calls that stand in the notebooks' hidden regions.

``grade("relu_forward")`` returns the marks of one function, ``grade_prediction`` those of a prediction (any accepted
answer earns them), ``grade_answer`` those of a question with a right answer, ``grade_capstone`` those of a
classifier's answers on the held-out images. All return one finite Python float, which nbgrader takes as the score of
the cell. They work on a :class:`Session`: the trusted runner opens one on the sandboxed submission; in a plain kernel
the first call opens one on the installed ``cs231n_lib``.
"""

import importlib
import math
import types
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder import TOPICS, mistakes, reference
from autograder.hidden_tests.rubric import Outcome, Question
from autograder.student import LocalStudent, Student


def load(topic):
    """Return the hidden tests of a topic as a dict: name -> Question, in the order of the file."""
    module = importlib.import_module(f"autograder.hidden_tests.{topic}")
    mistakes.load(topic)
    return {q.name: q for q in vars(module).values() if isinstance(q, Question)}


@dataclass(frozen=True)
class Unreadable:
    """Stands for an answer cell that holds no literal; ``reason`` tells the student why."""

    reason: str


class Repaired(Student):
    """A student whose functions in ``broken`` are the reference's: what an integration question is put to."""

    def __init__(self, student, reference, broken):
        self.student, self.reference, self.broken = student, LocalStudent(reference), broken

    def call(self, name, *args, **kwargs):
        """See :meth:`autograder.student.Student.call`."""
        return self.whose(name).call(name, *args, **kwargs)

    def value(self, name, args, kwargs):
        """See :meth:`autograder.student.Student.value`."""
        return self.whose(name).value(name, args, kwargs)

    def whose(self, name):
        """Return who answers for a function."""
        return self.reference if name in self.broken else self.student


@dataclass
class Session:
    """The grading of one submission of one topic.

    Attributes
    ----------
    student : Student
        The submitted functions.
    reference : module
        The instructor's.
    secret : bytes
        The course secret, from which all hidden inputs are drawn.
    results : dict
        Question -> list of :class:`Outcome`, filled as cells are graded.
    latest : list of Outcome
        What the last call of ``grade``, ``grade_prediction`` or ``grade_answer`` found.
    """

    topic: str
    student: Student
    reference: types.ModuleType
    secret: bytes = b"not a secret: a plain kernel grades only for its user"
    results: dict = field(default_factory=dict)
    latest: list = field(default_factory=list)
    questions: dict = None

    def __post_init__(self):
        self.questions = load(self.topic)

    def grade(self, name):
        """Grade one question; return its outcomes."""
        question = self.questions[name]
        student = self.student
        if question.uses:
            parts = {f: self.outcomes(f) for f in question.uses}
            if 2 * sum(total(outcomes) > 0 for outcomes in parts.values()) < len(parts):
                hint = "counts once at least half of the functions it puts together earn marks"
                return [Outcome(a.name, 0.0, a.marks, "failed", hint) for a in question.aspects]
            broken = {f for f, outcomes in parts.items() if any(o.status != "passed" for o in outcomes)}
            stems = {f.removesuffix("_alt").removesuffix("_forward").removesuffix("_backward") for f in broken}
            ways = ("forward", "backward", "backward_alt")  # they share a cache
            broken |= {f"{stem}_{way}" for stem in stems for way in ways}
            student = Repaired(student, self.reference, broken)
        return question.grade(student, self.reference, self.secret)

    def outcomes(self, name):
        """Return the outcomes of a question, grading it if that has not been done."""
        if name not in self.results:
            self.results[name] = self.grade(name)
        return self.results[name]


current = None


def session_for(name):
    """Return the open session, or open one for the topic that has question ``name``.

    It judges the package that this process imports: in a plain kernel that may be a student's, beside the notebook.
    """
    global current
    if current is None or name not in current.questions:
        topic = next(t for t in TOPICS if name in load(t))
        module = importlib.import_module(f"cs231n_lib.{topic}")
        current = Session(topic, LocalStudent(module), reference.load(topic))
    return current


def grade(name):
    """Grade the function (or integration question) ``name``; return its marks."""
    session = session_for(name)
    session.results.pop(name, None)
    session.latest = session.outcomes(name)
    return total(session.latest)


def grade_prediction(value, accepted, points):
    """Give ``points`` for any accepted answer: a prediction is asked for, not known.

    Parameters
    ----------
    value : object
        The literal in the answer cell; ``...`` stands for none.
    accepted : str or (low, high)
        Letters one may choose, as in "abc"; or the range of numbers that make sense.
    points : float
    """
    return answered("prediction", value, is_accepted(value, accepted), points, "Any accepted answer earns the point.")


def grade_answer(value, correct, points, tol=0.05, hint="Look at the experiment above once more."):
    """Give ``points`` for the right answer: the letter or string, or the number up to a relative ``tol``."""
    if isinstance(correct, str):
        right = isinstance(value, str) and value.strip().lower() == correct
    else:
        right = is_number(value) and abs(value - correct) <= tol * abs(correct)
    return answered("answer", value, right, points, hint)


HELDOUT = Path(__file__).resolve().parents[1] / "heldout" / "photopatches.npz"
"""Labels of the held-out images: in the course's repository, never in a release."""

CAPSTONE = (0.20, 0.30, 0.36, 0.40, 0.44, 0.48)
"""Shares of the held-out images that must be right, a sixth of the points each; notebook 09 publishes them."""


def grade_capstone(value, points=6):
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
    fine = isinstance(value, str) and len(value) == len(labels) and set(value) <= set("0123456789")
    right = np.mean(np.array(list(value), int) == labels) if fine else 0.0
    if value is ...:
        hint, status = "not answered yet", "not implemented"
    else:
        hint, status = f"Paste the string of {len(labels)} digits that the notebook prints.", "failed"
        hint = value.reason if isinstance(value, Unreadable) else hint
    each, outcomes = points / len(CAPSTONE), []
    for share in CAPSTONE:
        passed = bool(right >= share)
        said = "" if passed else f"Fewer than {share:.0%} of the held-out images are right." if fine else hint
        outcomes.append(Outcome(f"{share:.0%} right", each if passed else 0.0, each, "passed" if passed else status,
                                said, f"{right:.1%} of the held-out images are right" if fine else ""))
    if current is not None:
        current.latest = outcomes
    return total(outcomes)


def answered(aspect, value, right, points, hint):
    """Record the outcome of an answer cell and return its marks."""
    if value is ...:
        hint = "not answered yet"
    elif isinstance(value, Unreadable):
        hint = value.reason
    points = float(points)
    status = "passed" if right else "not implemented" if value is ... else "failed"
    outcome = Outcome(aspect, points if right else 0.0, points, status, "" if right else hint)
    if current is not None:
        current.latest = [outcome]
    return outcome.score


def is_number(value):
    """Is this a finite int or float (and not a bool)?"""
    return type(value) in (int, float) and math.isfinite(value)


def is_accepted(value, accepted):
    """Is ``value`` one of the letters of ``accepted``, or a number in the range ``accepted``?"""
    if isinstance(accepted, str):
        return isinstance(value, str) and len(value.strip()) == 1 and value.strip().lower() in accepted
    return is_number(value) and accepted[0] <= value <= accepted[1]


def total(outcomes):
    """Sum marks to one finite Python float, rounded so that 0.1 + 0.2 is 0.3."""
    return round(float(sum(o.score for o in outcomes)), 6)
