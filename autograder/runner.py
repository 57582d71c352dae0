"""The trusted runner: executes setup and test cells, with the student's module behind the sandbox.

One job is one submission of one assignment, one result is its marks; both are plain dicts that survive JSON. There is
no kernel, and nothing the student wrote runs here: answers are read, functions are called through the pipe.
"""

import ast
import contextlib
import hashlib
import io
import json
import math
import os
import sys
import tempfile
import time
from dataclasses import asdict
from functools import cache
from pathlib import Path

from autograder import cells, hidden_tests, reference, sandbox
from autograder.hidden_tests import Outcome, Session
from autograder.proxy import RemoteStudent, installed
from autograder.state import write_whole

HERE = Path(__file__).resolve().parent
SEVERITY = ["graded", "crashed", "memory", "timeout", "infra-error"]
"""How a submission ended, from good to bad; "manual-pending" is added when the marks are read from the gradebook."""


class InfraError(Exception):
    """The grader itself failed: never a zero, always tried again."""


def make_job(topic, setup, tests, answers, module, secret):
    """Describe one submission: plain data, for whatever process or machine runs it.

    Parameters
    ----------
    topic : str
        Graded module.
    setup : list of str
        Sources of the setup cells.
    tests : list
        [grade_id, source with hidden region, points] of the test cells.
    answers : dict
        Variable -> source of the student's answer cell.
    module : str or None
        Text of the student's ``cs231n_lib/<topic>.py``; None if it is missing.
    secret : str
        The course secret, hexadecimal.

    Returns
    -------
    job : dict
    """
    return {"topic": topic, "setup": setup, "tests": tests, "answers": answers, "module": module, "secret": secret,
            "grader": fingerprint(topic)}


@cache
def fingerprint(topic):
    """Return a hash of all code that a mark depends on: a changed grader grades again."""
    names = ("wire", "worker", "proxy", "sandbox", "runner", "cells", "student")
    files = [HERE / f"{name}.py" for name in names]
    files += [HERE / "hidden_tests" / "__init__.py", *(HERE / "hidden_tests").glob("[!_]*.py")]
    files += (HERE / "heldout").glob("*.npz")
    files += [HERE / "mistakes" / f"{topic}.py", reference.ROOT / "cs231n_lib" / f"{topic}.py"]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def key(job):
    """Return the content hash under which the result of a job is kept."""
    return hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()


def run(job, unsafe=False, watch=None):
    """Grade one job; twice, if its worker was killed (SIGKILL), and as it was the first time only if both agree.

    A computer that is out of memory kills, and so may student code kill itself: that, it does at the same place again.

    Parameters
    ----------
    job : dict
        From :func:`make_job`.
    unsafe : bool
        Without the sandbox.
    watch : callable, optional
        Called with every :class:`Session` before it is graded.

    Returns
    -------
    result : dict
        ``status``, ``seconds``, ``problem`` (one line for a person) and ``cells``: grade_id -> ``score``, ``max_score``
        and ``outcomes`` (dicts of :class:`Outcome`).

    Raises
    ------
    InfraError
        If a cell of ours failed, or gave anything but one mark; if the worker was killed from outside, twice.
    """
    result, killed = run_once(job, unsafe, watch)
    if killed:
        result, again = run_once(job, unsafe, watch)
        if again and again != killed:
            raise InfraError("the sandbox was killed (SIGKILL), each time at another place: is memory short? "
                             "Use fewer runners (--jobs)")
    return result


def run_once(job, unsafe, watch=None):
    """Grade one job; return its result, and at which requests to the student's module the worker was killed."""
    began = time.monotonic()
    topic = job["topic"]
    answers = {name: cells.read_answer(source, name) for name, source in job["answers"].items()}
    source = job["module"] if job["module"] is not None else "# missing"
    with RemoteStudent(source, topic, unsafe=unsafe) as student, installed(student, topic), quiet_checks():
        session = Session(topic, student, reference.load(topic), bytes.fromhex(job["secret"]))
        if watch:
            watch(session)
        hidden_tests.current = session
        try:
            graded = run_cells(job, session, answers)
        finally:
            hidden_tests.current = None
        problem = str(student.broken) if student.broken else ""
    if job["module"] is None:
        problem = f"cs231n_lib/{topic}.py is missing"
    outcomes = [o for cell in graded.values() for o in cell["outcomes"]]
    found = [o["status"] for o in outcomes] + (["crashed"] if problem else [])
    status = max((s for s in found if s in SEVERITY), key=SEVERITY.index, default="graded")
    seconds = round(time.monotonic() - began, 3)
    return {"status": status, "problem": problem, "seconds": seconds, "cells": graded}, student.killed


def run_cells(job, session, answers):
    """Execute the setup cells, then every test cell; return grade_id -> what it gave."""
    namespace = dict(answers)
    try:
        with silence():
            for source in job["setup"]:
                exec(compile(source, "<setup>", "exec"), namespace)
    except Exception as error:
        raise InfraError(f"the setup cell failed: {type(error).__name__}: {error}") from error
    graded = {}
    for name, source, points in job["tests"]:
        session.latest = []
        score = mark(name, source, points, namespace)
        outcomes = session.latest or [Outcome("cell", score, points, "passed" if score == points else "failed")]
        graded[name] = {"score": score, "max_score": points, "outcomes": [asdict(o) for o in outcomes]}
    return graded


def mark(name, source, points, namespace):
    """Execute one test cell and return its last value, which must be one mark."""
    tree = ast.parse(source)
    last = tree.body.pop()
    if not isinstance(last, ast.Expr):
        raise InfraError(f"{name}: the cell does not end in a mark")
    try:
        with silence():
            exec(compile(tree, f"<{name}>", "exec"), namespace)
            value = eval(compile(ast.Expression(last.value), f"<{name}>", "eval"), namespace)
    except Exception as error:
        raise InfraError(f"{name}: {type(error).__name__}: {error}") from error
    if type(value) is not float or not math.isfinite(value) or not 0 <= value <= points:
        raise InfraError(f"{name}: expected one mark from 0 to {points:g}, got {value!r}")
    return value


@contextlib.contextmanager
def silence():
    """Keep what our own cells print out of the grader's terminal."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@contextlib.contextmanager
def quiet_checks():
    """Turn the visible checks off: the hidden tests ask the same questions on other inputs."""
    from cs231n_lib.lab import check

    before, check.ENABLED = check.ENABLED, False
    try:
        yield
    finally:
        check.ENABLED = before


class Results:
    """Results of jobs, kept by content: an interrupted run resumes, and nothing is graded twice."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, job_key):
        """Return the result kept under the key of a job, or None."""
        try:
            return json.loads((self.folder / f"{job_key}.json").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def put(self, job_key, result):
        """Keep a result: whole or not at all, whatever happens meanwhile.

        It is not forced to the disk: should the power fail, what is left does not parse, and the job runs again.
        """
        write_whole(self.folder / f"{job_key}.json", json.dumps(result))


def main():
    """Read a job from standard input, write its result to standard output (see :class:`RunTrusted`)."""
    os.chdir(tempfile.gettempdir())
    unsafe = "--unsafe" in sys.argv
    if not unsafe:
        sandbox.prove()
    print(json.dumps(run(json.load(sys.stdin), unsafe)))


if __name__ == "__main__":
    sys.path = [p for p in sys.path if p]
    main()
