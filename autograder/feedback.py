"""Feedback: one self-contained HTML page per student, with marks, hints and the student's own work.

It holds no hidden test, hidden input or expected value: hints are student-safe by construction, and everything the
student wrote is shown as text. (nbgrader's own feedback stays available; ``nbgrader_config`` clears hidden tests from
it.)
"""

import jinja2
import nbformat
from nbgrader.api import Gradebook, MissingEntry
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder import cells, intake
from autograder.nbgrader_config import database

STYLE = HtmlFormatter(style="default")

ENVIRONMENT = jinja2.Environment(loader=jinja2.PackageLoader("autograder", "."), autoescape=True, trim_blocks=True,
                                 lstrip_blocks=True)


def write(graded, course, folder):
    """Write ``<student>.html`` for every student with a graded submission.

    Parameters
    ----------
    graded : list of Submission
        From :func:`grade.grade`.
    course, folder : pathlib.Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    for student in sorted({s.upload.student for s in graded}):
        mine = [s for s in graded if s.upload.student == student]
        parts = [part(s, course) for s in sorted(mine, key=lambda s: s.upload.assignment)]
        page = ENVIRONMENT.get_template("feedback.html.j2").render(
            student=student, parts=parts, code_style=STYLE.get_style_defs(".highlight"))
        (folder / f"{student}.html").write_text(page, encoding="utf-8")


def part(submission, course):
    """Return what the page shows of one submission."""
    questions = {}
    for _, _, grade_id, aspect, score, max_score, status, hint in submission.rows:
        line = {"aspect": aspect, "score": score, "max_score": max_score, "status": status, "hint": hint}
        questions.setdefault(grade_id.removesuffix("-test"), []).append(line)
    upload = submission.upload
    code = highlight(upload.module, PythonLexer(), STYLE) if upload.module else ""
    remark = submission.remark if submission.result else "This could not be graded yet; it will be tried again."
    return {"assignment": upload.assignment, "topic": intake.ASSIGNMENTS[upload.assignment], "remark": remark,
            "score": submission.score, "max_score": submission.max_score, "pending": submission.manual_pending,
            "questions": list(questions.items()), "answers": answers(upload, course), "code": code}


def answers(upload, course):
    """Return the student's answer cells with the grader's comments, where there are any."""
    path = course / "autograded" / upload.student / upload.assignment / f"{upload.assignment}.ipynb"
    if not path.exists():
        return []
    comments = grader_comments(upload, course)
    return [{"name": cells.grade_id(c), "source": c.source, "comment": comments.get(cells.grade_id(c), "")}
            for c in nbformat.read(path, as_version=4).cells if cells.is_answer(c) or cells.is_written(c)]


def grader_comments(upload, course):
    """Return grade_id -> comment from the gradebook."""
    with Gradebook(database(course)) as gradebook:
        try:
            record = gradebook.find_submission(upload.assignment, upload.student)
        except MissingEntry:
            return {}
        return {c.name: c.comment for n in record.notebooks for c in n.comments if c.comment}


