"""Hostile modules and hostile uploads, run against the grader to show that they gain nothing and change nothing.

An attack is a file in ``attacks/`` whose docstring names its class and the expected result. Most are *module
attacks*: code appended to an honest, half-finished module. A file with a function ``submit(folder)`` is a *submission
attack*: it gets the folder of an honest upload and turns it into a hostile one.
"""

import functools
import re
from concurrent.futures import ThreadPoolExecutor

from autograder import reference
from autograder.course import solution_regions
from autograder.hidden_tests.session import Session, sum_marks
from autograder.sandbox.client import SandboxedModule
from autograder.verify.attack_files import ATTACKED_TOPIC, HONEST_FUNCTIONS, Violation, list_module_attacks
from autograder.verify.host_snapshot import ATTACK_LIMITS

FORBIDDEN_IN_HINTS = re.compile(r"cs231n.attack|31415|\d\.\d{4}|line 27[12]\b|exit code|malformed", re.IGNORECASE)
"""What no hint may contain: text, lengths, lines and exit codes that attacks choose, numbers as precise as a hidden
input, what exactly is wrong with a frame."""


def grade_in_sandbox(module, limits=None, questions=None):
    """Grade a module's text in the sandbox.

    Parameters
    ----------
    module : str
    limits : autograder.sandbox.launch.Limits, optional
    questions : collection of str, optional
        Names of the questions to ask, all by default.

    Returns
    -------
    marks : dict
        Question -> marks.
    seconds : float
        Time that the student's code took.
    hints : list of str
        What a student would read.
    """
    with SandboxedModule(module, ATTACKED_TOPIC, limits) as student:
        session = Session(ATTACKED_TOPIC, student, reference.load(ATTACKED_TOPIC), b"verify attacks")
        outcomes = {name: session.outcomes(name) for name in questions or session.questions}
        hints = [o.hint for found in outcomes.values() for o in found]
        return {name: sum_marks(found) for name, found in outcomes.items()}, student.seconds, hints


def verify_attack(name, text, honest, honest_marks, questions=None, limits=None):
    """Does an attack earn at most what its honest part earns, cell by cell, and does a neighbour keep every mark?

    Parameters
    ----------
    name, text : str
        The attack, and the code that it appends.
    honest : str
        Text of the honest module.
    honest_marks : dict of str to float
        Question -> marks of the honest module.
    questions, limits : optional
        As in :func:`grade_in_sandbox`.

    Returns
    -------
    row : (str, float, float)
        Name, marks, seconds.
    misses : list of Violation
    """
    with ThreadPoolExecutor(1) as beside:
        neighbour = beside.submit(grade_in_sandbox, honest, questions=questions)
        marks, seconds, hints = grade_in_sandbox(f"{honest}\n\n{text}", limits or ATTACK_LIMITS, questions)
        around = neighbour.result()[0]
    found = [f"gains {marks[q]} instead of {honest_marks[q]} in {q}" for q in marks if marks[q] > honest_marks[q]]
    found += [f"costs its neighbour {q}" for q in around if around[q] != honest_marks[q]]
    found += [f"gets into a hint: {hint!r}" for hint in hints if FORBIDDEN_IN_HINTS.search(hint)]
    most = (limits or ATTACK_LIMITS).total_seconds + (limits or ATTACK_LIMITS).call_seconds
    found += [f"takes {seconds:.1f} s of the grader's time, {most:g} at most"] if seconds > most else []
    return (name, sum(marks.values()), seconds), [Violation(ATTACKED_TOPIC, f"attack {name} {what}") for what in found]


@functools.cache
def make_honest_part():
    """Return the honest half of the attackers' module, and its marks."""
    text = solution_regions.solve_nothing_else(ATTACKED_TOPIC, HONEST_FUNCTIONS)
    return text, grade_in_sandbox(text)[0]


def verify_modules(names=None):
    """Run module attacks, each in a separate sandbox, two at a time; print a line each and return the misses."""
    honest, honest_marks = make_honest_part()
    print(f"\n{'attack':26} marks (honest part: {sum(honest_marks.values()):g})  seconds")
    misses = []
    with ThreadPoolExecutor(2) as lanes:
        runs = [
            lanes.submit(verify_attack, name, text, honest, honest_marks)
            for name, text in list_module_attacks().items()
            if names is None or name in names
        ]
        for run in runs:
            (name, marks, seconds), found = run.result()
            print(f"{name:26} {marks:5g} {seconds:29.1f}", flush=True)
            misses += found
    return misses
