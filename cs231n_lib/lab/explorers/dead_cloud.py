"""The dead-units explorer: twelve ReLU units with two inputs each, and a cloud of data that can be moved over them."""

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers.base import Explorer, slider
from cs231n_lib.lab.net import call_student

UNITS, EXAMPLES, EDGE = 12, 100, 9.0
LOOKS = {"dead": (plots.VERMILLION, "--"), "always on": (plots.BLUE, ":"), "bends": (plots.BLACK, "-")}
"""What a unit does on the cloud -> color and style of its line."""


def draw_layer(seed):
    """Return a cloud around the origin, (100, 2), and the weights of twelve units, (2, 12)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((EXAMPLES, 2)), rng.standard_normal((2, UNITS))


def judge_units(center, bias, seed):
    """Put a cloud at a place and see which units it switches on.

    Parameters
    ----------
    center : tuple of (float, float)
        Where the middle of the cloud is.
    bias : float
        Of all units.
    seed : int
        Draws the cloud and the weights.

    Returns
    -------
    share : ndarray of shape (12,)
        For which share of the examples each unit is on, 0..1.
    states : list of str
        What each unit does: a key of :data:`LOOKS`.
    """
    cloud, w = draw_layer(seed)
    out, _ = call_student("activations", "relu_forward", (cloud + center) @ w + bias, returns="out, cache")
    dead = call_student("activations", "dead_units", out)
    share = np.mean(out > 0, axis=0)
    states = ["dead" if is_dead else name_living(part) for is_dead, part in zip(dead, share, strict=True)]
    return share, states


def name_living(share):
    """Return what a living unit does that is on for a share of the examples: a key of :data:`LOOKS`."""
    return "always on" if share == 1 else "bends"


def place_line(direction, bias, near):
    """Return the ends of a unit's line in the picture, and a short stroke from it to the side where the unit is on.

    Parameters
    ----------
    direction : ndarray of shape (2,)
        The unit's weights.
    bias : float
    near : ndarray of shape (2,)
        The stroke begins at the point of the line that is nearest to this one.
    """
    length = np.linalg.norm(direction)
    normal = direction / length
    along = np.array([-normal[1], normal[0]])
    foot = near - (near @ direction + bias) / length * normal
    return np.array([foot - 4 * EDGE * along, foot + 4 * EDGE * along]), np.array([foot, foot + 1.3 * normal])


class DeadCloud(Explorer):
    """Twelve ReLU units and a cloud: which of them are dead for it, which never switch off, and which bend.

    Uses the reader's ``relu_forward`` and ``dead_units``. The experiment is :func:`judge_units`.

    Notebook 01_activations.
    """

    presets = {"centered": {"x1": 0.0, "x2": 0.0, "bias": 0.0}, "off center": {"x1": 5.0, "x2": 5.0, "bias": 0.0},
               "bias -3": {"x1": 0.0, "x2": 0.0, "bias": -3.0}}
    size = (9.0, 4.6)

    def controls(self):
        return {"x1": slider("center, x1", 0.0, -6.0, 6.0, 0.25), "x2": slider("center, x2", 0.0, -6.0, 6.0, 0.25),
                "bias": slider("bias of all units", 0.0, -8.0, 8.0, 0.25)}

    def compute(self, x1, x2, bias, seed):
        return judge_units((x1, x2), bias, seed)

    def frame(self, figure, **_):
        left, right = figure.add_axes((0.065, 0.13, 0.425, 0.80)), figure.add_axes((0.60, 0.13, 0.38, 0.80))
        left.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xlabel="x1", ylabel="x2", aspect="equal")
        left.set_title("where z is 0; a stroke points to where the unit is on", fontsize=10, loc="left")
        right.set(xlim=(0, 1.35), ylim=(UNITS + 0.5, 0.5), xlabel="share of the examples that switch it on",
                  ylabel="unit", yticks=range(1, UNITS + 1), xticks=[0, 0.5, 1])
        right.set_title("how much of the data switches a unit on", fontsize=10, loc="left")
        self._cloud = left.plot([], [], ".", color=plots.SKY, markersize=5)[0]
        self._lines = [left.plot([], [], linewidth=1.0)[0] for _ in range(UNITS)]
        self._strokes = [left.plot([], [], linewidth=2.0, marker="o", markevery=[1], markersize=4)[0]
                         for _ in range(UNITS)]
        self._bars = right.barh(range(1, UNITS + 1), np.zeros(UNITS), height=0.6).patches
        self._names = [right.text(0, unit, "", va="center", fontsize=10) for unit in range(1, UNITS + 1)]
        return [self._cloud, *self._lines, *self._strokes, *self._bars, *self._names]

    def draw(self, result, x1, x2, bias, seed):
        cloud, w = draw_layer(seed)
        center = np.array([x1, x2])
        self._cloud.set_data(*(cloud + center).T)
        artists = zip(w.T, *result, self._lines, self._strokes, self._bars, self._names, strict=True)
        for direction, share, state, line, stroke, bar, name in artists:
            color, style = LOOKS[state]
            ends, beside = place_line(direction, bias, center)
            line.set(data=ends.T, color=color, linestyle=style)
            stroke.set(data=beside.T, color=color)
            bar.set(width=share, color=color)
            name.set(x=share + 0.03, text=state, color=color)

    def describe(self, result, **_):
        counts = {state: result[1].count(state) for state in LOOKS}
        word, _ = self.name_verdict(result)
        return (f"{word}: of the {UNITS} units {counts['always on']} are on for all examples, and {counts['bends']} "
                "are on for some and off for others, so they bend.")

    def name_verdict(self, result, **_):
        dead = result[1].count("dead")
        return (f"{dead} dead", "wrong") if dead else ("All alive", "ok")

    def draw_static(self):
        """Display the three presets side by side, for a reader without a kernel."""
        cloud, w = draw_layer(self.parameters["seed"])
        figure = Figure(figsize=(9.5, 3.8), layout="constrained")
        said = []
        for ax, (name, place) in zip(figure.subplots(1, 3, sharey=True), self.presets.items(), strict=True):
            center = np.array([place["x1"], place["x2"]])
            _, states = judge_units(center, place["bias"], self.parameters["seed"])
            ax.plot(*(cloud + center).T, ".", color=plots.SKY, markersize=4)
            for direction, state in zip(w.T, states, strict=True):
                color, style = LOOKS[state]
                ends, beside = place_line(direction, place["bias"], center)
                ax.plot(*ends.T, color=color, linestyle=style, linewidth=1)
                ax.plot(*beside.T, color=color, linewidth=2, marker="o", markevery=[1], markersize=4)
            ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal", xlabel="x1")
            ax.set_title(f"{name}\n{states.count('dead')} of {UNITS} dead", fontsize=12)
            said.append(f"{name}: {states.count('dead')} dead, {states.count('always on')} always on")
        figure.axes[0].set_ylabel("x2")
        plots.show(figure, f"Twelve ReLU units and a cloud of data in three places. {'; '.join(said)}. Dead units have "
                           "dashed lines, those that are always on dotted ones.")
