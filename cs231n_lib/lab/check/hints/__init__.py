"""Hints: ``hint("he_init")`` gives the next of three, each time a little more, and never the solution.

Level 1 is the idea, level 2 a plan with shapes, level 3 a smaller example worked through in numbers. The texts stand in
one file per topic, ``HINTS``: function -> (idea, plan, example). Lines have at most 80 columns. The leak check compares
them with the solutions (``autograder/release/hint_copies.py``).
"""

import difflib
import importlib
import importlib.util
import inspect

from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.where_to_read import find_reference

LEVELS = ("the idea", "a plan", "a smaller example")

_given = {}  # function -> level of the hint that was given last in this session


def hint(name, level=None):
    """Print the next hint about a function: first the idea, then a plan, then a smaller example. It costs nothing.

    Parameters
    ----------
    name : str
        The function: ``"he_init"``.
    level : int, optional
        1, 2 or 3, to read a certain hint again.

    Raises
    ------
    ValueError
        If there is no function of that name, or no such level.
    """
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(str(name), FUNCTIONS, n=1)
        meant = f": did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"expected the name of a function of the workbook, got {name!r}{meant}")
    if level not in (None, 1, 2, 3):
        raise ValueError(f"expected a level from 1 to {len(LEVELS)}, got {level!r}")
    texts = read_hints(FUNCTIONS[name].topic).get(name)
    if texts is None:
        print(f"There are no hints about {name} yet. Read {find_reference(name, FUNCTIONS[name].topic)}, and run\n"
              f'check("{name}"): it says what your function returns on a small input and what it should return.')
        return
    level = level or min(_given.get(name, 0) + 1, len(LEVELS))
    _given[name] = level
    print(format_hint(name, level, texts[level - 1]))


def read_hints(topic):
    """Return function -> (idea, plan, example) of a topic, {} if nobody has written them yet."""
    module = f"{__name__}.{topic}"
    if importlib.util.find_spec(module) is None:
        return {}
    return importlib.import_module(module).HINTS


def format_hint(name, level, text):
    """Return a hint as it is printed, with what to do for the next one.

    Parameters
    ----------
    name : str
    level : int
    text : str
    """
    more = f'hint("{name}") again gives the next one.'
    if level == len(LEVELS):
        more = f'That was the last one; hint("{name}", 1) shows the first again.'
    return f"{name}, hint {level} of {len(LEVELS)}: {LEVELS[level - 1]}\n\n{inspect.cleandoc(text)}\n\n{more}"
