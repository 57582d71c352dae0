"""Grade one class as an instructor does: every hostile upload of ``attacks/``, together with honest ones."""

import contextlib
import csv
import io
import re
import shutil
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import nbgrader
from nbconvert.exporters import HTMLExporter

from autograder import grade
from autograder.course import cells, solution_regions
from autograder.course.topics import assignment_of
from autograder.gradebook import records
from autograder.gradebook.config import load_config
from autograder.release import release
from autograder.verify import attack_files, host_snapshot, student_work
from autograder.verify.attack_files import ATTACKED_TOPIC, Violation

ASSIGNMENT = assignment_of(ATTACKED_TOPIC)
NEIGHBOURS = ("ann", "zoe")
"""Honest students: the first is graded both before the attacks and together with them, the second only with them."""


class ActiveContent(HTMLParser):
    """Collects what a browser would run or fetch when it opens a page.

    Parameters
    ----------
    mathjax : bool
        Does the page load MathJax, which makes links out of formulas?

    Attributes
    ----------
    found : list of str
        Scripts, ``on...`` handlers, addresses that are not part of the page.
    """

    FETCHED = ("src", "srcset", "poster", "data", "background")
    FRAMES = ("iframe", "object", "embed", "base", "form", "frame", "applet")

    def __init__(self, mathjax):
        super().__init__(convert_charrefs=True)
        self.mathjax = mathjax
        self.found, self.in_script, self.in_pre = [], False, False

    def handle_starttag(self, tag, attrs):
        """Look at a tag and its attributes."""
        self.in_script, self.in_pre = tag == "script", self.in_pre or tag == "pre"
        if tag in self.FRAMES:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            bad = name.startswith("on") or name in self.FETCHED and not address.startswith("data:image/")
            bad |= name in ("href", "action", "formaction", "xlink:href") and not address.startswith(
                ("http:", "https:", "#", "mailto:")) and tag != "link"
            if bad:
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag):
        """Leave a script, or text in which MathJax does not look."""
        self.in_script &= tag != "script"
        self.in_pre &= tag != "pre"

    def handle_data(self, data):
        """Keep the text of scripts, and of formulas that are links."""
        if self.in_script and data.strip():
            self.found.append(f"<script>{data}")
        if self.mathjax and "\\href{" in data and not self.in_pre:
            self.found.append(f"formula {data}")


def find_active_content(page, mathjax=False):
    """Return what a browser would run or fetch when it opens a page, given the page's text."""
    parser = ActiveContent(mathjax)
    parser.feed(page)
    parser.close()
    return parser.found


def write_honest_upload(course, folder):
    """Write an honest, half-finished upload into a student's folder."""
    where = folder / ASSIGNMENT
    (where / "cs231n_lib").mkdir(parents=True)
    book = student_work.make_solved_notebook(course, ASSIGNMENT, written="Because the data say so.")
    (where / f"{ASSIGNMENT}.ipynb").write_text(nbformat.writes(book))
    (where / "cs231n_lib" / f"{ATTACKED_TOPIC}.py").write_text(
        solution_regions.solve_nothing_else(ATTACKED_TOPIC, attack_files.HONEST_FUNCTIONS)
    )


def name_attacker(name):
    """Return the student who hands in an attack."""
    return f"eve-{name.removeprefix('submit_')}"


def grade_class(inbox, course, output):
    """Grade a class as the command does; return the exit code and what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = grade.run_grade(inbox, output, course)
    return code, printed.getvalue()


def verify_uploads(prepared=None):
    """Grade the hostile class; print a line for each upload and return the misses.

    Parameters
    ----------
    prepared : path, optional
        A course with a release in it, which is copied; a new one is made by default.
    """
    hostile = attack_files.list_upload_attacks()
    with tempfile.TemporaryDirectory() as folder:
        inbox, course, output = (Path(folder) / name for name in ("inbox", "course", "out"))
        if prepared:
            shutil.copytree(prepared, course)
        release.generate_release(course)
        write_honest_upload(course, inbox / NEIGHBOURS[0])
        grade_class(inbox, course, output)
        honest_marks = {r.student: r for r in records.load_records(course)}[NEIGHBOURS[0]].score
        before = hash_fixed_files(course)
        write_honest_upload(course, inbox / NEIGHBOURS[1])
        for name, submit in hostile.items():
            write_honest_upload(course, inbox / name_attacker(name))
            submit(inbox / name_attacker(name))
        uploads = host_snapshot.hash_tree(inbox)
        code, printed = grade_class(inbox, course, output)
        found = ["makes the command fail"] if code != 0 else []
        found += iter_unprintable(printed)
        found += [f"changes {name}" for name in host_snapshot.list_changes(before, hash_fixed_files(course))]
        found += [
            f"changes the upload {name}" for name in host_snapshot.list_changes(uploads, host_snapshot.hash_tree(inbox))
        ]
        found += list(iter_wrong_marks(course, honest_marks, hostile))
        found += [*iter_active_pages(course, output), *iter_formulas(output), *iter_active_formgrader_pages(course)]
    return [Violation(ATTACKED_TOPIC, f"the hostile class {what}") for what in found]


def hash_fixed_files(course):
    """Return name -> hash of the files of a course that grading must not change."""
    kept = ("secret", "source/", "release/", "nbgrader_config.py", "course.toml")
    return {name: value for name, value in host_snapshot.hash_tree(course).items() if name.startswith(kept)}


def iter_wrong_marks(course, honest_marks, hostile):
    """Print a line for each upload; yield a description of every wrong mark.

    Parameters
    ----------
    course : pathlib.Path
    honest_marks : float
        What an honest upload gets.
    hostile : collection of str
        Names of the attacks.
    """
    graded = {r.student: r for r in records.load_records(course, [ASSIGNMENT])}
    most = graded[NEIGHBOURS[0]].max_score
    print(f"\n{'upload':26} marks (honest upload: {honest_marks:g})  status")
    for name in hostile:
        r = graded.get(name_attacker(name))
        print(f"{name:26} {r.score if r else 0:5g} {r.status if r else 'rejected':>29}")
        if r and (r.score > honest_marks or r.status == "infra-error" or r.max_score != most):
            yield f"gives {r.student} {r.score:g} of {r.max_score:g} marks, status {r.status}"
    for name in NEIGHBOURS:
        if graded[name].score != honest_marks:
            yield f"gives the neighbour {name} {graded[name].score:g} marks instead of {honest_marks:g}"
    for name in set(graded) - {*NEIGHBOURS, *map(name_attacker, hostile)}:
        yield f"makes up the student {name!r}"


def iter_active_pages(course, output):
    """Yield what must not be on a student's page: active content, or messages that are for the instructor."""
    for page in sorted((output / "feedback").glob("*.html")):
        text = page.read_text(encoding="utf-8")
        yield from (f"leaves {what[:80]} alive in {page.name}" for what in find_active_content(text))
    for record in records.load_records(course):
        page = output / "feedback" / f"{record.student}.html"
        told = page.read_text(encoding="utf-8") if page.exists() else ""
        outcomes = [o for mark in record.marks for o in mark.outcomes]
        messages = {o["message"] for o in outcomes if len(o["message"]) > 30 and o["message"] not in o["hint"]}
        yield from (f"tells {record.student} the message {m[:60]!r}" for m in messages if m in told)


def iter_formulas(output):
    """Yield the cells of the tables that a spreadsheet would run."""
    for path in output.glob("*.csv"):
        with open(path, newline="", encoding="utf-8") as file:
            for line in csv.reader(file):
                yield from (f"leaves the formula {v!r} in {path.name}" for v in line
                            if v[:1] in tuple("=+-@\t\r") and v and not re.fullmatch(r"-?[\d.]+(e-?\d+)?", v))


def iter_unprintable(printed):
    """Yield the control characters that were printed to the instructor's terminal."""
    for c in sorted(set(printed)):
        if not c.isprintable() and c not in "\n\r":
            yield f"prints {c!r}"


def iter_active_formgrader_pages(course):
    """Yield what a student's cells would run in formgrader, which renders the autograded notebooks."""
    config = load_config(course)
    templates = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    exporter = HTMLExporter(config=config)
    for path in sorted((course / "autograded").glob(f"eve-*/{ASSIGNMENT}/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [c for c in notebook.cells if cells.is_answer(c) or cells.is_written(c)]
        page, _ = exporter.from_notebook_node(notebook, resources={"base_url": "", "index": 0, "total": 1})
        yield from (
            f"leaves {what[:80]} of {path.parts[-3]} alive in formgrader"
            for what in find_active_content(page, mathjax=True)
            if re.search(r"cs231n.attack|example\.invalid", what)
        )
