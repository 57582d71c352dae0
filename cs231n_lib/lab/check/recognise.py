"""Recognise known mistakes: which one gives exactly the results that the function gave?"""

import numpy as np

from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.observe import merge_changed, results_agree

# -- known mistakes ---------------------------------------------------------------------------------------------


def find_known_mistakes(function, seen, prints):
    """Return the sentences of the known mistakes that give these results: one, or two that cannot be told apart.

    A mistake is named only if it gives the same result or exception on every case, also on those where it is right.
    If more than two mistakes do, none is named.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    seen : list of cs231n_lib.lab.check.observe.Observation
        One for each case of the function.
    prints : cs231n_lib.lab.check.known_results.KnownResults
        The stored results of the function and of its mistakes.

    Returns
    -------
    sentences : tuple of str
    """
    fitting = [m for m in prints.mistakes if fits_mistake(m, function, seen, prints)]
    most = max((len(m.changed) for m in fitting), default=0)  # prefer the one that also explains a changed argument
    sentences = tuple(dict.fromkeys(m.teaches for m in fitting if len(m.changed) == most))
    return sentences if len(sentences) <= 2 else ()


def fits_mistake(known, function, seen, prints):
    """Does one known mistake give all these results?

    Parameters
    ----------
    known : cs231n_lib.lab.check.known_results.KnownMistake
    function, seen, prints
        As in :func:`find_known_mistakes`.
    """
    telling = False
    for i, (case, s) in enumerate(zip(function.cases, seen, strict=True)):
        if s.waits_for:
            continue  # not judged
        if s.error or i in known.errors:
            if s.error != known.errors.get(i):
                return False
            telling = True
            continue
        given = known.parts.get(i, prints.expected[i])
        if has_nonfinite(s.parts) and not has_nonfinite(given) and "stable" in case.aspect:
            continue  # overflow is a second mistake: the report has a separate line for it
        if not results_agree(case, s.parts, given, dtype=i in known.parts):
            if case.aspect in ("dtype", "float32"):
                continue  # so does a wrong dtype, which can occur with any mistake
            return False
        telling = telling or i in known.parts
    changed = merge_changed(seen)
    if not known.changed.keys() <= changed.keys():
        return False
    if telling or not known.changed:
        return telling
    return any(c.run for c in function.cases) or all(is_close(changed[k], v) for k, v in known.changed.items())


def has_nonfinite(parts):
    """Is there an infinity or a NaN among the results?"""
    return not all(np.isfinite(np.asarray(p, float)).all() for p in parts.values())
