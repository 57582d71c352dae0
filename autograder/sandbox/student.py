"""The student's functions as hidden tests see them, wherever they run.

``InProcessModule`` calls functions in this process: only for code we wrote ourselves (the reference, the known
mistakes, the alternatives). ``client.SandboxedModule`` has the same two methods and calls into the sandbox. What
happens to arguments and results in a call is the same for both: it stands in ``protocol``.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox import protocol


class StudentError(Exception):
    """The student's code did not return a value. The text is for the instructor: the student may have made it.

    Parameters
    ----------
    status : str
        One of "not implemented", "error", "timeout", "memory", "crashed".
    hint : str
        For the student. No text of their making is in it: an exception could carry a hidden input out.
    place : (str, int), optional
        Class of an exception and line in the student's file, as the worker told them.
    """

    def __init__(self, status: str, message: str, hint: str = "", place: tuple[str, int | None] | None = None) -> None:
        super().__init__(message)
        self.status, self.hint, self.place = status, hint or message, place


USUAL_EXCEPTIONS = {"AttributeError", "IndexError", "KeyError", "MemoryError", "NameError", "TypeError",
                    "UnboundLocalError", "ValueError", "ZeroDivisionError"}
"""What a hint calls by name though it was raised on a hidden input: few, since code can choose among them."""
ON_HIDDEN_INPUT = ("{0} raised {1} on a hidden input (no line is shown that no visible input leads to). "
                   "Run check(\"{0}\"), then call {0} with other shapes and values than the check's")
NO_FUNCTION = "{} has no function {}"
NOT_TWO = "{} must return two values, (out, cache)"
NOT_PLAIN = "{} returned something other than arrays, numbers, strings, tuples, lists and dicts of them"
TOO_MUCH = "{} returned far too many numbers"
ENDED = "the process ended before the function returned"
NOT_UNDERSTOOD = "the worker's answer was not understood"
"""What a student reads of these: no exit code and no detail of a damaged frame, since code can choose them."""


@dataclass
class Reply:
    """What came back from one call: the value, and the arguments as the call left them."""

    value: object
    args: list = field(default_factory=list)
    kwargs: dict = field(default_factory=dict)


class StudentModule:
    """Attribute access for calls whose side effects do not matter: ``student.relu_forward(x)``."""

    def call(self, name: str, *args: Any, **kwargs: Any) -> Reply:
        """Call function ``name`` on copies of the arguments and return a :class:`Reply`."""
        raise NotImplementedError

    def value(self, name: str, args: Sequence, kwargs: dict) -> Any:
        """Call function ``name`` as :meth:`call` does and return its value alone.

        Parameters
        ----------
        name : str
        args, kwargs : sequence, dict
            Plain data, functions, or caches from earlier calls.
        """
        return self.call(name, *args, **kwargs).value

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.value(name, args, kwargs)


class InProcessModule(StudentModule):
    """The functions of ``module``, called in this process with the manners of the wire."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def call(self, name: str, *args: Any, **kwargs: Any) -> Reply:
        """See :meth:`StudentModule.call`. The second result of a forward comes back as an opaque handle.

        As in the sandbox, what a handle stands for is no copy: a later call sees what an earlier one has changed.
        """
        args, kwargs = copy_arguments(args, kwargs)
        return Reply(self.run(name, args, kwargs), *protocol.list_arguments(args, kwargs))

    def value(self, name: str, args: Sequence, kwargs: dict) -> Any:
        """See :meth:`StudentModule.value`: what the call left of its arguments does not go through the wire.

        Parameters
        ----------
        name, args, kwargs
            As there.
        """
        return self.run(name, *copy_arguments(args, kwargs))

    def run(self, name: str, args: Sequence, kwargs: dict) -> Any:
        """Call function ``name`` on these very arguments and return its value as it comes through the wire.

        Parameters
        ----------
        name : str
        args, kwargs : sequence, dict
            With caches in place of handles; the function may change what is in them.
        """
        try:
            value = protocol.call_function(self.module, name, args, kwargs, LocalHandle)
            if name.endswith("_forward"):
                return protocol.as_plain(value[0]), value[1]
            return protocol.as_plain(value)
        except StudentError:
            raise
        except protocol.MissingFunction as error:
            raise StudentError("error", NO_FUNCTION.format("the module", name)) from error
        except protocol.NotTwoResults as error:
            raise StudentError("error", NOT_TWO.format(name)) from error
        except NotImplementedError as error:
            raise StudentError("not implemented", "not implemented yet") from error
        except protocol.TooMuch as error:
            raise StudentError("error", f"{name} returned {error}", TOO_MUCH.format(name)) from error
        except protocol.WireError as error:
            raise StudentError("error", f"{name} returned {error}", NOT_PLAIN.format(name)) from error
        except Exception as error:
            kind = type(error).__name__
            raise StudentError("error", f"{name} raised {kind}: {error}", f"{name} raised {kind}") from error


@dataclass
class LocalHandle:
    """A cache that hidden tests may pass on but not look into."""

    value: object

    def __deepcopy__(self, memo: dict) -> "LocalHandle":
        """Stay what it is: a copied handle names the same cache."""
        return self


def copy_arguments(args, kwargs):
    """Return copies of the arguments of a call, with caches in place of the handles that stand for them."""
    return (protocol.replace_parts(copy.deepcopy(args), open_handle),
            {k: protocol.replace_parts(v, open_handle) for k, v in copy.deepcopy(kwargs).items()})


def open_handle(value):
    """Return the cache that a handle stands for; any other value as it is."""
    return value.value if isinstance(value, LocalHandle) else value
