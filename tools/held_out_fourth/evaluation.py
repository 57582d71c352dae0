"""Wrong versions of evaluation, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("ensemble_probabilities",
          "The probabilities are wrong: the logits of the models are averaged first and the "
          "softmax is taken of the mean, instead of averaging the models' softmaxes.")
def ensemble_softmax_of_mean(logits):
    avg = logits.mean(axis=0)
    avg = avg - np.max(avg, axis=1, keepdims=True)
    e = np.exp(avg)
    return e / np.sum(e, axis=1, keepdims=True)


@held_out("ensemble_probabilities",
          "The probabilities are wrong: the softmax is normalised over the examples, axis 1, "
          "instead of over the classes, axis 2, so the rows do not sum to 1.")
def ensemble_normalised_over_examples(logits):
    K, N, C = logits.shape
    total = np.zeros((N, C), dtype=logits.dtype)
    for k in range(K):
        scores = logits[k] - logits[k].max(axis=0)
        e = np.exp(scores)
        total += e / e.sum(axis=0)
    return total / K


@held_out("ema_update",
          "The new average is wrong: the weights are swapped, (1 - decay) weighs the old average and decay "
          "the new parameters.")
def ema_weights_swapped(average, params, decay=0.999):
    new = {}
    for k, v in params.items():
        new[k] = average[k] + decay * (v - average[k])
    return new


@held_out("ema_update",
          "The arrays of the old average are changed in place and returned, although neither argument may be "
          "changed and new arrays are asked for; the returned values are right.")
def ema_in_place(average, params, decay=0.999):
    for k in average:
        average[k] *= decay
        average[k] += (1 - decay) * params[k]
    return average


@held_out("extract_features",
          "Features of the last examples are missing: the number of batches is N // batch_size, so "
          "the last, smaller batch is dropped (with N < batch_size there is nothing to concatenate and it fails).")
def extract_drops_last_batch(layers, X, batch_size=256):
    feats = []
    n_batches = X.shape[0] // batch_size
    for i in range(n_batches):
        out = X[i * batch_size:(i + 1) * batch_size]
        for f in layers:
            out = f(out)
        feats.append(out.reshape(out.shape[0], -1))
    return np.vstack(feats)


@held_out("extract_features",
          "The features are wrong with more than one layer: every layer is applied to the raw batch "
          "instead of to the output of the layer before, so only the last layer counts (or it fails on the shape).")
def extract_layers_not_chained(layers, X, batch_size=256):
    N = len(X)
    features = []
    for start in range(0, N, batch_size):
        batch = X[start:start + batch_size]
        h = batch
        for layer in layers:
            h = layer(batch)
        features.append(h.reshape(len(h), -1))
    return np.concatenate(features, axis=0)


@held_out("extract_features",
          "The features are scrambled where the last layer's output has more than one feature: each "
          "batch is reshaped to (-1, n) and transposed instead of reshaped to (n, -1), which mixes the numbers of "
          "different examples.")
def extract_reshape_scramble(layers, X, batch_size=256):
    chunks = []
    for i in range(0, X.shape[0], batch_size):
        a = X[i:i + batch_size]
        for layer in layers:
            a = layer(a)
        chunks.append(a.reshape(-1, a.shape[0]).T)
    return np.concatenate(chunks)


@held_out("train_head",
          "b is wrong (and with it w): the bias is regularised too, reg * b is added to its gradient.")
def train_head_bias_regularised(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    W = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _t in range(steps):
        scores = F.dot(W) + b
        loss, dscores = loss_fn(scores, y)
        dW = F.T.dot(dscores) + reg * W
        db = np.sum(dscores, axis=0) + reg * b
        W -= lr * dW
        b -= lr * db
    return W, b


@held_out("train_head",
          "w and b are wrong: the scores and dscores are computed once, before the loop, so every step "
          "repeats the data gradient of the initial weights.")
def train_head_stale_gradient(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = rng.standard_normal((F.shape[1], num_classes)) * 0.01
    b = np.zeros((num_classes,))
    scores = F @ w + b
    _, dscores = loss_fn(scores, y)
    for _ in range(steps):
        w = w - lr * (F.T @ dscores + reg * w)
        b = b - lr * dscores.sum(axis=0)
    return w, b


@held_out("train_head",
          "Two errors: the penalty is missing from the gradient of w (reg is ignored); and the gradient of "
          "b is the mean of dscores over the examples instead of the sum, N counted twice. Both w and b come out "
          "wrong.")
def train_head_no_reg_mean_bias(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        loss, grad = loss_fn(F @ w + b, y)
        w = w - lr * F.T @ grad
        b = b - lr * grad.mean(axis=0)
    return w, b
