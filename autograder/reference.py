"""What hidden tests compare with, and how, loaded from the sources under names that student code cannot shadow."""

import builtins
import importlib.util
import linecache
import sys
import types
from functools import cache
from pathlib import Path

from autograder.rooms import ROOT, find_file, name_errors

COMPARISONS = "cs231n_lib/lab/check/arrays.py"
"""How results are compared, in checks and for marks."""
CELLS, MODULES = "cs231n_lib/lab/cells.py", "cs231n_lib/lab/modules.py"
"""How notebooks and answers, and modules are read, at home and here."""
QUESTIONS = "cs231n_lib/lab/check/questions"
"""The forms of bets and transfer questions, one file per topic."""
ANSWER_FORMS = "cs231n_lib/lab/check/answer_forms.py"
QUESTION_FORMS = (f"{QUESTIONS}/kinds.py", "cs231n_lib/lab/check/answers.py", ANSWER_FORMS,
                  "cs231n_lib/lab/check/steps.py")
"""What says whether a bet or an answer has its form, and whatever else a topic's questions import."""
ASPECTS = "cs231n_lib/lab/check/aspects"
"""Names of the aspects that checks and hidden tests share."""
CASES = "cs231n_lib/lab/check/cases"
VISIBLE = (f"{CASES}/builders.py", "cs231n_lib/lab/check/observe.py", "cs231n_lib/lab/check/result_form.py",
           "cs231n_lib/lab/gradient_check.py")
"""How a visible case is run. With a topic's file in :data:`CASES`, it decides which lines a hint may name."""


def import_package() -> types.ModuleType:
    """Import ``cs231n_lib`` from the checkout and return it, whatever ``sys.path`` finds first.

    The folder in which a process was started may hold a student's. What is imported already is left as it is.
    """
    if "cs231n_lib" not in sys.modules:
        folder = ROOT / "cs231n_lib"
        spec = importlib.util.spec_from_file_location("cs231n_lib", folder / "__init__.py",
                                                      submodule_search_locations=[str(folder)])
        assert spec and spec.loader, "a file of Python has a loader"
        module = sys.modules["cs231n_lib"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["cs231n_lib"]


def read_module_source(topic: str) -> str:
    """Return the source of ``cs231n_lib/<topic>.py``, solutions included."""
    return find_file(f"cs231n_lib/{topic}.py").read_text()


@cache
def load(topic: str) -> types.ModuleType:
    """Return the module ``cs231n_lib/<topic>.py`` with its solutions, as ``reference.<topic>``."""
    return load_source(read_module_source(topic), f"reference.{topic}", str(find_file(f"cs231n_lib/{topic}.py")))


@cache
def load_comparisons() -> types.ModuleType:
    """Return the functions of :data:`COMPARISONS` as a module of its own.

    It is not imported by its name: while a runner works, ``lab`` is inert, and a student's workspace in whose folder
    the grader is started has a ``lab`` of its own.
    """
    return load_source((ROOT / COMPARISONS).read_text(), "reference.arrays", str(ROOT / COMPARISONS))


@cache
def load_aspects(topic: str = "") -> types.SimpleNamespace:
    """Return the names of the aspects that check and grader share: the common ones and, if it is given, a topic's."""
    names = [f"{ASPECTS}/common.py", f"{ASPECTS}/{topic}.py"]
    files = (load_lab_module(name) for name in names if find_file(name).is_file())
    return types.SimpleNamespace(**{k: name for file in files for k, name in vars(file).items() if k.isupper()})


@cache
def load_visible_cases(topic: str) -> tuple[dict, types.ModuleType]:
    """Return the visible cases of ``check``, name of the function -> its ``Function``, and the module that runs them.

    They are loaded by their paths as the comparisons are, with what they import from the lab.
    """
    load_lab_module(f"{CASES}/{topic}.py")  # registers its functions
    builders, observe = map(load_lab_module, VISIBLE[:2])
    return {name: f for name, f in builders.FUNCTIONS.items() if f.topic == topic}, observe


def load_questions(topic: str) -> types.ModuleType | None:
    """Return the questions of a topic's notebook, as students have them; None if there are none."""
    name = f"{QUESTIONS}/{topic}.py"
    return load_lab_module(name) if find_file(name).is_file() else None


@cache
def load_lab_module(name: str) -> types.ModuleType:
    """Return a file of the lab, by its place, as a module whose imports from the lab are loaded by path, too."""
    if name == COMPARISONS:
        return load_comparisons()
    found = {**vars(builtins), "__import__": import_by_path}
    file = find_file(name)
    return load_source(file.read_text(), f"reference.{Path(name).stem}", str(file), found)


def import_by_path(name, namespace=None, local=None, parts=(), level=0):
    """Import as the statement does, except that modules of the lab come from their files in the checkout."""
    path = name.replace(".", "/")
    if not f"{path}/".startswith("cs231n_lib/lab/"):
        return __import__(name, namespace, local, parts, level)
    if (ROOT / path).is_dir():  # from cs231n_lib.lab.check import arrays
        return types.SimpleNamespace(**{part: load_lab_module(f"{path}/{part}.py") for part in parts})
    return load_lab_module(f"{path}.py")


def load_source(source: str, name: str, filename: str, found: dict | None = None) -> types.ModuleType:
    """Execute trusted source as a new module.

    Parameters
    ----------
    source : str
        Python code of ours, never a student's.
    name : str
        Name of the module.
    filename : str
        Shown in tracebacks, with the lines of ``source``.
    found : dict, optional
        The module's builtins; Python's own by default.
    """
    module = types.ModuleType(name)
    module.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    if found is not None:
        module.__dict__["__builtins__"] = found
    with name_errors(filename):
        exec(compile(source, filename, "exec"), module.__dict__)
    return module
