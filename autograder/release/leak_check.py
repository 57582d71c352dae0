"""The leak check: no solution, hidden test or near copy of one in any file a student gets.

Sources are compared as tokens, so that new names for comments, line breaks or spacing hide nothing. Every solution
region gives its runs of ``RUN`` tokens (a shorter one gives itself), the grader's own code about answers runs of
``GRADER_RUN``, because it shares idioms with the given code. A student's file that holds one of them leaks, unless the
same run stands in code that is given by intent: the stripped modules and the open cells of the notebooks.
"""

import io
import json
import re
import tokenize

from autograder import reference
from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.reference import ROOT

RUN, GRADER_RUN = 12, 16
SHORTEST_RUN = 6
ROOMS, SOLVED_ROOMS = ("autograder/hidden_tests", "autograder/mistakes"), ("autograder/verify/alternatives",)
"""Folders whose <topic>.py knows the answers of a topic; the second are solutions."""
FORBIDDEN_WORDS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "autograder.")
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.S)
SKIPPED_TOKENS = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
        tokenize.ENDMARKER}


def tokenize_source(source):
    """Return the tokens of Python-like text as strings; what does not tokenise is cut into words instead."""
    try:
        stream = tokenize.generate_tokens(io.StringIO(source).readline)
        return [t.string for t in stream if t.type not in SKIPPED_TOKENS]
    except (tokenize.TokenError, SyntaxError):
        return re.findall(r"\w+|[^\w\s]", source)


def list_token_runs(source, n=RUN):
    """Return the set of runs of ``n`` tokens in the source; the whole of it if it is shorter."""
    found = tokenize_source(source)
    if len(found) < n:
        return {tuple(found)} if len(found) >= SHORTEST_RUN else set()
    return {tuple(found[i:i + n]) for i in range(len(found) - n + 1)}


def list_secret_runs(solved=()):
    """Return run -> where it comes from, for every solution region and all of the grader's code about answers."""
    found = {}
    for topic, assignment in list_topics().items():
        module = reference.read_module_source(topic)
        notebook = json.loads((ROOT / "notebooks" / f"{assignment}.ipynb").read_text())
        regions = {} if topic in solved else {f"cs231n_lib/{topic}.py": module}
        regions[f"notebooks/{assignment}.ipynb"] = "\n".join("".join(c["source"]) + "\n" for c in notebook["cells"])
        for where, text in regions.items():
            for _, body in REGION.findall(text):
                found |= dict.fromkeys(list_token_runs(body), where)
        for folder in ROOMS + (() if topic in solved else SOLVED_ROOMS):
            where = f"{folder}/{topic}.py"
            found |= dict.fromkeys(list_function_bodies((ROOT / where).read_text()), where)
    for run in list_intended_runs(solved):
        found.pop(run, None)
    return found


def list_function_bodies(code):
    """Return the runs of a file's functions, without their shared imports and signatures."""
    found = set()
    code = re.sub(r"(?m)^for .*:\n", "", code)  # a list of functions' names is no answer, and the notebooks have it too
    for body in re.split(r"(?m)^(?:    )?def .*?:\n", code)[1:]:
        found |= list_token_runs(re.split(r"(?m)^(?:@|class )", body)[0], GRADER_RUN)
    return found


def list_intended_runs(solved=()):
    """Return the runs of code that students are meant to see: their modules as given, and the notebooks' open parts."""
    found = set()
    for topic, assignment in list_topics().items():
        given = reference.read_module_source(topic) if topic in solved else solution_regions.make_stub(topic)
        found |= list_token_runs(given) | list_token_runs(given, GRADER_RUN)
        notebook = json.loads((ROOT / "notebooks" / f"{assignment}.ipynb").read_text())
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                source = REGION.sub("", "".join(cell["source"]) + "\n")
                found |= list_token_runs(source) | list_token_runs(source, GRADER_RUN)
    return found


def read_readable_text(name, data):
    """Return the texts in a student's file that could hold code: a notebook's cells, a text file's whole."""
    if name.endswith(".ipynb"):
        return ["".join(c["source"]) for c in json.loads(data)["cells"]]
    try:
        return [data.decode()]
    except UnicodeDecodeError:
        return [data.decode("latin-1")] if len(data) < 2**20 and not name.endswith((".npz", ".gz")) else []


def find_leaks(files, solved=()):
    """Look for leaks.

    Parameters
    ----------
    files : dict
        Name -> bytes of what a student gets.
    solved : collection of str
        Topics whose solutions are given by intent.

    Returns
    -------
    found : list of str
        One line per leak: which file holds what.
    """
    forbidden, found = list_secret_runs(solved), []
    for name, data in files.items():
        for text in read_readable_text(name, data):
            for word in FORBIDDEN_WORDS:
                if word in text:
                    found.append(f"{name} holds {word!r}")
            lines = list_line_runs(text) if name.endswith((".py", ".ipynb")) else set()
            for run in list_token_runs(text) | list_token_runs(text, GRADER_RUN) | lines:
                if run in forbidden:
                    found.append(f"{name} holds code of {forbidden[run]}: {' '.join(run)}")
    return sorted(set(found))


def list_line_runs(text):
    """Return each line's tokens as a run: how a region shorter than ``RUN`` would appear."""
    return {run for line in text.splitlines() for run in list_token_runs(line.strip()) if len(run) < RUN}
