"""Bets, transfer questions and steps of notebook 03_initialization."""

from bisect import bisect

from cs231n_lib.lab.check.answer_forms import NumberForm
from cs231n_lib.lab.check.questions.kinds import Choice, Number
from cs231n_lib.lab.check.steps import Step


def place_gradient(measured):
    """Return the letter of the gradient in layer 1, as a multiple of that in layer 10, which is measured first."""
    ratio, _, _ = measured
    return "abc"[bisect((0.1, 10.0), ratio)]


def place_signal(ratio):
    """Return the letter of what varies across images in layer 10, as a share of layer 1; more than tenfold has none."""
    return "cba-"[bisect((0.001, 0.1, 10.0), ratio)]


def place_rescue(measured):
    """Return the letter for how many of the losses lie below 2.2; one that is no number does not.

    The last number is the share of dead units.
    """
    *losses, _ = measured
    learned = sum(loss < 2.2 for loss in losses)
    if learned == len(losses):
        return "a"
    return "b" if learned else "c"


BETS = {
    "bet_tenth": Number(unit="%", low=0, high=100, close=5, reference=12.2, within=0.1, says="{:.0f}"),
    "bet_large": Choice(
        options={"a": "much smaller, as saturated units let nothing through", "b": "about as large",
                 "c": "much larger"},
        decide=place_gradient, reference="c",
        says="a gradient of 1 leaves layer 10, where {1:.0f} % of the outputs are saturated and the mean slope is "
             "{2:.2f}, and {0:,.0f} arrives at layer 1",
        functions=("small_random_init", "tanh_forward", "tanh_backward", "affine_forward", "affine_backward")),
    "bet_signal": Choice(
        options={"a": "about as much, within a factor of ten", "b": "a tenth to a thousandth as much",
                 "c": "less than a thousandth as much"},
        decide=place_signal, reference="c", says="{:.1e} of what varies in layer 1 still varies in layer 10",
        functions=("xavier_init", "sigmoid_forward", "affine_forward")),
    "bet_rescue": Choice(
        options={"a": "all three, as the rate makes up for the small gradient", "b": "one or two of them",
                 "c": "none of them"},
        decide=place_rescue, reference="c", may_be_nan=True,
        says="the loss ends at {:.2f} with a rate of 1, at {:.2f} with 5, and at {:.2f} with 50; after 5, {:.0f} % of "
             "the units of layer 20 are off for all images",
        functions=("xavier_init", "relu_forward", "relu_backward", "affine_backward", "softmax_loss")),
}

ANSWERS = {
    "answer_wide": NumberForm(low=0, high=100, unit="%", decimals=1),
    "answer_slope": NumberForm(low=0, high=10, decimals=1),
}

STEPS = {
    "walk_std": Step(
        value=0.2236, within=0.025,
        look="One walk is the sum of 500 numbers of standard deviation 0.01; awaited is the standard deviation of "
             "1,000 such sums.",
        slips=((22.36, "The steps have a standard deviation of 1 here: multiply each of them by 0.01."),
               (0.01, "This is the standard deviation of the steps: add up the 500 of each walk before you take it."),
               (0.05, "This is the variance of the sums: take its square root."))),
    "product_variance": Step(
        value=5.0, within=1e-6,
        look="List the four products, take their mean, and average the squares of their distances from it.",
        slips=((1.0, "Variances of factors cannot be multiplied: list the four products and take the variance of "
                     "these four numbers."),
               (20 / 3, "All four products are known, none is a sample: divide by 4 and not by 3."),
               (5.0**0.5, "This is the standard deviation: the variance is its square."))),
    "repaired_scale": Step(
        value=(2 / 500)**0.5, within=5e-4,
        look="What does the second argument of rng.normal mean: the variance or the standard deviation?",
        slips=((2 / 500, "This is what the friend has there: a variance. The second argument of rng.normal is a "
                         "standard deviation."),
               (500**-0.5, "This is Xavier's standard deviation; the friend wants He's."))),
}
