"""The class report: one self-contained HTML page, from a single pass over the course's records.

Only numbers are kept of each submission, so that the page and the memory for it stay small for a large class, too.
"""

from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from autograder.course.settings import CourseSettings, load_settings
from autograder.course.text import format_count
from autograder.course.topics import list_assignments
from autograder.gradebook import due_dates, records
from autograder.reports import class_report_charts
from autograder.reports.html import format_title, is_empty, name_question, write_page

ENOUGH = 10
"""Fewest submissions for which a correlation is printed: for 10, the interval around 0 is already -0.63 to 0.63."""

TOP, FEW, LISTED = 10, 5, 40
"""Most lines in the table of mistakes, most lines in the tables of questions, most submissions listed by name."""

URGENCY = ["infra-error", "to-look-at", "crashed", "memory", "timeout", "manual-pending", "graded"]


def run_report(course: Path | str, output: Path | str, assignments: list[str] | None = None) -> int:
    """Write the class report; return the exit code.

    Parameters
    ----------
    course : path
    output : path
        The HTML file.
    assignments : str or collection of str, optional
        Only these, all by default. If there are several, the page begins with what they have in common.
    """
    if not Path(course).is_dir():
        raise FileNotFoundError(f"{course}: no course folder there; `python -m autograder grade` makes one")
    assignments = [assignments] if isinstance(assignments, str) else assignments
    due = due_dates.list_due_dates(course)
    tallies, students = write_report(records.iter_records(course, assignments), output, due, load_settings(course))
    number = sum(t.number for t in tallies)
    print(f"report: {format_count(number, 'submission')} of {format_count(students, 'student')} in {output}"
          if number else f"report: nothing graded in {course} yet; `python -m autograder grade` comes first")
    return 0


def write_report(found, output, due=(), settings=CourseSettings()):
    """Write the report on some records.

    Parameters
    ----------
    found : iterable of Record
    output : path
    due : sequence of str
        A heading, and a line for each due date and extension.
    settings : CourseSettings, optional
        The course's title, order of assignments and weights.

    Returns
    -------
    tallies : list of AssignmentStats
        One per assignment.
    students : int
    """
    tallies, marks = count_marks(found, list(settings.select_assignments(list_assignments())))
    views = [describe_assignment(t) for t in tallies]
    if len(tallies) != 1:
        views.insert(0, describe_course(tallies, list_course_shares(tallies, marks, settings)))
    write_page(output, "class_report.html.j2", views=views, tallies=tallies, students=len(marks), limits=LIMITS,
               due=due, title=settings.title, weighted=bool(settings.weights))
    return tallies, len(marks)


# -- counting ---------------------------------------------------------------------------------------------------


@dataclass
class QuestionStats:
    """The results of a class on one question.

    Attributes
    ----------
    name, kind : str
        From :func:`autograder.reports.html.name_question`; as in :class:`autograder.gradebook.records.Mark`.
    max_score : float
    scores, places : array
        Marks that are final, and the index of each one's submission in the arrays of :class:`AssignmentStats`.
    aspects : dict
        Aspect -> (times passed, times judged).
    empty, waiting : int
        Number of answers that are as they were released, and of answers that wait for a person.
    """

    name: str
    kind: str
    max_score: float
    assignment: str
    scores: array = field(default_factory=lambda: array("d"))
    places: array = field(default_factory=lambda: array("l"))
    aspects: dict = field(default_factory=dict)
    empty: int = 0
    waiting: int = 0

    def add(self, mark, place, empty):
        """Count the mark of one submission.

        Parameters
        ----------
        mark : autograder.gradebook.records.Mark
        place : int
            Index of the submission.
        empty : bool
            Is the answer as it was released?
        """
        if mark.needs_manual:
            self.waiting += 1
            return
        self.empty += empty
        self.scores.append(mark.score)
        self.places.append(place)
        for o in mark.outcomes:
            passed, judged = self.aspects.get(o["aspect"], (0, 0))
            self.aspects[o["aspect"]] = (passed + (o["status"] == "passed"), judged + 1)

    @property
    def answered(self):
        """Number of submissions with a final mark and an answer that is not empty."""
        return len(self.scores) - self.empty

    @property
    def share(self):
        """Mean share of the points, from 0 to 1; NaN if no mark is final."""
        return float(np.mean(self.scores)) / self.max_score if self.scores and self.max_score else float("nan")


@dataclass
class AssignmentStats:
    """The results of a class on one assignment.

    Attributes
    ----------
    scores, automatic : array
        Of each graded submission: its score, and its points without the written answers.
    mistakes : Counter
        (question, mistake) -> submissions that made it.
    teaches : dict
        (question, mistake) -> the sentence that teaches.
    needs : list of tuple
        (urgency, student, assignment, status, remark) of the submissions that a person should look at.
    """

    assignment: str
    max_score: float = 0.0
    scores: array = field(default_factory=lambda: array("d"))
    automatic: array = field(default_factory=lambda: array("d"))
    seconds: array = field(default_factory=lambda: array("d"))
    statuses: Counter = field(default_factory=Counter)
    late: int = 0
    questions: dict = field(default_factory=dict)
    mistakes: Counter = field(default_factory=Counter)
    teaches: dict = field(default_factory=dict)
    needs: list = field(default_factory=list)

    def add(self, record):
        """Count one submission."""
        self.statuses[record.status] += 1
        self.seconds.append(record.seconds)
        if record.remark or record.status not in ("graded", "manual-pending"):
            urgency = URGENCY.index(record.status)
            self.needs.append((urgency, record.student, record.assignment, record.status, record.remark[:300]))
        if record.status == "infra-error":
            return
        self.max_score = max(self.max_score, record.max_score)
        self.late += record.late_penalty > 0
        for mark in record.marks:
            self.add_mark(mark, is_empty(mark, record.answers))
        self.scores.append(record.score)
        self.automatic.append(sum(m.score for m in record.marks if m.kind != "written"))

    def add_mark(self, mark, empty):
        """Count one mark of the current submission, and each mistake that was recognised in it once."""
        name = name_question(mark)
        if mark.grade_id not in self.questions:
            self.questions[mark.grade_id] = QuestionStats(name, mark.kind, mark.max_score, self.assignment)
        self.questions[mark.grade_id].add(mark, len(self.scores), empty)
        known = {o["mistake"]: o["hint"] for o in mark.outcomes if o["mistake"]}
        self.mistakes.update((name, mistake) for mistake in known)
        self.teaches |= {(name, mistake): hint for mistake, hint in known.items()}

    @property
    def number(self):
        """Number of submissions, graded or not."""
        return sum(self.statuses.values())

    @property
    def waiting(self):
        """Number of written answers that wait for a person."""
        return sum(q.waiting for q in self.questions.values())

    @property
    def shares(self):
        """Share of the points of each graded submission."""
        return np.array(self.scores) / self.max_score if self.max_score else np.zeros(0)


def count_marks(found, names=()):
    """Count the marks of a class.

    Parameters
    ----------
    found : iterable of Record
    names : sequence of str
        The assignments in the order of the course.

    Returns
    -------
    tallies : list of AssignmentStats
        In the order of the course.
    marks : dict
        Student -> assignment -> (score, maximum).
    """
    tallies: dict = {}
    marks: dict = {}
    for record in found:
        tallies.setdefault(record.assignment, AssignmentStats(record.assignment)).add(record)
        marks.setdefault(record.student, {})[record.assignment] = (record.score, record.max_score)
    order = sorted(tallies, key=lambda name: (names.index(name) if name in names else len(names), name))
    return [tallies[name] for name in order], marks


def list_course_shares(tallies, marks, settings):
    """Return the share of the course total that each student has, of the assignments that anybody has handed in.

    Parameters
    ----------
    tallies : list of AssignmentStats
    marks : dict
        As from :func:`count_marks`.
    settings : CourseSettings
    """
    weights = {t.assignment: settings.weights[t.assignment] for t in tallies if t.assignment in settings.weights}
    counted = replace(settings, weights=weights)
    _, most = counted.compute_total({t.assignment: (0.0, t.max_score) for t in tallies})
    earned = np.array([counted.compute_total(mine)[0] for mine in marks.values()])
    return earned / most if most else np.zeros(0)


# -- what the page shows ----------------------------------------------------------------------------------------


def describe_assignment(tally):
    """Return the part of the page about one assignment, as the template takes it."""
    questions = list(tally.questions.values())
    name = format_title(tally.assignment)
    return {"id": tally.assignment, "title": name, "facts": summarize_shares(tally.shares), "overview": None,
            "figures": [class_report_charts.draw_distribution(tally.shares, name, "submissions"),
                        class_report_charts.draw_times(tally.seconds, name)],
            "waiting": [q for q in questions if q.waiting], "questions": questions, "late": tally.late,
            **list_common_mistakes([tally]), "weakest": list_weakest_questions(tally)}


def describe_course(tallies, shares):
    """Return the part of the page about the whole course, as the template takes it.

    Parameters
    ----------
    tallies : list of AssignmentStats
    shares : array
        As from :func:`list_course_shares`.
    """
    seconds = np.concatenate([t.seconds for t in tallies]) if tallies else np.zeros(0)
    name = "The whole course"
    figures = [
        class_report_charts.draw_distribution(shares, name, "students"),
        class_report_charts.draw_boxes({t.assignment: t.shares for t in tallies}),
        class_report_charts.draw_times(seconds, name),
    ]
    return {
        "id": "course",
        "title": name,
        "facts": summarize_shares(shares),
        "figures": figures,
        "waiting": [],
        "overview": [
            {"tally": t, **summarize_shares(t.shares), "seconds": format_duration(sum(t.seconds))} for t in tallies
        ],
        "questions": [],
        "late": sum(t.late for t in tallies),
        "weakest": None,
        **list_common_mistakes(tallies),
    }


def list_common_mistakes(tallies):
    """Return the fields that the parts about an assignment and about the course have in common."""
    statuses: Counter = sum((t.statuses for t in tallies), Counter())
    needs = sorted(line for t in tallies for line in t.needs)
    seconds = np.concatenate([t.seconds for t in tallies]) if tallies else np.zeros(0)
    questions = [q for t in tallies for q in t.questions.values() if q.scores]
    few = FEW if len(tallies) == 1 else TOP
    return {"number": sum(statuses.values()), "statuses": [(s, statuses[s]) for s in URGENCY if statuses[s]],
            "needs": needs[:LISTED], "to_look_at": len(needs), "mistakes": find_commonest_mistakes(tallies),
            "hardest": sorted((q for q in questions if q.answered), key=lambda q: q.share)[:few],
            "unanswered": [q for q in questions if not q.answered and not q.waiting],
            "answers_waiting": sum(t.waiting for t in tallies), "time": summarize_times(seconds)}


def summarize_shares(shares):
    """Return mean, median and quartiles of shares of the points; each is None if there are no shares."""
    if not len(shares):
        return dict.fromkeys(("mean", "low", "median", "high"))
    low, median, high = np.quantile(shares, [0.25, 0.5, 0.75])
    return {"mean": float(np.mean(shares)), "low": float(low), "median": float(median), "high": float(high)}


def find_commonest_mistakes(tallies):
    """Return the known mistakes that were made most often."""
    made = [(n, t, key) for t in tallies for key, n in t.mistakes.items()]
    made.sort(key=lambda line: (-line[0], line[1].assignment, line[2]))
    return [{"count": n, "of": len(t.scores), "assignment": t.assignment, "question": key[0],
             "name": key[1].replace("_", " "), "teaches": t.teaches[key]} for n, t, key in made[:TOP]]


def summarize_times(seconds):
    """Return a sentence about how long the grading took; "" if nothing was graded."""
    if not len(seconds):
        return ""
    middle, late, most = (format_duration(q) for q in np.quantile(seconds, [0.5, 0.95, 1]))
    return (
        f"{format_duration(float(np.sum(seconds)))} in all, added up over all processes; per submission {middle} in "
        f"the median, {late} at the 95th percentile, {most} at most."
    )


def format_duration(seconds):
    """Return a number of seconds as text, in hours, minutes or seconds."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


# -- questions that do not discriminate -------------------------------------------------------------------------


def list_weakest_questions(tally):
    """Return the questions whose marks correlate least with those of the rest of the assignment.

    Returns
    -------
    found : dict or None
        ``lines``: (question, correlation, low, high), lowest first; ``same``: questions on which everybody has the same
        mark. None if there are too few submissions.
    """
    if len(tally.scores) < ENOUGH:
        return None
    whole, lines, same = np.array(tally.automatic), [], []
    for question in tally.questions.values():
        scores = np.array(question.scores)
        rest = whole[np.array(question.places, int)] - (scores if question.kind != "written" else 0)
        found = correlate(scores, rest)
        if found:
            lines.append((question, *found))
        elif len(scores) >= ENOUGH and np.ptp(scores) == 0:
            same.append(question)
    return {"lines": sorted(lines, key=lambda line: line[1])[:FEW], "same": same}


def correlate(x, y):
    """Return Pearson's correlation with its 95 % interval; None if there are too few values or they do not vary.

    Notes
    -----
    The interval is Fisher's (Metron 1, 1921, 3-32): the inverse hyperbolic tangent of r has the standard error
    1 / sqrt(n - 3). Marks are not normal, so it is approximate.
    """
    if len(x) < ENOUGH or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return None
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1 + 1e-12, 1 - 1e-12))
    half = 1.96 / np.sqrt(len(x) - 3)
    return r, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


LIMITS = {"enough": ENOUGH, "top": TOP, "listed": LISTED}
