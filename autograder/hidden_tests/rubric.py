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

No mistake is charged twice: what is wrong under "values" may be left out under "edge sizes". That is so only where
"values" *has lost its marks* in this grading. A test asks for it with a fourth argument, a :class:`Grading`::

    @relu_forward.aspect("edge sizes", 0.1, hint="Try a batch of one.")
    def _(student, reference, rng, grading):
        if not grading.lost("values"):
            ...

It must not rely on what a second call shows: a function can give another answer then, on purpose.
"""

import hashlib
import hmac
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from autograder import mistakes
from autograder.course.text import clean_for_html, shorten_text
from autograder.hidden_tests.expectations import Mismatch
from autograder.reference import load_aspects
from autograder.sandbox.student import InProcessModule, StudentError, StudentModule

A = load_aspects()
SIDE_ASPECTS = {A.SHAPE, A.DTYPE, A.INPUTS}
"""How an answer is delivered. Worth nothing unless some other aspect shows that there is an answer."""


@dataclass(frozen=True)
class Aspect:
    """One thing that can be right or wrong about a function."""

    name: str
    marks: float
    hint: str
    test: Callable

    def ask(self, student: StudentModule, reference: Any, rng: np.random.Generator, grading: "Grading") -> None:
        """Run the test, which raises if the aspect is missed.

        Parameters
        ----------
        student : StudentModule
        reference : module
        rng : Generator
        grading : Grading
            Given to a test that takes a fourth argument.
        """
        asks = len(inspect.signature(self.test).parameters) == 4
        self.test(student, reference, rng, *([grading] if asks else []))


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
        """Bound and clean what is said, here where it is made: all that is shown, stored or sent comes from here."""
        for name in ("hint", "message"):
            object.__setattr__(self, name, shorten_text(str(clean_for_html(getattr(self, name)))))


class Question:
    """A graded function and its aspects.

    Parameters
    ----------
    name : str
        The function, or for an integration question a name of its own.
    uses : tuple of str
        For an integration question: the functions it puts together. Those that have lost marks are replaced by the
        reference, so that no mistake is charged twice.
    counted : tuple of str
        At least half of these must earn marks; by default all that it uses. What is given, or is for practice, tells
        nothing of a student's work.
    """

    def __init__(self, name: str, uses: tuple[str, ...] = (), counted: tuple[str, ...] = ()) -> None:
        self.name, self.uses, self.counted = name, uses, counted or uses
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

    def grade(self, student: StudentModule, reference: ModuleType, secret: bytes) -> list[Outcome]:
        """Judge every aspect, alone in a session; return outcomes that sum to the question's mark.

        Parameters
        ----------
        student : StudentModule
            The submitted functions.
        reference : module
            The instructor's.
        secret : bytes
            The course secret, from which the inputs are drawn.
        """
        return Grading(self, student, reference, secret).outcomes()


class Grading:
    """The grading of one question: what each aspect came to. An aspect is judged once, when it is first asked for.

    Parameters
    ----------
    question : Question
    student : StudentModule
    reference : module
        The instructor's; or, to recognise a known mistake, the same with the mistake in it. Then ``lost`` says where
        the student's results differ from those of the mistake.
    secret : bytes
        The course secret, from which the inputs are drawn.
    grading_of : callable, optional
        ``grading_of(name)`` returns the grading of another question in the same session.
    """

    def __init__(self, question: Question, student: StudentModule, reference: Any, secret: bytes,
                 grading_of: "Callable[[str], Grading] | None" = None) -> None:
        self.question, self.student, self.reference, self.secret = question, student, reference, secret
        self.grading_of = grading_of
        self.aspects = {a.name: a for a in question.aspects}
        self.errors: dict[str, Exception | None] = {}

    def outcomes(self) -> list[Outcome]:
        """Judge every aspect; return outcomes that sum to the question's mark."""
        for name in self.aspects:  # all of them before any is compared with known mistakes
            self.error(name)
        return gated([judge(self, a) for a in self.question.aspects])

    def error(self, name: str) -> Exception | None:
        """Return what the test of an aspect raised, None if it passed."""
        if name not in self.errors:
            # what a test finds that asks, by way of others, for its own outcome
            self.errors[name] = RuntimeError(f"{self.question.name}: {name!r} waits for itself")
            self.errors[name] = self.run_test(name)
        return self.errors[name]

    def run_test(self, name: str) -> Exception | None:
        """Run the test of an aspect; return what it raised."""
        try:
            with np.errstate(all="ignore"):
                rng = stream(self.secret, self.question.name, name)
                self.aspects[name].ask(self.student, self.reference, rng, self)
        except Exception as error:  # whose it is, the student's or the test's, is decided by ``judge``
            return error
        return None

    def lost(self, aspect: str, function: str | None = None) -> bool:
        """Has an aspect lost its marks in this grading?

        Parameters
        ----------
        aspect : str
        function : str, optional
            Another function, whose aspect it is. Nothing is lost where that one is not graded in this session.
        """
        if function is None:
            return aspect in self.aspects and self.error(aspect) is not None
        return self.grading_of is not None and self.grading_of(function).lost(aspect)

    def is_right(self, error: Exception | None, *charged: str) -> bool:
        """Say whether there is no error; raise one that is not charged elsewhere.

        Parameters
        ----------
        error : Exception or None
            What is wrong with a thing that this aspect is not about.
        *charged : str
            Aspects that it is charged to: one of them must have lost its marks.
        """
        if error is not None and not any(map(self.lost, charged)):
            raise error
        return error is None

    def keep_right(self, errors: dict[str, Exception | None]) -> list[str]:
        """Return the aspects whose things are right; raise what is wrong if it is not charged to them, or all are.

        Parameters
        ----------
        errors : dict
            Aspect -> what is wrong with the thing that it is about, None for nothing.
        """
        right = [aspect for aspect, error in errors.items() if self.is_right(error, aspect)]
        if not right:
            raise next(error for error in errors.values() if error is not None)
        return right


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


def judge(grading, aspect):
    """Say how one aspect's test went."""
    blank = Outcome(aspect.name, 0.0, aspect.marks, "failed", aspect.hint)
    error = grading.error(aspect.name)
    if error is None:
        return replace(blank, score=aspect.marks, status="passed", hint="")
    if isinstance(error, Mismatch):
        known = recognise(grading, aspect)
        hint = known.teaches if known else error.hint or aspect.hint
        return replace(blank, hint=hint, message=str(error), mistake=known.name if known else "")
    if isinstance(error, StudentError):
        hint = error.hint if error.status != "error" else f"{error.hint}. {aspect.hint}"
        return replace(blank, status=error.status, hint=hint, message=str(error))
    if not reference_passes(grading, aspect):
        raise error
    return replace(blank, message=f"the test stumbled over the result: {type(error).__name__}: {error}")


def reference_passes(grading, aspect):
    """Does the reference pass an aspect? Then what broke its test is the student's result, not the test."""
    right = InProcessModule(grading.reference)
    return Grading(grading.question, right, grading.reference, grading.secret).error(aspect.name) is None


def recognise(grading, aspect):
    """Return the known mistake that gives the student's result on this aspect, or None.

    The aspect is asked again with the mistake in the reference's place: if it passes, the two agree. So are those
    that it asks the grading for: what differs from the mistake there is not compared here. A mistake is not named if
    it loses another aspect that the student has earned. No mark depends on it.
    """
    for known in mistakes.mistakes_of(grading.question.name):
        if aspect.name not in known.loses or aspect.name in SIDE_ASPECTS:
            continue
        if not all(map(grading.lost, known.loses - SIDE_ASPECTS)):
            continue
        wrong = known.applied_to(grading.reference)
        again = Grading(grading.question, grading.student, wrong, grading.secret, grading.grading_of)
        if again.error(aspect.name) is None:
            return known
    return None


def gated(outcomes):
    """Take back the marks of side aspects where no other aspect was earned."""
    if any(o.score > 0 for o in outcomes if o.aspect not in SIDE_ASPECTS):
        return outcomes
    hint = "counts once the function computes something of what is asked"
    return [replace(o, score=0.0, status="failed", hint=hint) if o.score > 0 else o for o in outcomes]
