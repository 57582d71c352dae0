"""The kinds of bets: a choice, a number, a ranking. Each says what is valid, and what a measurement comes to.

Used at home and by the grader, which loads this file by its path: a bet that is valid at home is valid there.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from cs231n_lib.lab.check.answers import describe_answer, find_answer_problem


@dataclass(frozen=True, kw_only=True)
class Bet:
    """What all bets have.

    Attributes
    ----------
    reference : object
        What the experiment comes to with the functions as they should be.
    says : str
        A format for what was measured, as in ``"{:.2f} per layer"``. Of a tuple it takes each part, of a dict each key.
    functions : tuple of str
        Functions to check if the experiment comes to anything else.
    may_be_nan : bool
        Whether a measurement with NaN in it is one: ``decide`` then knows what to make of it.
    """

    reference: object
    says: str = "{:.3g}"
    functions: tuple = ()
    may_be_nan: bool = False

    def find_outcome(self, measured):
        """Return what a measurement comes to, None if it is none: NaN, or no numbers at all.

        A wrong function may return anything, so whatever goes wrong here means that nothing was measured.
        """
        try:
            if has_nan(measured) and not self.may_be_nan:
                return None
            return self.read_outcome(measured)
        except Exception:
            return None

    def describe_measured(self, measured):
        """Return what was measured, in words; "" if that cannot be said."""
        try:
            return self.format_measured(measured)
        except Exception:
            return ""

    def format_measured(self, measured):
        """Return what was measured, in words; it raises whatever ``format`` raises."""
        if isinstance(measured, Mapping):
            return self.says.format(**measured)
        return self.says.format(*measured) if isinstance(measured, tuple) else self.says.format(measured)

    def read_outcome(self, measured):
        """Return what a measurement comes to; it may raise anything."""
        raise NotImplementedError

    def is_expected(self, outcome):
        """Is this what the experiment comes to with the reference?"""
        return outcome == self.reference

    def is_right(self, value, outcome):
        """Was a valid bet right?"""
        return self.normalise(value) == outcome

    def normalise(self, value):
        """Return a valid bet in the form in which an outcome has it."""
        return value


@dataclass(frozen=True, kw_only=True)
class Choice(Bet):
    """A bet on one of several outcomes.

    Attributes
    ----------
    options : dict of str to str
        Letter -> what it stands for, in the notebook's words.
    decide : callable
        From what was measured to a letter.
    reference, says, functions, may_be_nan
        As in :class:`Bet`.
    """

    options: dict
    decide: Callable

    def __post_init__(self):
        if self.reference not in self.options or any(len(letter) != 1 for letter in self.options):
            raise ValueError(f"expected letters as options, the reference among them, got {self.reference!r} and "
                             f"{list(self.options)}")

    def find_problem(self, value):
        """Return why ``value`` is no valid bet, or "" if it is one."""
        return find_answer_problem(value, "".join(self.options))

    def read_outcome(self, measured):
        """Return the letter of a measurement."""
        letter = self.decide(measured)
        return letter if letter in self.options else None

    def normalise(self, value):
        """Return the letter: it may be a capital, and have spaces around it."""
        return value.strip().lower()

    def describe_bet(self, value):
        """Return a valid bet in words."""
        return self.describe_outcome(self.normalise(value))

    def describe_outcome(self, outcome):
        """Return an outcome in words."""
        return f"{outcome}: {self.options[outcome]}"

    def compare(self, value, outcome):
        """Return the sentence that sets a valid bet against the outcome."""
        return f"That is {outcome}, as you said." if self.is_right(value, outcome) else self.tell(outcome)

    def tell(self, outcome):
        """Return the sentence that names the outcome."""
        return f"That is {self.describe_outcome(outcome)}."


@dataclass(frozen=True, kw_only=True)
class Number(Bet):
    """A bet on a number.

    Attributes
    ----------
    low, high : float
        The range of valid bets.
    close : float
        How far from the measurement a bet may be and still be right.
    within : float
        How far from ``reference`` a measurement may be, on any computer, and still be the one that is expected.
    unit : str
        As in ``"%"``; "" if it has none.
    reference, says, functions, may_be_nan
        As in :class:`Bet`.
    """

    low: float
    high: float
    close: float
    within: float
    unit: str = ""

    def __post_init__(self):
        if not self.low <= self.reference <= self.high or min(self.close, self.within) <= 0:
            raise ValueError(f"expected low <= reference <= high, and close and within above 0, got {self}")

    def find_problem(self, value):
        """Return why ``value`` is no valid bet, or "" if it is one."""
        return find_answer_problem(value, (self.low, self.high))

    def read_outcome(self, measured):
        """Return the measurement as a float, None if it is not finite."""
        value = float(measured)
        return value if math.isfinite(value) else None

    def is_expected(self, outcome):
        """Is this the number that the reference gives?"""
        return abs(outcome - self.reference) <= self.within

    def is_right(self, value, outcome):
        """Is the bet close enough?"""
        return abs(value - outcome) <= self.close

    def add_unit(self, text):
        """Return a number as text with the unit."""
        return f"{text} {self.unit}".strip()

    def format_measured(self, measured):
        """Return what was measured, with its unit."""
        return self.add_unit(super().format_measured(measured))

    def describe_bet(self, value):
        """Return a valid bet in words."""
        return self.add_unit(f"{value:.6g}")

    describe_outcome = describe_bet

    def compare(self, value, outcome):
        """Return the sentence that sets a valid bet against the outcome."""
        return self.describe_distance(f"{abs(value - outcome):.2g}", self.is_right(value, outcome))

    def describe_distance(self, off, is_right):
        """Return how far a bet is from what was measured; ``off`` is the number as text."""
        unit = "percentage points" if self.unit == "%" else self.unit
        off, close = f"{off} {unit}".strip(), f"{self.close:g} {unit}".strip()
        if is_right:
            return f"You were {off} off, and anything up to {close} counts as right."
        return f"You were {off} off, and only up to {close} would have counted as right."

    def tell(self, outcome):
        """Return the sentence that names the outcome: the measurement has named it."""
        return ""


@dataclass(frozen=True, kw_only=True)
class Ranking(Bet):
    """A bet on an order, from first to last, written as a string of letters or a tuple of them.

    Attributes
    ----------
    items : dict of str to str
        Letter -> what it stands for, in the notebook's words.
    decide : callable
        From what was measured to the letters in their order.
    reference, says, functions, may_be_nan
        As in :class:`Bet`.
    """

    items: dict
    decide: Callable

    def __post_init__(self):
        if sorted(self.normalise(self.reference)) != sorted(self.items):
            raise ValueError(f"expected an order of {list(self.items)} as the reference, got {self.reference!r}")

    def find_problem(self, value):
        """Return why ``value`` is no valid bet, or "" if it is one."""
        letters = sorted(self.items)
        wanted = f"the letters {', '.join(letters[:-1])} and {letters[-1]} in your order, as in \"{''.join(letters)}\""
        if value is ...:
            return f"replace the three dots by {wanted}"
        reason = getattr(value, "reason", None)
        if reason is not None:  # it could not be read
            return reason
        if type(value) in (tuple, list, str) and len(value) <= 100 and all(type(part) is str for part in value):
            got = self.normalise(value)
            if sorted(got) == letters:
                return ""
            return f"expected {wanted}; got {''.join(got)!r:.60}"
        return f"expected {wanted}; {describe_answer(value, (0, 0))}"

    def read_outcome(self, measured):
        """Return the order of a measurement."""
        order = self.normalise(self.decide(measured))
        return order if sorted(order) == sorted(self.items) else None

    def is_expected(self, outcome):
        """Is this the order that the reference gives?"""
        return outcome == self.normalise(self.reference)

    def normalise(self, value):
        """Return the letters of an order as a tuple; spaces, commas and capitals do not matter."""
        return tuple("".join(value).lower().replace(",", "").replace(" ", ""))

    def describe_bet(self, value):
        """Return a valid bet in words."""
        return ", ".join(self.normalise(value))

    describe_outcome = describe_bet

    def compare(self, value, outcome):
        """Return the sentence that sets a valid bet against the outcome."""
        if self.is_right(value, outcome):
            return "That is your order."
        mine = self.normalise(value)
        pairs = list(combinations(outcome, 2))
        right = sum(mine.index(first) < mine.index(second) for first, second in pairs)
        told = self.tell(outcome).removesuffix(".")
        return f"{told}: {right} of the {len(pairs)} pairs stand in your bet as they were measured."

    def tell(self, outcome):
        """Return the sentence that names the outcome."""
        return f"The order is {self.describe_outcome(outcome)}."


def has_nan(measured):
    """Is there a NaN in a number, an array, or a tuple, list or dict of them?"""
    if isinstance(measured, Mapping):
        measured = list(measured.values())
    if isinstance(measured, tuple | list):
        return any(map(has_nan, measured))
    return bool(np.isnan(np.asarray(measured, dtype=float)).any())
