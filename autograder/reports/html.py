"""What all pages share: the template environment, which makes any text harmless, and the format of numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from nbgrader.preprocessors import ClearSolutions

from autograder.course.files import open_atomically
from autograder.course.text import clean_for_html, format_count
from autograder.gradebook.records import Mark

UNWRITTEN = ClearSolutions().text_stub
"""The text of a written answer's cell in a released notebook."""
STATUSES = {
    "graded": "graded",
    "manual-pending": "written answers wait for a person",
    "to-look-at": "to look at: not everything that was handed in was recognised",
    "timeout": "ran into the time limit",
    "memory": "ran into the memory limit",
    "crashed": "crashed",
    "infra-error": "could not be graded yet",
}
"""How a submission ended, in words."""


def format_points(value: float) -> str:
    """Return a number of points as text: at most two decimals, no trailing zeros, no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def format_percent(share: float) -> str:
    """Return a share as text; 0 % and 100 % only where it is exactly that."""
    text = f"{share:.0%}"
    if text == "0%" and share > 0:
        text = "<1%"
    elif text == "100%" and share < 1:
        text = ">99%"
    return text.replace("%", "\N{NO-BREAK SPACE}%")


def name_question(mark: Mark) -> str:
    """Return the name of a graded cell on a page: the function's name, or the cell's id without ``-test``."""
    name = mark.grade_id.removesuffix("-test")
    return name.replace("-", "_") if mark.kind == "function" else name


def read_written_text(mark: Mark, answers: Mapping[str, str]) -> str:
    """Return the text of a written answer, "" if there is none; ``answers`` are a record's."""
    text = answers.get(mark.grade_id, "").strip()
    return "" if text == UNWRITTEN else text


def is_empty(mark: Mark, answers: Mapping[str, str]) -> bool:
    """Is a question as it was released? ``answers`` are a record's."""
    if mark.kind == "written":
        return not read_written_text(mark, answers)
    return bool(mark.outcomes) and all(o["status"] == "not implemented" for o in mark.outcomes)


def format_title(assignment: str) -> str:
    """Return the title of an assignment, as in ``00 Linear classifier``."""
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


def write_page(path: Path | str, template: str, **values: Any) -> None:
    """Render a template into a file, completely or not at all.

    Parameters
    ----------
    path : path
    template : str
        File name in ``templates/``.
    **values
        For the template.
    """
    with open_atomically(Path(path)) as file:
        file.write(ENVIRONMENT.get_template(template).render(statuses=STATUSES, **values))
