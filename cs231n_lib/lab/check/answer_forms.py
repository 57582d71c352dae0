"""The form of the answer to a transfer question: is this a number in per cent, or the letters that were asked for?

Whether an answer is right is not judged here; the accepted ones stand with the hidden tests. The same rules hold at
home (``check_answer_form``) and at grading, which loads this file by its path.
"""

import math
from dataclasses import dataclass

from cs231n_lib.lab import cells
from cs231n_lib.lab.check.answers import describe_answer

PER_CENT = "%"
"""The unit whose answers are refused if they are written as shares: 0.91 instead of 91."""


@dataclass(frozen=True)
class NumberForm:
    """A number, with the unit and the precision that the question states.

    Attributes
    ----------
    low, high : float
        Every possible answer lies between them, the limits included.
    unit : str
        What the number counts, "%" or a word such as "layers"; "" for a pure number.
    decimals : int, optional
        Digits after the point that the question asks for. More are welcome.
    whole : bool
        Only a whole number makes sense.
    below_one : bool
        An answer in per cent may be less than 1. Without this, it is taken for a share.
    """

    low: float
    high: float
    unit: str = ""
    decimals: int | None = None
    whole: bool = False
    below_one: bool = False

    def __post_init__(self):
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"expected two limits, the lower one first, got {self.low} and {self.high}")

    @property
    def wanted(self):
        """What is asked for, in words."""
        words = f"one {'whole ' if self.whole else ''}number from {self.low:g} to {self.high:g}"
        words += f", {self.describe_unit()}" if self.unit else ""
        if self.decimals:
            words += f", with {self.decimals} digit{'s' if self.decimals > 1 else ''} after the point"
        return words

    def describe_unit(self):
        """Return the unit as part of a sentence: "in per cent"."""
        return "in per cent" if self.unit == PER_CENT else f"in {self.unit}"

    def find_problem(self, value):
        """Return why a value does not have this form, "" if it has."""
        if type(value) not in (int, float) or value != value or value in (math.inf, -math.inf):
            more = ": write the number alone, without quotes and without its unit" if type(value) is str else ""
            return f"expected {self.wanted}; {describe_answer(value, (self.low, self.high))}{more}"
        if self.unit == PER_CENT and not self.below_one and 0 < abs(value) < 1:
            return (f"expected {self.wanted}; {value:g} looks like a share of 1: the same share in per cent "
                    f"is {100 * value:g}")
        if not self.low <= value <= self.high:
            return f"expected {self.wanted}; {describe_answer(value, (self.low, self.high))}"
        if self.whole and value != int(value):
            return f"expected {self.wanted}; {value:g} is not a whole number"
        return ""


@dataclass(frozen=True)
class LetterForm:
    """One or several letters out of the options of the question.

    Attributes
    ----------
    options : str
        The letters, as in "abcd".
    several : bool
        Any number of them may be right, at least one. Their order does not matter, and commas and blanks do not.
    """

    options: str
    several: bool = False

    def __post_init__(self):
        if len(self.options) < 2 or self.options != "".join(sorted(set(self.options.lower()))):
            raise ValueError(f"expected two or more small letters in their order, got {self.options!r}")

    @property
    def unit(self):
        """Letters have none."""
        return ""

    @property
    def wanted(self):
        """What is asked for, in words."""
        letters = f"{', '.join(self.options[:-1])} or {self.options[-1]}"
        if self.several:
            return f'all letters that fit, out of {letters}, in one pair of quotes, as in "{self.options[:2]}"'
        return f'one letter of {letters}, in quotes, as in "{self.options[0]}"'

    def find_problem(self, value):
        """Return why a value does not have this form, "" if it has."""
        letters = read_letters(value)
        if letters and set(letters) <= set(self.options) and (self.several or len(letters) == 1):
            return "" if len(letters) == len(set(letters)) else f"expected {self.wanted}; a letter occurs twice"
        return f"expected {self.wanted}; {describe_answer(value, self.options)}"


def read_letters(value):
    """Return the letters of an answer, in alphabetic order; "" if it is no text."""
    if type(value) is not str or len(value) > 100:
        return ""
    return "".join(sorted(value.lower().replace(",", "").replace(" ", "")))


def find_form_problem(value, form):
    """Return why an answer does not have the form that was asked for, or "" if it has.

    Parameters
    ----------
    value : object
        What the answer cell assigns, or was read from it; ``...`` is no answer yet.
    form : NumberForm or LetterForm
    """
    if value is ...:
        return f"replace the three dots by {form.wanted}"
    if isinstance(value, cells.Unreadable):
        return value.reason
    return form.find_problem(value)
