"""Bets, transfer questions and steps of notebook 01_activations."""

from bisect import bisect

from cs231n_lib.lab.check.answer_forms import NumberForm
from cs231n_lib.lab.check.questions.kinds import Choice, Ranking
from cs231n_lib.lab.check.steps import Step


def sort_losses(losses):
    """Return the letters of some losses, the lowest first."""
    return "".join(sorted("abcd", key=dict(zip("abcd", losses, strict=True)).get))


def place_dead(counts):
    """Return the letter of how many units are dead after the weights have grown, beside before; none if none were."""
    before, after, *_ = counts  # and two more numbers, of centered images
    if before == 0:
        return "-"
    if before == after:
        return "b"
    return "a" if after > before else "c"


def place_saved(dead):
    """Return the letter for what is still dead with a bias of 0.01, in per cent, in the three patients."""
    saved = tuple(share < 5 for share in dead)
    return {(True, True, True): "a", (True, False, False): "b", (False, False, True): "c"}.get(saved, "-")


def place_loss(loss):
    """Return the letter of the last loss of your net; one in between has none."""
    return "ab-c"[bisect((1.5, 2.2, 2.28), loss)]


RELU = ("relu_forward", "relu_backward", "affine_forward", "affine_backward", "softmax_loss")

BETS = {
    "bet_race": Ranking(
        items={"a": "sigmoid", "b": "tanh", "c": "ReLU", "d": "ELU"}, decide=sort_losses, reference="dbca",
        says="sigmoid {:.2f}, tanh {:.2f}, ReLU {:.2f}, ELU {:.2f}", functions=("sigmoid_backward", *RELU)),
    "bet_hundredfold": Choice(
        options={"a": "more", "b": "just as many", "c": "fewer"}, decide=place_dead, reference="b",
        says="of 300 units {} are dead before and {} after; on centered pixels it is {} and {}",
        functions=("relu_forward", "dead_units", "affine_forward")),
    "bet_bias": Choice(
        options={"a": "in all three", "b": "only with the tiny weights", "c": "only with the high rate"},
        decide=place_saved, reference="b",
        says="still dead are {:.0f} % with tiny weights, {:.0f} % with ordinary ones, and {:.0f} % after the high rate",
        functions=("dead_units", *RELU)),
    "bet_repair": Choice(
        options={"a": "below 1.5", "b": "from 1.5 to 2.2", "c": "where it started"}, decide=place_loss, reference="c",
        says="{:.2f}", functions=RELU),
}

ANSWERS = {
    "answer_leak": NumberForm(low=1, high=100_000, unit="steps", whole=True),
    "answer_numbers": NumberForm(low=1, high=10_000_000, whole=True),
}

STEPS = {
    "per_layer": Step(
        value=0.2337, within=0.006,
        look="Each layer takes two steps: sigmoid_backward with the layer's own cache, then a product with w.T. After "
             "the loop divide the size of dout by that of top, and take the power 1 / 10.",
        slips=((0.25, "This is the bound, one quarter. Run the loop: how close does the stack come to it?"),
               (1.0, "Only the weights have acted. Does the gradient pass sigmoid_backward in every layer?"))),
    "friends_dx": Step(
        value=(1.0, 1.0, 1.0, 1.0), within=1e-9,
        look="His cache is the output, (0, 3, 0, 5). For which of these numbers is it true that they are 0 or more?",
        slips=(((0.0, 1.0, 0.0, 1.0), "This is what it should return. But his cache holds the output, and not x."),)),
}
