"""What a cell of a notebook is for, how an answer is read from it, and what its check asks for. Nothing is run.

The one home of these rules, at home and at grading: the grader loads this file by its path, and every mark depends on
it. Standard library only: ``submit`` and ``doctor`` may run before anything is installed.

A *cell* is a dict, as the notebook's JSON has it; its *source* is its text.
"""

import ast
import json
import re
from dataclasses import dataclass
from itertools import accumulate, islice

PLACEHOLDER = "YOUR ANSWER HERE"
"""What nbgrader puts in the place of a written answer."""
MAX_NOTEBOOK = 64 * 2**20
"""Largest notebook file that is read, in bytes; one with its outputs may have 20 MB."""
MAX_CELL = 20_000
"""Longest cell, in characters; a longer one is left out."""
MAX_CELLS, MAX_SOURCES = 2000, 2 * 2**20
"""Most cells of a notebook that are looked at, and most characters in them together; ours have 90."""
MAX_ANSWER = 4000
"""Longest answer cell that is read, in characters."""
MAX_INTEGER = 10**100
KINDS = ("bet", "answer", "scratch", "solution")
"""What the metadata of a cell of form 2 may name: a bet, the answer to a transfer question, code that is the student's
own and never graded, or the solution of a transfer question, which releases leave out."""
CHECKS = ("check", "check_answer", "check_answer_form", "check_bets")
"""What a test cell calls where students see it."""
TOO_LARGE = f"larger than {MAX_NOTEBOOK // 1024} KiB, left out at grading: clear its outputs"
NO_NOTEBOOK = "not a notebook (broken JSON?)"


@dataclass(frozen=True)
class Purpose:
    """What a test cell asks for.

    Attributes
    ----------
    kind : str
        "function", "prediction", "answer", "bets" (the cell that counts them) or "all together" (a cell that runs all
        functions of its notebook).
    name : str
        The function or the variable; of "bets" the notebook, of "all together" the cell's ``grade_id`` without
        ``-test``.
    accepted : str or tuple, optional
        Which answers are possible, as in :func:`cs231n_lib.lab.check.check_answer`; None if the questions of the
        notebook say it.
    """

    kind: str
    name: str
    accepted: object = None


@dataclass(frozen=True)
class Unreadable:
    """An answer cell without a literal; ``reason`` tells the student what is wrong with it."""

    reason: str


# -- the file -----------------------------------------------------------------------------------------------------


def decode_notebook(data):
    """Return the text of a notebook file.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    ValueError
        If it is too large or no text; the message says so in a few words.
    """
    if len(data) > MAX_NOTEBOOK:
        raise ValueError(TOO_LARGE)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text, left out at grading") from None


def parse_cells(text):
    """Return the list of cells in a notebook's text; each cell may be anything.

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    try:
        found = json.loads(text)["cells"]
    except (ValueError, RecursionError, KeyError, TypeError):
        found = None
    if not isinstance(found, list):
        raise ValueError(NO_NOTEBOOK)
    return found


def list_limit_problems(sources):
    """Return how many cells from the beginning are looked at, and a line for what is left out of a notebook.

    Parameters
    ----------
    sources : list of str
        Of all its cells, in order.

    Returns
    -------
    fitting : int
    lines : list of str
    """
    lengths = [len(source) for source in sources]
    ends = accumulate(length if length <= MAX_CELL else 0 for length in lengths)
    fitting = sum(end <= MAX_SOURCES for end in islice(ends, MAX_CELLS))
    too_long, beyond = sum(length > MAX_CELL for length in lengths[:fitting]), len(sources) - fitting
    lines = []
    if too_long:
        lines.append(f"{too_long} cells over {MAX_CELL} characters, left out")
    if beyond:
        lines.append(f"larger than a notebook may be, the last {beyond} cells are left out")
    return fitting, lines


def read_cells(path):
    """Return the cells of a notebook file; each has ``metadata``, if only an empty dict.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    ValueError
        If the file is not a notebook, or larger than one may be; the message says what to do.
    OSError
        If it cannot be read.
    """
    data = path.read_bytes()
    if len(data) > MAX_NOTEBOOK:
        raise ValueError(f"{path.name}: {TOO_LARGE}")
    try:
        found = parse_cells(decode_notebook(data))
        return [{**c, "metadata": keep_dict(c.get("metadata"))} for c in found]
    except (ValueError, TypeError, AttributeError) as error:
        reason = str(error) if isinstance(error, ValueError) else NO_NOTEBOOK
        raise ValueError(f"{path.name} is damaged: {reason}. Take an older copy: JupyterLab keeps one in the folder "
                         ".ipynb_checkpoints, and the workbook's zip has the one you began with") from None


def read_source(cell):
    """Return a cell's text; a notebook file may hold it as a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def read_flags(cell):
    """Return what nbgrader noted in a cell's metadata, {} where it noted nothing."""
    return keep_dict(cell["metadata"].get("nbgrader"))


def keep_dict(value):
    """Return ``value``, or {} if it is no dict: any program may have written the file."""
    return value if isinstance(value, dict) else {}


# -- the kinds of cells -----------------------------------------------------------------------------------------


def read_kind(cell):
    """Return which of :data:`KINDS` a cell of form 2 is, "" if it names none of them."""
    kind = keep_dict(cell["metadata"].get("cs231n")).get("kind")
    return kind if kind in KINDS else ""


def is_grade(cell):
    """Does the cell carry marks?"""
    return bool(read_flags(cell).get("grade"))


def is_solution(cell):
    """Is this a cell that a student writes in?"""
    return bool(read_flags(cell).get("solution"))


def is_test(cell):
    """Is this a cell that the grader marks?"""
    return is_code(cell) and is_grade(cell) and not is_solution(cell)


def is_written(cell):
    """Is this an answer that a person reads and marks?"""
    return is_grade(cell) and is_solution(cell)


def is_answer(cell):
    """Is this a cell in which a student assigns an answer to a variable?"""
    return is_code(cell) and is_solution(cell) and not is_grade(cell) and not is_scratch(cell)


def is_bet(cell):
    """Is this the cell in which a bet is placed?"""
    return read_kind(cell) == "bet"


def is_scratch(cell):
    """Is this a cell for any code of the student's own, which is never graded nor read as an answer?"""
    return read_kind(cell) == "scratch"


def is_solution_text(cell):
    """Is this the solution of a transfer question, which students do not get before the last due date?"""
    return read_kind(cell) == "solution"


def may_answer(cell):
    """May a student have given an answer in this cell: the one for it, or one that they have added?"""
    return is_code(cell) and not is_test(cell) and not is_scratch(cell)


def is_experiment(cell):
    """Is this a code cell of which nbgrader knows nothing?"""
    return is_code(cell) and not read_flags(cell)


def is_code(cell):
    """Is this a code cell?"""
    return cell.get("cell_type") == "code"


# -- what stands in a cell --------------------------------------------------------------------------------------


def read_answer(source, name):
    """Read ``name = literal`` from an answer cell; nothing is executed.

    Parameters
    ----------
    source : str
        The cell as the student left it: comments, and one assignment. Merged cells may have those of other answers too.
    name : str
        The variable asked for.

    Returns
    -------
    value : literal, Ellipsis or Unreadable
        ``...`` if the answer was left open; :class:`Unreadable` says why no literal was found, and what to write.
    """
    wanted = describe_wanted(name)
    if len(source) > MAX_ANSWER:
        return Unreadable(f"the answer cell is longer than {MAX_ANSWER} characters: {wanted}")
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        return Unreadable(f"the answer cell does not parse (line {error.lineno}): {wanted}")
    except (ValueError, RecursionError, MemoryError):
        return Unreadable(f"the answer cell does not parse: {wanted}")
    if not body:
        return ...
    values = [statement.value for statement in body if is_plain_assignment(statement, name)]
    others = [statement for statement in body if not is_plain_assignment(statement, name)]
    if not values or not all(is_literal_assignment(statement) for statement in others):
        return Unreadable(wanted)
    try:
        answer = ast.literal_eval(values[-1])
    except NO_LITERAL:
        return Unreadable('write the answer itself, as in "a" or 0.25: a computation is not read')
    if type(answer) is int and abs(answer) > MAX_INTEGER:  # no float holds it, and comparing would raise
        return Unreadable("the number is far too large to be an answer")
    return answer


NO_LITERAL = (ValueError, TypeError, RecursionError, MemoryError, SyntaxError)


def is_plain_assignment(statement, name=""):
    """Is a statement ``name = ...``, with one name and nothing else on its left?

    Parameters
    ----------
    statement : ast.stmt
    name : str
        The variable; any by default.
    """
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    return isinstance(target, ast.Name) and name in ("", target.id)


def is_literal_assignment(statement):
    """Is a statement ``name = literal``, as the answer to another question is?"""
    try:
        if is_plain_assignment(statement):
            ast.literal_eval(statement.value)
            return True
    except NO_LITERAL:
        pass
    return False


def describe_wanted(name):
    """Return what a student is to write in the answer cell of a variable."""
    return f"write one assignment, {name} = your answer, and nothing else in that cell: it is read and not run"


def choose_answer_cell(sources, name):
    """Return the source that counts, of the cells that may hold an answer: the last that gives the variable a value.

    A cell that is still open, ``name = ...``, counts only where no other one does.

    Parameters
    ----------
    sources : sequence of str
        In the order in which they were run, or stand in the notebook.
    name : str
        The variable asked for.

    Returns
    -------
    source : str or None
        None if no cell gives the variable a value.
    """
    found = [source for source in sources if assigns_variable(source, name)]
    answered = [source for source in found if read_answer(source, name) is not ...]
    return next(reversed(answered or found), None)


def choose_saved_answer(sources, name):
    """Return the source that counts in a notebook as it was saved, where nobody knows which cells were run, and when.

    A cell from which an answer can be read goes before one from which none can, such as a later computation.

    Parameters
    ----------
    sources : sequence of str
        Of the cells in which the answer may stand, in order.
    name : str
        The variable asked for.

    Returns
    -------
    source : str or None
        None if no cell gives the variable a value.
    """
    found = [source for source in sources if name in source and assigns_variable(source, name)]
    values = [read_answer(source, name) for source in found]
    given = [source for source, value in zip(found, values, strict=True)
             if value is not ... and not isinstance(value, Unreadable)]
    return given[-1] if given else choose_answer_cell(found, name)


def is_filled_in(source):
    """Does a written answer hold more than the placeholder that it was released with?"""
    return bool(source.strip()) and PLACEHOLDER not in source


def read_purpose(grade_id, source):
    """Return the :class:`Purpose` of a test cell, read from its visible call of ``check`` or one of its kind.

    Parameters
    ----------
    grade_id, source : str
        nbgrader's name of the cell, and its text as released.
    """
    call = next((s.value for s in ast.parse(source).body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
                 and getattr(s.value.func, "id", "") in CHECKS), None)
    if call is None:
        return Purpose("all together", grade_id.removesuffix("-test"))
    if call.func.id in ("check", "check_bets"):
        return Purpose({"check": "function", "check_bets": "bets"}[call.func.id], call.args[0].value)
    name = call.args[0].id
    if call.func.id == "check_answer_form":
        return Purpose("answer", name)
    kind = "prediction" if name.startswith("prediction") else "answer"
    return Purpose(kind, name, ast.literal_eval(call.args[1]))


def assigns_variable(source, name):
    """Does a cell give a variable a value, in whatever way: by ``name = 1``, ``name += 1``, in a loop, behind a magic?

    Parameters
    ----------
    source : str
    name : str
    """
    try:
        return name in set(iter_bound_names(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it may have a magic in it
        start = rf"^[ \t(]*(?:[%!]\w+[ \t]+)?(?:\w+[ \t]*[,=][ \t]*)*{name}\b"
        return bool(re.search(rf"{start}[^=\n!<>]*=(?!=)", source, re.MULTILINE))


SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
          ast.GeneratorExp)


def iter_bound_names(tree):
    """Yield the names that code gives a value to when it is run; those within a function are its own."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, SCOPES):
            yield getattr(node, "name", "")
            continue
        waiting += ast.iter_child_nodes(node)


# By pattern, because a cell that a student wrote may not parse: it may have a magic in it.


def checks_function(source, name):
    """Does a cell call ``check("name")``?"""
    return bool(re.search(rf"""\bcheck\(["']{name}["']\)""", source))


def list_confirmed_variables(source):
    """Return the variables that a scratch cell hands to ``confirm``, in order."""
    return re.findall(r"\bconfirm\(\s*([A-Za-z_]\w*)\s*\)", source)


def read_argument(source, line, function):
    """Return the variable that a cell hands to a function first, "" if there is no such call.

    Parameters
    ----------
    source : str
    line : int
        Where the call stands; of several calls, that one counts.
    function : str
        Its name: "confirm".
    """
    calls = [(1 + source.count("\n", 0, call.start()), call[1])
             for call in re.finditer(rf"\b{function}\(\s*([A-Za-z_]\w*)\s*[,)]", source)]
    until = [name for start, name in calls if start <= line]
    return (until[-1:] or [name for _, name in calls[:1]] or [""])[0]
