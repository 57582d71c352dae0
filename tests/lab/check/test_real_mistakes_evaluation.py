"""Mistakes that real learners made in ensembles and averages: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named


def softmax_of_mean(logits):
    scores = np.mean(logits, axis=0)
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@pytest.mark.parametrize("name, code, mistake", [
    ("ensemble_probabilities", softmax_of_mean, "softmax_of_the_mean"),
    ("ema_update", lambda average, params, decay=0.999: {k: (1 - decay) * average[k] + decay * v
                                                         for k, v in params.items()}, "decay_swapped"),
    ("ema_update", lambda average, params, decay=0.999: {k: average[k] + (1 - decay) * (average[k] - params[k])
                                                         for k in average}, "moves_away")])
def test_ensembles_and_averages_that_go_wrong_are_named(name, code, mistake):
    """Rows 80, 82 and 83."""
    expect_named(name, code, mistake)
