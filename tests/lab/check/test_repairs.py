"""Repairs and unused arguments: what is said about a function after it was called in other ways."""

import types

import numpy as np
import pytest

from autograder import mistakes, reference
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge

ORDER = "The results are in another order than in the docstring: it is "
MODES = "The two modes are exchanged: what is asked for in training happens at test time, and the other way round."


def judge_changed(name, change, mistake=None):
    """Judge ``change(code)``, where ``code`` is the reference's function, or a known mistake in it."""
    function = FUNCTIONS[name]
    right = reference.load(function.topic)
    mistakes.load_mistakes(function.topic)
    codes = {m.name: m.code for m in mistakes.mistakes_of(name)}
    code = codes[mistake] if mistake else getattr(right, name)
    return judge(function, types.SimpleNamespace(**vars(right) | {name: change(code)}))


def list_said(report):
    """Return all sentences about mistakes and relations."""
    return {*report.diagnosis, *(s for row in report.rows for s in row.relations)}


def find_sentence(name, mistake):
    """Return the sentence of a known mistake."""
    return next(m.teaches for m in mistakes.mistakes_of(name) if m.name == mistake)


def turn_round(code):
    """Return a function with its results in reverse order."""
    return lambda *args, **kwargs: code(*args, **kwargs)[::-1]


def transpose(code):
    """Return a function with its result transposed."""
    return lambda *args, **kwargs: code(*args, **kwargs).T


def exchange_modes(code):
    """Return a function that takes training for testing."""
    def exchanged(x, param):
        return code(x, param | {"mode": "test" if param["mode"] == "train" else "train"})
    return exchanged


def exchange_parts(code):
    """Return a function with each pair the wrong way round."""
    return lambda *args: [(val, train) for train, val in code(*args)]


@pytest.mark.parametrize("name, change, mistake, sentence", [
    ("activation_statistics", turn_round, "sample_std", ORDER + "means, stds."),
    ("mc_dropout_mean", turn_round, "variance_for_std", ORDER + "mean, std."),
    ("refine_range", turn_round, "refines_linearly", ORDER + "low, high."),
    ("xavier_init", transpose, "he_for_xavier", "The axes of w are exchanged: return the transpose of it."),
    ("dropout_forward", exchange_modes, None, MODES),
    ("k_fold_indices", exchange_parts, "not_shuffled", "The two parts of each pair are exchanged."),
])
def test_a_second_mistake_beside_an_order_a_mode_or_an_axis_is_named(name, change, mistake, sentence):
    """Are both said, also where random results are judged by their statistics?"""
    said = list_said(judge_changed(name, change, mistake))
    assert sentence in said
    assert mistake is None or find_sentence(name, mistake) in said


@pytest.mark.parametrize("name", ["sigmoid_forward", "softmax_loss", "zero_init", "batchnorm_forward"])
def test_a_repair_is_never_the_name_of_another_mistake(name):
    """Is no order, mode or axis blamed for a known mistake that has its own name?"""
    function = FUNCTIONS[name]
    right = reference.load(function.topic)
    mistakes.load_mistakes(function.topic)
    others = [m for m in mistakes.mistakes_of(name) if not m.unseen and "order" not in m.teaches]
    for known in others:
        said = list_said(judge(function, known.applied_to(right)))
        assert not any(s.startswith((ORDER, MODES, "The axes of")) for s in said), known.name


def test_an_argument_that_makes_no_difference_is_named_beside_another_trouble():
    """Is the argument said that is never used, and no other?"""
    def mix_in_thirds(code):
        return lambda average, params, decay=0.999: {k: (average[k] + 2 * params[k]) / 3 for k in params}

    assert list_said(judge_changed("ema_update", mix_in_thirds)) == {
        "Your result does not depend on decay: with another value of it, the same comes out."}


def test_an_argument_with_an_effect_too_small_to_see_is_not_called_unused():
    """Is an argument used, although no answer of the visible cases shows it?"""
    def on_a_linear_scale(code):
        def is_on_edge(best, low, high, margin=0.1):
            return 0.31 < 1e6 * (best - low) * margin / (high - low) < 0.32
        return is_on_edge

    assert not any("margin" in s for s in list_said(judge_changed("is_on_edge", on_a_linear_scale)))


def test_a_known_mistake_times_a_factor_is_named_with_the_factor():
    """Are the mistake and the factor said, where two errors meet in one result?"""
    def double(code):
        return lambda *args: 2 * code(*args)

    said, = list_said(judge_changed("cosine_decay", double, "total_minus_one"))
    assert said == (f"{find_sentence('cosine_decay', 'total_minus_one')} Beside that, your lr is 2 times what that "
                    "gives, in every case.")


def test_a_known_mistake_in_another_form_is_named():
    """Is one number for all channels recognised, if it comes once for each channel?"""
    def repeat(code):
        return lambda X: np.full(X.shape[-1], code(X), X.dtype if X.dtype.kind == "f" else float)

    said = list_said(judge_changed("channel_mean", repeat, "one_number_for_all"))
    assert said == {find_sentence("channel_mean", "one_number_for_all")}
