"""Six nets for notebook 07_babysitting: number 0 is healthy, each of the others has one fault.

There are also five runs, A to E, whose loss curves are to be read, and two nets whose loss stays flat. The code below
gives the answers away. The exercise is to find each fault from the outside, by measuring, as you must with a net of
your own, where nobody knows the answer.
"""

from dataclasses import dataclass, replace

import numpy as np

from cs231n_lib.lab.net import FullyConnectedNet, call_student

HIDDEN = (100, 100, 100, 100)
RATE = 0.05
NUMBERS, LETTERS = range(6), "ABCDE"


@dataclass
class BrokenNet:
    """A net with what is needed to train and examine it.

    Attributes
    ----------
    net : FullyConnectedNet
        With new weights, not trained yet.
    data : Data
        What it is trained on.
    settings : dict
        Keyword arguments of :class:`~cs231n_lib.lab.solver.Solver`: ``Solver(net, data, **settings, rng=rng)``.
    """

    net: FullyConnectedNet
    data: object
    settings: dict


def make_net(number, data, seed=0, dtype=np.float32):
    """Return a patient: a net with four hidden layers of 100 ReLUs, its data and its settings.

    The same arguments give the same patient again, untouched.

    Parameters
    ----------
    number : int
        0, the healthy one, to 5.
    data : Data
        Images, prepared.
    seed : int, default 0
        Draws the weights.
    dtype : dtype, default numpy.float32
        numpy.float64 for a gradient check.

    Returns
    -------
    patient : BrokenNet

    Raises
    ------
    ValueError
        If there is no patient of that number.
    """
    if number not in NUMBERS:
        raise ValueError(f"expected a patient's number, 0 to {NUMBERS[-1]}, got {number!r}")
    image = data.X_train[0].size
    own = {1: {"init": 0.01}, 3: {"reg": 0.5}}.get(number, {})
    kind = {4: NetFour, 5: NetFive}.get(number, FullyConnectedNet)
    net = kind(HIDDEN, image, len(data.class_names), **own, dtype=dtype, rng=np.random.default_rng(seed))
    settings = {"optim_config": {"learning_rate": RATE}, "batch_size": 100, "restore_best": False, "verbose": False}
    if number == 2:
        settings["update_rule"] = make_rule_two(image)
    return BrokenNet(net, data, settings)


def make_run(letter, data, seed=0):
    """Return one of five runs, A to E, whose curves are to be read after training.

    Parameters
    ----------
    letter : str
        A to E.
    data : Data
        About 1,000 training images, prepared.
    seed : int, default 0

    Returns
    -------
    patient : BrokenNet
        With ``num_epochs`` among the settings.

    Raises
    ------
    ValueError
        If there is no run of that letter.
    """
    if letter not in tuple(LETTERS):
        raise ValueError(f"expected a letter from A to E, got {letter!r}")
    rate = dict(zip(LETTERS, (0.001, 0.06, 0.25, 0.1, 0.06), strict=True))[letter]
    hidden, own = ([60] * 3, {"init": 0.03}) if letter == "D" else ([60] * 2, {})
    if letter == "B":
        data = replace(data, y_train=np.random.default_rng(seed).permutation(data.y_train))
    net = FullyConnectedNet(hidden, data.X_train[0].size, len(data.class_names), **own, rng=np.random.default_rng(seed))
    settings = {"optim_config": {"learning_rate": rate}, "batch_size": 50, "num_epochs": 15, "num_train_samples": 300,
                "restore_best": False, "verbose": False}
    return BrokenNet(net, data, settings)


def make_flat_net(number, seed=0):
    """Return one of two nets whose loss does not move, and the learning rate that it is trained with.

    Five hidden layers of 100 ReLUs, for images of 3072 numbers and 10 classes. The same for the same arguments.

    Parameters
    ----------
    number : int
        1 or 2.
    seed : int, default 0
        Draws the weights.

    Returns
    -------
    net : FullyConnectedNet
    rate : float

    Raises
    ------
    ValueError
        If there is no net of that number.
    """
    if number not in (1, 2):
        raise ValueError(f"expected 1 or 2, got {number!r}")
    own, rate = {1: ({"init": 0.01}, 0.05), 2: ({}, 5e-5)}[number]
    return FullyConnectedNet([100] * 5, **own, rng=np.random.default_rng(seed)), rate


def make_rule_two(length):
    """Return the update rule of patient 2: ``rule(w, dw, config) -> (next_w, config)``."""
    def rule(w, dw, config):
        rate = 0.0 if len(w) == length else config["learning_rate"]
        return w - np.asarray(rate, dtype=w.dtype) * dw, config
    return rule


class NetFour(FullyConnectedNet):
    """The net of patient 4."""

    def _hidden_backward(self, dout, cache, i, grads):
        if i != 3:
            return super()._hidden_backward(dout, cache, i, grads)
        dx, grads[f"W{i}"], grads[f"b{i}"] = call_student("linear_classifier", "affine_backward", dout, cache[0],
                                                          returns="dx, dw, db")
        return dx


class NetFive(FullyConnectedNet):
    """The net of patient 5."""

    def _loss(self, scores, y):
        _, d = super()._loss(scores, y)
        q = len(y) * d + np.eye(scores.shape[1], dtype=scores.dtype)[y]  # (N, C), rows sum to 1
        loss, dq = super()._loss(q, y)
        return loss, q * (dq - np.sum(dq * q, axis=1, keepdims=True))
