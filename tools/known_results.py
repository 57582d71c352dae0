"""Write ``cs231n_lib/lab/check/known_results.npz``: ``python -m tools.known_results [--check]``.

The reference and every known mistake are run on the visible inputs of ``cs231n_lib.lab.check.cases``. The file holds
their results as numbers, and the teaching sentences of the mistakes, but no code. Of a mistake's results only the wrong
ones are stored.
"""

import argparse
import contextlib
import io
import json
import sys

import numpy as np

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check import known_results
from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.observe import choose_tolerance, make_own_cache, merge_changed, observe

SEEDS, FEW = range(100), range(10)
"""Seeds for the reference and for a mistake: many for the reference, so that its statistics are hardly noisy."""


class NumberStore:
    """Numbers in one long array; equal arrays are stored once."""

    def __init__(self):
        self.numbers, self.offsets = [], {}

    def put(self, array):
        """Store an array; return [dtype, shape, offset]."""
        flat = np.asarray(array, np.float64).ravel()
        key = flat.tobytes()
        if key not in self.offsets:
            self.offsets[key] = len(self.numbers)
            self.numbers.extend(flat)
        return [array.dtype.name, list(array.shape), self.offsets[key]]

    def put_parts(self, parts):
        """Store a dict of arrays; return it with each array as :meth:`put` returns it."""
        return {name: self.put(a) for name, a in parts.items()}

    def put_cache(self, value):
        """Store a cache; return it with tuples as lists, and all else that holds numbers in a dict that names its kind.
        """
        if isinstance(value, tuple):
            return [self.put_cache(v) for v in value]
        if isinstance(value, list):
            return {"list": [self.put_cache(v) for v in value]}
        if isinstance(value, dict):
            return {"dict": {k: self.put_cache(v) for k, v in value.items()}}
        return {"array": self.put(value)} if isinstance(value, np.ndarray) else value


def select_wrong_parts(case, got, want):
    """Return the wrong ones of a call's results.

    Parameters
    ----------
    case : cs231n_lib.lab.check.cases.Case
    got, want : dict of str to ndarray
        Results of the mistake and of the reference. They may differ in value, shape, presence or, in a case about
        it, dtype.
    """
    return {k: got[k] for k in got if k not in want or not is_close(got[k], want[k], choose_tolerance(case, k))
            or (case.aspect == "dtype" and got[k].dtype != want[k].dtype)}


def build_function_results(function):
    """Return the index (plain data) and the numbers of one function."""
    module = reference.load(function.topic)
    mistakes.load_mistakes(function.topic)
    store = NumberStore()
    caches = [make_own_cache(function, c, module)[0] if function.forward else None for c in function.cases]
    right = [observe(function, c, module, k, SEEDS) for c, k in zip(function.cases, caches, strict=True)]
    for case, seen in zip(function.cases, right, strict=True):
        if seen.error:
            raise ValueError(f"the reference fails on {function.name}, {case.aspect}: {seen.problem}")
    index = {"expected": [store.put_parts(s.parts) for s in right], "caches": [store.put_cache(k) for k in caches],
             "mistakes": []}
    for known in (k for k in mistakes.mistakes_of(function.name) if not k.unseen):
        with contextlib.redirect_stdout(io.StringIO()):  # a mistake may print
            entry = build_mistake_results(known, function, module, caches, right, store)
        if entry["changed"] or entry["errors"] or entry["parts"]:
            index["mistakes"].append(entry)
    return index, np.array(store.numbers)


def build_mistake_results(known, function, module, caches, right, store):
    """Return the index entry of a known mistake: its results that differ from those of the reference.

    Parameters
    ----------
    known : autograder.mistakes.Mistake
    function : cs231n_lib.lab.check.cases.Function
    module : namespace
        The reference.
    caches : list
        The cache for each case, or None.
    right : list of Observation
        What the reference does in each case.
    store : NumberStore
        Takes the numbers.
    """
    wrong = known.applied_to(module)
    seen = [observe(function, c, wrong, k, FEW) for c, k in zip(function.cases, caches, strict=True)]
    entry = {"teaches": known.teaches, "changed": store.put_parts(merge_changed(seen)),
             "errors": {str(i): s.error for i, s in enumerate(seen) if s.error}, "parts": {}}
    for i, (case, s) in enumerate(zip(function.cases, seen, strict=True)):
        parts = {} if s.error else select_wrong_parts(case, s.parts, right[i].parts)
        if parts or not s.error and s.parts.keys() != right[i].parts.keys():
            entry["parts"][str(i)] = {k: store.put(parts[k]) if k in parts else None for k in s.parts}
    return entry


def build_results():
    """Return the members of the file: name -> array."""
    members = {}
    for function in FUNCTIONS.values():
        if function.topic in list_topics():
            index, numbers = build_function_results(function)
            text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
            members[f"{function.name}.index"] = np.array(text.encode())  # as text it would take half as much again
            members[f"{function.name}.numbers"] = numbers
    return members


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
    if len(a.mistakes) != len(b.mistakes):
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
