"""Recognise known mistakes by their results: which stored mistake gives exactly what the function gave?"""

import numpy as np

from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.observe import merge_changed, results_agree

# -- known mistakes ---------------------------------------------------------------------------------------------


def find_known_mistakes(function, seen, prints):
    """Return the sentences of the known mistakes that give these results: one, or two that cannot be told apart.

    A mistake is named only if it gives the same on every case, whether that is right or wrong there, a result or an
    exception. Where more than two do, nothing is named.
    """
    fitting = [m for m in prints.mistakes if fits_mistake(m, function, seen, prints)]
    most = max((len(m.changed) for m in fitting), default=0)  # the one that explains a changed argument, too
    sentences = tuple(dict.fromkeys(m.teaches for m in fitting if len(m.changed) == most))
    return sentences if len(sentences) <= 2 else ()


def fits_mistake(known, function, seen, prints):
    """Does a known mistake give all these results?"""
    telling = False
    for i, (case, s) in enumerate(zip(function.cases, seen, strict=True)):
        if s.error or i in known.errors:
            if s.error != known.errors.get(i):
                return False
            telling = True
            continue
        given = known.parts.get(i, prints.expected[i])
        if has_nonfinite(s.parts) and not has_nonfinite(given) and "stable" in case.aspect:
            continue  # another trouble comes on top: it has a line of its own
        if not results_agree(case, s.parts, given, dtype=i in known.parts):
            if case.aspect in ("dtype", "float32"):
                continue  # so has this: a wrong dtype goes with any mistake
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
