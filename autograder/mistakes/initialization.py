"""Known mistakes in ``cs231n_lib.initialization``."""

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import WAYS, reorder_results

right = reference.load("initialization")
A = reference.load_aspects("initialization")

SHAPE = "These weights are (fan_out, fan_in). Here they are (fan_in, fan_out), so that x @ w works."
DTYPE = "The weights are float32. Initial weights are float64, NumPy's default."
GLOBAL = "The numbers do not come from rng, so nobody can repeat your weights. Use rng.standard_normal, not np.random."
SEEDED = "Every call gives the same weights: a generator is seeded inside the function. Use the argument rng."
UNIFORM = "The distribution is uniform. A Gaussian is asked for: rng.standard_normal times its standard deviation."
NARROW = "A uniform distribution from -s to s has the standard deviation s / sqrt(3), and a Gaussian is asked for."
RAND = "rng.random draws from 0 to 1, so all weights are positive. A Gaussian around 0 is rng.standard_normal."
TWO_NUMBERS = "The size is one tuple: rng.standard_normal((fan_in, fan_out)). A second number is taken for the dtype."
BRACKETS = "The variance is 2 / fan_in + fan_out: brackets are missing (and the workbook asks for {} / fan_in)."
WHOLE = ("{0} // fan_in divides whole numbers and gives 0 for more than {0} inputs, so all weights are 0. Write "
         "{0} / fan_in.")
LOC = "The first argument of rng.normal is the mean, which should be 0; the second is the standard deviation."

# -- the same number everywhere -----------------------------------------------------------------------------------


@mistake("zero_init", {A.VALUES}, "These weights are 1, not 0.")
def ones(fan_in, fan_out):
    return np.ones((fan_in, fan_out))


@mistake("zero_init", {A.VALUES}, "np.zeros takes the shape as one tuple: np.zeros((fan_in, fan_out)).")
def zeros_of_two_numbers(fan_in, fan_out):
    return np.zeros(fan_in, fan_out)


@mistake("zero_init", {A.VALUES},
         "These weights are small but not 0. What exact zeros do is what the notebook shows.")
def nearly_zero(fan_in, fan_out):
    return 1e-4 * np.random.default_rng(0).standard_normal((fan_in, fan_out))


@mistake("zero_init", {A.SHAPE}, SHAPE)
def zeros_transposed(fan_in, fan_out):
    return np.zeros((fan_out, fan_in))


@mistake("zero_init", {A.DTYPE}, "These zeros are integers. An update like w -= 0.1 * dw fails on them.")
def integer_zeros(fan_in, fan_out):
    return np.zeros((fan_in, fan_out), dtype=int)


@mistake("constant_init", {A.VALUES}, "The argument value is not used.")
def ignores_value(fan_in, fan_out, value):
    return np.ones((fan_in, fan_out))


@mistake("constant_init", {A.VALUES},
         "value is divided by sqrt(fan_in). A constant is taken as it is; scaling by the layer's size comes with "
         "Xavier.")
def scaled_constant(fan_in, fan_out, value):
    return np.full((fan_in, fan_out), value / np.sqrt(fan_in))


@mistake("constant_init", {A.VALUES},
         "value is taken as the standard deviation of random weights. Here all are equal.")
def random_constant(fan_in, fan_out, value):
    return value * np.random.default_rng(0).standard_normal((fan_in, fan_out))


@mistake("constant_init", {A.VALUES}, "np.full takes the shape as one tuple: np.full((fan_in, fan_out), value).")
def full_of_two_numbers(fan_in, fan_out, value):
    return np.full(fan_in, fan_out, value)


@mistake("constant_init", {A.VALUES}, "value is cut off to a whole number: leave dtype=int out.")
def whole_number(fan_in, fan_out, value):
    return np.full((fan_in, fan_out), int(value), dtype=float)


@mistake("constant_init", {A.SHAPE}, SHAPE)
def constant_transposed(fan_in, fan_out, value):
    return np.full((fan_out, fan_in), float(value))


@mistake("constant_init", {A.DTYPE}, DTYPE)
def constant_in_float32(fan_in, fan_out, value):
    return np.full((fan_in, fan_out), value, dtype=np.float32)


# -- random weights -------------------------------------------------------------------------------------------------


def gaussian(fan_in, fan_out, rng, std):
    """Draw weights of a given standard deviation."""
    return std * rng.standard_normal((fan_in, fan_out))


def common_mistakes(function, spread):
    """Register what goes wrong in all of them; ``spread(fan_in, ...)`` is right, given the function's own arguments."""
    own_aspects = {"small_random_init": {"conventions"}, "scaled_init": {"any activation"}}
    lost_without_weights = {A.MEAN, A.SPREAD, "distribution", "uses rng"} | own_aspects.get(function, set())

    @mistake(function, {"distribution"}, UNIFORM)
    def uniform(fan_in, fan_out, rng, *given, **named):
        limit = np.sqrt(3) * spread(fan_in, *given, **named)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @mistake(function, {A.SPREAD, "distribution"}, NARROW)
    def narrow_uniform(fan_in, fan_out, rng, *given, **named):
        limit = spread(fan_in, *given, **named)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @mistake(function, {A.MEAN, A.SPREAD, "distribution"}, RAND)
    def rand_for_randn(fan_in, fan_out, rng, *given, **named):
        return spread(fan_in, *given, **named) * rng.random((fan_in, fan_out))

    @mistake(function, {A.MEAN}, LOC)
    def spread_as_mean(fan_in, fan_out, rng, *given, **named):
        std = spread(fan_in, *given, **named)
        return rng.normal(std, std, (fan_in, fan_out))

    @mistake(function, {"uses rng"}, GLOBAL)
    def global_random(fan_in, fan_out, rng, *given, **named):
        return spread(fan_in, *given, **named) * np.random.randn(fan_in, fan_out)  # noqa: NPY002

    @mistake(function, {"uses rng"}, SEEDED)
    def seeds_its_own(fan_in, fan_out, rng, *given, **named):
        return gaussian(fan_in, fan_out, np.random.default_rng(0), spread(fan_in, *given, **named))

    @mistake(function, lost_without_weights, TWO_NUMBERS)
    def size_as_two_numbers(fan_in, fan_out, rng, *given, **named):
        return spread(fan_in, *given, **named) * rng.standard_normal(fan_in, fan_out)

    @mistake(function, {A.SHAPE}, SHAPE)
    def transposed(fan_in, fan_out, rng, *given, **named):
        return gaussian(fan_out, fan_in, rng, spread(fan_in, *given, **named))

    @mistake(function, {A.DTYPE}, DTYPE)
    def in_float32(fan_in, fan_out, rng, *given, **named):
        return gaussian(fan_in, fan_out, rng, spread(fan_in, *given, **named)).astype(np.float32)


Z = np.linspace(-8, 8, 4001)


def mean_over_normal(values):
    """Return the mean of what a function gives for the numbers ``Z``, as a standard normal signal has them."""
    return np.average(values, weights=np.exp(-Z**2 / 2))


def right_spread(fan_in, activation):
    """Return the standard deviation that scaled_init asks for."""
    return 1 / np.sqrt(fan_in * mean_over_normal(activation(Z) ** 2))


common_mistakes("small_random_init", lambda fan_in, std=0.01: std)
common_mistakes("xavier_init", lambda fan_in: np.sqrt(1 / fan_in))
common_mistakes("he_init", lambda fan_in: np.sqrt(2 / fan_in))
common_mistakes("scaled_init", right_spread)


@mistake("small_random_init", {A.SPREAD}, "std is missing: these weights have the standard deviation 1.")
def forgets_std(fan_in, fan_out, rng, std=0.01):
    return rng.standard_normal((fan_in, fan_out))


@mistake("small_random_init", {"conventions"},
         "0.01 is written into the function. It is only the default of the argument std.")
def ignores_std(fan_in, fan_out, rng, std=0.01):
    return 0.01 * rng.standard_normal((fan_in, fan_out))


@mistake("small_random_init", {A.SPREAD},
         "std is taken for the variance: its square root is too large. Multiply by std.")
def std_as_variance(fan_in, fan_out, rng, std=0.01):
    return np.sqrt(std) * rng.standard_normal((fan_in, fan_out))


@mistake("small_random_init", {A.SPREAD},
         "The variance is passed where the standard deviation belongs: the spread is std squared, 0.0001.")
def std_squared(fan_in, fan_out, rng, std=0.01):
    return rng.normal(0, std**2, (fan_in, fan_out))


@mistake("small_random_init", {A.SPREAD},
         "The weights are divided by sqrt(fan_in), too. This scheme ignores the layer's size; that is its weakness.")
def std_over_root_fan_in(fan_in, fan_out, rng, std=0.01):
    return gaussian(fan_in, fan_out, rng, std / np.sqrt(fan_in))


@mistake("xavier_init", {A.SPREAD},
         "The standard deviation is 1 / fan_in. That is to be the variance: divide by sqrt(fan_in).")
def xavier_variance_as_std(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, 1 / fan_in)


@mistake("xavier_init", {A.SPREAD},
         "The weights are multiplied by sqrt(fan_in). More inputs need smaller weights: divide.")
def xavier_multiplies(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(fan_in))


@mistake("xavier_init", {A.SPREAD},
         "The variance is 1 / fan_out. A unit sums over its fan_in inputs, so their number counts: 1 / fan_in.")
def xavier_fan_out(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(1 / fan_out))


@mistake("xavier_init", {A.SPREAD},
         "This is Glorot's 2 / (fan_in + fan_out), a compromise with the backward pass. Here it is 1 / fan_in; on "
         "square layers the two are equal.")
def glorot(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / (fan_in + fan_out)))


@mistake("xavier_init", {A.SPREAD}, BRACKETS.format(1))
def glorot_without_brackets(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / fan_in + fan_out))


@mistake("xavier_init", {A.SPREAD, "distribution"},
         "This is Glorot's uniform distribution, up to sqrt(6 / (fan_in + fan_out)). A Gaussian of variance 1 / fan_in "
         "is asked for.")
def glorot_uniform(fan_in, fan_out, rng):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


@mistake("xavier_init", {A.SPREAD}, "The variance is 2 / fan_in: that is He's, for ReLU. Xavier's is 1 / fan_in.")
def he_for_xavier(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / fan_in))


@mistake("xavier_init", {A.SPREAD}, "The weights are not scaled: their variance is 1. Divide by sqrt(fan_in).")
def xavier_unscaled(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out))


@mistake("xavier_init", {A.MEAN, A.SPREAD, "distribution", "uses rng"}, WHOLE.format(1))
def xavier_floor_division(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(1 // fan_in))


@mistake("he_init", {A.SPREAD},
         "The standard deviation is 2 / fan_in. That is to be the variance: multiply by sqrt(2 / fan_in).")
def he_variance_as_std(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, 2 / fan_in)


@mistake("he_init", {A.SPREAD},
         "The variance is 1 / fan_in: that is Xavier's. ReLU zeroes half of the signal, and He's 2 makes up for it.")
def xavier_for_he(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(1 / fan_in))


@mistake("he_init", {A.SPREAD},
         "The 2 stands outside the root: 2 / sqrt(fan_in) is a variance of 4 / fan_in. It is sqrt(2 / fan_in).")
def two_outside_the_root(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, 2 / np.sqrt(fan_in))


@mistake("he_init", {A.SPREAD},
         "The variance is 1 / (2 fan_in): the factor 2 went the wrong way. ReLU halves the signal, so the weights "
         "must be larger.")
def he_halved(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(1 / (2 * fan_in)))


@mistake("he_init", {A.SPREAD},
         "The variance is 2 / fan_out. A unit sums over its fan_in inputs, so their number counts: 2 / fan_in.")
def he_fan_out(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / fan_out))


@mistake("he_init", {A.SPREAD}, BRACKETS.format(2))
def glorot_without_brackets_for_he(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / fan_in + fan_out))


@mistake("he_init", {A.SPREAD},
         "The root ends too early: sqrt(2) / fan_in is a variance of 2 / fan_in**2. It is sqrt(2 / fan_in).")
def root_of_the_two_alone(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2) / fan_in)


@mistake("he_init", {A.SPREAD},
         "The weights are multiplied by sqrt(fan_in / 2). More inputs need smaller weights: multiply by "
         "sqrt(2 / fan_in).")
def he_multiplies(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(fan_in / 2))


@mistake("he_init", {A.SPREAD}, "The weights are not scaled: their variance is 1. Multiply by sqrt(2 / fan_in).")
def he_unscaled(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out))


@mistake("he_init", {A.MEAN, A.SPREAD, "distribution", "uses rng"}, WHOLE.format(2))
def he_floor_division(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 // fan_in))


@mistake("he_init", {A.SPREAD}, "This is Glorot's 2 / (fan_in + fan_out). He's variance is 2 / fan_in.")
def glorot_for_he(fan_in, fan_out, rng):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / (fan_in + fan_out)))


WRONG_SPREADS = {A.SPREAD, "any activation"}


@mistake("scaled_init", {"any activation"},
         "These are He's weights, whatever the activation: the 2 stands for ReLU alone. Let the given activation tell "
         "you its own factor.")
def he_for_every_activation(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, np.sqrt(2 / fan_in))


@mistake("scaled_init", WRONG_SPREADS, "The argument activation is not used: these are Xavier's weights.")
def xavier_for_every_activation(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, np.sqrt(1 / fan_in))


@mistake("scaled_init", WRONG_SPREADS,
         "The variance of the activation's output was taken. A sum of products with random weights grows with the mean "
         "*square* of the inputs, into which their mean enters as well.")
def variance_for_the_mean_square(fan_in, fan_out, rng, activation):
    variance = mean_over_normal(activation(Z) ** 2) - mean_over_normal(activation(Z)) ** 2
    return gaussian(fan_in, fan_out, rng, 1 / np.sqrt(fan_in * variance))


@mistake("scaled_init", WRONG_SPREADS,
         "The mean of the absolute values was taken. It is the mean of the squares that decides about the variance.")
def mean_size_for_the_mean_square(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, 1 / np.sqrt(fan_in * mean_over_normal(np.abs(activation(Z)))))


@mistake("scaled_init", WRONG_SPREADS,
         "The mean was taken first and squared afterwards. Square the activation's output, then take the mean.")
def squares_the_mean(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, 1 / np.sqrt(fan_in * mean_over_normal(activation(Z)) ** 2))


@mistake("scaled_init", WRONG_SPREADS,
         "The root is missing: what was found is the variance of the weights, and it was used as their standard "
         "deviation.")
def scaled_without_the_root(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, right_spread(fan_in, activation) ** 2)


@mistake("scaled_init", WRONG_SPREADS,
         "The weights are divided by the mean square itself. Only its square root is a factor in the size of a signal.")
def root_of_fan_in_alone(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, 1 / (np.sqrt(fan_in) * mean_over_normal(activation(Z) ** 2)))


@mistake("scaled_init", WRONG_SPREADS,
         "The mean square is multiplied where it should be divided: an activation that lets little through needs "
         "larger weights.")
def multiplies_by_the_mean_square(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, np.sqrt(mean_over_normal(activation(Z) ** 2) / fan_in))


@mistake("scaled_init", {A.SPREAD},
         "The variance goes with 1 / fan_out. A unit sums over its fan_in inputs, so their number counts.")
def scaled_by_fan_out(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, right_spread(fan_out, activation))


@mistake("scaled_init", {A.SPREAD},
         "The number of inputs is left out: a unit adds up fan_in products, and each of them adds to the variance.")
def scaled_without_fan_in(fan_in, fan_out, rng, activation):
    return gaussian(fan_in, fan_out, rng, right_spread(1, activation))


@mistake("scaled_init", WRONG_SPREADS,
         "The activation was tried on numbers from 0 to 1. A standard normal signal is negative as often as positive: "
         "draw with rng.standard_normal.")
def tries_uniform_numbers(fan_in, fan_out, rng, activation):
    mean_square = np.mean(activation(np.linspace(0, 1, 1001)) ** 2)
    return gaussian(fan_in, fan_out, rng, 1 / np.sqrt(fan_in * mean_square))


# -- looking at activations -----------------------------------------------------------------------------------------


def stats(activations, mean=np.mean, std=np.std):
    """Return the statistics with another idea of mean or standard deviation."""
    return np.array([mean(a) for a in activations]), np.array([std(a) for a in activations])


@mistake("activation_statistics", {A.SPREAD}, "These are variances. The standard deviation is their square root.")
def variance_for_std(activations):
    return stats(activations, std=np.var)


@mistake("activation_statistics", {A.SPREAD}, "With ddof=1 the divisor is n - 1. Here it is n, np.std's default.")
def sample_std(activations):
    return stats(activations, std=lambda a: np.std(a, ddof=1))


@mistake("activation_statistics", {A.SPREAD},
         "This is the root of the mean square. The standard deviation is measured from the mean, not from 0.")
def root_mean_square(activations):
    return stats(activations, std=lambda a: np.sqrt(np.mean(a**2)))


@mistake("activation_statistics", {A.MEAN},
         "This is the mean of the absolute values. The mean itself shows whether the activations are centred.")
def mean_of_absolute(activations):
    return stats(activations, mean=lambda a: np.mean(np.abs(a)))


ROWS_ONLY = "This is the mean over the rows only, one number per unit. Take it over all entries: a.mean()."


@mistake("activation_statistics", {A.MEAN}, ROWS_ONLY)
def mean_per_unit(activations):
    return [a.mean(axis=0) for a in activations], stats(activations)[1]


PER_UNIT = "Both statistics have an axis: one number per unit. Take them over all entries: a.mean() and a.std()."


STD_OF_ROWS_ONLY = ("This is the standard deviation over the rows only, one number per unit. Take it over all entries: "
                    "a.std().")


@mistake("activation_statistics", {A.SPREAD}, STD_OF_ROWS_ONLY)
def std_per_unit(activations):
    return stats(activations)[0], [a.std(axis=0) for a in activations]


@mistake("activation_statistics", {A.MEAN, A.SPREAD, "edge sizes"}, PER_UNIT)
def both_per_unit(activations):
    return [a.mean(axis=0) for a in activations], [a.std(axis=0) for a in activations]


def in_arrays(code, name):
    """Return ``code`` with its lists turned into arrays, which fails where layers have different widths."""
    def converted(activations):
        return tuple(map(np.array, code(activations)))

    converted.__name__ = name
    return converted


for code, part, teaches in ((mean_per_unit, A.MEAN, ROWS_ONLY), (std_per_unit, A.SPREAD, STD_OF_ROWS_ONLY)):
    mistake("activation_statistics", {part, "edge sizes"}, teaches)(in_arrays(code, f"{code.__name__}_in_an_array"))
mistake("activation_statistics", {A.MEAN, A.SPREAD, "edge sizes"}, PER_UNIT)(in_arrays(both_per_unit, "both_in_arrays"))


@mistake("activation_statistics", {A.SPREAD},
         "This is the mean of the units' standard deviations. It leaves out how far the units lie apart: a.std() takes "
         "all entries together.")
def mean_of_the_stds(activations):
    return stats(activations, std=lambda a: a.std(axis=0).mean())


@mistake("activation_statistics", {A.MEAN}, "These are sums. Divide by the number of entries, or use a.mean().")
def sums_for_means(activations):
    return stats(activations, mean=np.sum)


@mistake("activation_statistics", {A.MEAN, A.SPREAD, "edge sizes"},
         "The two results are in the wrong order: means first.")
def results_swapped(activations):
    return stats(activations)[::-1]


@mistake("activation_statistics", {A.MEAN, A.SPREAD, "edge sizes"},
         "Only the last layer is returned: the result is overwritten in the loop. Append each layer's to a list.")
def last_layer_only(activations):
    return stats(activations[-1:])


@mistake("activation_statistics", {"edge sizes"},
         "np.array(activations) works only where all layers have the same shape. Treat each layer by itself.")
def stacks_the_layers(activations):
    stacked = np.array(activations)
    return stacked.reshape(len(stacked), -1).mean(axis=1), stacked.reshape(len(stacked), -1).std(axis=1)


@mistake("activation_statistics", {A.SHAPE},
         "With keepdims=True each number is an array of its own. Return two arrays of shape (L,).")
def statistics_keep_dims(activations):
    means, stds = stats(activations)
    return means[:, None], stds[:, None]


@mistake("activation_statistics", {A.INPUTS},
         "a -= a.mean() changes the caller's activations. Write a - a.mean() into a new array.")
def centres_in_place(activations):
    means, stds = stats(activations)
    for a, m in zip(activations, means, strict=True):
        a -= m
    return means, stds


# -- LSUV -------------------------------------------------------------------------------------------------------------


def lsuv(weights, x, activation, tol, max_iter, divisor=lambda z, w, h: z.std(), distance=None, onward=None):
    """Run LSUV with another divisor, another distance from the goal, or another signal for the next layer."""
    distance, onward = distance or (lambda z: abs(z.var() - 1)), onward or (lambda h, z, w: activation(z))
    scaled, h = [], x
    for start in weights:
        w, rounds = start, 0
        while distance(h @ w) > tol and rounds < max_iter:
            w, rounds = w / divisor(h @ w, w, h), rounds + 1
        scaled.append(w)
        h = onward(h, h @ w, start)
    return scaled


@mistake("lsuv_init", {A.SPREAD},
         "The weights are divided by the variance. Dividing w by s divides the variance by s squared: s must be the "
         "standard deviation.")
def divides_by_variance(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: z.var())


@mistake("lsuv_init", {A.SPREAD},
         "The activation is forgotten between the layers: the next layer sees activation(z), not z.")
def forgets_activation(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, onward=lambda h, z, w: z)


@mistake("lsuv_init", {A.SPREAD},
         "The variance is taken after the activation. LSUV makes that of the pre-activations z = h @ w equal to 1.")
def after_the_activation(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: activation(z).std(),
                lambda z: abs(activation(z).var() - 1))


@mistake("lsuv_init", {A.SPREAD},
         "The next layer is measured on the signal of the old weights. Compute z again after rescaling, before you "
         "pass it on.")
def passes_the_old_signal_on(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, onward=lambda h, z, w: activation(h @ w))


@mistake("lsuv_init", {A.SPREAD},
         "The weights themselves have unit variance now. It is the pre-activations z = h @ w that should: divide by "
         "std(z).")
def unit_weights(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: w.std())


@mistake("lsuv_init", {A.SPREAD, "edge sizes"},
         "Every layer is measured on x. The input of a layer is the activation of the one before it.")
def measures_on_x(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, onward=lambda h, z, w: x)


@mistake("lsuv_init", {A.SPREAD},
         "This is the mean square of z, not its variance: they differ where the mean of z is not 0. Take z.var() and "
         "z.std().")
def mean_square(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: np.sqrt(np.mean(z**2)),
                lambda z: abs(np.mean(z**2) - 1))


@mistake("lsuv_init", {A.SPREAD, "edge sizes"},
         "The variance is taken unit by unit and then averaged, so what differs between the units is left out. LSUV "
         "takes one variance over all entries of z.")
def mean_of_the_units(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: np.sqrt(z.var(axis=0).mean()),
                lambda z: abs(z.var(axis=0).mean() - 1))


@mistake("lsuv_init", {A.VALUES}, "The mean of the weights is subtracted, too. LSUV only rescales.")
def centres_the_weights(weights, x, activation, tol=0.05, max_iter=10):
    return right.lsuv_init([w - w.mean() for w in weights], x, activation, tol, max_iter)


@mistake("lsuv_init", {A.VALUES, A.SPREAD, "edge sizes"},
         "Each unit is rescaled by itself. LSUV divides a whole matrix by one number, the standard deviation over "
         "all entries of z.")
def rescales_each_unit(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, min(max_iter, 1), lambda z, w, h: z.std(axis=0))


@mistake("lsuv_init", {"conventions"},
         "A layer that is already good enough is rescaled, too. It is left alone while |var(z) - 1| <= tol.")
def ignores_tol(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, -1, max_iter)


@mistake("lsuv_init", {"conventions"},
         "Every layer is divided once, whatever tol and max_iter say. A layer within tol is left alone, and with "
         "max_iter = 0 every layer is.")
def always_divides_once(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, -1, 1)


MULTIPLIED = ("The weights are multiplied by the standard deviation of z. A signal that is too large needs smaller "
              "weights: divide.")


@mistake("lsuv_init", {A.VALUES, A.SPREAD, "edge sizes"}, MULTIPLIED)
def multiplies_by_the_deviation(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: 1 / z.std())


@mistake("lsuv_init", {A.VALUES, A.SPREAD, "edge sizes"}, MULTIPLIED)
def multiplies_until_nothing_is_left(weights, x, activation, tol=0.05, max_iter=10):
    def distance(z):
        return np.nan_to_num(abs(z.var() - 1), nan=np.inf)  # as in a loop that breaks where the variance is right

    return lsuv(weights, x, activation, tol, max_iter, lambda z, w, h: 1 / z.std(), distance)


@mistake("lsuv_init", {A.SPREAD}, MULTIPLIED)
def multiplies_once(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, min(max_iter, 1), lambda z, w, h: 1 / z.std())


@mistake("lsuv_init", {A.SPREAD},
         "z is not computed again after the division, so w is divided by the same number in every round. z = h @ w "
         "belongs into the loop, too.")
def divides_by_the_first_deviation(weights, x, activation, tol=0.05, max_iter=10):
    scaled, h = [], x
    for start in weights:
        z, w = h @ start, start
        for _ in range(max_iter):
            if abs(z.var() - 1) <= tol:
                break
            w = w / z.std()
        scaled.append(w)
        h = activation(h @ w)
    return scaled


@mistake("lsuv_init", {A.VALUES, A.SPREAD, "edge sizes"},
         "Only a variance that is too large is seen: var - 1 is negative for one that is too small. Take the absolute "
         "value.")
def forgets_the_absolute_value(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, distance=lambda z: z.var() - 1)


@mistake("lsuv_init", {"conventions"},
         "The standard deviation is compared with 1 where the variance should be: |var(z) - 1| <= tol.")
def tol_for_the_deviation(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter, distance=lambda z: abs(z.std() - 1))


@mistake("lsuv_init", {"conventions"},
         "0.05 is written into the function. It is only the default of the argument tol.")
def fixed_tol(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, 0.05, max_iter)


TOO_MANY = "A layer is rescaled more often than max_iter says. With max_iter = 0 no layer is rescaled at all."


@mistake("lsuv_init", {"conventions"}, TOO_MANY)
def ignores_max_iter(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, 10)


@mistake("lsuv_init", {"conventions"}, TOO_MANY)
def one_rescaling_too_many(weights, x, activation, tol=0.05, max_iter=10):
    return lsuv(weights, x, activation, tol, max_iter + 1)


@mistake("lsuv_init", {"edge sizes"},
         "np.array(weights) works only where all layers have the same shape. Keep a list.")
def stacks_the_weights(weights, x, activation, tol=0.05, max_iter=10):
    return right.lsuv_init(np.array(weights), x, activation, tol, max_iter)


@mistake("lsuv_init", {A.DTYPE}, DTYPE)
def lsuv_in_float32(weights, x, activation, tol=0.05, max_iter=10):
    return [w.astype(np.float32) for w in right.lsuv_init(weights, x, activation, tol, max_iter)]


@mistake("lsuv_init", {A.INPUTS},
         "The caller's weights are changed: by w /= std(z), or by writing into the list weights. Divide as in "
         "w = w / std(z), and collect the new arrays in a list of your own.")
def rescales_in_place(weights, x, activation, tol=0.05, max_iter=10):
    for w, new in zip(weights, right.lsuv_init(weights, x, activation, tol, max_iter), strict=True):
        w[:] = new
    return weights


# -- a stack of layers ----------------------------------------------------------------------------------------------

ALL_LAYERS = {A.VALUES, "each layer", "edge sizes"}


def wrong_activations(loses, teaches):
    """Register a mistake in the activations of the stack; the decorated ``code(right ones, cache)`` returns them."""
    def register(code):
        def wrong(x, weights, activation_forward):
            activations, cache = right.stack_forward(x, weights, activation_forward)
            return code(activations, cache), cache

        wrong.__name__ = code.__name__
        return mistake("stack_forward", loses, teaches)(wrong)

    return register


@wrong_activations({"each layer"},
                   "The list begins with x. It holds what the layers put out: x only goes into the first of them.")
def begins_with_x(activations, cache):
    return [cache[0][0], *activations]


@wrong_activations({"each layer"},
                   "Only the output of the last layer comes back. A list with the activations of every layer is asked "
                   "for, so that one can look at each of them.")
def returns_the_output_alone(activations, cache):
    return activations[-1]


@wrong_activations(ALL_LAYERS,
                   "These are the pre-activations h @ w. What a layer puts out has gone through the activation, too.")
def returns_pre_activations(activations, cache):
    return [h @ w for h, w, _ in cache]


@wrong_activations({A.VALUES},
                   "The activation is missing after the last layer. In this stack every layer has one.")
def leaves_the_last_layer_linear(activations, cache):
    h, w, _ = cache[-1]
    return [*activations[:-1], h @ w]


@wrong_activations(ALL_LAYERS, "The list is in the reverse order: its first array belongs to the first layer.")
def activations_from_the_end(activations, cache):
    return activations[::-1]


@wrong_activations(ALL_LAYERS,
                   "activation_forward returns two things, its output and its cache, and both are in the list. Take "
                   "the pair apart: out, kept = activation_forward(z).")
def returns_the_pairs(activations, cache):
    return [(out, kept) for out, (_, _, kept) in zip(activations, cache, strict=True)]


@wrong_activations({"edge sizes"},
                   "np.array(activations) works only where all layers have the same width. Keep a list.")
def activations_in_one_array(activations, cache):
    return list(np.array(activations))


@wrong_activations({A.SHAPE}, WAYS[A.SHAPE][1])
def squeezes_the_activations(activations, cache):
    return [np.squeeze(a) for a in activations]


@wrong_activations({A.DTYPE}, WAYS[A.DTYPE][1])
def activations_in_float64(activations, cache):
    return [a.astype(np.float64) for a in activations]


@mistake("stack_forward", ALL_LAYERS,
         "Every layer is given x. The input of a layer is the output of the one before it.")
def gives_x_to_each_layer(x, weights, activation_forward):
    return [activation_forward(x @ w)[0] for w in weights], right.stack_forward(x, weights, activation_forward)[1]


@mistake("stack_forward", ALL_LAYERS,
         "The next layer gets h @ w without the activation: the activation's output goes into the list, but is not "
         "handed on.")
def hands_pre_activations_on(x, weights, activation_forward):
    h, activations = x, []
    for w in weights:
        activations.append(activation_forward(h @ w)[0])
        h = h @ w
    return activations, right.stack_forward(x, weights, activation_forward)[1]


@mistake("stack_forward", {A.INPUTS},
         "What a layer puts out was written into x. h = ... gives a new array a name; h[:] = ... writes into the old "
         "one, which is the caller's.")
def writes_into_x(x, weights, activation_forward):
    activations, cache = right.stack_forward(x.copy(), weights, activation_forward)
    if activations[-1].shape == x.shape:
        x[:] = activations[-1]
    return activations, cache


BOTH_GRADIENTS = {A.DX, A.DWEIGHTS, "edge sizes"}


def go_back(dout, cache, activation_backward, gradient=lambda h, w, dz, dout: h.T @ dz,
            onward=lambda w, dz, dout: dz @ w.T):
    """Go back through the stack with another gradient of the weights, or another one for the layer before."""
    dweights: list[np.ndarray] = []
    arriving = dout
    for h, w, kept in reversed(cache):
        dz = activation_backward(arriving, kept)
        dweights.insert(0, gradient(h, w, dz, arriving))
        arriving = onward(w, dz, dout)
    return arriving, dweights


@mistake("stack_backward", {A.DWEIGHTS},
         "The list is in the order in which the loop meets the layers on its way back. It belongs in the order of the "
         "weights: dweights[0] is that of the first layer.")
def gradients_from_the_end(dout, cache, activation_backward):
    dx, dweights = right.stack_backward(dout, cache, activation_backward)
    return dx, dweights[::-1]


@mistake("stack_backward", BOTH_GRADIENTS,
         "The loop goes from the first layer to the last. dout belongs to the last layer: the way back begins there.")
def starts_at_the_first_layer(dout, cache, activation_backward):
    dx, dweights = right.stack_backward(dout, cache[::-1], activation_backward)
    return dx, dweights[::-1]


@mistake("stack_backward", BOTH_GRADIENTS,
         "The activation is left out on the way back. In every layer the gradient goes through activation_backward "
         "first, and then through the product.")
def leaves_the_activation_out(dout, cache, activation_backward):
    return go_back(dout, cache, lambda dout, kept: dout)


@mistake("stack_backward", BOTH_GRADIENTS,
         "Every layer is given the dout that came from the loss. What a layer hands back is the dout of the layer "
         "before it.")
def gives_dout_to_each_layer(dout, cache, activation_backward):
    dweights = [h.T @ activation_backward(dout, kept) for h, _, kept in cache]
    return activation_backward(dout, cache[0][2]) @ cache[0][1].T, dweights


@mistake("stack_backward", BOTH_GRADIENTS,
         "On its way back through the product the gradient is multiplied by w, where the transpose of w belongs. With "
         "square weights nothing complains: compare the shapes with layers of different widths.")
def forgets_the_transpose(dout, cache, activation_backward):
    return go_back(dout, cache, activation_backward, onward=lambda w, dz, dout: dz @ w)


@mistake("stack_backward", {A.DWEIGHTS},
         "The gradient of the weights is made of what arrives at the layer, before it has gone through the activation. "
         "The product comes before the activation: use what activation_backward gives.")
def gradient_past_the_activation(dout, cache, activation_backward):
    return go_back(dout, cache, activation_backward, lambda h, w, dz, dout: h.T @ dout)


@mistake("stack_backward", {A.DWEIGHTS},
         "The gradients of the weights are transposed: each has the shape of its weights, (fan_in, fan_out).")
def transposes_the_gradients(dout, cache, activation_backward):
    return go_back(dout, cache, activation_backward, lambda h, w, dz, dout: dz.T @ h)


@mistake("stack_backward", {A.DWEIGHTS},
         "The gradients of the weights are divided by the number of examples. A mean is the loss's affair, and dout "
         "has it in it already: sum over the batch.")
def averages_over_the_batch(dout, cache, activation_backward):
    return go_back(dout, cache, activation_backward, lambda h, w, dz, dout: h.T @ dz / len(h))


@mistake("stack_backward", {A.DX},
         "This is the gradient of the first layer's pre-activations. dx lies one product further back and has the "
         "shape of x.")
def stops_before_the_first_product(dout, cache, activation_backward):
    dweights = right.stack_backward(dout, cache, activation_backward)[1]
    if len(cache) > 1:
        dout = right.stack_backward(dout, cache[1:], activation_backward)[0]
    return activation_backward(dout, cache[0][2]), dweights


@mistake("stack_backward", {"edge sizes"},
         "np.array(dweights) works only where all weights have the same shape. Keep a list.")
def gradients_in_one_array(dout, cache, activation_backward):
    dx, dweights = right.stack_backward(dout, cache, activation_backward)
    return dx, list(np.array(dweights))


@mistake("stack_backward", {A.SHAPE}, WAYS[A.SHAPE][1])
def squeezes_the_gradients(dout, cache, activation_backward):
    dx, dweights = right.stack_backward(dout, cache, activation_backward)
    return np.squeeze(dx), [np.squeeze(dw) for dw in dweights]


@mistake("stack_backward", {A.DTYPE}, WAYS[A.DTYPE][1])
def gradients_in_float64(dout, cache, activation_backward):
    dx, dweights = right.stack_backward(dout, cache, activation_backward)
    return dx.astype(np.float64), [dw.astype(np.float64) for dw in dweights]


@mistake("stack_backward", {A.INPUTS},
         "cache.pop() takes the layers out of the caller's list, and a second call finds it empty. Walk through it "
         "with reversed(cache), which leaves it as it is.")
def empties_the_cache(dout, cache, activation_backward):
    result = right.stack_backward(dout, cache, activation_backward)
    cache.clear()
    return result


reorder_results(right, "stack_backward", "dx dweights", ("dweights dx", BOTH_GRADIENTS))
for stack_function in ("stack_forward", "stack_backward"):
    register_misread(right, stack_function)

# -- more of what is written by hand ------------------------------------------------------------------------------


@mistake("constant_init", {A.VALUES},
         "Only the diagonal holds value, the other weights are 0. All weights are value.")
def diagonal_only(fan_in, fan_out, value):
    return value * np.eye(fan_in, fan_out)


@mistake("small_random_init", {A.SPREAD},
         "std is added to the standard normal numbers. Multiply them by it.")
def std_added(fan_in, fan_out, rng, std=0.01):
    return std + rng.standard_normal((fan_in, fan_out))


@mistake("small_random_init", {A.SPREAD},
         "The standard normal numbers are divided by std. Multiply them by it.")
def divides_by_std(fan_in, fan_out, rng, std=0.01):
    return rng.standard_normal((fan_in, fan_out)) / std


@mistake("activation_statistics", {"edge sizes", A.MEAN, A.SPREAD},
         "Both statistics have an axis: one number per example. Take them over all entries: a.mean() and a.std().")
def both_per_example(activations):
    return [a.mean(axis=-1) for a in activations], [a.std(axis=-1) for a in activations]


@mistake("activation_statistics", {"edge sizes", A.MEAN, A.SPREAD},
         "This is one mean and one standard deviation for all layers together. Each layer has its own.")
def all_layers_together(activations):
    whole = np.concatenate([a.ravel() for a in activations])
    return np.full(len(activations), whole.mean()), np.full(len(activations), whole.std())


@mistake("activation_statistics", {A.SPREAD},
         "This is the standard deviation divided by the root of the number of entries. It is the spread that is asked "
         "for.")
def standard_error(activations):
    return stats(activations, std=lambda a: np.std(a) / np.sqrt(a.size))


@mistake("activation_statistics", {"edge sizes", A.MEAN, A.SPREAD},
         "The first layer is left out. There is one number for each array in the list.")
def first_layer_left_out(activations):
    means, stds = stats(activations)
    return means[1:], stds[1:]


@mistake("activation_statistics", {A.MEAN}, "These are medians, not means.")
def medians(activations):
    return stats(activations, mean=np.median)


@mistake("stack_forward", {"each layer", "edge sizes", A.VALUES},
         "These are the inputs of the layers: the list begins with x and lacks the last output. It holds the output of "
         "each layer.")
def inputs_for_outputs(x, weights, activation_forward):
    activations, cache = right.stack_forward(x, weights, activation_forward)
    return [x, *activations[:-1]], cache


@mistake("stack_forward", {"each layer", "edge sizes", A.VALUES},
         "The first weights are used in every layer. Each layer has its own.")
def first_weights_for_all(x, weights, activation_forward):
    cache, out, h = right.stack_forward(x, weights, activation_forward)[1], [], x
    for _ in weights:
        h = activation_forward(h @ weights[0])[0]
        out.append(h)
    return out, cache
