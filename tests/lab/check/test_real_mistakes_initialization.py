"""Mistakes that real learners made in initial weights: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named


def name_case(value):
    """Name a case by its function and its mistake."""
    return value if isinstance(value, str) else ""


def draw(scale):
    """Return an initialiser whose Gaussian has the standard deviation ``scale(fan_in, fan_out)``."""
    return lambda fan_in, fan_out, rng: rng.normal(0.0, scale(fan_in, fan_out), size=(fan_in, fan_out))


def wide_uniform(fan_in, fan_out, rng):
    return (2 * rng.random((fan_in, fan_out)) - 1) / fan_in**0.5


def size_in_two(fan_in, fan_out, rng):
    return rng.standard_normal(fan_in, fan_out) * (2 / fan_in) ** 0.5


@pytest.mark.parametrize(("function", "code", "known"), [
    ("xavier_init", draw(lambda fan_in, fan_out: (2 / fan_in + fan_out) ** 0.5), "glorot_without_brackets"),  # 35
    ("xavier_init", wide_uniform, "narrow_uniform"),  # 37
    ("he_init", draw(lambda fan_in, fan_out: 2 * fan_in**-0.5), "two_outside_the_root"),  # 38
    ("he_init", draw(lambda fan_in, fan_out: 2**0.5 / fan_in), "root_of_the_two_alone"),
    ("he_init", draw(lambda fan_in, fan_out: (2 / fan_in + fan_out) ** 0.5), "glorot_without_brackets_for_he"),
    ("he_init", size_in_two, "size_as_two_numbers"),
], ids=name_case)
def test_wrong_spread_is_named(function, code, known):
    """Is another spread or distribution named?"""
    expect_named(function, code, known)


def lsuv(distance, again=True):
    """Return an lsuv_init that measures its ``distance(z)`` from the goal, and z ``again`` after each division."""
    def code(weights, x, activation, tol=0.05, max_iter=10):
        new = [np.array(w) for w in weights]
        for i in range(len(new)):
            z, rounds = np.dot(x, new[i]), 0
            while rounds < max_iter and distance(z) > tol:
                new[i] /= np.std(z)
                rounds += 1
                z = np.dot(x, new[i]) if again else z
            x = activation(np.dot(x, new[i]))
        return new
    return code


@pytest.mark.parametrize(("code", "known"), [
    (lsuv(lambda z: np.var(z) - 1), "forgets_the_absolute_value"),
    (lsuv(lambda z: np.abs(np.std(z) - 1)), "tol_for_the_deviation"),
    (lsuv(lambda z: np.abs(np.var(z) - 1), again=False), "divides_by_the_first_deviation"),
], ids=name_case)
def test_wrong_loop_of_lsuv_is_named(code, known):
    """Is a wrong condition named, and a z that is not computed again?"""
    expect_named("lsuv_init", code, known)


def per_unit(mean, std):
    """Return an activation_statistics that fills two arrays."""
    return lambda activations: (np.array([mean(a) for a in activations]), np.array([std(a) for a in activations]))


@pytest.mark.parametrize(("code", "known"), [
    (per_unit(lambda a: a.mean(0), np.std), "mean_per_unit"),
    (per_unit(np.mean, lambda a: a.std(0)), "std_per_unit"),
    (per_unit(lambda a: a.mean(0), lambda a: a.std(0)), "both_per_unit"),
], ids=name_case)
def test_statistics_of_each_unit_are_named(code, known):
    """Is an axis named, also where np.array refuses layers of different widths?"""
    expect_named("activation_statistics", code, known)
