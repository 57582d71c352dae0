"""The only language student code and the grader share: frames of JSON and raw array bytes, and what a call is.

Plain data crosses and nothing else: numbers, strings, tuples, lists, dicts, arrays of a few dtypes, the state
of a random generator. What cannot cross as data stays where it is and is named by a number: a ``Handle``
(an object kept by the worker, such as a cache) or a ``Callback`` (a function kept by the grader). There is no pickle,
and every length is checked before it is believed. This file is used on both sides of the sandbox, so it
imports only NumPy and the standard library.
"""

import json
import struct
from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np

DTYPES = {name: np.dtype(name) for name in ("float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16",
                                            "uint32", "uint64", "bool")}
NAMES = {dtype: name for name, dtype in DTYPES.items()}  # a dtype's own ``name`` takes longer than the rest
SIMPLE = frozenset({type(None), bool, int, float, str})
"""Types that cross as they are. Most values are of these: they are told apart before a function is called for them."""
MAX_FRAME = 16 * 2**20
MAX_JSON = 4 * 2**20
MAX_VALUES = 2**19
"""Most numbers of a message; ours need 200,000, in arrays. More would keep the judge busy long after it has crossed."""
ITEM_VALUES, GENERATOR_VALUES = 4, 256
"""As how many numbers count: one thing outside an array (32,000 of which a correct function returns), a generator."""
MAX_DEPTH = 12
HEADER = struct.Struct(">II")


class WireError(Exception):
    """A value or a frame that may not cross."""


class TooMuch(WireError):
    """A value that is plain data, but more of it than may cross."""


@dataclass(frozen=True)
class Handle:
    """Names an object that stays in the worker."""

    id: int


@dataclass(frozen=True)
class Callback:
    """Names a function that stays with the grader."""

    id: int


def count_reach(array):
    """Return how many numbers an array stands for: an axis of length 0 counts as one of length 1.

    An empty array costs nothing on the wire, and yet ``np.zeros((n, 0)) @ np.zeros((0, m))`` has n * m numbers.
    """
    return prod(max(n, 1) for n in array.shape)


def check_amount(value, depth=0):
    """Return as how many numbers ``value`` counts; it is looked at only so far as it may cross.

    Raises
    ------
    TooMuch
        If there are more than ``MAX_VALUES``.
    WireError
        If it is nested too deeply.
    """
    if isinstance(value, np.ndarray):
        count = count_reach(value)
    elif isinstance(value, (tuple, list, dict)):
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply")
        count = ITEM_VALUES
        for part in value.values() if isinstance(value, dict) else value:
            count += ITEM_VALUES if type(part) in SIMPLE else check_amount(part, depth + 1)
            if count > MAX_VALUES:
                break
    else:
        count = GENERATOR_VALUES if type(value) is np.random.Generator else ITEM_VALUES
    if count > MAX_VALUES:
        raise TooMuch(f"over {MAX_VALUES} numbers (at most so many cross, in {MAX_FRAME} bytes)")
    return count


def encode(value, blobs, depth=0):
    """Turn ``value`` into a JSON tree; append the bytes of its arrays to the list ``blobs``.

    Raises
    ------
    WireError
        If a part of the value is not plain data.
    """
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    kind = type(value)
    if kind in SIMPLE:
        return value
    if isinstance(value, np.generic):
        value = np.asarray(value)
    if isinstance(value, np.ndarray):
        array = np.asarray(value)
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        if array.dtype not in NAMES:
            raise WireError(f"an array of dtype {array.dtype} (expected numbers)")
        if array.nbytes > MAX_FRAME:
            raise TooMuch(f"{array.nbytes} bytes (at most {MAX_FRAME} cross)")
        order: Literal["C", "F"] = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        blobs.append(array.tobytes(order))
        return {"a": [NAMES[array.dtype], list(array.shape), order]}
    if isinstance(value, (tuple, list)):  # named tuples, too: what they hold crosses, not what they are
        tag = "l" if isinstance(value, list) else "t"
        return {tag: [v if type(v) in SIMPLE else encode(v, blobs, depth + 1) for v in value]}
    if isinstance(value, dict):
        return {"d": [[v if type(v) in SIMPLE else encode(v, blobs, depth + 1) for v in kv] for kv in value.items()]}
    if kind is Handle:
        return {"h": value.id}
    if kind is Callback:
        return {"c": value.id}
    if kind is np.random.Generator:  # last: it imports numpy.random, which most topics do without
        return {"g": value.bit_generator.state}
    raise WireError(f"a value of type {kind.__name__}")


def decode(tree, blob, depth=0):
    """Rebuild the value from its JSON ``tree`` and the iterator of arrays' bytes ``blob`` (a :class:`Blob`).

    Raises
    ------
    WireError
        If the tree is not one that :func:`encode` writes.
    """
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    if type(tree) in SIMPLE:
        return tree
    if type(tree) is not dict or len(tree) != 1:
        raise WireError("malformed value")
    (tag, body), = tree.items()
    if tag == "a":
        return blob.array(body)
    if tag in ("t", "l") and type(body) is list:
        items = [v if type(v) in SIMPLE else decode(v, blob, depth + 1) for v in body]
        return tuple(items) if tag == "t" else items
    if tag == "d" and type(body) is list:
        return decode_dict(body, blob, depth)
    if tag == "g":
        return decode_generator(body)
    if tag in ("h", "c") and type(body) is int:
        return Handle(body) if tag == "h" else Callback(body)
    raise WireError("malformed value")


def decode_dict(pairs, blob, depth):
    """Rebuild a dict from its list of [key, value]; keys are strings or integers."""
    out = {}
    for pair in pairs:
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) not in (str, int):
            raise WireError("malformed dict")
        out[pair[0]] = decode(pair[1], blob, depth + 1)
    return out


def decode_generator(state):
    """Rebuild a NumPy Generator (PCG64 only) from the state of its bit generator."""
    rng = np.random.default_rng(0)
    try:
        rng.bit_generator.state = state
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
        raise WireError("malformed generator state") from error
    return rng


class Blob:
    """Cuts arrays off a run of raw bytes, in order."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def array(self, spec):
        """Return the next array; ``spec`` is [dtype name, shape, memory order]."""
        if type(spec) is not list or len(spec) != 3 or type(spec[0]) is not str or spec[0] not in DTYPES:
            raise WireError("malformed array")
        dtype, shape, order = DTYPES[spec[0]], spec[1], spec[2]
        if type(shape) is not list or order not in ("C", "F"):
            raise WireError("malformed array")
        if len(shape) > 16 or not all(type(n) is int and 0 <= n <= MAX_FRAME for n in shape):
            raise WireError("malformed shape")
        size = prod(shape) * dtype.itemsize
        if self.at + size > len(self.data):
            raise WireError("array longer than its frame")
        array = np.ndarray(shape, dtype, self.data, self.at, order=order) if size else np.empty(shape, dtype)
        self.at += size
        return array.copy(order)  # writable, and aligned


def pack(message):
    """Turn a dict of values (keys are strings) into the bytes of one frame."""
    check_amount(message)
    blobs: list[bytes] = []
    body = json.dumps({k: v if type(v) in SIMPLE else encode(v, blobs) for k, v in message.items()}).encode()
    blob = b"".join(blobs)
    if len(body) > MAX_JSON or len(body) + len(blob) > MAX_FRAME:
        raise TooMuch(f"{len(body) + len(blob)} bytes (at most {MAX_FRAME} cross)")
    return HEADER.pack(len(body), len(blob)) + body + blob


def parse_header(header):
    """Read a frame's header: the lengths of its JSON and of its array bytes."""
    body, blob = HEADER.unpack(header)
    if body > MAX_JSON or body + blob > MAX_FRAME:
        raise WireError("frame too large")
    return body, blob


def unpack(body, blob):
    """Turn the two parts of a frame back into a dict of values; what cannot be small is not even parsed."""
    if sum(map(body.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise TooMuch("too many values")
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if type(tree) is not dict:
        raise WireError("malformed message")
    arrays = Blob(blob)
    message = {k: v if type(v) in SIMPLE else decode(v, arrays) for k, v in tree.items()}
    check_amount(message)
    return message


# -- a call ------------------------------------------------------------------------------------------------------------


class MissingFunction(Exception):
    """The module has no function of this name."""


class NotTwoResults(Exception):
    """A forward returned something other than two values."""


def replace_parts(value, replace):
    """Return ``replace(value)``; of a list or a tuple, the same of everything in it."""
    if not isinstance(value, (list, tuple)):
        return replace(value)
    parts = [replace_parts(v, replace) for v in value]
    return parts if isinstance(value, list) else tuple(parts)


def call_function(module, name, args, kwargs, keep):
    """Call a function of a module and return its value; the cache of a forward stays where it is.

    Parameters
    ----------
    module : object
        Has the function as an attribute.
    name : str
    args, kwargs : sequence, dict
        The function may change what is in them: see :func:`list_arguments`.
    keep : callable
        Takes a forward's second result and returns the handle that stands for it.

    Raises
    ------
    MissingFunction, NotTwoResults
    """
    if not hasattr(module, name):
        raise MissingFunction
    value = getattr(module, name)(*args, **kwargs)
    if not name.endswith("_forward"):
        return value
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise NotTwoResults
    return value[0], keep(value[1])


def list_arguments(args, kwargs):
    """Return what the grader may see of the arguments after a call: a list and a dict, None for what cannot cross."""
    return [as_plain_or_none(a) for a in args], {k: as_plain_or_none(v) for k, v in kwargs.items()}


def as_plain_or_none(value):
    """Return :func:`as_plain` of a value; None for what cannot cross."""
    try:
        return as_plain(value)
    except WireError:
        return None


def as_plain(value):
    """Send ``value`` through the wire and back: what the grader would see of it."""
    check_amount(value)
    blobs: list[bytes] = []
    tree = encode(value, blobs)
    return decode(tree, Blob(b"".join(blobs)))
