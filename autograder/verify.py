"""Prove the grader: ``python -m autograder verify``.

Stub 0, reference full over many seeds, every alternative full, every known mistake loses exactly the aspects it names
and costs its neighbours nothing, every aspect is lost by some mistake; every attack gains nothing and changes nothing.
"""

import contextlib
import hashlib
import io
import os
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

from autograder import TOPICS, alternatives, hidden_tests, mistakes, modules, reference, sandbox
from autograder.hidden_tests import Session
from autograder.hidden_tests.rubric import SIDE_ASPECTS
from autograder.proxy import RemoteStudent
from autograder.student import LocalStudent, module_from_source

MIN_ALTERNATIVES, MIN_MISTAKES = 3, 4


@dataclass
class Miss:
    """One thing that did not come out as promised."""

    topic: str
    what: str


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
        aspects = {a.name for a in question.aspects}
        covered = set().union(*(expected_loss(question, k) for k in known))
        if aspects - covered:
            yield Miss(topic, f"{name}: no known mistake loses {sorted(aspects - covered)}")
        for k in known:
            if k.loses - aspects:
                yield Miss(topic, f"{name}/{k.name} names aspects that do not exist: {sorted(k.loses - aspects)}")


def verify_topic(topic, seeds):
    """Run every proof for one topic; return the row of the table and the misses."""
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
    return (topic, len(questions), aspects, points, len(others), len(known), len(misses)), misses


ATTACKED = "activations"
HONEST = ["sigmoid_forward", "sigmoid_backward", "relu_forward", "relu_backward", "dead_units"]
"""What the attacking student has honestly written: the most that an attack may earn."""


def attacks():
    """Return name -> text of every attack; each is appended to an honest, half-finished module."""
    return {p.stem: p.read_text() for p in sorted((reference.ROOT / "tests" / "attacks").glob("*.py"))}


def sandboxed_marks(module):
    """Grade a module's text in the sandbox; return question -> marks, and how long it took."""
    with RemoteStudent(module, ATTACKED) as student:
        session = Session(ATTACKED, student, reference.load(ATTACKED), b"verify attacks")
        marks = {name: hidden_tests.total(session.outcomes(name)) for name in session.questions}
        return marks, student.seconds


def verify_attack(name, text, honest, honest_marks):
    """Does an attack earn at most what its honest part earns, cell by cell?"""
    marks, seconds = sandboxed_marks(f"{honest}\n\n{text}")
    gained = {q: m for q, m in marks.items() if m > honest_marks[q]}
    misses = [Miss(ATTACKED, f"attack {name} gains {gained}")] if gained else []
    return (name, sum(marks.values()), seconds), misses


def fingerprint_of_sources():
    """Return a hash of every source file: no attack may change one."""
    digest = hashlib.sha256()
    for folder in ("autograder", "cs231n_lib", "tests"):
        for path in sorted((reference.ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def verify_attacks():
    """Run every attack in a sandbox of its own, two side by side; print a line each and return the misses."""
    sandbox.prove()
    honest = modules.partly_solved(ATTACKED, HONEST)
    honest_marks, _ = sandboxed_marks(honest)
    before, misses = fingerprint_of_sources(), []
    print(f"\n{'attack':24} marks (honest part: {sum(honest_marks.values()):g})  seconds")
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(verify_attack, name, text, honest, honest_marks) for name, text in attacks().items()]
        for run in runs:
            (name, marks, seconds), found = run.result()
            print(f"{name:24} {marks:5g} {seconds:31.1f}", flush=True)
            misses += found
    if fingerprint_of_sources() != before:
        misses.append(Miss(ATTACKED, "an attack changed a source file"))
    return misses


def run(topics=tuple(TOPICS), seeds=20, with_attacks=True):
    """Verify ``topics`` and print the tables; return the number of misses."""
    print(f"{'topic':20} questions aspects points alternatives mistakes misses")
    everything = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for row, misses in pool.map(verify_topic, topics, [seeds] * len(topics)):
            print("{:20} {:9} {:7} {:6g} {:12} {:8} {:6}".format(*row), flush=True)
            everything += misses
    if with_attacks and ATTACKED in topics:
        everything += verify_attacks()
    for miss in everything:
        print(f"MISS {miss.topic}: {miss.what}")
    print(f"\n{len(everything)} misses")
    return len(everything)
