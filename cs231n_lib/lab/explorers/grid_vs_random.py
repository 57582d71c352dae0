"""The grid-against-random explorer: nine points of a grid and nine random ones, and what each can see."""

from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.explorers.base import Explorer, memoize, slider
from cs231n_lib.lab.explorers.prediction import Prediction
from cs231n_lib.lab.net import call_student

PER_AXIS, DRAWS, WIDTH = 3, 500, 0.12  # WIDTH: of the peak, in sides of the square
PIXELS = 80
GRID, RANDOM = plots.BLUE, plots.VERMILLION


def compute_directions(angle):
    """Return the unit vectors along the important direction and across it, for an angle in degrees from the x axis."""
    radians = np.deg2rad(angle)
    along = np.array([np.cos(radians), np.sin(radians)])
    return along, np.array([-along[1], along[0]])


def objective(points, peak, angle, other):
    """Compute how good points are: 1 at the peak, and a Gaussian around it.

    ``exp(-(a**2 + other**2 * b**2) / (2 * WIDTH**2))``, with a the distance from the peak along the important direction
    and b the one across it.

    Parameters
    ----------
    points : ndarray of shape (..., 2)
    peak : ndarray of shape (2,) or (..., 2)
    angle : float
        Of the important direction, in degrees: 0 is x, 90 is y.
    other : float in 0..1
        How much the other direction matters, compared with the important one: 0 not at all, 1 just as much.

    Returns
    -------
    value : ndarray of shape (...), in 0..1
    """
    along, across = compute_directions(angle)
    distance = points - peak
    return np.exp(-((distance @ along)**2 + (other * (distance @ across))**2) / (2 * WIDTH**2))


def make_grid():
    """Return the grid, shape (9, 2): the centres of nine cells. A grid that reaches the edges would lose more often."""
    inset = 0.5 / PER_AXIS
    return call_student("hyperparameters", "grid_points", np.full(2, inset), np.full(2, 1 - inset), PER_AXIS)


def draw_points(seed, draws=DRAWS):
    """Draw sets of nine random points, and a peak for each set, all uniform in the square.

    Parameters
    ----------
    seed : int
    draws : int, default 500
        How many sets.

    Returns
    -------
    points : ndarray of shape (draws, 9, 2)
    peaks : ndarray of shape (draws, 1, 2)
    """
    rng = np.random.default_rng(seed)
    n = PER_AXIS**2
    points = call_student("hyperparameters", "random_points", np.zeros(2), np.ones(2), draws * n, rng)
    return np.reshape(points, (draws, n, 2)), rng.uniform(size=(draws, 1, 2))


def measure_wins(grid, points, peaks, angle, other):
    """Measure how often the best of the random points is better than the best of the grid.

    Parameters
    ----------
    grid : ndarray of shape (9, 2)
    points, peaks : ndarrays of shape (draws, 9, 2) and (draws, 1, 2)
        Of :func:`draw_points`.
    angle, other : float
        As in :func:`objective`.

    Returns
    -------
    share : float in 0..1
        Of the draws.
    """
    # exp is monotonic but reaches 0 far from the peak, where two unequal points would be a tie: compare exponents.
    along, across = compute_directions(angle)
    axes = np.stack([along, other * across], axis=1)  # the objective falls with the distance in these coordinates
    nearest = [np.min(np.sum(((p - peaks) @ axes)**2, axis=-1), axis=-1) for p in (grid, points)]
    return float(np.mean(nearest[1] < nearest[0]))


def count_distinct(values, tolerance=1e-6):
    """Count the values that differ by more than the tolerance."""
    return 1 + int(np.count_nonzero(np.diff(np.sort(values)) > tolerance))


class GridAgainstRandom(Explorer):
    """Nine grid points against nine random ones on a hill whose important direction can be turned.

    Left: the hill and both sets of points. Right: what each point sees of the important direction, its projection and
    its value. The sentence says how often random wins when hill and points are drawn 500 times. Uses the reader's
    ``grid_points`` and ``random_points``. ``resample`` draws another hill and other points.

    Notebook 08_hyperparameters.
    """

    question = Prediction(
        "prediction_random", "abc",
        {"a": "nearly always, above 90 %", "b": "in about 70 %", "c": "in about 50 %: nine points are nine points"},
        'Press "only x matters", and read the share at the sentence\'s end.')
    presets = {"only x matters": {"angle": 0, "other": 0.0}, "x matters most": {"angle": 0, "other": 0.2},
               "both matter equally": {"angle": 0, "other": 1.0}, "only x + y matters": {"angle": 45, "other": 0.0},
               "a lucky angle for the grid": {"angle": 18, "other": 0.0}}
    size = (9.0, 4.0)

    def controls(self):
        # Short labels: a long one takes its room from the slider.
        return {"angle": slider("angle in degrees", 0, 0, 90, 1),
                "other": slider("other direction", 0.0, 0.0, 1.0, 0.05)}

    def compute(self, angle, other, seed):
        grid, (points, peaks) = make_grid(), self._drawn(seed)
        along = compute_directions(angle)[0]
        sets = {}
        for name, at in (("grid", grid), ("random", points[0])):
            value = objective(at, peaks[0], angle, other)
            sets[name] = SimpleNamespace(at=at, value=value, place=(at - 0.5) @ along, best=float(value.max()),
                                         distinct=count_distinct(at @ along))
        centres = (np.arange(PIXELS) + 0.5) / PIXELS
        square = np.stack(np.meshgrid(centres, centres), axis=-1)  # (rows: y, columns: x, 2)
        line = np.linspace(-0.75, 0.75, 200)
        return SimpleNamespace(
            **sets, hill=objective(square, peaks[0], angle, other), peak=peaks[0, 0],
            line=line, ridge=np.exp(-(line - (peaks[0, 0] - 0.5) @ along)**2 / (2 * WIDTH**2)),
            wins=measure_wins(grid, points, peaks, angle, other))

    def _drawn(self, seed):
        return memoize(self, seed, {"hyperparameters": ("random_points",)}, lambda: draw_points(seed))

    def frame(self, figure, **_):
        left = figure.add_axes((0.075, 0.145, 0.34, 0.34 * 9 / 4))
        right = figure.add_axes((0.50, 0.145, 0.485, 0.34 * 9 / 4))
        left.set(xlabel="x", ylabel="y", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        left.set_title("how good (dark), and where we look", fontsize=10, loc="left")
        right.set(xlim=(-1.0, 0.75), ylim=(-0.24, 1.05), xticks=[-0.5, 0, 0.5], yticks=[0, 0.5, 1],
                  xlabel="place along the important direction")
        right.set_title("what each point sees", fontsize=10, loc="left")
        for y, name, colour in ((-0.07, "grid", GRID), (-0.17, "random", RANDOM)):
            right.text(-0.98, y, name, color=colour, fontsize=9, va="center")
        right.axhline(0, color=plots.GREY, linewidth=0.8)
        for ax in (left, right):
            ax.grid(False)
        self._hill = left.imshow(np.zeros((PIXELS, PIXELS)), origin="lower", extent=(0, 1, 0, 1), cmap="Greys",
                                 vmin=0, vmax=1.6, interpolation="nearest")
        left.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))  # imshow cuts off points at the sides
        self._star = left.plot([], [], "*", color="white", markeredgecolor="black", markersize=14)[0]
        self._ridge = right.plot([], [], color=plots.GREY, linewidth=1.5)[0]
        self._artists_of = {}
        for name, colour, marker, y in (("grid", GRID, "s", -0.07), ("random", RANDOM, "o", -0.17)):
            self._artists_of[name] = (
                left.plot([], [], marker, color=colour, markeredgecolor="white", markersize=8)[0],
                right.plot([], [], marker, color=colour, markeredgecolor="white", markersize=7)[0],
                right.plot([], [], "|", color=colour, markersize=11, markeredgewidth=2)[0],
                right.plot([], [], marker, markerfacecolor="none", markeredgecolor=colour, markersize=14)[0], y)
        pieces = [artist for row in self._artists_of.values() for artist in row[:-1]]
        return [self._hill, self._star, self._ridge, *pieces]

    def draw(self, result, **_):
        self._hill.set_data(result.hill)
        self._star.set_data(*result.peak[:, None])
        self._ridge.set_data(result.line, result.ridge)
        for name, (dots, seen, rug, ring, y) in self._artists_of.items():
            points = getattr(result, name)
            top = int(points.value.argmax())
            dots.set_data(*points.at.T)
            seen.set_data(points.place, points.value)
            rug.set_data(points.place, np.full(len(points.place), y))
            ring.set_data([points.place[top]], [points.value[top]])

    def describe(self, result, **_):
        better = "random" if result.random.best > result.grid.best else "the grid"
        return (f"Along the important direction the grid tries {result.grid.distinct} different values, random "
                f"{result.random.distinct}. Best found here: grid {result.grid.best:.2f}, random "
                f"{result.random.best:.2f}, so {better} wins. Over {DRAWS} drawings random wins {result.wins:.0%}.")

    def draw_static(self, states=("only x matters", "both matter equally", "only x + y matters")):
        """Display three states side by side, for a reader without a kernel."""
        fig = Figure(figsize=(plots.WIDTH, 3.6), layout="constrained")
        said = []
        for ax, name in zip(fig.subplots(1, len(states)), states, strict=True):
            result = self.compute(**self.presets[name], seed=self._seed)
            ax.imshow(result.hill, origin="lower", extent=(0, 1, 0, 1), cmap="Greys", vmin=0, vmax=1.6)
            for points, colour, marker in ((result.grid, GRID, "s"), (result.random, RANDOM, "o")):
                ax.plot(*points.at.T, marker, color=colour, markeredgecolor="white", markersize=8)
            ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=[], yticks=[],
                   xlabel=f"values: grid {result.grid.distinct}, random {result.random.distinct}\n"
                          f"random wins {result.wins:.0%} of {DRAWS}")
            ax.xaxis.label.set_fontsize(12)
            ax.set_title(name, fontsize=12)
            ax.grid(False)
            said.append(f"{name}, random wins {result.wins:.0%}")
        plots.show(fig, "Nine grid points (blue squares) and nine random ones (orange-red dots) on three hills: "
                   f"{'; '.join(said)}.")
