"""Correct ways to write ``cs231n_lib.evaluation`` other than the reference's."""

import functools
import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "models that disagree": ("values",),
    "stable at ±1000": ("stable",),
    "one model": EDGES,
    "batch of one": EDGES,
    "decay = 0.9": ("decay",),
    "decay = 0.25": ("decay",),
    "a single number, a single row": EDGES,
    "two layers, two batches": ("values",),
    "a smaller last batch": ("last batch",),
    "fewer examples than batch_size": ("last batch",),
    "images as input": ("flattened", *EDGES),
    "images as output": ("flattened",),
    "w after 100 steps": ("w",),
    "b after 100 steps": ("b",),
    "reg = 0.5": ("reg",),
    "a class without examples": EDGES,
}

# -- ensembles ----------------------------------------------------------------------------------------------------


@alternative("ensemble_probabilities", style="loop")
def one_model_at_a_time(logits):
    total = np.zeros_like(logits[0])
    for scores in logits:
        exps = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        total += exps / exps.sum(axis=-1, keepdims=True)
    return total / len(logits)


@alternative("ensemble_probabilities", style="einsum float64 prints")
def with_logaddexp(logits):
    z = logits.astype(np.float64)
    p = np.exp(z - np.logaddexp.reduce(z, axis=2)[:, :, None])
    print("largest:", p.max(axis=2))
    return np.asfortranarray(np.einsum("knc->nc", p) / p.shape[0]).astype(logits.dtype)


@alternative("ensemble_probabilities", style="one-liner")
def sum_of_ratios(logits):
    return np.mean([1 / np.exp(z[:, None, :] - z[:, :, None]).sum(axis=2) for z in logits], axis=0)


@alternative("ensemble_probabilities", style="loop")
def element_by_element(logits):
    k, n, c = logits.shape
    out = np.zeros((n, c), logits.dtype)
    for i in range(n):
        for m in range(k):
            row = logits[m, i] - logits[m, i].max()
            for j in range(c):
                out[i, j] += np.exp(row[j]) / np.exp(row).sum() / k
    return out


@alternative("ensemble_probabilities", style="out")
def in_a_copy(logits):
    p = logits.copy()
    p -= p.max(axis=2, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=2, keepdims=True)
    return np.average(p, axis=0)


# -- averaged weights -----------------------------------------------------------------------------------------------


@alternative("ema_update", style="loop")
def step_towards(average, params, decay=0.999):
    new = {}
    for key, value in average.items():
        new[key] = value + (1.0 - decay) * (params[key] - value)
    return new


@alternative("ema_update", style="one-liner")
def over_items(average, params, decay=0.999):
    return {k: decay * old + params[k] - decay * params[k] for k, old in average.items()}


@alternative("ema_update")
def on_copies(average, params, decay=0.999):
    average = {k: v.copy() for k, v in average.items()}
    for k in sorted(params, reverse=True):
        average[k] *= decay
        average[k] += (1 - decay) * params[k]
    return average


@alternative("ema_update", style="warns")
def with_zip(average, params, decay=0.999):
    warnings.warn("averaging", stacklevel=2)
    pairs = ((k, np.multiply(average[k], decay) + np.multiply(params[k], 1 - decay)) for k in params.keys())
    return dict(pairs)


# -- features -----------------------------------------------------------------------------------------------------


class Pipeline:
    """Layers one after the other."""

    def __init__(self, layers):
        self.layers = layers

    def __call__(self, h):
        for layer in self.layers:
            h = layer(h)
        return h.reshape(len(h), -1)

    def batches(self, X, size):
        for start in range(0, len(X), size):
            yield self(X[start:start + size])


@alternative("extract_features", style="loop")
def all_at_once(layers, X, batch_size=256):
    h = X
    for layer in layers:
        h = layer(h)
    return h.reshape(h.shape[0], -1)


@alternative("extract_features", style="class")
def by_an_object(layers, X, batch_size=256):
    return np.vstack(list(Pipeline(layers).batches(X, batch_size)))


@alternative("extract_features")
def by_recursion(layers, X, batch_size=256):
    """First over batches, then over layers."""
    if len(X) > batch_size:
        return np.r_[by_recursion(layers, X[:batch_size], batch_size), by_recursion(layers, X[batch_size:], batch_size)]
    return by_recursion(layers[1:], layers[0](X), len(X)) if layers else X.reshape(len(X), -1)


@alternative("extract_features")
def fills_an_array(layers, X, batch_size=256):
    out, n, start = None, X.shape[0], 0
    while start < n:
        stop = min(start + batch_size, n)
        h = functools.reduce(lambda a, layer: layer(a), layers, X[start:stop])
        h = np.reshape(h, (stop - start, -1))
        if out is None:
            out = np.empty((n, h.shape[1]), h.dtype)
        out[start:stop] = h
        start = stop
    return out


@alternative("extract_features", style="loop prints")
def one_example_at_a_time(layers, X, batch_size=256):
    rows = []
    for i in range(len(X)):
        h = X[i:i + 1].copy()
        for layer in layers:
            h = layer(h)
        rows.append(np.ravel(h))
    print(len(rows), "rows")
    return np.vstack(rows)


@alternative("extract_features")
def with_array_split(layers, X, batch_size=256):
    parts = []
    for part in np.array_split(X, -(-len(X) // batch_size)):
        for layer in layers:
            part = layer(part)
        parts += [row.flatten() for row in part]
    return np.asfortranarray(np.array(parts))


# -- a new head -----------------------------------------------------------------------------------------------------


@alternative("train_head", style="loop prints")
def in_place(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = rng.normal(0.0, 0.01, size=(F.shape[1], num_classes))
    b = np.zeros((num_classes,))
    for step in range(steps):
        loss, dscores = loss_fn(F.dot(w) + b, y)
        print(f"step {step}: {loss + 0.5 * reg * np.sum(w * w):.4f}")
        dw = F.T.dot(dscores)
        dw += reg * w
        w -= lr * dw
        b -= lr * np.sum(dscores, axis=0)
    return w, b


class Head:
    """A linear classifier that trains itself."""

    def __init__(self, w):
        self.w, self.b = w, np.zeros(w.shape[1])

    def step(self, F, dscores, lr, reg):
        self.w, self.b = self.w - lr * (F.T @ dscores + reg * self.w), self.b - lr * dscores.sum(axis=0)


@alternative("train_head", style="class loop")
def by_a_class(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    head = Head(rng.normal(scale=0.01, size=(F.shape[1], num_classes)))
    for _ in range(steps):
        loss, dscores = loss_fn(F @ head.w + head.b, y)
        head.step(F, dscores, lr=lr, reg=reg)
    return head.w, head.b


@alternative("train_head")
def with_a_column_of_ones(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    ones = np.hstack([F, np.ones((len(F), 1))])
    weights = np.vstack([0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros((1, num_classes))])
    mask = np.ones_like(weights)
    mask[-1] = 0
    while steps > 0:
        weights = weights - lr * (ones.T @ loss_fn(ones @ weights, y)[1] + reg * mask * weights)
        steps -= 1
    return [weights[:-1], weights[-1]]


@alternative("train_head", style="einsum")
def with_weight_decay(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = np.asfortranarray(rng.standard_normal((num_classes, F.shape[1])).T / 100)
    b = np.zeros(num_classes)
    for _ in range(steps):
        dscores = loss_fn(np.einsum("nd,dc->nc", F, w) + b, y)[1]
        w, b = (1 - lr * reg) * w - lr * np.einsum("nd,nc->dc", F, dscores), b - lr * dscores.T @ np.ones(len(F))
    return w, b


@alternative("train_head")
def example_by_example(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    d = F.shape[1]
    w, b = rng.standard_normal((d, num_classes)) * 1e-2, [0.0] * num_classes
    for _ in range(steps):
        _, dscores = loss_fn(F @ w + np.array(b), y)
        dw = reg * w
        for f, g in zip(F, dscores, strict=True):
            dw = dw + np.outer(f, g)
        b = [float(v - lr * dscores[:, j].sum()) for j, v in enumerate(b)]
        w = w - lr * dw
    return w, b
