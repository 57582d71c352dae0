"""The question that comes before an explorer: its picture stays covered until the reader has predicted."""

from dataclasses import dataclass

from cs231n_lib.lab.check import answers


@dataclass(frozen=True)
class Prediction:
    """A prediction that an explorer's picture answers.

    Attributes
    ----------
    name : str
        The variable of the answer cell.
    accepted : str or (low, high)
        As in :func:`cs231n_lib.lab.check.check_answer`.
    said : dict of str to str, or str
        What each letter says, in the notebook's words; for a number what it says, with ``{}`` in its place.
    where : str
        Where in the explorer the answer is to be seen.
    """

    name: str
    accepted: str | tuple
    said: dict | str
    where: str

    def problem(self, value):
        """Return why ``value`` is no prediction, or "" if it is one."""
        return answers.find_answer_problem(value, self.accepted)

    def cover(self, value):
        """Return the sentences that stand in the picture's place."""
        return (f"Covered until you predict. First {self.name}: {self.problem(value)}. Run that cell, then run this "
                "one again.")

    def beside(self, value):
        """Return the sentences that put the prediction beside what is seen."""
        if isinstance(self.said, str):
            said = f"You predicted: {self.said.format(f'{value:g}')}"
        else:
            letter = value.strip().lower()
            said = f"You predicted {letter}: {self.said[letter]}"
        return f"{said}. {self.where}"
