"""Visible inputs for ``activations``."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import DTYPE, STABLE, VALUES
from cs231n_lib.lab.check.cases.builders import add_function, add_pair, chirp, in_float32
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import NUMBER

EDGE = np.array([[1000.0, -1000.0, 30.0], [-30.0, 0.5, -0.5]])


def elementwise(*params, **kwargs):
    """Return the cases of an elementwise function; ``params`` follow x, ``kwargs`` are tried once more."""
    cases = [
        (VALUES, (chirp(3, 4), *params), {}, chirp(3, 4, seed=1)),
        ("any shape", (chirp(2, 3, 2, seed=2), *params), {}, chirp(2, 3, 2, seed=3)),
        (f"{STABLE} at ±1000", (EDGE, *params), {}, chirp(2, 3, seed=4)),
        ("batch of one", (chirp(1, 3, seed=5), *params), {}, chirp(1, 3, seed=6)),
        (DTYPE, in_float32(chirp(3, 4), *params), {}, *in_float32(chirp(3, 4, seed=1))),
    ]
    named = [(f"{k} = {v}", (chirp(3, 4), *params), {k: v}, chirp(3, 4, seed=1)) for k, v in kwargs.items()]
    return cases[:1] + named + cases[1:]


add_pair("activations", "sigmoid", ("x",), elementwise())
add_pair("activations", "tanh", ("x",), elementwise())
add_pair("activations", "relu", ("x",), elementwise(), kinks="at x = 0")
add_pair("activations", "leaky_relu", ("x",), elementwise(alpha=0.3), kinks="at x = 0")

SLOPES = np.array([0.25, 0.1, -0.5, 0.7])
add_pair("activations", "prelu", ("x", "a"), [
    (VALUES, (chirp(3, 4), SLOPES), {}, chirp(3, 4, seed=1)),
    ("one slope for all", (chirp(3, 4), np.array(0.25)), {}, chirp(3, 4, seed=1)),
    (f"{STABLE} at ±1000", (EDGE, SLOPES[:3]), {}, chirp(2, 3, seed=4)),
    ("as many rows as units", (chirp(4, 4), SLOPES), {}, chirp(4, 4, seed=1)),
    ("batch of one", (chirp(1, 4, seed=5), SLOPES), {}, chirp(1, 4, seed=6)),
    (DTYPE, in_float32(chirp(3, 4), SLOPES), {}, *in_float32(chirp(3, 4, seed=1))),
], kinks="at x = 0", gradients=("dx", "da"))

add_pair("activations", "elu", ("x",), elementwise(alpha=0.5))

MAXOUT = chirp(3, 2, seed=1), chirp(2, seed=2), chirp(3, 2, seed=3), chirp(2, seed=4)
add_pair("activations", "maxout", ("x", "w1", "b1", "w2", "b2"), [
    (VALUES, (chirp(4, 3), *MAXOUT), {}, chirp(4, 2, seed=5)),
    (f"{STABLE} at ±1000", (500 * chirp(4, 3), *MAXOUT), {}, chirp(4, 2, seed=5)),
    ("one feature", (chirp(4, 1), *(p[:1] if p.ndim == 2 else p for p in MAXOUT)), {}, chirp(4, 2, seed=5)),
    ("batch of one", (chirp(1, 3, seed=6), *MAXOUT), {}, chirp(1, 2, seed=7)),
    (DTYPE, in_float32(chirp(4, 3), *MAXOUT), {}, *in_float32(chirp(4, 2, seed=5))),
], kinks="where the two functions tie", gradients=("dx", "dw1", "db1", "dw2", "db2"))

NEAR = np.array([[0.0, 0.04, 0.06, 0.3], [0.5, 0.93, 0.96, 1.0]])
add_function("activations", "saturated_fraction", ("out", "low", "high", "margin"), ("fraction",), [
    Case(VALUES, (NEAR, 0, 1)),
    Case("bounds -1 and 1", (2 * NEAR - 1, -1, 1)),
    Case("bounds -2 and 2", (np.array([-1.98, -1.92, -1.85, -1.7, 0.3, 1.7, 1.92, 1.93]), -2, 2)),
    Case("another margin", (NEAR, 0, 1), {"margin": 0.35}),
    Case("any shape", (np.stack([NEAR, 0.3 + 0.4 * NEAR]), 0, 1)),
    Case("all and none", (np.array([0.0, 1.0]), 0, 1)),
    Case("all and none", (np.array([0.4, 0.6]), 0, 1)),
], forms={"fraction": NUMBER})

SPARSE = np.array([[0, 0, 1, 0, 2], [0, 1.5, 2, 0, 1], [0, 2.5, 0, 0.3, 3]])
add_function("activations", "dead_units", ("out",), ("dead",), [
    Case(VALUES, (SPARSE,)),
    Case("all and none", (np.zeros((3, 2)),)),
    Case("all and none", (np.ones((3, 2)),)),
    Case("tiny is not dead", (1e-12 * SPARSE,)),
    Case("batch of one", (SPARSE[:1],)),
    Case(DTYPE, (SPARSE,)),
])
