"""The visible inputs of :func:`cs231n_lib.lab.check.check`: small, and away from the kinks of what they test.

What should come out of them stands in ``fingerprints.npz``, as numbers. The hidden tests draw other inputs.
"""

import numpy as np

from cs231n_lib.lab.check_run import Case, Function

FUNCTIONS = {}
"""Name -> :class:`Function`, in the order of the notebooks."""


def chirp(*shape, seed=0, size=2.0):
    """Return numbers of two decimals, without a pattern, none nearer to 0 than 0.1; the same everywhere."""
    k = np.arange(np.prod(shape, dtype=int)) + 1.0
    v = np.round(size * np.sin((0.37 + 0.11 * seed) * k * k + 1.1 * k + seed), 2)
    return np.where(np.abs(v) < 0.1, 0.15, v).reshape(shape)


def single(*arrays):
    """Return the arrays as float32."""
    return tuple(np.asarray(a, np.float32) for a in arrays)


def add(topic, name, args, returns, cases, **more):
    """Register a function."""
    more.setdefault("inputs", args)
    FUNCTIONS[name] = Function(name, topic, args, returns, tuple(cases), **more)


def add_pair(topic, stem, inputs, cases, kinks="", gradients=("dx",)):
    """Register ``stem_forward`` and ``stem_backward`` on the same inputs.

    ``cases`` are (aspect, args, kwargs, dout); the aspect "values" is called "gradient" for the backward.
    """
    add(topic, f"{stem}_forward", inputs, ("out", "cache"), [Case(a, args, kw) for a, args, kw, _ in cases])
    backward = [Case("gradient" if a == "values" else a, args, kw, dout=d) for a, args, kw, d in cases]
    add(topic, f"{stem}_backward", ("dout", "cache"), gradients, backward,
        forward=f"{stem}_forward", inputs=inputs, kinks=kinks)


# -- linear_classifier ------------------------------------------------------------------------------------------

add_pair("linear_classifier", "affine", ("x", "w", "b"), [
    ("values", (chirp(2, 3), chirp(3, 4, seed=1), chirp(4, seed=2)), {}, chirp(2, 4, seed=3)),
    ("images as input", (chirp(3, 2, 2), chirp(4, 2, seed=1), chirp(2, seed=2)), {}, chirp(3, 2, seed=3)),
    ("one feature", (chirp(3, 1), chirp(1, 2), chirp(2, seed=2)), {}, chirp(3, 2, seed=3)),
    ("batch of one", (chirp(1, 3, seed=4), chirp(3, 2, seed=5), chirp(2, seed=6)), {}, chirp(1, 2, seed=7)),
    ("dtype", single(chirp(2, 3), chirp(3, 4, seed=1), chirp(4, seed=2)), {}, *single(chirp(2, 4, seed=3))),
], gradients=("dx", "dw", "db"))


def loss_cases(far):
    """Return the cases of a loss: the loss and its gradient are judged apart."""
    x, y = chirp(4, 5), np.array([3, 0, 3, 1])
    return [
        Case("loss", (x, y), only=("loss",)),
        Case("gradient", (x, y), only=("dx",)),
        Case("all scores equal", (np.zeros((3, 4)), np.array([2, 0, 1])), only=("loss",)),
        Case("stable at ±1000", (far, np.array([0, 0, 2, 1]))),
        Case("batch of one", (chirp(1, 3, seed=4), np.array([2]))),
        Case("dtype", (chirp(4, 5).astype(np.float32), y), only=("dx",)),
    ]


FAR = np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 0.0], [-1000.0, -999.3, -998.9], [1000.0, 998.7, 1000.4]])
add("linear_classifier", "softmax_loss", ("x", "y"), ("loss", "dx"), loss_cases(FAR))
add("linear_classifier", "svm_loss", ("x", "y"), ("loss", "dx"), loss_cases(FAR),
    kinks="where a margin is exactly 0")


ROWS, LABELS = chirp(10, 2), 7 * np.arange(10) + 3
OWN_LABEL = {tuple(row): label for row, label in zip(ROWS, LABELS, strict=True)}


def batch_statistics(call, seeds):
    """Draw many batches of five from ten labelled rows, and count what came."""
    drawn, paired, same, moved = [], [], [], []
    for seed in seeds:
        rng, again = np.random.default_rng(seed), np.random.default_rng(seed)
        batches = [call(ROWS, LABELS, 5, rng) for _ in range(100)]
        same.append(np.array_equal(call(ROWS, LABELS, 5, again)[0], batches[0][0]))
        moved.append(any(not np.array_equal(Xb, batches[0][0]) for Xb, _ in batches))
        for Xb, yb in batches:
            drawn.extend(OWN_LABEL.get(tuple(row)) for row in np.reshape(Xb, (5, 2)))
            paired.extend(OWN_LABEL.get(tuple(row)) == label for row, label in zip(Xb, np.ravel(yb), strict=True))
    return {"share of each row": [np.mean([d == label for d in drawn]) for label in LABELS],
            "share of rows with their own label": np.mean(paired),
            "every row with its own label (1: yes, 0: no)": all(paired),
            "same rng, same batch (1: yes, 0: no)": all(same),
            "later calls, other batches (1: yes, 0: no)": all(moved)}


def distinct_rows(call, seeds):
    """Draw as many rows as there are, and count the different ones."""
    batches = [call(ROWS, LABELS, 10, np.random.default_rng(100 * s + i))[0] for s in seeds for i in range(40)]
    return {"different rows, of 10 drawn from 10": np.mean([len({tuple(row) for row in b}) for b in batches])}


def batch_form(size):
    """Return a run that draws a batch from six small images, and describes its form."""

    def run(call, seeds):
        Xb, yb = call(np.zeros((6, 2, 2, 3), np.float32), np.arange(6), size, np.random.default_rng(0))
        return {"shape of Xb": np.shape(Xb), "shape of yb": np.shape(yb),
                "Xb as float32 as X (1: yes, 0: no)": np.asarray(Xb).dtype == np.float32,
                "labels still integers (1: yes, 0: no)": np.asarray(yb).dtype.kind == "i"}

    return run


FAIR = {  # five standard deviations of a share of 2500 draws; the share of pairs only tells mistakes apart
    "share of each row": (0, 5 * np.sqrt(0.09 / 2500)),
    "share of rows with their own label": (0, 0.05),
}
DISTINCT = {"different rows, of 10 drawn from 10": (0, 5 * 0.99 / np.sqrt(200))}  # its std is 0.99, over 200 batches
add("linear_classifier", "sample_batch", ("X", "y", "batch_size", "rng"), ("Xb", "yb"), [
    Case("a batch of images", run=batch_form(4)),
    Case("a batch larger than the data", run=batch_form(20)),
    Case("drawn uniformly, rows with their labels", run=batch_statistics, tol=FAIR),
    Case("with replacement", run=distinct_rows, tol=DISTINCT),
])

# -- activations ------------------------------------------------------------------------------------------------

EDGE = np.array([[1000.0, -1000.0, 30.0], [-30.0, 0.5, -0.5]])


def elementwise(*params, **kwargs):
    """Return the cases of an elementwise function; ``params`` follow x, ``kwargs`` are tried once more."""
    cases = [
        ("values", (chirp(3, 4), *params), {}, chirp(3, 4, seed=1)),
        ("any shape", (chirp(2, 3, 2, seed=2), *params), {}, chirp(2, 3, 2, seed=3)),
        ("stable at ±1000", (EDGE, *params), {}, chirp(2, 3, seed=4)),
        ("batch of one", (chirp(1, 3, seed=5), *params), {}, chirp(1, 3, seed=6)),
        ("dtype", single(chirp(3, 4), *params), {}, *single(chirp(3, 4, seed=1))),
    ]
    named = [(f"{k} = {v}", (chirp(3, 4), *params), {k: v}, chirp(3, 4, seed=1)) for k, v in kwargs.items()]
    return cases[:1] + named + cases[1:]


add_pair("activations", "sigmoid", ("x",), elementwise())
add_pair("activations", "tanh", ("x",), elementwise())
add_pair("activations", "relu", ("x",), elementwise(), kinks="at x = 0")
add_pair("activations", "leaky_relu", ("x",), elementwise(alpha=0.3), kinks="at x = 0")

SLOPES = np.array([0.25, 0.1, -0.5, 0.7])
add_pair("activations", "prelu", ("x", "a"), [
    ("values", (chirp(3, 4), SLOPES), {}, chirp(3, 4, seed=1)),
    ("one slope for all", (chirp(3, 4), np.array(0.25)), {}, chirp(3, 4, seed=1)),
    ("stable at ±1000", (EDGE, SLOPES[:3]), {}, chirp(2, 3, seed=4)),
    ("as many rows as units", (chirp(4, 4), SLOPES), {}, chirp(4, 4, seed=1)),
    ("batch of one", (chirp(1, 4, seed=5), SLOPES), {}, chirp(1, 4, seed=6)),
    ("dtype", single(chirp(3, 4), SLOPES), {}, *single(chirp(3, 4, seed=1))),
], kinks="at x = 0", gradients=("dx", "da"))

add_pair("activations", "elu", ("x",), elementwise(alpha=0.5))

MAXOUT = chirp(3, 2, seed=1), chirp(2, seed=2), chirp(3, 2, seed=3), chirp(2, seed=4)
add_pair("activations", "maxout", ("x", "w1", "b1", "w2", "b2"), [
    ("values", (chirp(4, 3), *MAXOUT), {}, chirp(4, 2, seed=5)),
    ("stable at ±1000", (500 * chirp(4, 3), *MAXOUT), {}, chirp(4, 2, seed=5)),
    ("one feature", (chirp(4, 1), *(p[:1] if p.ndim == 2 else p for p in MAXOUT)), {}, chirp(4, 2, seed=5)),
    ("batch of one", (chirp(1, 3, seed=6), *MAXOUT), {}, chirp(1, 2, seed=7)),
    ("dtype", single(chirp(4, 3), *MAXOUT), {}, *single(chirp(4, 2, seed=5))),
], kinks="where the two functions tie", gradients=("dx", "dw1", "db1", "dw2", "db2"))

NEAR = np.array([[0.0, 0.04, 0.06, 0.3], [0.5, 0.93, 0.96, 1.0]])
add("activations", "saturated_fraction", ("out", "low", "high", "margin"), ("fraction",), [
    Case("values", (NEAR, 0, 1)),
    Case("bounds -1 and 1", (2 * NEAR - 1, -1, 1)),
    Case("bounds -2 and 2", (np.array([-1.98, -1.92, -1.85, -1.7, 0.3, 1.7, 1.92, 1.93]), -2, 2)),
    Case("another margin", (NEAR, 0, 1), {"margin": 0.35}),
    Case("any shape", (np.stack([NEAR, 0.3 + 0.4 * NEAR]), 0, 1)),
    Case("all and none", (np.array([0.0, 1.0]), 0, 1)),
    Case("all and none", (np.array([0.4, 0.6]), 0, 1)),
])

SPARSE = np.array([[0, 1.5, 0, 0, 2], [0, 0, 0, 0.3, 1], [0, 2.5, 0, 0, 3]])
add("activations", "dead_units", ("out",), ("dead",), [
    Case("values", (SPARSE,)),
    Case("all and none", (np.zeros((3, 2)),)),
    Case("all and none", (np.ones((3, 2)),)),
    Case("tiny is not dead", (1e-12 * SPARSE,)),
    Case("batch of one", (SPARSE[:1],)),
    Case("dtype", (SPARSE,)),
])

# -- initialization ---------------------------------------------------------------------------------------------

add("initialization", "zero_init", ("fan_in", "fan_out"), ("w",), [
    Case("values", (3, 5)), Case("one unit", (4, 1)), Case("dtype", (3, 5))])
add("initialization", "constant_init", ("fan_in", "fan_out", "value"), ("w",), [
    Case("values", (3, 5, 0.25)), Case("a negative value", (2, 3, -1.5)), Case("zero", (2, 3, 0.0)),
    Case("one unit", (4, 1, 0.25)), Case("dtype", (3, 5, 0.25))])


def weight_statistics(fan_in, fan_out, **kwargs):
    """Return a run that draws weights for several seeds, and describes their distribution."""

    def run(call, seeds):
        drawn, same, moved = [], [], []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            w = np.asarray(call(fan_in, fan_out, rng, **kwargs), float)
            drawn.append(w)
            same.append(np.array_equal(w, call(fan_in, fan_out, np.random.default_rng(seed), **kwargs)))
            moved.append(not np.array_equal(w, call(fan_in, fan_out, rng, **kwargs)))
        w = np.stack(drawn)
        spread = w.std() or 1.0
        return {"standard deviation": w.std(),
                "mean, in standard deviations": w.mean() / spread,
                "share within one standard deviation": np.mean(np.abs(w - w.mean()) <= spread),
                "same rng, same weights (1: yes, 0: no)": all(same),
                "next call, other weights (1: yes, 0: no)": all(moved)}

    return run


def weight_shape(call, seeds):
    """Return the shape of the weights."""
    return {"shape": np.shape(call(3, 5, np.random.default_rng(0)))}


def weight_dtype(call, seeds):
    """Say whether the weights are an array of float64."""
    w = call(3, 5, np.random.default_rng(0))
    return {"an array of float64 (1: yes, 0: no)": isinstance(w, np.ndarray) and w.dtype == np.float64}


DRAWS = 5 * 50 * 80
GAUSSIAN = {  # five standard deviations of each statistic, for DRAWS normal numbers
    "standard deviation": (5 / np.sqrt(2 * DRAWS), 0),
    "mean, in standard deviations": (0, 5 / np.sqrt(DRAWS)),
    "share within one standard deviation": (0, 5 * np.sqrt(0.683 * 0.317 / DRAWS)),
}


def add_random(name, more=(), extra=()):
    """Register an initialiser that draws."""
    add("initialization", name, ("fan_in", "fan_out", "rng", *extra), ("w",), [
        Case("shape of the weights", run=weight_shape),
        Case("statistics, 50 inputs and 80 units", run=weight_statistics(50, 80), tol=GAUSSIAN),
        Case("statistics, 80 inputs and 50 units", run=weight_statistics(80, 50), tol=GAUSSIAN),
        *more,
        Case("float64", run=weight_dtype),
    ])


add_random("small_random_init", extra=("std",), more=[
    Case("std = 0.3", run=weight_statistics(50, 80, std=0.3), tol=GAUSSIAN)])
add_random("xavier_init")
add_random("he_init")

LAYERS = [chirp(4, 3), 1 + chirp(4, 2, seed=1), 3 * chirp(4, 5, seed=2)]
add("initialization", "activation_statistics", ("activations",), ("means", "stds"), [
    Case("means", (LAYERS,), only=("means",)),
    Case("standard deviations", (LAYERS,), only=("stds",)),
    Case("any shape", ([chirp(2, 2, 2, 3), chirp(7, seed=3)],)),
    Case("one layer", (LAYERS[1:2],)),
])


def variances(start, x, activation, **kwargs):
    """Return a run that gives the variance of each layer's pre-activations under the new weights."""

    def run(call, seeds):
        signal, found = x, {}
        for i, matrix in enumerate(call(start, x, activation, **kwargs)):
            found[f"variance of z in layer {i + 1}"] = np.var(signal @ matrix)
            signal = activation(signal @ matrix)
        return found

    return run


BATCH = chirp(40, 3)
DEEP = [chirp(3, 4, seed=5), 0.05 * chirp(4, 4, seed=6), 3 * chirp(4, 2, seed=7)]
NEAR_UNIT, OFF_UNIT = [0.2632 * DEEP[0]], [0.2831 * DEEP[0]]  # variances of 1.02 and 1.18 on BATCH
# Dividing by n or by n - 1 is a matter of taste: it changes a standard deviation over 40 * 2 entries by 0.6 %.
SCALED = {f"weights[{i}]": (0.02, 0) for i in range(3)}
UNIT = {f"variance of z in layer {i + 1}": (0, 0.05) for i in range(3)}
add("initialization", "lsuv_init", ("weights", "x", "activation", "tol", "max_iter"), ("*weights",), [
    Case("unit variance", run=variances(DEEP, BATCH, np.tanh), tol=UNIT),
    Case("values", (DEEP, BATCH, np.tanh), tol=SCALED),
    Case("another activation", (DEEP, BATCH, np.abs), tol=SCALED),
    Case("near enough is left alone", (NEAR_UNIT, BATCH, np.tanh)),
    Case("another tol", (OFF_UNIT, BATCH, np.tanh), {"tol": 0.3}),
    Case("max_iter = 0 changes nothing", (DEEP, BATCH, np.tanh), {"max_iter": 0}),
    Case("one layer", (DEEP[:1], BATCH, np.tanh), tol=SCALED),
    Case("dtype", (DEEP, BATCH, np.tanh), tol=SCALED),
])
