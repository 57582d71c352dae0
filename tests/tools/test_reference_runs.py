"""The reference runs of your net: is rounding of another processor accepted, and a real difference named?"""

from dataclasses import replace

import pytest

from cs231n_lib.lab import logbook
from tools import reference_runs

STORED = logbook.read_reference_runs()
NAME = "03_initialization"


def differ(**changes):
    """Return what is said when one run has other fields."""
    return reference_runs.list_differences(STORED, {**STORED, NAME: replace(STORED[NAME], **changes)})


def test_equal_and_slightly_other_runs_pass():
    """Is a run that another processor rounded differently taken as the same?"""
    wobbling = [loss + 0.15 * (-1) ** i for i, loss in enumerate(STORED[NAME].losses)]
    assert differ() == [] and differ(losses=wobbling, val_accuracy=STORED[NAME].val_accuracy + 0.04) == []


@pytest.mark.parametrize("changes, words", [
    ({"losses": [2.3] * 32}, "largest difference"), ({"val_accuracy": 0.1}, "validation accuracy 0.10"),
    ({"train_accuracy": 0.1}, "training accuracy 0.10"), ({"settings": {}}, "other settings"),
    ({"losses": [2.3]}, "has 1 losses"),
])
def test_a_difference_is_named(changes, words):
    """Is each kind of difference said, with the notebook?"""
    line, *more = differ(**changes)
    assert words in line and NAME in line and not more


def test_a_missing_run_is_named():
    """Is a chapter without a stored run noticed?"""
    assert reference_runs.list_differences({}, {NAME: STORED[NAME]}) == [f"{NAME} is in one of the two only"]


def test_runs_are_stored_to_two_digits():
    """Are shipped numbers so short that processors agree about nearly all of them?"""
    for run in STORED.values():
        assert run == reference_runs.round_run(run)
