"""What every page we write has in common: one template environment, text that cannot break a page, plain numbers."""

from pathlib import Path

import jinja2
from nbgrader.preprocessors import ClearSolutions

from autograder.course.files import open_atomically
from autograder.course.text import clean_for_html

UNWRITTEN = ClearSolutions().text_stub
"""What a released notebook holds where a written answer goes."""
STATUSES = {
    "graded": "graded",
    "manual-pending": "written answers wait for a person",
    "timeout": "ran into the time limit",
    "memory": "ran into the memory limit",
    "crashed": "crashed",
    "infra-error": "could not be graded yet",
}
"""How a submission ended, in words."""


def format_points(value):
    """Return a number of points as text: at most two decimals, no trailing zeros, no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def format_percent(share):
    """Return a share as text: never 0 % or 100 % where it is not exactly that."""
    text = f"{share:.0%}"
    if text == "0%" and share > 0:
        text = "<1%"
    elif text == "100%" and share < 1:
        text = ">99%"
    return text.replace("%", "\N{NO-BREAK SPACE}%")


def format_count(number, one, many=None):
    """Return ``1 answer``, ``2 answers``, ``2,000 answers``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def name_question(mark):
    """Return what a graded cell is called on a page: the function's name, or the cell's without ``-test``."""
    name = mark.grade_id.removesuffix("-test")
    return name.replace("-", "_") if mark.kind == "function" else name


def read_written_text(mark, answers):
    """Return the text of a written answer, "" where there is none."""
    text = answers.get(mark.grade_id, "").strip()
    return "" if text == UNWRITTEN else text


def is_empty(mark, answers):
    """Was a question left as it was handed out?"""
    if mark.kind == "written":
        return not read_written_text(mark, answers)
    return bool(mark.outcomes) and all(o["status"] == "not implemented" for o in mark.outcomes)


def format_title(assignment):
    """Return an assignment's name for people: ``00 Linear classifier``."""
    number, _, words = assignment.partition("_")
    return f"{number} {words.replace('_', ' ').capitalize()}".strip()


ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("autograder.reports", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=clean_for_html,
    undefined=jinja2.StrictUndefined,
)
ENVIRONMENT.filters |= {
    "points": format_points,
    "percent": format_percent,
    "plural": format_count,
    "title_of": format_title,
}


def write_page(path, template, **values):
    """Render a template into a file, whole or not at all."""
    with open_atomically(Path(path)) as file:
        file.write(ENVIRONMENT.get_template(template).render(statuses=STATUSES, **values))
