"""Is an answer that can be accepted noted, and each other one refused with a reason?"""

import numpy as np
import pytest

from cs231n_lib.lab.check import NotRightYet, check_answer


@pytest.mark.parametrize("value, accepted", [
    ("b", "abc"), (" B ", "abc"), (3, (0, 10)), (2.5, (0, 10)), (10, (0, 10))])
def test_acceptable_answer_is_noted(value, accepted, capsys):
    """Is an acceptable answer noted, without a word on whether it is right?"""
    check_answer(value, accepted)
    assert capsys.readouterr().out == "answer noted\n"


@pytest.mark.parametrize("value, accepted, says", [
    (..., "abc", "three dots"), ("d", "abc", "a, b or c"), ("ab", "abc", "one letter"), ("", "abc", "one letter"),
    (2, "abc", "got 2"), (None, "abc", "got None"), (..., (0, 1), "from 0 to 1"), (7, (0, 1), "got 7"),
    (True, (0, 1), "got True"), ("0.5", (0, 1), "got '0.5'"), (float("nan"), (0, 1), "got nan"),
    (np.float64(0.5), (0, 1), "of type float64): write the answer itself"), (np.str_("a"), "abc", "computed value"),
    ([0.5], (0, 1), "got a list instead of one value"), (("a",), "abc", "got a tuple instead"),
    (1 + 2j, (0, 1), "got (1+2j)"), (10**5000, (0, 1), "far too large"), (-(10**400), (0, 1), "far too large"),
    ("x" * 10**6, "abc", "got 'xxx"), ("a\n", (0, 1), "got 'a\\n'"), ("  ", "abc", "got an empty text"),
    (float("inf"), (0, 1), "got inf"), (float("-inf"), (0, 1), "got -inf"), (b"a", "abc", "got a bytes"),
    (None, (0, 1), "got None"), (int, "abc", "computed value (of type type)"), (np.ones(3), (0, 1), "of type ndarray"),
    ("01x", ("01", 3), "got a string with 'x' in it"), ("01", ("01", 3), "got 2 characters"), (7, ("01", 3), "got 7"),
    (..., ("01", 3), "three dots"),
], ids=lambda v: type(v).__name__)
def test_unacceptable_answer_is_explained(value, accepted, says, capsys):
    """Is each kind of unacceptable answer explained, and refused as the grader refuses it?"""
    with pytest.raises(NotRightYet, match="not accepted") as refusal:
        check_answer(value, accepted)
    assert says in str(refusal.value) and capsys.readouterr().out == ""
