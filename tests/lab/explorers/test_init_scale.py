"""Do the explorers compute what they show, and keep going when something fails?"""

import base64

import numpy as np
import pytest

from cs231n_lib import activations, initialization
from cs231n_lib.lab import blas, explorers, plots
from cs231n_lib.lab.check.report import render_badge
from cs231n_lib.lab.explorers import base, init_scale

EXPLORER = init_scale.InitScale


def state(**parameters):
    explorer = init_scale.InitScale(**parameters)
    return init_scale.name_state(explorer.compute(**explorer.parameters))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "linear"])
def test_propagate_gives_the_gradient_of_its_own_forward_pass(activation):
    """Is the gradient at layer 1 what a finite difference of the layers above says?"""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(5, 5)) for _ in range(3)]
    x, dout = rng.normal(size=(2, 4, 5))
    outs, douts = init_scale.propagate(weights, x, dout, activation)
    push = rng.normal(size=(4, 5))
    above, below = (init_scale.propagate(weights[1:], outs[0] + h * push, dout, activation)[0][-1]
                    for h in (1e-6, -1e-6))
    assert np.sum((above - below) * dout) / 2e-6 == pytest.approx(np.sum(douts[0] * push), rel=1e-5)
    assert douts[-1] is dout and len(douts) == len(outs) == 3


def test_histograms_agree_with_numpy():
    """Does integer binning count as numpy.histogram does, with everything beyond in the outermost bins?"""
    rng = np.random.default_rng(1)
    a = rng.normal(size=(50, 20)).astype(np.float32) + np.float32(1e-4)
    shares = init_scale.compute_histograms([a], -2, 2, bins=16)[0]
    expected = np.histogram(np.clip(a, -2, 1.9999), bins=16, range=(-2, 2))[0] / a.size
    np.testing.assert_allclose(shares, expected, atol=1e-12)
    assert init_scale.compute_histograms([np.array([-1e30, 1e30, 0.5])], 0, 1, 4).tolist() == [[1 / 3, 0, 1 / 3, 1 / 3]]


def test_values_beyond_a_lane_are_hatched_and_not_piled_into_its_last_bin():
    """Does an exploded layer look other than a saturated one?"""
    explorer = init_scale.InitScale(scheme="large random (1)", activation="tanh")
    explorer.render()
    gradients = explorer._lanes[1].artists
    assert explorer.result.gradient_beyond[0].sum() > 0.9 and explorer.result.out_beyond.max() == 0
    solid = max(path.vertices[:, 0].max() for path in gradients[0].get_paths()[:1]) - 1
    hatched = max(path.vertices[:, 0].max() for path in gradients[1].get_paths()[:2]) - 1
    assert solid < 0.1 and hatched == pytest.approx(0.9)
    assert gradients[1].get_hatch() and not explorer._lanes[0].artists[1].get_paths()


def test_beyond_counts_what_is_no_number_with_what_is_too_large():
    """Do nan and inf count as above?"""
    a = np.array([-2.0, -1.0, 0.0, 1.0, 1.5, np.inf, np.nan, 0.5])
    assert init_scale.measure_beyond([a], -1, 1).tolist() == [[1 / 8, 3 / 8]]


def test_without_the_gradients_nothing_tells_of_them():
    """Is a bet about the gradients not decided by a picture that stands above it?"""
    both = init_scale.InitScale(scheme="large random (1)", activation="linear", scale=0.2)
    alone = init_scale.InitScale(**{**both.parameters, "rows": "activations"})
    assert "gradient" in both.render()["text/html"] and len(both._lanes) == 2 and len(both._lines) == 3
    page = alone.render()["text/html"]
    assert "gradient" not in page and len(alone._lanes) == 1 and len(alone._lines) == 2
    seen = alone.result
    seen.std[:], seen.spread[:], seen.saturated[:], seen.gradient[:] = 1, 1, 0, 1e6
    assert init_scale.name_state(seen, gradients=False) == "healthy" and init_scale.name_state(seen) == "exploding"


@pytest.mark.parametrize(("preset", "word", "status"), [("Xavier, tanh", "Healthy", "ok"),
                                                        ("Xavier, sigmoid", "Collapsed", "wrong")])
def test_the_verdict_is_a_colored_badge_with_a_word(shown, preset, word, status):
    """Does the state catch the eye, in color and in a word, once?"""
    shown.set(**shown.presets[preset])
    page = shown._handle.seen[-1].partition("<img")[0]
    assert render_badge(word, status) in page and page.count(word) == 1
    assert shown.describe(shown.result).startswith(f"{word}: ")


def test_measure_splits_the_variance():
    """Is spread the deviation across examples only, and std the one over all entries?"""
    rng = np.random.default_rng(2)
    a = rng.normal(size=(30, 7)) * 0.1 + rng.normal(size=7)
    seen = init_scale.measure([a], [a], "linear")
    assert seen.std[0] == pytest.approx(a.std())
    assert seen.spread[0] == pytest.approx(np.sqrt(a.var(axis=0).mean()))
    assert seen.spread[0] < 0.2 < seen.std[0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("preset", "expected"), [
    ("small random, tanh", "collapsed"), ("large random, tanh", "saturated"), ("Xavier, tanh", "healthy"),
    ("Xavier, sigmoid", "collapsed"), ("Xavier, ReLU", "collapsed"), ("He, ReLU", "healthy")])
def test_presets_show_what_the_lesson_says(preset, expected, seed):
    """Is each preset called what notebook 03 calls it, whatever the seed?"""
    assert state(**init_scale.InitScale.presets[preset], seed=seed) == expected


def test_large_relu_weights_explode_and_shallow_nets_are_spared():
    """Are the two states that no preset shows found: exploding, and healthy because shallow?"""
    assert state(scheme="he", activation="relu", scale=2.0) == "exploding"
    assert state(scheme="large random (1)", activation="linear", scale=10.0) == "exploding"
    assert state(scheme="small random (0.01)", activation="tanh", depth=1) == "healthy"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("scale", "depth", "expected"), [
    (1.0, 10, "collapsed"), (3.3, 10, "collapsed"), (4.5, 10, "healthy"), (8.0, 10, "healthy"), (9.6, 10, "saturated"),
    (0.4, 1, "collapsed"), (0.6, 1, "healthy"), (6.0, 1, "healthy")])
def test_small_weights_turn_healthy_where_notebook_03_sends_the_reader(scale, depth, expected, seed):
    """Does the badge turn near four and nine times AlexNet's scale, and is one layer healthy over a factor of ten?"""
    explorer = init_scale.InitScale(scheme="small random (0.01)", activation="tanh", rows="activations", scale=scale,
                                    depth=depth, seed=seed)
    assert init_scale.name_state(explorer.compute(**explorer.parameters), gradients=False) == expected


def test_a_signal_below_the_axis_leaves_the_frame():
    """Does the line of a signal that has died run out of the picture, and not flat along its edge?"""
    explorer = init_scale.InitScale(scheme="small random (0.01)", scale=0.12)
    explorer.render()
    ends = explorer._lines[0].get_ydata()
    assert np.all(np.diff(np.log(ends)) < -1), ends  # each layer shrinks it
    low, high = explorer._lines[0].axes.get_ylim()
    lost = init_scale.bound_for_log(np.array([0.0, np.inf, np.nan]))
    assert np.all(np.isfinite(lost)) and lost[0] < low / 1e3 and np.all(lost[1:] > 1e3 * high)


def test_same_state_same_picture():
    """Does the printed state give a classmate the same picture?"""
    first = init_scale.InitScale(scheme="he", activation="relu", scale=0.5, seed=7)
    first.set(scale=2.0)
    first.set(scale=0.8, depth=4)
    second = eval(repr(first), {"explorers": explorers})
    assert first.render() == second.render()
    assert second.render() != init_scale.InitScale(**{**second.parameters, "seed": 8}).render()


def test_the_picture_is_a_png_of_fixed_size_with_alternative_text(shown):
    """Is what is pushed a PNG in an img with alt text, of the same size in every state?"""
    sizes = set()
    for preset in shown.presets.values():
        shown.set(**preset)
        page = shown._handle.seen[-1]
        assert f'alt="{shown.describe(shown.result)}"' in page
        png = base64.b64decode(page.split("base64,")[1].split('"')[0])
        assert png.startswith(b"\x89PNG")
        sizes.add(png[16:24])
    assert len(sizes) == 1


def test_every_control_moves_the_picture(shown):
    """Does each slider and menu draw once per change, and something else than before?"""
    shown.update()
    for name, value in {"scale": 3.0, "depth": 3, "activation": "relu", "scheme": "he", "rows": "activations"}.items():
        before = list(shown._handle.seen)
        shown._controls[name].value = value
        assert len(shown._handle.seen) == len(before) + 1
        assert shown._handle.seen[-1] not in before


def test_reset_and_resample(shown):
    """Do the buttons go back to the start, and on to the next seed, with one picture each?"""
    start = shown.parameters
    shown.resample()
    shown.set(scale=0.5, depth=2)
    assert shown.parameters["seed"] == 1 and len(shown._handle.seen) == 2
    shown.reset()
    assert shown.parameters == start and len(shown._handle.seen) == 3


def test_axes_are_drawn_only_when_they_change(shown, monkeypatch):
    """Does a move leave the axes alone? They are what makes a picture slow."""
    frames = []
    frame = init_scale.InitScale.frame
    monkeypatch.setattr(init_scale.InitScale, "frame", lambda *a, **k: frames.append(1) or frame(*a, **k))
    for scale in (0.5, 1.0, 2.0):
        shown.set(scale=scale)
    shown.set(activation="relu")
    shown.set(scale=1.0)
    assert len(frames) == 2


def test_a_missing_function_is_named_and_the_picture_stays(shown, monkeypatch):
    """Does the reader learn which function to write, and does it go on once it is written?"""
    shown.update()
    picture = shown._handle.seen[-1].split("base64,")[1].split('"')[0]

    def missing(*args):
        raise NotImplementedError

    with monkeypatch.context() as patch:
        patch.setattr(initialization, "he_init", missing)
        shown.set(scheme="he")
        assert "he_init is not written yet: write it in cs231n_lib/initialization.py" in shown._handle.seen[-1]
        assert picture in shown._handle.seen[-1]
        patch.setattr(activations, "tanh_backward", lambda dout, cache: dout[:, :3])
        shown.set(scheme="xavier")
        assert "could not be drawn" in shown._handle.seen[-1] and "ValueError" in shown._handle.seen[-1]
    shown.set(scheme="he")
    assert "could not be drawn" not in shown._handle.seen[-1]


def test_an_edited_initialiser_is_used_at_once(shown, monkeypatch):
    """Is the explorer fed by the reader's function as it is now, not by weights kept from before?"""
    shown.update()
    before = shown.result.std[0]
    monkeypatch.setattr(initialization, "xavier_init", lambda i, o, rng: np.zeros((i, o)))
    shown.update()
    assert before > 0.5 and shown.result.std[0] == 0


def test_explain_names_the_line():
    """Does an error in the reader's own module come with its file and line?"""
    with pytest.raises(AttributeError) as caught:
        activations.dead_units(3.0)
    assert "cs231n_lib/activations.py, line" in base.describe_error(caught.value)


@pytest.mark.parametrize(("wrong", "words"), [
    ({"depht": 3}, "depht"), ({"depth": 11}, "between 1 and 10"), ({"scheme": "glorot"}, "xavier"),
    ({"scale": 0.01}, "between 0.1 and 10")])
def test_wrong_parameters_are_refused(wrong, words):
    """Is a parameter that does not exist, or a value that no control offers, said to be so?"""
    with pytest.raises(ValueError, match=words):
        init_scale.InitScale(**wrong)


def test_one_blas_thread_restores():
    """Is the number of threads as before afterwards, also after an error?"""
    before = blas.set_blas_threads(2)
    if before is None:
        pytest.skip("NumPy without OpenBLAS")
    try:
        with pytest.raises(KeyError), blas.one_blas_thread():
            assert blas.set_blas_threads(1) == 1
            raise KeyError
        assert blas.set_blas_threads(2) == 2
    finally:
        blas.set_blas_threads(before)


def test_static_shows_every_preset(monkeypatch):
    """Does the figure for readers without a kernel say in words what each preset shows?"""
    shown = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: shown.append((figure, alt)))
    init_scale.InitScale().static()
    figure, text = shown[0]
    assert "Xavier, tanh: healthy" in text and text.count(":") >= 6
    low, high = figure.axes[0].get_ylim()
    values = np.concatenate([line.get_ydata() for ax in figure.axes for line in ax.lines])
    assert low < values.min() and values.max() < high  # nothing is cut off,
    assert low > values.min() / 100 and high < 100 * values.max()  # and the axis is no longer than it needs to be
