"""After training: ensembles, averaged weights, and features that others learned (notebook 09_evaluation).

Results have the dtype of what comes in: float32 in, float32 out.
"""

import numpy as np


def ensemble_probabilities(logits):
    """Average the class probabilities of several models: the mean of their softmaxes.

    Parameters
    ----------
    logits : ndarray of shape (K, N, C)
        Scores of K models for N examples: any real numbers, thousands among them.

    Returns
    -------
    probabilities : ndarray of shape (N, C)
        Each row sums to 1.
    """
    ### BEGIN SOLUTION
    exps = np.exp(logits - logits.max(axis=2, keepdims=True))
    return (exps / exps.sum(axis=2, keepdims=True)).mean(axis=0)
    ### END SOLUTION


def ema_update(average, params, decay=0.999):
    """Move an exponential moving average of all parameters one step on.

    ``average = decay * average + (1 - decay) * params``, array by array. Averaging weights along the path: Polyak and
    Juditsky (1992).

    Parameters
    ----------
    average, params : dict of str to ndarray
        The same names and shapes. Neither is changed.
    decay : float, default 0.999
        Weight of the old average, in 0..1.

    Returns
    -------
    average : dict of str to ndarray
        New arrays.
    """
    ### BEGIN SOLUTION
    return {name: decay * average[name] + (1 - decay) * params[name] for name in params}
    ### END SOLUTION


def extract_features(layers, X, batch_size=256):
    """Send all examples through fixed layers, a batch at a time, and keep what comes out.

    Parameters
    ----------
    layers : list of callables
        Each maps a batch to the input of the next one.
    X : ndarray of shape (N, ...)
    batch_size : int, default 256
        Examples per pass: it bounds the memory and does not change the result. The last batch may be smaller.

    Returns
    -------
    features : ndarray of shape (N, F)
        The last layer's output, one example a row, in the order of ``X``.
    """
    ### BEGIN SOLUTION
    rows = []
    for start in range(0, X.shape[0], batch_size):
        h = X[start:start + batch_size]
        for layer in layers:
            h = layer(h)
        rows.append(h.reshape(h.shape[0], -1))
    return np.concatenate(rows)
    ### END SOLUTION


def train_head(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    """Train a linear classifier on fixed features by full-batch gradient descent.

    Minimises ``loss_fn(F @ w + b, y) + 0.5 * reg * sum(w**2)``; the bias is not regularised. ``w`` starts at
    ``0.01 * N(0, 1)``, drawn with ``rng``, and ``b`` at 0.

    Parameters
    ----------
    F : ndarray of shape (N, D)
        Features.
    y : ndarray of int, shape (N,)
        Labels in 0..num_classes-1.
    num_classes : int
        C.
    loss_fn : callable
        ``loss_fn(scores, y) -> (loss, dscores)``, such as ``softmax_loss`` of notebook 00.
    lr : float
        Learning rate.
    steps : int
        Number of updates.
    reg : float
        Strength of the L2 penalty.
    rng : numpy.random.Generator

    Returns
    -------
    w : ndarray of shape (D, C)
    b : ndarray of shape (C,)
    """
    ### BEGIN SOLUTION
    w, b = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(steps):
        _, dscores = loss_fn(F @ w + b, y)
        w = w - lr * (F.T @ dscores + reg * w)
        b = b - lr * dscores.sum(axis=0)
    return w, b
    ### END SOLUTION
