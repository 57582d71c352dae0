"""What each line of a check prepares for: an aspect of the visible check -> the aspects of the grader.

Where both have one name, which then stands in ``cs231n_lib/lab/check/aspects``, the line prepares for that. All others
are listed here. A line that prepares for nothing would ask for what no mark depends on; one that no known mistake
proves to prepare for its aspect would promise too much.
"""

from collections.abc import Iterator, Mapping

from autograder import mistakes, reference
from autograder.hidden_tests.session import load_questions
from autograder.release.known_results import load_results
from autograder.verify.alternatives import load_alternatives

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
        "reg = 0.5": ("reg",),
    },
    "activations": {
        "dx, da": ("dx", "da"),
        "dx, dw, db": ("dx", "dw", "db"),
        "any shape": EDGES,
        "batch of one": EDGES,
        "one feature": EDGES,
        "as many rows as units": ("conventions", "values", "da"),
        "stable at ±1000": ("stable", "values", "dx"),
        "alpha = 0.3": ("alpha",),
        "alpha = 0.5": ("alpha",),
        "one slope for all": ("conventions",),
        "bounds -1 and 1": ("conventions",),
        "bounds -2 and 2": ("conventions",),
        "another margin": ("conventions",),
        "all and none": ("values",),
        "tiny is not dead": ("values",),
    },
    "preprocessing": {
        "one image": EDGES,
        "one channel": EDGES,
        "images of uint8": EDGES,
        "one mean per channel": EDGES,
        "one mean per feature": EDGES,
        "one number": EDGES,
        "images and one standard deviation": EDGES,
        "batch of one": EDGES,
        "a feature that never changes": ("conventions",),
        "eps = 2": ("conventions",),
        "all components": ("components", "variances"),
        "k = 2": ("conventions",),
        "fewer examples than features": EDGES,
        "one feature": EDGES,
        "a direction of variance 0": ("conventions",),
        "eps = 0.5": ("conventions",),
        "one component": EDGES,
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
        "slope 0.25": ("any activation",),
        "softplus": ("any activation",),
        "the square": ("any activation",),
        "z + 1": ("any activation",),
        "dx, dweights": ("dx", "dweights"),
        "layers of other widths": EDGES,
        "batch of one": EDGES,
    },
    "batchnorm": {
        "dx, dgamma, dbeta": ("dx", "dgamma", "dbeta"),
        "running averages after the first batch": ("running averages",),
        "running averages after a later batch": ("running averages",),
        "test mode leaves the running averages alone": ("running averages", "test mode"),
        "test mode before any training": ("conventions",),
        "test mode is the same": ("test mode",),
        "no mode is needed": ("test mode", "conventions"),
        "nearly constant, where eps wins": ("eps",),
        "another eps": ("conventions",),
        "another momentum": ("conventions",),
        "stable at an offset of 1e8": ("stable",),
        "batch of one": EDGES,
        "one feature": EDGES,
        "as many examples as features": EDGES,
    },
    "dropout": {
        "training, p = 0.3": ("share kept", "values"),
        "training, p = 0.8": ("share kept", "values"),
        "training, p = 1": ("share kept", "values"),
        ("dropout_backward", "training, p = 0.4"): ("dx",),
        ("dropout_backward", "training, p = 0.8"): ("dx",),
        "on your own forward's cache": ("dx",),
        "any shape": EDGES,
        "output of another shape": EDGES,
        "n_samples = 1": EDGES,
        "passes that are all equal": ("spread",),
    },
    "optimizers": {
        "default settings": ("settings",),
        "learning_rate = 0.3": ("settings",),
        "momentum = 0.5": ("settings",),
        "decay_rate = 0.8": ("settings",),
        "beta1 = 0.5": ("settings",),
        "beta2 = 0.8": ("settings",),
        "epsilon = 0.5": ("epsilon",),
        "settings and state in config": ("config",),
        "state put back into config": ("config",),
        "a gradient of 0": ("epsilon", "edge sizes"),
        "any shape": ("edge sizes",),
        "drop = 0.1": ("settings",),
        "every = 4": ("settings",),
    },
    "babysitting": {
        "two classes": ("softmax", "svm"),
        "a bias vector": EDGES,
        "three axes": EDGES,
        "nothing moved": ("values",),
        "all finite": ("nan", "inf", "anywhere"),
        "nan at the end": ("nan",),
        "inf and -inf": ("inf",),
        "nan in the middle": ("anywhere",),
        "large but finite": ("inf",),
        "no losses": EDGES,
        "rates below and above 0.37": ("values",),
        "3 steps": ("conventions",),
        "12 steps": ("conventions",),
        "every rate explodes": EDGES,
        "no rate explodes": EDGES,
    },
    "hyperparameters": {
        "size = 7": ("shape",),
        "size = (3, 4)": ("shape",),
        "two axes, three values each": ("values", "combinations"),
        "three axes, two values each": ("values", "combinations"),
        "one axis": EDGES,
        "nine points, two axes": ("range", "shape"),
        "one point": EDGES,
        "fills the box": ("range", "distribution", "independence"),
        "at low": ("low end",),
        "near low": ("low end",),
        "near high": ("high end",),
        "well inside, on the log scale": ("log scale",),
        "a range of a factor of two": ("log scale",),
        "another margin": ("margin",),
        ("refine_range", "values"): ("centre", "width"),
        "off the centre": ("centre",),
        "another shrink": ("shrink",),
        "best at low": ("beyond the old range",),
        "best at high": ("beyond the old range",),
        "another factor": ("factor",),
        "no loss yet": EDGES,
        "one loss": EDGES,
        "12 examples in 3 folds": ("partition", "train"),
        "11 examples in 3 folds": ("partition", *EDGES),
        "as many folds as examples": EDGES,
    },
    "evaluation": {
        "models that disagree": ("values",),
        "stable at ±1000": ("stable",),
        "one model": EDGES,
        "batch of one": EDGES,
        "decay = 0.9": ("decay",),
        "decay = 0.25": ("decay",),
        "a single number, a single row": EDGES,
        "two layers, two batches": ("values",),
        "a smaller last batch": ("last batch",),
        "fewer examples than batch_size": ("last batch",),
        "images as input": ("flattened", *EDGES),
        "images as output": ("flattened",),
        "w after 100 steps": ("w",),
        "b after 100 steps": ("b",),
        "reg = 0.5": ("reg",),
        "a class without examples": EDGES,
    },
}
"""Topic -> aspect of a check, or (function, aspect) where a function differs -> aspects of the grader."""


def find_map(topic: str) -> Mapping[str | tuple[str, str], tuple[str, ...]]:
    """Return what the lines of a topic's checks prepare for, as far as names do not say it."""
    return PREPARES.get(topic) or getattr(load_alternatives(topic), "PREPARES", {})


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
