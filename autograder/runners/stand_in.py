"""What stands in for ``cs231n_lib`` while a runner executes the instructor's cells: the sandbox, and an inert lab."""

import contextlib
import importlib.abc
import importlib.machinery
import sys
import types

from autograder.reference import import_package
from autograder.sandbox.limited import bound_memory

cs231n_lib = import_package()


class StandInModule(types.ModuleType):
    """Stands for ``cs231n_lib.<topic>`` in the trusted runner: every function calls into the sandbox."""

    def __init__(self, student, topic):
        super().__init__(f"cs231n_lib.{topic}")
        self._student = student

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._student, name)


@contextlib.contextmanager
def set_aside(name):
    """Take a module of ``cs231n_lib``, with all below it, out of this process inside; it is back afterwards.

    Whatever was imported under its name meanwhile is gone then.
    """
    attribute = name.removeprefix("cs231n_lib.")

    def take_out():
        taken = {n: sys.modules.pop(n) for n in list(sys.modules) if f"{n}.".startswith(f"{name}.")}
        return taken, vars(cs231n_lib).pop(attribute, None)

    modules, value = take_out()
    try:
        yield
    finally:
        take_out()
        sys.modules.update(modules)
        if value is not None:
            setattr(cs231n_lib, attribute, value)


@contextlib.contextmanager
def stand_in(student, topic):
    """Let ``cs231n_lib.<topic>`` be the student's functions inside; memory is bounded meanwhile."""
    module = StandInModule(student, topic)
    with bound_memory(JUDGING_MEMORY), set_aside(module.__name__):
        sys.modules[module.__name__] = module
        setattr(cs231n_lib, topic, module)
        yield


LAB = "cs231n_lib.lab"


class InertModule(types.ModuleType):
    """Stands for a module of ``cs231n_lib.lab``: whatever is taken from it, or called, is inert as well."""

    __path__: list[str] = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return InertModule(f"{self.__name__}.{name}")

    def __call__(self, *args, **kwargs):
        return self


class InertFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds an :class:`InertModule` for every import below ``cs231n_lib.lab``."""

    def find_spec(self, name, path=None, target=None):
        """See :class:`importlib.abc.MetaPathFinder`."""
        return importlib.machinery.ModuleSpec(name, self) if f"{name}.".startswith(f"{LAB}.") else None

    def create_module(self, spec):
        """See :class:`importlib.abc.Loader`."""
        return InertModule(spec.name)

    def exec_module(self, module):
        """See :class:`importlib.abc.Loader`."""


@contextlib.contextmanager
def inert_lab():
    """Let imports from ``cs231n_lib.lab`` give inert modules inside.

    Setup cells import data, plots and checks for the reader's sake; no mark depends on them. So nothing that
    they import can change a mark. (The few files of ``lab`` that marks depend on, how answers are read and results are
    compared, are loaded by their paths: see :func:`autograder.reference.load_lab_module`.)
    """
    finder = InertFinder()
    with set_aside(LAB):
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)


JUDGING_MEMORY = 3 * 2**30
"""What the grader's process may take beyond what it has, while it judges one submission, in bytes."""
