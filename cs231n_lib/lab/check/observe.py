"""Call one function on one visible input and look at what comes back: the workings of :mod:`cs231n_lib.lab.check`."""

import copy
import inspect
import re
import traceback
import warnings
from dataclasses import dataclass, field

import numpy as np

from cs231n_lib.lab.check import arrays, result_form
from cs231n_lib.lab.check.aspects.common import DTYPE
from cs231n_lib.lab.gradient_check import eval_numerical_gradient_array


@dataclass(frozen=True)
class Case:
    """One visible input of one function.

    Attributes
    ----------
    aspect : str
        The line of the table that it speaks for.
    args, kwargs : tuple, dict
        Of the function; for a backward, of the forward that precedes it.
    dout : ndarray, optional
        Upstream gradient: given for a backward only.
    further : tuple
        For a backward: what it takes beside ``dout`` and the cache.
    only : tuple of str
        Names of the results that are judged; empty for all.
    run : callable, optional
        ``run(call, seeds) -> dict`` of numbers, for functions that are judged by statistics instead of one result.
    tol : dict
        Name of a result -> (relative, absolute) tolerance, where it is not the usual one.
    signs : tuple of str
        Names of results whose rows and columns may have other signs in a known mistake.
    apart : str
        What comes out here, in words, if it is judged apart from what comes out in other cases.
    """

    aspect: str
    args: tuple = ()
    kwargs: dict = field(default_factory=dict)
    dout: np.ndarray | None = None
    further: tuple = ()
    only: tuple = ()
    run: object = None
    tol: dict = field(default_factory=dict)
    signs: tuple = ()
    apart: str = ""


@dataclass(frozen=True)
class Function:
    """A function the reader writes, and how it is looked at.

    Attributes
    ----------
    name, topic : str
        ``"relu_backward"`` in ``cs231n_lib/activations.py``.
    args, returns : tuple of str
        Names of arguments and results. ``"cache"`` among the results is passed on, never looked into; ``"*w"`` is
        a list of arrays.
    forward : str, optional
        For a backward: the function whose cache it takes, and whose arguments ``Case.args`` are.
    inputs : tuple of str
        Names of the forward's arguments (a gradient ``dw`` belongs to ``w``); for the others, of their own.
    kinks : str
        Where the function bends, so that a finite difference cannot judge it there.
    may_change : tuple of str
        Arguments that the function may change in place.
    forms : dict
        Name of a result -> its form, where it is not an array (see ``result_form``).
    """

    name: str
    topic: str
    args: tuple
    returns: tuple
    cases: tuple
    forward: str | None = None
    inputs: tuple = ()
    kinks: str = ""
    may_change: tuple = ()
    forms: dict = field(default_factory=dict)

    @property
    def file(self):
        """The file as the reader knows it."""
        return f"cs231n_lib/{self.topic}.py"

    @property
    def parameters(self):
        """Names of all arguments, those with a default among them, as far as a case gives them."""
        optional = [] if self.forward else [name for case in self.cases for name in case.kwargs]
        return tuple(dict.fromkeys([*self.args, *optional]))


@dataclass
class Observation:
    """What one call gave: named arrays, or a problem in words; and the arguments it changed in place."""

    parts: dict = field(default_factory=dict)
    problem: str = ""
    error: str = ""  # tells one kind of problem from another, "" if there is none
    changed: dict = field(default_factory=dict)  # name -> all its numbers, as the call left them
    lists: tuple = ()  # results that should be arrays and are lists
    waits_for: str = ""  # a function that is not written yet, without which nothing can be judged
    calls_it: bool = False  # does the function itself call what it waits for?
    has_wrong_form: bool = False  # did a call come to its end, with something else than is asked for?


def merge_changed(seen):
    """Return what some calls changed in place: name -> numbers, of the first call that changed it."""
    return {name: after for s in reversed(seen) for name, after in s.changed.items()}


class BadResult(Exception):
    """The result does not have the agreed form; the message says what was expected."""


class Unwritten(Exception):
    """A check needs another function of the reader's, of this name, that is not written yet."""


REWORDED = ((r"max\(\) iterable argument is empty", "max() arg is an empty sequence"),  # since Python 3.13
            (r"(too many values to unpack \(expected \d+), got \d+\)", r"\1)"))  # since Python 3.14
"""What later releases of Python say -> what they said before: mistakes are recognised by it on each of them."""


def name_error(error):
    """Return what tells one exception from another: its class and the beginning of its text, alike on every Python."""
    text = str(error)
    for now, before in REWORDED:
        text = re.sub(now, before, text)
    return f"{type(error).__name__}: {text}"[:60]


def observe(function, case, module, cache=None, seeds=range(5)):
    """Run ``function.name`` of ``module`` on one case; never raises for what the reader's code does.

    Parameters
    ----------
    function : Function
    case : Case
    module : module
        Where the function is looked up.
    cache : object, optional
        For a backward: the cache to hand in.
    seeds : iterable of int
        For a case with ``run``.

    Returns
    -------
    seen : Seen
    """
    seen = Observation()

    def call(*args, **kwargs):
        theirs = copy.deepcopy((args, kwargs))
        try:
            value = getattr(module, function.name)(*theirs[0], **theirs[1])
        except (Exception, SystemExit) as error:
            seen.problem = find_call_problem(function, module, args, kwargs) or describe_error(error, function, module)
            seen.error = name_error(error)
            seen.waits_for = find_unwritten(error, function, module)
            seen.calls_it = bool(seen.waits_for)
            raise
        finally:
            names = [*function.args[:len(args)], *kwargs]
            before, after = [*args, *kwargs.values()], [*theirs[0], *theirs[1].values()]
            seen.changed |= {n: flatten_numbers(a) for n, b, a in zip(names, before, after, strict=False)
                             if n not in function.may_change and not is_unchanged(b, a)}
            for given, used in zip(args, theirs[0], strict=False):  # a generator and a state are meant to move on
                if isinstance(given, np.random.Generator):
                    given.bit_generator.state = used.bit_generator.state
                elif isinstance(given, dict) and function.may_change:
                    given |= used
        value = as_grader_sees(value, function.returns)
        problem = result_form.find_form_problem(value, function.returns, function.forms)
        if problem:
            raise BadResult(problem)
        seen.lists = seen.lists or result_form.list_lists(value, function.returns, function.forms)
        return value

    # A run of a backward may need the reader's own forward, and the other way round.
    call.other = lambda name, *args: call_other(module, name, *args)
    call.on_originals = lambda *args: getattr(module, function.name)(*args)  # without copies: they may change
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if case.run:
                seen.parts = {k: as_statistic(v) for k, v in case.run(call, seeds).items()}
                seen.problem = seen.error = seen.waits_for = ""  # what a run has caught is dealt with
            else:
                args = copy.deepcopy(case.args)  # a state that moves on must not move in the case itself
                value = call(case.dout, cache, *case.further) if function.forward else call(*args, **case.kwargs)
                seen.parts = name_results(value, function.returns)
    except BadResult as error:
        seen.problem, seen.error, seen.has_wrong_form = str(error), str(error), True
    except Unwritten as error:
        seen.waits_for, seen.calls_it = str(error), False
    except (Exception, SystemExit):  # whatever the reader's code raises is shown, not passed on
        if not seen.error:  # the call went well, but nothing could be done with its result
            seen.problem = seen.error = "its result does not have the shape or the form that is asked for"
    if case.only:
        seen.parts = {k: v for k, v in seen.parts.items() if k in case.only}
    return seen


def call_other(module, name, *args):
    """Call another function of the reader's; raise :class:`Unwritten` if it is not there yet."""
    if not hasattr(module, name):
        raise Unwritten(name)
    try:
        return getattr(module, name)(*copy.deepcopy(args))
    except NotImplementedError:
        raise Unwritten(name) from None


def find_unwritten(error, function, module):
    """Return the name of the function that is not written yet and that ``function`` calls, "" if there is none."""
    if not isinstance(error, NotImplementedError):
        return ""
    names = [frame.name for frame in list_own_frames(error, module)]
    last = names[-1] if names else ""
    return last if last != function.name and callable(getattr(module, last, None)) else ""


def as_statistic(value):
    """Return what a run has found as an array: of truth values where it answers a question, else of floats."""
    array = np.asarray(value)
    return array if array.dtype == bool else np.asarray(value, float)


def as_grader_sees(value, returns):
    """Return a result as the grader gets it; a cache stays as it is."""
    if isinstance(value, tuple) and "cache" in returns and len(value) == len(returns):
        return tuple(v if name == "cache" else as_plain(v) for name, v in zip(returns, value, strict=True))
    return as_plain(value)


def as_plain(value):
    """Turn matrices, masked arrays and foreign byte orders into plain arrays, inside lists and dicts, too.

    Only numbers cross to the grader, not the kind of array that they come in.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.kind == "f" and array.dtype.name not in ("float32", "float64"):
            raise BadResult(f"expected numbers of float32 or float64, got {array.dtype}")
        return array.astype(array.dtype.newbyteorder("="), copy=False)[() if isinstance(value, np.generic) else ...]
    if isinstance(value, (list, tuple)):
        return [as_plain(v) for v in value] if isinstance(value, list) else tuple(map(as_plain, value))
    return {k: as_plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def name_results(value, returns):
    """Return results of the right form as a dict of arrays, by name, without the cache."""
    parts = {}
    for name, v in zip(returns, value if len(returns) > 1 else (value,), strict=True):
        if name == "cache":
            continue
        many = name.startswith("*") and not np.isscalar(v)
        name = name.removeprefix("*")
        if many or isinstance(v, (list, tuple)) and any(isinstance(a, np.ndarray) for a in v):
            parts.update({f"{name}[{i}]": as_numbers(a, name) for i, a in enumerate(v)})
        else:
            parts[name] = as_numbers(v, name)
    return parts


def as_numbers(value, name):
    """Return ``value`` as an array of numbers."""
    array = arrays.as_numbers(value)
    if array is None:
        raise BadResult(f"expected {name} to be an array or a number, got {type(value).__name__}")
    return array


def locate_stop(error, function, module):
    """Say where in the reader's own file the code stood when it was stopped."""
    own = list_own_frames(error, module)
    return f"in {function.file}, line {own[-1].lineno}: `{own[-1].line}`" if own else f"in {function.name}"


def list_own_frames(error, module):
    """Return the frames of an error's traceback that are in the reader's own file."""
    file = getattr(module, "__file__", None)
    return [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]


def describe_error(error, function, module):
    """Say what was raised, with the line of the reader's own file."""
    if isinstance(error, NotImplementedError):
        return "not implemented yet"
    if isinstance(error, AttributeError) and not hasattr(module, function.name):
        return f"{function.file} has no function {function.name}: was it renamed or deleted?"
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    own = list_own_frames(error, module)
    return f"{function.file}, line {own[-1].lineno}: `{own[-1].line}` raised {told}" if own else told


def find_call_problem(function, module, args, kwargs):
    """Say which arguments a function should take, if it cannot be called with these; "" if it can."""
    try:
        signature = inspect.signature(getattr(module, function.name, None))
    except (TypeError, ValueError):  # it is not there, or not written in Python
        return ""
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        name, asked, taken = function.name, ", ".join(function.parameters), ", ".join(signature.parameters)
        return f"expected {name}({asked}), got {name}({taken}): keep the arguments as they were"
    return ""


def is_unchanged(before, after):
    """Is an argument as it was? A generator is meant to move on."""
    return isinstance(before, np.random.Generator) or arrays.are_equal(before, after, dtypes=True)


def flatten_numbers(value):
    """Return all numbers of an array, or of a list of arrays, in one row."""
    parts = value if isinstance(value, (list, tuple)) else [value]
    try:
        return np.concatenate([np.ravel(np.asarray(p, float)) for p in parts])
    except (TypeError, ValueError):  # a cache that holds something else
        return np.empty(0)


def results_agree(case, got, want, dtype=True):
    """Do two dicts of results agree? On the case "dtype" the dtypes are compared, too, unless told otherwise."""
    if got.keys() != want.keys():
        return False
    if dtype and case.aspect == DTYPE and any(got[k].dtype != want[k].dtype for k in want):
        return False
    return all(arrays.is_close(got[k], want[k], choose_tolerance(case, k)) for k in want)


def choose_tolerance(case, part):
    """Return the (relative, absolute) tolerance of one result; float32 carries only seven digits.

    A wrong result may be enormous, and its last digits are the processor's: so a relative tolerance is never missing.
    """
    usual = (1e-4, 1e-6) if case.aspect == DTYPE else (arrays.RELATIVE, arrays.ABSOLUTE)
    relative, absolute = case.tol.get(part, usual)
    return max(relative, arrays.RELATIVE), absolute


def make_own_cache(function, case, module):
    """Return (cache,) of the reader's own forward on a case, or () if it does not run."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, cache = getattr(module, function.forward)(*copy.deepcopy(case.args), **case.kwargs)
    except (Exception, SystemExit):
        return ()
    return (cache,)


def differentiate_numerically(function, case, module):
    """Differentiate the reader's own forward (or loss) numerically on a case.

    Returns
    -------
    gradients : dict
        Name of the gradient -> ndarray, for each gradient that the function returns; of a list of them, for each of
        its arrays. Empty if the forward does not run.
    """
    forward = getattr(module, function.forward or function.name, None)
    args, nudged = list(copy.deepcopy(case.args)), {}
    for i, name in enumerate(function.inputs[:len(args)]):
        if f"d{name}" in function.returns:
            nudged[f"d{name}"] = args[i] = np.array(args[i], float)
        elif f"*d{name}" in function.returns:
            args[i] = [np.array(a, float) for a in args[i]]
            nudged |= {f"d{name}[{k}]": a for k, a in enumerate(args[i])}

    def find_output(_):  # the array that is nudged is among the arguments
        out = forward(*copy.deepcopy(args), **case.kwargs)[0]
        return out[-1] if isinstance(out, (list, tuple)) else out  # of a stack, the last layer's

    upstream = case.dout if function.forward else 1.0  # a loss is one number
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {name: eval_numerical_gradient_array(find_output, a, upstream) for name, a in nudged.items()}
    except (Exception, SystemExit):
        return {}
