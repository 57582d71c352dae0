"""Does the prepared-cloud explorer compute what it shows?"""

import base64

import numpy as np
import pytest

from cs231n_lib.lab.explorers import prepared_cloud

EXPLORER = prepared_cloud.PreparedCloud


@pytest.mark.parametrize("seed", range(5))
def test_every_draw_has_the_moments_that_the_notebook_speaks_of(seed):
    """Are mean, spreads and correlation the same whatever the seed?"""
    cloud = prepared_cloud.draw_cloud(seed)
    np.testing.assert_allclose(cloud.mean(axis=0), [6, 4])
    np.testing.assert_allclose(cloud.std(axis=0), [1.5, 0.5])
    np.testing.assert_allclose(np.corrcoef(cloud.T)[0, 1], 0.8)


@pytest.mark.parametrize("seed", range(5))
def test_each_stage_is_prepared_as_its_name_says(seed):
    """Is the cloud centered, scaled, uncorrelated and round where it should be?"""
    stages = prepared_cloud.list_stages(prepared_cloud.draw_cloud(seed))
    covariance = {name: x.T @ x / len(x) for name, x in stages.items()}
    assert tuple(stages) == prepared_cloud.STAGES
    np.testing.assert_allclose(stages["centered"].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(covariance["scaled"], [[1, 0.8], [0.8, 1]], atol=1e-9)
    np.testing.assert_allclose(covariance["rotated"], [[1.8, 0], [0, 0.2]], atol=1e-9)
    np.testing.assert_allclose(covariance["whitened"], np.eye(2), atol=1e-9)


@pytest.mark.parametrize("stage", prepared_cloud.STAGES)
def test_loss_and_gradient_are_those_of_the_unit(stage):
    """Is the bowl half the mean squared error, and is a step one against its slope?"""
    bowl, w = prepared_cloud.make_map(stage), np.array([0.3, -0.2])
    np.testing.assert_allclose(prepared_cloud.eval_loss(bowl, w), np.mean((bowl.x @ w - bowl.targets) ** 2) / 2)
    path, _ = prepared_cloud.descend(bowl, 0.02, steps=1)
    np.testing.assert_allclose(path[1], 0.02 * bowl.x.T @ bowl.targets / len(bowl.x))


@pytest.mark.parametrize("stage", prepared_cloud.STAGES)
def test_star_counts_as_reached_inside_the_green_ellipse(stage):
    """Is one per cent of the loss left at the ellipse's edge, all around, and does the best path end within it?"""
    bowl = prepared_cloud.make_map(stage)
    goal = prepared_cloud.outline_goal(bowl)
    edge = goal.get_patch_transform().transform(np.array([[1, 0], [0.6, 0.8], [0, 1], [-0.8, 0.6], [0, -1]]))
    shares = prepared_cloud.eval_loss(bowl, edge) / prepared_cloud.eval_loss(bowl, np.zeros(2))
    np.testing.assert_allclose(shares, prepared_cloud.ARRIVED)
    path, _ = prepared_cloud.descend(bowl, prepared_cloud.count_steps(stage)[1], 400)
    inside = [goal.get_patch_transform().inverted().transform(w) for w in path[-2:]]
    assert np.linalg.norm(inside[0]) > 1 >= np.linalg.norm(inside[1])


def test_rotating_alone_saves_no_step_and_the_others_do():
    """Does what notebook 02 teaches hold, and is the star out of reach on the raw data?"""
    steps = [prepared_cloud.count_steps(stage)[0] for stage in prepared_cloud.STAGES]
    raw, centered, scaled, rotated, whitened = steps
    assert raw > prepared_cloud.STEPS > centered > scaled == rotated > whitened == 1


@pytest.mark.parametrize("rate, word", [(0.001, "On the way"), (0.03, "On the way"), (0.0365, "On the way"),
                                        (0.05, "Lost"), (4.0, "Lost")])
def test_no_rate_reaches_the_star_on_the_raw_data(rate, word):
    """Is the raw cloud's picture what the first page says of it?"""
    shown = prepared_cloud.RawCloud(rate=rate)
    result = shown.compute(**shown.parameters)
    assert shown.name_verdict(result)[0] == word and shown.describe(result, "raw").startswith(word)


def test_first_page_offers_the_raw_data_alone():
    """Can no other stage be chosen before the bet on the stages?"""
    assert prepared_cloud.RawCloud()._controls["stage"].options == ("raw",)
    with pytest.raises(ValueError, match="expected stage to be one of raw"):
        prepared_cloud.RawCloud(stage="scaled")


def test_every_move_gives_another_picture_of_the_same_size(shown):
    """Does every move give another picture of the same size, with a sentence that names the data?"""
    pictures = set()
    for name, value in (("rate", 0.03), ("stage", "whitened"), ("rate", 1.0)):
        shown._controls[name].value = value
        page = shown._handle.seen[-1]
        assert f"on the {shown.parameters['stage']} data" in page
        pictures.add(page.split("base64,")[1].split('"')[0])
    assert "Reached" in page and len(pictures) == 3
    assert len({base64.b64decode(p)[16:24] for p in pictures}) == 1  # width and height in a PNG's header


def test_static_figure_carries_the_steps_as_text(shown, capsys):
    """Does the static figure carry its finding as text?"""
    shown.static()
    assert "Steps to the star: raw 117, centered 33, scaled 11, rotated 11, whitened 1" in capsys.readouterr().out
