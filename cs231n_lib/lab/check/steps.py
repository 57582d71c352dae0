"""Steps of a derivation, and other code of the student's own in a notebook: does its result come out as it should?

A step is confirmed and never graded. What stands in ``STEPS`` of a topic's questions is its result, and what to look at
if it comes out otherwise; the card (``cards.StepCard``) says the second and never the first. The grader loads this
file by its path, with the questions of a topic, so it imports nothing that shows anything.
"""

from dataclasses import dataclass

import numpy as np

from cs231n_lib.lab.check.arrays import as_numbers, measure_distances


@dataclass(frozen=True)
class Step:
    """What a step should give.

    Attributes
    ----------
    value : float, str or sequence of float
        The result; a text stands for a choice, as of the line in which a bug is.
    look : str
        Where to look if the result is another one: a sentence that does not hold the result.
    within : float
        How far each number may be from ``value``.
    slips : tuple of (float or str, str)
        Results of likely mistakes, each with the sentence that names the mistake.
    """

    value: object
    look: str
    within: float = 0.0
    slips: tuple = ()

    @property
    def wanted(self):
        """What is awaited, in words."""
        if isinstance(self.value, str):
            return "a text in quotes"
        shape = np.shape(self.value)
        return f"an array of shape {shape}" if shape else "one number"

    def judge(self, value):
        """Return (status, sentence) of a result: "ok", "wrong", or "open" if it is still ``...``."""
        if value is ...:
            return "open", f"awaited is {self.wanted}: write the lines above, and run this cell again"
        if self.agrees(value, self.value):
            return "ok", ""
        if isinstance(self.value, str):
            fits = isinstance(value, str)
        else:
            numbers = as_numbers(value)
            fits = numbers is not None and numbers.shape == np.shape(self.value)
        if not fits:
            return "wrong", f"awaited is {self.wanted}, this is {describe_value(value)}"
        return "wrong", next((said for slip, said in self.slips if self.agrees(value, slip)), self.look)

    def agrees(self, value, wanted):
        """Is ``value`` what is wanted, within the step's tolerance?"""
        if isinstance(wanted, str) or isinstance(value, str):
            return isinstance(value, str) and value.strip().lower() == wanted
        numbers = as_numbers(value)
        if numbers is None or numbers.shape != np.shape(wanted) or not np.isfinite(numbers).all():
            return False
        return not (measure_distances(numbers, wanted) > self.within).any()


def describe_value(value):
    """Return in a few words what came instead of the result."""
    if callable(value):
        return "a function: write its result"
    shape = getattr(value, "shape", ())
    return f"an array of shape {shape}" if shape else f"of type {type(value).__name__}"
