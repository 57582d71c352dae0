"""What each line of a check prepares for: an aspect of the visible check -> the aspects of the grader.

Where both have one name, which then stands in ``cs231n_lib/lab/check/aspects``, the line prepares for that. All others
are listed in ``PREPARES`` of ``alternatives/<topic>.py``: aspect of a check, or (function, aspect) where a function
differs -> aspects of the grader. A line that prepares for nothing would ask for what no mark depends on; one that no
known mistake proves to prepare for its aspect would promise too much.
"""

from collections.abc import Iterator, Mapping

from autograder import mistakes, reference
from autograder.hidden_tests.session import load_questions
from autograder.release.known_results import load_results
from autograder.verify.alternatives import EDGES, load_alternatives


def find_map(topic: str) -> Mapping[str | tuple[str, str], tuple[str, ...]]:
    """Return what the lines of a topic's checks prepare for, as far as names do not say it."""
    return getattr(load_alternatives(topic), "PREPARES", {})


def list_prepared(topic: str, function: str, visible: str) -> tuple[str, ...]:
    """Return the aspects of a function's question that an aspect of its check prepares for.

    Parameters
    ----------
    topic, function : str
        The graded module, and one of its functions.
    visible : str
        An aspect of the function's check.
    """
    own, listed = {aspect.name for aspect in load_questions(topic)[function].aspects}, find_map(topic)
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
            elif not (list_lost_beside(topic, function, cases, visible) | set(EDGES)) & set(prepared):
                yield f"{function}: no known mistake fails {visible!r} and loses one of {sorted(prepared)}"
    graded = {aspect.name for question in load_questions(topic).values() for aspect in question.aspects}
    for key, prepared in find_map(topic).items():
        function, visible = key if isinstance(key, tuple) else ("", key)
        if not any(visible in cases for name, cases in checks.items() if function in ("", name)):
            yield f"no check has the line {key!r} that is said to prepare for an aspect"
        if not graded.issuperset(prepared):
            yield f"{key!r} is said to prepare for {sorted(set(prepared) - graded)}, which no question has"


def list_lost_beside(topic: str, function: str, cases: list[str], visible: str) -> set[str]:
    """Return the aspects that the known mistakes lose whose results are wrong in the visible cases of an aspect.

    Parameters
    ----------
    topic, function : str
    cases : list of str
        The aspect of each visible case of the function.
    visible : str
    """
    numbers = {i for i, aspect in enumerate(cases) if aspect == visible}
    stored = load_results(topic, function).mistakes
    failing = {known.teaches for known in stored if numbers & {*known.parts, *known.errors}}
    return set().union(*(known.loses for known in mistakes.mistakes_of(function) if known.teaches in failing))
