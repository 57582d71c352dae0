"""Inconsistent functions: right in one call and wrong in the next. None may earn an aspect that it did not show.

What is charged elsewhere is left out of an aspect. If a test found that out by asking the student's function again, a
function that fails on purpose would earn the aspect. So each function is put together from the reference and from
something wrong, and

- where it gives one number everywhere, it earns nothing (:func:`iter_constant`);
- where it is wrong in the test of a single aspect, and right in all others, that aspect is lost
  (:func:`iter_unearned`): by every known mistake that loses it, by chance numbers, and by an exception; so it is for a
  backward whose forward raises for all inputs but the first that it sees;
- where it is wrong in every second call, in the second one with equal arguments, for float64, or for the ordinary size
  (:data:`MOMENTS`), an aspect in whose test it was wrong is lost, unless another aspect that the test asks for was;
- where a backward reads what the latest call of its forward left, and not the cache that it is given, marks are lost,
  those of the integration question if it works alone (:func:`iter_forgetful`).
"""

import copy
import itertools
import types
import warnings
from dataclasses import dataclass, field, replace

import numpy as np

from autograder import mistakes, reference
from autograder.hidden_tests import session
from autograder.hidden_tests.rubric import SIDE_ASPECTS, Grading, Question
from autograder.sandbox.student import InProcessModule
from autograder.verify import independence
from autograder.verify.attack_files import Violation

A = reference.load_aspects()
SECRET = b"verify inconsistent functions"
NOT_ABOUT_NUMBERS = {A.DTYPE, A.INPUTS}
"""Aspects that numbers drawn by chance do not lose, in any function."""
ALSO_EARNED = {
    "only the shape is looked at": {(name, A.SHAPE) for name in (
        "sample_batch", "train_head", "sample_log_uniform", "grid_points", "random_points", "k_fold_indices",
        "zero_init", "constant_init", "small_random_init", "xavier_init", "he_init", "scaled_init",
        "vanilla_dropout_forward", "dropout_forward")},
    "it looks at what is called, or stored, not at the result": {
        ("mc_dropout_mean", "passes"), ("batchnorm_forward", "running averages")},
    "numbers drawn by chance are in no order": {("random_points", "independence"), ("k_fold_indices", "shuffled")},
}
"""Why chance numbers do not lose an aspect -> (function, aspect)."""


# -- wrong functions --------------------------------------------------------------------------------------------------


def replace_numbers(value, change):
    """Return a value of the same form with ``change(array)`` in the place of each array or number of it."""
    if isinstance(value, (tuple, list)):
        return type(value)(replace_numbers(v, change) for v in value)
    if isinstance(value, dict):
        return {k: replace_numbers(v, change) for k, v in value.items()}
    if not isinstance(value, (bool, int, float, np.ndarray, np.generic)):
        return value
    array = np.asarray(value)
    wrong = np.asarray(change(array)).astype(array.dtype)
    return wrong if isinstance(value, np.ndarray) else wrong.item()


def scramble(value, rng):
    """Return a value of the same form with other numbers in it."""
    def change(array):
        if array.dtype.kind == "b":
            return ~array
        if array.dtype.kind in "iu":
            return array + rng.integers(1, 9)
        return 2 + np.exp(rng.standard_normal(array.shape))

    return replace_numbers(value, change)


def chance_numbers(code, name):
    """Return the function with other numbers in its result, others in every call; a forward's cache stays."""
    rng = np.random.default_rng(0)

    def wrong(*args, **named):
        value = code(*args, **named)
        return (scramble(value[0], rng), value[1]) if name.endswith("_forward") else scramble(value, rng)

    return wrong


def raise_always(code, name):
    """Return a function that raises."""
    def wrong(*args, **named):
        raise ValueError("not this time")
    return wrong


WRONGS = {"chance numbers": chance_numbers, "an exception": raise_always}


def is_lost_by(wrong, name, aspect):
    """Must an aspect be lost by these results?"""
    earned = aspect in NOT_ABOUT_NUMBERS or any((name, aspect) in some for some in ALSO_EARNED.values())
    return wrong == "an exception" or not earned


# -- wrong always ----------------------------------------------------------------------------------------------------


CONSTANTS = (0.0, 0.5)
RIGHT_CONSTANTS = {("zero_init", A.VALUES), ("mc_dropout_mean", "passes"), ("bracket_learning_rate", "conventions")}
"""What one number everywhere may earn: the right number, and calls of the functions that are handed in."""


def fill(code, name, number):
    """Return the function with one number everywhere in its result; a forward's cache stays."""
    def constant(*args, **named):
        value = code(*copy.deepcopy(args), **copy.deepcopy(named))  # it leaves nothing right in its arguments either
        filled = replace_numbers(value[0] if name.endswith("_forward") else value, lambda a: np.full(a.shape, number))
        return (filled, value[1]) if name.endswith("_forward") else filled
    return constant


def iter_constant(topic):
    """Yield, for each function that gives one number everywhere, a list: a violation for what it earns by that."""
    solution = reference.load(topic)
    for name, number in itertools.product(session.load_questions(topic), CONSTANTS):
        if name not in vars(solution):  # an integration question
            continue
        module = types.SimpleNamespace(**{**vars(solution), name: fill(getattr(solution, name), name, number)})
        outcomes = session.Session(topic, InProcessModule(module), solution, SECRET).outcomes(name)
        earned = {o.aspect for o in outcomes if o.score} - SIDE_ASPECTS
        yield [Violation(topic, f"{name} earns {aspect!r} with {number} everywhere") for aspect in sorted(earned)
               if (name, aspect) not in RIGHT_CONSTANTS]


# -- wrong in one test ------------------------------------------------------------------------------------------------


def is_earned(topic, name, aspect, module):
    """Does a submission earn an aspect with ``module`` in its test, if all other tests see the reference?"""
    solution = reference.load(topic)
    questions = session.load_questions(topic)
    right = InProcessModule(solution)

    def grading_of(other):
        return Grading(questions[other], right, solution, SECRET, grading_of)

    twin = Question(name)
    twin.aspects = [replace(a, test=show_instead(a, module)) if a.name == aspect else a
                    for a in questions[name].aspects]
    return Grading(twin, right, solution, SECRET, grading_of).error(aspect) is None


def show_instead(aspect, module):
    """Return an aspect's test that sees ``module``, whoever the student is."""
    def test(student, reference, rng, grading):
        aspect.ask(InProcessModule(module), reference, rng, grading)
    return test


def iter_wrong_modules(topic):
    """Yield (function, aspect, module, what it is): the function is wrong there, and the aspect must be lost."""
    solution = reference.load(topic)
    for name, question in session.load_questions(topic).items():
        if question.uses:
            continue
        for known in mistakes.mistakes_of(name):
            for aspect in sorted(known.loses):
                yield name, aspect, known.applied_to(solution), known.name
        for (wrong, make), aspect in itertools.product(WRONGS.items(), question.aspects):
            if is_lost_by(wrong, name, aspect.name):
                code = make(getattr(solution, name), name)
                yield name, aspect.name, types.SimpleNamespace(**{**vars(solution), name: code}), wrong
    for forward, *backwards in independence.list_layers(topic):
        for name in backwards:
            for known in mistakes.mistakes_of(name):
                for aspect in sorted(known.loses - NOT_ABOUT_NUMBERS):
                    yield name, aspect, shut_forward(solution, (forward, *backwards), known), (
                        f"{known.name}, beside a forward that runs once")


def shut_forward(solution, layer, known):
    """Return a module with a mistake in a backward, a cache of its own, and a forward for the first input only."""
    module = independence.wrap_caches(known.applied_to(solution), solution, layer, known)
    forward, first = getattr(module, layer[0]), []

    def once(*args):
        first.append(describe_call(args, {}))
        if first[-1] != first[0]:
            raise ValueError("not this time")
        return forward(*args)

    return types.SimpleNamespace(**{**vars(module), layer[0]: once})


def iter_unearned(topic):
    """Yield, for each wrong function tried, each in one test, a list: a violation if it earned the aspect, or none."""
    for name, aspect, module, wrong in iter_wrong_modules(topic):
        earned = is_earned(topic, name, aspect, module)
        what = f"{name}: {wrong} earns {aspect!r}, if only the test of this aspect sees it"
        yield [Violation(topic, what)] if earned else []


# -- wrong at certain moments -----------------------------------------------------------------------------------------


def describe_call(args, named):
    """Return a text that two calls share if their arguments are equal."""
    def describe(value):
        if isinstance(value, np.ndarray):
            return f"{value.dtype}{value.shape}{value.tobytes().hex()}"
        if isinstance(value, np.random.Generator):
            return str(value.bit_generator.state)
        if isinstance(value, (tuple, list)):
            return str([describe(v) for v in value])
        if isinstance(value, dict):
            return str({k: describe(v) for k, v in value.items()})
        return "a function" if callable(value) else repr(value)
    return describe([args, named])


def list_arrays(value):
    """Return the arrays among arguments."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, (tuple, list, type({}.values()))):
        return [a for v in value for a in list_arrays(v)]
    return [value] if isinstance(value, np.ndarray) else []


MOMENTS = {
    "every second call": lambda calls, args: len(calls) % 2 == 0,
    "every call but every second": lambda calls, args: len(calls) % 2 == 1,
    "every second call with equal arguments": lambda calls, args: calls.count(calls[-1]) % 2 == 0,
    "float64": lambda calls, args: any(a.dtype == np.float64 for a in list_arrays(args)),
    "the ordinary size": lambda calls, args: bool(list_arrays(args)) and all(
        a.shape in ((7, 5), (8, 4), (12, 10)) for a in list_arrays(args)[:1]),
}
"""When a function is wrong -> ``wrong(texts of all its calls up to this one, args)``."""


@dataclass
class OwnCache:
    """A cache of the student's own, told apart from the documented one."""

    value: object


@dataclass
class Watch:
    """What a function did in the tests of its aspects.

    Attributes
    ----------
    aspects : list of str
        Those whose tests are running, the innermost last.
    wrong : dict
        Aspect -> [wrong results on a cache of the student's own; all other wrong results in its test, less the right
        ones on an own cache].
    waived : set of str
        Aspects whose tests were told that another had lost its marks.
    """

    aspects: list = field(default_factory=list)
    wrong: dict = field(default_factory=dict)
    waived: set = field(default_factory=set)

    def note(self, is_wrong, is_own):
        """Note one call. A right result on the student's own cache makes up for a wrong one on the documented cache."""
        if self.aspects:
            count = self.wrong.setdefault(self.aspects[-1], [0, 0])
            if is_wrong:
                count[0 if is_own else 1] += 1
            elif is_own:
                count[1] -= 1

    def saw_wrong(self, aspect):
        """Did the test of an aspect see a wrong result that no right one made up for?"""
        return any(count > 0 for count in self.wrong.get(aspect, ()))

    def wrap_test(self, aspect):
        """Return the test of an aspect, watched."""
        def test(student, reference, rng, grading):
            self.aspects.append(aspect.name)
            try:
                aspect.ask(student, reference, rng, self.listen(grading, aspect.name))
            finally:
                self.aspects.pop()
        return test

    def listen(self, grading, name):
        """Return the grading, with a note of what the test of ``name`` is told to be lost."""
        heard = copy.copy(grading)

        def lost(*asked):
            told = grading.lost(*asked)
            if told:
                self.waived.add(name)
            return told

        heard.lost = lost
        return heard


def make_inconsistent(solution, name, layer, wrong, moment, watch):
    """Return the solution with ``name`` wrong at certain moments, and the caches of its layer its own."""
    right = getattr(solution, name)
    bad, calls = WRONGS[wrong](right, name), []

    def shifting(*args, **named):
        is_own = any(isinstance(a, OwnCache) for a in args)
        args = tuple(a.value if isinstance(a, OwnCache) else a for a in args)
        calls.append(describe_call(args, named))
        is_wrong = MOMENTS[moment](calls, args)
        watch.note(is_wrong, is_own)
        if is_wrong:
            return bad(*args, **named)
        return right(*args, **named)

    module = types.SimpleNamespace(**{**vars(solution), name: shifting})
    for part in layer:
        code = getattr(module, part)
        setattr(module, part, keep_own_cache(code) if part.endswith("_forward") else open_own_cache(code, part == name))
    return module


def keep_own_cache(code):
    """Return a forward whose cache is told apart from the documented one."""
    def forward(*args):
        out, cache = code(*args)
        return out, OwnCache(cache)
    return forward


def open_own_cache(code, opens_itself):
    """Return a backward that reads either cache."""
    def backward(dout, cache, *further):
        return code(dout, cache.value if isinstance(cache, OwnCache) and not opens_itself else cache, *further)
    return backward


def list_earned_wrongly(topic, name, layer, wrong, moment):
    """Return the aspects that a function earns though their tests saw wrong results, and were told of no loss."""
    watch, solution = Watch(), reference.load(topic)
    student = InProcessModule(make_inconsistent(solution, name, layer, wrong, moment, watch))
    questions = dict(session.load_questions(topic))
    twin = Question(name)
    twin.aspects = [replace(a, test=watch.wrap_test(a)) for a in questions[name].aspects]
    questions[name], gradings = twin, {}

    def grading_of(other):
        if other not in gradings:
            gradings[other] = Grading(questions[other], student, solution, SECRET, grading_of)
        return gradings[other]

    grading = grading_of(name)
    earned = [a.name for a in twin.aspects if grading.error(a.name) is None]
    return [aspect for aspect in earned if watch.saw_wrong(aspect) and aspect not in watch.waived
            and is_lost_by(wrong, name, aspect)]


def iter_inconsistent(topic):
    """Yield, for each inconsistent function graded, a list: a violation for each aspect that it earned."""
    layers = independence.list_layers(topic)
    for name, question in session.load_questions(topic).items():
        if question.uses:
            continue
        layer: list[str] = next((found for found in layers if name in found), [])
        for wrong, moment in itertools.product(WRONGS, MOMENTS):
            yield [Violation(topic, f"{name} earns {aspect!r} with {wrong} for {moment}")
                   for aspect in list_earned_wrongly(topic, name, layer, wrong, moment)]


# -- wrong after another call ----------------------------------------------------------------------------------------


def forget_cache(solution, forward, backward):
    """Return the solution with a backward that reads what the latest call of its forward left."""
    kept = {}

    def remembering(*args):
        out, kept["cache"] = getattr(solution, forward)(*args)
        return out, kept["cache"]

    def forgetful(dout, cache, *further):
        return getattr(solution, backward)(dout, kept["cache"], *further)

    return types.SimpleNamespace(**{**vars(solution), forward: remembering, backward: forgetful})


def iter_forgetful(topic):
    """Yield, for each backward that reads what the latest forward left, a list: a violation if it earns all."""
    solution = reference.load(topic)
    for forward, *backwards in independence.list_layers(topic):
        for name in backwards:
            student = InProcessModule(forget_cache(solution, forward, name))
            graded = session.Session(topic, student, solution, SECRET)
            asked = [q for q, question in graded.questions.items() if q == name or name in question.uses]
            earned = all(o.status == "passed" for q in asked for o in graded.outcomes(q))
            what = f"{name} costs no mark, though it reads what the latest call of {forward} left"
            yield [Violation(topic, what)] if earned else []


def verify_inconsistent(topic):
    """Run all proofs on a topic; return how many functions were tried, and the misses."""
    with warnings.catch_warnings(action="ignore"):  # a variance of one number, as some mistakes ask for
        tried = [*iter_constant(topic), *iter_unearned(topic), *iter_inconsistent(topic), *iter_forgetful(topic)]
    return len(tried), sum(tried, [])
