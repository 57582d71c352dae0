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


def test_do_both_bars_hold_on_all_and_on_the_half_held_out(found):
    assert diagnosis_accuracy.check_claims(found)
    assert diagnosis_accuracy.check_claims([v for v in found if v.half == "B"])


def test_does_the_visible_check_fail_for_each(found):
    assert [v.mistake.name for v in found if not v.failed] == []


def test_is_the_set_large_and_spread_over_topics_and_functions(found):
    functions = [v.mistake.function for v in found]
    assert len(found) >= 120 and set(functions) == set(FUNCTIONS)
    assert min(len(held_out_mistakes.load_held_out(topic)) for topic in list_topics()) >= 12
    assert len({v.mistake.name for v in found}) == len(found)
    assert 0.4 < sum(v.half == "B" for v in found) / len(found) < 0.6


@pytest.mark.parametrize("topic", list_topics())
def test_do_labels_name_registered_mistakes_that_the_checks_know(topic):
    mistakes.load_mistakes(topic)
    for b in held_out_mistakes.load_held_out(topic):
        assert b.right <= {m.name for m in mistakes.mistakes_of(b.function) if not m.unseen}, b.name


@pytest.mark.parametrize("topic", list_topics())
def test_is_no_blind_mistake_registered(topic):
    """Do the fingerprints know nothing of the set? Else a match would be no surprise."""
    mistakes.load_mistakes(topic)
    codes = {m.code for f in FUNCTIONS.values() if f.topic == topic for m in mistakes.mistakes_of(f.name)}
    assert not codes & {b.code for b in held_out_mistakes.load_held_out(topic)}


@pytest.mark.parametrize("topic", list_topics())
def test_does_a_blind_mistake_lose_marks(topic):
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
def test_what_counts_as_right_none_and_wrong(named, right, outcome):
    assert made(named, right).outcome == outcome


@pytest.mark.parametrize("right, wrong, held", [(40, 2, True), (39, 2, False), (40, 3, False), (98, 2, True)])
def test_bars_are_two_and_forty_percent(right, wrong, held):
    found = [made(["a"])] * right + [made(["c"])] * wrong + [made([])] * (100 - right - wrong)
    assert diagnosis_accuracy.check_claims(found) == held


def test_does_the_command_print_the_table_and_fail_below_the_bars(monkeypatch, capsys):
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
