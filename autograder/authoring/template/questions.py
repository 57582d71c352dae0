"""Bets, answers and steps of notebook 99_template_topic."""

from cs231n_lib.lab.check.questions.kinds import Choice


def decide_template_topic(mean):
    """Return the letter for the mean of what is left."""
    return "a" if abs(mean) < 0.01 else "b"


BETS = {
    "bet_template_topic": Choice(
        options={"a": "nothing", "b": "a part of it"}, decide=decide_template_topic, reference="a",
        says="a mean of {:.2f}", functions=("template_function",)),
}
