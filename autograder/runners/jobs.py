"""Jobs: what a runner has to know to grade one submission. This is the only place that builds one."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from autograder.course import cells
from autograder.course.assignment import load_assignment
from autograder.course.files import write_secret_once
from autograder.course.topics import topic_of
from autograder.errors import CourseError
from autograder.hidden_tests.session import load_questions
from autograder.hidden_tests.transfer import load_accepted
from autograder.runners.grader_hash import hash_grader
from autograder.runners.runner import Job


def load_secret(course: Path | str) -> str:
    """Return the course secret, made at the first call: hexadecimal, readable by the instructor only."""
    path = Path(course) / "secret"
    if not path.exists():
        write_secret_once(path, secrets.token_hex(32))
    secret = path.read_bytes().strip()
    if not re.fullmatch(rb"([0-9a-fA-F]{2})+", secret):
        raise CourseError(f"{path} is damaged: it is not hexadecimal", "Put a copy from before in its place; if there "
                          "is none, delete it: a new one is made, and every submission is graded again")
    return secret.decode()


def make_job(course: Path | str, assignment: str, written: Mapping[str, str], module: str | None) -> Job:
    """Describe one submission: plain data, for whatever process or machine runs it.

    Parameters
    ----------
    course : path
        Its released and source notebooks say which cells there are; its secret decides the hidden inputs.
    assignment : str
        As in ``03_initialization``.
    written : dict
        grade_id -> source of the answer cells as the student left them; cells of other kinds are ignored.
    module : str or None
        Text of the student's ``cs231n_lib/<topic>.py``; None if it is missing.

    Raises
    ------
    CourseError
        If the hidden tests of the checkout do not fit the released notebook.
    """
    topic, form = topic_of(assignment), load_assignment(course, assignment)
    check_questions(course, assignment)
    return {"topic": topic, "setup": form.setup, "tests": form.tests, "answers": form.select_answers(written),
            "module": module, "secret": load_secret(course), "grader": hash_grader(topic)}


def check_questions(course: Path | str, assignment: str) -> None:
    """See that the hidden tests of the checkout have the questions that a released notebook asks.

    A course may be older than the checkout. A mark given by another question, or on another scale, would be wrong.

    Raises
    ------
    CourseError
        Naming the first cell that cannot be graded, and what to do.
    """
    topic = topic_of(assignment)
    questions, accepted = load_questions(topic), load_accepted(topic)
    remedy = "Grade with the checkout that made the release, or run `release --update`"
    for grade_id, source, points in load_assignment(course, assignment).tests:
        variable = cells.read_question(source, "grade_transfer")
        if variable is not None and variable not in accepted:
            raise CourseError(f"{grade_id}: the checkout's hidden tests have no accepted answer for {variable}", remedy)
        name = cells.read_question(source)
        if name is None:
            continue
        if name not in questions:
            raise CourseError(f"{grade_id}: the checkout's hidden tests have no {name}", remedy)
        if abs(questions[name].points - points) > 1e-6:
            raise CourseError(f"{grade_id}: {points:g} points as released, {questions[name].points:g} in the "
                              "checkout's hidden tests", remedy)
