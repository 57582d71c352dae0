"""Visible inputs for ``babysitting``."""

import numpy as np

from cs231n_lib.lab.check.aspects.babysitting import SOFTMAX, SVM, WITH_INF, WITH_NAN
from cs231n_lib.lab.check.aspects.common import VALUES
from cs231n_lib.lab.check.cases.builders import add_function, chirp
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import NUMBER, TRUTH

add_function("babysitting", "expected_initial_loss", ("num_classes", "loss"), ("loss",), [
    Case(SOFTMAX, (10,)),
    Case(SOFTMAX, (3,), {"loss": "softmax"}),
    Case(SVM, (10,), {"loss": "svm"}, apart="the loss of an SVM"),
    Case("two classes", (2,)),
    Case("two classes", (2,), {"loss": "svm"}, apart="the loss of an SVM"),
], forms={"loss": NUMBER})

W, STEP = chirp(3, 4), 0.01 * chirp(3, 4, seed=1)
add_function("babysitting", "update_ratio", ("w", "next_w"), ("ratio",), [
    Case(VALUES, (W, W + STEP)),
    Case("a bias vector", (W[0], W[0] + STEP[0])),
    Case("three axes", (chirp(2, 2, 3), chirp(2, 2, 3) + 0.1)),
    Case("nothing moved", (W, W)),
], forms={"ratio": NUMBER})

NAN, INF = np.nan, np.inf
add_function("babysitting", "has_exploded", ("losses",), ("exploded",), [
    Case("all finite", ([2.3, 2.2, 1.9],)),
    Case(f"{WITH_NAN} at the end", ([2.3, 9.0, NAN],)),
    Case(f"{WITH_INF} and -{WITH_INF}", ([2.3, INF],)),
    Case(f"{WITH_INF} and -{WITH_INF}", ([2.3, -INF],)),
    Case(f"{WITH_NAN} in the middle", ([2.3, NAN, INF, 2.0],)),
    Case("large but finite", ([2.3, 1e300],)),
    Case("no losses", ([],)),
], forms={"exploded": TRUTH})


def search(threshold, *args):
    """Return a run that brackets a threshold, and counts the brief trainings."""

    def run(call, seeds):
        rates = []

        def train_briefly(rate):
            rates.append(rate)
            if rate >= threshold:
                return [2.3, INF, NAN]
            return [2.3, 50.0] if rate > threshold / 3 else [2.3, 1.8]

        ok, exploded = call(train_briefly, *args)
        return {"ok": ok, "exploded": exploded, "calls of train_briefly": len(rates)}

    return run


RATE = (1e-9, 0)
TOL = {"ok": RATE, "exploded": RATE}
add_function("babysitting", "bracket_learning_rate", ("train_briefly", "low", "high", "steps"), ("ok", "exploded"), [
    Case("rates below and above 0.37", run=search(0.37, 1e-6, 1e6), tol=TOL),
    Case("3 steps", run=search(0.37, 1e-6, 1e6, 3), tol=TOL),
    Case("12 steps", run=search(41.0, 1e-4, 1e5, 12), tol=TOL),
    Case("every rate explodes", run=search(0.0, 1e-6, 1e6), tol=TOL),
    Case("no rate explodes", run=search(INF, 1e-6, 1e6), tol=TOL),
], forms={"ok": NUMBER, "exploded": NUMBER})
