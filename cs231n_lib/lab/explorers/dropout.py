"""The dropout explorer: keep probability against masks, the next layer's input, and training curves."""

from types import SimpleNamespace

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from cs231n_lib.lab import data, plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.explorers.base import Explorer, memoize, slider
from cs231n_lib.lab.net import FullyConnectedNet, call_student
from cs231n_lib.lab.solver import Solver

PS = tuple(round(0.1 * k, 1) for k in range(1, 11))
EXAMPLES, UNITS = 20, 40  # of the masks that are drawn
WIDTH, MASKS = 100, 2000  # units that feed the unit whose input is followed; masks that it is followed over
EDGES, TOP = np.linspace(-6, 6, 61), 0.22  # of its histogram; a bar that reaches the top is higher
TRAINED_ON, EPOCHS, BATCH, RATE, RUNS = 100, 24, 20, 0.1, 2  # the small nets of the curves
LINES = (plots.BLUE, ":", "training, dropped"), (plots.BLUE, "-", "training"), (plots.ORANGE, "-", "validation")
USED = {"linear_classifier": ("affine_forward", "affine_backward", "softmax_loss"), "initialization": ("he_init",),
        "activations": ("relu_forward", "relu_backward"), "dropout": ("dropout_forward", "dropout_backward")}


def drop_units(x, p, seed, mode="train"):
    """Send an array through the reader's inverted dropout.

    Parameters
    ----------
    x : ndarray
    p : float in (0, 1]
        Probability of keeping.
    seed : int
        Draws the mask.
    mode : str, default "train"
        ``"train"`` or ``"test"``.

    Returns
    -------
    out : ndarray of x's shape
    """
    settings = {"p": p, "seed": seed, "mode": mode}
    return call_student("dropout", "dropout_forward", x, settings, returns="out, cache")[0]


def compute_next_inputs(p, seed, masks=MASKS):
    """Compute the input of one unit behind a dropout layer, under many masks and in the test pass.

    The layer's 100 activations are standard normal numbers after a ReLU; the unit's weights are of He's size. ``seed``
    draws both, and the masks.

    Parameters
    ----------
    p : float
        Probability of keeping.
    seed : int
    masks : int, default 2000

    Returns
    -------
    seen : SimpleNamespace
        ``dropped``, shape (masks,): the unit's input under each mask. ``tested``: its input in the test pass. ``std``:
        the standard deviation of ``dropped`` in theory, ``sqrt(sum((h * w)**2) * (1 - p) / p)``.
    """
    rng = np.random.default_rng(seed)
    h = np.maximum(rng.standard_normal(WIDTH), 0)
    w = rng.standard_normal(WIDTH) * np.sqrt(2 / WIDTH)
    dropped = drop_units(np.tile(h, (masks, 1)), p, seed + 1) @ w
    return SimpleNamespace(dropped=dropped, tested=float(drop_units(h, p, seed, "test") @ w),
                           std=np.sqrt(np.sum((h * w) ** 2) * (1 - p) / p))


def train_run(p, seed, epochs=EPOCHS):
    """Train a net of 100 ReLUs with dropout on 100 digits.

    Parameters
    ----------
    p : float in (0, 1]
        Probability of keeping.
    seed : int
        Draws the weights, the masks and the batches.
    epochs : int, default 24

    Returns
    -------
    accuracies : ndarray of shape (3, epochs + 1), in 0..1
        Before the first epoch and after each one: on the training digits with dropout, as training sees them; on the
        training digits in test mode; on the 200 validation digits in test mode.
    """
    d = data.prepare(data.load("digits"))
    X, y = d.X_train[:TRAINED_ON], d.y_train[:TRAINED_ON]
    net = FullyConnectedNet([WIDTH], X[0].size, dropout=p, rng=np.random.default_rng(seed))
    seen, per_epoch = [], TRAINED_ON // BATCH

    def look(solver):
        if solver is None or solver.step % per_epoch == 0:
            passes = (net.activations(X)[-1] @ net.params["W2"] + net.params["b2"], net.loss(X), net.loss(d.X_val))
            seen.append([np.mean(s.argmax(axis=1) == t) for s, t in zip(passes, (y, y, d.y_val), strict=True)])

    look(None)
    few = {"X_train": X, "y_train": y, "X_val": d.X_val[:1], "y_val": d.y_val[:1]}  # accuracies are taken above
    Solver(net, few, optim_config={"learning_rate": RATE}, num_epochs=epochs, batch_size=BATCH, on_step=look,
           restore_best=False, verbose=False, rng=np.random.default_rng(seed)).train()
    return np.array(seen).T


def train_mean_curves():
    """Train small nets for every stop of the slider; return a dict from p to the mean of their curves."""
    with one_blas_thread():
        return {p: np.mean([train_run(p, s) for s in range(RUNS)], axis=0) for p in PS}


class Dropout(Explorer):
    """What the keep probability p does to masks, to the input of the next layer, and to training.

    Left: the mask of one layer for one batch. Middle: what enters one unit of the next layer under 2000 masks, and in
    the test pass. Right: a net of 100 ReLUs trained on 100 digits, a run of its own for each p (mean of two seeds);
    all of them are computed before the first picture. Dropout and the nets are the reader's functions (notebooks 00,
    01, 03, 05); what is missing is named. ``resample`` draws other masks, activations and weights; the curves stay.

    Notebook 05_dropout.
    """

    presets = {"p = 0.1": {"p": 0.1}, "p = 0.5": {"p": 0.5}, "p = 0.8": {"p": 0.8}, "p = 1, no dropout": {"p": 1.0}}
    size = (9.0, 3.6)

    def controls(self):
        return {"p": slider("keep probability p", 0.5, 0.1, 1.0, 0.1)}

    def compute(self, p, seed):
        p = round(p, 1)
        mask = drop_units(np.ones((EXAMPLES, UNITS)), p, seed)
        seen = compute_next_inputs(p, seed)
        return SimpleNamespace(mask=mask, curves=self._curves()[p], **vars(seen))

    @classmethod
    def _curves(cls):
        return memoize(cls, None, USED, train_mean_curves)  # for all explorers of this kind

    def frame(self, figure, **_):
        left = figure.add_axes((0.06, 0.16, 0.26, 0.74))
        self._mask = left.imshow(np.zeros((EXAMPLES, UNITS)), vmin=0, vmax=1, cmap="Greys", aspect="auto",
                                 interpolation="nearest")
        left.set(xlabel="unit", ylabel="example", xticks=range(0, UNITS, 10), yticks=range(0, EXAMPLES, 5))
        left.set_title("mask (black: kept)", fontsize=10, loc="left")
        middle = figure.add_axes((0.40, 0.16, 0.26, 0.74))
        middle.set(xlim=EDGES[[0, -1]], ylim=(0, TOP), yticks=[0, 0.1, 0.2], xlabel="input of one unit",
                   ylabel="share of the masks")
        middle.set_title("orange-red: test pass; blue: 2000 masks", fontsize=10, loc="left")
        right = figure.add_axes((0.715, 0.16, 0.275, 0.74))
        right.set(xlim=(0, EPOCHS), ylim=(0, 1.02), xlabel="epoch")
        right.set_title("accuracy, 100 digits to learn from", fontsize=10, loc="left")
        self._bars = middle.add_collection(PolyCollection([], color=plots.SKY))
        self._test = middle.axvline(0, color=plots.VERMILLION, linewidth=2)
        self._mean = middle.plot([], [], "v", color=plots.BLACK, markersize=8)[0]
        self._lines = [right.plot([], [], style, color=c, linewidth=2, label=n)[0] for c, style, n in LINES]
        right.legend(fontsize=9, loc="lower right")
        for ax in (left, middle, right):
            ax.tick_params(labelsize=9, length=3)
            ax.grid(ax is right)
        return [self._mask, self._bars, self._test, self._mean, *self._lines]

    def draw(self, result, **_):
        self._mask.set_data(result.mask != 0)
        self._bars.set_verts(make_bars(result.dropped))
        self._test.set_xdata([result.tested] * 2)
        self._mean.set_data([result.dropped.mean()], [0.93 * TOP])
        for line, values in zip(self._lines, result.curves, strict=True):
            line.set_data(np.arange(len(values)), values)

    def describe(self, result, p, **_):
        kept = np.count_nonzero(result.mask)
        with_masks, train, val = result.curves[:, -1]
        return (f"p = {p:.1f}: {kept} of {result.mask.size} numbers kept, each times {1 / p:.3g}. The unit's input has "
                f"mean {result.dropped.mean():.2f} over the masks, {result.tested:.2f} in the test pass; its std is "
                f"{result.dropped.std():.2f} (formula: {result.std:.2f}), 0 in the test pass. After {EPOCHS} epochs: "
                f"training {train:.0%} ({with_masks:.0%} with dropout on), validation {val:.0%}.")

    def draw_static(self, ps=(0.1, 0.3, 0.5, 0.8, 1.0)):
        """Display histograms and curves for several p, for a reader without a kernel."""
        figure = Figure(figsize=(8.6, 4.6), layout="constrained")
        cells, said = figure.subplots(2, len(ps), sharex="row", sharey="row"), []
        for column, p in zip(cells.T, ps, strict=True):
            with one_blas_thread():
                seen = self.compute(**{**self.parameters, "p": p})
            column[0].add_collection(PolyCollection(make_bars(seen.dropped), color=plots.SKY))
            column[0].axvline(seen.tested, color=plots.VERMILLION)
            column[0].set(xlim=EDGES[[0, -1]], ylim=(0, TOP), xlabel="input")
            column[0].set_title(f"p = {p:g}", fontsize=11)
            for (colour, style, _), values in zip(LINES, seen.curves, strict=True):
                column[1].plot(values, style, color=colour)
            column[1].set(ylim=(0, 1.02), xlabel="epoch")
            said.append(f"p = {p:g}: std {seen.dropped.std():.2f}, training {seen.curves[1, -1]:.0%}, "
                        f"validation {seen.curves[2, -1]:.0%}")
        cells[0, 0].set_ylabel("share of the masks", fontsize=10)
        cells[1, 0].set_ylabel("accuracy", fontsize=10)
        plots.show(figure, "Above: the input of one unit over 2000 masks, and in the test pass (orange-red). Below: "
                           "training accuracy in test mode (blue) and with dropout on (dotted), validation (orange). "
                           f"{'; '.join(said)}.")


def make_bars(values):
    """Return the histogram's bars as polygons; a bar that would reach beyond the axis is cut."""
    shares = np.histogram(values, EDGES)[0] / len(values)
    return [[(a, 0), (a, h), (b, h), (b, 0)] for a, b, h in
            zip(EDGES[:-1], EDGES[1:], np.minimum(shares, 0.99 * TOP), strict=True) if h]
