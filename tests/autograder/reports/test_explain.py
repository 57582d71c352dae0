"""Can an instructor see how a mark came about, and does a second run give the same one?"""

import json
import shutil

import nbformat
import numpy as np
import pytest

from autograder import errors, grade, mistakes, reference
from autograder.course import cells, solution_regions, submission_state
from autograder.course.assignment import read_notebook
from autograder.hidden_tests.session import Session, load_questions
from autograder.reference import load_source
from autograder.reports import call_trace, explain
from autograder.runners import results, runner
from autograder.sandbox.student import InProcessModule

ASSIGNMENT = "09_evaluation"
ANSWERS = {"size-answer": 'answer_size = "c"  # \x1b[2J\u202e', "snapshots-answer": "answer_snapshots = 1 + 1",
           "transfer-few-answer": "answer_transfer_few = 0.5"}
WRONG = '''

def ema_update(average, params, decay=0.99):
    return {k: (1 - decay) * average[k] + decay * params[k] for k in average}


def ensemble_probabilities(*args):
    raise ValueError("\\x1b]0;mine\\x07 and more")
'''


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """Return a course in which dot has handed in one assignment with some mistakes, and its exit code of explain."""
    folder = tmp_path_factory.mktemp("explain")
    shutil.copytree(course, folder / "course")
    where = folder / "inbox" / "dot" / ASSIGNMENT
    (where / "cs231n_lib").mkdir(parents=True)
    (where / "cs231n_lib" / "evaluation.py").write_text(
        solution_regions.remove_markers(reference.read_module_source("evaluation")) + WRONG
    )
    book = nbformat.read(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    right = {cells.read_grade_id(c): c.source for c in read_notebook(course, "source", ASSIGNMENT).cells}
    for cell in book.cells:
        if cells.is_answer(cell):
            cell.source = ANSWERS.get(
                cells.read_grade_id(cell), solution_regions.remove_markers(right[cells.read_grade_id(cell)])
            )
        elif cells.is_written(cell):
            cell.source = "Because the curves say so."
    nbformat.write(book, where / f"{ASSIGNMENT}.ipynb")
    grade.grade_class(folder / "inbox", folder / "course", jobs=1)
    return folder / "course"


@pytest.fixture(scope="module")
def record(graded):
    return explain.find_record(graded, "dot", "09")


@pytest.fixture(scope="module")
def rerun(graded, record):
    return explain.rerun_job(explain.make_job_of_record(graded, record))


def explained(course, capsys, *args, **kwargs):
    """Return exit code and output."""
    code = explain.explain_marks(course, "dot", ASSIGNMENT, *args, **kwargs)
    return code, capsys.readouterr().out


def test_watched_run_repeats_the_recorded_result(graded, record, rerun):
    """Does a watched run give the very result that was recorded?"""
    stored = results.Results(graded / "results").get(results.hash_job(explain.make_job_of_record(graded, record)))
    assert rerun[0] == stored["cells"]
    assert explain.list_differences(record, rerun[0]) == []
    lost = {m.grade_id for m in record.marks if m.score < m.max_score}
    assert {"ema-update-test", "ensemble-probabilities-test", "size-answer-test"} <= lost


@pytest.mark.parametrize("topic", ["batchnorm", "initialization"])
def test_watching_changes_no_outcome(topic):
    """Functions that write into their arguments, draw random numbers, or call back; a third of them wrong."""
    questions = load_questions(topic)
    known = [k for name in list(questions)[::3] for k in mistakes.mistakes_of(name)[:1]]
    module = reference.load(topic)
    for mistake in known:
        module = mistake.applied_to(module)
    plain, seen = (Session(topic, InProcessModule(module), reference.load(topic)) for _ in range(2))
    seen.questions = {name: call_trace.wrap_question(q, {}) for name, q in questions.items()}
    marks = [{name: session.outcomes(name) for name in questions} for session in (plain, seen)]
    assert marks[0] == marks[1]
    assert any(o.status == "failed" for outcomes in marks[0].values() for o in outcomes)


def test_lost_aspect_shows_input_result_expectation_and_rule(graded, capsys):
    """Are input result expectation and rule of a lost aspect shown?"""
    code, text = explained(graded, capsys, "ema_update")
    assert code == 0 and "as recorded (same submission, notebook, secret and grader)" in text
    values = text[text.index("ema-update-test"):].split("\n\n")[1]
    assert "ema_update(average = " in values and ", params = " in values
    for label in ("obtained", "expected", "apart", "rule", "hint"):
        assert f"\n    {label} " in values
    assert "autograder/hidden_tests/evaluation.py, line " in values and "student, reference, rng" in values
    assert "relu" not in text and "train-head-test" not in text


def test_answer_is_explained_by_what_was_read_and_what_is_right(graded, capsys):
    """Is an answer explained by what was read and what is right?"""
    _, text = explained(graded, capsys)
    parts = {part.split(":")[0].strip(): part for part in text.split("\n\n") if ":" in part}
    assert "answer_size = 'c'" in parts["size-answer-test"] and "expected  'b'" in parts["size-answer-test"]
    assert "write the answer itself" in parts["snapshots-answer-test"]
    assert "expected  0.28, up to 25.00%" in parts["transfer-few-answer-test"]
    assert "Because the curves say so." in parts["averaging-explanation"]
    assert "waits for a person" in parts["averaging-explanation"]


def test_capstone_is_explained(graded, capsys):
    """Is the capstone explained?"""
    code, text = explained(graded, capsys, "capstone-test", everything=True)
    assert code == 0 and "a digit for every held-out image" in text and "of the held-out images are right" in text
    _, short = explained(graded, capsys, "capstone-test")
    assert "Nothing was lost here" in short


def test_student_text_never_controls_the_terminal(graded, capsys):
    """Can nothing a student wrote reach the terminal as a command?"""
    _, text = explained(graded, capsys, everything=True)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "\\x1b[2J\\u202e" in text and "ValueError" in text


def test_mark_that_does_not_reproduce_is_named(graded, record, capsys):
    """Is a mark that does not come out again named?"""
    path = graded / "results" / f"{submission_state.read_state(graded, 'dot', ASSIGNMENT).result}.json"
    before = path.read_text()
    result = json.loads(before)
    result["cells"]["ema-update-test"]["outcomes"][0]["status"] = "crashed"
    path.write_text(json.dumps(result))
    try:
        code, text = explained(graded, capsys, "ema_update")
    finally:
        path.write_text(before)
    assert code == 1 and "marks are NOT as recorded" in text
    assert "ema-update-test, values: recorded 0 (crashed), now 0 (failed)" in text


def test_changed_submission_is_reported_as_another(graded, capsys):
    """Is a submission that has changed since said to be another?"""
    module = graded / "submitted" / "dot" / ASSIGNMENT / "cs231n_lib" / "evaluation.py"
    before = module.read_text()
    module.write_text(before + "\n# a word\n")
    try:
        code, text = explained(graded, capsys, "ema_update")
    finally:
        module.write_text(before)
    assert code == 0 and "has changed since it was graded" in text


@pytest.mark.parametrize(("args", "said"), [
    (("dott", ASSIGNMENT), "no student 'dott' has been graded in"),
    (("dot", "09_evaluatoin"), "no assignment '09_evaluatoin'; did you mean 09_evaluation"),
    (("dot", "01"), "dot has not handed in 01_activations, only 09_evaluation"),
    (("dot", "09", "ema_updat"), "no graded cell 'ema_updat'; did you mean ema-update-test"),
])
def test_unknown_name_gets_one_line_with_close_ones(graded, capsys, args, said):
    """Is an unknown name answered in one line with the close ones?"""
    assert explain.explain_marks(graded, *args) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("explain: ") and said in told.err and told.err.count("\n") == 1


def test_written_answer_shows_its_mark_and_comment_and_no_test(graded, capsys):
    """Is a written answer shown with its mark and comment and no test?"""
    code, text = explained(graded, capsys, "averaging_explanation")
    assert code == 0 and "averaging-explanation: 0 of " in text and "(waits for a person)" in text
    assert "answer    Because the curves say so." in text and "rule" not in text and "ema-update" not in text


def test_module_that_does_not_load_is_explained_by_the_reason(graded, capsys):
    """Is a module that does not load explained by the reason?"""
    module = graded / "submitted" / "dot" / ASSIGNMENT / "cs231n_lib" / "evaluation.py"
    before = module.read_text()
    module.write_text("def ema_update(:\n")
    try:
        code, text = explained(graded, capsys, "ema_update")
    finally:
        module.write_text(before)
    assert code == 1 and "has changed since it was graded" in text
    assert "now 0 (crashed)" in text and "rule" not in text and "call 1" not in text
    assert text.count("evaluation.py does not parse: line 1") == 1  # not once more for every aspect


@pytest.mark.parametrize(("gone", "said"), [
    ("secret", "course/secret is missing: the inputs that were graded with cannot be made again"),
    (f"submitted/dot/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", "does not hold the submission any more: `grade` the uploads"),
    ("state", "nothing has been graded in "),
])
def test_what_cannot_run_again_gets_one_line_and_no_substitute(graded, capsys, gone, said):
    """Is what cannot be run again said in one line and nothing made instead?"""
    (graded / gone).rename(graded / "aside")
    try:
        assert explain.explain_marks(graded, "dot", ASSIGNMENT) == 2
        assert not (graded / gone).exists()
    finally:
        (graded / "aside").rename(graded / gone)
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("explain: ") and said in told.err and told.err.count("\n") == 1


def test_error_of_ours_in_the_second_run_is_one_line(graded, capsys, monkeypatch):
    """Is an error of ours in the second run one line?"""
    def failing(*args):
        raise errors.InfraError("the setup cell failed:\nno data")

    monkeypatch.setattr(runner, "run_cells", failing)
    assert explain.explain_marks(graded, "dot", ASSIGNMENT) == 2
    assert capsys.readouterr().err == "explain: the setup cell failed: no data\n"


# -- what is written down ---------------------------------------------------------------------------------------------


def test_changed_argument_is_shown_as_it_was_before():
    """Is an argument that a function changes shown as it was before?"""
    source = "import numpy as np\ndef relu_forward(x):\n    x[x < 0] = 0\n    return x, x\n"
    calls, module = [], reference.load("activations")
    student = call_trace.TracedModule(InProcessModule(load_source(source, "mine", "mine.py")), calls)
    x = np.array([[-1.0, 2.0]])
    student.relu_forward(x)
    assert calls[0].args[0].tolist() == [[-1, 2]] and x.tolist() == [[-1, 2]]
    assert calls[0].changed(None, module) == ["x is now another: at [0, 0]: 0, expected -1 (1 of 2 differ)"]


@pytest.mark.parametrize(("got", "want", "said"), [
    (np.ones((2, 3)), np.ones((3, 2)), ["shape (2, 3), expected (3, 2)"]),
    (np.array([1.0, np.nan]), np.array([1.0, 2.0]), ["at [1]: nan, expected 2 (1 of 2 differ)"]),
    (np.array([np.nan]), np.array([np.nan]), []),
    (np.ones(2, np.float32), np.ones(2), ["dtype float32, expected float64"]),
    ((1.0, np.zeros(1)), (1.0, np.ones(1)), ["value 2: at [0]: 0, expected 1 (1 of 1 differ)"]),
    ({"v": 1.0}, {"v": 1.0, "t": 2}, ["entry 't': missing"]),
    ([1, 2], [1, 2, 3], ["shape (2,), expected (3,)"]),
    ("adam", "sgd", ["'adam', expected 'sgd'"]),
    (1.0, 1.0 + 1e-9, []),
    (None, 1.0, ["None, expected 1"]),
    (np.array([True]), np.array([False]), ["at [0]: 1, expected 0 (1 of 1 differ)"]),
])
def test_place_furthest_from_the_expected_is_named(got, want, said):
    """Is the place named where a result is furthest from the expected?"""
    assert call_trace.list_differences(got, want) == said


@pytest.mark.parametrize("value", [np.zeros((200, 300)), "x" * 10_000, list(range(10_000)), {i: i for i in range(999)},
                                   [[[[[1]]]]], 1 << 20_000, np.random.default_rng(0), len, ...],
                         ids=lambda value: type(value).__name__)
def test_every_value_fits_one_short_line(value):
    """Is every value shown on one short line?"""
    assert len(call_trace.format_value(value)) < 250 and "\n" not in call_trace.format_value(value)


def test_first_and_last_of_many_calls_are_kept():
    """Are the first and the last calls kept of very many?"""
    calls = []
    for i in range(5 * call_trace.KEPT):
        call_trace.record_call(calls, "f", [i], {})
    assert len(calls) == call_trace.KEPT
    assert [calls[0].args, calls[-1].args] == [[0], [5 * call_trace.KEPT - 1]]
