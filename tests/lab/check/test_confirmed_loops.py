"""The scratch cell of notebook 01 in which a gradient goes back through ten layers: which loops are confirmed?"""

import nbformat
import numpy as np
import pytest

from autograder.reference import ROOT
from cs231n_lib import activations
from cs231n_lib.lab.check import questions

STEP = questions.find_entry("per_layer", "STEPS")


def back(dout, cache):
    """Call the workbook's own function, which is right."""
    return activations.sigmoid_backward(dout, cache)


@pytest.fixture(scope="module")
def stack():
    """Run the notebook's cell that sends inputs up the stack."""
    book = nbformat.read(ROOT / "notebooks" / "01_activations.ipynb", 4)
    names = {"np": np, "activations": activations}
    exec(next(cell.source for cell in book.cells if cell.id == "stack"), names)
    return names


def measure(stack, step, weights=-1, caches=-1, power=1 / 10):
    """Return ``per_layer`` of a loop; -1 stands for the last layer first."""
    dout = stack["top"]
    for w, cache in zip(stack["weights"][::weights], stack["caches"][::caches], strict=True):
        dout = step(dout, w, cache)
    return np.sqrt(np.mean(dout**2) / np.mean(stack["top"]**2))**power


def go_back(dout, w, cache):
    return back(dout, cache) @ w.T


def go_back_with_einsum(dout, w, cache):
    return np.einsum("no,io->ni", back(dout, cache), w)


@pytest.mark.parametrize("step", [go_back, go_back_with_einsum])
def test_right_loop_is_confirmed(stack, step):
    """Is the loop confirmed that the text asks for, whatever multiplies?"""
    assert STEP.judge(measure(stack, step)) == ("ok", "")


@pytest.mark.parametrize("step, how, says", [
    (lambda dout, w, cache: back(dout, cache), {}, "weights have not acted"),
    (go_back, {"weights": 1, "caches": 1}, "goes up"),
    (go_back, {"caches": 1}, "opposite directions"), (go_back, {"weights": 1}, "opposite directions"),
    (lambda dout, w, cache: back(dout, cache) @ w, {}, "takes w.T"),
    (lambda dout, w, cache: back(dout @ w.T, cache), {}, "before the slope"),
    (lambda dout, w, cache: dout @ w.T, {}, "Only the weights"),
    (lambda dout, w, cache: dout @ w, {}, "Only the weights"),
    (lambda dout, w, cache: dout @ w.T, {"weights": 1}, "Only the weights"),
    (lambda dout, w, cache: back(dout, cache) @ w, {"weights": 1, "caches": 1}, "goes up"),
    (go_back, {"power": 1 / 9}, "ninth root"), (go_back, {"power": 1}, "tenth root")])
def test_wrong_loop_is_told_what_is_wrong(stack, step, how, says):
    """The weights keep sizes, so these results agree in two digits: is none of them confirmed?"""
    status, sentence = STEP.judge(measure(stack, step, **how))
    assert status == "wrong" and says in sentence


@pytest.mark.parametrize("digits", [2, 4])
def test_rounded_result_is_told_that_it_is_rounded(stack, digits):
    """Does somebody with a right loop learn why it is not confirmed?"""
    assert "rounded" in STEP.judge(round(measure(stack, go_back), digits))[1]
