"""Markdown that a student wrote, as HTML that runs nothing: what formgrader and nbgrader's own feedback show."""

import re

import bleach
from nbconvert.filters.markdown import markdown2html

TAGS = set("p h1 h2 h3 h4 h5 h6 a img em strong code pre blockquote ul ol li dl dt dd hr br del sub sup "
           "table thead tbody tr th td div span details summary".split())

CLICKABLE = re.compile(r"\\(href|cssId|class|style|require)(?![a-zA-Z])")
"""TeX with which MathJax makes links (``javascript:`` among them), names and styles out of a formula."""


def render_safe_markdown(source):
    """Render Markdown and keep nothing that runs, asks another server, or takes the place of formgrader's own fields.

    nbgrader's templates render Markdown as it stands, whatever ``HTMLExporter.sanitize_html`` says: a script in a
    written answer would run in formgrader, with the rights of the person who grades.

    Parameters
    ----------
    source : str
        Markdown, with TeX between dollars.

    Returns
    -------
    html : str
    """
    source = CLICKABLE.sub(r"\\text", source)
    return bleach.clean(markdown2html(source), tags=TAGS, attributes=is_allowed, protocols={"http", "https", "data"})


def is_allowed(tag, name, value):
    """May an attribute stay? Not ``id`` and ``class``: formgrader finds its fields by them."""
    if name == "href":
        return tag == "a" and value.startswith(("http://", "https://", "#"))
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    return name in ("alt", "title", "align")
