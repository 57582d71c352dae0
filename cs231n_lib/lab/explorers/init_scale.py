"""The init-scale explorer: what ten layers do to a signal going forward, and to a gradient coming back."""

from types import SimpleNamespace

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.explorers.base import Explorer, log_slider, memoize, menu, slider
from cs231n_lib.lab.net import call_student

# 128 examples look like 1000: at most 1.2 % of a layer's values lie in another bin, in every layer, for tanh; and a
# move takes a quarter less time than with 200.
UNITS, EXAMPLES, LAYERS, BINS = 500, 128, 10, 41
FULL = 0.15  # a bar as long as its lane holds at least this share of the values
FACTOR = 10  # how far a signal may grow or shrink on its way and still be called healthy
SATURATED = 0.3  # share of activations within 5 % of a bound, above which a layer is called saturated

# Schemes and activations by their names in cs231n_lib; "linear" needs no function.
SCHEMES = ("small random (0.01)", "large random (1)", "xavier", "he")
LIMITS = {"tanh": (-1, 1), "sigmoid": (0, 1), "relu": (-1, 3), "leaky_relu": (-1, 3), "elu": (-1, 3),
          "linear": (-3, 3)}
BOUNDS = {"tanh": (-1, 1), "sigmoid": (0, 1)}
GRADIENTS = (-3, 3)
ROWS = ("activations", "activations and gradients")
BEYOND = 0.08  # height of the hatched bars above and below a lane, as a share of it


def draw_weights(scheme, depth, rng):
    """Draw the weights of some layers of 500 units with the reader's own initialiser.

    Parameters
    ----------
    scheme : str
        One of ``SCHEMES``.
    depth : int
        How many layers.
    rng : numpy.random.Generator

    Returns
    -------
    weights : list of ndarrays of float32, shape (500, 500)
    """
    if scheme in ("xavier", "he"):
        name, settings = f"{scheme}_init", {}
    else:
        name, settings = "small_random_init", {"std": 0.01 if scheme.startswith("small") else 1.0}
    return [np.asarray(call_student("initialization", name, UNITS, UNITS, rng, **settings), dtype=np.float32)
            for _ in range(depth)]


def propagate(weights, x, dout, activation, scale=1):
    """Send a batch forward through the layers ``h = activation(h @ (scale * w))``, and a gradient back.

    Parameters
    ----------
    weights : list of L ndarrays of shape (D, D)
    x : ndarray of shape (N, D)
    dout : ndarray of shape (N, D)
        The gradient that reaches the last layer's output.
    activation : str
        ``"linear"``, or a name in ``activations.py``: the reader's ``tanh_forward`` and ``tanh_backward`` are used.
    scale : float, default 1
        Multiplies all weights.

    Returns
    -------
    outs, douts : lists of L ndarrays of shape (N, D)
        Each layer's output, and the gradient with respect to it. ``douts[-1]`` is ``dout``.
    """
    linear = activation == "linear"
    outs, caches, douts = [], [], [dout]
    for w in weights:
        z = (scale * x) @ w  # the batch has fewer entries than the weights
        x, cache = (z, None) if linear else call_student("activations", f"{activation}_forward", z,
                                                         returns="out, cache")
        outs.append(x)
        caches.append(cache)
    for w, cache in zip(weights[:0:-1], caches[:0:-1], strict=True):
        dz = douts[-1] if linear else call_student("activations", f"{activation}_backward", douts[-1], cache)
        douts.append((scale * dz) @ w.T)
    return outs, douts[::-1]


def compute_histograms(arrays, low, high, bins=BINS):
    """Count values per bin, one row per array; values beyond an end count in the outermost bin.

    Rounding down to a whole number and counting with ``bincount`` is several times faster than
    ``numpy.histogram``, and is the same for bins of equal width.

    Parameters
    ----------
    arrays : list of L ndarrays
    low, high : float
        Where the first bin begins and the last one ends.
    bins : int, default 41

    Returns
    -------
    shares : ndarray of shape (L, bins)
        Each row sums to 1.
    """
    scale = bins / (high - low)
    rows = []
    for a in arrays:
        place = (a.ravel() - low) * scale
        np.clip(place, 0, bins - 1, out=place)
        rows.append(np.bincount(place.astype(np.intp), minlength=bins) / place.size)
    return np.array(rows)


def measure_beyond(arrays, low, high):
    """Return the shares of values below ``low`` and above ``high``, shape (L, 2), one row per array."""
    return np.array([[np.count_nonzero(a < low) / a.size, np.count_nonzero(~(a <= high)) / a.size] for a in arrays])


def split_variance(a):
    """Return the variance of a column, averaged over the columns, and the variance of the columns' means.

    Their sum is the variance of all entries.
    """
    means = a.mean(axis=0)
    rest = (a - means).ravel()
    within, between = np.dot(rest, rest) / rest.size, means.var()
    if not np.isfinite(within + between):  # an exploded activation's square is beyond float32
        within, between = a.var(axis=0, dtype=np.float64).mean(), a.mean(axis=0, dtype=np.float64).var()
    return float(within), float(between)


def measure(outs, douts, activation):
    """Compute the numbers that the picture and the sentence are made of.

    Parameters
    ----------
    outs, douts : lists of L ndarrays of shape (N, D)
        Of :func:`propagate`.
    activation : str
        A key of ``LIMITS``.

    Returns
    -------
    seen : SimpleNamespace
        ``std``, ``spread``, ``gradient`` of shape (L,): the standard deviation of a layer's activations; the same
        across examples, unit by unit (root mean square over the units); that of the gradients. ``saturated``,
        shape (L,): share of activations within 5 % of a bound (0 without bounds). ``out_shares``,
        ``gradient_shares`` of shape (L, bins): histograms. ``out_beyond``, ``gradient_beyond`` of shape (L, 2): shares
        below and above them.
    """
    saturated = np.zeros(len(outs))
    if activation in BOUNDS:
        low, high = BOUNDS[activation]
        near = 0.05 * (high - low)
        saturated = np.array([np.count_nonzero((a <= low + near) | (a >= high - near)) / a.size for a in outs])
    within, between = np.array([split_variance(a) for a in outs]).T
    return SimpleNamespace(
        std=np.sqrt(within + between), spread=np.sqrt(within),
        gradient=np.sqrt([sum(split_variance(g)) for g in douts]),
        saturated=saturated,
        out_shares=compute_histograms(outs, *LIMITS[activation]),
        gradient_shares=compute_histograms(douts, *GRADIENTS),
        out_beyond=measure_beyond(outs, *LIMITS[activation]),
        gradient_beyond=measure_beyond(douts, *GRADIENTS))


def bound_for_log(values):
    """Return values that a log axis has a place for, far beyond its ends: a line leaves the frame, not along its edge.
    """
    return np.clip(np.nan_to_num(values, nan=np.inf), 1e-100, 1e100)


def name_state(seen, gradients=True):
    """Name the state of the layers; without ``gradients``, by the activations alone.

    The input has standard deviation 1, and so has the gradient that starts back from the last layer. The first
    rule that holds names the state:

    - **saturated**: in the last layer more than 30 % of the activations are within 5 % of a bound;
    - **exploding**: the last layer's standard deviation, or the first layer's gradient, is above 10;
    - **collapsed**: the last layer's spread across examples, or the first layer's gradient, is below 1/10;
    - **healthy**: none of these.

    Returns
    -------
    name : str
    """
    if seen.saturated[-1] > SATURATED:
        return "saturated"
    returned = seen.gradient[0] if gradients else 1.0
    # Not "greater than": what has become nan is exploding too.
    if not (seen.std[-1] <= FACTOR and returned <= FACTOR):
        return "exploding"
    if seen.spread[-1] < 1 / FACTOR or returned < 1 / FACTOR:
        return "collapsed"
    return "healthy"


class InitScale(Explorer):
    """Ten layers of 500 units on 128 random examples: histograms of activations and gradients per layer.

    The weights come from the scheme, then they are multiplied by ``scale``. Initialisers and activations are the
    reader's own (``initialization.py``, ``activations.py``); what is missing is named. The input is standard
    normal, and so is the gradient that is sent back from the last layer; ``rows`` can leave it out. Values beyond a
    lane are hatched bars at its ends.

    Notebook 03_initialization. Rules of the names: :func:`name_state`.
    """

    presets = {
        "small random, tanh": {"scheme": SCHEMES[0], "activation": "tanh", "scale": 1.0, "depth": 10},
        "large random, tanh": {"scheme": SCHEMES[1], "activation": "tanh", "scale": 1.0, "depth": 10},
        "Xavier, tanh": {"scheme": "xavier", "activation": "tanh", "scale": 1.0, "depth": 10},
        "Xavier, sigmoid": {"scheme": "xavier", "activation": "sigmoid", "scale": 1.0, "depth": 10},
        "Xavier, ReLU": {"scheme": "xavier", "activation": "relu", "scale": 1.0, "depth": 10},
        "He, ReLU": {"scheme": "he", "activation": "relu", "scale": 1.0, "depth": 10},
    }

    def controls(self):
        return {"scheme": menu("scheme", "xavier", SCHEMES),
                "activation": menu("activation", "tanh", LIMITS),
                "scale": log_slider("scale", 1.0, 0.1, 10.0),
                "depth": slider("depth", LAYERS, 1, LAYERS, 1),
                "rows": menu("rows", ROWS[1], ROWS)}

    def compute(self, scheme, activation, scale, depth, seed, **_):
        weights, x, dout = self._drawn(scheme, seed)
        with np.errstate(over="ignore", invalid="ignore"):
            outs, douts = propagate(weights[:depth], x, dout, activation, np.float32(scale))
            return measure(outs, douts, activation)

    def _drawn(self, scheme, seed):
        def draw():
            rng = np.random.default_rng(seed)
            x, dout = rng.standard_normal((2, EXAMPLES, UNITS), dtype=np.float32)
            return draw_weights(scheme, LAYERS, rng), x, dout

        # Drawing 2.5 million numbers takes as long as using them.
        name = f"{scheme}_init" if scheme in ("xavier", "he") else "small_random_init"
        return memoize(self, (scheme, seed), {"initialization": (name,)}, draw)

    def frame_key(self, activation, rows, **_):
        return activation, rows

    def frame(self, figure, activation, rows, **_):
        self._lanes = []
        lanes = [("activations", LIMITS[activation], 0.13, 0.8)]
        if rows == ROWS[1]:
            lanes = [("activations", LIMITS[activation], 0.57, 0.36), ("gradients", GRADIENTS, 0.13, 0.36)]
        for name, (low, high), bottom, height in lanes:
            ax = figure.add_axes((0.075, bottom, 0.56, height))
            self._lanes.append(Lanes(ax, low, high, plots.COLOURS[name]))
            pad = BEYOND * (high - low)
            ax.set(xlim=(0.9, LAYERS + 1), ylim=(low - pad, high + pad), xticks=range(1, LAYERS + 1),
                   yticks=[low, (low + high) / 2, high])
            ax.tick_params(labelbottom=name == lanes[-1][0])
            ax.set_title(f"{activation} activations" if name == "activations" else
                         "gradients of the loss with respect to them", fontsize=10, loc="left")
            ax.grid(False)
            ax.tick_params(labelsize=9, length=3)
            for x in range(1, LAYERS + 1):
                ax.axvline(x, color="#DDDDDD", linewidth=0.8, zorder=0)
        ax.set_xlabel(f"layer (full bar: {FULL:.0%} of the values or more; hatched: values beyond the lane)",
                      fontsize=10)

        ax = figure.add_axes((0.73, 0.13, 0.255, 0.62))
        ax.axhspan(1 / FACTOR, FACTOR, color=plots.GREEN, alpha=0.15, linewidth=0)
        ax.axhline(1, color=plots.GREY, linewidth=1)
        ax.set(xlim=(0.5, LAYERS + 0.5), ylim=(1e-8, 1e8), yscale="log", xticks=range(1, LAYERS + 1),
               yticks=10.0 ** np.arange(-8, 9, 4))
        ax.grid(False)
        ax.minorticks_off()
        ax.tick_params(labelsize=9, length=3)
        ax.set_title("standard deviation per layer of", fontsize=10, loc="left", y=1.28)
        ax.set_xlabel("layer", fontsize=10)
        styles = {"activations": ("activations", "o-"), "spread": ("activations, across examples", "o--"),
                  "gradients": ("gradients", "s-")}
        if rows == ROWS[0]:
            del styles["gradients"]
        lines = []
        for i, (name, (label, style)) in enumerate(styles.items()):
            colour = plots.COLOURS["gradients" if name == "gradients" else "activations"]
            lines += ax.plot([], [], style, color=colour, linewidth=1.5, markersize=4,
                             markerfacecolor="white" if name == "spread" else colour)
            y = 1.23 - 0.08 * i
            ax.plot([0.0, 0.1], [y, y], style, color=colour, linewidth=1.5, markersize=4,
                    markerfacecolor="white" if name == "spread" else colour, transform=ax.transAxes,
                    clip_on=False)
            ax.text(0.14, y, label, fontsize=9, va="center", transform=ax.transAxes)
        self._lines = lines
        return [artist for lanes in self._lanes for artist in lanes.artists] + lines

    def draw(self, result, **_):
        shown = (result.out_shares, result.out_beyond), (result.gradient_shares, result.gradient_beyond)
        for lanes, (shares, beyond) in zip(self._lanes, shown, strict=False):
            lanes.draw(shares, beyond)
        layers = np.arange(1, len(result.std) + 1)
        for line, values in zip(self._lines, (result.std, result.spread, result.gradient), strict=False):
            line.set_data(layers, bound_for_log(values))

    def name_verdict(self, result, rows, **_):
        name = name_state(result, rows == ROWS[1])
        return name.capitalize(), "ok" if name == "healthy" else "wrong"

    def describe(self, result, rows=ROWS[1], **_):
        L, name = len(result.std), name_state(result, rows == ROWS[1])
        forward = f"activations have std {result.std[0]:.2g} in layer 1 and {result.std[-1]:.2g} in layer {L}"
        if result.spread[-1] < 0.5 * result.std[-1]:
            forward += f" (across examples only {result.spread[-1]:.2g})"
        if result.saturated[-1] > SATURATED:
            forward += f", {result.saturated[-1]:.0%} of them at a bound"
        if rows == ROWS[0]:
            return f"{name.capitalize()}: {forward}."
        return (f"{name.capitalize()}: {forward}; a gradient of std 1 at layer {L} arrives at layer 1 "
                f"with {result.gradient[0]:.2g}.")

    def draw_static(self):
        """Display the presets side by side, for a reader without a kernel."""
        figure, states = Figure(figsize=(8.6, 3.1), layout="none"), []
        panels = figure.subplots(1, len(self.presets), sharey=True)
        figure.subplots_adjust(0.085, 0.29, 0.99, 0.8, 0.2)
        for ax, (title, preset) in zip(panels, self.presets.items(), strict=True):
            with one_blas_thread():
                seen = self.compute(**{**self.parameters, **preset})
            states.append(f"{title}: {name_state(seen)}")
            ax.set_title(f"{title.replace(', ', chr(10))}\n{name_state(seen)}", fontsize=10, loc="center")
            ax.axhspan(1 / FACTOR, FACTOR, color=plots.GREEN, alpha=0.15, linewidth=0)
            for values, style, name in ((seen.std, "-", "activations"), (seen.spread, "--", "activations"),
                                        (seen.gradient, "-", "gradients")):
                ax.plot(range(1, LAYERS + 1), bound_for_log(values), style, color=plots.COLOURS[name], linewidth=1.5)
            ax.set(yscale="log", ylim=(1e-7, 1e6), xticks=[1, 10], yticks=[1e-6, 1e-3, 1, 1e3, 1e6])
            ax.set_xlabel("layer", fontsize=10)
            ax.grid(False)
            ax.tick_params(labelsize=8, length=2)
            ax.minorticks_off()
        panels[0].set_ylabel("standard deviation", fontsize=10)
        figure.text(0.085, 0.03, "Standard deviation of activations (blue), of activations across examples (dashed), "
                    "of gradients (orange-red).\nShaded: within a factor of 10.", fontsize=9)
        plots.show(figure, "Ten layers of 500 units, standard deviations of activations and gradients per layer on a "
                           f"log scale, for six choices. {'; '.join(states)}.")


class Lanes:
    """One histogram per layer on its side, and hatched bars for what lies beyond its ends.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    low, high : float
        The ends of a lane. The axes leave ``BEYOND`` times its height below and above for the hatched bars.
    color : str
    """

    def __init__(self, ax, low, high, color):
        self._ends = low, high
        self.artists = [PolyCollection([], color=color, linewidth=0.5),
                        PolyCollection([], facecolor="white", edgecolor=color, hatch="/////", linewidth=0.8)]
        for artist in self.artists:
            ax.add_collection(artist)

    def draw(self, shares, beyond):
        """Show histograms of :func:`compute_histograms` and the shares of :func:`measure_beyond`."""
        inside = shares.copy()
        inside[:, [0, -1]] -= beyond
        self.artists[0].set_verts(_lane_shapes(np.maximum(inside, 0), *self._ends))
        self.artists[1].set_verts(_beyond_shapes(beyond, *self._ends))


def _lane_shapes(shares, low, high):
    # One polygon per layer: its histogram lying on its side, from x = layer to at most layer + 0.9.
    L, bins = shares.shape
    edges = np.repeat(np.linspace(low, high, bins + 1), 2)  # (2 bins + 2,)
    lengths = np.zeros((L, len(edges)))
    lengths[:, 1:-1] = np.repeat(0.9 * np.minimum(shares / FULL, 1), 2, axis=1)
    x = lengths + np.arange(1, L + 1)[:, None]
    return np.stack([x, np.broadcast_to(edges, x.shape)], axis=2)


def _beyond_shapes(beyond, low, high):
    # A rectangle per layer and end with values beyond it, as long as a histogram's bar of that share.
    height = BEYOND * (high - low)
    shapes = []
    for layer, shares in enumerate(beyond, start=1):
        for share, y in zip(shares, (low - height, high), strict=True):
            if share > 0:
                right = layer + 0.9 * min(share / FULL, 1)
                shapes.append([(layer, y), (right, y), (right, y + height), (layer, y + height)])
    return shapes
