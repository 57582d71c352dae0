"""The count of what ``check`` says about the later sets of held-out mistakes."""

import collections

import pytest

from tools import read_diagnosis
from tools.read_diagnosis import SETS, Said, judge_said, load_verdicts


def said(*sentences):
    """Return what was said about a made-up mistake."""
    return Said("activations", "mine", "relu_forward", "It is wrong.", sentences, True)


@pytest.mark.parametrize("verdicts, outcome", [
    ({}, "open"), ({"A.": "right"}, "open"), ({"A.": "right", "B.": "right"}, "right"),
    ({"A.": "right", "B.": "wrong"}, "wrong"), ({"A.": "wrong"}, "open")])
def test_all_that_is_said_must_be_right(verdicts, outcome):
    """Is one wrong sentence enough, and does a sentence that nobody read stay open?"""
    assert judge_said(said("A.", "B."), {("mine", sentence): word for sentence, word in verdicts.items()}) == outcome


def test_nothing_said_is_neither_right_nor_wrong():
    """Does silence count as such?"""
    assert judge_said(said(), {}) == "none"


@pytest.mark.parametrize("name", SETS)
def test_what_check_says_of_a_topic_was_read_and_is_right(name):
    """Does every sentence about one topic's implementations have a verdict, and is it right?"""
    verdicts = load_verdicts(name)
    found = read_diagnosis.ask_check(name, "babysitting")
    outcomes = collections.Counter(judge_said(s, verdicts) for s in found if s.red)
    assert len(found) >= 8 and set(outcomes) <= {"right", "none"} and outcomes["right"] > outcomes["none"]


@pytest.mark.parametrize("name, fewest", list(zip(SETS, (120, 120, 100), strict=True)))
def test_verdicts_are_right_or_wrong(name, fewest):
    """Is each verdict a word that is counted?"""
    assert len(load_verdicts(name)) > fewest and set(load_verdicts(name).values()) <= {"right", "wrong"}


def test_a_set_that_there_is_not_is_named(capsys):
    """Does the tool say which sets there are?"""
    with pytest.raises(SystemExit):
        read_diagnosis.main(["held_out_fifth"])
    assert "held_out_fifth; there are held_out_second, held_out_third, held_out_fourth" in capsys.readouterr().err
