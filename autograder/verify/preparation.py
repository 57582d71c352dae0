"""What each line of a check prepares for: an aspect of the visible check -> the aspects of the grader.

Where both have one name, which then stands in ``cs231n_lib/lab/check/aspects``, the line prepares for that. All others
are listed here. A line that prepares for nothing would ask for what no mark depends on; one that no known mistake
proves to prepare for its aspect would promise too much.
"""

from collections.abc import Iterator

from autograder import mistakes, reference
from autograder.hidden_tests.session import load_questions

KNOWN_RESULTS = "cs231n_lib/lab/check/known_results.py"
EDGES = ("edge sizes", "shape")
"""What an unusual size of the input prepares for, of which some functions have one only. It is asked everywhere, also
where no known mistake shows."""

PREPARES: dict[str, dict[str | tuple[str, str], tuple[str, ...]]] = {
    "linear_classifier": {
        "dx, dw, db": ("dx", "dw", "db"),
        "images as input": EDGES,
        "one feature": EDGES,
        "batch of one": EDGES,
        "all scores equal": ("loss",),
        "stable at ±1000": ("stable",),
        ("svm_loss", "stable at ±1000"): ("loss", "gradient"),
        "a batch larger than the data": ("replacement",),
    },
    "initialization": {
        "a negative number": ("values",),
        "zero": ("values",),
        "one unit": ("shape",),
        "statistics, 50 inputs and 80 units": ("mean", "spread", "distribution", "uses rng"),
        "statistics, 80 inputs and 50 units": ("mean", "spread", "distribution", "uses rng"),
        "std = 0.3": ("conventions",),
        "any shape": EDGES,
        "one layer": EDGES,
        "another activation": ("spread", "values"),
        "near enough is left alone": ("conventions",),
        "not near enough": ("conventions",),
        "another tol": ("conventions",),
        "max_iter = 0 changes nothing": ("conventions",),
    },
}
"""Topic -> aspect of a check, or (function, aspect) where a function differs -> aspects of the grader."""


def list_prepared(topic: str, function: str, visible: str) -> tuple[str, ...]:
    """Return the aspects of a function's question that an aspect of its check prepares for.

    Parameters
    ----------
    topic, function : str
        The graded module, and one of its functions.
    visible : str
        An aspect of the function's check.
    """
    own, listed = {aspect.name for aspect in load_questions(topic)[function].aspects}, PREPARES[topic]
    if visible in own:
        return (visible,)
    return tuple(name for name in listed.get((function, visible), listed.get(visible, ())) if name in own)


def list_checks(topic: str) -> dict[str, list[str]]:
    """Return function -> aspects of its check, one for each visible case."""
    functions, _ = reference.load_visible_cases(topic)
    return {name: [case.aspect for case in function.cases] for name, function in functions.items()}


def iter_unprepared(topic: str) -> Iterator[str]:
    """Yield what is wrong with the map of a topic, in words."""
    checks = list_checks(topic)
    for function, cases in checks.items():
        for visible in dict.fromkeys(cases):
            prepared = list_prepared(topic, function, visible)
            if not prepared:
                yield f"{function}: the line {visible!r} of its check prepares for no aspect that is listed"
            elif not (list_lost_beside(function, cases, visible) | set(EDGES)) & set(prepared):
                yield f"{function}: no known mistake fails {visible!r} and loses one of {sorted(prepared)}"
    graded = {aspect.name for question in load_questions(topic).values() for aspect in question.aspects}
    for key, prepared in PREPARES[topic].items():
        function, visible = key if isinstance(key, tuple) else ("", key)
        if not any(visible in cases for name, cases in checks.items() if function in ("", name)):
            yield f"no check has the line {key!r} that is said to prepare for an aspect"
        if not graded.issuperset(prepared):
            yield f"{key!r} is said to prepare for {sorted(set(prepared) - graded)}, which no question has"


def list_lost_beside(function: str, cases: list[str], visible: str) -> set[str]:
    """Return the aspects that the known mistakes lose whose results are wrong in the visible cases of an aspect."""
    numbers = {i for i, aspect in enumerate(cases) if aspect == visible}
    stored = reference.load_lab_module(KNOWN_RESULTS).load_known_results(function).mistakes
    failing = {known.teaches for known in stored if numbers & {*known.parts, *known.errors}}
    return set().union(*(known.loses for known in mistakes.mistakes_of(function) if known.teaches in failing))
