"""Does the zigzag explorer compute what it shows?"""

import numpy as np
import pytest

from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers import zigzag

EXPLORER = zigzag.ZigZag


@pytest.mark.parametrize("seed", range(3))
def test_positive_inputs_move_both_weights_together_and_batches_soften_that(seed):
    """Does what notebook 01 teaches hold for every seed?"""
    positive, centered = (zigzag.draw_inputs(mean, seed) for mean in (0.5, 0.0))
    assert zigzag.count_same(zigzag.descend(positive, 1, 1.0, seed)) == 1
    assert zigzag.count_same(zigzag.descend(positive, 64, 1.0, seed)) < 0.2
    assert zigzag.count_same(zigzag.descend(centered, 1, 1.0, seed)) < 0.8


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_limits_the_rate_whatever_the_batch(seed):
    """Do positive inputs explode at a rate that takes centered ones to the goal?"""
    ends = [zigzag.descend(zigzag.draw_inputs(mean, seed), 64, 5.0, seed)[-1] for mean in (0.5, 0.0)]
    far, near = (np.linalg.norm(end - zigzag.GOAL) for end in ends)
    assert far > 100 and near < 1e-3


def test_verdict_and_sentence_say_where_the_path_ends(shown):
    """Does each control draw another picture, and does the badge say what has become of the path?"""
    pictures = set()
    for parameters, word in (({"batch": 64}, "Arrives"), ({"rate": 6.0}, "Explodes"), ({"mean": 0.0}, "Arrives")):
        shown.set(**parameters)
        assert f"{word}</span>" in shown._handle.seen[-1]
        pictures.add(shown._handle.seen[-1].split("base64,")[1].split('"')[0])
    assert len(pictures) == 3
    assert "of the steps move both weights in the same direction" in shown._handle.seen[-1]


def test_static_figure_tells_the_finding_in_its_alternative_text(monkeypatch):
    """Can a reader who does not see the figure read what the paths do?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: said.append(alt))
    zigzag.ZigZag().static()
    assert "one example: 100% of the steps" in said[0]
