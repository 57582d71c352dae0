"""The attacks of ``autograder/verify/attacks``: does none gain anything, and would the harness notice one that did?

``make verify`` runs them in full, the hostile uploads through a whole graded class; here each module attack meets the
questions it is about, and each hostile upload the intake.
"""

import ast
import dataclasses
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from small_course import find_submissions

from autograder import reference
from autograder.course import cells
from autograder.course.assignment import load_assignment
from autograder.hidden_tests import session
from autograder.inbox import uploads
from autograder.inbox.remarks import MAX_REMARKS, limit_remarks
from autograder.verify import attack_files, host_snapshot, module_attacks, upload_attacks

needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")

QUESTIONS = ["relu_forward", "tanh_forward", "tanh_backward"]
BRIEF = dataclasses.replace(host_snapshot.ATTACK_LIMITS, call_seconds=0.5, total_seconds=2.0)


@pytest.fixture(scope="module")
def honest():
    """Return the honest half of the attackers' module, and its marks."""
    return module_attacks.make_honest_part()


@needs_sandbox
@pytest.mark.parametrize("name", sorted(attack_files.list_module_attacks()))
def test_attack_earns_at_most_its_honest_score(name, honest):
    """Does an attack earn at most its honest score and cost no neighbour?"""
    _, misses = module_attacks.verify_attack(name, attack_files.list_module_attacks()[name], *honest, QUESTIONS, BRIEF)
    assert not misses


@needs_sandbox
def test_gaining_attack_is_noticed(honest):
    """Would an attack that gains be noticed?"""
    _, misses = module_attacks.verify_attack(
        "right", "def tanh_forward(x):\n    return np.tanh(x), x\n", *honest, QUESTIONS
    )
    assert [m for m in misses if "gains" in m.what and "tanh_forward" in m.what]


@needs_sandbox
def test_attacks_neither_change_the_host_nor_stay_behind(honest):
    """Does no attack change the host or stay behind?"""
    before = host_snapshot.snapshot_host()
    for name in ("kernel_settings", "double_fork", "shadow_modules"):
        module_attacks.verify_attack(name, attack_files.list_module_attacks()[name], *honest, QUESTIONS, BRIEF)
    assert not host_snapshot.list_changes(before, host_snapshot.snapshot_host())
    assert not host_snapshot.find_leftovers()


def test_process_left_behind_is_noticed():
    """Is a process that stays behind noticed?"""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)  # cs231n-attack"])
    try:
        assert process.pid in host_snapshot.find_leftovers(0)
    finally:
        process.kill()
        process.wait()
    assert not host_snapshot.find_leftovers()


def test_changed_file_is_noticed(tmp_path):
    """Is a changed file noticed?"""
    (tmp_path / "a").write_text("1")
    before = host_snapshot.hash_tree(tmp_path)
    (tmp_path / "a").write_text("2")
    (tmp_path / "b").write_text("3")
    assert host_snapshot.list_changes(before, host_snapshot.hash_tree(tmp_path)) == ["a", "b"]


@pytest.mark.parametrize("hint, told", [
    ("axis 0 has another length", False), ("raised ValueError (cs231n_lib/activations.py, line 31)", False),
    ("expected shape (0, 31415926)", True), ("got 0.12345", True), ("cs231n_attack", True), ("x.py, line 272)", True),
])
def test_hint_that_reveals_too_much_is_noticed(hint, told):
    """Is a hint that tells too much noticed?"""
    assert bool(module_attacks.FORBIDDEN_IN_HINTS.search(hint)) == told


def test_attacks_name_their_class_and_what_is_expected():
    """Do the attacks name their class and what is expected?"""
    found = attack_files.read_attacks()
    assert len(found) >= 35
    for name, (text, _) in found.items():
        doc = ast.get_docstring(ast.parse(text))
        assert doc.startswith("Class: ") and "Expectation: " in doc, name


def test_security_page_names_every_attack_and_only_existing_tests():
    """Does the security page name every attack and no test that is not?"""
    page = (reference.ROOT / "SECURITY.md").read_text()
    named = set(re.findall(r"`([a-z_]+)`", page))
    assert set(attack_files.read_attacks()) <= named
    files = {p.name: p.read_text() for p in (reference.ROOT / "tests").rglob("test_*.py")}
    assert set(re.findall(r"`(test_[a-z_]+\.py)`", page)) <= set(files)
    tests = "".join(files.values())
    assert all(f"def {name}(" in tests for name in named if name.startswith("test_"))


def test_hints_of_honest_mistakes_hold_no_hidden_number():
    """Do hints of honest mistakes hold no number of a hidden input?"""
    hints = [a.hint for q in session.load_questions(attack_files.ATTACKED_TOPIC).values() for a in q.aspects]
    assert hints and not [h for h in hints if module_attacks.FORBIDDEN_IN_HINTS.search(h)]


# -- hostile uploads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(attack_files.list_upload_attacks()))
def test_hostile_upload_is_admitted_as_what_it_is(name, course, tmp_path):
    """Is what reaches ``submitted/`` the released notebook with other answers, and at most the module beside it?"""
    inbox, place = tmp_path / "inbox", tmp_path / "course"
    for kind in ("release", "source"):
        shutil.copytree(course / kind / upload_attacks.ASSIGNMENT, place / kind / upload_attacks.ASSIGNMENT)
    for student in ("ann", "eve"):
        upload_attacks.write_honest_upload(course, inbox / student)
    attack_files.list_upload_attacks()[name](inbox / "eve")
    before, rejected = host_snapshot.hash_tree(inbox), []
    found = find_submissions(inbox, rejected)
    for key in [k for k in found if k[1] == upload_attacks.ASSIGNMENT]:
        upload = uploads.read_upload(key, found[key], load_assignment(place, key[1]).outline)
        uploads.place_upload(upload, place)
        assert all(r.isprintable() and str(tmp_path) not in r for r in upload.remarks)
        assert len(upload.remarks) <= MAX_REMARKS + 1
    assert all(r.isprintable() for r in rejected)
    assert host_snapshot.hash_tree(inbox) == before
    check_placed(place, inbox)


def check_placed(course, inbox):
    """Require valid notebooks that differ from the released one in answers only, and the neighbour's as handed in."""
    assignment, topic = upload_attacks.ASSIGNMENT, attack_files.ATTACKED_TOPIC
    released = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    for student in ("ann", "eve"):
        folder = course / "submitted" / student / assignment
        assert set(host_snapshot.hash_tree(folder)) <= {f"{assignment}.ipynb", f"cs231n_lib/{topic}.py"}
        book = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
        nbformat.validate(book)
        for theirs, ours in zip(book.cells, released.cells, strict=True):
            if cells.is_answer(ours) or cells.is_written(ours):
                theirs.source = ours.source
            assert theirs == ours
    ann = inbox / "ann" / assignment / "cs231n_lib" / f"{topic}.py"
    assert (course / "submitted" / "ann" / assignment / "cs231n_lib" / f"{topic}.py").read_text() == ann.read_text()


def test_thousand_remarks_are_cut_to_a_few():
    """Are a thousand remarks few?"""
    assert limit_remarks(list("abc")) == list("abc")
    assert len(limit_remarks(["x"] * 1000)) == MAX_REMARKS + 1


@pytest.mark.parametrize("page", [
    "<script>x()</script>", "<p onclick='x()'>", "<a href=' java\nscript:x()'>", "<img src=//example.org/x.png>",
    "<iframe></iframe>", "<form>", "<svg/onload=x()>", "<base href=x>", "<p>$\\href{javascript:x()}{y}$</p>",
])
def test_active_content_on_a_page_is_noticed(page):
    """Is anything alive on a page noticed?"""
    assert upload_attacks.find_active_content(f"<html><body>{page}</body></html>", mathjax=True)


@pytest.mark.parametrize("page", [
    "<p>&lt;script&gt;x()&lt;/script&gt;</p>", "<pre>$\\href{x}{y}$</pre>", "<a href='https://example.org'>x</a>",
    "<img src='data:image/png;base64,xx'>", "<style>p { color: red }</style>",
])
def test_text_on_a_page_raises_no_alarm(page):
    """Is text on a page no alarm?"""
    assert not upload_attacks.find_active_content(f"<html><body>{page}</body></html>", mathjax=True)
