"""The sample class, written to ``build/sample_class`` from our own sources: ``python -m tools.sample_submissions``.

Every student is an example of something an instructor meets. The submissions are generated again when a notebook or
module changes, and are not in git. The tables of their expected marks in ``tools/sample_class`` are in git, and tests
compare with them. ``make golden`` (``--golden``) grades the class and writes them again; a person then reads the diff.
"""

import argparse
import copy
import csv
import hashlib
import json
import os
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
from tools.shared_folder import ensure_folder

CLASS_FOLDER = ROOT / "build" / "sample_class"
EXPECTED = ROOT / "tools" / "sample_class"
EXPECTED_MARKS = EXPECTED / "expected.csv"
EXPECTED_SUMMARY = EXPECTED / "expected_summary.csv"
ROSTER = EXPECTED / "roster.csv"
"""Of the class: it has the Canvas id by which the zip of Canvas's download is known."""
MADE_FROM = ("notebooks/*.ipynb", "cs231n_lib/*.py", "autograder/course/*", "autograder/gradebook/preprocessors.py",
             "autograder/hidden_tests/*.py", "autograder/reference.py", "autograder/release/*.py",
             "autograder/verify/student_work.py",
             "autograder/verify/alternatives/*.py", "tools/sample_submissions.py", "tools/shared_folder.py")
"""What decides the contents of the class: it is made again when one of these files changes."""
QUESTION_COLUMNS = ["student", "assignment", "grade_id", "score", "max_score"]
ONE_MISTAKE = {
    "linear_classifier": ("return -log_p[rows, y].mean(), dx / len(y)", "return -log_p[rows, y].mean(), dx"),
    "activations": ("return dout * (cache > 0)", "return dout * (dout > 0)"),
    "preprocessing": ("return (X - mean) / (std + eps)", "return X - mean / (std + eps)"),
    "initialization": ("/ np.sqrt(fan_in)", "/ fan_in"),
    "batchnorm": ("momentum * running_mean + (1 - momentum) * mean", "(1 - momentum) * running_mean + momentum * mean"),
    "dropout": (".astype(x.dtype) / p", ".astype(x.dtype)"),
    "optimizers": ("root / (1 - beta1**t)", "root"),
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


def make_alternative_module(topic, which):
    """Return a fully solved module in which every function that has alternatives is one of them.

    ``which`` is 0 for the first alternative of each function, -1 for the last.
    """
    alternatives.load_alternatives(topic)
    chosen = {}
    for name in session.load_questions(topic):
        fitting = [a for a in alternatives.alternatives_of(name)
                   if set(a.functions) <= set(session.load_questions(topic)) - set(chosen)
                   and all(map(student_work.is_self_contained, a.functions.values()))]
        if fitting and name not in chosen:
            chosen |= fitting[which].functions
    return student_work.replace_functions(topic, chosen)


def list_graded_functions(topic):
    """Return the names of a topic's functions, in the order of the module."""
    return [name for name, q in session.load_questions(topic).items() if not q.uses]


def make_mistaken_module(topic):
    """Return a solved module with one line of it wrong."""
    right, wrong = ONE_MISTAKE[topic]
    if make_solved_module(topic).count(right) != 1:
        raise ValueError(f"ONE_MISTAKE: {right!r} stands {make_solved_module(topic).count(right)} times in {topic}")
    return make_solved_module(topic).replace(right, wrong)


def make_extended_module(topic, text):
    """Return a solved module with more code at its end, which may define a function again."""
    return make_solved_module(topic) + "\n\n" + text


def make_echo_module(topic):
    """Return a module whose functions return their first argument."""
    return solution_regions.solve_functions(topic, ()) + "".join(
        f"\n\ndef {name}(*args, **kwargs):\n    return args[0], args[0]\n" for name in list_graded_functions(topic))


def make_half_module(topic):
    """Return a module with the first half of its functions written."""
    names = list_graded_functions(topic)
    return solution_regions.solve_functions(topic, names[:len(names) // 2])


STYLES = {
    "ada_full_marks": make_solved_module,
    "ben_full_marks_first_style": lambda topic: make_alternative_module(topic, 0),
    "chi_full_marks_last_style": lambda topic: make_alternative_module(topic, -1),
    "dov_half_done": make_half_module,
    "mia_lazy": make_echo_module,
}
"""Student who hands in every assignment -> what makes the module for a topic."""


def write_submission(folder, student, assignment, book=None, module=None):
    """Write one submission into the folder of the class.

    Parameters
    ----------
    folder : pathlib.Path
    student, assignment : str
    book : NotebookNode or str, optional
        The notebook, or the text of its file; no notebook by default.
    module : str, optional
        Text of the module; no module by default.
    """
    where = folder / student / assignment
    where.mkdir(parents=True)
    if book is not None:
        text = book if isinstance(book, str) else nbformat.writes(book)
        (where / f"{assignment}.ipynb").write_text(text)
    if module is not None:
        (where / "cs231n_lib").mkdir()
        (where / "cs231n_lib" / f"{list_assignments()[assignment]}.py").write_text(module)


def write_complete_students(course, folder):
    """Write the students who hand in all assignments and differ in how the module is written."""
    for student, module in STYLES.items():
        for topic, assignment in list_topics().items():
            write_submission(
                folder,
                student,
                assignment,
                make_solved_notebook(course, assignment, whole=student.startswith("ada")),
                module(topic),
            )
    for topic, assignment in list_topics().items():
        write_submission(
            folder,
            "eva_untouched",
            assignment,
            make_solved_notebook(course, assignment, answers=False),
            solution_regions.make_stub(topic),
        )
        write_submission(
            folder,
            "fay_written_answers",
            assignment,
            make_solved_notebook(course, assignment, written="Because the data say so."),
            make_solved_module(topic),
        )
        write_submission(
            folder,
            "gus_one_mistake_each",
            assignment,
            make_solved_notebook(course, assignment),
            make_mistaken_module(topic),
        )


def write_broken_submissions(course, folder):
    """Write the submissions that are damaged or incomplete."""
    assignment = "01_activations"
    book = make_solved_notebook(course, assignment)
    answers = [c for c in book.cells if cells.is_answer(c)]
    book.cells.remove(answers[0])
    book.cells.append(copy.deepcopy(answers[1]))
    answers[2].cell_type = "markdown"
    answers[3].source = "import os\nos._exit(0)"
    text = json.dumps(book, indent=1)
    write_submission(folder, "hal_broken_notebook", assignment, text, make_solved_module("activations"))
    write_submission(
        folder,
        "hal_broken_notebook",
        "00_linear_classifier",
        text[: len(text) // 2],
        make_solved_module("linear_classifier"),
    )
    write_submission(folder, "ivy_missing_files", "00_linear_classifier", None, make_solved_module("linear_classifier"))
    write_submission(folder, "ivy_missing_files", assignment, make_solved_notebook(course, assignment), None)
    write_submission(folder, "ivy_missing_files", "03_initialization")
    (folder / "ivy_missing_files" / "03_initialization" / "notes.txt").write_text("forgot to attach\n")
    write_submission(
        folder,
        "kim_syntax_error",
        assignment,
        make_solved_notebook(course, assignment),
        make_solved_module("activations") + "\ndef oops(:\n",
    )
    write_submission(
        folder, "zoe_unknown_assignment", "00_linear_classifier", None, solution_regions.make_stub("linear_classifier")
    )
    (folder / "zoe_unknown_assignment" / "99_extra").mkdir()
    (folder / "zoe_unknown_assignment" / "99_extra" / "essay.txt").write_text("extra work\n")
    with zipfile.ZipFile(folder / "jon_48151_62342_01_activations.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((f"{assignment}.ipynb", nbformat.writes(make_solved_notebook(course, assignment))),
                              ("cs231n_lib/activations.py", make_half_module("activations"))):
            archive.writestr(zipfile.ZipInfo(f"{assignment}/{name}", (2020, 1, 1, 0, 0, 0)), content)


def write_hostile_submissions(course, folder):
    """Write the submissions that hang, exhaust memory, end the process or try to cheat."""
    first, second = "00_linear_classifier", "01_activations"
    write_submission(
        folder,
        "lou_endless_loop",
        first,
        make_solved_notebook(course, first),
        make_extended_module(list_assignments()[first], LOOP.format("softmax_loss")),
    )
    write_submission(
        folder,
        "max_memory_hog",
        first,
        make_solved_notebook(course, first),
        make_extended_module(list_assignments()[first], HOG.format("train_linear")),
    )
    leaving = "import os\n\n\ndef tanh_forward(x):\n    os._exit(0)\n"
    write_submission(
        folder,
        "ned_exits",
        second,
        make_solved_notebook(course, second),
        make_extended_module(list_assignments()[second], leaving),
    )
    book = make_solved_notebook(course, second, answers=False)
    for cell in book.cells:
        if cells.is_test(cell):
            cell.source = "100.0"
            cell.metadata.nbgrader.points = 100
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100.0"}, execution_count=1)]
    topic = list_assignments()[second]
    write_submission(folder, "oda_forges_results", second, book, solution_regions.make_stub(topic) + CHEAT)
    write_submission(
        folder,
        "pia_wants_the_gradebook",
        second,
        make_solved_notebook(course, second, answers=False),
        solution_regions.solve_functions(topic, ["relu_forward"]) + THIEF,
    )
    os.symlink("/etc/hostname", folder / "pia_wants_the_gradebook" / second / "cs231n_lib" / "numpy.py")


def hash_sources():
    """Return the hash of everything the class is made from."""
    digest = hashlib.sha256()
    for path in sorted({p for pattern in MADE_FROM for p in ROOT.glob(pattern) if p.is_file()}):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def ensure_class(course=None):
    """Return the folder of the class; write it first if it is missing, or if what it is made from has changed.

    Parameters
    ----------
    course : pathlib.Path, optional
        A course whose release it is made from (the release is made there if need be); a temporary one by default.
    """
    with tempfile.TemporaryDirectory() as temporary:
        released = course or Path(temporary) / "course"

        def fill(folder):
            release.generate_release(released)
            write_complete_students(released, folder)
            write_broken_submissions(released, folder)
            write_hostile_submissions(released, folder)

        return ensure_folder(CLASS_FOLDER, fill, hash_sources())


def list_cell_marks(found):
    """Return (student, assignment, grade_id, score, max_score) for every graded cell of some records."""
    return [(r.student, r.assignment, m.grade_id, f"{round(m.score, 4):g}", f"{round(m.max_score, 4):g}")
            for r in found for m in r.marks]


def list_summaries(graded):
    """Return (student, assignment, score, max_score, manual_pending, status) for every submission."""
    return [(s.student, s.assignment, f"{round(s.score, 4):g}", f"{round(s.max_score, 4):g}",
             str(s.manual_pending), s.status) for s in graded]


def write_table(path, columns, lines):
    """Write one CSV file."""
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *lines])


def write_expected():
    """Grade the class in a fresh course and write what comes out as what is expected; return the exit code."""
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        graded, rejected = grade.grade_class(ensure_class(course), course, roster=ROSTER)
        print(marks_tables.format_table(graded, rejected))
        write_table(EXPECTED_MARKS, QUESTION_COLUMNS, list_cell_marks(records.iter_records(course)))
        write_table(EXPECTED_SUMMARY, marks_tables.SUMMARY_COLUMNS, list_summaries(graded))
    print(f"\nwritten: {EXPECTED_MARKS} and {EXPECTED_SUMMARY}: read their diff before you commit it")
    return 1 if any(s.status == "infra-error" for s in graded) else 0


def main(arguments=None):
    """Write the sample class if it is missing or out of date."""
    parser = argparse.ArgumentParser(prog="python -m tools.sample_submissions", description=main.__doc__)
    parser.add_argument("--course", type=Path, metavar="DIR", help="make it from this course's release")
    parser.add_argument("--golden", action="store_true", help="grade it, and write the tables of expected marks")
    args = parser.parse_args(arguments)
    if args.golden:
        return write_expected()
    print(f"sample class: {ensure_class(args.course).relative_to(ROOT)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
