"""Known mistakes in ``cs231n_lib.dropout``."""

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import deliver_wrongly

right = reference.load("dropout")
A = reference.load_aspects("dropout")

for name in ("vanilla_dropout_forward", "dropout_forward", "dropout_backward"):
    deliver_wrongly(right, name, A.SHAPE, "edge sizes", A.INPUTS)
for name in ("vanilla_dropout_forward", "dropout_backward", "mc_dropout_mean"):
    deliver_wrongly(right, name, A.DTYPE)

# -- forward passes -----------------------------------------------------------------------------------------------

NO_MASK = {"share kept", A.VALUES, A.INDEPENDENCE, A.SEED, "edge sizes"}


def forward(keep=lambda rng, x, p: rng.random(x.shape) < p, factor=lambda p: 1 / p, tested=lambda x, p, rng: x.copy(),
            stored=None, seed=lambda param: param.get("seed")):
    """Return a forward pass with another mask, another factor in training, another test pass, cache or seed."""
    def wrong(x, dropout_param):
        p, mode, rng = right._settings(dropout_param | dict(seed=seed(dropout_param)))
        if mode == "test":
            return tested(x, p, rng).astype(x.dtype), (dropout_param, None)
        kept = keep(rng, x, p)
        mask = (kept * factor(p)).astype(x.dtype)
        return x * mask, (dropout_param, stored(kept, mask, x) if stored else mask)
    return wrong


def wrong_forwards(function, usual):
    """Return a way to register mistakes of one of the two forward passes, given what is right in it."""
    def register(name, loses, teaches, **wrong):
        code = forward(**{**usual, **wrong})
        code.__name__ = name
        mistake(function, loses, teaches)(code)
    return register


def fixed_count(rng, x, p):
    kept = np.zeros(x.size, bool)
    kept[rng.permutation(x.size)[:round(p * x.size)]] = True
    return kept.reshape(x.shape)


def common_mistakes(wrong, no_mask):
    """Register what goes wrong with the mask in both forward passes; ``no_mask`` is lost where there is none."""
    wrong("p_is_probability_of_dropping", {"share kept"},
          "This matches p = probability of dropping; here p is the probability of keeping. At p = 0.8 most units stay.",
          keep=lambda rng, x, p: rng.random(x.shape) > p)
    wrong("randn_for_rand", {"share kept"},
          "These random numbers are Gaussian: a share of 69 % of them lies below 0.5, and 84 % below 1. Use numbers "
          "spread evenly from 0 to 1.",
          keep=lambda rng, x, p: rng.standard_normal(x.shape) < p)
    wrong("random_numbers_as_mask", no_mask,
          "x is multiplied by the random numbers themselves. Compare them with p first: a mask says yes or no.",
          keep=lambda rng, x, p: rng.random(x.shape))
    wrong("drops_nothing", no_mask,
          "Nothing is dropped in training: every number comes out multiplied by the same factor.",
          keep=lambda rng, x, p: np.ones(x.shape))
    wrong("one_mask_for_the_batch", {A.INDEPENDENCE},
          "Every row has the same mask. Each example draws its own: ask for as many random numbers as x has entries.",
          keep=lambda rng, x, p: np.ones(x.shape) * (rng.random(x.shape[1:]) < p))
    wrong("one_draw_per_row", {A.INDEPENDENCE},
          "Whole rows are kept or dropped: one random number per example. Each unit of each example needs its own.",
          keep=lambda rng, x, p: np.ones(x.shape) * (rng.random((len(x),) + (1,) * (x.ndim - 1)) < p))
    wrong("one_draw_for_all", {A.INDEPENDENCE},
          "Everything is kept or everything dropped: a single random number decides for the whole batch.",
          keep=lambda rng, x, p: np.ones(x.shape) * (rng.random() < p))
    wrong("fixed_count", {A.INDEPENDENCE},
          "Every mask keeps the same number of units. Each is kept or not by itself, so their number varies from call "
          "to call.",
          keep=fixed_count)
    wrong("ignores_the_seed", {A.SEED},
          "The mask does not depend on dropout_param['seed']: a gradient check needs the same mask at every call.",
          seed=lambda param: None)
    wrong("one_seed_for_ever", {A.SEED},
          "Every call draws the same mask, with or without a seed: a generator is seeded with a fixed number.",
          seed=lambda param: 0)
    wrong("seeds_even_without_a_seed", {A.SEED},
          "Without a seed every call draws the same mask: the units that are off are then never trained.",
          seed=lambda param: param.get("seed", 0))
    wrong("seed_zero_is_no_seed", {A.SEED},
          "The seed 0 is taken for no seed: `if seed` is False for 0. Ask whether the seed is there, or is None.",
          seed=lambda param: param.get("seed") or None)


vanilla = wrong_forwards("vanilla_dropout_forward", {"factor": lambda p: 1, "tested": lambda x, p, rng: x * p})
common_mistakes(vanilla, NO_MASK)
vanilla("p_is_probability_of_dropping_throughout", {"share kept"},
        "This takes p for the probability of dropping, in both modes; here p is the probability of keeping.",
        keep=lambda rng, x, p: rng.random(x.shape) > p, tested=lambda x, p, rng: x * (1 - p))
vanilla("inverted_in_training", {A.VALUES},
        "What is kept is divided by p: that is inverted dropout. Vanilla dropout leaves the scaling to the test pass.",
        factor=lambda p: 1 / p)
vanilla("scales_in_training_too", {A.VALUES},
        "What is kept is multiplied by p. The factor belongs to the test pass: dropping has made training small "
        "already.", factor=lambda p: p)
vanilla("no_scaling_at_test", {A.TEST_MODE},
        "The test pass returns x as it is, 1 / p times what training gives on average. Multiply it by p.",
        tested=lambda x, p, rng: x.copy())
vanilla("drops_in_test_mode", {A.TEST_MODE},
        "Numbers are dropped at test time, too. The test pass is the same at every call: it scales and drops nothing.",
        tested=lambda x, p, rng: x * (rng.random(x.shape) < p))
vanilla("divides_at_test", {A.TEST_MODE},
        "The test pass divides by p. All units are on there, so the output must be made smaller: multiply by p.",
        tested=lambda x, p, rng: x / p)
vanilla("share_dropped_at_test", {A.TEST_MODE},
        "The test pass multiplies by the share that was dropped. It must be the share that was kept, p.",
        tested=lambda x, p, rng: x * (1 - p))


def divide_by_share_dropped(p):
    """Return 1 / (1 - p) as an array's division gives it: infinite where nothing is dropped."""
    with np.errstate(divide="ignore"):
        return np.float64(1) / (1 - p)


inverted = wrong_forwards("dropout_forward", {})
common_mistakes(inverted, NO_MASK | {A.CACHE})
for name, factor in (("p_is_probability_of_dropping_throughout", divide_by_share_dropped),
                     ("p_is_probability_of_dropping_if_there_is_one", lambda p: 1 / (1 - p) if p < 1 else 1)):
    inverted(name, {"share kept"},
             "This takes p for the probability of dropping, in the mask and in the factor; here p is the probability "
             "of keeping.", keep=lambda rng, x, p: rng.random(x.shape) > p, factor=factor)
inverted("no_scaling", {A.VALUES},
         "What is kept comes out as it was, so the expected output is only p * x. Inverted dropout divides it by p.",
         factor=lambda p: 1)
inverted("multiplies_by_p", {A.VALUES},
         "What is kept is multiplied by p. Dropping makes the sum smaller, so the rest must be made larger: divide.",
         factor=lambda p: p)
inverted("divides_by_share_dropped", {A.VALUES},
         "What is kept is divided by 1 - p. For the expected output to be x, divide by the probability of keeping.",
         factor=divide_by_share_dropped)
inverted("root_of_p", {A.VALUES},
         "What is kept is divided by the root of p. It is the mean of the output that should stay, not its mean "
         "square.",
         factor=lambda p: 1 / np.sqrt(p))
inverted("scales_in_test_mode", {A.TEST_MODE},
         "The test pass multiplies by p, as in vanilla dropout. Here training has divided by p already: nothing is "
         "left to do.", tested=lambda x, p, rng: x * p)
inverted("divides_in_test_mode", {A.TEST_MODE},
         "The test pass divides by p. That belongs to training only, where part of the units is off.",
         tested=lambda x, p, rng: x / p)
inverted("drops_in_test_mode", {A.TEST_MODE},
         "Numbers are dropped at test time, too: the net then answers differently at every call. The test pass "
         "returns x.", tested=lambda x, p, rng: x * ((rng.random(x.shape) < p) / p))
inverted("caches_a_bare_mask", {A.CACHE},
         "The mask in the cache has lost its 1 / p: the backward pass then gives a gradient p times too small. Keep "
         "what x was multiplied by.", stored=lambda kept, mask, x: kept)
inverted("caches_the_dropped", {A.CACHE},
         "The mask in the cache says what was dropped. Keep what x was multiplied by: 0 where it was dropped.",
         stored=lambda kept, mask, x: (1 - kept) * mask.max())
inverted("caches_the_output", {A.CACHE},
         "The cache holds the output. The backward pass needs the mask that x was multiplied by.",
         stored=lambda kept, mask, x: x * mask)


@mistake("dropout_forward", {A.CACHE},
         "At test time the cache is None, and the backward pass cannot tell the mode. It is (dropout_param, None).")
def no_cache_in_test_mode(x, dropout_param):
    out, cache = right.dropout_forward(x, dropout_param)
    return out, None if dropout_param["mode"] == "test" else cache


@mistake("dropout_forward", {A.DTYPE},
         "The mask is float64, because a comparison divided by a number is, and it makes the output float64. Cast the "
         "mask to x.dtype.")
def mask_in_float64(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    _, (_, mask) = right.dropout_forward(x, dropout_param)
    return x * mask.astype(np.float64), (dropout_param, mask)


@mistake("vanilla_dropout_forward", NO_MASK,
         "The dropped numbers are taken out, and a flat array is left. They must stay in their places, as zeros.")
def takes_the_dropped_out(x, dropout_param):
    out, cache = right.vanilla_dropout_forward(x, dropout_param)
    return (out if cache[1] is None else x[cache[1]]), cache


@mistake("dropout_forward", {A.INPUTS},
         "The mask is put into dropout_param, which is the caller's and may serve several layers. It belongs into the "
         "cache.")
def mask_into_dropout_param(x, dropout_param):
    out, cache = right.dropout_forward(x, dropout_param)
    dropout_param["mask"] = cache[1]
    return out, cache


# -- backward -------------------------------------------------------------------------------------------------------


def backward(name, loses, teaches, train=lambda dout, mask, p: dout * mask, test=lambda dout, p: dout.copy()):
    """Register a backward pass that is wrong in one of the modes."""
    def wrong(dout, cache):
        param, mask = cache
        if param["mode"] == "train":
            return train(dout, mask, param["p"]).astype(dout.dtype)
        return test(dout, param["p"])
    wrong.__name__ = name
    mistake("dropout_backward", loses, teaches)(wrong)


DX = {A.DX, "edge sizes"}

backward("bare_mask", DX,
         "The 1 / p is missing: the forward pass divided what it kept by p, so its gradient is divided, too.",
         lambda dout, mask, p: dout * (mask > 0))
backward("divides_twice", DX,
         "This divides by p once too often: the mask in the cache holds the 1 / p already.",
         lambda dout, mask, p: dout * mask / p)
backward("divides_by_share_dropped", DX,
         "What passes is divided by 1 - p. The forward pass divided by p, the probability of keeping.",
         lambda dout, mask, p: dout * (mask > 0) / (1 - p))
backward("passes_where_dropped", DX,
         "The gradient passes where numbers were dropped, and stops where they were kept: it should be the other way "
         "round.", lambda dout, mask, p: dout * (mask == 0) / p)
backward("redraws_the_mask", DX,
         "A new mask is drawn. The gradient must go through the units that the forward pass kept: their mask is in the "
         "cache.", lambda dout, mask, p: dout * (np.random.default_rng(1).random(dout.shape) < p) / p)
backward("forgets_dout", DX,
         "This is the mask, the local derivative. The chain rule multiplies it by the upstream gradient dout.",
         lambda dout, mask, p: mask)
backward("gate_on_dout", DX,
         "The gradient stops where dout is not positive. It is the mask that decides, whatever the sign of dout.",
         lambda dout, mask, p: dout * mask * (dout > 0))
backward("first_row_for_all", DX,
         "Every row goes through the mask of the first. Each example had its own.",
         lambda dout, mask, p: dout * mask[:1])
backward("ignores_the_mask", {A.DX, A.TEST_MODE, "edge sizes"},
         "The gradient passes everywhere, in training as at test time. Where a number was dropped it stops.",
         lambda dout, mask, p: dout.copy())
backward("test_mode_scaled", {A.TEST_MODE},
         "In test mode the gradient is multiplied by p. The test pass returned x as it was, so dout passes as it is.",
         test=lambda dout, p: dout * p)
backward("test_mode_divided", {A.TEST_MODE},
         "In test mode the gradient is divided by p. The test pass returned x as it was, so dout passes as it is.",
         test=lambda dout, p: dout / p)
backward("test_mode_zero", {A.TEST_MODE},
         "In test mode the gradient is 0. The test pass returned x as it was, so dout passes as it is.",
         test=lambda dout, p: np.zeros_like(dout))


@mistake("dropout_backward", {A.TEST_MODE},
         "The mode is not looked at. In test mode there is no mask: it is None, and cannot be multiplied.")
def ignores_the_mode(dout, cache):
    return dout * cache[1]


# -- Monte-Carlo dropout ----------------------------------------------------------------------------------------------


def monte_carlo(name, loses, teaches, mean=lambda outs: outs.mean(axis=0), std=lambda outs: outs.std(axis=0),
                run=lambda forward, x, n: [forward(x) for _ in range(n)]):
    """Register a wrong mean, spread or way to run the passes."""
    def wrong(forward, x, n_samples):
        outs = np.stack(run(forward, x, n_samples))
        return mean(outs), std(outs)
    wrong.__name__ = name
    mistake("mc_dropout_mean", loses, teaches)(wrong)


MOMENTS = {A.MEAN, A.SPREAD, "edge sizes"}

monte_carlo("one_pass_copied", MOMENTS | {A.PASSES},
            "forward is called once and its output copied: all passes are then equal, and their spread is 0. Each call "
            "draws another mask.", run=lambda forward, x, n: [forward(x)] * n)
monte_carlo("fixed_number_of_passes", {A.PASSES},
            "The number of passes is written into the function. It is the argument n_samples.",
            run=lambda forward, x, n: [forward(x) for _ in range(20)])
monte_carlo("one_pass_too_many", {A.PASSES},
            "forward is called once more than n_samples says.",
            run=lambda forward, x, n: [forward(x) for _ in range(n + 1)])
monte_carlo("feeds_the_output_back", {A.PASSES},
            "Each pass is given the output of the one before. Every pass starts from the same x.",
            run=lambda forward, x, n: chained(forward, x, n))
monte_carlo("mean_over_everything", {A.MEAN},
            "This is one mean over everything. Take it over the passes only, entry by entry.",
            mean=lambda outs: outs.mean())
monte_carlo("mean_over_the_batch", {A.MEAN},
            "The mean is taken over the examples. Take it over the passes: they are what differs in the mask.",
            mean=lambda outs: outs.mean(axis=1))
monte_carlo("sum_for_mean", {A.MEAN}, "This is the sum over the passes: divide it by their number.",
            mean=lambda outs: outs.sum(axis=0))
monte_carlo("median_for_mean", {A.MEAN}, "This is the median over the passes. The mean is asked for.",
            mean=lambda outs: np.median(outs, axis=0))
monte_carlo("sample_std", {A.SPREAD}, "With ddof=1 the divisor is n - 1. Here it is n_samples, np.std's default.",
            std=lambda outs: outs.std(axis=0, ddof=1))
monte_carlo("variance_for_std", {A.SPREAD}, "This is the variance. The standard deviation is its square root.",
            std=lambda outs: outs.var(axis=0))
monte_carlo("standard_error", {A.SPREAD},
            "This is the standard error of the mean, the spread divided by the root of n_samples. It is the spread of "
            "the passes that is asked for.", std=lambda outs: outs.std(axis=0) / len(outs) ** 0.5)
monte_carlo("spread_over_the_batch", {A.SPREAD},
            "The spread is taken over the examples. Take it over the passes, entry by entry.",
            std=lambda outs: outs.std(axis=1))
monte_carlo("root_of_a_difference", {"edge sizes"},
            "Where all passes are equal the spread is NaN: the mean square minus the squared mean comes out a little "
            "below 0. Subtract the mean before you square.",
            std=lambda outs: np.sqrt((outs**2).mean(axis=0) - outs.mean(axis=0) ** 2))


def chained(forward, x, n):
    """Run ``n`` passes, each on the output of the one before."""
    outs = []
    for _ in range(n):
        x = forward(x)
        outs.append(x)
    return outs


@mistake("mc_dropout_mean", MOMENTS | {A.SHAPE}, "The two results are in the wrong order: the mean first.")
def results_swapped(forward, x, n_samples):
    return right.mc_dropout_mean(forward, x, n_samples)[::-1]


@mistake("mc_dropout_mean", {"edge sizes"},
         "The outputs are added into an array of the shape of x. What forward returns may have another shape.")
def output_like_x(forward, x, n_samples):
    outs = np.zeros((n_samples, *x.shape), x.dtype)
    for i in range(n_samples):
        outs[i] = forward(x)
    return outs.mean(axis=0), outs.std(axis=0)


@mistake("mc_dropout_mean", {A.SHAPE},
         "With keepdims=True the results keep an axis for the passes. They have the shape of one output.")
def moments_keep_dims(forward, x, n_samples):
    return tuple(m[None] for m in right.mc_dropout_mean(forward, x, n_samples))


@mistake("mc_dropout_mean", {A.INPUTS}, "x was changed: the caller still needs it.")
def centres_x_in_place(forward, x, n_samples):
    result = right.mc_dropout_mean(forward, x, n_samples)
    x -= x.mean()
    return result


# -- more of what is written by hand ------------------------------------------------------------------------------

vanilla("drops_and_scales_in_test_mode", {A.TEST_MODE},
        "Numbers are dropped at test time, too. The test pass is the same at every call: it scales and drops nothing.",
        tested=lambda x, p, rng: p * x * (rng.random(x.shape) < p))
inverted("drops_in_test_mode_without_scaling", {A.TEST_MODE},
         "Numbers are dropped at test time, too: the net then answers differently at every call. The test pass "
         "returns x.", tested=lambda x, p, rng: x * (rng.random(x.shape) < p))


@mistake("mc_dropout_mean", {A.PASSES},
         "There is one pass too few: forward is called n_samples times.")
def one_pass_too_few(forward, x, n_samples):
    return right.mc_dropout_mean(forward, x, max(n_samples - 1, 1))


@mistake("mc_dropout_mean", {A.MEAN, A.PASSES},
         "There is one pass too few: forward is called n_samples times.")
def one_pass_too_few_in_the_sum(forward, x, n_samples):
    outs = np.stack([forward(x) for _ in range(max(n_samples - 1, 1))])
    return outs.sum(axis=0) / np.asarray(n_samples, outs.dtype), outs.std(axis=0)


@mistake("mc_dropout_mean", {A.MEAN},
         "This is the output of the last pass, not the mean of all.")
def last_pass_for_mean(forward, x, n_samples):
    outs = [forward(x) for _ in range(n_samples)]
    return outs[-1], np.std(outs, axis=0)


@mistake("mc_dropout_mean", {A.SPREAD},
         "This is the distance between the largest and the smallest pass. The standard deviation is asked for.")
def range_for_std(forward, x, n_samples):
    outs = [forward(x) for _ in range(n_samples)]
    return np.mean(outs, axis=0), np.ptp(outs, axis=0)


@mistake("mc_dropout_mean", {A.SPREAD},
         "This is the root of the mean square. The standard deviation is measured from the mean, not from 0.")
def root_mean_square(forward, x, n_samples):
    outs = np.stack([forward(x) for _ in range(n_samples)])
    return outs.mean(axis=0), np.sqrt((outs**2).mean(axis=0))

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

for name in ("vanilla_dropout_forward", "dropout_forward", "dropout_backward", "mc_dropout_mean"):
    register_misread(right, name)


def needs_a_seed_at_test(name):
    """Register the forward that looks up the seed at test time, where it may be missing."""
    def wrong_forward(x, dropout_param):
        if dropout_param["mode"] == "test":
            dropout_param["seed"]
        return getattr(right, name)(x, dropout_param)

    wrong_forward.__name__ = "needs_a_seed_at_test"
    mistake(name, {A.SEED}, "The seed is optional, at test time, too, where no mask is "
            "drawn: look it up with get.")(wrong_forward)


for name in ("vanilla_dropout_forward", "dropout_forward"):
    needs_a_seed_at_test(name)
