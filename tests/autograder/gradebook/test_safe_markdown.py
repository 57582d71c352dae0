"""Can Markdown of a student's run, fetch or pretend anything where a person grades it?"""

from html.parser import HTMLParser

import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.gradebook.config import load_config
from autograder.gradebook.safe_markdown import TAGS, render_safe_markdown


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
def test_does_nothing_that_runs_fetches_or_disguises_itself_stay(source):
    found = Elements()
    found.feed(render_safe_markdown(source))
    for tag, attributes in found.seen:
        assert tag in TAGS and set(attributes) <= {"href", "src", "alt", "title", "align"}
        assert attributes.get("href", "#").startswith(("#", "http://", "https://"))
        assert attributes.get("src", "data:image/").startswith("data:image/")


def test_is_there_no_dangerous_tag_on_the_list():
    assert not TAGS & {"script", "style", "svg", "math", "iframe", "form", "input", "button", "object", "base", "link"}


def test_does_ordinary_markdown_look_as_it_did():
    page = render_safe_markdown("# Why\n\n**First** `x < y`, $a<b$ and [a page](https://a.org).\n\n* one\n\n"
                             "| a | b |\n|---|---|\n| 1 | 2 |\n")
    for part in ("<h1>Why", "<strong>First</strong>", "<code>x &lt; y</code>", "$a&lt;b$", "<li>one</li>",
                 '<a href="https://a.org">a page</a>', "<td>2</td>"):
        assert part in page


def test_does_every_exporter_of_a_course_use_it(tmp_path):
    """Formgrader and nbgrader's feedback make their pages with this class and this configuration."""
    book = new_notebook(cells=[new_markdown_cell("An answer <script>alert(1)</script>")])
    page, _ = HTMLExporter(config=load_config(tmp_path)).from_notebook_node(book)
    assert "An answer &lt;script&gt;alert(1)" in page
