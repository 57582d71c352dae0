"""Wrong versions of linear classifier, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("affine_forward",
          "out is wrong: x is reshaped to (D, N) and transposed instead of reshaped to (N, D), which "
          "scrambles the numbers of different examples.")
def affine_forward_reshape_scramble(x, w, b):
    D = int(np.prod(x.shape[1:]))
    if w.ndim != 2 or w.shape[0] != D:
        raise ValueError(f"expected w of shape ({D}, M), got {w.shape}")
    if b.shape != (w.shape[1],):
        raise ValueError(f"expected b of shape ({w.shape[1]},), got {b.shape}")
    flat = x.reshape(D, -1).T
    out = np.dot(flat, w) + b
    cache = (x, w, b)
    return out, cache


@held_out("affine_backward",
          "dw is wrong: it is divided by the number of examples N, although the loss has already put "
          "1/N into dout, so N is counted twice.")
def affine_backward_dw_by_n(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    X = x.reshape(N, -1)
    dw = X.T.dot(dout) / N
    db = np.sum(dout, axis=0)
    dx = dout.dot(w.T).reshape(x.shape)
    return dx, dw, db


@held_out("affine_backward",
          "Two errors: dx is left flat, of shape (N, D), instead of x's shape (N, d_1, ..., d_k); and "
          "db sums dout over the scores, axis 1, which gives (N,), instead of over the examples, axis 0.")
def affine_backward_flat_dx_db_axis(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.reshape(len(x), -1).T @ dout
    db = dout.sum(axis=1)
    return dx, dw, db


@held_out("softmax_loss",
          "dx is wrong: the division by the number of examples N is forgotten, although the loss is a "
          "mean.")
def softmax_dx_not_by_n(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    N, C = x.shape
    loss = 0.0
    dx = np.zeros_like(x)
    for i in range(N):
        s = x[i] - np.max(x[i])
        log_sum = np.log(np.sum(np.exp(s)))
        loss += log_sum - s[y[i]]
        dx[i] = np.exp(s - log_sum)
        dx[i, y[i]] -= 1
    return loss / N, dx


@held_out("softmax_loss",
          "loss and dx are wrong: for stability the maximum of each column (axis 0, over the examples) is "
          "subtracted instead of the maximum of each row, and this changes the softmax.")
def softmax_max_of_columns(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    num = x.shape[0]
    shifted = x - np.max(x, axis=0)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    loss = -np.sum(log_probs[np.arange(num), y]) / num
    dx = np.exp(log_probs)
    dx[np.arange(num), y] -= 1
    return loss, dx / num


@held_out("softmax_loss",
          "loss and dx are wrong: the right classes are picked with [:, y] instead of [arange(N), y], so "
          "the loss averages over the labels of all examples for each row, and dx gets its -1 in every column that "
          "occurs in y.")
def softmax_colon_y(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    z = x - x.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.mean(logp[:, y])
    dx = np.exp(logp)
    dx[:, y] -= 1
    dx /= x.shape[0]
    return loss, dx


@held_out("svm_loss",
          "The right class is not left out of the margins: its margin of 1 is counted, so the loss is 1 too "
          "large, and in dx the right class is one count too low (by 1/N).")
def svm_right_class_counted(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    N = x.shape[0]
    correct = x[np.arange(N), y].reshape(N, 1)
    margins = np.maximum(0, x - correct + 1)
    loss = np.sum(margins) / N
    binary = (margins > 0).astype(x.dtype)
    binary[np.arange(N), y] = -np.sum(binary, axis=1)
    return loss, binary / N


@held_out("svm_loss",
          "dx is wrong at the right class: it gets -1 (over N) once, however many classes violate the margin, "
          "instead of minus their number.")
def svm_right_class_minus_one(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    n, c = x.shape
    loss = 0.0
    dx = np.zeros_like(x)
    for i in range(n):
        for j in range(c):
            if j == y[i]:
                continue
            margin = x[i, j] - x[i, y[i]] + 1
            if margin > 0:
                loss += margin
                dx[i, j] += 1
                dx[i, y[i]] = -1
    return loss / n, dx / n


@held_out("train_linear",
          "w, b and losses are wrong: the batch is drawn once before the loop, so all steps look at the "
          "same batch instead of a new one each.")
def train_linear_one_batch(draw_batch, loss_fn, w, b, lr, reg, steps):
    w, b = w.copy(), b.copy()
    losses = np.zeros(steps)
    X, y = draw_batch()
    for t in range(steps):
        scores = X.dot(w) + b
        data_loss, dscores = loss_fn(scores, y)
        losses[t] = data_loss + 0.5 * reg * np.sum(w * w)
        w = w - lr * (X.T.dot(dscores) + reg * w)
        b = b - lr * np.sum(dscores, axis=0)
    return w, b, losses


@held_out("train_linear",
          "w is wrong (and so are b and the later losses): the penalty is in the loss but its gradient "
          "reg * w is not in the update of w.")
def train_linear_no_reg_gradient(draw_batch, loss_fn, w, b, lr, reg, steps):
    history = []
    for _it in range(steps):
        Xb, yb = draw_batch()
        loss, dout = loss_fn(Xb @ w + b, yb)
        loss += 0.5 * reg * (w ** 2).sum()
        history.append(loss)
        dw = Xb.T @ dout
        db = dout.sum(axis=0)
        w = w - lr * dw
        b = b - lr * db
    return w, b, np.array(history)
