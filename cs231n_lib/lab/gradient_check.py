"""Numerical gradients: the slow way, which is hard to get wrong, to check the fast way with.

Central differences, ``(f(x + h) - f(x - h)) / 2h``, have an error of order h**2. They cannot judge a gradient
at a kink (ReLU at 0: the two sides disagree), nor in float32, where f has seven digits and the difference of
two nearby values keeps two or three of them (notebook 00_linear_classifier).
"""

import numpy as np


def eval_numerical_gradient(f, x, h=1e-5):
    """Estimate the gradient of a function that returns a number.

    Parameters
    ----------
    f : callable
        Called as ``f(x)``, returns a float. It may use ``x`` by another name, such as ``net.params["W1"]``:
        ``x`` itself is changed, one entry at a time, and restored.
    x : ndarray of float64, any shape
        Where to take the gradient. It is as it was afterwards, even if ``f`` raises.
    h : float, default 1e-5
        Step. Near the best for values of size 1: smaller loses digits, larger bends away from the tangent.

    Returns
    -------
    grad : ndarray of x's shape

    Raises
    ------
    TypeError
        If ``x`` is not an ndarray of float64.
    """
    return eval_numerical_gradient_array(f, x, 1.0, h)


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Estimate the gradient of ``sum(f(x) * df)``, as a backward function computes it from ``dout = df``.

    Parameters
    ----------
    f : callable
        Called as ``f(x)``, returns an ndarray (or a float).
    x : ndarray of float64, any shape
        Where to take the gradient. It is as it was afterwards, even if ``f`` raises.
    df : ndarray of f(x)'s shape
        Upstream gradient.
    h : float, default 1e-5
        Step.

    Returns
    -------
    grad : ndarray of x's shape

    Raises
    ------
    TypeError
        If ``x`` is not an ndarray of float64.
    ValueError
        If ``df`` does not have the shape of ``f(x)``.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        kind = f"an array of {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__
        raise TypeError(f"expected x as a float64 array, got {kind}: a step of {h:g} drowns in the rounding "
                        "of any other type. Use x.astype(np.float64), and dtype=np.float64 for a net")
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + h
            # A copy: f may return x itself, or an array that it fills again on its next call.
            above = np.array(f(x), dtype=np.float64)
            x[i] = old - h
            below = np.array(f(x), dtype=np.float64)
        finally:
            x[i] = old
        if above.shape != np.shape(df):
            raise ValueError(f"expected df of the shape of f(x), {above.shape}, got {np.shape(df)}")
        grad[i] = np.sum((above - below) * df) / (2 * h)
    return grad


def rel_error(x, y):
    """Compute the relative error by max-norm, ``max|x - y| / max(1e-8, max|x| + max|y|)``.

    One number for two arrays: the largest difference, measured against the largest entries. CS231n divides
    entry by entry and takes the maximum of that. Where both entries are nearly 0, that compares rounding with
    rounding: 1e-12 against 3e-12 is an error of 0.5, though both are right. Here such an entry counts for
    what it is, next to the large ones. The price: a wrong entry far smaller than the largest goes unseen.

    Parameters
    ----------
    x, y : ndarray of the same shape, or float

    Returns
    -------
    error : float
        0 for equal arrays, at most 1. In float64 a right gradient gives about 1e-7 or less, a wrong one
        usually more than 1e-2. nan if an entry is nan or infinite.

    Raises
    ------
    ValueError
        If the shapes differ: broadcasting would hide it.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"expected two arrays of one shape, got {x.shape} and {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return float("nan")
    size = np.max(np.abs(x), initial=0.0) + np.max(np.abs(y), initial=0.0)
    return float(np.max(np.abs(x - y), initial=0.0) / max(1e-8, size))
