"""Wrong implementations of linear_classifier, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _fits(x, w, b):
    D = int(np.prod(x.shape[1:]))
    if w.ndim != 2 or w.shape[0] != D:
        raise ValueError(f"expected w of shape ({D}, M), got {w.shape}")
    if b.shape != (w.shape[1],):
        raise ValueError(f"expected b of shape ({w.shape[1]},), got {b.shape}")
    return D


def _labels(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")


@held_out("affine_forward",
          "x is flattened by reshape(D, N).T instead of reshape(N, D), which scrambles the numbers of different "
          "examples, so out is wrong.")
def affine_scramble(x, w, b):
    D = _fits(x, w, b)
    flat = x.reshape(D, x.shape[0]).T
    return flat.dot(w) + b, (x, w, b)


@held_out("affine_forward", "The bias is not added: out is x @ w.")
def affine_no_bias(x, w, b):
    D = _fits(x, w, b)
    out = np.matmul(np.reshape(x, (-1, D)), w)
    return out, (x, w, b)


@held_out("affine_forward", "The bias is subtracted instead of added.")
def affine_minus_bias(x, w, b):
    _fits(x, w, b)
    N, M = x.shape[0], w.shape[1]
    out = np.zeros((N, M), dtype=x.dtype)
    for i in range(N):
        for j in range(M):
            out[i, j] = np.sum(x[i].ravel() * w[:, j]) - b[j]
    return out, (x, w, b)


@held_out("affine_backward",
          "dw and db are divided by the batch size, although dout already contains it: means over the batch instead"
          " of sums. dx is right.")
def affine_back_means(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(N, -1).T.dot(dout) / N
    db = dout.mean(axis=0)
    return dx, dw, db


@held_out("affine_backward", "dw is transposed: dout.T @ x of shape (M, D) instead of x.T @ dout of shape (D, M).")
def affine_back_dw_transposed(dout, cache):
    x, w, b = cache
    X = x.reshape(len(x), -1)
    dx = np.reshape(dout @ w.T, x.shape)
    dw = dout.T @ X
    return dx, dw, np.sum(dout, axis=0)


@held_out("affine_backward",
          "Two errors: dx is not folded back to x's shape but left as (N, D), and db is summed over the units (axis"
          " 1, shape (N,)) instead of over the batch.")
def affine_back_flat_and_axis(dout, cache):
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    dx = dout @ w.T
    dw = rows.T @ dout
    db = dout.sum(axis=1)
    return dx, dw, db


@held_out("softmax_loss", "dx is not divided by N: the gradient is that of the summed loss. The loss is right.")
def softmax_dx_no_n(x, y):
    _labels(x, y)
    N = x.shape[0]
    z = x - np.max(x, axis=1, keepdims=True)
    logprobs = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    loss = -np.sum(logprobs[np.arange(N), y]) / N
    dx = np.exp(logprobs)
    dx[np.arange(N), y] -= 1
    return loss, dx


@held_out("softmax_loss",
          "The exponentials are normalised over the batch (axis 0) instead of over the classes (axis 1), so loss "
          "and dx are wrong.")
def softmax_axis(x, y):
    _labels(x, y)
    s = x - x.max(axis=0)
    logp = s - np.log(np.exp(s).sum(axis=0))
    n = np.arange(len(x))
    loss = -logp[n, y].mean()
    dx = np.exp(logp)
    dx[n, y] -= 1
    return loss, dx / len(x)


@held_out("softmax_loss", "The loss is taken with the logarithm to base 2 instead of the natural one. dx is right.")
def softmax_log2(x, y):
    _labels(x, y)
    N, C = x.shape
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(N):
        s = x[i] - x[i].max()
        z = np.exp(s).sum()
        p = np.exp(s) / z
        loss -= s[y[i]] / np.log(2) - np.log2(z)
        for c in range(C):
            dx[i, c] = p[c] - (c == y[i])
    return loss / N, dx / N


@held_out("softmax_loss",
          "Two errors: the loss is the sum over the batch instead of the mean, and dx has the wrong sign (onehot - "
          "p).")
def softmax_sum_and_sign(x, y):
    _labels(x, y)
    N = len(y)
    z = x - x.max(axis=1)[:, None]
    logp = z - np.log(np.exp(z).sum(axis=1))[:, None]
    loss = -logp[range(N), y].sum()
    onehot = np.zeros_like(x)
    onehot[range(N), y] = 1
    return loss, (onehot - np.exp(logp)) / N


@held_out("softmax_loss",
          "The 1 is subtracted in all columns that occur as a label (dx[:, y] -= 1) instead of only at each row's "
          "own label, so dx is wrong. The loss is right.")
def softmax_column_index(x, y):
    _labels(x, y)
    rows = np.arange(len(y))
    q = x - x.max(1, keepdims=True)
    q = q - np.log(np.exp(q).sum(1, keepdims=True))
    loss = float(np.mean(-q[rows, y]))
    q = np.exp(q)
    q[:, y] -= 1
    return loss, q / len(y)


@held_out("svm_loss",
          "The correct class is not excluded from the sum: the loss is too large by exactly 1. dx is right.")
def svm_counts_correct(x, y):
    _labels(x, y)
    N = x.shape[0]
    correct = x[np.arange(N), y].reshape(-1, 1)
    margins = np.maximum(0, x - correct + 1.0)
    loss = np.sum(margins) / N
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] = 0
    dx[np.arange(N), y] = -np.sum(dx, axis=1)
    return loss, dx / N


@held_out("svm_loss",
          "dx at the correct class is -1 instead of minus the number of classes that violate the margin. The loss "
          "is right.")
def svm_minus_one(x, y):
    _labels(x, y)
    r = np.arange(len(y))
    m = np.maximum(0, x - x[r, y][:, np.newaxis] + 1)
    m[r, y] = 0
    g = (m > 0).astype(x.dtype)
    g[r, y] = -1.0
    return m.sum() / len(y), g / len(y)


@held_out("svm_loss",
          "The sign of the margin is wrong: x_i[y_i] - x_ij + 1 is used instead of x_ij - x_i[y_i] + 1, so the loss"
          " and with it dx reward wrong classes.")
def svm_sign(x, y):
    _labels(x, y)
    N, C = x.shape
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(N):
        for j in range(C):
            if j == y[i]:
                continue
            margin = x[i, y[i]] - x[i, j] + 1
            if margin > 0:
                loss += margin
                dx[i, j] -= 1
                dx[i, y[i]] += 1
    return loss / N, dx / N


@held_out("svm_loss", "Loss and dx are divided by N * C instead of N: the mean is taken over the classes as well.")
def svm_mean_over_all(x, y):
    _labels(x, y)
    n = np.arange(x.shape[0])
    hinge = np.maximum(0, x - x[n, y, None] + 1)
    hinge[n, y] = 0
    d = np.ones_like(x) * (hinge > 0)
    d[n, y] = -d.sum(1)
    return hinge.mean(), d / x.size


@held_out("sample_batch",
          "Images and labels are drawn with two different sets of indices, so yb[i] is not the label of Xb[i].")
def batch_unpaired(X, y, batch_size, rng):
    N = len(X)
    Xb = X[rng.integers(0, N, batch_size)]
    yb = y[rng.integers(0, N, batch_size)]
    return Xb, yb


@held_out("sample_batch",
          "The examples are drawn without replacement: none can repeat, and a batch_size above N fails.")
def batch_no_replacement(X, y, batch_size, rng):
    idx = rng.choice(X.shape[0], batch_size, replace=False)
    return X[idx], y[idx]


@held_out("sample_batch",
          "Off by one: rng.integers excludes its upper end and is given N - 1, so the last example is never drawn.")
def batch_never_last(X, y, batch_size, rng):
    chosen = rng.integers(0, X.shape[0] - 1, size=batch_size)
    return X[chosen], y[chosen]


@held_out("svm_loss",
          "Two errors: the margin of 1 is forgotten (max(0, x_ij - x_i[y_i])), in the loss and for dx, and dx is "
          "not divided by N.")
def svm_no_margin_no_n(x, y):
    _labels(x, y)
    r = np.arange(len(x))
    m = np.maximum(x - x[r, y].reshape(-1, 1), 0)
    loss = m.sum() / len(x)
    dx = (m > 0).astype(x.dtype)
    dx[r, y] = -dx.sum(axis=1)
    return loss, dx


@held_out("svm_loss",
          "The scores of the correct classes are not made a column: x - x[rows, y] fails with a ValueError unless N"
          " == C, and then subtracts another example's correct score, so loss and dx are wrong.")
def svm_no_column(x, y):
    _labels(x, y)
    N = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(N), y] + 1)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(N), y] -= dx.sum(axis=1)
    return margins.sum() / N, dx / N


@held_out("affine_backward",
          "Two errors: dx and dw are returned in the wrong order (dw, dx, db), and db is divided by N.")
def affine_back_order_and_mean(dout, cache):
    x, w, b = cache
    N = len(x)
    grad_x = (dout @ w.T).reshape(x.shape)
    grad_w = x.reshape(N, -1).T @ dout
    grad_b = sum(dout) / N
    return grad_w, grad_x, grad_b


@held_out("affine_backward",
          "dx is folded back in the wrong order: the product is transposed before the reshape (w @ dout.T), so the "
          "numbers of dx are scrambled over the examples. dw and db are right.")
def affine_back_dx_scrambled(dout, cache):
    x, w, b = cache
    dx = w.dot(dout.T).reshape(x.shape)
    dw = np.dot(x.reshape(x.shape[0], -1).T, dout)
    return dx, dw, dout.sum(0)
