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

ONLY_WEIGHTS = "Only the weights have acted. Does the gradient pass sigmoid_backward in every layer?"
UPWARDS = "The loop goes up. The gradient comes from above: it meets the last weights and the last cache first."
OUT_OF_STEP = ("Weights and caches run in opposite directions. The last cache belongs to the last weights: reverse "
               "both lists.")
NOT_TURNED = "The gradient was multiplied by w. Forward it is h @ w, so the way back takes w.T."
PRODUCT_FIRST = ("The product with w.T came before the slope. Forward it is the weights and then the sigmoid, so on "
                 "the way back the sigmoid comes first.")
ROUNDED = "This is rounded, and too short to tell a right loop from a wrong one. Leave out the rounding."

STEPS = {
    "per_layer": Step(  # the weights keep sizes, so every loop gives nearly the same: the sixth digit tells them apart
        value=0.2303325, within=1e-6,
        look="Each layer takes two steps: sigmoid_backward with the layer's own cache, then a product with w.T. The "
             "last layer comes first. After the loop divide measure_size(dout) by measure_size(top), and take the "
             "power 1 / 10.",
        slips=((0.2327932, "The weights have not acted. After sigmoid_backward, each layer multiplies by its w.T."),
               (0.2318185, UPWARDS), (0.2305652, OUT_OF_STEP), (0.2328349, OUT_OF_STEP),
               (0.2325227, NOT_TURNED), (0.2302988, UPWARDS), (0.2302760, PRODUCT_FIRST),
               (0.2303375, "Divide the size at the bottom by that of top, which is not exactly 1."),
               (0.1956624, "This is the ninth root: the gradient has passed ten layers."),
               (4.2e-7, "This is what ten layers leave. Take the tenth root: the power 1 / 10."),
               (0.9902500, ONLY_WEIGHTS), (0.9998916, ONLY_WEIGHTS), (1.0000771, ONLY_WEIGHTS),
               (0.23, ROUNDED), (0.2303, ROUNDED),
               (0.25, "This is the bound, one quarter. Run the loop: how close does the stack come to it?"))),
    "friends_dx": Step(
        value=(1.0, 1.0, 1.0, 1.0), within=1e-9,
        look="His cache is the output, (0, 3, 0, 5). For which of these numbers is it true that they are 0 or more?",
        slips=(((0.0, 1.0, 0.0, 1.0), "This is what it should return. But his cache holds the output, and not x."),)),
}
