"""The trusted runner: executes setup and test cells, with the student's module behind the sandbox.

One job is one submission of one assignment, one result is its marks; both are plain dicts that survive JSON. There is
no kernel, and nothing the student wrote runs here: answers are read, functions are called through the pipe.
"""

import ast
import contextlib
import io
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TypedDict

from autograder import reference
from autograder.course import cells
from autograder.errors import InfraError
from autograder.hidden_tests import Outcome
from autograder.hidden_tests.session import Session, activate
from autograder.runners.stand_in import inert_lab, stand_in
from autograder.sandbox import canary
from autograder.sandbox.client import SandboxedModule


class Job(TypedDict):
    """One submission of one assignment, as plain data that survive JSON (built by :mod:`autograder.runners.jobs`)."""

    topic: str
    """Graded module."""
    setup: list[str]
    """Sources of the setup cells."""
    tests: list[list]
    """[grade_id, source with hidden region, points] of the test cells."""
    answers: dict[str, str]
    """Variable -> source of the student's answer cell."""
    module: str | None
    """Text of the student's ``cs231n_lib/<topic>.py``; None if it is missing."""
    secret: str
    """The course secret, hexadecimal."""
    grader: str
    """Hash of the code that judges it (:mod:`autograder.runners.grader_hash`)."""


class CellResult(TypedDict):
    """What one test cell gave."""

    score: float
    max_score: float
    outcomes: list[dict]
    """The fields of :class:`autograder.hidden_tests.rubric.Outcome`, one dict per aspect."""


class Result(TypedDict):
    """What came of one job, as plain data that survive JSON."""

    status: str
    """One of :data:`STATUSES_BY_SEVERITY`."""
    problem: str
    """What went wrong, in one line for a person; "" if nothing did."""
    seconds: float
    cells: dict[str, CellResult]
    """grade_id -> result."""


def run_in_subprocess(job: Job, unsafe: bool = False) -> Result:
    """Run a job in a process of its own: never inside the Jupyter server that may have called us."""
    command = [sys.executable, "-P", "-m", "autograder.runners.runner", *(["--unsafe"] if unsafe else [])]
    found = os.pathsep.join(filter(None, [str(reference.ROOT), os.environ.get("PYTHONPATH")]))
    run = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True,
                         env=os.environ | {"PYTHONPATH": found})
    if run.returncode:
        raise InfraError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "the runner died")
    return json.loads(run.stdout)


STATUSES_BY_SEVERITY = ["graded", "crashed", "memory", "timeout", "infra-error"]
"""How a submission ended, from good to bad; "manual-pending" is added when the marks are read from the gradebook."""


def run_job(job: Job, unsafe: bool = False, watch: Callable[[Session], None] | None = None) -> Result:
    """Grade one job.

    Student code cannot send a signal, nor lower a limit: a worker that died by SIGKILL was killed from outside, by a
    computer that is out of memory. That is no mark; whoever gave the job tries again, with nothing beside it.

    Parameters
    ----------
    job : Job
    unsafe : bool
        Without the sandbox.
    watch : callable, optional
        Called with every :class:`Session` before it is graded.

    Returns
    -------
    result : Result

    Raises
    ------
    InfraError
        If a cell of ours failed, or gave anything but one mark; if the worker was killed.
    """
    began = time.monotonic()
    topic = job["topic"]
    answers = {name: cells.read_answer(source, name) for name, source in job["answers"].items()}
    source = job["module"] if job["module"] is not None else "# missing"
    with SandboxedModule(source, topic, unsafe=unsafe) as student, stand_in(student, topic), inert_lab():
        session = Session(topic, student, reference.load(topic), bytes.fromhex(job["secret"]))
        if watch:
            watch(session)
        with activate(session):
            graded = run_cells(job, session, answers)
        problem = str(student.broken) if student.broken else ""
    if student.killed:
        raise InfraError("the sandbox was killed (SIGKILL): is memory short? Use fewer runners (--jobs)")
    if job["module"] is None:
        problem = f"no cs231n_lib/{topic}.py was handed in that can be read"
    outcomes = [o for cell in graded.values() for o in cell["outcomes"]]
    found = [o["status"] for o in outcomes] + (["crashed"] if problem else [])
    status = max((s for s in found if s in STATUSES_BY_SEVERITY), key=STATUSES_BY_SEVERITY.index, default="graded")
    seconds = round(time.monotonic() - began, 3)
    return {"status": status, "problem": problem, "seconds": seconds, "cells": graded}


def run_cells(job, session, answers):
    """Execute the setup cells, then every test cell; return grade_id -> what it gave."""
    namespace = dict(answers)
    try:
        with silence_output():
            for source in job["setup"]:
                exec(compile(source, "<setup>", "exec"), namespace)
    except Exception as error:
        raise InfraError(f"the setup cell failed: {type(error).__name__}: {error}") from error
    graded = {}
    for name, source, points in job["tests"]:
        session.latest, session.points = [], points
        score = run_test_cell(name, source, points, namespace)
        outcomes = session.latest or [Outcome("cell", score, points, "passed" if score == points else "failed")]
        graded[name] = {"score": score, "max_score": points, "outcomes": [asdict(o) for o in outcomes]}
    return graded


def run_test_cell(name, source, points, namespace):
    """Execute one test cell and return its last value, which must be one mark."""
    tree = ast.parse(source)
    last = tree.body.pop()
    if not isinstance(last, ast.Expr):
        raise InfraError(f"{name}: the cell does not end in a mark")
    try:
        with silence_output():
            exec(compile(tree, f"<{name}>", "exec"), namespace)
            value = eval(compile(ast.Expression(last.value), f"<{name}>", "eval"), namespace)
    except Exception as error:
        raise InfraError(f"{name}: {type(error).__name__}: {error}") from error
    if type(value) is not float or not math.isfinite(value) or not 0 <= value <= points:
        raise InfraError(f"{name}: expected one mark from 0 to {points:g}, got {value!r}")
    return value


@contextlib.contextmanager
def silence_output():
    """Keep what our own cells print out of the grader's terminal."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def main():
    """Read a job from standard input, write its result to standard output (see :func:`run_in_subprocess`)."""
    os.chdir(tempfile.gettempdir())
    unsafe = "--unsafe" in sys.argv
    if not unsafe:
        with silence_output():
            canary.prove()
    print(json.dumps(run_job(json.load(sys.stdin), unsafe)))


if __name__ == "__main__":
    main()
