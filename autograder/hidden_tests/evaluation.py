"""Hidden tests of ``cs231n_lib.evaluation`` (notebook 09_evaluation)."""

import numpy as np

from autograder.hidden_tests import heads
from autograder.hidden_tests.common import HINTS, agree, build, in_other_memory, labels, passes, to_float32
from autograder.hidden_tests.rubric import (
    Mismatch,
    Question,
    as_array,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)

# -- ensembles ----------------------------------------------------------------------------------------------------


def scores(k, n, c, rng):
    """Draw logits of ``k`` models that do not agree."""
    return 2 * rng.standard_normal((k, n, c))


def compare_ensembles(student, reference, logits, tol=1e-6):
    """Require the reference's probabilities."""
    agree(student.ensemble_probabilities(logits), reference.ensemble_probabilities(logits), "probabilities", tol)


def ordinary_ensembles(student, reference, rng):
    """Compare on ordinary logits; each axis has another length."""
    for sizes in ((3, 5, 4), (2, 3, 6)):
        compare_ensembles(student, reference, scores(*sizes, rng))


def rows_sum_to_one(student, reference, rng):
    logits = scores(3, 5, 4, rng)
    got, want = (as_array(f.ensemble_probabilities(logits), "probabilities") for f in (student, reference))
    expect_shape(got.squeeze(), (5, 4), "probabilities")
    sums, sums_ref = (p.reshape(5, 4).sum(axis=1) if p.size == 20 else np.full(5, np.nan) for p in (got, want))
    agree(sums, sums_ref, "sums of the rows")
    if not (got >= 0).all() or np.ptp(got, axis=0).max() == 0:  # or not made of the logits at all
        raise Mismatch("not probabilities of the examples", hint="Probabilities are not negative, and each example has "
                                                                  "its own.")


def stable_ensembles(student, reference, rng):
    logits = scores(3, 5, 4, rng)
    for height in (1000, -1000):  # the same for all logits: no probability changes, however the models are averaged
        changes = []
        for f in (student, reference):
            before, after = (as_array(f.ensemble_probabilities(x), "probabilities") for x in (logits, logits + height))
            expect_shape(after, before.shape, "probabilities")
            changes.append(1 + after - before)
            if f is student and np.array_equal(before, as_array(f.ensemble_probabilities(-logits), "probabilities")):
                raise Mismatch("the result does not depend on the logits")
        agree(*changes, "1 + change of the probabilities")
    if passes(ordinary_ensembles, student, reference, rng) is None:
        rows = np.array([1000, -1000, 0, 500, -500])[:, None]
        for further in (rows, 1000 * rng.choice([-1, 0, 1], logits.shape)):
            compare_ensembles(student, reference, logits + further)


def ensembles_of_any_size(student, reference, rng):
    right = passes(ordinary_ensembles, student, reference, rng) is None
    for sizes in ((1, 5, 4), (1, 1, 3), *(((4, 1, 3), (3, 5, 1), (2, 4, 2), (3, 3, 3)) if right else ())):
        compare_ensembles(student, reference, scores(*sizes, rng))  # one model: no average can go wrong
    for logits in in_other_memory(scores(3, 5, 4, rng)) if right else ():
        compare_ensembles(student, reference, logits, tol=2e-5)


def ensemble_shape(student, reference, rng):
    for sizes in ((3, 5, 4), (1, 5, 4), (3, 1, 4), (2, 3, 1)):
        logits = scores(*sizes, rng)
        if passes(compare_ensembles, student, reference, logits) is None or sizes == (3, 5, 4):
            expect_shape(student.ensemble_probabilities(logits), sizes[1:], "probabilities")


def ensemble_dtype(student, reference, rng):
    expect_dtype(student.ensemble_probabilities(*to_float32([scores(3, 5, 4, rng)])), np.float32, "probabilities")


def ensemble_unchanged(student, reference, rng):
    logits = scores(3, 5, 4, rng)
    expect_unchanged(student.call("ensemble_probabilities", logits), [logits], ["logits"])


ensemble_probabilities = build(Question("ensemble_probabilities"), {
    "values": ordinary_ensembles, "rows sum to 1": rows_sum_to_one, "stable": stable_ensembles,
    "edge sizes": ensembles_of_any_size, "shape": ensemble_shape, "dtype": ensemble_dtype,
    "leaves inputs alone": ensemble_unchanged}, {
        "values": 1.0, "rows sum to 1": 0.4, "stable": 0.6, "edge sizes": 0.3, "shape": 0.2, "dtype": 0.15,
        "leaves inputs alone": 0.35}, {**HINTS, **{
            "values": "Each model has its own probabilities: take the softmax of each first, then the mean over the "
                      "models.",
            "rows sum to 1": "Each row of the result is a distribution over the classes, the last axis of logits: not "
                             "negative, with sum 1.",
            "stable": "Logits of ±1000 must give finite probabilities: subtract each row's own maximum before taking "
                      "exponentials.",
            "edge sizes": "Right for an ordinary ensemble, but not for every size. Try one model, one example, one "
                          "class."}})

# -- averaged weights -----------------------------------------------------------------------------------------------


def two_nets(rng, shapes):
    """Draw (average, params): dicts with these shapes."""
    return [{name: np.asarray(rng.standard_normal(shape)) for name, shape in shapes.items()} for _ in range(2)]


NET = {"W1": (4, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)}
ODD = {"scale": (), "kernel": (2, 3, 3, 1), "one": (1, 1)}


def as_dict(value):
    """Return the result if it is a dict; its arrays as arrays."""
    if not isinstance(value, dict):
        message = f"expected a dict, got {type(value).__name__}"
        raise Mismatch(message, hint="Return a dict with the same names as params.")
    return {name: as_array(v, "an array of the average") for name, v in value.items()}


def compare_averages(student, reference, inputs, tol=1e-6):
    """Require the names and values of the reference's average."""
    got, want = as_dict(student.ema_update(*inputs)), as_dict(reference.ema_update(*inputs))
    if got.keys() != want.keys():
        raise Mismatch(f"expected the names {sorted(want)}, got {sorted(map(str, got))}",
                       hint="Return a dict with the same names as params, all of them.")
    for name in want:
        agree(got[name], want[name], name, tol)


def ordinary_averages(student, reference, rng):
    """Compare with the default decay."""
    for _ in range(2):
        compare_averages(student, reference, two_nets(rng, NET))


def other_decays(student, reference, rng):
    nets = two_nets(rng, NET)
    if passes(ordinary_averages, student, reference, rng) is None:
        for decay in (0.9, 0.3, 0.0, 1.0):
            compare_averages(student, reference, [*nets, decay])

    def reads_it(functions):
        few, much = (as_dict(functions.ema_update(*nets, decay)) for decay in (0.2, 0.7))
        return any(name in much and not np.array_equal(few[name], much[name]) for name in few)

    if reads_it(student) != reads_it(reference):
        raise Mismatch("decay is not read")


def averages_of_any_shape(student, reference, rng):
    if error := passes(ordinary_averages, student, reference, rng):
        compare_ratios(student, reference, rng, error)
    else:
        compare_averages(student, reference, two_nets(rng, ODD))
        old, new = two_nets(rng, NET)
        for net in zip(*map(in_other_memory, old.values()), strict=True):
            compare_averages(student, reference, [dict(zip(old, net, strict=True)), new], tol=2e-5)


def compare_ratios(student, reference, rng, error):
    """Require a wrong average to be wrong for odd shapes in the same way: the mix of old and new is the same."""
    mixes = []
    for shapes in (NET, ODD):
        old, new = ({name: np.full(shape, v) for name, shape in shapes.items()} for v in (1.0, 2.0))
        got = as_dict(student.ema_update(old, new))
        if got.keys() != old.keys():
            raise error
        mixes.append(np.unique(np.round(np.concatenate([v.ravel() for v in got.values()]), 9)))
    agree(mixes[1], mixes[0], "the mix of the old average and the parameters")


def average_shape(student, reference, rng):
    for shapes in (NET, ODD, {"row": (1, 4), "column": (4, 1)}):
        inputs = two_nets(rng, shapes)
        if passes(compare_averages, student, reference, inputs) is None or shapes is NET:
            for name, v in as_dict(student.ema_update(*inputs)).items():
                expect_shape(v, shapes.get(name, ()), str(name))


def average_dtype(student, reference, rng):
    inputs = [{name: v.astype(np.float32) for name, v in net.items()} for net in two_nets(rng, NET)]
    for name, v in as_dict(student.ema_update(*inputs)).items():
        expect_dtype(v, np.float32, str(name))


def average_unchanged(student, reference, rng):
    inputs = two_nets(rng, NET)
    reply = student.call("ema_update", *inputs)
    for what, before, after in zip(("average", "params"), inputs, reply.args, strict=False):
        if not isinstance(after, dict) or after.keys() != before.keys() or not all(
                np.array_equal(before[name], after[name]) for name in before):
            raise Mismatch(f"{what} was changed in place", hint=f"{what} was changed in place: make new arrays, in a "
                                                                "new dict.")


ema_update = build(Question("ema_update"), {
    "values": ordinary_averages, "decay": other_decays, "edge sizes": averages_of_any_shape, "shape": average_shape,
    "dtype": average_dtype, "leaves inputs alone": average_unchanged}, {
        "values": 0.9, "decay": 0.4, "edge sizes": 0.2, "shape": 0.1, "dtype": 0.1, "leaves inputs alone": 0.3}, {
            **HINTS, **{
                "values": "decay weighs the old average, 1 - decay the new parameters, in every array of the dict.",
                "decay": "0.999 is only the default: use the argument decay. With 0 the result is params, with 1 the "
                         "old average.",
                "edge sizes": "Arrays may have any shape, from a single number to four axes: NumPy's arithmetic treats "
                              "them all alike.",
                "dtype": "float32 in, float32 out: np.zeros(shape) makes float64."}})

# -- features -----------------------------------------------------------------------------------------------------


def dense(w, squash=np.tanh):
    """Return a layer that flattens its input."""
    return lambda x: squash(np.reshape(x, (len(x), -1)) @ w)


def features_of(functions, layers, X, *batch_size):
    """Return features as an array."""
    return as_array(functions.extract_features(layers, X, *batch_size), "features")


def compare_features(student, reference, layers, X, *batch_size, tol=1e-6):
    """Require the reference's features."""
    agree(*(features_of(f, layers, X, *batch_size) for f in (student, reference)), "features", tol)


def square_layers(rng, count=3, width=6):
    """Return layers that could stand in any order, and do not commute."""
    return [dense(rng.standard_normal((width, width)) / 2, (np.tanh, lambda z: np.maximum(0, z), np.cos)[i % 3])
            for i in range(count)]


def ordinary_features(student, reference, rng):
    for count, n, batch_size in ((3, 8, 4), (2, 6, 2)):
        compare_features(student, reference, square_layers(rng, count), rng.standard_normal((n, 6)), batch_size)


def last_batch(student, reference, rng):
    for n, batch_size in ((10, 4), (7, 3), (3, 5), (9, 256)):
        layers, X = square_layers(rng, 1), rng.standard_normal((n, 6))
        try:
            want = features_of(reference, layers, X, batch_size)
        except Exception:  # a known mistake in the reference's place: the student's must fail, too
            if passes(features_of, student, layers, X, batch_size) is None:
                raise Mismatch("it runs, and was not expected to") from None
            continue
        got = features_of(student, layers, X, batch_size)
        expect_shape(got, want.shape, "features")
        agree(*(f[np.lexsort(f.T)] for f in (got, want)), "features, in whatever order")  # the order is charged once


def image_features(student, reference, rng):
    w = rng.standard_normal(4)
    layer = lambda x: np.tanh(x * w + 1)  # noqa: E731  (N, 2, 3, 4) stays as it is
    X = rng.standard_normal((5, 2, 3, 4))
    compare_features(student, reference, [layer], X, 5)
    if features_of(student, [lambda x: np.tanh(x @ w)], X[:, 0, 0], 5).shape != (5, 1):
        raise Mismatch("one number an example: expected features of shape (5, 1)")


def features_of_any_size(student, reference, rng):
    for n, width in ((1, 5), (3, 1), (1, 1)):
        layer, X = dense(rng.standard_normal((6, width))), rng.standard_normal((n, 6))
        got, want = (features_of(f, [layer], X, n) for f in (student, reference))
        expect_shape(got, want.shape, "features")
        agree(got, want, "features")
    if not passes(ordinary_features, student, reference, rng):
        for X in in_other_memory(rng.standard_normal((8, 6))):
            compare_features(student, reference, square_layers(rng), X, 4, tol=2e-5)


def feature_dtype(student, reference, rng):
    layers = [lambda x: np.maximum(x, np.float32(0.1)), lambda x: np.tanh(x)]
    X = rng.standard_normal((6, 5)).astype(np.float32)
    expect_dtype(features_of(student, layers, X, 3), np.float32, "features")


def images_unchanged(student, reference, rng):
    X = rng.standard_normal((8, 6))
    after = student.call("extract_features", square_layers(rng), X, 4).args
    if len(after) < 2 or not np.array_equal(after[1], X):
        raise Mismatch("X was changed in place", hint="X was changed in place: the caller still needs it.")


extract_features = build(Question("extract_features"), {
    "values": ordinary_features, "last batch": last_batch, "flattened": image_features,
    "edge sizes": features_of_any_size, "dtype": feature_dtype, "leaves inputs alone": images_unchanged}, {
        "values": 1.2, "last batch": 0.6, "flattened": 0.5, "edge sizes": 0.2, "dtype": 0.1,
        "leaves inputs alone": 0.4}, {**HINTS, **{
            "values": "The first layer gets a batch of X, each further one what the layer before it gave; the last "
                      "one's outputs are put together in the order of X.",
            "last batch": "Every example has its row of features, also where N is no multiple of batch_size, or "
                          "smaller: the last batch may be short.",
            "flattened": "Features have the shape (N, F). If the last layer gives images, each becomes one row; if it "
                         "gives one number an example, F is 1.",
            "edge sizes": "Features always have the shape (N, F), also for one example or one feature.",
            "dtype": "float32 in, float32 out: np.zeros((N, F)) makes float64."}})

train_head = heads.train_head

# -- all together -----------------------------------------------------------------------------------------------------

transfer = Question("transfer", uses=("ensemble_probabilities", "ema_update", "extract_features", "train_head"))


def new_heads(functions, rng, regs):
    """Return features of fixed layers, and a head trained on them for each strength of the penalty."""
    y = labels(45, 3, rng)
    X = (2 * rng.standard_normal((3, 8))[y] + rng.standard_normal((45, 8))).reshape(45, 2, 4)
    layers = [dense(rng.standard_normal((8, 10)) / 3), dense(rng.standard_normal((10, 5)) / 3)]
    F = features_of(functions, layers, X, 16)
    expect_shape(F, (45, 5), "features")
    return F, [heads.head(functions, F, y, 3, heads.softmax, lr=0.3, steps=200, reg=reg) for reg in regs]


def compare_predictions(student, reference, rng, predict):
    """Require the same probabilities of both, where training ends."""
    seed = rng.integers(2**31)
    got, want = (as_array(predict(f, np.random.default_rng(seed)), "probabilities") for f in (student, reference))
    expect_close(got, want, tol=1e-4, what="probabilities")


@transfer.aspect("features and head", 1.0, hint=(
    "Features of fixed layers, a head trained on them with a softmax loss, and its probabilities do not fit together."))
def _(student, reference, rng):
    def predict(functions, rng):
        F, [(w, b)] = new_heads(functions, rng, (0.3,))
        return functions.ensemble_probabilities((F @ w + b)[None])

    compare_predictions(student, reference, rng, predict)


@transfer.aspect("average and ensemble", 1.0, hint=(
    "Two ways to use several heads, the average of their weights and the average of their probabilities, do not work "
    "one after the other."))
def _(student, reference, rng):
    def predict(functions, rng):
        F, found = new_heads(functions, rng, (0.2, 0.5, 1.0))
        average, *nets = ({"w": w, "b": b} for w, b in found)
        for net in nets:
            average = as_dict(functions.ema_update(average, net, 0.6))
            for name, v in net.items():
                expect_shape(average.get(name), v.shape, name)
        found.append((average["w"], average["b"]))
        return functions.ensemble_probabilities(np.stack([F @ w + b for w, b in found]))

    compare_predictions(student, reference, rng, predict)
