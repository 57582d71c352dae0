"""Known mistakes that the inputs of the visible checks need not show, in all topics.

Most are made by code that is right for float64 arrays in the usual memory order, for decimal numbers, or inside of a
range. Others are here to be wrong in one aspect alone, which ``verify`` asks for. Hidden tests meet them, under "edge
sizes" and the like; the visible checks do not name them.
"""

import numpy as np

from autograder import reference
from autograder.mistakes import mistake

MEMORY = ("This goes by the order of the numbers in memory, which is another one for a transposed array: reshape(-1) "
          "is then a copy, so that what is written into it is lost, and ravel('K') is shuffled. Work on the array as "
          "it is.")
HALF = "This is right for float64 only: float32 is rounded to half precision, or below. Leave the dtype as it is."


def by_memory(value):
    """Read an array (or all arrays in a dict) as its numbers lie in memory."""
    if isinstance(value, dict):
        return {k: by_memory(v) for k, v in value.items()}
    return np.ravel(value, order="K").reshape(value.shape) if isinstance(value, np.ndarray) else value


def rounded(value):
    """Round float32 to half precision."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    is_single = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float16).astype(np.float32) if is_single else value


def misread(right, position, read):
    """Return the function with ``read`` applied to one of its arguments; a callable, to what it returns."""
    def wrong(*args, **named):
        args, given = list(args), args[position]
        args[position] = (lambda *more: read(given(*more))) if callable(given) else read(given)
        return right(*args, **named)
    return wrong


def register_misread(module, name, position=0):
    """Register both ways to misread an array for a function: the argument at ``position`` holds it."""
    for read, code_name, teaches in ((by_memory, "goes_by_memory", MEMORY), (rounded, "rounds_float32", HALF)):
        wrong = misread(getattr(module, name), position, read)
        wrong.__name__ = code_name
        mistake(name, {"edge sizes"}, teaches, unseen=True)(wrong)


ARRAYS = {
    "linear_classifier": dict.fromkeys(("affine_forward", "affine_backward", "softmax_loss", "svm_loss"), 0),
    "activations": {f"{name}_{way}": 0 for way in ("forward", "backward")
                    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "maxout")},
    "preprocessing": dict.fromkeys(("mean_image", "center", "standardize", "whiten"), 0),
    "batchnorm": dict.fromkeys(("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt",
                                "layernorm_forward", "layernorm_backward"), 0),
    "dropout": {"vanilla_dropout_forward": 0, "dropout_forward": 0, "dropout_backward": 0, "mc_dropout_mean": 0},
    "optimizers": dict.fromkeys(("sgd", "sgd_momentum", "nesterov_momentum", "rmsprop", "adam"), 1),
    "babysitting": {"update_ratio": 0},
    "evaluation": {"ensemble_probabilities": 0, "ema_update": 0, "extract_features": 1, "train_head": 0},
}
"""Topic -> function -> position of the argument that is misread: an array, a dict of arrays, or what returns one."""


def whole_numbers(right):
    """Return a search of points whose array takes the dtype of the box."""
    def takes_the_dtype_of_the_box(low, *more):
        return right(low, *more).astype(np.asarray(low).dtype)
    return takes_the_dtype_of_the_box


def register_hyperparameters(module):
    """Register what goes wrong for boxes of whole numbers, and at the ends of a range."""
    for name, aspect in (("grid_points", "edge sizes"), ("random_points", "range")):
        mistake(name, {aspect}, "The array of points has the dtype of low, which may be whole numbers: they cut off "
                                "the decimals of what is put in.", unseen=True)(whole_numbers(getattr(module, name)))

    @mistake("is_on_edge", {"low end", "high end", "margin"},
             "A best value at low or high itself is on the edge, too: the margin begins at the end.", unseen=True)
    def leaves_out_the_ends(best, low, high, margin=0.1):
        return low < best < high and module.is_on_edge(best, low, high, margin)


def register_linear_classifier(module):
    """Register a batch that is drawn as it should be, from data that are no longer the caller's."""

    @mistake("sample_batch", {"leaves inputs alone"},
             "X and y are shuffled in place before the draw, so the caller's data changes with every batch. Drawing "
             "indices is enough.", unseen=True)
    def shuffles_before_it_draws(X, y, batch_size, rng):
        order = rng.permutation(len(X))
        X[:], y[:] = X[order], y[order]
        return module.sample_batch(X, y, batch_size, rng)


def register_optimizers(module):
    """Register warm-ups that are wrong between their ends, and at an end alone."""

    @mistake("linear_warmup", {"values"}, "The rate grows by the same factor at every step. In a linear warm-up it "
                                          "grows by the same amount.", unseen=True)
    def grows_by_a_factor(lr0, step, warmup_steps):
        return lr0 * min(1, warmup_steps ** (step / max(warmup_steps - 1, 1) - 1))

    @mistake("linear_warmup", {"first and last step"},
             "Step 0 has a rate of 0, so nothing moves. It is a step like the others, with one part in warmup_steps of "
             "the rate.", unseen=True)
    def skips_the_first_step(lr0, step, warmup_steps):
        return module.linear_warmup(lr0, step, warmup_steps) if step else 0.0


MORE = {"hyperparameters": register_hyperparameters, "linear_classifier": register_linear_classifier,
        "optimizers": register_optimizers}


def register(topic):
    """Register the unseen mistakes of a topic."""
    module = reference.load(topic)
    for name, position in ARRAYS.get(topic, {}).items():
        register_misread(module, name, position)
    if topic in MORE:
        MORE[topic](module)
