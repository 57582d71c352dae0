"""Hidden tests of ``cs231n_lib.optimizers`` (notebook 06_optimizers).

An update rule is judged by where it goes: several steps in a row, the returned config handed in again. ``w`` and
``config`` may be changed in place or not, and the config may hold further keys.
"""

import copy

import numpy as np

from autograder.hidden_tests.builders import HINTS, ORDINARY, SIZES, agree, build, in_other_memory, passes
from autograder.hidden_tests.expectations import (
    Mismatch,
    arrays,
    as_array,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
    other_shape,
)
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects

A = load_aspects("optimizers")

# -- update rules ---------------------------------------------------------------------------------------------------


LEFT_OUT = ...
"""In the place of a config: the rule is called without one."""


def one_step(functions, name, w, dw, config):
    """Take one step; return (next_w, config). What is handed in is copied."""
    given = (w, dw) if config is LEFT_OUT else (w, dw, config)
    next_w, config = as_tuple(getattr(functions, name)(*copy.deepcopy(given)), 2)
    next_w = as_array(next_w, "next_w")
    if not arrays.have_same_long_axes(next_w, w):
        raise other_shape(next_w.shape, w.shape, "next_w")
    if not isinstance(config, dict):
        message = f"expected config to come back as a dict, got {type(config).__name__}"
        raise Mismatch(message, hint=message[0].upper() + message[1:] + ".")
    return next_w, config


def walk(functions, name, w, gradients, config):
    """Take one step for each gradient; return (how far each came from the start, the last config)."""
    start, way = w, []
    for dw in gradients:
        w, config = one_step(functions, name, w, dw, config)
        w = w.reshape(start.shape)
        way.append(w - start)
    return np.array(way), config


def same_way(student, reference, name, w, gradients, config, only=slice(None), tol=1e-6):
    """Require the same way of both."""
    got, want = (walk(f, name, w, gradients, config)[0][only] for f in (student, reference))
    expect_close(got, want, tol, "next_w - w")


def draw_steps(rng, count, shape=ORDINARY):
    """Draw (w, gradients), mostly of the same sign; so large that an epsilon of 1e-8 cannot be seen."""
    trend = rng.choice([-1, 1], shape)
    return rng.standard_normal(shape), [trend * rng.choice([1, 1, 1, -1], shape) * rng.uniform(50, 200, shape)
                                        for _ in range(count)]


def rule_question(name, usual, others, state, marks, hints, epsilons=()):
    """Return the question of an update rule.

    Parameters
    ----------
    usual : dict
        All settings, at their defaults.
    others : list of dict
        Settings with other values, to see whether they are read.
    state : callable
        ``state(rng, shape)`` draws what the config holds in the middle of a training.
    epsilons : tuple of float
        Values of epsilon that are large enough to be seen.
    """

    def first_step(student, reference, rng):
        same_way(student, reference, name, *draw_steps(rng, 1), usual)

    def later_steps(student, reference, rng):
        same_way(student, reference, name, *draw_steps(rng, 5), usual, slice(1, None))

    def given_state(student, reference, rng, shape=ORDINARY, gradients=None, **settings):
        w, drawn = draw_steps(rng, 1, shape)
        same_way(student, reference, name, w, gradients or drawn, {**usual, **settings, **state(rng, shape)})

    def fresh(student, reference, rng, shape=ORDINARY, gradients=None, **settings):
        w, drawn = draw_steps(rng, 4, shape)
        same_way(student, reference, name, w, gradients or drawn, {**usual, **settings})

    def fresh_once(student, reference, rng, shape=ORDINARY, gradients=None, **settings):
        w, drawn = draw_steps(rng, 1, shape)
        same_way(student, reference, name, w, (gradients or drawn)[:1], {**usual, **settings})

    def any_way(student, reference, rng, grading, **more):
        """Ask in every set-up. One of them is enough for a rule that has lost its marks for what is asked in others."""
        ways = {fresh: FRESH, given_state: GIVEN_STATE, **({fresh_once: ONE_STEP} if forgetful(grading) else {})}
        errors = {way: passes(lambda way=way: way(student, reference, rng, **more)) for way in ways}
        if all(errors.values()):
            raise errors[fresh]
        for way, error in errors.items():
            grading.is_right(error, *ways[way])

    def moments(student, reference, rng, grading):
        late, early = (passes(way, student, reference, rng) for way in (given_state, fresh))
        if late and early:
            raise late
        grading.is_right(late, A.CONFIG)
        grading.is_right(early, *FRESH)

    def settings(student, reference, rng, grading):
        for other in others:
            any_way(student, reference, rng, grading, **other)
        w, gradients = draw_steps(rng, 1)
        if grading.is_right(passes(same_way, student, reference, name, w, gradients, usual), *ONE_STEP):
            for config in (LEFT_OUT, None, {}, {k: usual[k] for k in list(usual)[:1]}, {**usual, "mine": 3}):
                same_way(student, reference, name, w, gradients, config)

    def epsilon(student, reference, rng, grading):
        for value in epsilons:
            any_way(student, reference, rng, grading, epsilon=value)

    def config(student, reference, rng, grading):
        def stores(functions):
            new = walk(functions, name, w, gradients, usual)[1]
            return {k: new.get(k, np.nan) for k in state(rng, (1,))}

        def right_state():
            got, want = stores(student), stores(reference)
            for key in want:
                expect_close(got[key], want[key], what=f"config[{key!r}]")

        w, gradients = draw_steps(rng, 1 if forgetful(grading) else 3)
        errors = passes(given_state, student, reference, rng), passes(right_state)
        if all(errors) or any(errors) and not forgetful(grading):
            raise errors[0] or errors[1]

    def edge_sizes(student, reference, rng, grading):
        for size in SIZES:
            any_way(student, reference, rng, grading, shape=size)
        w, (dw,) = draw_steps(rng, 1)
        if grading.is_right(passes(same_way, student, reference, name, w, [dw], usual), *ONE_STEP):
            flat = rng.random(ORDINARY) < 0.5  # where the gradient is 0 nothing moves, whatever the rule
            agree(*(walk(f, name, w, [np.where(flat, 0, dw)], usual)[0][0][flat] + 1 for f in (student, reference)))
        w, two = draw_steps(rng, 2)
        if grading.is_right(passes(same_way, student, reference, name, w, two, usual), *FRESH):
            for turned, *gradients in zip(in_other_memory(0 * w), *map(in_other_memory, two), strict=True):
                same_way(student, reference, name, turned, gradients, usual, tol=4e-5)
        for size in SIZES:
            w, (dw,) = draw_steps(rng, 1, size)
            expect_shape(one_step(student, name, w, dw, usual)[0], size, "next_w")

    def dtype(student, reference, rng):
        w, gradients = draw_steps(rng, 3)
        w, given = w.astype(np.float32), usual
        for dw in gradients:
            w, given = one_step(student, name, w, dw.astype(np.float32), given)
            expect_dtype(w, np.float32, "next_w")

    def unchanged(student, reference, rng):
        w, gradients = draw_steps(rng, 2)
        for given in ({**usual}, {**usual, **state(rng, ORDINARY)}):
            reply = student.call(name, w, gradients[0], given)
            expect_unchanged(reply.__class__(None, reply.args[1:2]), gradients[:1], ["dw"])

    tests = {A.VALUES: fresh, A.FIRST_STEP: first_step, A.LATER_STEPS: later_steps, "moments": moments,
             A.SETTINGS: settings, A.EPSILON: epsilon, A.CONFIG: config, "edge sizes": edge_sizes, A.DTYPE: dtype,
             A.INPUTS: unchanged}
    return build(Question(name), tests, marks, {**HINTS, **RULE_HINTS, **hints})


ONE_STEP = (A.VALUES, A.FIRST_STEP)
FRESH = (*ONE_STEP, A.LATER_STEPS)
GIVEN_STATE = (*FRESH, "moments", A.CONFIG)
"""Aspects that are charged with what is wrong in one step, in several from rest, in one with a given state."""


def forgetful(grading):
    """Say whether what a step leaves behind is charged under "later steps" (or "values", where nothing is left)."""
    return any(map(grading.lost, (A.LATER_STEPS, A.VALUES)))


RULE_HINTS = {
    A.SETTINGS: "The learning rate and the other settings come from config; the numbers in the docstring are only "
                "their defaults.",
    A.CONFIG: "The state between steps is in config, under the names that the docstring gives: read it there, and put "
              "the new one back.",
    A.LATER_STEPS: "Right for the first step, but not for the next ones. What a step leaves behind must be in the "
                   "returned config, and be read again at the next step.",
    A.EPSILON: "epsilon is added to the root, outside of it. It decides where the gradient is 0 or tiny; try a large "
               "epsilon, such as 0.1, to see where it stands.",
    "edge sizes": "Right for a matrix of ordinary gradients, but not for all. Try a bias (one axis), three axes, and "
                  "gradients that are exactly 0.",
    A.INPUTS: "w and config may be changed in place, dw may not: dw *= ... writes into the caller's "
                           "gradient.",
    A.DTYPE: "float32 in, float32 out: np.zeros(w.shape) is float64, np.zeros_like(w) is not; nor may the settings be "
             "made NumPy arrays.",
}

sgd = rule_question("sgd", {"learning_rate": 1e-2}, [{"learning_rate": 0.3}, {"learning_rate": 1e-4}],
                    lambda rng, shape: {}, hints={
    A.VALUES: "The gradient points uphill: take learning_rate times the gradient away from w."},
    marks={A.VALUES: 0.5, A.SETTINGS: 0.2, "edge sizes": 0.1, A.DTYPE: 0.05, A.INPUTS: 0.15})

MOMENTUM = {"learning_rate": 1e-2, "momentum": 0.9}
OTHER_MOMENTUM = [{"learning_rate": 0.2}, {"momentum": 0.5}]


def velocity(rng, shape):
    """Draw the state of the momentum rules."""
    return {"velocity": 0.1 * rng.standard_normal(shape)}


sgd_momentum = rule_question("sgd_momentum", MOMENTUM, OTHER_MOMENTUM, velocity, hints={
    A.FIRST_STEP: "From rest the velocity becomes -learning_rate * dw, and the step is the velocity itself."},
    marks={A.FIRST_STEP: 0.5, A.LATER_STEPS: 0.6, A.SETTINGS: 0.25, A.CONFIG: 0.2, "edge sizes": 0.15, A.DTYPE: 0.1,
           A.INPUTS: 0.2})

nesterov_momentum = rule_question("nesterov_momentum", MOMENTUM, OTHER_MOMENTUM, velocity, hints={
    A.FIRST_STEP: "From rest the old velocity is 0, so the first step is 1 + momentum times the new one.",
    A.LATER_STEPS: "The old velocity and the new one both stand in the step: keep the old one before you replace it."},
    marks={A.FIRST_STEP: 0.8, A.LATER_STEPS: 1.1, A.SETTINGS: 0.3, A.CONFIG: 0.25, "edge sizes": 0.2, A.DTYPE: 0.1,
           A.INPUTS: 0.25})

rmsprop = rule_question(
    "rmsprop", {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
    [{"learning_rate": 0.2}, {"decay_rate": 0.8}], lambda rng, shape: {"cache": rng.uniform(0.5, 2, shape)}, hints={
        A.FIRST_STEP: "The cache averages the *squared* gradient, and the step divides the gradient by the cache's "
                      "root. In the first step every entry moves equally far."},
    marks={A.FIRST_STEP: 0.9, A.LATER_STEPS: 0.7, A.SETTINGS: 0.3, A.EPSILON: 0.3, A.CONFIG: 0.2, "edge sizes": 0.2,
           A.DTYPE: 0.1, A.INPUTS: 0.3}, epsilons=(0.5,))


def late(rng, shape):
    """Draw Adam's state at a time when no correction is left."""
    return {"m": rng.standard_normal(shape), "v": rng.uniform(0.5, 2, shape), "t": 10**6}


adam = rule_question(
    "adam", {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    [{"learning_rate": 0.2}, {"beta1": 0.5}, {"beta2": 0.8}], late, hints={
        A.FIRST_STEP: "Both averages start at 0 and are corrected for it: t is 1 in the first step, and every entry "
                      "then moves by learning_rate, whatever the size of its gradient.",
        A.LATER_STEPS: "t counts the steps: it grows by 1 at each, and it must come back in config, as must m and v, "
                       "without the correction.",
        "moments": "Late in training no correction is left: m averages the gradient, v its square, and the step is m "
                   "over the root of v."},
    marks={A.FIRST_STEP: 0.7, A.LATER_STEPS: 0.9, "moments": 0.8, A.SETTINGS: 0.4, A.EPSILON: 0.3, A.CONFIG: 0.2,
           "edge sizes": 0.2, A.DTYPE: 0.15, A.INPUTS: 0.35}, epsilons=(0.5,))

# -- schedules ------------------------------------------------------------------------------------------------------


def schedule_question(name, cases, marks, hints):
    """Return the question of a schedule; ``cases`` is a dict: aspect -> ``draw(rng)``, a list of argument tuples."""
    def compare(draw):
        def test(student, reference, rng):
            for args in draw(rng):
                got = as_array(getattr(student, name)(*args), "lr")
                if got.size != 1:
                    raise Mismatch(f"expected one number, got shape {got.shape}", hint="A schedule returns one number.")
                want = float(getattr(reference, name)(*args))
                scale = args[0]  # the end of a schedule may be 0, give or take the rounding of pi
                expect_close(got.astype(float).reshape(()) + scale, want + scale, 1e-9, "lr")
        return test

    return build(Question(name), {aspect: compare(draw) for aspect, draw in cases.items()}, marks, hints)


def rate(rng):
    """Draw a learning rate."""
    return float(rng.uniform(0.01, 0.5))


FRACTIONS = "An epoch may be a fraction, such as 2.5: do not round it."

step_decay = schedule_question("step_decay", {
    A.VALUES: lambda rng: [(rate(rng), epoch) for epoch in (4, 14, 27, 33)],
    A.BOUNDARIES: lambda rng: [(rate(rng), epoch) for epoch in (0, 9, 10, 19, 20)],
    A.SETTINGS: lambda rng: [(rate(rng), 14, 0.1), (rate(rng), 13, 0.5, 5), (rate(rng), 17, 0.3, 4)],
}, marks={A.VALUES: 0.5, A.BOUNDARIES: 0.25, A.SETTINGS: 0.25}, hints={
    A.VALUES: "The rate stays as it is for ten epochs, then is halved, and so on: how often is the number of whole "
              "tens in epoch.",
    A.BOUNDARIES: "Epochs count from 0: the first ten are 0..9, and epoch 10 is the first with the lower rate.",
    A.SETTINGS: "The factor is drop and the number of epochs is every; 0.5 and 10 are only their defaults."})

exponential_decay = schedule_question("exponential_decay", {
    A.VALUES: lambda rng: [(rate(rng), epoch, float(rng.uniform(0.05, 0.4))) for epoch in (0, 1, 3, 8)],
    A.FRACTIONS: lambda rng: [(rate(rng), epoch, float(rng.uniform(0.1, 0.4))) for epoch in (0.5, 2.25, 7.5)],
}, marks={A.VALUES: 0.75, A.FRACTIONS: 0.25}, hints={
    A.VALUES: "At epoch 0 the rate is lr0, and each epoch multiplies it by exp(-k).", A.FRACTIONS: FRACTIONS})

cosine_decay = schedule_question("cosine_decay", {
    A.VALUES: lambda rng: [(rate(rng), epoch, total) for epoch, total in ((3, 10), (13, 20), (1, 7), (29, 30))],
    A.START_AND_END: lambda rng: [(rate(rng), epoch, 20) for epoch in (0, 20)],
    A.FRACTIONS: lambda rng: [(rate(rng), epoch, 10) for epoch in (0.5, 4.25, 9.75)],
}, marks={A.VALUES: 1.1, A.START_AND_END: 0.6, A.FRACTIONS: 0.3}, hints={
    A.VALUES: "Half a cosine, from angle 0 at epoch 0 to angle pi at epoch total, lifted and scaled so that it runs "
              "from lr0 to 0.",
    A.START_AND_END: "The rate is lr0 at epoch 0 and 0 at epoch total.", A.FRACTIONS: FRACTIONS})

linear_warmup = schedule_question("linear_warmup", {
    A.VALUES: lambda rng: [(rate(rng), step, n) for step, n in ((4, 10), (7, 20), (1, 3))],
    A.FIRST_AND_LAST_STEP: lambda rng: [(rate(rng), step, n) for step, n in ((0, 10), (9, 10), (0, 5), (4, 5), (0, 1))],
    A.AFTERWARDS: lambda rng: [(rate(rng), step, n) for step, n in ((10, 10), (40, 10), (1000, 1))],
}, marks={A.VALUES: 0.5, A.FIRST_AND_LAST_STEP: 0.3, A.AFTERWARDS: 0.2}, hints={
    A.VALUES: "The rate grows by the same amount at every step of the warm-up.",
    A.FIRST_AND_LAST_STEP: "Steps count from 0. The first has one part in warmup_steps of the rate, not 0; the last "
                           "step of the warm-up has all of it.",
    A.AFTERWARDS: "After the warm-up the rate stays lr0."})

# -- all together -------------------------------------------------------------------------------------------------

RULES = ("sgd", "sgd_momentum", "nesterov_momentum", "rmsprop", "adam")
SCHEDULES = ("step_decay", "exponential_decay", "cosine_decay", "linear_warmup")
CURVATURE = np.array([1.0, 40.0])

descent = Question("descent", uses=RULES + SCHEDULES)


def descend(functions, name, start, rates):
    """Go down two bowls at once, 40 times steeper along one axis; each has a config of its own. Return the ways."""
    ws, configs, way = [start, -0.5 * start[::-1]], [None, None], []
    for lr in rates:
        for i, w in enumerate(ws):
            config = {**(configs[i] or {}), "learning_rate": float(lr)}
            ws[i], configs[i] = one_step(functions, name, w, CURVATURE * w, config)
        way.append(np.array(ws))
    return np.array(way)


@descent.aspect("same way", 1.0, hint="The rules work alone but not side by side: what a rule remembers belongs into "
                                      "the config of that parameter, not into a variable outside of the function.")
def _(student, reference, rng):
    start = rng.uniform(1, 2, 2)
    for name in RULES:
        got, want = (descend(f, name, start, [0.01] * 20) for f in (student, reference))
        expect_close(got, want, what=f"way of {name}")


@descent.aspect("with a schedule", 1.0, hint="The learning rate in config may change between steps. With a warm-up and "
                                             "a decay every rule should still go down.")
def _(student, reference, rng):
    start = rng.uniform(1, 2, 2)
    lr0, total = 0.012, 24

    def rates(functions, schedule):
        arguments = {"step_decay": (0.5, 8), "exponential_decay": (0.1,), "cosine_decay": (total,),
                     "linear_warmup": (6,)}[schedule]
        values = [as_array(getattr(functions, schedule)(lr0, step, *arguments)) for step in range(total)]
        for v in values:
            expect_shape(v, (), "lr")
        return [float(v) for v in values]

    for i, name in enumerate(RULES):
        schedule = SCHEDULES[i % len(SCHEDULES)]
        got, want = (descend(f, name, start, rates(f, schedule)) for f in (student, reference))
        expect_close(got, want, what=f"way of {name} with {schedule}")
