"""What a hidden test is made of: a question, its aspects, and comparisons that say what is wrong.

A question is one graded function. An aspect is one thing that can be right or wrong about it, worth some marks and
carrying a hint that a student may read; it is a plain function ``test(student, reference, rng)`` that raises when the
aspect is missed::

    relu_forward = Question("relu_forward")

    @relu_forward.aspect("values", 0.8, hint="ReLU keeps what is positive and zeroes the rest.")
    def _(student, reference, rng):
        x = rng.standard_normal((7, 5))
        expect_close(student.relu_forward(x)[0], reference.relu_forward(x)[0])

The marks of a question are the sum over its aspects.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from autograder import mistakes
from autograder.course.text import shorten_text
from autograder.hidden_tests.expectations import Mismatch
from autograder.sandbox.student import InProcessSubmission, StudentError, Submission

SIDE_ASPECTS = {"shape", "dtype", "leaves inputs alone"}
"""How an answer is delivered. Worth nothing unless some other aspect shows that there is an answer."""


@dataclass(frozen=True)
class Aspect:
    """One thing that can be right or wrong about a function."""

    name: str
    marks: float
    hint: str
    test: object


@dataclass(frozen=True)
class Outcome:
    """One aspect of one function, judged."""

    aspect: str
    score: float
    max_score: float
    status: str  # passed, failed, not implemented, error, timeout, memory, crashed
    hint: str = ""  # for the student
    message: str = ""  # for the instructor: may show hidden inputs and expected values
    mistake: str = ""  # name of the known mistake that gives the same result

    def __post_init__(self) -> None:
        """Bound what is said, here where it is made: everything that is shown, stored or sent comes from here."""
        for name in ("hint", "message"):
            object.__setattr__(self, name, shorten_text(getattr(self, name)))


class Question:
    """A graded function and its aspects.

    Parameters
    ----------
    name : str
        The function, or for an integration question a name of its own.
    uses : tuple of str
        For an integration question: the functions it puts together. Those that have lost marks are replaced by the
        reference, so that no mistake is charged twice; at least half of them must earn marks.
    """

    def __init__(self, name: str, uses: tuple[str, ...] = ()) -> None:
        self.name, self.uses = name, uses
        self.aspects: list[Aspect] = []

    @property
    def points(self) -> float:
        """Marks of the whole question."""
        return round(sum(a.marks for a in self.aspects), 6)

    def aspect(self, name: str, marks: float, hint: str) -> Callable:
        """Register the decorated function as the test of one aspect.

        Parameters
        ----------
        name : str
            Unique within the question.
        marks : float
        hint : str
            What a student reads who misses the aspect.
        """

        def register(test):
            if any(a.name == name for a in self.aspects):
                raise ValueError(f"{self.name} already has an aspect {name!r}")
            self.aspects.append(Aspect(name, marks, hint, test))
            return test

        return register

    def grade(self, student: Submission, reference: ModuleType, secret: bytes) -> list[Outcome]:
        """Judge every aspect; return outcomes that sum to the question's mark.

        Parameters
        ----------
        student : Submission
            The submitted functions.
        reference : module
            The instructor's.
        secret : bytes
            The course secret, from which the inputs are drawn.
        """
        return gated([judge(self, a, student, reference, secret) for a in self.aspects])


def stream(secret: bytes, question: str, aspect: str) -> np.random.Generator:
    """Return the random generator of one aspect: the same for every student, unknown to all.

    Parameters
    ----------
    secret : bytes
        The course secret.
    question, aspect : str
        Names.
    """
    digest = hmac.digest(secret, f"{question}/{aspect}".encode(), hashlib.sha256)
    return np.random.default_rng(int.from_bytes(digest, "big"))


def judge(question, aspect, student, reference, secret):
    """Run one aspect's test and say how it went."""
    blank = Outcome(aspect.name, 0.0, aspect.marks, "failed", aspect.hint)
    try:
        with np.errstate(all="ignore"):
            aspect.test(student, reference, stream(secret, question.name, aspect.name))
    except Mismatch as error:
        known = recognise(question, aspect, student, reference, secret)
        hint = known.teaches if known else error.hint or aspect.hint
        return replace(blank, hint=hint, message=str(error), mistake=known.name if known else "")
    except StudentError as error:
        hint = error.hint if error.status != "error" else f"{error.hint}. {aspect.hint}"
        return replace(blank, status=error.status, hint=hint, message=str(error))
    except Exception as error:
        if not reference_passes(question, aspect, reference, secret):
            raise
        return replace(blank, message=f"the test stumbled over the result: {type(error).__name__}: {error}")
    return replace(blank, score=aspect.marks, status="passed", hint="")


def reference_passes(question, aspect, reference, secret):
    """Does the reference pass an aspect? Then what broke its test is the student's result, not the test."""
    try:
        with np.errstate(all="ignore"):
            aspect.test(InProcessSubmission(reference), reference, stream(secret, question.name, aspect.name))
    except Exception:  # whatever it is, it is ours, and the first error says more
        return False
    return True


def recognise(question, aspect, student, reference, secret):
    """Return the known mistake that gives the student's result on this aspect, or None.

    The aspect is asked again with the mistake in the reference's place: if it passes, the two agree.
    """
    for known in mistakes.mistakes_of(question.name):
        if aspect.name not in known.loses or aspect.name in SIDE_ASPECTS:
            continue
        try:
            with np.errstate(all="ignore"):
                aspect.test(student, known.applied_to(reference), stream(secret, question.name, aspect.name))
        except Exception:  # a mistake in the reference's place may fail in any way: then it is not this one
            continue
        return known
    return None


def gated(outcomes):
    """Take back the marks of side aspects where no other aspect was earned."""
    if any(o.score > 0 for o in outcomes if o.aspect not in SIDE_ASPECTS):
        return outcomes
    hint = "counts once the function computes something of what is asked"
    return [replace(o, score=0.0, status="failed", hint=hint) if o.score > 0 else o for o in outcomes]
