"""Grade written answers in formgrader, in a real browser, and see that the marks reach what we export.

    python tests/browser/formgrader.py [--screenshots DIR]

Makes a course with two students of the sample class, starts JupyterLab in it on loopback, opens formgrader from
JupyterLab's menu in headless Chromium, types scores and comments, goes from one submission to the next, presses the
Autograde button, hands other answers in, and grades again on the command line. Asserts after each step, and leaves a
picture of it.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if something is not as promised, 2 if it cannot run.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

import nbformat
from browsing import FLAGS, ROOT, Unable, find_chromium, finished, jupyterlab, require, sync_playwright

from autograder.course import cells, submission_state
from autograder.gradebook import records
from tools.sample_submissions import ensure_class

ASSIGNMENT = "01_activations"
STUDENTS = {"fay_written_answers": "fay_written_answers", "gus_one_mistake_each": "gus_one_mistake_each"}
TRAP = 'A figure: <img src="x" onerror="window.top.trapped = true"><script>window.top.trapped = true</script>'
COMMENT = "Right. Which layer would you look at first, and why?"
SCORES = (2.5,)
"""What is typed for each written answer of every student."""


def make_class(folder):
    """Write two submissions, both with written answers; one of those would like to run a script."""
    for student, source in STUDENTS.items():
        where = folder / student / ASSIGNMENT
        where.mkdir(parents=True)
        book = nbformat.read(ensure_class() / source / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        for cell in book.cells:
            if cells.is_written(cell):
                cell.source = TRAP if student.startswith("gus") else "The gradient of a mean of squares is small."
        nbformat.write(book, where / f"{ASSIGNMENT}.ipynb")
        module = ensure_class() / source / ASSIGNMENT / "cs231n_lib" / "activations.py"
        (where / "cs231n_lib").mkdir()
        (where / "cs231n_lib" / "activations.py").write_text(module.read_text())


def grade(inbox, course, output):
    """Grade on the command line; return the lines of ``grades.csv`` and ``summary.csv``."""
    command = [sys.executable, "-m", "autograder", "grade", "--submissions", inbox, "--course", course,
               "--output", output]
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT)
    if run.returncode:
        raise Unable(f"grading failed:\n{(run.stdout + run.stderr)[-2000:]}")
    return [list(csv.DictReader((output / name).open(encoding="utf-8"))) for name in ("grades.csv", "summary.csv")]


def automatic(course):
    """Return (student, grade_id) -> automatic mark and its aspects, as the course remembers them."""
    return {(r.student, m.grade_id): (m.auto_score, m.outcomes)
            for r in records.load_records(course) for m in r.marks if m.kind != "written"}


class Formgrader:
    """Formgrader in a tab of JupyterLab, as a person uses it."""

    def __init__(self, page, screenshots):
        self.page, self.screenshots, self.taken = page, screenshots, 0

    @property
    def frame(self):
        """Return the frame that formgrader runs in."""
        return self.page.frame_locator("iframe[src*='formgrader']")

    def open(self, address, token):
        """Open JupyterLab, and formgrader from its menu."""
        self.page.goto(f"{address}/lab?token={token}&reset", timeout=90_000)
        self.page.locator(".lm-MenuBar-item", has_text="Nbgrader").click(timeout=90_000)
        self.page.locator(".lm-Menu-item", has_text="Formgrader").first.click()
        self.frame.get_by_role("link", name="Manage Assignments").wait_for(timeout=60_000)
        self.page.keyboard.press("Control+b")  # the file browser takes room

    def picture(self, name):
        """Leave a screenshot."""
        self.taken += 1
        self.page.screenshot(path=self.screenshots / f"{self.taken}-{name}.png")

    def follow(self, text):
        """Click a link of formgrader by its text."""
        self.frame.get_by_role("link", name=text, exact=True).first.click()

    def open_list(self):
        """Open the list of submissions that manual grading begins with."""
        self.frame.locator("a[href$='/formgrader/gradebook']").first.click()
        self.frame.locator(f"a[href$='/formgrader/gradebook/{ASSIGNMENT}']").first.click()
        self.frame.locator(f"a[href$='/formgrader/gradebook/{ASSIGNMENT}/{ASSIGNMENT}']").first.click()
        self.frame.get_by_role("link", name="Submission #2").wait_for()

    def student(self):
        """Return whose submission is open."""
        return self.frame.locator("a.name-shown").text_content().strip()

    def type_marks(self, names):
        """Type a score and a comment for every written answer of the open submission; each saves itself."""
        for name, score in zip(names, SCORES, strict=True):
            self.fill(f"input.score[id='{name}']", f"{score:g}", "/api/grade/")
            self.fill(f"textarea[id='{name}-comment']", COMMENT, "/api/comment/")

    def fill(self, selector, text, saved_at):
        """Type into a field, leave it, and wait until the server has taken it."""
        field = self.frame.locator(selector)
        field.scroll_into_view_if_needed()
        with self.page.expect_response(lambda r: saved_at in r.url and r.request.method == "PUT") as answer:
            field.fill(text)
            field.press("Tab")
        require(answer.value.ok, f"formgrader did not save {selector}: {answer.value.status}")

    def autograde(self, student):
        """Press the Autograde button of a student's row and wait for the word of success."""
        row = self.frame.locator("tr", has_text=student)
        row.locator(".autograde a").click()
        done = self.frame.locator(".modal.in, .modal.show").first
        done.wait_for(timeout=120_000)
        require("Successfully autograded" in done.inner_text(), f"Autograde said: {done.inner_text()[:500]}")


def grade_by_hand(formgrader, names):
    """Grade every submission by hand, one after the other; return the students in their order."""
    seen = []
    formgrader.open_list()
    waiting = formgrader.frame.locator(".needs-manual-grade .glyphicon-ok")
    require(waiting.count() == len(STUDENTS), f"{waiting.count()} submissions wait for a person")
    formgrader.picture("waiting")
    formgrader.follow("Submission #1")
    for _ in STUDENTS:
        formgrader.frame.locator(f"input.score[id='{names[0]}'].needs_manual_grade").wait_for(timeout=30_000)
        seen.append(formgrader.student())
        formgrader.type_marks(names)
        formgrader.picture("graded")
        formgrader.follow("Next →")
    formgrader.frame.get_by_role("link", name="Submission #2").wait_for()
    formgrader.picture("done")
    require(not waiting.count(), f"{waiting.count()} submissions still wait for a person")
    require(sorted(seen) == sorted(STUDENTS), f"Next led to {seen}")
    return seen


def regrade(formgrader, course, student):
    """Forget a submission's result, press Autograde, and see that the same marks are back."""
    before = automatic(course)
    result = course / "results" / f"{submission_state.read_state(course, student, ASSIGNMENT).result}.json"
    result.unlink()
    formgrader.follow("Manage Assignments")
    row = formgrader.frame.locator("tr", has_text=ASSIGNMENT)
    row.locator(".num-submissions a").click()
    formgrader.frame.locator("tr", has_text=student).locator(".autograde a").wait_for()
    formgrader.autograde(student)
    formgrader.picture("autograded")
    formgrader.frame.locator(".modal-footer button").first.click()
    formgrader.frame.locator(".modal").first.wait_for(state="hidden")
    require(result.exists(), "the Autograde button did not run the submission again")
    require(automatic(course) == before, "the Autograde button gives other marks than `grade`")
    formgrader.open_list()
    waiting = formgrader.frame.locator(".needs-manual-grade .glyphicon-ok").count()
    require(not waiting, f"after Autograde {waiting} submissions wait again, although no answer has changed")


def change_answers(inbox, student):
    """Let a student hand in once more, with other written answers."""
    path = inbox / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    book = nbformat.read(path, as_version=4)
    for cell in filter(cells.is_written, book.cells):
        cell.source += " And the last layer learns first."
    nbformat.write(book, path)


def look_again(formgrader, student, names):
    """Resolve what waits again because the answers have changed; the scores are still there as proposals."""
    formgrader.open_list()
    waiting = formgrader.frame.locator(".needs-manual-grade .glyphicon-ok").count()
    require(waiting == 1, f"one submission has other answers, {waiting} wait for a person")
    link = formgrader.frame.locator("a.name-shown", has_text=student).get_attribute("href")
    formgrader.frame.locator(f"a.name-hidden[href='{link}']").click()
    formgrader.frame.locator(f"input.score[id='{names[0]}']").wait_for()
    require(formgrader.student() == student, f"the list led to {formgrader.student()}")
    for name, score in zip(names, SCORES, strict=True):
        field = formgrader.frame.locator(f"input.score[id='{name}']")
        formgrader.page.wait_for_timeout(1000)  # the scores are fetched when the page has loaded
        require(float(field.input_value()) == score, f"after a changed answer {name} has {field.input_value()!r}")
        again = formgrader.frame.locator(".nbgrader_cell", has=field).locator(".mark-graded")
        require(again.is_visible(), f"{name} has another answer, and no Resolve beside its score")
        with formgrader.page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
            again.click()
    formgrader.picture("resolved")


def check_exports(course, inbox, output, names, pending):
    """Grade once more on the command line: scores and comments of the person are in all that we write."""
    lines, summary = grade(inbox, course, output)
    for record in records.load_records(course):
        written = {m.grade_id: (m.score, m.comment, m.needs_manual) for m in record.marks if m.kind == "written"}
        require(written == {n: (s, COMMENT, False) for n, s in zip(names, SCORES, strict=True)},
                f"records of {record.student}: {written}")
        require(record.status == "graded" and record.manual_pending == 0, f"{record.student} is {record.status}")
        row = next(r for r in summary if r["student"] == record.student)
        gained = float(row["score"]) - float(pending[record.student]["score"])
        require(gained == sum(SCORES) and row["manual_pending"] == "0", f"summary.csv: {row}")
        table = {r["grade_id"]: float(r["score"]) for r in lines
                 if r["student"] == record.student and r["aspect"] == "written answer"}
        require(table == dict(zip(names, SCORES, strict=True)), f"grades.csv of {record.student}: {table}")
        page = (output / "feedback" / f"{record.student}.html").read_text()
        require(page.count(COMMENT) == len(names), f"feedback of {record.student} has not the comments")


def session(folder, screenshots):
    """Go through it all."""
    inbox, course = folder / "inbox", folder / "course"
    make_class(inbox)
    print("grading two submissions", flush=True)
    _, summary = grade(inbox, course, folder / "before")
    pending = {row["student"]: row for row in summary}
    require({r["status"] for r in summary} == {"manual-pending"}, f"nothing waits for a person: {summary}")
    names = [name for name, kind, _ in records.list_graded_cells(course, ASSIGNMENT) if kind == "written"]
    home = folder / "home"
    home.mkdir()
    chromium = find_chromium()
    with sync_playwright() as playwright, jupyterlab(course, home) as (address, token):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())  # nothing from outside
        formgrader = Formgrader(page, screenshots)
        formgrader.open(address, token)
        formgrader.frame.locator("tr", has_text=ASSIGNMENT).wait_for(timeout=30_000)
        formgrader.picture("assignments")
        print("grading by hand", flush=True)
        order = grade_by_hand(formgrader, names)
        print("the Autograde button", flush=True)
        regrade(formgrader, course, order[0])
        print("an answer that has changed", flush=True)
        change_answers(inbox, order[0])
        grade(inbox, course, folder / "between")
        look_again(formgrader, order[0], names)
        require(not page.evaluate("() => window.trapped"), "a script in a written answer ran in formgrader")
        browser.close()
    print("exports", flush=True)
    check_exports(course, inbox, folder / "after", names, pending)


def main():
    """Run it in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screenshots", type=Path, default=ROOT / "build" / "browser" / "formgrader")
    arguments = parser.parse_args()
    code = finished("formgrader", session, arguments.screenshots)
    if not code:
        print(f"formgrader: scores, comments and marks are the same everywhere; pictures in {arguments.screenshots}")
    return code


if __name__ == "__main__":
    sys.exit(main())
