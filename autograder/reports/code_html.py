"""A student's module as HTML: one element per line, coloured by a scanner that takes linear time on any text.

Pygments is not used on what students hand in: its Python lexer takes more than a minute for 32 KB of tabs and line ends
(its rule for docstrings backtracks), and a student must not be able to delay the pages of a class.
"""

import builtins
import keyword
import re
from collections.abc import Iterator
from html import escape

from markupsafe import Markup

from autograder.sandbox.limited import LimitError, run_limited

TOKEN = re.compile(r'''
    (?P<comment> \#[^\n]*+ )
  | (?P<string> [rRbBfFuU]{0,2} (?: """ .*? (?:"""|\Z) | \'\'\' .*? (?:\'\'\'|\Z)
                                  | " (?:\\.|[^"\\\n])*+ "? | ' (?:\\.|[^'\\\n])*+ '? ) )
  | (?P<number> (?<!\w) \d[\w.]*+ )
  | (?P<plain> \.[^\W\d]\w*+ )
  | (?P<name> [^\W\d]\w*+ )
''', re.VERBOSE | re.DOTALL)

BUILTINS = frozenset(n for n in dir(builtins) if not n.startswith("_"))


def render_code(source: str) -> Markup:
    """Return the source as the contents of a ``<pre>``: a ``<span class="l">`` per line, with a span for each token.

    Parameters
    ----------
    source : str

    Returns
    -------
    html : markupsafe.Markup
        Classes: ``co`` comment, ``st`` string, ``nu`` number, ``kw`` keyword, ``bi`` built-in, ``de`` a defined name.
        Without colours, if they take more time or memory than one module may.
    """
    try:
        return Markup(run_limited(color_code, source))
    except LimitError:
        return Markup("\n".join(f'<span class="l">{escape(line)}</span>' for line in source.split("\n")))


def color_code(source: str) -> str:
    """Return what :func:`render_code` does, as a string."""
    pieces = ["".join(render_token(kind, text)) for kind, text in tokenize_source(source)]
    lines = "".join(pieces).removesuffix("\n").split("\n")
    return "\n".join(f'<span class="l">{line}</span>' for line in lines)


def render_token(kind: str, text: str) -> Iterator[str]:
    """Yield the HTML of a token in pieces; a span ends at the end of a line, and a new one begins on the next."""
    for number, piece in enumerate(text.split("\n")):
        yield "\n" if number else ""
        yield f'<span class="{kind}">{escape(piece)}</span>' if kind and piece else escape(piece)


def tokenize_source(source: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) for all of the source; kind is "" for text that is not coloured."""
    end, before = 0, ""
    for match in TOKEN.finditer(source):
        if match.start() > end:
            yield "", source[end:match.start()]
        text, end = match.group(), match.end()
        yield classify_token(match.lastgroup or "plain", text, before), text
        before = text
    yield "", source[end:]


def classify_token(group: str, text: str, before: str) -> str:
    """Return the CSS class of a token.

    Parameters
    ----------
    group : str
        The group of :data:`TOKEN` that it matched.
    text, before : str
        The token, and the one before it.
    """
    if group != "name":
        return "" if group == "plain" else group[:2]
    if before in ("def", "class"):
        return "de"
    if keyword.iskeyword(text):
        return "kw"
    return "bi" if text in BUILTINS else ""
