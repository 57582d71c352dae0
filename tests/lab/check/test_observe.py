"""What a check sees of a call: is it told apart in the same words on every Python?"""

import numpy as np
import pytest

from cs231n_lib.lab.check import observe
from cs231n_lib.lab.check.cases import FUNCTIONS


@pytest.mark.parametrize("text, name", [
    ("max() arg is an empty sequence", "ValueError: max() arg is an empty sequence"),
    ("max() iterable argument is empty", "ValueError: max() arg is an empty sequence"),
    ("too many values to unpack (expected 2)", "ValueError: too many values to unpack (expected 2)"),
    ("too many values to unpack (expected 2, got 3)", "ValueError: too many values to unpack (expected 2)"),
    ("not enough values to unpack (expected 2, got 1)", "ValueError: not enough values to unpack (expected 2, got 1)"),
])
def test_exception_has_one_name_on_every_python(text, name):
    """Is a mistake that raises recognised although releases of Python word the same exception differently?"""
    assert observe.name_error(ValueError(text)) == name


def test_every_case_allows_for_rounding_of_large_numbers():
    """Does a case with an absolute tolerance still know a wrong result of 1e109 when another processor made it?"""
    for function in FUNCTIONS.values():
        for case in function.cases:
            parts = {part: np.array(1e109) for part in [*case.tol, "anything"]}
            rounded = {part: value * (1 + 1e-12) for part, value in parts.items()}
            assert observe.results_agree(case, parts, rounded), f"{function.name}: {case.aspect}"
