"""Bets, transfer questions and steps of notebook 02_preprocessing."""

from bisect import bisect

from cs231n_lib.lab.check.answer_forms import LetterForm, NumberForm
from cs231n_lib.lab.check.questions.kinds import Choice, Number
from cs231n_lib.lab.check.steps import Step


def find_idle_step(steps):
    """Return the letter of the one step of preparation that shortens the way by less than one step in a hundred."""
    idle = [letter for letter, before, after in zip("abcd", steps[:-1], steps[1:], strict=True)
            if after > 0.99 * before]
    return idle[0] if len(idle) == 1 else "-"


def place_mean(rest):
    """Return the letter of the share that the mean image takes away of what the channel means leave."""
    channels, image = rest
    return "cba"[bisect((0.01, 0.25), 1 - image / channels)]


def place_reach(shares):
    """Return the letter of the layers in which most units have gradients of one sign; shares in per cent."""
    most = tuple(share > 50 for share in shares)
    return {(False, False, False, False): "a", (False, True, True, True): "b", (True, True, True, True): "c"}.get(most)


def place_whitening(accuracies):
    """Return the letter of what whitening does to the accuracy in training and in validation, in per cent."""
    train, val, white_train, white_val = accuracies
    better = white_train > train + 5, white_val > val + 5
    worse = white_train < train - 5, white_val < val - 5
    if all(better):
        return "a"
    if all(worse):
        return "c"
    return "b" if better[0] and worse[1] else "-"


TRAINING = ("affine_forward", "affine_backward", "softmax_loss", "relu_forward", "relu_backward")

BETS = {
    "bet_idle": Choice(
        options={"a": "centering", "b": "scaling", "c": "rotating", "d": "whitening"},
        decide=find_idle_step, reference="c",
        says="raw {:.0f} steps, centered {:.0f}, scaled {:.0f}, rotated {:.0f}, whitened {:.0f}"),
    "bet_mean": Choice(
        options={"a": "about half", "b": "about a tenth", "c": "less than a hundredth"},
        decide=place_mean, reference="c",
        says="a mean square of {:,.1f} after the channel means, {:,.1f} after the mean image",
        functions=("channel_mean", "mean_image", "center")),
    "bet_reach": Choice(
        options={"a": "in none", "b": "in all but the first", "c": "in all four"},
        decide=place_reach, reference="b",
        says="{:.0f} %, {:.0f} %, {:.0f} % and {:.0f} % of the units, from the first layer to the last",
        functions=("mean_image", "center", *TRAINING)),
    "bet_components": Number(low=1, high=768, close=15, reference=25, within=2, unit="components", says="{:.0f}",
                             functions=("pca",)),
    "bet_whiten": Choice(
        options={"a": "better accuracy in training and in validation",
                 "b": "better accuracy in training, worse in validation",
                 "c": "worse accuracy in training and in validation"},
        decide=place_whitening, reference="b",
        says="centered {:.0f} % in training and {:.0f} % in validation, whitened {:.0f} % and {:.0f} %",
        functions=("pca", "whiten", "standardize", *TRAINING)),
}

ANSWERS = {
    "answer_centered": NumberForm(low=0, high=1000),
    "answer_split": LetterForm("abcd", several=True),
}

STEPS = {
    "error_after": Step(
        value=-0.5, within=1e-6,
        look="Square the two features and take the mean of the squares. The step is the rate times this mean times the "
             "error of 1; subtract it from that error.",
        slips=((-2.0, "The squares were added up: the loss is a mean over the two examples."),
               (0.4, "This takes the mean of the feature: its squares count."),
               (0.7, "This takes the variance: nobody has subtracted the mean."),
               (2.5, "The step was added: gradient descent goes against the slope."),
               (0.5, "Right in size. Which sign has an error of the other kind, a weight that is too small?"),
               (-0.2, "The mean was squared: first square the two features, then take the mean."))),
    "honest": Step(
        value=0.5, within=0.06,
        look="On noise an honest result is near what a coin would have. Which lines still see all 80 patients before "
             "the values are chosen?",
        slips=((0.89, "This is the friend's result: some line still looks at the validation patients when it chooses "
                      "the 20 values."),)),
}
