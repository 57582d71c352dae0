"""The code of a notebook's cells in colours, for formgrader and nbgrader's own feedback: in bounded time."""

from collections.abc import Mapping
from html import escape
from typing import Any

from nbconvert.filters.highlight import Highlight2HTML

from autograder.sandbox.limited import LimitError, run_limited

LONGEST_COLORED = 2000
"""Longest cell in colours, in characters; ours have 1,300. Pygments takes seconds for some of ten times this length."""
LANGUAGE = "ipython3"


def render_safe_code(source: str, language: str | None = None, metadata: Mapping[str, Any] | None = None) -> str:
    """Return a cell's code as HTML, in colours unless they take more time or memory than one cell may.

    Parameters
    ----------
    source : str
    language, metadata
        As nbconvert passes them. They are not used: a student's words for them decide nothing.

    Returns
    -------
    html : str
    """
    try:
        if len(source) <= LONGEST_COLORED:
            return run_limited(color_cell, source, seconds=0.5)
    except LimitError:
        pass
    return f'<div class="highlight hl-{LANGUAGE}"><pre><span></span>{escape(source)}\n</pre></div>'


def color_cell(source: str) -> str:
    """Return a cell's code in colours, without limits."""
    return Highlight2HTML(pygments_lexer=LANGUAGE)(source)
