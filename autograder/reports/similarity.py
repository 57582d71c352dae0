"""Find pairs of submissions that are more alike than the assignment explains; it is a person who judges them.

Every graded function is compared in three ways: its structure (hashes of runs of tokens, without the names that the
student chose), the names that the student chose, and the comments. An item that is in the stub or the reference counts
nothing, and one that many students have counts little: its weight is log2(n / number of students who have it). The
likeness of two functions is the share of that weight that they have in common, and it adds to the score by how few
pairs of the class are as alike in the same function. So a function with only one short solution adds nothing.

Hashes are selected as in Schleimer, Wilkerson, Aiken, *Winnowing: Local Algorithms for Document Fingerprinting*,
SIGMOD 2003: of any WINDOW successive k-grams at least one is kept, so that any run of GRAM + WINDOW - 1 equal tokens is
noticed, wherever it is. (The package copydetect does this for whole files and compares all pairs of files; it does not
look at functions, nor at how common a hash is in the class.)
"""

import ast
import io
import sys
import tokenize
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from autograder import reference
from autograder.course import solution_regions, submission_state, topics
from autograder.course.text import clean_line
from autograder.gradebook import records
from autograder.hidden_tests import session
from autograder.reports.html import write_page
from autograder.sandbox.limited import LimitError, run_limited

GRAM, WINDOW = 6, 4
REST = "(the rest)"
"""Stands for everything in a module that is not a graded function."""
KINDS = ("structure", "names", "comments")
SHOWN = 1.0
"""A function is shown for a pair if it adds at least this to the score."""
FEW = 10
"""With fewer submissions it cannot be known what is common in the class."""


@dataclass(frozen=True)
class FunctionView:
    """The items of one function that are compared.

    Attributes
    ----------
    source : str
    structure, names, comments : dict
        Item -> (first line, last line).
    """

    source: str
    structure: dict
    names: dict
    comments: dict


@dataclass
class Pair:
    """Two students and what they share.

    Attributes
    ----------
    students : (str, str)
    score : float
        Sum over functions and kinds of likeness times surprise, in bits. It is for sorting; it is not a probability.
    parts : dict
        Function -> (its share of the score, likeness of its structure from 0 to 1).
    shared : dict
        Function -> kind -> the rare items that both have.
    """

    students: tuple
    score: float
    parts: dict = field(default_factory=dict)
    shared: dict = field(default_factory=dict)

    def list_rare(self, kind):
        """Return the rare items of one kind that the two share in any function, each once."""
        return list(dict.fromkeys(item for found in self.shared.values() for item in found[kind]))


# -- one module, taken apart ----------------------------------------------------------------------------------------


def make_views(text, graded):
    """Return function -> :class:`FunctionView` of a module's graded functions and of the rest; {} for broken code."""
    try:
        tree = ast.parse(text)
        defined = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        own = {node.name for node in defined} - graded
        where = [(node.name, node.lineno - 1, node.end_lineno) for node in defined if node.name in graded]
        lines, inside = text.split("\n"), {i for _, a, b in where for i in range(a, b)}  # type: ignore[arg-type]  # parsed code has line numbers
        found = {name: make_view("\n".join(lines[a:b]), own) for name, a, b in where}  # of two, the last counts
        found[REST] = make_view("\n".join(line for i, line in enumerate(lines) if i not in inside), own)
        found[REST].names.update((f"{n} in {name}", (1, 1)) for name, v in found.items()
                                 for n in list_bound_names(ast.parse(v.source)) - {name})
        return found
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return {}


def make_plain_views(text, graded):
    """Return the result of :func:`make_views` as plain data: name -> fields of the view, dicts as lists of pairs."""
    views = make_views(text, set(graded))
    return {name: [v.source, *(list(getattr(v, kind).items()) for kind in KINDS)] for name, v in views.items()}


def make_views_within_limits(text, graded):
    """Return what :func:`make_views` does for a student's module; {} also if that takes too much time or memory."""
    try:
        found = run_limited(make_plain_views, text, sorted(graded))
    except LimitError:
        return {}
    return {name: FunctionView(source, *({item: tuple(lines) for item, lines in pairs} for pairs in kinds))
            for name, (source, *kinds) in found.items()}


def make_view(source, own):
    """Return the :class:`FunctionView` of one function; ``own`` are the names of the student's helper functions."""
    names = list_bound_names(ast.parse(source)) | own
    tokens: list = []
    comments: dict = {}
    fresh = True  # at the start of a statement, where a string is a docstring
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind, text, line = token.type, token.string, token.start[0]
        if kind == tokenize.COMMENT:
            comment = " ".join(text.strip("# ").lower().split())
            if len(comment) > 2:
                comments.setdefault(comment, (line, line))
        if kind in (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        empty = kind == tokenize.NEWLINE and (not tokens or tokens[-1][0] == ";")  # behind a docstring
        if not (kind == tokenize.STRING and fresh) and not empty:
            own_name = kind == tokenize.NAME and text in names and (not tokens or tokens[-1][0] != ".")
            tokens.append(("v" if own_name else text.strip() or ";", line))
        fresh = kind == tokenize.NEWLINE
    return FunctionView(source, winnow_hashes(tokens), {}, comments)


def list_bound_names(tree):
    """Return the names that code defines: variables, arguments, inner functions."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    inner = (n for top in ast.iter_child_nodes(tree) for n in ast.walk(top) if n is not top)
    return names | {n.name for n in inner if isinstance(n, ast.FunctionDef)}


def winnow_hashes(tokens):
    """Return k-gram -> (first line, last line) for the selected k-grams of a list of (token, line)."""
    grams = [(" ".join(t for t, _ in tokens[i:i + GRAM]), (tokens[i][1], tokens[min(i + GRAM, len(tokens)) - 1][1]))
             for i in range(max(1, len(tokens) - GRAM + 1)) if tokens]
    hashes = [zlib.crc32(gram.encode("utf-8", "replace")) for gram, _ in grams]
    kept: dict = {}
    for start in range(max(1, len(grams) - WINDOW + 1) if grams else 0):
        _, last = min((h, -i) for i, h in enumerate(hashes[start:start + WINDOW], start))
        kept.setdefault(*grams[-last])
    return kept


# -- a class, compared ----------------------------------------------------------------------------------------------


def compare_items(items, known, n):
    """Compare all students in one function and one kind of item.

    Parameters
    ----------
    items : list of set
        The items of each of N students.
    known : set
        The items of the stub and the reference.
    n : int
        Number of students who have written the function.

    Returns
    -------
    likeness : ndarray of shape (N, N)
        From 0 to 1.
    weight : dict
        Item that two students or more have -> its weight.
    """
    holders = Counter(item for own in items for item in own if item not in known)
    weight = {item: np.log2(n / count) for item, count in holders.items() if 1 < count < n}
    column = {item: j for j, item in enumerate(weight)}
    table = np.zeros((len(items), len(column)), np.float32)
    for i, own in enumerate(items):
        for item in own & column.keys():
            table[i, column[item]] = np.sqrt(weight[item])
    alone = [sum(np.log2(max(n, 1)) for item in own if holders[item] == 1) for own in items]
    shared = table @ table.T
    total = shared.diagonal() + np.array(alone, np.float32)
    return 2 * shared / np.maximum(total[:, None] + total[None, :], 1e-9), weight


def measure_surprise(likeness, present):
    """Return, for every two students, how surprising it is in bits that they are so alike: -log2 of the pairs' share.

    The share is that of the pairs at least as alike, among all pairs of students who wrote the function.
    """
    i, j = np.triu_indices(len(likeness), 1)
    values = np.sort(likeness[i, j][present[i] & present[j]])
    if not len(values):
        return np.zeros_like(likeness)
    as_alike = len(values) - np.searchsorted(values, likeness * (1 - 1e-6))
    return np.log2(len(values) / np.maximum(as_alike, 1))


def find_similar_pairs(texts, topic, top=20):
    """Compare the modules of a class.

    Parameters
    ----------
    texts : dict
        Student -> text of the module.
    topic : str
    top : int
        Pairs to return.

    Returns
    -------
    pairs : list of Pair
        The highest scores, best first; none of zero.
    scores : ndarray
        Of all pairs, sorted: what is usual in this class.
    taken_apart : dict
        Student -> views; without those whose module does not parse.
    """
    graded = {name for name, question in session.load_questions(topic).items() if not question.uses}
    known = [
        make_views(source, graded)
        for source in (reference.read_module_source(topic), solution_regions.make_stub(topic))
    ]
    progress = tqdm(texts.items(), "reading", file=sys.stdout, disable=not texts)
    taken_apart = {s: make_views_within_limits(t, graded) for s, t in progress}
    taken_apart = {student: found for student, found in taken_apart.items() if found}
    students = sorted(taken_apart)
    totals, details = np.zeros((len(students),) * 2), {}
    for name in sorted(graded | {REST}):
        own = [taken_apart[s].get(name) for s in students]
        wrote = np.array([name == REST or v is not None and has_written(v, known[1].get(name)) for v in own], bool)
        for kind in KINDS:
            given = {item for found in known if name in found for item in getattr(found[name], kind)}
            items = [set(getattr(v, kind)) if w else set() for v, w in zip(own, wrote, strict=True)]
            likeness, weight = compare_items(items, given, wrote.sum())
            points = likeness * measure_surprise(likeness, wrote)
            totals += points
            details[name, kind] = points, likeness, items, weight
    i, j = np.triu_indices(len(students), 1)
    scores = totals[i, j]
    best = np.argsort(-scores, kind="stable")[:top]
    pairs = [explain_pair(students, i[b], j[b], scores[b], details) for b in best if scores[b] > 0]
    return pairs, np.sort(scores), taken_apart


def has_written(own, released):
    """Is a function different from the released one?"""
    return released is None or own.structure.keys() != released.structure.keys()


def explain_pair(students, i, j, score, details):
    """Return the :class:`Pair` of two students.

    Parameters
    ----------
    students : list of str
    i, j : int
        Indices of the two.
    score : float
    details : dict
        (function, kind) -> (points, likeness, items, weight) of all students.
    """
    pair = Pair((students[i], students[j]), float(score))
    for name in dict.fromkeys(name for name, _ in details):
        added = sum(details[name, kind][0][i, j] for kind in KINDS)
        if added >= SHOWN:
            pair.parts[name] = float(added), float(details[name, "structure"][1][i, j])
            pair.shared[name] = {kind: list_rare_items(*details[name, kind][2:], i, j) for kind in KINDS}
    pair.parts = dict(sorted(pair.parts.items(), key=lambda part: -part[1][0]))
    return pair


def list_rare_items(items, weight, i, j):
    """Return the items that two students share and at most half of the class has, the rarest first.

    Parameters
    ----------
    items : list of set
        The items of each student.
    weight : dict
        Item -> weight.
    i, j : int
        Indices of the two.
    """
    both = [item for item in items[i] & items[j] if weight.get(item, 0) >= 1]
    return sorted(both, key=lambda item: (-weight[item], item))


# -- what a person sees ---------------------------------------------------------------------------------------------


def format_pair(pair):
    """Return a pair as lines of text."""
    parts = [f"{name} ({likeness:.0%})" for name, (_, likeness) in list(pair.parts.items())[:5]]
    more = f" and {len(pair.parts) - 5} more" if len(pair.parts) > 5 else ""
    lines = [f"{pair.score:6.1f}  {' / '.join(pair.students)}",
             f"        {', '.join(parts) or 'a little in many functions'}{more}"]
    for kind in KINDS[1:]:
        rare = pair.list_rare(kind)
        if rare:
            lines.append(f"        rare {kind} in common: {clean_line('; '.join(rare[:8]))}")
    return "\n".join(lines)


def mark_spans(source, spans):
    """Return (text, is it shared?) for every line of a function."""
    hot = {n for first, last in spans for n in range(first, last + 1)}
    return [(text, n in hot) for n, text in enumerate(source.split("\n"), 1)]


def render_side_by_side(pair, taken_apart):
    """Return the functions of a pair for the page: a list of (name, likeness, [lines of one, lines of the other])."""
    shown = []
    for name, (_, likeness) in pair.parts.items():
        both = [taken_apart[student][name] for student in pair.students]
        spans = [[getattr(v, kind)[item] for kind in ("structure", "comments") for item in pair.shared[name][kind]]
                 for v in both]
        shown.append((name, likeness, [mark_spans(v.source, s) for v, s in zip(both, spans, strict=True)]))
    return shown


def summarize_pairs(assignment, scores, compared):
    """Return one line about the scores that are usual in this class.

    Parameters
    ----------
    assignment : str
    scores : ndarray
        Of all pairs, sorted.
    compared : int
        Number of submissions.
    """
    head = f"{assignment}: {compared} submissions compared"
    if compared < FEW:
        head += f" (fewer than {FEW}: what is common in the class can hardly be told)"
    if not len(scores):
        return head
    usual = f"; half of all pairs score under {np.median(scores):.1f}, 99 of 100 under {np.quantile(scores, 0.99):.1f}"
    return head + usual


def name_senders(course: Path, record: records.Record) -> str:
    """Return the student of a submission, or all members of the group that handed it in: they are alike by right."""
    state = submission_state.read_state(course, record.student, record.assignment)
    return "+".join(state.members) if state and state.members else record.student


def run_similarity(course: Path | str, assignment: str | None = None, output: Path | None = None,
                   top: int = 20) -> int:
    """Print the pairs of each assignment that are most alike, and write a page with their functions side by side.

    Parameters
    ----------
    course : path
    assignment : str, optional
        Only this one.
    output : path, optional
        HTML page to write; it is self-contained and has no script.
    top : int
        Pairs per assignment.

    Returns
    -------
    code : int
        0; 2 if there is nothing to compare.
    """
    found = records.load_records(Path(course), [assignment] if assignment else None)
    sections = []
    for name in sorted({r.assignment for r in found}):
        texts = {name_senders(Path(course), r): r.module for r in found if r.assignment == name and r.module}
        pairs, scores, taken_apart = find_similar_pairs(texts, topics.topic_of(name), top)
        head = summarize_pairs(name, scores, len(taken_apart))
        unparsed = sorted(set(texts) - set(taken_apart))
        lines = [head]
        if unparsed:
            lines.append(f"        does not parse, or takes too long to read, not compared: {', '.join(unparsed)}")
        print("\n".join([*lines, *map(format_pair, pairs)]) + "\n")
        sections.append((head, [(pair, render_side_by_side(pair, taken_apart)) for pair in pairs]))
    if not sections:
        print(f"similar: nothing to compare{f' for {assignment}' if assignment else ''}: "
              f"grade the class into {course} first", file=sys.stderr)
        return 2
    print("Likeness is a reason to read both, not a finding: talk to the students before you conclude anything.")
    if output:
        write_page(output, "similarity.html.j2", sections=sections)
        print(f"side by side: {output}")
    return 0
