"""Known mistakes in ``cs231n_lib.activations``."""

from functools import partial

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import deliver_wrongly, reorder_results, wrong_formula

right = reference.load("activations")
A = reference.load_aspects("activations")
wrong = partial(wrong_formula, right)

# A mistake that makes every number wrong loses every aspect that compares numbers.
SQUASH, SQUASH_BACK = {A.VALUES, A.STABLE, "edge sizes"}, {A.DX, A.STABLE, "edge sizes"}
RELU, RELU_BACK = {A.VALUES, "edge sizes"}, {A.DX, "edge sizes"}
BEND, BEND_BACK = {A.VALUES, A.ALPHA, "edge sizes"}, {A.DX, A.ALPHA, "edge sizes"}
ELU, ELU_BACK = BEND | {A.STABLE}, BEND_BACK | {A.STABLE}
PRELU, PRELU_BACK = RELU | {"conventions"}, {A.DX, A.DA, "conventions", "edge sizes"}
MAXOUT, MAXOUT_BACK = RELU, {A.DX, A.DW, A.DB, "edge sizes"}

for stem in ("sigmoid", "tanh", "relu", "leaky_relu", "elu"):
    for way in ("forward", "backward"):
        deliver_wrongly(right, f"{stem}_{way}", A.SHAPE, A.DTYPE, "edge sizes", A.INPUTS)
deliver_wrongly(right, "prelu_forward", A.SHAPE, A.DTYPE, A.INPUTS)
deliver_wrongly(right, "prelu_backward", A.SHAPE, A.DTYPE, A.INPUTS)
deliver_wrongly(right, "maxout_forward", A.SHAPE, A.DTYPE)
deliver_wrongly(right, "maxout_backward", A.DTYPE)

# -- sigmoid ----------------------------------------------------------------------------------------------------

wrong("sigmoid_forward", "sign_of_the_exponent", SQUASH, lambda x: 1 / (1 + np.exp(x)),
      "This falls where the sigmoid rises: it is 1 - sigmoid(x), as with x in the exponent instead of -x.")
wrong("sigmoid_forward", "brackets_missing", SQUASH, lambda x: 1 / 1 + np.exp(-x),
      "1 / 1 + exp(-x) is (1 / 1) + exp(-x): put brackets around the denominator.")
wrong("sigmoid_forward", "infinity_over_infinity", {A.STABLE}, lambda x: np.exp(x) / (1 + np.exp(x)),
      "exp(x) / (1 + exp(x)) is inf / inf = NaN for x = 1000. Take the exponential of something that is never "
      "positive, such as -|x|.")
wrong("sigmoid_forward", "clipped_too_soon", {A.STABLE}, lambda x: 1 / (1 + np.exp(-np.clip(x, -10, 10))),
      "x was clipped so early that the sigmoid never gets near 0 or 1. Clip beyond 500, or better, take the "
      "exponential of -|x|.")

wrong("sigmoid_backward", "forgets_dout", SQUASH_BACK, lambda dout, out: out * (1 - out),
      "out * (1 - out) is the local derivative. The chain rule multiplies it by the upstream gradient dout.")
wrong("sigmoid_backward", "forgets_one_minus", SQUASH_BACK, lambda dout, out: dout * out,
      "dout was multiplied by the output alone: the derivative is out * (1 - out).")
wrong("sigmoid_backward", "derivative_of_tanh", SQUASH_BACK, lambda dout, out: dout * (1 - out**2),
      "1 - out**2 is the derivative of tanh; the sigmoid's is out * (1 - out).")


wrong("sigmoid_backward", "brackets_missing", SQUASH_BACK, lambda dout, out: dout * out * 1 - out,
      "dout * out * 1 - out subtracts out at the end: put brackets around 1 - out.")
wrong("sigmoid_backward", "forgets_out", SQUASH_BACK, lambda dout, out: dout * (1 - out),
      "dout was multiplied by 1 - out alone: the derivative is out * (1 - out).")
wrong("sigmoid_backward", "sign_turned", SQUASH_BACK, lambda dout, out: dout * out * (out - 1),
      "The sign is turned: the sigmoid rises everywhere, so its derivative out * (1 - out) is positive.")


@mistake("sigmoid_backward", SQUASH_BACK, "This applies the sigmoid once more: the cache holds its output already, "
                                          "not x.")
def takes_the_output_for_x(dout, cache):
    s = 1 / (1 + np.exp(-cache))
    return dout * s * (1 - s)


@mistake("sigmoid_backward", {A.STABLE}, "Going back to x with a logarithm and forth with exp gives inf / inf where "
                                         "out is 0. The derivative out * (1 - out) needs no x.")
def works_back_to_x(dout, cache):
    e = np.exp(np.log(1 / cache - 1))
    return dout * e / (1 + e)**2


# -- tanh -------------------------------------------------------------------------------------------------------


def quotient_of_exponentials(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


wrong("tanh_forward", "infinity_over_infinity", {A.STABLE}, lambda x: quotient_of_exponentials(x),
      "(exp(x) - exp(-x)) / (exp(x) + exp(-x)) is inf / inf = NaN for x = 1000. np.tanh is safe.")
wrong("tanh_forward", "infinity_over_infinity_above", {A.STABLE}, lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1),
      "(exp(2 * x) - 1) / (exp(2 * x) + 1) is inf / inf = NaN for x = 1000. np.tanh is safe.")
wrong("tanh_forward", "infinity_over_infinity_below", {A.STABLE}, lambda x: (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x)),
      "(1 - exp(-2 * x)) / (1 + exp(-2 * x)) is inf / inf = NaN for x = -1000. np.tanh is safe.")
wrong("tanh_forward", "sum_over_difference", SQUASH, lambda x: (np.exp(x) + np.exp(-x)) / (np.exp(x) - np.exp(-x)),
      "This is 1 / tanh(x): the difference of the exponentials belongs above the line, their sum below it.")
wrong("tanh_forward", "sign_turned", SQUASH, lambda x: -np.tanh(x),
      "This falls where tanh rises: it is -tanh(x), as with the two exponents exchanged.")
wrong("tanh_forward", "half_as_steep", SQUASH, lambda x: np.tanh(x / 2),
      "This is 2 * sigmoid(x) - 1, which rises half as steeply: tanh(x) is 2 * sigmoid(2 * x) - 1.")
wrong("tanh_forward", "sigmoid_instead", SQUASH, lambda x: right.sigmoid_forward(x)[0],
      "This is the sigmoid, from 0 to 1; tanh goes from -1 to 1.")

wrong("tanh_backward", "forgets_the_square", SQUASH_BACK, lambda dout, out: dout * (1 - out),
      "The derivative is 1 - out**2: the square is missing.")
wrong("tanh_backward", "forgets_dout", SQUASH_BACK, lambda dout, out: 1 - out**2,
      "1 - out**2 is the local derivative. The chain rule multiplies it by the upstream gradient dout.")
wrong("tanh_backward", "brackets_missing", SQUASH_BACK, lambda dout, out: dout * 1 - out**2,
      "dout * 1 - out**2 multiplies only the 1 by dout: put brackets around 1 - out**2.")
wrong("tanh_backward", "square_of_the_bracket", SQUASH_BACK, lambda dout, out: dout * (1 - out)**2,
      "The square belongs to out alone: the derivative is 1 - out**2, not (1 - out)**2.")
wrong("tanh_backward", "forgets_one_minus", SQUASH_BACK, lambda dout, out: dout * out**2,
      "dout was multiplied by out**2: the derivative is 1 - out**2, largest where out is 0.")
wrong("tanh_backward", "sign_turned", SQUASH_BACK, lambda dout, out: dout * (out**2 - 1),
      "The sign is turned: tanh rises everywhere, so its derivative 1 - out**2 is positive.")
wrong("tanh_backward", "takes_the_output_for_x", SQUASH_BACK, lambda dout, out: dout * (1 - np.tanh(out)**2),
      "This applies tanh once more: the cache holds its output already, not x.")
wrong("tanh_backward", "derivative_of_sigmoid", SQUASH_BACK, lambda dout, out: dout * out * (1 - out),
      "out * (1 - out) is the derivative of the sigmoid; tanh's is 1 - out**2.")
wrong("tanh_backward", "works_back_to_x", {A.STABLE},
      lambda dout, out: dout * (1 - quotient_of_exponentials(np.arctanh(out))**2),
      "Going back to x and forth with exponentials gives inf / inf where out is 1 or -1. The derivative 1 - out**2 "
      "needs no x.")

# -- ReLU -------------------------------------------------------------------------------------------------------

wrong("relu_forward", "absolute_value", RELU, lambda x: np.abs(x),
      "This is |x|: negative inputs come out as 0, not with their sign turned.")
wrong("relu_forward", "keeps_the_negative", RELU, lambda x: np.minimum(0, x),
      "This is min(0, x), what ReLU throws away. ReLU is max(0, x).")
wrong("relu_forward", "switch_only", RELU, lambda x: (x > 0).astype(x.dtype),
      "x > 0 says where ReLU is on. Its output there is x itself, not 1.")

wrong("relu_backward", "gate_on_dout", RELU_BACK, lambda dout, x: np.maximum(0, dout),
      "This is relu(dout): the gradient stops where x is not positive, not where dout is not.")
wrong("relu_backward", "forgets_dout", RELU_BACK, lambda dout, x: (x > 0).astype(dout.dtype),
      "This is the slope, 1 or 0. The chain rule multiplies it by the upstream gradient dout.")
wrong("relu_backward", "lets_everything_through", RELU_BACK, lambda dout, x: dout.copy(),
      "The gradient also went through where x < 0: ReLU's slope is 0 there.")
wrong("relu_backward", "times_the_output", RELU_BACK, lambda dout, x: dout * np.maximum(0, x),
      "dout was multiplied by the output. Where ReLU is on, its slope is 1.")
wrong("relu_backward", "gate_the_wrong_way", RELU_BACK, lambda dout, x: dout * (x < 0),
      "The gradient passes where x < 0 and stops where x > 0: it should be the other way round.")

wrong("relu_backward", "forward_again", RELU_BACK, lambda dout, x: np.maximum(0, x),
      "This is the output of the forward pass. Where ReLU is on, the gradient is dout.")
wrong("relu_backward", "times_x", RELU_BACK, lambda dout, x: dout * x,
      "dout was multiplied by x. Where x is positive, the slope is 1, elsewhere it is 0.")
wrong("relu_backward", "drops_what_stops", RELU_BACK, lambda dout, x: dout[x > 0],
      "dout[x > 0] picks out the numbers that pass and drops the others. dx has the shape of x: multiply dout by "
      "x > 0.")

# -- leaky ReLU -------------------------------------------------------------------------------------------------

wrong("leaky_relu_forward", "slope_written_in", {A.ALPHA}, lambda x, alpha=0.01: np.where(x > 0, x, 0.01 * x),
      "The slope 0.01 is written into the function: use the argument alpha.")
wrong("leaky_relu_forward", "does_not_leak", BEND, lambda x, alpha=0.01: np.maximum(0, x),
      "This is the plain ReLU: below 0 the leaky one lets alpha * x through.")
ALPHA_ITSELF = "Below 0 the output is alpha itself, as in max(alpha, x): it should be alpha times x."
wrong("leaky_relu_forward", "constant_below_zero", BEND, lambda x, alpha=0.01: np.maximum(x, alpha),
      ALPHA_ITSELF)
wrong("leaky_relu_forward", "alpha_below_zero", BEND,
      lambda x, alpha=0.01: np.where(x > 0, x, np.array(alpha, x.dtype)),
      ALPHA_ITSELF)
wrong("leaky_relu_forward", "scales_the_positive", BEND, lambda x, alpha=0.01: np.where(x > 0, alpha * x, x),
      "The slope is on the wrong side: positive inputs pass, negative ones are multiplied by alpha.")
wrong("leaky_relu_forward", "leaks_upwards", BEND, lambda x, alpha=0.01: np.where(x > 0, x, -alpha * x),
      "Negative inputs came out positive: alpha * x keeps the sign of x.")

wrong("leaky_relu_backward", "slope_written_in", {A.ALPHA},
      lambda dout, cache: np.where(cache[0] > 0, dout, 0.01 * dout),
      "The slope 0.01 is written into the backward pass: take alpha from the cache.")
wrong("leaky_relu_backward", "stops_below_zero", BEND_BACK, lambda dout, cache: dout * (cache[0] > 0),
      "This is the gradient of the plain ReLU: below 0 the leaky one passes alpha * dout.")
wrong("leaky_relu_backward", "gate_on_dout", BEND_BACK,
      lambda dout, cache: np.where(dout > 0, dout, cache[1] * dout),
      "The slope depends on the sign of x, not on the sign of dout.")
wrong("leaky_relu_backward", "keeps_x_below_zero", BEND_BACK,
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, cache[1] * cache[0]),
      "Below 0 this is alpha * x * dout. The derivative of alpha * x with respect to x is alpha alone.")
wrong("leaky_relu_backward", "forgets_dout_below_zero", BEND_BACK,
      lambda dout, cache: np.where(cache[0] > 0, dout, np.array(cache[1], dout.dtype)),
      "Below 0 this is alpha alone: the chain rule multiplies it by dout there too.")

wrong("leaky_relu_backward", "forgets_dout", BEND_BACK,
      lambda dout, cache: np.where(cache[0] > 0, 1, cache[1]).astype(dout.dtype),
      "This is the slope, 1 or alpha. The chain rule multiplies it by the upstream gradient dout.")
wrong("leaky_relu_backward", "scales_the_positive", BEND_BACK,
      lambda dout, cache: np.where(cache[0] > 0, cache[1] * dout, dout),
      "The slope is on the wrong side: it is 1 where x > 0, alpha elsewhere.")

# -- ELU --------------------------------------------------------------------------------------------------------

INFINITY_TIMES_ZERO = ("For x = 1000 the unused branch is exp(x) = inf, and inf * 0 is NaN. Take the exponential of "
                       "min(x, 0), or choose with np.where.")

wrong("elu_forward", "forgets_minus_one", ELU,
      lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))),
      "The -1 is missing: alpha * exp(x) jumps at 0, alpha * (exp(x) - 1) does not.")
wrong("elu_forward", "alpha_not_used", {A.ALPHA}, lambda x, alpha=1.0: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
      "alpha is not used: below 0 the output is alpha * (exp(x) - 1).")
wrong("elu_forward", "alpha_in_place_of_one", {A.ALPHA},
      lambda x, alpha=1.0: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - alpha),
      "exp(x) - alpha is right for alpha = 1 only: alpha multiplies all of exp(x) - 1.")
wrong("elu_forward", "brackets_missing", {A.ALPHA},
      lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1),
      "alpha * exp(x) - 1 is right for alpha = 1 only: put brackets around exp(x) - 1.")
wrong("elu_forward", "plain_relu", ELU, lambda x, alpha=1.0: np.maximum(0, x),
      "This is the plain ReLU: below 0 the output is alpha * (exp(x) - 1).")
wrong("elu_forward", "leaky_relu_instead", ELU, lambda x, alpha=1.0: np.where(x > 0, x, alpha * x),
      "This is the leaky ReLU, a straight line below 0. ELU bends: alpha * (exp(x) - 1).")
wrong("elu_forward", "sign_of_the_exponent", ELU,
      lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(-np.minimum(x, 0))),
      "The exponent is x, not -x: below 0 the output falls towards -alpha.")
wrong("elu_forward", "infinity_times_zero", {A.STABLE},
      lambda x, alpha=1.0: x * (x > 0) + alpha * (np.exp(x) - 1) * (x <= 0), INFINITY_TIMES_ZERO)

wrong("elu_backward", "alpha_not_used", {A.ALPHA},
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, np.exp(np.minimum(cache[0], 0))),
      "alpha is not used: below 0 the slope is alpha * exp(x).")
wrong("elu_backward", "output_plus_one", {A.ALPHA},
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, right.elu_forward(*cache)[0] + 1),
      "out + 1 is the slope for alpha = 1 only: in general it is out + alpha.")
wrong("elu_backward", "output_as_slope", ELU_BACK,
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, right.elu_forward(*cache)[0]),
      "Below 0 this multiplies by the output. The slope is alpha * exp(x), which is out + alpha.")
wrong("elu_backward", "slope_of_leaky_relu", ELU_BACK,
      lambda dout, cache: np.where(cache[0] > 0, dout, dout * cache[1]),
      "alpha alone is the slope of a leaky ReLU; ELU's falls off as alpha * exp(x).")
wrong("elu_backward", "x_for_the_output", ELU_BACK,
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, cache[0] + cache[1]),
      "x stands where the output belongs: below 0 the slope is out + alpha, which is alpha * exp(x).")
wrong("elu_backward", "forgets_dout", ELU_BACK,
      lambda dout, cache: np.where(cache[0] > 0, 1, cache[1] * np.exp(np.minimum(cache[0], 0))).astype(dout.dtype),
      "This is the slope, 1 or alpha * exp(x). The chain rule multiplies it by the upstream gradient dout.")
wrong("elu_backward", "forgets_dout_below_zero", ELU_BACK,
      lambda dout, cache: np.where(cache[0] > 0, dout, cache[1] * np.exp(np.minimum(cache[0], 0))).astype(dout.dtype),
      "Below 0 this is alpha * exp(x) alone: the chain rule multiplies it by dout there too.")
wrong("elu_backward", "stops_below_zero", ELU_BACK, lambda dout, cache: dout * (cache[0] > 0),
      "This is the gradient of the plain ReLU: below 0 ELU passes alpha * exp(x) * dout.")
wrong("elu_backward", "gate_on_dout", ELU_BACK,
      lambda dout, cache: dout * np.where(dout > 0, 1, cache[1] * np.exp(np.minimum(cache[0], 0))),
      "Which slope holds depends on the sign of x, not on the sign of dout.")
wrong("elu_backward", "infinity_times_zero", {A.STABLE},
      lambda dout, cache: dout * ((cache[0] > 0) + cache[1] * np.exp(cache[0]) * (cache[0] <= 0)), INFINITY_TIMES_ZERO)

# -- PReLU ------------------------------------------------------------------------------------------------------

wrong("prelu_forward", "one_slope_for_all", RELU, lambda x, a: np.where(x > 0, x, np.ravel(a)[0] * x),
      "One slope was used for all units: a of shape (D,) holds one for each column.")
wrong("prelu_forward", "scales_the_positive", PRELU, lambda x, a: np.where(x > 0, a * x, x),
      "The slope is on the wrong side: positive inputs pass, negative ones are multiplied by a.")
wrong("prelu_forward", "does_not_leak", PRELU, lambda x, a: np.maximum(0, x),
      "This is the plain ReLU: below 0 the output is a * x.")
wrong("prelu_forward", "needs_a_slope_for_each_column", {"conventions"},
      lambda x, a: np.stack([np.where(x[:, j] > 0, 1, a[j]) * x[:, j] for j in range(x.shape[1])], axis=1),
      "a[j] fails where a has shape (). Broadcasting a * x serves both cases.")
wrong("prelu_forward", "slopes_to_rows", {"edge sizes"},
      lambda x, a: np.where(x > 0, x, (a[:, None] if np.shape(a) == x.shape[:1] else a) * x),
      "Where the batch has as many rows as units, the slopes went to the rows: a belongs to the columns.")


def prelu_mistake(name, loses, teaches, dx=None, da=None):
    """Register a prelu_backward in which one gradient is replaced by a function of (dout, x, a)."""
    def backward(dout, cache):
        good = right.prelu_backward(dout, cache)
        return tuple(g if bad is None else bad(dout, *cache) for bad, g in zip((dx, da), good, strict=True))

    wrong("prelu_backward", name, loses, backward, teaches)


def squeezed_sum(dout, x, a):
    flat = dout.squeeze() * np.minimum(x.squeeze(), 0)
    return flat.sum(axis=0 if np.ndim(a) else None).reshape(np.shape(a))


prelu_mistake("dx_of_relu", {A.DX}, "dx is that of the plain ReLU: below 0 it is a * dout.",
              dx=lambda dout, x, a: dout * (x > 0))
prelu_mistake("dx_gate_on_dout", {A.DX}, "The slope depends on the sign of x, not on the sign of dout.",
              dx=lambda dout, x, a: np.where(dout > 0, dout, a * dout))
prelu_mistake("dx_forgets_dout", {A.DX}, "dx is the slope, 1 or a. The chain rule multiplies it by the upstream "
              "gradient dout.", dx=lambda dout, x, a: np.asarray(np.where(x > 0, 1, a), dout.dtype))
prelu_mistake("dx_forgets_dout_below_zero", {A.DX}, "Below 0 dx is a alone: the chain rule multiplies it by dout there "
              "too.", dx=lambda dout, x, a: np.asarray(np.where(x > 0, dout, a), dout.dtype))
prelu_mistake("dx_scales_the_positive", {A.DX}, "The slope is on the wrong side: dx is dout where x > 0, a * dout "
              "elsewhere.", dx=lambda dout, x, a: np.where(x > 0, a * dout, dout))
prelu_mistake("da_is_one_number", {A.DA}, "da is one number: sum() without an axis adds up the units, too. With a "
              "slope for each unit, sum over the rows only (axis=0).",
              da=lambda dout, x, a: (dout * np.minimum(x, 0)).sum())
prelu_mistake("da_without_upstream", {A.DA}, "The upstream gradient is missing in da: the derivative of a * x with "
              "respect to a is x, and the chain rule multiplies it by dout.",
              da=lambda dout, x, a: np.minimum(x, 0).sum(axis=0 if np.ndim(a) else None))
prelu_mistake("da_not_summed", {A.DA}, "da was not summed: every row used the same slope, so da adds up what all rows "
              "contribute, and has the shape of a.", da=lambda dout, x, a: dout * np.minimum(x, 0))
prelu_mistake("da_over_units", {A.DA}, "da was summed over the wrong axis: add up the rows, axis 0, so that one number "
              "is left for each unit.", da=lambda dout, x, a: (dout * np.minimum(x, 0)).sum(axis=1))
prelu_mistake("da_averaged", {A.DA}, "da is a mean over the rows here. The slope is used in every row, and what they "
              "contribute adds up.", da=lambda dout, x, a: (dout * np.minimum(x, 0)).mean(axis=0))
prelu_mistake("da_sign", {A.DA}, "The sign of da is turned: where the slope is used x is negative, and dout * x keeps "
              "that sign.", da=lambda dout, x, a: (dout * np.maximum(-x, 0)).sum(axis=0 if np.ndim(a) else None))
prelu_mistake("da_counts_positive_x", {A.DA}, "da also counts where x > 0, but the slope is not used there.",
              da=lambda dout, x, a: (dout * x).sum(axis=0 if np.ndim(a) else None))
prelu_mistake("da_forgets_x", {A.DA}, "da is the sum of dout here. The derivative of a * x with respect to a is x.",
              da=lambda dout, x, a: (dout * (x <= 0)).sum(axis=0 if np.ndim(a) else None))
prelu_mistake("da_always_per_unit", {"conventions"}, "With a of shape () all units share one slope: da is then summed "
              "over rows and columns, to a single number.", da=lambda dout, x, a: (dout * np.minimum(x, 0)).sum(axis=0))
prelu_mistake("squeezes_the_batch", {"edge sizes"}, "With a batch of one, np.squeeze drops the axis of the rows, and "
              "the sum over axis 0 adds up the units instead.", da=squeezed_sum)
reorder_results(right, "prelu_backward", "dx da", ("da dx", PRELU_BACK))

# -- maxout -----------------------------------------------------------------------------------------------------

wrong("maxout_forward", "adds_the_two", MAXOUT, lambda x, w1, b1, w2, b2: x @ w1 + b1 + x @ w2 + b2,
      "This adds the two affine functions: maxout takes the larger, entry by entry.")
wrong("maxout_forward", "takes_the_smaller", MAXOUT, lambda x, w1, b1, w2, b2: np.minimum(x @ w1 + b1, x @ w2 + b2),
      "This takes the smaller of the two affine functions: maxout takes the larger.")
wrong("maxout_forward", "forgets_the_biases", MAXOUT, lambda x, w1, b1, w2, b2: np.maximum(x @ w1, x @ w2),
      "The biases are missing: each affine function is x @ w + b.")
wrong("maxout_forward", "relu_of_the_first", MAXOUT, lambda x, w1, b1, w2, b2: np.maximum(0, x @ w1 + b1),
      "This is the ReLU of the first function: maxout compares it with the second, not with 0.")
wrong("maxout_forward", "squeezes_x", {"edge sizes"}, lambda x, w1, b1, w2, b2: np.maximum(
    x.squeeze() @ w1 + b1, x.squeeze() @ w2 + b2).reshape(len(x), -1),
      "np.squeeze turns a single feature into no feature axis at all, and x @ w no longer fits. Leave x as it is.")


wrong("maxout_forward", "max_without_axis", MAXOUT,
      lambda x, w1, b1, w2, b2: np.max([x @ w1 + b1, x @ w2 + b2]),
      "np.max without an axis gives one number, the largest of all. np.maximum(z1, z2) takes the larger, entry by "
      "entry.")


@mistake("maxout_forward", {A.INPUTS}, "z1 -= z2 and the like are fine on your own arrays; here the "
                                                    "caller's w1 or b1 was changed. Write w1 - w2 into a new array.")
def subtracts_in_place(x, w1, b1, w2, b2):
    result = right.maxout_forward(x, w1, b1, w2, b2)
    w1 -= w2
    return result


def maxout_mistake(name, loses, teaches, **bad):
    """Register a maxout_backward in which the named gradients are functions of (dout, x, w1, w2, first)."""
    def backward(dout, cache):
        good = dict(zip(("dx", "dw1", "db1", "dw2", "db2"), right.maxout_backward(dout, cache), strict=True))
        return tuple({**good, **{k: f(dout, *cache) for k, f in bad.items()}}.values())

    wrong("maxout_backward", name, loses, backward, teaches)


maxout_mistake("db_all_of_dout", {A.DB}, "db sums all of dout for both functions: leave out the entries that the other "
               "one won.", db1=lambda dout, *_: dout.sum(axis=0), db2=lambda dout, *_: dout.sum(axis=0))
maxout_mistake("dw_all_of_dout", {A.DW}, "dw takes all of dout for both functions: leave out the entries that the "
               "other one won.", dw1=lambda dout, x, *_: x.T @ dout, dw2=lambda dout, x, *_: x.T @ dout)
maxout_mistake("dx_all_of_dout", {A.DX}, "dx takes all of dout through both functions: each entry goes back through "
               "the one that won it.", dx=lambda dout, x, w1, w2, first: dout @ w1.T + dout @ w2.T)
maxout_mistake("both_get_everything", MAXOUT_BACK, "Both functions got all of dout: an entry goes only to the one that "
               "was larger there.",
               dx=lambda dout, x, w1, w2, first: dout @ w1.T + dout @ w2.T,
               dw1=lambda dout, x, *_: x.T @ dout, db1=lambda dout, *_: dout.sum(axis=0),
               dw2=lambda dout, x, *_: x.T @ dout, db2=lambda dout, *_: dout.sum(axis=0))
maxout_mistake("dx_through_w1_only", {A.DX}, "dx has only the part through w1: x feeds both functions, so add the part "
               "through w2.", dx=lambda dout, x, w1, w2, first: (dout * first) @ w1.T)
maxout_mistake("db_averaged", {A.DB}, "db is a mean over the batch here. b is added to every row, so db is the sum.",
               db1=lambda dout, x, w1, w2, first: (dout * first).mean(axis=0),
               db2=lambda dout, x, w1, w2, first: (dout * ~first).mean(axis=0))
maxout_mistake("dw_averaged", {A.DW}, "dw was divided by the batch size. That belongs to the loss, which is a mean, "
               "and is in dout already.",
               dw1=lambda dout, x, w1, w2, first: x.T @ (dout * first) / len(x),
               dw2=lambda dout, x, w1, w2, first: x.T @ (dout * ~first) / len(x))
maxout_mistake("db_is_one_number", {A.DB}, "db is one number: sum() without an axis adds up the units, too. Sum over "
               "the batch only (axis=0).", db1=lambda dout, x, w1, w2, first: (dout * first).sum(),
               db2=lambda dout, x, w1, w2, first: (dout * ~first).sum())
maxout_mistake("db_along_the_rows", {A.DB}, "db is summed along the rows: one number for each example. Sum over the "
               "batch (axis=0).", db1=lambda dout, x, w1, w2, first: (dout * first).sum(axis=1),
               db2=lambda dout, x, w1, w2, first: (dout * ~first).sum(axis=1))
maxout_mistake("dw_transposed", {A.DW}, "dw is transposed: dout.T @ x has the shape (M, D), and w is (D, M).",
               dw1=lambda dout, x, w1, w2, first: (dout * first).T @ x,
               dw2=lambda dout, x, w1, w2, first: (dout * ~first).T @ x)
maxout_mistake("dx_through_the_other", {A.DX}, "The weights are exchanged in dx: what the first function won goes back "
               "through w1, the rest through w2.",
               dx=lambda dout, x, w1, w2, first: (dout * first) @ w2.T + (dout * ~first) @ w1.T)
wrong("maxout_backward", "forgets_dout", MAXOUT_BACK,
      lambda dout, cache: right.maxout_backward(np.ones_like(dout), cache),
      "The upstream gradient is missing: the masks alone, as if dout were all ones. The chain rule multiplies them by "
      "dout.")
maxout_mistake("db_with_a_row_axis", {A.SHAPE}, "keepdims=True leaves the row axis: db has the shape of b, (M,), not "
               "(1, M).", db1=lambda dout, x, w1, w2, first: (dout * first).sum(axis=0, keepdims=True))
maxout_mistake("squeezes_the_rows", {"edge sizes"}, "np.squeeze turns a batch of one into no batch axis at all, and "
               "x.T @ dout no longer fits.",
               dw1=lambda dout, x, w1, w2, first: (x.squeeze().T @ (dout * first)).reshape(w1.shape))
reorder_results(right, "maxout_backward", "dx dw1 db1 dw2 db2", ("dx dw1 dw2 db1 db2", {A.DW, A.DB}),
                ("dx db1 dw1 db2 dw2", {A.DW, A.DB}), ("dx dw2 db2 dw1 db1", {A.DW, A.DB}),
                ("dw1 db1 dw2 db2 dx", MAXOUT_BACK), ("dw1 dw2 db1 db2 dx", MAXOUT_BACK))
wrong("maxout_backward", "loser_takes_all", MAXOUT_BACK,
      lambda dout, cache: right.maxout_backward(dout, (*cache[:3], ~cache[3])),
      "Winner and loser are exchanged: the larger function gets the gradient.")


@mistake("maxout_backward", {A.INPUTS}, "dout[...] = 0 changed the caller's dout: multiply it by the mask "
                                                     "into a new array.")
def zeroes_dout(dout, cache):
    result = right.maxout_backward(dout, cache)
    dout[~cache[3]] = 0
    return result


# -- saturated_fraction and dead_units --------------------------------------------------------------------------

SHARE = {A.VALUES, "conventions", "edge sizes"}


def near(out, low, high, margin):
    return (out <= low + margin) | (out >= high - margin)


wrong("saturated_fraction", "high_bound_only", {A.VALUES},
      lambda out, low, high, margin=0.05: float(np.mean(out >= high - margin * (high - low))),
      "Only the high bound was counted: a sigmoid near 0 is as flat as one near 1.")
wrong("saturated_fraction", "low_bound_only", {A.VALUES},
      lambda out, low, high, margin=0.05: float(np.mean(out <= low + margin * (high - low))),
      "Only the low bound was counted: a sigmoid near 1 is as flat as one near 0.")
wrong("saturated_fraction", "near_both_at_once", SHARE, lambda out, low, high, margin=0.05: float(np.mean(
    (out <= low + margin * (high - low)) & (out >= high - margin * (high - low)))),
      "No number is near both bounds at once: join the two conditions with or, not with and.")
wrong("saturated_fraction", "count_instead_of_share", SHARE,
      lambda out, low, high, margin=0.05: float(np.sum(near(out, low, high, margin * (high - low)))),
      "This is how many are saturated. The share is that number divided by all, out.size.")
wrong("saturated_fraction", "divides_by_rows", {A.VALUES, "edge sizes"},
      lambda out, low, high, margin=0.05: float(np.sum(near(out, low, high, margin * (high - low))) / len(out)),
      "The count was divided by the number of rows. The share is among all entries: divide by out.size.")
wrong("saturated_fraction", "margin_not_scaled", {"conventions"},
      lambda out, low, high, margin=0.05: float(np.mean(near(out, low, high, margin))),
      "The margin is a share of the range: near means within margin * (high - low) of a bound.")
wrong("saturated_fraction", "margin_times_high", {"conventions"},
      lambda out, low, high, margin=0.05: float(np.mean(near(out, low, high, margin * high))),
      "The range is high - low. margin * high is the same only where low is 0.")
wrong("saturated_fraction", "margin_written_in", {"conventions"},
      lambda out, low, high, margin=0.05: float(np.mean(near(out, low, high, 0.05 * (high - low)))),
      "0.05 is written into the function: use the argument margin.")


@mistake("saturated_fraction", {A.INPUTS}, "out -= low shifted the caller's activations: write out - low "
                                                        "into a new array.")
def shifts_out_in_place(out, low, high, margin=0.05):
    fraction = right.saturated_fraction(out, low, high, margin)
    out -= low + 1
    return fraction


@mistake("saturated_fraction", {"edge sizes"}, "This needs exactly two axes: out may have any shape. np.mean goes over "
                                               "all entries by itself.")
def for_two_axes_only(out, low, high, margin=0.05):
    n, h = out.shape
    return float(near(out, low, high, margin * (high - low)).sum() / (n * h))


wrong("dead_units", "off_once_is_dead", {A.VALUES, "edge sizes"}, lambda out: (out <= 0).any(axis=0),
      "A unit that is off for some example is not dead yet: it is dead if it is off for all of them.")
wrong("dead_units", "per_example", {A.VALUES, "edge sizes"}, lambda out: ~(out > 0).any(axis=1),
      "This asks for each example whether all units are off. Go over the rows, axis 0, to ask it for each unit.")
wrong("dead_units", "alive_instead", {A.VALUES, "edge sizes"}, lambda out: (out > 0).any(axis=0),
      "These are the units that live: the dead are the others.")
wrong("dead_units", "small_mean_is_dead", {A.VALUES, "edge sizes"}, lambda out: out.mean(axis=0) < 0.01,
      "A unit with a small mean may still be on for one example, which sends it a gradient: dead means never positive.")
wrong("dead_units", "below_zero_at_the_output", {A.VALUES, "edge sizes"}, lambda out: np.all(out < 0, axis=0),
      "No output of a ReLU is negative: where z is negative, out is 0. A unit is dead if no row of out is positive.")
wrong("dead_units", "mostly_off_is_dead", {A.VALUES, "edge sizes"}, lambda out: np.median(out, axis=0) == 0,
      "A median of 0 says that the unit is off for half of the examples. It is dead if it is off for all of them.")
wrong("dead_units", "first_example_only", {A.VALUES, "edge sizes"}, lambda out: out[0] <= 0,
      "Only the first example was asked. A unit is dead if no example of the batch switches it on.")
wrong("dead_units", "constant_is_dead", {"edge sizes"}, lambda out: out.std(axis=0) == 0,
      "A unit whose output does not vary need not be dead: in a batch of one, none varies. Ask for out > 0.")
wrong("dead_units", "row_axis_kept", {A.SHAPE}, lambda out: ~(out > 0).any(axis=0, keepdims=True),
      "keepdims=True leaves the row axis: the answer has one entry a unit, shape (H,).")
wrong("dead_units", "ones_and_zeros", {A.DTYPE}, lambda out: (~(out > 0).any(axis=0)).astype(int),
      "These are numbers, 1 and 0: ~ and boolean indexing need the bool array that a comparison gives.")


@mistake("dead_units", {A.INPUTS}, "out[out > 0] = 1 overwrote the caller's activations: out > 0 is an "
                                                "array of its own.")
def marks_in_place(out):
    out[out > 0] = 2
    return out.sum(axis=0) == 0


wrong("saturated_fraction", "percent", SHARE,
      lambda out, low, high, margin=0.05: 100 * float(np.mean(near(out, low, high, margin * (high - low)))),
      "This is a number of percent. The share goes from 0 to 1.")
wrong("saturated_fraction", "per_unit", {A.VALUES, "edge sizes"},
      lambda out, low, high, margin=0.05: near(out, low, high, margin * (high - low)).mean(axis=0),
      "This is a share for each unit: the mean has an axis. Take it over all entries.")
wrong("saturated_fraction", "open_share", SHARE,
      lambda out, low, high, margin=0.05: 1 - float(np.mean(near(out, low, high, margin * (high - low)))),
      "This is the share that is not saturated: 1 minus what is asked for.")
wrong("dead_units", "axis_forgotten", {A.VALUES, "edge sizes"}, lambda out: ~(out > 0).any(),
      "any() or all() without an axis gives one answer for the whole layer. Ask each unit: axis=0.")
wrong("dead_units", "counts_them", {A.VALUES, "edge sizes"}, lambda out: np.sum(~(out > 0).any(axis=0)),
      "This is how many units are dead. The answer has one entry for each unit, True where it is dead.")
wrong("dead_units", "their_indices", {A.VALUES, "edge sizes"}, lambda out: np.where(~(out > 0).any(axis=0))[0],
      "These are the indices of the dead units. The answer has one entry for each unit, True where it is dead.")

# -- more of what is written by hand ------------------------------------------------------------------------------

wrong("sigmoid_forward", "stable_branch_for_all", {"edge sizes", A.STABLE, A.VALUES},
      lambda x: 1 / (1 + np.exp(-np.abs(x))),
      "Negative inputs give what positive ones give: 1 / (1 + exp(-|x|)) is for x >= 0. Below 0 it is z / (1 + z), "
      "with z = exp(x).")
wrong("sigmoid_forward", "other_branch_for_all", {"edge sizes", A.STABLE, A.VALUES},
      lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))),
      "Positive inputs give what negative ones give: z / (1 + z) with z = exp(-|x|) is for x < 0. From 0 on it is "
      "1 / (1 + z).")
wrong("sigmoid_forward", "twice_as_steep", {"edge sizes", A.STABLE, A.VALUES}, lambda x: (1 + np.tanh(x)) / 2,
      "This rises twice as steeply: (1 + tanh(x)) / 2 is sigmoid(2 * x). With x / 2 in it, it would be the sigmoid.")
wrong("sigmoid_forward", "tanh_instead", {"edge sizes", A.STABLE, A.VALUES}, lambda x: np.tanh(x),
      "This is tanh, from -1 to 1; the sigmoid goes from 0 to 1.")
wrong("sigmoid_backward", "plus_in_the_bracket", {"edge sizes", A.DX, A.STABLE},
      lambda dout, out: dout * out * (1 + out),
      "The derivative is out * (1 - out): there is a plus in the bracket.")
wrong("sigmoid_backward", "out_once_more", {"edge sizes", A.DX, A.STABLE},
      lambda dout, out: dout * out**2 * (1 - out),
      "There is one out too many: the derivative is out * (1 - out).")
wrong("tanh_forward", "forgets_minus_one", {"edge sizes", A.STABLE, A.VALUES},
      lambda x: 2 * right.sigmoid_forward(2 * x)[0],
      "This goes from 0 to 2: the -1 is missing in 2 * sigmoid(2 * x) - 1.")
wrong("tanh_forward", "forgets_to_double", {"edge sizes", A.STABLE, A.VALUES},
      lambda x: right.sigmoid_forward(2 * x)[0] * 1 - 1,
      "This goes from -1 to 0: the factor 2 in front is missing in 2 * sigmoid(2 * x) - 1.")
wrong("tanh_backward", "plus_in_the_bracket", {"edge sizes", A.DX, A.STABLE},
      lambda dout, out: dout * (1 + out**2), "The derivative is 1 - out**2: there is a plus in the bracket.")
wrong("relu_forward", "largest_of_each_column", {"edge sizes", A.VALUES}, lambda x: np.max(x, 0),
      "np.max(x, 0) is the largest number along axis 0. np.maximum(0, x) compares every number with 0.")
wrong("relu_forward", "largest_of_all", {"edge sizes", A.VALUES}, lambda x: np.max(x),
      "np.max(x) is the largest of all numbers. np.maximum(0, x) compares every number with 0.")
wrong("relu_forward", "largest_of_two_objects", RELU | {A.SHAPE, A.DTYPE}, lambda x: max(0, x),
      "Python's max compares two whole objects and cannot choose entry by entry. np.maximum(0, x) can.")
wrong("relu_forward", "array_for_an_axis", RELU | {A.SHAPE, A.DTYPE}, lambda x: np.max(0, x),
      "np.max looks for the largest entry of one array, and takes what comes second for an axis. np.maximum(0, x) "
      "compares every number with 0.")
wrong("relu_forward", "capped_at_one", {"edge sizes", A.VALUES}, lambda x: np.clip(x, 0, 1),
      "The output is cut off at 1. ReLU has no upper bound: a positive number stays as it is.")
wrong("relu_forward", "leaks", {"edge sizes", A.VALUES}, lambda x: np.where(x > 0, x, 0.01 * x),
      "This is a leaky ReLU, with 0.01 * x below 0. ReLU is 0 there.")
wrong("relu_forward", "keeps_the_positive_only", {"edge sizes", A.VALUES}, lambda x: x[x > 0],
      "x[x > 0] picks out the positive numbers and drops the others. The output has the shape of x: zeros stand for "
      "them.")
wrong("relu_backward", "leaks", {"edge sizes", A.DX}, lambda dout, x: np.where(x > 0, dout, 0.01 * dout),
      "This is the gradient of a leaky ReLU, with 0.01 * dout below 0. ReLU's slope is 0 there.")
wrong("relu_backward", "gate_on_both", {"edge sizes", A.DX}, lambda dout, x: dout * (x > 0) * (dout > 0),
      "Negative gradients are stopped, too. Only the sign of x decides: where x > 0, dout passes whatever its sign.")
wrong("relu_backward", "negative_slope_below_zero", {"edge sizes", A.DX},
      lambda dout, x: np.where(x > 0, dout, -dout),
      "Below 0 this is -dout, the slope of |x|. ReLU's slope is 0 there.")

for bend, slope in (("leaky_relu", "alpha"), ("prelu", "a")):
    wrong(f"{bend}_forward", "slope_of_one_more", BEND if bend == "leaky_relu" else PRELU,
          lambda x, s=0.01, **named: np.where(x > 0, x, x + (named.get("alpha", s)) * x),
          f"Below 0 the slope is 1 + {slope}: {slope} * x is added to x, and should take its place.")
    wrong(f"{bend}_forward", "slope_for_all", BEND if bend == "leaky_relu" else PRELU,
          lambda x, s=0.01, **named: named.get("alpha", s) * x,
          f"Positive inputs are multiplied by {slope}, too. Above 0 the output is x itself.")
    wrong(f"{bend}_forward", "leak_added_everywhere", BEND if bend == "leaky_relu" else PRELU,
          lambda x, s=0.01, **named: np.maximum(0, x) + named.get("alpha", s) * x,
          f"Above 0 the slope is 1 + {slope}: {slope} * x is added there, too. It belongs below 0 alone.")
wrong("prelu_forward", "leaks_upwards", {"conventions", "edge sizes", A.VALUES},
      lambda x, a: np.where(x > 0, x, -a * x),
      "The sign of the slope is turned: below 0 the output is a * x.")
wrong("prelu_forward", "slope_itself_below_zero", {"conventions", "edge sizes", A.VALUES},
      lambda x, a: np.where(x > 0, x, a), "Below 0 the output is a itself: it should be a times x.")
wrong("leaky_relu_backward", "sign_turned_below_zero", {"edge sizes", A.ALPHA, A.DX},
      lambda dout, cache: np.where(cache[0] > 0, dout, -cache[1] * dout),
      "The sign is turned below 0: the slope there is alpha, not -alpha.")
wrong("leaky_relu_backward", "slope_of_one_more", {"edge sizes", A.ALPHA, A.DX},
      lambda dout, cache: np.where(cache[0] > 0, dout, (1 + cache[1]) * dout),
      "Below 0 the slope is 1 + alpha here. It is alpha.")
wrong("leaky_relu_backward", "slope_for_all", {"edge sizes", A.ALPHA, A.DX},
      lambda dout, cache: cache[1] * dout, "Where x > 0, dout is multiplied by alpha, too. The slope there is 1.")
wrong("leaky_relu_backward", "lets_everything_through", {"edge sizes", A.ALPHA, A.DX},
      lambda dout, cache: dout.copy(), "dout comes out as it went in: below 0 the slope alpha is missing.")

prelu_mistake("dx_is_dout", {A.DX}, "dx is dout as it came: below 0 the slope a is missing.",
              dx=lambda dout, x, a: dout.copy())
prelu_mistake("dx_slope_of_one_more", {A.DX},
              "Below 0 the slope in dx is 1 + a. It is a.",
              dx=lambda dout, x, a: np.where(x > 0, dout, dout + a * dout))
prelu_mistake("dx_slope_for_all", {A.DX},
              "Where x > 0, dx is multiplied by a, too. The slope there is 1.", dx=lambda dout, x, a: a * dout)
prelu_mistake("da_averaged_over_all", {A.DA},
              "da is a mean over the rows here. The slope is used in every row, and what they contribute adds up.",
              da=lambda dout, x, a: (dout * np.minimum(x, 0)).mean(axis=0 if np.ndim(a) else None))
prelu_mistake("da_divided_by_n", {A.DA},
              "da is a mean over the rows here. The slope is used in every row, and what they contribute adds up.",
              da=lambda dout, x, a: (dout * np.minimum(x, 0)).sum(axis=0 if np.ndim(a) else None) / len(x))
prelu_mistake("da_over_units_if_there_are_some", {A.DA},
              "da was summed over the wrong axis: add up the rows, axis 0, so that one number is left for each unit.",
              da=lambda dout, x, a: (dout * np.minimum(x, 0)).sum(axis=1 if np.ndim(a) else None))
prelu_mistake("da_of_the_positive", {A.DA},
              "da collects what comes from x > 0, where the slope is not used. It is used where x <= 0.",
              da=lambda dout, x, a: (dout * np.maximum(x, 0)).sum(axis=0 if np.ndim(a) else None))
prelu_mistake("da_of_all_for_each_unit", {A.DA},
              "da also counts where x > 0, but the slope is not used there.",
              da=lambda dout, x, a: (dout * x).sum(axis=0))
prelu_mistake("da_with_the_slope", {A.DA},
              "da is multiplied by a. The derivative of a * x with respect to a is x alone.",
              da=lambda dout, x, a: (dout * np.minimum(x, 0) * a).sum(axis=0 if np.ndim(a) else None))

wrong("elu_forward", "alpha_in_the_exponent", {A.ALPHA},
      lambda x, alpha=1.0: np.where(x > 0, x, np.expm1(alpha * np.minimum(x, 0))),
      "alpha stands in the exponent. It multiplies exp(x) - 1 from outside.")
wrong("elu_forward", "curved_on_both_sides", {"edge sizes", A.ALPHA, A.STABLE, A.VALUES},
      lambda x, alpha=1.0: alpha * np.expm1(np.minimum(x, 500)).astype(x.dtype),
      "Positive inputs are curved, too. Above 0 the output is x itself.")
wrong("elu_forward", "sign_turned_below_zero", {"edge sizes", A.ALPHA, A.STABLE, A.VALUES},
      lambda x, alpha=1.0: np.where(x > 0, x, -alpha * np.expm1(np.minimum(x, 0))),
      "The sign is turned below 0: alpha * (exp(x) - 1) is negative there.")
wrong("elu_backward", "wrong_side", {"edge sizes", A.ALPHA, A.DX, A.STABLE},
      lambda dout, cache: dout * np.where(cache[0] > 0, cache[1] * np.exp(np.minimum(cache[0], 500)), 1).astype(
          dout.dtype),
      "The two sides are exchanged: the slope is 1 where x > 0, and alpha * exp(x) elsewhere.")
wrong("elu_backward", "exp_of_the_output", {"edge sizes", A.ALPHA, A.DX, A.STABLE},
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, cache[1] * np.exp(right.elu_forward(*cache)[0].clip(max=0))),
      "The exponential is taken of the output. Below 0 the slope is alpha * exp(x), which is out + alpha.")
wrong("elu_backward", "lets_everything_through", {"edge sizes", A.ALPHA, A.DX, A.STABLE},
      lambda dout, cache: dout.copy(), "dout comes out as it went in: below 0 the slope alpha * exp(x) is missing.")
wrong("elu_backward", "x_kept_below_zero", {"edge sizes", A.ALPHA, A.DX, A.STABLE},
      lambda dout, cache: dout * np.where(cache[0] > 0, 1, cache[1] * cache[0] * np.exp(np.minimum(cache[0], 0))),
      "Below 0 there is a factor x too many: the derivative of alpha * exp(x) is alpha * exp(x).")

wrong("maxout_forward", "first_alone", {"edge sizes", A.VALUES}, lambda x, w1, b1, w2, b2: x @ w1 + b1,
      "This is the first affine function alone: maxout takes the larger of the two.")
wrong("maxout_forward", "mean_of_the_two", {"edge sizes", A.VALUES},
      lambda x, w1, b1, w2, b2: (x @ w1 + b1 + x @ w2 + b2) / 2,
      "This is the mean of the two affine functions: maxout takes the larger, entry by entry.")
wrong("maxout_forward", "biases_after_the_maximum", {"edge sizes", A.VALUES},
      lambda x, w1, b1, w2, b2: np.maximum(x @ w1, x @ w2) + b1 + b2,
      "The biases are added after the maximum. Each belongs to its own function, and decides, too, which is larger.")
maxout_mistake("dx_through_w2_only", {A.DX},
               "dx has only the part through w2: x feeds both functions, so add the part through w1.",
               dx=lambda dout, x, w1, w2, first: (dout * ~first) @ w2.T)
maxout_mistake("dw_without_dout", {A.DW},
               "The upstream gradient is missing in dw: multiply the masks by dout.",
               dw1=lambda dout, x, w1, w2, first: x.T @ first.astype(x.dtype),
               dw2=lambda dout, x, w1, w2, first: x.T @ (~first).astype(x.dtype))
maxout_mistake("db_without_dout", {A.DB},
               "The upstream gradient is missing in db: it counts the rows that each function won. Sum dout there.",
               db1=lambda dout, x, w1, w2, first: first.astype(x.dtype).sum(axis=0),
               db2=lambda dout, x, w1, w2, first: (~first).astype(x.dtype).sum(axis=0))

saturated = partial(wrong, "saturated_fraction")
saturated("absolute_value_against_high", {A.VALUES},
          lambda out, low, high, margin=0.05: float(np.mean(np.abs(out) >= high - margin * (high - low))),
          "|out| is compared with high alone. That is right for bounds such as -1 and 1; from 0 to 1 the low end is "
          "missed.")
saturated("half_a_margin", {"conventions", "edge sizes", A.VALUES},
          lambda out, low, high, margin=0.05: right.saturated_fraction(out, low, high, margin / 2),
          "The margin is halved. Near means within the whole of margin * (high - low), at either end.")
saturated("margin_doubled", {"conventions", "edge sizes", A.VALUES},
          lambda out, low, high, margin=0.05: right.saturated_fraction(out, low, high, 2 * margin),
          "The margin is doubled. Near means within margin * (high - low) of a bound.")
wrong("dead_units", "share_of_zeros", {"edge sizes", A.VALUES}, lambda out: (out == 0).mean(axis=0),
      "This is the share of examples for which each unit is off. The question is whether it is off for all of them.")

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

for way in ("forward", "backward"):
    for stem in ("sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "maxout"):
        register_misread(right, f"{stem}_{way}")
