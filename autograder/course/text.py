"""Make text that a student controls harmless: one function for each place where it ends up.

A file's name, an exception's message and a student's module may hold control characters, formulas, half characters.
Templates escape HTML themselves; :func:`clean_for_html` removes what no escaping makes valid.
"""

import difflib
from collections.abc import Sequence

MAX_LINE = 200
MAX_MESSAGE = 500
MAX_TEXT = 4000
"""Longest text of several lines, such as a message with the expected values in it, or a cell of a table."""

FORBIDDEN = [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)]
FORBIDDEN += [plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)]
REPLACEMENTS: dict[int, str | None] = dict.fromkeys(FORBIDDEN, "\N{REPLACEMENT CHARACTER}")
REPLACEMENTS |= {c: chr(0x2400 + c) for c in range(0x20)}
REPLACEMENTS |= {0x09: "\t", 0x0A: "\n", 0x0D: None}
"""Characters that an HTML document must not hold (https://html.spec.whatwg.org/#preprocessing-the-input-stream) ->
what is shown instead."""


def clean_line(text: str) -> str:
    """Return text for a remark or a line of output: one short line, ``?`` for what is not printable."""
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_LINE])


def clean_message(text: object) -> str:
    """Return the message of a student's exception as one short line, with blanks for what is not printable.

    It comes out of the sandbox and may be any plain value; what is not text becomes "".
    """
    if not isinstance(text, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in text[:MAX_MESSAGE])


def shorten_text(text: str) -> str:
    """Return a text that somebody reads, up to ``MAX_TEXT`` characters, and how much more there was."""
    rest = len(text) - MAX_TEXT
    return f"{text[:MAX_TEXT]}\n... and {rest:,} more characters" if rest > 0 else text


def format_count(number: float, one: str, many: str | None = None) -> str:
    """Return a number and a noun, as in ``1 answer``, ``2 answers``, ``2,000 answers``.

    Parameters
    ----------
    number : int or float
        Of points; without zeros at the end.
    one : str
        The singular.
    many : str, optional
        The plural; the singular and "s" by default.
    """
    return f"{number:,.10g} {one if number == 1 else many or one + 's'}"


def suggest_names(name: str, known: Sequence[str]) -> str:
    """Return the end of a message: the known names that are similar to ``name``, or the first few of all."""
    near = difflib.get_close_matches(name, known, 3, 0.4)
    if near:
        return f"did you mean {', '.join(near)}?"
    more = " ..." if len(known) > 10 else ""
    return f"known: {', '.join(known[:10])}{more}"


def escape_for_terminal(text: str) -> str:
    """Return text with nothing in it that a terminal obeys: control and direction characters are written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clean_for_html(value: object) -> object:
    """Return a value for a template: text without the characters that HTML forbids, anything else unchanged."""
    return value.translate(REPLACEMENTS) if isinstance(value, str) else value


def escape_for_spreadsheet(value: object) -> str:
    """Return a CSV cell that a spreadsheet shows and does not run: numbers and texts are short, formulas quoted."""
    if isinstance(value, float):
        return f"{round(value, 4):g}"
    text = shorten_text(str(value))
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) and text != "-" else text
