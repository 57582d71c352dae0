"""The autograder: release, intake, isolated grading, feedback. ``python -m autograder --help`` lists the commands."""

import sys

# jsonschema, which nbformat needs, compiles the grammars of this package when it is imported: two seconds of every
# command, for a format (internationalised addresses) that no notebook's schema has. Without it jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)

TOPICS = {
    "linear_classifier": "00_linear_classifier",
    "activations": "01_activations",
    "preprocessing": "02_preprocessing",
    "initialization": "03_initialization",
    "batchnorm": "04_batchnorm",
    "dropout": "05_dropout",
    "optimizers": "06_optimizers",
    "babysitting": "07_babysitting",
    "hyperparameters": "08_hyperparameters",
    "evaluation": "09_evaluation",
}
"""Graded module -> notebook (which is also nbgrader's assignment id), in course order."""
