"""Known mistakes in ``cs231n_lib.template_topic``."""

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.builders import deliver_wrongly

right = reference.load("template_topic")
A = reference.load_aspects("template_topic")
TRIED = {"template_function": "begun by new-topic: find more mistakes and alternatives, then take this line away"}


@mistake("template_function", {A.VALUES}, "This subtracts the mean of each column. An example is a row: axis=1.")
def centers_the_columns(x):
    return x - x.mean(axis=0)


deliver_wrongly(right, "template_function", A.INPUTS)
