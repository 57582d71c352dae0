"""Does the trajectories explorer compute what it shows?"""

import base64

import ipywidgets as widgets
import numpy as np
import pytest

from cs231n_lib import optimizers
from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers import trajectories

EXPLORER = trajectories.Trajectories


@pytest.mark.parametrize("surface", trajectories.STARTS)
def test_gradient_is_that_of_the_surface(surface):
    """Does it agree with a central difference at the start and at random points?"""
    points = [trajectories.STARTS[surface], *np.random.default_rng(0).uniform(-1.5, 1.5, (10, 2))]
    for w in points:
        above, below = ([trajectories.surface_value(surface, 7.0, *(w + h)) for h in sign * 1e-6 * np.eye(2)]
                        for sign in (1, -1))
        slope = (np.array(above) - below) / 2e-6
        np.testing.assert_allclose(trajectories.surface_gradient(surface, 7.0, w), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("surface", trajectories.STARTS)
def test_goals_are_the_lowest_points(surface):
    """Is the height 0 there, and nowhere less?"""
    for goal in trajectories.GOALS[surface]:
        assert trajectories.surface_value(surface, 9.0, *map(float, goal)) == 0
    x, y = np.random.default_rng(0).uniform(-1.5, 1.5, (2, 1000))
    assert (trajectories.surface_value(surface, 9.0, x, y) > 0).all()


@pytest.mark.parametrize("kappa", [1.0, 5.0, 30.0, 100.0])
def test_sgd_diverges_only_above_two_over_the_largest_curvature(kappa):
    """Is it the limit that notebook 06 teaches, also on the bowl that is turned?"""
    for surface in ("bowl", "tilted bowl"):
        for factor, gone in ((0.97, False), (1.05, True)):
            path = trajectories.walk("sgd", surface, kappa, 200, learning_rate=factor * 2 / kappa)
            assert (trajectories.name_state(surface, path)[0] == "diverged") == gone


def test_turned_bowl_changes_nothing_for_sgd_and_all_for_rmsprop():
    """Are steps number by number tied to the axes, and steps along the gradient not?"""
    turn = np.array([[1, 1], [-1, 1]]) / 2**0.5  # from the tilted bowl's axes to the bowl's
    start = turn @ trajectories.STARTS["tilted bowl"]
    for rule, same in (("sgd", True), ("sgd_momentum", True), ("rmsprop", False), ("adam", False)):
        path = trajectories.walk(rule, "tilted bowl", 50.0, 30, learning_rate=0.01) @ turn.T
        w, config = start, {"learning_rate": 0.01}
        for _ in range(30):
            w, config = getattr(optimizers, rule)(w, trajectories.surface_gradient("bowl", 50.0, w), config)
        assert np.allclose(path[-1], w, atol=1e-9) == same


def test_every_rule_but_plain_sgd_leaves_the_saddle():
    """Is the preset what the notebook says of it?"""
    explorer = trajectories.Trajectories(**trajectories.Trajectories.presets["saddle"])
    states = {rule: state for rule, (state, _) in explorer.compute(**explorer.parameters).states.items()}
    assert states.pop("sgd") == "at the saddle"
    assert set(states.values()) == {"arrived"}


def test_all_rules_meet_the_same_noise_and_another_seed_other_noise():
    """Is a difference between two rules never one of luck?"""
    quiet, seed0, again, seed1 = (trajectories.walk("sgd", "bowl", 5.0, 20, noise, seed, learning_rate=0.01)
                                  for noise, seed in ((0, 0), (0.5, 0), (0.5, 0), (0.5, 1)))
    assert np.array_equal(seed0, again)
    assert not np.allclose(quiet, seed0) and not np.allclose(seed0, seed1)
    momentum = trajectories.walk("sgd_momentum", "bowl", 5.0, 1, 0.5, learning_rate=0.01)
    np.testing.assert_allclose(momentum[1], seed0[1])  # the first step is the same


def test_names_of_the_states_follow_their_rules():
    """Does arriving count from the step after which it stays, and is what has gone to infinity diverged?"""
    def named(surface, *xs):
        path = np.zeros((len(xs), 2))
        path[:, 0] = xs
        return trajectories.name_state(surface, path)

    assert named("bowl", 1, 0.04, 0.06, 0.04, 0.0) == ("arrived", 3)
    assert named("bowl", 1, 0.5) == ("on the way", None)
    assert named("bowl", 1, 11, 0.0) == ("diverged", None)
    assert named("bowl", 1, np.inf, np.inf) == ("diverged", None)
    assert named("saddle", 1, 0.05) == ("at the saddle", None)
    assert named("bowl", 1) == ("on the way", None)


def test_every_control_changes_the_picture_and_names_the_state(shown):
    """Does each move draw a PNG of the same size?"""
    pictures = [trajectory(shown, {})]
    for move in ({"surface": "valley"}, {"conditioning": 50.0}, {"rate": 0.01}, {"momentum": 0.5}, {"noise": 0.5},
                 {"step": 90}, {"step": 0}):
        pictures.append(trajectory(shown, move))
    assert len(set(pictures)) == len(pictures)
    assert len({base64.b64decode(p)[16:24] for p in pictures}) == 1  # width and height in a PNG's header
    sentence = "Step 0, valley, conditioning 50: on the way: SGD, momentum, Nesterov, RMSProp, Adam."
    assert sentence in shown._handle.seen[-1]


def trajectory(explorer, move):
    explorer.set(**move)
    page = explorer._handle.seen[-1]
    assert "could not be drawn" not in page
    return page.split("base64,")[1].split('"')[0]


def test_presets_reset_and_resample(shown):
    """Do the named states, the reset and a new seed do what their buttons say?"""
    start = shown.parameters
    for preset in shown.presets.values():
        shown.set(**preset)
        assert preset.items() <= shown.parameters.items()
    shown.resample()
    assert shown.parameters["seed"] == 1
    shown.reset()
    assert shown.parameters == start


def test_play_moves_the_step_slider(shown, monkeypatch):
    """Is the player linked to it in the browser, over the slider's range?"""
    links = []
    monkeypatch.setattr(trajectories.widgets, "jslink", lambda *ends: links.append(ends))
    shown._panel()
    ((player, _), (steps, name)), = links
    assert isinstance(player, widgets.Play) and (steps, name) == (shown._controls["step"], "value")
    assert (player.min, player.max, player.value) == (steps.min, steps.max, steps.value)


def test_missing_rule_is_left_out_and_named(shown, monkeypatch):
    """Can a reader who has written two rules already watch them?"""
    def missing(w, dw, config=None):
        raise NotImplementedError

    for rule in ("nesterov_momentum", "rmsprop", "adam"):
        monkeypatch.setattr(optimizers, rule, missing)
    shown.update()
    page = shown._handle.seen[-1]
    assert "not written yet: nesterov_momentum, rmsprop, adam" in page and "on the way: SGD, momentum;" in page
    for rule in ("sgd", "sgd_momentum"):
        monkeypatch.setattr(optimizers, rule, missing)
    shown.update()
    assert "no update rule is written yet" in shown._handle.seen[-1]


def test_rule_that_returns_nothing_is_named_above_the_picture(shown, monkeypatch):
    """Does a slip in one rule become a message instead of silence?"""
    monkeypatch.setattr(optimizers, "adam", lambda w, dw, config=None: None)
    shown.update()
    assert "adam in cs231n_lib/optimizers.py returned None" in shown._handle.seen[-1]


def test_static_figure_tells_the_finding_in_its_alternative_text(monkeypatch):
    """Can a reader who does not see the figure read who arrived and who diverged?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: said.append(alt))
    trajectories.Trajectories().static()
    assert "diverged: SGD, Nesterov" in said[0] and "at the saddle: SGD" in said[0]
