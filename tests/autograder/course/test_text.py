"""Text of students: harmless wherever it ends up."""

import pytest

from autograder.course import text
from autograder.exports import gradescope_results
from autograder.hidden_tests.rubric import Outcome

HOSTILE = "a\x1b[2J\nb\u202ec\x00é\ud800"


@pytest.mark.parametrize("function, shown", [
    (text.clean_line, "a?[2J?b?c?é?"),
    (text.clean_message, "a [2J b c é "),
    (text.escape_for_terminal, "a\\x1b[2J\\nb\\u202ec\\x00é\\ud800"),
    (text.clean_for_html, "a\u241b[2J\nb\u202ec\u2400é\ufffd"),
])
def test_each_place_has_its_rule(function, shown):
    """Is nothing left that the place obeys, and everything else as it was?"""
    assert function(HOSTILE) == shown and function("plain é") == "plain é"


def test_what_is_long_is_cut_and_what_is_no_text_passes():
    """Are lines and messages bounded, and may a message or a value of a template be anything?"""
    assert len(text.clean_line("x" * 1000)) == text.MAX_LINE
    assert len(text.clean_message("x" * 1000)) == text.MAX_MESSAGE
    assert text.clean_message(None) == "" and text.clean_for_html(3) == 3


@pytest.mark.parametrize("value, shown", [
    ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("plain", "plain"),
    ("-", "-"), ("", ""), (1.23456789, "1.2346"), (-0.5, "-0.5"), (2, "2"),
])
def test_no_cell_of_a_table_is_a_formula(value, shown):
    """Does a spreadsheet show the cell, and not run it?"""
    assert text.escape_for_spreadsheet(value) == shown


def test_everything_that_is_said_of_an_aspect_is_short():
    """Is a message with a million numbers in it cut where it is made, and its length told?"""
    outcome = Outcome("values", 0.0, 1.0, "failed", "x" * 10**6, "y" * 10**6)
    for said in (outcome.hint, outcome.message):
        assert len(said) < text.MAX_TEXT + 100 and said.endswith("... and 996,000 more characters")
    assert Outcome("values", 0.0, 1.0, "failed", "a hint", "got\n[1 2]").message == "got\n[1 2]"


def test_cell_of_a_table_and_output_of_a_test_are_short():
    """Is an endless text one short cell in a table, and one short output on Gradescope?"""
    assert len(text.escape_for_spreadsheet("x" * 10**6)) < text.MAX_TEXT + 100
    assert text.escape_for_spreadsheet("=" * 10**5).startswith("'=")
    assert len(gradescope_results.make_test("1", "name", "x" * 10**6)["output"]) < text.MAX_TEXT + 100
    results = gradescope_results.make_results(1.0, [], ["x" * 300] * 10**4, 1.0)
    assert len(results["output"]) < text.MAX_TEXT + 100
