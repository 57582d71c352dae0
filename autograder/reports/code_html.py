"""A student's module as HTML: one line an element, coloured by a scanner that takes linear time on any text.

Pygments is not used on what students hand in: 32 KB of tabs and line ends keep its Python lexer busy for more than a
minute (its rule for docstrings backtracks), and a page must not take longer because somebody wants it to.
"""

import builtins
import keyword
import re
from html import escape

from markupsafe import Markup

TOKEN = re.compile(r'''
    (?P<comment> \#[^\n]*+ )
  | (?P<string> [rRbBfFuU]{0,2} (?: """ .*? (?:"""|\Z) | \'\'\' .*? (?:\'\'\'|\Z)
                                  | " (?:\\.|[^"\\\n])*+ "? | ' (?:\\.|[^'\\\n])*+ '? ) )
  | (?P<number> (?<!\w) \d[\w.]*+ )
  | (?P<plain> \.[^\W\d]\w*+ )
  | (?P<name> [^\W\d]\w*+ )
''', re.VERBOSE | re.DOTALL)

BUILTINS = frozenset(n for n in dir(builtins) if not n.startswith("_"))


def render_code(source):
    """Return the source as the inside of a ``<pre>``: a ``<span class="l">`` per line, tokens in spans of their own.

    Parameters
    ----------
    source : str

    Returns
    -------
    html : markupsafe.Markup
        Classes: ``co`` comment, ``st`` string, ``nu`` number, ``kw`` keyword, ``bi`` built-in, ``de`` a defined name.
    """
    pieces = ["".join(color_tokens(kind, text)) for kind, text in tokenize_line(source)]
    lines = "".join(pieces).removesuffix("\n").split("\n")
    return Markup("\n".join(f'<span class="l">{line}</span>' for line in lines))


def color_tokens(kind, text):
    """Yield a token as HTML; a span ends with its line and begins again on the next."""
    for number, piece in enumerate(text.split("\n")):
        yield "\n" if number else ""
        yield f'<span class="{kind}">{escape(piece)}</span>' if kind and piece else escape(piece)


def tokenize_line(source):
    """Yield (kind, text) for all of the source; kind is "" for what is not coloured."""
    end, before = 0, ""
    for match in TOKEN.finditer(source):
        if match.start() > end:
            yield "", source[end:match.start()]
        text, end = match.group(), match.end()
        yield classify_token(match.lastgroup, text, before), text
        before = text
    yield "", source[end:]


def classify_token(group, text, before):
    """Return the class of a token, given the one before it."""
    if group != "name":
        return "" if group == "plain" else group[:2]
    if before in ("def", "class"):
        return "de"
    if keyword.iskeyword(text):
        return "kw"
    return "bi" if text in BUILTINS else ""
