"""Mistakes that real learners made in dropout: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named


def dropout(train, test):
    """Return a forward pass with ``train(x, mask, p)`` and ``test(x, mask, p)``."""
    def forward(x, dropout_param):
        p, mode = dropout_param["p"], dropout_param["mode"]
        rng = np.random.default_rng(dropout_param.get("seed"))
        mask = rng.random(x.shape) < p
        out = train(x, mask, p) if mode == "train" else test(x, mask, p)
        return out.astype(x.dtype, copy=False), (dropout_param, (mask / p).astype(x.dtype) if mode == "train" else None)
    return forward


def inverted(x, mask, p):
    return x * mask / p


@pytest.mark.parametrize("name, train, test, mistake", [
    ("dropout_forward", inverted, lambda x, mask, p: x * p, "scales_in_test_mode"),
    ("dropout_forward", inverted, inverted, "drops_in_test_mode"),
    ("vanilla_dropout_forward", lambda x, mask, p: x * mask, lambda x, mask, p: x / p, "divides_at_test")])
def test_test_passes_that_go_wrong_are_named(name, train, test, mistake):
    """Rows 52, 53 and 55."""
    expect_named(name, dropout(train, test), mistake)


def test_p_taken_for_the_share_dropped_is_named_as_it_is_written():
    """Is it named where p = 1 gives 0 / 0, as in the code that students write?"""
    def forward(x, dropout_param):
        p = dropout_param["p"]
        if dropout_param["mode"] == "test":
            return x, (dropout_param, None)
        rng = np.random.default_rng(dropout_param.get("seed"))
        with np.errstate(all="ignore"):
            mask = ((rng.random(x.shape) > p) / (1 - p)).astype(x.dtype)
        return x * mask, (dropout_param, mask)

    expect_named("dropout_forward", forward, "p_is_probability_of_dropping_throughout")
