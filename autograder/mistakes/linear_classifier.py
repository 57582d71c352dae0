"""Known mistakes in ``cs231n_lib.linear_classifier``."""

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import reorder_results

right = reference.load("linear_classifier")
A = reference.load_aspects("linear_classifier")

# -- the affine layer -------------------------------------------------------------------------------------------


@mistake("affine_forward", {A.VALUES}, "The bias is missing: out = x @ w + b.")
def forgets_bias(x, w, b):
    return x.reshape(len(x), -1) @ w, (x, w, b)


@mistake("affine_forward", {"edge sizes"},
         "This works for x of shape (N, D) only. Images have more axes: flatten each example first, with "
         "x.reshape(x.shape[0], -1).")
def forgets_to_flatten(x, w, b):
    return x @ w + b, (x, w, b)


@mistake("affine_forward", {"edge sizes"},
         "The pixels are flattened in another order than w's rows. Use reshape's default order.")
def flattens_columns_first(x, w, b):
    return x.reshape(len(x), -1, order="F") @ w + b, (x, w, b)


@mistake("affine_forward", {A.SHAPE},
         "For a batch of one, squeeze removes the axis of the batch. The output is always (N, M).")
def squeezes(x, w, b):
    return (x.reshape(len(x), -1) @ w + b).squeeze(), (x, w, b)


@mistake("affine_forward", {A.DTYPE}, "np.zeros makes float64, whatever x is: float32 in should give float32 out.")
def fills_float64(x, w, b):
    out = np.zeros((len(x), w.shape[1]))
    out[:] = x.reshape(len(x), -1) @ w + b
    return out, (x, w, b)


@mistake("affine_forward", {A.INPUTS},
         "Assigning to x.shape reshapes the caller's array itself. x.reshape(...) gives you a new view and leaves x "
         "as it is.")
def reshapes_in_place(x, w, b):
    shape = len(x), int(np.prod(x.shape[1:]))
    # Does to x what ``x.shape = shape`` does: that is deprecated from NumPy 2.5 on, and so is ``x.resize(shape)``.
    x.__setstate__((1, shape, x.dtype, False, x.tobytes()))
    return x @ w + b, (x, w, b)


SCRAMBLED = ("reshape(-1, N) does not keep an example together: it deals out the numbers in the order of memory, so "
             "each column holds parts of several examples. One row for each example is x.reshape(N, -1); for dw, "
             "transpose that.")


@mistake("affine_forward", {A.VALUES, "edge sizes"}, SCRAMBLED)
def scrambles_examples(x, w, b):
    return x.reshape(-1, len(x)).T @ w + b, (x, w, b)


@mistake("affine_backward", {A.DW}, SCRAMBLED)
def dw_of_scrambled_examples(dout, cache):
    dx, _, db = right.affine_backward(dout, cache)
    return dx, cache[0].reshape(-1, len(dout)) @ dout, db


@mistake("affine_backward", {A.DX},
         "dx is scrambled: w @ dout.T has the examples in its columns, and reshape does not turn them into rows. The "
         "product with examples as rows is dout @ w.T.")
def dx_of_scrambled_examples(dout, cache):
    x, w, _ = cache
    return (w @ dout.T).reshape(x.shape), *right.affine_backward(dout, cache)[1:]


@mistake("affine_backward", {A.DB},
         "db is one number: sum() without an axis adds up the units, too. Sum over the batch only (axis=0), so that "
         "one number is left for each unit.")
def db_is_one_number(dout, cache):
    dx, dw, _ = right.affine_backward(dout, cache)
    return dx, dw, dout.sum()


@mistake("affine_backward", {A.DB},
         "db is summed along the rows: one number for each example. Sum over the batch (axis=0), so that one number "
         "is left for each unit.")
def db_along_the_rows(dout, cache):
    dx, dw, _ = right.affine_backward(dout, cache)
    return dx, dw, dout.sum(axis=1)


@mistake("affine_backward", {A.DB},
         "The upstream gradient is missing in db: these are ones, or how many there are. The chain rule multiplies by "
         "dout: db is the sum of dout over the batch.")
def db_without_upstream(dout, cache):
    dx, dw, _ = right.affine_backward(dout, cache)
    return dx, dw, np.ones_like(cache[2])


@mistake("affine_backward", {A.DX, A.DW, A.DB, "edge sizes"},
         "These are local derivatives: w, x and 1. The chain rule multiplies each by the upstream gradient dout.")
def local_derivatives_only(dout, cache):
    x, w, b = cache
    return w.T, x.reshape(len(x), -1).T, np.ones_like(b)


@mistake("affine_backward", {A.DX},
         "This dx is N times too small: the loss has divided by N already, and dout carries that. Nothing else is "
         "divided.")
def dx_averaged_again(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return dx / len(dout), dw, db


reorder_results(right, "affine_backward", "dx dw db", ("dw dx db", {A.DX, A.DW}), ("dx db dw", {A.DW, A.DB}),
                ("db dw dx", {A.DX, A.DB}), ("dw db dx", {A.DX, A.DW, A.DB, "edge sizes"}),
                ("db dx dw", {A.DX, A.DW, A.DB, "edge sizes"}))


@mistake("affine_backward", {A.SHAPE},
         "With keepdims=True db has the shape (1, M). A gradient has the shape of the thing it belongs to: b is "
         "(M,).")
def db_keeps_dims(dout, cache):
    dx, dw, _ = right.affine_backward(dout, cache)
    return dx, dw, dout.sum(axis=0, keepdims=True)


@mistake("affine_backward", {A.DB},
         "This db is N times too small: it is the sum over the batch, not the mean. The loss has divided by N "
         "already, and dout carries that.")
def db_is_a_mean(dout, cache):
    dx, dw, _ = right.affine_backward(dout, cache)
    return dx, dw, dout.mean(axis=0)


@mistake("affine_backward", {A.DW}, "dw is transposed: dout.T @ x has the shape (M, D), and w is (D, M).")
def dw_transposed(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return dx, dw.T, db


@mistake("affine_backward", {A.DW},
         "This dw is N times too small: the loss has divided by N already, and dout carries that. x.T @ dout sums "
         "over the batch.")
def dw_averaged_again(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return dx, dw / len(dout), db


@mistake("affine_backward", {A.DX},
         "The upstream gradient is missing: this is w summed over the outputs, as if dout were all ones. The chain "
         "rule multiplies: dx = dout @ w.T.")
def dx_without_upstream(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return right.affine_backward(np.ones_like(dout), cache)[0], dw, db


@mistake("affine_backward", {"edge sizes"},
         "dx is still flat. Fold it back with reshape(x.shape), so that it has the shape of x.")
def dx_not_folded_back(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return dx.reshape(len(dx), -1), dw, db


@mistake("affine_backward", {"edge sizes"},
         "This works for x of shape (N, D) only. For dw, flatten each example first: x.reshape(x.shape[0], -1).T @ "
         "dout.")
def dw_of_unflattened(dout, cache):
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), x.T @ dout, dout.sum(axis=0)


@mistake("affine_backward", {A.DTYPE},
         "np.zeros makes float64, whatever dout is: float32 in should give float32 out.")
def gradients_in_float64(dout, cache):
    return tuple(g.astype(np.float64) for g in right.affine_backward(dout, cache))


@mistake("affine_backward", {A.INPUTS},
         "db = dout[0] is no copy: adding to it changes the first row of dout. Use dout.sum(axis=0).")
def sums_into_dout(dout, cache):
    dx, dw, _ = right.affine_backward(dout, cache)
    db = dout[0]
    for row in dout[1:]:
        db += row
    return dx, dw, db


# -- softmax ------------------------------------------------------------------------------------------------------


def log_probabilities(x):
    """Return the logarithm of the softmax of each row."""
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def probabilities(x):
    """Return the softmax of each row."""
    return np.exp(log_probabilities(x))


def softmax_gradient(x, y):
    """Return the right gradient."""
    return right.softmax_loss(x, y)[1]


@mistake("softmax_loss", {A.STABLE},
         "exp(1000) is inf, and inf / inf is NaN. Subtract the largest score of each row first: the probabilities "
         "stay the same.")
def no_max_shift(x, y):
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


@mistake("softmax_loss", {A.STABLE},
         "One maximum for the whole batch is subtracted. A row far below it becomes all zeros, 0 / 0: subtract each "
         "row's own maximum, x.max(axis=1, keepdims=True).")
def global_max(x, y):
    return no_max_shift(x - x.max(), y)


@mistake("softmax_loss", {A.STABLE},
         "One maximum for the whole batch is subtracted. In a row far below it every exponential becomes 0, and the "
         "logarithm of their sum is -inf: subtract each row's own maximum, x.max(axis=1, keepdims=True).")
def global_max_of_log_sum(x, y):
    shifted, rows = x - x.max(), np.arange(len(y))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[rows, y] -= 1
    return -log_p[rows, y].mean(), dx / len(y)


def keep_probability_from_0(name, smallest, loses):
    """Register the logarithm of a p to which ``smallest`` is added; a clip at that number gives the same results."""
    def code(x, y):
        p = probabilities(x)[np.arange(len(y)), y]
        return -np.log(p + smallest).mean(), softmax_gradient(x, y)

    code.__name__ = name
    mistake("softmax_loss", loses,
            "A small number keeps p away from 0, added to it or as a bound: the loss then never exceeds a cap (27.6 "
            "for 1e-12). Use log p = shifted - log(sum(exp(shifted))): it needs no such number.")(code)


keep_probability_from_0("clips_probability", 1e-12, {A.STABLE})
for power in (8, 9, 10):  # so large that it shows where p is a millionth, as among the edge sizes
    keep_probability_from_0(f"keeps_p_from_0_by_1e_{power}", 10.0**-power, {A.STABLE, "edge sizes"})
for power in (15, 16, 20):
    keep_probability_from_0(f"keeps_p_from_0_by_1e_{power}", 10.0**-power, {A.STABLE})


@mistake("softmax_loss", {A.STABLE},
         "The logarithm is taken of a p that underflows to 0: the loss is inf. Use log p = shifted - "
         "log(sum(exp(shifted))) instead of log(p).")
def log_of_underflow(x, y):
    return -np.log(probabilities(x)[np.arange(len(y)), y]).mean(), softmax_gradient(x, y)


@mistake("softmax_loss", {A.LOSS}, "The loss is N times too large: it is the mean over the batch, not the sum.")
def loss_not_averaged(x, y):
    return right.softmax_loss(x, y)[0] * len(y), softmax_gradient(x, y)


@mistake("softmax_loss", {A.LOSS},
         "p[:, y] picks for every row the columns of all labels. p[np.arange(N), y] picks one entry from each row.")
def loss_of_all_columns(x, y):
    return -log_probabilities(x)[:, y].mean(), softmax_gradient(x, y)


@mistake("softmax_loss", {A.LOSS}, "The sign is wrong: -log p is positive, and small where p is near 1.")
def loss_without_minus(x, y):
    return -right.softmax_loss(x, y)[0], softmax_gradient(x, y)


@mistake("softmax_loss", {A.LOSS}, "This is one loss per example. Return their mean, a single number.")
def loss_per_example(x, y):
    return -log_probabilities(x)[np.arange(len(y)), y], softmax_gradient(x, y)


@mistake("softmax_loss", {A.GRADIENT},
         "The gradient is N times too large: the loss is a mean over the batch, so its gradient is divided by N, "
         "too.")
def gradient_not_averaged(x, y):
    return right.softmax_loss(x, y)[0], softmax_gradient(x, y) * len(y)


@mistake("softmax_loss", {A.GRADIENT},
         "This is p / N. Subtract 1 at each example's own class: dx = (p - onehot(y)) / N.")
def gradient_without_onehot(x, y):
    return right.softmax_loss(x, y)[0], probabilities(x) / len(y)


@mistake("softmax_loss", {A.GRADIENT},
         "Indexing [:, y] changes the columns of all labels in every row. Only one entry of each row belongs to that "
         "row's own label: give the rows an index, too.")
def onehot_in_all_rows(x, y):
    dx = probabilities(x)
    dx[:, y] -= 1
    return right.softmax_loss(x, y)[0], dx / len(y)


@mistake("softmax_loss", {A.LOSS, A.GRADIENT, A.STABLE, "edge sizes"},
         "The softmax is taken over the batch (axis 0). The probabilities of one example, in a row, must sum to 1: "
         "use axis=1 with keepdims=True.")
def softmax_over_the_batch(x, y):
    log_p = log_probabilities(x.T).T
    return -log_p[np.arange(len(y)), y].mean(), (np.exp(log_p) - np.eye(x.shape[1])[y]) / len(y)


@mistake("softmax_loss", {"edge sizes"},
         "The number of classes is taken from the labels. A batch need not contain the last class: use x.shape[1].")
def classes_from_labels(x, y):
    onehot = np.eye(y.max() + 1, dtype=x.dtype)[y]
    return right.softmax_loss(x, y)[0], (probabilities(x) - onehot) / len(y)


@mistake("softmax_loss", {A.SHAPE}, "The loss is an array of shape (1, 1). Return a single number.")
def loss_keeps_dims(x, y):
    return np.full((1, 1), right.softmax_loss(x, y)[0]), softmax_gradient(x, y)


@mistake("softmax_loss", {A.DTYPE},
         "dx is float64 even for float32 scores: np.eye and np.zeros without a dtype, and astype(float), promote. "
         "dtype=x.dtype keeps it.")
def softmax_in_float64(x, y):
    return right.softmax_loss(x.astype(np.float64), y)


@mistake("softmax_loss", {A.INPUTS},
         "x -= max changes the caller's scores. Write shifted = x - max instead.")
def shifts_in_place(x, y):
    x -= x.max(axis=1, keepdims=True)
    return right.softmax_loss(x, y)


def softmax_of(shift, divisor):
    """Return a loss that is written as most write it, with one of two steps done in another way."""
    def code(x, y):
        rows = np.arange(len(y))
        shifted = x - shift(x)
        p = np.exp(shifted) / divisor(np.exp(shifted))
        loss = -np.log(p[rows, y]).mean()
        p[rows, y] -= 1
        return loss, p / len(y)
    return code


def max_of_each_row(x):
    return x.max(axis=1, keepdims=True)


def sum_of_each_row(e):
    return e.sum(axis=1, keepdims=True)


def softmax_mistake(name, loses, teaches, shift=max_of_each_row, divisor=sum_of_each_row):
    """Register a loss with another maximum to subtract, or another sum to divide by."""
    code = softmax_of(shift, divisor)
    code.__name__ = name
    mistake("softmax_loss", loses, teaches)(code)


EVERYWHERE = {A.LOSS, A.GRADIENT, A.STABLE, "edge sizes"}
FLAT_ROWS = ("A maximum or a sum of each row has the shape (N,) here, and NumPy lines that up with the columns. It "
             "must be (N, 1), one number for each row: keepdims=True does that.")
softmax_mistake("max_forgets_keepdims", EVERYWHERE, FLAT_ROWS, shift=lambda x: x.max(axis=1))
softmax_mistake("sum_forgets_keepdims", EVERYWHERE, FLAT_ROWS, divisor=lambda e: e.sum(axis=1))
COLUMNS_SHIFTED = ("The maximum of each column is subtracted. That changes the probabilities: only a number that all "
                   "scores of a row share cancels. Use axis=1.")
softmax_mistake("max_of_each_column", EVERYWHERE, COLUMNS_SHIFTED, shift=lambda x: x.max(axis=0))
softmax_mistake("sums_over_everything", {A.LOSS, A.GRADIENT, A.STABLE}, "The exponentials are summed over the whole "
                "batch: sum() has no axis. The probabilities of each row must sum to 1: axis=1, keepdims=True.",
                divisor=np.sum)


@mistake("softmax_loss", EVERYWHERE, COLUMNS_SHIFTED)
def max_of_each_column_in_the_log(x, y):
    shifted, rows = x - x.max(axis=0), np.arange(len(y))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_p)
    dx[rows, y] -= 1
    return -log_p[rows, y].mean(), dx / len(y)


@mistake("softmax_loss", {A.LOSS},
         "The maximum is subtracted in the sum of the exponentials, but not from the score of the own class. Both "
         "terms need it: log p = shifted - log(sum(exp(shifted))).")
def own_score_not_shifted(x, y):
    rows = np.arange(len(y))
    shifted = x - max_of_each_row(x)
    return (-x[rows, y] + np.log(np.exp(shifted).sum(axis=1))).mean(), softmax_gradient(x, y)


MEAN_OF_ALL = ("This is divided by all N * C entries, as mean() does it for an array of shape (N, C). Each example has "
               "one loss, so divide by N.")


@mistake("softmax_loss", {A.LOSS}, MEAN_OF_ALL)
def loss_divided_by_all(x, y):
    return -(np.eye(x.shape[1])[y] * log_probabilities(x)).mean(), softmax_gradient(x, y)


@mistake("softmax_loss", {A.GRADIENT}, MEAN_OF_ALL)
def gradient_divided_by_all(x, y):
    return right.softmax_loss(x, y)[0], softmax_gradient(x, y) / x.shape[1]


@mistake("softmax_loss", {A.GRADIENT},
         "The sign of the gradient is turned: this is (onehot(y) - p) / N. It is p - onehot(y), so that a step against "
         "the gradient raises the score of the own class.")
def gradient_with_the_sign_turned(x, y):
    loss, dx = right.softmax_loss(x, y)
    return loss, -dx


@mistake("softmax_loss", {A.GRADIENT},
         "1 is added at each example's own class, where it should be subtracted: dx = (p - onehot(y)) / N.")
def onehot_added(x, y):
    dx = probabilities(x)
    dx[np.arange(len(y)), y] += 1
    return right.softmax_loss(x, y)[0], dx / len(y)


@mistake("softmax_loss", {A.GRADIENT},
         "Only the column of the own class has a gradient. Every score is in the sum of the softmax, so each of the "
         "other classes gets p / N: dx = (p - onehot(y)) / N.")
def gradient_of_the_own_class_only(x, y):
    loss, dx = right.softmax_loss(x, y)
    return loss, dx * np.eye(x.shape[1], dtype=x.dtype)[y]


@mistake("softmax_loss", {A.GRADIENT},
         "p * (1 - p) is the derivative of one probability with respect to its own score. With the logarithm and the "
         "other scores it becomes p - onehot(y).")
def gradient_of_one_probability(x, y):
    p = probabilities(x)
    return right.softmax_loss(x, y)[0], p * (1 - p) / len(y)


reorder_results(right, "softmax_loss", "loss dx", ("dx loss", {A.LOSS, A.GRADIENT, A.STABLE, "edge sizes"}))

# -- hinge loss ---------------------------------------------------------------------------------------------------


def svm(x, y, delta=1):
    """Return (margins with the own class at 0, loss, gradient) for any margin ``delta``."""
    rows = np.arange(len(y))
    margins = np.maximum(0, x - x[rows, y][:, None] + delta)
    margins[rows, y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return margins, margins.sum() / len(y), dx / len(y)


def svm_of_margins(scores, y):
    """Return (loss, gradient) from margins that are not cut off at 0 yet."""
    rows = np.arange(len(y))
    margins = np.maximum(0, scores)
    margins[rows, y] = 0
    dx = (margins > 0).astype(scores.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / len(y), dx / len(y)


@mistake("svm_loss", {A.LOSS},
         "The loss is 1 too large: the own class is in the sum, with a margin of exactly 1. Leave it out.")
def counts_the_own_class(x, y):
    _, loss, dx = svm(x, y)
    return loss + 1, dx


@mistake("svm_loss", {A.LOSS}, "The loss is N times too large: it is the mean over the batch, not the sum.")
def hinge_not_averaged(x, y):
    _, loss, dx = svm(x, y)
    return loss * len(y), dx


@mistake("svm_loss", {A.GRADIENT},
         "The gradient is N times too large: the loss is a mean over the batch, so its gradient is divided by N, "
         "too.")
def hinge_gradient_not_averaged(x, y):
    _, loss, dx = svm(x, y)
    return loss, dx * len(y)


@mistake("svm_loss", {A.GRADIENT},
         "The own class has no gradient here. Each positive margin of a row contains -x_y, so it takes 1 from dx at "
         "y.")
def own_class_forgotten(x, y):
    margins, loss, _ = svm(x, y)
    return loss, (margins > 0).astype(x.dtype) / len(y)


@mistake("svm_loss", {A.GRADIENT},
         "The own class gets -1 however many margins are positive. It gets -1 for each of them: minus their number.")
def own_class_counted_once(x, y):
    margins, loss, _ = svm(x, y)
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(len(y)), y] = -1
    return loss, dx / len(y)


@mistake("svm_loss", {A.LOSS, A.GRADIENT},
         "The margin is missing: the own score must beat the others by 1, so each term is max(0, x_j - x_y + 1).")
def delta_zero(x, y):
    return svm(x, y, delta=0)[1:]


@mistake("svm_loss", {A.GRADIENT},
         "The count at the own class is one too high: its own margin was counted, too. It is always 1: set it to 0 "
         "first, and count the margins that are > 0, not >= 0.")
def own_margin_counted(x, y):
    _, loss, dx = svm(x, y)
    dx[np.arange(len(y)), y] -= 1 / len(y)
    return loss, dx


@mistake("svm_loss", {A.LOSS, A.GRADIENT, "edge sizes"},
         "The own class is in the sum, with a margin of exactly 1: the loss is 1 too large, and its gradient is wrong "
         "at the own class. Set that margin to 0 first.")
def own_margin_not_set_to_0(x, y):
    rows = np.arange(len(y))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return margins.sum() / len(y), dx / len(y)


@mistake("svm_loss", {A.GRADIENT},
         "The own class gets plus the number of positive margins. Its score is subtracted in each of them: minus "
         "their number.")
def own_class_with_plus(x, y):
    _, loss, dx = svm(x, y)
    rows = np.arange(len(y))
    dx[rows, y] = -dx[rows, y]
    return loss, dx


@mistake("svm_loss", {A.GRADIENT},
         "The sign of the gradient is turned: a step against it would lower the score of the own class. Each positive "
         "margin adds 1 at its own column and takes 1 from the own class.")
def hinge_gradient_with_the_sign_turned(x, y):
    _, loss, dx = svm(x, y)
    return loss, -dx


@mistake("svm_loss", {A.GRADIENT},
         "The margins themselves are in dx. The slope of max(0, margin) is 1 where the margin is positive, however "
         "large it is.")
def margins_for_slopes(x, y):
    margins, loss, _ = svm(x, y)
    margins[np.arange(len(y)), y] = -margins.sum(axis=1)
    return loss, margins / len(y)


@mistake("svm_loss", {A.LOSS, A.GRADIENT, "edge sizes"},
         "The margin is turned: this is x_y - x_j + 1, which is large where the answer is right. It is x_j - x_y + 1.")
def margins_turned(x, y):
    return svm_of_margins(x[np.arange(len(y)), y][:, None] - x + 1, y)


@mistake("svm_loss", {A.LOSS, A.GRADIENT},
         "The margin of 1 is subtracted: each term is max(0, x_j - x_y + 1), positive already where x_j comes within "
         "1 of x_y.")
def delta_subtracted(x, y):
    return svm(x, y, delta=-1)[1:]


@mistake("svm_loss", {A.LOSS}, MEAN_OF_ALL)
def hinge_divided_by_all(x, y):
    _, loss, dx = svm(x, y)
    return loss / x.shape[1], dx


@mistake("svm_loss", {A.GRADIENT}, MEAN_OF_ALL)
def hinge_gradient_divided_by_all(x, y):
    _, loss, dx = svm(x, y)
    return loss, dx / x.shape[1]


OWN_SCORES = ("The scores of the own classes do not line up with the rows: x[np.arange(N), y] picks one from each row "
              "(x[:, y] picks the columns of all labels), and [:, np.newaxis] makes that (N, 1).")


@mistake("svm_loss", {A.LOSS, A.GRADIENT, "edge sizes"}, OWN_SCORES)
def own_scores_as_a_row(x, y):
    return svm_of_margins(x - x[np.arange(len(y)), y] + 1, y)


@mistake("svm_loss", {A.LOSS, A.GRADIENT, "edge sizes"}, OWN_SCORES)
def own_scores_of_all_columns(x, y):
    return svm_of_margins(x - x[:, y] + 1, y)


reorder_results(right, "svm_loss", "loss dx", ("dx loss", {A.LOSS, A.GRADIENT, "edge sizes"}))


@mistake("svm_loss", {"edge sizes"},
         "The number of classes is taken from the labels. A batch need not contain the last class: use x.shape[1].")
def hinge_classes_from_labels(x, y):
    mask = np.eye(y.max() + 1, dtype=bool)[y]
    margins = np.where(mask, 0, np.maximum(0, x - x[mask][:, None] + 1))
    return margins.sum() / len(y), svm(x, y)[2]


@mistake("svm_loss", {A.SHAPE}, "The loss is an array of shape (1, 1). Return a single number.")
def hinge_keeps_dims(x, y):
    return np.full((1, 1), svm(x, y)[1]), svm(x, y)[2]


@mistake("svm_loss", {A.DTYPE},
         "dx is float64 even for float32 scores: np.zeros and astype(float) promote, np.zeros_like(x) does not.")
def hinge_in_float64(x, y):
    return svm(x.astype(np.float64), y)[1:]


@mistake("svm_loss", {A.INPUTS},
         "x -= ... changes the caller's scores. Make a new array: margins = x - own + 1.")
def margins_in_place(x, y):
    x -= x[np.arange(len(y)), y][:, None]
    return svm(x, y)[1:]


# -- mini-batches -------------------------------------------------------------------------------------------------


@mistake("sample_batch", {A.PAIRING},
         "X and y are drawn with different indices, so the labels do not belong to the rows. Draw the indices once "
         "and use them for both.")
def draws_twice(X, y, batch_size, rng):
    return X[rng.integers(0, len(X), batch_size)], y[rng.integers(0, len(X), batch_size)]


@mistake("sample_batch", {A.DISTRIBUTION},
         "The last row is never drawn: the upper end of rng.integers is not included, so it must be len(X), not "
         "len(X) - 1.")
def misses_the_last(X, y, batch_size, rng):
    picked = rng.integers(0, len(X) - 1, batch_size)
    return X[picked], y[picked]


@mistake("sample_batch", {A.REPLACEMENT},
         "The rows are drawn without replacement. Here the same row may come twice, and batch_size may exceed N: "
         "use rng.integers, or rng.choice as it is.")
def without_replacement(X, y, batch_size, rng):
    picked = rng.permutation(len(X))[:batch_size]
    return X[picked], y[picked]


@mistake("sample_batch", {A.REPLACEMENT},
         "The rows are drawn without replacement. Here the same row may come twice, and batch_size may exceed N: "
         "use rng.integers, or rng.choice as it is.")
def chooses_without_replacement(X, y, batch_size, rng):
    picked = rng.choice(len(X), batch_size, replace=False)
    return X[picked], y[picked]


@mistake("sample_batch", {A.DISTRIBUTION},
         "The indices run up to batch_size: only the first rows of X are ever drawn. Their upper end is len(X).")
def indices_below_batch_size(X, y, batch_size, rng):
    picked = rng.integers(0, batch_size, batch_size)
    return X[picked], y[picked]


@mistake("sample_batch", {A.DISTRIBUTION, A.REPLACEMENT},
         "The batch is a run of neighbouring rows from a random place. Draw each row by itself: batch_size indices, "
         "rng.integers(0, len(X), size=batch_size).")
def run_of_neighbours(X, y, batch_size, rng):
    start = rng.integers(0, len(X) - batch_size + 1)
    return X[start:start + batch_size], y[start:start + batch_size]


@mistake("sample_batch", {A.USES_RNG},
         "The random numbers do not come from rng, so nobody can repeat your batch. Use rng.integers(...), not "
         "np.random.")
def global_random(X, y, batch_size, rng):
    picked = np.random.randint(0, len(X), batch_size)  # noqa: NPY002
    return X[picked], y[picked]


@mistake("sample_batch", {A.USES_RNG},
         "Every call gives the same batch: a generator is seeded inside the function. Use the argument rng, which "
         "moves on from call to call.")
def seeds_its_own(X, y, batch_size, rng):
    return right.sample_batch(X, y, batch_size, np.random.default_rng(0))


@mistake("sample_batch", {A.DISTRIBUTION, A.REPLACEMENT, A.USES_RNG},
         "These are always the first rows of X: let rng draw the indices.")
def first_rows(X, y, batch_size, rng):
    return X[:batch_size], y[:batch_size]


@mistake("sample_batch", {A.SHAPE},
         "The examples are flattened and the labels stand in a column. X[picked] and y[picked] keep the shape of "
         "what is drawn.")
def flattens_examples(X, y, batch_size, rng):
    Xb, yb = right.sample_batch(X, y, batch_size, rng)
    return Xb.reshape(batch_size, -1), yb[:, None]


@mistake("sample_batch", {A.DTYPE},
         "The batch was copied into arrays of np.zeros, which are float64. X[picked] keeps the dtype, and labels "
         "must stay integers.")
def batch_in_float64(X, y, batch_size, rng):
    Xb, yb = right.sample_batch(X, y, batch_size, rng)
    return Xb.astype(np.float64), yb.astype(np.float64)


@mistake("sample_batch", {A.REPLACEMENT, A.INPUTS},
         "X and y are shuffled in place, so the caller's data changes with every batch. Draw indices instead.")
def shuffles_in_place(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return X[:batch_size], y[:batch_size]


# -- the training loop --------------------------------------------------------------------------------------------


def train(draw_batch, loss_fn, w, b, lr, reg, steps, dw=lambda X, g, w, reg: X.T @ g + reg * w,
          db=lambda g, b, reg: g.sum(axis=0), penalty=lambda w, b, reg: 0.5 * reg * np.sum(w**2)):
    """Train with another gradient of w or b, or another penalty in the history."""
    losses = []
    for _ in range(steps):
        X, y = draw_batch()
        loss, g = loss_fn(X @ w + b, y)
        losses.append(loss + penalty(w, b, reg))
        w, b = w - lr * dw(X, g, w, reg), b - lr * db(g, b, reg)
    return w, b, np.array(losses)


@mistake("train_linear", {A.W, A.B, A.REG},
         "The steps go up the slope: the gradient was added. The loss falls where one goes against it.")
def climbs(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, -lr, reg, steps)


@mistake("train_linear", {A.W, A.REG},
         "The step of w goes up the slope: its gradient was added, and that of b subtracted. Both are subtracted.")
def climbs_with_the_weights(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, dw=lambda X, g, w, reg: -(X.T @ g + reg * w))


@mistake("train_linear", {A.B},
         "The step of b goes up the slope: its gradient was added, and that of w subtracted. Both are subtracted.")
def climbs_with_the_bias(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, db=lambda g, b, reg: -g.sum(axis=0))


@mistake("train_linear", {A.W, A.B, A.REG}, "lr is not used: the steps are as long as the gradient itself.")
def ignores_lr(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, 1.0, reg, steps)


@mistake("train_linear", {A.REG},
         "The penalty is in the loss, but not in the step: w does not feel it. What is added to a loss has a slope.")
def steps_without_the_penalty(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, dw=lambda X, g, w, reg: X.T @ g)


@mistake("train_linear", {A.REG},
         "The slope of the penalty is twice as large as it should be. The 0.5 in 0.5 * reg * sum(w**2) is there to "
         "take the 2 of the square away.")
def doubles_the_penalty(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, dw=lambda X, g, w, reg: X.T @ g + 2 * reg * w)


BIAS_PENALIZED = "The bias is penalised, too. The penalty is on w alone."


@mistake("train_linear", {A.B, A.LOSS}, BIAS_PENALIZED)
def penalizes_the_bias_in_the_history_too(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, db=lambda g, b, reg: g.sum(axis=0) + reg * b,
                 penalty=lambda w, b, reg: 0.5 * reg * (np.sum(w**2) + np.sum(b**2)))


@mistake("train_linear", {A.LOSS},
         "The penalty acts after the step, on weights that have moved already. Take both slopes at the w with which "
         "the step begins, and move once.")
def shrinks_after_the_step(draw_batch, loss_fn, w, b, lr, reg, steps):
    losses = []
    for _ in range(steps):
        X, y = draw_batch()
        loss, g = loss_fn(X @ w + b, y)
        losses.append(loss + 0.5 * reg * np.sum(w**2))
        w, b = w - lr * (X.T @ g), b - lr * g.sum(axis=0)
        w = w - lr * reg * w
    return w, b, np.array(losses)


@mistake("train_linear", {A.B}, BIAS_PENALIZED)
def penalizes_the_bias(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, db=lambda g, b, reg: g.sum(axis=0) + reg * b)


@mistake("train_linear", {A.B},
         "The gradient of b is a mean over the batch. The loss has divided by the number of examples already: add the "
         "rows up.")
def averages_for_the_bias(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, db=lambda g, b, reg: g.mean(axis=0))


@mistake("train_linear", {A.B}, "b stays where it began: it is trained like w.")
def leaves_the_bias(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, db=lambda g, b, reg: 0 * b)


@mistake("train_linear", {A.W},
         "The gradient of w was divided by the size of the batch. The loss is a mean already, and so is its gradient.")
def averages_twice(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, dw=lambda X, g, w, reg: X.T @ g / len(X) + reg * w)


@mistake("train_linear", {A.LOSS},
         "The history is without the penalty. What the training makes small is the sum of both: that is what to watch.")
def history_without_the_penalty(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, penalty=lambda w, b, reg: 0.0)


@mistake("train_linear", {A.LOSS}, "The penalty in the history lacks its factor 0.5.")
def history_without_the_half(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps, penalty=lambda w, b, reg: reg * np.sum(w**2))


@mistake("train_linear", {A.LOSS},
         "The penalty in the history is that of the weights after the step. Note the loss down before w moves.")
def history_with_the_next_penalty(draw_batch, loss_fn, w, b, lr, reg, steps):
    losses = []
    for _ in range(steps):
        X, y = draw_batch()
        loss, g = loss_fn(X @ w + b, y)
        w, b = w - lr * (X.T @ g + reg * w), b - lr * g.sum(axis=0)
        losses.append(loss + 0.5 * reg * np.sum(w**2))
    return w, b, np.array(losses)


@mistake("train_linear", {A.LOSS},
         "The scores lack the bias: it moves, but nothing that the loss sees depends on it.")
def scores_without_the_bias(draw_batch, loss_fn, w, b, lr, reg, steps):
    losses, start = [], b
    for _ in range(steps):
        X, y = draw_batch()
        loss, g = loss_fn(X @ w, y)
        losses.append(loss + 0.5 * reg * np.sum(w**2))
        w, start = w - lr * (X.T @ g + reg * w), start - lr * g.sum(axis=0)
    return w, start, np.array(losses)


@mistake("train_linear", {A.LOSS},
         "Only the last loss comes back. The history has one number for each step.")
def returns_the_last_loss(draw_batch, loss_fn, w, b, lr, reg, steps):
    w, b, losses = train(draw_batch, loss_fn, w, b, lr, reg, steps)
    return w, b, losses[-1]


@mistake("train_linear", {A.NEW_BATCHES},
         "One batch is drawn before the loop and used in all steps. Draw a new one in each step, inside of the loop.")
def draws_once(draw_batch, loss_fn, w, b, lr, reg, steps):
    batch = draw_batch()
    return train(lambda: batch, loss_fn, w, b, lr, reg, steps)


@mistake("train_linear", {A.NEW_BATCHES},
         "Two batches are drawn in each step. Draw once, and use the batch for the loss and for the gradient.")
def draws_twice_a_step(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(lambda: (draw_batch(), draw_batch())[1], loss_fn, w, b, lr, reg, steps)


@mistake("train_linear", {A.W, A.B, A.REG, A.LOSS, A.NEW_BATCHES, "edge sizes"},
         "There is one step too many, or one too few: exactly as many as steps says.")
def one_step_less(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train(draw_batch, loss_fn, w, b, lr, reg, steps - 1)


@mistake("train_linear", {"edge sizes"},
         "np.squeeze takes an axis away from a batch of one. What draw_batch gives has the right shape already.")
def squeezes_the_batch(draw_batch, loss_fn, w, b, lr, reg, steps):
    def squeezed():
        X, y = draw_batch()
        return np.squeeze(X), y

    return train(squeezed, loss_fn, w, b, lr, reg, steps)


@mistake("train_linear", {A.SHAPE},
         "keepdims=True gives b a second axis. b has the shape that it came with, (C,).")
def keeps_an_axis(draw_batch, loss_fn, w, b, lr, reg, steps):
    w, b, losses = train(draw_batch, loss_fn, w, b, lr, reg, steps)
    return w, b[None], losses


def overwrite_the_start(name, *moved):
    """Register a training loop whose ``moved`` results are the arrays of the caller."""
    def code(draw_batch, loss_fn, w, b, lr, reg, steps):
        start = {A.W: w, A.B: b}
        results = train(draw_batch, loss_fn, w, b, lr, reg, steps)
        for key, new in zip(start, results, strict=False):
            if key in moved:
                start[key][:] = new
        return results

    code.__name__ = name
    mistake("train_linear", {A.INPUTS},
            "w -= ... and b -= ... write into the array of the caller, who may want to start from it again. "
            "w = w - ... makes a new one.")(code)


overwrite_the_start("moves_the_start", A.W, A.B)
overwrite_the_start("moves_the_first_weights", A.W)
overwrite_the_start("moves_the_first_bias", A.B)


# -- more of what is written by hand ------------------------------------------------------------------------------


@mistake("affine_forward", {A.VALUES}, "The bias is subtracted: out = x @ w + b.")
def subtracts_the_bias(x, w, b):
    return x.reshape(len(x), -1) @ w - b, (x, w, b)


@mistake("affine_forward", {A.VALUES},
         "The biases are added up first: each unit has its own. Broadcasting adds b to every row.")
def one_bias_for_all(x, w, b):
    return x.reshape(len(x), -1) @ w + b.sum(), (x, w, b)


@mistake("affine_backward", {A.DW},
         "The upstream gradient is missing in dw: dw = x.T @ dout.")
def dw_without_upstream(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return dx, np.broadcast_to(cache[0].reshape(len(dout), -1).sum(axis=0)[:, None], dw.shape).copy(), db


@mistake("affine_backward", {A.DW},
         "dw is made of the mean of x and the sum of dout. Each example's x belongs to its own dout: x.T @ dout.")
def dw_of_the_mean_example(dout, cache):
    dx, dw, db = right.affine_backward(dout, cache)
    return dx, np.outer(cache[0].reshape(len(dout), -1).mean(axis=0), dout.sum(axis=0)), db


def other_base(base):
    """Register the logarithm to another base: that of the probability, and that of the sum of exponentials alone."""
    def logarithm_of_p(x, y):
        loss, dx = right.softmax_loss(x, y)
        return loss / np.log(base), dx

    def logarithm_of_the_sum(x, y):
        shifted = x - max_of_each_row(x)
        logs = np.log(np.exp(shifted).sum(axis=1)) / np.log(base)
        return (logs - shifted[np.arange(len(y)), y]).mean(), right.softmax_loss(x, y)[1]

    for code in (logarithm_of_p, logarithm_of_the_sum):
        code.__name__ += f"_to_base_{base}"
        mistake("softmax_loss", {A.LOSS},
                f"The logarithm is to base {base}. The loss takes the natural one, np.log.")(code)


other_base(2)
other_base(10)


@mistake("softmax_loss", {A.GRADIENT, A.LOSS, A.STABLE},
         "The exponentials are summed over the whole batch: sum() has no axis. The probabilities of each row must sum "
         "to 1: axis=1, keepdims=True.")
def sums_over_the_batch_after_the_shift(x, y):
    exps, rows = np.exp(x - x.max()), np.arange(len(y))
    p = exps / exps.sum()
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(y)


@mistake("softmax_loss", {A.LOSS},
         "The logarithm is missing: this is minus the mean probability of the own class. The loss is minus the mean of "
         "its logarithm.")
def probability_for_its_logarithm(x, y):
    exps = np.exp(x - max_of_each_row(x))
    return -(exps / exps.sum(axis=1, keepdims=True))[np.arange(len(y)), y].mean(), right.softmax_loss(x, y)[1]


@mistake("softmax_loss", {A.GRADIENT},
         "The gradient is made of the scores. It is made of the probabilities: (p - onehot(y)) / N.")
def scores_for_probabilities(x, y):
    dx = x.copy()
    dx[np.arange(len(y)), y] -= 1
    return right.softmax_loss(x, y)[0], dx / len(y)


def worst_margins(x, y):
    """Return, for each row, the largest margin of a wrong class, and that class."""
    rows = np.arange(len(y))
    margins = x - x[rows, y][:, None] + 1
    margins[rows, y] = -np.inf
    worst = margins.argmax(axis=1)
    return np.maximum(margins[rows, worst], 0), worst


@mistake("svm_loss", {"edge sizes", A.GRADIENT, A.LOSS},
         "Only the largest margin of each row counts here. The loss adds up the margins of all wrong classes.")
def largest_margin_only(x, y):
    margins, worst = worst_margins(x, y)
    dx, rows = np.zeros_like(x), np.arange(len(y))
    dx[rows, worst] = margins > 0
    dx[rows, y] -= margins > 0
    return margins.mean(), dx / len(y)


@mistake("svm_loss", {A.GRADIENT},
         "The own class gets -1 however many margins are positive. It gets -1 for each of them: minus their number.")
def own_class_minus_one_always(x, y):
    margins, loss, _ = svm(x, y)
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(len(y)), y] -= 1
    return loss, dx / len(y)


@mistake("svm_loss", {A.GRADIENT},
         "The own class gets -1 however many margins are positive. It gets -1 for each of them: minus their number.")
def own_class_minus_one_if_any(x, y):
    margins, loss, _ = svm(x, y)
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(len(y)), y] = -(margins > 0).any(axis=1).astype(x.dtype)
    return loss, dx / len(y)


@mistake("svm_loss", {"edge sizes", A.GRADIENT, A.LOSS},
         "The margins are squared: that is the squared hinge. Here they are added up as they are.")
def margins_squared(x, y):
    margins = svm(x, y)[0]
    dx = 2 * margins
    dx[np.arange(len(y)), y] -= dx.sum(axis=1)
    return (margins**2).sum() / len(y), dx / len(y)


@mistake("svm_loss", {A.GRADIENT, A.LOSS},
         "Negative margins are counted, too: max(0, ...) is missing.")
def margins_not_cut_off(x, y):
    rows, (n, c) = np.arange(len(y)), x.shape
    margins = x - x[rows, y][:, None] + 1
    margins[rows, y] = 0
    dx = np.ones_like(x)
    dx[rows, y] = 1 - c
    return margins.sum() / n, dx / n


@mistake("svm_loss", {A.GRADIENT},
         "The gradient counts every wrong class. Only those whose margin is positive have a part in the loss.")
def negative_margins_in_the_gradient(x, y):
    return svm(x, y)[1], margins_not_cut_off(x, y)[1]


def train_wrongly(draw_batch, loss_fn, w, b, lr, reg, steps, after=False, step=None):
    """Train with another step, or with losses that are found after it."""
    losses = []
    for _ in range(steps):
        X, y = draw_batch()
        X = X.reshape(len(X), -1)
        loss, dscores = loss_fn(X @ w + b, y)
        loss += 0.5 * reg * np.sum(w**2)
        dw, db = X.T @ dscores, dscores.sum(axis=0)
        w, b = step(w, b, dw, db) if step else (w - lr * (dw + reg * w), b - lr * db)
        losses.append(loss_fn(X @ w + b, y)[0] + 0.5 * reg * np.sum(w**2) if after else loss)
    return w, b, np.array(losses)


@mistake("train_linear", {A.LOSS},
         "Each loss is found after the step. It is that of the weights which the gradient belongs to, before the step.")
def losses_after_the_step(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train_wrongly(draw_batch, loss_fn, w, b, lr, reg, steps, after=True)


@mistake("train_linear", {A.REG},
         "The penalty's gradient is halved: the 0.5 and the 2 of the square cancel, so it is reg * w.")
def penalty_halved_in_the_step(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train_wrongly(draw_batch, loss_fn, w, b, lr, reg, steps,
                         step=lambda w, b, dw, db: (w - lr * (dw + 0.5 * reg * w), b - lr * db))


@mistake("train_linear", {A.REG},
         "The penalty pushes the weights away from 0: reg * w is added to the gradient, which is then subtracted.")
def penalty_with_the_wrong_sign(draw_batch, loss_fn, w, b, lr, reg, steps):
    return train_wrongly(draw_batch, loss_fn, w, b, lr, reg, steps,
                         step=lambda w, b, dw, db: (w - lr * (dw - reg * w), b - lr * db))

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

for name in ("affine_forward", "affine_backward", "softmax_loss", "svm_loss"):
    register_misread(right, name)


@mistake("sample_batch", {A.INPUTS},
         "X and y are shuffled in place before the draw, so the caller's data changes with every batch. Drawing "
         "indices is enough.", unseen=True)
def shuffles_before_it_draws(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return right.sample_batch(X, y, batch_size, rng)
