"""Known mistakes in ``cs231n_lib.preprocessing``."""

from functools import partial

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import deliver_wrongly, wrong_formula

right = reference.load("preprocessing")
A = reference.load_aspects("preprocessing")
wrong = partial(wrong_formula, right)

MEAN = {A.VALUES, "edge sizes"}
OWN_MEAN = "This is the mean of X itself. All data are centred with the mean of the *training* set, which is handed in."

for name in ("mean_image", "channel_mean", "center", "standardize", "whiten"):
    deliver_wrongly(right, name, A.DTYPE)
for name in ("center", "standardize"):
    deliver_wrongly(right, name, A.SHAPE, A.INPUTS)
deliver_wrongly(right, "whiten", A.SHAPE)
deliver_wrongly(right, "mean_image", A.SHAPE)
deliver_wrongly(right, "channel_mean", A.SHAPE)

# -- means ----------------------------------------------------------------------------------------------------------

wrong("mean_image", "channel_mean_for_mean_image", MEAN, lambda X: X.mean(axis=(0, 1, 2)),
      "This is one number per channel. The mean image keeps every pixel apart: average over the examples only.")
wrong("mean_image", "one_number_for_all", MEAN, lambda X: X.mean(),
      "X.mean() without an axis averages over everything. Name the axis of the examples.")
wrong("mean_image", "over_the_channels", MEAN, lambda X: X.mean(axis=-1),
      "This averages each pixel over its channels. The first axis counts the examples.")
wrong("mean_image", "median", MEAN, lambda X: np.median(X, axis=0), "This is the median, not the mean.")
wrong("mean_image", "mean_of_absolute_rest", MEAN, lambda X: np.abs(X - X.mean(axis=0)).mean(axis=0),
      "This is the mean distance from the mean image, not the mean image.")
wrong("mean_image", "whole_numbers_overflow", {"edge sizes"},
      lambda X: X.sum(axis=0, dtype=X.dtype) / len(X),
      "The sum is kept in the dtype of the images: uint8 goes back to 0 after 255. Let NumPy's mean choose the dtype.")

wrong("mean_image", "sum_for_mean", MEAN, lambda X: X.sum(axis=0),
      "This is the sum over the images: divide it by their number, or use X.mean(axis=0).")
wrong("mean_image", "keeps_dims", {A.SHAPE}, lambda X: X.mean(axis=0, keepdims=True),
      "keepdims=True leaves the axis of the examples: the mean image is (H, W, C), not (1, H, W, C).")

wrong("channel_mean", "mean_image_for_channel_mean", MEAN, lambda X: X.mean(axis=0),
      "This is the mean image. Average over rows and columns, too: three numbers are left.")
wrong("channel_mean", "one_number_for_all", MEAN, lambda X: X.mean(),
      "This is one number for all channels together. Leave the last axis, the channels, out of the average.")
wrong("channel_mean", "over_the_wrong_axes", MEAN, lambda X: X.mean(axis=(1, 2, 3)),
      "This is one number per image. The channels are the last axis: average over the other three.")
wrong("channel_mean", "one_per_image_and_channel", MEAN, lambda X: X.mean(axis=(1, 2)),
      "Each image still has means of its own: average over the examples, too.")
wrong("channel_mean", "whole_numbers_overflow", {"edge sizes"},
      lambda X: X.sum(axis=(0, 1, 2), dtype=X.dtype) / (X.size / X.shape[-1]),
      "The sum is kept in the dtype of the images: uint8 goes back to 0 after 255. Let NumPy's mean choose the dtype.")


wrong("channel_mean", "sum_for_mean", MEAN, lambda X: X.sum(axis=(0, 1, 2)),
      "These are sums: divide them by the number of images times the number of pixels, or use X.mean.")
wrong("channel_mean", "divides_by_the_images_only", MEAN, lambda X: X.sum(axis=(0, 1, 2)) / len(X),
      "The sum over all pixels of all images is divided by the number of images alone. It holds H * W numbers of each.")
wrong("channel_mean", "one_axis_left", MEAN, lambda X: X.mean(axis=(0, 1)),
      "This is a mean for each column of pixels. Of the four axes only the last one, the channels, is left out: "
      "axis=(0, 1, 2).")
wrong("channel_mean", "keeps_dims", {A.SHAPE}, lambda X: X.mean(axis=(0, 1, 2), keepdims=True),
      "keepdims=True leaves the other axes: the answer has one entry for each channel, shape (C,).")


@mistake("channel_mean", {"edge sizes"}, "Three channels are written into the function. Take their number from "
                                         "X.shape.")
def three_channels(X):
    return np.array([X[..., c].mean() for c in range(3)], dtype=np.result_type(X, np.float32))


def scales_in_place(right_function):
    """Return the function with its images scaled in place."""
    def scales_its_images(X):
        result = right_function(X)
        X //= 2
        return result
    return scales_its_images


for name in ("mean_image", "channel_mean"):
    mistake(name, {A.INPUTS}, "The images were changed in place (X += ..., X /= ...): the caller still "
                                           "needs "
                                           "them. Work on a copy.")(scales_in_place(getattr(right, name)))

# -- subtracting and dividing ---------------------------------------------------------------------------------------

CENTER, SCALE = {A.VALUES, "edge sizes"}, {A.VALUES, "conventions", "edge sizes"}

wrong("center", "adds", CENTER, lambda X, mean: X + mean, "The mean is added. Centring subtracts it.")
wrong("center", "mean_minus_x", CENTER, lambda X, mean: mean - X, "This is mean - X: every sign is turned round.")
wrong("center", "own_mean", CENTER, lambda X, mean: X - X.mean(axis=0), OWN_MEAN)
wrong("center", "own_mean_of_everything", CENTER, lambda X, mean: X - X.mean(),
      "One mean of all of X is subtracted. Subtract the mean that is handed in: it is the *training* set's.")
wrong("center", "divides_by_the_deviation", CENTER, lambda X, mean: (X - mean) / X.std(),
      "The result is divided by a standard deviation, too. Centring subtracts and does nothing else.")
wrong("center", "mean_of_the_mean", {A.VALUES, "edge sizes"}, lambda X, mean: X - mean.mean(),
      "The mean is averaged once more: every pixel has a mean of its own, which is subtracted from it.")
wrong("center", "divides_by_255", CENTER, lambda X, mean: X / 255 - mean,
      "X is divided by 255 first. Centring subtracts and does nothing else.")
wrong("center", "for_images_only", {"edge sizes"},
      lambda X, mean: X - mean.reshape(1, X.shape[1], X.shape[2], X.shape[3]),
      "This works for a mean image only. Leave the alignment of axes to NumPy's broadcasting.")

wrong("standardize", "own_statistics", SCALE,
      lambda X, mean, std, eps=1e-8: (X - X.mean(axis=0)) / (X.std(axis=0) + eps),
      "These are the mean and standard deviation of X itself. Those of the *training set* are handed in.")
wrong("standardize", "own_mean_only", SCALE, lambda X, mean, std, eps=1e-8: (X - X.mean(axis=0)) / (std + eps),
      "This subtracts the mean of X itself. That of the *training set* is handed in.")
wrong("standardize", "own_deviation_only", SCALE, lambda X, mean, std, eps=1e-8: (X - mean) / (X.std(axis=0) + eps),
      "This divides by the standard deviation of X itself. That of the *training set* is handed in.")
wrong("standardize", "root_of_the_deviation", SCALE, lambda X, mean, std, eps=1e-8: (X - mean) / np.sqrt(std + eps),
      "This divides by the root of std. The standard deviation is a root already.")
wrong("standardize", "divides_first", SCALE, lambda X, mean, std, eps=1e-8: X / (std + eps) - mean,
      "X is divided before the mean is subtracted. The mean has the unit of the data: subtract it first.")
wrong("standardize", "eps_under_a_root", {"conventions"},
      lambda X, mean, std, eps=1e-8: (X - mean) / np.sqrt(std**2 + eps),
      "eps is added to the variance, under a root. Here it is added to the standard deviation: std + eps.")
wrong("standardize", "divides_by_the_variance", SCALE, lambda X, mean, std, eps=1e-8: (X - mean) / (std**2 + eps),
      "This divides by the variance. The standard deviation has the unit of the data, so divide by that.")
wrong("standardize", "forgets_the_mean", SCALE, lambda X, mean, std, eps=1e-8: X / (std + eps),
      "The mean is not subtracted.")
wrong("standardize", "multiplies", SCALE, lambda X, mean, std, eps=1e-8: (X - mean) * (std + eps),
      "This multiplies by the standard deviation: large features become larger.")
wrong("standardize", "brackets_missing", SCALE, lambda X, mean, std, eps=1e-8: X - mean / (std + eps),
      "X - mean / std divides the mean alone. Put brackets around X - mean.")
wrong("standardize", "no_eps", {"conventions"}, lambda X, mean, std, eps=1e-8: (X - mean) / std,
      "Without eps a feature that never changes is 0 / 0 = NaN.")
wrong("standardize", "fixed_eps", {"conventions"}, lambda X, mean, std, eps=1e-8: (X - mean) / (std + 1e-8),
      "The argument eps is not used: a number stands in its place. 1e-8 is only its default.")
wrong("standardize", "eps_after_the_division", {"conventions"}, lambda X, mean, std, eps=1e-8: (X - mean) / std + eps,
      "eps is added to the quotient: it belongs to the divisor, which it keeps away from 0.")


@mistake("standardize", {"edge sizes"}, "This expects one standard deviation per feature. A single number for all, as "
                                        "images "
                                        "usually have it, is fine, too.")
def one_std_per_feature(X, mean, std, eps=1e-8):
    return np.stack([(X[:, j] - mean[j]) / (std[j] + eps) for j in range(len(std))], axis=1)


# -- principal components -------------------------------------------------------------------------------------------

PCA, BOTH = {A.COMPONENTS, "variances", "conventions", "edge sizes"}, {"conventions", "edge sizes"}


def by_eigh(Xc, k=None, descending=True):
    """Return the components and variances by an eigendecomposition of the covariance matrix."""
    variances, vectors = np.linalg.eigh(Xc.T @ Xc / len(Xc))
    order = slice(None, None, -1 if descending else 1)
    return vectors.T[order][:k], variances[order][:k]


@mistake("pca", PCA, "These are in ascending order, as np.linalg.eigh gives them. The largest variance comes first.")
def ascending(Xc, k=None):
    return by_eigh(Xc, k, descending=False)


@mistake("pca", {A.COMPONENTS},
         "The components are the columns, as np.linalg.eigh gives them. Here each is a row: transpose.")
def components_as_columns(Xc, k=None):
    components, variances = by_eigh(Xc, k)
    return components.T, variances


ROWS_OF_V = ("The rows of the eigenvector matrix are taken. The eigenvectors are its columns: transpose it before you "
             "cut it to k. (np.linalg.svd gives them as rows already.)")


def point_up(components):
    """Return the components with their largest entry positive: a sign chosen by LAPACK would not be everybody's."""
    largest = components[range(len(components)), np.abs(components).argmax(axis=1)]
    return (components.T * np.sign(largest)).T


@mistake("pca", {A.COMPONENTS}, ROWS_OF_V)
def rows_of_the_eigenvector_matrix(Xc, k=None):
    return point_up(by_eigh(Xc)[0]).T[:k], right.pca(Xc, k)[1]


@mistake("pca", {A.COMPONENTS}, ROWS_OF_V)
def columns_of_the_svd(Xc, k=None):
    components, variances = right.pca(Xc)
    return point_up(components).T[:k], variances[:k]


@mistake("pca", {A.COMPONENTS},
         "[::-1] turns round the rows of the eigenvector matrix. The eigenvectors are its columns: v[:, ::-1] puts the "
         "last of them first, and .T then makes each a row.")
def rows_of_the_eigenvector_matrix_turned_round(Xc, k=None):
    return point_up(by_eigh(Xc, descending=False)[0]).T[::-1][:k], right.pca(Xc, k)[1]


@mistake("pca", {A.COMPONENTS},
         "After .T each eigenvector is a row, and [:, ::-1] turns round its entries. [::-1] turns round their order.")
def entries_turned_round(Xc, k=None):
    return by_eigh(Xc, descending=False)[0][:, ::-1][:k], right.pca(Xc, k)[1]


EIGH_AS_IT_COMES = ("This is what np.linalg.eigh returns, as it comes: eigenvectors in columns, the smallest "
                    "eigenvalue first. Here each component is a row, and the largest variance comes first.")


@mistake("pca", PCA, EIGH_AS_IT_COMES)
def eigh_as_it_comes(Xc, k=None):
    components, variances = by_eigh(Xc, descending=False)
    return point_up(components).T[:, :k], variances[:k]


@mistake("pca", PCA, EIGH_AS_IT_COMES)
def eigh_as_it_comes_cut_by_rows(Xc, k=None):
    components, variances = by_eigh(Xc, descending=False)
    return point_up(components).T[:k], variances[:k]


@mistake("pca", {"edge sizes", A.DTYPE, A.SHAPE},
         "np.cov gives float64 also for float32 data, and for a single feature a number in the place of a matrix. "
         "Xc.T @ Xc / N does neither.")
def covariance_of_numpy(Xc, k=None):
    variances, vectors = np.linalg.eigh(np.cov(Xc.T, bias=True))
    return vectors.T[::-1][:k], variances[::-1][:k]


@mistake("pca", {A.COMPONENTS},
         "The components are in the ascending order of np.linalg.eigh. The one with the largest variance comes first.")
def components_not_sorted(Xc, k=None):
    return by_eigh(Xc, k, descending=False)[0], by_eigh(Xc, k)[1]


@mistake("pca", {"variances"},
         "The variances are in the ascending order of np.linalg.eigh. The largest comes first.")
def variances_not_sorted(Xc, k=None):
    return by_eigh(Xc, k)[0], by_eigh(Xc, k, descending=False)[1]


@mistake("pca", {A.COMPONENTS}, "Each component was multiplied by its standard deviation. Directions have length 1.")
def scaled_components(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components * np.sqrt(variances)[:, None], variances


@mistake("pca", {A.COMPONENTS}, "These are left singular vectors: one number for each example. The directions in "
                                "feature space "
                                "are the right singular vectors.")
def left_singular_vectors(Xc, k=None):
    return np.linalg.svd(Xc, full_matrices=False)[0].T[:k], right.pca(Xc, k)[1]


@mistake("pca", {"variances"}, "These are the singular values. The variance along a component is s**2 / N.")
def singular_values(Xc, k=None):
    return right.pca(Xc, k)[0], np.linalg.svd(Xc, compute_uv=False)[:k]


@mistake("pca", {"variances"}, "These are standard deviations: square them.")
def standard_deviations(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components, np.sqrt(variances)


@mistake("pca", {"variances"}, "The divisor is N - 1, as in np.cov. The workbook divides by N everywhere.")
def divides_by_n_minus_1(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components, variances * len(Xc) / max(len(Xc) - 1, 1)


@mistake("pca", {"variances"},
         "The covariance is divided by the number of features. Divide by the number of examples, N.")
def divides_by_the_features(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components, variances * len(Xc) / Xc.shape[1]


@mistake("pca", {"variances"}, "The singular values are divided by N but not squared. The variance along a component "
                               "is s**2 / N.")
def singular_values_not_squared(Xc, k=None):
    return right.pca(Xc, k)[0], np.linalg.svd(Xc, compute_uv=False)[:k] / len(Xc)


@mistake("pca", {"variances"}, "The sum of squares is not divided by N: twice the data would give twice the variance.")
def not_divided_by_n(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components, variances * len(Xc)


@mistake("pca", {"variances"}, "These are shares of the whole variance, which sum to 1. The variances themselves are "
                               "asked "
                               "for.")
def shares(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components, variances / right.pca(Xc)[1].sum()


@mistake("pca", {"conventions"}, "k is not used: all components come back.")
def ignores_k(Xc, k=None):
    return right.pca(Xc)


@mistake("pca", {"conventions"}, "The last k components are kept. The first k carry the largest variance.")
def last_k(Xc, k=None):
    components, variances = right.pca(Xc)
    return components[-(k or 0):], variances[-(k or 0):]


@mistake("pca", {"edge sizes"}, "np.linalg.cholesky and the like need a covariance of full rank. With fewer examples "
                                "than "
                                "features it has directions of variance 0: use eigh or svd.")
def needs_full_rank(Xc, k=None):
    np.linalg.inv(np.linalg.cholesky(Xc.T @ Xc / len(Xc)))
    return right.pca(Xc, k)


@mistake("pca", {A.SHAPE}, "The variances stand on the diagonal of a matrix. Return them as one row: np.diag takes it "
                           "out.")
def diagonal_matrix(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components, variances[:, None]


@mistake("pca", {A.DTYPE}, "float32 became float64: astype(float) does that, and so do np.zeros and np.cov.")
def pca_in_float64(Xc, k=None):
    return right.pca(Xc.astype(float), k)


@mistake("pca", {A.INPUTS}, "Xc -= Xc.mean(axis=0) changes the caller's data. It is centred already.")
def centres_in_place(Xc, k=None):
    result = right.pca(Xc, k)
    Xc -= Xc.mean(axis=0)
    return result


# -- whitening --------------------------------------------------------------------------------------------------------

WHITEN = {A.VALUES, "conventions", "edge sizes"}

wrong("whiten", "divides_by_the_variance", WHITEN, lambda Xc, c, v, eps=1e-5: Xc @ c.T / (v + eps),
      "This divides by the variance. Unit variance needs division by the standard deviation.")
wrong("whiten", "only_rotates", WHITEN, lambda Xc, c, v, eps=1e-5: Xc @ c.T,
      "The data are rotated onto the components but not scaled.")
wrong("whiten", "multiplies", WHITEN, lambda Xc, c, v, eps=1e-5: Xc @ c.T * np.sqrt(v + eps),
      "This multiplies by the standard deviation: what varies most varies even more.")
wrong("whiten", "rotates_back", WHITEN, lambda Xc, c, v, eps=1e-5: Xc @ c.T / np.sqrt(v + eps) @ c,
      "This rotates back into the space of the data (ZCA whitening). Here the k coordinates along the components are "
      "asked "
      "for.")
wrong("whiten", "divides_by_the_root_of_the_deviation", WHITEN,
      lambda Xc, c, v, eps=1e-5: Xc @ c.T / np.sqrt(np.sqrt(v + eps)),
      "The root is taken twice. variances are variances, and one root makes them standard deviations.")
wrong("whiten", "own_variances", WHITEN,
      lambda Xc, c, v, eps=1e-5: Xc @ c.T / np.sqrt((Xc @ c.T).var(axis=0) + eps),
      "This divides by the standard deviations of Xc itself. The variances of the training set are handed in.")
wrong("whiten", "components_not_transposed", WHITEN, lambda Xc, c, v, eps=1e-5: Xc @ c / np.sqrt(v + eps),
      "Each component is a row. Xc @ components mixes up axes, and fails unless k = D.")
wrong("whiten", "own_statistics", WHITEN,
      lambda Xc, c, v, eps=1e-5: (Xc - Xc.mean(axis=0)) @ c.T / np.sqrt((Xc @ c.T).var(axis=0) + eps),
      "These are the mean and the variances of Xc itself. Those of the training set are handed in.")
wrong("whiten", "no_eps", {"conventions"}, lambda Xc, c, v, eps=1e-5: Xc @ c.T / np.sqrt(v),
      "Without eps a direction of variance 0 gives a division by 0.")
wrong("whiten", "eps_outside_the_root", {"conventions"}, lambda Xc, c, v, eps=1e-5: Xc @ c.T / (np.sqrt(v) + eps),
      "eps is added to the root. It belongs under it, to the variance.")
wrong("whiten", "eps_after_the_division", WHITEN,
      lambda Xc, c, v, eps=1e-5: Xc @ c.T / np.sqrt(v) + eps,
      "eps is added to the quotient: it belongs to the variance, which it keeps away from 0.")
wrong("whiten", "fixed_eps", {"conventions"}, lambda Xc, c, v, eps=1e-5: Xc @ c.T / np.sqrt(v + 1e-5),
      "The argument eps is not used: a number stands in its place. 1e-5 is only its default.")


@mistake("whiten", {"edge sizes"}, "A batch of one is turned into a vector (np.squeeze, Xc[0]). The result has one "
                                   "row for each "
                                   "example.")
def fails_for_one_example(Xc, components, variances, eps=1e-5):
    Xc = np.squeeze(Xc)
    return np.stack([row @ components.T / np.sqrt(variances + eps) for row in Xc.reshape(len(Xc), -1)])


@mistake("whiten", {A.INPUTS}, "Xc *= ... or variances += eps changes the caller's arrays: the next call "
                                            "then "
                                            "adds eps once more.")
def adds_eps_in_place(Xc, components, variances, eps=1e-5):
    variances += variances.dtype.type(eps)
    return (Xc @ components.T / np.sqrt(variances)).astype(Xc.dtype)


# -- more of what is written by hand ------------------------------------------------------------------------------

mean_image, channel_mean = partial(wrong, "mean_image"), partial(wrong, "channel_mean")
mean_image("one_number_per_image", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(1, 2, 3)),
           "This is one number per image. Average over the images, the first axis, and keep every pixel apart.")
mean_image("one_per_image_and_channel", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(1, 2)),
           "This averages over the pixels of each image. Average over the images, the first axis.")
mean_image("gray", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(0, 3)),
           "The channels are averaged, too: this is a gray image. Average over the first axis alone.")
mean_image("over_the_rows", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=1),
           "This averages over the rows of each image, axis 1. The first axis, 0, counts the examples.")
mean_image("divides_by_n_minus_1", {"edge sizes", A.VALUES},
           lambda X: X.sum(axis=0, dtype=np.result_type(X, np.float32)) / max(len(X) - 1, 0.5),
           "The sum is divided by N - 1. A mean divides by N; N - 1 is for a variance.")
mean_image("divides_by_n_minus_1_fails_for_one", {"edge sizes", A.VALUES},
           lambda X: X.sum(axis=0, dtype=np.result_type(X, np.float32)) / np.array(len(X) - 1, np.float32),
           "The sum is divided by N - 1. A mean divides by N; N - 1 is for a variance.")
mean_image("first_image", {"edge sizes", A.VALUES}, lambda X: X[0] * np.array(1, np.float32),
           "This is the first image, not the mean of all.")
mean_image("whole_numbers", {"edge sizes", A.VALUES},
           lambda X: np.round(X.mean(axis=0)).astype(np.result_type(X, np.float32)),
           "The mean is rounded to whole numbers. Its fractions count.")
mean_image("divided_by_255", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=0) / 255,
           "The mean is divided by 255. It has the unit of the images, from 0 to 255.")
channel_mean("blocks_of_memory", {"edge sizes", A.VALUES},
             lambda X: X.reshape(X.shape[-1], -1).mean(axis=1),
             "reshape(C, -1) does not separate the channels: it cuts the memory into C blocks, each with numbers of "
             "all channels. X.reshape(-1, C) has one channel in each column.")
channel_mean("one_number_per_row", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(0, 2, 3)),
             "This is one number for each row of pixels, axis 1. The channels are the last axis.")
channel_mean("one_number_per_column", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(0, 1, 3)),
             "This is one number for each column of pixels, axis 2. The channels are the last axis.")
channel_mean("gray_image", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(0, 3)),
             "This is a gray mean image: the channels are averaged, the pixels are not. It is the other way round.")
channel_mean("over_the_channels", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=-1),
             "This averages each pixel over its channels. The channels are what is kept: average over the other axes.")
channel_mean("divided_by_255", {"edge sizes", A.VALUES}, lambda X: X.mean(axis=(0, 1, 2)) / 255,
             "The mean is divided by 255. It has the unit of the images, from 0 to 255.")
channel_mean("divides_by_the_pixels_only", {"edge sizes", A.VALUES},
             lambda X: X.sum(axis=(0, 1, 2), dtype=np.result_type(X, np.float32)) / X[0, ..., 0].size,
             "The sum over all images is divided by the number of pixels of one. Divide by the number of images, too.")
channel_mean("first_image_only", {"edge sizes", A.VALUES}, lambda X: X[0].mean(axis=(0, 1)),
             "Only the first image is averaged. Average over all of them, axis 0, too.")
channel_mean("medians", {"edge sizes", A.VALUES}, lambda X: np.median(X, axis=(0, 1, 2)),
             "These are medians, not means.")
channel_mean("deviations", {"edge sizes", A.VALUES}, lambda X: X.std(axis=(0, 1, 2)),
             "These are standard deviations, not means.")

wrong("center", "divides_by_the_mean", {"edge sizes", A.VALUES}, lambda X, mean: X / mean,
      "X is divided by the mean. Centring subtracts it.")
wrong("center", "mean_of_each_example", {"edge sizes", A.VALUES},
      lambda X, mean: X - X.mean(axis=tuple(range(1, X.ndim)), keepdims=True),
      "The mean of each example is subtracted from it. Subtract the mean that is handed in: it is the *training* "
      "set's.")
wrong("center", "absolute_distance", {"edge sizes", A.VALUES}, lambda X, mean: np.abs(X - mean),
      "This is the distance from the mean, without its sign. What is below the mean becomes negative.")
wrong("standardize", "brackets_and_eps_missing", {"conventions", "edge sizes", A.VALUES},
      lambda X, mean, std, eps=1e-8: X - mean / std,
      "X - mean / std divides the mean alone. Put brackets around X - mean.")
wrong("standardize", "only_centres", {"conventions", "edge sizes", A.VALUES}, lambda X, mean, std, eps=1e-8: X - mean,
      "The mean is subtracted, but nothing is divided by the standard deviation.")
wrong("standardize", "adds_the_mean", {"conventions", "edge sizes", A.VALUES},
      lambda X, mean, std, eps=1e-8: (X + mean) / (std + eps), "The mean is added. Subtract it.")
wrong("standardize", "mean_minus_x", {"conventions", "edge sizes", A.VALUES},
      lambda X, mean, std, eps=1e-8: (mean - X) / (std + eps), "This is mean - X: every sign is turned round.")
wrong("standardize", "mean_and_std_exchanged", {"conventions", "edge sizes", A.VALUES},
      lambda X, mean, std, eps=1e-8: (X - std) / (mean + eps),
      "mean and std are exchanged: subtract the mean, and divide by the standard deviation.")
wrong("standardize", "eps_subtracted", {"conventions"},
      lambda X, mean, std, eps=1e-8: (X - mean) / (std - eps), "eps is subtracted from std. It is added.")
wrong("standardize", "std_of_at_least_eps", {"conventions"},
      lambda X, mean, std, eps=1e-8: (X - mean) / np.maximum(std, eps),
      "This divides by the larger of std and eps. eps is added to std.")

for part, name in enumerate(("components", "variances")):
    def ignores_k_in_one(Xc, k=None, part=part):
        results, whole = right.pca(Xc, k), right.pca(Xc)
        return whole[0] if part == 0 else results[0], whole[1] if part == 1 else results[1]

    ignores_k_in_one.__name__ = f"all_{name}"
    mistake("pca", {"conventions"}, f"The {name} are not cut to the first k: all of them come back.")(
        ignores_k_in_one)


@mistake("pca", {"conventions", "edge sizes", "variances", A.COMPONENTS},
         "One component is missing: k of them are asked for, the first k.")
def one_component_less(Xc, k=None):
    components, variances = right.pca(Xc, k)
    return components[:-1], variances[:-1]


@mistake("pca", {"conventions", "edge sizes", "variances", A.COMPONENTS},
         "Each feature was divided by its standard deviation first. That is the PCA of the correlations: here the "
         "features keep their spread.")
def pca_of_scaled_features(Xc, k=None):
    return right.pca((Xc / np.maximum(Xc.std(axis=0), 1e-12)).astype(Xc.dtype), k)


whiten = partial(wrong, "whiten")
whiten("eps_outside_and_multiplies", {"conventions", "edge sizes", A.VALUES},
       lambda Xc, components, variances, eps=1e-5: Xc @ components.T * (np.sqrt(variances) + eps),
       "This multiplies by the standard deviation: what varies most varies even more. Divide.")
whiten("only_scales", {"conventions", "edge sizes", A.VALUES},
       lambda Xc, components, variances, eps=1e-5: Xc[:, :len(variances)] / np.sqrt(variances + eps),
       "The data are scaled but not rotated: project them onto the components first, Xc @ components.T.")
whiten("centres_again", {"conventions", "edge sizes", A.VALUES},
       lambda Xc, components, variances, eps=1e-5: right.whiten(Xc - Xc.mean(axis=0), components, variances, eps),
       "The mean of Xc is subtracted again. Xc is centred already, with the mean of the training set.")
whiten("eps_subtracted", {"conventions"},
       lambda Xc, components, variances, eps=1e-5: Xc @ components.T / np.sqrt(np.abs(variances - eps)),
       "eps is subtracted from the variance. It is added.")

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

for name in ("mean_image", "center", "standardize", "whiten"):
    register_misread(right, name)
