"""The faces of the wings: what another wing imports is annotated, and says what its arguments are."""

import ast
from functools import cache
from pathlib import Path

import pytest

from autograder.reference import ROOT


def module_file(name: str) -> Path | None:
    """Return the file of a module of ours, or None."""
    base = ROOT / name.replace(".", "/")
    return next((p for p in (base / "__init__.py", base.with_suffix(".py")) if p.is_file()), None)


def wing_of(name: str) -> str:
    """Return the wing of a module: the second part of its name."""
    return (name.split(".") + [""])[1]


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(path: Path, own: str) -> set[tuple[str, str]]:
    """Return (module, name) of what a file takes from other wings of the grader."""
    tree, modules, found = tree_of(path), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if module_file(full):
                    modules[alias.asname or alias.name] = full
                else:
                    found.add((node.module, alias.name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found.add((modules[node.value.id], node.attr))
    return {(module, name) for module, name in found if wing_of(module) != wing_of(own)}


@cache
def faces() -> list[tuple[str, str]]:
    """Return (module, name) of everything that one wing of the grader takes from another."""
    found = set()
    for path in sorted((ROOT / "autograder").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "verify/attacks" not in name:
            own = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            found |= imported_names(path, own)
    return sorted(found)


def wings() -> list[str]:
    """Return the wings of the grader: its folders, and the modules at its root."""
    found = {p.stem for p in (ROOT / "autograder").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    return sorted(found - {"__init__"})


def definition(module: str, name: str) -> ast.AST | None:
    """Return the function or class that a name stands for, through re-exports; None for a constant."""
    tree = tree_of(module_file(module))
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            return node
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder"):
            if any((alias.asname or alias.name) == name for alias in node.names) and node.module != module:
                return definition(node.module, name) if module_file(node.module) else None
    return None


def complaints(node: ast.FunctionDef, where: str) -> list[str]:
    """Return what is missing from a function's signature and docstring."""
    arguments = [
        a for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if a.arg not in ("self", "cls")
    ]
    doc = ast.get_docstring(node) or ""
    found = [f"{where}: {a.arg} is not annotated" for a in arguments if a.annotation is None]
    if node.returns is None:
        found.append(f"{where}: no annotation of what comes back")
    if not doc:
        found.append(f"{where}: no docstring")
    if len(arguments) >= 3 and "Parameters\n" not in doc:
        found.append(f"{where}: three arguments or more and no Parameters section")
    return found


def find_complaints(module: str, name: str) -> list[str]:
    """Return what is missing from what ``name`` stands for, a function or each public method of a class."""
    node = definition(module, name)
    functions = [node] if isinstance(node, ast.FunctionDef) else []
    if isinstance(node, ast.ClassDef):
        functions = [f for f in node.body if isinstance(f, ast.FunctionDef) and
                     (f.name == "__init__" or not f.name.startswith("_"))]
    found = []
    for function in functions:
        if function.name == "__init__":  # the class's docstring has its parameters
            function = ast.FunctionDef(**{**{f: getattr(function, f) for f in function._fields}, "body": node.body})
        found += complaints(function, f"{module}.{name}.{function.name}")
    return [line for line in found if "__init__: no annotation" not in line]


@pytest.mark.parametrize("wing", wings())
def test_faces_of_a_wing_are_annotated_and_documented(wing: str) -> None:
    """Can a reader of another wing learn from signature and docstring what to pass and what comes back?"""
    assert not [line for module, name in faces() if wing_of(module) == wing for line in find_complaints(module, name)]


def test_faces_are_found() -> None:
    """Does the test above look at anything? Most wings are used by another."""
    assert len({wing_of(module) for module, _ in faces()}) > 10 and len(faces()) > 100
