"""Your net: does each chapter change one thing, and does training use the reader's functions?"""

import numpy as np
import pytest

from cs231n_lib import activations
from cs231n_lib.lab import data, your_net
from cs231n_lib.lab.gradient_check import eval_numerical_gradient, rel_error


@pytest.fixture(scope="module")
def images():
    """Return a set on which a training takes a moment."""
    return data.subset(data.load("digits"), train=100, val=50)


def test_each_chapter_changes_little():
    """Is every chapter the one before with at most four settings changed, and named after a notebook?"""
    chapters = your_net.list_chapters()
    for before, after in zip(chapters, chapters[1:], strict=False):
        changed = {k for k in after.settings if after.settings[k] != before.settings.get(k)}
        assert 1 <= len(changed) <= 4 and before.settings.keys() <= after.settings.keys()
        assert before.notebook < after.notebook


@pytest.mark.parametrize("name", ["07", "3", "", "03_batchnorm"])
def test_a_chapter_without_settings_is_refused_with_those_that_have(name):
    """Does the error list the chapters that there are?"""
    with pytest.raises(ValueError, match="00, 01, 02, 03"):
        your_net.find_chapter(name)


@pytest.mark.parametrize("chapter", [c.number for c in your_net.list_chapters()])
def test_every_chapter_trains(images, chapter):
    """Does each chapter's net train on other images, too, and give a run of finite losses?"""
    run = your_net.train_net(chapter, images=images)
    assert np.isfinite(run.losses).all() and 0 <= run.val_accuracy <= 1 and run.notebook.startswith(chapter)


def test_the_same_seed_is_the_same_run(images):
    """Is a training repeated with its seed, and another one with another seed?"""
    first, again, other = (your_net.train_net("03", seed, images) for seed in (0, 0, 1))
    assert first == again != other


def test_settings_of_ones_own_are_used_and_kept(images):
    """Is a function of the reader's own used for the weights and kept by its name?"""
    asked = []

    def my_init(fan_in, fan_out, rng):
        asked.append((fan_in, fan_out))
        return np.zeros((fan_in, fan_out))

    run = your_net.train_net("03", images=images, init=my_init, rate=0.1)
    assert asked == [(64, 100)] + [(100, 100)] * 5
    assert run.settings["init"] == "my_init" and run.settings["rate"] == 0.1


def test_an_unwritten_function_is_named(images, monkeypatch):
    """Does training say which function it waits for?"""
    def relu_forward(x):
        raise NotImplementedError

    monkeypatch.setattr(activations, "relu_forward", relu_forward)
    with pytest.raises(NotImplementedError, match="relu_forward is not written yet"):
        your_net.train_net("03", images=images)


def test_an_interrupted_training_is_no_run(images, monkeypatch):
    """Does the stop button leave no half run that the logbook would keep?"""
    def relu_backward(dout, cache):
        raise KeyboardInterrupt

    monkeypatch.setattr(activations, "relu_backward", relu_backward)
    with pytest.raises(KeyboardInterrupt):
        your_net.train_net("03", images=images)


def test_notebook_00_needs_nothing_of_later_notebooks(images, monkeypatch):
    """Does the beginner's net train before a sigmoid or an initializer is written?"""
    monkeypatch.delattr(activations, "sigmoid_forward")
    monkeypatch.delattr(activations, "sigmoid_backward")
    assert np.isfinite(your_net.train_net("00", images=images).losses).all()


def test_the_given_sigmoid_is_one(images):
    """Are the given net's scores those of a net with the reference's sigmoid, and its gradients those of its loss?"""
    made = {"input_dim": 64, "activation": "sigmoid", "init": 1.0, "dtype": np.float64}
    given, written = (kind([3], **made, rng=np.random.default_rng(0))
                      for kind in (your_net.SigmoidNet, your_net.FullyConnectedNet))
    X, y = images.X_train[:4] / 255, images.y_train[:4]
    assert np.allclose(given.loss(X), written.loss(X))
    grads = given.loss(X, y)[1]
    numerical = eval_numerical_gradient(lambda _: given.loss(X, y)[0], given.params["W1"])
    assert rel_error(numerical, grads["W1"]) < 1e-6


def test_a_training_that_diverges_is_a_run(images):
    """Does a mad rate give a run whose curve ends in NaN, and no exception?"""
    run = your_net.train_net("03", images=images, rate=1e6)
    assert not np.isfinite(run.losses[-1])


def test_losses_are_means_to_four_digits():
    """Is each number of a curve the mean of its steps?"""
    assert your_net.average_losses([1.0, 2.0, 3.0, 4.0, 1.23456], 5, every=2) == [1.5, 3.5, 1.235]


def test_pixels_are_as_the_chapter_says(images):
    """Are pixels in 0..1 before notebook 02 and prepared after it, and is any other word refused?"""
    assert 0.9 < your_net.load_images("0..1", images).X_train.max() <= 1
    assert abs(your_net.load_images("prepared", images).X_train.mean()) < 1e-5
    with pytest.raises(ValueError, match="prepared"):
        your_net.load_images("raw", images)
