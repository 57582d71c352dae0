"""Is the numerical gradient right, and does it leave everything as it was?"""

import numpy as np
import pytest

from cs231n_lib.lab.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array, rel_error


def test_gradient_of_a_scalar_function_is_found_in_any_dimension():
    """Does it find the gradient of sum(x**3), on arrays of no, one and three dimensions?"""
    for shape in [(), (4,), (2, 3, 2)]:
        x = np.random.default_rng(0).standard_normal(shape)
        assert rel_error(eval_numerical_gradient(lambda x: np.sum(x**3), np.asarray(x)), 3 * x**2) < 1e-8


def test_outputs_are_weighed_by_the_upstream_gradient():
    """Does it weigh the outputs by the upstream gradient?"""
    rng = np.random.default_rng(0)
    x, w, df = rng.standard_normal((3, 4)), rng.standard_normal((4, 2)), rng.standard_normal((3, 2))
    assert rel_error(eval_numerical_gradient_array(lambda x: x @ w, x, df), df @ w.T) < 1e-9


def test_function_that_returns_its_argument():
    """Is f allowed to return x itself, which changes under its feet?"""
    x, df = np.array([1.0, 2.0]), np.array([3.0, -4.0])
    assert rel_error(eval_numerical_gradient_array(lambda x: x, x, df), df) < 1e-9


def test_differences_are_central():
    """Is the error of order h**2? For x**3 it is h**2 exactly; a one-sided difference would give 3*h."""
    x = np.array([1.0])
    assert eval_numerical_gradient(lambda x: np.sum(x**3), x, h=0.1)[0] == pytest.approx(3.01)


def test_x_is_restored_bit_for_bit():
    """Is x bit for bit as before, even where x + h - h would round differently?"""
    x = np.random.default_rng(0).standard_normal(50) * 10.0 ** np.arange(-25, 25)
    before = x.copy()
    eval_numerical_gradient(np.sum, x)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("failing_call", [1, 2, 5])
def test_restores_x_after_an_exception(failing_call):
    """Is x as before if f raises, whichever side is being probed?"""
    x, calls = np.arange(4.0), []

    def f(x):
        calls.append(1)
        if len(calls) == failing_call:
            raise RuntimeError("mistake in f")
        return np.sum(x)

    with pytest.raises(RuntimeError, match="mistake in f"):
        eval_numerical_gradient(f, x)
    assert np.array_equal(x, np.arange(4.0))


@pytest.mark.parametrize("x", [np.ones(3, np.float32), np.ones(3, int), [1.0, 2.0], 1.0])
def test_refuses_what_is_not_float64(x):
    """Is anything but a float64 array refused, with the way out?"""
    with pytest.raises(TypeError, match=r"float64 array.*astype"):
        eval_numerical_gradient(np.sum, x)


def test_refuses_df_of_another_shape():
    """Is a df refused that would broadcast to something else than was meant?"""
    with pytest.raises(ValueError, match=r"\(3, 2\), got \(2,\)"):
        eval_numerical_gradient_array(lambda x: x, np.ones((3, 2)), np.ones(2))


def test_rel_error_is_by_max_norm():
    """Do two entries that are both nearly zero count for little, and a wrong large one for much?"""
    assert rel_error(np.array([1.0, 1e-12]), np.array([1.0, 3e-12])) < 1e-11
    assert rel_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == pytest.approx(1 / 3)
    assert rel_error(2.0, -2.0) == 1.0


def test_rel_error_at_the_ends():
    """What about zeros, empty arrays, nan and shapes that would broadcast?"""
    assert rel_error(np.zeros(3), np.zeros(3)) == 0.0
    assert rel_error(np.zeros(0), np.zeros(0)) == 0.0
    assert np.isnan(rel_error([1.0, np.nan], [1.0, 2.0])) and np.isnan(rel_error([np.inf], [np.inf]))
    with pytest.raises(ValueError, match="one shape"):
        rel_error(np.ones((3, 1)), np.ones(3))
