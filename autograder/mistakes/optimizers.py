"""Known mistakes in ``cs231n_lib.optimizers``."""

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import require_two_axes

right = reference.load("optimizers")
A = reference.load_aspects("optimizers")

# -- what can go wrong in every rule ----------------------------------------------------------------------------------

DEFAULTS = {
    "sgd": {"learning_rate": 1e-2},
    "sgd_momentum": {"learning_rate": 1e-2, "momentum": 0.9},
    "nesterov_momentum": {"learning_rate": 1e-2, "momentum": 0.9},
    "rmsprop": {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
    "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
}
STATE = {"sgd": (), "sgd_momentum": ("velocity",), "nesterov_momentum": ("velocity",), "rmsprop": ("cache",),
         "adam": ("m", "v", "t")}
SGD = {A.VALUES, A.SETTINGS, "edge sizes"}
MOMENTUM = {A.FIRST_STEP, A.LATER_STEPS, A.SETTINGS, A.CONFIG, "edge sizes"}
RMSPROP = MOMENTUM | {A.EPSILON}
ADAM = RMSPROP | {"moments"}
WRONG_STEP = {"sgd": SGD, "sgd_momentum": MOMENTUM, "nesterov_momentum": MOMENTUM, "rmsprop": RMSPROP, "adam": ADAM}
STORED = {A.CONFIG}  # is not lost by a wrong step, if the state that it leaves is right


def settled(rule, w, config):
    """Return a config with defaults for what is missing."""
    state = {k: 0 if k == "t" else np.zeros_like(w) for k in STATE[rule]}
    return {**DEFAULTS[rule], **state, **(config or {})}


def wrong_rule(rule, name, loses, teaches, code):
    """Register ``code(w, dw, c) -> next_w``, which changes the full config ``c`` itself."""
    def wrong(w, dw, config=None):
        c = settled(rule, w, config)
        return code(w, dw, c).astype(w.dtype), c
    wrong.__name__ = name
    mistake(rule, loses, teaches)(wrong)


def wrong_result(rule, name, loses, teaches, change):
    """Register the rule with ``change(next_w, config, w, old_config)`` applied to what it returns."""
    def wrong(w, dw, config=None):
        old = dict(config or {})
        return change(*getattr(right, rule)(w, dw, dict(old)), w, old)
    wrong.__name__ = name
    mistake(rule, loses, teaches)(wrong)


def forgets(rule, name, key, teaches):
    """Register the mistake of not putting the state ``key`` back."""
    def keep_old(next_w, new, w, old):
        return next_w, {**new, key: old.get(key, 0 * new[key])}
    wrong_result(rule, name, {A.LATER_STEPS}, teaches, keep_old)


def other_keys(rule):
    """Register the mistake of keeping the state under names of one's own."""
    def own_names_for_the_state(w, dw, config=None):
        old = dict(config or {})
        state = {k: old.pop("my_" + k) for k in STATE[rule] if "my_" + k in old}
        next_w, new = getattr(right, rule)(w, dw, {k: v for k, v in old.items() if k not in STATE[rule]} | state)
        return next_w, {("my_" + k if k in STATE[rule] else k): v for k, v in new.items()}
    mistake(rule, {A.CONFIG},
            "The rule works, but keeps its state under a name of its own. Use the names in the docstring: a training "
            "that goes on from a saved config reads them.")(own_names_for_the_state)


def fixed(rule, key):
    """Register the mistake of writing the default of a setting into the function."""
    def wrong(w, dw, config=None):
        next_w, new = getattr(right, rule)(w, dw, {**(config or {}), key: DEFAULTS[rule][key]})
        return next_w, {**new, key: (config or {}).get(key, DEFAULTS[rule][key])}
    wrong.__name__ = f"fixed_{key}"
    value = DEFAULTS[rule][key]
    default = f"{value:.0e}".replace("e-0", "e-") if value < 0.01 else f"{value:g}"
    mistake(rule, {A.EPSILON if key == "epsilon" else A.SETTINGS},
            f"config['{key}'] is not used: a number stands in its place, or another key is read. {default} is only its "
            "default.")(wrong)


def returns_weights_alone(rule):
    """Register the mistake of returning the new weights without config."""
    def weights_alone(w, dw, config=None):
        return getattr(right, rule)(w, dw, config)[0]
    mistake(rule, WRONG_STEP[rule] | {A.DTYPE},
            "Only the new weights are returned. A rule returns two things, next_w and config: without config the next "
            "step knows nothing of this one.")(weights_alone)


def begins_anew(rule, name, loses, teaches):
    """Register the mistake of setting the whole state back at every call."""
    def wrong(w, dw, config=None):
        return getattr(right, rule)(w, dw, {k: v for k, v in (config or {}).items() if k not in STATE[rule]})
    wrong.__name__ = name
    mistake(rule, loses, teaches)(wrong)


def scales_the_gradient(rule):
    """Register the mistake of changing dw in place."""
    def scales_gradient_in_place(w, dw, config=None):
        result = getattr(right, rule)(w, dw.copy(), config)
        dw *= result[1]["learning_rate"]
        return result
    mistake(rule, {A.INPUTS},
            "dw was changed in place: the caller still needs the gradient. Write into a new array.")(
                scales_gradient_in_place)


UPHILL = "The step goes uphill: the gradient points to where the loss grows. Turn the sign."
VELOCITY_UPHILL = ("The step goes uphill: the gradient points to where the loss grows. A minus is missing, or there is "
                   "one too many, in the velocity or in the step.")

for rule, loses in WRONG_STEP.items():
    wrong_result(rule, "goes_uphill", loses - STORED,
                 VELOCITY_UPHILL if "velocity" in STATE[rule] else UPHILL,
                 lambda next_w, new, w, old: (2 * w - next_w, new))
    wrong_result(rule, "step_for_weights", loses - STORED,
                 "This is the step. Add it to w: the rule returns the new weights.",
                 lambda next_w, new, w, old: (next_w - w, new))
    wrong_result(rule, "weights_in_float64", {A.DTYPE},
                 "float32 weights became float64: np.zeros(w.shape) and settings made into NumPy arrays do that.",
                 lambda next_w, new, w, old: (next_w.astype(np.float64), new))
    mistake(rule, {"edge sizes"},
            "This works for two axes only. A bias has one: NumPy's arithmetic needs no loops over rows and columns.")(
                require_two_axes(getattr(right, rule), rule))
    scales_the_gradient(rule)
    returns_weights_alone(rule)
    for key in DEFAULTS[rule]:
        fixed(rule, key)
    if STATE[rule]:
        other_keys(rule)

# -- sgd --------------------------------------------------------------------------------------------------------------

wrong_rule("sgd", "divides_by_learning_rate", SGD,
           "The gradient is divided by the learning rate. A smaller rate must make a smaller step: multiply.",
           lambda w, dw, c: w - dw / c["learning_rate"])
wrong_rule("sgd", "forgets_learning_rate", SGD,
           "The learning rate is missing: this takes the whole gradient away.", lambda w, dw, c: w - dw)
wrong_rule("sgd", "sign_of_the_gradient", SGD,
           "Only the sign of the gradient is used. Where the slope is small the step should be small, too.",
           lambda w, dw, c: w - c["learning_rate"] * np.sign(dw))

# -- momentum ---------------------------------------------------------------------------------------------------------


def new_velocity(c, dw, mu=None, gain=1):
    """Put the new velocity into the config; return it."""
    mu = c["momentum"] if mu is None else mu
    c["velocity"] = mu * c["velocity"] - gain * c["learning_rate"] * dw
    return c["velocity"]


for rule in ("sgd_momentum", "nesterov_momentum"):
    forgets(rule, "velocity_not_stored", "velocity",
            "The new velocity is not put back into config, so every step begins from rest: there is no momentum.")
    begins_anew(rule, "velocity_begins_anew", {A.LATER_STEPS},
                "The velocity is set to zero at every call, so there is no momentum. Take it from config if it is "
                "there.")
    wrong_rule(rule, "gradient_without_rate", MOMENTUM,
               "The learning rate is missing in the velocity: it scales the gradient before it is added.",
               lambda w, dw, c: w + new_velocity(c, dw / c["learning_rate"]))


wrong_rule("sgd_momentum", "dampened", MOMENTUM,
           "The gradient is multiplied by 1 - momentum, as in a running mean. Here the velocity adds it up in full.",
           lambda w, dw, c: w + new_velocity(c, dw, gain=1 - c["momentum"]))
wrong_rule("sgd_momentum", "steps_with_the_old_velocity", MOMENTUM - STORED,
           "The step is the old velocity, so the first one goes nowhere. Update the velocity first, then step with it.",
           lambda w, dw, c: w + c["velocity"] + 0 * new_velocity(c, dw))
wrong_rule("sgd_momentum", "velocity_ignored", {A.LATER_STEPS},
           "The velocity is computed, but the step is the gradient's alone: next_w is w plus the velocity.",
           lambda w, dw, c: w - c["learning_rate"] * dw + 0 * new_velocity(c, dw))
wrong_rule("sgd_momentum", "nesterov_for_momentum", MOMENTUM - STORED,
           "This is Nesterov's step. Plain momentum moves by the velocity as it is.",
           lambda w, dw, c: w - c["momentum"] * c["velocity"] + (1 + c["momentum"]) * new_velocity(c, dw))
wrong_rule("sgd_momentum", "velocity_never_fades", {A.LATER_STEPS},
           "The old velocity is kept whole. It is multiplied by momentum at every step, else it grows without end.",
           lambda w, dw, c: w + new_velocity(c, dw, mu=1))
wrong_rule("sgd_momentum", "brakes", {A.LATER_STEPS},
           "The old velocity is subtracted: the rule turns round at every step instead of building up speed.",
           lambda w, dw, c: w + new_velocity(c, dw, mu=-c["momentum"]))
wrong_rule("sgd_momentum", "velocity_goes_uphill", MOMENTUM,
           VELOCITY_UPHILL,
           lambda w, dw, c: w + new_velocity(c, -dw))
wrong_rule("sgd_momentum", "rate_applied_twice", MOMENTUM - STORED,
           "The learning rate is applied twice: the velocity holds it already, so w moves by the velocity as it is.",
           lambda w, dw, c: w + c["learning_rate"] * new_velocity(c, dw))


@mistake("sgd_momentum", {A.CONFIG},
         "The steps are right, but the velocity in config has the opposite sign. As defined here it points downhill.")
def velocity_points_uphill(w, dw, config=None):
    c = settled("sgd_momentum", w, config)
    c["velocity"] = c["momentum"] * c["velocity"] + c["learning_rate"] * dw
    return w - c["velocity"], c


wrong_rule("nesterov_momentum", "new_velocity_twice", MOMENTUM - STORED,
           "This is plain momentum, w plus the new velocity. Was the old one overwritten before it was used? Keep it.",
           lambda w, dw, c: w + new_velocity(c, dw))
wrong_rule("nesterov_momentum", "adds_the_old_velocity", {A.LATER_STEPS},
           "The term with the old velocity has the wrong sign: it takes back the look ahead of the last step.",
           lambda w, dw, c: w + c["momentum"] * c["velocity"] + (1 + c["momentum"]) * new_velocity(c, dw))
wrong_rule("nesterov_momentum", "forgets_the_old_velocity", {A.LATER_STEPS},
           "The term with the old velocity is missing: the look ahead of the last step must be taken back.",
           lambda w, dw, c: w + (1 + c["momentum"]) * new_velocity(c, dw))
wrong_rule("nesterov_momentum", "old_velocity_without_momentum", {A.LATER_STEPS},
           "The old velocity is taken back whole. The look ahead was momentum times the velocity.",
           lambda w, dw, c: w - c["velocity"] + (1 + c["momentum"]) * new_velocity(c, dw))
wrong_rule("nesterov_momentum", "one_minus_momentum", MOMENTUM - STORED,
           "The new velocity is multiplied by 1 - momentum. It is 1 + momentum: one step, and one look ahead.",
           lambda w, dw, c: w - c["momentum"] * c["velocity"] + (1 - c["momentum"]) * new_velocity(c, dw))
wrong_rule("nesterov_momentum", "only_the_look_ahead", MOMENTUM - STORED,
           "The new velocity is multiplied by momentum alone: that is the look ahead without the step.",
           lambda w, dw, c: w - c["momentum"] * c["velocity"] + c["momentum"] * new_velocity(c, dw))
wrong_rule("nesterov_momentum", "velocity_goes_uphill", MOMENTUM,
           VELOCITY_UPHILL,
           lambda w, dw, c: w - c["momentum"] * c["velocity"] + (1 + c["momentum"]) * new_velocity(c, -dw))
wrong_rule("nesterov_momentum", "adds_old_and_new_velocity", MOMENTUM - STORED,
           "The old velocity is added on top of the new one, so momentum counts twice. It is taken back instead: its "
           "sign is a minus, and the new velocity has the factor 1 + momentum.",
           lambda w, dw, c: w + c["momentum"] * c["velocity"] + new_velocity(c, dw))


@mistake("nesterov_momentum", {A.LATER_STEPS},
         "The whole step is stored as the velocity. The velocity is that of plain momentum, without the look ahead.")
def stores_the_step(w, dw, config=None):
    next_w, c = right.nesterov_momentum(w, dw, config)
    return next_w, {**c, "velocity": next_w - w}


# -- rmsprop ----------------------------------------------------------------------------------------------------------


def new_cache(c, dw2, old=None, new=None):
    """Put the new cache into the config; return it."""
    old = c["decay_rate"] if old is None else old
    c["cache"] = old * c["cache"] + (1 - c["decay_rate"] if new is None else new) * dw2
    return c["cache"]


def scaled(dw, c, divisor):
    """Return learning rate times gradient over divisor."""
    return c["learning_rate"] * dw / divisor


forgets("rmsprop", "cache_not_stored", "cache",
        "The new cache is not put back into config, so every step begins with an empty one, and is equally long.")
begins_anew("rmsprop", "cache_begins_anew", {A.LATER_STEPS},
            "The cache is set to zero at every call, so no earlier gradient is remembered. Take it from config if it "
            "is there.")
wrong_rule("rmsprop", "divides_by_the_old_cache", RMSPROP - STORED,
           "The step divides by the root of the old cache. Update the cache first, then divide by the root of the new "
           "one.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(c["cache"]) + c["epsilon"]) + 0 * new_cache(c, dw**2))
wrong_rule("rmsprop", "root_of_the_gradient_too", RMSPROP - STORED,
           "The gradient itself is squared in the step. Only the cache has squares: the step is the gradient over the "
           "root.", lambda w, dw, c: w - scaled(dw**2, c, np.sqrt(new_cache(c, dw**2)) + c["epsilon"]))
wrong_rule("rmsprop", "no_root", RMSPROP - STORED,
           "The root is missing: the gradient is divided by the mean of its square, which has the wrong unit. Small "
           "gradients then make huge steps.",
           lambda w, dw, c: w - scaled(dw, c, new_cache(c, dw**2) + c["epsilon"]))
wrong_rule("rmsprop", "gradient_not_squared", RMSPROP,
           "The cache averages the gradient itself, and its root is NaN where that is negative. Square it first.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, dw)) + c["epsilon"]))
wrong_rule("rmsprop", "absolute_gradient", RMSPROP,
           "The cache averages the absolute gradient. It is the square that is averaged, and the root comes after.",
           lambda w, dw, c: w - scaled(dw, c, new_cache(c, np.abs(dw)) + c["epsilon"]))
wrong_rule("rmsprop", "weights_of_the_mean_swapped", RMSPROP,
           "The two weights are swapped: decay_rate weighs the old cache, 1 - decay_rate the new square.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, dw**2, 1 - c["decay_rate"], c["decay_rate"]))
                                       + c["epsilon"]))
wrong_rule("rmsprop", "adagrad", RMSPROP,
           "The squares are added up and never fade: that is AdaGrad, whose steps die out. Keep a running mean.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, dw**2, 1, 1)) + c["epsilon"]))
wrong_rule("rmsprop", "new_square_in_full", RMSPROP,
           "The new square is added in full. In a running mean it weighs 1 - decay_rate.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, dw**2, None, 1)) + c["epsilon"]))
wrong_rule("rmsprop", "one_cache_for_all", RMSPROP,
           "One mean over all entries divides them all. RMSProp scales number by number: each has a cache of its own.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, np.mean(dw**2) + 0 * dw)) + c["epsilon"]))
wrong_rule("rmsprop", "epsilon_in_the_root", {A.EPSILON},
           "epsilon stands inside the root. There 1e-8 becomes 1e-4, and small gradients are held back. Add it to the "
           "root.", lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, dw**2) + c["epsilon"])))
wrong_rule("rmsprop", "no_epsilon", {A.EPSILON, "edge sizes"},
           "epsilon is missing: where the gradient has always been 0 this is 0 / 0, NaN.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, dw**2))))

# -- adam -------------------------------------------------------------------------------------------------------------


def adam(first=lambda m, b, t: m / (1 - b**t), second=lambda v, b, t: v / (1 - b**t),
         root=lambda v, eps: np.sqrt(v) + eps, square=lambda dw, m: dw**2, weights=lambda c: (c["beta1"], c["beta2"]),
         tick=lambda c: None, gain=lambda b: 1 - b):
    """Return Adam's step with some part of it wrong."""
    def code(w, dw, c):
        c["t"] += 1
        b1, b2 = weights(c)
        c["m"] = b1 * c["m"] + gain(b1) * dw
        c["v"] = b2 * c["v"] + (1 - b2) * square(dw, c["m"])
        m, v = first(c["m"], b1, c["t"]), second(c["v"], b2, c["t"])
        tick(c)
        return w - c["learning_rate"] * m / root(v, c["epsilon"])
    return code


CORRECTION = {A.FIRST_STEP, A.LATER_STEPS}

forgets("adam", "t_not_stored", "t",
        "t does not come back in config, so every step is corrected as if it were the first.")
forgets("adam", "m_not_stored", "m",
        "m does not come back in config: every step begins with an average of 0.")
forgets("adam", "v_not_stored", "v",
        "v does not come back in config: every step begins with an average of 0.")
wrong_rule("adam", "no_bias_correction", CORRECTION,
           "m and v are not corrected for their start at 0. v starts slower than m, so the first step is about three "
           "times too long, and the next ones more.", adam(lambda m, b, t: m, lambda v, b, t: v))
wrong_rule("adam", "corrects_only_m", CORRECTION,
           "Only m is corrected for its start at 0; v needs it, too: the first step is about 30 times too long.",
           adam(second=lambda v, b, t: v))
wrong_rule("adam", "corrects_only_v", CORRECTION,
           "Only v is corrected for its start at 0; m needs it, too: the first step is ten times too short.",
           adam(first=lambda m, b, t: m))
wrong_rule("adam", "beta1_for_both", {A.LATER_STEPS, "moments", A.CONFIG},
           "v is averaged with beta1. Its weight is beta2: the squares are remembered much longer.",
           adam(weights=lambda c: (c["beta1"], c["beta1"])))
begins_anew("adam", "averages_begin_anew", {A.LATER_STEPS, "moments"},
            "m, v and t are set back at every call, so every step is a first one. Take them from config if they are "
            "there.")
wrong_rule("adam", "multiplies_the_correction", CORRECTION,
           "m and v are multiplied by 1 - beta**t. They start too small, so they must be divided by it.",
           adam(lambda m, b, t: m * (1 - b**t), lambda v, b, t: v * (1 - b**t)))
wrong_rule("adam", "correction_never_grows", {A.LATER_STEPS, "moments"},
           "m and v are divided by 1 - beta at every step: the power t is missing.",
           adam(lambda m, b, t: m / (1 - b), lambda v, b, t: v / (1 - b)))
wrong_rule("adam", "t_incremented_after_use", CORRECTION,
           "t is still 0 in the first step, and 1 - beta**0 is 0: the step is NaN. Count first, then correct.",
           adam(lambda m, b, t: m / (1 - b ** (t - 1)), lambda v, b, t: v / (1 - b ** (t - 1))))
wrong_rule("adam", "counts_twice", {A.LATER_STEPS},
           "t grows by 2 at every step, so the correction fades too soon.", adam(tick=lambda c: c.update(t=c["t"] + 1)))
wrong_rule("adam", "betas_swapped", {A.LATER_STEPS, "moments", A.CONFIG},
           "beta1 and beta2 are swapped: beta1 belongs to m, the average of the gradient, and beta2 to v.",
           adam(weights=lambda c: (c["beta2"], c["beta1"])))
wrong_rule("adam", "square_of_m", ADAM,
           "v averages the square of m. It is the square of the gradient that is averaged.",
           adam(square=lambda dw, m: m**2))
wrong_rule("adam", "gradient_not_squared", ADAM,
           "v averages the gradient itself, and its root is NaN where that is negative. Square it first.",
           adam(square=lambda dw, m: dw))
wrong_rule("adam", "no_root", ADAM - STORED,
           "The root of v is missing: v has the unit of the gradient squared.", adam(root=lambda v, eps: v + eps))
wrong_rule("adam", "gradient_in_full", ADAM,
           "The gradient is added to m in full. In a running mean it weighs 1 - beta1.", adam(gain=lambda b: 1))
wrong_rule("adam", "epsilon_in_the_root", {A.EPSILON},
           "epsilon stands inside the root. There 1e-8 becomes 1e-4, and small gradients are held back. Add it to the "
           "root.", adam(root=lambda v, eps: np.sqrt(v + eps)))
wrong_rule("adam", "no_epsilon", {A.EPSILON, "edge sizes"},
           "epsilon is missing: where the gradient has always been 0 this is 0 / 0, NaN.",
           adam(root=lambda v, eps: np.sqrt(v)))


def counts_from(first, step):
    """Return Adam with ``t`` beginning at ``first`` and raised by ``step`` before it is used."""
    def wrong(w, dw, config=None):
        c = settled("adam", w, {"t": first, **(config or {})})
        counted = c["t"] + step
        next_w, c = right.adam(w, dw, {**c, "t": counted - 1})
        return next_w, {**c, "t": counted}
    return wrong


for name, first, step, loses, teaches in (
    ("counts_from_one", 1, 1, CORRECTION,
     "t is 1 before the first step, and is raised before it is used: the first step is corrected as the second. t is 0 "
     "at first."),
    ("stays_at_step_one", 1, 0, {A.LATER_STEPS},
     "t is 1 at every step: it is never raised, so every step is corrected as if it were the first."),
):
    code = counts_from(first, step)
    code.__name__ = name
    mistake("adam", loses, teaches)(code)


@mistake("adam", {A.LATER_STEPS},
         "The corrected averages are stored, and corrected again at the next step. Put m and v into config as they "
         "are.")
def stores_the_corrected(w, dw, config=None):
    next_w, c = right.adam(w, dw, config)
    return next_w, {**c, "m": c["m"] / (1 - c["beta1"] ** c["t"]), "v": c["v"] / (1 - c["beta2"] ** c["t"])}


# -- schedules --------------------------------------------------------------------------------------------------------


def schedules(function):
    """Return a way to register mistakes of one schedule."""
    def register(name, loses, code, teaches):
        code.__name__ = name
        mistake(function, loses, teaches)(code)
    return register


STEP, EXPONENTIAL = {A.VALUES, A.BOUNDARIES, A.SETTINGS}, {A.VALUES, A.FRACTIONS}
wrong = schedules("step_decay")
wrong("divides_without_floor", STEP, lambda lr0, epoch, drop=0.5, every=10: lr0 * drop ** (epoch / every),
      "The rate falls a little every epoch: / gives fractions. Steps need whole numbers of periods, with //.")
wrong("one_epoch_early", {A.BOUNDARIES}, lambda lr0, epoch, drop=0.5, every=10: lr0 * drop ** ((epoch + 1) // every),
      "The rate drops one epoch early. Epochs count from 0, so the first ten are 0..9.")
wrong("one_epoch_late", {A.BOUNDARIES},
      lambda lr0, epoch, drop=0.5, every=10: lr0 * drop ** (max(epoch - 1, 0) // every),
      "The rate drops one epoch late: epoch 10 is the first with the lower rate.")
wrong("drops_only_once", {A.VALUES, A.BOUNDARIES, A.SETTINGS},
      lambda lr0, epoch, drop=0.5, every=10: lr0 * (drop if epoch >= every else 1),
      "The rate drops once and never again. It drops after *every* so many epochs.")
wrong("times_the_number_of_drops", STEP, lambda lr0, epoch, drop=0.5, every=10: lr0 * drop * (epoch // every),
      "The rate is multiplied by the number of drops. Each drop multiplies it by drop: a power, not a product.")
wrong("takes_drop_away", {A.SETTINGS}, lambda lr0, epoch, drop=0.5, every=10: lr0 * (1 - drop) ** (epoch // every),
      "The rate is multiplied by 1 - drop. It should be multiplied by drop itself; at 0.5 the two are the same.")
wrong("fixed_settings", {A.SETTINGS}, lambda lr0, epoch, drop=0.5, every=10: lr0 * 0.5 ** (epoch // 10),
      "0.5 and 10 are written into the function. They are only the defaults of drop and every.")

wrong = schedules("exponential_decay")
wrong("grows", EXPONENTIAL, lambda lr0, epoch, k: lr0 * np.exp(k * epoch),
      "The rate grows: the sign of the exponent is wrong.")
wrong("one_over_t", EXPONENTIAL, lambda lr0, epoch, k: lr0 / (1 + k * epoch),
      "This is the decay with 1 / (1 + k * epoch), which slows down. An exponential falls by the same factor each "
      "epoch.")
wrong("power_of_k", EXPONENTIAL, lambda lr0, epoch, k: lr0 * k**epoch,
      "k itself is the factor here. It is a rate of decay: the factor of one epoch is exp(-k).")
wrong("one_epoch_ahead", EXPONENTIAL, lambda lr0, epoch, k: lr0 * np.exp(-k * (epoch + 1)),
      "The rate has fallen at epoch 0 already. Epochs count from 0, where it is lr0.")
wrong("halves", EXPONENTIAL, lambda lr0, epoch, k: lr0 * 2 ** (-k * epoch),
      "The base is 2. The natural exponential falls faster: exp(-k) per epoch.")
wrong("whole_epochs", {A.FRACTIONS}, lambda lr0, epoch, k: lr0 * np.exp(-k * int(epoch)),
      "The epoch is cut to a whole number. Fractions are meant to count: the decay is smooth.")

COSINE = {A.VALUES, A.START_AND_END, A.FRACTIONS}
INSIDE = {A.VALUES, A.FRACTIONS}
wrong = schedules("cosine_decay")
wrong("degrees", COSINE, lambda lr0, epoch, total: 0.5 * lr0 * (1 + np.cos(180 * epoch / total)),
      "The angle is in degrees, and np.cos takes radians: half a turn is pi.")
wrong("half_is_missing", COSINE, lambda lr0, epoch, total: lr0 * (1 + np.cos(np.pi * epoch / total)),
      "The rate starts at 2 * lr0: 1 + cos runs from 2 to 0, so half of it is taken.")
wrong("one_is_missing", COSINE, lambda lr0, epoch, total: 0.5 * lr0 * np.cos(np.pi * epoch / total),
      "The rate becomes negative in the second half: the cosine runs from 1 to -1 and must be lifted by 1.")
wrong("whole_turn", COSINE, lambda lr0, epoch, total: 0.5 * lr0 * (1 + np.cos(2 * np.pi * epoch / total)),
      "The cosine makes a whole turn: the rate comes back to lr0. Half a turn, pi, ends at 0.")
wrong("quarter_turn", INSIDE, lambda lr0, epoch, total: lr0 * np.cos(np.pi * epoch / total / 2),
      "This is a quarter of a turn, which ends steeply. Half a cosine is flat at both ends.")
wrong("straight_line", INSIDE, lambda lr0, epoch, total: lr0 * (1 - epoch / total),
      "This is a straight line from lr0 to 0. The cosine is flat at both ends.")
wrong("total_minus_one", COSINE, lambda lr0, epoch, total: 0.5 * lr0 * (1 + np.cos(np.pi * epoch / (total - 1))),
      "The rate reaches 0 one epoch too soon: divide by total, not by total - 1.")
wrong("one_epoch_ahead", COSINE, lambda lr0, epoch, total: 0.5 * lr0 * (1 + np.cos(np.pi * (epoch + 1) / total)),
      "The rate is below lr0 at epoch 0 already: epochs count from 0.")
wrong("floor_division", INSIDE, lambda lr0, epoch, total: 0.5 * lr0 * (1 + np.cos(np.pi * (epoch // total))),
      "epoch // total is 0 until the very end: the share of the way needs /.")
wrong("whole_epochs", {A.FRACTIONS}, lambda lr0, epoch, total: 0.5 * lr0 * (1 + np.cos(np.pi * int(epoch) / total)),
      "The epoch is cut to a whole number. Fractions are meant to count: the decay is smooth.")

WARMUP = {A.VALUES, A.FIRST_AND_LAST_STEP}
wrong = schedules("linear_warmup")
wrong("starts_at_zero", WARMUP, lambda lr0, step, warmup_steps: lr0 * min(1, step / warmup_steps),
      "The first step has a rate of 0, so it is wasted, and the warm-up ends one step late. Steps count from 0.")
wrong("never_quite_there", WARMUP, lambda lr0, step, warmup_steps: lr0 * min(1, (step + 1) / (warmup_steps + 1)),
      "The last step of the warm-up has not the full rate: divide by warmup_steps.")
wrong("never_stops", {A.AFTERWARDS}, lambda lr0, step, warmup_steps: lr0 * (step + 1) / warmup_steps,
      "The rate goes on growing beyond lr0. After the warm-up it stays lr0.")
wrong("zero_afterwards", {A.AFTERWARDS},
      lambda lr0, step, warmup_steps: lr0 * (step + 1) / warmup_steps if step < warmup_steps else 0.0,
      "The rate is 0 after the warm-up. It stays lr0.")
wrong("no_warmup", WARMUP, lambda lr0, step, warmup_steps: lr0,
      "The rate is lr0 from the first step: there is no warm-up.")
wrong("floor_division", WARMUP, lambda lr0, step, warmup_steps: lr0 * min(1, (step + 1) // warmup_steps),
      "The rate is 0 until the last step of the warm-up: // gives whole numbers. The share of the way needs /.")

# -- more of what is written by hand ------------------------------------------------------------------------------

wrong_rule("sgd", "normalised_gradient", SGD,
           "The gradient is divided by its length, so that every step is equally long. Take it as it is.",
           lambda w, dw, c: w - c["learning_rate"] * dw / np.maximum(np.linalg.norm(dw), 1e-300))
wrong_rule("sgd", "rate_times_everything", SGD,
           "The weights are multiplied by the learning rate, too: (w - dw) * learning_rate. Only dw is.",
           lambda w, dw, c: (w - dw) * c["learning_rate"])
wrong_rule("sgd", "shrinks_the_weights", SGD,
           "The weights are multiplied by 1 - learning_rate, as by a weight decay. Take w as it is.",
           lambda w, dw, c: w * (1 - c["learning_rate"]) - c["learning_rate"] * dw)
wrong_rule("sgd", "mean_gradient", SGD,
           "All weights move by the mean of the gradient. Each weight has its own entry of dw.",
           lambda w, dw, c: w - c["learning_rate"] * dw.mean())
wrong_rule("sgd", "gradient_times_weights", SGD,
           "The gradient is multiplied by the weights. The step is learning_rate * dw.",
           lambda w, dw, c: w - c["learning_rate"] * dw * w)


def absolute_cache(w, dw, c):
    """Average |dw| in place of its square, with the root behind."""
    return w - scaled(dw, c, np.sqrt(new_cache(c, np.abs(dw))) + c["epsilon"])


wrong_rule("rmsprop", "absolute_gradient_under_the_root", RMSPROP,
           "The cache averages the absolute gradient. It is the square that is averaged, and the root comes after.",
           absolute_cache)
wrong_rule("rmsprop", "multiplies_by_the_root", RMSPROP - STORED,
           "The gradient is multiplied by the root of the cache. Divide by it: large gradients take smaller steps.",
           lambda w, dw, c: w - c["learning_rate"] * dw * (np.sqrt(new_cache(c, dw**2)) + c["epsilon"]))
wrong_rule("rmsprop", "rate_in_the_cache", RMSPROP,
           "The learning rate is in the cache, too. The cache averages dw**2 as it is.",
           lambda w, dw, c: w - scaled(dw, c, np.sqrt(new_cache(c, (c["learning_rate"] * dw)**2)) + c["epsilon"]))


def adam_mistake(name, loses, teaches, m_hat=lambda m, c: m / (1 - c["beta1"]**c["t"]),
                 v_hat=lambda v, c: v / (1 - c["beta2"]**c["t"]), square=lambda dw: dw**2,
                 step=lambda m, v, c: m / (np.sqrt(v) + c["epsilon"])):
    """Register Adam with another correction, another square or another step."""
    def code(w, dw, c):
        c["t"] += 1
        c["m"] = c["beta1"] * c["m"] + (1 - c["beta1"]) * dw
        c["v"] = c["beta2"] * c["v"] + (1 - c["beta2"]) * square(dw)
        return w - c["learning_rate"] * step(m_hat(c["m"], c), v_hat(c["v"], c), c)

    wrong_rule("adam", name, loses, teaches, code)


adam_mistake("beta_times_t", {A.LATER_STEPS, "moments"},
             "The corrections divide by 1 - beta * t. It is a power: 1 - beta**t.",
             lambda m, c: m / (1 - c["beta1"] * c["t"]), lambda v, c: np.abs(v / (1 - c["beta2"] * c["t"])))
adam_mistake("v_corrected_with_beta1", {A.FIRST_STEP, A.LATER_STEPS},
             "v is corrected with beta1. It was averaged with beta2: divide by 1 - beta2**t.",
             v_hat=lambda v, c: v / (1 - c["beta1"]**c["t"]))
adam_mistake("m_corrected_with_beta2", {A.FIRST_STEP, A.LATER_STEPS},
             "m is corrected with beta2. It was averaged with beta1: divide by 1 - beta1**t.",
             m_hat=lambda m, c: m / (1 - c["beta2"]**c["t"]))
adam_mistake("corrections_swapped", {A.FIRST_STEP, A.LATER_STEPS},
             "The two corrections are swapped: m is divided by 1 - beta1**t, v by 1 - beta2**t.",
             lambda m, c: m / (1 - c["beta2"]**c["t"]), lambda v, c: v / (1 - c["beta1"]**c["t"]))
adam_mistake("absolute_gradient", ADAM,
             "v averages the absolute gradient. It averages the square, and the root comes after.",
             square=np.abs)
adam_mistake("multiplies_by_the_root", ADAM - STORED, "m is multiplied by the root of v. Divide by it.",
             step=lambda m, v, c: m * (np.sqrt(v) + c["epsilon"]))

for rate, teaches, function in (
        ("one_minus_k", "The base is 1 - k: lr0 * (1 - k)**epoch. That is close to exp(-k * epoch) for a small k only.",
         lambda lr0, epoch, k: lr0 * (1 - k)**epoch),
        ("base_ten", "The base is 10. The natural exponential falls more slowly: np.exp(-k * epoch).",
         lambda lr0, epoch, k: lr0 * 10 ** (-k * epoch)),
        ("divides_by_k", "The exponent is -epoch / k. k is a rate of decay: multiply, -k * epoch.",
         lambda lr0, epoch, k: lr0 * np.exp(-epoch / k)),
        ("subtracts_the_exponent", "This falls on a straight line, by k of lr0 an epoch. It is an exponential.",
         lambda lr0, epoch, k: lr0 * (1 - k * epoch)),
        ("without_lr0", "lr0 is missing: this is the factor alone.", lambda lr0, epoch, k: np.exp(-k * epoch)),
        ("rate_in_the_exponent", "lr0 stands in the exponent, too. The rate is lr0 * exp(-k * epoch).",
         lambda lr0, epoch, k: lr0 * np.exp(-k * epoch * lr0))):
    schedules("exponential_decay")(rate, EXPONENTIAL, function, teaches)

wrong = schedules("step_decay")
wrong("rises", STEP, lambda lr0, epoch, drop=0.5, every=10: lr0 / drop ** (epoch // every),
      "The rate rises: it is divided by drop. Multiply by it at each step.")
wrong("subtracts_drop", STEP,
      lambda lr0, epoch, drop=0.5, every=10: lr0 - drop * (epoch // every),
      "drop is subtracted at each step. The rate is multiplied by it.")
wrong("rounds_to_the_nearest", STEP,
      lambda lr0, epoch, drop=0.5, every=10: lr0 * drop ** np.floor(epoch / every + 0.5),
      "The number of drops is rounded to the nearest, so the rate falls half a period early. // rounds down.")
wrong("rounds_up", STEP, lambda lr0, epoch, drop=0.5, every=10: lr0 * drop ** -(-epoch // every),
      "The number of drops is rounded up, so the first drop comes in epoch 1. // rounds down.")
wrong("remainder_for_quotient", STEP,
      lambda lr0, epoch, drop=0.5, every=10: lr0 * drop ** (epoch % every),
      "% gives the rest of the division. The number of drops is the whole quotient, epoch // every.")
wrong("drops_at_multiples_only", STEP,
      lambda lr0, epoch, drop=0.5, every=10: lr0 * drop if epoch and epoch % every == 0 else lr0,
      "The rate is lower at multiples of every only, and comes back. A drop stays.")
COSINE = {A.FRACTIONS, A.START_AND_END, A.VALUES}
wrong = schedules("cosine_decay")
wrong("sine", COSINE, lambda lr0, epoch, total: lr0 * (1 + np.sin(np.pi * epoch / total)) / 2,
      "This is a sine. The cosine is 1 at the start and -1 at the end.")
wrong("pi_is_missing", COSINE, lambda lr0, epoch, total: lr0 * (1 + np.cos(epoch / total)) / 2,
      "pi is missing: half a turn is pi * epoch / total.")
wrong("minus_for_plus", COSINE,
      lambda lr0, epoch, total: lr0 * (1 - np.cos(np.pi * epoch / total)) / 2,
      "The rate rises from 0 to lr0: it is 1 + cos, not 1 - cos.")
wrong("half_for_one_alone", COSINE,
      lambda lr0, epoch, total: lr0 * (0.5 + np.cos(np.pi * epoch / total)),
      "Only the 1 is halved: put brackets around 1 + cos.")
wrong("brackets_missing", COSINE,
      lambda lr0, epoch, total: 0.5 * lr0 * 1 + np.cos(np.pi * epoch / total),
      "The cosine is added to half of lr0: put brackets around 1 + cos.")
wrong("total_over_epoch", {A.FRACTIONS, A.VALUES},
      lambda lr0, epoch, total: lr0 * (1 + np.cos(np.pi * total / max(epoch, 1e-3))) / 2,
      "The fraction is upside down: the share of the way is epoch / total.")
wrong = schedules("linear_warmup")
wrong("falls", {A.FIRST_AND_LAST_STEP, A.VALUES},
      lambda lr0, step, warmup_steps: lr0 * (1 - step / warmup_steps) if step < warmup_steps else lr0,
      "The rate falls during the warm-up. It rises to lr0.")
wrong("share_alone", {A.AFTERWARDS, A.FIRST_AND_LAST_STEP, A.VALUES},
      lambda lr0, step, warmup_steps: min(1.0, (step + 1) / warmup_steps),
      "lr0 is missing: this is the share alone, from 0 to 1.")
wrong("squared", {A.FIRST_AND_LAST_STEP, A.VALUES},
      lambda lr0, step, warmup_steps: lr0 * min(1.0, (step + 1) / warmup_steps)**2,
      "The rate rises with the square of the step. A linear warm-up rises by the same amount at every step.")

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

for name in ("sgd", "sgd_momentum", "nesterov_momentum", "rmsprop", "adam"):
    register_misread(right, name, position=1)  # the gradient


@mistake("linear_warmup", {A.VALUES}, "The rate grows by the same factor at every step. In a linear warm-up it "
                                      "grows by the same amount.", unseen=True)
def grows_by_a_factor(lr0, step, warmup_steps):
    return lr0 * min(1, warmup_steps ** (step / max(warmup_steps - 1, 1) - 1))


@mistake("linear_warmup", {A.FIRST_AND_LAST_STEP},
         "Step 0 has a rate of 0, so nothing moves. It is a step like the others, with one part in warmup_steps of "
         "the rate.", unseen=True)
def skips_the_first_step(lr0, step, warmup_steps):
    return right.linear_warmup(lr0, step, warmup_steps) if step else 0.0


def needs_a_config(rule):
    """Register the rule that cannot be called without a config."""
    def wrong_rule(w, dw, config):
        return getattr(right, rule)(w, dw, config)

    wrong_rule.__name__ = "needs_a_config"
    mistake(rule, {A.SETTINGS}, "config has no default here: the rule may be called without one, and all settings are "
                                "then the usual ones.")(wrong_rule)


for name in ("sgd", "sgd_momentum", "nesterov_momentum", "rmsprop", "adam"):
    needs_a_config(name)


@mistake("adam", {A.EPSILON}, "epsilon is added to the root of v as it is stored. With both corrections in the rate it "
                              "counts for more than it should: correct v first, then add epsilon to its root.")
def epsilon_at_the_uncorrected_root(w, dw, config=None):
    next_w, config = right.adam(w, dw, config)
    beta1, beta2, t = (config.get(*given) for given in (("beta1", 0.9), ("beta2", 0.999), ("t", 1)))
    rate = config.get("learning_rate", 1e-3) * (1 - beta2**t)**0.5 / (1 - beta1**t)
    return w - rate * config["m"] / (np.sqrt(config["v"]) + config.get("epsilon", 1e-8)), config
