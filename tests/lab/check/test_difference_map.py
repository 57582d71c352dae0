"""Where two arrays differ: does the map show every difference, of any shape, and in words as well as in colour?"""

import re

import numpy as np
import pytest

from cs231n_lib.lab.check.difference_map import COLOURS, COLUMNS, MARKS, ROWS, compare_arrays


def differences(got, want):
    """Compare exactly; NaN and infinity agree with themselves."""
    return compare_arrays("dx", got, want, 0)


def luminance(colour):
    """Return the relative luminance of a colour as WCAG defines it."""
    values = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("shape", [(2,), (24,), (25,), (1000,), (3, 4), (12, 24), (13, 24), (100, 7), (2, 3, 4),
                                   (2, 3, 4, 5), (40, 5, 3), (1, 1, 30)])
def test_every_difference_is_in_the_map_and_the_map_is_small(shape):
    """Is every difference in the map and the map small?"""
    want = np.arange(1.0, np.prod(shape) + 1).reshape(shape)
    for place in {0, want.size // 2, want.size - 1}:
        got = want.copy()
        got.flat[place] += 1e3
        rows, fold = differences(got, want).cells()
        marks = [mark for row in rows for mark, _ in row]
        assert len(rows) <= ROWS and max(map(len, rows)) <= COLUMNS
        (shown,) = [at for row in rows for mark, at in row if mark != "."]
        assert np.ravel_multi_index(shown, shape) == place and len(marks) > 1
        assert ("worst of" in fold) == (len(marks) < want.size) and ("axes" in fold) == (len(shape) > 2)


def test_cell_of_several_numbers_shows_the_worst():
    """Does a cell of several numbers show the worst?"""
    want = np.ones((1, 100))
    got = want.copy()
    got[0, :5] = 1.0001, np.nan, 1.5, 3, 1
    rows, _ = differences(got, want).cells()
    assert rows[0][0] == ("N", (0, 1)) and {mark for mark, _ in rows[0][1:]} == {"."}


def test_every_kind_of_difference_is_reported():
    """Is every kind of difference told?"""
    nan, inf = np.nan, np.inf
    want = np.array([1000, 1000, 1000, 1000, 1000, 1000, 1000, nan, inf, nan, 1000])
    got = np.array([1000, 1000.5, 1005, 1050, 1500, 2500, nan, 1, -inf, nan, inf])
    report = differences(got, want)
    assert "".join(report.marks()) == ".12345NFI.I"
    legend, markup = report.legend(), report.html()
    for mark in set(report.marks()):
        assert f"{mark}   {MARKS[mark]}" in legend and MARKS[mark] in markup
    assert "nan instead of 1000" in markup and 'title="[6]: nan instead of 1000"' in markup


@pytest.mark.parametrize("got, want", [(1.0, 2.0), (np.zeros(0), np.zeros(0)), (np.ones(3), np.ones(3) * 9),
                                       (np.ones((1, 1)), np.zeros((1, 1))), (np.zeros((0, 3)), np.zeros((0, 3)))])
def test_map_that_says_nothing_is_left_out(got, want):
    """Is a map that says nothing left out?"""
    assert differences(got, want).text() == differences(got, want).html() == ""


def test_map_is_described_in_words():
    """Is the map told to those who do not see it?"""
    want = np.zeros((2, 3, 4))
    got = want.copy()
    got[1, 2, 3] = 7
    markup = differences(got, want).html()
    label = re.search(r'aria-label="([^"]*)"', markup)[1]
    assert 'role="img"' in markup and "1 of 24 numbers differ, most at [1, 2, 3]: 7 instead of 0" in label
    assert "first 2 axes of (2, 3, 4)" in label
    plain = re.sub(r' style="[^"]*"', "", markup)  # as GitHub shows it
    assert plain.count("<td>.</td>") == 23 and plain.count(">5</td>") == 1


def test_colours_are_readable_and_ordered_from_light_to_dark():
    """Are the colours readable and ordered from light to dark?"""
    for mark, (background, text) in COLOURS.items():
        if mark != ".":
            light, dark = sorted((luminance(background), luminance(text)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, mark
    steps = [luminance(COLOURS[mark][0]) for mark in "12345"]
    assert steps == sorted(steps, reverse=True) and min(np.array(steps[:-1]) / steps[1:]) > 1.3
