"""How a module is read: what is no part of the table in ``check/test_same_law.py``."""

import pytest

from autograder.reference import ROOT
from cs231n_lib.lab import modules

F, END, TEXT, CODE = "FSTRING_START", "FSTRING_END", "STRING", "OP"


@pytest.mark.parametrize("tokens, line", [
    ([(TEXT, "'a'", 1), (TEXT, '"b"', 2)], 0),
    ([(F, 'f"', 1), (CODE, "{", 1), (TEXT, "'a'", 1), (CODE, "}", 1), (END, '"', 1), (TEXT, '"b"', 2)], 0),
    ([(F, 'f"', 4), (CODE, "{", 4), (TEXT, '"a"', 4), (CODE, "}", 4), (END, '"', 4)], 4),
    ([(F, 'rf"', 4), (CODE, "{", 4), (F, 'f"', 5), (END, '"', 5), (CODE, "}", 5), (END, '"', 5)], 5),
    ([(F, 'f"', 1), (TEXT, "'\\n'", 1), (END, '"', 1)], 1),
    ([(F, 'f"""', 1), (TEXT, '"a"', 2), (END, '"""', 3)], 0),
    ([(F, 'f"""', 1), ("COMMENT", "# why", 2), (END, '"""', 3)], 2),
    ([(F, "f'", 1), (F, 'f"', 1), (END, '"', 1), (TEXT, "'a'", 1), (END, "'", 1)], 1),
])
def test_string_that_only_a_newer_python_parses_is_found(tokens, line):
    """Are the same quotes, a backslash or a comment within an f-string found, as Python 3.12 cuts it into tokens?"""
    assert modules.find_newer_string(tokens) == line


def test_syntax_of_a_newer_python_is_named_with_what_to_do(monkeypatch):
    """Is a statement that the oldest Python lacks named, and nothing said of what no Python parses?"""
    text = "x = 1\nprint(y := x)\n"
    assert modules.describe_newer_syntax("a.py", text) == ""
    monkeypatch.setattr(modules, "OLDEST_PYTHON", (3, 7))
    assert modules.describe_newer_syntax("a.py", text).startswith("a.py, near line 2: a grader with Python 3.7 does")
    for other in ("x = 1\n", "def f(:\n", "(" * 1000, "x = '''"):
        assert modules.describe_newer_syntax("a.py", other) == ""


def test_oldest_python_is_the_projects():
    """Is the oldest Python that a module must parse with the one that pyproject.toml asks for?"""
    wanted = ".".join(map(str, modules.OLDEST_PYTHON))
    assert f'requires-python = ">={wanted}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(p.stem for p in (ROOT / "cs231n_lib").glob("*.py")))
def test_our_own_modules_are_within_the_rules(name):
    """Is nothing said of the modules that students begin with?"""
    text = modules.read_module((ROOT / "cs231n_lib" / f"{name}.py").read_bytes())
    assert modules.find_refusals(text, name) == [] and modules.describe_newer_syntax(name, text) == ""
