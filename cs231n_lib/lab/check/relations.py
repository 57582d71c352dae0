"""Relations: in what way is a result wrong, where no known mistake gives it? Pure functions on arrays.

"Your dw is 1/N times what is expected." Such a sentence claims nothing about the cause. It is stated only if it holds
in every case and to rounding, if enough numbers show it, and if no other relation holds as well.
"""

import itertools
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from cs231n_lib.lab.check.arrays import find_scale, is_close, measure_distances

EXPECTED = "what is expected"
"""As a relation says it."""


@dataclass(frozen=True)
class Pair:
    """What one case gave for a result, beside what is expected.

    Attributes
    ----------
    got, want : ndarray
    tol : (float, float)
        Relative and absolute.
    inputs : dict of str to ndarray or float
        The arguments of the call.
    others : dict of str to ndarray
        What is expected of the other results.
    """

    got: np.ndarray
    want: np.ndarray
    tol: tuple
    inputs: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)

    def is_like(self, made):
        """Is ``made`` what came?"""
        return made is not None and is_close(self.got, made, self.tol)


def find_relation(pairs):
    """Return the one relation between what came and what is expected, as a sentence; "" if there is none or several.

    Parameters
    ----------
    pairs : list of Pair
        One for each case and array.

    Returns
    -------
    sentence : str
        With the fields ``{name}`` and ``{is}``; what a letter in it means stands in brackets at the end.
    """
    if not pairs or not are_finite(pairs):
        return ""
    with np.errstate(all="ignore"):
        found = [find(pairs) for find in (find_factor, find_offset, find_place, find_power, find_input,
                                          find_other_result)]
        found = list(filter(None, found)) or list(filter(None, [find_reduction(pairs), find_side(pairs)]))
    return found[0] if len(found) == 1 else ""


def find_relation_to_mistake(pairs, right):
    """Return the relation between what came and what a known mistake gives: a sentence, or None if there is none.

    Parameters
    ----------
    pairs, right : list of Pair
        What came beside what the mistake gives, and beside what is expected, for the same cases and arrays.

    Returns
    -------
    sentence : str or None
        As in :func:`find_relation`; empty where only axes of length one, or repeated numbers, are different.
    """
    if len(pairs) != len(right) or not are_finite(pairs):
        return None
    mistake = [replace(r, got=p.want) for p, r in zip(pairs, right, strict=True)]
    with np.errstate(all="ignore"):
        told = [m for m in mistake if not m.is_like(take_other_form(m))]
        if not shows_enough(told, 3) or find_factor(mistake) or all(r.is_like(take_other_form(r)) for r in right):
            return None  # little shows the mistake, or less says as much
        if holds(take_other_form, pairs):
            return ""
        factor = find_factor(pairs)
    return f"Beside that, {factor[0].lower()}{factor[1:]}".replace(EXPECTED, "what that gives") if factor else None


def are_finite(pairs):
    """Are all numbers that came, and all that should, finite?"""
    return all(np.isfinite(p.got).all() and np.isfinite(p.want).all() for p in pairs)


def take_other_form(pair):
    """Return what is expected without or with axes of length one, or repeated, in the shape of what came."""
    if pair.got.squeeze().shape == pair.want.squeeze().shape:
        return pair.want.reshape(pair.got.shape)
    try:
        return np.broadcast_to(pair.want, pair.got.shape)
    except ValueError:
        return None


# -- evidence ---------------------------------------------------------------------------------------------------------


def shows_enough(pairs, least=2):
    """Are the expected numbers of these pairs so many that a relation does not hold by chance?

    Parameters
    ----------
    pairs : list of Pair
        Those where both differ. What is compared loosely, as float32 is, does not count.
    least : int
        So many different numbers are asked for in two cases or more; four in a single one.
    """
    pairs = [p for p in pairs if p.tol[0] <= 1e-5]
    numbers = {float(f"{abs(v):.5g}") for p in pairs for v in p.want.flat} - {0.0}
    return len(numbers) >= max(4, least) or (len(pairs) >= 2 and len(numbers) >= least)


def holds(make, pairs):
    """Is what came what ``make(pair)`` returns, in every case, and do enough of them show it?"""
    made = [make(p) for p in pairs]
    if not all(p.is_like(m) for p, m in zip(pairs, made, strict=True)):
        return False
    return shows_enough([p for p in pairs if not is_close(p.got, p.want, p.tol)])


def find_first(family, pairs):
    """Return the sentence of the first relation of a family that holds: the others would say the same less exactly."""
    return next((sentence for sentence, make in family if holds(make, pairs)), "")


# -- factors and offsets ----------------------------------------------------------------------------------------------


def find_factor(pairs):
    """Return the sentence for a factor: a number, or a quantity that changes from case to case."""
    factors, shown = [], []
    for p in pairs:
        if p.got.shape != p.want.shape:
            return ""
        factor = np.vdot(p.got, p.want) / np.vdot(p.want, p.want) if p.want.any() else np.nan
        if not p.is_like(p.want * (factor if p.want.any() else 0)):
            return ""
        factors.append(factor)
        shown += [] if is_close(p.got, p.want, p.tol) else [p]
    known = [i for i, f in enumerate(factors) if np.isfinite(f)]
    if not known or not shown or not all(factors[i] for i in known):
        return ""
    if all(agree_on_number(factors[i], factors[known[0]], pairs[i]) for i in known):
        text = format_factor(factors[known[0]])
        return f"Your {{name}} {{is}} {text} times what is expected" if shows_enough(shown, 3) else ""
    labels = [text for text, values in list_quantities(pairs).items()
              if all(agree_on_number(factors[i], values[i], pairs[i]) for i in known)]
    return f"Your {{name}} {{is}} {labels[0]}" if len(labels) == 1 and shows_enough(shown) else ""


def agree_on_number(a, b, pair):
    """Are two numbers the same, as far as the tolerance of a pair allows?"""
    return abs(a - b) <= max(pair.tol[0], 1e-9) * 2 * max(abs(a), abs(b))


def format_factor(factor):
    """Return a factor as a whole number, as one over a whole number, or with four digits."""
    if abs(factor - round(factor)) < 1e-4:
        return str(round(factor))
    if abs(1 / factor - round(1 / factor)) < 1e-4:
        sign = "-" if factor < 0 else ""
        return f"{sign}1/{abs(round(1 / factor))}"
    return f"{factor:.4g}"


FORMS = {
    "{q}": lambda q: q, "1/{q}": lambda q: 1 / q, "-{q}": lambda q: -q, "-1/{q}": lambda q: -1 / q,
    "{q}**2": lambda q: q**2, "1/{q}**2": lambda q: 1 / q**2,
    "sqrt({q})": lambda q: q**0.5, "1/sqrt({q})": lambda q: q**-0.5,
    "(1 - {q})": lambda q: 1 - q, "1/(1 - {q})": lambda q: 1 / (1 - q),
    "{q}/({q} - 1)": lambda q: q / (q - 1), "({q} - 1)/{q}": lambda q: (q - 1) / q,
}
"""How a quantity may enter a factor."""


def list_quantities(pairs):
    """Return text -> one value for each pair: what a factor may be that changes from case to case."""
    found = {}
    for (name, meaning), values in (list_sizes(pairs) | list_numbers(pairs)).items():
        for form, change in FORMS.items():
            found[f"{form.format(q=name)} times what is expected{meaning}"] = [change(np.float64(v)) for v in values]
    return found


def list_sizes(pairs):
    """Return the sizes of the first array among the inputs: (name, meaning) -> one value for each pair."""
    name = next((k for k, a in pairs[0].inputs.items() if np.ndim(a) > 1), None)
    arrays = [np.asarray(p.inputs.get(name, 0.0)) for p in pairs]
    if name is None or any(a.ndim < 2 or not a.size for a in arrays):
        return {}
    return {("N", f" (N is len({name}))"): [len(a) for a in arrays],
            ("D", f" (D is the number of entries of {name}[0])"): [a.size // len(a) for a in arrays]}


def list_numbers(pairs):
    """Return the numbers among the arguments that all pairs have: (name, "") -> one value for each pair."""
    names = [k for k, v in pairs[0].inputs.items() if isinstance(v, (int, float)) and not isinstance(v, bool)]
    names = [k for k in names if all(np.ndim(p.inputs.get(k, [])) == 0 for p in pairs)]
    return {(k, ""): [p.inputs[k] for p in pairs] for k in names}


def find_offset(pairs):
    """Return the sentence for a number that is added everywhere."""
    if any(p.got.shape != p.want.shape or not p.got.size for p in pairs):
        return ""
    offset = float((pairs[0].got - pairs[0].want).flat[0])
    if not all(p.is_like(p.want + offset) for p in pairs) or any(is_close(p.got, p.want, p.tol) for p in pairs):
        return ""
    side = "larger" if offset > 0 else "smaller"
    text = f"Your {{name}} {{is}} {abs(offset):.4g} {side} than expected"
    return text if shows_enough(pairs, 3) else ""


# -- other places, powers, sums ---------------------------------------------------------------------------------------


def change_shape(pair):
    """Return what is expected in the shape of what came."""
    same = pair.got.shape != pair.want.shape and pair.got.size == pair.want.size
    return pair.want.reshape(pair.got.shape) if same else None


def transpose(pair):
    """Return the transpose of a matrix that is more than a row or a column."""
    return pair.want.T if pair.want.ndim == 2 else None


def reverse(axis, pair):
    """Return what is expected with an axis in reverse order."""
    return np.flip(pair.want, axis) if pair.want.ndim > axis else None


def permute(axis, pair):
    """Return what came, if it is what is expected with the entries of an axis in another order."""
    if pair.got.shape != pair.want.shape or pair.want.ndim <= axis or pair.want.shape[axis] > 200:
        return None
    left = [row for row in np.moveaxis(pair.want, axis, 0)]
    for row in np.moveaxis(pair.got, axis, 0):
        i = next((i for i, other in enumerate(left) if is_close(row, other, pair.tol)), None)
        if i is None:
            return None
        del left[i]
    return pair.got


def refold(columns, pair):
    """Return the numbers of each example in the places where reshape puts them that should have been a transpose."""
    if pair.want.ndim < 2 or not pair.want.size:
        return None
    n = len(pair.want)
    flat = pair.want.reshape(-1, n).T if columns else pair.want.reshape(n, -1).T
    return flat.reshape(pair.want.shape)


PLACES = [
    ("Your {name} {is} the transpose of what is expected", transpose),
    ("Your {name} {is} what is expected in reverse order along axis 0", partial(reverse, 0)),
    ("Your {name} {is} what is expected in reverse order along axis 1", partial(reverse, 1)),
    ("Your {name} {is} what is expected in another order along axis 0", partial(permute, 0)),
    ("Your {name} {is} what is expected in another order along axis 1", partial(permute, 1)),
    ("Your {name} {is} what is expected, shuffled as by reshape(-1, N).T", partial(refold, True)),
    ("Your {name} {is} what is expected, shuffled as by a reshape of its transpose", partial(refold, False)),
    ("Your {name} {is} right but for the shape", change_shape),
]


def take_power(change, pair):
    """Return a function of what is expected, if it is finite."""
    made = change(pair.want)
    return made if np.isfinite(made).all() else None


POWERS = [
    ("Your {name} {is} the square of what is expected", partial(take_power, np.square)),
    ("Your {name} {is} the square root of what is expected", partial(take_power, np.sqrt)),
    ("Your {name} {is} 1 divided by what is expected", partial(take_power, np.reciprocal)),
    ("Your {name} {is} the natural logarithm of what is expected", partial(take_power, np.log)),
    ("Your {name} {is} the decimal logarithm of what is expected", partial(take_power, np.log10)),
]


def reduce_expected(change, axis, pair):
    """Return the sum or mean of what is expected, in the shape of what came."""
    if axis is not None and pair.want.ndim <= axis or pair.want.ndim == 0:
        return None
    made = change(pair.want, axis=axis)
    kept = change(pair.want, axis=axis, keepdims=True)
    return kept if pair.got.shape == kept.shape else made


def reduce_obtained(change, axis, pair):
    """Return what came, if its sum or mean is what is expected."""
    long = pair.got.ndim > (axis or 0)
    return pair.got if long and is_close(change(pair.got, axis=axis), pair.want, pair.tol) else None


def list_reductions():
    """Return the sentences and functions for one axis that was summed too much or too little."""
    found = []
    for word, change in (("sum", np.sum), ("mean", np.mean)):
        for axis, place in ((0, " over axis 0"), (1, " over axis 1"), (None, " of all entries")):
            found += [(f"Your {{name}} {{is}} the {word}{place} of what is expected",
                       partial(reduce_expected, change, axis)),
                      (f"The {word}{place} of your {{name}} is what is expected",
                       partial(reduce_obtained, change, axis))]
    return found


SUMS = list_reductions()


def find_place(pairs):
    """Return the sentence for right numbers in wrong places, or for an axis that was summed too much or too little."""
    return find_first(PLACES, pairs) or find_first(SUMS, pairs)


def find_power(pairs):
    """Return the sentence for a function of one number."""
    return find_first(POWERS, pairs)


# -- inputs and other results -----------------------------------------------------------------------------------------


def combine_with_input(change, name, pair):
    """Return what is expected combined with an input, if that has its shape or broadcasts to it."""
    value = pair.inputs.get(name)
    if value is None or np.ndim(value) == 0 or np.ndim(value) > pair.want.ndim:
        return None
    try:
        made = change(pair.want, value)
    except ValueError:
        return None
    return made if made.shape == pair.want.shape else None


def undo_with_input(name, pair):
    """Return what came, if its product with an input is what is expected."""
    made = combine_with_input(np.multiply, name, Pair(pair.want, pair.got, pair.tol, pair.inputs))
    return pair.got if made is not None and is_close(made, pair.want, pair.tol) else None


def find_input(pairs):
    """Return the sentence for an input that is added, subtracted, multiplied, or forgotten as a factor."""
    found = []
    for name in pairs[0].inputs:
        ways = {
            f"Your {{name}} {{is}} what is expected plus {name}": partial(combine_with_input, np.add, name),
            f"Your {{name}} {{is}} what is expected minus {name}": partial(combine_with_input, np.subtract, name),
            f"Your {{name}} {{is}} what is expected times {name}": partial(combine_with_input, np.multiply, name),
            f"Your {{name}} times {name} {{is}} what is expected": partial(undo_with_input, name),
        }
        found += [sentence for sentence, make in ways.items() if holds(make, pairs)]
    return found[0] if len(found) == 1 else ""


def find_other_result(pairs):
    """Return the sentence for a result that is what is expected of another one."""
    found = [name for name in pairs[0].others if holds(lambda p, name=name: p.others.get(name), pairs)]
    return f"Your {{name}} {{is}} what is expected as {found[0]}" if len(found) == 1 else ""


# -- what is made of an input, and what is right in places ------------------------------------------------------------

STATISTICS = {"sum": np.sum, "mean": np.mean, "largest number": np.max, "smallest number": np.min,
              "standard deviation": np.std, "median": np.median}


def find_reduction(pairs):
    """Return the sentence for an input as it is, or for its sum, mean, ... over some of its axes."""
    if all(p.is_like(take_other_form(p)) for p in pairs):
        return ""  # only the form is wrong
    found = []
    for name, value in pairs[0].inputs.items():
        ways = [(f"Your {{name}} {{is}} {name}, unchanged", partial(take_input, name))]
        for word, change in STATISTICS.items():
            for axes in list_axes(np.ndim(value)):
                ways.append((f"Your {{name}} {{is}} the {word} of {name}{name_axes(axes)}",
                             partial(reduce_input, name, change, axes)))
        found += list(filter(None, [find_first(ways, pairs)]))
    return found[0] if len(found) == 1 else ""


def list_axes(ndim):
    """Return None, for all axes, and each choice of some of them."""
    return [None, *(axes for n in range(1, ndim) for axes in itertools.combinations(range(ndim), n))]


def name_axes(axes):
    """Return " over axis 0" or " over axes 0, 1 and 2"; nothing for all axes."""
    if axes is None:
        return ""
    *first, last = map(str, axes)
    return f" over axes {', '.join(first)} and {last}" if first else f" over axis {last}"


def take_input(name, pair):
    """Return an input that is an array."""
    value = pair.inputs.get(name)
    return value if np.ndim(value) else None


def reduce_input(name, change, axes, pair):
    """Return a statistic of an input, in the shape of what came."""
    value = pair.inputs.get(name)
    if not np.size(value) or np.ndim(value) <= max(axes or (0,)):
        return None
    made = np.asarray(change(np.asarray(value, float), axis=axes))
    return made.reshape(pair.got.shape) if made.squeeze().shape == pair.got.squeeze().shape else made


def find_side(pairs):
    """Return the sentence for a result that is right where an input has one sign, and wrong where it has the other."""
    found = []
    for name in pairs[0].inputs if len(pairs) > 1 else ():
        values = [p.inputs.get(name) for p in pairs]
        if all(np.ndim(v) and np.shape(v) == p.want.shape == p.got.shape for v, p in zip(values, pairs, strict=True)):
            positive = [np.asarray(v) > 0 for v in values]
            found += [describe_side(f"{name} <= 0", f"{name} > 0", [~side for side in positive], pairs),
                      describe_side(f"{name} > 0", f"{name} <= 0", positive, pairs)]
    found = list(filter(None, found))
    return found[0] if len(found) == 1 else ""


def is_wrong_on(side, pair):
    """Is a result wrong in all places of one side, and right in all others?"""
    wrong = measure_distances(pair.got, pair.want) > pair.tol[0] * find_scale(pair.got, pair.want) + pair.tol[1]
    return bool((wrong == side).all()) and side.any() and not side.all()


def describe_side(bad, good, sides, pairs):
    """Return the sentence for a result that is wrong where ``bad`` is true; "" if that is not so."""
    if not all(is_wrong_on(side, p) for side, p in zip(sides, pairs, strict=True)) or not shows_enough(pairs, 4):
        return ""
    factor = find_factor([replace(p, got=p.got[side], want=p.want[side]) for side, p in zip(sides, pairs, strict=True)])
    if factor and " (" not in factor:
        return f"Where {bad}, {factor[0].lower()}{factor[1:]}, and right elsewhere"
    return f"Your {{name}} {{is}} right where {good}, and wrong where {bad}"
