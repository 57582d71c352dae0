"""Wrong versions of preprocessing, the third set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("mean_image",
          "The mean is taken over the pixels of each image (axes 1 and 2), not over the images: the result has "
          "shape (N, C) instead of (H, W, C).")
def mean_over_pixels(X):
    return np.mean(X, axis=(1, 2))


@held_out("mean_image",
          "The channels are averaged away as well: the mean over axes 0 and 3 gives one grey image (H, W) instead "
          "of one mean per pixel and channel (H, W, C).")
def mean_image_grey(X):
    N, H, W, C = X.shape
    total = np.zeros((H, W))
    for img in X:
        total += img.sum(axis=-1)
    return total / (N * C)


@held_out("mean_image",
          "The sum of the images is divided by N - 1 instead of N, so the mean is a little too large in size.")
def mean_image_unbiased(X):
    total = X.sum(axis=0)
    return total / (X.shape[0] - 1)


@held_out("channel_mean",
          "The images are unrolled with reshape(C, -1), which cuts the memory into C blocks of images rather than "
          "separating the channels: the means are not those of the channels.")
def channel_reshape_scramble(X):
    C = X.shape[-1]
    return X.reshape(C, -1).mean(axis=1)


@held_out("channel_mean",
          "The channel is taken to be axis 1 (N, C, H, W): the mean over axes 0, 2 and 3 gives one number per image"
          " row, of shape (H,) instead of (C,).")
def channel_first_layout(X):
    return X.mean(axis=(0, 2, 3))


@held_out("channel_mean",
          "One mean over everything, with no axis, copied for every channel: all channels get the same number.")
def channel_global(X):
    m = X.mean()
    return np.full(X.shape[3], m)


@held_out("center",
          "The mean that was handed in is ignored: the mean of X itself is computed and subtracted.")
def center_own_mean(X, mean):
    mu = np.mean(X, axis=0)
    return X - mu


@held_out("center",
          "The mean is added instead of subtracted.")
def center_adds(X, mean):
    return X + mean


@held_out("standardize",
          "It divides by the variance instead of the standard deviation (std is squared).")
def standardize_by_variance(X, mean, std, eps=1e-8):
    var = std**2
    return (X - mean) / (var + eps)


@held_out("standardize",
          "Two errors: the brackets are missing, so only the mean is divided by the standard deviation (X - mean / "
          "(...)), and eps is not used, so a std of 0 divides by zero.")
def standardize_brackets_eps(X, mean, std, eps=1e-8):
    return X - mean / std


@held_out("standardize",
          "The mean and the standard deviation of X itself are used, those handed in (of the training set) are "
          "ignored.")
def standardize_own_stats(X, mean, std, eps=1e-8):
    m = X.mean(axis=0)
    s = X.std(axis=0)
    return (X - m) / (s + eps)


@held_out("pca",
          "eigh gives the eigenvalues in ascending order and nothing turns them round: the components and the "
          "variances start with the smallest, and with k the k least important ones are kept.")
def pca_ascending(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    N, D = Xc.shape
    cov = Xc.T.dot(Xc) / N
    vals, vecs = np.linalg.eigh(cov)
    if k is None:
        k = min(N, D)
    return vecs.T[:k], vals[:k]


@held_out("pca",
          "The covariance is divided by N - 1 instead of N, so the variances are too large by N / (N - 1); the "
          "components are right.")
def pca_n_minus_one(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    k = min(Xc.shape) if k is None else k
    U, S, Vt = np.linalg.svd(Xc, full_matrices=False)
    variances = S**2 / (Xc.shape[0] - 1)
    return Vt[:k], variances[:k]


@held_out("pca",
          "The singular values themselves are returned as variances, without the square and the division by N; the "
          "components are right.")
def pca_singular_values(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    U, s, Vh = np.linalg.svd(Xc, full_matrices=False)
    if k is not None:
        Vh, s = Vh[:k], s[:k]
    return Vh, s


@held_out("pca",
          "The eigenvectors are left in the columns (D, k): the components are transposed, where each should be a "
          "row; the variances are right.")
def pca_columns(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    cov = Xc.T @ Xc / len(Xc)
    lam, V = np.linalg.eigh(cov)
    order = np.argsort(lam)[::-1]
    order = order[: (k or min(Xc.shape))]
    return V[:, order], lam[order]


@held_out("pca",
          "Two errors: the first k components are kept but the variances are not cut to k, and the two results are "
          "returned in the wrong order, variances first.")
def pca_order_and_uncut(Xc, k=None):
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    _, s, components = np.linalg.svd(Xc, full_matrices=False)
    variances = s**2 / len(Xc)
    if k is None:
        k = len(s)
    return variances, components[:k]


@held_out("whiten",
          "The square root is missing: the projections are divided by the variances, so the whitened data has not "
          "unit variance.")
def whiten_no_sqrt(Xc, components, variances, eps=1e-5):
    Xrot = Xc.dot(components.T)
    return Xrot / (variances + eps)


@held_out("whiten",
          "The scaled data is rotated back into the original axes (ZCA): the result has shape (N, D) and is not "
          "along the principal components.")
def whiten_zca(Xc, components, variances, eps=1e-5):
    scaled = (Xc @ components.T) / np.sqrt(variances + eps)
    return scaled @ components


@held_out("whiten",
          "The data is only rotated (decorrelated); the division by sqrt(variances + eps) is missing.")
def whiten_rotates_only(Xc, components, variances, eps=1e-5):
    return np.dot(Xc, components.T)


@held_out("whiten",
          "Two errors: eps is outside the root (sqrt(variances) + eps), and the projections are multiplied by the "
          "standard deviation instead of divided.")
def whiten_eps_and_times(Xc, components, variances, eps=1e-5):
    proj = Xc @ components.T
    for j in range(proj.shape[1]):
        proj[:, j] = proj[:, j] * (np.sqrt(variances[j]) + eps)
    return proj
