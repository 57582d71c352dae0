"""Grade mutants of the reference: which of them keep full marks, and is it known why?

``equivalents/<topic>.toml`` lists the mutants that compute what the reference computes, or differ only where the
question leaves a choice, each with the reason::

    [[relu_backward]]
    before = "return dout * (cache > 0)"
    after = ["return dout * (cache >= 0)"]
    why = "no hidden input is exactly 0: any number from 0 to 1 is a subgradient there"
"""

import contextlib
import io
import resource
import signal
import tomllib
import warnings
from dataclasses import dataclass, field

import numpy as np

from autograder import reference
from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.hidden_tests import session
from autograder.hidden_tests.expectations import Mismatch
from autograder.hidden_tests.rubric import Grading
from autograder.reference import load_source
from autograder.rooms import find_file
from autograder.sandbox.student import InProcessModule, StudentError
from autograder.verify import mutants
from autograder.verify.attack_files import Violation

EQUIVALENTS = "autograder/verify/equivalents"
SECRET = b"verify mutants"
SECONDS, MEMORY = 10, 4 << 30
"""Limits for one mutant: one that loops for ever, or takes all memory, counts as killed."""


class OutOfTime(BaseException):
    """The mutant ran out of time. Not an Exception, so that it is never taken for an error of the student's code."""


@dataclass
class MutantStats:
    """The results of grading the mutants of one function.

    Attributes
    ----------
    topic, function : str
    count : int
        All mutants.
    explained : list of (Mutant, str)
        Survivors, with the reason why they may survive.
    unexplained : list of Mutant
        The other survivors.
    broke : list of (Mutant, str)
        Those on which a hidden test itself failed, with its error.
    stale : list of (str, str, str)
        Registry entries without a survivor.
    """

    topic: str
    function: str
    count: int = 0
    explained: list = field(default_factory=list)
    unexplained: list = field(default_factory=list)
    broke: list = field(default_factory=list)
    stale: list = field(default_factory=list)

    @property
    def killed(self):
        """Number of mutants that lost marks."""
        return self.count - len(self.explained) - len(self.unexplained)


def read_equivalents(topic):
    """Return the registry of a topic: (function, before, after) -> why."""
    path = find_file(f"{EQUIVALENTS}/{topic}.toml")
    tables = tomllib.loads(path.read_text()) if path.exists() else {}
    return {(function, entry["before"], after): entry["why"] for function, entries in tables.items()
            for entry in entries for after in entry["after"]}


def list_functions(topic):
    """Return the names of the functions of a topic that students write and get marks for."""
    given = solution_regions.list_given_functions(topic)
    return [name for name, question in session.load_questions(topic).items() if not question.uses and name not in given]


def grade_mutants(topic, function):
    """Grade every mutant of a function. The caller sets the memory limit with :func:`limit_memory`."""
    known = {key: why for key, why in read_equivalents(topic).items() if key[0] == function}
    result, left = MutantStats(topic, function), set(known)
    for mutant in mutants.make_mutants(topic, function):
        result.count += 1
        lost, broken = grade_mutant(topic, mutant)
        key = (mutant.function, mutant.before, mutant.after)
        if broken:
            result.broke.append((mutant, broken))
        elif not lost and key in known:
            result.explained.append((mutant, known[key]))
            left.discard(key)
        elif not lost:
            result.unexplained.append(mutant)
    result.stale = sorted(left)
    return result


def grade_mutant(topic, mutant):
    """Return the first aspect that a mutant loses, and the error of a hidden test that itself failed; "" for none.

    The function's own question is asked first, then those that use it together with others.
    """
    signal.signal(signal.SIGALRM, raise_out_of_time)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    silence = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    try:
        with silence[0], silence[1], warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            module = load_source(mutants.make_mutated_module(topic, mutant), "mutant", f"mutant of {topic}.py")
            for question in list_questions(topic, mutant.function):
                lost, broken = find_first_loss(question, module, reference.load(topic))
                if lost:
                    return f"{question.name}: {lost}", broken
            return "", ""
    except OutOfTime:
        return "time", ""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def list_questions(topic, function):
    """Return the questions that use a function, its own first."""
    questions = session.load_questions(topic)
    return [questions[function], *(q for q in questions.values() if function in q.uses)]


def find_first_loss(question, module, solution):
    """Judge the aspects of a question in order, up to the first that is lost; return what :func:`grade_mutant` returns.

    Parameters
    ----------
    question : autograder.hidden_tests.rubric.Question
    module, solution : module
        With the mutant in it, and the reference.
    """
    grading = Grading(question, InProcessModule(module), solution, SECRET)
    for aspect in question.aspects:
        error = grading.error(aspect.name)
        if isinstance(error, (Mismatch, StudentError)):
            return aspect.name, ""
        if error is not None:
            return aspect.name, f"{question.name}, {aspect.name}: {type(error).__name__}: {error}"
    return "", ""


def raise_out_of_time(*_):
    """Handle the alarm."""
    raise OutOfTime


def limit_memory():
    """Limit the memory of this process to :data:`MEMORY`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


# -- what is printed --------------------------------------------------------------------------------------------------

LEAST_KILLED = 0.97


def list_violations(tallies):
    """Return what must not be: a survivor without a reason, a reason without its survivor, a test that broke."""
    found = []
    for t in tallies:
        found += [Violation(t.topic, f"mutant keeps full marks: {describe_mutant(t, m)}") for m in t.unexplained]
        found += [
            Violation(t.topic, f"mutant breaks the hidden test {why}: {describe_mutant(t, m)}") for m, why in t.broke
        ]
        found += [
            Violation(t.topic, f"equivalents/{t.topic}.toml: no mutant of {function} survives {before!r} -> {after!r}")
            for function, before, after in t.stale
        ]
    return found


def describe_mutant(t, mutant):
    """Return where a mutant is and what it changes."""
    return f"{t.topic}.py:{mutant.line} {t.function} ({mutant.operator}): {mutant.before}  ->  {mutant.after}"


def report_mutants(tallies):
    """Print mutants by function and the survivors with their reasons; return a miss if too few were killed."""
    def line(name, made, killed):
        print(f"{name:26} {made:7} {killed:6} {killed / made:7.1%}")

    print(f"\n{'mutants of':26} {'made':>7} killed   share")
    for t in tallies:
        line(t.function, t.count, t.killed)
    made, killed = (sum(numbers) for numbers in zip(*((t.count, t.killed) for t in tallies), strict=True))
    line("all", made, killed)
    survived = [(t, m, why) for t in tallies for m, why in t.explained]
    print(f"\n{len(survived)} survivors that compute the same, or use a choice that the question leaves:")
    for t, m, why in survived:
        print(f"  {describe_mutant(t, m)}\n      {why}")
    if len({t.topic for t in tallies}) == len(list_topics()) and killed < LEAST_KILLED * made:
        return [
            Violation("all topics", f"{killed / made:.1%} of the mutants lose marks, fewer than {LEAST_KILLED:.0%}")
        ]
    return []
