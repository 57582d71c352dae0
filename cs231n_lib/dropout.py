"""Dropout: switch units off at random while training (notebook 05_dropout).

Here ``p`` is the probability of *keeping* a unit, as in CS231n and in Srivastava et al. (2014): a higher p is less
dropout. PyTorch and Keras mean the probability of *dropping* instead. Results have the dtype of what comes in: float32
in, float32 out.
"""

import numpy as np


def vanilla_dropout_forward(x, dropout_param):
    """Drop units in training, and multiply by ``p`` at test time to make up for it.

    Every number of ``x`` is kept, independently, with probability p, else it becomes 0. The expected output of
    training is ``p * x``: this is what the test pass returns. Source: Hinton et al. (2012).

    Parameters
    ----------
    x : ndarray of any shape
    dropout_param : dict
        ``"p"``: probability of keeping, in (0, 1]. ``"mode"``: ``"train"`` or ``"test"``. ``"seed"``: optional; the
        same seed gives the same mask.

    Returns
    -------
    out : ndarray of the shape of ``x``
    cache : tuple (dropout_param, mask)
        ``mask`` holds 1 or True where a number was kept; None at test time.

    Raises
    ------
    ValueError
        If p is not in (0, 1], or the mode is neither of the two.
    """
    p, mode, rng = _settings(dropout_param)
    ### BEGIN SOLUTION
    if mode == "test":
        return x * p, (dropout_param, None)
    mask = rng.random(x.shape) < p
    return x * mask, (dropout_param, mask)
    ### END SOLUTION


def dropout_forward(x, dropout_param):
    """Inverted dropout: drop units *and* divide by ``p`` in training, so that the test pass does nothing.

    Every number of ``x`` is kept, independently, with probability p and then divided by p, else it becomes 0. The
    expected output is ``x``, in training as at test time.

    Parameters
    ----------
    x : ndarray of any shape
    dropout_param : dict
        As in :func:`vanilla_dropout_forward`.

    Returns
    -------
    out : ndarray of the shape of ``x``
    cache : tuple (dropout_param, mask)
        ``mask`` is what ``x`` was multiplied by: 0 or 1 / p. None at test time.

    Raises
    ------
    ValueError
        If p is not in (0, 1], or the mode is neither of the two.
    """
    p, mode, rng = _settings(dropout_param)
    ### BEGIN SOLUTION
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (rng.random(x.shape) < p).astype(x.dtype) / p
    return x * mask, (dropout_param, mask)
    ### END SOLUTION


def dropout_backward(dout, cache):
    """Carry ``dout`` back through inverted dropout: a number that was dropped had no influence on the loss.

    Parameters
    ----------
    dout : ndarray of any shape
    cache : tuple (dropout_param, mask)
        From :func:`dropout_forward`, in either mode.

    Returns
    -------
    dx : ndarray of the shape of ``dout``
    """
    ### BEGIN SOLUTION
    dropout_param, mask = cache
    return dout * mask if dropout_param["mode"] == "train" else dout.copy()
    ### END SOLUTION


def mc_dropout_mean(forward, x, n_samples):
    """Average several passes with dropout on: Monte-Carlo dropout.

    Each pass draws another subnet; their mean is the prediction of the ensemble, their spread says how much the subnets
    disagree. Source: Gal and Ghahramani (2016).

    Parameters
    ----------
    forward : callable
        ``forward(x) -> out``, with new masks at every call.
    x : ndarray
    n_samples : int
        Number of passes, at least 1.

    Returns
    -------
    mean, std : ndarray of the shape of ``out``
        Over the passes; ``std`` with the divisor n_samples.
    """
    ### BEGIN SOLUTION
    outs = np.stack([forward(x) for _ in range(n_samples)])  # (n_samples, *out.shape)
    return outs.mean(axis=0), outs.std(axis=0)
    ### END SOLUTION


def _settings(dropout_param):
    """Return p, the mode and a random generator; the generator is new at every call."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if not 0 < p <= 1:
        raise ValueError(f"expected p, the probability of keeping, in (0, 1], got {p}")
    if mode not in ("train", "test"):
        raise ValueError(f'expected dropout_param["mode"] to be "train" or "test", got {mode!r}')
    return p, mode, np.random.default_rng(dropout_param.get("seed"))
