"""Wrong implementations of ensembles, averages and features."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("ensemble_probabilities",
          "The logits are averaged first: a softmax of the mean, not the mean of the softmaxes.")
def ensemble_mean_of_logits(logits):
    mean = logits.mean(axis=0)
    e = np.exp(mean - mean.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@held_out("ensemble_probabilities", "No maximum is subtracted, so scores in the thousands overflow.")
def ensemble_overflows(logits):
    e = np.exp(logits)
    p = e / np.sum(e, axis=-1, keepdims=True)
    return np.mean(p, axis=0)


@held_out("ensemble_probabilities", "The softmax runs over the examples, not over the classes.")
def ensemble_over_examples(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p.mean(axis=0)


@held_out("ensemble_probabilities", "It adds the models up without dividing by their number.")
def ensemble_sum(logits):
    total = 0
    for z in logits:
        z = z - z.max(axis=1, keepdims=True)
        total = total + np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return total


@held_out("ema_update", "decay and 1 - decay are swapped.")
def ema_swapped(average, params, decay=0.999):
    return {k: (1 - decay) * average[k] + decay * params[k] for k in average}


@held_out("ema_update", "The given average is changed in place.")
def ema_in_place(average, params, decay=0.999):
    for key in params:
        average[key] *= decay
        average[key] += (1 - decay) * params[key]
    return average


@held_out("ema_update", "1 - decay is missing: the new parameters enter with their full weight.")
def ema_full_weight(average, params, decay=0.999):
    new = {}
    for name, value in params.items():
        new[name] = decay * average[name] + value
    return new


@held_out("extract_features", "The last, smaller batch is dropped.")
def features_drop_rest(layers, X, batch_size=256):
    features = []
    for i in range(len(X) // batch_size):
        out = X[i * batch_size : (i + 1) * batch_size]
        for layer in layers:
            out = layer(out)
        features.append(out.reshape(len(out), -1))
    return np.vstack(features) if features else np.zeros((0, 0))


@held_out("extract_features", "Every layer is applied to the raw batch, so only the last layer counts.")
def features_not_chained(layers, X, batch_size=256):
    parts = []
    for start in range(0, len(X), batch_size):
        batch = X[start : start + batch_size]
        for layer in layers:
            h = layer(batch)
        parts.append(h.reshape(len(batch), -1))
    return np.concatenate(parts, axis=0)


@held_out("extract_features", "The output of the layers is not flattened to one row per example.")
def features_not_flat(layers, X, batch_size=256):
    outs = []
    for i in range(0, X.shape[0], batch_size):
        h = X[i : i + batch_size]
        for f in layers:
            h = f(h)
        outs.append(h)
    return np.concatenate(outs)


@held_out("extract_features", "Only the features of the last batch are returned: the others are not kept.")
def features_last_batch_only(layers, X, batch_size=256):
    for i in range(0, X.shape[0], batch_size):
        h = X[i : i + batch_size]
        for f in layers:
            h = f(h)
        feats = h.reshape(h.shape[0], -1)
    return feats


@held_out("train_head", "The regularisation is missing in the gradient.")
def head_no_reg(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        loss, dscores = loss_fn(F @ w + b, y)
        loss += 0.5 * reg * np.sum(w * w)
        dw = F.T @ dscores
        db = dscores.sum(axis=0)
        w -= lr * dw
        b -= lr * db
    return w, b


@held_out("train_head", "The derivative of 0.5 * reg * w**2 is reg * w: here it is 2 * reg * w.")
def head_reg_doubled(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    N, D = F.shape
    w = rng.standard_normal((D, num_classes)) * 0.01
    b = np.zeros(num_classes)
    for _ in range(steps):
        _, dscores = loss_fn(F.dot(w) + b, y)
        w -= lr * (F.T.dot(dscores) + 2 * reg * w)
        b -= lr * dscores.sum(axis=0)
    return w, b


@held_out("train_head", "The bias is regularised as well.")
def head_reg_bias(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        _, d = loss_fn(F @ w + b, y)
        w, b = w - lr * (F.T @ d + reg * w), b - lr * (d.sum(axis=0) + reg * b)
    return w, b


@held_out("train_head", "The gradient is divided by N again, and the weights start at zero.")
def head_zero_start_over_n(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    N = len(F)
    w, b = np.zeros((F.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(steps):
        _, dscores = loss_fn(F @ w + b, y)
        w -= lr * (F.T @ dscores / N + reg * w)
        b -= lr * dscores.sum(axis=0) / N
    return w, b


@held_out("train_head", "The bias is never updated.")
def head_bias_stays(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        scores = F @ w + b
        loss, grad = loss_fn(scores, y)
        w = w - lr * (F.T @ grad + reg * w)
    return w, b


@held_out("ensemble_probabilities", "The logits are averaged, and the maximum is not subtracted.")
def ensemble_logits_naive(logits):
    avg = np.mean(logits, axis=0)
    e = np.exp(avg)
    return e / np.sum(e, axis=1, keepdims=True)


@held_out("ema_update", "The weights are swapped, and the given dict is changed.")
def ema_swapped_in_place(average, params, decay=0.999):
    for name in average:
        average[name] = (1 - decay) * average[name] + decay * params[name]
    return average


@held_out("train_head", "The penalty has the wrong sign: it lets the weights grow.")
def head_reg_sign(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = rng.normal(0, 0.01, (F.shape[1], num_classes))
    b = np.zeros((num_classes,))
    for _ in range(steps):
        _, ds = loss_fn(F @ w + b, y)
        w = w - lr * F.T @ ds + lr * reg * w
        b = b - lr * np.sum(ds, axis=0)
    return w, b


@held_out("train_head", "One update too few is made, and the bias starts at random numbers in place of zeros.")
def head_one_step_less(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = 0.01 * rng.standard_normal(num_classes)
    for _ in range(1, steps):
        _, dscores = loss_fn(F @ w + b, y)
        w = w - lr * (F.T @ dscores + reg * w)
        b = b - lr * dscores.sum(axis=0)
    return w, b
