"""The blind mistakes and the confusion table of the diagnosis."""

import dataclasses
import types

import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from autograder.verify import rubric_proofs
from cs231n_lib.lab.check.cases import FUNCTIONS
from tools import diagnosis_accuracy, held_out_mistakes


@pytest.fixture(scope="module")
def found():
    """Return the verdicts on all blind mistakes."""
    return diagnosis_accuracy.diagnose_all()


def test_both_bars_hold_on_all_and_on_the_held_out_half(found):
    """Do both bars hold on all and on the half held out?"""
    assert diagnosis_accuracy.meets_bars(found)
    assert diagnosis_accuracy.meets_bars([v for v in found if v.half == "B"])


def test_visible_check_fails_for_each(found):
    """Does the visible check fail for each?"""
    assert [v.mistake.name for v in found if not v.failed] == []


def test_set_is_large_and_spread_over_topics_and_functions(found):
    """Is the set large and spread over topics and functions?"""
    functions = [v.mistake.function for v in found]
    later = {"train_linear", "stack_forward", "stack_backward", "scaled_init"}  # the third set has mistakes in these
    assert len(found) >= 120 and set(functions) == set(FUNCTIONS) - later
    assert min(len(held_out_mistakes.load_held_out(topic)) for topic in list_topics()) >= 12
    assert len({v.mistake.name for v in found}) == len(found)
    assert 0.4 < sum(v.half == "B" for v in found) / len(found) < 0.6


@pytest.mark.parametrize("topic", list_topics())
def test_labels_name_registered_mistakes_that_the_checks_know(topic):
    """Do labels name registered mistakes that the checks know?"""
    mistakes.load_mistakes(topic)
    for b in held_out_mistakes.load_held_out(topic):
        assert b.right <= {m.name for m in mistakes.mistakes_of(b.function) if not m.unseen}, b.name


@pytest.mark.parametrize("topic", list_topics())
def test_no_held_out_mistake_is_registered(topic):
    """Do the fingerprints know nothing of the set? Else a match would be no surprise."""
    mistakes.load_mistakes(topic)
    codes = {m.code for f in FUNCTIONS.values() if f.topic == topic for m in mistakes.mistakes_of(f.name)}
    assert not codes & {b.code for b in held_out_mistakes.load_held_out(topic)}


@pytest.mark.parametrize("topic", list_topics())
def test_held_out_mistake_loses_marks(topic):
    """Does a blind mistake lose marks?"""
    for b in held_out_mistakes.load_held_out(topic)[::4]:
        module = types.SimpleNamespace(**{**vars(reference.load(topic)), b.function: b.code})
        assert rubric_proofs.list_lost_aspects(
            rubric_proofs.grade_module(topic, module, "blind", only=b.function)[b.function]
        ), b.name


def made(named, right=("a",)):
    """Return a verdict on a made-up mistake: ``named`` has the names of each sentence shown."""
    mistake = held_out_mistakes.HeldOutMistake("some", "relu_forward", "It is wrong.", None, frozenset(right))
    return diagnosis_accuracy.Diagnosis(mistake, "A", True, tuple(frozenset(names) for names in named))


@pytest.mark.parametrize("named, right, outcome", [
    ([], "a", "none"), ([], "", "none"), (["a"], "ab", "right"), (["ca"], "a", "right"), (["c"], "a", "wrong"),
    (["c"], "", "wrong"), (["c", "a"], "a", "right"), (["c", "d"], "a", "wrong")])
def test_diagnoses_count_as_right_none_or_wrong(named, right, outcome):
    """What counts as right none and wrong?"""
    assert made(named, right).outcome == outcome


@pytest.mark.parametrize("right, wrong, held", [(40, 2, True), (39, 2, False), (40, 3, False), (98, 2, True)])
def test_bars_are_two_and_forty_percent(right, wrong, held):
    """Do at most 2 % false names and at least 40 % right ones pass, and nothing else?"""
    found = [made(["a"])] * right + [made(["c"])] * wrong + [made([])] * (100 - right - wrong)
    assert diagnosis_accuracy.meets_bars(found) == held


def test_command_prints_the_table_and_fails_below_the_bars(monkeypatch, capsys):
    """Does the command print the table and fail below the bars?"""
    assert diagnosis_accuracy.main(["--topic", "babysitting"]) == 0
    text = capsys.readouterr().out
    assert "half B" in text and "held" in text and "wrong name: 0" in text
    judge = diagnosis_accuracy.diagnose
    monkeypatch.setattr(
        diagnosis_accuracy, "diagnose", lambda m: dataclasses.replace(judge(m), named=(frozenset({"no such"}),))
    )
    assert diagnosis_accuracy.main(["--topic", "babysitting"]) == 1
    text = capsys.readouterr().out
    assert "MISSED" in text and "update_ratio, ratio_squared: no such (right: squared_norms)" in text
