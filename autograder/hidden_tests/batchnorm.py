"""Hidden tests of ``cs231n_lib.batchnorm`` (notebook 04_batchnorm).

Ordinary inputs have a spread of about 1000, so that eps is invisible there: whatever is wrong with eps costs the
aspect "eps" and nothing else. The three things that ``batchnorm_forward`` does (the output in training, the running
averages, the output at test time) have an aspect each; every further aspect is judged on those of them that are right.
"""

from dataclasses import dataclass

import numpy as np

from autograder.hidden_tests import builders
from autograder.hidden_tests.builders import HINTS, Pair, agree, backward_question, build, passes, to_float32
from autograder.hidden_tests.expectations import (
    Mismatch,
    as_array,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
    on_either_cache,
)
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects
from autograder.sandbox.student import InProcessModule, StudentError, StudentModule

A = load_aspects("batchnorm")

ORDINARY, EDGES = (7, 5), ((1, 5), (6, 1), (1, 1), (4, 4))
NEARLY_CONSTANT = np.sqrt(1e-5)  # a spread at which the variance is about eps


def batch(n, d, rng, spread=1000.0):
    """Draw (x, gamma, beta): rows and columns differ in their means, rows in their spread, too."""
    x = rng.uniform(0.5, 2, (n, 1)) * rng.standard_normal((n, d)) + rng.uniform(-2, 2, (n, 1)) + rng.uniform(-2, 2, d)
    return spread * x, rng.choice([-1, 1], d) * rng.uniform(0.5, 2, d), rng.uniform(0.5, 2, d)


def run(functions, name, x, gamma, beta, param):
    """Run a forward; return (out, cache, param as the call left it)."""
    caller = functions if isinstance(functions, StudentModule) else InProcessModule(functions)
    reply = caller.call(name, x, gamma, beta, param)
    after = reply.args[3] if len(reply.args) == 4 and isinstance(reply.args[3], dict) else {}
    return *as_tuple(reply.value, 2), after


# -- what the forward passes do: functions of (functions, inputs, earlier running averages, further settings) ---------


def averages(after):
    """Return the running averages in a dict, None for one that is not there."""
    return {name: after.get(name) for name in ("running_mean", "running_var")}


def both(functions, inputs, before, **settings):
    """Run batch normalization in training on a first batch and on a later one; return two results of :func:`run`."""
    firsts: list[dict] = [{}, before]
    return [run(functions, "batchnorm_forward", *inputs, {"mode": "train", **known, **settings}) for known in firsts]


def trained(functions, inputs, before, **settings):
    """Return the output in training."""
    (first, *_), (later, *_) = both(functions, inputs, before, **settings)
    return {"out": first, "out of a later batch": later}


def followed(functions, inputs, before, **settings):
    """Return the running averages after training."""
    first, later = (averages(after) for _, _, after in both(functions, inputs, before, **settings))
    return {**{f"{name} after the first batch": value for name, value in first.items()}, **later}


def tested(functions, inputs, before, **settings):
    """Return the output at test time, and the running averages, which must be as they were."""
    out, _, after = run(functions, "batchnorm_forward", *inputs, {"mode": "test", **before, **settings})
    return {"out": out, **averages(after)}


def layered(functions, inputs, before, **settings):
    """Return the output of layer normalization."""
    return {"out": run(functions, "layernorm_forward", *inputs, {"mode": "train", **settings})[0]}


def earlier(x, rng):
    """Draw running averages such as earlier batches like ``x`` would leave."""
    spread = np.abs(x).max()
    return {"running_mean": spread * rng.uniform(-1, 1, x.shape[1]),
            "running_var": spread**2 * rng.uniform(0.3, 1, x.shape[1])}


# -- the forward passes -----------------------------------------------------------------------------------------------


def forward_question(name, parts, modes, lonely, marks, hints):
    """Return the question of a forward.

    ``parts`` is aspect -> what it compares, "values" first; the further aspects are judged on those that are right.
    dtype and the treatment of inputs are judged in each of ``modes``. ``lonely`` is the axis over which statistics are
    taken: where it has length 1, the output is 0 / 0 without eps.
    """

    def same(part, student, reference, inputs, rng, tol=1e-6, **settings):
        """Require the right numbers of one part; return the student's results."""
        before = earlier(inputs[0], rng)
        got, want = (parts[part](f, inputs, before, **settings) for f in (student, reference))
        for what, value in want.items():
            if (got[what] is None) != (value is None):  # a known mistake in the reference's place may store nothing
                message = f"bn_param has no {what}: store the new value in the dict"
                raise Mismatch(message, hint=message)
            if value is not None:
                agree(got[what], value, what, tol)
        return got

    def right(student, reference, rng, grading):
        return grading.keep_right({part: passes(same, part, student, reference, batch(*ORDINARY, rng), rng)
                                   for part in parts})

    def ordinary(part):
        return lambda student, reference, rng: [same(part, student, reference, batch(*size, rng), rng)
                                                for size in (ORDINARY, (12, 3))]

    def eps_error(part, student, reference, rng):
        return passes(same, part, student, reference, batch(*ORDINARY, rng, NEARLY_CONSTANT), rng)

    def eps(student, reference, rng, grading):
        for part in right(student, reference, rng, grading):
            if error := eps_error(part, student, reference, rng):
                raise error

    def conventions(student, reference, rng, grading):
        for part in right(student, reference, rng, grading):
            if part == A.RUNNING_AVERAGES:
                same(part, student, reference, batch(*ORDINARY, rng), rng, momentum=rng.uniform(0.2, 0.6))
            elif grading.is_right(eps_error(part, student, reference, rng), A.EPS):
                same(part, student, reference, batch(*ORDINARY, rng, 1), rng, eps=rng.uniform(0.3, 0.9))
                if part == A.TEST_MODE:
                    untrained(student, reference, rng)

    def untrained(student, reference, rng):
        """Require the right output at test time where bn_param holds no running averages yet: they are zeros."""
        inputs = batch(*ORDINARY, rng, 1)
        got, want = (run(f, name, *inputs, {"mode": "test"})[0] for f in (student, reference))
        agree(got, want, "out at test time before any training")

    def stable(student, reference, rng, grading):
        x, *learned = batch(*ORDINARY, rng, 0.5)
        x = np.round(x * 256) / 256  # so that x + 1e6 is exact

        def unmoved(offset):
            got, want = (difference(f, name, *learned, (x, x + offset)) for f in (student, reference))
            agree(got, want, f"the output at an offset of {offset}")

        if not (error := passes(unmoved, 64)):
            unmoved(1e6)
        elif not grading.lost(A.VALUES) or A.RUNNING_AVERAGES not in right(student, reference, rng, grading):
            raise error  # where they are right, it is charged under "values" alone

    def judged_sizes(student, reference, rng, grading):
        for size in (ORDINARY, *EDGES):
            for part in right(student, reference, rng, grading):
                if size[lonely] > 1 or grading.is_right(eps_error(part, student, reference, rng), A.EPS):
                    yield part, batch(*size, rng)

    def edge_sizes(student, reference, rng, grading):
        for part, inputs in judged_sizes(student, reference, rng, grading):
            same(part, student, reference, inputs, rng)
        for part in right(student, reference, rng, grading):
            for inputs, tol in builders.in_float64_or_32(batch(*ORDINARY, rng)):
                same(part, student, reference, inputs, rng, tol)

    def shape(student, reference, rng, grading):
        try:
            judged = list(judged_sizes(student, reference, rng, grading))
        except Mismatch:
            if not all(map(grading.lost, parts)):  # wrong numbers are charged there
                raise
            judged = []
            expect_shape(run(student, name, *batch(*ORDINARY, rng), {"mode": "train"})[0], ORDINARY, "out")
        for part, (x, *learned) in judged:
            try:
                found = same(part, student, reference, (x, *learned), rng)
            except (Mismatch, StudentError) as error:
                grading.is_right(error, part, "edge sizes")
                continue
            for what, value in found.items():
                expect_shape(value, x.shape if what.startswith("out") else x.shape[1:], what)

    def in_each_mode(judge):
        def test(student, reference, rng, grading):
            inputs = batch(*ORDINARY, rng)
            errors = {mode: passes(judge, student, inputs, {"mode": mode, **earlier(inputs[0], rng)}) for mode in modes}
            for mode, error in errors.items():
                if isinstance(error, Mismatch) or all(isinstance(e, StudentError) for e in errors.values()):
                    raise error
                grading.is_right(error, {"train": A.VALUES, "test": A.TEST_MODE}[mode])  # does not run: charged there
        return test

    def dtype(student, inputs, param):
        *inputs, mean, var = to_float32((*inputs, param["running_mean"], param["running_var"]))
        param = {**param, "running_mean": mean, "running_var": var}
        expect_dtype(run(student, name, *inputs, param)[0], np.float32, "out")

    def unchanged(student, inputs, param):
        expect_unchanged(student.call(name, *inputs, param), inputs, ["x", "gamma", "beta"])  # param may change

    tests = {**{part: ordinary(part) for part in parts}, A.EPS: eps, "conventions": conventions, A.STABLE: stable,
             "edge sizes": edge_sizes, A.SHAPE: shape, A.DTYPE: in_each_mode(dtype),
             A.INPUTS: in_each_mode(unchanged)}
    return build(Question(name), {A.TEST_MODE: any_mode, **tests}, marks, {**HINTS, **FORWARD_HINTS, **hints})


def difference(functions, name, gamma, beta, xs, params=({"mode": "train"},) * 2):
    """Return by how much two outputs of a function differ; raise if it does not normalize or ignores x altogether."""
    one, other = (run(functions, name, x, gamma, beta, p)[0] for x, p in zip(xs, params, strict=True))
    for out in (one, other):
        expect_shape(out, xs[0].shape, "out")
    one, other = np.asarray(one, float), np.asarray(other, float)
    if np.ptp(one, axis=0).max() == 0 or np.abs(one).max() > 100:
        raise Mismatch("not normalized", hint="The output is the same for every example, or as large as x itself.")
    return (other - one) / np.abs(one).max() + 1


def any_mode(student, reference, rng):
    """Judge whether layer normalization takes no notice of the mode."""
    x, *learned = batch(*ORDINARY, rng)
    for param in ({"mode": "test"}, {}):
        got, want = (difference(f, "layernorm_forward", *learned, (x, x), ({"mode": "train"}, param))
                     for f in (student, reference))
        agree(got, want, "the difference from the output in training")


FORWARD_HINTS = {
    "conventions": "1e-5 and 0.9 are only defaults: the dict may hold another eps, and another momentum. Before any "
                   "training it holds no running averages: they are zeros then.",
    A.STABLE: "A million added to every entry must not change the output. The mean of the squares minus the square of "
              "the mean loses all digits there; the mean of the squared distances does not.",
    "edge sizes": "This is right for an ordinary batch but not for every size. Try a batch of one, a single feature, "
                  "and as many examples as features. Where the variance is 0, the output is beta.",
    A.SHAPE: "The output has the shape of x; running_mean and running_var have one entry per feature: (D,).",
    A.INPUTS: "x, gamma and beta must be the same after the call: x - mean makes a new array, "
                           "x -= mean does not. Only bn_param may change.",
}

batchnorm_forward = forward_question(
    "batchnorm_forward", {A.VALUES: trained, A.RUNNING_AVERAGES: followed, A.TEST_MODE: tested}, ("train", "test"),
    lonely=0, marks={
        A.VALUES: 1.7, A.RUNNING_AVERAGES: 1.2, A.TEST_MODE: 1.2, A.EPS: 0.5, "conventions": 0.4, A.STABLE: 0.4,
        "edge sizes": 0.2, A.SHAPE: 0.15, A.DTYPE: 0.1, A.INPUTS: 0.15,
    }, hints={
        A.VALUES: "In training each column of the batch gets mean beta and standard deviation |gamma|, whatever it had "
                  "before. The variance is the mean squared distance from the mean: divide by N.",
        A.RUNNING_AVERAGES: "After each training batch the old running value keeps the share momentum, the batch's "
                            "mean and variance bring the rest. They start at zero, and the new ones belong into "
                            "bn_param.",
        A.TEST_MODE: "At test time the running averages stand where the batch's mean and variance stood, the formula "
                     "is the same, and bn_param stays as it is: no output depends on the other examples.",
        A.EPS: "Look at features with a variance near 1e-5. eps is added to the variance, under the root, in training "
               "and at test time; the running variance is that of the data, without eps.",
    })

layernorm_forward = forward_question(
    "layernorm_forward", {A.VALUES: layered}, ("train",), lonely=1, marks={
        A.VALUES: 1.5, A.EPS: 0.25, "conventions": 0.15, A.TEST_MODE: 0.2, A.STABLE: 0.2, "edge sizes": 0.2,
        A.SHAPE: 0.15, A.DTYPE: 0.15, A.INPUTS: 0.2,
    }, hints={
        A.VALUES: "Each row has a mean and a variance (divisor D) of its own. gamma and beta still belong to the "
                  "columns.",
        A.EPS: "Look at examples with a variance near 1e-5: eps is added to the variance, under the root.",
        A.TEST_MODE: "Layer normalization does the same in training and at test time: it needs no mode and no running "
                     "averages, since no example sees another.",
        A.SHAPE: "The output has the shape of x, for a batch of one and for a single feature, too.",
    })

# -- backward ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NormPair(Pair):
    """A backward whose gradients may cancel to 0, as ``dx`` for a batch of one: compared relative to what cancels.

    Attributes
    ----------
    along : int
        The axis of the statistics.
    """

    along: int = 0

    def expect_other_scale(self, student, reference, inputs):
        """Require the forward to divide what is centred by a number that grows with its spread, whichever that is."""
        x, gamma, beta, param = inputs

        def find_divisors(x):
            out = as_array(as_tuple(getattr(student, self.forward)(x, gamma, beta, param), 2)[0])
            expect_shape(out, x.shape)
            centred, normalized = x - x.mean(axis=self.along, keepdims=True), (out - beta) / gamma
            found = (np.sum(centred**2, axis=self.along, keepdims=True)
                     / np.sum(centred * normalized, axis=self.along, keepdims=True))
            agree(normalized * found, centred)
            return found

        wide = 1000 * x / np.abs(x).max()
        once, thrice = find_divisors(wide), find_divisors(3 * wide)
        if not (find_divisors(x) > 0).all() or not (thrice > 1.5 * once).all():
            raise Mismatch("what the output is divided by does not grow with the spread")

    def judge(self, student, reference, inputs, dout, aspect, compare, on=on_either_cache):
        """See :meth:`Pair.judge`."""
        _, gamma, std = getattr(reference, self.forward)(*inputs)[1]
        size = {A.DX: np.abs(dout * gamma / std).max(), A.DGAMMA: np.abs(dout).max(), A.DBETA: np.abs(dout).max()}

        def near(got, want, name):
            compare(as_array(got, name) / size[name] + 1, np.asarray(want) / size[name] + 1, name)

        of_numbers = compare in (agree, builders.roughly, builders.right_in_shape)
        super().judge(student, reference, inputs, dout, aspect, near if of_numbers else compare, on)


def batches(*sizes, spread=1000.0):
    """Return a draw of a forward's arguments in training."""
    return lambda rng: [(*batch(n, d, rng, spread), {"mode": "train"}) for n, d in sizes]


BACKWARD_HINTS = {
    A.DGAMMA: "gamma multiplies the normalized x, in every row: dgamma is dout times x_hat, summed over the batch.",
    A.DBETA: "beta is added in every row: dbeta is the sum of dout over the batch.",
    A.EPS: "Look at inputs with a variance near 1e-5: the std of the forward pass has eps in it once, and that is the "
           "one to use.",
    "edge sizes": "This is right for an ordinary batch but not for every size. Try a batch of one, a single feature, "
                  "and as many examples as features. Where the output is beta whatever x is, dx is 0.",
    A.SHAPE: "dx has the shape of x, dgamma and dbeta have one entry per feature: (D,).",
    A.INPUTS: "dout and what the cache holds must be the same after the call: dout * gamma makes a new "
                           "array, dout *= gamma does not.",
}


def norm_backward(stem, name, marks, hints):
    """Return the question of the backward ``name`` of ``stem``."""
    gradients = ("dx", "dgamma", "dbeta")
    pair = NormPair(f"{stem}_forward", name, gradients, {g: (g,) for g in gradients}, int(stem == "layernorm"))
    cases = {"ordinary": batches(ORDINARY, (5, 7)), A.EPS: batches(ORDINARY, spread=NEARLY_CONSTANT),
             "edge sizes": batches(*EDGES)}
    return backward_question(pair, cases, marks, {**BACKWARD_HINTS, **hints})


batchnorm_backward = norm_backward("batchnorm", "batchnorm_backward", marks={
    A.DX: 2.1, A.DGAMMA: 0.9, A.DBETA: 0.6, A.EPS: 0.3, "edge sizes": 0.3, A.SHAPE: 0.2, A.DTYPE: 0.2,
    A.INPUTS: 0.4,
}, hints={
    A.DX: "x reaches the output on three paths: directly, through the batch's variance and through its mean. Walk "
          "each step of the graph back and add what arrives at x. Each column of dx sums to 0.",
})

batchnorm_backward_alt = norm_backward("batchnorm", "batchnorm_backward_alt", marks={
    A.DX: 1.3, A.DGAMMA: 0.5, A.DBETA: 0.3, A.EPS: 0.2, "edge sizes": 0.2, A.SHAPE: 0.15, A.DTYPE: 0.1,
    A.INPUTS: 0.25,
}, hints={
    A.DX: "dx takes from dout its mean over the batch and its part along x_hat; gamma / std scales the rest. Compare "
          "with batchnorm_backward, term by term.",
})

layernorm_backward = norm_backward("layernorm", "layernorm_backward", marks={
    A.DX: 2.0, A.DGAMMA: 0.6, A.DBETA: 0.4, A.EPS: 0.2, "edge sizes": 0.2, A.SHAPE: 0.15, A.DTYPE: 0.15,
    A.INPUTS: 0.3,
}, hints={
    A.DX: "The means run along each row now, and gamma differs from entry to entry of a row: multiply dout by gamma "
          "before you take them. Each row of dx sums to 0.",
    A.DGAMMA: "dgamma is dout times x_hat, summed over the batch, although the statistics were taken along the rows: "
              "all examples share gamma.",
})

# -- all together -----------------------------------------------------------------------------------------------------

normalized_step = Question("normalized_step", uses=(
    "batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt", "layernorm_forward", "layernorm_backward"))

WIDTHS = (6, 8, 5, 4)
LAYERS = (("batchnorm", "batchnorm_backward"), ("batchnorm", "batchnorm_backward_alt"),
          ("layernorm", "layernorm_backward"))
"""Three times linear, normalization, ReLU. Two are batch normalization, each with a cache and a bn_param of its own."""


def draw_net(rng):
    """Draw the parameters of each layer. Its bn_param holds no running averages yet."""
    return [{"w": rng.standard_normal(size) / np.sqrt(size[0]), "gamma": rng.uniform(0.5, 2, size[1]),
             "beta": rng.uniform(-0.5, 0.5, size[1]), "param": {"momentum": 0.6}}
            for size in zip(WIDTHS[:-1], WIDTHS[1:], strict=True)]


def forward(functions, net, x, mode):
    """Run the net forward; return the output and what :func:`step` needs. The layers keep their running averages."""
    kept = []
    for (stem, _), layer in zip(LAYERS, net, strict=True):
        z, param = x @ layer["w"], {**layer["param"], "mode": mode}
        out, cache, after = run(functions, f"{stem}_forward", z, layer["gamma"], layer["beta"], param)
        expect_shape(out, z.shape)
        run(functions, f"{stem}_forward", 0.5 - z, layer["gamma"], layer["beta"], param)  # not the cache to be used
        layer["param"] = after
        kept.append((x, as_array(out), cache))
        x = np.maximum(0, out)
    return x, kept


def step(functions, net, dout, kept, rate=0.1):
    """Run the net backward and update its parameters."""
    for (_, backward), layer, (x, out, cache) in reversed(list(zip(LAYERS, net, kept, strict=True))):
        dz, dgamma, dbeta = map(as_array, as_tuple(getattr(functions, backward)(dout * (out > 0), cache), 3))
        expect_shape(dz, out.shape, "dx")
        dout = dz @ layer["w"].T
        for name, gradient in (("w", x.T @ dz), ("gamma", dgamma), ("beta", dbeta)):
            expect_shape(gradient, layer[name].shape, f"d{name}")
            layer[name] = layer[name] - rate * gradient


@normalized_step.aspect(A.GRADIENT, 1.0, hint=(
    "The functions work alone but not one after another: three layers, three steps. What a backward needs must come "
    "out of the cache it is given, not out of the latest call."))
def _(student, reference, rng):
    net, inputs, target = draw_net(rng), rng.standard_normal((3, 9, WIDTHS[0])), rng.standard_normal(WIDTHS[-1])

    def after_three_steps(functions):
        layers = [dict(layer) for layer in net]
        for x in inputs:
            out, kept = forward(functions, layers, x, "train")
            step(functions, layers, (out - target) / len(out), kept)
        return layers

    for got, want in zip(after_three_steps(student), after_three_steps(InProcessModule(reference)), strict=True):
        for name in ("w", "gamma", "beta"):
            expect_close(got[name], want[name], what=name)


@normalized_step.aspect(A.TEST_MODE, 1.0, hint=(
    "After a few batches in training mode, single examples go through the net at test time. The running averages must "
    "come from the bn_param of the layer itself, and from nowhere else."))
def _(student, reference, rng):
    net, inputs, examples = draw_net(rng), rng.standard_normal((4, 9, WIDTHS[0])), rng.standard_normal((3, WIDTHS[0]))

    def one_by_one(functions):
        layers = [dict(layer) for layer in net]
        for x in inputs:
            forward(functions, layers, x, "train")
        return np.concatenate([forward(functions, layers, x[None], "test")[0] for x in examples])

    expect_close(one_by_one(student), one_by_one(reference), what="the output at test time")
