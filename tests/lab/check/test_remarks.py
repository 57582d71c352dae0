"""What is accepted, and yet not what the workbook does: a note, and no mark."""

import types

import numpy as np
import pytest

from autograder import reference
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge
from cs231n_lib.lab.check.remarks import FLAT_ENDS, ZERO_INPUTS
from tests.grading import graded

RIGHT = reference.load("activations")


def passing_at_zero(name):
    """Return the backward with the slope of the right side at x = 0."""
    def backward(dout, cache):
        x, slope = cache if isinstance(cache, tuple) else (cache, 0.0)
        dx = np.where(x >= 0, dout, slope * dout).astype(dout.dtype)
        return (dx, RIGHT.prelu_backward(dout, cache)[1]) if name == "prelu_backward" else dx
    return backward


def clipped(name):
    """Return the forward with its output clipped to 1e-7 from its bounds."""
    low, high = FLAT_ENDS[name]

    def forward(x):
        out = np.clip(getattr(RIGHT, name)(x)[0], low + 1e-7, high - 1e-7)
        return out, out
    return forward


ACCEPTED = {**{name: ("at x = 0", passing_at_zero(name)) for name in ZERO_INPUTS},
            **{name: ("clipped", clipped(name)) for name in FLAT_ENDS}}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_accepted_gets_a_note_and_full_marks(name):
    """Is the other subgradient at a kink, or a clip that nobody needs, noted at home and free at grading?"""
    aspect, code = ACCEPTED[name]
    report = judge(FUNCTIONS[name], types.SimpleNamespace(**{**vars(RIGHT), name: code}))
    assert report.wrong == [] and [r.aspect for r in report.rows if r.status == "note"] == [aspect]
    assert [o.aspect for o in graded("activations", only=[name], **{name: code})[name] if o.status != "passed"] == []
    assert "note" not in [r.status for r in judge(FUNCTIONS[name], RIGHT).rows]


def test_every_kink_at_zero_and_flat_end_is_remarked_on():
    """Are all functions with a kink at x = 0, and all that level off on both sides, among those with a note?"""
    assert set(ZERO_INPUTS) == {f.name for f in FUNCTIONS.values() if f.kinks == "at x = 0"}
    flat = {f.name for f in FUNCTIONS.values() if f.inputs == ("x",) and f.name.endswith("_forward")}
    far = np.array([[-1000.0, 1000.0]])
    assert set(FLAT_ENDS) == {n for n in flat if np.abs(getattr(RIGHT, n)(far)[0]).max() <= 1}
