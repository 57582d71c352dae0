"""What a hidden test asked and got: every call of an aspect written down, and shown shortly.

Watching changes nothing: the test gets the same objects and the same random numbers, only a copy of what passes by is
kept. An aspect that is asked again (to recognise a known mistake) is watched the first time only.
"""

import copy
import inspect
import types
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.course.text import clean_message
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_comparisons
from autograder.sandbox.protocol import Handle
from autograder.sandbox.student import LocalHandle, Reply, StudentError, StudentModule

arrays = load_comparisons()

KEPT = 200
"""Calls kept of one aspect: the first and the last of them."""
NUMBERS, ITEMS = 8, 6


@dataclass
class TestTrace:
    """The calls that one aspect made of the student's functions and of the reference's."""

    module: types.ModuleType
    student: list = field(default_factory=list)
    reference: list = field(default_factory=list)


@dataclass
class Call:
    """One call: inputs as they were before, the result or what went wrong, and the inputs afterwards."""

    function: str
    args: list
    kwargs: dict
    value: Any = None
    after: list | None = None
    error: str = ""

    def arguments(self, module):
        """Return the inputs as text, by name."""
        names = list(inspect.signature(getattr(module, self.function)).parameters)
        named = [f"{name} = {format_value(value)}" for name, value in zip(names, self.args, strict=False)]
        return ", ".join(named + [format_value(v) for v in self.args[len(names):]]
                         + [f"{name} = {format_value(value)}" for name, value in self.kwargs.items()])

    def outcome(self):
        """Return the result as text; the cache of a forward is not looked into."""
        if self.error or not self.function.endswith("_forward"):
            return self.error or format_value(self.value)
        return f"{format_value(self.value[0])}, and a cache"

    def against(self, others, module):
        """Compare with the reference's call on the same inputs, if there is one; ``module`` has the names of inputs."""
        fitting = (o for o in others if o.function == self.function and arrays.are_equal(self.args, o.args)
                   and arrays.are_equal(self.kwargs, o.kwargs))
        other, lines = next(fitting, None), []
        if other is not None:
            lines.append(("expected", other.outcome()))
        lines += [("apart", text) for text in self.apart(other)]
        lines += [("changed", text) for text in self.changed(other, module)]
        return Comparison(lines, bool(self.error or lines[other is not None:]))

    def apart(self, other):
        """Return a line for every part of the result that is not the reference's."""
        if other is None or self.error:
            return []
        forward = self.function.endswith("_forward")
        return list_differences(self.value[0], other.value[0]) if forward else list_differences(self.value, other.value)

    def changed(self, other, module):
        """Return a line for every argument that is not as the reference leaves it (or, without one, as it was)."""
        if self.after is None:
            return []
        left = other.after if other is not None else self.args
        names = inspect.signature(getattr(module, self.function)).parameters
        return [f"{name} is now another: {text}" for name, now, want in zip(names, self.after, left, strict=False)
                if now is not None for text in list_differences(now, want)]


@dataclass
class Comparison:
    """Lines (label, text) about a call beside the reference's; ``wrong`` if they differ."""

    lines: list
    wrong: bool


# -- watching ---------------------------------------------------------------------------------------------------------


def wrap_question(question: Question, traces: dict[tuple[str, str], TestTrace]) -> Question:
    """Return the question with its aspects writing their calls into ``traces``: (question, aspect) -> TestTrace."""
    twin = Question(question.name, question.uses)
    twin.aspects = [replace(a, test=wrap_test(a, (question.name, a.name), traces)) for a in question.aspects]
    return twin


def wrap_test(aspect, key, traces):
    """Return an aspect's test that writes down the calls of its first run."""

    def watch(student, reference, rng, grading):
        if key in traces:
            return aspect.ask(student, reference, rng, grading)
        seen = traces[key] = TestTrace(reference)
        return aspect.ask(TracedModule(student, seen.student), wrap_module(reference, seen.reference), rng, grading)

    return watch


class TracedModule(StudentModule):
    """A student whose calls are written down."""

    def __init__(self, student, calls):
        self.student, self.calls = student, calls

    def call(self, name, *args, **kwargs):
        """See :meth:`autograder.sandbox.student.StudentModule.call`."""
        call = record_call(self.calls, name, args, kwargs)
        try:
            reply = self.student.call(name, *args, **kwargs)
        except StudentError as error:
            call.error = f"{error.status}: {error}"
            raise
        call.value, call.after = store_outcome(reply.value), store_outcome(reply.args)
        return Reply(reply.value, reply.args, reply.kwargs)


def wrap_module(module, calls):
    """Return the reference with its functions' calls written down."""

    def watch(name, function):
        def called(*args, **kwargs):
            call = record_call(calls, name, args, kwargs)
            value = function(*args, **kwargs)
            call.value, call.after = store_outcome(value), store_outcome(list(args))
            return value
        return called

    return types.SimpleNamespace(**{name: watch(name, value) if isinstance(value, types.FunctionType) else value
                                    for name, value in vars(module).items()})


def record_call(calls, name, args, kwargs):
    """Write a call down before it is made."""
    calls.append(Call(name, store_outcome(list(args)), store_outcome(dict(kwargs))))
    if len(calls) > KEPT:
        del calls[KEPT // 2]
    return calls[-1]


def store_outcome(value):
    """Return a copy that later changes do not reach; what cannot be copied stays as it is."""
    if isinstance(value, (list, tuple)):
        return type(value)(store_outcome(v) for v in value)
    if isinstance(value, dict):
        return {k: store_outcome(v) for k, v in value.items()}
    return copy.deepcopy(value) if isinstance(value, (np.ndarray, np.random.Generator)) else value


# -- comparing --------------------------------------------------------------------------------------------------------


def is_opaque(value):
    """Is this a cache that only its owner can read, or a function?"""
    return isinstance(value, (Handle, LocalHandle)) or callable(value)


def list_differences(got, want, where=""):
    """Return a line for every part in which a result is not the expected one."""
    if is_opaque(got) or is_opaque(want) or isinstance(want, np.random.Generator):
        return []
    if isinstance(got, (list, tuple)) and isinstance(want, (list, tuple)) and not stands_for_array(want):
        if len(got) != len(want):
            return [f"{where}{len(got)} values, expected {len(want)}"]
        return [
            d for i, (g, w) in enumerate(zip(got, want, strict=True), 1) for d in list_differences(g, w, f"value {i}: ")
        ]
    if isinstance(got, dict) and isinstance(want, dict):
        return [d for key in dict.fromkeys([*want, *got]) for d in format_entry(got, want, key, where)]
    return count_differences(got, want, where)


def format_entry(got, want, key, where):
    """Return the differences in one entry of two dicts."""
    name = f"{where}entry {format_value(key)}: "
    if key not in got or key not in want:
        return [name + ("missing" if key not in got else "not expected")]
    return list_differences(got[key], want[key], name)


def stands_for_array(value):
    """Is this a list of numbers that stands for an array?"""
    return bool(value) and all(isinstance(v, (bool, int, float, np.number)) for v in value)


def count_differences(got, want, where):
    """Return at most one line about two arrays or numbers: shape, dtype, or where they are furthest apart."""
    g, w = arrays.as_numbers(got), arrays.as_numbers(want)
    if g is None or w is None:
        same = arrays.are_equal(got, want)
        return [] if same else [f"{where}{format_value(got)}, expected {format_value(want)}"]
    if g.shape != w.shape:
        return [f"{where}shape {g.shape}, expected {w.shape}"]
    off = arrays.measure_distances(g, w)
    wrong = off > arrays.RELATIVE * arrays.find_scale(g, w)
    if wrong.any():
        at = np.unravel_index(off.argmax(), off.shape)
        place = f"at [{', '.join(map(str, at))}]: " if at else ""
        return [f"{where}{place}{float(g[at]):.6g}, expected {float(w[at]):.6g} ({wrong.sum()} of {wrong.size} differ)"]
    other_dtype = isinstance(want, np.ndarray) and g.dtype != w.dtype
    return [f"{where}dtype {g.dtype}, expected {w.dtype}"] if other_dtype else []


# -- showing ----------------------------------------------------------------------------------------------------------


def format_value(value: Any, depth: int = 0) -> str:
    """Return a value as one short line of text; strings of the student's are made printable."""
    if isinstance(value, np.ndarray):
        return format_array(value)
    if isinstance(value, (bool, np.bool_)) or value is None or value is ...:
        return str(value)
    if isinstance(value, (int, float, np.number)):
        if isinstance(value, int) and abs(value) >= 2**64:  # Python refuses to write very long integers in decimal
            return hex(value)[:20] + "..."
        return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)
    if isinstance(value, str):
        shown = repr(clean_message(value[:80]))
        return f"{shown}..." if len(value) > 80 else shown
    if isinstance(value, dict) and depth < 3:
        return (
            "{"
            + format_list(
                [f"{format_value(k)}: {format_value(v, depth + 1)}" for k, v in list(value.items())[: ITEMS + 1]]
            )
            + "}"
        )
    if isinstance(value, (list, tuple)) and depth < 3:
        inner = format_list([format_value(v, depth + 1) for v in value[:ITEMS + 1]])
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, np.random.Generator):
        return f"Generator(state {value.bit_generator.state['state']['state'] % 10**6:06d})"
    if isinstance(value, (Handle, LocalHandle)):
        return "<the student's own cache>"
    return f"<function {getattr(value, '__name__', '?')}>" if callable(value) else f"<{type(value).__name__}>"


def format_list(texts):
    """Join texts, the first few of them."""
    shown = texts[:ITEMS] + (["..."] if len(texts) > ITEMS else [])
    return ", ".join(shown)


def format_array(array):
    """Return dtype, shape and the first values of an array."""
    values = [f"{v:.4g}" if array.dtype.kind == "f" else str(v) for v in array.flat[:NUMBERS]]
    if array.size > NUMBERS:
        values.append("...")
    return f"{array.dtype} {array.shape} [{' '.join(values)}]"
