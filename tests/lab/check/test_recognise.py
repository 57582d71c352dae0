"""The names of known mistakes: each result judged by itself, by what it is and not by how it is written."""

import itertools
import types

import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check import known_results
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge
from cs231n_lib.lab.check.observe import Observation, observe
from cs231n_lib.lab.check.recognise import find_known_mistakes

for topic in list_topics():
    mistakes.load_mistakes(topic)


def judge_code(code, **others):
    """Judge ``code``, a function named as the graded one, in the reference's module; ``others`` replace more of it."""
    function = FUNCTIONS[code.__name__]
    module = {**vars(reference.load(function.topic)), code.__name__: code, **others}
    return judge(function, types.SimpleNamespace(**module))


def sentences(function, *names):
    """Return the sentences of known mistakes of a function."""
    known = {m.name: m.teaches for m in mistakes.mistakes_of(function)}
    return {known[name] for name in names}


def combine(function, **wrong):
    """Return the function with some of its results as known mistakes give them: ``dw="dw_averaged_again"``."""
    codes = {m.name: m.code for m in mistakes.mistakes_of(function)}
    right, returns = getattr(reference.load(FUNCTIONS[function].topic), function), FUNCTIONS[function].returns

    def combined(*args):
        given = [codes.get(wrong.get(name), right)(*args)[i] for i, name in enumerate(returns)]
        return tuple(given)

    combined.__name__ = function
    return combined


# -- several at once --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function, wrong", [
    ("affine_backward", {"dw": "dw_averaged_again", "db": "db_is_a_mean"}),
    ("affine_backward", {"dx": "dx_without_upstream", "db": "db_keeps_dims"}),
    ("softmax_loss", {"loss": "log_of_underflow", "dx": "gradient_not_averaged"}),
    ("svm_loss", {"loss": "counts_the_own_class", "dx": "own_class_forgotten"}),
    ("prelu_backward", {"dx": "dx_gate_on_dout", "da": "da_averaged"}),
    ("batchnorm_backward", {"dx": "forgets_gamma", "dgamma": "dgamma_from_x", "dbeta": "dbeta_is_a_mean"}),
    ("layernorm_backward", {"dx": "n_for_d", "dbeta": "dbeta_along_the_rows"}),
    ("mc_dropout_mean", {"mean": "sum_for_mean", "std": "variance_for_std"}),
])
def test_two_known_mistakes_in_two_results_are_both_named(function, wrong):
    """Is each of several wrong results named, as if the other were right?"""
    assert set(judge_code(combine(function, **wrong)).diagnosis) == sentences(function, *wrong.values())


HALVES = {"own_margin_not_set_to_0": ("counts_the_own_class", "own_margin_counted"),
          "margins_not_cut_off": ("negative_margins_in_the_gradient",)}
"""A mistake in two results -> those of which it does one half."""


@pytest.mark.parametrize("function", ["affine_backward", "softmax_loss", "svm_loss", "prelu_backward"])
def test_no_other_name_is_given_to_results_of_two_known_mistakes(function):
    """Is nothing named but the two mistakes that the results come from?"""
    module = reference.load(FUNCTIONS[function].topic)
    known = [m for m in mistakes.mistakes_of(function) if not m.unseen]
    prints = known_results.load_known_results(function)
    seen = [[observe(FUNCTIONS[function], c, m.applied_to(module), k)
             for c, k in zip(FUNCTIONS[function].cases, prints.caches, strict=True)] for m in known]
    for one, other in itertools.pairwise(range(len(known))):
        if not any(s.error for s in (*seen[one], *seen[other])):
            first = FUNCTIONS[function].returns[0]
            mixed = [Observation(parts={**b.parts, **{k: v for k, v in a.parts.items() if k == first}})
                     for a, b in zip(seen[one], seen[other], strict=True)]
            named = find_known_mistakes(FUNCTIONS[function], mixed, prints)
            halves = [name for whole in (known[one], known[other]) for name in HALVES.get(whole.name, ())]
            true = {known[one].teaches, known[other].teaches} | sentences(function, *halves)
            assert set(named) <= true, (known[one].name, known[other].name)


def test_known_mistake_is_named_beside_an_unknown_one_in_another_result():
    """Is db named where dx is wrong in a way that nobody has listed?"""

    def affine_backward(dout, cache):
        x, w, _ = cache
        flat = x.reshape(len(x), -1)
        return (dout @ w.T).reshape(x.shape) + 0.3 * x**3, flat.T @ dout, dout.mean(axis=0)

    assert set(judge_code(affine_backward).diagnosis) == sentences("affine_backward", "db_is_a_mean")


def test_underflow_of_the_loss_is_named_beside_an_unknown_gradient():
    """Is log(p) named where the gradient is zero but for the label?"""

    def softmax_loss(x, y):
        p = np.exp(x - x.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        rows, dx = np.arange(len(y)), np.zeros_like(x)
        dx[rows, y] = (p[rows, y] - 1) / len(y)
        return -np.log(p[rows, y]).mean(), dx

    assert set(judge_code(softmax_loss).diagnosis) >= sentences("softmax_loss", "log_of_underflow")


def test_known_mistake_is_named_where_another_input_raises():
    """Is a mean for a sum named where images raise an exception of their own?"""

    def affine_backward(dout, cache):
        x, w, _ = cache
        n, d = x.shape
        return dout @ w.T, x.T @ dout, dout.mean(axis=0)

    assert set(judge_code(affine_backward).diagnosis) == sentences("affine_backward", "db_is_a_mean")


def test_known_mistake_is_named_beside_a_change_in_place():
    """Is a mean for a sum named where dout is scaled in place, too?"""

    def affine_backward(dout, cache):
        x, w, _ = cache
        gradients = (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.mean(axis=0)
        dout *= 0.5
        return gradients

    report = judge_code(affine_backward)
    assert set(report.diagnosis) == sentences("affine_backward", "db_is_a_mean")
    assert "leaves inputs alone" in report.wrong


# -- by what, not by how it is written ----------------------------------------------------------------------------


def use_columns(vectors):
    """Return the eigenvectors as rows."""
    return vectors.T


def use_rows(vectors):
    """Return the rows of the matrix of eigenvectors."""
    return vectors


def write_pca(take, order, solve):
    """Return a pca by eigenvectors of the covariance.

    Parameters
    ----------
    take : callable
        Makes rows of the matrix whose columns are eigenvectors.
    order : callable
        Sorts (variances, vectors), descending or not.
    solve : callable
        np.linalg.eigh or one like it.
    """
    def pca(Xc, k=None):
        variances, vectors = order(*solve(Xc.T @ Xc / len(Xc)))
        return take(vectors)[:k], variances[:k]
    return pca


def descending(variances, vectors):
    """Sort by variance, the largest first."""
    order = np.argsort(variances)[::-1]
    return variances[order], vectors[:, order]


def ascending(variances, vectors):
    """Sort by variance, the smallest first."""
    order = np.argsort(variances)
    return variances[order], vectors[:, order]


def solve_by_svd(covariance):
    """Return variances and vectors, with another sign for every second vector."""
    vectors, variances, _ = np.linalg.svd(covariance)
    return variances, vectors * np.where(np.arange(len(vectors)) % 2, -1, 1).astype(vectors.dtype)


def solve_by_eig(covariance):
    """Return variances and vectors in no order."""
    variances, vectors = np.linalg.eig(covariance)
    return variances.real, vectors.real


SOLVERS = [np.linalg.eigh, solve_by_svd, solve_by_eig]


@pytest.mark.parametrize("solve", SOLVERS)
def test_rows_of_the_eigenvectors_are_named_in_every_way_of_writing(solve):
    """Are rows for columns recognised whatever signs the eigenvectors have?"""
    report = judge_code(write_pca(use_rows, descending, solve))
    assert set(report.diagnosis) == sentences("pca", "rows_of_the_eigenvector_matrix")


@pytest.mark.parametrize("solve", SOLVERS)
def test_ascending_order_is_named_in_every_way_of_writing(solve):
    """Is the ascending order recognised, with fewer examples than features, too?"""
    report = judge_code(write_pca(use_columns, ascending, solve))
    assert set(report.diagnosis) == sentences("pca", "ascending")


def sgd_momentum_with(advance):
    """Return momentum whose state is ``advance(velocity, learning_rate * dw, momentum) -> (step, velocity)``."""
    def sgd_momentum(w, dw, config=None):
        c = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
        step, c["velocity"] = advance(c["velocity"], c["learning_rate"] * dw, c["momentum"])
        return w + step, c
    return sgd_momentum


def test_uphill_is_named_whatever_the_velocity_in_config_is():
    """Is the sign recognised by the steps, where the velocity has it, too?"""
    report = judge_code(sgd_momentum_with(lambda v, step, mu: (mu * v + step, mu * v + step)))
    assert set(report.diagnosis) == sentences("sgd_momentum", "velocity_goes_uphill")


def test_velocity_that_starts_again_gets_no_name_that_is_false():
    """A velocity that is zero again at every call: it is stored, and it is used."""
    report = judge_code(sgd_momentum_with(lambda v, step, mu: (-step, -step)))
    assert not set(report.diagnosis) & sentences("sgd_momentum", "velocity_not_stored", "velocity_ignored")


def test_steps_are_named_where_the_state_has_a_name_of_its_own():
    """Is a mistake in the steps recognised where config is not as agreed either?"""

    def rmsprop(w, dw, config=None):
        c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "s": np.zeros_like(w), **(config or {})}
        c["s"] = c["decay_rate"] * c["s"] + (1 - c["decay_rate"]) * dw**2
        return w - c["learning_rate"] * dw / (c["s"] + c["epsilon"]), c

    assert set(judge_code(rmsprop).diagnosis) == sentences("rmsprop", "no_root")


# -- names that fit two causes ----------------------------------------------------------------------------------------


def fix_argument(right, name, value):
    """Return a function that takes ``value`` whatever its argument ``name`` is."""
    return lambda *args, **named: right(*args, **{**named, name: value})


def fix_setting(right, position, name, value):
    """Return a function that takes ``value`` whatever the dict at ``position`` holds under ``name``; None: no value."""
    def wrong(*args):
        args += (None,) * (position + 1 - len(args))
        given = dict(args[position] or {})
        settings = {k: v for k, v in given.items() if k != name} | ({} if value is None else {name: value})
        result = right(*args[:position], settings, *args[position + 1:])
        if isinstance(args[position], dict):  # what the function adds is kept, but not what was put in here
            args[position].update({k: v for k, v in settings.items() if k != name})
        if isinstance(result[-1], dict):
            result[-1][name] = given.get(name, value)
        return result
    return wrong


SETTINGS = {"rmsprop": (2, "epsilon"), "adam": (2, "epsilon"), "batchnorm_forward": (3, "eps"),
            "layernorm_forward": (3, "eps")}


@pytest.mark.parametrize("value", [1e-5, None])
@pytest.mark.parametrize("function", SETTINGS)
def test_eps_under_another_key_or_written_in_gets_a_name_that_is_true_of_both(function, value):
    """Is eps neither called missing where it is a fixed number, nor called fixed where another key is read?"""
    position, key = SETTINGS[function]
    if function in ("rmsprop", "adam"):
        value = 1e-8
    code = fix_setting(getattr(reference.load(FUNCTIONS[function].topic), function), position, key, value)
    code.__name__ = function
    named = judge_code(code).diagnosis
    assert len(named) == 1 and "is not used: a number stands in its place, or another key is read" in named[0]


@pytest.mark.parametrize("function, value", [("standardize", 1e-8), ("standardize", 1e-12), ("whiten", 1e-5)])
def test_eps_that_is_not_used_is_not_called_another_number(function, value):
    """Does the sentence about a fixed eps claim no value where results cannot tell small numbers apart?"""
    code = fix_argument(getattr(reference.load(FUNCTIONS[function].topic), function), "eps", value)
    code.__name__ = function
    named = judge_code(code).diagnosis
    assert len(named) == 1 and "eps is not used: a number stands in its place" in named[0]
