"""Preprocessing: centre, scale, and whiten data before a net sees it (notebook 02_preprocessing).

Every statistic (mean, standard deviation, components) is computed on the training set and then applied, unchanged,
to validation and test data.
"""

import numpy as np


def mean_image(X):
    """Compute the mean image: one mean per pixel and channel, as AlexNet subtracts it.

    Source: Krizhevsky, Sutskever and Hinton (2012).

    Parameters
    ----------
    X : ndarray of shape (N, H, W, C)
        Training images, in any range.

    Returns
    -------
    mean : ndarray of shape (H, W, C)
        float32 for float32 images, otherwise float64.
    """
    return X.mean(axis=0)


def channel_mean(X):
    """Compute one mean per colour channel, over all images and pixels, as VGG subtracts it.

    Source: Simonyan and Zisserman (2015).

    Parameters
    ----------
    X : ndarray of shape (N, H, W, C)
        Training images, in any range.

    Returns
    -------
    mean : ndarray of shape (C,)
        float32 for float32 images, otherwise float64.
    """
    return X.mean(axis=(0, 1, 2))


def center(X, mean):
    """Subtract a mean that was computed elsewhere: on the training set.

    Parameters
    ----------
    X : ndarray of shape (N, ...)
    mean : ndarray that broadcasts against ``X``
        A mean image (H, W, C), a mean per channel (C,), or one per feature (D,).

    Returns
    -------
    centered : ndarray of the shape of ``X``
    """
    return X - mean


def standardize(X, mean, std, eps=1e-8):
    """Subtract a mean and divide by a standard deviation: ``(X - mean) / (std + eps)``.

    Parameters
    ----------
    X : ndarray of shape (N, ...)
    mean, std : float or ndarray that broadcasts against ``X``
        Of the training set.
    eps : float, default 1e-8
        Keeps a feature that never changes (``std`` 0) finite: it becomes 0 where it equals its mean.

    Returns
    -------
    standardized : ndarray of the shape of ``X``
    """
    return (X - mean) / (std + eps)


def pca(Xc, k=None):
    """Find the principal components: the orthogonal directions in which centred data varies most.

    They are the eigenvectors of the covariance matrix ``Xc.T @ Xc / N``; its eigenvalues are the variances of the data
    along them. Equivalently (and more accurately) they are the right singular vectors of ``Xc``, with variances
    ``s**2 / N``. Source: Pearson (1901).

    Parameters
    ----------
    Xc : ndarray of shape (N, D)
        Data whose columns have mean 0.
    k : int, optional
        Number of components, 1..min(N, D); all min(N, D) of them if not given.

    Returns
    -------
    components : ndarray of shape (k, D)
        One direction of length 1 a row, the largest variance first. The sign of a row is arbitrary.
    variances : ndarray of shape (k,)
        Along the components, with the divisor N, in descending order.

    Raises
    ------
    ValueError
        If ``Xc`` has not two axes.
    """
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    _, s, components = np.linalg.svd(Xc, full_matrices=False)  # s (min(N, D),), descending
    return components[:k], s[:k] ** 2 / len(Xc)


def whiten(Xc, components, variances, eps=1e-5):
    """Rotate centred data onto its principal components and scale each one to unit variance.

    ``Xc @ components.T / sqrt(variances + eps)``.

    Parameters
    ----------
    Xc : ndarray of shape (N, D)
        Centred with the mean of the training set.
    components : ndarray of shape (k, D)
    variances : ndarray of shape (k,)
        Both from :func:`pca` on the training set.
    eps : float, default 1e-5
        Added to the variances: without it a direction of almost no variance, which is mostly noise, would be blown up.

    Returns
    -------
    whitened : ndarray of shape (N, k)
    """
    return Xc @ components.T / np.sqrt(variances + eps)


def mean_image(X):
    total = np.zeros(X.shape[1:])
    for i in range(len(X)):
        total += X[i]
    print('mean over', len(X))
    return (total / len(X)).astype(X.dtype) if X.dtype == np.float32 else total / len(X)


def channel_mean(X):
    means = [np.average(X[:, :, :, c].astype(float)) for c in range(X.shape[3])]
    return np.array(means, dtype=np.float32 if X.dtype == np.float32 else float)


def center(X, mean):
    out = X.copy(order='F')
    out -= mean
    return out


def standardize(X, mean, std, eps=1e-08):
    scale = np.asarray(std, np.float64) + eps
    return ((X.astype(np.float64) - mean) / scale).astype(X.dtype)


def pca(Xc, k=None):
    rest, components, variances = (Xc.astype(float).T @ Xc / len(Xc), [], [])
    for _ in range(min(Xc.shape) if k is None else k):
        squared = rest / max(np.abs(rest).max(), 1e-300)
        for _ in range(40):
            squared = squared @ squared
            squared /= max(np.abs(squared).max(), 1e-300)
        v = squared[:, np.argmax(np.abs(squared).sum(axis=0))]
        v = v / max(np.linalg.norm(v), 1e-300)
        components.append(v)
        variances.append(v @ rest @ v)
        rest = rest - variances[-1] * np.outer(v, v)
    return (np.array(components, dtype=Xc.dtype), np.array(variances, dtype=Xc.dtype))


def whiten(Xc, components, variances, eps=1e-05):
    out = np.zeros((len(Xc), len(components)), dtype=Xc.dtype)
    for j, (direction, variance) in enumerate(zip(components, variances, strict=True)):
        out[:, j] = Xc @ direction / np.sqrt(variance + eps)
    return out
