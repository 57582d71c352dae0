"""TODO wing."""

from autograder.errors import SandboxError
from autograder.sandbox.canary import prove
from autograder.sandbox.launch import Limits

__all__ = ["Limits", "SandboxError", "prove"]
