"""Known mistakes in ``cs231n_lib.batchnorm``."""

from functools import partial

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import deliver_wrongly, reorder_results

right = reference.load("batchnorm")
A = reference.load_aspects("batchnorm")

for function in ("batchnorm_forward", "layernorm_forward"):
    deliver_wrongly(right, function, A.SHAPE, A.DTYPE)
for function in ("batchnorm_backward", "batchnorm_backward_alt", "layernorm_backward"):
    deliver_wrongly(right, function, A.DTYPE)


def named(code, name):
    """Return ``code`` under another name, as :func:`mistake` wants it."""
    code.__name__ = name
    return code


# -- batch normalization, forward -----------------------------------------------------------------------------------


def root(var, eps):
    """Return the right divisor."""
    return np.sqrt(var + eps)


def follow(old, new, momentum):
    """Return the right running average."""
    return momentum * old + (1 - momentum) * new


def batchnorm(x, gamma, beta, p, mean=lambda x: x.mean(axis=0), var=lambda x: x.var(axis=0), divisor=root,
              test_divisor=None, running=follow, scale=lambda x_hat, gamma, beta: gamma * x_hat + beta,
              kept_var=lambda x, var, eps: var):
    """Run batch normalization with one of its steps done in another way; the cache is the right one.

    ``kept_var`` is what the running variance follows.
    """
    cache = right.batchnorm_forward(x, gamma, beta, {**p, "mode": "train"})[1]
    eps, momentum = p.get("eps", 1e-5), p.get("momentum", 0.9)
    old = [p.get(name, np.zeros(x.shape[1], x.dtype)) for name in ("running_mean", "running_var")]
    if p["mode"] == "test":
        return gamma * (x - old[0]) / (test_divisor or divisor)(old[1], eps) + beta, cache
    m, v = mean(x), var(x)
    p["running_mean"] = running(old[0], m, momentum)
    p["running_var"] = running(old[1], kept_var(x, v, eps), momentum)
    return scale((x - m) / divisor(v, eps), gamma, beta), cache


def step(name, loses, teaches, **steps):
    """Register batch normalization with another step."""
    mistake("batchnorm_forward", loses, teaches)(named(lambda *args: batchnorm(*args, **steps), name))


VAR, TRAIN, TEST = A.RUNNING_AVERAGES, {A.VALUES}, {A.TEST_MODE}

step("eps_outside_the_root", {A.EPS}, "eps is added to the standard deviation. It belongs under the root, to the "
     "variance: near a variance of 1e-5 that is another number.", divisor=lambda var, eps: np.sqrt(var) + eps)
step("forgets_eps", {A.EPS}, "eps is missing: a feature that hardly varies is blown up, and one that does not vary "
     "gives 0 / 0.", divisor=lambda var, eps: np.sqrt(var))
step("eps_missing_at_test", {A.EPS}, "eps is missing at test time. It is added to the running variance as it is to "
     "the batch's.", test_divisor=lambda var, eps: np.sqrt(var))
step("eps_outside_the_root_at_test", {A.EPS}, "At test time eps is added to the root of running_var. It belongs under "
     "the root, as in training.", test_divisor=lambda var, eps: np.sqrt(var) + eps)
step("eps_outside_the_root_in_training", {A.EPS}, "In training eps is added to the standard deviation. It belongs "
     "under the root, as at test time.", divisor=lambda var, eps: np.sqrt(var) + eps, test_divisor=root)
step("eps_missing_in_training", {A.EPS}, "eps is missing in training: a feature that does not vary gives 0 / 0. It is "
     "added to the batch's variance as it is to the running one.", divisor=lambda var, eps: np.sqrt(var),
     test_divisor=root)
step("eps_leaks_into_running_var", {A.EPS}, "eps has leaked into running_var: var was overwritten by var + eps before "
     "it was averaged, and at test time eps is added once more.", kept_var=lambda x, var, eps: var + eps)
step("divides_by_variance", TRAIN, "This divides by the variance. Only division by its square root gives a standard "
     "deviation of 1.", divisor=lambda var, eps: var + eps, test_divisor=root)
step("divides_by_running_variance", TEST, "At test time this divides by the running variance. Take its square root, "
     "as in training.", test_divisor=lambda var, eps: var + eps)
step("divides_by_variance_in_both_modes", TRAIN | TEST, "This divides by the variance, in training and at test time. "
     "Only division by its square root gives a standard deviation of 1.", divisor=lambda var, eps: var + eps)
step("divides_by_variance_squared", TRAIN | TEST, "This divides by the variance squared: the power that takes the root "
     "is 0.5, not 2.", divisor=lambda var, eps: (var + eps)**2)
step("unbiased_in_normalization", TRAIN, "The variance is divided by N - 1. Batch normalization takes the mean "
     "squared distance: divide by N, which is NumPy's default.", var=lambda x: x.var(axis=0, ddof=1),
     kept_var=lambda x, var, eps: x.var(axis=0))
step("unbiased_throughout", TRAIN | {VAR}, "The variance is divided by N - 1. Batch normalization takes the mean "
     "squared distance: divide by N, which is NumPy's default.", var=lambda x: x.var(axis=0, ddof=1))
UNBIASED = ("running_var follows the unbiased variance (N - 1). Other libraries do that; here it follows the variance "
            "that normalizes the batch (N).")
step("unbiased_running_var", {VAR}, UNBIASED, kept_var=lambda x, var, eps: x.var(axis=0, ddof=1))
step("unbiased_running_var_fails_for_one", {VAR, "edge sizes"}, UNBIASED,
     kept_var=lambda x, var, eps: len(x) / (len(x) - 1) * var)
DEVIATION = ("running_var follows the standard deviation. It is the variance that is averaged; the root is taken at "
             "test time.")
step("averages_the_deviation", {VAR}, DEVIATION, kept_var=lambda x, var, eps: np.sqrt(var))
step("averages_the_deviation_with_eps", {VAR}, DEVIATION, kept_var=lambda x, var, eps: root(var, eps))
step("deviation_in_both_modes", {VAR, A.TEST_MODE}, "running_var follows the standard deviation, and at test time it "
     "is divided by as it is. What is averaged is the variance; the root is taken at test time.",
     kept_var=lambda x, var, eps: root(var, eps), test_divisor=lambda deviation, eps: deviation)
step("forgets_gamma_and_beta", TRAIN, "This is the normalized x. gamma and beta are still to come: scale, then shift.",
     scale=lambda x_hat, gamma, beta: x_hat)
step("shifts_before_scaling", TRAIN, "beta is added before gamma multiplies. Scale first, then shift: otherwise beta "
     "is scaled, too.", scale=lambda x_hat, gamma, beta: gamma * (x_hat + beta))
step("statistics_of_rows", {A.VALUES, VAR}, "The statistics are taken along the rows (axis 1): that is layer "
     "normalization. Batch normalization takes those of each column, over the batch.",
     mean=lambda x: x.mean(axis=1, keepdims=True), var=lambda x: x.var(axis=1, keepdims=True))
step("statistics_of_everything", {A.VALUES, VAR}, "One mean and one variance are taken of all entries together. Each "
     "feature, a column, has its own.", mean=np.mean, var=np.var)
step("running_averages_keep_dims", {A.SHAPE}, "The running averages have the shape (1, D): keepdims=True is not needed "
     "over axis 0. They are (D,), one entry per feature.", mean=lambda x: x.mean(axis=0, keepdims=True),
     var=lambda x: x.var(axis=0, keepdims=True))
step("cancellation", {A.STABLE}, "The variance is computed as the mean of the squares minus the square of the mean. "
     "Far from 0 these are two huge, nearly equal numbers, and their difference is noise. Square the distances from "
     "the mean.", var=lambda x: (x**2).mean(axis=0) - x.mean(axis=0) ** 2)
step("momentum_weighs_the_new", {VAR}, "momentum weighs the new value. Here it is the weight of the old one: with 0.9, "
     "a batch moves the running average by a tenth of the way.", running=lambda old, new, m: follow(old, new, 1 - m))
step("only_the_last_batch", {VAR}, "The running values are those of the last batch alone: the old ones are "
     "overwritten, not averaged with.", running=lambda old, new, m: new)
step("fixed_momentum", {"conventions"}, "bn_param['momentum'] is not used: a number stands in its place, or another "
     "key is read. 0.9 is only its default.", running=lambda old, new, m: follow(old, new, 0.9))
step("fixed_eps", {"conventions"}, "bn_param['eps'] is not used: a number stands in its place, or another key is read. "
     "1e-5 is only its default.", divisor=lambda var, eps: root(var, 1e-5))
step("nan_for_a_batch_of_one", {"edge sizes"}, "A batch of one gives NaN: with ddof=1 its variance is 0 / 0, whatever "
     "it is multiplied by afterwards. With divisor N it is 0.",
     var=lambda x: x.var(axis=0, ddof=1) * (len(x) - 1) / len(x))


@mistake("batchnorm_forward", TRAIN | TEST, "gamma and beta are used in neither mode: this is the normalized x. Scale "
                                            "by gamma, then shift by beta.")
def forgets_gamma_and_beta_in_both_modes(x, gamma, beta, bn_param):
    return batchnorm(x, np.ones_like(gamma), np.zeros_like(beta), bn_param)


@mistake("batchnorm_forward", TRAIN | TEST, "beta is added before gamma multiplies, in both modes. Scale first, then "
                                            "shift: otherwise beta is scaled, too.")
def shifts_before_scaling_in_both_modes(x, gamma, beta, bn_param):
    return batchnorm(x, gamma, gamma * beta, bn_param)


@mistake("batchnorm_forward", TRAIN | TEST, "The mean is subtracted neither in training nor at test time.")
def forgets_to_centre_in_both_modes(x, gamma, beta, bn_param):
    before = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
    out, cache = batchnorm(x, gamma, beta, bn_param)
    mean, var = x.mean(axis=0), x.var(axis=0)
    if bn_param["mode"] == "test":
        mean, var = before, bn_param.get("running_var", np.zeros_like(mean))
    return out + gamma * mean / root(var, bn_param.get("eps", 1e-5)), cache


@mistake("batchnorm_forward", TRAIN, "The mean is not subtracted in training.")
def forgets_to_centre(x, gamma, beta, bn_param):
    out, cache = batchnorm(x, gamma, beta, bn_param)
    shift = gamma * x.mean(axis=0) / root(x.var(axis=0), bn_param.get("eps", 1e-5))
    return (out + shift if bn_param["mode"] == "train" else out), cache


@mistake("batchnorm_forward", TEST, "gamma and beta are forgotten at test time. The net has learned them: they apply "
                                    "in both modes.")
def forgets_gamma_and_beta_at_test(x, gamma, beta, bn_param):
    at_test = bn_param["mode"] == "test"
    return batchnorm(x, np.ones_like(gamma) if at_test else gamma, np.zeros_like(beta) if at_test else beta, bn_param)


@mistake("batchnorm_forward", TRAIN, "The running averages normalize the batch in training. There it is the batch's "
                                     "own mean and variance; the running ones only follow, for later.")
def running_averages_in_training(x, gamma, beta, bn_param):
    out, cache = batchnorm(x, gamma, beta, bn_param)
    return batchnorm(x, gamma, beta, {**bn_param, "mode": "test"})[0] if bn_param["mode"] == "train" else out, cache


@mistake("batchnorm_forward", {A.INPUTS}, "x -= mean changes the caller's x. Write the difference into a "
                                                       "new array.")
def centres_in_place(x, gamma, beta, bn_param):
    result = batchnorm(x, gamma, beta, bn_param)
    x -= x.mean(axis=0)
    return result


@mistake("batchnorm_forward", {VAR}, "bn_param has no running averages after a training batch. Without them there is "
                                     "nothing to use at test time.")
def never_averages(x, gamma, beta, bn_param):
    return batchnorm(x, gamma, beta, dict(bn_param))


@mistake("batchnorm_forward", {VAR} | TEST, "No running averages are kept, and at test time the batch's own statistics "
                                            "are used. An example's output then depends on its neighbours.")
def no_running_averages(x, gamma, beta, bn_param):
    return batchnorm(x, gamma, beta, {**bn_param, "mode": "train"})


@mistake("batchnorm_forward", TEST, "The mode is not asked for: at test time the batch's own statistics are used and "
                                    "the running averages updated, as in training.")
def ignores_the_mode(x, gamma, beta, bn_param):
    p = {**bn_param, "mode": "train"}
    result = batchnorm(x, gamma, beta, p)
    bn_param |= {**p, "mode": bn_param["mode"]}
    return result


@mistake("batchnorm_forward", {VAR}, "Only the running mean is stored in bn_param. The running variance is needed at "
                                     "test time, too.")
def running_var_not_stored(x, gamma, beta, bn_param):
    before = dict(bn_param)
    result = batchnorm(x, gamma, beta, bn_param)
    bn_param.pop("running_var", None)
    if "running_var" in before:
        bn_param["running_var"] = before["running_var"]
    return result


@mistake("batchnorm_forward", {VAR}, "The running averages are changed but not stored: after the first batch bn_param "
                                     "holds none, for the zeros were your own. Put the new values into the dict.")
def not_stored_back(x, gamma, beta, bn_param):
    p = dict(bn_param)
    result = batchnorm(x, gamma, beta, p)
    for name in ("running_mean", "running_var"):
        if name in bn_param:
            bn_param[name][...] = p[name]
    return result


@mistake("batchnorm_forward", {VAR}, "The first batch's statistics are taken whole. Here the running averages start at "
                                     "zero, and the first batch moves them like any other.")
def starts_with_the_first_batch(x, gamma, beta, bn_param):
    first = bn_param["mode"] == "train" and "running_mean" not in bn_param
    return batchnorm(x, gamma, beta, bn_param, running=(lambda old, new, m: new) if first else follow)


@mistake("batchnorm_forward", TEST, "The batch's own mean and variance are used at test time. An example's output then "
                                    "depends on its neighbours: use the running averages.")
def batch_statistics_at_test(x, gamma, beta, bn_param):
    return batchnorm(x, gamma, beta, {**bn_param, "mode": "train"} if bn_param["mode"] == "test" else bn_param)


@mistake("batchnorm_forward", TEST, "The running averages are updated at test time. Only training may move them: test "
                                    "data must leave no trace.")
def updates_at_test(x, gamma, beta, bn_param):
    result = batchnorm(x, gamma, beta, bn_param)
    if bn_param["mode"] == "test":
        p = {**bn_param, "mode": "train"}
        batchnorm(x, gamma, beta, p)
        bn_param |= {**p, "mode": "test"}
    return result


@mistake("batchnorm_forward", {"edge sizes"}, "A batch of one is normalized over its features. It is no special case: "
                                              "its distance from its own mean is 0, so the output is beta.")
def other_axis_for_a_batch_of_one(x, gamma, beta, bn_param):
    out, cache = batchnorm(x, gamma, beta, bn_param)
    alone = len(x) == 1 and bn_param["mode"] == "train"
    return right.layernorm_forward(x, gamma, beta, {})[0] if alone else out, cache


# -- layer normalization, forward -----------------------------------------------------------------------------------

WRONG = {A.VALUES, A.EPS, "conventions", "edge sizes"}
"""What a wrong formula loses; it may still be the same in both modes, and stable."""


def along(statistic, **settings):
    """Return ``statistic`` taken along each row."""
    return lambda x: statistic(x, axis=1, keepdims=True, **settings)


def layernorm(x, gamma, beta, p, mean=None, var=None, divisor=root,
              scale=lambda x_hat, gamma, beta: gamma * x_hat + beta):
    """Run layer normalization with one of its steps done in another way; the cache is the right one."""
    mean, var = mean or along(np.mean), var or along(np.var)
    x_hat = (x - mean(x)) / divisor(var(x), p.get("eps", 1e-5))
    return scale(x_hat, gamma, beta), right.layernorm_forward(x, gamma, beta, p)[1]


def layer_step(name, loses, teaches, **steps):
    """Register layer normalization with another step."""
    mistake("layernorm_forward", loses, teaches)(named(lambda *args: layernorm(*args, **steps), name))


layer_step("normalizes_over_the_batch", WRONG, "The statistics are those of the columns, over the batch: that is batch "
           "normalization. Here each row is normalized by itself.", mean=lambda x: x.mean(axis=0),
           var=lambda x: x.var(axis=0))
layer_step("normalizes_everything_at_once", WRONG, "One mean and one variance are taken of the whole batch. Each "
           "example, a row, has its own.", mean=np.mean, var=np.var)
layer_step("unbiased_variance", WRONG, "The variance is divided by D - 1. It is the mean squared distance over the D "
           "features.", var=along(np.var, ddof=1))
layer_step("divides_by_variance", WRONG, "This divides by the variance instead of its square root.",
           divisor=lambda var, eps: var + eps)
layer_step("divides_by_variance_squared", WRONG, "This divides by the variance squared: the power that takes the root "
           "is 0.5, not 2.", divisor=lambda var, eps: (var + eps)**2)
layer_step("forgets_to_centre", WRONG | {A.STABLE}, "The mean of each row is not subtracted.", mean=np.zeros_like)
layer_step("forgets_gamma_and_beta", WRONG, "This is the normalized x. gamma and beta are still to come: scale, then "
           "shift.", scale=lambda x_hat, gamma, beta: x_hat)
layer_step("shifts_before_scaling", WRONG, "beta is added before gamma multiplies. Scale first, then shift: otherwise "
           "beta is scaled, too.", scale=lambda x_hat, gamma, beta: gamma * (x_hat + beta))
layer_step("eps_outside_the_root", {A.EPS}, "eps is added to the standard deviation. It belongs under the root, to the "
           "variance.", divisor=lambda var, eps: np.sqrt(var) + eps)
layer_step("forgets_eps", {A.EPS}, "eps is missing: an example that hardly varies is blown up, and one that does not "
           "vary gives 0 / 0.", divisor=lambda var, eps: np.sqrt(var))
layer_step("fixed_eps", {"conventions"}, "ln_param['eps'] is not used: a number stands in its place, or another key is "
           "read. 1e-5 is only its default.", divisor=lambda var, eps: root(var, 1e-5))
layer_step("cancellation", {A.STABLE}, "The variance is computed as the mean of the squares minus the square of the "
           "mean. Far from 0 these are two huge, nearly equal numbers, and their difference is noise. Square the "
           "distances from the mean.", var=lambda x: along(np.mean)(x**2) - along(np.mean)(x) ** 2)
layer_step("nan_for_a_single_feature", {"edge sizes"}, "A single feature gives NaN: with ddof=1 its variance is 0 / 0, "
           "whatever it is multiplied by afterwards. With divisor D it is 0.",
           var=lambda x: along(np.var, ddof=1)(x) * (x.shape[1] - 1) / x.shape[1])


@mistake("layernorm_forward", {A.TEST_MODE}, "At test time running averages are used, as in batch normalization. Layer "
         "normalization has none: an example's own statistics are there in both modes.")
def running_averages_of_layers(x, gamma, beta, ln_param):
    if ln_param.get("mode") == "test":
        return right.batchnorm_forward(x, gamma, beta, {**ln_param})
    return layernorm(x, gamma, beta, ln_param)


@mistake("layernorm_forward", {A.TEST_MODE}, "Without a mode in ln_param this fails. Layer normalization needs none: "
                                             "it does the same in training and at test time.")
def needs_a_mode(x, gamma, beta, ln_param):
    if ln_param["mode"] in ("train", "test"):
        return layernorm(x, gamma, beta, ln_param)


@mistake("layernorm_forward", {A.INPUTS}, "x -= mean changes the caller's x. Write the difference into a "
                                                       "new array.")
def centres_rows_in_place(x, gamma, beta, ln_param):
    result = layernorm(x, gamma, beta, ln_param)
    x -= x.mean(axis=1, keepdims=True)
    return result


# -- backward -------------------------------------------------------------------------------------------------------


def wrong_backward(function, name, loses, teaches, **wrong):
    """Register a backward in which some of dx, dgamma, dbeta are ``wrong(dout, x_hat, gamma, std)``."""

    def code(dout, cache):
        gradients = zip(("dx", "dgamma", "dbeta"), getattr(right, function)(dout, cache), strict=True)
        return tuple(wrong[k](dout, *cache) if k in wrong else gradient for k, gradient in gradients)

    mistake(function, loses, teaches)(named(code, name))


def normal_backward(dout, x_hat, std, mean, variance=1.0, centre=1.0):
    """Return dx for the gradient ``dout`` of x_hat; ``variance`` and ``centre`` weigh the two indirect paths."""
    return (dout - centre * mean(dout) - variance * x_hat * mean(dout * x_hat)) / std


def common_mistakes(function, axis, group):
    """Register what goes wrong in all three backwards; the statistics were taken over ``axis``, a ``group``."""
    correct, wrong = getattr(right, function), partial(wrong_backward, function)

    def mean(v):
        return v.mean(axis=axis, keepdims=True)

    wrong("statistics_as_constants", {A.DX}, f"The mean and the variance are taken for constants. They move with every "
          f"x of the {group}, so two more paths lead back to x.", dx=lambda dout, x_hat, gamma, std: dout * gamma / std)
    wrong("forgets_the_variance_path", {A.DX}, "The path through the variance is missing: dx still has a part along "
          "x_hat, a direction that the normalization takes out.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, mean, variance=0))
    wrong("forgets_the_mean_path", {A.DX}, f"The path through the mean is missing: dx must sum to 0 over the {group}.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, mean, centre=0))
    wrong("forgets_gamma", {A.DX}, "gamma is missing in dx: dout passes through the scaling before it reaches x_hat.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout, x_hat, std, mean))
    wrong("sums_for_means", {A.DX}, f"The two indirect paths are sums over the {group}. The mean and the variance are "
          "means, so each entry has only its share in them: a division by the number of entries is missing.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, mean, *[x_hat.shape[axis]] * 2))
    wrong("divides_by_the_variance", {A.DX}, "dx is divided by the variance. It is the standard deviation, with eps "
          "under the root.", dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std**2, mean))
    wrong("wrong_sign_of_the_variance_path", {A.DX}, "The path through the variance has the wrong sign: a larger "
          "variance makes x_hat smaller.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, mean, variance=-1))
    wrong("x_for_x_hat_in_dx", {A.DX}, "x minus its mean stands in dx where the normalized x belongs.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat * std, std, mean))

    wrong("mean_path_without_n", {A.DX}, f"The path through the mean is not divided by the number of entries: each x "
          f"of the {group} has only its share in the mean.", dx=lambda dout, x_hat, gamma, std: normal_backward(
              dout * gamma, x_hat, std, mean, centre=x_hat.shape[axis]))
    wrong("variance_path_without_n", {A.DX}, f"The path through the variance is not divided by the number of entries: "
          f"each x of the {group} has only its share in the variance.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(
              dout * gamma, x_hat, std, mean, variance=x_hat.shape[axis]))
    wrong("power_of_the_variance", {A.DX}, "In the path through the variance the power -3/2 is taken of std. It "
          "belongs to the variance: of std, which is its root, it is -3.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, mean, variance=std**1.5))
    wrong("forgets_std", {A.DX}, "dx is not divided by the standard deviation: x_hat changes by 1 / std where x "
          "changes by 1.", dx=lambda dout, *cache: correct(dout, cache)[0] * cache[2])
    wrong("means_over_everything", {A.DX}, "The two means are taken over the whole array. Each "
          f"{('feature', 'example')[axis]} has its own: axis={axis}, keepdims=True.",
          dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, np.mean))
    wrong("sign_turned", {A.DX}, "The sign of dx is turned.", dx=lambda dout, *cache: -correct(dout, cache)[0])

    wrong("dgamma_from_x", {A.DGAMMA}, "dgamma is made of x minus its mean. gamma multiplies the normalized x, x_hat.",
          dgamma=lambda dout, x_hat, gamma, std: np.sum(dout * x_hat * std, axis=0))
    wrong("dgamma_with_gamma", {A.DGAMMA}, "gamma stands in dgamma: out = gamma * x_hat + beta, and its derivative by "
          "gamma is x_hat alone.", dgamma=lambda dout, x_hat, gamma, std: np.sum(dout * gamma * x_hat, axis=0))
    wrong("dgamma_is_a_mean", {A.DGAMMA}, "dgamma is a mean over the batch. It is the sum: the loss has divided by N "
          "already.", dgamma=lambda dout, x_hat, gamma, std: np.mean(dout * x_hat, axis=0))
    wrong("dgamma_along_the_rows", {A.DGAMMA}, "dgamma is summed along the rows. Every example shares gamma, so it is "
          "summed over the batch.", dgamma=lambda dout, x_hat, gamma, std: np.sum(dout * x_hat, axis=1))
    wrong("dbeta_is_a_mean", {A.DBETA}, "dbeta is a mean over the batch. It is the sum: the loss has divided by N "
          "already.", dbeta=lambda dout, x_hat, gamma, std: dout.mean(axis=0))
    wrong("dbeta_along_the_rows", {A.DBETA}, "dbeta is summed along the rows. Every example shares beta, so it is "
          "summed over the batch.", dbeta=lambda dout, x_hat, gamma, std: dout.sum(axis=1))
    wrong("dgamma_not_summed", {A.DGAMMA}, "dgamma is not summed: one number for each entry. Every example shares "
          "gamma, so it is summed over the batch.", dgamma=lambda dout, x_hat, gamma, std: dout * x_hat)
    wrong("dgamma_is_one_number", {A.DGAMMA}, "dgamma is one number: the sum has no axis. Sum over the batch only "
          "(axis=0), one number for each feature.", dgamma=lambda dout, x_hat, gamma, std: np.sum(dout * x_hat))
    wrong("dgamma_without_x_hat", {A.DGAMMA}, "dgamma is the sum of dout alone, which is dbeta. gamma multiplies "
          "x_hat, so dgamma is the sum of dout * x_hat.", dgamma=lambda dout, x_hat, gamma, std: dout.sum(axis=0))
    wrong("dgamma_without_dout", {A.DGAMMA}, "The upstream gradient is missing in dgamma: it is the sum of dout * "
          "x_hat.",
          dgamma=lambda dout, x_hat, gamma, std: x_hat.sum(axis=0))
    wrong("dbeta_not_summed", {A.DBETA}, "dbeta is not summed: one number for each entry. Every example shares beta, "
          "so it is summed over the batch.", dbeta=lambda dout, x_hat, gamma, std: dout.copy())
    wrong("dbeta_is_one_number", {A.DBETA}, "dbeta is one number: the sum has no axis. Sum over the batch only "
          "(axis=0), one number for each feature.", dbeta=lambda dout, x_hat, gamma, std: dout.sum())
    wrong("dbeta_with_gamma", {A.DBETA}, "gamma stands in dbeta: beta is added after the scaling, so dbeta is the sum "
          "of dout alone.", dbeta=lambda dout, x_hat, gamma, std: np.sum(dout * gamma, axis=0))
    everything = {A.DX, A.DGAMMA, A.DBETA, A.EPS, "edge sizes"}
    reorder_results(right, function, "dx dgamma dbeta", ("dx dbeta dgamma", {A.DGAMMA, A.DBETA}),
                    ("dgamma dbeta dx", everything), ("dbeta dgamma dx", {A.DX, A.DBETA}))
    wrong("keeps_dims", {A.SHAPE}, "dgamma and dbeta have the shape (1, D). A gradient has the shape of what it "
          "belongs to: gamma is (D,).", dgamma=lambda dout, x_hat, gamma, std: np.sum(dout * x_hat, 0, keepdims=True),
          dbeta=lambda dout, x_hat, gamma, std: dout.sum(axis=0, keepdims=True))
    wrong("single_entry_as_a_special_case", {"edge sizes"}, f"Where the {group} has a single entry, dx is taken for "
          "dout * gamma / std. It is 0 there: the output is beta, whatever x is.",
          dx=lambda dout, *cache: np.where(dout.shape[axis] == 1, dout * cache[1] / cache[2], correct(dout, cache)[0]))

    @mistake(function, {A.EPS}, "eps is added a second time. The std that the forward pass kept is the root of var + "
                                "eps already.")
    def eps_added_again(dout, cache):
        return correct(dout, (*cache[:2], np.sqrt(cache[2] ** 2 + 1e-5)))

    @mistake(function, {A.INPUTS}, "dout *= gamma changes the caller's dout. Write the product into a new "
                                                "array.")
    def scales_dout_in_place(dout, cache):
        result = correct(dout, cache)
        dout *= cache[1]
        return result


common_mistakes("batchnorm_backward", 0, "batch")
common_mistakes("batchnorm_backward_alt", 0, "batch")
common_mistakes("layernorm_backward", 1, "row")

wrong_backward("batchnorm_backward", "factor_of_the_root", {A.DX}, "The factor 1/2 from the derivative of the root is "
               "missing: the path through the variance counts twice.",
               dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, partial(
                   np.mean, axis=0, keepdims=True), variance=2))
wrong_backward("layernorm_backward", "factor_of_the_root", {A.DX}, "The factor 1/2 from the derivative of the root is "
               "missing: the path through the variance counts twice.",
               dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, along(np.mean), variance=2))
for function in ("batchnorm_backward", "batchnorm_backward_alt"):
    wrong_backward(function, "means_along_the_rows", {A.DX}, "The two means are taken along the rows. The statistics "
                   "were those of the columns, so the means run over the batch: axis=0.",
                   dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, along(np.mean)))
wrong_backward("layernorm_backward", "dx_forgets_keepdims", {A.DX, A.DGAMMA, A.DBETA, A.EPS, "edge sizes"}, "The means "
               "of each row have the shape (N,), and NumPy lines that up with the columns. They must be (N, 1): "
               "keepdims=True does that.",
               dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, partial(np.mean, axis=1)))
wrong_backward("batchnorm_backward_alt", "a_factor_n", {A.DX}, "dx is N times too large: the bracket holds N * dout, "
               "so the factor before it has a 1/N.",
               dx=lambda dout, *cache: right.batchnorm_backward(dout, cache)[0] * len(dout))
wrong_backward("batchnorm_backward_alt", "n_in_front_only", {A.DX}, "With 1/N in front of the bracket, dout in it is "
               "multiplied by N: only dbeta and dgamma are sums over the batch.",
               dx=lambda dout, x_hat, gamma, std: gamma / std / len(dout) * (
                   dout - dout.sum(axis=0) - x_hat * np.sum(dout * x_hat, axis=0)))
wrong_backward("layernorm_backward", "gamma_after_the_means", {A.DX}, "gamma multiplies after the means were taken. In "
               "batch normalization that is the same; here gamma differs within a row, so it comes first.",
               dx=lambda dout, x_hat, gamma, std: gamma * normal_backward(dout, x_hat, std, along(np.mean)))
wrong_backward("layernorm_backward", "means_over_the_batch", {A.DX}, "The means in dx are taken over the batch. The "
               "statistics were those of the rows, so the means run along the rows, too.",
               dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, partial(np.mean, axis=0)))
wrong_backward("layernorm_backward", "n_for_d", {A.DX}, "The sums along the rows are divided by N, the number of "
               "examples. A row has D entries.",
               dx=lambda dout, x_hat, gamma, std: normal_backward(dout * gamma, x_hat, std, along(np.mean), *[
                   dout.shape[1] / len(dout)] * 2))

# -- more of what is written by hand ------------------------------------------------------------------------------


layer_step("one_mean_for_all", WRONG, "One mean of the whole batch is subtracted. "
           "Each example, a row, has its own.", mean=np.mean)
layer_step("one_variance_for_all", WRONG, "One variance of the whole batch is "
           "taken. Each example, a row, has its own.", var=np.var)
layer_step("mean_of_the_columns", WRONG, "The mean of each column, over the batch, "
           "is subtracted. Each row has its own mean here.", mean=lambda x: x.mean(axis=0))
layer_step("variance_of_the_columns", WRONG, "The variance is that of each "
           "column, over the batch. Each row has its own here.", var=lambda x: x.var(axis=0))
NO_KEEPDIMS = ("keepdims=True is missing: one number for each row has shape (N,), which NumPy lines up with the "
               "features. It must be (N, 1).")
layer_step("mean_forgets_keepdims", WRONG | {A.STABLE, A.TEST_MODE}, NO_KEEPDIMS,
           mean=lambda x: x.mean(axis=1))
layer_step("variance_forgets_keepdims", WRONG | {A.STABLE, A.TEST_MODE}, NO_KEEPDIMS,
           var=lambda x: x.var(axis=1))
layer_step("both_forget_keepdims", WRONG | {A.STABLE, A.TEST_MODE}, NO_KEEPDIMS,
           mean=lambda x: x.mean(axis=1), var=lambda x: x.var(axis=1))
layer_step("exchanges_gamma_and_beta", WRONG,
           "gamma and beta are exchanged: gamma scales, beta shifts.",
           scale=lambda x_hat, gamma, beta: beta * x_hat + gamma)
layer_step("forgets_beta", WRONG, "beta is not added: the shift is missing.",
           scale=lambda x_hat, gamma, beta: gamma * x_hat)
layer_step("forgets_gamma", WRONG, "gamma is missing: scale the normalized x by it.",
           scale=lambda x_hat, gamma, beta: x_hat + beta)


def batch_scale(name, teaches, scale):
    """Register batch normalization with another scale and shift in both modes."""
    def code(x, gamma, beta, bn_param):
        x_hat, cache = right.batchnorm_forward(x, np.ones_like(gamma), np.zeros_like(beta), bn_param)
        return scale(x_hat, gamma, beta), cache
    mistake("batchnorm_forward", {A.TEST_MODE, A.VALUES}, teaches)(named(code, name))


batch_scale("exchanges_gamma_and_beta", "gamma and beta are exchanged: gamma scales, beta shifts.",
            lambda x_hat, gamma, beta: beta * x_hat + gamma)
batch_scale("forgets_beta", "beta is not added: the shift is missing.", lambda x_hat, gamma, beta: gamma * x_hat)
batch_scale("forgets_gamma", "gamma is missing: scale the normalized x by it.", lambda x_hat, gamma, beta: x_hat + beta)

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

for function in ("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt", "layernorm_forward",
                 "layernorm_backward"):
    register_misread(right, function)


@mistake("batchnorm_forward", {"conventions"}, "This needs running averages in bn_param at test time. Before any "
                                               "training there are none: they are zeros then.")
def needs_running_averages_at_test(x, gamma, beta, bn_param):
    if bn_param["mode"] == "test":
        bn_param["running_mean"], bn_param["running_var"]
    return right.batchnorm_forward(x, gamma, beta, bn_param)


@mistake("batchnorm_forward", {"conventions"}, "Without running averages the test pass takes the batch's own mean and "
                                               "variance. Before any training they are zeros.")
def batch_statistics_before_training(x, gamma, beta, bn_param):
    untrained = bn_param["mode"] == "test" and "running_mean" not in bn_param
    return right.batchnorm_forward(x, gamma, beta, {**bn_param, "mode": "train"} if untrained else bn_param)
