"""A linear classifier: the affine layer, two losses, and mini-batches (notebook 00_linear_classifier).

Results have the dtype of what comes in: float32 in, float32 out.
"""

import numpy as np


def affine_forward(x, w, b):
    """Compute scores ``out = x @ w + b``, every example flattened to one row.

    Parameters
    ----------
    x : ndarray of shape (N, d_1, ..., d_k)
        N examples; D = d_1 * ... * d_k numbers each.
    w : ndarray of shape (D, M)
    b : ndarray of shape (M,)

    Returns
    -------
    out : ndarray of shape (N, M)
    cache : tuple (x, w, b)
        The three inputs, ``x`` in its original shape.

    Raises
    ------
    ValueError
        If ``w`` or ``b`` does not fit ``x``.
    """
    D = int(np.prod(x.shape[1:]))
    if w.ndim != 2 or w.shape[0] != D:
        raise ValueError(f"expected w of shape ({D}, M), got {w.shape}")
    if b.shape != (w.shape[1],):
        raise ValueError(f"expected b of shape ({w.shape[1]},), got {b.shape}")
    ### BEGIN SOLUTION
    out = x.reshape(x.shape[0], D) @ w + b
    return out, (x, w, b)
    ### END SOLUTION


def affine_backward(dout, cache):
    """Carry ``dout``, the gradient of the loss with respect to the scores, back through the affine layer.

    Each gradient has the shape of the thing it belongs to.

    Parameters
    ----------
    dout : ndarray of shape (N, M)
    cache : tuple (x, w, b)
        From :func:`affine_forward`.

    Returns
    -------
    dx : ndarray of shape (N, d_1, ..., d_k)
    dw : ndarray of shape (D, M)
    db : ndarray of shape (M,)
    """
    ### BEGIN SOLUTION
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db
    ### END SOLUTION


def softmax_loss(x, y):
    """Mean cross-entropy of the softmax of the scores, and its gradient.

    ``loss = mean_i( -log p_i[y_i] )`` with ``p_i = exp(x_i) / sum_j exp(x_ij)``. Loss and gradient are right for
    scores of any size: with scores of 1000 and more they stay finite.

    Parameters
    ----------
    x : ndarray of shape (N, C)
        Scores (logits): any real numbers.
    y : ndarray of int, shape (N,)
        Labels in 0..C-1.

    Returns
    -------
    loss : float
    dx : ndarray of shape (N, C)
        The gradient of the loss with respect to the scores.

    Raises
    ------
    ValueError
        If ``y`` is not one label per row of ``x``.
    """
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[rows, y] -= 1
    return -log_p[rows, y].mean(), dx / len(y)
    ### END SOLUTION


def svm_loss(x, y):
    """Mean multi-class hinge loss with margin 1 (Weston and Watkins, 1999), and its gradient.

    ``loss = mean_i sum_{j != y_i} max(0, x_ij - x_i[y_i] + 1)``. At a margin of exactly 0 the
    derivative does not exist: a slope of 0 is as good as one of 1.

    Parameters
    ----------
    x : ndarray of shape (N, C)
        Scores.
    y : ndarray of int, shape (N,)
        Labels in 0..C-1.

    Returns
    -------
    loss : float
    dx : ndarray of shape (N, C)
        The gradient of the loss with respect to the scores.

    Raises
    ------
    ValueError
        If ``y`` is not one label per row of ``x``.
    """
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / len(y), dx / len(y)
    ### END SOLUTION


def sample_batch(X, y, batch_size, rng):
    """Draw a mini-batch uniformly, with replacement.

    Parameters
    ----------
    X : ndarray of shape (N, ...)
    y : ndarray of shape (N,)
    batch_size : int
        May exceed N: examples can repeat.
    rng : numpy.random.Generator

    Returns
    -------
    Xb : ndarray of shape (batch_size, ...)
    yb : ndarray of shape (batch_size,)
        ``yb[i]`` is the label of ``Xb[i]``.
    """
    picked = rng.integers(0, len(X), size=batch_size)
    return X[picked], y[picked]


def train_linear(draw_batch, loss_fn, w, b, lr, reg, steps):
    """Train a linear classifier by mini-batch gradient descent.

    What is made small is the mean loss of the scores ``X @ w + b`` plus the penalty ``0.5 * reg * sum(w**2)``; the bias
    is not penalised. Each step looks at one new batch, and moves ``w`` and ``b`` once, by ``lr`` times the gradient.

    Parameters
    ----------
    draw_batch : callable
        ``draw_batch() -> (Xb, yb)``: another batch at every call, with ``Xb`` of shape (B, D) and ``yb`` of shape (B,);
        for example ``lambda: sample_batch(X, y, 100, rng)``.
    loss_fn : callable
        ``loss_fn(scores, yb) -> (loss, dscores)``, such as :func:`softmax_loss`.
    w : ndarray of shape (D, C)
        Weights to start with; they are left as they were.
    b : ndarray of shape (C,)
        Biases to start with; they are left as they were.
    lr : float
        Learning rate.
    reg : float
        Strength of the penalty.
    steps : int
        Number of steps.

    Returns
    -------
    w : ndarray of shape (D, C)
    b : ndarray of shape (C,)
    losses : ndarray of shape (steps,)
        Of each step the loss on its batch, penalty included, as it was before the step was made.
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        Xb, yb = draw_batch()
        loss, dscores = loss_fn(Xb @ w + b, yb)
        losses.append(loss + 0.5 * reg * np.sum(w ** 2))
        w = w - lr * (Xb.T @ dscores + reg * w)
        b = b - lr * dscores.sum(axis=0)
    return w, b, np.array(losses)
    ### END SOLUTION
