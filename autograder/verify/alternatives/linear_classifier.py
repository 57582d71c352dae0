"""Correct ways to write ``cs231n_lib.linear_classifier`` other than the reference's."""

import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "dx, dw, db": ("dx", "dw", "db"),
    "images as input": EDGES,
    "one feature": EDGES,
    "batch of one": EDGES,
    "all scores equal": ("loss",),
    "stable at ±1000": ("stable",),
    ("svm_loss", "stable at ±1000"): ("loss", "gradient"),
    "a batch larger than the data": ("replacement",),
    "reg = 0.5": ("reg",),
}

# -- the affine layer -------------------------------------------------------------------------------------------


@alternative("affine_forward", style="loop")
def affine_loops(x, w, b):
    out = np.empty((x.shape[0], w.shape[1]), dtype=x.dtype)
    for i in range(x.shape[0]):
        row = x[i].ravel()
        for j in range(w.shape[1]):
            out[i, j] = sum(row[k] * w[k, j] for k in range(len(row))) + b[j]
    return out, (x, w, b)


@alternative("affine_forward", style="einsum prints")
def affine_einsum(x, w, b):
    print("shapes:", x.shape, w.shape, b.shape)
    return np.einsum("nd,dm->nm", x.reshape(len(x), -1), w) + b[None, :], (x, w, b)


@alternative("affine_forward", style="out warns")
def affine_with_out(x, w, b):
    warnings.warn("the students' own warnings do no harm", stacklevel=2)
    flat = x.copy().reshape(x.shape[0], np.prod(x.shape[1:], dtype=int))
    out = np.empty((len(flat), len(b)), x.dtype, order="F")
    np.matmul(flat, w, out=out)
    out += b
    return out, (x, w, b)


@alternative("affine_forward")
def affine_with_a_column_of_ones(x, w, b):
    flat = np.hstack([x.reshape(len(x), -1), np.ones((len(x), 1), x.dtype)])
    return flat.dot(np.vstack([w, b])), [x, w, b]


@alternative("affine_forward", "affine_backward")
class FlatInTheCache:
    def affine_forward(x, w, b):
        flat = x.reshape(x.shape[0], -1)
        return flat @ w + b, {"flat": flat, "w": w, "shape": x.shape}

    def affine_backward(dout, cache):
        dx = (cache["w"] @ dout.T).T.reshape(cache["shape"])
        return dx, (dout.T @ cache["flat"]).T, np.ones(len(dout), dout.dtype) @ dout


@alternative("affine_forward", "affine_backward")
class ClosureInTheCache:
    def affine_forward(x, w, b):
        def back(dout):
            return dout.dot(w.T).reshape(x.shape), np.tensordot(x.reshape(len(x), -1), dout, (0, 0)), sum(dout)

        return np.tensordot(x.reshape(len(x), -1), w, 1) + b, back

    def affine_backward(dout, cache):
        return cache(dout)


class Affine:
    """A layer as an object. It remembers its input."""

    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, x):
        self.x = x
        return x.reshape(len(x), -1) @ self.w + self.b

    def gradients(self, dout):
        return {"x": (dout @ self.w.T).reshape(self.x.shape), "w": self.x.reshape(len(dout), -1).T @ dout,
                "b": dout.sum(axis=0)}


@alternative("affine_forward", "affine_backward", style="class")
class LayerInTheCache:
    def affine_forward(x, w, b):
        layer = Affine(w, b)
        return layer(x), layer

    def affine_backward(dout, cache):
        return tuple(cache.gradients(dout).values())


@alternative("affine_backward")
def affine_backward_loops(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for i in range(len(x)):
        dx[i] = w.dot(dout[i]).reshape(x.shape[1:])
        dw += np.outer(x[i], dout[i])
        db += dout[i]
    return [dx, dw, db]


@alternative("affine_backward", style="einsum")
def affine_backward_einsum(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], w.shape[0])
    return (np.einsum("nm,dm->nd", dout, w).reshape(x.shape), np.einsum("nd,nm->dm", flat, dout),
            np.einsum("nm->m", dout))


@alternative("affine_backward", style="float64")
def affine_backward_in_float64(dout, cache):
    x, w, b = (a.astype(np.float64) for a in cache)
    flat, d = x.reshape(len(x), -1), dout.astype(np.float64)
    grads = (d @ w.T).reshape(x.shape), flat.T @ d, d.sum(0)
    return tuple(np.asfortranarray(g).astype(dout.dtype) for g in grads)


# -- softmax ------------------------------------------------------------------------------------------------------


@alternative("softmax_loss", style="loop")
def softmax_loops(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    for i in range(x.shape[0]):
        row = x[i] - max(x[i])
        e = np.exp(row)
        total = e.sum()
        loss += np.log(total) - row[y[i]]
        for j in range(x.shape[1]):
            dx[i, j] = (e[j] / total - (j == y[i])) / x.shape[0]
    return loss / x.shape[0], dx


@alternative("softmax_loss")
def softmax_logsumexp(x, y):
    n = x.shape[0]
    m = np.max(x, axis=1)
    lse = m + np.log(np.sum(np.exp(x - m[:, None]), axis=1))
    p = np.exp(x - lse[:, None])
    onehot = np.eye(x.shape[1], dtype=x.dtype)[y]
    return np.array(np.mean(lse - x[range(n), y])), (p - onehot) / n


def log_softmax(x):
    return x - x.max(axis=1, keepdims=True) - np.log(softmax_sums(x))


def softmax_sums(x):
    return np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)


@alternative("softmax_loss")
def softmax_by_helpers(x, y, *, helper=log_softmax):
    """Functions that call each other, one of them through a default argument."""
    log_p, own = helper(x), (np.arange(len(y)), y)
    dx = np.exp(log_p)
    dx[own] -= 1
    return -np.mean(log_p[own]), dx / len(y)


@alternative("softmax_loss", style="out")
def softmax_take_along_axis(x, y):
    z = x - np.amax(x, axis=-1, keepdims=True)
    e = np.empty_like(z)
    np.exp(z, out=e)
    s = e.sum(-1, keepdims=True)
    own = np.take_along_axis(z - np.log(s), y[:, None], axis=1)
    g = e / s
    np.put_along_axis(g, y[:, None], np.take_along_axis(g, y[:, None], 1) - 1, axis=1)
    g /= len(x)
    return -own.sum() / len(x), np.asfortranarray(g)


@alternative("softmax_loss", style="float64 prints")
def softmax_logaddexp(x, y):
    log_p = x.astype(np.float64) - np.logaddexp.reduce(x.astype(np.float64), axis=1, keepdims=True)
    mask = np.arange(x.shape[1]) == y[:, None]
    print(f"loss per example: {-log_p[mask]}")
    return float(-log_p[mask].mean()), ((np.exp(log_p) - mask) / len(y)).astype(x.dtype)


# -- hinge loss ---------------------------------------------------------------------------------------------------


@alternative("svm_loss", style="loop")
def svm_loops(x, y):
    loss, dx = 0, np.zeros_like(x)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            if j != y[i] and (margin := x[i, j] - x[i, y[i]] + 1) > 0:
                loss += margin
                dx[i, j] += 1
                dx[i, y[i]] -= 1
    return loss / len(x), dx / len(x)


@alternative("svm_loss")
def svm_cs231n(x, y):
    n = x.shape[0]
    own = x[np.arange(n), y]
    margins = np.maximum(0, x - own[:, np.newaxis] + 1.0)
    margins[np.arange(n), y] = 0
    loss = np.sum(margins) / n
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(n), y] -= num_pos
    dx /= n
    return loss, dx


@alternative("svm_loss")
def svm_example_by_example_in_a_generator(x, y):
    def rows():
        for scores, label in zip(x, y, strict=True):
            margins = np.maximum(scores - scores[label] + 1, 0)
            margins[label] = 0
            active = (margins > 0).astype(x.dtype)
            active[label] = -active.sum()
            yield margins.sum(), active

    losses, slopes = zip(*rows(), strict=True)
    return sum(losses) / len(y), np.stack(slopes) / len(y)


@alternative("svm_loss")
def svm_subtracts_one(x, y):
    mask = np.eye(x.shape[1], dtype=x.dtype)[y]
    margins = 1 + x - (x * mask).sum(1, keepdims=True)
    active = np.where(margins > 0, 1 / len(y), 0).astype(x.dtype)
    loss = np.array((margins * (margins > 0)).sum() / len(y) - 1)  # the own class is in the sum, with 1 per example
    return loss, active - mask * active.sum(1, keepdims=True)


@alternative("svm_loss", style="einsum")
def svm_subgradient_one_at_the_kink(x, y):
    hits = (x - np.take_along_axis(x, y[:, None], 1) + 1 >= 0) & (np.arange(x.shape[1]) != y[:, None])
    loss = np.einsum("ij,ij->", hits, x - x[np.arange(len(y)), y][:, None] + 1) / len(y)
    dx = hits.astype(np.float64)
    dx[np.arange(len(y)), y] = -hits.sum(axis=1)
    return [loss, np.asfortranarray(dx / len(y)).astype(x.dtype)]


# -- mini-batches -------------------------------------------------------------------------------------------------


@alternative("sample_batch")
def sample_choice(X, y, batch_size, rng):
    idx = rng.choice(X.shape[0], batch_size, replace=True)
    return X[idx], y[idx]


@alternative("sample_batch", style="loop")
def sample_one_by_one(X, y, batch_size, rng):
    Xb, yb = [], []
    for _ in range(batch_size):
        i = rng.integers(len(y))
        Xb.append(X[i])
        yb.append(y[i])
    return np.array(Xb), np.array(yb)


@alternative("sample_batch", style="one-liner")
def sample_in_one_line(X, y, batch_size, rng):
    return (lambda rows: (X[rows], y[rows]))(rng.integers(0, X.shape[0], size=batch_size))


@alternative("sample_batch")
def sample_floor_of_uniform(X, y, batch_size, rng):
    idx = (rng.random(batch_size) * len(X)).astype(int)
    return [X.take(idx, axis=0), y.take(idx)]


@alternative("sample_batch")
def sample_first_of_permutations(X, y, batch_size, rng):
    idx = [rng.permutation(len(X))[0] for _ in range(batch_size)]
    return np.stack([X[i] for i in idx]), y[np.array(idx)]


# -- the training loop --------------------------------------------------------------------------------------------


@alternative("train_linear", style="loop")
def train_with_copies(draw_batch, loss_fn, w, b, lr, reg, steps):
    w, b, history = w.copy(), b.copy(), np.zeros(steps)
    step = 0
    while step < steps:
        X, y = draw_batch()
        data_loss, dscores = loss_fn(np.dot(X, w) + b, y)
        history[step] = data_loss + reg / 2 * np.square(w).sum()
        dw = np.dot(X.T, dscores)
        dw += reg * w
        w -= lr * dw
        b -= lr * np.sum(dscores, axis=0)
        step += 1
    return w, b, history


@alternative("train_linear", style="einsum")
def train_with_one_matrix(draw_batch, loss_fn, w, b, lr, reg, steps):
    """Keeps the bias as a last row of the weights, for a feature that is always 1."""
    theta = np.vstack([w, b])
    losses = []
    for _ in range(steps):
        X, y = draw_batch()
        X = np.hstack([X, np.ones((len(X), 1))])
        loss, g = loss_fn(X @ theta, y)
        losses += [loss + 0.5 * reg * (theta[:-1] ** 2).sum()]
        gradient = np.einsum("nd,nc->dc", X, g)
        gradient[:-1] += reg * theta[:-1]
        theta = theta - lr * gradient
    return theta[:-1], theta[-1], losses


@alternative("train_linear")
def train_by_shrinking(draw_batch, loss_fn, w, b, lr, reg, steps):
    """Sees the penalty as what it does: the weights shrink a little in every step."""
    def step(w, b):
        X, y = draw_batch()
        loss, g = loss_fn(X @ w + b, y)
        return (1 - lr * reg) * w - lr * X.T @ g, b - lr * g.sum(0), loss + 0.5 * reg * np.linalg.norm(w) ** 2

    found = []
    for _ in range(steps):
        w, b, loss = step(w, b)
        found.append(float(loss))
    return [w, b, found]
