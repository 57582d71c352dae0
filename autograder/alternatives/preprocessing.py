"""Correct ways to write ``cs231n_lib.preprocessing`` other than the reference's."""

import sys
import warnings

import numpy as np

from autograder.alternatives import alternative

# -- means ----------------------------------------------------------------------------------------------------------


@alternative("mean_image")
def sum_over_n(X):
    return np.sum(X, axis=0, dtype=np.float32 if X.dtype == np.float32 else float) / X.shape[0]


@alternative("mean_image")
def mean_by_einsum(X):
    weights = np.full(len(X), 1 / len(X), dtype=X.dtype if X.dtype.kind == "f" else float)
    return np.einsum("n,nhwc->hwc", weights, X)


@alternative("mean_image")
def mean_in_a_loop_that_prints(X):
    total = np.zeros(X.shape[1:])
    for i in range(len(X)):
        total += X[i]
    print("mean over", len(X))
    return (total / len(X)).astype(X.dtype) if X.dtype == np.float32 else total / len(X)


@alternative("channel_mean")
def channels_as_columns(X):
    return X.reshape(-1, X.shape[-1]).mean(axis=0)


@alternative("channel_mean")
def mean_of_means(X):
    return X.mean(axis=0).mean(axis=0).mean(axis=0)


@alternative("channel_mean")
def one_channel_at_a_time(X):
    means = [np.average(X[:, :, :, c].astype(float)) for c in range(X.shape[3])]
    return np.array(means, dtype=np.float32 if X.dtype == np.float32 else float)


# -- subtracting and dividing ---------------------------------------------------------------------------------------


@alternative("center")
def with_subtract(X, mean):
    return np.subtract(X, mean)


@alternative("center")
def on_a_copy(X, mean):
    out = X.copy(order="F")
    out -= mean
    return out


@alternative("center")
def center_in_a_loop_that_warns(X, mean):
    warnings.warn("slow", stacklevel=1)
    return np.array([x - mean for x in X], dtype=X.dtype)


@alternative("standardize")
def standardize_in_steps(X, mean, std, eps=1e-8):
    centered = X - mean
    scale = np.asarray(std, X.dtype) + X.dtype.type(eps)
    return np.divide(centered, scale)


@alternative("standardize")
def standardize_by_multiplying(X, mean, std, eps=1e-8):
    print("standardizing", file=sys.stderr)
    return (X - mean) * (1 / (std + eps))


@alternative("standardize")
def standardize_in_float64(X, mean, std, eps=1e-8):
    scale = np.asarray(std, np.float64) + eps
    return ((X.astype(np.float64) - mean) / scale).astype(X.dtype)


# -- principal components -------------------------------------------------------------------------------------------


@alternative("pca")
def by_eigh(Xc, k=None):
    variances, vectors = np.linalg.eigh(Xc.T @ Xc / Xc.shape[0])
    order = np.argsort(variances)[::-1]
    return vectors[:, order].T[:k], variances[order][:k]


@alternative("pca")
def by_np_cov(Xc, k=None):
    k = min(Xc.shape) if k is None else k
    covariance = np.atleast_2d(np.cov(Xc, rowvar=False, bias=True))
    u, s, _ = np.linalg.svd(covariance)
    return np.ascontiguousarray(u[:, :k].T).astype(Xc.dtype), s[:k].astype(Xc.dtype)


@alternative("pca")
def centres_once_more(Xc, k=None):
    """Harmless on centred data."""
    Xc = Xc - Xc.mean(axis=0)
    components = -np.linalg.svd(Xc, full_matrices=False)[2]
    components = components[:k]
    return [components, np.mean((Xc @ components.T) ** 2, axis=0)]


@alternative("pca")
def by_power_iteration(Xc, k=None):
    rest, components, variances = Xc.astype(float).T @ Xc / len(Xc), [], []
    for _ in range(min(Xc.shape) if k is None else k):
        squared = rest / max(np.abs(rest).max(), 1e-300)
        for _ in range(40):  # the matrix itself is squared: 40 squarings are a power of 2**40
            squared = squared @ squared
            squared /= max(np.abs(squared).max(), 1e-300)
        v = squared[:, np.argmax(np.abs(squared).sum(axis=0))]
        v = v / max(np.linalg.norm(v), 1e-300)
        components.append(v)
        variances.append(v @ rest @ v)
        rest = rest - variances[-1] * np.outer(v, v)
    return np.array(components, dtype=Xc.dtype), np.array(variances, dtype=Xc.dtype)


# -- whitening --------------------------------------------------------------------------------------------------------


@alternative("whiten")
def whiten_by_einsum(Xc, components, variances, eps=1e-5):
    return np.einsum("nd,kd->nk", Xc, components) * (variances + eps) ** -0.5


@alternative("whiten")
def scales_the_components_first(Xc, components, variances, eps=1e-5):
    return Xc.dot((components / np.sqrt(variances + eps)[:, None]).T)


@alternative("whiten")
def whiten_in_a_loop(Xc, components, variances, eps=1e-5):
    out = np.zeros((len(Xc), len(components)), dtype=Xc.dtype)
    for j, (direction, variance) in enumerate(zip(components, variances, strict=True)):
        out[:, j] = (Xc @ direction) / np.sqrt(variance + eps)
    return out
