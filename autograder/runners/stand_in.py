"""What stands in for ``cs231n_lib`` while a runner executes the instructor's cells: the sandbox, and an inert lab."""

import contextlib
import importlib.abc
import importlib.machinery
import resource
import sys
import types
from pathlib import Path


class StandInModule(types.ModuleType):
    """Stands for ``cs231n_lib.<topic>`` in the trusted runner: every function calls into the sandbox."""

    def __init__(self, student, topic):
        super().__init__(f"cs231n_lib.{topic}")
        self._student = student

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._student, name)


class stand_in:
    """Context manager: ``cs231n_lib.<topic>`` is the proxy inside, what it was outside; memory is bounded meanwhile."""

    def __init__(self, student, topic):
        self.proxy, self.topic, self.bound = StandInModule(student, topic), topic, bound_memory()

    def __enter__(self):
        import cs231n_lib

        self.bound.__enter__()
        name = f"cs231n_lib.{self.topic}"
        self.before = sys.modules.get(name), getattr(cs231n_lib, self.topic, None)
        sys.modules[name] = self.proxy
        setattr(cs231n_lib, self.topic, self.proxy)

    def __exit__(self, *exc):
        import cs231n_lib

        self.bound.__exit__(*exc)
        module, attribute = self.before
        sys.modules.pop(f"cs231n_lib.{self.topic}")
        delattr(cs231n_lib, self.topic)
        if module is not None:
            sys.modules[module.__name__] = module
        if attribute is not None:
            setattr(cs231n_lib, self.topic, attribute)


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

    Setup cells import data, plots and checks for the reader's sake; no mark depends on them. So no change in ``lab``
    can change a mark, and ``lab`` needs no place in the grader's hash.
    """
    import cs231n_lib

    def is_lab(name):
        return f"{name}.".startswith(f"{LAB}.")

    before = {name: module for name, module in sys.modules.items() if is_lab(name)}
    attribute = vars(cs231n_lib).get("lab")
    finder = InertFinder()
    for name in before:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if is_lab(name)]:
            del sys.modules[name]
        sys.modules.update(before)
        vars(cs231n_lib).pop("lab", None)
        if attribute is not None:
            vars(cs231n_lib)["lab"] = attribute


JUDGING_MEMORY = 3 * 2**30
"""What the grader's process may take beyond what it has, while it judges one submission, in bytes."""


@contextlib.contextmanager
def bound_memory(more=JUDGING_MEMORY):
    """Bound this process inside: a result that grows when it is compared ends as a MemoryError, not as a dead host."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    bound = pages * resource.getpagesize() + more
    if pages and (soft == resource.RLIM_INFINITY or bound < soft):
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
