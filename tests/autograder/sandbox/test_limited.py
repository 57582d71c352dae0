"""The helper process: does a text cost no more than its limits, and does the next one find a helper again?"""

import json
import os
import time

import psutil
import pytest

from autograder.course.assignment import parse_cell_sources
from autograder.errors import InfraError
from autograder.gradebook.safe_code import LONGEST_COLORED, render_safe_code
from autograder.gradebook.safe_markdown import render_safe_markdown
from autograder.inbox.uploads import Upload, read_notebook
from autograder.reports import code_html, similarity
from autograder.sandbox import limited
from autograder.sandbox.limited import LimitError, run_limited


def spin():
    """Never end."""
    while True:
        pass


def hold(megabytes):
    """Take memory."""
    return len(bytes(megabytes * 2**20))


def leave():
    """End the process."""
    os._exit(3)


def nest(depth):
    """Call itself."""
    return nest(depth + 1)


def repeat(text):
    """Return what was given."""
    return text


@pytest.fixture
def importable(monkeypatch):
    """Let the helper find this file."""
    monkeypatch.setattr(limited, "START", limited.START.replace("[sys.argv[1]]", f"[sys.argv[1], {FOLDER!r}]"))
    for function in (spin, hold, leave, nest, repeat):
        monkeypatch.setattr(function, "__module__", "test_limited")
    limited.HELPER.close()
    yield
    limited.HELPER.close()


FOLDER = os.path.dirname(__file__)
EMPTY = {"cells": [], "functions": []}


@pytest.mark.parametrize("function, arguments, words", [
    (spin, (), "takes too long"), (hold, (1024,), "too much memory"), (leave, (), "stopped the process"),
    (nest, (0,), "nested too deeply"),
])
def test_each_limit_is_named_and_the_next_text_is_served(importable, function, arguments, words):
    """Does a call beyond a limit end soon and by name, and is the next one answered?"""
    began = time.monotonic()
    with pytest.raises(LimitError, match=words):
        run_limited(function, *arguments, seconds=0.3)
    assert time.monotonic() - began < 60  # a bound on order: the helper starts and imports this file
    assert run_limited(repeat, "é\ud800\u202e") == "é\ud800\u202e"
    assert run_limited(hold, 64) == 64 * 2**20


def test_time_that_texts_took_is_counted(importable):
    """Is the processor time of a text counted, and the whole of its limit where it did not end?"""
    run_limited(repeat, "x")
    before = limited.count_seconds()
    run_limited(repeat, "x")
    assert 0 <= limited.count_seconds() - before < 0.1
    with pytest.raises(LimitError):
        run_limited(spin, seconds=0.2)
    spent = limited.count_seconds() - before
    assert spent == pytest.approx(0.2, abs=1e-6) or 0.2 <= spent < 0.3  # a difference of sums is not exact


def test_helper_lives_on_between_texts_and_ends_with_whoever_asked(importable):
    """Is one process used for all texts, with nothing of the environment in it, and does it end when it is let go?"""
    run_limited(repeat, "a")
    pid = limited.HELPER.process.pid
    assert run_limited(repeat, "b") == "b" and limited.HELPER.process.pid == pid
    assert "PYTEST_CURRENT_TEST" not in psutil.Process(pid).environ()
    limited.HELPER.process.stdin.close()
    assert limited.HELPER.process.wait(30) == 0


def test_helper_that_does_not_start_is_no_students_fault(importable, monkeypatch):
    """Is a helper that does not start in time a failure of ours, which is tried again, and no remark on an upload?"""
    monkeypatch.setattr(limited, "START_SECONDS", 0.0)
    with pytest.raises(InfraError, match="did not start"):
        run_limited(repeat, "a")


def test_error_of_our_own_function_is_not_taken_for_the_texts(importable):
    """Is a mistake in our function raised as one?"""
    with pytest.raises(RuntimeError, match="hold failed"):
        run_limited(hold, "x")


def test_notebook_that_costs_too_much_is_a_remark(monkeypatch):
    """Is a notebook within the caps that costs gigabytes or minutes a remark, and the rest of the upload read?"""
    upload = Upload("ada", "01_activations")
    text = '{"cells": [' + "[]," * 5_000_000 + "[]]}"
    monkeypatch.setattr("autograder.inbox.uploads.run_limited", lambda *args: run_limited(*args, seconds=0.2))
    assert read_notebook(upload, "x.ipynb", text.encode(), EMPTY) is None
    assert len(upload.remarks) == 1 and "cannot be read, it takes too" in upload.remarks[0]


def test_what_comes_out_of_a_notebook_is_bounded():
    """Is a notebook of a million cells read up to a limit, and is that told?"""
    cells = [{"id": f"n{n}", "source": "x" * 19_000, "cell_type": "markdown"} for n in range(500)]
    upload = Upload("ada", "01_activations")
    asked = [{"name": f"n{n}", "kind": "written", "variable": "", "source": "?"} for n in range(500)]
    found = read_notebook(upload, "x.ipynb", json.dumps({"cells": cells}).encode(), {"cells": asked, "functions": []})
    assert 100 < len(found["sources"]) < 120 and len(found["not_found"]) + len(found["sources"]) == 500
    assert "the last 390 cells are left out" in upload.remarks[0]
    problem, = parse_cell_sources(json.dumps({"cells": [{"id": "a", "source": "x"}] * 5000}), EMPTY)["problems"]
    assert "the last 3000 cells are left out" in problem


def test_module_that_costs_too_much_is_not_compared_and_has_no_colours(monkeypatch):
    """Is a module on which parsing or colouring takes too long left without, and are others served?"""
    assert set(similarity.make_views_within_limits("def f(x):\n    return x\n", {"f"})) == {"f", similarity.REST}
    assert 'class="kw"' in code_html.render_code("def f(x): return x")
    monkeypatch.setattr(similarity, "run_limited", refuse)
    monkeypatch.setattr(code_html, "run_limited", refuse)
    assert similarity.make_views_within_limits("x = 1\n", {"f"}) == {}
    assert code_html.render_code("a < b\nc") == '<span class="l">a &lt; b</span>\n<span class="l">c</span>'


def refuse(*args, **kwargs):
    """Stand for a text beyond the limits."""
    raise LimitError("it takes too long")


def test_huge_f_string_in_a_module_costs_no_more_than_its_limit():
    """Is an f-string of 250 KB, which took `similar` a minute, read or given up in time?"""
    began = time.monotonic()
    similarity.make_views_within_limits("x = f'" + "{1:{2}}" * 35_000 + "'\n", {"f"})
    assert time.monotonic() - began < 60


def test_cells_in_formgrader_are_shown_in_bounded_time(monkeypatch):
    """Is an answer that keeps Pygments or Markdown busy shown as text, and an ordinary one as before?"""
    assert '<span class="n">x</span>' in render_safe_code("x = 1") and "<strong>" in render_safe_markdown("**a**")
    began = time.monotonic()
    hard = "\t\n" * (LONGEST_COLORED // 2)
    assert "highlight" in render_safe_code(hard) and "highlight" in render_safe_code(hard * 10)
    assert time.monotonic() - began < 10
    monkeypatch.setattr("autograder.gradebook.safe_markdown.run_limited", refuse)
    assert render_safe_markdown("<b>") == "<p>This answer is shown as it was written: it takes too long.</p>" \
                                          "<pre>&lt;b&gt;</pre>"
