"""Tables: the same in HTML and as text, with the telling cell marked by more than its colour."""

import re

import numpy as np
import pytest

from cs231n_lib.lab import tables


@pytest.fixture
def shown(monkeypatch):
    """Return a list that takes what is displayed."""
    found = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: found.append(bundle))
    return found


def test_table_is_the_same_as_html_and_as_text(shown):
    """Do both have the header, the rows and the mark, and does HTML have a scope for each header?"""
    tables.show([["He", np.float64(0.49512), 3], ["<zero>", 0.1, 10]], ("init", "accuracy", "runs"), mark={(0, 1)},
                caption="Three seeds.")
    text, markup = shown[0]["text/plain"], shown[0]["text/html"]
    assert text.splitlines() == ["Three seeds.", "init    accuracy  runs",
                                 f"He         0.495{tables.MARK}    3", "<zero>       0.1    10"]
    assert markup.count('scope="row"') == 2 and markup.count('scope="col"') == 3 and "&lt;zero&gt;" in markup
    assert re.findall(r"<strong>(.*?)</strong>", markup) == ["0.495"]


def test_columns_have_the_format_that_is_asked_for(shown):
    """Is a column written as its format says, and a whole number without a point?"""
    tables.show([["a", 0.25, 1000000]], ("x", "share", "n"), formats=("", ".0%", ""))
    assert shown[0]["text/plain"].splitlines()[1].split() == ["a", "25%", "1000000"]


def test_columns_of_numbers_stand_at_the_right_also_as_texts(shown):
    """Is a column of formatted numbers, with a gap in it, aligned as numbers are, and one of words as words?"""
    tables.show([["a", "2e-05", "yes"], ["b", "", "3 of 4"], ["c", "13 %", "-"]], ("x", "share of all", "y"))
    assert [line.rstrip() for line in shown[0]["text/plain"].splitlines()] == [
        "x  share of all  y", "a         2e-05  yes", "b                3 of 4", "c          13 %  -"]
    assert shown[0]["text/html"].count("text-align:right") == 4


@pytest.mark.parametrize("rows, header, options, says", [
    ([["a", 1]], ("x",), {}, "1 entries"), ([["a"]], ("x",), {"mark": {(1, 0)}}, "mark"),
    ([["a"]], ("x",), {"formats": ("", "")}, "1 entries"), ([["a" * 90]], ("x",), {}, "columns wide")])
def test_table_that_does_not_fit_is_refused(shown, rows, header, options, says):
    """Is a wrong number of entries, a mark outside and a table too wide for half a screen an error?"""
    with pytest.raises(ValueError, match=says):
        tables.show(rows, header, **options)
