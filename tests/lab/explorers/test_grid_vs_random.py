"""Does the explorer of grid against random compute what it shows?"""

import numpy as np
import pytest

from cs231n_lib import hyperparameters
from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers import grid_vs_random

EXPLORER = grid_vs_random.GridAgainstRandom

SPREAD = 4 * 0.5 / np.sqrt(grid_vs_random.DRAWS)  # four standard errors of a share


def wins(angle, other, seed=0):
    return grid_vs_random.measure_wins(grid_vs_random.make_grid(), *grid_vs_random.draw_points(seed), angle, other)


def test_only_the_important_direction_counts_at_other_0():
    """Is the peak worth 1 and does only the important direction count at other 0?"""
    peak = np.array([0.3, 0.6])
    assert grid_vs_random.objective(peak, peak, 30, 0.5) == 1
    along, across = grid_vs_random.compute_directions(30)
    np.testing.assert_allclose(grid_vs_random.objective(peak + 0.4 * across, peak, 30, 0.0), 1)
    assert grid_vs_random.objective(peak + grid_vs_random.WIDTH * along, peak, 30, 0.0) == pytest.approx(np.exp(-0.5))


def test_hill_is_the_same_at_every_angle_when_both_directions_matter():
    """Does the hill stay the same under every angle when both directions matter equally?"""
    points, peak = np.random.default_rng(0).uniform(size=(50, 2)), np.array([0.4, 0.7])
    straight, turned = (grid_vs_random.objective(points, peak, angle, 1.0) for angle in (0, 37))
    np.testing.assert_allclose(straight, turned)


def test_winners_are_counted_like_the_objectives_values():
    """Are the winners counted like the values of the objective?"""
    grid, (points, peaks) = grid_vs_random.make_grid(), grid_vs_random.draw_points(0, draws=40)
    for angle, other in ((0, 0.0), (45, 0.3), (20, 1.0)):
        by_grid = [grid_vs_random.objective(grid, peak, angle, other).max() for peak in peaks]
        by_random = [
            grid_vs_random.objective(p, peak, angle, other).max() for p, peak in zip(points, peaks, strict=True)
        ]
        expected = np.mean(np.array(by_random) > np.array(by_grid))
        assert grid_vs_random.measure_wins(grid, points, peaks, angle, other) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_random_wins_on_one_axis_and_the_grid_on_both(seed):
    """Does random win where one axis matters and the grid where both do?"""
    # 20,000 drawings gave 0.69, 0.34, 0.57 and 0.37.
    assert abs(wins(0, 0.0, seed) - 0.69) < SPREAD and abs(wins(90, 0.0, seed) - 0.69) < SPREAD
    assert abs(wins(0, 1.0, seed) - 0.34) < SPREAD
    assert abs(wins(45, 0.0, seed) - 0.57) < SPREAD
    assert abs(wins(18, 0.0, seed) - 0.37) < SPREAD


def test_grid_has_three_five_or_nine_important_values(shown):
    """Has a grid three five or nine values along the important direction?"""
    for angle, distinct in ((0, 3), (45, 5), (18, 9), (90, 3)):
        shown.set(angle=angle)
        assert shown.result.grid.distinct == distinct and shown.result.random.distinct == 9
        assert f"the grid tries {distinct} different values, random 9" in shown._handle.seen[-1]


def test_every_move_draws_another_picture(shown):
    """Does each slider change what is seen?"""
    pictures = set()
    for angle, other in ((10, 0.0), (10, 0.5), (60, 0.5)):
        shown.set(angle=angle, other=other)
        pictures.add(shown._handle.seen[-1].split("base64,")[1].split('"')[0])
    assert len(pictures) == 3


def test_presets_resample_and_reset_do_what_their_buttons_say(shown):
    """Do presets resample and reset what their buttons say?"""
    for preset in shown.presets.values():
        shown.set(**preset)
        assert shown.parameters.items() >= preset.items()
    before = shown.result.random.at
    shown.resample()
    assert shown.parameters["seed"] == 1 and not np.allclose(before, shown.result.random.at)
    shown.reset()
    assert shown.parameters == {"angle": 0, "other": 0.0, "seed": 0}


def test_missing_function_is_named_above_the_picture(shown, monkeypatch):
    """Is a missing function named above the picture?"""
    def missing(*args):
        raise NotImplementedError

    monkeypatch.setattr(hyperparameters, "random_points", missing)
    shown.update()
    assert "random_points is not written yet" in shown._handle.seen[-1]


def test_static_figure_states_its_finding_in_words(monkeypatch):
    """Does the static figure tell its finding in words?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: said.append(alt))
    grid_vs_random.GridAgainstRandom().static()
    assert "only x matters, random wins" in said[0]
