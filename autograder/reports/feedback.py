"""Feedback: one self-contained HTML page per student, with marks, hints and the student's own work.

It holds no hidden test, hidden input or expected value (solutions only where the instructor asks for them, after the
last deadline, see :mod:`autograder.reports.solutions`): hints are written for students, the message of an outcome is
never read here, and everything that the student wrote is shown as text. (nbgrader's own feedback can be generated, too;
``nbgrader_config`` removes the hidden tests from it.)
"""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypedDict

from tqdm import tqdm

from autograder.course import cells
from autograder.course.settings import CourseSettings, load_settings
from autograder.course.text import clean_for_html, format_count
from autograder.errors import CourseError
from autograder.gradebook import records
from autograder.reports import code_html, solutions
from autograder.reports.html import format_points, format_title, is_empty, name_question, read_written_text, write_page

FIRST = 5
"""Most problems that are listed at the top of the page."""

LATER = "counts once "
"""Beginning of hints that only say that something else must be fixed first."""


Solutions = Mapping[str, Sequence[solutions.Solution]]
"""Assignment -> its solutions."""


class Problem(TypedDict):
    """Questions that lost marks for the same reason."""

    names: list[str]
    """Of the questions."""
    kinds: set[str]
    """As in :class:`autograder.gradebook.records.Mark`."""
    lost: float
    """Points."""
    hints: list[tuple[list[str], str]]
    """Aspects, and the hint that they share."""


def run_feedback(course: Path | str, output: Path | str, assignments: list[str] | None = None,
                 solved: Collection[str] | None = None, closed: bool = False) -> int:
    """Write a page of feedback for every student; return the exit code.

    Parameters
    ----------
    course : path
    output : path
        The folder of the pages.
    assignments : collection of str, optional
        Only these, all by default.
    solved : collection of str, optional
        Show the solutions of these assignments' transfer questions, of all if it is empty; by default of none.
    closed : bool
        Somebody said that nothing is taken any more.

    Raises
    ------
    CourseError
        If solutions are asked for while something still counts: no page is written.
    """
    if not Path(course).is_dir():
        raise FileNotFoundError(f"{course}: no course folder there; `python -m autograder grade` makes one")
    if closed and solved is None:
        raise CourseError("--closed goes with --solutions: it says that no more submissions are taken")
    shown = solutions.choose_solutions(Path(course), solved, closed) if solved is not None else {}
    found = records.iter_records(course, assignments)
    pages_written = write_feedback(found, output, shown, load_settings(course))
    if pages_written:
        print(f"feedback: {format_count(pages_written, 'page')} in {output}/")
        if shown:
            print(f"with the solutions of {', '.join(shown)}; the pages of the next `grade` have none")
    else:
        print(f"feedback: nothing graded in {course} yet; `python -m autograder grade` comes first")
    return 0


def write_feedback(found: Iterable[records.Record], folder: Path | str, texts: Solutions | None = None,
                   settings: CourseSettings = CourseSettings()) -> int:
    """Write ``<student>.html`` for every student.

    Parameters
    ----------
    found : iterable of Record
        Sorted by student, as :func:`~autograder.gradebook.records.iter_records` yields them.
    folder : path
    texts : dict, optional
        Assignment -> the solutions that are shown; by default none is.
    settings : CourseSettings, optional
        The course's title, and how its marks are shown and added up.

    Returns
    -------
    pages : int
        How many were written.
    """
    folder, number = Path(folder), 0
    for student, mine in tqdm(groupby(found, lambda r: r.student), "feedback", unit=" students", file=sys.stdout):
        page = render_page(student, list(mine), texts or {}, settings)
        write_page(folder / f"{student}.html", "feedback.html.j2", **page)
        number += 1
    return number


def render_page(student, mine, texts, settings):
    """Return what the template needs for one student.

    Parameters
    ----------
    student : str
    mine : list of Record
        The student's, in order of assignment.
    texts : dict
        Assignment -> the solutions that are shown.
    settings : CourseSettings
    """
    return {
        "student": student,
        "title": settings.title,
        "total": describe_total(mine, settings),
        "parts": [describe_submission(r, texts.get(r.assignment, []), describe_points(r, settings)) for r in mine],
        "waiting": describe_waiting(mine),
        "most_first": FIRST,
        "score": sum(r.score for r in mine),
        "max_score": sum(r.max_score for r in mine),
    }


def describe_points(record, settings):
    """Return how a submission counts in the course, as a sentence; "" if it counts by the points of its notebook."""
    if record.status == "infra-error" or record.assignment not in settings.points:
        return ""
    score, most = settings.convert_points(record.assignment, record.score, record.max_score)
    return f"It counts as {format_points(score)} of {format_points(most)} points of the course."


def describe_total(mine, settings):
    """Return a student's course total as a sentence; "" if it is the sum of the points.

    Parameters
    ----------
    mine : list of Record
        The student's.
    settings : CourseSettings
    """
    if not settings.weights and (not settings.points or len(mine) < 2):
        return ""
    total, most = settings.compute_total({r.assignment: (r.score, r.max_score) for r in mine})
    counted = ", where what was not handed in counts 0" if settings.weights else ""
    return f"In the course that is {format_points(total)} of {format_points(most)}{counted}."


def describe_submission(record, shown=(), points=""):
    """Return the part of the page about one submission, as the template takes it.

    Parameters
    ----------
    record : Record
    shown : list of Solution
    points : str
        A sentence about how it counts, or "".
    """
    marks = [m for m in record.marks if m.kind != "written"]
    by_hand = [m for m in record.marks if m.kind == "written"]
    return {"record": record, "title": format_title(record.assignment), "notes": list_notes(record), "points": points,
            "deadline": make_sentence(record.deadline),
            "waiting": describe_waiting([record]), "first": list_first_steps(marks),
            "questions": [describe_question(m, record.answers, record.not_found) for m in marks],
            "judged": sum_points(marks), "solutions": shown,
            "written": [describe_written_answer(m, record) for m in by_hand], "by_hand": sum_points(by_hand),
            "code": code_html.render_code(str(clean_for_html(record.module))) if record.module else ""}


def sum_points(marks):
    """Return (sum of the points, sum of the maximal points) of some marks."""
    return sum(m.score for m in marks), sum(m.max_score for m in marks)


def list_notes(record):
    """Return a sentence for each unusual thing about a submission: how it ended, a remark, lateness."""
    if record.status == "infra-error":
        return ["This could not be graded yet. It will be tried again, and it is not a zero."]
    stopped = record.stopped or record.status
    found = [STOPPED[stopped]] if stopped in STOPPED else []
    if record.status == "to-look-at":
        found.append("Not everything that you handed in was recognised. A person looks at it.")
    if record.remark:
        found.append(make_sentence(record.remark))
    if record.late_penalty:
        found.append(f"It came late: {format_points(record.late_penalty)} points were taken off.")
    return found


def describe_waiting(found):
    """Return a sentence about the marks of some submissions that wait for a person; "" if none does."""
    marks = [m for r in found for m in r.marks if m.needs_manual]
    if not marks:
        return ""
    many = format_count(len(marks), "written answer waits", "written answers wait")
    return f"{many} for a person (up to {format_points(sum(m.max_score for m in marks))} points more)."


STOPPED = {
    "timeout": "Your code ran into the time limit. What it earned without that counts.",
    "memory": "Your code ran into the memory limit. What it earned without that counts.",
    "crashed": "Your code could not be loaded, or ended the process it ran in. What it earned without that counts.",
}


def list_first_steps(marks):
    """Return the :class:`Problem` list of a submission, those that cost most points first."""
    problems: dict[tuple[str, ...], Problem] = {}
    for mark in marks:
        lost = mark.max_score - mark.score
        if lost > 1e-9:
            reason = list_hints(mark)
            same = tuple(hint for _, hint in reason)
            problem = problems.setdefault(same, {"names": [], "kinds": set(), "lost": 0.0, "hints": reason})
            problem["names"].append(name_question(mark))
            problem["kinds"].add(mark.kind)
            problem["lost"] += lost
    for problem in problems.values():
        if len(problem["names"]) > 1:
            problem["hints"] = [([], hint) for _, hint in problem["hints"]]
    return sorted(problems.values(), key=lambda p: -p["lost"])


def list_hints(mark):
    """Return (aspects, hint) for what a question lost: each hint once, those that cost most points first."""
    error = find_common_error(mark.outcomes)
    if error:
        return [([], make_sentence(error))]
    lost = [o for o in mark.outcomes if o["score"] < o["max_score"] and o["hint"]]
    found: dict = {}
    for o in sorted(lost, key=lambda o: o["score"] - o["max_score"]):
        found.setdefault(o["hint"], []).append(o["aspect"])
    teaching = {hint: aspects for hint, aspects in found.items() if not hint.startswith(LATER)}
    found = teaching or found
    every = len(lost) == len(mark.outcomes) and len(found) == 1
    return [([] if every else aspects, make_sentence(hint)) for hint, aspects in found.items()]


def find_common_error(outcomes):
    """Return the error that ended every aspect of a question; "" if there is no such error.

    It is the first sentence of their hints; the hint of each aspect follows it.
    """
    said = {o["hint"].partition(". ")[0] for o in outcomes}
    return said.pop() if len(said) == 1 and {o["status"] for o in outcomes} == {"error"} else ""


def make_sentence(hint):
    """Return a hint as a sentence, with a capital letter (unless it begins with a name in code) and a full stop."""
    start, _, rest = hint.partition(" ")
    hint = f"{start.capitalize()} {rest}" if start.isalpha() and start.islower() and rest else hint
    return hint if hint[-1:] in (".", "!", "?", "") else hint + "."


def describe_question(mark, answers, not_found=()):
    """Return one question of the table of marks, with the student's answer if there is an answer cell for it.

    Parameters
    ----------
    mark : Mark
    answers : dict
        A record's.
    not_found : collection of str
        grade_ids of answers that were not found.
    """
    error = find_common_error(mark.outcomes) if len(mark.outcomes) > 1 else ""
    lines = [{"aspect": o["aspect"], "score": o["score"], "max_score": o["max_score"], "status": o["status"],
              "hint": o["hint"].removeprefix(error).removeprefix(". ")} for o in mark.outcomes]
    stem = mark.grade_id.removesuffix("-test")
    cell = stem if stem in answers else f"{stem}-answer"
    is_lost = mark.kind == "answer" and cell in not_found and is_empty(mark, answers)
    answer = answers.get(cell, "") if mark.kind == "answer" and not is_lost else ""
    if is_lost:
        error = "This answer was not found in what you handed in"
        lines = [{**line, "hint": error, "status": "not found"} for line in lines]
    change = mark.score - mark.auto_score
    return {"name": name_question(mark), "score": mark.score, "max_score": mark.max_score, "lines": lines,
            "error": make_sentence(error), "answer": shorten_source(remove_comments(answer)), "comment": mark.comment,
            "change": change if abs(change) > 1e-6 else 0.0, "full": mark.score >= mark.max_score}


def remove_comments(source):
    """Return an answer cell without its comments, unless there is nothing else in it."""
    return "\n".join(line for line in source.strip().split("\n") if not line.startswith("#")).strip() or source


def shorten_source(source):
    """Return an answer cell up to the length that the grader reads."""
    rest = len(source) - cells.MAX_ANSWER
    return f"{source[:cells.MAX_ANSWER]}\n... and {rest:,} more characters, not read" if rest > 0 else source


def describe_written_answer(mark, record):
    """Return one written answer with its marks and the comment of whoever graded it; ``mark`` is one of the record."""
    source = read_written_text(mark, record.answers)
    return {"name": name_question(mark), "source": source, "comment": mark.comment, "score": mark.score,
            "max_score": mark.max_score, "waiting": mark.needs_manual,
            "lost": not source and mark.grade_id in record.not_found}
