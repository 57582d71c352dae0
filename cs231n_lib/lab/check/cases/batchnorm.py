"""Visible inputs for ``batchnorm``. The spread is about 100 where eps is not meant to be seen."""

import numpy as np

from cs231n_lib.lab.check.aspects.batchnorm import EPS, RUNNING_AVERAGES
from cs231n_lib.lab.check.aspects.common import DTYPE, STABLE, TEST_MODE, VALUES
from cs231n_lib.lab.check.cases.builders import add_function, chirp, in_float32, join_gradients
from cs231n_lib.lab.check.observe import BadResult, Case

GAMMA, BETA = np.array([1.5, -0.5, 2.0]), np.array([0.5, 1.0, -2.0])
BATCH, SQUARE = (chirp(5, 3, size=100), GAMMA, BETA), (chirp(3, 3, seed=1, size=100), GAMMA, BETA)
ONE_EXAMPLE = (chirp(1, 3, seed=2, size=100), GAMMA, BETA)
ONE_FEATURE = (chirp(5, 1, seed=3, size=100), GAMMA[:1], BETA[:1])
NEARLY_CONSTANT = (chirp(5, 3, seed=4) / 1000, GAMMA, BETA)  # variances of about 2e-6
FAR = (BATCH[0] + 1e8, GAMMA, BETA)
EPS_WINS = f"nearly constant, where {EPS} wins"
EARLIER = {"running_mean": chirp(3, seed=5, size=100), "running_var": 3000 + chirp(3, seed=6, size=1000)}
SMALL = {"running_mean": chirp(3, seed=7) / 1000, "running_var": np.array([2e-6, 1e-5, 5e-6])}


def after(inputs, **bn_param):
    """Return a run that gives what bn_param holds after one call."""

    def run(call, seeds):
        param = {k: np.copy(v) if isinstance(v, np.ndarray) else v for k, v in bn_param.items()}
        call(*inputs, param)
        for name in ("running_mean", "running_var"):
            if name not in param:
                raise BadResult(f'bn_param has no "{name}" after the call')
        return {name: param[name] for name in ("running_mean", "running_var")}

    return run


TRAIN, TEST = {"mode": "train"}, {"mode": "test"}
FORWARD = ("x", "gamma", "beta")
add_function("batchnorm", "batchnorm_forward", (*FORWARD, "bn_param"), ("out", "cache"), [
    Case(VALUES, (*BATCH, TRAIN)),
    Case(f"{RUNNING_AVERAGES} after the first batch", run=after(BATCH, **TRAIN)),
    Case(f"{RUNNING_AVERAGES} after a later batch", run=after(BATCH, **TRAIN, **EARLIER)),
    Case(TEST_MODE, (*BATCH, {**TEST, **EARLIER})),
    Case(f"{TEST_MODE} leaves the {RUNNING_AVERAGES} alone", run=after(BATCH, **TEST, **EARLIER)),
    Case(f"{TEST_MODE} before any training", (*BATCH, TEST)),
    Case(EPS_WINS, (*NEARLY_CONSTANT, TRAIN)),
    Case(EPS_WINS, (*NEARLY_CONSTANT, {**TEST, **SMALL})),
    Case(EPS_WINS, run=after(NEARLY_CONSTANT, **TRAIN, **SMALL)),
    Case(f"another {EPS}", (*BATCH, {**TRAIN, "eps": 2000.0})),
    Case("another momentum", run=after(BATCH, **TRAIN, **EARLIER, momentum=0.3)),
    Case(f"{STABLE} at an offset of 1e8", (*FAR, TRAIN)),
    Case("batch of one", (*ONE_EXAMPLE, TRAIN)),
    Case("batch of one", (*ONE_EXAMPLE, {**TEST, **EARLIER})),
    Case("one feature", (*ONE_FEATURE, TRAIN)),
    Case(DTYPE, (*in_float32(*BATCH), TRAIN)),
], may_change=("bn_param",))


def add_backward(name, forward, param):
    """Register a backward."""
    def case(aspect, inputs, seed):
        return Case(aspect, (*inputs, TRAIN), dout=chirp(*inputs[0].shape, seed=seed).astype(inputs[0].dtype))

    gradients = "dx", "dgamma", "dbeta"
    add_function("batchnorm", name, ("dout", "cache"), gradients, [
        case(join_gradients(gradients), BATCH, 8), case(EPS_WINS, NEARLY_CONSTANT, 9),
        case("batch of one", ONE_EXAMPLE, 10), case("one feature", ONE_FEATURE, 11),
        case("as many examples as features", SQUARE, 12), case(DTYPE, in_float32(*BATCH), 8),
    ], forward=forward, inputs=(*FORWARD, param))


add_backward("batchnorm_backward", "batchnorm_forward", "bn_param")
add_backward("batchnorm_backward_alt", "batchnorm_forward", "bn_param")

add_function("batchnorm", "layernorm_forward", (*FORWARD, "ln_param"), ("out", "cache"), [
    Case(VALUES, (*BATCH, TRAIN)),
    Case(f"{TEST_MODE} is the same", (*BATCH, TEST)),
    Case("no mode is needed", (*BATCH, {})),
    Case(EPS_WINS, (*NEARLY_CONSTANT, TRAIN)),
    Case(f"another {EPS}", (*BATCH, {**TRAIN, "eps": 2000.0})),
    Case(f"{STABLE} at an offset of 1e8", (*FAR, TRAIN)),
    Case("batch of one", (*ONE_EXAMPLE, TRAIN)),
    Case("one feature", (*ONE_FEATURE, TRAIN)),
    Case("as many examples as features", (*SQUARE, TRAIN)),
    Case(DTYPE, (*in_float32(*BATCH), TRAIN)),
], may_change=("ln_param",))
add_backward("layernorm_backward", "layernorm_forward", "ln_param")
