"""Hidden tests of ``cs231n_lib.template_topic`` (notebook 99_template_topic)."""

from autograder.hidden_tests.builders import ORDINARY, shaped, value_question
from autograder.reference import load_aspects

A = load_aspects("template_topic")

template_function = value_question(
    "template_function", cases={A.VALUES: shaped(ORDINARY)}, marks={A.VALUES: 0.8, A.INPUTS: 0.2},
    hints={A.VALUES: "Every row of the result has the mean 0: take each row's own mean from it."})
