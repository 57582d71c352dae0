"""Mistakes that real learners made in activation functions: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named, judge_code


def name_case(value):
    """Name a case by its function and its mistake."""
    return value if isinstance(value, str) else ""


def steep(x, alpha):
    """Return the exponential of what is not positive."""
    return alpha * np.exp(np.where(x > 0, 0, x))


def masked_elu(x, alpha=1.0):
    positive = (x > 0).astype(x.dtype)
    return positive * x + (1 - positive) * (alpha * (np.exp(x) - 1)), (x, alpha)


@pytest.mark.parametrize(("function", "code", "known"), [
    ("tanh_forward", lambda x: (2 / (1 + np.exp(-x)) - 1,) * 2, "half_as_steep"),  # 17
    ("elu_forward", masked_elu, "infinity_times_zero"),  # 25
    ("tanh_forward", lambda x: (np.divide(np.expm1(2 * x), np.exp(2 * x) + 1),) * 2, "infinity_over_infinity_above"),
    ("leaky_relu_forward", lambda x, alpha=0.01: (np.minimum(x, alpha * x), (x, alpha)), "scales_the_positive"),
], ids=name_case)
def test_wrong_forward_is_named(function, code, known):
    """Is a wrong forward named?"""
    expect_named(function, code, known)


@pytest.mark.parametrize(("function", "gradient", "known"), [
    ("tanh_backward", lambda dout, out: dout - np.square(out), "brackets_missing"),  # 16
    ("sigmoid_backward", lambda dout, out: np.multiply(dout, out) - out, "brackets_missing"),
    ("sigmoid_backward", lambda dout, out: -dout * out + dout * out * out, "sign_turned"),
    ("relu_backward", lambda dout, x: np.where(x > 0, x, 0) * dout, "times_the_output"),  # 20
    ("relu_backward", lambda dout, x: np.where(x > 0, 1.0, 0.0), "forgets_dout"),
], ids=name_case)
def test_wrong_gradient_is_named(function, gradient, known):
    """Is a wrong backward whose cache is one array named?"""
    expect_named(function, gradient, known)


@pytest.mark.parametrize(("function", "gradient", "known"), [
    ("leaky_relu_backward", lambda dout, x, alpha: np.where(x <= 0, 0, dout), "stops_below_zero"),  # 22
    ("leaky_relu_backward", lambda dout, x, alpha: dout * (x > 0) + alpha * (x <= 0), "forgets_dout_below_zero"),  # 23
    ("leaky_relu_backward", lambda dout, x, alpha: (x > 0) + alpha * (x <= 0), "forgets_dout"),
    ("elu_backward", lambda dout, x, alpha: np.where(x > 0, dout, dout * (x + alpha)), "x_for_the_output"),  # 26
    ("elu_backward", lambda dout, x, alpha: np.where(x > 0, dout, steep(x, alpha)), "forgets_dout_below_zero"),
    ("elu_backward", lambda dout, x, alpha: np.where(x > 0, 1, steep(x, alpha)), "forgets_dout"),
    ("elu_backward", lambda dout, x, alpha: np.where(dout > 0, dout, dout * steep(x, alpha)), "gate_on_dout"),
], ids=name_case)
def test_wrong_gradient_with_alpha_is_named(function, gradient, known):
    """Is a wrong backward whose cache holds alpha named?"""
    expect_named(function, lambda dout, cache: gradient(dout, *cache), known)


@pytest.mark.parametrize(("change", "known"), [
    (lambda dout, x, a: {"dx": np.where(x > 0, 1.0, a)}, "dx_forgets_dout"),
    (lambda dout, x, a: {"da": np.sum(dout[x <= 0] * x[x <= 0])}, "da_is_one_number"),
    (lambda dout, x, a: {"da": np.sum(np.where(x > 0, 0, x), axis=0 if np.shape(a) else None)}, "da_without_upstream"),
], ids=name_case)
def test_wrong_gradient_of_prelu_is_named(change, known):
    """Is one wrong gradient of two named?"""
    def backward(dout, cache):
        x, a = cache
        below = np.where(x > 0, 0, dout * x)
        right = {"dx": np.where(x > 0, 1, a) * dout, "da": below.sum(axis=0) if np.shape(a) else below.sum()}
        return tuple({**right, **change(dout, x, a)}.values())

    expect_named("prelu_backward", backward, known)


@pytest.mark.parametrize(("order", "sums", "known"), [
    ((0, 1, 3, 2, 4), np.sum, "returns_dx_dw1_dw2_db1_db2"),
    ((1, 2, 3, 4, 0), np.sum, "returns_dx_dw1_dw2_db1_db2"),
    ((0, 1, 2, 3, 4), lambda dz, axis: np.sum(dz), "db_is_one_number"),
    ((0, 1, 2, 3, 4), lambda dz, axis: dz.sum(axis=1), "db_along_the_rows"),
], ids=name_case)
def test_wrong_gradient_of_maxout_is_named(order, sums, known):
    """Are another order of the five gradients, and sums over other axes, named?"""
    def backward(dout, cache):
        x, w1, w2, first = cache
        dz1, dz2 = np.where(first, dout, 0), np.where(first, 0, dout)
        gradients = [np.dot(dz1, w1.T) + np.dot(dz2, w2.T), np.dot(x.T, dz1), sums(dz1, axis=0),
                     np.dot(x.T, dz2), sums(dz2, axis=0)]
        return tuple(gradients[i] for i in order)

    expect_named("maxout_backward", backward, known)


# -- what is said where both halves, or all inputs but one, are right ---------------------------------------------


def is_remarked(report, word):
    """Is something said, in a line that is not just ok, in which ``word`` stands?"""
    told = [f"{r.obtained} {r.note} {r.known} {r.relations}" for r in report.rows if r.status in ("wrong", "note")]
    return any(word in text for text in told)


def test_cached_input_of_the_sigmoid_is_remarked_on():
    """Row 13: x is kept for a backward that needs the output."""
    forward = {"sigmoid_forward": lambda x: (1 / (1 + np.exp(-x)), x)}
    report = judge_code("sigmoid_backward", lambda dout, out: dout * (out - out**2), **forward)
    assert is_remarked(report, "cache")


def test_clipped_sigmoid_is_remarked_on():
    """Row 14: the output never gets nearer to 0 or 1 than 1e-7."""
    report = judge_code("sigmoid_forward", lambda x: (np.clip(1 / (1 + np.exp(-x)), 1e-7, 1 - 1e-7),) * 2)
    assert is_remarked(report, "clip")


def test_gradient_that_passes_at_zero_is_remarked_on():
    """Row 19: the gradient passes at x = 0, too."""
    report = judge_code("relu_backward", lambda dout, x: dout * (x >= 0))
    assert is_remarked(report, "0")


@pytest.mark.parametrize(("function", "code", "known"), [
    ("dead_units", lambda out: (out < 0).all(axis=0), "below_zero_at_the_output"),
    ("dead_units", lambda out: np.median(out, axis=0) <= 0, "mostly_off_is_dead"),
    ("relu_forward", lambda x: (max(x, 0), x), "largest_of_two_objects"),
    ("relu_forward", lambda x: (np.max(0, x), x), "array_for_an_axis"),
], ids=name_case)
def test_slip_that_the_text_invites_is_named(function, code, known):
    """Are the two commonest slips in a maximum named, and two wrong notions of what is dead?"""
    expect_named(function, code, known)


def test_da_of_all_entries_is_named_without_a_case_for_a_single_slope():
    """Is it named where the sum always goes over the rows, too?"""
    def backward(dout, cache):
        x, a = cache
        return np.where(x > 0, dout, a * dout), (x * dout).sum(axis=0)

    assert any("da also counts where x > 0" in said for said in judge_code("prelu_backward", backward).diagnosis)


def test_inputs_that_are_tiny_are_not_shown_as_zeros():
    """Whoever takes tiny outputs for dead ones must see that they are not 0."""
    report = judge_code("dead_units", lambda out: out.max(axis=0) < 1e-6)
    assert "e-12" in str(report)


def test_list_of_bools_is_remarked_on():
    """It has no ``sum``, with which the notebook counts the dead."""
    report = judge_code("dead_units", lambda out: [not bool((column > 0).any()) for column in out.T])
    assert not report.wrong and is_remarked(report, "np.array")
