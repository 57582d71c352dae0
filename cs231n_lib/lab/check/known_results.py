"""Read ``known_results.npz``: what the visible inputs should give, and what known mistakes give. Numbers, no code."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

RESULTS_FILE = Path(__file__).with_name("known_results.npz")


@dataclass(frozen=True)
class KnownMistake:
    """What one known mistake gives on the cases where it gives something else than it should.

    Attributes
    ----------
    teaches : str
        The sentence that names it.
    parts : dict
        Number of a case -> dict of results, where at least one is not what it should be.
    errors : dict
        Number of a case -> the exception that is raised there.
    changed : dict
        Name of an argument that it changes in place -> all its numbers after the call.
    wrong : dict
        Number of a case -> names of the results that it makes wrong: kept here once they have been compared.
    """

    teaches: str
    parts: dict
    errors: dict
    changed: dict
    wrong: dict = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class KnownResults:
    """All stored numbers of one function, in lists and dicts by the number of the case.

    ``effects`` has, for each argument that can be changed, the numbers of the cases where it makes a difference.
    """

    expected: list
    caches: list
    mistakes: list
    effects: dict = field(default_factory=dict)


@cache
def load_known_results(name):
    """Return the :class:`KnownResults` of a function."""
    with np.load(RESULTS_FILE, allow_pickle=False) as members:
        return decode_known_results(members, name)


def decode_known_results(members, name):
    """Return the :class:`KnownResults` of a function from the members of the file (name -> array)."""
    index, numbers = json.loads(members[f"{name}.index"].item()), members[f"{name}.numbers"]
    expected = [read_arrays(parts, numbers) for parts in index["expected"]]
    caches = [unpack_cache(tree, numbers) for tree in index["caches"]]
    mistakes = []
    for m in index["mistakes"]:
        parts = {int(i): {k: read_array(w, numbers) if w else expected[int(i)][k] for k, w in p.items()}
                 for i, p in m["parts"].items()}
        errors = {int(i): e for i, e in m["errors"].items()}
        mistakes.append(KnownMistake(m["teaches"], parts, errors, read_arrays(m["changed"], numbers)))
    return KnownResults(expected, caches, mistakes, index["effects"])


def read_arrays(parts, numbers):
    """Return the arrays that ``{name: [dtype, shape, offset]}`` names."""
    return {name: read_array(where, numbers) for name, where in parts.items()}


def read_array(where, numbers):
    """Return a fresh array of the given dtype and shape, cut from ``numbers`` at the offset."""
    dtype, shape, offset = where
    size = int(np.prod(shape, dtype=int))
    return numbers[offset:offset + size].reshape(shape).astype(dtype)


def unpack_cache(tree, numbers):
    """Return a cache: a list stands for a tuple, a dict for an array, a list or a dict, a number for itself."""
    if isinstance(tree, list):
        return tuple(unpack_cache(t, numbers) for t in tree)
    if isinstance(tree, dict) and "list" in tree:
        return [unpack_cache(t, numbers) for t in tree["list"]]
    if isinstance(tree, dict) and "dict" in tree:
        return {k: unpack_cache(v, numbers) for k, v in tree["dict"].items()}
    return read_array(tree["array"], numbers) if isinstance(tree, dict) else tree
