"""Mistakes that real learners made in preprocessing: does ``check`` name each of them?"""

import itertools

import numpy as np
import pytest
from real_mistakes import expect_named


def name_case(value):
    """Name a case by its function and its mistake."""
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("function", "code", "known"), [
    ("whiten", lambda Xc, components, variances, eps=1e-5: np.dot(Xc, components.T) * (1 / (variances + eps)),
     "divides_by_the_variance"),  # 32
    ("center", lambda X, mean: np.subtract(X, np.average(X, axis=0)), "own_mean"),  # 34
    ("standardize", lambda X, mean, std, eps=1e-8: (X - mean) / np.sqrt(np.square(std) + eps), "eps_under_a_root"),
    ("standardize", lambda X, mean, std, eps=1e-8: (X - mean) / (np.square(std) + eps), "divides_by_the_variance"),
    ("channel_mean", lambda X: X.sum(axis=0).sum(axis=0).sum(axis=0) / X.shape[0], "divides_by_the_images_only"),
    ("mean_image", lambda X: sum(X.astype(np.result_type(X, np.float32))), "sum_for_mean"),
], ids=name_case)
def test_wrong_statistics_are_named(function, code, known):
    """Is a wrong mean, deviation or variance named?"""
    expect_named(function, code, known)


def decompose(Xc, divisor=None):
    """Return the variances and the matrix whose columns are the eigenvectors, as np.linalg.eigh gives them."""
    return np.linalg.eigh(np.dot(np.transpose(Xc), Xc) / (divisor or Xc.shape[0]))


def count_components(Xc, k):
    """Return how many components are asked for."""
    return k or min(Xc.shape)


def rows_by_eigh(Xc, k=None):
    variances, V = decompose(Xc)
    order = np.argsort(variances)[::-1]
    return V[:, order][:count_components(Xc, k)], variances[order][:count_components(Xc, k)]


def rows_by_svd(Xc, k=None):
    _, s, Vt = np.linalg.svd(Xc, full_matrices=False)
    return np.transpose(Vt)[:k], np.square(s)[:k] / len(Xc)


@pytest.mark.parametrize(("rows", "known"), [
    (rows_by_eigh, "rows_of_the_eigenvector_matrix"), (rows_by_svd, "columns_of_the_svd")], ids=name_case)
def test_rows_of_the_eigenvector_matrix_are_named(rows, known):
    """Row 28: the eigenvectors are the columns. Are their rows named whatever signs the columns come with?"""
    for signs in itertools.product((1, -1), repeat=4):
        def code(Xc, k=None, signs=signs):
            components, variances = rows(Xc, k)
            return components * np.resize(signs, components.shape[1]).astype(components.dtype), variances

        expect_named("pca", code, known)


@pytest.mark.parametrize("cut", [lambda V, k: V[:, :k].T, lambda V, k: V.T[:k], lambda V, k: np.array(list(V.T)[:k])])
def test_ascending_eigenvectors_are_named(cut):
    """Row 29: eigh's ascending order is kept."""
    def pca(Xc, k=None):
        variances, V = decompose(Xc)
        return cut(V, count_components(Xc, k)), variances[:k]

    expect_named("pca", pca, "ascending")


@pytest.mark.parametrize(("sort_variances", "known"), [
    (True, "components_not_sorted"), (False, "variances_not_sorted")])
def test_results_sorted_apart_are_named(sort_variances, known):
    """Is it named where only one of the two results is turned into descending order?"""
    def pca(Xc, k=None):
        variances, V = decompose(Xc)
        count = count_components(Xc, k)
        if sort_variances:
            return V.T[:count], np.sort(variances)[::-1][:count]
        return V[:, ::-1].T[:count], variances[:count]

    expect_named("pca", pca, known)


@pytest.mark.parametrize(("cut", "known"), [
    (lambda V, k: V[::-1][:k], "rows_of_the_eigenvector_matrix_turned_round"),
    (lambda V, k: V.T[:, ::-1][:k], "entries_turned_round"),
])
def test_what_is_turned_round_along_the_wrong_axis_is_named(cut, known):
    """Is it named where the variances are sorted, and [::-1] meant for the components turns round something else?"""
    def pca(Xc, k=None):
        variances, V = decompose(Xc)
        count = count_components(Xc, k)
        return cut(V, count), variances[::-1][:count]

    expect_named("pca", pca, known)


@pytest.mark.parametrize(("cut", "known"), [
    (lambda V, k: V[:, :k], "eigh_as_it_comes"), (lambda V, k: V[:k], "eigh_as_it_comes_cut_by_rows")])
def test_what_eigh_returns_is_named_for_both_its_order_and_its_columns(cut, known):
    """Is it said that the components are columns, where they are in ascending order as well?"""
    def pca(Xc, k=None):
        variances, V = decompose(Xc)
        return cut(V, k), variances[:k]

    expect_named("pca", pca, known)


@pytest.mark.parametrize("turn", [np.transpose, lambda Xc: np.array(list(zip(*Xc, strict=True)))])
def test_covariance_by_numpy_is_named(turn):
    """Is it named that np.cov forgets float32, and what it does with a single feature?"""
    def pca(Xc, k=None):
        variances, V = np.linalg.eigh(np.cov(turn(Xc), bias=True))
        return V.T[::-1][:k], variances[::-1][:k]

    expect_named("pca", pca, "covariance_of_numpy")


def test_covariance_divided_by_the_features_is_named():
    """Row 31: the covariance is divided by the number of features, not of examples."""
    def pca(Xc, k=None):
        variances, V = decompose(Xc, Xc.shape[1])
        count = count_components(Xc, k)
        return np.fliplr(V).T[:count], np.flip(variances)[:count]

    expect_named("pca", pca, "divides_by_the_features")
