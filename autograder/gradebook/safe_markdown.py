"""A student's Markdown as HTML that runs nothing: what formgrader and nbgrader's own feedback show."""

import re
from functools import lru_cache
from html import escape

import nh3
from nbconvert.filters.markdown import markdown2html

from autograder.sandbox.limited import LimitError, run_limited

TAGS = set("p h1 h2 h3 h4 h5 h6 a img em strong code pre blockquote ul ol li dl dt dd hr br del sub sup "
           "table thead tbody tr th td div span details summary".split())
ATTRIBUTES = {"*": {"alt", "title", "align"}, "a": {"href"}, "img": {"src"}}
"""Not ``id`` and ``class``: formgrader finds its own fields by them."""
SCHEMES = {"http", "https", "data"}

LONGEST_RENDERED = 5000
"""Longest cell that is rendered, in characters; ours have 3,900. Four times this length can take seconds."""
TEX_LINKS = re.compile(r"\\(href|cssId|class|style|require)(?![a-zA-Z])")
"""TeX commands by which MathJax gives a formula links (``javascript:`` among them), names and styles."""
OPENING = re.compile(r"<(?=[!?]|a>|/?([a-zA-Z][^\s/>]*))")
"""What starts a tag, a comment or a declaration. ``<a>`` without an address is no link: ``Box<a>`` is meant as text."""


def render_safe_markdown(source: str) -> str:
    """Render Markdown; nothing stays that runs, asks another server, or looks like formgrader's own fields.

    nbgrader's templates insert rendered Markdown as it is, even with ``HTMLExporter.sanitize_html``: a script in a
    written answer would run in formgrader with the rights of the person who grades. Tags that are not allowed are shown
    as text, so that ``List<int>`` stays readable.

    Parameters
    ----------
    source : str
        Markdown, with TeX between dollars.

    Returns
    -------
    html : str
        The source as it is, if it is longer than :data:`LONGEST_RENDERED` or takes more time or memory than one answer
        may.
    """
    reason = f"it is longer than {LONGEST_RENDERED} characters"
    try:
        if len(source) <= LONGEST_RENDERED:
            return convert_limited(source)
    except LimitError as error:
        reason = str(error)
    return f"<p>This answer is shown as it was written: {escape(reason)}.</p><pre>{escape(source, quote=False)}</pre>"


@lru_cache(1024)
def convert_limited(source: str) -> str:
    """Return what :func:`convert_markdown` does, within limits; what is on every page is rendered once."""
    return run_limited(convert_markdown, source, seconds=0.5)


def keep_addresses(html: str) -> str:
    """Return HTML as it is, in place of nbconvert's ``strip_files_prefix``.

    That one looks for addresses of IPython 2, in quadratic time: 20,000 square brackets cost two seconds.
    """
    return html


def convert_markdown(source: str) -> str:
    """Return what :func:`render_safe_markdown` does, without limits."""
    html = escape_other_tags(markdown2html(TEX_LINKS.sub(r"\\text", source)))
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, attribute_filter=filter_attribute,
                     link_rel=None)


def escape_other_tags(html: str) -> str:
    """Turn the tags that are not allowed into text; nh3 would drop them, and what follows an unclosed comment.

    This is for readability only: what the page may hold is decided by nh3, which comes after it.
    """
    closed, end, unclosed = html.rpartition("-->")
    html = re.sub(r"<!--.*?-->", "", closed + end, flags=re.S) + unclosed
    return OPENING.sub(lambda tag: "<" if (tag[1] or "").lower() in TAGS else "&lt;", html)


def filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute that may stay: links lead to web pages, images are part of the page.

    Parameters
    ----------
    tag, name : str
        Of the element and the attribute, in lower case.
    value : str
        With entities decoded.
    """
    if name == "href" and not value.startswith(("http://", "https://", "#")):
        return None
    if name == "src" and not value.startswith("data:image/"):
        return None
    return value
