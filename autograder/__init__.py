"""The autograder: release, intake, isolated grading, feedback. ``python -m autograder --help`` lists the commands."""

TOPICS = {
    "linear_classifier": "00_linear_classifier",
    "activations": "01_activations",
    "initialization": "03_initialization",
}
"""Graded module -> notebook (which is also nbgrader's assignment id), in course order."""
