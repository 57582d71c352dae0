"""Are submissions that were copied from each other listed first, and independent ones left in peace?"""

import ast
import random
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder import reference
from autograder.course.solution_regions import make_stub, remove_markers
from autograder.gradebook import records
from autograder.gradebook.records import Record
from autograder.hidden_tests import session
from autograder.reports import similarity
from autograder.verify import alternatives, student_work

WORDS = "maybe faster simpler here works on paper from the slides careful sign check again later done ok".split()
NAMES = "a b c d e f g h k m n p q s t u v w z out res tmp val arr grad acc total cur new old mask idx part".split()


def styles(topic):
    """Return function -> list of implementations: the reference's and the alternatives', each with its partners."""
    alternatives.load_alternatives(topic)
    questions = session.load_questions(topic)
    found = {name: [{name: getattr(reference.load(topic), name)}] for name in questions if not questions[name].uses}
    for name in found:
        found[name] += [a.functions for a in alternatives.alternatives_of(name) if set(a.functions) <= set(found)
                        and all(map(student_work.is_self_contained, a.functions.values()))]
    return found


def independent(topic, choice, seed):
    """Return one student's functions: name -> source, of a style drawn for each, in the student's own hand."""
    rng, chosen = random.Random(f"student {seed}"), {}
    for name, options in choice.items():
        if name not in chosen:
            chosen |= {n: f for n, f in rng.choice(options).items() if n not in chosen}
    return {
        name: rewritten(student_work.rename_function(code, name), rng, habits=True) for name, code in chosen.items()
    }


class Hand(ast.NodeTransformer):
    """Another hand: other names for variables; habits or, for a copier, assignments in another order.

    The habits are a result that is named before it is returned, and the order in sums and products.
    """

    def __init__(self, names, rng, habits):
        self.names = dict(zip(sorted(names), rng.sample(NAMES, len(names)), strict=True))
        self.rng, self.habits = rng, habits

    def visit_Name(self, node):
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_BinOp(self, node):
        if self.habits and isinstance(node.op, (ast.Add, ast.Mult)) and self.rng.random() < 0.5:
            node.left, node.right = node.right, node.left
        return self.generic_visit(node)

    def visit_Return(self, node):
        self.generic_visit(node)
        if not self.habits or self.rng.random() < 0.5:
            return node
        name = self.rng.choice(NAMES)
        return [ast.Assign([ast.Name(name, ast.Store())], node.value), ast.Return(ast.Name(name, ast.Load()))]

    def visit_FunctionDef(self, node):
        body = node.body
        for i in range(0 if self.habits else len(body) - 1):
            if all(isinstance(s, ast.Assign) for s in body[i:i + 2]) and not used(body[i]) & used(body[i + 1]):
                body[i], body[i + 1] = body[i + 1], body[i]
        return self.generic_visit(node)


def used(statement):
    """Return the names in a statement that are no module's."""
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} - {"np"}


def rewritten(source, rng, habits=False):
    """Return a function in another hand, with a comment behind a line of it; without habits as a copier does it."""
    tree = ast.parse(source)
    tree = Hand(similarity.list_bound_names(tree) - {tree.body[0].name}, rng, habits).visit(tree)
    lines = ast.unparse(ast.fix_missing_locations(tree)).split("\n")
    at = rng.randrange(len(lines))
    lines[at] += f"  # {' '.join(rng.sample(WORDS, 4))}" * ('"""' not in lines[at])
    return "\n".join(lines)


def module(topic, functions):
    """Return the text of a module with these functions."""
    return make_stub(topic) + "\n\n" + "\n\n\n".join(functions.values()) + "\n"


def a_class(topic, size):
    """Return student -> text: ``size`` independent students, and three copiers of some of them."""
    choice = styles(topic)
    functions = {f"s{i:03d}": independent(topic, choice, i) for i in range(size)}
    texts = {student: module(topic, own) for student, own in functions.items()}
    first, second, third = ({n: rewritten(f, random.Random(s)) for n, f in functions[s].items()}
                            for s in ("s000", "s001", "s002"))
    names = list(choice)
    own = independent(topic, choice, "half")
    texts["copies_s000"] = module(topic, first)
    texts["copies_s001"] = module(topic, dict(reversed(second.items())))
    texts["half_of_s002"] = module(topic, {**own, **{n: third[n] for n in names[: len(names) // 2]}})
    return texts


PLANTED = {("copies_s000", "s000"), ("copies_s001", "s001"), ("half_of_s002", "s002")}


def ranks(topic, size):
    """Return pair -> score of the whole class, and the classes' texts."""
    texts = a_class(topic, size)
    pairs, _, _ = similarity.find_similar_pairs(texts, topic, top=size**2)
    return {pair.students: pair.score for pair in pairs}


@pytest.mark.parametrize(("topic", "planted"), [
    ("activations", PLANTED),
    ("optimizers", PLANTED),
    ("linear_classifier", PLANTED - {("half_of_s002", "s002")}),  # half of five functions says too little
])
def test_planted_copies_rank_above_all_independent_pairs(topic, planted):
    """Renamed variables, reordered statements and functions, other comments; thirty others in the styles we know."""
    scores = ranks(topic, 30)
    copied = {student: pair for pair in PLANTED for student in pair}
    independent_pairs = [s for pair, s in scores.items() if not set(pair) & set(copied)]
    assert len(independent_pairs) > 300
    assert min(scores[pair] for pair in planted) > max(independent_pairs)


def test_function_with_one_solution_is_no_evidence():
    """A class in which everybody has written the one line that there is, each with names of their own."""
    texts = {f"s{i}": make_stub("activations") + f"\n\ndef relu_forward(x):\n    out{i} = np.maximum(0, x)\n"
             f"    return out{i}, x\n" for i in range(12)}
    pairs, scores, _ = similarity.find_similar_pairs(texts, "activations")
    assert pairs == [] and scores.max() == 0


def test_code_shared_with_stub_or_solution_is_no_evidence():
    """Is what the stub and the solution have no evidence?"""
    solved, stub = remove_markers(reference.read_module_source("dropout")), make_stub("dropout")
    texts = {"a": solved, "b": solved, **{f"s{i}": stub for i in range(10)}}
    assert similarity.find_similar_pairs(texts, "dropout")[0] == []


def test_rare_names_and_comments_are_evidence():
    """Do rare names and comments count as evidence?"""
    choice = styles("dropout")
    texts = {f"s{i:02d}": module("dropout", independent("dropout", choice, i)) for i in range(12)}
    before = similarity.find_similar_pairs(texts, "dropout", top=100)[0]
    for student in ("s03", "s08"):
        texts[student] += "\n# zorro was here, twice\ndef helper(zorro):\n    return zorro\n"
    after, _, _ = similarity.find_similar_pairs(texts, "dropout", top=100)
    score = [next((p.score for p in pairs if p.students == ("s03", "s08")), 0.0) for pairs in (before, after)]
    assert score[1] > score[0] + 3
    pair = next(p for p in after if p.students == ("s03", "s08"))
    assert "zorro was here, twice" in pair.list_rare("comments")
    assert "zorro was here, twice" in similarity.format_pair(pair)


@pytest.mark.parametrize("code", ["v1 = a @ b + c\n", "r = np.exp(q) / np.exp(q).sum(axis=1)\n"])
def test_nine_equal_tokens_are_noticed_anywhere(code):
    """Is a run of nine equal tokens noticed wherever it stands?"""
    one = similarity.make_view(f"def f(a, b, c, q):\n    z = 3\n    {code}    return z\n", set())
    other = similarity.make_view(
        f"def f(a, b, c, q):\n    while a > 7:\n        b = len(c)\n    {code}    del b\n", set()
    )
    shared = set(one.structure) & set(other.structure)
    assert shared and len(code.split()) > 1
    assert all(one.structure[item] == (3, 3) for item in shared if item.startswith("v = v @"))


def test_renaming_and_comments_do_not_change_the_structure():
    """Are renamed variables and comments no difference in structure?"""
    first = "def f(x, eps):\n    # mine\n    mean = x.mean(0)\n    return (x - mean) / eps\n"
    second = 'def f(q, z):\n    """Other words."""\n    m = q.mean(0)  # yours\n\n    return (q - m) / z\n'
    other = "def f(x, eps):\n    mean = x.sum(0)\n    return (x - mean) / eps\n"
    a, b, c = (set(similarity.make_view(text, set()).structure) for text in (first, second, other))
    assert a == b != c


@pytest.mark.parametrize("text", ["def f(:\n", "(" * 5000, "x = '\0'", "\x0c\n def", "if 1:\n\tx\n        y\n"])
def test_module_that_does_not_parse_stops_nothing(text):
    """Does a module that does not parse stop nothing?"""
    assert similarity.make_views(text, {"f"}) == {}


class Strict(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_page_shows_both_functions_and_runs_nothing(tmp_path, capsys, monkeypatch):
    """Does the page show both functions and run nothing?"""
    choice = styles("dropout")
    texts = {f"s{i:02d}": module("dropout", independent("dropout", choice, i)) for i in range(12)}
    evil = "\n# <script>alert(1)</script> </pre> \x1b[2J\nzorro = '<img src=x onerror=alert(1)>'\n"
    evil += "zorro += zorro\n" * 9
    texts["s03"] += evil
    texts["s08"] += evil
    texts["s09"] = "def broken(:"
    found = [Record(s, "05_dropout", "dropout", "graded", module=t) for s, t in texts.items()]
    monkeypatch.setattr(records, "load_records", lambda course, assignments=None: found)
    assert similarity.run_similarity("course", "05_dropout", tmp_path / "pages" / "similar.html", top=5) == 0
    text, page = capsys.readouterr().out, (tmp_path / "pages" / "similar.html").read_text()
    assert "s03 / s08" in text and "not compared: s09" in text and "not a finding" in text
    assert all(c.isprintable() or c in "\n\r" for c in text)
    tags = Strict()
    tags.feed(page)
    assert not {"script", "img", "iframe", "link"} & {tag for tag, _ in tags.tags}
    assert not any(name in ("src", "href") or name.startswith("on") for _, attrs in tags.tags for name in attrs)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<mark>" in page
    assert re.search(r"s03 / s08.*?zorro = &#39;&lt;img.*?zorro = &#39;&lt;img", page, re.DOTALL)


def test_class_never_graded_gets_a_line_that_says_what_to_do(capsys, monkeypatch):
    """Is a class that was never graded a line that says what to do?"""
    monkeypatch.setattr(records, "load_records", lambda course, assignments=None: [])
    assert similarity.run_similarity("course", "05_dropout") == 2
    assert "grade the class into course first" in capsys.readouterr().err


def test_surprise_is_the_share_of_pairs_as_similar():
    """Is surprise the share of pairs that are as alike?"""
    likeness = np.array([[0, 0.9, 0.2, 0.2], [0.9, 0, 0.2, 0.2], [0.2, 0.2, 0, 0.2], [0.2, 0.2, 0.2, 0]])
    bits = similarity.measure_surprise(likeness, np.ones(4, bool))
    assert bits[0, 1] == np.log2(6) and bits[0, 2] == 0
