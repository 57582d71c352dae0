"""The sample class in ``autograder/submissions``, and its table of expected marks: ``make golden`` writes both.

Every student stands for something an instructor meets. The submissions are put together from our own sources, so they
follow when a notebook or a module changes; the table is what grading them gives, and a person reads its diff.
"""

import copy
import csv
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat

from autograder import TOPICS, alternatives, cells, grade, hidden_tests, modules, records, release, tables
from autograder.intake import ASSIGNMENTS
from autograder.reference import ROOT

FOLDER = ROOT / "autograder" / "submissions"
EXPECTED = FOLDER / "expected.csv"
EXPECTED_SUMMARY = FOLDER / "expected_summary.csv"
QUESTION_COLUMNS = ["student", "assignment", "grade_id", "score", "max_score"]
ONE_MISTAKE = {
    "linear_classifier": ("return -log_p[rows, y].mean(), dx / len(y)", "return -log_p[rows, y].mean(), dx"),
    "activations": ("return dout * (cache > 0)", "return dout * (dout > 0)"),
    "preprocessing": ("return (X - mean) / (std + eps)", "return X - mean / (std + eps)"),
    "initialization": ("/ np.sqrt(fan_in)", "/ fan_in"),
    "batchnorm": ("momentum * running_mean + (1 - momentum) * mean", "(1 - momentum) * running_mean + momentum * mean"),
    "dropout": (".astype(x.dtype) / p", ".astype(x.dtype)"),
    "optimizers": ('(config["m"] / (1 - beta1**t))', 'config["m"]'),
    "babysitting": ("np.sqrt(ok * exploded)", "(ok + exploded) / 2"),
    "hyperparameters": ("(shrink / 2)", "shrink"),
    "evaluation": ("h = layer(h)", "h = layer(X[start:start + batch_size])"),
}
"""Topic -> (what stands in the solution, what one student has written instead)."""
LOOP = """
def {}(*args, **kwargs):
    while True:
        try:
            pass
        except BaseException:
            pass
"""
HOG = """
def {}(*args, **kwargs):
    hoard = []
    while True:
        hoard.append(np.ones(2**24))
"""
CHEAT = '''
import numpy.testing

numpy.testing.assert_allclose = np.allclose = np.array_equal = lambda *args, **kwargs: True
print("100.0")
'''
THIEF = '''
import os
import sqlite3

for path in ("gradebook.db", "../../../gradebook.db"):
    try:
        sqlite3.connect(path).execute("update grade set auto_score = 100")
    except Exception:
        pass
'''


def other_style(topic, which):
    """Return a fully solved module in which every function that has one is an alternative: the first or the last."""
    alternatives.load(topic)
    chosen = {}
    for name in hidden_tests.load(topic):
        fitting = [a for a in alternatives.of(name)
                   if set(a.functions) <= set(hidden_tests.load(topic)) - set(chosen)
                   and all(map(modules.is_self_contained, a.functions.values()))]
        if fitting and name not in chosen:
            chosen |= fitting[which].functions
    return modules.with_functions(topic, chosen)


def graded_functions(topic):
    """Return the names of a topic's functions, in the order of the module."""
    return [name for name, q in hidden_tests.load(topic).items() if not q.uses]


def one_mistake(topic):
    """Return a solved module with one line of it wrong."""
    right, wrong = ONE_MISTAKE[topic]
    if solved(topic).count(right) != 1:
        raise ValueError(f"ONE_MISTAKE: {right!r} stands {solved(topic).count(right)} times in {topic}")
    return solved(topic).replace(right, wrong)


def redefined(topic, text):
    """Return a solved module with more code at its end."""
    return solved(topic) + "\n\n" + text


def solved(topic):
    """Return the module with the instructor's solutions."""
    return modules.unmarked(modules.source_of(topic))


def lazy(topic):
    """Return a module whose functions give back what they got."""
    return modules.partly_solved(topic, ()) + "".join(
        f"\n\ndef {name}(*args, **kwargs):\n    return args[0], args[0]\n" for name in graded_functions(topic))


def half(topic):
    """Return a module with the first half of its functions written."""
    names = graded_functions(topic)
    return modules.partly_solved(topic, names[:len(names) // 2])


def notebook(course, assignment, answers=True, written="", whole=False):
    """Return a student's notebook.

    Parameters
    ----------
    answers : bool
        Fill the answer cells with the instructor's answers.
    written : str
        What stands in written answers; empty for as released.
    whole : bool
        All cells, or only those that count (to keep the sample class small).
    """
    released = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    sources = {cells.grade_id(c): c.source for c in release.hidden_cells(course, assignment).cells}
    for cell in released.cells:
        if answers and cells.is_answer(cell):
            lines = sources[cells.grade_id(cell)].splitlines()
            cell.source = "\n".join(line for line in lines if "### " not in line)
        elif written and cells.is_written(cell):
            cell.source = written
    if not whole:
        released.cells = [c for c in released.cells if cells.grade_id(c) and not cells.is_setup(c)]
    return released


def write(student, assignment, book=None, module=None, folder=FOLDER):
    """Write one submission."""
    where = folder / student / assignment
    where.mkdir(parents=True)
    if book is not None:
        text = book if isinstance(book, str) else nbformat.writes(book)
        (where / f"{assignment}.ipynb").write_text(text)
    if module is not None:
        (where / "cs231n_lib").mkdir()
        (where / "cs231n_lib" / f"{ASSIGNMENTS[assignment]}.py").write_text(module)


def everyone(course):
    """Write the students who hand in all assignments and differ in how the module is written."""
    styles = {
        "ada_full_marks": solved,
        "ben_full_marks_first_style": lambda topic: other_style(topic, 0),
        "chi_full_marks_last_style": lambda topic: other_style(topic, -1),
        "dov_half_done": half,
        "mia_lazy": lazy,
    }
    for student, module in styles.items():
        for topic, assignment in TOPICS.items():
            write(student, assignment, notebook(course, assignment, whole=student.startswith("ada")), module(topic))
    for topic, assignment in TOPICS.items():
        write("eva_untouched", assignment, notebook(course, assignment, answers=False), release.stub(topic))
        write("fay_written_answers", assignment, notebook(course, assignment, written="Because the data say so."),
              solved(topic))
        write("gus_one_mistake_each", assignment, notebook(course, assignment), one_mistake(topic))


def broken(course):
    """Write the submissions that came apart on the way."""
    assignment = "01_activations"
    book = notebook(course, assignment)
    answers = [c for c in book.cells if cells.is_answer(c)]
    book.cells.remove(answers[0])
    book.cells.append(copy.deepcopy(answers[1]))
    answers[2].cell_type = "markdown"
    answers[3].source = "import os\nos._exit(0)"
    text = json.dumps(book, indent=1)
    write("hal_broken_notebook", assignment, text, solved("activations"))
    write("hal_broken_notebook", "00_linear_classifier", text[:len(text) // 2], solved("linear_classifier"))
    write("ivy_missing_files", "00_linear_classifier", None, solved("linear_classifier"))
    write("ivy_missing_files", assignment, notebook(course, assignment), None)
    write("ivy_missing_files", "03_initialization")
    (FOLDER / "ivy_missing_files" / "03_initialization" / "notes.txt").write_text("forgot to attach\n")
    write("kim_syntax_error", assignment, notebook(course, assignment), solved("activations") + "\ndef oops(:\n")
    write("zoe_unknown_assignment", "00_linear_classifier", None, release.stub("linear_classifier"))
    (FOLDER / "zoe_unknown_assignment" / "99_extra").mkdir()
    (FOLDER / "zoe_unknown_assignment" / "99_extra" / "essay.txt").write_text("extra work\n")
    with zipfile.ZipFile(FOLDER / "jon_48151_62342_01_activations.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((f"{assignment}.ipynb", nbformat.writes(notebook(course, assignment))),
                              ("cs231n_lib/activations.py", half("activations"))):
            archive.writestr(zipfile.ZipInfo(f"{assignment}/{name}", (2020, 1, 1, 0, 0, 0)), content)


def hostile(course):
    """Write the submissions that stop, slow or cheat."""
    first, second = "00_linear_classifier", "01_activations"
    write("lou_endless_loop", first, notebook(course, first), redefined(ASSIGNMENTS[first], LOOP.format("svm_loss")))
    write("max_memory_hog", first, notebook(course, first), redefined(ASSIGNMENTS[first], HOG.format("sample_batch")))
    leaving = "import os\n\n\ndef tanh_forward(x):\n    os._exit(0)\n"
    write("ned_exits", second, notebook(course, second), redefined(ASSIGNMENTS[second], leaving))
    book = notebook(course, second, answers=False)
    for cell in book.cells:
        if cells.is_test(cell):
            cell.source = "100.0"
            cell.metadata.nbgrader.points = 100
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100.0"}, execution_count=1)]
    write("oda_forges_results", second, book, release.stub(ASSIGNMENTS[second]) + CHEAT)
    write("pia_wants_the_gradebook", second, notebook(course, second, answers=False),
          modules.partly_solved(ASSIGNMENTS[second], ["relu_forward"]) + THIEF)
    os.symlink("/etc/hostname", FOLDER / "pia_wants_the_gradebook" / second / "cs231n_lib" / "numpy.py")


def build(course):
    """Write the whole sample class, in the place of the old one."""
    for entry in FOLDER.iterdir() if FOLDER.exists() else ():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.suffix == ".zip":
            entry.unlink()
    FOLDER.mkdir(exist_ok=True)
    everyone(course)
    broken(course)
    hostile(course)


def question_marks(found):
    """Return (student, assignment, grade_id, score, max_score) for every graded cell of some records."""
    return [(r.student, r.assignment, m.grade_id, f"{round(m.score, 4):g}", f"{round(m.max_score, 4):g}")
            for r in found for m in r.marks]


def summary(graded):
    """Return (student, assignment, score, max_score, manual_pending, status) for every submission."""
    return [(s.student, s.assignment, f"{round(s.score, 4):g}", f"{round(s.max_score, 4):g}",
             str(s.manual_pending), s.status) for s in graded]


def write_table(path, columns, lines):
    """Write one CSV file."""
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *lines])


def main():
    """Rebuild the class, grade it in a fresh course, write what comes out as what is expected."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        release.generate(course)
        build(course)
        graded, rejected = grade.grade(FOLDER, course)
        print(tables.text(graded, rejected))
        write_table(EXPECTED, QUESTION_COLUMNS, question_marks(records.each(course)))
        write_table(EXPECTED_SUMMARY, tables.SUMMARY_COLUMNS, summary(graded))
    print(f"\nwritten: {EXPECTED} and {EXPECTED_SUMMARY}: read their diff before you commit it")
    return 1 if any(s.status == "infra-error" for s in graded) else 0


if __name__ == "__main__":
    sys.exit(main())
