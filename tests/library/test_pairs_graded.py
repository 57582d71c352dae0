"""Forward and backward as a pair, at grading: what is charged, where, and only once. All layers of all topics."""

import numpy as np
import pytest

from autograder import reference
from autograder.course.topics import list_topics
from autograder.sandbox.protocol import replace_parts
from autograder.verify.independence import list_layers
from tests.grading import graded

LAYERS = [(topic, layer) for topic in list_topics() for layer in list_layers(topic)]
BACKWARDS = [(topic, layer[0], name) for topic, layer in LAYERS for name in layer[1:]]


def lost(outcomes):
    """Return the aspects that did not pass."""
    return {o.aspect for o in outcomes if o.status != "passed"}


def test_there_are_layers_to_ask():
    """Are the layers of all topics found?"""
    topics = {topic for topic, *_ in LAYERS}
    assert topics == {"linear_classifier", "activations", "initialization", "batchnorm", "dropout"}
    assert len(BACKWARDS) == 13


@pytest.mark.parametrize("topic, forward, backward", BACKWARDS)
def test_backward_that_uses_up_its_own_cache_loses_that_alone(topic, forward, backward):
    """Does a backward lose "leaves inputs alone", and nothing else, whose second call on one cache goes wrong?"""
    right, code = (getattr(reference.load(topic), name) for name in (forward, backward))

    def keeps(*args, **named):
        out, cache = right(*args, **named)
        return out, {"kept": cache, "scale": 1.0}

    def uses_up(dout, cache, *further):
        result = code(dout, cache["kept"], *further)
        scale, cache["scale"] = cache["scale"], 3.0
        return replace_parts(result, lambda gradient: scale * gradient)

    outcomes = graded(topic, only=[backward], **{forward: keeps, backward: uses_up})[backward]
    assert lost(outcomes) == {"leaves inputs alone"}
    assert "second call" in next(o.hint for o in outcomes if o.status != "passed")


# -- a forward that divides by a wrong number, and a backward that fits it ------------------------------------------

NORMS = {"batchnorm": (0, ("batchnorm_backward", "batchnorm_backward_alt")), "layernorm": (1, ("layernorm_backward",))}


def norm_layer(stem, divisor, slope):
    """Return the functions of a layer that divides what is centred by ``divisor``, a function of the variance.

    ``slope`` is its slope. The cache holds x and gamma, and the backward works out the rest again: it fits its forward
    and no other.
    """
    axis, backwards = NORMS[stem]
    right = getattr(reference.load("batchnorm"), f"{stem}_forward")

    def forward(x, gamma, beta, param):
        if stem == "batchnorm" and param["mode"] == "test":
            return right(x, gamma, beta, param)
        right(x, gamma, beta, param)  # for the running averages
        centred = x - x.mean(axis=axis, keepdims=True)
        d = divisor(x.var(axis=axis, keepdims=True), x.shape[axis], param.get("eps"))
        return gamma * centred / d + beta, {"x": x, "gamma": gamma, "eps": param.get("eps")}

    def backward(dout, cache):
        x, gamma, n = cache["x"], cache["gamma"], cache["x"].shape[axis]
        centred, var = x - x.mean(axis=axis, keepdims=True), x.var(axis=axis, keepdims=True)
        d, g = divisor(var, n, cache["eps"]), dout * gamma
        dvar = -(g * centred).sum(axis=axis, keepdims=True) / d**2 * slope(var, n, cache["eps"])
        dx = (g - g.mean(axis=axis, keepdims=True)) / d + 2 * centred / n * dvar
        return dx, (dout * centred / d).sum(axis=0), dout.sum(axis=0)

    return {f"{stem}_forward": forward, **{name: backward for name in backwards}}


WRONG_DIVISORS = {
    "eps of 1e-3": (lambda var, n, eps: np.sqrt(var + (1e-3 if eps is None else eps)),
                    lambda var, n, eps: 0.5 / np.sqrt(var + (1e-3 if eps is None else eps))),
    "N - 1": (lambda var, n, eps: np.sqrt(var * n / max(n - 1, 1) + (1e-5 if eps is None else eps)),
              lambda var, n, eps: 0.5 * n / max(n - 1, 1) / np.sqrt(
                  var * n / max(n - 1, 1) + (1e-5 if eps is None else eps))),
    "the variance": (lambda var, n, eps: var + (1e-5 if eps is None else eps), lambda var, n, eps: 1.0),
}


@pytest.mark.parametrize("stem", NORMS)
@pytest.mark.parametrize("kind", WRONG_DIVISORS)
def test_pair_that_divides_by_the_wrong_number_is_charged_once(stem, kind):
    """Does the forward lose the marks, and no backward that fits it?"""
    functions = norm_layer(stem, *WRONG_DIVISORS[kind])
    outcomes = graded("batchnorm", only=list(functions), **functions)
    forward, *backwards = functions
    assert lost(outcomes[forward]) & {"values", "eps"}
    assert {name: lost(outcomes[name]) for name in backwards} == {name: set() for name in backwards}


@pytest.mark.parametrize("stem", NORMS)
def test_backward_of_a_forward_that_does_not_normalize_earns_nothing_by_it(stem):
    """Is a backward charged whose forward centres only, or does nothing, though it fits that forward?"""
    functions = norm_layer(stem, lambda var, n, eps: 0 * var + 1, lambda var, n, eps: 0.0)
    outcomes = graded("batchnorm", only=list(functions), **functions)
    for name in list(functions)[1:]:
        assert "dx" in lost(outcomes[name])


def test_backward_that_does_not_fit_its_wrong_forward_is_charged():
    """Is nothing waived where the backward is not that of its own forward?"""
    functions = norm_layer("batchnorm", WRONG_DIVISORS["N - 1"][0], lambda var, n, eps: 0.0)
    outcomes = graded("batchnorm", only=list(functions), **functions)
    assert "dx" in lost(outcomes["batchnorm_backward"])


def test_elementwise_pair_with_a_wrong_factor_is_charged_once():
    """Is a tanh that comes out half as large, with a backward to match, charged to the forward alone?"""
    functions = {"tanh_forward": lambda x: (np.tanh(x) / 2, {"x": x}),
                 "tanh_backward": lambda dout, cache: dout * (1 - np.tanh(cache["x"])**2) / 2}
    outcomes = graded("activations", only=list(functions), **functions)
    assert "values" in lost(outcomes["tanh_forward"]) and lost(outcomes["tanh_backward"]) == set()
    zero = {"tanh_forward": lambda x: (0 * x, {"x": x}), "tanh_backward": lambda dout, cache: 0 * dout}
    assert "dx" in lost(graded("activations", only=["tanh_backward"], **zero)["tanh_backward"])


def scale_argument(topic, stem, c):
    """Return a layer of a topic that takes ``c * x`` for x in both passes, with a cache that only itself can read."""
    module = reference.load(topic)
    forward, backward = getattr(module, f"{stem}_forward"), getattr(module, f"{stem}_backward")

    def scaled_backward(dout, cache):
        first, *others = grads if isinstance(grads := backward(dout, cache["kept"]), tuple) else (grads,)
        return (c * first, *others) if others else c * first

    def scaled_forward(x, *others, **named):
        out, cache = forward((c * x).astype(x.dtype), *others, **named)
        return out, {"kept": cache}

    return {f"{stem}_forward": scaled_forward, f"{stem}_backward": scaled_backward}


@pytest.mark.parametrize("topic, stem, c", [
    ("activations", "tanh", 0.5), ("activations", "sigmoid", 2.0), ("activations", "sigmoid", -1.0),
    ("activations", "elu", 1 / 3), ("activations", "maxout", 0.1 + 0.4), ("linear_classifier", "affine", 2.0)])
def test_pair_with_an_argument_of_a_wrong_scale_is_charged_once(topic, stem, c):
    """Is sigmoid(-x) or tanh(x / 2), with a backward to match, charged to the forward alone?"""
    functions = scale_argument(topic, stem, c)
    outcomes = graded(topic, only=list(functions), **functions)
    assert "values" in lost(outcomes[f"{stem}_forward"]) and lost(outcomes[f"{stem}_backward"]) == set()


@pytest.mark.parametrize("slope", [1e-3, 1.0])
def test_straight_line_for_a_curve_earns_nothing_by_its_slope(slope):
    """Is a pair that is tanh only where x is almost 0, or nowhere, charged in the backward, too?"""
    line = {"tanh_forward": lambda x: (slope * x, {"x": x}), "tanh_backward": lambda dout, cache: slope * dout}
    assert "dx" in lost(graded("activations", only=["tanh_backward"], **line)["tanh_backward"])


def test_backward_of_another_scale_than_its_forward_is_charged():
    """Is a backward charged that fits neither the right forward nor the student's own?"""
    functions = scale_argument("activations", "tanh", 0.5)
    other = scale_argument("activations", "tanh", 2.0)["tanh_backward"]
    assert "dx" in lost(graded("activations", only=["tanh_backward"], **{**functions, "tanh_backward": other})[
        "tanh_backward"])


# -- all together: who is the cause ---------------------------------------------------------------------------------

STACKS = {"activations": ("activation_stack", "dx"), "batchnorm": ("normalized_step", "gradient"),
          "linear_classifier": ("training_step", "gradient"), "dropout": ("dropout_step", "dx"),
          "initialization": ("deep_gradient", "gradient")}


@pytest.mark.parametrize("topic, layer", LAYERS, ids=[layer[0] for _, layer in LAYERS])
def test_all_together_names_the_pair_that_does_not_fit(topic, layer):
    """Does the feedback name the layer whose forward keeps what its backwards do not read, and no other?"""
    forward, *backwards = layer
    right = getattr(reference.load(topic), forward)

    def keeps_wrong_numbers(*args, **named):
        out, cache = right(*args, **named)
        if topic == "dropout":
            return out, (cache[0], None if cache[1] is None else 3 * cache[1])
        return out, spoil(cache) if cache is not None else None

    question, aspect = STACKS[topic]
    outcomes = {o.aspect: o for o in graded(topic, only=[question], **{forward: keeps_wrong_numbers})[question]}
    if topic == "dropout":  # its forward has an aspect about the cache, and is charged there
        assert outcomes[aspect].status == "passed"
        return
    assert outcomes[aspect].hint.startswith(f"{forward} and {' or '.join(backwards)} do not fit: ")
    assert outcomes[aspect].hint.count("do not fit") == 1


def spoil(cache):
    """Return a cache with other numbers in its first array."""
    if isinstance(cache, list):
        return [spoil(cache[0]), *cache[1:]]
    return (0.3 - cache[0], *cache[1:]) if isinstance(cache, tuple) else 0.3 - cache


def test_all_together_names_the_single_function_and_every_cause():
    """Are a rule that keeps its velocity outside of config, and each of two misfits, named?"""
    kept = {}
    right = reference.load("optimizers").sgd_momentum

    def remembers(w, dw, config=None):
        if config and "velocity" in config and w.shape == (2,):
            config = {**config, "velocity": kept.get("velocity", config["velocity"])}
        next_w, config = right(w, dw, config)
        kept["velocity"] = config["velocity"]
        return next_w, config

    outcomes = graded("optimizers", only=["descent"], sgd_momentum=remembers)["descent"]
    assert {o.aspect: o.hint.split(". ")[0] for o in outcomes if o.status != "passed"}["same way"] == (
        "The cause is sgd_momentum")
    act = reference.load("activations")
    both = {"tanh_forward": lambda x: (np.tanh(x), 0.3 - np.tanh(x)), "sigmoid_forward": lambda x: (
        act.sigmoid_forward(x)[0], x)}
    hint = graded("activations", only=["activation_stack"], **both)["activation_stack"][1].hint
    assert "tanh_forward and tanh_backward do not fit" in hint and "sigmoid_forward and sigmoid_backward do" in hint


@pytest.mark.parametrize("factor", [1.0, 0.16, 0.6], ids=["no scale", "p squared", "1 - p"])
def test_dropout_pair_with_a_wrong_scale_is_charged_once(factor):
    """Is a pair that divides by a wrong number charged under the forward's "values" alone?"""
    def scale(p):
        return {1.0: 1.0, 0.16: p**2, 0.6: 1 - p}[factor]

    def forward(x, dropout_param):
        out, (param, mask) = reference.load("dropout").dropout_forward(x, dropout_param)
        kept = None if mask is None else mask > 0
        return out if kept is None else (x * kept / scale(param["p"])).astype(x.dtype), {"kept": kept, "p": param["p"]}

    def backward(dout, cache):
        return dout.copy() if cache["kept"] is None else (dout * cache["kept"] / scale(cache["p"])).astype(dout.dtype)

    pair = {"dropout_forward": forward, "dropout_backward": backward}
    outcomes = graded("dropout", only=list(pair), **pair)
    assert lost(outcomes["dropout_forward"]) >= {"values"} and lost(outcomes["dropout_backward"]) == set()


def test_dropout_pair_that_drops_nothing_earns_nothing_by_it():
    """Is a backward charged that fits a forward which returns x?"""
    pair = {"dropout_forward": lambda x, dropout_param: (x.copy(), None),
            "dropout_backward": lambda dout, cache: dout.copy()}
    assert "dx" in lost(graded("dropout", only=["dropout_backward"], **pair)["dropout_backward"])
