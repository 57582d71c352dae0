"""Forward and backward as a pair, at grading: what is charged, where, and only once. All layers of all topics."""

import pytest

from autograder import reference
from autograder.course.topics import list_topics
from autograder.verify.independence import list_layers
from tests.grading import graded

LAYERS = [(topic, layer) for topic in list_topics() for layer in list_layers(topic)]
BACKWARDS = [(topic, layer[0], name) for topic, layer in LAYERS for name in layer[1:]]


def lost(outcomes):
    """Return the aspects that did not pass."""
    return {o.aspect for o in outcomes if o.status != "passed"}


def test_there_are_layers_to_ask():
    """Are the layers of all topics found?"""
    assert {topic for topic, *_ in LAYERS} == {"linear_classifier", "activations", "batchnorm", "dropout"}
    assert len(BACKWARDS) == 12


@pytest.mark.parametrize("topic, forward, backward", BACKWARDS)
def test_backward_that_uses_up_its_own_cache_loses_that_alone(topic, forward, backward):
    """Does a backward lose "leaves inputs alone", and nothing else, whose second call on one cache goes wrong?"""
    right, code = (getattr(reference.load(topic), name) for name in (forward, backward))

    def keeps(*args, **named):
        out, cache = right(*args, **named)
        return out, {"kept": cache, "scale": 1.0}

    def uses_up(dout, cache):
        result = code(dout, cache["kept"])
        scale, cache["scale"] = cache["scale"], 3.0
        return tuple(scale * g for g in result) if isinstance(result, tuple) else scale * result

    outcomes = graded(topic, only=[backward], **{forward: keeps, backward: uses_up})[backward]
    assert lost(outcomes) == {"leaves inputs alone"}
    assert "second call" in next(o.hint for o in outcomes if o.status != "passed")
