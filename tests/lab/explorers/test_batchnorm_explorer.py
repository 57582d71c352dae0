"""Does the batchnorm explorer compute what it shows?"""

import base64

import numpy as np
import pytest

from cs231n_lib import batchnorm
from cs231n_lib.lab import explorers, plots
from cs231n_lib.lab.explorers import batchnorm as explorer_module

EXPLORER = explorer_module.BatchNorm

PRESETS = {"none, 0.01": "collapsed", "batchnorm, 0.01": "healthy", "batchnorm, 1e-4": "collapsed",
           "batchnorm, batch of 4": "exploding", "batchnorm, batch of 1": "collapsed",
           "layernorm, batch of 1": "healthy"}


def seen(**parameters):
    explorer = explorer_module.BatchNorm(**parameters)
    return explorer.compute(**explorer.parameters)


@pytest.mark.parametrize("normalization", explorer_module.CHOICES)
def test_backward_gives_the_gradient_of_its_own_forward_pass(normalization):
    """Is the gradient at layer 1 what a finite difference of the layers above says?"""
    rng = np.random.default_rng(0)
    weights = list(rng.normal(size=(3, 5, 5)))
    x, dout = rng.normal(size=(2, 8, 5))
    _, outs, caches = explorer_module.forward(weights, x, normalization, scale=0.7)
    douts = explorer_module.backward(weights, dout, caches, normalization, scale=0.7)
    push = rng.normal(size=(8, 5))
    above, below = (explorer_module.forward(weights[1:], outs[0] + h * push, normalization, scale=0.7)[1][-1]
                    for h in (1e-6, -1e-6))
    assert np.sum((above - below) * dout) / 2e-6 == pytest.approx(np.sum(douts[0] * push), rel=1e-5)
    assert douts[-1] is dout and len(douts) == len(outs) == 3


def test_agreement_is_the_correlation_of_the_first_example():
    """Is it NumPy's correlation of row 0, and 0 where there is nothing to compare?"""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 4, 30))
    found = explorer_module.measure_agreement([a, a, np.ones((1, 30))], [b, a, np.ones((1, 30))])
    np.testing.assert_allclose(found, [np.corrcoef(a[0], b[0])[0, 1], 1, 0], atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_presets_show_what_the_lesson_says(seed):
    """Is each preset called what notebook 04 calls it, whatever the seed?"""
    for preset, expected in PRESETS.items():
        found = seen(**explorer_module.BatchNorm.presets[preset], seed=seed)
        assert explorer_module.name_state(found) == expected, preset
    assert set(PRESETS) == set(explorer_module.BatchNorm.presets)


def test_batchnorm_does_not_mind_the_scale_until_eps_wins():
    """Is the picture the same from 0.003 to 1, and the signal gone at 1e-5?"""
    for scale in (0.003, 0.01, 0.1, 1.0):
        np.testing.assert_allclose(seen(scale=scale).std, 1, atol=0.01)
    assert seen(scale=1e-5).std[-1] < 1e-6


def test_only_batchnorm_lets_the_other_examples_of_the_batch_matter():
    """Does one example come out the same in two batches without it, and less so the smaller the batch with it?"""
    for normalization in ("none", "layernorm"):
        np.testing.assert_allclose(seen(normalization=normalization).agreement, 1, atol=1e-6)
    ends = [seen(batch_size=n).agreement[0] for n in (2, 8, 64)]
    assert ends == sorted(ends) and ends[0] < 0.6 and ends[-1] > 0.9


def test_a_batch_of_one_is_all_zeros():
    """Does nothing enter any ReLU, and nothing come back?"""
    found = seen(batch_size=1)
    assert not found.std.any() and not found.gradient[:-1].any() and found.gradient[-1] > 0.8


def test_every_control_moves_the_picture(shown):
    """Does each slider and menu draw once per change, a PNG of one size, and something else than before?"""
    shown.update()
    for name, value in {"scale": 1e-4, "batch_size": 8, "normalization": "none"}.items():
        before = list(shown._handle.seen)
        shown._controls[name].value = value
        assert len(shown._handle.seen) == len(before) + 1 and shown._handle.seen[-1] not in before
    pictures = [base64.b64decode(page.split("base64,")[1].split('"')[0]) for page in shown._handle.seen]
    assert len(set(pictures)) == 4
    assert len({p[16:24] for p in pictures}) == 1  # width and height in a PNG's header


def test_presets_reset_and_resample(shown):
    """Do the named states, the reset and a new seed do what their buttons say?"""
    start = shown.parameters
    for preset in shown.presets.values():
        shown.set(**preset)
        assert {name: shown.parameters[name] for name in preset} == pytest.approx(preset)
    shown.resample()
    assert shown.parameters["seed"] == 1 and "seed=1" in repr(shown)
    shown.reset()
    assert shown.parameters == start


def test_same_state_same_picture():
    """Does the printed state give a classmate the same picture?"""
    first = explorer_module.BatchNorm(scale=0.1, batch_size=8, seed=7)
    first.set(scale=1e-3)
    second = eval(repr(first), {"explorers": explorers})
    assert first.render() == second.render()
    assert second.render() != explorer_module.BatchNorm(**{**second.parameters, "seed": 8}).render()


@pytest.mark.parametrize(("wrong", "words"), [
    ({"depth": 3}, "depth"), ({"batch_size": 3}, "1, 2, 4, 8"), ({"scale": 10.0}, "between 1e-05 and 1")])
def test_wrong_parameters_are_refused(wrong, words):
    """Is a parameter that does not exist, or a value that no control offers, said to be so?"""
    with pytest.raises(ValueError, match=words):
        explorer_module.BatchNorm(**wrong)


def test_a_missing_function_is_named_and_the_rest_goes_on(shown, monkeypatch):
    """Does a reader without layer normalization learn so, and still see batch normalization?"""
    def missing(x, gamma, beta, ln_param):
        raise NotImplementedError

    monkeypatch.setattr(batchnorm, "layernorm_forward", missing)
    shown.set(normalization="layernorm")
    assert "layernorm_forward is not written yet: write it in cs231n_lib/batchnorm.py" in shown._handle.seen[-1]
    shown.set(normalization="batchnorm")
    assert "could not be drawn" not in shown._handle.seen[-1]


def test_static_figure_names_every_preset_in_its_alternative_text(monkeypatch):
    """Can a reader who does not see the figure read what each preset shows?"""
    said = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: said.append(alt))
    explorer_module.BatchNorm().static()
    assert all(f"{preset}: {name}" in said[0] for preset, name in PRESETS.items())
