"""The numbers behind the visible checks: what the reference and every known mistake give on the visible inputs.

They ship to students in ``cs231n_lib/lab/check/known_results.npz``: results, and the sentences that name the mistakes,
but no code. Of a mistake's results only the wrong ones are stored. For the workbook's topics the file is in the
checkout (``tools/known_results.py`` writes it); a release adds the functions of a course's own topics.
"""

import contextlib
import functools
import importlib
import io
import json
import types
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder import mistakes, reference, rooms
from autograder.errors import CourseError
from cs231n_lib.lab.check import effects
from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.known_results import RESULTS_FILE, KnownResults, decode_known_results
from cs231n_lib.lab.check.observe import Function, choose_tolerance, make_own_cache, merge_changed, observe

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
            raise CourseError(f"the reference fails on {function.name}, {case.aspect}: {seen.problem}")
    index = {"expected": [store.put_parts(s.parts) for s in right], "caches": [store.put_cache(k) for k in caches],
             "mistakes": [], "effects": list_effects(function, module, caches)}
    for known in (k for k in mistakes.mistakes_of(function.name) if not k.unseen):
        with contextlib.redirect_stdout(io.StringIO()):  # a mistake may print
            entry = build_mistake_results(known, function, module, caches, right, store)
        if entry["changed"] or entry["errors"] or entry["parts"]:
            index["mistakes"].append(entry)
    return index, np.array(store.numbers)


def list_effects(function, module, caches):
    """Return name of an argument -> numbers of the cases where another value of it changes the reference's result."""
    names, code = {}, getattr(module, function.name)

    def note_names(*args, **kwargs):
        names.update(dict.fromkeys(effects.list_values(function.args, args, kwargs)))
        return code(*args, **kwargs)

    def observe_case(module, i):
        return observe(function, function.cases[i], module, caches[i])

    noting = types.SimpleNamespace(**vars(module) | {function.name: functools.wraps(code)(note_names)})
    numbers = range(len(function.cases))
    for i in numbers:
        observe_case(noting, i)
    found = {name: [i for i in numbers if "other" in effects.find_effects(function, module, name, i, observe_case)]
             for name in names}
    return {name: cases for name, cases in found.items() if cases}


def shorten(array):
    """Return an array with the last 16 bits of its numbers 0, which leaves eleven digits: so the file stays small."""
    if array.dtype.kind != "f":
        return array
    bits = np.array(array, np.float64).reshape(-1).view(np.int64)
    bits &= ~0xFFFF
    return bits.view(np.float64).reshape(array.shape).astype(array.dtype)


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
            entry["parts"][str(i)] = {k: store.put(shorten(parts[k])) if k in parts else None for k in s.parts}
    return entry


def build_members(functions: Iterable[Function]) -> dict[str, np.ndarray]:
    """Return the members of the file for some functions: name -> array."""
    members = {}
    for function in functions:
        index, numbers = build_function_results(function)
        text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
        members[f"{function.name}.index"] = np.array(text.encode())  # as text it would take half as much again
        members[f"{function.name}.numbers"] = numbers
    return members


def list_functions(topic: str) -> list[Function]:
    """Return the functions of a topic that have visible cases."""
    importlib.import_module(f"cs231n_lib.lab.check.cases.{topic}")  # registers them, those of a course's own topic, too
    return [function for function in FUNCTIONS.values() if function.topic == topic]


def load_results(topic: str, name: str) -> KnownResults:
    """Return the numbers of a function as students have them; those of a course's own topic are made now.

    Parameters
    ----------
    topic, name : str
        The graded module, and one of its functions.
    """
    if topic in rooms.list_own_topics():
        functions = [function for function in list_functions(topic) if function.name == name]
        return decode_known_results(build_members(functions), name)
    with np.load(RESULTS_FILE, allow_pickle=False) as members:
        return decode_known_results(members, name)


def list_sentences(topic: str) -> list[str]:
    """Return the sentences about known mistakes that stand in the file: the leak check cannot read what is packed."""
    known = [m for f in list_functions(topic) for m in load_results(topic, f.name).mistakes]
    return [mistake.teaches for mistake in known]


def format_results(topics: Iterable[str]) -> bytes:
    """Return the file with the functions of some topics made anew, all others as they are in the checkout.

    NumPy dates every member 1980, so the same content gives the same bytes.
    """
    with np.load(RESULTS_FILE, allow_pickle=False) as file:
        members: dict[str, Any] = dict(file)
    for topic in topics:
        members |= build_members(list_functions(topic))
    written = io.BytesIO()
    np.savez_compressed(written, **members)
    return written.getvalue()
