"""What pages and docstrings name is there: paths, modules, commands, make targets, roles."""

import argparse
import ast
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.hidden_tests.session import load_questions
from autograder.reference import ROOT
from cs231n_lib.lab.check.cases import FUNCTIONS
from tests.not_yet_asked import EARLIER

PACKAGES = ("autograder", "book", "cs231n_lib", "tools")
FOLDERS = (*PACKAGES, "datasets", "docs", "notebooks", "tests")
WINGS = tuple(p.name for p in sorted((ROOT / "autograder").iterdir()) if (p / "__init__.py").is_file())
PAGES = sorted(p for pattern in ("*.md", "autograder/**/*.md", *(f"{folder}/*.md" for folder in FOLDERS[1:]))
               for p in ROOT.glob(pattern))
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}

# A course folder has course/, release/ too: below the name of a wing only modules are looked for.
PATH = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./*<>-]*|(?:{'|'.join(WINGS)})/(?:[\w/*<>-]+\.py)?")
COMMAND = re.compile(r"python3? -m ([\w.]+)(?: ([a-z]+(?:-[a-z]+)*)\b)?")
ROLE = re.compile(r":(?:mod|func|class|meth|data|attr|exc):`~?([\w.]+)`")


def name_of(page: Path) -> str:
    """Return a file's path from the root of the repository: the id of its tests."""
    return page.relative_to(ROOT).as_posix()


def code_in(text: str) -> Iterator[str]:
    """Yield what stands between backticks, and the lines of indented and fenced code without their comments."""
    fenced = False
    prose = []
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.split(" #")[0].strip()
        prose.append("" if fenced or line.startswith("```") else line)
    yield from (code.replace("\n", " ") for code in re.findall(r"`([^`]+)`", "\n".join(prose)))


def is_there(path: str) -> bool:
    """Return whether a path, with globs or placeholders such as <topic> in it, leads to a file of ours."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    return any(next(base.glob(pattern), None) for base in (ROOT, ROOT / "autograder"))


def resolves(dotted: str) -> bool:
    """Return whether a dotted path leads to a module, to something in it, or to a declared field of a class."""
    try:
        pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError):
        owner, _, field = dotted.rpartition(".")
        try:
            return field in getattr(pkgutil.resolve_name(owner), "__annotations__", {})
        except (ImportError, AttributeError, ValueError):
            return False
    return True


def is_runnable(module: str) -> bool:
    """Return whether `python -m` runs a module."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return False
    return spec is not None and (not spec.submodule_search_locations
                                 or importlib.util.find_spec(f"{module}.__main__") is not None)


def grader_commands() -> set[str]:
    """Return the commands of `python -m autograder`."""
    from autograder.__main__ import make_parser

    actions = make_parser()._actions
    return {name for action in actions if isinstance(action, argparse._SubParsersAction) for name in action.choices}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_paths_named_in_pages_exist(page: Path) -> None:
    """Can a reader open every file and folder that a page names?"""
    paths = {code for code in code_in(TEXT[page]) if PATH.fullmatch(code)}
    assert sorted(path for path in paths if not is_there(path)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_modules_named_in_pages_exist(page: Path) -> None:
    """Does every dotted name of ours in a page lead somewhere?"""
    dotted = {code for code in code_in(TEXT[page]) if re.fullmatch(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+", code)}
    assert sorted(name for name in dotted if not resolves(name)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_named_in_pages_can_be_run(page: Path) -> None:
    """Does every `python -m` of a page name a module, and a command if it is the grader's?"""
    calls = set(COMMAND.findall(TEXT[page]))
    assert sorted(module for module, _ in calls if not is_runnable(module.rstrip("."))) == []
    words = {word for module, word in calls if module == "autograder" and word}
    assert sorted(words - grader_commands()) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_named_in_pages_exist(page: Path) -> None:
    """Is every `make` target of a page in the Makefile?"""
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    calls = [code for code in code_in(TEXT[page]) if re.match(r"make [a-z]", code)]
    words = {word for code in calls for word in code.split()[1:] if "=" not in word}
    assert sorted(words - targets) == []


def list_roles(file: Path) -> set[str]:
    """Return what the roles in a file's docstrings name, those below constants and fields among them."""
    strings = [node.value.value for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
               if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
               and isinstance(node.value.value, str)]
    return {role for text in strings for role in ROLE.findall(text)}


def is_name_in(module: ModuleType, role: str) -> bool:
    """Return whether a role names something that a module, or one of its classes, defines or imports."""
    owners = [module, *(value for value in vars(module).values() if isinstance(value, type))]
    first, _, rest = role.partition(".")
    for owner in owners:
        if first in getattr(owner, "__annotations__", {}) and not rest:
            return True
        value = getattr(owner, first, None)
        if value is not None and (not rest or hasattr(value, rest) or rest in getattr(value, "__annotations__", {})):
            return True
    return resolves(role)


def test_roles_in_docstrings_resolve() -> None:
    """Does every role in a docstring name something that there is, from where it is read?"""
    lost = []
    for folder in (*PACKAGES, "datasets", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = name_of(file)
            if "verify/attacks" in name:  # fragments of modules, some broken on purpose
                continue
            short = set()
            for role in list_roles(file):
                if role.startswith(tuple(f"{package}." for package in PACKAGES)):
                    lost += [] if resolves(role) else [f"{name}: {role}"]
                else:
                    short.add(role)
            if short and folder in PACKAGES and not name.endswith(("__main__.py", "sandbox/worker.py", "book/conf.py")):
                module = importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
                lost += [f"{name}: {role}" for role in sorted(short) if not is_name_in(module, role)]
    assert lost == []


def test_every_graded_function_is_listed_once_as_written_or_given() -> None:
    """Does the table of CONTRIBUTING say of each function whether students write it?"""
    table = (ROOT / "CONTRIBUTING.md").read_text().split("## Which functions students write")[1].split("\n## ")[0]
    listed = {}
    for row in re.findall(r"^\| (\w+) \|(.*)\|(.*)\|.*\|$", table, re.M):
        listed[row[0]] = re.findall(r"[a-z]\w+", f"{row[1]} {row[2]}")
    for topic in list_topics():
        functions = [name for name, f in FUNCTIONS.items() if f.topic == topic]
        assert sorted(listed[topic]) == sorted(functions)


@pytest.mark.parametrize("topic", list_topics())
def test_what_is_graded_has_a_solution_region_and_what_is_given_stands_solved(topic: str) -> None:
    """Does each function have a region and hidden tests, or neither, or those for courses that go on?"""
    given = {name for name in solution_regions.list_given_functions(topic) if not name.startswith("_")}
    functions = {name for name, f in FUNCTIONS.items() if f.topic == topic}
    graded = {name for name, question in load_questions(topic).items() if not question.uses}
    assert given == (functions - graded) | set(EARLIER.get(topic, ()))
