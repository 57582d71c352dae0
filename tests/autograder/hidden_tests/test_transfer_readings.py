"""Transfer questions of the notebooks: is every answer accepted to which a text, an explorer or a loop leads?"""

import numpy as np
import pytest

from autograder.hidden_tests import transfer
from cs231n_lib.lab.explorers import leaky_slope


def accepts(topic, name, value):
    """Does an answer lie within what is accepted?"""
    accepted = transfer.load_accepted(topic)[name]
    return abs(value - accepted.value) <= accepted.within


@pytest.mark.parametrize("slope", [0.01, 0.02, 0.05, 0.095, 0.1])
def test_each_slope_of_the_explorer_leads_to_an_accepted_number_of_steps(slope):
    """Slope times steps falls as the slope grows: is the rule accepted from whichever reading it is taken?"""
    half = leaky_slope.find_half_time(leaky_slope.revive(slope, 0))
    assert accepts("activations", "answer_leak", slope * half / 0.002)
    assert accepts("activations", "answer_leak", round(slope * half, 1) / 0.002)


def test_steps_of_another_rule_are_not_accepted():
    """Is neither a number of the explorer accepted, nor a rule with the root or the square of the slope?"""
    for value in (245, 245 * 5**0.5, 245 * 25, 300, 22 * 5):
        assert not accepts("activations", "answer_leak", value)


@pytest.mark.parametrize("factor", [0.7, 0.707, 0.71, 200**0.5 * 0.05])
def test_share_after_nine_layers_may_come_from_a_rounded_factor(factor):
    """Does the rounding of one layer's factor cost no mark?"""
    assert accepts("initialization", "answer_wide", round(100 * factor**9, 1))


def test_share_after_nine_layers_may_be_measured():
    """Does a student who builds the stack find an accepted share, whatever the seed?"""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        h, stds = rng.standard_normal((300, 200)), []
        for _ in range(10):
            h = h @ (0.05 * rng.standard_normal((200, 200)))
            stds.append(h.std())
        assert accepts("initialization", "answer_wide", 100 * stds[-1] / stds[0])


def test_share_after_another_number_of_layers_is_not_accepted():
    """Do eight and ten layers stay wrong?"""
    for layers in (8, 10):
        assert not accepts("initialization", "answer_wide", 100 * (0.05 * 200**0.5)**layers)
