"""How the file of a module is read, and what it may import: the same at home and at grading. Nothing is run.

What Python's import takes is taken, so a file that names its encoding is fine; what the grader cannot use is refused in
the words that a student reads in a check, before handing in and on the page of marks. The grader loads this file by its
path, and every mark depends on it. Standard library only.
"""

import ast
import codecs
import io
import re
import sys
import tokenize

MAX_MODULE = 256 * 1024
"""Largest module that is read, in bytes."""
PACKAGES = frozenset({"numpy", "matplotlib", "mpl_toolkits", "pylab", "PIL", "IPython", "ipywidgets", "traitlets",
                      "pooch", "requests", "threadpoolctl", "tqdm"})
"""What the grader has beside the standard library: the workbook's packages, by the names that they are imported by."""
ELSEWHERE = frozenset({"tkinter", "turtle", "turtledemo", "idlelib", "lib2to3", "ensurepip", "annotationlib",
                       "compression", "msvcrt", "winreg", "winsound", "nt"})
"""Modules of the standard library that the grader may lack: of other systems, of newer Pythons, or with windows."""
OLDEST_PYTHON = 3, 11
"""The oldest that the workbook runs with."""
COOKIE = re.compile(rb"([ \t\f]*#[^\r\n]*?coding[:=][ \t]*)([-\w.]+)")
"""How one of the first two lines names the file's encoding (PEP 263)."""
TOO_LARGE = f"larger than {MAX_MODULE // 1024} KiB, left out at grading: take out what is no code"
SAVE_AS_UTF8 = "left out at grading: save it as UTF-8 (in the editor: Save with Encoding, or Save As)"
REMOVE_COOKIE = f"{SAVE_AS_UTF8}, and remove the line that says so"
RULE = ("does not work where this is graded. A module imports NumPy and Python's standard library, no other module of "
        "cs231n_lib and no file of your own: write what you need into this file")


def read_module(data):
    """Return the text of a module.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    text : str
        With plain line ends, and without a byte order mark. If it names its encoding, it now names UTF-8.

    Raises
    ------
    ValueError
        If Python would not import it, or it is too large; the message says what to do.
    """
    if len(data) > MAX_MODULE:
        raise ValueError(TOO_LARGE)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError(f"saved as UTF-16, {SAVE_AS_UTF8}")
    if b"\0" in data:
        raise ValueError(f"has null bytes in it, perhaps as it is saved as UTF-16, {SAVE_AS_UTF8}")
    text = decode_module(data).replace("\r\n", "\n").replace("\r", "\n")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError(f"has halves of characters in it, {SAVE_AS_UTF8}") from None
    if "\0" in text:
        raise ValueError(f"has null bytes in it, {SAVE_AS_UTF8}")
    if size > MAX_MODULE:  # it is kept as UTF-8
        raise ValueError(TOO_LARGE)
    return text


def decode_module(data):
    """Return the text of a module's bytes, read as Python reads them; see :func:`read_module`."""
    cookie = find_cookie(data)
    declared = cookie[2].decode("ascii", "replace") if cookie else "utf-8"
    is_utf8 = re.fullmatch(r"utf-8(-.*)?", declared.lower().replace("_", "-")) is not None
    if data.startswith(codecs.BOM_UTF8):
        if not is_utf8:
            raise ValueError(f"says that it is {declared}, but begins with the mark of UTF-8, {REMOVE_COOKIE}")
        data, cookie = data.removeprefix(codecs.BOM_UTF8), None
    if is_utf8:
        return decode_utf8(data)
    try:
        if not codecs.lookup(declared)._is_text_encoding:
            raise LookupError
        text = data.decode(declared)
    except LookupError:
        raise ValueError(f"says that it is {declared}, which Python does not know, {REMOVE_COOKIE}") from None
    except Exception:  # any codec may be named
        raise ValueError(f"says that it is {declared}, but is not, {REMOVE_COOKIE}") from None
    begin, end = cookie.span(2)
    named = text[begin:end] == declared  # not if the encoding changes ASCII, too
    return f"{text[:begin]}utf-8{text[end:]}" if named else text


def find_cookie(data):
    """Return the match of the line that names a file's encoding, or None: the first, or the second after no code."""
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    found = COOKIE.match(data, start)
    if found:
        return found
    line = re.compile(rb"[ \t\f]*(#[^\r\n]*)?(\r\n|\r|\n)").match(data, start)
    return COOKIE.match(data, line.end()) if line else None


def decode_utf8(data):
    """Return the text of UTF-8; bytes that are none are replaced within comments, which Python does not decode."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        odd = [data[:error.start].decode().count("\n") + 1]
    text = data.decode(errors="replace")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        odd = [t.start[0] for t in tokens if "\ufffd" in t.string and t.type != tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError):
        pass  # it cannot be told what is a comment
    if odd:
        raise ValueError(f"line {odd[0]} is not UTF-8, perhaps Windows-1252, {SAVE_AS_UTF8}")
    return text


# -- imports --------------------------------------------------------------------------------------------------------


def list_refused_imports(text, topic):
    """Return the line numbers of imports that fail where modules are graded; none if the text does not parse.

    Imports for another purpose do not count: below ``if __name__ == "__main__"`` and ``if TYPE_CHECKING``.

    Parameters
    ----------
    text : str
        From :func:`read_module`.
    topic : str
        The module's own name within ``cs231n_lib``.
    """
    try:
        waiting = [ast.parse(text)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    lines = set()
    while waiting:
        node = waiting.pop()
        if any(not is_available(name, topic) for name in list_imported_names(node)):
            lines.add(node.lineno)
        if isinstance(node, ast.If) and is_for_another_purpose(node.test):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)
    return sorted(lines)


def is_for_another_purpose(test):
    """Is a condition ``__name__ == "__main__"`` or ``TYPE_CHECKING``, which is false where a module is graded?"""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        sides = (test.left, test.comparators[0])
        return {getattr(side, "id", getattr(side, "value", None)) for side in sides} == {"__name__", "__main__"}
    return getattr(test, "attr", getattr(test, "id", "")) == "TYPE_CHECKING"


def list_imported_names(node):
    """Return the modules that a statement or call imports, with dots, as far as it says so."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if node.level:
            module = f"cs231n_lib.{module}".rstrip(".")
        return [f"{module}.{alias.name}" for alias in node.names] if module == "cs231n_lib" else [module]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if function in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            return [node.args[0].value]
    return []


def is_available(name, topic):
    """Does the grader have a module?

    Parameters
    ----------
    name : str
        With dots.
    topic : str
        The module that imports it, by its name within ``cs231n_lib``: it may import itself.
    """
    root = name.partition(".")[0]
    if root == "cs231n_lib":
        return f"{name}.".startswith(f"cs231n_lib.{topic}.")
    return root in PACKAGES or root in sys.stdlib_module_names and root not in ELSEWHERE


def describe_refused_import(file, line, source):
    """Return the sentence about an import that is refused.

    Parameters
    ----------
    file : str
        As in ``"cs231n_lib/activations.py"``.
    line : int
        Its number.
    source : str
        The line itself.
    """
    return f"{file}, line {line}: `{' '.join(source.split())[:80]}` {RULE}"


def find_refusals(text, topic):
    """Return a sentence for each import of a module that is refused.

    Parameters
    ----------
    text, topic : str
        As in :func:`list_refused_imports`.
    """
    rows, file = text.split("\n"), f"cs231n_lib/{topic}.py"
    return [describe_refused_import(file, n, rows[n - 1]) for n in list_refused_imports(text, topic)]


# -- the grader's Python --------------------------------------------------------------------------------------------


def describe_newer_syntax(file, text):
    """Return a sentence about what an older Python than this one does not parse; "" if there is nothing of the kind.

    The grader may have the oldest Python that the workbook runs with.

    Parameters
    ----------
    file : str
        As in ``"cs231n_lib/activations.py"``.
    text : str
        From :func:`read_module`.
    """
    line = 0
    try:
        ast.parse(text, feature_version=OLDEST_PYTHON)
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        line = find_newer_string((tokenize.tok_name[t.type], t.string, t.start[0]) for t in tokens)
    except SyntaxError as error:
        line = error.lineno if is_parsed(text) else 0
    except (ValueError, RecursionError, MemoryError, tokenize.TokenError):
        pass  # the check says what is wrong with it
    if not line:
        return ""
    old = ".".join(map(str, OLDEST_PYTHON))
    return f"{file}, near line {line}: a grader with Python {old} does not parse this; write it in an older way"


def is_parsed(text):
    """Does this Python parse a text?"""
    try:
        return ast.parse(text) is not None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def find_newer_string(tokens):
    """Return the line of the first f-string that Python 3.11 does not parse, 0 if there is none (PEP 701).

    Parameters
    ----------
    tokens : iterable of (str, str, int)
        Kind, text and line, as Python 3.12 and newer cut a module; an older one leaves an f-string in one piece.
    """
    quotes = []
    for kind, text, line in tokens:
        if quotes and kind in ("STRING", "FSTRING_START", "COMMENT"):
            if kind == "COMMENT" or "\\" in text or any(quote in text for quote in quotes):
                return line
        if kind == "FSTRING_START":
            quotes.append(text.lstrip("fFrR"))
        elif kind == "FSTRING_END":
            quotes.pop()
    return 0
