"""Does the dropout explorer compute what it shows?"""

import base64

import numpy as np
import pytest

from cs231n_lib import dropout as graded
from cs231n_lib.lab.explorers import dropout

EXPLORER = dropout.Dropout


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_share_of_kept_numbers_is_p_and_a_kept_one_divided_by_it(shown, p):
    """Is the share of kept numbers p and a kept one divided by it?"""
    mask = shown.compute(p=p, seed=0).mask
    assert mask.shape == (20, 40)
    assert abs(np.mean(mask != 0) - p) < 5 * np.sqrt(p * (1 - p) / mask.size)
    np.testing.assert_allclose(mask[mask != 0], 1 / p)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_next_unit_has_the_mean_of_the_test_pass_and_the_formulas_std(p):
    """Has the next unit the mean of the test pass and the std of the formula?"""
    n = 4000
    seen = dropout.compute_next_inputs(p, seed=3, masks=n)
    assert seen.dropped.shape == (n,)
    assert abs(seen.dropped.mean() - seen.tested) < 5 * seen.std / np.sqrt(n)
    assert abs(seen.dropped.std() / seen.std - 1) < 0.1  # 5 / sqrt(2 n) = 0.06, wider for the few coins of p = 0.1


def test_there_is_no_noise_without_dropout():
    """Is there no noise without dropout?"""
    seen = dropout.compute_next_inputs(1.0, seed=3, masks=5)
    assert seen.std == 0
    np.testing.assert_allclose(seen.dropped, seen.tested)


def test_curves_are_those_of_a_real_run_at_every_stop(shown):
    """Are the curves those of a real run at every stop of the slider?"""
    curves = shown._curves()
    assert tuple(curves) == dropout.PS
    for found in curves.values():
        assert found.shape == (3, dropout.EPOCHS + 1) and found.min() >= 0 and found.max() <= 1
        assert found[1, 0] < 0.3 and found[1, -1] > 0.9  # begins by chance, learns its 100 digits
    np.testing.assert_allclose(curves[0.5], np.mean([dropout.train_run(0.5, s) for s in range(dropout.RUNS)], axis=0))


def test_dropping_nearly_all_shows_in_training_passes_only(shown):
    """Does dropping nearly all show in the training passes only?"""
    dropped, train, val = shown._curves()[0.1][:, -1]
    assert dropped < val < train
    dropped, train, _ = shown._curves()[1.0]
    np.testing.assert_array_equal(dropped, train)


def test_curves_are_computed_once_for_all_explorers_and_seeds(shown, monkeypatch):
    """Are the curves computed once for all explorers and seeds?"""
    shown._curves()
    monkeypatch.setattr(dropout, "train_run", None)  # would fail if called
    assert dropout.Dropout(p=0.3, seed=9).compute(p=0.3, seed=9).curves.shape[0] == 3


def test_every_move_gives_another_picture_of_the_same_size(shown):
    """Does every move give another picture of the same size?"""
    pictures = set()
    for p in (0.1, 0.4, 0.8, 1.0):
        shown._controls["p"].value = p
        page = shown._handle.seen[-1]
        assert f"p = {p:.1f}: " in page and "numbers kept" in page
        pictures.add(page.split("base64,")[1].split('"')[0])
    assert len(pictures) == 4
    assert len({base64.b64decode(picture)[16:24] for picture in pictures}) == 1  # width and height in a PNG's header


def test_presets_and_another_seed_show_what_they_say(shown):
    """Do presets and another seed show what they say?"""
    for preset in shown.presets.values():
        shown.set(**preset)
        assert np.isclose(shown.parameters["p"], preset["p"])
    shown.set(p=0.5)
    before = shown.result
    shown.resample()
    assert not np.array_equal(before.mask, shown.result.mask) and "seed=1" in repr(shown)
    assert before.tested != shown.result.tested
    np.testing.assert_array_equal(before.curves, shown.result.curves)


def test_bars_stay_inside_the_axes_and_hold_all_shares():
    """Does no bar leave the axes and do they hold all shares?"""
    shapes = np.array(dropout.make_bars(np.random.default_rng(0).standard_normal(1000)))
    heights = shapes[:, 1, 1]
    assert np.isclose(heights.sum(), 1) and heights.max() < dropout.TOP
    assert np.array(dropout.make_bars(np.zeros(10)))[:, 1, 1].max() < dropout.TOP


def test_missing_function_is_named(shown, monkeypatch):
    """Is a missing function named?"""
    def unwritten(*args, **kwargs):
        raise NotImplementedError

    monkeypatch.setattr(graded, "dropout_forward", unwritten)
    shown.update()
    assert "dropout_forward is not written yet" in shown._handle.seen[-1]


def test_static_figure_carries_its_finding_as_text(shown, capsys):
    """Does the static figure carry its finding as text?"""
    shown.static(ps=(0.1, 1.0))
    said = capsys.readouterr().out
    assert "p = 0.1: std" in said and "p = 1: std 0.00" in said
