"""Wrong implementations of preprocessing, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _two_axes(Xc):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")


@held_out("mean_image",
          "The mean is taken over the pixels and channels of each image (one number per image, shape (N,)) instead "
          "of over the images.")
def mean_per_image(X):
    return X.reshape(len(X), -1).mean(axis=1)


@held_out("mean_image", "The images are added up but the sum is not divided by their number.")
def mean_is_sum(X):
    total = 0.0 * X[0]
    for img in X:
        total += img
    return total


@held_out("mean_image", "The colour channels are averaged too: the mean has shape (H, W) instead of (H, W, C).")
def mean_gray(X):
    return np.mean(X, axis=(0, 3))


@held_out("channel_mean",
          "The axis 0 is missing: the means are per image and channel, of shape (N, C), instead of over all images,"
          " (C,).")
def channel_per_image(X):
    return X.mean(axis=1).mean(axis=1)


@held_out("channel_mean",
          "X is reshaped to (C, -1) as if the channel were the first axis, which scrambles the channels: every mean"
          " is over a stretch of the data of all channels.")
def channel_scramble(X):
    C = X.shape[-1]
    return X.reshape(C, -1).mean(axis=1)


@held_out("channel_mean",
          "The mean is over everything: a single number for all channels, repeated C times, instead of one per "
          "channel.")
def channel_all_the_same(X):
    return np.full(X.shape[3], X.mean())


@held_out("center",
          "The argument mean is ignored: the mean of X itself is subtracted, so validation data is centred with its"
          " own statistics instead of those of the training set.")
def center_own_mean(X, mean):
    return X - np.mean(X, axis=0)


@held_out("center", "The sign is wrong: mean - X instead of X - mean.")
def center_negated(X, mean):
    return mean - X


@held_out("standardize", "Brackets are missing: only the mean is divided by std + eps, X - mean / (std + eps).")
def standardize_precedence(X, mean, std, eps=1e-8):
    return X - mean / (std + eps)


@held_out("standardize", "X is divided by the square of std (the variance) instead of by std.")
def standardize_variance(X, mean, std, eps=1e-8):
    Z = X - mean
    Z = Z / (std**2 + eps)
    return Z


@held_out("standardize",
          "Two errors: the mean is not subtracted, and eps is ignored, so a feature whose std is 0 becomes inf or "
          "NaN.")
def standardize_only_scaled(X, mean, std, eps=1e-8):
    with np.errstate(all="ignore"):
        return X / std


@held_out("pca", "The variances have the divisor N - 1 instead of N. The components are right.")
def pca_unbiased(Xc, k=None):
    _two_axes(Xc)
    k = k or min(Xc.shape)
    U, S, Vt = np.linalg.svd(Xc, full_matrices=False)
    return Vt[:k], (S**2 / (Xc.shape[0] - 1))[:k]


@held_out("pca",
          "The components are those of smallest variance: eigh sorts ascending and the order is not reversed, so "
          "components and variances are in ascending order (and k keeps the wrong ones).")
def pca_ascending(Xc, k=None):
    _two_axes(Xc)
    N, D = Xc.shape
    k = min(N, D) if k is None else k
    vals, vecs = np.linalg.eigh(Xc.T.dot(Xc) / N)
    return vecs.T[:k], vals[:k]


@held_out("pca",
          "The rows of eigh's matrix of eigenvectors are taken as the components, but its columns are the "
          "eigenvectors: the transposition is missing. The variances are right.")
def pca_rows_of_eigh(Xc, k=None):
    _two_axes(Xc)
    n, d = Xc.shape
    k = k if k is not None else min(n, d)
    cov = Xc.T @ Xc / n
    lam, V = np.linalg.eigh(cov)
    order = np.argsort(lam)[::-1]
    V = V[:, order]
    return V[:k], lam[order][:k]


@held_out("pca", "The second result holds the singular values themselves: they are neither squared nor divided by N.")
def pca_singular_values(Xc, k=None):
    _two_axes(Xc)
    _, sing, comps = np.linalg.svd(Xc, full_matrices=False)
    return comps[:k, :], sing[:k]


@held_out("pca",
          "Two errors: the components are the columns of the result (shape (D, k)) instead of its rows, and the "
          "variances are not divided by N.")
def pca_columns_and_n(Xc, k=None):
    _two_axes(Xc)
    U, S, Vt = np.linalg.svd(Xc, full_matrices=False)
    if k is None:
        k = len(S)
    return Vt.T[:, :k], S[:k] ** 2


@held_out("whiten", "The square root is missing: the projections are divided by variances + eps.")
def whiten_no_root(Xc, components, variances, eps=1e-5):
    rot = np.dot(Xc, components.T)
    return rot / (variances + eps)


@held_out("whiten", "eps is added to the square root of the variances instead of to the variances under it.")
def whiten_eps_outside(Xc, components, variances, eps=1e-5):
    return Xc.dot(components.T) / (np.sqrt(variances) + eps)


@held_out("whiten",
          "The data is only rotated: the division by sqrt(variances + eps) is missing, so it is decorrelated but "
          "not of unit variance.")
def whiten_only_rotates(Xc, components, variances, eps=1e-5):
    N, k = len(Xc), len(components)
    out = np.zeros((N, k), dtype=Xc.dtype)
    for i in range(k):
        out[:, i] = (Xc * components[i]).sum(axis=1)
    return out


@held_out("whiten",
          "The whitened data is rotated back into the original axes (ZCA): the result has shape (N, D) instead of "
          "staying on the components, (N, k).")
def whiten_zca(Xc, components, variances, eps=1e-5):
    white = (Xc @ components.T) / np.sqrt(variances + eps)
    return white @ components


@held_out("whiten",
          "Two errors: the projections are multiplied by the standard deviations instead of divided by them, and "
          "eps is ignored (the root is of the variances alone).")
def whiten_multiplies_no_eps(Xc, components, variances, eps=1e-5):
    Z = Xc @ components.T
    return Z * np.sqrt(variances)


@held_out("channel_mean",
          "Two errors: the sum is divided by the number of images only, not by that of the pixels too, and the "
          "channels come out in reversed order (BGR instead of RGB).")
def channel_sum_bgr(X):
    s = X.sum(axis=(0, 1, 2)) / X.shape[0]
    return s[::-1]


@held_out("standardize",
          "std is ignored: X is divided by the standard deviation of X itself (axis 0) instead of the one of the "
          "training set that is handed in.")
def standardize_own_std(X, mean, std, eps=1e-8):
    own = X.std(axis=0)
    return (X - mean) / (own + eps)
