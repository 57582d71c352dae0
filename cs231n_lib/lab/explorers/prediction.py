"""The prediction or the bet that comes before an explorer: the picture stays covered until the reader has made it."""

import html
from dataclasses import dataclass

from IPython.display import display

from cs231n_lib.lab.check import answers, shell
from cs231n_lib.lab.check.questions import find_bet


@dataclass(frozen=True)
class Prediction:
    """A prediction that an explorer's picture answers.

    Attributes
    ----------
    name : str
        The variable of the answer cell.
    accepted : str or (low, high)
        As in :func:`cs231n_lib.lab.check.check_answer`.
    meanings : dict of str to str, or str
        What each letter stands for, in the notebook's words; for a number one sentence with ``{}`` in its place.
    where : str
        A sentence that says where in the explorer the answer can be seen.
    """

    name: str
    accepted: str | tuple
    meanings: dict | str
    where: str

    def find_problem(self, value):
        """Return why ``value`` is no prediction, or "" if it is one."""
        return answers.find_answer_problem(value, self.accepted)

    def describe_cover(self, value):
        """Return the sentences that are shown instead of the picture."""
        return (f"Covered until you predict. In the cell of {self.name}: {self.find_problem(value)}. Run that cell, "
                "then run this one again.")

    def describe_prediction(self, value):
        """Return the sentences that repeat the prediction and say where the answer can be seen."""
        if isinstance(self.meanings, str):
            text = f"You predicted: {self.meanings.format(f'{value:g}')}"
        else:
            letter = value.strip().lower()
            text = f"You predicted {letter}: {self.meanings[letter]}"
        return f"{text}. {self.where}"


@dataclass(frozen=True)
class BetCover:
    """The cover over a picture that shows what a bet is about.

    Attributes
    ----------
    name : str
        The variable of the bet.

    Raises
    ------
    ValueError
        If there is no bet of that name.
    """

    name: str

    def __post_init__(self):
        if find_bet(self.name) is None:
            raise ValueError(f"expected the name of a bet, as in bet=\"bet_depth\", got {self.name!r}")

    def read_value(self):
        """Return what stands in the cell of the bet now."""
        return shell.read_variable(self.name)

    def find_problem(self, value):
        """Return why ``value`` is no valid bet, or "" if it is one."""
        return find_bet(self.name).find_problem(value)

    def describe_cover(self, value):
        """Return the sentences that are shown instead of the picture."""
        return (f"Covered until you bet. In the cell of {self.name}: {self.find_problem(value)}. Run that cell, then "
                "run this one again.")

    def describe_prediction(self, value):
        """Return the sentence that repeats the bet; what it came to is for the experiment to say."""
        return f"You bet {find_bet(self.name).describe_bet(value)}."


def cover(question, value):
    """Display a sentence instead of the picture, if there is no valid prediction or bet yet.

    Parameters
    ----------
    question : Prediction or BetCover
    value : object
        What the reader predicted or bet; ``...`` is nothing.

    Returns
    -------
    covered : bool
    """
    covered = bool(question.find_problem(value))
    if covered:
        line = question.describe_cover(value)
        display({"text/html": f"<p>{html.escape(line)}</p>", "text/plain": line}, raw=True)
    return covered
