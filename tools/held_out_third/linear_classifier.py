"""Wrong versions of linear_classifier, the third set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("affine_forward",
          "The bias is not added: out is x @ w alone.")
def affine_no_bias(x, w, b):
    D = int(np.prod(x.shape[1:]))
    if w.ndim != 2 or w.shape[0] != D:
        raise ValueError(f"expected w of shape ({D}, M), got {w.shape}")
    if b.shape != (w.shape[1],):
        raise ValueError(f"expected b of shape ({w.shape[1]},), got {b.shape}")
    num = x.shape[0]
    flat = x.reshape(num, -1)
    scores = flat.dot(w)
    return scores, (x, w, b)


@held_out("affine_forward",
          "x is flattened by reshape(D, N) and then transposed, which mixes the numbers of different examples: out "
          "is computed from scrambled rows.")
def affine_flatten_scramble(x, w, b):
    D = int(np.prod(x.shape[1:]))
    if w.ndim != 2 or w.shape[0] != D:
        raise ValueError(f"expected w of shape ({D}, M), got {w.shape}")
    if b.shape != (w.shape[1],):
        raise ValueError(f"expected b of shape ({w.shape[1]},), got {b.shape}")
    N = x.shape[0]
    x_col = x.reshape(-1, N)  # one column per example
    out = x_col.T.dot(w) + b
    cache = (x, w, b)
    return out, cache


@held_out("affine_backward",
          "db is averaged over the batch where it should be summed; dx and dw are right.")
def affine_db_mean(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    X = x.reshape(N, -1)
    dw = np.dot(X.T, dout)
    dx = np.dot(dout, w.T).reshape(x.shape)
    db = np.mean(dout, axis=0)
    return dx, dw, db


@held_out("affine_backward",
          "dw is divided by N although dout already carries the 1/N of the mean loss, so dw is N times too small; "
          "dx and db are right.")
def affine_dw_over_n(dout, cache):
    x, w, b = cache
    m = dout.shape[0]
    dw = (1 / m) * x.reshape(m, -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    dx = dout.dot(w.T).reshape(*x.shape)
    return dx, dw, db


@held_out("affine_backward",
          "Two errors: dx is not folded back to the shape of x but left as (N, D), and db is summed over axis 1 "
          "(the classes), so it has shape (N,) where it should have (M,).")
def affine_flat_dx_db_axis(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    grad_x = dout @ w.T
    grad_w = rows.T @ dout
    grad_b = dout.sum(axis=1)
    return grad_x, grad_w, grad_b


@held_out("softmax_loss",
          "The gradient dx is not divided by N: it belongs to the sum of the losses, while the loss is the mean.")
def softmax_dx_no_n(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    N = x.shape[0]
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    total = np.sum(e, axis=1, keepdims=True)
    log_probs = x - np.max(x, axis=1, keepdims=True) - np.log(total)
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = e / total
    dx[np.arange(N), y] -= 1
    return loss, dx


@held_out("softmax_loss",
          "The logarithm of the sum of the exponentials has base 2 (log2) instead of the natural one, so the loss "
          "is wrong; dx is right.")
def softmax_log2(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    num_train, num_classes = x.shape
    loss = 0.0
    dx = np.zeros_like(x)
    for i in range(num_train):
        s = x[i] - x[i].max()
        p = np.exp(s) / np.exp(s).sum()
        loss += np.log2(np.exp(s).sum()) - s[y[i]]
        for j in range(num_classes):
            dx[i, j] = p[j] - (j == y[i])
    return loss / num_train, dx / num_train


@held_out("softmax_loss",
          "The exponentials are normalised by the sum over the whole batch (no axis), so the probabilities sum to 1"
          " over all the rows together: both loss and dx are wrong.")
def softmax_sum_everything(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    n = y.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    p = exps / np.sum(exps)
    loss = np.mean(np.log(np.sum(exps)) - shifted[range(n), y])
    dx = p
    dx[range(n), y] -= 1
    dx /= n
    return loss, dx


@held_out("softmax_loss",
          "Two errors: the loss is the sum over the batch instead of the mean, and dx has the wrong sign (onehot - "
          "p instead of p - onehot).")
def softmax_sum_and_sign(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    N, C = x.shape
    z = x - np.max(x, 1).reshape(N, 1)
    logp = z - np.log(np.exp(z).sum(1)).reshape(N, 1)
    target = np.eye(C, dtype=x.dtype)[y]
    loss = -(target * logp).sum()
    dx = (target - np.exp(logp)) / N
    return loss, dx


@held_out("svm_loss",
          "The right class is not left out of the sum: its margin of 1 is counted for every example, so the loss is"
          " too large by exactly 1; dx is right.")
def svm_true_class_counted(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    N = x.shape[0]
    correct = x[np.arange(N), y].reshape(-1, 1)
    margins = np.maximum(0, x - correct + 1.0)
    loss = np.sum(margins) / N
    ind = np.zeros(x.shape, dtype=x.dtype)
    ind[margins > 0] = 1
    ind[np.arange(N), y] = 0
    ind[np.arange(N), y] = -ind.sum(axis=1)
    return loss, ind / N


@held_out("svm_loss",
          "In dx the right class gets -1 once for each example instead of minus the number of classes that violate "
          "the margin; the loss is right.")
def svm_dx_true_minus_one(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    num = len(x)
    loss = 0
    dx = np.zeros_like(x)
    for i in range(num):
        for j in range(x.shape[1]):
            if j == y[i]:
                continue
            margin = x[i, j] - x[i, y[i]] + 1
            if margin > 0:
                loss += margin
                dx[i, j] = 1
                dx[i, y[i]] = -1
    return loss / num, dx / num


@held_out("svm_loss",
          "Only the largest margin of each row is counted (the Crammer-Singer hinge), not the sum over all wrong "
          "classes: loss and dx are too small.")
def svm_max_margin_only(x, y):
    if y.shape != x.shape[:1]:
        raise ValueError(f"expected y of shape ({x.shape[0]},), one label per row of x, got {y.shape}")
    N = x.shape[0]
    idx = np.arange(N)
    margins = x - x[idx, y][:, np.newaxis] + 1
    margins[idx, y] = 0
    worst = margins.argmax(axis=1)
    hinge = np.maximum(0, margins[idx, worst])
    active = (hinge > 0).astype(x.dtype)
    dx = np.zeros_like(x)
    dx[idx, worst] += active
    dx[idx, y] -= active
    return hinge.mean(), dx / N


@held_out("sample_batch",
          "Xb and yb are drawn with two different sets of indices, so yb[i] is not the label of Xb[i].")
def batch_two_draws(X, y, batch_size, rng):
    N = X.shape[0]
    X_batch = X[rng.choice(N, batch_size)]
    y_batch = y[rng.choice(N, batch_size)]
    return X_batch, y_batch


@held_out("sample_batch",
          "Drawn without replacement: no example can repeat, and a batch_size above N raises a ValueError.")
def batch_without_replacement(X, y, batch_size, rng):
    mask = rng.choice(len(X), size=batch_size, replace=False)
    return X[mask], y[mask]


@held_out("train_linear",
          "The gradient of the penalty (reg * w) is left out of the update, so w is not regularised; the losses do "
          "contain the penalty.")
def train_no_reg_grad(draw_batch, loss_fn, w, b, lr, reg, steps):
    history = []
    W, bias = w.copy(), b.copy()
    for _it in range(steps):
        X_batch, y_batch = draw_batch()
        data_loss, dscores = loss_fn(X_batch.dot(W) + bias, y_batch)
        history.append(data_loss + 0.5 * reg * np.sum(W * W))
        W -= lr * X_batch.T.dot(dscores)
        bias -= lr * dscores.sum(0)
    return W, bias, np.array(history)


@held_out("train_linear",
          "One batch is drawn before the loop and used at every step, where each step should draw a new one: w, b "
          "and losses come from a single batch.")
def train_one_batch(draw_batch, loss_fn, w, b, lr, reg, steps):
    losses = []
    Xb, yb = draw_batch()
    for _t in range(steps):
        scores = Xb @ w + b
        loss, ds = loss_fn(scores, yb)
        losses.append(loss + 0.5 * reg * (w**2).sum())
        dw = Xb.T @ ds + reg * w
        db = ds.sum(axis=0)
        w = w - lr * dw
        b = b - lr * db
    return w, b, np.array(losses)


@held_out("train_linear",
          "Two errors: the penalty in the losses lacks the factor 0.5, and the bias is penalised too (reg * b is "
          "added to its gradient).")
def train_penalty_and_bias(draw_batch, loss_fn, w, b, lr, reg, steps):
    losses = []
    for _ in range(steps):
        Xb, yb = draw_batch()
        loss, dscores = loss_fn(Xb @ w + b, yb)
        loss += reg * np.sum(w * w)
        losses.append(loss)
        grads = {"w": Xb.T @ dscores + reg * w, "b": np.sum(dscores, axis=0) + reg * b}
        w = w - lr * grads["w"]
        b = b - lr * grads["b"]
    return w, b, np.array(losses)


@held_out("train_linear",
          "The weights and biases that were handed in are changed in place (w -= ..., b -= ... without a copy); "
          "what is returned is right.")
def train_in_place(draw_batch, loss_fn, w, b, lr, reg, steps):
    losses = []
    for _ in range(steps):
        X, y = draw_batch()
        loss, dscores = loss_fn(X @ w + b, y)
        losses.append(loss + 0.5 * reg * np.sum(w**2))
        dw = X.T @ dscores + reg * w
        w -= lr * dw
        b -= lr * dscores.sum(axis=0)
    return w, b, np.array(losses)
