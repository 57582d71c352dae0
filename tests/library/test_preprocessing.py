"""``cs231n_lib.preprocessing`` and its hidden tests."""

from functools import partial

import grading
import numpy as np
import pytest

from autograder import mistakes
from autograder.hidden_tests.session import load_questions
from cs231n_lib.preprocessing import center, channel_mean, mean_image, pca, standardize, whiten

TOPIC = "preprocessing"


@pytest.fixture
def images():
    """Return 50 small images with a mean of their own in every pixel and channel."""
    rng = np.random.default_rng(0)
    return rng.uniform(40, 200, (4, 5, 3)) + 20 * rng.standard_normal((50, 4, 5, 3))


@pytest.fixture
def cloud():
    """Return centred data (200, 5) whose axes were rotated, and the axes with their standard deviations."""
    rng = np.random.default_rng(1)
    axes = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    X = rng.standard_normal((200, 5)) * [9, 5, 3, 1, 0.2] @ axes
    return X - X.mean(axis=0), axes


def test_centring_with_the_mean_image_zeroes_every_pixels_mean(images):
    """Does centring with the mean image leave every pixel with mean zero?"""
    assert mean_image(images).shape == (4, 5, 3)
    np.testing.assert_allclose(center(images, mean_image(images)).mean(axis=0), 0, atol=1e-12)


def test_three_numbers_centre_the_channels_but_not_the_pixels(images):
    """Do three numbers centre the channels but not the pixels?"""
    rest = center(images, channel_mean(images))
    assert channel_mean(images).shape == (3,)
    np.testing.assert_allclose(rest.mean(axis=(0, 1, 2)), 0, atol=1e-12)
    assert np.abs(rest.mean(axis=0)).max() > 10


def test_means_of_uint8_images_do_not_overflow():
    """Do means of uint8 images not overflow?"""
    X = np.full((300, 2, 2, 3), 250, dtype=np.uint8)
    assert (mean_image(X) == 250).all() and (channel_mean(X) == 250).all()


def test_standardize_gives_unit_variance_and_zeroes_a_constant(images):
    """Does standardize give unit variance and leave a constant feature at zero?"""
    X = images.reshape(50, -1)
    X[:, 0] = 7.0
    Z = standardize(X, X.mean(axis=0), X.std(axis=0))
    np.testing.assert_allclose(Z[:, 1:].std(axis=0), 1, atol=1e-6)
    assert (Z[:, 0] == 0).all()


def test_components_are_the_eigenvectors_of_the_covariance(cloud):
    """Are the components the eigenvectors of the covariance?"""
    X, _ = cloud
    components, variances = pca(X)
    np.testing.assert_allclose(components @ components.T, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(X.T @ X / len(X) @ components.T, components.T * variances, atol=1e-9)
    assert (np.diff(variances) < 0).all()


def test_variances_sum_to_the_datas_and_fit_the_projections(cloud):
    """Do the variances sum to that of the data and belong to the projections?"""
    X, _ = cloud
    components, variances = pca(X)
    np.testing.assert_allclose(variances.sum(), X.var(axis=0).sum())
    np.testing.assert_allclose((X @ components.T).var(axis=0), variances)


def test_k_keeps_the_first_and_the_error_is_the_variance_left_out(cloud):
    """Does k keep the first and is the reconstruction error the variance left out?"""
    X, _ = cloud
    components, variances = pca(X, 2)
    assert components.shape == (2, 5) and variances.shape == (2,)
    error = np.mean(np.sum((X - X @ components.T @ components) ** 2, axis=1))
    np.testing.assert_allclose(error, pca(X)[1][2:].sum())


def test_there_are_no_more_components_than_examples():
    """Are there no more components than examples?"""
    components, variances = pca(np.random.default_rng(0).standard_normal((4, 9)))
    assert components.shape == (4, 9) and variances.shape == (4,)


def test_data_without_two_axes_are_refused(images):
    """Is data without two axes refused?"""
    with pytest.raises(ValueError, match=r"expected data of shape \(N, D\).*got \(50, 4, 5, 3\)"):
        pca(images)


def test_whitened_training_data_are_uncorrelated_with_unit_variance(cloud):
    """Is whitened training data uncorrelated with unit variance?"""
    X, _ = cloud
    white = whiten(X, *pca(X))
    np.testing.assert_allclose(white.T @ white / len(X), np.eye(5), atol=1e-3)  # eps is 1e-5 of a variance of 0.04


def test_eps_keeps_a_direction_without_variance_finite():
    """Does eps keep a direction without variance finite?"""
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    white = whiten(X, *pca(X), eps=1e-5)
    assert np.isfinite(white).all() and np.abs(white[:, 1]).max() == 0


def test_float32_is_kept(images):
    """Is float32 kept?"""
    X = images.astype(np.float32)
    rows = X.reshape(50, -1)
    results = [mean_image(X), channel_mean(X), center(X, mean_image(X)), standardize(X, mean_image(X), float(X.std())),
               *pca(rows, 3), whiten(rows, *pca(rows, 3))]
    assert {r.dtype for r in results} == {np.dtype(np.float32)}


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "mean_image": 1, "channel_mean": 1, "center": 1, "standardize": 2, "pca": 4, "whiten": 3,
        "preprocess_pipeline": 2}


def test_sign_of_a_component_does_not_matter():
    """Does the sign of a component not matter?"""
    def flipped(Xc, k=None):
        components, variances = pca(Xc, k)
        return components * np.where(np.arange(len(components)) % 2, -1, 1).astype(Xc.dtype)[:, None], variances

    assert all(o.status == "passed" for outcomes in graded(pca=flipped).values() for o in outcomes)


def test_unchanged_data_earn_nothing_for_center_and_whiten():
    """Do data that return unchanged earn nothing for center and whiten?"""
    outcomes = graded(center=lambda X, mean: X, whiten=lambda Xc, *rest: Xc)
    assert sum(o.score for name in ("center", "whiten") for o in outcomes[name]) == 0


def test_leak_is_recognised():
    """Is the leak recognised?"""
    load_questions(TOPIC)
    known = next(m for m in mistakes.mistakes_of("center") if m.name == "own_mean")
    first = next(o for o in graded(center=known.code)["center"] if o.status != "passed")
    assert first.mistake == "own_mean" and "training" in first.hint
