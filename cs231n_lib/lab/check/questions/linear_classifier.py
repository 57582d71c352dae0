"""Bets, transfer questions and steps of notebook 00_linear_classifier."""

from bisect import bisect

from cs231n_lib.lab.check.answer_forms import LetterForm, NumberForm
from cs231n_lib.lab.check.questions.kinds import Choice, Number
from cs231n_lib.lab.check.steps import Step


def place_order(shares):
    """Return the letter of the share of right answers in the other order, in per cent, beside that in the right one."""
    in_order, scrambled = shares
    if in_order < 20:  # a classifier that knows nothing has no order to lose
        return "-"
    return "cba"[bisect((14.0, in_order - 5.0), scrambled)]


def place_layers(losses):
    """Return the letter of the loss of two layers, beside that of one; a larger one has none."""
    one, two = losses
    if abs(one - two) < 0.01:
        return "a"
    return "cb-"[bisect((0.1, one), two)]


LAYER = ("affine_forward", "affine_backward", "softmax_loss")
TRAINING = ("affine_forward", "softmax_loss", "sample_batch", "train_linear")

BETS = {
    "bet_machine": Number(low=0, high=20, close=1, reference=6, within=0.4, says="{:.0f} of 20"),
    "bet_order": Choice(
        options={"a": "as many as with A", "b": "fewer, but clearly more than guessing",
                 "c": "about as many as guessing"},
        decide=place_order, reference="c", says="A {:.0f} %, B {:.0f} %", functions=TRAINING),
    "bet_dahlia": Number(unit="%", low=0, high=100, close=5, reference=0, within=3, says="{:.0f}",
                         functions=TRAINING),
    "bet_layers": Choice(
        options={"a": "the same, to two decimals", "b": "a clearly lower value, still above 0.1", "c": "nearly 0"},
        decide=place_layers, reference="a", says="one layer {:.3f}, two layers {:.3f}", functions=LAYER),
}

ANSWERS = {
    "answer_alarm": LetterForm("abc"),
    "answer_columns": NumberForm(low=1, high=10_000, unit="columns", whole=True),
}

STEPS = {
    "dw_entry": Step(
        value=-2.0, within=1e-9,
        look="The weight has two paths, one per example. Multiply pixel 3 of each example by the entry of dout for "
             "class 0 in the same row, and add the two products.",
        slips=((0.0, "The second product has the wrong sign, or the two were subtracted: paths add up."),
               (-1.0, "This is the path through one example alone: the other one acts on the loss, too."),
               (-4.0, "The paths go through class 0 alone: take the first column of dout."))),
    "softmax_slopes": Step(
        value=(0.25, -0.5, 0.25), within=1e-6,
        look="The exponentials of the scores are 1, 2 and 1: divide each by their sum. The first term of the loss "
             "concerns the right class alone, and its slope there is -1.",
        slips=(((0.25, 0.5, 0.25), "These are the probabilities, from the second term. What does the first term add to "
                                   "the slope of the right class?"),
               ((-0.25, 0.5, -0.25), "These are the slopes with the other sign: they would push the right score down."),
               ((0.0, -1.0, 0.0), "This is the first term alone: the logarithm of the sum contains every score."))),
    "answer_alarm": Step(
        value="c",
        look="Which of the explanations depends on the point, and not on h? Where does the SVM loss have no slope?",
        slips=(("a", "Rounding errors grow as h shrinks, and these stay as they are: all other entries agree."),
               ("b", "A wrong formula would be wrong at the other point, too."))),
    "friends_result": Step(
        value=0.5, within=1e-9,
        look="A row of two is compared with a column of two, so each answer meets each label: write down the table of "
             "all four comparisons and take its mean.",
        slips=((1.0, "This is what it should return. But which shape has the comparison of a row with a column?"),
               (2.0, "Count the comparisons that are true, and divide by all of them."))),
}
