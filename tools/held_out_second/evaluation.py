"""Wrong implementations of evaluation, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@held_out("ensemble_probabilities",
          "The scores are averaged over the models before one softmax, instead of averaging the softmaxes.")
def ens_mean_logits(logits):
    return _softmax(np.mean(logits, axis=0))


@held_out("ensemble_probabilities",
          "The softmax is taken over the examples (axis 1) instead of over the classes (axis 2), so the rows do not"
          " sum to 1.")
def ens_softmax_over_examples(logits):
    e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.mean(p, axis=0)


@held_out("ensemble_probabilities",
          "The probabilities are summed over the models and not divided by K: each row sums to K instead of 1.")
def ens_sum(logits):
    K, N, C = logits.shape
    probs = np.zeros((N, C), dtype=logits.dtype)
    for k in range(K):
        probs += _softmax(logits[k])
    return probs


@held_out("ensemble_probabilities",
          "The shift before the exponential is each class's maximum over the models (axis 0), which differs from "
          "class to class, so the softmaxes are wrong.")
def ens_max_over_models(logits):
    shifted = logits - logits.max(axis=0)
    ex = np.exp(shifted)
    return (ex / ex.sum(axis=2, keepdims=True)).mean(0)


@held_out("ema_update", "The weights are exchanged: decay multiplies the new parameters and 1 - decay the old average.")
def ema_swapped(average, params, decay=0.999):
    new = {}
    for k, v in params.items():
        new[k] = (1 - decay) * average[k] + decay * v
    return new


@held_out("ema_update",
          "The old arrays are overwritten in place: the average handed in is changed, and the same arrays are "
          "returned instead of new ones (the values are right).")
def ema_in_place(average, params, decay=0.999):
    for k in params:
        average[k] *= decay
        average[k] += (1 - decay) * params[k]
    return average


@held_out("ema_update", "The factor 1 - decay is forgotten: the new parameters are added with full weight.")
def ema_no_factor(average, params, decay=0.999):
    return {k: decay * average[k] + params[k] for k in average}


@held_out("ema_update", "The argument decay is ignored: 0.999 is always used.")
def ema_fixed_decay(average, params, decay=0.999):
    out = dict()
    for name in average:
        out[name] = 0.999 * average[name] + 0.001 * params[name]
    return out


@held_out("extract_features",
          "The last, smaller batch is dropped: only N // batch_size full batches are passed, so the last N % "
          "batch_size rows are missing.")
def features_drop_rest(layers, X, batch_size=256):
    if batch_size > len(X):
        batch_size = len(X)
    feats = []
    for b in range(len(X) // batch_size):
        h = X[b * batch_size:(b + 1) * batch_size]
        for f in layers:
            h = f(h)
        feats.append(h.reshape(len(h), -1))
    return np.vstack(feats)


@held_out("extract_features",
          "Every layer is given the raw batch instead of the previous layer's output, so the features are the last "
          "layer applied to X alone.")
def features_not_chained(layers, X, batch_size=256):
    out = []
    for i in range(0, len(X), batch_size):
        xb = X[i:i + batch_size]
        for layer in layers:
            h = layer(xb)
        out.append(h.reshape(len(xb), -1))
    return np.concatenate(out, axis=0)


@held_out("extract_features",
          "Two errors: the last layer is left out, and the slices end one early (start + batch_size - 1), so one "
          "example per full batch is lost.")
def features_short_twice(layers, X, batch_size=256):
    pieces = []
    for s in range(0, X.shape[0], batch_size):
        act = X[s:s + batch_size - 1]
        for k in range(len(layers) - 1):
            act = layers[k](act)
        pieces.append(act.reshape(act.shape[0], -1))
    return np.concatenate(pieces)


@held_out("extract_features",
          "The output of a batch is flattened by reshape(-1, n).T instead of reshape(n, -1), which scrambles the "
          "features of different examples.")
def features_scrambled(layers, X, batch_size=256):
    result = []
    start = 0
    while start < len(X):
        h = X[start:start + batch_size]
        for layer in layers:
            h = layer(h)
        result.append(h.reshape(-1, h.shape[0]).T)
        start += batch_size
    return np.concatenate(result)


@held_out("train_head",
          "The gradient of the loss is divided by N once more, although loss_fn already averages: the steps of w "
          "and b by the data are too small by N (the penalty is not).")
def head_n_twice(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    N, D = F.shape
    W = 0.01 * rng.standard_normal((D, num_classes))
    b = np.zeros(num_classes)
    for _t in range(steps):
        loss, ds = loss_fn(F.dot(W) + b, y)
        dW = F.T.dot(ds) / N + reg * W
        db = ds.sum(axis=0) / N
        W -= lr * dW
        b -= lr * db
    return W, b


@held_out("train_head",
          "The bias is regularised too: reg * b is added to its gradient (b is wrong, and w by way of it).")
def head_bias_decays(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = rng.standard_normal((F.shape[1], num_classes)) * 0.01
    b = np.zeros(num_classes)
    for _ in range(steps):
        loss, grad = loss_fn(F @ w + b, y)
        gw, gb = F.T @ grad + reg * w, grad.sum(0) + reg * b
        w, b = w - lr * gw, b - lr * gb
    return w, b


@held_out("train_head",
          "The penalty's gradient has the wrong sign (- reg * w), so the weights are pushed away from zero instead "
          "of towards it.")
def head_reg_sign(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        _, dscores = loss_fn(F @ w + b, y)
        dw = F.T @ dscores - reg * w
        w = w - lr * dw
        b = b - lr * dscores.sum(axis=0)
    return w, b


@held_out("train_head",
          "Two errors: the penalty's gradient is 2 * reg * w instead of reg * w, and the bias is never updated, so "
          "b stays 0.")
def head_two_reg_no_bias(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        scores = F @ w + b
        _, d = loss_fn(scores, y)
        w = w - lr * (F.T @ d + 2 * reg * w)
    return w, b


@held_out("train_head",
          "b is updated by the mean of dscores over the batch instead of their sum: its steps are too small by N.")
def head_bias_mean(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes)
    for _i in range(steps):
        l, dsc = loss_fn(F @ w + b, y)
        w = w - lr * (F.T @ dsc + reg * w)
        b = b - lr * np.mean(dsc, axis=0)
    return w, b


@held_out("ensemble_probabilities",
          "Two errors: the denominator of the softmax is the sum over all entries of a model (examples and classes)"
          " instead of over each row's classes, and the models are combined by their maximum instead of their mean.")
def ens_global_sum_and_max(logits):
    probs = []
    for s in logits:
        e = np.exp(s - s.max())
        probs.append(e / e.sum())
    return np.max(probs, axis=0)


@held_out("ema_update",
          "Two errors: decay and 1 - decay are exchanged, and only the first of the arrays is updated because the "
          "return stands inside the loop.")
def ema_swapped_first_only(average, params, decay=0.999):
    out = dict(average)
    for name in params:
        out[name] = (1 - decay) * average[name] + decay * params[name]
        return out
