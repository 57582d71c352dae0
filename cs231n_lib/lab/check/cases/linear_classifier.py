"""Visible inputs for ``linear_classifier``."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import DTYPE, GRADIENT, SHAPE, STABLE, VALUES
from cs231n_lib.lab.check.aspects.linear_classifier import (
    DISTRIBUTION,
    LOSS,
    NEW_BATCHES,
    PAIRING,
    REG,
    REPLACEMENT,
    USES_RNG,
    B,
    W,
)
from cs231n_lib.lab.check.cases.builders import add_function, add_pair, chirp, in_float32
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import NUMBER

add_pair("linear_classifier", "affine", ("x", "w", "b"), [
    (VALUES, (chirp(2, 3), chirp(3, 4, seed=1), chirp(4, seed=2)), {}, chirp(2, 4, seed=3)),
    ("images as input", (chirp(3, 2, 2), chirp(4, 2, seed=1), chirp(2, seed=2)), {}, chirp(3, 2, seed=3)),
    ("one feature", (chirp(3, 1), chirp(1, 2), chirp(2, seed=2)), {}, chirp(3, 2, seed=3)),
    ("batch of one", (chirp(1, 3, seed=4), chirp(3, 2, seed=5), chirp(2, seed=6)), {}, chirp(1, 2, seed=7)),
    (DTYPE, in_float32(chirp(2, 3), chirp(3, 4, seed=1), chirp(4, seed=2)), {}, *in_float32(chirp(2, 4, seed=3))),
], gradients=("dx", "dw", "db"))


def loss_cases(far):
    """Return the cases of a loss: the loss and its gradient are judged apart."""
    x, y = chirp(4, 5), np.array([3, 0, 3, 1])
    return [
        Case(LOSS, (x, y), only=("loss",)),
        Case(GRADIENT, (x, y), only=("dx",)),
        Case("all scores equal", (np.zeros((3, 4)), np.array([2, 0, 1])), only=("loss",)),
        Case(f"{STABLE} at ±1000", (far, np.array([0, 0, 2, 1]))),
        Case("batch of one", (chirp(1, 3, seed=4), np.array([2]))),
        Case(DTYPE, (chirp(4, 5).astype(np.float32), y), only=("dx",)),
    ]


FAR = np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 0.0], [-1000.0, -999.3, -998.9], [1000.0, 998.7, 1000.4]])
add_function("linear_classifier", "softmax_loss", ("x", "y"), ("loss", "dx"), loss_cases(FAR),
    forms={"loss": NUMBER})
add_function("linear_classifier", "svm_loss", ("x", "y"), ("loss", "dx"),
    loss_cases(FAR), kinks="where a margin is exactly 0", forms={"loss": NUMBER})


ROWS, LABELS = chirp(10, 2), 7 * np.arange(10) + 3
OWN_LABEL = {tuple(row): label for row, label in zip(ROWS, LABELS, strict=True)}


OWN_LABELS = "share of rows with their own label"


def batch_statistics(call, seeds):
    """Draw many batches of five from ten labelled rows, and count what came."""
    drawn, paired, same, moved = [], [], [], []
    for seed in seeds:
        rng, again = np.random.default_rng(seed), np.random.default_rng(seed)
        batches = [call(ROWS, LABELS, 5, rng)]  # one of them watched: to watch a call costs more than the call
        batches += [call.on_originals(ROWS.copy(), LABELS.copy(), 5, rng) for _ in range(99)]
        same.append(np.array_equal(call(ROWS, LABELS, 5, again)[0], batches[0][0]))
        moved.append(any(not np.array_equal(Xb, batches[0][0]) for Xb, _ in batches))
        for Xb, yb in batches:
            drawn.extend(OWN_LABEL.get(tuple(row)) for row in np.reshape(Xb, (5, 2)))
            paired.extend(OWN_LABEL.get(tuple(row)) == label for row, label in zip(Xb, np.ravel(yb), strict=True))
    return {"share of each row": [np.mean([d == label for d in drawn]) for label in LABELS],
            OWN_LABELS: np.mean(paired),
            "every row with its own label": all(paired),
            "same rng, same batch": all(same),
            "later calls, other batches": all(moved)}


def distinct_rows(call, seeds):
    """Draw as many rows as there are, and count the different ones."""
    batches = [call(ROWS, LABELS, 10, np.random.default_rng(100 * s + i))[0] for s in seeds for i in range(40)]
    return {"different rows, of 10 drawn from 10": np.mean([len({tuple(row) for row in b}) for b in batches])}


OWN_DTYPE = "Xb is float32, as X is"


def batch_form(size):
    """Return a run that draws a batch from six small images, and describes its form."""

    def run(call, seeds):
        Xb, yb = call(np.zeros((6, 2, 2, 3), np.float32), np.arange(6), size, np.random.default_rng(0))
        return {"shape of Xb": np.shape(Xb), "shape of yb": np.shape(yb),
                OWN_DTYPE: np.asarray(Xb).dtype == np.float32,
                "the labels are still integers": np.asarray(yb).dtype.kind == "i"}

    return run


FAIR = {  # five standard deviations of a share of 2500 draws; the share of pairs only tells mistakes apart
    "share of each row": (0, 5 * np.sqrt(0.09 / 2500)),
    OWN_LABELS: (0, 0.05),
}
DISTINCT = {"different rows, of 10 drawn from 10": (0, 5 * 0.99 / np.sqrt(200))}  # its std is 0.99, over 200 batches
add_function("linear_classifier", "sample_batch", ("X", "y", "batch_size", "rng"), ("Xb", "yb"), [
    Case(SHAPE, run=batch_form(4), only=("shape of Xb", "shape of yb")),
    Case(DTYPE, run=batch_form(4), only=(OWN_DTYPE, "the labels are still integers")),
    Case("a batch larger than the data", run=batch_form(20)),
    Case(DISTRIBUTION, run=batch_statistics, tol=FAIR, only=("share of each row",)),
    Case(PAIRING, run=batch_statistics, tol=FAIR, only=(OWN_LABELS, "every row with its own label")),
    Case(USES_RNG, run=batch_statistics, only=("same rng, same batch", "later calls, other batches")),
    Case(REPLACEMENT, run=distinct_rows, tol=DISTINCT),
])


def trained(names, lr=0.5, reg=0.0, steps=3, rows=4, batches=1):
    """Return a run that trains a classifier on small batches, by a loss of fixed slope, and looks at some results."""
    X, G, w, b = chirp(rows, 3), chirp(rows, 2, seed=1), chirp(3, 2, seed=2), chirp(2, seed=3)

    def loss_fn(scores, y):
        return np.sum(scores * G), G.copy()

    def run(call, seeds):
        drawn = []

        def draw_batch():
            drawn.append(len(drawn) % batches)
            return X + drawn[-1], np.arange(rows) % 2

        results = dict(zip(("w", "b", "losses"), call(draw_batch, loss_fn, w, b, lr, reg, steps), strict=True))
        return {name: results[name] for name in names} | ({"batches drawn": len(drawn)} if batches > 1 else {})

    if batches == 1:
        run.given = {"Xb, always": X, "w": w, "b": b, "lr": lr, "reg": reg, "steps": steps,
                     "loss_fn(scores, yb)": "(sum(scores * G), G), a toy that may be negative", "G": G}
    return run


add_function("linear_classifier", "train_linear", ("draw_batch", "loss_fn", "w", "b", "lr", "reg", "steps"),
    ("w", "b", "losses"), [
        Case(W, run=trained(["w"])),
        Case(B, run=trained(["b"], reg=0.5)),
        Case(f"{REG} = 0.5", run=trained(["w"], reg=0.5)),
        Case(LOSS, run=trained(["losses"], reg=0.5)),
        Case(NEW_BATCHES, run=trained([], batches=3)),
        Case("batch of one", run=trained(["w", "b"], rows=1)),
    ])
