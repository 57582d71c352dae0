"""Hidden tests of ``cs231n_lib.preprocessing`` (notebook 02_preprocessing).

The sign of a principal component is arbitrary: components are compared up to sign, and everything computed from them by
products in which the sign cancels.
"""

import numpy as np

from autograder.hidden_tests.builders import HINTS, ROUGH, build, in_float64_or_32, passes, value_question
from autograder.hidden_tests.expectations import (
    as_array,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)
from autograder.hidden_tests.rubric import Question
from autograder.hidden_tests.transfer import Accepted
from autograder.reference import load_aspects

A = load_aspects("preprocessing")

IMAGES = (7, 4, 5, 3)
"""Height and width differ, so that mixed-up axes are noticed."""


def images(*shapes, dtype=np.float64):
    """Return a draw of images in 0..255, every pixel and channel with a mean of its own."""

    def draw(rng):
        found = []
        for shape in shapes:
            level = rng.uniform(40, 200, shape[1:])
            found.append((np.clip(level + 20 * rng.standard_normal(shape), 0, 255).astype(dtype),))
        return found

    return draw


def small_and_whole(rng):
    """Draw single images, single pixels, one channel; and images of whole numbers, as files hold them."""
    sizes = images((1, 4, 5, 3), (6, 1, 1, 3), (5, 4, 5, 1), (6, 3, 3, 4))(rng)
    return [*sizes, *images((20, 4, 5, 3), dtype=np.uint8)(rng)]


# -- means ----------------------------------------------------------------------------------------------------------

SMALL_HINT = "This is right for ordinary images but not for all. Try one image, one channel, images of uint8."
MEAN_MARKS = {A.VALUES: 0.65, "edge sizes": 0.1, A.SHAPE: 0.1, A.DTYPE: 0.05, A.INPUTS: 0.1}

mean_image = value_question(
    "mean_image", {A.VALUES: images(IMAGES), "edge sizes": small_and_whole}, MEAN_MARKS, args=("X",), hints={
        A.VALUES: "The mean image is an average over the examples only: each pixel and channel keeps its own mean.",
        "edge sizes": SMALL_HINT})

channel_mean = value_question(
    "channel_mean", {A.VALUES: images(IMAGES), "edge sizes": small_and_whole}, MEAN_MARKS, args=("X",), hints={
        A.VALUES: "One number per channel: average over the examples, the rows and the columns together.",
        "edge sizes": SMALL_HINT})

# -- subtracting and dividing -----------------------------------------------------------------------------------------


def with_means(*pairs):
    """Return a draw of (X, mean) for pairs of shapes; the mean is not that of X."""
    return lambda rng: [(100 + 30 * rng.standard_normal(x), 90 + 9 * rng.standard_normal(m)) for x, m in pairs]


center = value_question(
    "center",
    {A.VALUES: with_means((IMAGES, IMAGES[1:])),
     "edge sizes": with_means((IMAGES, (3,)), ((6, 5), (5,)), ((1, 5), (5,)), (IMAGES, ()), ((1, 4, 5, 3), (4, 5, 3)))},
    {A.VALUES: 0.6, "edge sizes": 0.15, A.SHAPE: 0.1, A.DTYPE: 0.05, A.INPUTS: 0.1},
    args=("X", "mean"), hints={
        A.VALUES: "Subtract the mean that is handed in: it is the training set's, not that of X.",
        "edge sizes": "The mean may be an image, a number per channel, one per feature, or a single number: NumPy's "
                      "broadcasting treats them alike."})


def with_scales(*triples, eps=(), low=5.0):
    """Return a draw of (X, mean, std, *eps) for triples of shapes."""
    return lambda rng: [(100 + 30 * rng.standard_normal(x), 90 + 9 * rng.standard_normal(m),
                         rng.uniform(low, 10 * low, s), *eps) for x, m, s in triples]


def eps_counts(rng):
    """Draw features that never change, and a large eps."""
    mean = rng.uniform(50, 150, 5)
    constant = np.repeat(mean[None], 4, axis=0)
    return [(constant, mean, np.zeros(5)), *with_scales(((6, 5), (5,), (5,)), eps=(2.0,), low=0.5)(rng)]


standardize = value_question(
    "standardize",
    {A.VALUES: with_scales(((7, 5), (5,), (5,))), "conventions": eps_counts,
     "edge sizes": with_scales((IMAGES, IMAGES[1:], ()), (IMAGES, (3,), (3,)), ((1, 5), (5,), (5,)),
                               ((6, 1), (1,), (1,)))},
    {A.VALUES: 1.0, "conventions": 0.4, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2},
    args=("X", "mean", "std"), hints={
        A.VALUES: "First subtract the mean that is handed in, then divide by the standard deviation that is handed in.",
        "conventions": "eps is added to the standard deviation: a feature that never changes then gives 0, not NaN. "
                       "Use the argument, 1e-8 is only its default.",
        "edge sizes": "Mean and standard deviation may be an image, a number per channel, one per feature, or a single "
                      "number: NumPy's broadcasting treats them alike."})

# -- principal components ---------------------------------------------------------------------------------------------

pca = Question("pca")


def cloud(rng, n, d):
    """Draw centred data of n examples whose variances along its (rotated) axes are well apart."""
    axes = np.linalg.qr(rng.standard_normal((d, d)))[0]
    X = rng.standard_normal((n, d)) * 3.0 * 0.6 ** np.arange(d) @ axes
    return X - X.mean(axis=0)


def found(functions, *args):
    """Return the two results by the names of their aspects."""
    components, variances = as_tuple(functions.pca(*args), 2)
    return {A.COMPONENTS: as_array(components, "components"), "variances": as_array(variances, "variances")}


def compare_pca(student, reference, args, names, tol=1e-6):
    """Require the named results to agree, components up to sign, as far as their direction is determined."""
    got, want = found(student, *args), found(reference, *args)
    told = want["variances"] > 1e-9 * want["variances"].max()
    if "variances" in names:
        expect_close(got["variances"], want["variances"], tol, "variances")
    if A.COMPONENTS in names:
        expect_shape(got[A.COMPONENTS], want[A.COMPONENTS].shape, "components")
        got, want = got[A.COMPONENTS][told], want[A.COMPONENTS][told]
        expect_close(got * np.where((got * want).sum(axis=1, keepdims=True) < 0, -1, 1), want, 10 * tol, "components")


def right_parts(student, reference, rng, grading):
    """Return which of the two results are right for ordinary data; raise if neither is."""
    args = (cloud(rng, 40, 6),)
    return grading.keep_right({name: passes(compare_pca, student, reference, args, [name])
                               for name in (A.COMPONENTS, "variances")})


PCA_HINTS = {
    A.COMPONENTS: "Components are the directions of largest variance, of length 1, one a row, the largest variance "
                  "first. They are eigenvectors of the covariance matrix; check what order and axis your routine uses.",
    "variances": "The variances are the means of squared projections, np.mean((Xc @ component)**2): divisor N, largest "
                 "first.",
    "conventions": "k keeps the first k components and variances; without k, all of them come back.",
    "edge sizes": "This is right for many examples of few features, but not for all sizes. Try fewer examples than "
                  "features, a single feature, two examples.",
    A.SHAPE: "variances has one axis, shape (k,): not a matrix with the variances on its diagonal, nor a column.",
}


def pca_part(name):
    """Return the test of one result on ordinary data."""
    def test(student, reference, rng):
        for n, d in ((40, 6), (60, 4)):
            compare_pca(student, reference, (cloud(rng, n, d),), [name])
    return test


def pca_conventions(student, reference, rng, grading):
    names = right_parts(student, reference, rng, grading)
    for k in (1, 3, 6):
        compare_pca(student, reference, (cloud(rng, 40, 6), k), names)


def pca_edge_sizes(student, reference, rng, grading):
    names = right_parts(student, reference, rng, grading)
    for n, d, k in ((5, 9, 3), (30, 1, 1), (2, 4, 1)):
        x = cloud(rng, n, d)
        if not grading.lost("conventions"):  # where n < d it depends on the method how many come without k
            compare_pca(student, reference, (x, k), names)
        elif n > d:
            compare_pca(student, reference, (x,), names)
    # float32 halves the digits twice: squares go into the covariance matrix, and their small differences count
    for args, tol in in_float64_or_32((cloud(rng, 40, 6),)):
        compare_pca(student, reference, args, names, tol if tol < ROUGH else 1e-4)


def pca_shape(student, reference, rng, grading):
    names = right_parts(student, reference, rng, grading)
    for n, d in ((40, 6), (30, 1)):
        got = found(student, cloud(rng, n, d))
        if "variances" in names:
            expect_shape(got["variances"], (d,), "variances")


def pca_dtype(student, reference, rng):
    for name, value in found(student, cloud(rng, 40, 6).astype(np.float32)).items():
        expect_dtype(value, np.float32, name)


def pca_unchanged(student, reference, rng):
    x = cloud(rng, 40, 6) + 3  # not centred: a centring in place is noticed, too
    expect_unchanged(student.call("pca", x), [x], ["Xc"])


build(pca, {A.COMPONENTS: pca_part(A.COMPONENTS), "variances": pca_part("variances"), "conventions": pca_conventions,
            "edge sizes": pca_edge_sizes, A.SHAPE: pca_shape, A.DTYPE: pca_dtype, A.INPUTS: pca_unchanged},
      {A.COMPONENTS: 1.2, "variances": 1.0, "conventions": 0.6, "edge sizes": 0.4, A.SHAPE: 0.2, A.DTYPE: 0.2,
       A.INPUTS: 0.4}, {**HINTS, **PCA_HINTS})

# -- whitening --------------------------------------------------------------------------------------------------------


def to_whiten(*sizes, low=1e4, eps=()):
    """Return a draw of (Xc, components, variances, *eps) for sizes (N, D, k).

    Xc is other data than gave the components: it is not centred, and its variances are others.
    """

    def draw(rng):
        return [(np.sqrt(low) * (0.5 + rng.standard_normal((n, d))),
                 np.linalg.qr(rng.standard_normal((d, d)))[0][:k],
                 np.sort(rng.uniform(low, 9 * low, k))[::-1].copy(), *eps) for n, d, k in sizes]

    return draw


def eps_in_whiten(rng):
    """Draw variances as small as eps, and an eps that is not the default."""
    (X, components, _), = to_whiten((8, 6, 3), low=1.0)(rng)
    return [(X, components, np.array([2.0, 1e-5, 0.0])), (X, components, np.array([2.0, 0.5, 0.1]), 0.3)]


whiten = value_question(
    "whiten",
    # Variances of 1e4: there eps, and where it stands, makes no difference.
    {A.VALUES: to_whiten((8, 6, 6), (9, 5, 3)), "conventions": eps_in_whiten,
     "edge sizes": to_whiten((1, 6, 4), (8, 6, 1), (5, 1, 1))},
    {A.VALUES: 1.6, "conventions": 0.5, "edge sizes": 0.3, A.SHAPE: 0.15, A.DTYPE: 0.15, A.INPUTS: 0.3},
    args=("Xc", "components", "variances"), hints={
        A.VALUES: "Project the data on each component (a row of components), then divide by the standard deviation "
                  "along "
                  "it.",
        "conventions": "eps is added to the variance, under the root, so that a direction without variance stays "
                       "finite. "
                       "Use the argument, 1e-5 is only its default.",
        "edge sizes": "This is right for an ordinary batch but not for every size. Try one example, and a single "
                      "component."})

# -- all together -----------------------------------------------------------------------------------------------------

# What is given takes no part, or a module in which nothing is written would have half of the functions right.
preprocess_pipeline = Question("preprocess_pipeline", uses=("standardize", "pca", "whiten"))


def splits(rng):
    """Draw training and validation images with a mean each of their own."""
    (train,), = images((40, 3, 2, 3))(rng)
    return train, 10 + rng.uniform(40, 200, (6, 3, 2, 3))


@preprocess_pipeline.aspect("whitened", 1.0, hint=(
    "pca on centered training images, then whiten on validation images that are centered with the same mean: together "
    "they should whiten with the training set's statistics."))
def _(student, reference, rng):
    train, val = splits(rng)

    def similarity(functions):
        mean = reference.mean_image(train)
        Xc = reference.center(train, mean).reshape(len(train), -1)
        components, variances = as_tuple(functions.pca(Xc, 5), 2)
        rows = reference.center(val, mean).reshape(len(val), -1)
        white = as_array(functions.whiten(rows, components, variances))
        return white @ white.T  # (6, 6): the components' signs cancel

    expect_close(similarity(student), similarity(reference), 1e-5)


@preprocess_pipeline.aspect("standardized", 1.0, hint=(
    "standardize on validation images, with the channel means of the training images: each channel should be centered "
    "with the training set's mean."))
def _(student, reference, rng):
    train, val = splits(rng)

    def scaled(functions):
        return functions.standardize(val, reference.channel_mean(train), float(train.std()))

    expect_close(scaled(student), scaled(reference))


# -- transfer questions -------------------------------------------------------------------------------------------

ACCEPTED = {
    "answer_centered": Accepted(10.0, within=0.05, hint=(
        "What limits the rate is the mean square of the input. How is it made of the mean and the variance, and what "
        "is left of it after centering?")),
    "answer_split": Accepted("bd", hint=(
        "Ask of each: does a number that was computed from validation images change the training images, or the way in "
        "which they are described?")),
}
