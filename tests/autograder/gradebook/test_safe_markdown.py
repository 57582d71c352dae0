"""Can Markdown of a student's run, fetch or pretend anything where a person grades it?"""

import time
from html.parser import HTMLParser

import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.cells import MAX_CELL
from autograder.gradebook.config import load_config
from autograder.gradebook.safe_markdown import TAGS, escape_other_tags, render_safe_markdown


class Elements(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("source", [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe src=//a.org>",
    "[x](javascript:alert(1))", '<a href=" java\nscript:alert(1)">x</a>', '<a href="data:text/html,<script>">x</a>',
    "<style>* {display: none}</style>", '<p style="position:fixed">x</p>', "![x](https://a.org/seen.png)",
    '<form action="/formgrader/api/grade/1"><input class="score"></form>', '<p id="signs-explanation">x</p>',
    "<details ontoggle=alert(1) open>x</details>", "<math><mtext></mtext><script>alert(1)</script></math>",
    "<base href=//a.org>", "<link rel=stylesheet href=//a.org>", "<object data=x></object>", "`<script>`", "$<script>$",
])
def test_active_content_is_removed(source):
    """Does nothing that runs fetches or disguises itself stay?"""
    found = Elements()
    found.feed(render_safe_markdown(source))
    for tag, attributes in found.seen:
        assert tag in TAGS and set(attributes) <= {"href", "src", "alt", "title", "align"}
        assert attributes.get("href", "#").startswith(("#", "http://", "https://"))
        assert attributes.get("src", "data:image/").startswith("data:image/")


def test_allowed_tags_hold_no_dangerous_one():
    """Is there no dangerous tag on the list?"""
    assert not TAGS & {"script", "style", "svg", "math", "iframe", "form", "input", "button", "object", "base", "link"}


def test_ordinary_markdown_looks_as_before():
    """Does ordinary markdown look as it did?"""
    page = render_safe_markdown("# Why\n\n**First** `x < y`, $a<b$ and [a page](https://a.org).\n\n* one\n\n"
                             "| a | b |\n|---|---|\n| 1 | 2 |\n")
    for part in ("<h1>Why", "<strong>First</strong>", "<code>x &lt; y</code>", "$a&lt;b$", "<li>one</li>",
                 '<a href="https://a.org">a page</a>', "<td>2</td>"):
        assert part in page


class Text(HTMLParser):
    """Collects the text that a page shows."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("source, shown", [
    ("A List<int> it is", None), ("x<y>z", None), ("a < b and c > d", None), ("Use <T> here", None),
    ("<T extends Number>", None), ("def f(x: List<int>) -> Dict<str,int>", None),
    ("std::vector<std::pair<int,int>> v;", None),
    ("if (a<b && c>d) x", None), ("Box<a> holds an a", None), ("`List<int>`", "List<int>"), ("a <- b, x <3", None),
    ("an <i", None), ("<b>unclosed", None), ("<div>open", "open"), ("**bold <T>", None), ("</b> first", None),
    ("<table><tr><td>1", "1"), ("before <script>run() after", None), ("<iframe src=x>inside", None),
    ("<!-- a comment --> after", "after"), ("before <!-- unclosed\n\nafter", None), ("<!-- unclosed\n\nafter", None),
    ("one <!-- a --> two <!-- b", "one  two <!-- b"), ("<? x ?> y", None), ("<!DOCTYPE html>y", None),
    ("<![CDATA[ x ]]>y", None), ("<!-->text", None),
    ("&lt;b&gt; &amp; &copy; &#65; AT&T &nosuch;", "<b> & \u00a9 A AT&T &nosuch;"), ("&lt;script&gt;", "<script>"),
])
def test_text_that_looks_like_tags_stays_readable(source, shown):
    """Does a person read what the student wrote, with ``<`` and ``>`` in it?"""
    page = Text()
    page.feed(render_safe_markdown(source))
    assert " ".join(page.text.split()) == " ".join((source if shown is None else shown).split())


def test_worst_cases_take_less_than_a_second():
    """Is the time bounded for the longest cell that a student can hand in?"""
    for piece in ("<!--", "<", "<x ", "-->", "<!-->", "</"):
        html, start = piece * (MAX_CELL // len(piece)), time.perf_counter()
        escape_other_tags(html)
        assert time.perf_counter() - start < 1


def test_nothing_rests_on_nbconverts_own_cleaning(tmp_path):
    """nbconvert cleans with bleach, whose development has ended: is a page harmless without it?"""
    config = load_config(tmp_path)
    config.HTMLExporter.filters = {**config.HTMLExporter.filters, "clean_html": lambda html: str(html)}
    book = new_notebook(cells=[new_markdown_cell("<b onclick=alert(1)>x</b> <script>alert(1)</script>"),
                               new_code_cell("'<script>alert(1)</script>'")])
    page, _ = HTMLExporter(config=config).from_notebook_node(book)
    assert "<script>alert(1)" not in page and "<b onclick" not in page
    assert page.count("&lt;script&gt;alert(1)") == 2


def test_every_exporter_of_a_course_uses_safe_markdown(tmp_path):
    """Formgrader and nbgrader's feedback make their pages with this class and this configuration."""
    book = new_notebook(cells=[new_markdown_cell("An answer <script>alert(1)</script>")])
    page, _ = HTMLExporter(config=load_config(tmp_path)).from_notebook_node(book)
    assert "An answer &lt;script&gt;alert(1)" in page
