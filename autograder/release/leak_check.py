"""The leak check: no solution, hidden test or near copy of one in any file that a student gets.

What follows is about code; sentences of a solution text are found by :mod:`autograder.release.solution_copies`.

Sources are compared as tokens, so that other comments, line breaks or spacing hide nothing. Every solution region gives
its runs of ``RUN`` tokens (a shorter one gives itself). Every function in the grader's rooms gives longer runs, because
the grader shares idioms with the given code. A student's file that holds one of them leaks, unless the same run is in
code that is given by intent: the stripped modules and the open cells of the notebooks.
"""

import io
import json
import re
import tokenize
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import PurePosixPath

from autograder import reference
from autograder.course import claims, solution_regions
from autograder.course.topics import list_topics
from autograder.release import hint_copies, solution_copies
from autograder.rooms import find_file, list_room

RUN, GRADER_RUN, SHARED_RUN = 12, 16, 40
"""Tokens in a run: of a solution, of the grader's code about a topic, of its code that compares as lab's checks do."""
RUN_LENGTHS = (RUN, GRADER_RUN, SHARED_RUN)
SHORTEST_RUN = 6
ALTERNATIVES = "autograder/verify/alternatives"
ROOMS = {"autograder/hidden_tests": SHARED_RUN, "autograder/mistakes": GRADER_RUN, ALTERNATIVES: GRADER_RUN}
"""Folder whose files know answers -> tokens in a run of those that belong to no topic; all others give GRADER_RUN."""
FORBIDDEN_WORDS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "autograder.")
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.S)
SKIPPED_TOKENS = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
                  tokenize.ENDMARKER}


TokenRun = tuple[str, ...]
Pinned = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)  # a text is cut into runs of several lengths, and many lines stand in several files
def tokenize_source(source: str) -> TokenRun:
    """Return the tokens of Python-like text as strings; text that does not tokenise is cut into words instead."""
    try:
        stream = tokenize.generate_tokens(io.StringIO(source).readline)
        return tuple(t.string for t in stream if t.type not in SKIPPED_TOKENS)
    except (tokenize.TokenError, SyntaxError):
        return tuple(re.findall(r"\w+|[^\w\s]", source))


def list_token_runs(source: str, length: int = RUN) -> set[TokenRun]:
    """Return the runs of ``length`` tokens in the source; the whole of it if it is shorter."""
    tokens = tokenize_source(source)
    if len(tokens) < length:
        return {tokens} if len(tokens) >= SHORTEST_RUN else set()
    return {tokens[i:i + length] for i in range(len(tokens) - length + 1)}


def list_all_runs(source: str) -> set[TokenRun]:
    """Return the runs of every length that is compared."""
    return set().union(*(list_token_runs(source, length) for length in RUN_LENGTHS))


@cache
def list_secret_runs(solved: frozenset[str] = frozenset(), pinned: Pinned = ()) -> Mapping[TokenRun, str]:
    """Return run -> where it comes from, for every solution region and all of the grader's code about answers.

    ``pinned`` are sources of the course that are not those of the checkout any more, as (name, text).
    """
    secret: dict[TokenRun, str] = {}
    for where, text in pinned:
        for _, body in REGION.findall("\n".join(list_code(where, text))):
            secret |= dict.fromkeys(list_token_runs(body), where)
    for topic, assignment in list_topics().items():
        regions = {f"notebooks/{assignment}.ipynb": "\n".join(read_code_cells(assignment))}
        if topic not in solved:
            regions[f"cs231n_lib/{topic}.py"] = reference.read_module_source(topic)
        for where, text in regions.items():
            for _, body in REGION.findall(text):
                secret |= dict.fromkeys(list_token_runs(body), where)
    for folder, shared_run in ROOMS.items():
        for place, file in sorted(list_room(folder).items()):
            topic = PurePosixPath(place).stem
            if not place.endswith(".py") or folder == ALTERNATIVES and topic in solved:
                continue
            length = GRADER_RUN if topic in list_topics() else shared_run
            secret |= dict.fromkeys(list_function_runs(file.read_text(), length), place)
    for run in list_intended_runs(solved, pinned):
        secret.pop(run, None)
    return secret


def list_function_runs(code: str, length: int = GRADER_RUN) -> set[TokenRun]:
    """Return the runs of a file's functions, without their shared imports and signatures."""
    code = re.sub(r"(?m)^for .*:\n", "", code)  # a list of functions' names is no answer, and the notebooks have it too
    bodies = re.split(r"(?m)^(?:    )?def .*?:\n", code)[1:]
    return set().union(*(list_token_runs(re.split(r"(?m)^(?:@|class )", body)[0], length) for body in bodies))


def list_intended_runs(solved: Collection[str] = (), pinned: Pinned = ()) -> set[TokenRun]:
    """Return the runs of code that students are meant to see: their modules as given, and the notebooks' open parts."""
    intended: set[TokenRun] = set()
    for where, text in pinned:
        for source in list_code(where, text):
            intended |= list_all_runs(REGION.sub("", source))
    for topic, assignment in list_topics().items():
        given = reference.read_module_source(topic) if topic in solved else solution_regions.make_stub(topic)
        intended |= list_all_runs(given)
        for source in read_code_cells(assignment):
            intended |= list_all_runs(REGION.sub("", source))
    return intended


def read_code_cells(assignment: str) -> list[str]:
    """Return the sources of the code cells of an instructor's notebook, each with a newline at its end."""
    name = f"notebooks/{assignment}.ipynb"
    return list_code(name, find_file(name).read_text())


def list_code(name: str, text: str) -> list[str]:
    """Return the code in a source of an assignment: a notebook's code cells, or a whole module."""
    if not name.endswith(".ipynb"):
        return [text]
    notebook = json.loads(text)
    return ["".join(c["source"]) + "\n" for c in notebook["cells"] if c["cell_type"] == "code"]


def read_readable_text(name: str, data: bytes) -> list[str]:
    """Return the texts in a student's file that could hold code: of a notebook its cells and metadata, or all of it."""
    if name.endswith(".ipynb"):
        notebook = json.loads(data)
        metadata = [part.get("metadata", {}) for part in (notebook, *notebook["cells"])]
        return ["".join(c["source"]) for c in notebook["cells"]] + [t for m in metadata for t in list_strings(m)]
    try:
        return [data.decode()]
    except UnicodeDecodeError:
        return [data.decode("latin-1")] if len(data) < 2**20 and not name.endswith((".npz", ".gz")) else []


def list_strings(value: object) -> list[str]:
    """Return the texts in data as JSON has it; a key of a dict counts as a text."""
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in list_strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in list_strings(item)]
    return [value] if isinstance(value, str) else []


def holds_claims(name: str, data: bytes) -> bool:
    """Does a notebook hold the expressions by which the numbers in its text are confirmed?"""
    if not name.endswith(".ipynb"):
        return False
    found = [c.get("metadata", {}).get(claims.FIELD, {}) for c in json.loads(data)["cells"]]
    return any(key in entries for entries in found for key in claims.KEYS)


def find_leaks(files: Mapping[str, bytes], solved: Collection[str] = (), pinned: Mapping[str, str] | None = None
               ) -> list[str]:
    """Look for leaks.

    Parameters
    ----------
    files : dict
        Name -> content of what a student gets.
    solved : collection of str
        Topics whose solutions are given by intent.
    pinned : dict, optional
        Name -> text of sources that the course released and the checkout has changed since.

    Returns
    -------
    leaks : list of str
        One line per leak: which file holds what.
    """
    released = tuple(sorted((pinned or {}).items()))
    secret, leaks = list_secret_runs(frozenset(solved), released), set()
    for name, data in files.items():
        if holds_claims(name, data):
            leaks.add(f"{name} holds claims in the metadata of its cells")
        if hint_copies.is_hint_file(name) and hint_copies.read_topic(name) not in solved:
            leaks.update(hint_copies.find_copies(name, data.decode()))
        leaks |= solution_copies.find_copies(name, data, read_readable_text(name, data), released)
        for text in read_readable_text(name, data):
            leaks |= {f"{name} holds {word!r}" for word in FORBIDDEN_WORDS if word in text}
            runs = list_all_runs(text)
            if name.endswith((".py", ".ipynb")):
                runs |= list_line_runs(text)
            leaks |= {f"{name} holds code of {secret[run]}: {' '.join(run)}" for run in runs if run in secret}
    return sorted(leaks)


def find_told_solutions(topic: str, sentences: Iterable[str]) -> list[str]:
    """Return a line for each sentence about a known mistake that holds a run of the topic's solutions."""
    secret: set[TokenRun] = set()
    for _, body in REGION.findall(reference.read_module_source(topic)):
        secret |= list_token_runs(body)
    lengths = {len(run) for run in secret}
    return [f"a sentence about a mistake in {topic} holds its solution: {sentence}" for sentence in sentences
            if any(secret & list_token_runs(sentence, length) for length in lengths)]


def list_line_runs(text: str) -> set[TokenRun]:
    """Return each line's tokens as a run: how a region shorter than ``RUN`` would appear."""
    return {run for line in text.splitlines() for run in list_token_runs(line.strip()) if len(run) < RUN}
