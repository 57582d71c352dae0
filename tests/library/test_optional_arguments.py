"""What a docstring allows to be missing: does some mark depend on it, and does the visible check ask for it?"""

import inspect
import types

import pytest

from autograder import reference
from autograder.course.topics import list_topics
from autograder.hidden_tests.session import load_questions
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge
from tests.grading import graded

RULES = {"sgd": ("learning_rate",), "sgd_momentum": ("learning_rate", "momentum", "velocity"),
         "nesterov_momentum": ("learning_rate", "momentum", "velocity"),
         "rmsprop": ("learning_rate", "decay_rate", "epsilon", "cache"),
         "adam": ("learning_rate", "beta1", "beta2", "epsilon", "m", "v", "t")}
KEYS = [
    *(("batchnorm", "batchnorm_forward", "bn_param", key, mode) for mode in ("train", "test")
      for key in ("eps", "momentum", "running_mean", "running_var") if (key, mode) != ("momentum", "test")),
    *(("batchnorm", "layernorm_forward", "ln_param", key, None) for key in ("eps", "mode")),
    *(("dropout", name, "dropout_param", "seed", mode) for mode in ("train", "test")
      for name in ("vanilla_dropout_forward", "dropout_forward")),
    *(("optimizers", rule, "config", key, None) for rule, keys in RULES.items() for key in keys),
]
"""(topic, function, argument, key of that dict, mode in which it may be missing)."""


def list_optional_arguments():
    """Yield (topic, function, name) of every argument that a graded function gives a default."""
    for topic in list_topics():
        for name, question in load_questions(topic).items():
            if not question.uses:
                for given in inspect.signature(getattr(reference.load(topic), name)).parameters.values():
                    if given.default is not given.empty:
                        yield topic, name, given.name


def requiring(code, is_there):
    """Return the function, which raises KeyError unless ``is_there(arguments)``."""
    signature = inspect.signature(code)

    def needy(*args, **named):
        given = signature.bind(*args, **named).arguments
        if not is_there(given):
            raise KeyError("was expected to be there")
        return code(*args, **named)

    return needy


def assert_noticed(topic, name, wrong):
    """Require that a function loses marks, and its visible check is red."""
    outcomes = graded(topic, only=[name], **{name: wrong})[name]
    assert any(o.status != "passed" for o in outcomes), "no mark depends on it"
    module = types.SimpleNamespace(**{**vars(reference.load(topic)), name: wrong})
    assert judge(FUNCTIONS[name], module).wrong, "the visible check does not ask for it"


@pytest.mark.parametrize("topic, name, argument", [*list_optional_arguments()])
def test_argument_with_a_default_is_left_out_somewhere(topic, name, argument):
    """Does a function lose marks that cannot be called without an optional argument?"""
    assert_noticed(topic, name, requiring(getattr(reference.load(topic), name), lambda given: argument in given))


@pytest.mark.parametrize("topic, name, argument, key, mode", KEYS)
def test_optional_key_is_left_out_somewhere(topic, name, argument, key, mode):
    """Does a function lose marks that needs a key which the docstring allows to be missing?"""
    def is_there(given):
        param = given.get(argument) or {}
        return key in param or mode is not None and param["mode"] != mode

    assert_noticed(topic, name, requiring(getattr(reference.load(topic), name), is_there))
