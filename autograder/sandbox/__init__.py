"""The sandbox: where a student's module runs, alone.

In comes the text of a module and, call by call, plain data; out come plain data or a
:class:`~autograder.sandbox.student.StudentError`. ``image`` makes the files that a worker sees, ``launch`` starts it
under bubblewrap and seccomp, ``worker`` is what runs inside, ``protocol`` the only language both sides share,
``client`` the grader's end of the pipe, ``student`` the same interface for code of ours in this process, ``canary`` the
proof at start that the sandbox holds. ``visible_cases`` finds out which lines of a module a hint may name. ``limited``
runs functions of ours that parse or colour what students wrote. Everything in this folder is in the hash of every mark.
It imports ``errors``, ``reference`` and ``course``; never nbgrader, nbformat or a hidden test.
"""

from autograder.errors import SandboxError
from autograder.sandbox.canary import prove
from autograder.sandbox.launch import Limits

__all__ = ["Limits", "SandboxError", "prove"]
