"""Hidden tests of ``cs231n_lib.evaluation`` (notebook 09_evaluation)."""

import numpy as np

from autograder.hidden_tests.builders import (
    HINTS,
    agree,
    at_most,
    build,
    in_other_memory,
    labels,
    passes,
    same_seen,
    to_float32,
)
from autograder.hidden_tests.expectations import (
    FEW_PARTS,
    MOST_NAMED,
    Mismatch,
    as_array,
    as_parts,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects
from autograder.sandbox.student import StudentError

A = load_aspects("evaluation")

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


def stable_ensembles(student, reference, rng, grading):
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
    if not grading.lost(A.VALUES):
        rows = np.array([1000, -1000, 0, 500, -500])[:, None]
        for further in (rows, 1000 * rng.choice([-1, 0, 1], logits.shape)):
            compare_ensembles(student, reference, logits + further)


def ensembles_of_any_size(student, reference, rng, grading):
    right = not grading.lost(A.VALUES)
    for sizes in ((1, 5, 4), (1, 1, 3), *(((4, 1, 3), (3, 5, 1), (2, 4, 2), (3, 3, 3)) if right else ())):
        compare_ensembles(student, reference, scores(*sizes, rng))  # one model: no average can go wrong
    for logits in in_other_memory(scores(3, 5, 4, rng)) if right else ():
        compare_ensembles(student, reference, logits, tol=2e-5)


def ensemble_shape(student, reference, rng, grading):
    for sizes in ((3, 5, 4), (1, 5, 4), (3, 1, 4), (2, 3, 1)):
        logits = scores(*sizes, rng)
        try:
            got = student.ensemble_probabilities(logits)
        except StudentError as error:
            if sizes != (3, 5, 4) and not grading.is_right(error, A.VALUES, "edge sizes"):
                continue
            raise
        error = passes(agree, got, reference.ensemble_probabilities(logits), "probabilities")
        if grading.is_right(error, A.VALUES, "edge sizes") or sizes == (3, 5, 4):
            expect_shape(got, sizes[1:], "probabilities")


def ensemble_dtype(student, reference, rng):
    expect_dtype(student.ensemble_probabilities(*to_float32([scores(3, 5, 4, rng)])), np.float32, "probabilities")


def ensemble_unchanged(student, reference, rng):
    logits = scores(3, 5, 4, rng)
    expect_unchanged(student.call("ensemble_probabilities", logits), [logits], ["logits"])


ensemble_probabilities = build(Question("ensemble_probabilities"), {
    A.VALUES: ordinary_ensembles, "rows sum to 1": rows_sum_to_one, A.STABLE: stable_ensembles,
    "edge sizes": ensembles_of_any_size, A.SHAPE: ensemble_shape, A.DTYPE: ensemble_dtype,
    A.INPUTS: ensemble_unchanged}, {
        A.VALUES: 1.0, "rows sum to 1": 0.4, A.STABLE: 0.6, "edge sizes": 0.3, A.SHAPE: 0.2, A.DTYPE: 0.15,
        A.INPUTS: 0.35}, {**HINTS, **{
            A.VALUES: "Each model has its own probabilities: take the softmax of each first, then the mean over the "
                      "models.",
            "rows sum to 1": "Each row of the result is a distribution over the classes, the last axis of logits: not "
                             "negative, with sum 1.",
            A.STABLE: "Logits of ±1000 must give finite probabilities: subtract each row's own maximum before taking "
                      "exponentials.",
            "edge sizes": "Right for an ordinary ensemble, but not for every size. Try one model, one example, one "
                          "class."}})


# -- averaged weights -----------------------------------------------------------------------------------------------


def two_nets(rng, shapes):
    """Draw (average, params): dicts with these shapes."""
    return [{name: np.asarray(rng.standard_normal(shape)) for name, shape in shapes.items()} for _ in range(2)]


NET = {"W1": (4, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)}
ODD = {"scale": (), "kernel": (2, 3, 3, 1), "one": (1, 1)}
ANY_ENTRY = "an array of the average"


def as_dict(value):
    """Return the result if it is a dict; its arrays as arrays."""
    if not isinstance(value, dict):
        message = f"expected a dict, got {type(value).__name__}"
        raise Mismatch(message, hint="Return a dict with the same names as params.")
    return {name: as_array(value[name], ANY_ENTRY) for name in as_parts(value, FEW_PARTS)}


def name_entry(name, shapes):
    """Return what a message calls an entry of the average: a name of the student's making could carry an input out."""
    return name if name in shapes else ANY_ENTRY


def compare_averages(student, reference, inputs, tol=1e-6):
    """Require the names and values of the reference's average."""
    agree_on_averages(*(as_dict(f.ema_update(*inputs)) for f in (student, reference)), tol)


def agree_on_averages(got, want, tol=1e-6):
    """Require the same names and values of two averages."""
    if got.keys() != want.keys():
        raise Mismatch(f"expected the names {sorted(want)}, got {list(got)[:MOST_NAMED]}",
                       hint="Return a dict with the same names as params, all of them.")
    for name in want:
        agree(got[name], want[name], name, tol)


def ordinary_averages(student, reference, rng):
    """Compare with the default decay."""
    for _ in range(2):
        compare_averages(student, reference, two_nets(rng, NET))


def other_decays(student, reference, rng, grading):
    nets = two_nets(rng, NET)
    if not grading.lost(A.VALUES):
        for decay in (0.9, 0.3, 0.0, 1.0):
            compare_averages(student, reference, [*nets, decay])

    def reads_it(functions):
        few, much = (as_dict(functions.ema_update(*nets, decay)) for decay in (0.2, 0.7))
        return any(name in much and not np.array_equal(few[name], much[name]) for name in few)

    if reads_it(student) != reads_it(reference):
        raise Mismatch("decay is not read")


def averages_of_any_shape(student, reference, rng, grading):
    if grading.lost(A.VALUES):
        compare_ratios(student, grading.error(A.VALUES))
    else:
        compare_averages(student, reference, two_nets(rng, ODD))
        old, new = two_nets(rng, NET)
        for net in zip(*map(in_other_memory, old.values()), strict=True):
            compare_averages(student, reference, [dict(zip(old, net, strict=True)), new], tol=2e-5)


def compare_ratios(student, error):
    """Require a wrong average to be wrong for odd shapes in the same way: the mix of old and new is the same.

    It must be a mix of these at all: one that is the same for other numbers shows nothing.
    """
    mixes = []
    for shapes, values in ((NET, (3.0, 5.0)), (NET, (1.0, 2.0)), (ODD, (1.0, 2.0))):
        old, new = ({name: np.full(shape, v) for name, shape in shapes.items()} for v in values)
        got = as_dict(student.ema_update(old, new))
        if got.keys() != old.keys():
            raise error
        mixes.append(np.unique(np.round(np.concatenate([v.ravel() for v in got.values()]), 9)))
    if np.array_equal(mixes[0], mixes[1]):
        raise error
    agree(mixes[2], mixes[1], "the mix of the old average and the parameters")


def average_shape(student, reference, rng, grading):
    for shapes in (NET, ODD, {"row": (1, 4), "column": (4, 1)}):
        inputs = two_nets(rng, shapes)
        try:
            got = as_dict(student.ema_update(*inputs))
        except (Mismatch, StudentError) as error:
            if shapes is not NET and not grading.is_right(error, A.VALUES, "edge sizes"):
                continue
            raise
        error = passes(agree_on_averages, got, as_dict(reference.ema_update(*inputs)))
        if grading.is_right(error, A.VALUES, "edge sizes") or shapes is NET:
            for name, v in got.items():
                expect_shape(v, shapes.get(name, ()), name_entry(name, shapes))


def average_dtype(student, reference, rng):
    inputs = [{name: v.astype(np.float32) for name, v in net.items()} for net in two_nets(rng, NET)]
    for name, v in as_dict(student.ema_update(*inputs)).items():
        expect_dtype(v, np.float32, name_entry(name, NET))


def average_unchanged(student, reference, rng):
    inputs = two_nets(rng, NET)
    reply = student.call("ema_update", *inputs)
    for what, before, after in zip(("average", "params"), inputs, reply.args, strict=False):
        if not isinstance(after, dict) or after.keys() != before.keys() or not all(
                np.array_equal(before[name], after[name]) for name in before):
            raise Mismatch(f"{what} was changed in place", hint=f"{what} was changed in place: make new arrays, in a "
                                                                "new dict.")


ema_update = build(Question("ema_update"), {
    A.VALUES: ordinary_averages, A.DECAY: other_decays, "edge sizes": averages_of_any_shape, A.SHAPE: average_shape,
    A.DTYPE: average_dtype, A.INPUTS: average_unchanged}, {
        A.VALUES: 0.9, A.DECAY: 0.4, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.3}, {
            **HINTS, **{
                A.VALUES: "decay weighs the old average, 1 - decay the new parameters, in every array of the dict.",
                A.DECAY: "0.999 is only the default: use the argument decay. With 0 the result is params, with 1 the "
                         "old average.",
                "edge sizes": "Arrays may have any shape, from a single number to four axes: NumPy's arithmetic treats "
                              "them all alike.",
                A.DTYPE: "float32 in, float32 out: np.zeros(shape) makes float64."}})


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


def last_batch(student, reference, rng, grading):
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
        if grading.lost(A.VALUES):  # then the order is charged there
            got, want = (f[np.lexsort(f.T)] for f in (got, want))
        agree(got, want, "features")


def image_features(student, reference, rng):
    w = rng.standard_normal(4)
    layer = lambda x: np.tanh(x * w + 1)  # noqa: E731  (N, 2, 3, 4) stays as it is
    X = rng.standard_normal((5, 2, 3, 4))
    compare_features(student, reference, [layer], X, 5)
    got, want = (features_of(f, [lambda x: np.tanh(x @ w)], X[:, 0, 0], 5) for f in (student, reference))
    if got.shape != (5, 1):
        raise Mismatch("one number an example: expected features of shape (5, 1)")
    agree(got, want, "features")


def features_of_any_size(student, reference, rng, grading):
    for n, width in ((1, 5), (3, 1), (1, 1)):
        layer, X = dense(rng.standard_normal((6, width))), rng.standard_normal((n, 6))
        got, want = (features_of(f, [layer], X, n) for f in (student, reference))
        expect_shape(got, want.shape, "features")
        agree(got, want, "features")
    if not grading.lost(A.VALUES):
        for X in in_other_memory(rng.standard_normal((8, 6))):
            compare_features(student, reference, square_layers(rng), X, 4, tol=2e-5)
        compare_features(student, reference, square_layers(rng, 1), rng.standard_normal((512, 6)))  # by default


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
    A.VALUES: ordinary_features, A.LAST_BATCH: last_batch, "flattened": image_features,
    "edge sizes": features_of_any_size, A.DTYPE: feature_dtype, A.INPUTS: images_unchanged}, {
        A.VALUES: 1.2, A.LAST_BATCH: 0.6, "flattened": 0.5, "edge sizes": 0.2, A.DTYPE: 0.1,
        A.INPUTS: 0.4}, {**HINTS, **{
            A.VALUES: "The first layer gets a batch of X, each further one what the layer before it gave; the last "
                      "one's outputs are put together in the order of X.",
            A.LAST_BATCH: "Every example has its row of features, also where N is no multiple of batch_size, or "
                          "smaller: the last batch may be short.",
            "flattened": "Features have the shape (N, F). If the last layer gives images, each becomes one row; if it "
                         "gives one number an example, F is 1.",
            "edge sizes": "Features always have the shape (N, F), also for one example or one feature, and batch_size "
                          "may be left out.",
            A.DTYPE: "float32 in, float32 out: np.zeros((N, F)) makes float64."}})


# -- a new head ------------------------------------------------------------------------------------------------------


def squares(s, y):
    """Return half the mean squared distance from one-hot targets, and its gradient: one optimum, found in a formula."""
    off = s - np.eye(s.shape[1])[y]
    return 0.5 * np.sum(off**2) / len(y), off / len(y)


def softmax(s, y):
    """Return the mean cross-entropy and its gradient."""
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean(), (p - np.eye(s.shape[1])[y]) / len(y)


def constant_slope(a):
    """Return a loss that is linear in the scores: its gradient depends on the label alone."""
    return lambda s, y: (np.sum(a[y] * s) / len(y), a[y] / len(y))


def problem(rng, d=4, c=3, n=40, absent=0):
    """Draw (F, y, c): columns of F are centred and orthogonal, so that the optimum of w does not depend on b."""
    y = labels(n, c - absent, rng)
    F = rng.standard_normal((c, d))[y] + rng.standard_normal((n, d))
    F = np.linalg.qr(np.c_[np.ones(n), F])[0][:, 1:] * np.sqrt(n)
    return F * np.linspace(0.8, 1.3, d), y, c


def head(functions, F, y, c, loss, lr=0.5, steps=60, reg=0.0, seed=0):
    """Return (w, b), w as (D, C) however it is arranged."""
    w, b = as_tuple(functions.train_head(F, y, c, loss, lr, steps, reg, np.random.default_rng(seed)), 2)
    w, b, d = as_array(w, "w"), as_array(b, "b"), F.shape[1]
    if w.size != d * c or b.size != c:
        message = f"expected w of shape {(d, c)} and b of shape {(c,)}, got {w.shape} and {b.shape}"
        raise Mismatch(message, hint="w has shape (D, C) and b has shape (C,), with C = num_classes.")
    return (w.T if w.shape == (c, d) else w).reshape(d, c), b.ravel()


def compare_heads(student, reference, which, inputs, **named):
    """Require the reference's w (``which`` = 0) or b (1)."""
    agree(*(head(f, *inputs, squares, **named)[which] for f in (student, reference)), "wb"[which])


def head_weights(student, reference, rng):
    compare_heads(student, reference, 0, problem(rng))


def head_bias(student, reference, rng):
    compare_heads(student, reference, 1, problem(rng), reg=0.5)


def head_reg(student, reference, rng):
    for reg in (0.5, 0.1):
        compare_heads(student, reference, 0, problem(rng), reg=reg)


def head_steps(student, reference, rng, grading):
    F, y, c = problem(rng)
    slope = constant_slope(1e9 * rng.standard_normal((c, c)))  # so steep that the random start does not count
    for lr, steps in ((0.1, 1), (0.05, 4), (0.2, 7)):
        (w, b), (w_ref, b_ref) = (head(f, F, y, c, slope, lr, steps) for f in (student, reference))
        agree(w, w_ref, "w")
        if not grading.lost(A.B):
            agree(b, b_ref, "b")


def still(functions, rng, d=60, c=40, seed=0):
    """Return (w, b) after steps of length 0: the start."""
    return head(functions, rng.standard_normal((3, d)), np.arange(3), c, squares, lr=0.0, steps=2, seed=seed)


def head_start(student, reference, rng):
    (w, b), (v, b_ref) = (still(f, rng, seed=int(rng.integers(2**31))) for f in (student, reference))
    # n = 2400: standard errors of the difference of two means sqrt(2/n), of two log deviations 1/sqrt(n); 5.5 of them
    scale, scale_ref = w.std() or 1e-99, v.std() or 1e-99
    at_most(abs(w.mean() - v.mean()) / max(scale, scale_ref), 5.5 * np.sqrt(2 / w.size), "mean of w at the start")
    at_most(abs(np.log(scale / scale_ref)), 5.5 / np.sqrt(w.size), "log standard deviation of w at the start")
    if b.any() != b_ref.any():
        raise Mismatch("b at the start is not as expected", hint="b starts at 0.")


def moves(functions, inputs):
    """Do steps along the gradient change w? Numbers that do not depend on them show nothing."""
    there, still_here = (head(functions, *inputs, squares, lr, steps=2)[0] for lr in (0.5, 0.0))
    return not np.array_equal(there, still_here)


def head_uses_rng(student, reference, rng, grading):
    seed, state = int(rng.integers(2**31)), int(rng.integers(2**31))

    def seen(functions):
        w, again, other = (still(functions, np.random.default_rng(state), 7, 5, s)[0] for s in (seed, seed, seed + 1))
        started = bool(w.any())
        return np.array_equal(w, again), started and np.array_equal(w, other), started or grading.lost(A.START)

    same_seen(seen, student, reference, "(same state, same start), (other state, same start), (starts at random)")
    if grading.lost(A.START):
        inputs = problem(rng)
        same_seen(lambda f: moves(f, inputs), student, reference, "w moves")


def head_of_any_size(student, reference, rng, grading):
    right = not grading.lost(A.W)
    for inputs in (problem(rng, c=5, absent=2), problem(rng, d=1), problem(rng, d=6, c=2, n=12)):
        head(student, *inputs, squares, steps=2)  # where the numbers are wrong anyway, their count is looked at
        if right:
            compare_heads(student, reference, 0, inputs)
    F, *more = problem(rng)
    if not right:
        same_seen(lambda f: moves(f, (F, *more)), student, reference, "w moves")
    for turned in in_other_memory(F) if right else ():
        agree(*(head(f, turned, *more, squares)[0] for f in (student, reference)), "w", 2e-5)
    if not any(map(grading.lost, (A.STEPS, A.INPUTS))):
        slope, one = constant_slope(1e9 * rng.standard_normal((3, 3))), (F[:1], np.array([2]), 3)
        agree(*(head(f, *one, slope, 0.1, 2)[0] for f in (student, reference)), "w")


def head_shape(student, reference, rng):
    for d, c in ((4, 3), (3, 5)):
        F, y, c = problem(rng, d, c)
        head(student, F, y, c, squares, steps=2)
        w, b = as_tuple(student.train_head(F, y, c, squares, 0.5, 2, 0.1, np.random.default_rng(0)), 2)
        expect_shape(w, (d, c), "w")
        expect_shape(b, (c,), "b")


def head_unchanged(student, reference, rng):
    F, y, c = problem(rng)
    expect_unchanged(student.call("train_head", F, y, c, squares, 0.5, 3, 0.1, np.random.default_rng(0)), [F, y],
                     ["F", "y"])


train_head = build(Question("train_head"), {
    A.W: head_weights, A.B: head_bias, A.REG: head_reg, A.STEPS: head_steps, A.START: head_start,
    A.USES_RNG: head_uses_rng, "edge sizes": head_of_any_size, A.SHAPE: head_shape,
    A.INPUTS: head_unchanged}, {
        A.W: 1.0, A.B: 0.5, A.REG: 0.6, A.STEPS: 0.5, A.START: 0.3, A.USES_RNG: 0.3, "edge sizes": 0.2,
        A.SHAPE: 0.2, A.INPUTS: 0.4}, {**HINTS, **{
            A.W: "Descend: scores are F @ w + b, loss_fn gives dscores, and dw is that of an affine layer. After "
                 "many steps w must be where the loss is lowest.",
            A.B: "b is added to every row, so its gradient is the sum of dscores over the rows. It is trained, "
                 "but not regularised.",
            A.REG: "The penalty is 0.5 * reg * sum(w**2), so that its gradient is reg times w.",
            A.STEPS: "Each step moves w by lr times the gradient against it, and there are exactly `steps` of them.",
            A.START: "w starts small and random, with the standard deviation 0.01; b starts at 0.",
            A.USES_RNG: "Take the random start from the argument rng: the same state must give the same head.",
            "edge sizes": "The number of classes is num_classes, also if the last ones do not occur in y; a single "
                          "feature is allowed.",
            A.SHAPE: "w has shape (D, C), one column a class; b has shape (C,)."}})

# -- all together -----------------------------------------------------------------------------------------------------

transfer = Question("transfer", uses=("ensemble_probabilities", "ema_update", "extract_features", "train_head"))


def new_heads(functions, rng, regs):
    """Return features of fixed layers, and a head trained on them for each strength of the penalty."""
    y = labels(45, 3, rng)
    X = (2 * rng.standard_normal((3, 8))[y] + rng.standard_normal((45, 8))).reshape(45, 2, 4)
    layers = [dense(rng.standard_normal((8, 10)) / 3), dense(rng.standard_normal((10, 5)) / 3)]
    F = features_of(functions, layers, X, 16)
    expect_shape(F, (45, 5), "features")
    return F, [head(functions, F, y, 3, softmax, lr=0.3, steps=200, reg=reg) for reg in regs]


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
        average, *nets = (dict(w=w, b=b) for w, b in found)
        for net in nets:
            average = as_dict(functions.ema_update(average, net, 0.6))
            for name, v in net.items():
                expect_shape(average.get(name), v.shape, name)
        found.append((average["w"], average["b"]))
        return functions.ensemble_probabilities(np.stack([F @ w + b for w, b in found]))

    compare_predictions(student, reference, rng, predict)
