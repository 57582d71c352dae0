"""The zigzag explorer: two weights on their way to a goal, by the mean of their inputs, the batch and the rate."""

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers.base import Explorer, slider

GOAL, STEPS, EXAMPLES = np.array([1.0, -1.0]), 60, 500
LEVELS = (0.002, 0.01, 0.03, 0.07, 0.15, 0.3, 0.6)
FAR = 10.0
"""Where a path that explodes ends in the picture."""


def draw_inputs(mean, seed):
    """Return inputs like those that come from two sigmoids, (500, 2), moved to a mean; 0.5 is where sigmoids put it."""
    normals = np.random.default_rng(seed).standard_normal((EXAMPLES, 2))
    return 1 / (1 + np.exp(-normals)) - 0.5 + mean


def descend(inputs, batch, rate, seed):
    """Fit ``inputs @ w`` to ``inputs @ GOAL`` by gradient descent on half the mean squared error.

    Parameters
    ----------
    inputs : ndarray of shape (N, 2)
    batch : int
        Examples for each step.
    rate : float
    seed : int
        Draws the batches.

    Returns
    -------
    path : ndarray of shape (61, 2)
        The weights before the first step, which are 0, and after each.
    """
    rng, w = np.random.default_rng(seed), np.zeros(2)
    path = [w]
    for _ in range(STEPS):
        x = inputs[rng.integers(len(inputs), size=batch)]
        w = np.clip(w - rate * x.T @ (x @ (w - GOAL)) / batch, -1e6, 1e6)
        path.append(w)
    return np.array(path)


def count_same(path):
    """Return the share of the steps, 0..1, that move both weights in the same direction."""
    return float(np.mean(np.prod(np.diff(path, axis=0), axis=1) > 0))


class ZigZag(Explorer):
    """The path of two weights over the contours of their loss, and how far from the goal they are.

    Notebook 01_activations.
    """

    presets = {"one example": {"batch": 1, "rate": 1.0, "mean": 0.5},
               "large batch": {"batch": 64, "rate": 1.0, "mean": 0.5},
               "centered": {"batch": 1, "rate": 1.0, "mean": 0.0},
               "too fast": {"batch": 64, "rate": 5.0, "mean": 0.5}}
    size = (9.0, 4.2)

    def controls(self):
        return {"batch": slider("batch size", 1, 1, 64, 1), "rate": slider("rate", 1.0, 0.2, 8.0, 0.2),
                "mean": slider("mean of the inputs", 0.5, 0.0, 0.5, 0.05)}

    def compute(self, batch, rate, mean, seed):
        return descend(draw_inputs(mean, seed), batch, rate, seed)

    def frame_key(self, mean, seed, **_):
        return mean, seed

    def frame(self, figure, mean, seed, **_):
        left, right = figure.add_axes((0.08, 0.14, 0.37, 0.78)), figure.add_axes((0.56, 0.14, 0.42, 0.78))
        w1, w2 = np.meshgrid(np.linspace(-0.6, 1.6, 80), np.linspace(-1.6, 0.6, 80))
        offset = np.stack([w1, w2], axis=-1) - GOAL
        loss = 0.5 * np.mean((offset @ draw_inputs(mean, seed).T)**2, axis=-1)
        left.contour(w1, w2, loss, levels=LEVELS, colors=plots.GREY, linewidths=0.7)
        left.plot(*GOAL, "*", color=plots.BLACK, markersize=14)
        left.set(xlim=(-0.6, 1.6), ylim=(-1.6, 0.6), xlabel="first weight", ylabel="second weight", aspect="equal",
                 xticks=[-0.5, 0, 0.5, 1, 1.5], yticks=[-1.5, -1, -0.5, 0, 0.5])
        left.set_title("the path (dots: the first ten steps)", fontsize=10, loc="left")
        left.grid(False)
        right.set(xlim=(0, STEPS), ylim=(1e-4, FAR), yscale="log", xlabel="step")
        right.set_title("distance to the goal", fontsize=10, loc="left")
        self._path = left.plot([], [], color=plots.VERMILLION, linewidth=1.0)[0]
        self._first = left.plot([], [], "o-", color=plots.VERMILLION, linewidth=2.0, markersize=4)[0]
        self._distance = right.plot([], [], color=plots.VERMILLION)[0]
        return [self._path, self._first, self._distance]

    def draw(self, result, **_):
        near = np.clip(result, -FAR, FAR)
        self._path.set_data(*near.T)
        self._first.set_data(*near[:11].T)
        distance = np.clip(np.linalg.norm(result - GOAL, axis=1), 1e-12, FAR)
        self._distance.set_data(np.arange(len(result)), distance)

    def describe(self, result, **_):
        word, _ = self.name_verdict(result)
        left = np.linalg.norm(result[-1] - GOAL)
        where = f"the distance to the goal is {left:.2g} after {STEPS} steps"
        if left > FAR:
            where = "it leaves the picture"
        return f"{word}: {count_same(result):.0%} of the steps move both weights in the same direction, and {where}."

    def name_verdict(self, result, **_):
        left = np.linalg.norm(result[-1] - GOAL)
        if left > np.linalg.norm(GOAL):
            return "Explodes", "wrong"
        return ("Arrives", "ok") if left < 0.2 else ("On its way", "note")

    def draw_static(self):
        """Display the presets side by side, for a reader without a kernel."""
        figure, said = Figure(figsize=(10.5, 3.2), layout="constrained"), []
        axes = figure.subplots(1, len(self.presets), sharey=True)
        for ax, (name, place) in zip(axes, self.presets.items(), strict=True):
            path = np.clip(self.compute(**place, seed=self.parameters["seed"]), -FAR, FAR)
            ax.plot(*path.T, ".-", color=plots.VERMILLION, linewidth=0.8, markersize=3)
            ax.plot(*GOAL, "*", color=plots.BLACK, markersize=12)
            ax.set(xlim=(-0.6, 1.6), ylim=(-1.6, 0.6), aspect="equal", xlabel="first weight")
            ax.set_title(f"{name}\nsame direction: {count_same(path):.0%}", fontsize=11)
            said.append(f"{name}: {count_same(path):.0%} of the steps move both weights in the same direction")
        figure.axes[0].set_ylabel("second weight")
        plots.show(figure, f"Four paths of two weights to their goal. {'; '.join(said)}.")
