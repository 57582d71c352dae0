"""Relations between what came and what is expected: stated where they hold, and only there."""

import dataclasses
import types

import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check import known_results
from cs231n_lib.lab.check.arrays import RELATIVE
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.cases.builders import chirp
from cs231n_lib.lab.check.judge import judge
from cs231n_lib.lab.check.observe import make_own_cache, merge_changed, observe
from cs231n_lib.lab.check.recognise import find_relations
from cs231n_lib.lab.check.relations import Pair, find_relation

PRESENT = [f for f in FUNCTIONS.values() if f.topic in list_topics()]
TOL = RELATIVE, 1e-12
SHAPES = [(3, 4), (2, 5), (1, 3)]


def make_pairs(change, shapes=SHAPES):
    """Return the pairs of a result that is ``change(pair)`` instead of what is expected."""
    found = []
    for i, shape in enumerate(shapes):
        inputs = {"x": chirp(*shape, seed=i), "b": chirp(shape[-1], seed=i + 7), "p": 0.3 + 0.2 * i}
        others = {"dw": chirp(*shape, seed=i + 20), "db": chirp(shape[-1], seed=i + 30)}
        pair = Pair(None, chirp(*shape, seed=i + 10), TOL, inputs, others)
        found.append(Pair(np.asarray(change(pair), float), pair.want, TOL, inputs, others))
    return found


HOLDS = [
    (lambda p: -p.want, "Your {name} {is} -1 times what is expected"),
    (lambda p: 2 * p.want, "Your {name} {is} 2 times what is expected"),
    (lambda p: p.want / 3, "Your {name} {is} 1/3 times what is expected"),
    (lambda p: 0.37 * p.want, "Your {name} {is} 0.37 times what is expected"),
    (lambda p: p.want * len(p.want), "Your {name} {is} N times what is expected (N is len(x))"),
    (lambda p: -p.want / len(p.want), "Your {name} {is} -1/N times what is expected (N is len(x))"),
    (lambda p: p.want / p.want.shape[1],
     "Your {name} {is} 1/D times what is expected (D is the number of entries of x[0])"),
    (lambda p: p.want * p.inputs["p"], "Your {name} {is} p times what is expected"),
    (lambda p: p.want / (1 - p.inputs["p"]), "Your {name} {is} 1/(1 - p) times what is expected"),
    (lambda p: p.want + 0.5, "Your {name} {is} 0.5 larger than expected"),
    (lambda p: p.want - 1, "Your {name} {is} 1 smaller than expected"),
    (lambda p: p.want.T, "Your {name} {is} the transpose of what is expected"),
    (lambda p: p.want[::-1], "Your {name} {is} what is expected in reverse order along axis 0"),
    (lambda p: p.want[:, ::-1], "Your {name} {is} what is expected in reverse order along axis 1"),
    (lambda p: np.roll(p.want, 1, axis=1), "Your {name} {is} what is expected in another order along axis 1"),
    (lambda p: p.want.reshape(-1, len(p.want)).T,
     "Your {name} {is} what is expected, shuffled as by reshape(-1, N).T"),
    (lambda p: p.want[None], "Your {name} {is} right but for the shape"),
    (lambda p: p.want**2, "Your {name} {is} the square of what is expected"),
    (lambda p: 1 / p.want, "Your {name} {is} 1 divided by what is expected"),
    (lambda p: p.want.sum(axis=0), "Your {name} {is} the sum over axis 0 of what is expected"),
    (lambda p: p.want.mean(axis=1, keepdims=True), "Your {name} {is} the mean over axis 1 of what is expected"),
    (lambda p: p.want.sum(), "Your {name} {is} the sum of all entries of what is expected"),
    (lambda p: np.stack([p.want / 4, p.want * 3 / 4]), "The sum over axis 0 of your {name} is what is expected"),
    (lambda p: p.want + p.inputs["x"], "Your {name} {is} what is expected plus x"),
    (lambda p: p.want - p.inputs["b"], "Your {name} {is} what is expected minus b"),
    (lambda p: p.want * p.inputs["x"], "Your {name} {is} what is expected times x"),
    (lambda p: p.want / p.inputs["x"], "Your {name} times x {is} what is expected"),
    (lambda p: p.others["dw"], "Your {name} {is} what is expected as dw"),
    (lambda p: p.inputs["x"], "Your {name} {is} x, unchanged"),
    (lambda p: p.inputs["x"].mean(axis=0), "Your {name} {is} the mean of x over axis 0"),
    (lambda p: p.inputs["x"].max(), "Your {name} {is} the largest number of x"),
    (lambda p: np.where(p.inputs["x"] > 0, 0.3, p.want),
     "Your {name} {is} right where x <= 0, and wrong where x > 0"),
    (lambda p: np.where(p.inputs["x"] > 0, -p.want, p.want),
     "Where x > 0, your {name} {is} -1 times what is expected, and right elsewhere"),
]


@pytest.mark.parametrize("change, sentence", HOLDS, ids=[sentence for _, sentence in HOLDS])
def test_relation_that_holds_in_every_case_is_stated(change, sentence):
    """Is each relation found, and no other?"""
    assert find_relation(make_pairs(change)) == sentence


@pytest.mark.parametrize("change, sentence", HOLDS, ids=[sentence for _, sentence in HOLDS])
def test_relation_with_one_exception_is_not_stated(change, sentence):
    """Is a relation left out that fails in one case, by one number?"""
    pairs = make_pairs(change)
    got = pairs[0].got.copy()
    got.flat[-1] += 1e-3
    assert find_relation([Pair(got, pairs[0].want, TOL, pairs[0].inputs, pairs[0].others), *pairs[1:]]) == ""


@pytest.mark.parametrize("pairs", [
    [],
    make_pairs(lambda p: p.want),
    [Pair(np.zeros((2, 3)), np.zeros((2, 3)), TOL)],
    [Pair(np.full((3, 3), 2.0), np.full((3, 3), 1.0), TOL)],  # twice, or 1 larger
    [Pair(np.array(4.0), np.array(2.0), TOL)],  # twice, the square, or 2 larger
    [Pair(np.array(4.0), np.array(2.0), TOL)] * 5,
    [Pair(np.full((3, 3), np.nan), chirp(3, 3), TOL)],
    [Pair(chirp(3, 3) * 1.001, chirp(3, 3), (1e-4, 1e-6))],  # float32, rounded roughly
    make_pairs(lambda p: p.want * len(p.want), [(2, 2), (3, 3), (4, 4)]),  # N or D
])
def test_too_little_or_ambiguous_evidence_states_nothing(pairs):
    """Is nothing said where numbers are few, equal, symmetric, or where two relations hold?"""
    assert find_relation(pairs) == ""


def test_float32_does_not_speak_alone():
    """Do numbers that are compared loosely not show a relation by themselves?"""
    assert find_relation([Pair(-chirp(3, 3), chirp(3, 3), (1e-4, 1e-6))]) == ""


# -- with the functions of the workbook -------------------------------------------------------------------------------

CHANGES = {
    "is -1 times": lambda v: -v, "is 3 times": lambda v: 3 * v, "the square of": lambda v: v * v,
    "0.7 larger": lambda v: v + 0.7, "the transpose of": lambda v: v.T, "reverse order along axis 0": lambda v: v[::-1],
}
READABLE = [f for f in PRESENT if not any(c.run for c in f.cases)]
"""The functions that are compared number by number; the others are judged by statistics of random numbers."""


def relate(function, code):
    """Return the relations of a function's results, without the known mistakes."""
    module = types.SimpleNamespace(**{**vars(reference.load(function.topic)), function.name: code})
    prints = known_results.load_known_results(function.name)
    seen = [observe(function, c, module, k) for c, k in zip(function.cases, prints.caches, strict=True)]
    return find_relations(function, seen, prints, {})


def change_results(right, change, returns):
    """Return the function with ``change`` applied to each array or number that it returns, but for a cache."""
    def code(*args, **named):
        value = right(*args, **named)
        if len(returns) == 1:
            return apply(value)
        return tuple(v if name == "cache" else apply(v) for name, v in zip(returns, value, strict=True))

    def apply(value):
        if isinstance(value, list):
            return [apply(part) for part in value]
        value = np.asarray(value)
        return change(value) if value.ndim else change(value[None, None])[0, 0]

    return code


@pytest.mark.parametrize("function", READABLE, ids=lambda f: f.name)
def test_what_is_stated_of_a_function_is_true(function):
    """Is each relation, applied to the right results, stated as it is or not at all, and nothing of right ones?"""
    right = getattr(reference.load(function.topic), function.name)
    assert relate(function, right) == {}
    for words, change in CHANGES.items():
        said = relate(function, change_results(right, change, function.returns))
        assert all(words.removeprefix("is ") in sentence for sentence in said), words


def move_inputs(function):
    """Return the function with other numbers in its cases, and what they should give."""
    def move(value):
        floats = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim > 0
        return (value * (1 + 0.1 * chirp(*value.shape, seed=9, size=1))).astype(value.dtype) if floats else value

    module = reference.load(function.topic)
    cases = [dataclasses.replace(c, args=tuple(map(move, c.args)), dout=move(c.dout)) for c in function.cases]
    moved = dataclasses.replace(function, cases=tuple(cases))
    caches = [make_own_cache(moved, c, module)[0] if function.forward else None for c in cases]
    expected = [observe(moved, c, module, k).parts for c, k in zip(cases, caches, strict=True)]
    known = [move_mistake(m, moved, module, caches) for m in mistakes.mistakes_of(function.name) if not m.unseen]
    return moved, known_results.KnownResults(expected, caches, known)


def move_mistake(mistake, moved, module, caches):
    """Return what a known mistake gives with the other numbers."""
    seen = [observe(moved, c, mistake.applied_to(module), k) for c, k in zip(moved.cases, caches, strict=True)]
    errors = {i: s.error for i, s in enumerate(seen) if s.error}
    parts = {i: s.parts for i, s in enumerate(seen) if not s.error}
    return known_results.KnownMistake(mistake.teaches, parts, errors, merge_changed(seen))


@pytest.mark.parametrize("function", [f for f in READABLE if f.forward or f.name.endswith("loss")],
                         ids=lambda f: f.name)
def test_what_is_stated_of_a_known_mistake_holds_for_other_inputs(function):
    """Is no relation a chance of the visible inputs?"""
    mistakes.load_mistakes(function.topic)
    moved, prints = move_inputs(function)
    for known in (m for m in mistakes.mistakes_of(function.name) if not m.unseen):
        said, module = relate(function, known.code), known.applied_to(reference.load(function.topic))
        if said:
            seen = [observe(moved, c, module, k) for c, k in zip(moved.cases, prints.caches, strict=True)]
            assert find_relations(moved, seen, prints, {}) == said, known.name


def test_most_relations_are_stated():
    """Is a sign or a factor found for nearly every result that is compared number by number?"""
    silent = []
    for function in READABLE:
        right = getattr(reference.load(function.topic), function.name)
        said = relate(function, change_results(right, CHANGES["is 3 times"], function.returns))
        silent += [] if said else [function.name]
    truth = {"has_exploded", "is_on_edge", "should_abandon", "dead_units"}  # these return truth values
    assert set(silent) <= truth | {"zero_init", "constant_init", "activation_statistics", "lsuv_init"}


def test_relation_of_a_list_is_stated_of_all_its_arrays():
    """Is a list of arrays named as a whole where each of them is wrong in the same way?"""
    right = reference.load("initialization").stack_backward

    def stack_backward(dout, cache, activation_backward):
        dx, dweights = right(dout, cache, activation_backward)
        return dx, [-3 * dw for dw in dweights]

    assert list(relate(FUNCTIONS["stack_backward"], stack_backward)) == [
        "Your dweights are -3 times what is expected, in every case."]


def test_relation_stands_where_no_known_mistake_has_a_name():
    """Does the report say what is wrong with dx in general, and name the known mistake in db?"""
    right = reference.load("linear_classifier").affine_backward

    def affine_backward(dout, cache):
        dx, dw, db = right(dout, cache)
        return -dx, dw, db / len(dout)

    module = {**vars(reference.load("linear_classifier")), "affine_backward": affine_backward}
    report = judge(FUNCTIONS["affine_backward"], types.SimpleNamespace(**module))
    mistakes.load_mistakes("linear_classifier")
    known = next(m for m in mistakes.mistakes_of("affine_backward") if m.name == "db_is_a_mean")
    assert report.diagnosis == [known.teaches]
    said = "Your dx is -1 times what is expected, in every case."
    assert {row.relations for row in report.rows if row.relations} == {(said,)}
    assert str(report).count(said) == 1 and said in report._repr_html_()


def test_relation_of_the_steps_and_of_the_state():
    """Are the steps of a rule compared from the weights they start at, and its state by its name?"""
    right = reference.load("optimizers").sgd_momentum

    def sgd_momentum(w, dw, config=None):
        next_w, config = right(w, dw, config)
        return w + 3 * (next_w - w), config

    assert list(relate(FUNCTIONS["sgd_momentum"], sgd_momentum)) == [
        "Your next_w - w is 3 times what is expected, in every case."]
