"""Can an answer be accepted, and if not, what is wrong with it? Whether it is right is not judged here."""

import math

from cs231n_lib.lab import cells

LITERALS = str, int, float, bool, complex, bytes, list, tuple, dict, set, type(None)
"""The types of literals; a value of any other type was computed."""


def find_answer_problem(value, accepted):
    """Return why an answer is not accepted, or "" if it is.

    Parameters
    ----------
    value : object
        What the answer cell assigns, or was read from it; ``...`` is no answer yet.
    accepted : str, (low, high) or (str, int)
        As in :func:`cs231n_lib.lab.check.check_answer`.
    """
    if isinstance(value, cells.Unreadable):
        return value.reason
    wanted, fine = judge_answer(value, accepted)
    if value is ...:
        return f"replace the three dots by {wanted}"
    return "" if fine else f"expected {wanted}; {describe_answer(value, accepted)}"


def judge_answer(value, accepted):
    """Return (what is wanted, in words; whether ``value`` is that)."""
    if isinstance(accepted, str):
        wanted = f"one letter of {', '.join(accepted[:-1])} or {accepted[-1]}, in quotes, as in \"{accepted[0]}\""
        return wanted, type(value) is str and len(value.strip()) == 1 and value.strip().lower() in accepted
    if isinstance(accepted[0], str):
        characters, length = accepted
        wanted = f"a string of {length} characters, each of them one of {characters}, in quotes"
        return wanted, type(value) is str and len(value) == length and set(value) <= set(characters)
    low, high = accepted
    # An integer may be too large to become a float, but not to be compared.
    fine = type(value) in (int, float) and not (value != value) and low <= value <= high
    return f"one number from {low:g} to {high:g}", fine and math.isfinite(value)


def describe_answer(value, accepted):
    """Return in words what was given instead of an acceptable answer."""
    if type(value) is str and isinstance(accepted, tuple) and isinstance(accepted[0], str):
        others = sorted(set(value) - set(accepted[0]))
        if others:
            return f"got a string with {' '.join(map(repr, others[:5]))} in it"
        return f"got {len(value)} characters"
    if type(value) is str:
        return f"got {shorten_text(repr(value[:60]))}" if value.strip() else "got an empty text"
    if type(value) is int and value.bit_length() > 200:
        return "got a number that is far too large"
    if type(value) in (int, float, bool, complex, type(None)):
        return f"got {shorten_text(repr(value))}"
    kind = type(value).__name__
    if type(value) not in LITERALS:
        return f"got a computed value (of type {kind}): write the answer itself"
    return f"got {'an' if kind[0] in 'aeiou' else 'a'} {kind} instead of one value"


def shorten_text(text, most=40):
    """Return a text, shortened to ``most`` characters."""
    return text if len(text) <= most else text[:most - 3] + "..."
