"""The questions of each notebook of form 2: bets, transfer questions, and steps of a derivation.

One file per topic, imported when somebody asks for it. It holds three dicts, keyed by the name of the variable:
``BETS`` (of the kinds in ``kinds``), ``ANSWERS``, the forms of transfer questions, and ``STEPS``, what scratch cells
come to. Students get these files: nothing there is an accepted answer of a question that is marked. The grader reads
the forms of bets and answers from here, too.
"""

import difflib
import importlib
import importlib.util
import pkgutil
from types import SimpleNamespace

FORMS = "kinds",
"""Files of this folder that belong to no topic."""


def read_questions(topic):
    """Return the questions of a topic, as a module or a namespace with the dicts ``BETS``, ``ANSWERS`` and ``STEPS``.

    Parameters
    ----------
    topic : str
        As in ``"initialization"``; all dicts are empty while the topic has no file here.
    """
    name = f"{__name__}.{topic}"
    module = importlib.import_module(name) if importlib.util.find_spec(name) else None
    return SimpleNamespace(**{kind: getattr(module, kind, {}) for kind in ("BETS", "ANSWERS", "STEPS")})


def list_topics():
    """Return the topics that have a file here."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in FORMS)


def find_bet(name):
    """Return the bet of that variable, of whatever topic; None if there is none."""
    return next((bets[name] for bets in (read_questions(t).BETS for t in list_topics()) if name in bets), None)


def find_entry(name, table):
    """Return what a table of any topic says about a variable.

    Parameters
    ----------
    name : str
    table : str
        "BETS", "ANSWERS" or "STEPS".

    Raises
    ------
    ValueError
        If no topic has it; the message names a similar one.
    """
    found = {key: entry for topic in list_topics() for key, entry in getattr(read_questions(topic), table).items()}
    if name not in found:
        near = difflib.get_close_matches(name, found, n=1)
        meant = f": did you mean {near[0]}?" if near else ""
        raise ValueError(f"the workbook does not ask for {name!r}{meant}")
    return found[name]
