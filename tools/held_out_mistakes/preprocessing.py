"""Wrong implementations of the preprocessing."""

import numpy as np

from tools.held_out_mistakes import held_out


def _two_axes(Xc):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")


@held_out("mean_image", "One number for everything: the axis is missing.")
def mean_image_scalar(X):
    return np.mean(X)


@held_out("mean_image", "The mean is taken over the pixels of each image, which gives (N, C).")
def mean_image_over_pixels(X):
    return X.mean(axis=(1, 2))


@held_out("mean_image", "Floor division cuts the mean to whole numbers.")
def mean_image_floor(X):
    total = np.zeros(X.shape[1:])
    for image in X:
        total += image
    return total // len(X)


@held_out("channel_mean", "reshape(3, -1) does not separate the channels, which are the last axis.")
def channel_mean_reshape(X):
    C = X.shape[-1]
    return X.reshape(C, -1).mean(axis=1)


@held_out("channel_mean", "The mean is per image and channel: the images are not averaged.")
def channel_mean_per_image(X):
    return X.mean(axis=1).mean(axis=1)


@held_out("channel_mean", "The sum over pixels is divided by the number of images only.")
def channel_mean_divides_by_n(X):
    return X.sum(axis=(0, 1, 2)) / X.shape[0]


@held_out("center", "The given mean is ignored; the data is centred with a mean of its own.")
def center_own_mean(X, mean):
    return X - np.mean(X, axis=0)


@held_out("center", "The caller's X is changed in place.")
def center_inplace(X, mean):
    X -= mean
    return X


@held_out("center", "It is the wrong way round: mean - X.")
def center_backwards(X, mean):
    return np.subtract(mean, X)


@held_out("standardize", "It divides by the variance, not the standard deviation.")
def standardize_squares(X, mean, std, eps=1e-8):
    return (X - mean) / (std**2 + eps)


@held_out("standardize", "Only X is divided: brackets around X - mean are missing.")
def standardize_precedence(X, mean, std, eps=1e-8):
    return X / (std + eps) - mean


@held_out("standardize",
          "Mean and standard deviation are computed from the data instead of taken from the training set.")
def standardize_own_statistics(X, mean, std, eps=1e-8):
    mean = X.mean(axis=0)
    std = X.std(axis=0)
    return (X - mean) / (std + eps)


@held_out("standardize", "eps is left out, so a constant feature is divided by zero.")
def standardize_no_eps(X, mean, std, eps=1e-8):
    Z = X - mean
    Z = Z / std
    return Z


@held_out("pca", "The variances have the divisor N - 1 (np.cov) where N is asked for.")
def pca_cov(Xc, k=None):
    _two_axes(Xc)
    N, D = Xc.shape
    C = np.cov(Xc, rowvar=False)
    values, vectors = np.linalg.eigh(C)
    order = np.argsort(values)[::-1][: min(N, D)]
    return vectors[:, order].T[:k], values[order][:k]


@held_out("pca", "eigh sorts ascending: the smallest components come first.")
def pca_ascending(Xc, k=None):
    _two_axes(Xc)
    N, D = Xc.shape
    if k is None:
        k = min(N, D)
    values, vectors = np.linalg.eigh(Xc.T @ Xc / N)
    return vectors.T[:k], values[:k]


@held_out("pca", "The components are columns of the result; they should be rows.")
def pca_columns(Xc, k=None):
    _two_axes(Xc)
    _, s, vt = np.linalg.svd(Xc, full_matrices=False)
    k = len(s) if k is None else k
    return vt.T[:, :k], (s**2 / Xc.shape[0])[:k]


@held_out("pca", "The singular values are not squared and not divided by N.")
def pca_singular_values(Xc, k=None):
    _two_axes(Xc)
    U, S, Vt = np.linalg.svd(Xc, full_matrices=False)
    return Vt[:k], S[:k]


@held_out("pca", "The eigenvectors are the columns of what eigh returns, and its rows are taken.")
def pca_rows_of_eigh(Xc, k=None):
    _two_axes(Xc)
    N, D = Xc.shape
    k = k or min(N, D)
    lam, v = np.linalg.eigh(Xc.T.dot(Xc) / N)
    lam, v = lam[::-1], v[::-1]
    return v[:k], lam[:k]


@held_out("whiten", "The square root is missing: it divides by the variance.")
def whiten_by_variance(Xc, components, variances, eps=1e-5):
    rotated = np.dot(Xc, components.T)
    return rotated / (variances + eps)


@held_out("whiten", "eps is added to the square root and not under it.")
def whiten_eps_outside(Xc, components, variances, eps=1e-5):
    return (Xc @ components.T) / (np.sqrt(variances) + eps)


@held_out("whiten", "The result is rotated back to the original axes (ZCA), which was not asked for.")
def whiten_zca(Xc, components, variances, eps=1e-5):
    z = Xc @ components.T / np.sqrt(variances + eps)
    return z @ components


@held_out("whiten", "It multiplies by the standard deviation where it should divide.")
def whiten_multiplies(Xc, components, variances, eps=1e-5):
    scale = np.diag(np.sqrt(variances + eps))
    return Xc @ components.T @ scale


@held_out("standardize", "std is taken for a variance: it divides by sqrt(std + eps), as batch normalization does.")
def standardize_like_batchnorm(X, mean, std, eps=1e-8):
    var = std
    return (X - mean) / np.sqrt(var + eps)


@held_out("pca", "The smallest come first, and the divisor is N - 1.")
def pca_ascending_unbiased(Xc, k=None):
    _two_axes(Xc)
    n, d = Xc.shape
    cov = Xc.T @ Xc / (n - 1)
    eigenvalues, eigenvectors = np.linalg.eigh(cov)
    if k is None:
        k = min(n, d)
    components = eigenvectors[:, :k].T
    return components, eigenvalues[:k]


@held_out("channel_mean", "The axes are those of (N, C, H, W): it averages over the channels and keeps the width.")
def channel_mean_channels_first(X):
    return X.mean(axis=(0, 2, 3))


@held_out("whiten", "The data is centred once more with its own mean, and eps is forgotten.")
def whiten_recentres(Xc, components, variances, eps=1e-5):
    Z = (Xc - Xc.mean(axis=0)) @ components.T
    return Z / np.sqrt(variances)
