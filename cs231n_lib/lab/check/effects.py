"""Effects: does a function do anything with an argument that its result should depend on?

"Your results do not depend on eps." Each argument is changed in several ways, and nothing else. Which arguments matter
in which cases, the reference has shown: ``known_results`` stores it. So it is stated only of an argument that should
make a difference, and of results that stay the same to rounding in every such case.
"""

import functools
import types

import numpy as np

from cs231n_lib.lab.check.arrays import is_close

FACTORS = 0.001, 0.1, 0.6, 1.7, 10.0, 1000.0
"""What a number is multiplied by. Where the answer is yes or no, a small change may make no difference."""
NOT_VARIED = "seed", "rng", "cache", "t", "running_mean", "running_var"
DATA = "x", "X", "Xc", "F", "out", "logits"
"""Arrays that a function is about: it cannot overlook them."""
NO_RESULTS = "cache", "config"
"""What a function returns that may hold its own arguments."""
SAME = 1e-9, 1e-12
"""(relative, absolute): up to this, results are the same."""


def list_variations(value):
    """Return functions that change a value of an argument; none for a value that is not changed."""
    if isinstance(value, (bool, np.bool_)):
        return []
    if isinstance(value, (int, np.integer)):
        return [lambda v: v + 1, lambda v: 3 * v + 2, lambda v: 10 * v + 7]
    if isinstance(value, (float, np.floating)):
        return [functools.partial(multiply, factor) for factor in FACTORS]
    numbers = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size
    return [functools.partial(tilt, size) for size in (1, 1000, -1000)] if numbers else []


def multiply(factor, value):
    """Return a number times a factor; for 0, the factor."""
    return type(value)(value * factor if value else factor)


def tilt(size, array):
    """Return an array that is neither a multiple of another one nor its sum with a number."""
    steps = np.arange(array.size).reshape(array.shape)
    return (size * (np.flip(array) + 0.3) * (1.5 + 0.1 * steps)).astype(array.dtype)


def list_values(names, args, kwargs):
    """Return the name of each argument of a call that can be changed -> its value; those in a dict as ``p['eps']``."""
    given = dict(zip(names, args, strict=False)) | kwargs
    inner = {f"{name}[{key!r}]": v for name, value in given.items() if isinstance(value, dict)
             for key, v in value.items() if key not in NOT_VARIED and not isinstance(v, np.ndarray)}
    outer = {name: value for name, value in given.items() if name not in (*NOT_VARIED, *DATA)}
    return {name: value for name, value in (outer | inner).items() if list_variations(value)}


def vary(name, number, names, code):
    """Return a function that is called with one argument changed.

    Parameters
    ----------
    name : str
        Of the argument, as in :func:`list_values`.
    number : int
        Which of its variations.
    names : tuple of str
        Of the arguments by position.
    code : callable
    """
    outer, _, key = name.partition("[")

    def varied(*args, **kwargs):
        value = list_values(names, args, kwargs).get(name)
        changes = list_variations(value)
        if not changes:
            return code(*args, **kwargs)
        new = changes[min(number, len(changes) - 1)](value)
        if key:
            return call_with_entry(code, args, kwargs, names, outer, key[1:-2], new)
        if outer in kwargs:
            return code(*args, **kwargs | {outer: new})
        return code(*[new if n == outer else a for n, a in zip(names, args, strict=False)], **kwargs)

    return varied


def call_with_entry(code, args, kwargs, names, outer, key, new):
    """Call a function with an entry of a dict changed: in place, because the dict may be read after the call."""
    param = (dict(zip(names, args, strict=False)) | kwargs)[outer]
    old, param[key] = param[key], new
    try:
        return code(*args, **kwargs)
    finally:
        param[key] = old


def record_results(function, module, observe_case, wrap=None):
    """Return all numbers that a function returns in one case, one array for each call; None if one cannot be compared.

    What a case makes of them may be coarser: two samples may have the same share of large numbers.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    module : module
    observe_case : callable
        ``observe_case(module)``: an Observation.
    wrap : callable, optional
        From the function to the one that is called in its place.
    """
    code, log = getattr(module, function.name), []
    inner = wrap(code) if wrap else code

    @functools.wraps(code)
    def recorded(*args, **kwargs):
        value = inner(*args, **kwargs)
        log.append(flatten_result(value, function.returns))
        return value

    seen = observe_case(types.SimpleNamespace(**vars(module) | {function.name: recorded}))
    return None if seen.error or any(numbers is None for numbers in log) else log


def flatten_result(value, returns):
    """Return all numbers of a result in one row, without a cache; None if some are not finite, or no numbers."""
    parts = value if len(returns) > 1 and isinstance(value, tuple) else [value]
    found = [list_numbers(part) for name, part in zip(returns, parts, strict=False) if name not in NO_RESULTS]
    numbers = np.array([n for part in found for n in part])
    return numbers if numbers.dtype.kind in "biuf" and np.isfinite(numbers).all() else None


def list_numbers(value):
    """Return the numbers of an array, or of arrays in lists, tuples and dicts, in a list."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [n for part in value for n in list_numbers(part)]
    return list(np.ravel(value))


def find_effects(function, module, name, i, observe_case):
    """Say whether changing an argument makes a difference in one case.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    module : module
    name : str
        Of the argument, as in :func:`list_values`.
    i : int
        Number of the case.
    observe_case : callable
        ``observe_case(module, i)``: an Observation.

    Returns
    -------
    effects : set of str
        "other" and "same", as some changes do; "fails" where the changed call raises, or gives what is not finite;
        empty if the function does so with the arguments as they are.
    """
    run = functools.partial(record_results, function, module, lambda module: observe_case(module, i))
    before, effects = run(), set()
    if before is None:
        return effects
    for number in range(len(FACTORS)):
        after = run(functools.partial(vary, name, number, function.args))
        effects.add(name_effect(before, after))
        if "other" in effects:
            break
    return effects


def name_effect(before, after):
    """Return "same" if two series of results are the same to rounding, else "other"; "fails" if there is no second."""
    if after is None:
        return "fails"
    same = len(before) == len(after) and all(is_close(x, y, SAME) for x, y in zip(before, after, strict=True))
    return "same" if same else "other"


def find_unused(function, module, prints, observe_case):
    """Return sentences about the arguments that should make a difference and make none.

    Parameters
    ----------
    function, module, observe_case
        As in :func:`find_effects`.
    prints : cs231n_lib.lab.check.known_results.KnownResults
    """
    unused = []
    for name, cases in prints.effects.items():
        effects = set()
        for i in cases:
            effects |= find_effects(function, module, name, i, observe_case)
            if effects - {"same"}:
                break
        unused += [name] if effects == {"same"} else []
    if len(unused) > 2 or len(unused) == len(function.parameters):  # a result that nothing changes is another trouble
        return ()
    result = "results do" if len(function.returns) > 1 and "cache" not in function.returns else "result does"
    return tuple(f"Your {result} not depend on {name}: with another value of it, the same comes out."
                 for name in unused)
