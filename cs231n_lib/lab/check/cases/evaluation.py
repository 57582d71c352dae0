"""Visible inputs for ``evaluation``."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import DTYPE, STABLE, VALUES
from cs231n_lib.lab.check.aspects.evaluation import DECAY, LAST_BATCH, REG, START, STEPS, USES_RNG, B, W
from cs231n_lib.lab.check.cases.builders import add_function, chirp, in_float32
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import DICT

FAR = np.array([[[1000, -1000, 999], [-1000, -999, -1001]], [[0.5, 1, 0], [-1000, 1000, 1000]]])
add_function("evaluation", "ensemble_probabilities", ("logits",), ("probabilities",), [
    Case(VALUES, (chirp(3, 2, 4),)),
    Case("models that disagree", (np.array([[[4.0, 0, 0]], [[0.0, 1, 0]], [[0.0, 1, 0]]]),)),
    Case(f"{STABLE} at ±1000", (FAR,)),
    Case("one model", (chirp(1, 2, 3, seed=1),)),
    Case("batch of one", (chirp(2, 1, 3, seed=2),)),
    Case(DTYPE, in_float32(chirp(3, 2, 4))),
])

# -- averaged weights -----------------------------------------------------------------------------------------------

NET = {"w": chirp(2, 3), "b": chirp(3, seed=1)}, {"w": chirp(2, 3, seed=2), "b": chirp(3, seed=3)}
ODD = {"scale": np.array(0.5), "row": chirp(1, 2)}, {"scale": np.array(1.5), "row": chirp(1, 2, seed=1)}


def averaged(average, params, **kwargs):
    """Return a run that names the arrays of the new average by their keys."""
    return lambda call, seeds: {f"average[{name!r}]": v for name, v in sorted(call(average, params, **kwargs).items())}


def keeps_float32(call, seeds):
    """Say whether float32 stays float32."""
    average, params = (dict(zip(net, in_float32(*net.values()), strict=True)) for net in NET)
    return {f"{name} is float32": v.dtype == np.float32 for name, v in call(average, params).items()}


add_function("evaluation", "ema_update", ("average", "params", "decay"), ("average",), [
    Case(VALUES, run=averaged(*NET)),
    Case(f"{DECAY} = 0.9", run=averaged(*NET, decay=0.9)),
    Case(f"{DECAY} = 0.25", run=averaged(*NET, decay=0.25)),
    Case("a single number, a single row", run=averaged(*ODD)),
    Case(DTYPE, run=keeps_float32),
], forms={"average": DICT})

# -- features -------------------------------------------------------------------------------------------------------

FIRST, SECOND = chirp(4, 4, seed=5), chirp(4, 4, seed=6)


def first(x):
    """Stand for a layer."""
    return np.tanh(x.reshape(-1, 4) @ FIRST / 3)


def second(x):
    """Stand for another one, which could also come first."""
    return np.cos(x.reshape(-1, 4) @ SECOND / 3)


def in_pixels(x):
    """Stand for a layer that gives images."""
    return np.stack([np.tanh(x), np.cos(x)], axis=-1)


add_function("evaluation", "extract_features", ("layers", "X", "batch_size"), ("features",), [
    Case("two layers, two batches", ([first, second], chirp(4, 4), 2)),
    Case(f"a smaller {LAST_BATCH}", ([first], chirp(5, 4), 2)),
    Case("fewer examples than batch_size", ([first, second], chirp(3, 4, seed=1))),
    Case("images as input", ([first], chirp(3, 2, 2), 2)),
    Case("images as output", ([in_pixels], chirp(2, 2, 3, seed=2), 2)),
    Case("batch of one", ([first], chirp(1, 4, seed=3), 1)),
    Case(DTYPE, ([np.tanh, np.cos], *in_float32(chirp(4, 4)), 2)),
])

# -- a new head -----------------------------------------------------------------------------------------------------

F = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]]) * [0.8, 1.25]
LABELS = np.array([0, 1, 2, 2, 0, 1, 2, 0])


def squares(scores, y):
    """Return a loss with one lowest point, (scores - onehot)**2 / 2, and its gradient; given, as any loss would be."""
    error = scores - (np.arange(scores.shape[1]) == y[:, None])
    return (error**2).mean(axis=0).sum() / 2, error / error.shape[0]


def tilted(scores, y):
    """Return a loss whose gradient is the same everywhere, and so large that a small random start does not count."""
    slope = 1e9 * chirp(3, 3)[y]
    return np.sum(slope * scores) / len(y), slope / len(y)


def trained(steps, reg, classes=3, lr=0.5, loss_fn=squares, names=("w", "b")):
    """Return a run that trains a head and gives w, b or both."""

    def run(call, seeds):
        w, b = call(F, LABELS, classes, loss_fn, lr, steps, reg, np.random.default_rng(0))
        return {name: v for name, v in (("w", w), ("b", b)) if name in names}

    return run


def start(call, seeds):
    """Look at w and b after steps of length 0."""
    drawn, same, moved = [], [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        w, b = call(chirp(3, 40), np.array([0, 1, 2]), 30, squares, 0.0, 1, 0.0, rng)
        again, _ = call(chirp(3, 40), np.array([0, 1, 2]), 30, squares, 0.0, 1, 0.0, np.random.default_rng(seed))
        later, _ = call(chirp(3, 40), np.array([0, 1, 2]), 30, squares, 0.0, 1, 0.0, rng)
        drawn.append((np.ravel(w), np.ravel(b)))
        same.append(np.array_equal(w, again))
        moved.append(not np.array_equal(w, later))
    w, b = (np.concatenate(part) for part in zip(*drawn, strict=True))
    return {"standard deviation of w": w.std(),
            "mean of w, in standard deviations": w.mean() / (w.std() or 1.0), "b is 0": not b.any(),
            "same rng, same start": all(same),
            "next call, another start": all(moved)}


DRAWS = 5 * 40 * 30
SMALL = {"standard deviation of w": (5 / np.sqrt(2 * DRAWS), 0),
         "mean of w, in standard deviations": (0, 5 / np.sqrt(DRAWS))}
add_function(
    "evaluation",
    "train_head",
    ("F", "y", "num_classes", "loss_fn", "lr", "steps", "reg", "rng"),
    ("w", "b"),
    [
        Case(f"{W} after 100 {STEPS}", run=trained(100, 0.0, names=("w",))),
        Case(f"{B} after 100 {STEPS}", run=trained(100, 0.5, names=("b",))),
        Case(f"{REG} = 0.5", run=trained(100, 0.5, names=("w",))),
        Case(STEPS, run=trained(3, 0.0, lr=0.1, loss_fn=tilted, names=("w",))),
        Case("a class without examples", run=trained(100, 0.5, classes=4, names=("w",))),
        Case(START, run=start, tol=SMALL, only=(*SMALL, "b is 0")),
        Case(USES_RNG, run=start, only=("same rng, same start", "next call, another start")),
    ],
)
