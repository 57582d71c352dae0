"""Correct ways to write ``cs231n_lib.label_smoothing`` other than the reference's."""

import numpy as np

from autograder.verify.alternatives import alternative

PREPARES = {"smoothing = 0.6": ("smoothing",), "smoothing = 0": ("smoothing",)}
"""Line of a check -> the aspects of the grader that it prepares for, where the names do not say it."""


@alternative("smoothing_loss", style="loop")
def one_example_after_the_other(log_p, y, smoothing=0.1):
    loss, dx = 0.0, np.exp(log_p) / len(y)
    for i, label in enumerate(y):
        for j in range(log_p.shape[1]):
            wanted = smoothing / log_p.shape[1] + (1 - smoothing if j == label else 0)
            loss -= wanted * log_p[i, j] / len(y)
            dx[i, j] -= wanted / len(y)
    return loss, dx


@alternative("smoothing_loss")
def mixture_of_two_losses(log_p, y, smoothing=0.1):
    n, classes = log_p.shape
    own = np.eye(classes)[y]
    hard, even = -log_p[range(n), y].mean(), -log_p.mean()
    p = np.exp(log_p)
    return (1 - smoothing) * hard + smoothing * even, ((1 - smoothing) * (p - own) + smoothing * (p - 1 / classes)) / n


@alternative("smoothing_loss", style="einsum")
def weighed_by_einsum(log_p, y, smoothing=0.1):
    wanted = np.where(np.arange(log_p.shape[1]) == y[:, None], 1 - smoothing, 0.0) + smoothing / log_p.shape[1]
    return float(-np.einsum("nc,nc->", wanted, log_p) / len(y)), (np.exp(log_p) - wanted) / len(y)
