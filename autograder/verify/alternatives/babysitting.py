"""Correct ways to write ``cs231n_lib.babysitting`` other than the reference's."""

import math
import sys
import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "two classes": ("softmax", "svm"),
    "a bias vector": EDGES,
    "three axes": EDGES,
    "nothing moved": ("values",),
    "all finite": ("nan", "inf", "anywhere"),
    "nan at the end": ("nan",),
    "inf and -inf": ("inf",),
    "nan in the middle": ("anywhere",),
    "large but finite": ("inf",),
    "no losses": EDGES,
    "rates below and above 0.37": ("values",),
    "3 steps": ("conventions",),
    "12 steps": ("conventions",),
    "every rate explodes": EDGES,
    "no rate explodes": EDGES,
}


@alternative("expected_initial_loss", style="one-liner")
def minus_log_of_the_probability(num_classes, loss="softmax"):
    return -math.log(1 / num_classes) if loss == "softmax" else num_classes - 1


@alternative("expected_initial_loss")
def from_scores_of_zero(num_classes, loss="softmax"):
    scores = np.zeros(num_classes)
    if loss == "svm":
        return np.sum(np.maximum(0, scores[1:] - scores[0] + 1))
    return np.array(np.log(np.exp(scores).sum()) - scores[0])


@alternative("expected_initial_loss", style="prints")
def by_a_table_that_prints(num_classes, loss="softmax"):
    print("classes:", num_classes)
    return {"softmax": np.log(num_classes), "svm": np.float64(num_classes) - 1}[loss]


@alternative("update_ratio", style="one-liner")
def roots_of_sums(w, next_w):
    return np.sqrt(np.sum((next_w - w) ** 2)) / np.sqrt(np.sum(w**2))


@alternative("update_ratio", style="einsum float64")
def ratio_by_einsum(w, next_w):
    step, old = (next_w - w).astype(np.float64), w.astype(np.float64)
    axes = list(range(w.ndim))
    return np.sqrt(np.einsum(step, axes, step, axes, []) / np.einsum(old, axes, old, axes, []))


@alternative("update_ratio", style="out")
def ratio_into_one_buffer(w, next_w):
    buffer = np.subtract(next_w, w, out=np.empty(w.shape))
    change = np.square(buffer, out=buffer).sum()
    return (change / np.square(w, out=buffer).sum()) ** 0.5


@alternative("update_ratio")
def one_root(w, next_w):
    step = (next_w - w).ravel()
    return np.array(math.sqrt(step @ step / (w.ravel() @ w.ravel())))


@alternative("update_ratio", style="loop")
def in_a_loop(w, next_w):
    change = size = 0.0
    for a, b in zip(w.flat, next_w.flat, strict=True):
        change += (b - a) ** 2
        size += a * a
    return (change / size) ** 0.5


@alternative("has_exploded", style="one-liner")
def any_not_finite(losses):
    return any(not math.isfinite(x) for x in losses)


@alternative("has_exploded")
def by_one_number(losses):
    """Infinity times 0 is NaN, and a sum with NaN in it is NaN, which is not equal to itself."""
    total = math.fsum(0 * x for x in losses)
    return total != total


@alternative("has_exploded")
def nan_or_inf(losses):
    losses = np.array(losses, dtype=float)
    return np.any(np.isnan(losses) | np.isinf(losses))


@alternative("has_exploded", style="warns")
def by_counting(losses):
    warnings.warn("counting", stacklevel=1)
    return int(np.count_nonzero(np.isfinite(losses)) < len(losses))


@alternative("bracket_learning_rate", style="loop")
def with_exponents(train_briefly, low, high, steps=8):
    a, b = np.log10(low), np.log10(high)
    for _ in range(steps):
        c = (a + b) / 2
        if np.isfinite(train_briefly(10**c)).all():
            a = c
        else:
            b = c
    return 10**a, 10**b


@alternative("bracket_learning_rate", style="prints")
def recursive(train_briefly, low, high, steps=8):
    if steps == 0:
        return low, high
    middle = low * math.sqrt(high / low)
    bad = any(not math.isfinite(x) for x in train_briefly(middle))
    print(middle, "explodes" if bad else "works", file=sys.stderr)
    return recursive(train_briefly, *((low, middle) if bad else (middle, high)), steps - 1)


class Bracket:
    """Knows one rate that works and one that explodes."""

    def __init__(self, ok, exploded):
        self.ok, self.exploded = ok, exploded

    @property
    def middle(self):
        return math.sqrt(self.ok) * math.sqrt(self.exploded)

    def narrow(self, losses):
        side = "ok" if all(map(math.isfinite, losses)) else "exploded"
        setattr(self, side, self.middle)


@alternative("bracket_learning_rate", style="class loop")
def by_an_object(train_briefly, low, high, steps=8):
    bracket = Bracket(low, high)
    for _ in range(steps):
        bracket.narrow(train_briefly(bracket.middle))
    return bracket.ok, bracket.exploded


@alternative("bracket_learning_rate")
def by_sending_to_a_generator(train_briefly, low, high, steps=8):
    def search(ok, exploded):
        while True:
            losses = yield (ok * exploded) ** 0.5, (ok, exploded)
            middle = (ok * exploded) ** 0.5
            ok, exploded = (middle, exploded) if all(map(math.isfinite, losses)) else (ok, middle)

    searching = search(low, high)
    rate, ends = next(searching)
    for _ in range(steps):
        rate, ends = searching.send(train_briefly(rate))
    return ends


@alternative("bracket_learning_rate", style="loop")
def with_a_dict(train_briefly, low, high, steps=8):
    known = {"ok": low, "exploded": high}
    while steps > 0:
        rate = math.exp((math.log(known["ok"]) + math.log(known["exploded"])) / 2)
        finite = np.all(np.isfinite(np.asarray(train_briefly(rate))))
        known["ok" if finite else "exploded"] = rate
        steps -= 1
    return [known["ok"], known["exploded"]]
