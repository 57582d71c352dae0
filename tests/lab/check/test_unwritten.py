"""A function that needs another one that is not written yet: not judged, neither wrong nor "not implemented"."""

import pytest

from autograder import mistakes, reference
from autograder.course.solution_regions import make_stub
from autograder.course.topics import list_topics
from autograder.reference import load_source
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge

UNWRITTEN = "raise NotImplementedError()"


def extend(topic, source, solved=False):
    """Return a module of a topic with more source at its end: solved, or as it was released."""
    text = open(reference.load(topic).__file__).read() if solved else make_stub(topic)
    return load_source(f"{text}\n\n{source}", "mine", f"/home/ada/cs231n_lib/{topic}.py")


def find_row(report, aspect):
    """Return the line of an aspect."""
    return next(r for r in report.rows if r.aspect == aspect)


@pytest.mark.parametrize("topic", list_topics())
def test_function_that_calls_an_unwritten_one_is_not_judged(topic):
    """Does each function that calls another one of its topic say which it waits for?"""
    names = [f.name for f in FUNCTIONS.values() if f.topic == topic]
    for name, other in zip(names, names[1:] + names[:1], strict=True):
        source = f"def {other}(*args):\n    {UNWRITTEN}\ndef {name}(*args, **more):\n    return {other}(*args)\n"
        report = judge(FUNCTIONS[name], extend(topic, source))
        assert report.title == f"{name} is judged once {other} is written: it calls it"
        assert not report.done and report.wrong == [] and report.diagnosis == []
        assert {r.status for r in report.rows} == {"open"} and "not implemented" not in str(report)
        assert "not judged" in str(report) and "not judged" in report._repr_html_()


def test_own_inner_function_is_no_other_function():
    """Is a stub inside a function still the function's own: not implemented yet?"""
    source = f"def relu_forward(x):\n    def inner():\n        {UNWRITTEN}\n    return inner()\n"
    assert judge(FUNCTIONS["relu_forward"], extend("activations", source)).title == "relu_forward: not implemented yet"


def test_aspect_that_calls_an_unwritten_function_is_not_judged_alone():
    """Is only the aspect left open in which the other function is called?"""
    source = (f"right = batchnorm_backward_alt\ndef batchnorm_backward(dout, cache):\n    {UNWRITTEN}\n"
              "def batchnorm_backward_alt(dout, cache):\n"
              "    return batchnorm_backward(dout, cache) if len(dout) == 1 else right(dout, cache)\n")
    report = judge(FUNCTIONS["batchnorm_backward_alt"], extend("batchnorm", source, solved=True))
    assert report.wrong == [] and not report.done and find_row(report, "dx, dgamma, dbeta").status == "ok"
    assert find_row(report, "batch of one").note == "judged once batchnorm_backward is written: it calls it"


@pytest.mark.parametrize("name, other, aspect, waiting", [
    ("dropout_forward", "dropout_backward", "cache", 1),
    ("dropout_backward", "dropout_forward", "on your own forward's cache", 1),
    ("relu_backward", "relu_forward", "finite differences", 2),
    ("relu_backward", "relu_forward", "on your own forward's cache", 2),
])
def test_aspect_that_needs_an_unwritten_function_is_not_ok(name, other, aspect, waiting):
    """Is what needs the other half of a pair left open until it is written, and is all else judged?"""
    function = FUNCTIONS[name]
    report = judge(function, extend(function.topic, f"def {other}(*args):\n    {UNWRITTEN}\n", solved=True))
    line = find_row(report, aspect)
    assert report.done and line.status == "open" and line.note.startswith(f"judged once {other} is written")
    assert report.title.endswith(f", {waiting} not judged")


def test_mistake_is_named_while_the_other_half_is_not_written():
    """Is a known mistake of a forward named before its backward is there?"""
    mistakes.load_mistakes("dropout")
    known = next(m for m in mistakes.mistakes_of("dropout_forward") if m.name == "ignores_the_seed")
    wrong = known.applied_to(extend("dropout", f"def dropout_backward(*args):\n    {UNWRITTEN}\n", solved=True))
    assert judge(FUNCTIONS["dropout_forward"], wrong).diagnosis == [known.teaches]


def test_backward_of_an_own_layout_hears_which_cache_it_was_given():
    """Is a backward that unpacks a cache of its own told that its forward does not run yet?"""
    source = "def relu_backward(dout, cache):\n    return dout * cache['mask']\n"
    report = judge(FUNCTIONS["relu_backward"], extend("activations", source))
    assert "got the cache that the docstring of relu_forward describes" in str(report)
    assert report.title == "relu_backward: does not run to its end"
    alone = judge(FUNCTIONS["relu_backward"], extend("activations", source, solved=True))
    assert "docstring of relu_forward" not in str(alone)
