"""The batchnorm explorer: ten layers from any init scale, normalized or not, with batches of any size."""

from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.explorers.base import Explorer, log_slider, memoize, menu
from cs231n_lib.lab.explorers.init_scale import (
    BEYOND,
    FACTOR,
    FULL,
    LAYERS,
    UNITS,
    Lanes,
    _lane_shapes,
    bound_for_log,
    compute_histograms,
    measure_beyond,
    split_variance,
)
from cs231n_lib.lab.explorers.prediction import Prediction
from cs231n_lib.lab.net import call_student

BATCHES = (1, 2, 4, 8, 16, 32, 64)
CHOICES = ("none", "batchnorm", "layernorm")
RANGES = {"activations": (-3, 3), "gradients": (-8, 8)}  # of the histograms


def normalize_layer(z, normalization):
    """Normalize a batch as in training, with gamma = 1 and beta = 0, by the reader's own function.

    Parameters
    ----------
    z : ndarray of shape (N, D)
    normalization : str
        One of ``CHOICES``.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : object
        For :func:`backpropagate_normalization`; None without normalization.
    """
    if normalization == "none":
        return z, None
    gamma, beta = np.ones(z.shape[1], dtype=z.dtype), np.zeros(z.shape[1], dtype=z.dtype)
    return call_student("batchnorm", f"{normalization}_forward", z, gamma, beta, {"mode": "train"},
                        returns="out, cache")


def backpropagate_normalization(dout, cache, normalization):
    """Compute the gradient of :func:`normalize_layer`.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
    cache : object
        Of :func:`normalize_layer`.
    normalization : str
        One of ``CHOICES``.

    Returns
    -------
    dx : ndarray of shape (N, D)
    """
    if normalization == "none":
        return dout
    return call_student("batchnorm", f"{normalization}_backward", dout, cache, returns="dx, dgamma, dbeta")[0]


def forward(weights, x, normalization, scale=1):
    """Send a batch through the layers ``h = relu(normalize(h @ (scale * w)))``.

    Parameters
    ----------
    weights : list of L ndarrays of shape (D, D)
    x : ndarray of shape (N, D)
    normalization : str
        One of ``CHOICES``.
    scale : float, default 1
        Multiplies all weights.

    Returns
    -------
    inputs, outs : lists of L ndarrays of shape (N, D)
        What enters each ReLU (normalized, if so chosen), and what leaves it.
    caches : list of L tuples
        For :func:`backward`.
    """
    inputs, outs, caches = [], [], []
    for w in weights:
        z, norm = normalize_layer((scale * x) @ w, normalization)  # the batch has fewer entries than the weights
        x, bend = call_student("activations", "relu_forward", z, returns="out, cache")
        inputs.append(z)
        outs.append(x)
        caches.append((norm, bend))
    return inputs, outs, caches


def backward(weights, dout, caches, normalization, scale=1):
    """Send a gradient back through the layers of :func:`forward`.

    Parameters
    ----------
    weights, normalization, scale
        As in :func:`forward`.
    dout : ndarray of shape (N, D)
        The gradient that reaches the last layer's output.
    caches : list of L tuples
        Of :func:`forward`.

    Returns
    -------
    douts : list of L ndarrays of shape (N, D)
        With respect to each layer's output, first layer first; the last one is ``dout``.
    """
    douts = [dout]
    for w, (norm, bend) in zip(weights[:0:-1], caches[:0:-1], strict=True):
        dz = call_student("activations", "relu_backward", douts[-1], bend)
        douts.append((scale * backpropagate_normalization(dz, norm, normalization)) @ w.T)
    return douts[::-1]


def measure_agreement(outs, others):
    """Correlate one example's activations in two batches, layer by layer.

    Parameters
    ----------
    outs, others : lists of L ndarrays of shape (N, D)
        Two batches whose first examples are the same.

    Returns
    -------
    correlation : ndarray of shape (L,)
        1: the other examples of the batch do not matter. It is 0, too, where all units have the same output, so that
        there is nothing to compare.
    """
    seen = []
    for a, b in zip(outs, others, strict=True):
        a, b = (v[0] - v[0].mean(dtype=np.float64) for v in (a, b))
        size = np.sqrt(np.dot(a, a) * np.dot(b, b))
        seen.append(np.dot(a, b) / size if 0 < size < np.inf else 0.0)
    return np.array(seen)


def measure(weights, batch, other, dout, normalization, scale=1):
    """Compute the numbers that the picture and the sentence are made of.

    Parameters
    ----------
    weights : list of L ndarrays of shape (D, D)
    batch, other : ndarrays of shape (N, D)
        Two batches whose first examples are the same. All but the agreement is measured on the first.
    dout : ndarray of shape (N, D)
        The gradient that reaches the last layer's output.
    normalization : str
        One of ``CHOICES``.
    scale : float, default 1
        Multiplies all weights.

    Returns
    -------
    seen : SimpleNamespace
        ``std``, ``gradient`` of shape (L,): standard deviation of what enters each ReLU, and of the gradient with
        respect to what leaves it. ``agreement``, shape (L,): see :func:`measure_agreement`. ``input_shares``,
        ``gradient_shares``, shape (L, bins): histograms. ``input_beyond``, ``gradient_beyond``, shape (L, 2): shares
        below and above them.
    """
    inputs, outs, caches = forward(weights, batch, normalization, scale)
    douts = backward(weights, dout, caches, normalization, scale)
    # Only batch normalization lets examples meet: otherwise the second pass would repeat the first.
    others = forward(weights, other, normalization, scale)[1] if normalization == "batchnorm" else outs
    return SimpleNamespace(
        std=np.sqrt([sum(split_variance(z)) for z in inputs]),
        gradient=np.sqrt([sum(split_variance(g)) for g in douts]),
        agreement=measure_agreement(outs, others),
        input_shares=compute_histograms(inputs, *RANGES["activations"]),
        gradient_shares=compute_histograms(douts, *RANGES["gradients"]),
        input_beyond=measure_beyond(inputs, *RANGES["activations"]),
        gradient_beyond=measure_beyond(douts, *RANGES["gradients"]))


def name_state(seen):
    """Name the state of the layers.

    The input has standard deviation 1, and so has the gradient that starts back from the last layer. The first
    rule that holds names the state, as in the init-scale explorer:

    - **exploding**: what enters the last ReLU has a standard deviation above 10, or the first layer's gradient has;
    - **collapsed**: one of these two is below 1/10;
    - **healthy**: neither.

    Returns
    -------
    name : str
    """
    ends = seen.std[-1], seen.gradient[0]
    if not max(ends) <= FACTOR:  # not "greater than": what has become nan is exploding too
        return "exploding"
    return "collapsed" if min(ends) < 1 / FACTOR else "healthy"


class BatchNorm(Explorer):
    """Ten ReLU layers of 500 units: what enters each ReLU and the gradients, by init scale and batch size.

    The weights are normal numbers of standard deviation ``scale``, the examples and the gradient that is sent back
    are standard normal. Normalization and ReLU are the reader's own (``batchnorm.py``, ``activations.py``), in
    training mode with gamma = 1 and beta = 0; what is missing is named.

    Notebook 04_batchnorm. Rules of the names: :func:`name_state`.
    """

    question = Prediction(
        "prediction_eps", "abc",
        {"a": "1: the next layer makes up for it", "b": "about 0.8 in every layer", "c": "below 0.01"},
        'Press "batchnorm, 1e-4", and read the std in layer 10.')
    presets = {
        "none, 0.01": {"scale": 0.01, "normalization": "none", "batch_size": 64},
        "batchnorm, 0.01": {"scale": 0.01, "normalization": "batchnorm", "batch_size": 64},
        "batchnorm, 1e-4": {"scale": 1e-4, "normalization": "batchnorm", "batch_size": 64},
        "batchnorm, batch of 4": {"scale": 0.01, "normalization": "batchnorm", "batch_size": 4},
        "batchnorm, batch of 1": {"scale": 0.01, "normalization": "batchnorm", "batch_size": 1},
        "layernorm, batch of 1": {"scale": 0.01, "normalization": "layernorm", "batch_size": 1},
    }

    def controls(self):
        sizes = widgets.SelectionSlider(value=64, options=BATCHES, description="batch size", continuous_update=True,
                                        style={"description_width": "initial"}, layout=widgets.Layout(width="340px"))
        return {"normalization": menu("normalization", "batchnorm", CHOICES),
                "scale": log_slider("scale of the weights", 0.01, 1e-5, 1.0),
                "batch_size": sizes}

    def compute(self, normalization, scale, batch_size, seed):
        weights, x, dout = self._drawn(seed)
        n = batch_size
        with np.errstate(over="ignore", invalid="ignore"):
            return measure(weights, x[:n], np.concatenate([x[:1], x[n:2 * n - 1]]), dout[:n], normalization,
                           np.float32(scale))

    def _drawn(self, seed):
        def draw():
            rng = np.random.default_rng(seed)
            weights = list(rng.standard_normal((LAYERS, UNITS, UNITS), dtype=np.float32))
            return weights, *rng.standard_normal((2, 2 * BATCHES[-1], UNITS), dtype=np.float32)

        return memoize(self, seed, {}, draw)  # drawing 2.5 million numbers takes as long as using them

    def frame(self, figure, **_):
        self._lanes = []
        for name, title, bottom in (("activations", "what enters each ReLU", 0.57),
                                    ("gradients", "gradients of the loss with respect to what leaves it", 0.13)):
            ax = figure.add_axes((0.055, bottom, 0.58, 0.36))
            low, high = RANGES[name]
            self._lanes.append(Lanes(ax, low, high, plots.COLOURS[name]))
            pad = BEYOND * (high - low)
            ax.set(xlim=(0.9, LAYERS + 1), ylim=(low - pad, high + pad), xticks=range(1, LAYERS + 1),
                   yticks=[low, 0, high])
            ax.tick_params(labelbottom=name == "gradients")
            ax.set_title(title, fontsize=10, loc="left")
            for x in range(1, LAYERS + 1):
                ax.axvline(x, color="#DDDDDD", linewidth=0.8, zorder=0)
        ax.set_xlabel(f"layer (full bar: {FULL:.0%} of the values or more; hatched: values beyond the lane)",
                      fontsize=10)
        sizes = figure.add_axes((0.725, 0.57, 0.26, 0.255))
        sizes.axhline(1, color=plots.GREY, linewidth=1)
        sizes.set(ylim=(1e-8, 1e8), yscale="log", yticks=[1e-8, 1e-4, 1, 1e4, 1e8])
        sizes.minorticks_off()
        sizes.set_title("standard deviation per layer of", fontsize=10, loc="left", y=1.26)
        lines = []
        for label, style, y in (("activations", "o-", 1.19), ("gradients", "s-", 1.07)):
            look = {"color": plots.COLOURS[label], "linewidth": 1.5, "markersize": 4}
            lines += sizes.plot([], [], style, **look)
            sizes.plot([0.0, 0.1], [y, y], style, transform=sizes.transAxes, clip_on=False, **look)
            sizes.text(0.14, y, "what enters each ReLU" if label == "activations" else label, fontsize=9, va="center",
                       transform=sizes.transAxes)
        same = figure.add_axes((0.725, 0.13, 0.26, 0.29))
        same.set(ylim=(-0.25, 1.1), yticks=[0, 0.5, 1])
        same.set_title("one example, in two batches", fontsize=10, loc="left")
        same.set_ylabel("correlation", fontsize=10, labelpad=1)
        same.set_xlabel("layer", fontsize=10)
        lines += same.plot([], [], "D-", color=plots.GREEN, linewidth=1.5, markersize=4)
        for ax in (sizes, same):
            ax.set(xlim=(0.5, LAYERS + 0.5), xticks=range(1, LAYERS + 1))
        sizes.tick_params(labelbottom=False)
        for ax in figure.axes:
            ax.grid(False)
            ax.tick_params(labelsize=9, length=3)
        self._lines = lines
        return [artist for lanes in self._lanes for artist in lanes.artists] + lines

    def draw(self, result, **_):
        self._lanes[0].draw(result.input_shares, result.input_beyond)
        self._lanes[1].draw(result.gradient_shares, result.gradient_beyond)
        layers = np.arange(1, LAYERS + 1)
        for line, values in zip(self._lines, (result.std, result.gradient), strict=False):
            line.set_data(layers, bound_for_log(values))
        self._lines[2].set_data(layers, np.clip(result.agreement, -0.2, 1))

    def name_verdict(self, result, **_):
        name = name_state(result)
        return name.capitalize(), "ok" if name == "healthy" else "wrong"

    def describe(self, result, normalization, batch_size, **_):
        apart = ""
        if normalization == "batchnorm" and batch_size > 1:
            apart = f" One example's layer {LAYERS} correlates {result.agreement[-1]:.2f} between two batches."
        return (f"{name_state(result).capitalize()}: what enters the ReLUs has std {result.std[0]:.2g} in layer 1 "
                f"and {result.std[-1]:.2g} in layer {LAYERS}; a gradient of std 1 at layer {LAYERS} arrives at layer 1 "
                f"with {result.gradient[0]:.2g}.{apart}")

    def draw_static(self):
        """Display the presets side by side, for a reader without a kernel."""
        figure, states = Figure(figsize=(8.6, 6.2), layout="none"), []
        cells = figure.subplots(4, len(self.presets))
        figure.subplots_adjust(0.085, 0.13, 0.99, 0.88, 0.32, 0.32)
        for column, (title, preset) in zip(cells.T, self.presets.items(), strict=True):
            with one_blas_thread():
                seen = self.compute(**{**self.parameters, **preset})
            states.append(f"{title}: {name_state(seen)}")
            column[0].set_title(f"{title.replace(', ', chr(10))}\n{name_state(seen)}", fontsize=10, loc="center")
            for ax, shares, name in zip(column, (seen.input_shares, seen.gradient_shares),
                                        ("activations", "gradients"), strict=False):
                ax.add_collection(PolyCollection(_lane_shapes(shares, *RANGES[name]), linewidth=0.3,
                                                 color=plots.COLOURS[name]))
                ax.set(xlim=(0.9, LAYERS + 1), ylim=RANGES[name], xticks=[1, 10], yticks=RANGES[name])
            for values, name in ((seen.std, "activations"), (seen.gradient, "gradients")):
                column[2].plot(range(1, LAYERS + 1), bound_for_log(values), color=plots.COLOURS[name],
                               linewidth=1.5)
            column[2].set(yscale="log", ylim=(1e-8, 1e8), xticks=[1, 10], yticks=[1e-8, 1, 1e8])
            column[3].plot(range(1, LAYERS + 1), seen.agreement, color=plots.GREEN, linewidth=1.5)
            column[3].set(ylim=(-0.25, 1.1), xticks=[1, 10], yticks=[0, 1])
            column[3].set_xlabel("layer", fontsize=10)
            for ax in column:
                ax.grid(False)
                ax.tick_params(labelsize=8, length=2)
                ax.minorticks_off()
        for ax, label in zip(cells[:, 0], ("ReLU inputs", "gradients", "std", "correlation"), strict=True):
            ax.set_ylabel(label, fontsize=10)
        for ax in cells[:, 1:].ravel():
            ax.tick_params(labelleft=False)
        figure.text(0.085, 0.015, "Standard deviation of what enters each ReLU (blue) and of gradients (orange-red). "
                    "Green: one example\nin two batches, correlation of its activations "
                    "(0 where all units put out the same).", fontsize=9)
        plots.show(figure, "Ten ReLU layers of 500 units, histograms per layer of what enters them and of gradients, "
                           f"and their standard deviations on a log scale, for six choices. {'; '.join(states)}.")
