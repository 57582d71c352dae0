"""Label smoothing: a net that may not become too sure (notebook 10_label_smoothing).

Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the Inception Architecture for Computer Vision", 2016.
"""

import numpy as np


def smoothing_loss(log_p, y, smoothing=0.1):
    """Mean cross-entropy with smoothed labels, and its gradient with respect to the scores.

    The target of an example is 1 for its own class and 0 for all others, and a share ``smoothing`` of that is spread
    evenly over all C classes, its own among them: ``q = (1 - smoothing) * onehot + smoothing / C``. The loss of an
    example is ``-sum_j q_j * log_p_j``.

    Parameters
    ----------
    log_p : ndarray of shape (N, C)
        Logarithms of the softmax of the scores.
    y : ndarray of int, shape (N,)
        Labels in 0..C-1.
    smoothing : float, default 0.1
        From 0, the plain cross-entropy, to 1, where the label does not count.

    Returns
    -------
    loss : float
    dx : ndarray of shape (N, C)
        The gradient of the loss with respect to the scores. The arguments stay as they are.
    """
    ### BEGIN SOLUTION
    n, classes = log_p.shape
    targets = np.full((n, classes), smoothing / classes)
    targets[np.arange(n), y] += 1 - smoothing
    return -np.sum(targets * log_p) / n, (np.exp(log_p) - targets) / n
    ### END SOLUTION
