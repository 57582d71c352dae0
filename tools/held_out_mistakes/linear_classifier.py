"""Wrong implementations of the linear classifier."""

import numpy as np

from tools.held_out_mistakes import held_out


def _fits(x, w, b):
    D = int(np.prod(x.shape[1:]))
    if w.ndim != 2 or w.shape[0] != D:
        raise ValueError(f"expected w of shape ({D}, M), got {w.shape}")
    if b.shape != (w.shape[1],):
        raise ValueError(f"expected b of shape ({w.shape[1]},), got {b.shape}")
    return D


def _one_label_each(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")


@held_out("affine_forward", "The bias is never added.")
def affine_forgets_b(x, w, b):
    _fits(x, w, b)
    rows = x.reshape(x.shape[0], -1)
    return rows.dot(w), (x, w, b)


@held_out("affine_forward", "The reshape to (D, N) and the transpose scramble pixels of different examples.")
def affine_scrambles_examples(x, w, b):
    D = _fits(x, w, b)
    x_cols = x.reshape(D, x.shape[0])
    out = np.dot(x_cols.T, w) + b
    return out, (x, w, b)


@held_out("affine_backward", "dx is left flat instead of being folded back to the shape of x.")
def affine_backward_flat_dx(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    dx = dout.dot(w.T)
    dw = flat.T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


@held_out("affine_backward", "db is averaged over the batch instead of summed.")
def affine_backward_db_average(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = (dout @ w.T).reshape(*x.shape)
    dw = x.reshape(N, -1).T @ dout
    db = dout.sum(axis=0) / N
    return dx, dw, db


@held_out("affine_backward", "dw and db are divided by the batch size, which the loss has already done.")
def affine_backward_both_over_n(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    x_row = x.reshape(N, -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = 1 / N * x_row.T @ dout
    db = 1 / N * np.sum(dout, axis=0)
    return dx, dw, db


@held_out("affine_backward", "db is one number, the sum over batch and units, instead of one sum per unit.")
def affine_backward_db_total(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx, dw, np.sum(dout)


@held_out("softmax_loss", "The row maximum is not subtracted, so large scores overflow.")
def softmax_naive(x, y):
    _one_label_each(x, y)
    N = x.shape[0]
    scores = np.exp(x)
    probs = scores / np.sum(scores, axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


@held_out("softmax_loss", "The gradient is not divided by N although the loss is a mean.")
def softmax_gradient_no_n(x, y):
    _one_label_each(x, y)
    N = len(x)
    z = x - np.max(x, axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = -np.log(p[range(N), y]).mean()
    p[range(N), y] -= 1
    return loss, p


@held_out("softmax_loss", "dx[:, y] -= 1 subtracts in every row at all the labels instead of once per row.")
def softmax_slice_index(x, y):
    _one_label_each(x, y)
    N = len(x)
    shifted = x - x.max(axis=1)[:, None]
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1)[:, None]
    loss = -np.mean(np.log(p[np.arange(N), y]))
    dx = p.copy()
    dx[:, y] -= 1
    return loss, dx / N


@held_out("softmax_loss",
          "The loss is averaged over all N*C entries of the one-hot product instead of over the N rows.")
def softmax_mean_over_entries(x, y):
    _one_label_each(x, y)
    N, C = x.shape
    onehot = np.eye(C)[y]
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(onehot * np.log(p + 1e-300))
    dx = (p - onehot) / N
    return loss, dx


@held_out("softmax_loss", "The exponentials are normalised down the columns: each class sums to 1 over the batch.")
def softmax_wrong_axis(x, y):
    _one_label_each(x, y)
    N = x.shape[0]
    e = np.exp(x - np.max(x))
    p = e / np.sum(e, axis=0)
    loss = -np.log(p[np.arange(N), y]).sum() / N
    p[np.arange(N), y] -= 1
    return loss, p / N


@held_out("svm_loss", "The correct class is counted too, which adds 1 to the loss of every example.")
def svm_counts_true_class(x, y):
    _one_label_each(x, y)
    N = x.shape[0]
    correct = x[np.arange(N), y].reshape(-1, 1)
    margins = np.maximum(0, x - correct + 1)
    loss = margins.sum() / N
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] -= dx.sum(axis=1)
    return loss, dx / N


@held_out("svm_loss", "The correct class gets -1 per example, not minus the number of violated margins.")
def svm_true_class_minus_one(x, y):
    _one_label_each(x, y)
    N, C = x.shape
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(N):
        for j in range(C):
            if j == y[i]:
                continue
            margin = x[i, j] - x[i, y[i]] + 1
            if margin > 0:
                loss += margin
                dx[i, j] = 1
                dx[i, y[i]] = -1
    return loss / N, dx / N


@held_out("svm_loss", "The difference has the wrong sign: a correct class far above the others is punished.")
def svm_sign_flipped(x, y):
    _one_label_each(x, y)
    N = x.shape[0]
    rows = np.arange(N)
    margins = np.maximum(0, x[rows, y][:, None] - x + 1)
    margins[rows, y] = 0
    dx = -(margins > 0).astype(float)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / N, dx / N


@held_out("svm_loss", "The margin of 1 is missing and the gradient is not divided by N.")
def svm_no_margin_no_n(x, y):
    _one_label_each(x, y)
    N = x.shape[0]
    correct_class_score = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_score[:, np.newaxis])
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= np.sum(margins > 0, axis=1)
    return loss, dx


@held_out("sample_batch", "The batch is drawn without replacement, so it cannot repeat an example or exceed N.")
def batch_permutation(X, y, batch_size, rng):
    order = rng.permutation(X.shape[0])
    idx = order[:batch_size]
    return X[idx], y[idx]


@held_out("sample_batch", "Examples and labels are drawn separately, so the labels do not belong to the examples.")
def batch_two_draws(X, y, batch_size, rng):
    Xb = rng.choice(X, batch_size)
    yb = rng.choice(y, batch_size)
    return Xb, yb


@held_out("sample_batch", "The upper bound of integers is exclusive already, so the last example is never drawn.")
def batch_never_last(X, y, batch_size, rng):
    idx = rng.integers(0, X.shape[0] - 1, batch_size)
    return X[idx], y[idx]


@held_out("sample_batch", "A random start and a contiguous slice: neighbours are always drawn together.")
def batch_slice(X, y, batch_size, rng):
    start = rng.integers(0, max(1, len(X) - batch_size))
    idx = np.arange(start, start + batch_size) % len(X)
    return X[idx], y[idx]


@held_out("affine_backward", "dx is left flat, and db is summed over the units instead of over the batch.")
def affine_backward_flat_and_axis(dout, cache):
    x, w, b = cache
    dx = np.dot(dout, w.T)
    dw = np.dot(x.reshape(x.shape[0], -1).T, dout)
    db = dout.sum(axis=1)
    return dx, dw, db


@held_out("softmax_loss", "Neither the maximum is subtracted nor the gradient divided by N.")
def softmax_naive_and_no_n(x, y):
    _one_label_each(x, y)
    num_train = x.shape[0]
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(num_train):
        e = np.exp(x[i])
        p = e / np.sum(e)
        loss += -np.log(p[y[i]])
        dx[i] = p
        dx[i, y[i]] -= 1
    return loss / num_train, dx


@held_out("svm_loss", "The hinge is squared but its gradient is still that of the plain hinge.")
def svm_squared_half_way(x, y):
    _one_label_each(x, y)
    rows = np.arange(len(y))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dx = (margins > 0) * 1.0
    dx[rows, y] = -dx.sum(axis=1)
    return (margins**2).sum() / len(y), dx / len(y)
