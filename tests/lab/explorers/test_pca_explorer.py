"""Does the components explorer compute what it shows?"""

import base64

import numpy as np

from cs231n_lib import preprocessing
from cs231n_lib.lab.explorers import pca

EXPLORER = pca.Components


def test_halved_image_is_the_mean_of_blocks_of_four_pixels():
    """Is a halved image the mean of blocks of four pixels?"""
    images = np.arange(2 * 32 * 32 * 3, dtype=float).reshape(2, 32, 32, 3)
    rows = pca.halve(images).reshape(2, 16, 16, 3)
    np.testing.assert_allclose(rows[1, 3, 5], images[1, 6:8, 10:12].mean(axis=(0, 1)))


def test_all_components_give_the_data_and_some_their_projection():
    """Is the reconstruction from all components the data and from some their projection?"""
    X = np.random.default_rng(0).standard_normal((40, 5))
    X = X - X.mean(axis=0)
    directions, variances = preprocessing.pca(X)
    np.testing.assert_allclose(pca.reconstruct(X, directions), X)
    lost = X - pca.reconstruct(X, directions[:2])
    np.testing.assert_allclose(np.mean(np.sum(lost**2, axis=1)), variances[2:].sum())


def test_shares_rise_to_one_and_25_components_hold_nine_tenths(shown):
    """Do the shares rise to one and do 25 components hold nine tenths?"""
    _, shares, k = shown.compute(k=25.0, eps=1e-5, seed=0)
    assert k == 25 and (np.diff(shares) >= 0).all() and np.isclose(shares[-1], 1) and 0.88 < shares[24] < 0.92


def test_image_from_all_components_is_the_image_itself(shown):
    """Is an image from all components the image itself?"""
    images, _, _ = shown.compute(k=768.0, eps=1e-5, seed=3)
    assert np.abs(images[0].astype(int) - images[1]).max() <= 1


def test_every_move_gives_another_picture_of_the_same_size(shown):
    """Does every move give another picture of the same size?"""
    pictures = set()
    for name, value in (("k", 8.0), ("k", 300.0), ("eps", 1e4)):
        shown._controls[name].value = value
        page = shown._handle.seen[-1]
        assert f"{round(shown.parameters['k'])} of 768 components hold" in page
        pictures.add(page.split("base64,")[1].split('"')[0])
    assert len(pictures) == 3
    assert len({base64.b64decode(p)[16:24] for p in pictures}) == 1  # width and height in a PNG's header


def test_presets_and_another_seed_show_what_they_say(shown):
    """Do presets and another seed show what they say?"""
    for preset in shown.presets.values():
        shown.set(**preset)
        assert np.isclose(shown.parameters["k"], preset["k"], rtol=0.03)
    before = shown.result[0]
    shown.resample()
    assert not np.array_equal(before, shown.result[0]) and "seed=1" in repr(shown)


def test_every_count_of_a_button_is_a_step_of_the_slider(shown):
    """Does a browser, which moves a value to the nearest step, leave the count that the button names?"""
    slider = shown._controls["k"]
    for name, preset in shown.presets.items():
        steps = round((np.log10(preset["k"]) - slider.min) / slider.step)
        assert round(10 ** (slider.min + steps * slider.step)) == preset["k"], name


def test_not_quite_all_components_do_not_hold_all_of_the_variance(shown):
    """Is what is a little less than 100 % said to be less, and are all components said to hold all?"""
    shown.set(k=760.0)
    assert "760 of 768 components hold more than 99.9% of" in shown.describe(shown.result, **shown.parameters)
    shown.set(k=768.0)
    assert "768 of 768 components hold 100.0% of" in shown.describe(shown.result, **shown.parameters)


def test_missing_function_is_named(shown, monkeypatch):
    """Is a missing function named?"""
    def unwritten(*args, **kwargs):
        raise NotImplementedError

    monkeypatch.setattr(preprocessing, "whiten", unwritten)
    shown.update()
    assert "whiten is not written yet" in shown._handle.seen[-1]


def test_static_figure_carries_its_finding_as_text(shown, capsys):
    """Does the static figure carry its finding as text?"""
    shown.static(ks=(1, 25))
    assert "rebuilt from 1, 25 of 768 principal components" in capsys.readouterr().out


def test_one_component_shows_grays_and_no_empty_pictures(shown):
    """Has each whitened picture a gray of its own with one component, neither black nor white, and a true sentence?"""
    shown.set(k=1.0)
    whitened = shown.result[0][2]
    assert whitened.min() > 0 and whitened.max() < 255 and len({int(w.mean()) for w in whitened}) > 3
    assert "as much as the first" not in shown.describe(shown.result, **shown.parameters)
