"""Proofs of the rubric, the first part of ``python -m autograder verify``.

The stub gets 0, the reference full marks over many seeds, every alternative full marks; every known mistake loses
exactly the aspects that it names, and other functions lose nothing by it; every aspect is lost by some mistake, and
every line of a check prepares for one (``preparation``); no two topics share a name. Forward and backward are judged
independently (``independence``); a function that is wrong in one call and right in the next earns only what it showed
(``inconsistent_functions``); mutants of the reference lose marks (``mutation_testing``).
"""

import contextlib
import io
import itertools
import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor

from tqdm import tqdm

from autograder import mistakes, reference
from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.hidden_tests.rubric import SIDE_ASPECTS
from autograder.hidden_tests.session import Session, load_questions
from autograder.reference import load_source
from autograder.sandbox.student import InProcessModule
from autograder.verify import alternatives, inconsistent_functions, independence, mutation_testing, preparation
from autograder.verify.attack_files import Violation

MIN_ALTERNATIVES, MIN_MISTAKES = 3, 4


def grade_module(topic, module, seed, only=None):
    """Grade one of our own modules in this process; return question -> outcomes.

    Parameters
    ----------
    topic : str
    module : module or namespace
    seed : int or str
        The hidden inputs depend on it.
    only : str, optional
        Only this question, all by default.
    """
    session = Session(topic, InProcessModule(module), reference.load(topic), f"verify {seed}".encode())
    silence = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with silence[0], silence[1], warnings.catch_warnings(action="ignore"):  # some print or warn
        return {name: session.outcomes(name) for name in ([only] if only else session.questions)}


def list_lost_aspects(outcomes):
    """Return the names of the aspects that did not pass."""
    return {o.aspect for o in outcomes if o.status != "passed"}


def verify_stub(topic):
    """Does a submission in which nothing is written get no marks, but for what stands solved in it?"""
    graded = grade_module(topic, load_source(solution_regions.make_stub(topic), "stub", f"stub of {topic}.py"), 0)
    for name, outcomes in graded.items():
        if any(o.score for o in outcomes) and name not in solution_regions.list_given_functions(topic):
            yield Violation(topic, f"stub: {name} earns marks in {[o.aspect for o in outcomes if o.score]}")


def verify_full(topic, label, module, seeds):
    """Does a module get full marks for every seed?

    Parameters
    ----------
    topic, label : str
        ``label`` names the module in a violation.
    module : module or namespace
    seeds : iterable of int
    """
    for seed in seeds:
        for name, outcomes in grade_module(topic, module, seed).items():
            for o in outcomes:
                if o.status != "passed":
                    yield Violation(topic, f"{label}: {name} loses {o.aspect!r} at seed {seed}: {o.message or o.hint}")


def find_expected_loss(question, known):
    """Return the aspects that a mistake must lose: those it names; all, if only side aspects would be left."""
    all_aspects = {a.name for a in question.aspects}
    return all_aspects if all_aspects - SIDE_ASPECTS <= known.loses else known.loses


def verify_mistake(topic, known, seeds):
    """Does a known mistake lose exactly what it names (every seed), and nothing in other questions (first seed)?

    Parameters
    ----------
    topic : str
    known : autograder.mistakes.Mistake
    seeds : iterable of int
    """
    module = known.applied_to(reference.load(topic))
    questions = load_questions(topic)
    for seed in seeds:
        for name, outcomes in grade_module(topic, module, seed, known.function if seed else None).items():
            want = find_expected_loss(questions[name], known) if name == known.function else set()
            if list_lost_aspects(outcomes) != want:
                yield Violation(topic, f"mistake {known.function}/{known.name}: {name} should lose {sorted(want)}, "
                                  f"loses {sorted(list_lost_aspects(outcomes))} at seed {seed}")


def verify_registry(topic):
    """Are there enough alternatives and mistakes, and does some mistake lose each aspect?"""
    tried = {
        **vars(mistakes.load_mistakes(topic)).get("TRIED", {}),
        **vars(alternatives.load_alternatives(topic)).get("TRIED", {}),
    }
    for name, question in load_questions(topic).items():
        if question.uses:
            continue
        known = mistakes.mistakes_of(name)
        for count, least, kind in ((len(alternatives.alternatives_of(name)), MIN_ALTERNATIVES, "alternatives"),
                                   (len(known), MIN_MISTAKES, "mistakes")):
            if count < least and name not in tried:
                yield Violation(topic, f"{name} has {count} {kind}, fewer than {least}, and no entry in TRIED says why")
        yield from (Violation(topic, f"{name}: {said}") for said in iter_uncovered(question, known))
        for k in known:
            if k.loses - {a.name for a in question.aspects}:
                yield Violation(topic, f"{name}/{k.name} names aspects that do not exist: {sorted(k.loses)}")
    yield from (Violation(topic, said) for said in preparation.iter_unprepared(topic))


def verify_names(topic):
    """Does no other topic ask for something of the same name? ``check`` and ``reveal`` know it by its name alone."""
    mine = list_asked_names(topic)
    for other in list_topics():
        if other != topic:
            for name in sorted(mine & list_asked_names(other)):
                yield Violation(topic, f"{name} is a name in {other}, too")


def list_asked_names(topic):
    """Return the names of a topic's functions, graded or given, and of its bets, answers and steps."""
    asked = reference.load_questions(topic)
    tables = [getattr(asked, table, {}) for table in ("BETS", "ANSWERS", "STEPS")]
    return set(load_questions(topic)).union(reference.load_visible_cases(topic)[0], *tables)


def iter_uncovered(question, known):
    """Yield what the known mistakes of a question do not prove about its aspects.

    An aspect that no mistake loses could be left out of the rubric, and nobody would notice. Two aspects that are lost
    by the same mistakes could be one. A side aspect (shape, dtype, ...) can be wrong while all else is right, so some
    mistake must lose that aspect alone.
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
    """Does each function of a layer keep full marks if another one is wrong? Return the number of pairs, and misses."""
    count, misses = 0, []
    for pair in independence.iter_pairs(topic):
        count += 1
        gone = list_lost_aspects(grade_module(topic, pair.module, 0, pair.right)[pair.right])
        if gone:
            misses.append(
                Violation(
                    topic,
                    f"{pair.right} loses {sorted(gone)} beside the mistake {pair.mistake.function}/"
                    f"{pair.mistake.name} (cache layout: {pair.layout})",
                )
            )
    return count, misses


def verify_topic(topic, seeds):
    """Run the proofs of one topic except pairs and mutants; return the first cells of the table's row, and misses."""
    module = reference.load(topic)
    questions = load_questions(topic)
    alternatives.load_alternatives(topic)
    others = [a for a in alternatives.REGISTRY if set(a.functions) <= set(vars(module)) & set(questions)]
    known = [k for name in questions for k in mistakes.mistakes_of(name)]
    few = range(min(seeds, 3))
    misses = [*verify_registry(topic), *verify_names(topic), *verify_stub(topic)]
    misses += verify_full(topic, "reference", module, range(seeds))
    for a in others:
        misses += verify_full(topic, f"alternative {a.name}", a.applied_to(module), few)
    for k in known:
        misses += verify_mistake(topic, k, few)
    points = round(sum(q.points for q in questions.values()), 6)
    aspects = sum(len(q.aspects) for q in questions.values())
    return (topic, len(questions), aspects, points, len(others), len(known)), misses


HEADER = ("topic", "questions", "aspects", "points", "alternatives", "mistakes", "pairs", "inconsistent", "mutants",
          "killed", "misses")


def format_line(*cells):
    """Return a line of the table."""
    texts = [f"{c:g}" if isinstance(c, float) else str(c) for c in cells]
    return f"{texts[0]:18}" + "".join(f" {text:>{len(name)}}" for text, name in zip(texts[1:], HEADER[1:], strict=True))


def verify_topics(topics, seeds, with_mutants):
    """Run all proofs in parallel and print a line for each topic.

    Parameters
    ----------
    topics : sequence of str
    seeds : int
        Number of course secrets to try.
    with_mutants : bool

    Returns
    -------
    misses : list of Violation
    tallies : list of MutantStats
    """
    everything, tallies = [], []
    bar = tqdm(file=sys.stdout, disable=None, leave=False)
    with ProcessPoolExecutor(os.cpu_count(), initializer=mutation_testing.limit_memory) as pool, bar:

        def job(*call):
            future = pool.submit(*call)
            future.add_done_callback(lambda _: bar.update())
            return future

        jobs = {
            topic: (
                job(verify_topic, topic, seeds),
                job(verify_pairs, topic),
                job(inconsistent_functions.verify_inconsistent, topic),
                [
                    job(mutation_testing.grade_mutants, topic, name)
                    for name in mutation_testing.list_functions(topic)
                    if with_mutants
                ],
            )
            for topic in topics
        }
        bar.total = sum(3 + len(mutated) for *_, mutated in jobs.values())
        bar.write(format_line(*HEADER))
        for proofs, paired, mixed, mutated in jobs.values():
            (row, misses), found = proofs.result(), [m.result() for m in mutated]
            counts, more = zip(paired.result(), mixed.result(), strict=True)
            misses += [*itertools.chain(*more), *mutation_testing.list_violations(found)]
            made = sum(t.count for t in found), sum(t.killed for t in found)
            bar.write(format_line(*row, *counts, *(made if with_mutants else ("-", "-")), len(misses)))
            everything += misses
            tallies += found
    return everything, tallies
