"""Is the reference of ``cs231n_lib.hyperparameters`` right, and do its hidden tests tell the truth?"""

import itertools
from functools import partial

import grading
import numpy as np
import pytest

from autograder import reference
from autograder.hidden_tests.hyperparameters import as_rows, levels
from autograder.hidden_tests.session import load_questions
from cs231n_lib.hyperparameters import (
    grid_points,
    is_on_edge,
    k_fold_indices,
    random_points,
    refine_range,
    sample_log_uniform,
    should_abandon,
)

TOPIC = "hyperparameters"


@pytest.fixture
def rng():
    """A generator in the same state for every test."""
    return np.random.default_rng(0)


def test_log_uniform_gives_every_factor_of_ten_its_share(rng):
    """Do four factors of ten get a quarter each, and is the mean that of the density 1 / (v log(high / low))?"""
    n = 40_000
    v = sample_log_uniform(1e-4, 1.0, n, rng)
    assert v.min() >= 1e-4 and v.max() <= 1
    shares = np.histogram(v, bins=[1e-4, 1e-3, 1e-2, 1e-1, 1])[0] / n
    assert np.abs(shares - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / n)  # five standard deviations
    mean, square = (1 - 1e-4) / np.log(1e4), (1 - 1e-8) / (2 * np.log(1e4))
    assert abs(v.mean() - mean) < 5 * np.sqrt((square - mean**2) / n)


def test_log_uniform_shapes_and_generator(rng):
    """Is size the shape, does the generator move on, and is a range that has no logarithms refused?"""
    first = sample_log_uniform(1.0, 2.0, (3, 2), rng)
    assert first.shape == (3, 2) and sample_log_uniform(1.0, 2.0, 4, rng).shape == (4,)
    assert not np.array_equal(first, sample_log_uniform(1.0, 2.0, (3, 2), rng))
    np.testing.assert_array_equal(first, sample_log_uniform(1.0, 2.0, (3, 2), np.random.default_rng(0)))
    for low, high in ((0, 1), (-1, 1), (2, 1), (1, 1)):
        with pytest.raises(ValueError, match="expected 0 < low < high"):
            sample_log_uniform(low, high, 3, rng)


@pytest.mark.parametrize("d, per_axis", [(1, 4), (2, 3), (3, 2), (4, 3)])
def test_a_grid_has_every_combination_once(d, per_axis, rng):
    """Are the points those of a product of evenly spaced values, both ends included?"""
    low = rng.uniform(-5, 0, d)
    high = low + rng.uniform(1, 2, d)
    points = grid_points(low, high, per_axis)
    assert points.shape == (per_axis**d, d)
    axes = [[a + i * (b - a) / (per_axis - 1) for i in range(per_axis)] for a, b in zip(low, high, strict=True)]
    np.testing.assert_allclose(points[np.lexsort(points.T[::-1])], list(itertools.product(*axes)))


def test_random_points_fill_the_box_evenly(rng):
    """Has every axis the mean and variance of a uniform distribution, without correlation to the others?"""
    low, high, n = np.array([-3.0, 10.0]), np.array([-1.0, 10.5]), 20_000
    points = random_points(low, high, n, rng)
    assert points.shape == (n, 2) and (points >= low).all() and (points <= high).all()
    u = (points - low) / (high - low)
    assert np.abs(u.mean(axis=0) - 0.5).max() < 5 * np.sqrt(1 / 12 / n)
    assert np.abs(u.var(axis=0) - 1 / 12).max() < 5 * np.sqrt((1 / 80 - 1 / 144) / n)
    assert abs(np.corrcoef(u.T)[0, 1]) < 5 / np.sqrt(n)


def test_nine_random_points_try_nine_values_where_a_grid_tries_three(rng):
    """Does the grid repeat its values on the axis that matters, and do random points not?"""
    low, high = np.zeros(2), np.ones(2)
    assert len(np.unique(grid_points(low, high, 3)[:, 0])) == 3
    assert len(np.unique(random_points(low, high, 9, rng)[:, 0])) == 9


@pytest.mark.parametrize("exponent, on_edge", [(-6, True), (-5.7, True), (-5.5, False), (-4, False), (-2.5, False),
                                               (-2.3, True), (-2, True)])
def test_the_edge_is_a_share_of_the_log_range(exponent, on_edge):
    """Does a tenth of four decades count as the edge, at both ends?"""
    assert is_on_edge(10.0**exponent, 1e-6, 1e-2) is on_edge
    assert is_on_edge(10.0**exponent, 1e-6, 1e-2, margin=0.2) is (on_edge or exponent in (-5.5, -2.5))


@pytest.mark.parametrize("shrink", [0.25, 0.5])
@pytest.mark.parametrize("best", [1e-6, 3e-4, 1e-2])
def test_a_refined_range_is_centred_and_shrunk_on_the_log_scale(best, shrink):
    """Is best the geometric mean of the new ends, and the width in decades shrink times four?"""
    low, high = refine_range(best, 1e-6, 1e-2, shrink)
    assert np.isclose(np.sqrt(low * high), best)
    assert np.isclose(np.log10(high / low), 4 * shrink)
    assert (low < 1e-6) == (best == 1e-6) and (high > 1e-2) == (best == 1e-2)


@pytest.mark.parametrize("losses, abandon", [
    ([], False), ([2.3], False), ([2.3, 6.8], False), ([2.3, 7.0], True), ([2.3, 50, 2], False), ([6, 1, 4], False),
    ([2.3, np.nan], True), ([2.3, np.inf, 2], True), ([np.nan, 1, 1], True), (np.array([1.0, 2, 4]), True)])
def test_a_run_is_abandoned_above_three_times_its_first_loss(losses, abandon):
    """Does only the last loss count against the first, and any that is not finite?"""
    assert should_abandon(losses) is abandon


@pytest.mark.parametrize("n, k", [(12, 3), (11, 3), (5, 5), (2, 2), (101, 10)])
def test_folds_are_a_partition(n, k, rng):
    """Is each example validated on once and trained on k - 1 times, in folds that differ by at most one?"""
    folds = k_fold_indices(n, k, rng)
    sizes = [len(val) for _, val in folds]
    assert len(folds) == k and max(sizes) - min(sizes) <= 1
    np.testing.assert_array_equal(np.bincount(np.concatenate([val for _, val in folds])), np.ones(n))
    np.testing.assert_array_equal(np.bincount(np.concatenate([train for train, _ in folds])), np.full(n, k - 1))
    assert not any(np.isin(train, val).any() for train, val in folds)


def test_folds_are_random_and_repeatable(rng):
    """Does the same state give the same folds, the next call others, and is a k that cannot be refused?"""
    first = k_fold_indices(50, 5, rng)[0][1]
    np.testing.assert_array_equal(first, k_fold_indices(50, 5, np.random.default_rng(0))[0][1])
    assert not np.array_equal(first, k_fold_indices(50, 5, rng)[0][1])
    for k in (1, 4):
        with pytest.raises(ValueError, match="expected 2 <= k <= n"):
            k_fold_indices(3, k, rng)


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def test_grid_known_by_heart_shows_no_combinations():
    """Is a whole grid of three values an axis, whatever was asked for, no product of the axes' values?"""
    outcomes = graded(grid_points=lambda low, high, per_axis: grid_points(low, high, 3))["grid_points"]
    assert "combinations" in {o.aspect for o in outcomes if o.status == "failed"}


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states, in the order of the module?"""
    assert list((n, q.points) for n, q in load_questions(TOPIC).items()) == [
        ("sample_log_uniform", 2), ("grid_points", 2), ("random_points", 2), ("is_on_edge", 2), ("refine_range", 2),
        ("should_abandon", 1), ("k_fold_indices", 3), ("search", 2)]


def test_a_function_that_draws_from_rng_but_never_moves_it_loses_its_aspect():
    """Is a call that leaves the caller's generator where it was noticed?"""
    def stands_still(low, high, size, rng):
        copy = np.random.default_rng()
        copy.bit_generator.state = rng.bit_generator.state
        return reference.load(TOPIC).sample_log_uniform(low, high, size, copy)

    outcomes = graded(sample_log_uniform=stands_still)["sample_log_uniform"]
    assert {o.aspect for o in outcomes if o.status != "passed"} == {"uses rng"}


def test_points_are_read_in_any_arrangement():
    """Are rows, columns and a mesh the same points, and levels the distinct values up to rounding?"""
    points = np.arange(18.0).reshape(9, 2)
    for given in (points, points.T, points.reshape(3, 3, 2), points.tolist(), tuple(map(tuple, points))):
        np.testing.assert_array_equal(as_rows(given, 2), points)
    values, which = levels(np.array([0.3, 0.1 + 0.2, 1, 0]))
    np.testing.assert_allclose(values, [0, 0.3, 1])
    assert which.tolist() == [1, 1, 2, 0]
