"""The code of a notebook's cells in colours, for formgrader and nbgrader's own feedback: in bounded time."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from nbconvert.filters.highlight import Highlight2HTML

from autograder.course.cells import MAX_ANSWER
from autograder.sandbox.limited import LimitError, run_limited

LONGEST_COLORED = 2000
"""Longest cell in colours, in characters; ours have 1,300. Pygments takes seconds for some of ten times this length."""
LANGUAGE = "ipython3"


def render_safe_code(source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None) -> str:
    """Return a cell's code as HTML: ours in colours, what a student wrote without.

    A page has up to thirty answer cells, each of which may be as costly to colour as its length allows.

    Parameters
    ----------
    source : str
    language : str
        As nbconvert passes it. It is not used.
    metadata : mapping
        Of the cell, from the released notebook: nbgrader's flags say whether a student writes in it.

    Returns
    -------
    html : str
    """
    flags = (metadata or {}).get("nbgrader", {})
    if flags.get("solution"):
        return frame_plain(source if flags.get("grade") else cut_answer(source))
    try:
        if len(source) <= LONGEST_COLORED:
            return color_limited(source)
    except LimitError:
        pass
    return frame_plain(source)


def cut_answer(source: str) -> str:
    """Return as much of an answer cell as the grader reads."""
    more = len(source) - MAX_ANSWER
    return f"{source[:MAX_ANSWER]}\n# and {more} more characters, which are not read" if more > 0 else source


def frame_plain(source: str) -> str:
    """Return code as HTML without colours. Only what must be is escaped: nbconvert reads the page once more."""
    return f'<div class="highlight hl-{LANGUAGE}"><pre><span></span>{escape(source, quote=False)}\n</pre></div>'


@lru_cache(1024)
def color_limited(source: str) -> str:
    """Return a cell's code in colours within limits; what is on every page is coloured once."""
    return run_limited(color_cell, source, seconds=0.5)


def color_cell(source: str) -> str:
    """Return a cell's code in colours, without limits."""
    return Highlight2HTML(pygments_lexer=LANGUAGE)(source)
