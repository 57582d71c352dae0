"""Does a result have the form that is declared: so many results, each a number, an array, a dict? One sentence if not.

Only the form is judged here, not shapes or values: with another form nothing can be compared.
"""

import numpy as np

from cs231n_lib.lab.check import arrays

ARRAY, NUMBER, TRUTH = "an array", "a number", "True or False"
DICT, ARRAYS, PAIRS = "a dict", "a list of arrays", "a list of pairs (train, val)"
"""The forms of a result, as a sentence names them. A cache has none: it is passed on, never looked into."""

COUNTS = {2: "a pair", 3: "three results", 4: "four results", 5: "five results"}


def find_form_problem(value, returns, forms):
    """Say what is wrong with the form of a result, "" if nothing is.

    Parameters
    ----------
    value : object
        What the function returned.
    returns : tuple of str
        Names of the results, as in :class:`~cs231n_lib.lab.check.observe.Function`.
    forms : dict
        Name of a result -> one of the forms above, where it is not an array.
    """
    if value is None:
        return "your function returns nothing: is there a `return` at its end?"
    names = [name.removeprefix("*") for name in returns]
    if len(names) == 1:
        return find_part_problem(value, names[0], forms.get(names[0], ARRAY), alone=True)
    if not isinstance(value, (tuple, list)) or len(value) != len(names):
        return f"expected {COUNTS[len(names)]} ({', '.join(names)}), got {describe_form(value)}"
    with_cache = "cache" in names
    problems = (find_part_problem(part, name, forms.get(name, ARRAY), alone=with_cache)
                for part, name in zip(value, names, strict=True) if name != "cache" or name in forms)
    return next(filter(None, problems), "")


def find_part_problem(value, name, form, alone):
    """Say what is wrong with the form of one result, "" if nothing is.

    Parameters
    ----------
    value : object
    name : str
    form : str
    alone : bool
        Must an array not be a tuple? The grader takes tuples only inside a tuple of several results.
    """
    expected, got = f"expected {name}, {form}", describe_form(value)
    if form in (ARRAYS, PAIRS):
        return find_list_problem(value, form, expected)
    if isinstance(value, tuple) and len(value) == 1 and alone:
        return f"{expected}, got a tuple of one: is there a comma behind it?"
    if form == DICT:
        return "" if isinstance(value, dict) else f"{expected}, got {got}"
    if isinstance(value, tuple) and alone or arrays.as_numbers(value) is None:
        return f"{expected}, got {got}"
    if form == ARRAY or np.ndim(value) == 0:
        return ""
    hint = ": .any() or .all() makes one answer of many" if form == TRUTH else ""
    return f"{expected}, got {got}{hint}"


def find_list_problem(value, form, expected):
    """Say what is wrong with the form of a list of arrays, or of pairs of them; "" if nothing is."""
    if not isinstance(value, (tuple, list, np.ndarray)) or getattr(value, "ndim", 1) == 0:
        return f"{expected}, got {describe_form(value)}"
    if form == PAIRS:
        other = [part for part in value if not isinstance(part, (tuple, list, np.ndarray)) or len(part) != 2]
        return f"{expected}, got {describe_form(value)} that begins with {describe_form(other[0])}" if other else ""
    return next((f"{expected}, got a list with {describe_form(part)} in it" for part in value
                 if arrays.as_numbers(part) is None), "")


def is_shape(name):
    """Is what a check has found out under this name itself a shape, which is compared like a value?"""
    return name.startswith("shape")


SCALARS = {"b": "a bool", "i": "an int", "u": "an int", "f": "a float", "c": "a complex number"}


def describe_form(value, contents=False):
    """Say what a value is, in a few words: "a float", "an array of shape (3, 4)", "a pair".

    With ``contents`` also what it holds, where one number is as good as another: "a tuple of 2 (an array of shape (3,),
    a number)".
    """
    if isinstance(value, np.ndarray) and (value.ndim or not contents):
        return describe_array(value)
    if isinstance(value, (tuple, list)):
        return describe_sequence(value, contents)
    if isinstance(value, dict):
        return f"a dict with {', '.join(map(repr, value)) or 'nothing in it'}" if contents else "a dict"
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        kind = np.asarray(value).dtype.kind
        return "a number" if contents and kind in "iuf" else SCALARS.get(kind, f"a {type(value).__name__}")
    name = {"str": "text", "NoneType": "None", "object": "an object"}.get(type(value).__name__)
    return name or f"a {type(value).__name__}"


def describe_array(value):
    """Say of what shape an array is, and of what kind, if it does not hold numbers."""
    if value.dtype == bool:
        return f"a boolean array of shape {value.shape}"
    of = "" if value.dtype.kind in arrays.NUMBERS else f"{value.dtype} and "
    return f"an array of {of}shape {value.shape}"


def describe_sequence(value, contents):
    """Say what a tuple or a list is, with ``contents`` also what it holds."""
    words = f"a {type(value).__name__} of {len(value)}"
    if contents:
        return f"{words} ({', '.join(describe_form(part, contents) for part in value)})"
    if isinstance(value, tuple):
        return "a pair" if len(value) == 2 else words
    if value and all(isinstance(part, list) for part in value):
        unequal = len({len(part) for part in value}) > 1
        return "a list of lists of unequal lengths" if unequal else "a list of lists"
    return words


def list_lists(value, returns, forms):
    """Return the names of the results that should be arrays and are lists: they have no dtype."""
    parts = value if len(returns) > 1 else [value]
    return tuple(name for part, name in zip(parts, returns, strict=True)
                 if isinstance(part, list) and name != "cache" and forms.get(name, ARRAY) == ARRAY)
