"""Hostile modules and hostile uploads, run against the grader to show that they gain nothing and change nothing.

An attack is a file in ``tests/attacks`` whose docstring names its class and what is expected. Most are *module
attacks*: code appended to an honest, half-finished module. A file with a function ``submit(folder)`` is a *submission
attack*: it is given the folder of an honest upload and makes something hostile of it.
"""

import ast
import functools
import hashlib
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from autograder import hidden_tests, modules, reference, sandbox
from autograder.hidden_tests import Session
from autograder.proxy import RemoteStudent
from autograder.student import module_from_source


@dataclass
class Miss:
    """One thing that did not come out as promised."""

    topic: str
    what: str


ATTACKED = "activations"
HONEST = ["sigmoid_forward", "sigmoid_backward", "relu_forward", "relu_backward", "dead_units"]
"""What the attacking student has honestly written: the most that an attack may earn."""

FOLDER = reference.ROOT / "tests" / "attacks"
MARK = re.compile(r"cs231n.attack|31415|\d\.\d{4}", re.IGNORECASE)
"""What must never stand in a hint: text and lengths that attacks choose, any number as precise as a hidden input."""

SHORT = sandbox.Limits(call_seconds=1.0, total_seconds=6.0, rlimits={
    **sandbox.Limits().rlimits, "RLIMIT_FSIZE": 16 * sandbox.MB + os.getpid()})
"""Limits of the attacking worker; the odd file size tells its processes from everybody else's (:func:`leftovers`)."""


def files():
    """Return name -> (text, is it a submission attack?) of every attack."""
    found = {p.stem: p.read_text() for p in sorted(FOLDER.glob("*.py"))}
    return {name: (text, is_submission(text)) for name, text in found.items()}


def is_submission(text):
    """Does an attack's file define ``submit``?"""
    return any(isinstance(node, ast.FunctionDef) and node.name == "submit" for node in ast.parse(text).body)


def attacks():
    """Return name -> text of every module attack."""
    return {name: text for name, (text, submits) in files().items() if not submits}


def submissions():
    """Return name -> function ``submit(folder)`` of every submission attack. They are ours, and run in this process."""
    return {name: module_from_source(text, name, f"{name}.py").submit for name, (text, submits) in files().items()
            if submits}


def sandboxed_marks(module, limits=None, questions=None):
    """Grade a module's text in the sandbox.

    Returns
    -------
    marks : dict
        Question -> marks.
    seconds : float
        Time that the student's code took.
    hints : list of str
        What a student would read.
    """
    with RemoteStudent(module, ATTACKED, limits) as student:
        session = Session(ATTACKED, student, reference.load(ATTACKED), b"verify attacks")
        outcomes = {name: session.outcomes(name) for name in questions or session.questions}
        hints = [o.hint for found in outcomes.values() for o in found]
        return {name: hidden_tests.total(found) for name, found in outcomes.items()}, student.seconds, hints


def verify_attack(name, text, honest, honest_marks, questions=None, limits=None):
    """Does an attack earn at most what its honest part earns, cell by cell, and does a neighbour keep every mark?

    Returns
    -------
    row : (name, marks, seconds)
    misses : list of Miss
    """
    with ThreadPoolExecutor(1) as beside:
        neighbour = beside.submit(sandboxed_marks, honest, questions=questions)
        marks, seconds, hints = sandboxed_marks(f"{honest}\n\n{text}", limits or SHORT, questions)
        around = neighbour.result()[0]
    found = [f"gains {marks[q]} instead of {honest_marks[q]} in {q}" for q in marks if marks[q] > honest_marks[q]]
    found += [f"costs its neighbour {q}" for q in around if around[q] != honest_marks[q]]
    found += [f"gets into a hint: {hint!r}" for hint in hints if MARK.search(hint)]
    return (name, sum(marks.values()), seconds), [Miss(ATTACKED, f"attack {name} {what}") for what in found]


def host():
    """Return name -> hash of what no attack may change: our sources, and things of this computer."""
    watched = [p for folder in ("autograder", "cs231n_lib", "notebooks", "tests")
               for p in (reference.ROOT / folder).rglob("*") if p.suffix in (".py", ".ipynb", ".j2", ".npz")]
    watched += map(Path, ("/etc/passwd", "/etc/hosts", "/proc/sys/vm/stat_interval", os.path.realpath("/bin/sh"),
                          sandbox.sys.executable, np.__file__, Path.home() / ".bashrc", Path.home() / ".profile"))
    found = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in watched if p.is_file()}
    for device in map(Path, ("/dev/null", "/dev/full", "/dev/zero")):
        found[str(device)] = f"{device.stat().st_mode} {device.stat().st_uid}"
    for place in map(Path, ("/tmp", "/dev/shm", "/var/tmp", Path.home(), reference.ROOT)):
        found |= {str(p): "planted" for p in place.glob("*cs231n-attack*")}
    return found


def changed(before, after):
    """Return the names that two results of :func:`host` (or of :func:`tree`) do not agree on."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def tree(folder):
    """Return name -> hash of every file below a folder."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def leftovers(seconds=3.0):
    """Return the processes of attacks that are still there: workers under :data:`SHORT`, and what they started."""
    ours = re.compile(f"cs231n-attack|{SHORT.rlimits['RLIMIT_FSIZE']}")
    end = time.monotonic() + seconds
    while found := [p.pid for p in psutil.process_iter(["cmdline", "status"])
                    if p.info["status"] != psutil.STATUS_ZOMBIE and ours.search(" ".join(p.info["cmdline"] or ()))]:
        if time.monotonic() > end:
            break
        time.sleep(0.1)  # the kernel takes a moment to empty a namespace
    return found


@functools.cache
def honest_part():
    """Return the honest half of the attackers' module, and its marks."""
    text = modules.partly_solved(ATTACKED, HONEST)
    return text, sandboxed_marks(text)[0]


def verify_modules(names=None):
    """Run module attacks, each in a sandbox of its own, two side by side; print a line each and return the misses."""
    honest, honest_marks = honest_part()
    print(f"\n{'attack':26} marks (honest part: {sum(honest_marks.values()):g})  seconds")
    misses = []
    with ThreadPoolExecutor(2) as lanes:
        runs = [lanes.submit(verify_attack, name, text, honest, honest_marks) for name, text in attacks().items()
                if names is None or name in names]
        for run in runs:
            (name, marks, seconds), found = run.result()
            print(f"{name:26} {marks:5g} {seconds:29.1f}", flush=True)
            misses += found
    return misses


def verify_attacks():
    """Run every attack; return the misses."""
    from autograder import hostile_class

    sandbox.prove()
    before = host()
    misses = [*verify_modules(), *hostile_class.verify()]
    misses += [Miss(ATTACKED, f"an attack changed {name}") for name in changed(before, host())]
    misses += [Miss(ATTACKED, f"an attack left process {pid} running") for pid in leftovers()]
    return misses
