"""Known mistakes in ``cs231n_lib.label_smoothing``."""

import numpy as np

from autograder import reference
from autograder.mistakes import mistake

right = reference.load("label_smoothing")
A = reference.load_aspects("label_smoothing")
ALL = {A.LOSS, A.GRADIENT, A.SMOOTHING}


def with_targets(log_p, targets):
    """Return loss and gradient for some targets."""
    return -np.sum(targets * log_p) / len(log_p), (np.exp(log_p) - targets) / len(log_p)


def one_hot(log_p, y):
    """Return the targets without smoothing."""
    return np.eye(log_p.shape[1])[y]


@mistake("smoothing_loss", ALL, "The share is spread over the other classes only. It goes to all C classes, the "
                                "label's own among them.")
def spreads_over_the_others(log_p, y, smoothing=0.1):
    own = one_hot(log_p, y)
    return with_targets(log_p, (1 - smoothing) * own + (1 - own) * smoothing / (log_p.shape[1] - 1))


@mistake("smoothing_loss", ALL, "What the label's class gives away reaches no class: each row of targets must add up "
                                "to 1.")
def gives_to_nobody(log_p, y, smoothing=0.1):
    return with_targets(log_p, (1 - smoothing) * one_hot(log_p, y))


@mistake("smoothing_loss", ALL, "Every class gets the whole share. Divide it by the number of classes.")
def whole_share_for_each(log_p, y, smoothing=0.1):
    return with_targets(log_p, (1 - smoothing) * one_hot(log_p, y) + smoothing)


@mistake("smoothing_loss", {A.SMOOTHING}, "The share is 0.1 here, whatever the caller says. Use the argument.")
def always_a_tenth(log_p, y, smoothing=0.1):
    return right.smoothing_loss(log_p, y)


@mistake("smoothing_loss", {A.LOSS}, "The loss is N times too large: it is the mean over the batch, not the sum.")
def sum_of_losses(log_p, y, smoothing=0.1):
    loss, dx = right.smoothing_loss(log_p, y, smoothing)
    return loss * len(y), dx


@mistake("smoothing_loss", {A.GRADIENT}, "The gradient is N times too large: the loss is a mean, and each example "
                                         "counts 1/N.")
def gradient_not_averaged(log_p, y, smoothing=0.1):
    loss, dx = right.smoothing_loss(log_p, y, smoothing)
    return loss, dx * len(y)


@mistake("smoothing_loss", {A.GRADIENT}, "This is the gradient of the plain cross-entropy: the loss is smoothed, "
                                         "its gradient is not.")
def gradient_of_hard_labels(log_p, y, smoothing=0.1):
    return right.smoothing_loss(log_p, y, smoothing)[0], (np.exp(log_p) - one_hot(log_p, y)) / len(y)


@mistake("smoothing_loss", {A.INPUTS}, "The probabilities are written into log_p itself, which the caller still needs. "
                                       "Without out= np.exp makes a new array.")
def overwrites_log_p(log_p, y, smoothing=0.1):
    result = right.smoothing_loss(log_p, y, smoothing)
    np.exp(log_p, out=log_p)
    return result
