"""Does the learning-rate explorer compute what it shows?"""

import base64

import numpy as np
import pytest

from cs231n_lib import linear_classifier
from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers import learning_rate

EXPLORER = learning_rate.LearningRate

NAMES = ["hardly moves", "too low", "good", "noisy", "diverges"]


@pytest.mark.parametrize("seed", range(3))
def test_presets_show_the_five_names_in_order_for_every_seed(seed):
    """Does what notebook 07 teaches hold for other weights and batches, too?"""
    rates = [preset["rate"] for preset in learning_rate.LearningRate.presets.values()]
    assert rates == sorted(rates)
    assert [learning_rate.measure_run(learning_rate.train_run(rate, seed)).name for rate in rates] == NAMES


def test_all_rates_start_from_the_same_net_and_batch():
    """Is the first loss the same, so that only the rate makes the difference?"""
    assert learning_rate.train_run(1e-6, 0, steps=1) == learning_rate.train_run(10.0, 0, steps=1)


def test_a_run_ends_with_its_first_loss_that_is_not_finite():
    """Are all losses before it finite?"""
    losses = learning_rate.train_run(10.0, 0)
    assert len(losses) < learning_rate.STEPS
    assert np.isfinite(losses[:-1]).all() and not np.isfinite(losses[-1])


@pytest.mark.parametrize(("losses", "name"), [
    (np.full(150, np.log(10)), "hardly moves"),
    (np.linspace(2.3, 1.0, 150), "too low"),
    (np.linspace(2.3, 0.1, 150), "good"),
    (0.4 + 0.4 * np.cos(np.arange(150) / 8), "noisy"),
    (np.linspace(2.3, 3.0, 150), "diverges"),
    (np.array([2.3, 9.0, np.inf]), "diverges"),
    (np.array([2.3, np.nan]), "diverges"),
])
def test_rules_name_made_up_curves(losses, name):
    """Does each rule name the curve that it was made for?"""
    assert learning_rate.measure_run(losses).name == name


def test_climb_is_the_furthest_rise_of_the_running_mean():
    """Is a spike of a single batch averaged before it counts?"""
    losses = np.full(100, 1.0)
    losses[50] = 3.0
    seen = learning_rate.measure_run(losses)
    assert np.isclose(seen.climb, 0.2)
    assert np.allclose(seen.means, np.convolve(losses, np.full(10, 0.1), "valid"))


def test_every_stop_of_the_slider_gives_another_picture_of_the_same_size(shown):
    """Does each move draw a PNG, with a sentence that names the rate?"""
    pictures = set()
    stops = {-3.0: "Rate 0.001", -2.9: "Rate 0.0013", -1.0: "Rate 0.1: good", 1.0: "Rate 10: diverges"}
    for exponent, said in stops.items():
        shown._controls["rate"].value = 10**exponent
        page = shown._handle.seen[-1]
        assert said in page
        pictures.add(page.split("base64,")[1].split('"')[0])
    assert len(pictures) == 4
    assert len({base64.b64decode(p)[16:24] for p in pictures}) == 1  # width and height in a PNG's header


def test_a_rate_seen_before_is_not_trained_again(shown, monkeypatch):
    """Is a run kept, and trained anew for another seed?"""
    trained = []
    monkeypatch.setattr(learning_rate, "train_run", lambda rate, seed: trained.append(seed) or np.full(150, 2.3))
    for rate in (0.1, 1.0, 0.1):
        shown.set(rate=rate)
    assert trained == [0, 0] and len(shown.result.visited) == 2
    shown.resample()
    assert trained == [0, 0, 1] and len(shown.result.visited) == 1


def test_an_edited_function_makes_the_kept_runs_worthless(shown, monkeypatch):
    """Does a reader who changes softmax_loss see a new run?"""
    shown.set(rate=1e-3)
    before = shown.result.end
    right = linear_classifier.softmax_loss
    monkeypatch.setattr(linear_classifier, "softmax_loss", lambda x, y: tuple(2 * r for r in right(x, y)))
    shown.update()
    assert shown.result.end > 1.5 * before


def test_presets_reset_and_resample(shown):
    """Do the named states, the reset and a new seed do what their buttons say?"""
    for preset in shown.presets.values():
        shown.set(**preset)
        assert np.isclose(shown.parameters["rate"], preset["rate"])
    shown.resample()
    assert shown.parameters["seed"] == 1 and "seed=1" in repr(shown)
    shown.reset()
    assert shown.parameters == {"rate": 1e-6, "seed": 0}


def test_a_missing_function_is_named_above_the_picture(shown, monkeypatch):
    """Does a reader who has not written the loss yet learn which function is missing?"""
    def missing(x, y):
        raise NotImplementedError

    monkeypatch.setattr(linear_classifier, "softmax_loss", missing)
    shown.update()
    assert "softmax_loss is not written yet" in shown._handle.seen[-1]


def test_static_figure_tells_the_finding_in_its_alternative_text(monkeypatch):
    """Can a reader who does not see the figure read what each rate did?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: said.append(alt))
    learning_rate.LearningRate().static()
    assert all(name in said[0] for name in NAMES)
