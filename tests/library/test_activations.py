"""Are the activation functions right, and do their hidden tests tell right from wrong?"""

import inspect
import math
import re
from functools import partial

import grading
import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.course import solution_regions
from autograder.hidden_tests.rubric import SIDE_ASPECTS
from autograder.hidden_tests.session import Session
from autograder.sandbox.student import InProcessModule
from autograder.verify import rubric_proofs
from cs231n_lib import activations
from cs231n_lib.lab.gradient_check import eval_numerical_gradient_array, rel_error

ELEMENTWISE = ["sigmoid", "tanh", "relu", "leaky_relu", "elu"]

FORMULAS = {
    "sigmoid": lambda v: math.exp(v / 2) / (math.exp(v / 2) + math.exp(-v / 2)),
    "tanh": lambda v: 1 - 2 / (math.exp(2 * v) + 1),
    "relu": lambda v: (abs(v) + v) / 2,
    "leaky_relu": lambda v: v if v > 0 else v / 100,
    "elu": lambda v: v if v > 0 else math.exp(v) - 1,
}
"""Each function of one number, by a formula that the module does not use."""

AT_1000 = {"sigmoid": (1, 0), "tanh": (1, -1), "relu": (1000, 0), "leaky_relu": (1000, -10), "elu": (1000, -1)}
SLOPE_AT_1000 = {"sigmoid": (0, 0), "tanh": (0, 0), "relu": (1, 0), "leaky_relu": (1, 0.01), "elu": (1, 0)}


def pair(name):
    return getattr(activations, f"{name}_forward"), getattr(activations, f"{name}_backward")


def away_from_kinks(rng, *shape):
    """Draw numbers of size 0.1 to 3 and either sign: a central difference must not straddle 0."""
    return rng.uniform(0.1, 3, shape) * rng.choice([-1, 1], shape)


def maxout_inputs(rng, n=6, d=4, m=3):
    return [rng.standard_normal(s) for s in ((n, d), (d, m), (m,), (d, m), (m,))]


# -- the module -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("shape", [(7, 5), (1, 4), (3, 1), (6,), (2, 3, 4), ()])
def test_entries_have_the_values_of_the_formula(name, shape):
    """Does each entry get the formula's value, on arrays of any shape?"""
    x = np.asarray(3 * np.random.default_rng(0).standard_normal(shape))
    out, _ = pair(name)[0](x)
    assert np.shape(out) == shape
    assert np.allclose(out, np.vectorize(FORMULAS[name])(x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_gradient_is_the_numerical_one(name):
    """Is dx the numerical gradient, also for several leading axes?"""
    rng = np.random.default_rng(1)
    forward, backward = pair(name)
    x, dout = away_from_kinks(rng, 3, 2, 4), rng.standard_normal((3, 2, 4))
    dx = backward(dout, forward(x)[1])
    assert rel_error(dx, eval_numerical_gradient_array(lambda x: forward(x)[0], x, dout)) < 1e-7


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_huge_inputs_give_neither_warnings_nor_wrong_slopes(name):
    """Are output and slope right at 1000 and -1000, without so much as a warning?"""
    forward, backward = pair(name)
    with np.errstate(all="raise", under="ignore"):
        out, cache = forward(np.array([1000.0, -1000.0]))
        slope = backward(np.ones(2), cache)
    assert np.array_equal(out, AT_1000[name])
    assert np.allclose(slope, SLOPE_AT_1000[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
@pytest.mark.parametrize("alpha", [0.1, 0.5, 2.0])
def test_another_alpha_is_used_in_both_directions(name, alpha):
    """Is an alpha that is not the default used in both directions?"""
    rng = np.random.default_rng(2)
    forward, backward = pair(name)
    x, dout = away_from_kinks(rng, 4, 5), rng.standard_normal((4, 5))
    out, cache = forward(x, alpha)
    assert np.allclose(out[x < 0], alpha * (x if name == "leaky_relu" else np.exp(x) - 1)[x < 0])
    numerical = eval_numerical_gradient_array(lambda x: forward(x, alpha=alpha)[0], x, dout)
    assert rel_error(backward(dout, cache), numerical) < 1e-7


def test_slopes_of_sigmoid_and_tanh_are_steepest_at_zero():
    """Is the sigmoid's slope 1/4 at most, tanh's 1, both at x = 0?"""
    x = np.linspace(-4, 4, 401)  # 0 is its middle
    for name, largest in (("sigmoid", 0.25), ("tanh", 1.0)):
        forward, backward = pair(name)
        slope = backward(np.ones_like(x), forward(x)[1])
        assert slope.max() == slope[200] == largest


def test_slope_of_relu_at_zero_is_zero():
    """Is ReLU's slope at exactly 0 what the docstring says, 0?"""
    x = np.array([-1.0, 0.0, 1.0])
    assert np.array_equal(activations.relu_backward(np.ones(3), activations.relu_forward(x)[1]), [0, 0, 1])


@pytest.mark.parametrize("shape", [(), (5,)])
def test_prelu_has_right_values_and_gradients_for_shared_and_own_slopes(shape):
    """Are values and both gradients right, for one slope and for one per unit, and is da of a's shape?"""
    rng = np.random.default_rng(3)
    x, a, dout = away_from_kinks(rng, 6, 5), np.asarray(rng.uniform(0.1, 0.5, shape)), rng.standard_normal((6, 5))
    out, cache = activations.prelu_forward(x, a)
    slopes = np.broadcast_to(a, 5)
    assert np.allclose(out, [[v if v > 0 else s * v for v, s in zip(row, slopes, strict=True)] for row in x])
    dx, da = activations.prelu_backward(dout, cache)
    assert np.shape(da) == shape
    assert rel_error(dx, eval_numerical_gradient_array(lambda x: activations.prelu_forward(x, a)[0], x, dout)) < 1e-8
    assert rel_error(da, eval_numerical_gradient_array(lambda a: activations.prelu_forward(x, a)[0], a, dout)) < 1e-8


@pytest.mark.parametrize("sizes", [(6, 4, 3), (1, 4, 3), (6, 1, 3), (6, 4, 1)])
def test_maxout_is_the_larger_product_with_numerical_gradients(sizes):
    """Is each entry the larger of two dot products, and are all five gradients the numerical ones?"""
    rng = np.random.default_rng(4)
    inputs = maxout_inputs(rng, *sizes)
    x, w1, b1, w2, b2 = inputs
    out, cache = activations.maxout_forward(*inputs)
    want = [[max(sum(r * c) + b, sum(r * e) + d) for c, b, e, d in zip(w1.T, b1, w2.T, b2, strict=True)] for r in x]
    assert np.allclose(out, want)
    dout = rng.standard_normal(out.shape)
    for value, grad in zip(inputs, activations.maxout_backward(dout, cache), strict=True):
        assert grad.shape == value.shape
        # value is changed in place, inside inputs
        numerical = eval_numerical_gradient_array(lambda _: activations.maxout_forward(*inputs)[0], value, dout)
        assert rel_error(grad, numerical) < 1e-7


def test_maxout_can_be_relu_and_leaky_relu():
    """Do weights w, 0 make maxout a ReLU of x @ w, and weights w, 0.01 w a leaky one?"""
    x, w, b, _, _ = maxout_inputs(np.random.default_rng(5))
    z = x @ w + b
    assert np.allclose(activations.maxout_forward(x, w, b, 0 * w, 0 * b)[0], activations.relu_forward(z)[0])
    leaky = activations.maxout_forward(x, w, b, 0.01 * w, 0.01 * b)[0]
    assert np.allclose(leaky, activations.leaky_relu_forward(z)[0])


def test_gradient_of_a_tie_goes_to_one_side_of_maxout():
    """Does each entry's gradient go to exactly one function when they tie?"""
    x, w, b, _, _ = maxout_inputs(np.random.default_rng(6))
    dout = np.ones((6, 3))
    _, _, db1, _, db2 = activations.maxout_backward(dout, activations.maxout_forward(x, w, b, w, b)[1])
    assert np.array_equal(db1 + db2, dout.sum(axis=0))


@pytest.mark.parametrize("low, high, margin, want", [
    (0, 1, None, 0.4), (-1, 1, None, 0.4), (-1, 1, 0.5, 1.0), (10, 30, 0.01, 0.2), (-1, 1, 0.0, 0.2)])
def test_saturated_fraction_counts_entries_near_either_bound(low, high, margin, want):
    """Is it the share within margin * (high - low) of either bound, a plain float?"""
    share = np.array([[0.0, 0.04, 0.06, 0.3, 0.5], [0.6, 0.7, 0.94, 0.96, 1.0]])
    arguments = (low + (high - low) * share, low, high, *(() if margin is None else (margin,)))
    fraction = activations.saturated_fraction(*arguments)
    assert type(fraction) is float
    assert fraction == pytest.approx(want)


def test_unit_is_dead_when_no_row_is_positive():
    """Is a unit dead when no row is positive, and alive as soon as one is?"""
    out = np.array([[0, 0, 1.0], [0, 1e-9, 2.0], [0, 0, 3.0]])
    dead = activations.dead_units(out)
    assert dead.dtype == bool
    assert dead.tolist() == [True, False, False]
    assert activations.dead_units(out[:1]).tolist() == [True, True, False]


def arguments_of(name, rng, dtype=np.float64):
    """Return arguments for a function of the module, arrays in ``dtype``."""
    stem, _, way = name.rpartition("_")
    x = away_from_kinks(rng, 6, 4)
    inputs = {"prelu": [x, rng.uniform(0.1, 0.5, 4)], "maxout": maxout_inputs(rng)}.get(stem, [x])
    inputs = [v.astype(dtype) for v in inputs]
    if way == "backward":
        out, cache = getattr(activations, f"{stem}_forward")(*inputs)
        return [rng.standard_normal(out.shape).astype(dtype), cache]
    return {"saturated_fraction": [x, -3, 3], "dead_units": [np.maximum(0, x)]}.get(name, inputs)


FUNCTIONS = [name for name, f in vars(activations).items() if inspect.isfunction(f)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_are_left_alone(name):
    """Are all arguments the same afterwards?"""
    reply = InProcessModule(activations).call(name, *(given := arguments_of(name, np.random.default_rng(7))))
    for before, after in zip(given, reply.args, strict=True):
        for a, b in zip(*((v if isinstance(v, tuple) else (v,)) for v in (before, after)), strict=True):
            assert np.array_equal(a, b)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n.endswith("ward")])
def test_float32_stays_float32(name):
    """Does float32 in give float32 out, in every output and gradient?"""
    result = getattr(activations, name)(*arguments_of(name, np.random.default_rng(8), np.float32))
    outputs = result[:1] if name.endswith("_forward") else result if isinstance(result, tuple) else [result]
    assert {np.asarray(v).dtype.name for v in outputs} == {"float32"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_has_every_argument_and_the_result(name):
    """Does the docstring document every argument and what comes back?"""
    function = getattr(activations, name)
    text = inspect.getdoc(function)
    assert "Returns\n-------" in text
    parameters = text[text.index("Parameters\n"):text.index("Returns\n")]
    for argument in inspect.signature(function).parameters:
        assert re.search(rf"^(.*, )?{argument}(, .*)? : ", parameters, re.MULTILINE)


# -- the hidden tests -------------------------------------------------------------------------------------------


graded = partial(grading.graded, "activations")


def identity(name):
    """Return a function that hands on what it gets, in as many places as it should."""
    if name.endswith("_forward"):
        return lambda x, *more: (x, x)
    count = {"prelu_backward": 2, "maxout_backward": 5}.get(name, 1)
    return lambda x, *more: (x,) * count if count > 1 else x


def test_functions_that_hand_on_what_they_get_earn_nothing():
    """Does a module in which everything is wrong earn nothing, not even for shapes and dtypes?"""
    for name, outcomes in graded(**{name: identity(name) for name in FUNCTIONS}).items():
        assert sum(o.score for o in outcomes) == 0, name


def all_mistakes():
    mistakes.load_mistakes("activations")
    return [known for name in FUNCTIONS for known in mistakes.mistakes_of(name)]


ALSO_TRUE = {"absolute_value_against_high": {"high_bound_only"}}
"""Mistake -> what is told in its place at grading: it is true of outputs from 0 to 1, which alone come out wrong."""


@pytest.mark.parametrize("known", all_mistakes(), ids=lambda k: f"{k.function}-{k.name}")
def test_mistake_is_named_and_no_hint_has_a_hidden_number(known):
    """Is the mistake named in the student's result, and does no hint show a hidden number?"""
    module = known.applied_to(reference.load("activations"))
    session = Session("activations", InProcessModule(module), reference.load("activations"), b"test of hints")
    lost = [o for o in session.outcomes(known.function) if o.status != "passed"]
    named = {o.mistake for o in lost if o.status == "failed" and o.aspect not in SIDE_ASPECTS}
    assert all(o.hint for o in lost)
    assert not any(re.search(r"\d\.\d{3}", o.hint) for o in lost)
    true = {m.teaches for m in mistakes.mistakes_of(known.function) if m.name in named}
    assert not named or known.teaches in true or named == ALSO_TRUE.get(known.name)


def test_wrong_forward_costs_its_backward_nothing():
    """Is a forward that is wrong, and keeps a cache of its own, charged once?"""
    outcomes = graded(relu_forward=lambda x: (np.abs(x), {"on": x > 0}), relu_backward=lambda dout, c: dout * c["on"])
    assert sum(o.score for o in outcomes["relu_forward"]) == 0
    assert not rubric_proofs.list_lost_aspects(outcomes["relu_backward"])
    assert not rubric_proofs.list_lost_aspects(outcomes["activation_stack"])


def test_stack_wants_each_cache():
    """Does a backward that uses the latest forward's x lose the stack's gradient, and nothing else?"""
    latest = {}

    def relu_forward(x):
        latest["x"] = x
        return np.maximum(0, x), None

    outcomes = graded(relu_forward=relu_forward, relu_backward=lambda dout, cache: dout * (latest["x"] > 0))
    assert {name: lost for name, o in outcomes.items() if (lost := rubric_proofs.list_lost_aspects(o))} == {
        "activation_stack": {"dx"}
    }


def test_stack_wants_a_pair_that_fits():
    """Does a forward that keeps x, with a backward that expects the output, lose the stack's gradient?"""
    outcomes = graded(sigmoid_forward=lambda x: (reference.load("activations").sigmoid_forward(x)[0], x))
    assert {name: lost for name, o in outcomes.items() if (lost := rubric_proofs.list_lost_aspects(o))} == {
        "activation_stack": {"dx"}
    }


def test_stack_counts_what_students_write():
    """Does a module as it is released earn nothing there, and do core functions alone earn all of it?"""
    def earned(*functions):
        source = solution_regions.solve_functions("activations", functions)
        module = reference.load_source(source, "handed_in", "handed_in.py")
        session = Session("activations", InProcessModule(module), reference.load("activations"), b"a test")
        return sum(o.score for o in session.outcomes("activation_stack"))

    assert earned() == 0
    assert earned("sigmoid_backward", "relu_forward", "relu_backward") == 2


def test_list_may_be_a_cache_or_the_gradients():
    """May a cache be a list, and several gradients come as one?"""
    right = reference.load("activations")
    outcomes = graded(prelu_forward=lambda x, a: (right.prelu_forward(x, a)[0], [x, a]),
                      prelu_backward=lambda dout, cache: list(right.prelu_backward(dout, cache)))
    assert not any(map(rubric_proofs.list_lost_aspects, outcomes.values()))
