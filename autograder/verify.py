"""Prove the grader: ``python -m autograder verify``.

Stub 0, reference full over many seeds, every alternative full, every known mistake loses exactly the aspects it names
and costs its neighbours nothing, every aspect is lost by some mistake; forward and backward are judged independently
(``pairs.py``); mutants of the reference lose marks (``survivors.py``); every attack gains nothing and changes nothing
(``attacks.py``).
"""

import contextlib
import io
import itertools
import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor

from tqdm import tqdm

from autograder import TOPICS, alternatives, hidden_tests, mistakes, modules, pairs, reference, survivors
from autograder.attacks import ATTACKED, Miss, verify_attacks
from autograder.hidden_tests import Session
from autograder.hidden_tests.rubric import SIDE_ASPECTS
from autograder.student import LocalStudent, module_from_source

MIN_ALTERNATIVES, MIN_MISTAKES = 3, 4


def marks(topic, module, seed, only=None):
    """Grade the questions of a topic (or only one) on a module we wrote; return question -> outcomes."""
    session = Session(topic, LocalStudent(module), reference.load(topic), f"verify {seed}".encode())
    silence = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with silence[0], silence[1], warnings.catch_warnings(action="ignore"):  # some print or warn
        return {name: session.outcomes(name) for name in ([only] if only else session.questions)}


def lost(outcomes):
    """Return the names of the aspects that did not pass."""
    return {o.aspect for o in outcomes if o.status != "passed"}


def verify_stub(topic):
    """Does a submission in which nothing is written get nothing?"""
    graded = marks(topic, module_from_source(modules.stub(topic), "stub", f"stub of {topic}.py"), 0)
    for name, outcomes in graded.items():
        if any(o.score for o in outcomes):
            yield Miss(topic, f"stub: {name} earns marks in {[o.aspect for o in outcomes if o.score]}")


def verify_full(topic, label, module, seeds):
    """Does ``module`` get full marks for every seed?"""
    for seed in seeds:
        for name, outcomes in marks(topic, module, seed).items():
            for o in outcomes:
                if o.status != "passed":
                    yield Miss(topic, f"{label}: {name} loses {o.aspect!r} at seed {seed}: {o.message or o.hint}")


def expected_loss(question, known):
    """Return the aspects a mistake must lose: those it names, and side aspects where nothing else is left."""
    all_aspects = {a.name for a in question.aspects}
    return all_aspects if all_aspects - SIDE_ASPECTS <= known.loses else known.loses


def verify_mistake(topic, known, seeds):
    """Does a known mistake lose exactly what it names (every seed), and nothing anywhere else (first seed)?"""
    module = known.applied_to(reference.load(topic))
    questions = hidden_tests.load(topic)
    for seed in seeds:
        for name, outcomes in marks(topic, module, seed, known.function if seed else None).items():
            want = expected_loss(questions[name], known) if name == known.function else set()
            if lost(outcomes) != want:
                yield Miss(topic, f"mistake {known.function}/{known.name}: {name} should lose {sorted(want)}, "
                                  f"loses {sorted(lost(outcomes))} at seed {seed}")


def verify_registry(topic):
    """Are there enough alternatives and mistakes, and does some mistake lose each aspect?"""
    tried = {**vars(mistakes.load(topic)).get("TRIED", {}), **vars(alternatives.load(topic)).get("TRIED", {})}
    for name, question in hidden_tests.load(topic).items():
        if question.uses:
            continue
        known = mistakes.of(name)
        for count, least, kind in ((len(alternatives.of(name)), MIN_ALTERNATIVES, "alternatives"),
                                   (len(known), MIN_MISTAKES, "mistakes")):
            if count < least and name not in tried:
                yield Miss(topic, f"{name} has {count} {kind}, fewer than {least}, and no entry in TRIED says why")
        yield from (Miss(topic, f"{name}: {said}") for said in uncovered(question, known))
        for k in known:
            if k.loses - {a.name for a in question.aspects}:
                yield Miss(topic, f"{name}/{k.name} names aspects that do not exist: {sorted(k.loses)}")


def uncovered(question, known):
    """Yield what the known mistakes of a question leave unproved: an aspect that is never missed for itself.

    What no mistake names could be missing from the rubric, and nobody would notice. Aspects that the same mistakes
    lose could be one. Delivery (shape, dtype, ...) can be wrong alone, so some mistake must be wrong in that alone.
    """
    losers = {a.name: {k.name for k in known if a.name in k.loses} for a in question.aspects}
    alone = {aspect for k in known if len(k.loses) == 1 for aspect in k.loses}
    for aspect, found in losers.items():
        if not found:
            yield f"no known mistake loses {aspect!r}"
        elif aspect in SIDE_ASPECTS - alone:
            yield f"no known mistake loses {aspect!r} and nothing else"
    for first, second in itertools.combinations(losers, 2):
        if losers[first] == losers[second]:
            yield f"every known mistake loses both or neither of {first!r} and {second!r}"


def verify_pairs(topic):
    """Does each function of a layer keep full marks beside a mistake in another? Return how many pairs, and misses."""
    count, misses = 0, []
    for pair in pairs.of(topic):
        count += 1
        if gone := lost(marks(topic, pair.module, 0, pair.right)[pair.right]):
            misses.append(Miss(topic, f"{pair.right} loses {sorted(gone)} beside the mistake {pair.mistake.function}/"
                                      f"{pair.mistake.name} (cache layout: {pair.layout})"))
    return count, misses


def verify_topic(topic, seeds):
    """Run the proofs of one topic but for pairs and mutants; return the start of the table's row, and misses."""
    module = reference.load(topic)
    questions = hidden_tests.load(topic)
    alternatives.load(topic)
    others = [a for a in alternatives.REGISTRY if set(a.functions) <= set(vars(module)) & set(questions)]
    known = [k for name in questions for k in mistakes.of(name)]
    few = range(min(seeds, 3))
    misses = [*verify_registry(topic), *verify_stub(topic), *verify_full(topic, "reference", module, range(seeds))]
    for a in others:
        misses += verify_full(topic, f"alternative {a.name}", a.applied_to(module), few)
    for k in known:
        misses += verify_mistake(topic, k, few)
    points = round(sum(q.points for q in questions.values()), 6)
    aspects = sum(len(q.aspects) for q in questions.values())
    return (topic, len(questions), aspects, points, len(others), len(known)), misses


HEADER = ("topic", "questions", "aspects", "points", "alternatives", "mistakes", "pairs", "mutants", "killed", "misses")


def line(*cells):
    """Return a line of the table."""
    texts = [f"{c:g}" if isinstance(c, float) else str(c) for c in cells]
    return f"{texts[0]:18}" + "".join(f" {text:>{len(name)}}" for text, name in zip(texts[1:], HEADER[1:], strict=True))


def verify_topics(topics, seeds, with_mutants):
    """Run all proofs side by side, print a line for each topic; return misses and what came of the mutants."""
    everything, tallies = [], []
    bar = tqdm(file=sys.stdout, disable=None, leave=False)
    with ProcessPoolExecutor(os.cpu_count(), initializer=survivors.bounded) as pool, bar:

        def job(*call):
            future = pool.submit(*call)
            future.add_done_callback(lambda _: bar.update())
            return future

        jobs = {topic: (job(verify_topic, topic, seeds), job(verify_pairs, topic),
                        [job(survivors.tally, topic, name) for name in survivors.functions(topic) if with_mutants])
                for topic in topics}
        bar.total = sum(2 + len(mutated) for _, _, mutated in jobs.values())
        bar.write(line(*HEADER))
        for proofs, paired, mutated in jobs.values():
            (row, misses), (count, more), found = proofs.result(), paired.result(), [m.result() for m in mutated]
            misses += more + survivors.misses(found)
            made = sum(t.count for t in found), sum(t.killed for t in found)
            bar.write(line(*row, count, *(made if with_mutants else ("-", "-")), len(misses)))
            everything += misses
            tallies += found
    return everything, tallies


def run(topics=tuple(TOPICS), seeds=20, with_attacks=True, with_mutants=False):
    """Verify ``topics`` and print the tables; return the number of misses.

    Parameters
    ----------
    topics : sequence of str
    seeds : int
        Course secrets on which the reference must get full marks; alternatives and mistakes see three of them.
    with_attacks, with_mutants : bool
        Run the attacks (they need the sandbox); make mutants of every reference solution, and grade them.
    """
    everything, tallies = verify_topics(topics, seeds, with_mutants)
    if with_mutants:
        everything += survivors.report(tallies)
    if with_attacks and ATTACKED in topics:
        everything += verify_attacks()
    for miss in everything:
        print(f"MISS {miss.topic}: {miss.what}")
    print(f"\n{len(everything)} misses")
    return len(everything)
