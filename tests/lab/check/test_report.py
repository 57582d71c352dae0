"""What a report shows first, what it folds, and how long it is."""

import types

import numpy as np
import pytest

from autograder import reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.difference_map import compare_arrays
from cs231n_lib.lab.check.judge import judge
from cs231n_lib.lab.check.report import MOST_LINES, Report, Row, format_result, format_value

PRESENT = [f for f in FUNCTIONS.values() if f.topic in list_topics()]


def wrong(aspect, known=(), rows=5, columns=3, **more):
    """Return a wrong line with numbers; ``known`` has sentences, or result -> sentences."""
    want = np.arange(rows * columns, dtype=float).reshape(rows, columns)
    got = want + (want % 2)
    known = {"": known} if known and not isinstance(known, dict) else known or {}
    return Row(aspect, "wrong", format_result("dx", got), format_result("dx", want), known=known,
               where=compare_arrays("dx", got, want, 0), **more)


def report_on(*rows):
    """Return a report with lines."""
    return Report("affine_backward", "cs231n_lib/linear_classifier.py, line 38", [Row("runs", "ok"), *rows])


def test_reason_stands_before_numbers_and_the_rest_is_a_line():
    """Is the order title, reason, first wrong aspect with its numbers, the rest of what is wrong, what is right?"""
    lines = str(report_on(wrong("gradient", ("S.",)), wrong("any shape", ("S.",)), wrong("dtype"))).splitlines()
    assert lines[0].startswith("affine_backward: 3 of 4 aspects wrong")
    assert lines[1:3] == ["Known mistake: S.", "  wrong      gradient"]
    assert lines[-3:] == ["  wrong      fails for the same reason: any shape", "  wrong      dtype",
                          "  ok         runs"]


def test_several_mistakes_are_named_with_what_each_explains():
    """Are two mistakes both on top, each with the results that it explains, each once?"""
    both = {"dw": ("W.",), "db": ("B.",)}
    report = report_on(wrong("gradient", both), wrong("images as input", {"dw": ("W.",)}), wrong("batch of one", both))
    assert report.diagnosis == ["W.", "B."]
    assert str(report).splitlines()[1:3] == ["Known mistake in dw: W.", "Known mistake in db: B."]
    assert "fails for the same reason: images as input; batch of one" in str(report)
    markup = report._repr_html_()
    assert markup.index("Known mistake in db: B.") < markup.index("<table")


def test_line_that_another_mistake_explains_has_not_the_same_reason():
    """Is a line with another mistake, or none, listed by itself?"""
    text = str(report_on(wrong("gradient", ("S.",)), wrong("stable", ("T.",)), wrong("dtype")))
    assert "Known mistake in gradient: S." in text and "Known mistake in stable: T." in text
    assert "same reason" not in text and "  wrong      stable\n  wrong      dtype\n" in text


def test_two_that_cannot_be_told_apart_are_both_shown():
    """Are two sentences that fit alike shown as two?"""
    lines = str(report_on(wrong("gradient", ("S.", "T.")))).splitlines()
    assert lines[1:4] == ["Two known mistakes give exactly this result:", "- S.", "- T."]


def test_same_exception_is_the_same_reason():
    """Is an exception that many aspects raise told once?"""
    text = str(report_on(*(Row(a, "wrong", "ValueError: no") for a in ("values", "any shape", "dtype"))))
    assert text.count("ValueError") == 1 and "fails for the same reason: any shape; dtype" in text


def test_folded_numbers_are_in_the_html():
    """Can what the text leaves out be opened in a notebook?"""
    report = report_on(wrong("gradient"), wrong("any shape", rows=2, columns=2))
    markup = report._repr_html_()
    assert str(report).count("obtained") == 1 and markup.count("<table") > 2
    assert "<details><summary>" in markup and "any shape</summary>" in markup


@pytest.mark.parametrize("shape", [(5, 3), (24, 1), (1, 24), (2, 3, 4), (12, 2), (300, 20)])
@pytest.mark.parametrize("others", [0, 8, 30])
def test_text_fits_a_screen_whatever_it_holds(shape, others):
    """Has the text at most 25 lines, with the verdict, the numbers and where to read among them?"""
    want = np.arange(np.prod(shape), dtype=float).reshape(shape)
    where = compare_arrays("dx", want + want % 3, want, 0)
    inputs = "\n".join(f"{name} = {format_result('', want)[4:]}".replace("\n", "\n    ") for name in "xyz")
    first = Row("gradient", "wrong", format_result("dx", want + want % 3), format_result("dx", want), "A note. " * 40,
                {"": ("A long sentence. " * 20,)}, (), inputs, where)
    report = report_on(first, *(wrong(f"another aspect with a long name, number {i}") for i in range(others)))
    report.read = "the docstring"
    lines = str(report).splitlines()
    assert len(lines) <= MOST_LINES and lines[0].startswith(report.title) and lines[-1] == "  read: the docstring"
    assert others > 8 or any("obtained dx" in line for line in lines)


def spoil(value):
    """Return a result with all its numbers changed, in a way that no known mistake has."""
    if isinstance(value, tuple):
        return tuple(map(spoil, value))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" or isinstance(value, float):
        return value * 0.37 + np.asarray(0.013, getattr(value, "dtype", None))
    return value


@pytest.mark.parametrize("function", PRESENT, ids=lambda f: f.name)
def test_unknown_mistake_fits_a_screen(function):
    """Is the text short also where no sentence explains the wrong numbers, or where the function raises?"""
    module = reference.load(function.topic)
    right = getattr(module, function.name)

    def raises(*args, **kwargs):
        raise ValueError("text\n" * 50)

    for code in (lambda *args, **kwargs: spoil(right(*args, **kwargs)), raises):
        report = judge(function, types.SimpleNamespace(**{**vars(module), function.name: code}))
        lines = str(report).splitlines()
        assert len(lines) <= MOST_LINES and lines[0].startswith(report.title)
        assert report.wrong or code is not raises


@pytest.mark.parametrize("value, shown", [
    (np.array([0.0, 1.5e-12]), "1.5e-12"), (np.array([[2e-5, -3e-7]]), "2.e-05"), (np.full((9, 9), 1e-9), "1.e-09"),
    (np.array([1.0, 1e-17]), "[1. 0.]"), (np.array([np.nan, 1e-8]), "1.e-08"), (np.zeros(2), "[0. 0.]"),
    (np.array([True, False]), "[ True False]")], ids=str)
def test_tiny_numbers_are_not_shown_as_zeros(value, shown):
    """Are numbers that are all tiny shown with their exponents, and rounding errors beside a 1 as 0?"""
    assert shown in format_value(value)
