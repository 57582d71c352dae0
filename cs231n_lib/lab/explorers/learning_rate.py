"""The learning-rate explorer: one small net, one slider, and the loss curve of a real run at every stop."""

from functools import cache
from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import data, plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.explorers.base import Explorer, log_slider, memoize
from cs231n_lib.lab.net import FullyConnectedNet

UNITS, BATCH, STEPS, PER_DECADE = 50, 10, 150, 10
WINDOW = 10  # the loss of a single batch is noisy: running means over this many are used
START = np.log(10)
HARDLY, TOO_LOW = 0.95 * START, 0.5  # above these mean losses at the end, a run has hardly moved or was too slow
CLIMB = 0.3  # a run whose mean loss climbs back by more than this is noisy
TOP = 3 * START  # the axis ends here
COLOURS = {"hardly moves": plots.GREY, "too low": plots.SKY, "good": plots.GREEN, "noisy": plots.ORANGE,
           "diverges": plots.VERMILLION}
USED = {"linear_classifier": ("affine_forward", "affine_backward", "softmax_loss"), "initialization": ("he_init",),
        "activations": ("relu_forward", "relu_backward")}


@cache
def load_digits():
    """Return the prepared training digits as rows, (N, 64), and their labels, (N,)."""
    d = data.prepare(data.load("digits"))
    return d.X_train.reshape(len(d.X_train), -1), d.y_train


def train_run(rate, seed, steps=STEPS):
    """Train a net of 50 ReLUs on the digits, by plain steps against the gradient of 10 examples.

    Parameters
    ----------
    rate : float
        Learning rate.
    seed : int
        Draws the weights and the batches: one seed gives the same of both for every rate.
    steps : int, default 150

    Returns
    -------
    losses : ndarray
        The loss of each batch before its step; ``steps`` numbers, or fewer if one is not finite: that is the last.
    """
    X, y = load_digits()
    rng = np.random.default_rng(seed)
    net, losses = FullyConnectedNet([UNITS], X.shape[1], rng=rng), []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(steps):
            picked = rng.integers(len(X), size=BATCH)
            loss, grads = net.loss(X[picked], y[picked])
            losses.append(loss)
            if not np.isfinite(loss):
                break
            for name, dw in grads.items():
                net.params[name] = net.params[name] - np.float32(rate) * dw
    return np.array(losses)


def measure_run(losses):
    """Measure a run and name it.

    Parameters
    ----------
    losses : ndarray of shape (steps,)
        Of :func:`train_run`.

    Returns
    -------
    seen : SimpleNamespace
        ``losses`` as given. ``means``: running means over 10 steps, shape (steps - 9,). ``end``: mean loss of the last
        20 steps, nan if the run ended early. ``climb``: the furthest that ``means`` rises above a value it had before.
        ``name``: the first of these rules that holds.

        - **diverges**: the loss is not finite, or ends 5 % above log 10, worse than equal scores;
        - **noisy**: ``climb`` is above 0.3;
        - **hardly moves**: ``end`` is above 95 % of log 10;
        - **too low**: ``end`` is above 0.5;
        - **good**: none of these.
    """
    if not np.isfinite(losses[-1]):
        return SimpleNamespace(losses=losses, means=None, end=np.nan, climb=np.nan, name="diverges")
    total = np.concatenate([[0.0], np.cumsum(losses)])
    means = (total[WINDOW:] - total[:-WINDOW]) / WINDOW
    end, climb = losses[-20:].mean(), np.max(means - np.minimum.accumulate(means))
    # 5 % of tolerance, because batches scatter: the loss of a net that hardly moves is about log 10.
    rules = {"diverges": end > 1.05 * START, "noisy": climb > CLIMB, "hardly moves": end > HARDLY,
             "too low": end > TOO_LOW, "good": True}
    return SimpleNamespace(losses=losses, means=means, end=end, climb=climb,
                           name=next(name for name, holds in rules.items() if holds))


class LearningRate(Explorer):
    """The loss curve of a small net on the digits against its learning rate, from 1e-6 to 1e2.

    The slider has ten stops per decade. Each is a separate run (:func:`train_run`) that is computed once; nothing is
    interpolated. On the right every rate visited so far stays as a dot in the colour of its name
    (:func:`measure_run`). Uses the reader's functions of notebooks 00, 01 and 03.

    Notebook 07_babysitting.
    """

    presets = {name: {"rate": rate} for name, rate in (
        ("1e-6", 1e-6), ("0.003", 10**-2.5), ("0.1", 0.1), ("0.5", 10**-0.3), ("10", 10.0))}
    size = (9.0, 3.8)

    def controls(self):
        rate = log_slider("learning rate", 1e-6, 1e-6, 1e2)
        rate.step, rate.readout_format = 1 / PER_DECADE, ".1e"
        return {"rate": rate}

    def compute(self, rate, seed):
        runs = self._runs(seed)
        stop = round(PER_DECADE * np.log10(rate))
        if stop not in runs:
            runs[stop] = measure_run(train_run(10 ** (stop / PER_DECADE), seed))
        return SimpleNamespace(**vars(runs[stop]), visited={k: (r.end, r.name) for k, r in runs.items()})

    def _runs(self, seed):
        return memoize(self, seed, USED, dict)  # filled as the slider visits

    def frame(self, figure, **_):
        left = figure.add_axes((0.065, 0.15, 0.50, 0.74))
        left.axhline(START, color=plots.GREY, linestyle="--", linewidth=1.5)
        left.text(STEPS - 1, START + 0.1, "log 10", ha="right", fontsize=10)
        left.set(xlim=(-2, STEPS), ylim=(-0.15, TOP), xlabel="step")
        left.set_title("loss of each batch (thin), mean of 10 (thick)", fontsize=10, loc="left")
        right = figure.add_axes((0.635, 0.15, 0.35, 0.74))
        right.axhline(START, color=plots.GREY, linestyle="--", linewidth=1.5)
        right.set(xlim=(0.5e-6, 2e2), ylim=(-0.15, TOP), xscale="log", xticks=10.0 ** np.arange(-6, 3, 2),
                  xlabel="learning rate")
        right.minorticks_off()
        right.set_title("loss at the end, rates seen so far", fontsize=10, loc="left")
        for ax in (left, right):
            ax.tick_params(labelsize=9)
        self._thin = left.plot([], [], linewidth=0.8, alpha=0.6)[0]
        self._thick = left.plot([], [], linewidth=2)[0]
        self._lost = left.plot([], [], "x", markersize=11, markeredgewidth=3)[0]
        self._dots = {name: right.plot([], [], "o", color=c, markersize=5)[0] for name, c in COLOURS.items()}
        self._here = right.plot([], [], "o", markersize=12, markerfacecolor="none", markeredgewidth=2,
                                color=plots.BLACK)[0]
        return [self._thin, self._thick, self._lost, *self._dots.values(), self._here]

    def draw(self, result, rate, **_):
        losses = np.minimum(np.nan_to_num(result.losses, nan=np.inf), 0.99 * TOP)
        self._thin.set_data(np.arange(len(losses)), losses)
        means = [] if result.means is None else np.minimum(result.means, 0.99 * TOP)
        self._thick.set_data(WINDOW - 1 + np.arange(len(means)), means)
        self._lost.set_data([[], []] if result.means is not None else [[len(losses) - 1], losses[-1:]])
        for line in (self._thin, self._thick, self._lost):
            line.set_color(COLOURS[result.name])
        for name, dots in self._dots.items():
            at = [(10 ** (k / PER_DECADE), clip_loss(end)) for k, (end, n) in result.visited.items() if n == name]
            dots.set_data(*(zip(*at, strict=True) if at else ([], [])))
        self._here.set_data([rate], [clip_loss(result.end)])

    def describe(self, result, rate, **_):
        if result.means is None:
            what = f"the loss is no longer finite after {len(result.losses) - 1} steps"
        else:
            what = f"loss {result.losses[0]:.2f} at the start, {result.end:.3g} at the end ({STEPS} steps)"
            if result.name == "noisy":
                what += f"; on the way it climbed back by {result.climb:.2g}"
        return f"Rate {format_rate(rate)}: {result.name}; {what}."

    def draw_static(self):
        """Display the presets' curves, and the loss at the end over the whole range, for a reader without a kernel."""
        seed, rates = self.parameters["seed"], [preset["rate"] for preset in self.presets.values()]
        grid = np.unique([*10 ** np.arange(-6, 2.01, 0.5), *rates])
        with one_blas_thread():
            runs = {rate: measure_run(train_run(rate, seed)) for rate in grid}
        figure = Figure(figsize=(8.6, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        for rate in rates:
            seen, colour = runs[rate], COLOURS[runs[rate].name]
            lost = seen.means is None
            shown = seen.losses[:-1] if lost else seen.means
            x = np.arange(len(shown)) + (0 if lost else WINDOW - 1)
            left.plot(x, np.minimum(shown, 0.99 * TOP), color=colour, label=f"{format_rate(rate)}: {seen.name}")
        left.set(xlabel="step", ylabel=f"loss (mean of {WINDOW} steps)", ylim=(0, TOP))
        left.legend(fontsize=10, loc="upper right")
        for name, colour in COLOURS.items():
            at = [(rate, clip_loss(seen.end)) for rate, seen in runs.items() if seen.name == name]
            right.plot(*zip(*at, strict=True), "o", color=colour, label=name)
        right.set(xscale="log", xlabel="learning rate", ylabel="loss at the end", ylim=(-0.15, TOP))
        right.legend(fontsize=10, loc="upper left")
        for ax in (left, right):
            ax.axhline(START, color=plots.GREY, linestyle="--", linewidth=1.5)
        said = "; ".join(f"{format_rate(rate)}: {runs[rate].name}" for rate in rates)
        plots.show(figure, f"A small net on the digits after {STEPS} steps, by learning rate. {said}.")


def clip_loss(end):
    """Return the height at which a loss is drawn: at the top of the axis if it is above it, or not finite."""
    return min(end, 0.99 * TOP) if np.isfinite(end) else 0.99 * TOP


def format_rate(rate):
    """Return a rate in two digits."""
    return f"{float(f'{rate:.1e}'):g}"
