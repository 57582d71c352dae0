"""Mistakes that real learners made in searches and folds: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named


def folds(cut, shuffled=True, train=lambda everything, val: np.setdiff1d(everything, val)):
    """Return k_fold_indices with other cuts, without a shuffle, or with other training sets."""
    def k_fold_indices(n, k, rng):
        order = rng.permutation(n) if shuffled else np.arange(n)
        return [(train(order, val), val) for val in cut(order, k)]
    return k_fold_indices


def rest_to_the_last(order, k):
    size = len(order) // k
    return [order[i * size:] if i == k - 1 else order[i * size:(i + 1) * size] for i in range(k)]


@pytest.mark.parametrize("name, code, mistake", [
    ("sample_log_uniform", lambda low, high, size, rng: np.exp(rng.uniform(low, high, size)),
     "takes_ends_for_exponents"),
    ("sample_log_uniform", lambda low, high, size, rng: low + (high - low) * rng.random(size),
     "uniform_on_a_linear_scale"),
    ("k_fold_indices", folds(rest_to_the_last), "remainder_to_the_last"),
    ("k_fold_indices", folds(np.array_split, shuffled=False), "not_shuffled"),
    ("k_fold_indices", folds(np.array_split, train=lambda everything, val: everything), "train_holds_all")])
def test_searches_and_folds_that_go_wrong_are_named(name, code, mistake):
    """Rows 73, 74, 76, 77 and 79."""
    expect_named(name, code, mistake)
