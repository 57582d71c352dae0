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

from autograder import grade
from autograder.course import cells, solution_regions
from autograder.course.topics import list_assignments, list_topics
from autograder.gradebook import records
from autograder.hidden_tests import session
from autograder.reference import ROOT
from autograder.release import release
from autograder.reports import marks_tables
from autograder.verify import alternatives, student_work
from autograder.verify.student_work import make_solved_module, make_solved_notebook

CLASS_FOLDER = ROOT / "autograder" / "submissions"
EXPECTED_MARKS = CLASS_FOLDER / "expected.csv"
EXPECTED_SUMMARY = CLASS_FOLDER / "expected_summary.csv"
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
    alternatives.load_alternatives(topic)
    chosen = {}
    for name in session.load_questions(topic):
        fitting = [a for a in alternatives.alternatives_of(name)
                   if set(a.functions) <= set(session.load_questions(topic)) - set(chosen)
                   and all(map(student_work.is_self_contained, a.functions.values()))]
        if fitting and name not in chosen:
            chosen |= fitting[which].functions
    return student_work.replace_functions(topic, chosen)


def graded_functions(topic):
    """Return the names of a topic's functions, in the order of the module."""
    return [name for name, q in session.load_questions(topic).items() if not q.uses]


def one_mistake(topic):
    """Return a solved module with one line of it wrong."""
    right, wrong = ONE_MISTAKE[topic]
    if make_solved_module(topic).count(right) != 1:
        raise ValueError(f"ONE_MISTAKE: {right!r} stands {make_solved_module(topic).count(right)} times in {topic}")
    return make_solved_module(topic).replace(right, wrong)


def redefined(topic, text):
    """Return a solved module with more code at its end."""
    return make_solved_module(topic) + "\n\n" + text


def lazy(topic):
    """Return a module whose functions give back what they got."""
    return solution_regions.solve_functions(topic, ()) + "".join(
        f"\n\ndef {name}(*args, **kwargs):\n    return args[0], args[0]\n" for name in graded_functions(topic))


def half(topic):
    """Return a module with the first half of its functions written."""
    names = graded_functions(topic)
    return solution_regions.solve_functions(topic, names[:len(names) // 2])


def write(student, assignment, book=None, module=None, folder=CLASS_FOLDER):
    """Write one submission."""
    where = folder / student / assignment
    where.mkdir(parents=True)
    if book is not None:
        text = book if isinstance(book, str) else nbformat.writes(book)
        (where / f"{assignment}.ipynb").write_text(text)
    if module is not None:
        (where / "cs231n_lib").mkdir()
        (where / "cs231n_lib" / f"{list_assignments()[assignment]}.py").write_text(module)


def everyone(course):
    """Write the students who hand in all assignments and differ in how the module is written."""
    styles = {
        "ada_full_marks": make_solved_module,
        "ben_full_marks_first_style": lambda topic: other_style(topic, 0),
        "chi_full_marks_last_style": lambda topic: other_style(topic, -1),
        "dov_half_done": half,
        "mia_lazy": lazy,
    }
    for student, module in styles.items():
        for topic, assignment in list_topics().items():
            write(
                student,
                assignment,
                make_solved_notebook(course, assignment, whole=student.startswith("ada")),
                module(topic),
            )
    for topic, assignment in list_topics().items():
        write(
            "eva_untouched",
            assignment,
            make_solved_notebook(course, assignment, answers=False),
            solution_regions.make_stub(topic),
        )
        write(
            "fay_written_answers",
            assignment,
            make_solved_notebook(course, assignment, written="Because the data say so."),
            make_solved_module(topic),
        )
        write("gus_one_mistake_each", assignment, make_solved_notebook(course, assignment), one_mistake(topic))


def broken(course):
    """Write the submissions that came apart on the way."""
    assignment = "01_activations"
    book = make_solved_notebook(course, assignment)
    answers = [c for c in book.cells if cells.is_answer(c)]
    book.cells.remove(answers[0])
    book.cells.append(copy.deepcopy(answers[1]))
    answers[2].cell_type = "markdown"
    answers[3].source = "import os\nos._exit(0)"
    text = json.dumps(book, indent=1)
    write("hal_broken_notebook", assignment, text, make_solved_module("activations"))
    write("hal_broken_notebook", "00_linear_classifier", text[:len(text) // 2], make_solved_module("linear_classifier"))
    write("ivy_missing_files", "00_linear_classifier", None, make_solved_module("linear_classifier"))
    write("ivy_missing_files", assignment, make_solved_notebook(course, assignment), None)
    write("ivy_missing_files", "03_initialization")
    (CLASS_FOLDER / "ivy_missing_files" / "03_initialization" / "notes.txt").write_text("forgot to attach\n")
    write(
        "kim_syntax_error",
        assignment,
        make_solved_notebook(course, assignment),
        make_solved_module("activations") + "\ndef oops(:\n",
    )
    write("zoe_unknown_assignment", "00_linear_classifier", None, solution_regions.make_stub("linear_classifier"))
    (CLASS_FOLDER / "zoe_unknown_assignment" / "99_extra").mkdir()
    (CLASS_FOLDER / "zoe_unknown_assignment" / "99_extra" / "essay.txt").write_text("extra work\n")
    with zipfile.ZipFile(CLASS_FOLDER / "jon_48151_62342_01_activations.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((f"{assignment}.ipynb", nbformat.writes(make_solved_notebook(course, assignment))),
                              ("cs231n_lib/activations.py", half("activations"))):
            archive.writestr(zipfile.ZipInfo(f"{assignment}/{name}", (2020, 1, 1, 0, 0, 0)), content)


def hostile(course):
    """Write the submissions that stop, slow or cheat."""
    first, second = "00_linear_classifier", "01_activations"
    write(
        "lou_endless_loop",
        first,
        make_solved_notebook(course, first),
        redefined(list_assignments()[first], LOOP.format("svm_loss")),
    )
    write(
        "max_memory_hog",
        first,
        make_solved_notebook(course, first),
        redefined(list_assignments()[first], HOG.format("sample_batch")),
    )
    leaving = "import os\n\n\ndef tanh_forward(x):\n    os._exit(0)\n"
    write("ned_exits", second, make_solved_notebook(course, second), redefined(list_assignments()[second], leaving))
    book = make_solved_notebook(course, second, answers=False)
    for cell in book.cells:
        if cells.is_test(cell):
            cell.source = "100.0"
            cell.metadata.nbgrader.points = 100
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100.0"}, execution_count=1)]
    write("oda_forges_results", second, book, solution_regions.make_stub(list_assignments()[second]) + CHEAT)
    write("pia_wants_the_gradebook", second, make_solved_notebook(course, second, answers=False),
          solution_regions.solve_functions(list_assignments()[second], ["relu_forward"]) + THIEF)
    os.symlink("/etc/hostname", CLASS_FOLDER / "pia_wants_the_gradebook" / second / "cs231n_lib" / "numpy.py")


def build(course):
    """Write the whole sample class, in the place of the old one."""
    for entry in CLASS_FOLDER.iterdir() if CLASS_FOLDER.exists() else ():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.suffix == ".zip":
            entry.unlink()
    CLASS_FOLDER.mkdir(exist_ok=True)
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
        release.generate_release(course)
        build(course)
        graded, rejected = grade.grade_class(CLASS_FOLDER, course)
        print(marks_tables.format_table(graded, rejected))
        write_table(EXPECTED_MARKS, QUESTION_COLUMNS, question_marks(records.iter_records(course)))
        write_table(EXPECTED_SUMMARY, marks_tables.SUMMARY_COLUMNS, summary(graded))
    print(f"\nwritten: {EXPECTED_MARKS} and {EXPECTED_SUMMARY}: read their diff before you commit it")
    return 1 if any(s.status == "infra-error" for s in graded) else 0


if __name__ == "__main__":
    sys.exit(main())
