"""Known mistakes in ``cs231n_lib.evaluation``."""

from functools import partial

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import deliver_wrongly, wrong_formula

right = reference.load("evaluation")
A = reference.load_aspects("evaluation")
wrong = partial(wrong_formula, right)

# -- ensembles ----------------------------------------------------------------------------------------------------

deliver_wrongly(right, "ensemble_probabilities", A.SHAPE, A.DTYPE)


def softmax(logits, axis=-1):
    """Return the softmax along one axis."""
    exps = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


ensemble = partial(wrong, "ensemble_probabilities")
ensemble("softmax_of_the_mean", {A.VALUES}, lambda logits: softmax(logits.mean(axis=0)),
         "This is the softmax of the mean logits. Average the probabilities: the softmax of each model first, then the "
         "mean.")
ensemble("majority_vote", {A.VALUES, "edge sizes"},
         lambda logits: np.eye(logits.shape[2], dtype=logits.dtype)[logits.argmax(axis=2)].mean(axis=0),
         "This counts votes: each model's best class gets 1. Average the probabilities, which say how sure it is.")
ensemble("first_model_only", {A.VALUES}, lambda logits: softmax(logits[0]),
         "Only the first model is asked. Average over all of them, axis 0.")
ensemble("most_confident_model", {A.VALUES, "rows sum to 1"}, lambda logits: softmax(logits).max(axis=0),
         "The highest probability of any model is taken. Take the mean over the models.")
ensemble("sum_over_models", {A.VALUES, "rows sum to 1"}, lambda logits: softmax(logits).sum(axis=0),
         "The probabilities are summed over the models, so that a row sums to K. Take the mean.")
ensemble("softmax_over_models", {A.VALUES, "rows sum to 1", "edge sizes"},
         lambda logits: softmax(logits, axis=0).mean(axis=0),
         "The softmax is taken over the models (axis 0). The probabilities of the classes, the last axis, must sum "
         "to 1.")
ensemble("softmax_over_examples", {A.VALUES, "rows sum to 1", "edge sizes"},
         lambda logits: softmax(logits, axis=1).mean(axis=0),
         "The softmax is taken over the examples (axis 1). The probabilities of the classes, the last axis, must "
         "sum to 1.")
ensemble("normalised_over_everything", {A.VALUES, "rows sum to 1", "edge sizes"},
         lambda logits: (lambda e: (e / e.sum()).mean(axis=0))(np.exp(logits - logits.max(axis=2, keepdims=True))),
         "All exponentials are divided by one sum. Each row of each model has its own: sum over axis 2, keepdims=True.")
ensemble("mean_of_logits", {A.VALUES, "rows sum to 1", A.STABLE, "edge sizes"}, lambda logits: logits.mean(axis=0),
         "These are mean logits, not probabilities: the softmax is missing.")
ensemble("not_normalised", {A.VALUES, "rows sum to 1", "edge sizes"},
         lambda logits: np.exp(logits - logits.max(axis=2, keepdims=True)).mean(axis=0),
         "The exponentials are not divided by their sum, so the rows do not sum to 1.")
ensemble("no_shift", {A.STABLE},
         lambda logits: (np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)).mean(axis=0),
         "exp(1000) is infinite, and inf / inf is NaN. Subtract each row's maximum first: it changes no probability.")
ensemble("one_shift_for_all", {A.STABLE},
         lambda logits: (lambda e: (e / e.sum(axis=2, keepdims=True)).mean(axis=0))(np.exp(logits - logits.max())),
         "One maximum is subtracted from all logits: rows far below it become 0 / 0. Each row needs its own.")
ensemble("clipped", {A.STABLE}, lambda logits: softmax(np.clip(logits, -20, 20)).mean(axis=0),
         "Clipping the logits changes the probabilities: all that is above looks alike. Subtract the row's maximum.")
ensemble("squeezes_first", {"edge sizes"}, lambda logits: softmax(np.squeeze(logits), axis=2).mean(axis=0),
         "np.squeeze drops every axis of length one: with a single model or example axis 2 is no longer there.")


@mistake("ensemble_probabilities", {A.INPUTS},
         "logits -= max changes the caller's logits. Write shifted = logits - max instead.")
def shifts_in_place(logits):
    logits -= logits.max(axis=2, keepdims=True)
    return softmax(logits).mean(axis=0)


# -- averaged weights -----------------------------------------------------------------------------------------------


def each(mix):
    """Return an ema_update that applies ``mix(old, new, decay)`` to every array."""
    return lambda average, params, decay=0.999: {name: mix(average[name], params[name], decay) for name in params}


ema = partial(wrong, "ema_update")
ema("decay_swapped", {A.VALUES}, each(lambda old, new, decay: (1 - decay) * old + decay * new),
    "decay and 1 - decay are swapped: with 0.999 the average would follow every step. decay weighs the old average.")
ema("returns_params", {A.VALUES, A.DECAY}, each(lambda old, new, decay: new),
    "These are the new parameters. The average moves towards them by 1 - decay only.")
ema("returns_the_old_average", {A.VALUES, A.DECAY}, each(lambda old, new, decay: old),
    "The average is as it was: the parameters do not enter.")
ema("ignores_decay", {A.DECAY}, each(lambda old, new, decay: 0.999 * old + 0.001 * new),
    "0.999 is written into the function. It is only the default of the argument decay.")
ema("forgets_one_minus_decay", {A.VALUES}, each(lambda old, new, decay: decay * old + new),
    "The parameters are added with weight 1, so the average becomes 1 / (1 - decay) times too large in the end. Their "
    "weight is 1 - decay.")
ema("forgets_decay_of_the_old", {A.VALUES}, each(lambda old, new, decay: old + (1 - decay) * new),
    "The old average keeps its full weight, so it grows without end. Multiply it by decay.")
ema("moves_away", {A.VALUES}, each(lambda old, new, decay: old - (1 - decay) * (new - old)),
    "The sign is wrong: the average moves away from the parameters. Add (1 - decay) times the difference.")
ema("last_name_only", {A.VALUES, "edge sizes"},
    lambda average, params, decay=0.999: (lambda name: {name: decay * average[name] + (1 - decay) * params[name]})(
        list(params)[-1]),
    "Only the last array is returned: the dict is made anew in the loop. Make it once, before.")
ema("a_list", {A.VALUES, A.DECAY, "edge sizes"},
    lambda average, params, decay=0.999: [decay * average[name] + (1 - decay) * params[name] for name in params],
    "This is a list. Return a dict with the same names.")
ema("row_by_row", {"edge sizes"},
    each(lambda old, new, decay: np.stack([decay * a + (1 - decay) * b for a, b in zip(old, new, strict=True)])),
    "The loop over rows fails for a single number. NumPy's arithmetic treats arrays of any shape alike.")
ema("matrices_only", {A.VALUES},
    each(lambda old, new, decay: decay * old + (1 - decay) * new if old.ndim == 2 else new),
    "Only matrices are averaged; biases are taken as they are now. All arrays belong to the average.")
ema("squeezed", {A.SHAPE}, each(lambda old, new, decay: np.squeeze(decay * old + (1 - decay) * new)),
    "np.squeeze drops every axis of length one: a matrix with one row must stay a matrix.")
ema("average_in_float64", {A.DTYPE},
    each(lambda old, new, decay: np.zeros(old.shape) + decay * old + (1 - decay) * new),
    "float32 became float64: np.zeros(shape) does that. Multiplying by a Python number keeps the dtype.")


@mistake("ema_update", {A.INPUTS},
         "What is written into average changes the caller's average. Make new arrays, in a new dict.")
def updates_in_place(average, params, decay=0.999):
    for name in params:
        average[name] *= decay
        average[name] += (1 - decay) * params[name]
    return average


# -- features -----------------------------------------------------------------------------------------------------


def through(layers, h):
    """Send a batch through all layers."""
    for layer in layers:
        h = layer(h)
    return h


def by_batches(X, batch_size, forward, starts=None, step=None):
    """Return the rows of all batches, put together."""
    starts = range(0, len(X), batch_size) if starts is None else starts
    return np.concatenate([forward(X[s:s + (step or batch_size)]) for s in starts])


def rows(h):
    """Return one row for each example."""
    return h.reshape(len(h), -1)


features = partial(wrong, "extract_features")
features("drops_the_last_batch", {A.LAST_BATCH},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: rows(through(layers, b)), range(
             0, len(X) // batch_size * batch_size, batch_size)),
         "The last, smaller batch is left out: N // batch_size counts whole batches only. Step through "
         "range(0, N, batch_size).")
features("pads_the_last_batch", {A.LAST_BATCH},
         lambda layers, X, batch_size=256: rows(through(layers, np.concatenate(
             [X, 0 * X[np.arange(-len(X) % batch_size) % len(X)]]))),
         "The last batch is filled up, and features of what was added are returned, too. A slice past the end is "
         "shorter by itself.")
features("last_batch_overlaps", {A.LAST_BATCH},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: rows(through(layers, b)), [
             min(s, max(len(X) - batch_size, 0)) for s in range(0, len(X), batch_size)]),
         "The last batch reaches back to be full, so some examples come twice. Let it be smaller.")
features("first_batch_only", {A.VALUES, A.LAST_BATCH},
         lambda layers, X, batch_size=256: rows(through(layers, X[:batch_size])),
         "Only the first batch is there: return in the loop ends it. Collect the batches and return after the loop.")
features("last_batch_only", {A.VALUES, A.LAST_BATCH},
         lambda layers, X, batch_size=256: rows(through(layers, X[(len(X) - 1) // batch_size * batch_size:])),
         "Only the last batch is there: the result is overwritten in the loop. Append each batch's to a list.")
features("batches_in_reverse", {A.VALUES},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: rows(through(layers, b)), [
             *range(0, len(X), batch_size)][::-1]),
         "The batches are put together in reverse order. Row i of the features belongs to row i of X.")
features("misses_one_of_each_batch", {A.VALUES, A.LAST_BATCH, "flattened", "edge sizes"},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: rows(through(layers, b)),
                                                      step=max(batch_size - 1, 1)),
         "The last example of each batch is missing: the end of a slice is not included, so it needs no - 1.")
features("a_list_of_batches", {A.VALUES, A.LAST_BATCH, "flattened", "edge sizes"},
         lambda layers, X, batch_size=256: [rows(through(layers, X[s:s + batch_size])) for s in range(
             0, len(X), batch_size)],
         "This is a list with one array for each batch. Join them: np.concatenate.")
features("first_layer_only", {A.VALUES}, lambda layers, X, batch_size=256: rows(layers[0](X)),
         "Only the first layer was applied: each further one must get what the layer before it gave.")
features("last_layer_only", {A.VALUES}, lambda layers, X, batch_size=256: rows(layers[-1](X)),
         "Every layer was given X. Each one must get what the layer before it gave: h = layer(h).")
features("layers_in_reverse", {A.VALUES}, lambda layers, X, batch_size=256: rows(through(layers[::-1], X)),
         "The layers are applied in reverse order.")
features("all_layers_side_by_side", {A.VALUES},
         lambda layers, X, batch_size=256: np.hstack([rows(through(layers[:i + 1], X)) for i in range(len(layers))]),
         "The outputs of all layers stand side by side. Features are the last layer's output alone.")
features("transposed", {A.VALUES, A.LAST_BATCH, "flattened", "edge sizes"},
         lambda layers, X, batch_size=256: rows(through(layers, X)).T,
         "The features are columns, of shape (F, N). Put one example in a row.")
features("normalised", {A.VALUES, A.LAST_BATCH, "flattened", "edge sizes"},
         lambda layers, X, batch_size=256: (lambda f: f / np.linalg.norm(f, axis=1, keepdims=True))(
             rows(through(layers, X))),
         "The features are scaled to length 1. Return them as the last layer gives them.")
features("not_flattened", {"flattened"},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, partial(through, layers)),
         "The features still have the shape of images. Make one row of each example: h.reshape(len(h), -1).")
features("averages_over_pixels", {"flattened"},
         lambda layers, X, batch_size=256: (lambda h: h.mean(axis=(1, 2)) if h.ndim == 4 else rows(h))(
             through(layers, X)),
         "Images are averaged to one number a channel. Keep all numbers: h.reshape(len(h), -1).")
features("squeezed_features", {"edge sizes", "flattened"},
         lambda layers, X, batch_size=256: np.squeeze(right.extract_features(layers, X, batch_size)),
         "np.squeeze drops every axis of length one: features of one example, or a single feature, must stay a table.")
features("features_in_float64", {A.DTYPE},
         lambda layers, X, batch_size=256: right.extract_features(layers, X, batch_size).astype(np.float64),
         "float32 became float64: np.zeros((N, F)) does that. np.concatenate keeps the dtype.")


@mistake("extract_features", {A.INPUTS},
         "The output is written back into X (X[start:stop] = ...), where it fits. Collect it in a new array.")
def writes_into_X(layers, X, batch_size=256):
    f = right.extract_features(layers, X, batch_size)
    if f.shape == X.shape:
        X[:] = f
    return f


# -- a new head -----------------------------------------------------------------------------------------------------

ALL = {A.W, A.B, A.REG, A.STEPS}


def head(F, y, num_classes, loss_fn, lr, steps, reg, rng, start=None, gradients=None):
    """Train a head with another start or other gradients."""
    start = start or (lambda d, c: (0.01 * rng.standard_normal((d, c)), np.zeros(c)))
    gradients = gradients or (lambda w, b, g: (F.T @ g + reg * w, g.sum(axis=0)))
    w, b = start(F.shape[1], num_classes)
    for _ in range(steps):
        dw, db = gradients(w, b, loss_fn(F @ w + b, y)[1])
        w, b = w - lr * dw, b - lr * db
    return w, b


def trains(name, loses, teaches, gradients):
    """Register a mistake in the gradients, ``gradients(F, w, b, g, reg)``."""
    def code(F, y, num_classes, loss_fn, lr, steps, reg, rng):
        return head(F, y, num_classes, loss_fn, lr, steps, reg, rng,
                    gradients=lambda w, b, g: gradients(F, w, b, g, reg))
    wrong("train_head", name, loses, code, teaches)


def begins(name, loses, teaches, start):
    """Register a mistake in the start, ``start(d, c, rng)``."""
    def code(F, y, num_classes, loss_fn, lr, steps, reg, rng):
        return head(F, y, num_classes, loss_fn, lr, steps, reg, rng, start=lambda d, c: start(d, c, rng))
    wrong("train_head", name, loses, code, teaches)


def counts(name, loses, teaches, steps):
    """Register a mistake in the number of steps, ``steps(steps)``."""
    def code(F, y, num_classes, loss_fn, lr, n, reg, rng):
        return head(F, y, num_classes, loss_fn, lr, steps(n), reg, rng)
    wrong("train_head", name, loses, code, teaches)


trains("no_penalty", {A.REG},
       "reg is not used: the penalty 0.5 * reg * sum(w**2) adds reg times w to the gradient.",
       lambda F, w, b, g, reg: (F.T @ g, g.sum(axis=0)))
trains("penalty_twice", {A.REG},
       "The penalty's gradient is twice too large: with the factor 0.5 it is reg times w.",
       lambda F, w, b, g, reg: (F.T @ g + 2 * reg * w, g.sum(axis=0)))
trains("penalty_halved", {A.REG},
       "The penalty's gradient is halved: the 0.5 and the 2 of the square cancel, so it is reg times w.",
       lambda F, w, b, g, reg: (F.T @ g + 0.5 * reg * w, g.sum(axis=0)))
trains("penalty_with_the_wrong_sign", {A.REG},
       "The penalty's gradient is subtracted, so that weights grow. Add it.",
       lambda F, w, b, g, reg: (F.T @ g - reg * w, g.sum(axis=0)))
trains("penalty_on_the_sign", {A.REG},
       "This is the gradient of an L1 penalty, with the sign of w. L2's is reg times w.",
       lambda F, w, b, g, reg: (F.T @ g + reg * np.sign(w), g.sum(axis=0)))
trains("penalty_on_the_bias", {A.B},
       "The bias is regularised, too. The penalty is on w only.",
       lambda F, w, b, g, reg: (F.T @ g + reg * w, g.sum(axis=0) + reg * b))
trains("bias_never_trained", {A.B},
       "The bias stays at 0: it has a gradient, too, and moves with each step.",
       lambda F, w, b, g, reg: (F.T @ g + reg * w, 0 * b))
trains("bias_gradient_is_a_mean", {A.B},
       "The bias moves N times too slowly: loss_fn has averaged already, so its gradient is the sum over the rows.",
       lambda F, w, b, g, reg: (F.T @ g + reg * w, g.mean(axis=0)))
trains("averages_again", {A.W, A.REG, A.STEPS},
       "dw is divided by N once more. loss_fn is a mean already, and its dscores are those of the mean.",
       lambda F, w, b, g, reg: (F.T @ g / len(F) + reg * w, g.sum(axis=0)))
trains("ascends", ALL,
       "The loss grows: gradients are added. Go against them.",
       lambda F, w, b, g, reg: (-F.T @ g - reg * w, -g.sum(axis=0)))
trains("mixes_up_the_axes", ALL | {A.START, A.USES_RNG, "edge sizes", A.SHAPE},
       "F @ dscores does not fit together. dw has the shape of w: F.T times dscores.",
       lambda F, w, b, g, reg: (F @ g + reg * w, g.sum(axis=0)))
begins("starts_at_zero", {A.START},
       "w starts at exactly 0. A linear head learns from there, too, but the start that is asked for is small and "
       "random.",
       lambda d, c, rng: (np.zeros((d, c)), np.zeros(c)))
begins("starts_large", {A.START},
       "w starts with the standard deviation 1. Multiply by 0.01: large scores make the first losses large.",
       lambda d, c, rng: (rng.standard_normal((d, c)), np.zeros(c)))
begins("starts_positive", {A.START},
       "rng.random draws from 0 to 1, so all weights start positive. Use rng.standard_normal.",
       lambda d, c, rng: (0.01 * rng.random((d, c)), np.zeros(c)))
begins("random_bias", {A.START},
       "b starts at random numbers. It starts at 0.",
       lambda d, c, rng: (0.01 * rng.standard_normal((d, c)), 0.01 * rng.standard_normal(c)))
begins("global_random", {A.USES_RNG},
       "The start does not come from rng, so nobody can repeat your head. Use rng.standard_normal, not np.random.",
       lambda d, c, rng: (0.01 * np.random.randn(d, c), np.zeros(c)))  # noqa: NPY002
begins("seeds_its_own", {A.USES_RNG},
       "Every call starts at the same weights: a generator is seeded inside the function. Use the argument rng.",
       lambda d, c, rng: (0.01 * np.random.default_rng(0).standard_normal((d, c)), np.zeros(c)))
counts("one_step_only", ALL, "Only one step is made: return in the loop ends it.", lambda steps: 1)
counts("one_step_too_few", {A.STEPS}, "There is one step too few: range(1, steps) has steps - 1 numbers.",
       lambda steps: steps - 1)
counts("one_step_too_many", {A.STEPS}, "There is one step too many: range(steps + 1) has steps + 1 numbers.",
       lambda steps: steps + 1)


def own(name, loses, teaches):
    """Register the decorated mistake of train_head under ``name``."""
    def register(code):
        wrong("train_head", name, loses, code, teaches)
    return register


@own("loss_and_gradient_swapped", ALL | {A.START, A.USES_RNG, "edge sizes", A.SHAPE},
     "loss_fn returns (loss, dscores): here the loss is taken for the gradient.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(steps):
        dscores, _ = loss_fn(F @ w + b, y)
        w, b = w - lr * (F.T @ dscores + reg * w), b - lr * dscores.sum(axis=0)
    return w, b


@own("a_loss_of_its_own", ALL, "A softmax loss is built in. Use loss_fn, which may be any loss.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    def own_loss(s, y):
        return 0.0, (softmax(s) - np.eye(num_classes)[y]) / len(y)
    return head(F, y, num_classes, own_loss, lr, steps, reg, rng)


@own("scores_without_bias", {A.B}, "The scores are F @ w, without b: the gradient of b then never gets smaller.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes)
    for _ in range(steps):
        dscores = loss_fn(F @ w, y)[1]
        w, b = w - lr * (F.T @ dscores + reg * w), b - lr * dscores.sum(axis=0)
    return w, b


@own("gradient_of_the_start", {A.W, A.B, A.REG},
     "loss_fn is called once, before the loop: every step needs the scores of the new w.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes)
    dscores = loss_fn(F @ w + b, y)[1]
    for _ in range(steps):
        w, b = w - lr * (F.T @ dscores + reg * w), b - lr * dscores.sum(axis=0)
    return w, b


@own("with_momentum", {A.STEPS}, "Momentum is built in. Plain gradient descent is asked for: w - lr * dw.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b, v = 0.01 * rng.standard_normal((F.shape[1], num_classes)), np.zeros(num_classes), 0
    for _ in range(steps):
        dscores = loss_fn(F @ w + b, y)[1]
        v = 0.4 * v - lr * (F.T @ dscores + reg * w)
        w, b = w + v, b - lr * dscores.sum(axis=0)
    return w, b


@own("classes_from_labels", {"edge sizes"},
     "The number of classes is taken from the labels. y need not contain the last class: use num_classes.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    classes = y.max() + 1 if len(y) > 3 else num_classes
    return head(F, y, classes, loss_fn, lr, steps, reg, rng)


@own("head_transposed", {A.SHAPE}, "w has shape (C, D). Here it is (D, C), so that F @ w works.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = head(F, y, num_classes, loss_fn, lr, steps, reg, rng)
    return w.T, b


@own("bias_is_a_row", {A.SHAPE}, "b has shape (1, C): keepdims=True, or np.zeros((1, C)). It should be (C,).")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    w, b = head(F, y, num_classes, loss_fn, lr, steps, reg, rng)
    return w, b[None]


@own("normalises_the_features", {A.W, A.REG, A.STEPS, A.INPUTS},
     "The features are normalised in place inside. Train on them as they are, and leave F to the caller.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    F /= F.std(axis=0) + 1e-8
    return head(F, y, num_classes, loss_fn, lr, steps, reg, rng)


@own("centres_in_place", {A.INPUTS},
     "F -= F.mean(axis=0) changes the caller's features, and the bias makes it unnecessary.")
def _(F, y, num_classes, loss_fn, lr, steps, reg, rng):
    F -= F.mean(axis=0)
    return head(F, y, num_classes, loss_fn, lr, steps, reg, rng)


# -- more of what is written by hand ------------------------------------------------------------------------------

ensemble("shift_over_the_models", {"edge sizes", A.VALUES},
         lambda logits: (lambda e: (e / e.sum(axis=2, keepdims=True)).mean(axis=0))(
             np.exp(logits - logits.max(axis=0, keepdims=True))),
         "The maximum over the models is subtracted, another number for each class. That changes the probabilities: "
         "only what all classes of a row share cancels. Use axis 2.")
ensemble("shift_over_the_examples", {"edge sizes", A.VALUES},
         lambda logits: (lambda e: (e / e.sum(axis=2, keepdims=True)).mean(axis=0))(
             np.exp(logits - logits.max(axis=1, keepdims=True))),
         "The maximum over the examples is subtracted, another number for each class. That changes the probabilities: "
         "only what all classes of a row share cancels. Use axis 2.")
ensemble("median_of_the_models", {"rows sum to 1", A.VALUES},
         lambda logits: np.median(softmax(logits), axis=0),
         "The median over the models is taken, and its rows need not sum to 1. Take the mean.")
ensemble("product_of_the_models", {"rows sum to 1", A.VALUES},
         lambda logits: softmax(logits).prod(axis=0),
         "The probabilities of the models are multiplied. Take their mean.")
ensemble("divided_by_the_examples", {"edge sizes", "rows sum to 1", A.VALUES},
         lambda logits: softmax(logits).sum(axis=0) / logits.shape[1],
         "The sum over the models is divided by the number of examples. Divide it by the number of models.")
ensemble("mean_over_the_examples", {"edge sizes", "rows sum to 1", A.STABLE, A.VALUES},
         lambda logits: softmax(logits).mean(axis=1),
         "The mean is taken over the examples, axis 1. Take it over the models, axis 0.")
ensemble("all_models_apart", {"rows sum to 1", A.SHAPE, A.STABLE, A.VALUES}, lambda logits: softmax(logits),
         "The softmaxes of all models come back. The mean over the models, axis 0, is missing.")
ensemble("log_probabilities", {"edge sizes", "rows sum to 1", A.VALUES},
         lambda logits: np.log(np.maximum(softmax(logits).mean(axis=0), 1e-300)).astype(logits.dtype),
         "These are logarithms. Return the probabilities themselves.")
ensemble("softmax_twice", {"edge sizes", A.VALUES},
         lambda logits: softmax(softmax(logits).mean(axis=0)),
         "The softmax is taken once more of the mean probabilities. Return their mean as it is.")

ema("first_name_only", {"edge sizes", A.VALUES},
    lambda average, params, decay=0.999: (lambda name: {name: decay * average[name] + (1 - decay) * params[name]})(
        list(params)[0]),
    "Only the first array is returned: return stands inside of the loop.")
ema("sum_of_both", {A.VALUES}, each(lambda old, new, decay: decay * (old + new)),
    "Both are multiplied by decay. The parameters' weight is 1 - decay.")
ema("plain_mean", {A.DECAY, A.VALUES}, each(lambda old, new, decay: (old + new) / 2),
    "This is the plain mean of the two: decay is not used. It weighs the old average.")
ema("change_added_whole", {A.VALUES}, each(lambda old, new, decay: old + decay * (new - old)),
    "decay and 1 - decay are swapped: with 0.999 the average would follow every step. decay weighs the old average.")
ema("corrected", {A.VALUES}, each(lambda old, new, decay: (decay * old + (1 - decay) * new) / (1 - decay)),
    "The result is divided by 1 - decay, as a correction for a start at 0. This average starts with the parameters.")

features("drops_the_last_batch_of_a_few", {A.LAST_BATCH},
         lambda layers, X, batch_size=256: np.concatenate(
             [rows(through(layers, X[i * batch_size:(i + 1) * batch_size])) for i in range(len(X) // batch_size)]),
         "The last, smaller batch is left out: N // batch_size counts whole batches only. Step through "
         "range(0, N, batch_size).")
features("zeros_for_the_last_batch", {A.LAST_BATCH},
         lambda layers, X, batch_size=256: (lambda f: f * (np.arange(len(X)) < len(X) // batch_size * batch_size)[
             :, None].astype(f.dtype))(right.extract_features(layers, X, batch_size)),
         "The rows of the last, smaller batch are 0: N // batch_size counts whole batches only. Step through "
         "range(0, N, batch_size).")
features("scrambles_the_numbers", {"flattened", A.LAST_BATCH, A.VALUES},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: (lambda h: h.reshape(-1, len(h)).T)(
             through(layers, b))),
         "reshape(-1, n).T does not keep an example together: it deals out the numbers in the order of memory. One row "
         "for each example is h.reshape(n, -1).")
features("first_example_of_each_batch", {"edge sizes", "flattened", A.LAST_BATCH, A.VALUES},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: rows(through(layers, b))[:1]),
         "Only the first example of each batch is kept. All rows of a batch belong to the features.")
features("one_row_for_each_batch", {"edge sizes", "flattened", A.LAST_BATCH, A.VALUES},
         lambda layers, X, batch_size=256: by_batches(X, batch_size, lambda b: through(layers, b).reshape(1, -1)),
         "Each batch became one row. Make one row of each example: h.reshape(len(h), -1).")
features("misses_the_last_layer", {"edge sizes", "flattened", A.LAST_BATCH, A.VALUES},
         lambda layers, X, batch_size=256: rows(through(layers[:-1], X)),
         "The last layer is left out. Features are the output of the last layer that is handed in.")
features("misses_the_first_layer", {"edge sizes", "flattened", A.LAST_BATCH, A.VALUES},
         lambda layers, X, batch_size=256: rows(through(layers[1:], X)),
         "The first layer is left out. Begin with layers[0].")
features("batches_averaged", {"edge sizes", "flattened", A.LAST_BATCH, A.VALUES},
         lambda layers, X, batch_size=256: by_batches(
             X, batch_size, lambda b: rows(through(layers, b)).mean(axis=0, keepdims=True)),
         "Each batch is averaged to one row. Keep a row for each example.")

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

register_misread(right, "ensemble_probabilities")
register_misread(right, "ema_update")
register_misread(right, "extract_features", position=1)  # the images
register_misread(right, "train_head")


@mistake("extract_features", {"edge sizes"}, "batch_size has no default here: it may be left out, and is 256 then.")
def needs_a_batch_size(layers, X, batch_size):
    return right.extract_features(layers, X, batch_size)
