"""The comparisons that checks and marks rest on: tables of what is equal, what is close, and how far apart it is."""

import ast
import inspect
import itertools
import re

import numpy as np
import pytest

from autograder.reference import COMPARISONS, ROOT, load_comparisons
from cs231n_lib.lab.check import arrays
from cs231n_lib.lab.check.arrays import (
    are_equal,
    as_numbers,
    find_other_axis,
    find_scale,
    have_same_layout,
    have_same_long_axes,
    is_close,
    measure_distances,
    relative_error,
    zero_shared_nonfinite,
)

nan, inf = np.nan, np.inf
FLOATS = np.array([[1.0, nan], [-inf, 0.0]])


def holding(*values):
    """Return a row of objects."""
    row = np.empty(len(values), object)
    row[:] = values
    return row


def drawn(seed, count=0, kind=np.random.PCG64):
    """Return a generator from which ``count`` numbers were drawn."""
    rng = np.random.Generator(kind(seed))
    rng.random(count)
    return rng


def name_value(value):
    """Return a value as the name of its test: its text, without the address that every process has another of."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


EQUAL = [
    (1, 1), (1, 1.0), (True, 1), (nan, nan), (np.float32(nan), nan), (inf, inf), ("a", "a"), (None, None), (..., ...),
    (2**70, 2**70), (1 + 2j, 1 + 2j), (b"a", b"a"), ({1, 2}, {2, 1}),
    (FLOATS, FLOATS.copy()), (FLOATS, FLOATS.tolist()), (np.array(2.0), 2.0), (2, np.array(2)), (np.array(nan), nan),
    (np.array([1, 2]), np.array([1.0, 2.0], np.float32)), (np.array([True]), np.array([1])),
    (np.zeros(0), np.zeros(0)), (np.zeros((0, 3)), np.zeros((0, 3))), ([], ()), ({}, {}), (np.zeros(0), []),
    ([1, (2, nan)], (1, [2, nan])), ({"v": FLOATS, "t": [1]}, {"t": (1,), "v": FLOATS.copy()}),
    ((FLOATS, {"a": (np.zeros(0), None)}), (FLOATS.copy(), {"a": (np.zeros(0), None)})),
    (holding(FLOATS, "a", None), holding(FLOATS.copy(), "a", None)), (np.array(["a", "b"]), np.array(["a", "b"])),
    (drawn(1, 3), drawn(1, 3)), (drawn(1, 3, np.random.MT19937), drawn(1, 3, np.random.MT19937)),
    (len, None), (len, np.zeros(2)), ([len, 1], [None, 1]), (object(), 3), (holding(len), holding(1)),
]
DIFFERENT = [
    (1, 2), (1, nan), (nan, 1), (inf, -inf), (inf, nan), ("a", "b"), ("1", 1), (None, 0), (None, ...), (True, False),
    (0.1 + 0.2, 0.3), (1, None), (1, len), ("a", ["a"]), (1, [1]), (1, {}),
    (FLOATS, FLOATS + 1), (FLOATS, FLOATS.T), (FLOATS, FLOATS[:1]), (FLOATS, None), (FLOATS, "x"), (None, FLOATS),
    (np.array(2.0), np.array([2.0])), (np.zeros(0), np.zeros((0, 3))), (np.zeros(2), [[0], [0, 0]]),
    (np.zeros(2), len),
    (np.array([1.0, nan]), np.array([nan, 1.0])), (np.array(["a"]), np.array([1.0])),
    (np.array([1.0]), np.array(["a"])),
    ([1, 2], [1]), ([], [None]), ((1, [2, 3]), (1, [2, 4])), ([[1]], [5]), ((1,), 1), ((1,), {"a": 1}),
    ({"a": 1}, {"b": 1}), ({"a": 1}, {"a": 1, "b": 2}), ({"a": FLOATS}, {"a": FLOATS + 1}), ({}, []), ({"a": 1}, None),
    (holding(FLOATS, "a"), holding(FLOATS, "b")), (holding(1), np.array([2])), (holding([1]), holding([2])),
    (drawn(1), drawn(2)), (drawn(1), drawn(1, 1)), (drawn(1), None), (drawn(1), 1),
    (drawn(1, 0, np.random.MT19937), drawn(1, 1, np.random.MT19937)), (drawn(1), drawn(1, 0, np.random.MT19937)),
]


@pytest.mark.parametrize("a, b", EQUAL, ids=name_value)
def test_equal_values_are_equal(a, b):
    """Is NaN itself, a list a tuple, and what cannot be looked into equal to anything?"""
    assert are_equal(a, b) is True


@pytest.mark.parametrize("a, b", DIFFERENT, ids=name_value)
def test_different_values_are_not_equal(a, b):
    """Is every difference found, however deep it is?"""
    assert are_equal(a, b) is False


@pytest.mark.parametrize("a, b, same", [
    (np.zeros(2), np.zeros(2), True), (np.zeros(2), np.zeros(2, np.float32), False), (np.zeros(2), [0.0, 0.0], False),
    ([0.0, 0.0], np.zeros(2), False), (np.array(1.0), 1.0, False), (np.array(1.0), np.float64(1), False),
    ((1, np.ones(2)), [1, np.ones(2)], True), ({"a": [np.ones(2)]}, {"a": [np.ones(2, int)]}, False),
    ([1], [1.0], True), (np.array([nan]), np.array([nan]), True),
    (holding(np.ones(1)), holding(np.ones(1, int)), False),
])
def test_dtypes_count_where_they_are_asked_for(a, b, same):
    """Is an array of another dtype, or a list in its place, told apart only if that was asked for?"""
    assert are_equal(a, b, dtypes=True) is same and are_equal(a, b)


@pytest.mark.parametrize("got, want, close", [
    (1.0, 1.0 + 1e-7, True), (1.0, 1.0 + 1e-5, False), ([1e-9, 1.0], [3e-9, 1.0], True), ([1e-9], [3e-9], False),
    (0.0, 0.0, True), (1e-13, 0.0, True), (1e-9, 0.0, False), ([], [], True),
    (np.zeros((0, 3)), np.zeros((0, 3)), True), (True, 1, True), ([True], [False], False), (3, 3.0, True),
    (2**60, 2**60 + 2**50, False),
    (nan, nan, True), ([nan, 1.0], [nan, 1.0], True), ([nan], [1.0], False), ([1.0], [nan], False),
    (inf, inf, True), ([inf], [-inf], False), ([inf], [nan], False), ([inf, 1.0], [inf, 2.0], False),
    ([inf], [1e308], False), ([1e308], [-1e308], False), ([1.0], [1.0, 1.0], False), ([1.0], 1.0, False),
])
def test_close_is_by_the_largest_entry(got, want, close):
    """Is the difference measured against the largest finite entry, and is what is not finite only itself?"""
    assert bool(is_close(got, want)) is close and bool(is_close(want, got)) is close


def test_close_takes_another_tolerance():
    """Do a relative and an absolute tolerance add up?"""
    assert is_close([1.0], [1.1], (0.1, 0)) and is_close([1.0], [1.1], (0, 0.11))
    assert is_close([1.0], [1.1], (0.05, 0.05)) and not is_close([1.0], [1.1], (0.05, 0.04))


@pytest.mark.parametrize("got, want, error", [
    (2.0, 1.0, 0.5), ([1.0, -4.0], [1.0, 4.0], 2.0), (0.0, 0.0, 0.0), ([], [], 0.0),
    ([True], [False], 1.0), (3, 3, 0.0), ([2.0, 2.0], 1, 0.5),
    (nan, 1.0, nan), (1.0, nan, nan), (0.0, nan, nan), (nan, 0.0, nan), (inf, inf, nan),
    ([0.0, 0.0], [0.0, nan], nan), (inf, 1.0, nan), (1.0, -inf, nan),
])
def test_relative_error_is_by_max_norm(got, want, error):
    """Is it the largest difference against the largest entry, and NaN, which is never small, for what is not finite?"""
    assert np.array_equal(relative_error(got, want), error, equal_nan=True)


def test_distances_put_first_what_is_furthest_off():
    """Is NaN further off than infinity, infinity than any number, and each at no distance from itself?"""
    far = measure_distances([nan, inf, 1.0, nan, inf, -inf, 1.5], [1.0, 1.0, 1.0, nan, inf, -inf, 1.0])
    assert far[0] == inf > far[1] > 1e300 and far[2:].tolist() == [0, 0, 0, 0, 0.5]
    assert measure_distances(2, 3) == 1 and measure_distances([], []).shape == (0,)
    assert measure_distances(np.array([True, False]), np.array([True, True])).tolist() == [0, 1]


@pytest.mark.parametrize("arrays_, scale", [
    (([1.0, -3.0],), 3), (([1.0], [nan, 2.0, -inf]), 2), (([nan],), 0), (([],), 0), ((True,), 1), ((-7, 3), 7),
])
def test_scale_is_that_of_finite_entries(arrays_, scale):
    """Is the scale the largest finite entry of all, 0 where there is none?"""
    assert find_scale(*arrays_) == scale


@pytest.mark.parametrize("got, want, same, axis", [
    ((), (), True, None), ((1,), (), True, None), ((2, 3), (2, 3), True, None), ((2, 1, 3), (1, 2, 3), True, 0),
    ((2, 1), (2,), True, None), ((2, 3), (3, 2), False, 0), ((2, 3), (2, 4), False, 1), ((6,), (2, 3), False, None),
    ((0, 3), (0,), False, None), ((0, 1), (0,), True, None),
])
def test_shapes_are_compared_up_to_axes_of_length_one(got, want, same, axis):
    """Do axes of length one not count, and is the first axis named that has another length?"""
    assert have_same_long_axes(np.zeros(got), np.zeros(want)) is same
    assert find_other_axis(got, want) == axis


@pytest.mark.parametrize("value", [1, 1.5, True, np.float32(2), [1, 2], (1, 2.5), [[1], [2]], [], np.zeros((0, 2)),
                                   np.array(3), np.array([True])], ids=name_value)
def test_numbers_become_arrays(value):
    """Does everything that is made of numbers or truth values become an array of them?"""
    assert as_numbers(value).dtype.kind in "biuf" and np.array_equal(as_numbers(value), value)


@pytest.mark.parametrize("value", [None, "a", [[1], [1, 2]], {"a": 1}, len, ..., [None], 1 + 2j, 2**70, holding(1.0),
                                   np.array(["a"]), (1, "a"), np.random.default_rng(0)], ids=name_value)
def test_what_is_no_number_becomes_no_array(value):
    """Is None returned for text, objects, complex numbers, and rows of unequal length?"""
    assert as_numbers(value) is None


@pytest.mark.parametrize("got, want, got_now, want_now", [
    ([nan, 1.0], [nan, 2.0], [0, 1], [0, 2]), ([inf, -inf], [inf, -inf], [0, 0], [0, 0]),
    ([nan, 1.0], [2.0, nan], [nan, 1], [2, nan]), ([nan, nan], [nan, inf], [nan, nan], [nan, inf]),
    ([inf, nan], [1.0, nan], [inf, 0], [1, 0]), ([1.0, 2.0], [1.0, 3.0], [1, 2], [1, 3]), ([], [], [], []),
])
def test_what_is_not_finite_in_both_is_set_aside(got, want, got_now, want_now):
    """Is it zeroed where both have the same, and left where they do not?"""
    for array, now in zip(zero_shared_nonfinite(np.array(got), np.array(want)), (got_now, want_now), strict=True):
        assert np.array_equal(array, now, equal_nan=True)


@pytest.mark.parametrize("a, b, same", [
    (np.zeros(2), np.ones(2), True), (np.zeros(2), np.zeros(3), False), (np.zeros(2), np.zeros(2, int), False),
    ((np.zeros(2), 1), (np.ones(2), 5), True), ((np.zeros(2),), [np.zeros(2)], False), ((1, 2), (1,), False),
    (((1, (2,)), 3), ((1, 2), 3), False), (None, 1, True), ((), np.zeros(0), False),
])
def test_layout_is_shape_and_dtype_of_every_part(a, b, same):
    """Do two caches have one layout if their parts are of the same kind, whatever their numbers are?"""
    assert have_same_layout(a, b) is same


def test_no_value_breaks_a_comparison():
    """Is any value comparable with any other, both ways?"""
    values = [v for pair in EQUAL + DIFFERENT for v in pair]
    for a, b in itertools.product(values, repeat=2):
        assert are_equal(a, b) in (True, False) and are_equal(a, b, dtypes=True) in (True, False)


def test_comparing_changes_nothing():
    """Are the arrays the same after they were compared?"""
    got, want = FLOATS.copy(), FLOATS.copy()
    for compare in (are_equal, is_close, relative_error, measure_distances, zero_shared_nonfinite, find_scale):
        compare(got, want)
    assert got.tobytes() == want.tobytes() == FLOATS.tobytes()


def test_checks_and_marks_compare_by_the_same_file():
    """Does the grader load the file that checks import, and can it be loaded alone?"""
    source = (ROOT / COMPARISONS).read_text()
    assert inspect.getsource(arrays) == source
    assert load_comparisons() is load_comparisons() and set(vars(load_comparisons())) >= {"are_equal", "is_close"}
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(n) for n in nodes] == ["import numpy as np"]
