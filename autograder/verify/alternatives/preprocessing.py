"""Correct ways to write ``cs231n_lib.preprocessing`` other than the reference's."""

import dataclasses
import functools
import sys
import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "one image": EDGES,
    "one channel": EDGES,
    "images of uint8": EDGES,
    "one mean per channel": EDGES,
    "one mean per feature": EDGES,
    "one number": EDGES,
    "images and one standard deviation": EDGES,
    "batch of one": EDGES,
    "a feature that never changes": ("conventions",),
    "eps = 2": ("conventions",),
    "all components": ("components", "variances"),
    "k = 2": ("conventions",),
    "fewer examples than features": EDGES,
    "one feature": EDGES,
    "a direction of variance 0": ("conventions",),
    "eps = 0.5": ("conventions",),
    "one component": EDGES,
}

# -- means ----------------------------------------------------------------------------------------------------------


@alternative("mean_image")
def sum_over_n(X):
    return np.sum(X, axis=0, dtype=np.float32 if X.dtype == np.float32 else float) / X.shape[0]


@alternative("mean_image", style="einsum")
def mean_by_einsum(X):
    weights = np.full(len(X), 1 / len(X), dtype=X.dtype if X.dtype.kind == "f" else float)
    return np.einsum("n,nhwc->hwc", weights, X)


@alternative("mean_image")
def mean_of_two_halves(X):
    """By recursion, as Numpy's own pairwise sum."""
    if len(X) == 1:
        return X[0] / 1
    half = len(X) // 2
    share = half / len(X)
    return mean_of_two_halves(X[:half]) * share + mean_of_two_halves(X[half:]) * (1 - share)


@alternative("mean_image", style="loop prints")
def mean_in_a_loop_that_prints(X):
    total = np.zeros(X.shape[1:])
    for i in range(len(X)):
        total += X[i]
    print("mean over", len(X))
    return (total / len(X)).astype(X.dtype) if X.dtype == np.float32 else total / len(X)


@alternative("channel_mean", style="one-liner")
def channels_as_columns(X):
    return X.reshape(-1, X.shape[-1]).mean(axis=0)


@alternative("channel_mean")
def mean_of_means(X):
    return X.mean(axis=0).mean(axis=0).mean(axis=0)


MEANS = {}


@alternative("channel_mean")
def remembered_between_calls(X):
    key = X.shape, X.dtype.str, X.tobytes()
    if key not in MEANS:
        MEANS[key] = X.mean(axis=(0, 1, 2))
    return MEANS[key]


@alternative("channel_mean", style="float64")
def one_channel_at_a_time(X):
    means = [np.average(X[:, :, :, c].astype(float)) for c in range(X.shape[3])]
    return np.array(means, dtype=np.float32 if X.dtype == np.float32 else float)


# -- subtracting and dividing ---------------------------------------------------------------------------------------


@alternative("center", style="one-liner")
def with_subtract(X, mean):
    return np.subtract(X, mean)


@alternative("center", style="out")
def center_into_a_new_array(X, mean):
    out = np.empty(X.shape, X.dtype)
    np.negative(mean, out=out)
    return np.add(out, X, out=out)


@alternative("center")
def on_a_copy(X, mean):
    out = X.copy(order="F")
    out -= mean
    return out


@alternative("center", style="warns")
def center_in_a_loop_that_warns(X, mean):
    warnings.warn("slow", stacklevel=1)
    return np.array([x - mean for x in X], dtype=X.dtype)


@alternative("standardize")
def standardize_in_steps(X, mean, std, eps=1e-8):
    centered = X - mean
    scale = np.asarray(std, X.dtype) + X.dtype.type(eps)
    return np.divide(centered, scale)


@dataclasses.dataclass
class Scaler:
    """What a training set tells."""

    mean: np.ndarray
    std: np.ndarray
    eps: float = 1e-8

    def __call__(self, X):
        return (X - self.mean) / (self.std + self.eps)


@alternative("standardize", style="class")
def standardize_by_an_object(X, *args, **settings):
    return Scaler(*args, **settings)(X)


@alternative("standardize", style="prints")
def standardize_by_multiplying(X, mean, std, eps=1e-8):
    print("standardizing", file=sys.stderr)
    return (X - mean) * (1 / (std + eps))


@alternative("standardize", style="float64")
def standardize_in_float64(X, mean, std, eps=1e-8):
    scale = np.asarray(std, np.float64) + eps
    return ((X.astype(np.float64) - mean) / scale).astype(X.dtype)


# -- principal components -------------------------------------------------------------------------------------------


class Components:
    """Principal components that are computed once, when they are first asked for."""

    def __init__(self, Xc):
        self.Xc = Xc

    @functools.cached_property
    def svd(self):
        return np.linalg.svd(self.Xc, full_matrices=False)

    def first(self, k):
        _, s, directions = self.svd
        return directions[:k], (s[:k] / len(self.Xc) ** 0.5) ** 2


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


@alternative("pca", style="class")
def by_a_class_that_keeps_its_svd(Xc, k=None):
    return Components(Xc).first(k)


@alternative("pca")
def centres_once_more(Xc, k=None):
    """Harmless on centred data."""
    Xc = Xc - Xc.mean(axis=0)
    components = -np.linalg.svd(Xc, full_matrices=False)[2]
    components = components[:k]
    return [components, np.mean((Xc @ components.T) ** 2, axis=0)]


@alternative("pca", style="loop")
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


@alternative("whiten", style="einsum one-liner")
def whiten_by_einsum(Xc, components, variances, eps=1e-5):
    return np.einsum("nd,kd->nk", Xc, components) * (variances + eps) ** -0.5


@alternative("whiten", style="out")
def whiten_into_one_array(Xc, components, variances, eps=1e-5):
    out = np.empty((Xc.shape[0], components.shape[0]), Xc.dtype, order="F")
    z = np.empty(out.shape, out.dtype)
    np.dot(Xc, components.T, out=z)
    return np.divide(z, np.sqrt(variances + eps), out=out)


@alternative("whiten")
def scales_the_components_first(Xc, components, variances, eps=1e-5):
    return Xc.dot((components / np.sqrt(variances + eps)[:, None]).T)


@alternative("whiten", style="loop")
def whiten_in_a_loop(Xc, components, variances, eps=1e-5):
    out = np.zeros((len(Xc), len(components)), dtype=Xc.dtype)
    for j, (direction, variance) in enumerate(zip(components, variances, strict=True)):
        out[:, j] = (Xc @ direction) / np.sqrt(variance + eps)
    return out
