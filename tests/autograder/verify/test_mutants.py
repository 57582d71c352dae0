"""Do the mutants, the pairs and their verdicts find what they are there to find?"""

import ast
import functools
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from grading import graded

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from autograder.hidden_tests import rubric as hidden_tests
from autograder.hidden_tests import session
from autograder.reference import read_module_source
from autograder.verify import independence, mutants, mutation_testing, rubric_proofs
from autograder.verify.mutants import Mutant


@functools.cache
def changes(topic, function):
    """Return the changes that the mutants of a function make, as pairs of statements."""
    return {(m.before, m.after) for m in mutants.make_mutants(topic, function)}


def whole(topic, source, function):
    """Return a mutant whose function is ``source``."""
    return Mutant(function, "written by hand", 1, "", "", source)


@pytest.mark.parametrize("topic, function", [("batchnorm", "batchnorm_forward"), ("optimizers", "adam"),
                                             ("initialization", "lsuv_init"), ("evaluation", "extract_features")])
def test_every_mutant_is_another_function_that_compiles(topic, function):
    """Is every mutant another function that compiles?"""
    made, tree = mutants.make_mutants(topic, function), ast.parse(read_module_source(topic))
    sources = {m.source for m in made}
    assert len(sources) == len(made) > 30
    assert not sources & {ast.unparse(definition) for definition in tree.body}
    for source in sources:
        compile(source, "mutant", "exec")


@pytest.mark.parametrize("topic", list_topics())
def test_mutants_are_made_in_solution_regions_only(topic):
    """Are mutants made in solution regions only?"""
    lines = read_module_source(topic).splitlines()
    markers = [line.strip() if "### " in line else "" for line in lines]
    for function in mutation_testing.list_functions(topic):
        made = mutants.make_mutants(topic, function)
        assert made, f"{function} has no mutant"
        for m in made:
            nearest = next(marker for marker in reversed(markers[:m.line]) if marker)
            assert nearest == "### BEGIN SOLUTION", m


@pytest.mark.parametrize("topic, function, before, after", [
    ("activations", "sigmoid_backward", "return dout * cache * (1 - cache)", "return dout * cache * (1 + cache)"),
    ("activations", "sigmoid_backward", "return dout * cache * (1 - cache)", "return dout * cache * (cache - 1)"),
    ("activations", "sigmoid_backward", "return dout * cache * (1 - cache)",
     "return np.multiply(dout, cache, out=dout) * (1 - cache)"),
    ("activations", "dead_units", "return ~(out > 0).any(axis=0)", "return ~(out > 0).any(axis=1)"),
    ("activations", "dead_units", "return ~(out > 0).any(axis=0)", "return ~(out > 0).any()"),
    ("activations", "dead_units", "return ~(out > 0).any(axis=0)", "return (out > 0).any(axis=0)"),
    ("activations", "dead_units", "return ~(out > 0).any(axis=0)", "return ~(out > 0).all(axis=0)"),
    ("batchnorm", "layernorm_forward", "std = np.sqrt(x.var(axis=1, keepdims=True) + eps)",
     "std = np.sqrt(x.var(axis=1, keepdims=False) + eps)"),
    ("linear_classifier", "softmax_loss", "dx[rows, y] -= 1", "pass"),
    ("linear_classifier", "softmax_loss", "dx[rows, y] -= 1", "dx[rows, y] = 1"),
    ("linear_classifier", "affine_backward", "return (dx, dw, db)", "return (dw, dx, db)"),
    ("initialization", "lsuv_init", "w = w / z.std()", "w /= z.std()"),
    ("initialization", "lsuv_init", "w = w / z.std()", "w = w / z.var()"),
    ("preprocessing", "pca", "return (components[:k], s[:k] ** 2 / len(Xc))",
     "return (components[:], s[:k] ** 2 / len(Xc))"),
    ("dropout", "dropout_backward", "return dout * mask if dropout_param['mode'] == 'train' else dout.copy()",
     "return dout * mask if dropout_param['mode'] != 'train' else dout.copy()"),
])
def test_mutants_are_changes_that_students_make(topic, function, before, after):
    """Is the kind of change made that students make?"""
    assert (before, after) in changes(topic, function)


def test_gap_in_the_hidden_tests_shows(monkeypatch):
    """Does a hole in the hidden tests show?"""
    question = session.load_questions("activations")["dead_units"]
    assert not mutation_testing.grade_mutants("activations", "dead_units").unexplained
    monkeypatch.setattr(question, "aspects", [a for a in question.aspects if a.name == "dtype"])
    monkeypatch.setattr(mutation_testing, "list_questions", lambda topic, function: [question])
    tally = mutation_testing.grade_mutants("activations", "dead_units")
    assert "return ~(out > 0).all(axis=0)" in {m.after for m in tally.unexplained}
    assert any(
        "mutant keeps full marks: activations.py" in miss.what for miss in mutation_testing.list_violations([tally])
    )


def test_survivors_and_reasons_need_each_other(monkeypatch):
    """Is a reason needed for a survivor and a survivor for a reason?"""
    known = ("relu_backward", "return dout * (cache > 0)", "return dout * (cache >= 0)")
    other = ("relu_backward", "return dout * (cache > 0)", "return dout")
    monkeypatch.setattr(
        mutation_testing, "read_equivalents", lambda topic: {known: "a subgradient", other: "it was killed"}
    )
    tally = mutation_testing.grade_mutants("activations", "relu_backward")
    assert [m.after for m, _ in tally.explained] == [known[2]] and tally.stale == [other]
    assert tally.killed == tally.count - 1
    assert [miss.what for miss in mutation_testing.list_violations([tally])] == [
        f"equivalents/activations.toml: no mutant of relu_backward survives {other[1]!r} -> {other[2]!r}"]


def test_hidden_test_that_breaks_on_a_mutant_is_a_violation(monkeypatch):
    """Is a hidden test that breaks on a mutant a miss?"""
    question = session.load_questions("activations")["relu_forward"]

    def breaks(student, reference, rng):
        raise ValueError("operands could not be broadcast")

    monkeypatch.setattr(question, "aspects", [hidden_tests.Aspect("values", 1.0, "", breaks)])
    tally = mutation_testing.grade_mutants("activations", "relu_forward")
    assert len(tally.broke) == tally.count
    assert (
        "breaks the hidden test relu_forward, values: ValueError" in mutation_testing.list_violations([tally])[0].what
    )


def test_endless_mutant_costs_only_its_time(monkeypatch):
    """Does a mutant without end cost its time only?"""
    monkeypatch.setattr(mutation_testing, "SECONDS", 0.2)
    endless = "def dead_units(out):\n    while True:\n        pass"
    assert mutation_testing.grade_mutant("activations", whole("activations", endless, "dead_units")) == ("time", "")
    assert mutation_testing.grade_mutant(
        "activations", whole("activations", "def dead_units(out):\n    return ~(out > 0).any(axis=0)", "dead_units")
    ) == ("", "")


def test_mutant_that_wants_all_memory_loses_marks():
    """Does a mutant that wants all memory lose marks?"""
    greedy = "def dead_units(out):\n    return np.ones(1 << 40)[:out.shape[1]] > 0"
    with ProcessPoolExecutor(1, initializer=mutation_testing.limit_memory) as pool:
        lost, broken = pool.submit(
            mutation_testing.grade_mutant, "activations", whole("activations", greedy, "dead_units")
        ).result()
    assert lost and not broken


@pytest.mark.parametrize("topic", list_topics())
def test_every_reason_belongs_to_a_mutant_and_explains_it(topic):
    """Does every reason belong to a mutant and say something?"""
    for (function, before, after), why in mutation_testing.read_equivalents(topic).items():
        assert (before, after) in changes(topic, function), (function, after)
        assert len(why) > 15


def test_too_few_killed_is_a_violation(capsys):
    """Are too few killed a miss?"""
    tallies = [mutation_testing.MutantStats(topic, "f", count=100, explained=[
        (Mutant("f", "other operator", 3, "a + b", "a - b", ""), "no reason")] * 4) for topic in list_topics()]
    assert ["96.0% of the mutants lose marks, fewer than 97%"] == [
        m.what for m in mutation_testing.report_mutants(tallies)
    ]
    assert "96.0%" in capsys.readouterr().out
    for tally in tallies:
        tally.explained = tally.explained[:3]
    assert not mutation_testing.report_mutants(tallies)


# -- pairs ------------------------------------------------------------------------------------------------------------


def lost(functions, only):
    """Return the aspects that one question loses with some functions of the reference replaced."""
    return rubric_proofs.list_lost_aspects(graded("activations", only=[only], **functions)[only])


def test_both_batchnorm_backwards_are_paired():
    """Do the two backwards of batch normalization stand beside each other?"""
    assert independence.list_layers("batchnorm") == [
        ["batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt"],
        ["layernorm_forward", "layernorm_backward"],
    ]
    sides = {(p.mistake.function, p.right) for p in independence.iter_pairs("batchnorm")}
    assert {("batchnorm_backward", "batchnorm_backward_alt"), ("batchnorm_backward_alt", "batchnorm_backward")} <= sides


RAISING = {"mean_forgets_keepdims", "variance_forgets_keepdims", "both_forget_keepdims", "largest_of_two_objects",
           "array_for_an_axis"}
"""Forwards that raise on an ordinary input: they hand on no cache that a backward could be judged on."""


@pytest.mark.parametrize("topic", ["linear_classifier", "activations", "batchnorm", "dropout"])
def test_every_mistake_of_a_layer_is_in_two_layouts(topic):
    """Does every mistake of a layer stand in the documented layout and, unless it raises at once, in one of its own?"""
    found = {(p.mistake.function, p.mistake.name, p.right, p.layout) for p in independence.iter_pairs(topic)}
    for layer in independence.list_layers(topic):
        for wrong in layer:
            assert mistakes.mistakes_of(wrong)
            for known in mistakes.mistakes_of(wrong):
                layouts = ("documented",) if known.name in RAISING else ("documented", "wrapped")
                for right in set(layer) - {wrong}:
                    assert {(wrong, known.name, right, layout) for layout in layouts} <= found


def test_wrapped_cache_is_read_by_its_own_backward_only():
    """Can a wrapped cache be read by its own backward only?"""
    pair = next(
        p for p in independence.iter_pairs("activations") if p.layout == "wrapped" and p.right == "relu_backward"
    )
    x = np.array([[-1.0, 2.0]])
    _, cache = pair.module.relu_forward(x)
    assert pair.module.relu_backward(np.ones((1, 2)), cache).tolist() == [[0, 1]]
    with pytest.raises((TypeError, IndexError)):
        pair.module.relu_backward(np.ones((1, 2)), reference.load("activations").relu_forward(x)[1])


def own_relu(forward_axes=None, backward_axes=None):
    """Return ReLU with a layout of its own; either half may refuse what has not so many axes."""
    def relu_forward(x):
        if forward_axes is not None and x.ndim != forward_axes:
            raise ValueError
        return np.maximum(0, x), {"positive": x > 0}

    def relu_backward(dout, cache):
        if backward_axes is not None and dout.ndim != backward_axes:
            raise ValueError
        return dout * cache["positive"]

    return {"relu_forward": relu_forward, "relu_backward": relu_backward}


def test_forward_failing_at_other_sizes_is_charged_once():
    """Is a forward that stops at other sizes charged once in any layout?"""
    assert lost(own_relu(forward_axes=2), "relu_forward") == {"edge sizes"}
    assert not lost(own_relu(forward_axes=2), "relu_backward")


def test_backward_failing_at_other_sizes_is_charged():
    """Is a backward that stops at other sizes charged in any layout?"""
    def relu_backward(dout, cache):
        n, d = cache.shape
        return dout * (cache > 0)

    assert lost(own_relu(backward_axes=2), "relu_backward") == {"edge sizes"}
    reads_the_documented_cache = {**own_relu(forward_axes=2), "relu_backward": relu_backward}
    assert lost(reads_the_documented_cache, "relu_backward") == {"edge sizes"}


def test_forward_that_never_runs_opens_no_backward_marks():
    """Does a forward that never runs open no marks of its backward?"""
    aspects = session.load_questions("activations")["relu_backward"].aspects
    assert lost(own_relu(forward_axes=17), "relu_backward") == {a.name for a in aspects}


def test_table_has_columns_for_pairs_and_mutants():
    """Has the table a column for pairs and for mutants?"""
    row = rubric_proofs.format_line("activations", 17, 96, 32.0, 56, 143, 545, 280, 447, 430, 0)
    assert len(row) == len(rubric_proofs.format_line(*rubric_proofs.HEADER)) and " 545 " in row
