"""The student's functions as hidden tests see them, wherever they run.

``LocalStudent`` calls functions in this process: only for code we wrote ourselves (the reference, the known
mistakes, the alternatives). ``proxy.RemoteStudent`` has the same two methods and calls into the sandbox.
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
    """

    def __init__(self, status: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status, self.hint = status, hint or message


NOT_TWO = "{} must return two values, (out, cache)"
NOT_PLAIN = "{} returned something other than arrays, numbers, strings, tuples, lists and dicts of them"
TOO_MUCH = "{} returned far too many numbers"


@dataclass
class Reply:
    """What came back from one call: the value, and the arguments as the call left them."""

    value: object
    args: list = field(default_factory=list)
    kwargs: dict = field(default_factory=dict)


class Submission:
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


class InProcessSubmission(Submission):
    """The functions of ``module``, called in this process with the manners of the wire."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def call(self, name: str, *args: Any, **kwargs: Any) -> Reply:
        """See :meth:`Submission.call`. The second result of a forward comes back as an opaque handle."""
        args, kwargs = copy.deepcopy(self._open(args)), copy.deepcopy(self._open(kwargs))
        try:
            value = getattr(self.module, name)(*args, **kwargs)
            if name.endswith("_forward"):
                if not isinstance(value, (tuple, list)) or len(value) != 2:
                    raise StudentError("error", NOT_TWO.format(name))
                out, cache = value
                return Reply((protocol.as_plain(out), LocalHandle(cache)), self._close(args), self._close(kwargs))
            return Reply(protocol.as_plain(value), self._close(args), self._close(kwargs))
        except StudentError:
            raise
        except NotImplementedError as error:
            raise StudentError("not implemented", "not implemented yet") from error
        except protocol.TooMuch as error:
            raise StudentError("error", f"{name} returned {error}", TOO_MUCH.format(name)) from error
        except protocol.WireError as error:
            raise StudentError("error", f"{name} returned {error}", NOT_PLAIN.format(name)) from error
        except Exception as error:
            kind = type(error).__name__
            raise StudentError("error", f"{name} raised {kind}: {error}", f"{name} raised {kind}") from error

    @staticmethod
    def _open(args):
        unwrap = lambda v: v.value if isinstance(v, LocalHandle) else v  # noqa: E731
        return {k: unwrap(v) for k, v in args.items()} if isinstance(args, dict) else [unwrap(v) for v in args]

    @staticmethod
    def _close(args):
        keep = lambda v: None if callable(v) else _plain_or_none(v)  # noqa: E731
        return {k: keep(v) for k, v in args.items()} if isinstance(args, dict) else [keep(v) for v in args]


@dataclass
class LocalHandle:
    """A cache that hidden tests may pass on but not look into."""

    value: object


def _plain_or_none(value):
    try:
        return protocol.as_plain(value)
    except protocol.WireError:
        return None
