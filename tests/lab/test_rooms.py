"""The rooms of the lab: what one room takes from another, or a notebook takes from the lab, is documented."""

import ast
import importlib
import inspect
import json
import re
from dataclasses import is_dataclass

import pytest

from autograder.reference import ROOT

LAB = ROOT / "cs231n_lib/lab"
ROOMS = ("check", "commands", "explorers", "notebook")


def list_imports(tree):
    """Yield (module, name) of everything that some code takes from the lab."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cs231n_lib.lab"):
            yield from ((node.module, alias.name) for alias in node.names)


def room_of(module):
    """Return the room of a module: ``check`` of ``cs231n_lib.lab.check.judge``."""
    return (module.split(".") + [""])[2]


def list_faces():
    """Return (module, name) of what crosses from one room to another, or from the lab into a notebook."""
    found = set()
    for path in LAB.rglob("*.py"):
        own = path.relative_to(LAB).parts[0].removesuffix(".py")
        imports = list_imports(ast.parse(path.read_text(encoding="utf-8")))
        found |= {(module, name) for module, name in imports if room_of(module) != own}
    for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and not re.search(r"^\s*[%!]", source, re.MULTILINE):
                found |= set(list_imports(ast.parse(source)))
    return sorted(found)


def list_functions(value):
    """Yield a function, or the public methods of a class and the class for its ``__init__``."""
    if inspect.isfunction(value):
        yield value.__name__, value, inspect.getdoc(value)
    if inspect.isclass(value) and "__init__" in vars(value):
        yield value.__name__, value.__init__, inspect.getdoc(value)
    for name, method in vars(value).items() if inspect.isclass(value) else ():
        if inspect.isfunction(method) and not name.startswith("_"):
            yield f"{value.__name__}.{name}", method, inspect.getdoc(getattr(value, name))


@pytest.mark.parametrize("module, name", list_faces())
def test_what_crosses_into_another_room_is_documented(module, name):
    """Does each function have a docstring and, if it takes three arguments or more, a Parameters section?"""
    value = getattr(importlib.import_module(module), name, None)
    for label, function, doc in list_functions(value):
        kinds = [p for p in inspect.signature(function).parameters.values() if p.name not in ("self", "cls")]
        named = [p for p in kinds if p.kind is not p.VAR_KEYWORD]
        assert doc, f"{label} has no docstring"
        overrides = "." in label and any(hasattr(base, function.__name__) for base in value.__mro__[1:])
        section = "Attributes" if is_dataclass(value) and "." not in label else "Parameters"
        assert len(named) < 3 or overrides or re.search(rf"^{section}$", doc, re.MULTILINE), f"{label}: no {section}"


@pytest.mark.parametrize("room", ("", *ROOMS))
def test_room_says_what_enters_leaves_and_may_be_imported(room):
    """Does a room's first docstring say so in about ten lines, and name each of its files?"""
    package = importlib.import_module(f"cs231n_lib.lab.{room}".rstrip("."))
    doc, folder = package.__doc__, LAB / room
    assert "In: " in doc and " Out: " in doc and "import" in doc and 7 <= len(doc.splitlines()) <= 18
    files = {p.stem for p in folder.iterdir() if p.suffix == ".py" and not p.stem.startswith("_")}
    if room != "explorers":  # there each file is one explorer
        assert {name for name in files if f"``{name}``" not in doc} == set()
