"""``results.json``: what a Gradescope autograder reports about one submission.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from autograder.course.text import shorten_text
from autograder.gradebook.records import Record
from autograder.inbox.uploads import Upload
from autograder.reports.html import format_points
from autograder.runners.runner import Result


class GradescopeTest(TypedDict):
    """One entry of ``tests``, which Gradescope shows as one line of marks."""

    number: str
    name: str
    output: str
    """What the student reads."""
    output_format: str
    visibility: str
    score: NotRequired[float]
    max_score: NotRequired[float]
    status: NotRequired[str]
    """"passed" or "failed"."""


class GradescopeResults(TypedDict):
    """The contents of ``results.json``."""

    score: NotRequired[float]
    """Missing if nothing could be graded."""
    execution_time: NotRequired[int]
    output: str
    output_format: NotRequired[str]
    visibility: NotRequired[str]
    stdout_visibility: str
    tests: NotRequired[list[GradescopeTest]]
    extra_data: NotRequired[dict[str, Any]]
    """For the instructor; students do not see it."""


COULD_NOT = ("This submission could not be graded: a problem of the grader, not of your work. "
             "It has no mark yet, which is not a zero. Please tell your instructor.")

STATUS_TEXTS = {"graded": "", "missing": "Nothing was handed in.",
        "manual-pending": "So far: written answers are still to be read.",
        "to-look-at": "Not everything that was handed in was recognised: a person has to look at it.",
        "timeout": "A function ran out of time.", "memory": "A function ran out of memory.",
        "crashed": "The module could not be run.", "infra-error": "Not graded yet: a problem of the grader."}
"""Status -> what a student reads. (The remark on a submission is for the instructor only: it may quote text that the
student's code produced, such as an error message with a hidden input in it.)"""


def make_results_of_job(result: Result, upload: Upload, written: Mapping[str, float],
                        status: str) -> GradescopeResults:
    """Return the results of a job that the runner ran.

    Parameters
    ----------
    result : Result
    upload : Upload
        What was handed in.
    written : dict of str to float
        grade_id -> points of the answers that a person has to read.
    status : str
        Of the submission, by :func:`autograder.course.submission_state.name_status`.
    """
    tests = [t for number, (grade_id, cell) in enumerate(result["cells"].items(), 1)
             for t in make_tests(number, grade_id, cell["outcomes"])]
    count = len(result["cells"])
    tests += [
        make_test(f"{count + i}", f"{name}: written answer", hint=f"A person reads this answer ({points:g} points).")
        for i, (name, points) in enumerate(written.items(), 1)
    ]
    score = sum(cell["score"] for cell in result["cells"].values())
    said = [STATUS_TEXTS[status], *upload.doubts, STATUS_TEXTS[result["status"]], describe_taken(upload)]
    return make_results(score, tests, [*said, *upload.remarks], result["seconds"])


def describe_taken(upload: Upload) -> str:
    """Return the line on what was found in a submission: which file was taken as what, and how many answers."""
    found = []
    for right, name in upload.taken.items():
        answers = ""
        if right.endswith(".ipynb") and upload.answers:
            answers = f" with {upload.answers - len(upload.not_found)} of {upload.answers} answers"
        found.append((right if name == right else f"{name}, taken as {right},") + answers)
    return f"What was found: {'; '.join(found).rstrip(',')}." if found else ""


def make_results_of_record(record: Record) -> GradescopeResults:
    """Return the results of a submission that the course has graded; without a score after an infra-error."""
    extra = {"status": record.status, "assignment": record.assignment, "student": record.student}
    if record.status == "infra-error":
        return {**make_failure(), "extra_data": extra}
    tests = []
    for number, mark in enumerate(record.marks, 1):
        if mark.kind == "written":
            points = {} if mark.needs_manual else {"score": mark.score, "max_score": mark.max_score}
            hint = mark.comment or ("A person reads this answer." if mark.needs_manual else "")
            tests.append(make_test(str(number), f"{mark.grade_id}: written answer", hint=hint, **points))
        else:
            tests += make_tests(number, mark.grade_id, mark.outcomes)
            change = mark.score - sum(o["score"] for o in mark.outcomes)
            if abs(change) > 1e-6:
                name = name_test(mark.grade_id, "changed by a person")
                tests.append(make_test(str(number), name, score=change, hint=mark.comment))
    late = f"Late: {record.late_penalty:g} points off." if record.late_penalty else ""
    stopped = STATUS_TEXTS[record.stopped] if record.stopped else ""
    results = make_results(record.score, tests, [late, STATUS_TEXTS[record.status], stopped], record.seconds)
    return {**results, "extra_data": extra}


def count_in_course(results: GradescopeResults, score: float, most: float) -> GradescopeResults:
    """Return results whose score has the points that the course shows; the tests keep those of the notebook.

    Parameters
    ----------
    results : GradescopeResults
        With a score.
    score, most : float
        In the course's points.
    """
    said = f"It counts as {format_points(score)} of {format_points(most)} points of the course."
    return {**results, "score": round(score, 4), "output": f"{said}\n{results['output']}".rstrip()}


def make_tests(number: int, grade_id: str, outcomes: Iterable[Mapping[str, Any]]) -> list[GradescopeTest]:
    """Return the tests of one graded cell: one per aspect, with nothing but the hint, which a student may read.

    Parameters
    ----------
    number : int
        Of the cell, from 1.
    grade_id : str
    outcomes : iterable of dict
        The fields of :class:`autograder.hidden_tests.rubric.Outcome`.
    """
    return [make_test(f"{number}.{i}", name_test(grade_id, o["aspect"]), o["hint"], score=o["score"],
                      max_score=o["max_score"], status="passed" if o["score"] >= o["max_score"] else "failed")
            for i, o in enumerate(outcomes, 1)]


def make_test(number: str, name: str, hint: str = "", **points: Any) -> GradescopeTest:
    """Return one test.

    Parameters
    ----------
    number, name, hint : str
    **points
        ``score``, ``max_score``, ``status``.
    """
    rounded: Any = {k: round(v, 4) if isinstance(v, float) else v for k, v in points.items()}
    return {"number": number, "name": name, "output": shorten_text(hint),
            "output_format": "text", "visibility": "visible", **rounded}


def name_test(grade_id: str, part: str) -> str:
    """Return the name of a test: the graded function (or answer) as a student knows it, and a part of it."""
    return f"{grade_id.removesuffix('-test').replace('-', '_')}: {part}"


def make_results(score: float, tests: list[GradescopeTest], remarks: Iterable[str],
                 seconds: float) -> GradescopeResults:
    """Return results.json around the tests.

    Parameters
    ----------
    score : float
        Points.
    tests : list of GradescopeTest
    remarks : iterable of str
        Lines that the student reads above the tests; empty ones are left out.
    seconds : float
        How long the grading took.
    """
    return {"score": round(score, 4), "execution_time": round(seconds),
            "output": shorten_text("\n".join(filter(None, dict.fromkeys(remarks)))),
            "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden", "tests": tests}


def make_failure() -> GradescopeResults:
    """Return the results of a grading that failed on our side: without a score, and without tests."""
    return {"output": COULD_NOT, "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden",
            "extra_data": {"status": "infra-error"}}
