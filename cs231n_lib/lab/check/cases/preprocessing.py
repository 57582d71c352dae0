"""Visible inputs for ``preprocessing``."""

import numpy as np

from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.aspects.common import DTYPE, VALUES
from cs231n_lib.lab.check.aspects.preprocessing import COMPONENTS
from cs231n_lib.lab.check.cases.builders import add_function, chirp, in_float32
from cs231n_lib.lab.check.observe import Case

IMAGES = 100 + 20 * chirp(3, 2, 2, 3)
WHOLE = np.tile(np.arange(200, 224, dtype=np.uint8).reshape(2, 2, 2, 3), (3, 1, 1, 1))

for name in ("mean_image", "channel_mean"):
    add_function("preprocessing", name, ("X",), ("mean",), [
        Case(VALUES, (IMAGES,)),
        Case("one image", (IMAGES[:1],)),
        Case("one channel", (IMAGES[..., :1],)),
        Case("images of uint8", (WHOLE,)),
        Case(DTYPE, in_float32(IMAGES)),
    ])

MEANS = 90 + 9 * chirp(2, 2, 3, seed=1)
add_function("preprocessing", "center", ("X", "mean"), ("centered",), [
    Case(VALUES, (IMAGES, MEANS)),
    Case("one mean per channel", (IMAGES, MEANS[0, 0])),
    Case("one mean per feature", (10 * chirp(3, 4), chirp(4, seed=1))),
    Case("one number", (IMAGES, 90.0)),
    Case("batch of one", (IMAGES[:1], MEANS)),
    Case(DTYPE, in_float32(IMAGES, MEANS)),
])

ROWS, MEAN, STD = 100 + 20 * chirp(3, 4), 90 + 9 * chirp(4, seed=1), np.array([5.0, 12.5, 0.8, 30.0])
add_function("preprocessing", "standardize", ("X", "mean", "std", "eps"), ("standardized",), [
    Case(VALUES, (ROWS, MEAN, STD)),
    Case("a feature that never changes", (np.array([[3, 1.0], [3, 2.0]]), np.array([3, 1.5]), np.array([0, 0.5]))),
    Case("eps = 2", (ROWS, MEAN, STD), {"eps": 2.0}),
    Case("images and one standard deviation", (IMAGES, MEANS, 15.0)),
    Case("batch of one", (ROWS[:1], MEAN, STD)),
    Case(DTYPE, in_float32(ROWS, MEAN, STD)),
])


UP_TO_SIGN = "components, largest entry positive"


def up_to_sign(Xc, *k):
    """Return a run that gives the components with their largest entry positive, and the variances."""

    def run(call, seeds):
        components, variances = call(Xc, *k)
        components = np.asarray(components, float)
        largest = np.take_along_axis(components, np.abs(components).argmax(axis=-1)[..., None], axis=-1)
        return {UP_TO_SIGN: components * np.sign(largest), "variances": variances}

    return run


def rebuilt(Xc, k):
    """Return a run that says whether the components, as many as Xc has directions, span it; and gives the variances.

    Unlike the components that is defined where several directions share a variance, such as 0: no number depends on
    which of them LAPACK gives.
    """

    def run(call, seeds):
        components, variances = call(Xc, k)
        components = np.asarray(components, float)
        return {"Xc can be rebuilt from its components": is_close(Xc @ components.T @ components, Xc),
                "variances": variances}

    return run


def pca_dtype(call, seeds):
    """Say whether both results are float32 for float32."""
    return {"both results are float32": all(np.asarray(a).dtype == np.float32 for a in call(CLOUD.astype(np.float32)))}


CLOUD = chirp(9, 4) * [3.0, 1.0, 0.3, 0.1] @ (np.eye(4) + 0.3 * chirp(4, 4, seed=1))
CLOUD = CLOUD - CLOUD.mean(axis=0)
FEW = (chirp(3, 5, seed=2) - chirp(3, 5, seed=2).mean(axis=0))
add_function("preprocessing", "pca", ("Xc", "k"), ("components", "variances"), [
    Case(f"all {COMPONENTS}", run=up_to_sign(CLOUD), signs=(UP_TO_SIGN,)),
    Case("k = 2", run=up_to_sign(CLOUD, 2), signs=(UP_TO_SIGN,)),
    Case("fewer examples than features", run=rebuilt(FEW, 2)),
    Case("one feature", run=up_to_sign(CLOUD[:, :1], 1)),
    Case(DTYPE, run=pca_dtype),
])

DIRECTIONS = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
add_function("preprocessing", "whiten", ("Xc", "components", "variances", "eps"), ("whitened",), [
    Case(VALUES, (10 * chirp(4, 3), DIRECTIONS, np.array([90.0, 25.0]))),
    Case("a direction of variance 0", (chirp(4, 3), DIRECTIONS, np.array([2.0, 0.0]))),
    Case("eps = 0.5", (chirp(4, 3), DIRECTIONS, np.array([2.0, 0.5])), {"eps": 0.5}),
    Case("one component", (chirp(4, 3), DIRECTIONS[:1], np.array([2.0]))),
    Case("batch of one", (chirp(1, 3), DIRECTIONS, np.array([2.0, 0.5]))),
    Case(DTYPE, in_float32(10 * chirp(4, 3), DIRECTIONS, np.array([90.0, 25.0]))),
])
