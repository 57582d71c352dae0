"""Visible inputs for ``optimizers``: a few steps in a row, with made-up gradients."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import DTYPE, VALUES
from cs231n_lib.lab.check.aspects.optimizers import (
    AFTERWARDS,
    BOUNDARIES,
    CONFIG,
    FIRST_AND_LAST_STEP,
    FIRST_STEP,
    FRACTIONS,
    LATER_STEPS,
    SETTINGS,
    START_AND_END,
)
from cs231n_lib.lab.check.cases.builders import add_function, chirp, in_float32
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import DICT, NUMBER

W, GRADIENTS = chirp(2, 3), [chirp(2, 3, seed=s, size=40) + 25 for s in range(1, 4)]


def steps(config, w=W, gradients=GRADIENTS, start=0, keys=()):
    """Return a run that hands the returned config in again, and tells where w is after each step."""

    def run(call, seeds):
        here, given, found = w.copy(), dict(config), {}
        for i, dw in enumerate(gradients, start=1):
            here, given = call(here, dw, given)
            if i > start:
                found[f"next_w - w after step {i}"] = np.asarray(here) - w
        return found | {f"config[{k!r}] after step {i}": given[k] for k in keys}

    return run


def defaults(call, seeds):
    """Take steps without a config, with None, and with a key that the rule does not know."""
    dw = GRADIENTS[0]
    return {"next_w - w without a config": np.asarray(call(W, dw)[0]) - W,
            "next_w - w with config = None": np.asarray(call(W, dw, None)[0]) - W,
            "next_w - w with a further key": np.asarray(call(W, dw, {"mine": 3})[0]) - W}


def shapes(call, seeds):
    """Return the shapes of next_w for weights of several shapes, on the second step."""
    found = {}
    for s in ((5,), (1, 4), (2, 3, 2)):
        w, config = call(chirp(*s), chirp(*s, seed=1), {})
        found[f"shape of next_w for w of shape {s}"] = np.shape(call(w, chirp(*s, seed=2), config)[0])
    return found


def where_nothing_pulls(call, seeds):
    """Take a step on a gradient that is 0 in places."""
    dw = np.where(GRADIENTS[0] > 20, GRADIENTS[0], 0)
    return {"next_w - w where dw is 0": (np.asarray(call(W, dw, {})[0]) - W)[dw == 0]}


def float32(call, seeds):
    """Say whether float32 weights stay float32 over two steps."""
    w, first, second = in_float32(W, *GRADIENTS[:2])
    w, config = call(w, first, {})
    return {"next_w is float32, as w is":
            np.asarray(w).dtype == np.asarray(call(w, second, config)[0]).dtype == np.float32}


def add_rule(name, others, state=None):
    """Register an update rule; ``others`` are settings to try, ``state`` is what config holds later in a training."""
    middle = [Case(f"{SETTINGS} and state in {CONFIG}", run=steps(state, gradients=GRADIENTS[:1])),
              Case(f"state put back into {CONFIG}", run=steps({}, gradients=GRADIENTS[:2], start=2, keys=state))]
    add_function("optimizers", name, ("w", "dw", "config"), ("next_w", "config"), [
        Case(FIRST_STEP if state else VALUES, run=steps({}, gradients=GRADIENTS[:1])),
        *([Case(LATER_STEPS, run=steps({}, start=1))] if state else []),
        Case(f"default {SETTINGS}", run=defaults),
        *(Case(", ".join(f"{k} = {v:g}" for k, v in other.items()), run=steps(other)) for other in others),
        *(middle if state else []),
        Case("a gradient of 0", run=where_nothing_pulls),
        Case("any shape", run=shapes),
        Case(DTYPE, run=float32),
    ], may_change=("w", "config"), forms={"config": DICT})


BALL = {"velocity": chirp(2, 3, seed=7)}
add_rule("sgd", [{"learning_rate": 0.3}])
add_rule("sgd_momentum", [{"learning_rate": 0.3}, {"momentum": 0.5}], BALL)
add_rule("nesterov_momentum", [{"learning_rate": 0.3}, {"momentum": 0.5}], BALL)
add_rule("rmsprop", [{"learning_rate": 0.3}, {"decay_rate": 0.8}, {"epsilon": 0.5}],
         {"cache": 1 + chirp(2, 3, seed=7) ** 2})
add_rule("adam", [{"learning_rate": 0.3}, {"beta1": 0.5}, {"beta2": 0.8}, {"epsilon": 0.5}],
         {"m": chirp(2, 3, seed=7), "v": 1 + chirp(2, 3, seed=8) ** 2, "t": 1000})


RATE = {"lr": NUMBER}


def rates(*calls, **kwargs):
    """Return a run that tells the learning rate for each of several argument tuples."""
    return lambda call, seeds: {"lr for " + ", ".join(map(str, args)): call(*args, **kwargs) for args in calls}


add_function("optimizers", "step_decay", ("lr0", "epoch", "drop", "every"), ("lr",), [
    Case(VALUES, run=rates((0.4, 3), (0.4, 16), (0.4, 25))),
    Case(BOUNDARIES, run=rates((0.4, 0), (0.4, 9), (0.4, 10), (0.4, 20))),
    Case("drop = 0.1", run=rates((0.4, 12), drop=0.1)),
    Case("every = 4", run=rates((0.4, 6), (0.4, 9), every=4)),
], forms=RATE)
add_function("optimizers", "exponential_decay", ("lr0", "epoch", "k"), ("lr",), [
    Case(VALUES, run=rates((0.4, 0, 0.2), (0.4, 1, 0.2), (0.3, 7, 0.1))),
    Case(FRACTIONS, run=rates((0.4, 2.5, 0.2))),
], forms=RATE)
add_function("optimizers", "cosine_decay", ("lr0", "epoch", "total"), ("lr",), [
    Case(VALUES, run=rates((0.4, 2, 10), (0.4, 7, 10), (0.3, 5, 40))),
    Case(START_AND_END, run=lambda call, seeds: {f"lr for 0.4, {e}, 10": call(0.4, e, 10) for e in (0, 10)},
         tol={"lr for 0.4, 10, 10": (0, 1e-9)}),
    Case(FRACTIONS, run=rates((0.4, 2.5, 10))),
], forms=RATE)
add_function("optimizers", "linear_warmup", ("lr0", "step", "warmup_steps"), ("lr",), [
    Case(VALUES, run=rates((0.4, 3, 10), (0.3, 6, 20))),
    Case(FIRST_AND_LAST_STEP, run=rates((0.4, 0, 10), (0.4, 9, 10), (0.4, 0, 1))),
    Case(AFTERWARDS, run=rates((0.4, 10, 10), (0.4, 500, 10))),
], forms=RATE)
