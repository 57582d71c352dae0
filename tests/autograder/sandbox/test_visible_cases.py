"""The visible cases as the grader runs them: does an error on one of them tell its line, in every topic?"""

import ast
import shutil

import pytest

from autograder import reference
from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.exports import gradescope_autograder
from autograder.hidden_tests.session import load_questions
from autograder.runners import grader_hash
from autograder.sandbox.client import VisibleRun
from autograder.sandbox.student import InProcessModule, StudentError
from autograder.sandbox.visible_cases import MOST_PLACES, list_visible_places

needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")


class Raising(InProcessModule):
    """The reference, one function of which raises; at another line each time."""

    def __init__(self, topic, name):
        super().__init__(reference.load(topic))
        self.name, self.line = name, 0

    def value(self, name, args, kwargs):
        """See :class:`autograder.sandbox.student.StudentModule`."""
        if name != self.name:
            return super().value(name, args, kwargs)
        self.line += 1
        raise StudentError("error", "", place=("ValueError", self.line))


@pytest.mark.parametrize("topic", list_topics())
def test_every_graded_function_has_visible_cases_that_the_grader_can_run(topic):
    """Is an error of each function of a topic seen on its visible cases, a backward's with the forward's cache?"""
    graded = [name for name, question in load_questions(topic).items() if not question.uses]
    for name in graded:
        places = list_visible_places(Raising(topic, name), topic, name)
        assert 1 <= len(places) <= MOST_PLACES and places[0] == ("ValueError", 1), name


@needs_sandbox
@pytest.mark.parametrize("topic", list_topics())
def test_right_functions_raise_on_no_visible_case_in_the_sandbox(topic):
    """Do all arguments of the visible cases, functions among them, cross the pipe?"""
    failed = []

    class Watched(VisibleRun):
        def value(self, name, args, kwargs):
            try:
                return super().value(name, args, kwargs)
            except Exception as error:
                failed.append((name, error))
                raise

    source = solution_regions.remove_markers(reference.read_module_source(topic))
    with Watched(source, topic) as student:
        assert not any(list_visible_places(student, topic, name) for name in load_questions(topic))
        assert not failed and student.seconds < 5 * len(load_questions(topic))


def test_function_without_visible_cases_has_no_place_that_is_shown():
    """Is a name that no check knows nothing to stop at?"""
    assert list_visible_places(Raising("activations", "other"), "activations", "other") == []


def test_visible_cases_of_one_topic_are_in_its_hash_and_in_its_zip_alone():
    """Does what decides about a hint grade again when it changes, and is it there in Gradescope's container?"""
    def names(topic):
        return set(grader_hash.list_grader_files(topic))

    mine, others = (f"{reference.CASES}/{topic}.py" for topic in ("activations", "batchnorm"))
    assert {mine, *reference.VISIBLE} <= names("activations") and others not in names("activations")
    zipped = {name.removeprefix("grader/") for name in gradescope_autograder.list_archive_files(["activations"])}
    assert {mine, *reference.VISIBLE} <= zipped and others not in zipped


@pytest.mark.parametrize("topic", list_topics())
def test_all_that_a_visible_case_imports_from_the_lab_decides_with_it(topic):
    """Is no file of the lab loaded for the visible cases that neither the hash nor the zip of the grader has?"""
    names = {f"{reference.ASPECTS}/{part}.py" for part in ("common", topic)}
    known = {reference.COMPARISONS, *reference.VISIBLE, *names}
    for name in [f"{reference.CASES}/{topic}.py", *known]:
        tree = ast.parse((reference.ROOT / name).read_text())
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        for node in (i for i in imports if i.module.startswith("cs231n_lib.lab")):
            path = node.module.replace(".", "/")
            folder = (reference.ROOT / path).is_dir()
            files = {f"{path}/{part.name}.py" for part in node.names} if folder else {f"{path}.py"}
            assert files <= known, name
