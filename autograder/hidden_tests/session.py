"""A session: the grading of one submission of one topic, on which ``grade`` and the others work."""

import contextlib
import importlib
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from autograder.hidden_tests.rubric import Grading, Outcome, Question
from autograder.sandbox.student import InProcessModule, StudentModule


def load_questions(topic: str) -> dict[str, Question]:
    """Return the hidden tests of a topic as a dict: name -> Question, in the order of the file."""
    module = importlib.import_module(f"autograder.hidden_tests.{topic}")
    mistakes.load_mistakes(topic)
    return {q.name: q for q in vars(module).values() if isinstance(q, Question)}


class WithReferenceFor(StudentModule):
    """A student whose functions in ``broken`` are the reference's: what an integration question is put to."""

    def __init__(self, student, reference, broken):
        self.student, self.reference, self.broken = student, InProcessModule(reference), broken

    def call(self, name, *args, **kwargs):
        """See :meth:`autograder.sandbox.student.StudentModule.call`."""
        return self.whose(name).call(name, *args, **kwargs)

    def value(self, name, args, kwargs):
        """See :meth:`autograder.sandbox.student.StudentModule.value`."""
        return self.whose(name).value(name, args, kwargs)

    def whose(self, name):
        """Return who answers for a function."""
        return self.reference if name in self.broken else self.student


def list_layers(question: Question) -> list[list[str]]:
    """Return the functions that an integration question puts together, those that share a cache in one list."""
    layers: dict[str, list[str]] = {}
    for name in question.uses:
        stem = name.removesuffix("_alt").removesuffix("_forward").removesuffix("_backward")
        layers.setdefault(stem, []).append(name)
    return list(layers.values())


def describe_cause(layer: list[str]) -> str:
    """Say that the functions of a layer do not go together, or that a single one goes wrong in company."""
    forward, *backwards = layer
    if not backwards:
        return f"The cause is {forward}."
    return (f"{forward} and {' or '.join(backwards)} do not fit: what the one keeps in the cache is not what the other "
            "reads.")


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
        What the last call of ``grade``, or of one of its kind, found.
    points : float
        What the cell that is being graded is worth, where a runner says so.
    questions : dict
        Name -> :class:`Question`.
    gradings : dict
        Function -> :class:`Grading`: the aspects judged so far. What is waived in one function rests on them, so they
        stay for as long as the session.
    in_plain_kernel : bool
        The functions may change between two calls of ``grade``.
    """

    topic: str
    student: StudentModule
    reference: types.ModuleType
    secret: bytes = b"not a secret: a plain kernel grades only for its user"
    results: dict[str, list[Outcome]] = field(default_factory=dict)
    latest: list[Outcome] = field(default_factory=list)
    points: float = 0.0
    questions: dict[str, Question] = field(default_factory=dict)
    gradings: dict[str, Grading] = field(default_factory=dict)
    in_plain_kernel: bool = False

    def __post_init__(self) -> None:
        self.questions = load_questions(self.topic)

    def grade(self, name: str) -> list[Outcome]:
        """Grade one question; return its outcomes."""
        question = self.questions[name]
        if question.uses:
            parts = {f: self.outcomes(f) for f in question.uses}
            if 2 * sum(sum_marks(parts[f]) > 0 for f in question.counted) < len(question.counted):
                hint = "counts once at least half of the functions it puts together earn marks"
                return [Outcome(a.name, 0.0, a.marks, "failed", hint) for a in question.aspects]
            broken = {f for f, outcomes in parts.items() if any(o.status != "passed" for o in outcomes)}
            broken |= {f for layer in list_layers(question) for f in layer if broken.intersection(layer)}
            return self.name_causes(question, self.grade_together(question, broken), broken)
        return self.grading(name).outcomes()

    def grade_together(self, question: Question, broken: set[str]) -> list[Outcome]:
        """Grade an integration question with the reference in the place of the functions in ``broken``."""
        return question.grade(WithReferenceFor(self.student, self.reference, broken), self.reference, self.secret)

    def name_causes(self, question: Question, outcomes: list[Outcome], broken: set[str]) -> list[Outcome]:
        """Say in the hints of an integration question which of its functions are the cause.

        Those that make up a layer are tried together, with the reference in the place of all others.

        Parameters
        ----------
        question : Question
            The integration question.
        outcomes : list of Outcome
            What came of its aspects.
        broken : set of str
            Functions that are wrong by themselves: they have been told already.

        Returns
        -------
        outcomes : list of Outcome
            With the causes in the hints of those that did not pass.
        """
        if all(o.status == "passed" for o in outcomes):
            return outcomes
        causes: dict[str, list[str]] = {o.aspect: [] for o in outcomes}
        for layer in list_layers(question):
            if not broken.intersection(layer):
                for o in self.grade_together(question, set(question.uses) - set(layer)):
                    causes[o.aspect] += [] if o.status == "passed" else [describe_cause(layer)]
        return [o if o.status == "passed" else replace(o, hint=" ".join([*causes[o.aspect], o.hint]))
                for o in outcomes]

    def grading(self, name: str) -> Grading:
        """Return the grading of a function, begun if nothing of it was judged so far."""
        if name not in self.gradings:
            question = self.questions[name]
            self.gradings[name] = Grading(question, self.student, self.reference, self.secret, self.grading)
        return self.gradings[name]

    def forget(self, name: str) -> None:
        """Judge a question anew when it is asked for again: in a plain kernel its code may have changed."""
        self.results.pop(name, None)
        self.gradings.pop(name, None)

    def outcomes(self, name: str) -> list[Outcome]:
        """Return the outcomes of a question, grading it if that has not been done."""
        if name not in self.results:
            self.results[name] = self.grade(name)
        return self.results[name]


current: "Session | None" = None
"""The session that grade and the others work on; see :func:`activate`."""


@contextlib.contextmanager
def activate(session: Session) -> Iterator[Session]:
    """Let ``grade``, ``grade_prediction`` and the others work on a session inside."""
    global current
    before, current = current, session
    try:
        yield session
    finally:
        current = before


def open_session(name: str) -> Session:
    """Return the open session, or open one for the topic that has question ``name``.

    It judges the package that this process imports: in a plain kernel that may be a student's, beside the notebook.
    """
    global current
    if current is None or name not in current.questions:
        topic = next(t for t in list_topics() if name in load_questions(t))
        module = importlib.import_module(f"cs231n_lib.{topic}")
        current = Session(topic, InProcessModule(module), reference.load(topic), in_plain_kernel=True)
    return current


def sum_marks(outcomes: Iterable[Outcome]) -> float:
    """Sum marks to one finite Python float, rounded so that 0.1 + 0.2 is 0.3."""
    return round(float(sum(o.score for o in outcomes)), 6)
