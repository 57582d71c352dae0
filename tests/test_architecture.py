"""How the code is written: what another wing imports is annotated and explained, and no expression is a puzzle."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograder.course.topics import list_topics
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


ANNOTATED_WITHIN = ("reports", "exports")
"""Wings in which what one module takes from another is held to the same rule."""


def imported_names(path: Path, own: str) -> set[tuple[str, str]]:
    """Return (module, name) of what a file takes from other wings of the grader, in some also from its own."""
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
    return {(module, name) for module, name in found
            if wing_of(module) != wing_of(own) or module != own and wing_of(own) in ANNOTATED_WITHIN}


@cache
def faces() -> list[tuple[str, str]]:
    """Return (module, name) of everything that one wing of the grader takes from another."""
    found = set()
    for path in sorted((ROOT / "autograder").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "verify/attacks" not in name and "authoring/template" not in name:  # fragments; a topic as any other
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


BY_TOPIC = {"hidden_tests", "mistakes", "alternatives", "cases", "aspects", "hints", "questions"}
"""Folders with a file of each topic, which their docstrings name as ``<topic>``."""
PACKAGES = [path.parent for folder in ("autograder", "tools", "book", "cs231n_lib/lab")
            for path in sorted((ROOT / folder).rglob("__init__.py"))]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_docstring_of_a_folder_names_each_of_its_files(folder: Path) -> None:
    """Does a reader learn from ``__init__.py`` what each file is there for? Each explorer is a file by itself."""
    doc = ast.get_docstring(tree_of(folder / "__init__.py")) or ""
    files = {p.stem for p in folder.glob("*.py")} | {p.parent.name for p in folder.glob("*/__init__.py")}
    files -= {"__init__", "__main__"} | (set(list_topics()) if folder.name in BY_TOPIC else set())
    if folder.name != "explorers" and not folder.name.startswith("held_out"):
        assert [name for name in sorted(files) if not re.search(rf"\b{name}\b", doc)] == []


TRUTH_CALLS = {"all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass"}
FOLDERS = ("autograder", "tools", "book", "cs231n_lib/lab")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def is_truth(node: ast.expr) -> bool:
    """Is an expression true or false whatever its operands are? A comparison of arrays is a mask and may be neither."""
    if isinstance(node, ast.Compare):
        sides = (node.left, *node.comparators)
        measured = any(isinstance(n, ast.Call) and getattr(n.func, "id", "") == "len" for n in sides)
        return measured or any(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in node.ops)
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in TRUTH_CALLS
    return isinstance(node, ast.BoolOp) or isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def is_text(node: ast.expr) -> bool:
    """Is an expression a text of more than one character, or a list of texts?"""
    if isinstance(node, (ast.List, ast.Tuple)):
        return any(map(is_text, node.elts))
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 1)


def is_puzzling_product(left: ast.expr, right: ast.expr) -> bool:
    """Does a product stand for an ``if``: a text times what is no fixed number, a number times a comparison?"""
    if is_truth(right):
        return True
    if is_text(left):
        return not all(isinstance(n, (ast.Constant, ast.BinOp, ast.operator)) for n in ast.walk(right))
    whole_number = isinstance(left, ast.Constant) and isinstance(left.value, int)
    return whole_number and isinstance(right, ast.Compare)


def iter_puzzles(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) for expressions that a reader has to solve."""
    conditions = {id(test) for node in ast.walk(tree) for test in [getattr(node, "test", None)]
                  if isinstance(node, (ast.If, ast.While, ast.Assert))}
    conditions |= {id(test) for node in ast.walk(tree) if isinstance(node, ast.comprehension) for test in node.ifs}
    tested = {id(n) for node in ast.walk(tree) if id(node) in conditions for n in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            if is_puzzling_product(node.left, node.right) or is_puzzling_product(node.right, node.left):
                yield node.lineno, "a product stands for a condition"
        elif isinstance(node, ast.IfExp):
            if any(isinstance(n, ast.IfExp) for n in ast.walk(node) if n is not node):
                yield node.lineno, "a conditional expression inside another"
        elif isinstance(node, ast.Subscript):
            fixed = isinstance(node.value, (ast.Constant, ast.List, ast.Tuple, ast.Dict))
            if is_truth(node.slice) or fixed and isinstance(node.slice, ast.Compare):
                yield node.lineno, "an index that is true or false"
        elif isinstance(node, ast.NamedExpr):
            if id(node) not in tested:
                yield node.lineno, "a name bound within an expression that is no condition"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.IfExp):
            yield node.lineno, "a call of whichever function a condition picks"
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.IfExp):
            yield node.lineno, "a raise of whichever error a condition picks"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_expressions_are_written_out(path: Path) -> None:
    """Can a reader take in every expression without solving it?"""
    assert not list(iter_puzzles(tree_of(path)))


@pytest.mark.parametrize("code", [
    "f' and {n} more' * (n > 3)", "['remark'] * bool(remark)", "' (waits)' * needs_manual", "['changed'] * changed",
    "0.25 * (titles is not None)", "rate * (len(w) != length)", "2 * (number % 5 == 2)", "sign * (a and b)",
    "1 if a else 2 if b else 3", "(1 if a else 2) if b else 3", "f\"{1 if a else ''}\" if b else ''",
    "'tl'[isinstance(value, list)]", "('no', 'yes')[n > 3]", "names[not found]", "{True: 1, False: 2}[a == b]",
    "f(out=(e := g()))", "(f if a else g)(x)", "raise (a if b else c)",
])
def test_puzzle_is_found(code: str) -> None:
    """Is each kind of expression that has to be solved found?"""
    assert len(list(iter_puzzles(ast.parse(code)))) == 1


@pytest.mark.parametrize("code", [
    "dout * (x > 0)", "out[x > 0]", "'-' * len(head)", "b'x' * 2**20", "'2.0\\n' * 2**18", "[0.0] * n",
    "(1,) * (n - 1)",
    "if found := f(): pass", "while not (line := read()): pass", "[y for x in xs if (y := f(x))]", "kinds[name](x)",
    "a if b else c",
])
def test_plain_expression_passes(code: str) -> None:
    """Are masks of arrays, repeated characters, lists of a length and names bound in a condition left alone?"""
    assert not list(iter_puzzles(ast.parse(code)))
