"""Mistakes that real learners made in the linear classifier: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named, judge_code


def name_case(value):
    """Name a case by its mistake."""
    return value if isinstance(value, str) else ""


# -- the affine layer ---------------------------------------------------------------------------------------------


def affine_backward(**wrong):
    """Return an affine_backward written with np.dot, some of its gradients given as functions of (dout, x, w)."""
    def backward(dout, cache):
        x, w, _ = cache
        rows = np.reshape(x, (x.shape[0], -1))
        gradients = {"dx": np.dot(dout, w.T).reshape(*x.shape), "dw": np.dot(rows.T, dout), "db": np.sum(dout, axis=0)}
        return tuple(wrong[k](dout, x, w) if k in wrong else value for k, value in gradients.items())
    return backward


def averaged_weights(dout, x, w):
    return np.dot(x.reshape(len(x), -1).T, dout) * (1 / dout.shape[0])


@pytest.mark.parametrize(("gradients", "known"), [
    ({"db": lambda dout, x, w: np.average(dout, axis=0)}, "db_is_a_mean"),  # 1
    ({"db": lambda dout, x, w: np.sum(dout)}, "db_is_one_number"),  # 2
    ({"db": lambda dout, x, w: np.dot(dout, np.ones(dout.shape[1]))}, "db_along_the_rows"),
    ({"dw": averaged_weights}, "dw_averaged_again"),
    ({"dw": lambda dout, x, w: np.dot(x.reshape(-1, dout.shape[0]), dout)}, "dw_of_scrambled_examples"),
    ({"dx": lambda dout, x, w: np.dot(w, dout.T).reshape(x.shape)}, "dx_of_scrambled_examples"),
], ids=name_case)
def test_wrong_gradient_of_the_affine_layer_is_named(gradients, known):
    """Is one wrong gradient of three named?"""
    expect_named("affine_backward", affine_backward(**gradients), known)


def test_weights_and_bias_divided_by_n_are_both_named():
    """Row 4: dw and db are divided by the batch size a second time."""
    code = affine_backward(dw=averaged_weights, db=lambda dout, x, w: dout.sum(0) / x.shape[0])
    expect_named("affine_backward", code, "dw_averaged_again", "db_is_a_mean")


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_gradients_in_another_order_are_named(order):
    """Is the order named, whichever it is?"""
    def reordered(dout, cache):
        gradients = affine_backward()(dout, cache)
        return gradients[order[0]], gradients[order[1]], gradients[order[2]]

    expect_named("affine_backward", reordered, "returns_dw_dx_db")


def test_scrambled_examples_are_named():
    """Is reshape(-1, N).T named where the examples should be the rows?"""
    def forward(x, w, b):
        return np.dot(np.transpose(x.reshape(-1, x.shape[0])), w) + b, (x, w, b)

    expect_named("affine_forward", forward, "scrambles_examples")


# -- softmax ------------------------------------------------------------------------------------------------------


def log_softmax(x):
    """Return the logarithm of the probabilities."""
    highest = np.max(x, axis=1).reshape(-1, 1)
    return x - highest - np.log(np.sum(np.exp(x - highest), axis=1)).reshape(-1, 1)


def softmax_loss(gradient, loss=None):
    """Return a softmax_loss; ``gradient(p, y)`` is its gradient, ``loss(p, y)`` its loss if it is not right."""
    def code(x, y):
        p = np.exp(log_softmax(x))
        mean = loss(p, y) if loss else -np.average(log_softmax(x)[range(len(y)), y])
        return mean, gradient(p, y).astype(x.dtype)
    return code


def right_gradient(p, y):
    dx = np.array(p)
    for i, label in enumerate(y):
        dx[i, label] -= 1
    return dx / p.shape[0]


def diagonal_of_the_jacobian(p, y):
    dx = np.zeros(p.shape)
    for i, label in enumerate(y):
        dx[i, label] = p[i, label] * (1 - p[i, label]) * -1 / p[i, label] / len(y)
    return dx


@pytest.mark.parametrize(("gradient", "known"), [
    (lambda p, y: right_gradient(p, y) * len(p), "gradient_not_averaged"),  # 5
    (diagonal_of_the_jacobian, "gradient_of_the_own_class_only"),  # 8
    (lambda p, y: (np.eye(p.shape[1])[y] - p) / len(p), "gradient_with_the_sign_turned"),
    (lambda p, y: (p - p**2) / len(p), "gradient_of_one_probability"),
    (lambda p, y: right_gradient(p, y) * len(p) / p.size, "gradient_divided_by_all"),
], ids=name_case)
def test_wrong_gradient_of_softmax_is_named(gradient, known):
    """Is a wrong gradient beside a right loss named?"""
    expect_named("softmax_loss", softmax_loss(gradient), known)


def test_gradient_of_the_own_class_beside_an_underflow_is_named():
    """Row 8 as it was found: the loss takes the logarithm of a p that underflows, too."""
    code = softmax_loss(diagonal_of_the_jacobian, lambda p, y: np.mean([-np.log(p[i, c]) for i, c in enumerate(y)]))
    expect_named("softmax_loss", code, "gradient_of_the_own_class_only", "log_of_underflow")


@pytest.mark.parametrize("smallest", [1e-8, 1e-9, 1e-10, 1e-12, 1e-15])
@pytest.mark.parametrize("keep", [np.add, np.maximum])
def test_number_that_keeps_p_from_0_is_named(keep, smallest):
    """Is log(p + small) named, and a clip at the same number?"""
    code = softmax_loss(right_gradient, lambda p, y: -np.mean(np.log(keep(p[np.arange(len(y)), y], smallest))))
    expect_named("softmax_loss", code, "clips_probability")


def softmax_of_scores(shift, total):
    """Return a softmax_loss that divides exponentials by ``total(e)``; ``shift(x)`` is subtracted before."""
    def code(x, y):
        e = np.exp(np.subtract(x, shift(x)))
        p = e / total(e)
        return np.mean(-np.log(p[range(len(y)), y])), right_gradient(p, y)
    return code


@pytest.mark.parametrize(("shift", "total", "known"), [
    (lambda x: 0, lambda e: np.sum(e, 1)[:, None], "no_max_shift"),  # 7
    (np.max, lambda e: np.sum(e, 1)[:, None], "global_max"),
    (lambda x: np.max(x, 1), lambda e: np.sum(e, 1)[:, None], "max_forgets_keepdims"),
    (lambda x: np.max(x, 1)[:, None], lambda e: np.sum(e, 1), "sum_forgets_keepdims"),
    (lambda x: np.max(x, 1), lambda e: np.sum(e, 1), "max_forgets_keepdims"),
    (lambda x: np.max(x, 1)[:, None], np.sum, "sums_over_everything"),
], ids=name_case)
def test_maximum_or_sum_of_the_wrong_numbers_is_named(shift, total, known):
    """Is a missing maximum, axis or keepdims named?"""
    expect_named("softmax_loss", softmax_of_scores(shift, total), known)


# -- hinge loss ---------------------------------------------------------------------------------------------------


def svm_loop(own_in_loss=False, own_in_count=False, sign=1):
    """Return an svm_loss in two loops, in which the own class may be counted, in the loss or at its own entry."""
    def code(x, y):
        loss, dx = 0.0, np.zeros_like(x)
        for i, label in enumerate(y):
            for j, score in enumerate(x[i]):
                margin = score - x[i, label] + 1
                if margin > 0:
                    loss += margin * (j != label or own_in_loss)
                    dx[i, j] += j != label
                    dx[i, label] -= j != label or own_in_count
        return loss / len(x), sign * dx / len(x)
    return code


@pytest.mark.parametrize(("settings", "known"), [
    ({"own_in_count": True}, "own_margin_counted"),  # 10
    ({"own_in_loss": True}, "counts_the_own_class"),  # 11
    ({"own_in_loss": True, "own_in_count": True}, "own_margin_not_set_to_0"),
    ({"sign": -1}, "hinge_gradient_with_the_sign_turned"),
], ids=name_case)
def test_own_class_counted_in_the_hinge_loss_is_named(settings, known):
    """Is the own class named, in the loss and in the count?"""
    expect_named("svm_loss", svm_loop(**settings), known)


# -- mini-batches -------------------------------------------------------------------------------------------------


def test_choice_without_replacement_is_named():
    """Is rng.choice with replace=False named, which raises where the batch is larger than the data?"""
    def sample(X, y, batch_size, rng):
        order = rng.choice(np.arange(X.shape[0]), size=batch_size, replace=False)
        return np.take(X, order, axis=0), np.take(y, order)

    expect_named("sample_batch", sample, "chooses_without_replacement")


# -- what a cold reader of notebook 00 tried, and what got no name or a wrong one ----------------------------------


def svm_loss_with(count):
    """Return a svm_loss whose gradient has a 1 where ``count(margins)`` says so; the own margin is set to 0 before."""
    def loss_fn(x, y):
        rows = np.arange(len(y))
        margins = x - x[rows, y][:, None] + 1
        margins[rows, y] = 0
        dx = count(margins).astype(x.dtype)
        dx[rows, y] = -np.sum(dx, axis=1)
        return np.maximum(margins, 0).sum() / len(y), dx / len(y)
    return loss_fn


def test_margins_of_0_that_are_counted_are_named():
    """Does the sentence about the own margin fit where it was set to 0 and >= counts it?"""
    expect_named("svm_loss", svm_loss_with(lambda margins: margins >= 0), "own_margin_counted")


def test_one_maximum_for_the_batch_is_named_in_the_logarithm_of_a_sum_too():
    """Is it named where the loss becomes -inf, not nan?"""
    def loss_fn(x, y):
        shifted, rows = x - np.max(x), np.arange(len(y))
        logs = np.log(np.sum(np.exp(shifted), axis=1))
        dx = np.exp(shifted - logs[:, None])
        dx[rows, y] -= 1
        return np.mean(logs - shifted[rows, y]), dx / len(y)

    expect_named("softmax_loss", loss_fn, "global_max_of_log_sum")


def loop(sign=-1, late=False, in_place=False):
    """Return a train_linear, with one thing done otherwise: see the cases of the test."""
    def train_linear(draw_batch, loss_fn, w, b, lr, reg, steps):
        losses = []
        for _ in range(steps):
            X, y = draw_batch()
            before = w.copy()
            loss, g = loss_fn(X.dot(w) + b, y)
            step = lr * (X.T.dot(g) + reg * w)
            if in_place:
                w -= step
            else:
                w = w + sign * step
            b = b - lr * np.sum(g, axis=0)
            losses.append(loss + 0.5 * reg * np.sum((w if late else before)**2))
        return w, b, np.array(losses)
    return train_linear


@pytest.mark.parametrize(("changed", "known"), [
    ({"sign": 1}, "climbs_with_the_weights"), ({"late": True}, "history_with_the_next_penalty"),
    ({"in_place": True}, "moves_the_first_weights"),
], ids=name_case)
def test_mistake_in_the_training_loop_is_named(changed, known):
    """Is the name found for a step up the slope, a late penalty, weights that move in place?"""
    expect_named("train_linear", loop(**changed), known)


def test_card_of_the_training_loop_shows_what_it_was_given():
    """Can a reader redo the numbers of a wrong loop, and does the card say why its loss may be negative?"""
    def stays(draw_batch, loss_fn, w, b, lr, reg, steps):
        return w, b, np.array([loss_fn(draw_batch()[0] @ w + b, None)[0] for _ in range(steps)])

    report = judge_code("train_linear", stays)
    shown = next(row.inputs for row in report.rows if row.aspect == "w")
    for part in ("Xb, always = [[", "w = [[", "b = [", "lr = 0.5", "reg = 0.0", "steps = 3", "a toy", "G = [["):
        assert part in shown
    assert len(str(report).splitlines()) <= 25


def softmax_by_logs(shift, sign):
    """Return a softmax_loss by way of log p; ``shift`` gives what is subtracted, ``sign`` that of the one."""
    def loss_fn(x, y):
        shifted, rows = x - shift(x), np.arange(x.shape[0])
        logs = np.log(np.sum(np.exp(shifted), axis=1))
        dx = np.exp(shifted - logs[:, np.newaxis])
        dx[rows, y] += sign
        return np.mean(logs - shifted[rows, y]), dx / x.shape[0]
    return loss_fn


@pytest.mark.parametrize(("shift", "sign", "known"), [
    (lambda x: np.amax(x, axis=0), -1, "max_of_each_column_in_the_log"),
    (lambda x: np.amax(x, axis=1, keepdims=True), 1, "onehot_added")], ids=name_case)
def test_softmax_by_logarithms_is_named(shift, sign, known):
    """Is the maximum of the columns named where no probability is divided, and a one with the wrong sign?"""
    expect_named("softmax_loss", softmax_by_logs(shift, sign), known)


def train_in_place_of_sums(penalized_bias=0.0, after=False):
    """Return a train_linear whose penalty covers b, or acts in a second line after the step."""
    def loop(draw_batch, loss_fn, w, b, lr, reg, steps):
        w, b, history = w.copy(), b.copy(), np.zeros(steps)
        for step in range(steps):
            inputs, labels = draw_batch()
            data_loss, dscores = loss_fn(inputs.dot(w) + b, labels)
            history[step] = data_loss + 0.5 * reg * ((w * w).sum() + penalized_bias * (b * b).sum())
            dw, db = inputs.T.dot(dscores), dscores.sum(axis=0) + penalized_bias * reg * b
            w -= lr * (dw if after else dw + reg * w)
            w -= lr * reg * w if after else 0
            b -= lr * db
        return w, b, history
    return loop


@pytest.mark.parametrize(("settings", "known"), [
    ({"penalized_bias": 1.0}, "penalizes_the_bias_in_the_history_too"), ({"after": True}, "shrinks_after_the_step")],
    ids=name_case)
def test_penalty_in_the_wrong_place_is_named(settings, known):
    """Is a penalty on b named that stands in the losses, too, and one that acts after the step?"""
    expect_named("train_linear", train_in_place_of_sums(**settings), known)
