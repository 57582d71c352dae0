"""Does the dead-units explorer compute what it shows?"""

import numpy as np
import pytest

from cs231n_lib import activations
from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers import dead_cloud

EXPLORER = dead_cloud.DeadCloud


@pytest.mark.parametrize("place", [((0, 0), 0), ((5, 5), 0), ((-3, 2), 1.5), ((0, 0), -3)])
def test_states_are_those_of_the_units_signs(place):
    """Is a unit dead if no example switches it on, always on if all do, and bending in between?"""
    (center, bias), (cloud, w) = place, dead_cloud.draw_layer(1)
    share, states = dead_cloud.judge_units(center, bias, seed=1)
    on = ((cloud + center) @ w + bias > 0).mean(axis=0)
    assert np.allclose(share, on)
    assert states == [{0.0: "dead", 1.0: "always on"}.get(s, "bends") for s in on.tolist()]


@pytest.mark.parametrize("seed", range(5))
def test_a_centered_cloud_leaves_all_alive_and_a_moved_one_kills(seed):
    """Does what notebook 01 teaches hold for every seed?"""
    assert dead_cloud.judge_units((0, 0), 0, seed)[1] == ["bends"] * dead_cloud.UNITS
    moved = dead_cloud.judge_units((5, 5), 0, seed)[1]
    assert {"dead", "always on"} <= set(moved)
    assert "dead" in dead_cloud.judge_units((0, 0), -3, seed)[1]


@pytest.mark.parametrize("direction, bias", [([1.0, 0.0], 2.0), ([0.3, -2.0], -1.0), ([-0.2, 0.1], 0.0)])
def test_line_is_where_z_is_0_and_the_stroke_points_to_where_it_is_on(direction, bias):
    """Is z 0 along the line, and positive at the end of the stroke?"""
    direction = np.array(direction)
    ends, stroke = dead_cloud.place_line(direction, bias, near=np.array([5.0, -4.0]))
    assert np.allclose(ends @ direction + bias, 0)
    assert np.allclose(stroke[0] @ direction + bias, 0, atol=1e-9) and stroke[1] @ direction + bias > 0


def test_moving_the_cloud_draws_another_picture_and_says_how_many_are_dead(shown):
    """Does each control change the picture, and does a badge count the dead?"""
    shown.update()
    assert "All alive" in shown._handle.seen[-1]
    for control, value in (("x1", 5.0), ("x2", 5.0), ("bias", -3.0)):
        shown._controls[control].value = value
    assert len({page.split("base64,")[1].split('"')[0] for page in shown._handle.seen[-3:]}) == 3
    dead = shown.result[1].count("dead")
    assert dead and f"{dead} dead</span>" in shown._handle.seen[-1]


def test_a_missing_function_is_named_above_the_picture(shown, monkeypatch):
    """Does a reader who has not written dead_units yet learn which function is missing?"""
    def missing(out):
        raise NotImplementedError

    monkeypatch.setattr(activations, "dead_units", missing)
    shown.update()
    assert "dead_units is not written yet" in shown._handle.seen[-1]


def test_static_figure_tells_the_finding_in_its_alternative_text(monkeypatch):
    """Can a reader who does not see the figure read how many are dead in each place?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: said.append(alt))
    dead_cloud.DeadCloud().static()
    assert "centered: 0 dead" in said[0] and "off center: 6 dead" in said[0]
