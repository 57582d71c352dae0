"""Preprocessing: center, scale, and whiten data before a net sees it (notebook 02_preprocessing).

Every statistic (mean, standard deviation, components) is computed on the training set and then applied, unchanged,
to validation and test data. Results have the dtype of what comes in: float32 in, float32 out.
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
    """Subtract a mean and divide by a standard deviation, both computed elsewhere: on the training set.

    Parameters
    ----------
    X : ndarray of shape (N, ...)
    mean, std : float or ndarray that broadcasts against ``X``
        Of the training set.
    eps : float, default 1e-8
        Added to the standard deviation: a feature that never changes (``std`` 0) stays finite, and is 0 where it equals
        its mean.

    Returns
    -------
    standardized : ndarray of the shape of ``X``
    """
    ### BEGIN SOLUTION
    return (X - mean) / (std + eps)
    ### END SOLUTION


def pca(Xc, k=None):
    """Find the principal components: the orthogonal directions in which centered data varies most.

    They are eigenvectors of the covariance matrix; its eigenvalues are the variances of the data along them.
    Source: Pearson (1901).

    Parameters
    ----------
    Xc : ndarray of shape (N, D)
        Data whose columns have mean 0.
    k : int, optional
        Number of components, 1..min(N, D), the ones of largest variance. If not given, all of them: D, of which those
        beyond the first N have the variance 0 and may be left out.

    Returns
    -------
    components : ndarray of shape (k, D)
        One direction of length 1 a row, the largest variance first. The sign of a row is arbitrary.
    variances : ndarray of shape (k,)
        Of the data along each component that is returned, with the divisor N, in descending order.

    Raises
    ------
    ValueError
        If ``Xc`` has not two axes.
    """
    if Xc.ndim != 2:
        raise ValueError(f"expected data of shape (N, D), one example a row, got {Xc.shape}")
    ### BEGIN SOLUTION
    _, s, components = np.linalg.svd(Xc, full_matrices=False)  # s (min(N, D),), descending
    return components[:k], s[:k] ** 2 / len(Xc)
    ### END SOLUTION


def whiten(Xc, components, variances, eps=1e-5):
    """Rotate centered data onto its principal components, and give each coordinate the variance 1.

    Parameters
    ----------
    Xc : ndarray of shape (N, D)
        Centered with the mean of the training set.
    components : ndarray of shape (k, D)
    variances : ndarray of shape (k,)
        Both from :func:`pca` on the training set.
    eps : float, default 1e-5
        Added to the variances, so that a direction without variance does no harm.

    Returns
    -------
    whitened : ndarray of shape (N, k)
    """
    ### BEGIN SOLUTION
    return Xc @ components.T / np.sqrt(variances + eps)
    ### END SOLUTION
