"""What holds in every topic: nonsense earns nothing, a shape earns little, and no hint has a hidden number."""

import re

import grading
import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from autograder.hidden_tests.rubric import SIDE_ASPECTS
from autograder.hidden_tests.session import load_questions, sum_marks
from autograder.reference import load_aspects
from autograder.sandbox.student import InProcessModule

NONSENSE = {
    "linear_classifier": (None, 0.0, "text", np.nan, (np.zeros(3), np.zeros(3)), (np.zeros((5, 4)),) * 3),
    "activations": (None, (np.zeros((7, 5)), None)),
    "preprocessing": (None, 7.0, "text", np.nan, np.full((40, 6), np.inf), ([0.0], [0.0]), np.eye(6)),
    "initialization": (None, 7.0, "text", np.nan, np.full((60, 350), np.inf), ([0.0], [0.0]), [np.eye(12)] * 4,
                       np.float64(3)),
    "batchnorm": (None, "text", (np.nan, 1), (np.ones((7, 5), bool), []), (np.zeros((7, 5)),) * 3),
    "dropout": (None, 7.0, "text", np.nan, (np.zeros(3), None), (np.ones((40, 40)), None),
                (np.full((12, 10), np.nan),) * 2),
    "optimizers": (None, 7.0, "text", np.nan, (np.zeros((7, 5)), {}), (np.zeros(3), None)),
    "babysitting": (None, 7.0, "text", np.nan, True, False, (1.0, 2.0), np.zeros(3)),
    "hyperparameters": (None, 7.0, True, False, np.zeros((9, 2)), (0.0, np.inf), [(np.arange(3), np.arange(3))] * 3),
    "evaluation": (None, 0.5, "text", np.full((5, 4), 0.25), {"W1": 0.0}, (np.zeros((4, 3)), np.zeros(3)),
                   np.zeros((8, 6))),
}
"""Topic -> values that all its functions return."""
SHOWN = {
    "linear_classifier": (1, "affine_forward", "affine_backward", "softmax_loss", "svm_loss", "sample_batch"),
    "initialization": (1, "constant_init", "he_init", "activation_statistics", "lsuv_init"),
    "batchnorm": (3, "layernorm_forward", "batchnorm_backward_alt"),
    "dropout": (8, "dropout_forward", "dropout_backward", "mc_dropout_mean"),
    "optimizers": (6, "sgd", "adam", "cosine_decay"),
    "hyperparameters": (1, "grid_points", "refine_range"),
    "evaluation": (1, "ensemble_probabilities", "extract_features"),
}
"""Topic -> how many of the known mistakes are tried, one in so many, and the functions whose hints are read."""


def test_every_topic_has_its_nonsense():
    """Is no topic left out?"""
    assert NONSENSE.keys() == list_topics().keys()


@pytest.mark.parametrize("topic, wrong", [(topic, wrong) for topic, values in NONSENSE.items() for wrong in values])
def test_nonsense_earns_nothing(topic, wrong):
    """Do functions that all return the same nonsense earn nothing, and end no test in a crash?"""
    nonsense = {name: (lambda *args, **kwargs: wrong) for name, q in load_questions(topic).items() if not q.uses}
    marks = {name: sum_marks(outcomes) for name, outcomes in grading.graded(topic, **nonsense).items()}
    assert not any(marks.values()), marks


@pytest.mark.parametrize("topic", NONSENSE)
def test_side_aspects_are_worth_little(topic):
    """Are shape, dtype and inputs together at most a quarter of a function, and dtype at most 5 %?"""
    dtype = load_aspects(topic).DTYPE
    for question in load_questions(topic).values():
        worth = {aspect.name: aspect.marks / question.points for aspect in question.aspects}
        assert sum(worth.get(name, 0) for name in SIDE_ASPECTS) <= 0.25 + 1e-9, question.name
        assert worth.get(dtype, 0) <= 0.05 + 1e-9, question.name


@pytest.mark.filterwarnings("ignore:Degrees of freedom")
@pytest.mark.parametrize("topic, name", [(topic, name) for topic, (_, *names) in SHOWN.items() for name in names])
def test_hints_hold_no_hidden_numbers(topic, name):
    """Is each hint a sentence, without digits that come from hidden arrays?"""
    question, module = load_questions(topic)[name], reference.load(topic)
    for known in mistakes.mistakes_of(name)[::SHOWN[topic][0]]:
        for o in question.grade(InProcessModule(known.applied_to(module)), module, b"test"):
            said = o.hint.replace("0.999", "")  # the default of an argument
            assert not re.search(r"\d\.\d{3}|\[\s*-?\d+\.", said), (known.name, o.hint)


@pytest.mark.parametrize("topic, function, name, aspect", [
    ("batchnorm", "batchnorm_forward", "momentum_weighs_the_new", "running averages"),
    ("batchnorm", "batchnorm_forward", "not_stored_back", "running averages"),
    ("batchnorm", "batchnorm_backward", "statistics_as_constants", "dx"),
    ("batchnorm", "layernorm_backward", "gamma_after_the_means", "dx"),
    ("hyperparameters", "sample_log_uniform", "uniform_on_a_linear_scale", "distribution"),
    ("hyperparameters", "grid_points", "leaves_out_high", "values"),
    ("hyperparameters", "random_points", "one_draw_for_all_axes", "independence"),
    ("hyperparameters", "is_on_edge", "linear_scale", "log scale"),
    ("hyperparameters", "refine_range", "shrink_on_either_side", "width"),
    ("hyperparameters", "should_abandon", "highest_loss", "values"),
    ("hyperparameters", "k_fold_indices", "train_holds_all", "train"),
    ("evaluation", "ensemble_probabilities", "softmax_of_the_mean", "values"),
    ("evaluation", "ensemble_probabilities", "no_shift", "stable"),
    ("evaluation", "ema_update", "decay_swapped", "values"),
    ("evaluation", "extract_features", "drops_the_last_batch", "last batch"),
    ("evaluation", "extract_features", "layers_in_reverse", "values"),
    ("evaluation", "train_head", "penalty_on_the_bias", "b"), ("evaluation", "train_head", "no_penalty", "reg"),
    ("evaluation", "train_head", "one_step_too_few", "steps")])
def test_known_mistake_is_named_and_charged_once(topic, function, name, aspect):
    """Does it cost its own aspect only, with its own sentence as the hint?"""
    load_questions(topic)
    known = next(m for m in mistakes.mistakes_of(function) if m.name == name)
    outcomes = grading.graded(topic, **{function: known.code})
    missed = [(n, o) for n, found in outcomes.items() for o in found if o.status != "passed"]
    assert [(n, o.aspect, o.mistake, o.hint) for n, o in missed] == [(function, aspect, name, known.teaches)]
