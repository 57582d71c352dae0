"""Wrong versions of evaluation, the third set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("ensemble_probabilities",
          "The scores are averaged first and the softmax taken of the mean, instead of the mean of the softmaxes.")
def ensemble_mean_logits(logits):
    z = logits.mean(axis=0)
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@held_out("ensemble_probabilities",
          "The softmax is normalised over the models (axis 0) instead of over the classes: the rows do not sum to "
          "1.")
def ensemble_softmax_axis(logits):
    e = np.exp(logits - np.max(logits, axis=0, keepdims=True))
    p = e / np.sum(e, axis=0, keepdims=True)
    return np.mean(p, axis=0)


@held_out("ensemble_probabilities",
          "The maximum is not subtracted before the exponential: scores of a thousand overflow and give NaN; for "
          "small scores it is right.")
def ensemble_overflow(logits):
    K, N, C = logits.shape
    total = 0
    for k in range(K):
        ex = np.exp(logits[k])
        total += ex / ex.sum(axis=1, keepdims=True)
    return total / K


@held_out("ensemble_probabilities",
          "Two errors: the probabilities of the models are summed and not averaged, so they are K times too large, "
          "and the softmax is taken over the examples (axis 1) instead of the classes.")
def ensemble_sum_over_examples(logits):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    return probs.sum(axis=0)


@held_out("ema_update",
          "The weights are the wrong way round: decay weighs params and 1 - decay the old average, so the average "
          "follows the newest parameters almost at once.")
def ema_swapped(average, params, decay=0.999):
    new = {}
    for k in params:
        new[k] = (1 - decay) * average[k] + decay * params[k]
    return new


@held_out("ema_update",
          "The factor 1 - decay is forgotten: decay * average + params grows to 1 / (1 - decay) times the "
          "parameters.")
def ema_no_complement(average, params, decay=0.999):
    return {k: decay * v + params[k] for k, v in average.items()}


@held_out("ema_update",
          "The average that was handed in is changed in place (its arrays and the dict) and returned; the values "
          "are right.")
def ema_in_place(average, params, decay=0.999):
    for name in average:
        average[name] *= decay
        average[name] += (1 - decay) * params[name]
    return average


@held_out("ema_update",
          "decay is ignored: the average is always half the old one and half the parameters.")
def ema_half(average, params, decay=0.999):
    return {n: 0.5 * average[n] + 0.5 * params[n] for n in average}


@held_out("ema_update",
          "Two errors: a bias correction as in Adam is applied (division by 1 - decay), and only the last array is "
          "returned in the dict because it is made anew in the loop.")
def ema_corrected_last_only(average, params, decay=0.999):
    for name in params:
        result = {}
        result[name] = (decay * average[name] + (1 - decay) * params[name]) / (1 - decay)
    return result


@held_out("extract_features",
          "The last, smaller batch is lost: only N // batch_size whole batches are passed through, so features has "
          "fewer rows than X where batch_size does not divide N.")
def features_drop_last(layers, X, batch_size=256):
    N = X.shape[0]
    feats = []
    for i in range(N // batch_size):
        h = X[i * batch_size:(i + 1) * batch_size]
        for f in layers:
            h = f(h)
        feats.append(h.reshape(len(h), -1))
    return np.concatenate(feats, axis=0) if feats else np.zeros((0, 0))


@held_out("extract_features",
          "Every layer gets the raw batch instead of the output of the layer before: features are those of the last"
          " layer applied to X alone.")
def features_not_chained(layers, X, batch_size=256):
    rows = []
    for start in range(0, len(X), batch_size):
        batch = X[start:start + batch_size]
        for layer in layers:
            h = layer(batch)
        rows.append(h.reshape(h.shape[0], -1))
    return np.concatenate(rows)


@held_out("extract_features",
          "Each batch's output is flattened by reshape(F, n) and then transposed, which mixes the numbers of "
          "different examples in one row (and the result depends on batch_size); the shape is right.")
def features_reshape_scramble(layers, X, batch_size=256):
    rows = []
    for start in range(0, X.shape[0], batch_size):
        h = X[start:start + batch_size]
        for layer in layers:
            h = layer(h)
        n = h.shape[0]
        rows.append(h.reshape(-1, n).T)
    return np.vstack(rows)


@held_out("extract_features",
          "Two errors: the last layer is left out, and the features are not flattened to one row per example but "
          "keep the shape of the layer's output.")
def features_minus_one_unflattened(layers, X, batch_size=256):
    outs = []
    for start in range(0, X.shape[0], batch_size):
        h = X[start:start + batch_size]
        for layer in layers[:-1]:
            h = layer(h)
        outs.append(h)
    return np.concatenate(outs)


@held_out("train_head",
          "The factor is wrong in the penalty's gradient: 0.5 * reg * w instead of reg * w, so w is regularised "
          "half as much as it should be.")
def head_half_reg(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    D = F.shape[1]
    W = 0.01 * rng.standard_normal((D, num_classes))
    b = np.zeros(num_classes)
    for _i in range(steps):
        loss, ds = loss_fn(F.dot(W) + b, y)
        dW = F.T.dot(ds) + 0.5 * reg * W
        W -= lr * dW
        b -= lr * ds.sum(axis=0)
    return W, b


@held_out("train_head",
          "The bias is never updated: b stays 0.")
def head_bias_fixed(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros((num_classes,))
    for _ in range(steps):
        scores = F @ w + b
        _, dscores = loss_fn(scores, y)
        dw = F.T @ dscores
        dw += reg * w
        w = w - lr * dw
    return w, b


@held_out("train_head",
          "The gradient is divided by N once more, though dscores of the mean loss already contains it: the steps "
          "from the data are N times too small, for w and for b.")
def head_n_twice(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    N = F.shape[0]
    w = 0.01 * rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        _, dscores = loss_fn(F @ w + b, y)
        dscores = dscores / N
        dw, db = F.T @ dscores + reg * w, dscores.sum(0)
        w, b = w - lr * dw, b - lr * db
    return w, b


@held_out("train_head",
          "Two errors: the penalty pulls the wrong way (reg * w is subtracted from the gradient, so the weights "
          "grow), and w starts at N(0, 1) without the factor 0.01.")
def head_reg_sign_big_start(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w = rng.standard_normal((F.shape[1], num_classes))
    b = np.zeros(num_classes)
    for _ in range(steps):
        _, dscores = loss_fn(F @ w + b, y)
        grad = F.T @ dscores - reg * w
        w = w - lr * grad
        b = b - lr * np.sum(dscores, axis=0)
    return w, b


@held_out("train_head",
          "The scores are computed once before the loop: every step uses the gradient of the starting weights, so w"
          " and b go straight on.")
def head_stale_scores(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes)
    loss, dscores = loss_fn(F @ w + b, y)
    for _ in range(steps):
        w = w - lr * (F.T @ dscores + reg * w)
        b = b - lr * dscores.sum(axis=0)
    return w, b
