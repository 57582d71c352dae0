"""The prepared-cloud explorer: what centering, scaling, rotating and whitening do to a cloud and to the way down."""

from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers.base import Explorer, log_slider, menu

STAGES = ("raw", "centered", "scaled", "rotated", "whitened")
"""Each is made from the one before it."""
EXAMPLES, STEPS = 60, 60
CENTER, SPREADS, CORRELATION = np.array([6.0, 4.0]), np.array([1.5, 0.5]), 0.8
WEIGHTS = np.array([0.6, -1.5])
"""What the unit is to learn: the targets are these weights times the raw features."""
ARRIVED = 0.01
"""The star is reached where the loss has fallen to this share of the loss at the start."""
GOAL = "green: at most 1 % of the loss is left"
RATES = 10 ** np.arange(-3, 0.7, 0.02)
LEVELS = (0.04, 0.1, 0.3, 0.7, 1.5, 3.0, 6.0)
"""Contours, as shares of the loss at the start; the green ellipse is where no more than ``ARRIVED`` is left."""
FAR, LIMITS = 40, ((-4, 10), (-4, 8))


def draw_cloud(seed):
    """Draw two features whose means, standard deviations and correlation are the same in every draw.

    Parameters
    ----------
    seed : int

    Returns
    -------
    cloud : ndarray of shape (60, 2)
    """
    u = np.random.default_rng(seed).standard_normal((EXAMPLES, 2))
    u -= u.mean(axis=0)
    u = np.linalg.solve(np.linalg.cholesky(u.T @ u / EXAMPLES), u.T).T  # uncorrelated, of variance 1
    second = CORRELATION * u[:, 0] + np.sqrt(1 - CORRELATION**2) * u[:, 1]
    return CENTER + SPREADS * np.stack([u[:, 0], second], axis=1)


def list_stages(cloud):
    """Return what becomes of a cloud of two features, step by step.

    Parameters
    ----------
    cloud : ndarray of shape (N, 2)

    Returns
    -------
    stages : dict of str to ndarray of shape (N, 2)
        By the names of ``STAGES``.
    """
    centered = cloud - cloud.mean(axis=0)
    scaled = centered / centered.std(axis=0)
    (a, c), (_, b) = scaled.T @ scaled
    angle = np.arctan2(2 * c, a - b) / 2  # of the ellipse's long axis
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rotated = scaled @ turn
    return dict(zip(STAGES, (cloud, centered, scaled, rotated, rotated / rotated.std(axis=0)), strict=True))


def make_map(stage, seed=0):
    """Return the loss of a unit without bias as a bowl over its two weights.

    Parameters
    ----------
    stage : str
        One of ``STAGES``.
    seed : int

    Returns
    -------
    bowl : SimpleNamespace
        ``x`` the prepared cloud (60, 2), ``targets`` (60,), ``curvature`` the matrix of mean products (2, 2), and
        ``star`` the weights with the least loss, which is 0.
    """
    stages = list_stages(draw_cloud(seed))
    x, source = stages[stage], stages["raw" if stage == "raw" else "centered"]
    targets = source @ WEIGHTS
    curvature = x.T @ x / len(x)
    return SimpleNamespace(x=x, targets=targets, curvature=curvature,
                           star=np.linalg.solve(curvature, x.T @ targets / len(x)))


def eval_loss(bowl, weights):
    """Compute half of the mean squared error at some weights, shape (..., 2)."""
    away = weights - bowl.star
    return np.einsum("...i,ij,...j->...", away, bowl.curvature, away) / 2


def descend(bowl, rate, steps=STEPS):
    """Go down the bowl from weights of zero by gradient descent.

    Parameters
    ----------
    bowl : SimpleNamespace
        As :func:`make_map` returns it.
    rate : float
    steps : int, default 60

    Returns
    -------
    path : ndarray of shape (n, 2)
        Number 0 is the start; it ends at the star, or after ``steps``, or where it has gone far away.
    reached : bool
    """
    path, goal = [np.zeros(2)], ARRIVED * eval_loss(bowl, np.zeros(2))
    while eval_loss(bowl, path[-1]) > goal and len(path) <= steps and np.abs(path[-1]).max() < FAR:
        path.append(path[-1] - rate * bowl.curvature @ (path[-1] - bowl.star))
    return np.array(path), bool(eval_loss(bowl, path[-1]) <= goal)


def count_steps(stage):
    """Return how many steps it takes to reach the star, with the best of many learning rates.

    Parameters
    ----------
    stage : str

    Returns
    -------
    steps : int
    rate : float
        The smallest of the rates that need so few.
    """
    bowl = make_map(stage)
    runs = [(len(path) - 1, rate) for rate in RATES for path, reached in [descend(bowl, rate, 400)] if reached]
    steps, rate = min(runs)
    return steps, float(rate)


class PreparedCloud(Explorer):
    """Two features, the loss over two weights, and gradient descent of at most 60 steps towards a star.

    Nothing of the reader's is used: the picture comes before the functions of the notebook are written.

    Notebook 02_preprocessing.

    Attributes
    ----------
    stages : tuple of str
        Those that the menu offers.
    """

    stages = STAGES
    size = (9.0, 4.3)

    def controls(self):
        return {"stage": menu("data", self.stages[0], self.stages),
                "rate": log_slider("learning rate", 0.01, 0.001, 4.0)}

    def compute(self, stage, rate, seed):
        bowl = make_map(stage, seed)
        path, reached = descend(bowl, rate)
        left = float(eval_loss(bowl, path[-1]) / eval_loss(bowl, path[0]))
        return SimpleNamespace(bowl=bowl, path=path, reached=reached, left=left)

    def frame_key(self, stage, seed, **_):
        return stage, seed

    def frame(self, figure, stage, seed, **_):
        bowl = make_map(stage, seed)
        draw_features(figure.add_axes((0.085, 0.14, 0.36, 0.76)), bowl)
        ax = figure.add_axes((0.57, 0.14, 0.42, 0.76))
        draw_landscape(ax, bowl, f"the loss over the two weights\n{GOAL}")
        self._path = ax.plot([], [], "o-", color=plots.VERMILLION, markersize=3.5, linewidth=1.2)[0]
        self._end = ax.plot([], [], "o", color=plots.VERMILLION, markersize=8)[0]
        return [self._path, self._end]

    def draw(self, result, **_):
        self._path.set_data(*result.path.T)
        self._end.set_data(*result.path[-1:].T)

    def name_verdict(self, result, **_):
        if result.reached:
            return "Reached", "ok"
        return ("Lost", "wrong") if result.left > 1 else ("On the way", "open")

    def describe(self, result, stage, **_):
        steps = len(result.path) - 1
        if result.reached:
            return f"Reached: on the {stage} data it takes {steps} step{'s' if steps > 1 else ''} to the star."
        if result.left > 1:
            return (f"Lost: on the {stage} data the loss is larger than at the start, because every step overshoots "
                    "by more than the one before.")
        return (f"On the way: after {steps} steps on the {stage} data {result.left:.0%} of the loss is left. At "
                f"{ARRIVED:.0%} the star is reached.")

    def draw_static(self):
        """Display every stage with its best rate, for a reader without a kernel."""
        figure = Figure(figsize=(plots.WIDTH, 3.9), layout="constrained")
        found = []
        for column, stage in zip(figure.subplots(2, len(self.stages), squeeze=False).T, self.stages, strict=True):
            bowl, (steps, rate) = make_map(stage), count_steps(stage)
            draw_features(column[0], bowl, stage)
            draw_landscape(column[1], bowl, f"{steps} step{'s' if steps > 1 else ''}")
            few = steps < STEPS
            column[1].plot(*descend(bowl, rate, steps)[0].T, "o-" if few else "-", color=plots.VERMILLION, markersize=3,
                           linewidth=1 if few else 0.4)
            found.append(f"{stage} {steps}")
        for ax in figure.axes:
            ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
        figure.supxlabel(GOAL, fontsize=11)
        plots.show(figure, "Above, one cloud in its stages; below, the loss over the two weights and the path of "
                           "gradient descent with its best rate, into the green ellipse where 1 % of the loss is "
                           f"left. Steps to the star: {', '.join(found)}.")


class RawCloud(PreparedCloud):
    """The prepared cloud before anything was prepared: the first page of 02_preprocessing, where no rate will do."""

    stages = STAGES[:1]

    def draw_static(self, rates=(0.005, 0.036, 0.038)):
        """Display the way from a few rates, for a reader without a kernel."""
        bowl = make_map(STAGES[0])
        figure = Figure(figsize=(plots.WIDTH, 3.2), layout="constrained")
        for ax, rate in zip(figure.subplots(1, len(rates)), rates, strict=True):
            draw_landscape(ax, bowl, f"rate {rate:g}")
            ax.plot(*descend(bowl, rate)[0].T, "o-", color=plots.VERMILLION, markersize=3, linewidth=1)
        figure.supxlabel(GOAL, fontsize=11)
        plots.show(figure, "Sixty steps of gradient descent on the raw data: with a small rate the path creeps along "
                   "the valley, with a larger one it jumps from wall to wall, and beyond that it leaves the map.")


def draw_features(ax, bowl, title="the data, colored by target"):
    """Draw the cloud; the origin is a cross, and the limits are the same for all stages."""
    ax.scatter(*bowl.x.T, c=bowl.targets, cmap="coolwarm", s=14, edgecolors=plots.GREY, linewidths=0.3)
    ax.axhline(0, color=plots.GREY, linewidth=0.8)
    ax.axvline(0, color=plots.GREY, linewidth=0.8)
    ax.set(xlim=LIMITS[0], ylim=LIMITS[1], xlabel="feature 1", ylabel="feature 2", aspect="equal")
    ax.set_title(title, fontsize=11, loc="left")


def outline_goal(bowl):
    """Return the ellipse of the weights at which the star counts as reached.

    Parameters
    ----------
    bowl : SimpleNamespace
        As :func:`make_map` returns it.

    Returns
    -------
    goal : matplotlib.patches.Ellipse
    """
    curvatures, axes = np.linalg.eigh(bowl.curvature)
    widths = 2 * np.sqrt(2 * ARRIVED * eval_loss(bowl, np.zeros(2)) / curvatures)
    angle = np.degrees(np.arctan2(*axes[::-1, 0]))
    return Ellipse(bowl.star, *widths, angle=angle, facecolor=plots.GREEN, edgecolor=plots.GREEN, alpha=0.6)


def draw_landscape(ax, bowl, title):
    """Draw the contours of the loss, where the star counts as reached, the start and the star."""
    side = 0.6 * np.linalg.norm(bowl.star) + 0.25  # the same for a map that is only turned
    x, y = (np.linspace(middle - side, middle + side, 121) for middle in bowl.star / 2)
    loss = eval_loss(bowl, np.stack(np.meshgrid(x, y), axis=-1))
    start = eval_loss(bowl, np.zeros(2))
    ax.contour(x, y, loss, levels=[level * start for level in LEVELS], colors=plots.BLUE, linewidths=0.8, alpha=0.7)
    ax.add_patch(outline_goal(bowl))
    ax.plot(*bowl.star, "*", color=plots.BLACK, markersize=9)
    ax.plot(0, 0, "s", color=plots.BLACK, markersize=5)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel="weight 1", ylabel="weight 2", aspect="equal")
    ax.set_title(title, fontsize=11, loc="left")
