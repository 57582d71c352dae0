"""Where a module raises on inputs that everybody can see: only such a place may stand in a hint.

A module that has seen a hidden input can raise on a line that it chooses by it. So nothing is asked of the process in
which the error happened: a new worker, that has been given nothing yet, runs the visible cases of the same function
(those of ``check``), and says where it raises.
"""

from typing import Any

from autograder.reference import load_visible_cases
from autograder.sandbox.student import StudentError, StudentModule

MOST_PLACES = 4
"""So many places count, the first ones: a module could raise at another line on every visible input."""


class Observed(StudentModule):
    """A submission that writes down where its function ``name`` raises.

    Parameters
    ----------
    student : StudentModule
    name : str
    """

    def __init__(self, student: StudentModule, name: str) -> None:
        self.student, self.name = student, name
        self.places: list[tuple[str, int | None]] = []

    def value(self, name: str, args: Any, kwargs: Any) -> Any:
        """See :meth:`autograder.sandbox.student.StudentModule.value`."""
        try:
            return self.student.value(name, args, kwargs)
        except StudentError as error:
            if name == self.name and error.place and error.place not in self.places:
                self.places.append(error.place)
            raise


def list_visible_places(student: StudentModule, topic: str, name: str) -> list[tuple[str, int | None]]:
    """Return (class of the exception, line) of where a function raises on its visible cases, a few at most.

    Parameters
    ----------
    student : StudentModule
        It must not have seen a hidden input.
    topic, name : str
        The graded module, and its function.
    """
    functions, observe = load_visible_cases(topic)
    observed, function = Observed(student, name), functions.get(name)
    if function is None:
        return []
    for case in function.cases:
        cache = observe.make_own_cache(function, case, observed) if function.forward else (None,)
        if cache:
            observe.observe(function, case, observed, *cache, seeds=range(1))
    return observed.places[:MOST_PLACES]
