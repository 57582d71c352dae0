"""Write ``cs231n_lib/lab/check/known_results.npz``: ``python -m tools.known_results [--check]``.

What it holds is made by :mod:`autograder.release.known_results`.
"""

import argparse
import sys

import numpy as np

from autograder.course.topics import list_topics
from autograder.release.known_results import build_members
from cs231n_lib.lab.check import known_results
from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.cases import FUNCTIONS


def build_results():
    """Return the members of the file: name -> array."""
    return build_members(function for function in FUNCTIONS.values() if function.topic in list_topics())


def write_results(path=known_results.RESULTS_FILE):
    """Write the file. NumPy dates every member 1980, so the same content gives the same bytes."""
    np.savez_compressed(path, **build_results())


SINGLE, DOUBLE = (1e-5, 1e-7), (1e-9, 1e-12)
"""(relative, absolute) differences between processors and BLAS kernels: for float32 inputs, and for all others."""


def list_stale_functions(path=known_results.RESULTS_FILE):
    """Return the names of the functions whose stored numbers differ from what the sources give now, beyond rounding."""
    members = build_results()
    try:
        with np.load(path, allow_pickle=False) as file:
            stored = {k: file[k] for k in file.files}
    except FileNotFoundError:
        stored = {}
    stale = {k.split(".")[0] for k in members.keys() ^ stored.keys()}
    for name in {k.split(".")[0] for k in members} - stale:
        now, before = (known_results.decode_known_results(m, name) for m in (members, stored))
        if not are_same_results(FUNCTIONS[name], now, before):
            stale.add(name)
    return sorted(stale)


def are_same_results(function, a, b):
    """Are two known results of a function equal, their numbers up to rounding?"""
    if len(a.mistakes) != len(b.mistakes) or a.effects != b.effects:
        return False
    mistakes = list(zip(a.mistakes, b.mistakes, strict=True))
    pairs = [(getattr(m, kind), getattr(n, kind), SINGLE) for m, n in mistakes
             for kind in ("teaches", "errors", "changed")]
    for i, case in enumerate(function.cases):
        tol = SINGLE if case.aspect == "dtype" else DOUBLE
        pairs += [(a.expected[i], b.expected[i], tol), (a.caches[i], b.caches[i], tol)]
        pairs += [(m.parts.get(i), n.parts.get(i), tol) for m, n in mistakes]
    return all(are_alike(*pair) for pair in pairs)


def are_alike(a, b, tol):
    """Are two values equal, with arrays compared up to a tolerance?

    Parameters
    ----------
    a, b : object
        Dicts, tuples, lists, arrays and plain values, nested.
    tol : (float, float)
        Relative and absolute.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(are_alike(a[k], b[k], tol) for k in a)
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(are_alike(x, y, tol) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and is_close(a, b, tol)
    return a == b


def main(argv=None):
    """Write the file, or with ``--check`` print whether it is up to date."""
    parser = argparse.ArgumentParser(prog="python -m tools.known_results", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is out of date")
    if not parser.parse_args(argv).check:
        write_results()
        print(f"{known_results.RESULTS_FILE.name}: {known_results.RESULTS_FILE.stat().st_size / 1024:.0f} KB")
        return 0
    stale = ", ".join(list_stale_functions())
    print(f"out of date for {stale}: run `make fingerprints`" if stale else "known_results.npz is up to date")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
