"""Wrong versions of preprocessing, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("mean_image",
          "The mean is scrambled: X is reshaped to (H*W*C, N) and averaged over axis 1, which mixes "
          "neighbouring pixels of an image instead of averaging each pixel over the images.")
def mean_image_reshape_scramble(X):
    N, H, W, C = X.shape
    flat = X.reshape(-1, N)
    return flat.mean(axis=1).reshape(H, W, C)


@held_out("channel_mean",
          "The mean has the wrong shape (N, C): it is taken over the pixels only, one mean per image and "
          "channel; the average over the images (axis 0) is left out.")
def channel_mean_per_image(X):
    return np.mean(np.mean(X, axis=1), axis=1)


@held_out("channel_mean",
          "The means are wrong: X is reshaped to (C, -1) although the channel is the last axis, so each "
          "mean is over a block of the data with all channels mixed.")
def channel_mean_reshape_scramble(X):
    C = X.shape[-1]
    return X.reshape(C, -1).mean(axis=1)


@held_out("center",
          "The argument mean is ignored: the mean of X itself over its examples is subtracted instead of the one "
          "handed in from the training set.")
def center_own_mean(X, mean):
    mean = np.mean(X, axis=0)
    return X - mean


@held_out("standardize",
          "The result is wrong: std is treated as a variance, its square root is taken before dividing.")
def standardize_root_of_std(X, mean, std, eps=1e-8):
    centered = X - mean
    return centered / np.sqrt(std + eps)


@held_out("standardize",
          "The result is wrong: the parentheses around X - mean are missing, so only the mean is divided by "
          "std + eps, and X is not scaled.")
def standardize_no_parentheses(X, mean, std, eps=1e-8):
    return X - mean / (std + eps)


@held_out("pca",
          "components and variances are in ascending order, as eigh gives them, so the k smallest directions are "
          "returned, smallest first, instead of the k largest, largest first.")
def pca_ascending(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    N, D = Xc.shape
    if k is None:
        k = min(N, D)
    cov = Xc.T.dot(Xc) / N
    eigval, eigvec = np.linalg.eigh(cov)
    return eigvec[:, :k].T, eigval[:k]


@held_out("pca",
          "Two errors: components holds the directions as columns, shape (D, k), instead of rows, (k, D); and the "
          "variances are not divided by N.")
def pca_columns_undivided(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    k = min(Xc.shape) if k is None else k
    vals, vecs = np.linalg.eigh(Xc.T @ Xc)
    order = np.argsort(vals)[::-1][:k]
    return vecs[:, order], vals[order]


@held_out("whiten",
          "The result is wrong: each component is divided by its variance (plus eps) instead of by the square "
          "root of it.")
def whiten_no_root(Xc, components, variances, eps=1e-5):
    rotated = np.dot(Xc, components.T)
    return rotated / (variances + eps)


@held_out("whiten",
          "The result is wrong, of shape (N, D): after scaling, the data are rotated back with components (ZCA "
          "whitening) instead of being left in the coordinates of the components, (N, k).")
def whiten_zca(Xc, components, variances, eps=1e-5):
    Xrot = Xc @ components.T
    Xwhite = Xrot / np.sqrt(variances + eps)
    return Xwhite @ components
