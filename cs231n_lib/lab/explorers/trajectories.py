"""The trajectories explorer: five update rules on one surface, step by step."""

from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers.base import Explorer, log_slider, menu, slider
from cs231n_lib.lab.explorers.prediction import Prediction
from cs231n_lib.lab.net import call_student

RULES = {"sgd": "SGD", "sgd_momentum": "momentum", "nesterov_momentum": "Nesterov", "rmsprop": "RMSProp",
         "adam": "Adam"}
MARKERS = dict(zip(RULES, "os^Dv", strict=True))
STARTS = {"bowl": (-1.2, 0.9), "tilted bowl": (-1.3, -0.3), "saddle": (-1.2, 1e-3), "valley": (-1.0, 1.2)}
GOALS = {"bowl": [(0, 0)], "tilted bowl": [(0, 0)], "saddle": [(0, 1), (0, -1)], "valley": [(1, 1)]}
STEPS, REACH, FAR = 200, 1.5, 1e6
ARRIVED, DIVERGED, SADDLE = 0.05, 10, 0.1  # shares of the distance at the start; a distance


def surface_value(surface, kappa, x, y):
    """Compute the height of a surface above its lowest point.

    - bowl: ``(x**2 + kappa * y**2) / 2``; tilted bowl: the same, turned by 45 degrees;
    - saddle: ``kappa * x**2 / 2 - y**2 / 2 + y**4 / 4 + 1/4``, a saddle at 0 between two valleys at ``y = -1, 1``;
    - valley: ``(x - 1)**2 / 2 + kappa * (y - x**2)**2 / 2``, after Rosenbrock (1960).

    Parameters
    ----------
    surface : str
        A key of ``STARTS``.
    kappa : float
        How much steeper one direction is than the other, 1 or more.
    x, y : float or ndarray
        Of the same shape.

    Returns
    -------
    height : ndarray of the shape of ``x`` and ``y``
    """
    if surface == "saddle":
        return kappa * x**2 / 2 + (y**2 - 1) ** 2 / 4
    if surface == "valley":
        return (x - 1) ** 2 / 2 + kappa * (y - x**2) ** 2 / 2
    if surface == "tilted bowl":
        x, y = (x + y) / 2**0.5, (y - x) / 2**0.5
    return (x**2 + kappa * y**2) / 2


def surface_gradient(surface, kappa, w):
    """Compute the gradient of :func:`surface_value`.

    Parameters
    ----------
    surface, kappa : str, float
        As in :func:`surface_value`.
    w : ndarray of shape (2,)
        Where.

    Returns
    -------
    gradient : ndarray of shape (2,)
    """
    x, y = w
    if surface == "saddle":
        return np.array([kappa * x, y**3 - y])
    if surface == "valley":
        return np.array([x - 1 - 2 * kappa * x * (y - x**2), kappa * (y - x**2)])
    if surface == "tilted bowl":
        along, across = (x + y) / 2, kappa * (y - x) / 2
        return np.array([along - across, along + across])
    return np.array([x, kappa * y])


def walk(rule, surface, kappa, steps, noise=0.0, seed=0, **config):
    """Follow one of the reader's update rules down a surface.

    Parameters
    ----------
    rule : str
        A function of ``optimizers.py``.
    surface, kappa : str, float
        See :func:`surface_value`.
    steps : int
    noise : float, default 0
        Standard deviation of the normal numbers that are added to the gradient.
    seed : int
        Draws these numbers: every rule gets the same ones.
    **config
        The settings the rule starts with.

    Returns
    -------
    path : ndarray of shape (steps + 1, 2)
        Number 0 is the start. Once a step leads further than 1e6 from the origin, it and all later ones are inf.
    """
    path = np.full((steps + 1, 2), np.inf)
    path[0] = w = np.array(STARTS[surface])
    jolts = noise * np.random.default_rng(seed).standard_normal((STEPS, 2)) if noise else None
    for t in range(steps):
        dw = surface_gradient(surface, kappa, w)
        if noise:
            dw += jolts[t]
        w, config = call_student("optimizers", rule, w, dw, config, returns="next_w, config")
        if not (abs(w[0]) < FAR and abs(w[1]) < FAR):
            break
        path[t + 1] = w
    return path


def walk_all(surface, kappa, rate, momentum, steps, noise=0.0, seed=0):
    """Walk with every rule that is written.

    Parameters
    ----------
    surface, kappa, steps, noise, seed
        As in :func:`walk`.
    rate : float
        The learning rate of all of them.
    momentum : float
        Also Adam's ``beta1``.

    Returns
    -------
    paths : dict of str to ndarray of shape (steps + 1, 2)
    missing : list of str
        Rules that are not written yet.

    Raises
    ------
    NotImplementedError
        If none is written.
    """
    own = {"sgd_momentum": {"momentum": momentum}, "nesterov_momentum": {"momentum": momentum},
           "adam": {"beta1": momentum}}
    paths, missing = {}, []
    for rule in RULES:
        try:
            paths[rule] = walk(rule, surface, kappa, max(steps, 1), noise, seed, learning_rate=rate,
                               **own.get(rule, {}))[:steps + 1]
        except NotImplementedError:
            missing.append(rule)
    if not paths:
        raise NotImplementedError("no update rule is written yet: start with sgd in cs231n_lib/optimizers.py")
    return paths, missing


def distance_left(surface, path):
    """Compute how far each step of a path is from the nearest lowest point, in units of the start's distance."""
    distances = np.min([np.hypot(*(path - goal).T) for goal in GOALS[surface]], axis=0)
    return distances / distances[0]


def name_state(surface, path):
    """Name the state of a walk after its last step; the first rule that holds decides.

    - **diverged**: at some step it was ten times as far from the lowest point as at the start;
    - **arrived**: within 5 % of the start's distance, and so since a certain step;
    - **at the saddle**: within 0.1 of it (only on that surface);
    - **on the way**: none of these.

    Returns
    -------
    state : str
    since : int or None
        The step of the arrival.
    """
    left = distance_left(surface, path)
    if left.max() > DIVERGED:
        return "diverged", None
    away = np.flatnonzero(left > ARRIVED)
    if away[-1] < len(left) - 1:
        return "arrived", int(away[-1]) + 1
    if surface == "saddle" and np.hypot(*path[-1]) < SADDLE:
        return "at the saddle", None
    return "on the way", None


def draw_surface(ax, surface, kappa):
    """Draw the start (a ring), the lowest points (stars), and a surface's contours.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    surface, kappa : str, float
        As in :func:`surface_value`.

    Returns
    -------
    contours : matplotlib.collections.LineCollection
    """
    ax.plot(*STARTS[surface], "o", color="black", markersize=9, markerfacecolor="none")
    ax.plot(*np.transpose(GOALS[surface]), "*", color="black", markersize=17, markerfacecolor="none")
    segments = compute_contours(ax, surface, kappa)
    lines = ax.add_collection(LineCollection(segments, colors="#BBBBBB", linewidths=0.8, zorder=1))
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    ax.grid(False)
    return lines


def compute_contours(ax, surface, kappa):
    """Compute lines of equal height.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Computes them; nothing stays drawn on it.
    surface, kappa : str, float
        As in :func:`surface_value`.

    Returns
    -------
    lines : list of ndarrays of shape (n, 2)
    """
    grid = np.linspace(-REACH, REACH, 61)
    heights = surface_value(surface, kappa, *np.meshgrid(grid, grid))
    # Squares of equal steps: on a bowl the lines then stand at equal distances.
    drawn = ax.contour(grid, grid, heights, levels=heights.max() * np.linspace(0.06, 0.96, 10) ** 2)
    drawn.remove()
    return [line for level in drawn.allsegs for line in level]


def draw_trail(ax, rule):
    """Draw two empty lines in a rule's colour, for its path and for the marker of where it is; return both."""
    colour = plots.COLOURS[rule]
    path = ax.plot([], [], "-", color=colour, linewidth=1.4)[0]
    return path, ax.plot([], [], MARKERS[rule], color=colour, markersize=7, markeredgecolor="white")[0]


def make_legend_handles():
    """Return one legend entry per rule."""
    return [Line2D([], [], color=plots.COLOURS[rule], marker=MARKERS[rule], markeredgecolor="white", label=name)
            for rule, name in RULES.items()]


class Trajectories(Explorer):
    """Five update rules on one surface: where each is after so many steps, and how high.

    The rules are the reader's own (``optimizers.py``); those that are missing are left out and named. All have the
    same learning rate; ``momentum`` is also Adam's ``beta1``, and what else they have stays at its default.

    Notebook 06_optimizers. Rules of the names: :func:`name_state`.
    """

    question = Prediction("prediction_bowl", (0, 1), "SGD moves away from a learning rate of {} on",
                        'Press "narrow bowl", and raise the rate until SGD diverges.')
    presets = {
        "round bowl": {"surface": "bowl", "conditioning": 1.0, "rate": 0.1, "step": 60},
        "narrow bowl": {"surface": "bowl", "conditioning": 50.0, "rate": 0.025, "step": 60},
        "too fast": {"surface": "bowl", "conditioning": 50.0, "rate": 0.045, "step": 15},
        "tilted bowl": {"surface": "tilted bowl", "conditioning": 50.0, "rate": 0.025, "step": 60},
        "saddle": {"surface": "saddle", "conditioning": 5.0, "rate": 0.05, "step": 60},
        "valley": {"surface": "valley", "conditioning": 10.0, "rate": 0.02, "step": 120},
    }
    size = (9.0, 4.2)

    def controls(self):
        return {"surface": menu("surface", "bowl", STARTS),
                "conditioning": log_slider("conditioning", 20.0, 1.0, 100.0),
                "rate": log_slider("learning rate", 0.05, 0.001, 1.0),
                "momentum": slider("momentum", 0.9, 0.0, 0.99, 0.01),
                "noise": slider("gradient noise", 0.0, 0.0, 1.0, 0.05),
                "step": slider("step", 40, 0, STEPS, 1)}

    def _panel(self):
        # The browser moves the step slider, and the slider calls the kernel: nothing runs here between two steps.
        play = widgets.Play(value=self.parameters["step"], min=0, max=STEPS, interval=120)
        widgets.jslink((play, "value"), (self._controls["step"], "value"))
        panel = super()._panel()
        panel.children = (*panel.children, widgets.HBox([play, widgets.Label("play the steps")]))
        return panel

    def compute(self, surface, conditioning, rate, momentum, noise, step, seed):
        with np.errstate(all="ignore"):
            paths, missing = walk_all(surface, conditioning, rate, momentum, step, noise, seed)
        left = {rule: distance_left(surface, path) for rule, path in paths.items()}
        states = {rule: name_state(surface, path) for rule, path in paths.items()}
        return SimpleNamespace(paths=paths, left=left, states=states, missing=missing)

    def frame_key(self, surface, **_):
        return surface

    def frame(self, figure, surface, conditioning, **_):
        left = figure.add_axes((0.065, 0.13, 0.40, 0.80))
        self._contours, self._contoured = draw_surface(left, surface, conditioning), conditioning
        left.set_xlabel("x", fontsize=10)
        left.set_ylabel("y", fontsize=10)
        right = figure.add_axes((0.565, 0.13, 0.42, 0.66))
        right.set(xlim=(-3, STEPS + 3), ylim=(1e-3, 12), yscale="log")
        right.set_xlabel("step", fontsize=10)
        right.axhline(ARRIVED, color=plots.GREY, linestyle="--", linewidth=1)
        right.text(STEPS, ARRIVED, "arrived", fontsize=9, color=plots.GREY, ha="right", va="bottom")
        right.set_title("distance to the nearest lowest point (1: the start's)", fontsize=10, loc="left")
        right.minorticks_off()
        right.grid(False)
        for ax in (left, right):
            ax.tick_params(labelsize=9, length=3)
        figure.legend(handles=make_legend_handles(), ncols=3, fontsize=9, loc="upper left",
                      bbox_to_anchor=(0.555, 1.005), frameon=False, handlelength=1.5, columnspacing=1.2)
        self._lines = {rule: (*draw_trail(left, rule), *draw_trail(right, rule)) for rule in RULES}
        return [self._contours, *(artist for lines in self._lines.values() for artist in lines)]

    def draw(self, result, surface, conditioning, **_):
        if conditioning != self._contoured:
            self._contours.set_segments(compute_contours(self._contours.axes, surface, conditioning))
            self._contoured = conditioning
        for rule, (path, here, curve, now) in self._lines.items():
            xy, left = result.paths.get(rule, np.empty((0, 2))), result.left.get(rule, np.empty(0))
            path.set_data(*np.clip(xy, -FAR, FAR).T)
            # The marker of a walk that left the picture is drawn at the edge, so that it is still seen.
            here.set_data(*np.clip(xy[-1:], -0.98 * REACH, 0.98 * REACH).T)
            left = np.clip(left, 1.2e-3, 11)
            curve.set_data(np.arange(len(left)), left)
            now.set_data([len(left) - 1] if len(left) else [], left[-1:])

    def describe(self, result, surface, conditioning, step, **_):
        groups = {}
        for rule, (state, since) in result.states.items():
            groups.setdefault(state, []).append(RULES[rule] + (f" (step {since})" if since else ""))
        said = [f"{state}: {', '.join(groups[state])}"
                for state in ("arrived", "on the way", "at the saddle", "diverged") if state in groups]
        if result.missing:
            said.append(f"not written yet: {', '.join(result.missing)}")
        return f"Step {step}, {surface}, conditioning {conditioning:.3g}: {'; '.join(said)}."

    def draw_static(self):
        """Display the presets side by side, for a reader without a kernel."""
        figure, said = Figure(figsize=(8.6, 6.2), layout="none"), []
        axes = figure.subplots(2, 3)
        figure.subplots_adjust(0.06, 0.06, 0.99, 0.86, 0.2, 0.3)
        for ax, (name, preset) in zip(axes.ravel(), self.presets.items(), strict=True):
            state = {**self.parameters, **preset}
            result = self.compute(**state)
            draw_surface(ax, state["surface"], state["conditioning"])
            ax.set_title(f"{name}, step {state['step']}", fontsize=10, loc="left")
            ax.tick_params(labelsize=8, length=2)
            for rule, xy in result.paths.items():
                line, here = draw_trail(ax, rule)
                line.set_data(*np.clip(xy, -FAR, FAR).T)
                here.set_data(*np.clip(xy[-1:], -0.98 * REACH, 0.98 * REACH).T)
            said.append(f"{name}: {self.describe(result, **state)}")
        figure.legend(handles=make_legend_handles(), ncols=5, fontsize=11, loc="upper left", bbox_to_anchor=(0.05, 1.0),
                      frameon=False)
        figure.text(0.06, 0.905, "a ring: the start; a star: a lowest point", fontsize=9)
        plots.show(figure, "Paths of the update rules on six surfaces. " + " ".join(said))
