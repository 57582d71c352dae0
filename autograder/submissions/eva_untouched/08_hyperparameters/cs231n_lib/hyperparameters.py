"""Hyperparameter search: where to look, when to give up, where to look next (notebook 08_hyperparameters)."""

import numpy as np


def sample_log_uniform(low, high, size, rng):
    """Draw numbers whose logarithm is uniform: every factor of ten between ``low`` and ``high`` gets the same share.

    Parameters
    ----------
    low, high : float
        0 < low < high.
    size : int or tuple of int
        How many: the shape of the result.
    rng : numpy.random.Generator

    Returns
    -------
    values : ndarray of shape ``size``
        The values themselves, not their exponents.

    Raises
    ------
    ValueError
        Unless 0 < low < high.
    """
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")
    # YOUR CODE HERE
    raise NotImplementedError()


def grid_points(low, high, per_axis):
    """List all points of a regular grid: on every axis ``per_axis`` values, equally far apart, both ends included.

    Parameters
    ----------
    low, high : ndarray of shape (d,)
        Ends of each axis. For a logarithmic axis hand in exponents.
    per_axis : int
        At least 2.

    Returns
    -------
    points : ndarray of shape (per_axis**d, d)
        One point a row, every combination once, in any order.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def random_points(low, high, n, rng):
    """Draw points uniformly from a box.

    Parameters
    ----------
    low, high : ndarray of shape (d,)
        Ends of each axis. For a logarithmic axis hand in exponents.
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    points : ndarray of shape (n, d)
        One point a row. Source of the idea: Bergstra and Bengio (2012).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def is_on_edge(best, low, high, margin=0.1):
    """Say whether the best value lies so near an end of its range that better ones may lie beyond.

    Distances are measured on the log scale: ``log(best / low) / log(high / low)`` is 0 at ``low`` and 1 at ``high``.

    Parameters
    ----------
    best, low, high : float
        0 < low <= best <= high, low < high.
    margin : float, default 0.1
        Share of the log range, at either end, that counts as the edge.

    Returns
    -------
    on_edge : bool
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def refine_range(best, low, high, shrink=0.25):
    """Return a narrower range around the best value, for the next stage of a search.

    On the log scale it is centred on ``best`` and ``shrink`` times as wide as the old one. So it may reach beyond the
    old range where ``best`` is near its edge: that is wanted.

    Parameters
    ----------
    best, low, high : float
        0 < low <= best <= high, low < high.
    shrink : float, default 0.25
        New width over old width, on the log scale.

    Returns
    -------
    low, high : float
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def should_abandon(losses, factor=3.0):
    """Say whether a run is not worth going on with: its cost is far above where it began, or not finite.

    Parameters
    ----------
    losses : sequence of float
        Losses so far, the first one first. May be empty: then go on.
    factor : float, default 3.0
        CS231n abandons a run above three times its original cost.

    Returns
    -------
    abandon : bool
        True if the last loss is above ``factor`` times the first, or any loss is not finite.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def k_fold_indices(n, k, rng):
    """Deal n examples to k folds at random; each fold is the validation set once.

    Parameters
    ----------
    n : int
        Number of examples.
    k : int
        Number of folds, 2..n. Their sizes differ by at most one.
    rng : numpy.random.Generator

    Returns
    -------
    folds : list of k tuples (train, val)
        Arrays of int: indices of the examples to train on, and of those to validate on. Each example is in ``val`` once
        and in ``train`` k - 1 times.

    Raises
    ------
    ValueError
        Unless 2 <= k <= n.
    """
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    # YOUR CODE HERE
    raise NotImplementedError()
