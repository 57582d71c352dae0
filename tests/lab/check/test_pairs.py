"""A forward and a backward that do not fit: is it said, with the reason, and does every pair that fits pass?"""

import types

import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge
from cs231n_lib.lab.check.pairs import OWN_CACHE, list_cases

for topic in list_topics():
    mistakes.load_mistakes(topic)

ACT, NORM, AFFINE, DROP = map(reference.load, ("activations", "batchnorm", "linear_classifier", "dropout"))


def judge_in(topic, name, **functions):
    """Return the report on one function of the reference with others in their places."""
    return judge(FUNCTIONS[name], types.SimpleNamespace(**{**vars(reference.load(topic)), **functions}))


def row(report, aspect):
    """Return the line of an aspect, None if there is none."""
    return next((r for r in report.rows if r.aspect == aspect), None)


def recached(topic, stem, cache):
    """Return the reference's forward with ``cache(out, right cache, *args)`` in the place of its cache."""
    right = getattr(reference.load(topic), f"{stem}_forward")

    def forward(*args, **named):
        out, kept = right(*args, **named)
        return out, kept if kept is None else cache(out, kept, *args)  # none at test time

    return forward


def test_every_opaque_result_is_judged_in_a_pair():
    """Has every function that returns a cache a backward that is tried on it? Plain dropout has none to write."""
    read = {f.forward for f in FUNCTIONS.values()}
    assert {f.name for f in FUNCTIONS.values() if "cache" in f.returns} - read == {"vanilla_dropout_forward"}
    assert [f.name for f in FUNCTIONS.values() if f.forward and not list_cases(f)] == ["dropout_backward"]
    assert OWN_CACHE in {c.aspect for c in FUNCTIONS["dropout_backward"].cases}


MISFITS = {
    "sigmoid keeps x": ("activations", "sigmoid", lambda out, kept, x: x, "cache is x; it should be out"),
    "tanh keeps x": ("activations", "tanh", lambda out, kept, x: x, "cache is x; it should be out"),
    "relu keeps -x": ("activations", "relu", lambda out, kept, x: -x, "cache is the negative of the docstring's"),
    "leaky relu keeps the usual alpha": ("activations", "leaky_relu", lambda out, kept, x, *a: (x, 0.01),
                                         "cache[1] is 0.01, not 0.3; it should be alpha"),
    "elu keeps out": ("activations", "elu", lambda out, kept, x, *a: (out, *kept[1:]),
                      "cache[0] is out; it should be x"),
    "prelu keeps out": ("activations", "prelu", lambda out, kept, x, a: (out, a), "cache[0] is out; it should be x"),
    "maxout turns its mask": ("activations", "maxout", lambda out, kept, *a: (*kept[:3], ~kept[3]),
                              "cache[3] holds other numbers"),
    "maxout exchanges the weights": ("activations", "maxout",
                                     lambda out, kept, *a: (kept[0], kept[2], kept[1], kept[3]), "cache[1] is w2"),
    "affine keeps out": ("linear_classifier", "affine", lambda out, kept, x, w, b: (x, w, w),
                         "tuple of 3 (an array of shape"),
    "affine exchanges x and w": ("linear_classifier", "affine", lambda out, kept, x, w, b: (w, x, b), "a tuple of 3"),
    "batchnorm keeps a std without eps": ("batchnorm", "batchnorm",
                                          lambda out, kept, x, *a: (*kept[:2], x.std(axis=0)), "cache[2]"),
    "batchnorm keeps x - mean": ("batchnorm", "batchnorm", lambda out, kept, x, *a: (x - x.mean(axis=0), *kept[1:]),
                                 "cache[0] is the docstring's, multiplied by its cache[2]"),
    "batchnorm keeps the variance": ("batchnorm", "batchnorm", lambda out, kept, *a: (*kept[:2], kept[2]**2),
                                     "cache[2] is the square of the docstring's"),
    "batchnorm keeps 1 / std": ("batchnorm", "batchnorm", lambda out, kept, *a: (*kept[:2], 1 / kept[2]),
                                "cache[2] is one divided by the docstring's"),
    "batchnorm keeps a flat x_hat": ("batchnorm", "batchnorm", lambda out, kept, *a: (kept[0].ravel(), *kept[1:]),
                                     "an array of shape (15,)"),
    "layernorm keeps a std of one axis": ("batchnorm", "layernorm", lambda out, kept, *a: (*kept[:2], kept[2].ravel()),
                                          "an array of shape (5,)"),
    "layernorm keeps x": ("batchnorm", "layernorm", lambda out, kept, x, *a: (x, *kept[1:]), "cache[0] is x"),
    "layernorm keeps the variance": ("batchnorm", "layernorm", lambda out, kept, *a: (*kept[:2], kept[2]**2),
                                     "cache[2] is the square of the docstring's"),
}


@pytest.mark.parametrize("kind", MISFITS)
def test_cache_that_the_backward_does_not_read_is_red_in_both(kind):
    """Is a pair that does not fit wrong in the check of either function, with what the cache holds?"""
    topic, stem, cache, says = MISFITS[kind]
    if kind == "affine keeps out":
        cache, says = lambda out, kept, x, w, b: (out, w, b), "an array of shape (2, 4)"
    forward = recached(topic, stem, cache)
    there = judge_in(topic, f"{stem}_forward", **{f"{stem}_forward": forward})
    here = judge_in(topic, f"{stem}_backward", **{f"{stem}_forward": forward})
    assert set(there.wrong) == {f"fits your own {f.name}" for f in FUNCTIONS.values() if f.forward == f"{stem}_forward"}
    assert there.wrong[0] == f"fits your own {stem}_backward" and here.wrong == [OWN_CACHE], (there, here)
    assert says in row(there, there.wrong[0]).relations[0] and says in row(here, OWN_CACHE).relations[0], here


@pytest.mark.parametrize("stem, topic", [("sigmoid", "activations"), ("affine", "linear_classifier"),
                                         ("layernorm", "batchnorm"), ("maxout", "activations")])
def test_pair_with_a_cache_of_its_own_passes(stem, topic):
    """Does a pair pass whose forward keeps a dict, or an object, that only its own backward reads?"""
    right = getattr(reference.load(topic), f"{stem}_backward")
    own = {f"{stem}_forward": recached(topic, stem, lambda out, kept, *a: {"mine": kept}),
           f"{stem}_backward": lambda dout, cache: right(dout, cache["mine"])}
    for way in ("forward", "backward"):
        report = judge_in(topic, f"{stem}_{way}", **own)
        assert report.wrong == [] and "your own" not in str(row(report, "cache")), report
    assert row(report, OWN_CACHE).status == "ok"


def test_closure_as_a_cache_passes():
    """May the forward keep a function?"""
    own = {"tanh_forward": lambda x: (np.tanh(x), lambda dout: dout * (1 - np.tanh(x)**2)),
           "tanh_backward": lambda dout, cache: cache(dout)}
    assert judge_in("activations", "tanh_backward", **own).wrong == []


# -- what only a second call, or another call in between, shows -----------------------------------------------------


def test_cache_that_the_backward_uses_up_is_red():
    """Is a backward wrong whose second call on the same cache gives something else, or raises?"""
    report = judge_in("activations", "tanh_backward", tanh_forward=lambda x: (np.tanh(x), [np.tanh(x)]),
                      tanh_backward=lambda dout, cache: dout * (1 - cache.pop()**2))
    assert OWN_CACHE in report.wrong or "leaves inputs alone" in report.wrong, report

    def forward(x):
        state = {"out": np.tanh(x)}
        return state["out"], lambda: state

    def backward(dout, cache):
        out, cache()["out"] = cache()["out"], 0 * dout
        return dout * (1 - out**2)

    report = judge_in("activations", "tanh_backward", tanh_forward=forward, tanh_backward=backward)
    assert report.wrong == [OWN_CACHE]
    assert "second call" in row(report, OWN_CACHE).obtained


def test_what_is_kept_outside_of_the_cache_is_red():
    """Is a pair wrong that works only until the forward is called again: a variable outside, an array used again?"""
    latest, again = {}, np.empty((20, 20))

    def remembers(x):
        latest["x"] = x
        return np.maximum(0, x), None

    report = judge_in("activations", "relu_backward", relu_forward=remembers,
                      relu_backward=lambda dout, cache: dout * (latest["x"] > 0))
    assert report.wrong, report

    def uses_one_array(x):
        view = again.ravel()[:x.size].reshape(x.shape)
        view[...] = np.tanh(x)
        return view.copy(), view

    report = judge_in("activations", "tanh_backward", tanh_forward=uses_one_array)
    assert report.wrong == [OWN_CACHE]
    assert "after another call of tanh_forward" in row(report, OWN_CACHE).relations[0]


def test_forward_that_changes_what_it_keeps_is_red():
    """Is a forward found out that keeps x_hat and goes on to work in that same array?"""

    def forward(x, gamma, beta, bn_param):
        out, (x_hat, gamma, std) = NORM.batchnorm_forward(x, gamma, beta, bn_param)
        view = x_hat[:]
        x_hat *= gamma
        x_hat += beta
        return out, (view, gamma, std)

    report = judge_in("batchnorm", "batchnorm_backward", batchnorm_forward=forward)
    assert report.wrong == [OWN_CACHE] and "cache[0] is out" in row(report, OWN_CACHE).relations[0]


# -- what cannot be judged ------------------------------------------------------------------------------------------


def stub(*args, **named):
    """Stand for a function that is not written."""
    raise NotImplementedError


@pytest.mark.parametrize("backward", [f.name for f in FUNCTIONS.values() if f.forward and list_cases(f)])
def test_pair_is_not_judged_before_the_forward_is_right(backward):
    """Is a backward whose forward is not written, missing, or wrong neither ok nor wrong as a pair?"""
    function = FUNCTIONS[backward]
    right = getattr(reference.load(function.topic), function.forward)

    def doubled(*args, **named):
        out, cache = right(*args, **named)
        return 2 * out, cache

    for forward, says in ((stub, "is written"), (doubled, "not right yet")):
        line = row(judge_in(function.topic, backward, **{function.forward: forward}), OWN_CACHE)
        assert line.status == "open" and says in line.note
    module = types.SimpleNamespace(**vars(reference.load(function.topic)))
    delattr(module, function.forward)
    assert row(judge(function, module), OWN_CACHE).status == "open"


def test_wrong_backward_is_not_charged_to_the_forward():
    """Is a right forward green beside a wrong backward, and the pair not judged?"""
    wrong = {"tanh_backward": lambda dout, cache: dout * (1 - cache)}
    assert judge_in("activations", "tanh_forward", **wrong).wrong == []
    assert row(judge_in("activations", "tanh_backward", **wrong), OWN_CACHE).status == "open"


def test_note_where_the_cache_is_not_the_docstrings():
    """Does a forward with another cache get a note while its backward is not written, and the usual one none?"""
    report = judge_in("activations", "sigmoid_forward", sigmoid_backward=stub,
                      sigmoid_forward=lambda x: (ACT.sigmoid_forward(x)[0], x))
    assert report.wrong == [] and row(report, "cache").status == "note"
    assert "cache is x; it should be out" in row(report, "cache").note
    assert row(judge_in("activations", "sigmoid_forward", sigmoid_backward=stub), "cache") is None
    both = judge_in("batchnorm", "batchnorm_forward", batchnorm_backward=stub, batchnorm_backward_alt=stub,
                    batchnorm_forward=recached("batchnorm", "batchnorm", lambda out, kept, *a: kept[:2]))
    assert [r.status for r in both.rows if r.aspect == "cache"] == ["note"]


def test_wrong_pair_of_two_layouts_says_both():
    """Does a backward that reads neither cache say what its own forward keeps, and what the docstring says?"""
    report = judge_in("activations", "leaky_relu_backward",
                      leaky_relu_forward=recached("activations", "leaky_relu", lambda out, kept, *a: (*kept, out, out)),
                      leaky_relu_backward=lambda dout, cache: [alpha for x, out, alpha in [cache]][0] * dout)
    assert "runs" in report.wrong
    assert "is a tuple of 4" in row(report, OWN_CACHE).note and "it is a tuple of 2" in row(report, OWN_CACHE).note


# -- dropout: masks are random --------------------------------------------------------------------------------------


def test_backward_that_draws_a_new_mask_is_red():
    """Is a backward wrong that draws the mask again from the seed, for there need not be one?"""

    def draws_again(dout, cache):
        param = cache[0]
        if param["mode"] == "test":
            return dout.copy()
        mask = np.random.default_rng(param.get("seed")).random(dout.shape) < param["p"]
        return dout * mask / param["p"]

    report = judge_in("dropout", "dropout_backward", dropout_backward=draws_again)
    assert OWN_CACHE in report.wrong, report


def test_boolean_mask_without_its_scale_is_red():
    """Is a forward found out that keeps True and False for a backward that multiplies by the mask?"""

    def forward(x, dropout_param):
        out, (param, mask) = DROP.dropout_forward(x, dropout_param)
        return out, (param, None if mask is None else mask > 0)

    assert judge_in("dropout", "dropout_backward", dropout_forward=forward).wrong == [OWN_CACHE]
    assert judge_in("dropout", "dropout_forward", dropout_forward=forward).wrong == ["cache"]


def test_mask_that_is_used_up_or_kept_outside_is_red():
    """Is a dropout pair wrong that changes its mask in the backward, or keeps the latest one outside?"""
    latest = {}

    def forward(x, dropout_param):
        out, latest["cache"] = DROP.dropout_forward(x, dropout_param)
        return out, latest

    def backward(dout, cache):
        return DROP.dropout_backward(dout, cache["cache"] if isinstance(cache, dict) else cache)

    assert OWN_CACHE in judge_in("dropout", "dropout_backward", dropout_forward=forward,
                                 dropout_backward=backward).wrong

    def scales_once(x, dropout_param):
        out, (param, mask) = DROP.dropout_forward(x, dropout_param)
        return out, {"mask": None if mask is None else mask > 0, "p": param["p"]}

    def scales_its_mask(dout, cache):
        if isinstance(cache, tuple):
            return DROP.dropout_backward(dout, cache)
        if cache["mask"] is None:
            return dout.copy()
        cache["mask"] = cache["mask"] / cache["p"]
        return dout * cache["mask"]

    report = judge_in("dropout", "dropout_backward", dropout_forward=scales_once, dropout_backward=scales_its_mask)
    assert OWN_CACHE in report.wrong
