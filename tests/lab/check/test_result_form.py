"""A result of another form than the docstring says: one sentence that says what was expected and what came."""

import types

import numpy as np
import pytest

from autograder import reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check import result_form
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge
from cs231n_lib.lab.check.result_form import ARRAY, DICT, NUMBER, TRUTH, describe_form

PRESENT = [f for f in FUNCTIONS.values() if f.topic in list_topics()]
SEVERAL = [f for f in PRESENT if len(f.returns) > 1]


def judge_form(function, change):
    """Judge the right function with its result changed."""
    module = reference.load(function.topic)
    right = getattr(module, function.name)
    changed = types.SimpleNamespace(**vars(module))
    setattr(changed, function.name, lambda *args, **kwargs: change(right(*args, **kwargs)))
    return judge(function, changed)


def read_sentence(function, change):
    """Return the only sentence of the report on a result that was changed."""
    report = judge_form(function, change)
    (row,) = report.rows
    assert row.status == "wrong" and not row.expected and report.hints[0] == row.obtained
    assert report.title == f"{function.name}: does not return what its docstring says"
    return row.obtained


@pytest.mark.parametrize("function", PRESENT, ids=lambda f: f.name)
def test_missing_return_is_asked_for(function):
    """Is a function that returns nothing asked for its return, whatever the check does with the result?"""
    said = read_sentence(function, lambda value: None)
    assert said == "your function returns nothing: is there a `return` at its end?"


@pytest.mark.parametrize("function", SEVERAL, ids=lambda f: f.name)
def test_wrong_number_of_results_says_how_many_and_which(function):
    """Are the results that are expected named, and what came instead?"""
    names = f"({', '.join(name.removeprefix('*') for name in function.returns)})"
    for change, got in ((lambda value: 1.5, "a float"), (lambda value: (*value, 0), f"of {len(function.returns) + 1}"),
                        (lambda value: (value,), "a tuple of 1"), (lambda value: {}, "a dict")):
        said = read_sentence(function, change)
        assert said.startswith("expected ") and names in said and said.endswith(got), said


def test_wrong_number_of_results_in_full():
    """Does the sentence read as it should?"""
    said = read_sentence(FUNCTIONS["bracket_learning_rate"], lambda value: value[0])
    assert said == "expected a pair (ok, exploded), got a float"
    said = read_sentence(FUNCTIONS["affine_backward"], lambda value: value[:2])
    assert said == "expected three results (dx, dw, db), got a pair"


@pytest.mark.parametrize("function", [f for f in PRESENT if f not in SEVERAL], ids=lambda f: f.name)
def test_single_result_of_another_form_is_named(function):
    """Is a single result named with its form, where text, a dict or a tuple came?"""
    name = function.returns[0].removeprefix("*")
    for change in (lambda value: "text", lambda value: {1.0}, lambda value: {"a": 1.0}.keys()):
        assert read_sentence(function, change).startswith(f"expected {name}, a") or TRUTH in function.forms.values()
    if function.forms.get(name, ARRAY) not in (result_form.ARRAYS, result_form.PAIRS):
        assert read_sentence(function, lambda value: (value,)).endswith("is there a comma behind it?")


@pytest.mark.parametrize("function", [f for f in PRESENT if TRUTH in f.forms.values()], ids=lambda f: f.name)
def test_array_in_place_of_a_truth_value_is_told_of_any(function):
    """Is an array of truth values told how it becomes one of them?"""
    said = read_sentence(function, lambda value: np.array([value]))
    assert "True or False, got a boolean array of shape (1,): .any() or .all()" in said


@pytest.mark.parametrize("value, words, with_contents", [
    (np.ones((2, 3)), "an array of shape (2, 3)", "an array of shape (2, 3)"),
    (np.ones(2) > 0, "a boolean array of shape (2,)", "a boolean array of shape (2,)"),
    ((np.ones(2), None), "a pair", "a tuple of 2 (an array of shape (2,), None)"),
    ([1.5], "a list of 1", "a list of 1 (a number)"),
    ({"x": 1}, "a dict", "a dict with 'x'"), ({}, "a dict", "a dict with nothing in it"),
    (0.5, "a float", "a number"), (np.float64(2), "a float", "a number"),
    (np.array(2), "an array of shape ()", "a number"),
    (True, "a bool", "a bool"), (None, "None", "None"), ("x", "text", "text"), (object(), "an object", "an object"),
])
def test_value_in_words(value, words, with_contents):
    """Is what a value is said in the same words for results and for caches, of which the contents are named, too?"""
    assert (describe_form(value), describe_form(value, contents=True)) == (words, with_contents)


LISTED = [f for f in SEVERAL if "dtype" in {c.aspect for c in f.cases}]


@pytest.mark.parametrize("function", LISTED, ids=lambda f: f.name)
def test_list_that_has_no_dtype_is_called_a_list(function):
    """Is a list of lists called that, and not an array of float64?"""
    report = judge_form(function, lambda value: tuple(v.tolist() if isinstance(v, np.ndarray) else v for v in value))
    said = [r.obtained for r in report.rows if r.status == "wrong" and r.aspect == "dtype"]
    assert not said or "an array, got a list: np.array makes an array of it" in said[0]


@pytest.mark.parametrize("value, form, says", [
    (np.array([1.0]), NUMBER, "expected x, a number, got an array of shape (1,)"),
    ([[1.0], [1.0, 2.0]], ARRAY, "expected x, an array, got a list of lists of unequal lengths"),
    ((np.ones(2), np.ones(2)), ARRAY, "expected x, an array, got a pair"),
    (np.array([{}]), ARRAY, "expected x, an array, got an array of object and shape (1,)"),
    (3, DICT, "expected x, a dict, got an int"),
    (np.float32(1), DICT, "expected x, a dict, got a float"),
    ([np.ones(2), "w"], result_form.ARRAYS, "expected x, a list of arrays, got a list with text in it"),
    ([[1, 2, 3]], result_form.PAIRS,
     "expected x, a list of pairs (train, val), got a list of lists that begins with a list of 3"),
    ([[0, 1], [1, 0]], ARRAY, ""), (True, NUMBER, ""), (np.array(0.5), NUMBER, ""), (1, TRUTH, ""),
    ((np.ones(2),), result_form.ARRAYS, ""),
])
def test_form_of_one_result(value, form, says):
    """Is each form told from the others, and what the grader takes for it let through?"""
    assert result_form.find_form_problem(value, ("x",), {"x": form}) == says
