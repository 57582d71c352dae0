"""Babysitting the learning process: what to look at while a net trains (notebook 07_babysitting)."""

import numpy as np


def expected_initial_loss(num_classes, loss="softmax"):
    """Return the loss of a net that knows nothing yet: all scores (nearly) equal, no regularisation.

    Softmax: every class has probability 1 / C, so the loss is ``log C``. SVM with margin 1: each of the C - 1 wrong
    classes adds its full margin, ``C - 1``.

    Parameters
    ----------
    num_classes : int
        C, at least 2.
    loss : str, default "softmax"
        ``"softmax"`` or ``"svm"``.

    Returns
    -------
    loss : float

    Raises
    ------
    ValueError
        If ``loss`` is neither of the two.
    """
    if loss not in ("softmax", "svm"):
        raise ValueError(f'expected loss to be "softmax" or "svm", got {loss!r}')
    return float(np.log(num_classes)) if loss == "softmax" else float(num_classes - 1)


def update_ratio(w, next_w):
    """Compare the size of an update with the size of what it updates: ``|next_w - w| / |w|``.

    Both are Euclidean norms over all numbers. About 1e-3 is the rule of thumb of CS231n.

    Parameters
    ----------
    w, next_w : ndarray of the same shape
        A parameter before and after one update; ``w`` is not all zero.

    Returns
    -------
    ratio : float
    """
    return float(np.linalg.norm(next_w - w) / np.linalg.norm(w))


def has_exploded(losses):
    """Say whether any of the losses is not finite: NaN, inf or -inf.

    Parameters
    ----------
    losses : sequence of float
        May be empty: then nothing has exploded.

    Returns
    -------
    exploded : bool
    """
    return not np.all(np.isfinite(losses))


def bracket_learning_rate(train_briefly, low, high, steps=8):
    """Find where training starts to explode, by bisection in log space.

    Keep two rates: one that works and one that explodes. Try their geometric mean, ``sqrt(ok * exploded)``; it takes
    the place of the one that behaved likewise. After ``steps`` tries ``exploded / ok`` is
    ``(high / low) ** (1 / 2**steps)``.

    Parameters
    ----------
    train_briefly : callable
        ``train_briefly(learning_rate) -> losses``, a sequence of float. It is called ``steps`` times.
    low, high : float
        A rate that is known to work and one that is known to explode; 0 < low < high. Neither is tried.
    steps : int, default 8

    Returns
    -------
    ok, exploded : float
        The largest rate found to work and the smallest found to explode.

    Raises
    ------
    ValueError
        Unless 0 < low < high.
    """
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")
    ok, exploded = low, high
    for _ in range(steps):
        middle = float(np.sqrt(ok * exploded))
        if has_exploded(train_briefly(middle)):
            exploded = middle
        else:
            ok = middle
    return ok, exploded
