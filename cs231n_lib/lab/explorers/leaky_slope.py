"""The leaky-slope explorer: how long dead units take to come back, by the slope of the negative side."""

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.explorers.base import Explorer, slider
from cs231n_lib.lab.explorers.prediction import Prediction
from cs231n_lib.lab.net import call_student

UNITS, EXAMPLES, STEPS, RATE = 50, 40, 300, 1.0
BIAS, LENGTH = -3.0, 0.5  # at this bias, weights of this length need an example more than 6 from the origin


def revive(alpha, seed, steps=STEPS):
    """Train 50 units that all start dead, each separately, and record when they come back.

    The examples are a 2-D normal cloud. Unit j is to learn ``max(0, X @ v_j)`` for a random direction ``v_j``, by
    full-batch gradient descent on the mean of ``0.5 * (out - target)**2``. It starts with the bias -3, so that no
    example makes its input positive.

    Parameters
    ----------
    alpha : float
        Slope of the leaky ReLU for negative inputs; 0 is the ReLU.
    seed : int
        Draws the cloud, the weights and the targets.
    steps : int, default 300

    Returns
    -------
    alive : ndarray of shape (steps + 1,)
        After each step the share of units, 0..1, whose input is positive for some example. Number 0 is the start.
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((EXAMPLES, 2))
    w, v = rng.standard_normal((2, 2, UNITS))
    w, v = LENGTH * w / np.linalg.norm(w, axis=0), v / np.linalg.norm(v, axis=0)
    b, targets = np.full(UNITS, BIAS), np.maximum(0, X @ v)  # (UNITS,), (EXAMPLES, UNITS)
    alive = np.zeros(steps + 1)
    for i in range(steps + 1):
        out, cache = call_student("activations", "leaky_relu_forward", X @ w + b, alpha, returns="out, cache")
        alive[i] = np.mean(out.max(axis=0) > 0)
        dz = call_student("activations", "leaky_relu_backward", (out - targets) / EXAMPLES, cache)
        w, b = w - RATE * X.T @ dz, b - RATE * dz.sum(axis=0)
    return alive


def find_half_time(alive):
    """Return the first step after which half of the units are back, or None if that never happens."""
    back = np.flatnonzero(alive >= 0.5)
    return int(back[0]) if len(back) else None


class LeakySlope(Explorer):
    """Fifty dead units and a slope: the share of units that are back, step by step.

    Uses the reader's ``leaky_relu_forward`` and ``leaky_relu_backward``. The experiment is :func:`revive`.

    Notebook 01_activations.
    """

    question = Prediction(
        "prediction_leaky", "abc",
        {"a": "after about the same number of steps", "b": "about twice to three times sooner",
         "c": "about ten times sooner"}, "Compare the steps at slope 0.01 with those at 0.1.")
    presets = {"0 (ReLU)": {"slope": 0.0}, "0.01 (Maas et al., 2013)": {"slope": 0.01}, "0.03": {"slope": 0.03},
               "0.1": {"slope": 0.1}}
    size = (9.0, 3.6)

    def controls(self):
        return {"slope": slider("slope for x < 0", 0.01, 0.0, 0.1, 0.005, readout_format=".3f")}

    def compute(self, slope, seed):
        return revive(slope, seed)

    def frame_key(self, seed, **_):
        return seed

    def frame(self, figure, seed, **_):
        left = figure.add_axes((0.075, 0.17, 0.30, 0.70))
        left.plot([-4, 0, 1], [0, 0, 1], "--", color=plots.COLOURS["relu"], linewidth=1.5)
        left.set(xlim=(-4, 1), ylim=(-0.5, 1), xlabel="x", xticks=range(-4, 2))
        left.set_title("the function (dashed: ReLU)", fontsize=10, loc="left")
        right = figure.add_axes((0.47, 0.17, 0.505, 0.70))
        right.plot(revive(0.0, seed), "--", color=plots.COLOURS["relu"], linewidth=1.5)
        right.text(STEPS, 0.03, "ReLU", ha="right", fontsize=10)
        right.set(xlim=(-5, STEPS), ylim=(-0.03, 1.03), xlabel="step", yticks=[0, 0.5, 1])
        right.set_title(f"share of {UNITS} dead units that are back", fontsize=10, loc="left")
        colour = plots.COLOURS["leaky_relu"]
        self._bend = left.plot([], [], color=colour)[0]
        self._share = right.plot([], [], color=colour)[0]
        self._half = right.plot([], [], "o", color=colour, markersize=8)[0]
        return [self._bend, self._share, self._half]

    def draw(self, result, slope, **_):
        self._bend.set_data([-4, 0, 1], [-4 * slope, 0, 1])
        self._share.set_data(np.arange(len(result)), result)
        half = find_half_time(result)
        self._half.set_data([[], []] if half is None else [[half], [result[half]]])

    def describe(self, result, slope, **_):
        half, steps = find_half_time(result), len(result) - 1
        if half is None:
            when, product = f"not within {steps} steps", f"more than {slope * steps:.1f}" if slope else "-"
        else:
            when, product = f"after {half} steps", f"{slope * half:.1f}"
        return (f"Slope {slope:g}: half of the dead units are back {when} (slope times steps: {product}); at the end "
                f"{result[-1]:.0%} are.")

    def draw_static(self, slopes=(0.01, 0.02, 0.05, 0.1)):
        """Display several slopes side by side, for a reader without a kernel."""
        with one_blas_thread():
            shares = {slope: revive(slope, self.parameters["seed"]) for slope in (0.0, *slopes)}
        figure = Figure(figsize=(plots.WIDTH, 2.9), layout="constrained")
        for ax, slope in zip(figure.subplots(1, len(slopes), sharey=True), slopes, strict=True):
            ax.plot(shares[0.0], "--", color=plots.COLOURS["relu"], linewidth=1.5)
            ax.plot(shares[slope], color=plots.COLOURS["leaky_relu"])
            half = find_half_time(shares[slope])
            if half is not None:
                ax.plot(half, shares[slope][half], "o", color=plots.COLOURS["leaky_relu"], markersize=8)
            ax.set_title(f"slope {slope:g}\nhalf {'never' if half is None else f'at step {half}'}", fontsize=12)
            ax.set(xlabel="step", xlim=(-5, STEPS), xticks=[0, STEPS // 2, STEPS], ylim=(-0.03, 1.03),
                   yticks=[0, 0.5, 1])
        figure.axes[0].set_ylabel("share of units back")
        figure.axes[0].annotate("ReLU", (STEPS, 0), xytext=(-4, 4), textcoords="offset points", ha="right", fontsize=11)
        halves = ", ".join(f"slope {s:g}: step {find_half_time(a)}" for s, a in shares.items() if s)
        plots.show(figure, f"When half of {UNITS} dead units are back: {halves}. With ReLU none ever is.")
