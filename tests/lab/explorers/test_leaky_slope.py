"""Does the leaky-slope explorer compute what it shows?"""

import base64

import numpy as np
import pytest

from cs231n_lib import activations
from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers import leaky_slope

EXPLORER = leaky_slope.LeakySlope


@pytest.mark.parametrize("seed", range(5))
def test_all_units_start_dead_and_with_relu_stay_so(seed):
    """Is no unit alive at the start, whatever the cloud, and does slope 0 never bring one back?"""
    assert not leaky_slope.revive(0.0, seed).any()
    assert leaky_slope.revive(0.01, seed, steps=0).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
def test_ten_times_the_slope_is_back_about_ten_times_sooner(seed):
    """Does what notebook 01 teaches hold for every seed, and for every slope in between?"""
    halves = [leaky_slope.find_half_time(leaky_slope.revive(alpha, seed)) for alpha in (0.01, 0.02, 0.05, 0.1)]
    assert halves == sorted(halves, reverse=True)
    assert 7 < halves[0] / halves[-1] < 14


def test_half_time_is_the_first_step_at_half_or_none():
    """Is the step counted from the start, and is never said to be never?"""
    assert leaky_slope.find_half_time(np.array([0, 0.2, 0.5, 0.4, 1.0])) == 2
    assert leaky_slope.find_half_time(np.array([0, 0.2])) is None


def test_every_stop_of_the_slider_gives_another_picture_of_the_same_size(shown):
    """Does each move draw a PNG, with a sentence that names the slope?"""
    pictures = set()
    for slope in (0.055, 0.1, 0.01):  # it starts at 0.01
        shown._controls["slope"].value = slope
        page = shown._handle.seen[-1]
        assert f"Slope {slope:g}: half of the dead units are back after" in page
        pictures.add(page.split("base64,")[1].split('"')[0])
    assert len(pictures) == 3
    sizes = {base64.b64decode(p)[16:24] for p in pictures}  # width and height in a PNG's header
    assert len(sizes) == 1


def test_presets_reset_and_resample(shown):
    """Do the named states, the reset and a new seed do what their buttons say?"""
    for preset in shown.presets.values():
        shown.set(**preset)
        assert shown.parameters["slope"] == preset["slope"]
    shown.resample()
    assert shown.parameters["seed"] == 1 and "seed=1" in repr(shown)
    shown.reset()
    assert shown.parameters == {"slope": 0.01, "seed": 0}


def test_a_missing_function_is_named_above_the_picture(shown, monkeypatch):
    """Does a reader who has not written the backward pass yet learn which function is missing?"""
    def missing(dout, cache):
        raise NotImplementedError

    monkeypatch.setattr(activations, "leaky_relu_backward", missing)
    shown.update()
    assert "leaky_relu_backward is not written yet" in shown._handle.seen[-1]


def test_static_figure_tells_the_finding_in_its_alternative_text(monkeypatch):
    """Can a reader who does not see the figure read the half times?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: said.append(alt))
    leaky_slope.LeakySlope().static()
    assert "slope 0.01: step" in said[0] and "With ReLU none ever is." in said[0]


def test_slope_that_is_too_small_for_the_picture_still_gives_a_bound():
    """Half of the units are not back in time with 0.005: does the sentence say what slope times steps exceeds?"""
    explorer = leaky_slope.LeakySlope()
    late = np.zeros(leaky_slope.STEPS + 1)
    assert "slope times steps: more than 1.5" in explorer.describe(late, slope=0.005)
    assert "slope times steps: -" in explorer.describe(late, slope=0.0)
