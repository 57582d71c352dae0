"""Have check and grader one vocabulary, and does each line of a check prepare for an aspect of the grader?"""

import ast
import re
import types

import pytest

from autograder.course.topics import list_topics
from autograder.hidden_tests.session import load_questions
from autograder.reference import ASPECTS, CASES, ROOT, load_aspects
from autograder.verify import preparation
from autograder.verify.alternatives import load_alternatives

TOPICS = list_topics()
SYNONYMS = {
    "spread": "deviation variance scatter", "mean": "average", "dtype": "float32 float64",
    "dx": "gradient", "end": "boundary edge", "distribution": "uniform", "centre": "middle center",
    "rng": "seed generator", "shuffle": "random permutation", "after": "afterwards later", "input": "argument",
}
"""A word of the vocabulary -> others that say the same."""
FILLERS = set("a an the of in is on and at its it as where for to by with own standard all".split())


def find_stem(word):
    """Return a word without its ending: "pass" for "passes", "scal" for "scale" and "scaled"."""
    return re.sub(r"(es|(?<!s)s|ed|ing|e)$", "", re.sub("ies$", "y", word)) if len(word) > 3 else word


MEANT = {find_stem(word): find_stem(meant) for meant, words in SYNONYMS.items() for word in words.split()}


def reduce_words(name):
    """Return the stems of the words of a name that mean something, each synonym as the word it stands for."""
    stems = [find_stem(word) for word in re.findall(r"[a-z0-9]+", name.lower()) if word not in FILLERS]
    return frozenset(MEANT.get(stem, stem) for stem in stems)


def list_paraphrases(visible, hidden, shared):
    """Return (line of a check, aspect of the grader) that say one thing in two ways.

    A line may be about more than the aspect. Then it has to hold the aspect's own name, and that has to be shared.
    """
    found = []
    for line in visible:
        for aspect in hidden:
            about = reduce_words(aspect) <= reduce_words(line)
            if about and not (line == aspect or aspect in line) or (about and aspect not in shared):
                found.append((line, aspect))
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_check_and_grader_have_one_name_for_one_thing(topic):
    """Is what both ask called alike, by a name that stands in the shared vocabulary?"""
    shared, questions = set(vars(load_aspects(topic)).values()), load_questions(topic)
    for function, lines in preparation.list_checks(topic).items():
        hidden = [aspect.name for aspect in questions[function].aspects]
        assert list_paraphrases(dict.fromkeys(lines), hidden, shared) == [], function


@pytest.mark.parametrize(("line", "aspect", "shared", "is_paraphrase"), [
    ("with replacement", "replacement", ["replacement"], False),
    ("with replacement", "replacement", [], True),
    ("replaced", "replacement", ["replacement"], False),  # another stem: nobody reads one for the other
    ("standard deviations", "spread", ["spread"], True),
    ("means", "mean", ["mean"], False),
    ("float32", "dtype", ["dtype"], True),
    ("the gradients", "dx", ["dx"], True),
    ("stable at ±1000", "stable", ["stable"], False),
    ("batch of one", "edge sizes", [], False),
])
def test_paraphrases_are_found(line, aspect, shared, is_paraphrase):
    """Is another word for an aspect found, and an aspect's name inside a longer one only where it is shared?"""
    assert bool(list_paraphrases([line], [aspect], shared)) == is_paraphrase


@pytest.mark.parametrize("topic", TOPICS)
def test_shared_names_are_used_by_both(topic):
    """Is each name of the vocabulary one of an aspect of the grader that a line of a check holds, too?"""
    lines = {line for lines in preparation.list_checks(topic).values() for line in lines}
    graded = {aspect.name for question in load_questions(topic).values() for aspect in question.aspects}
    own = set(vars(load_aspects(topic)).values()) - set(vars(load_aspects()).values())
    assert {name for name in own if name not in graded or not any(name in line for line in lines)} == set()


def list_named_aspects(tree, graded):
    """Yield the nodes of a file that name aspects: dicts with other keys than the ``graded`` ones are about else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Set):
            yield from node.elts
        if isinstance(node, ast.Dict) and graded.issuperset(k.value for k in node.keys if isinstance(k, ast.Constant)):
            yield from filter(None, node.keys)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = {"is_right": 1, "deliver_wrongly": 2, "aspect": 0, "lost": 0, "Case": 0}.get(name)
            yield from [] if first is None else node.args[first:]


@pytest.mark.parametrize("folder", [CASES, "autograder/hidden_tests", "autograder/mistakes"])
@pytest.mark.parametrize("topic", TOPICS)
def test_shared_names_are_written_once(topic, folder):
    """Does whoever names a shared aspect take the name from the vocabulary?"""
    shared = set(vars(load_aspects(topic)).values())
    tree = ast.parse((ROOT / folder / f"{topic}.py").read_text(encoding="utf-8"))
    graded = {aspect.name for question in load_questions(topic).values() for aspect in question.aspects} | {"ordinary"}
    nodes = list_named_aspects(tree, set() if folder == CASES else graded)  # there the keys are names of results
    assert [(n.lineno, n.value) for n in nodes if isinstance(n, ast.Constant) and n.value in shared] == []


@pytest.mark.parametrize("path", sorted((ROOT / ASPECTS).glob("*.py")), ids=lambda path: path.stem)
def test_vocabulary_holds_constants_only(path):
    """Can a file of the vocabulary be loaded anywhere, since it imports nothing?"""
    docstring, *nodes = ast.parse(path.read_text(encoding="utf-8")).body
    assert all(isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) for node in nodes)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_line_of_a_check_prepares_for_an_aspect(topic):
    """Is the map complete, and does a known mistake show for each line that it is true?"""
    assert list(preparation.iter_unprepared(topic)) == []


def test_what_the_map_lacks_or_has_too_much_is_named(monkeypatch):
    """Are a line without an aspect, an aspect or a line that is not there, and an empty promise named?"""
    listed = preparation.find_map("initialization")
    wrong = {k: v for k, v in listed.items() if k != "std = 0.3"}
    wrong |= {"another tol": ("distribution", "leaves inputs alone"), "nothing": ("spread",), "one unit": ("shapes",)}
    monkeypatch.setattr(load_alternatives("initialization"), "PREPARES", types.MappingProxyType(wrong))
    assert set(preparation.iter_unprepared("initialization")) == {
        "small_random_init: the line 'std = 0.3' of its check prepares for no aspect that is listed",
        "lsuv_init: no known mistake fails 'another tol' and loses one of ['leaves inputs alone']",
        "zero_init: the line 'one unit' of its check prepares for no aspect that is listed",
        "constant_init: the line 'one unit' of its check prepares for no aspect that is listed",
        "no check has the line 'nothing' that is said to prepare for an aspect",
        "'one unit' is said to prepare for ['shapes'], which no question has"}
