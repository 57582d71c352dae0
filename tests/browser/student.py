"""Work through a notebook as a student does, in a real browser, from the zip to the mark.

    python tests/browser/student.py [--out DIR]

Unpacks a fresh release, starts JupyterLab with the workspace's own command, and in headless Chromium: looks at the
desk, runs all, answers a prediction, writes a function in the editor (first with a typing error, then with a known
mistake, then right), reads what the check says each time, presses Validate, and drags an explorer's slider. Then hands
in with the workspace's command and has the zip graded. Asserts after each step, and leaves a picture of it.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if something is not as a student should see it, 2 if it cannot run.
"""

import argparse
import csv
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
from browsing import (
    FLAGS,
    ROOT,
    Broken,
    Error,
    environment,
    find_chromium,
    finished,
    jupyterlab,
    require,
    sync_playwright,
    wait_idle,
)

from autograder.course import cells
from autograder.verify import student_work
from cs231n_lib.lab.commands.install import hide_instructors

FIRST, MODULE = "00_linear_classifier", "cs231n_lib/linear_classifier.py"
EXPLORING = "03_initialization"
NEEDED = ("linear_classifier", "activations", "initialization")
"""Modules that the explorer's notebook calls."""
STUB = "raise NotImplementedError()"
TYPO = "return (x.reshape(len(x), -1) @ w"
MISTAKE = "return x.reshape(len(x), -1) @ w, (x, w, b)"
RIGHT = "return x.reshape(len(x), -1) @ w + b, (x, w, b)"
MARK = 2.0 + 0.25
"""affine_forward, and one of four bets."""


def run(command, folder, home):
    """Run a command of the workspace or the grader; return what it prints."""
    done = subprocess.run([sys.executable, "-m", *map(str, command)], cwd=folder, env=environment(home, folder),
                          capture_output=True, text=True)
    if done.returncode:
        raise Broken(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def unpack(folder, home):
    """Release, and unpack the zip; return the workspace."""
    run(["autograder", "release", "--course", folder / "course", "--build", folder / "build"], ROOT, home)
    with zipfile.ZipFile(folder / "build" / "cs231n-workbook.zip") as archive:
        archive.extractall(folder / "my course")  # a space, as in many a student's folder
    return folder / "my course" / "cs231n-workbook"


class Desk:
    """JupyterLab as a student uses it."""

    def __init__(self, page, workspace, pictures):
        self.page, self.workspace, self.pictures, self.taken = page, workspace, pictures, 0

    def picture(self, name):
        """Leave a screenshot."""
        self.taken += 1
        self.page.screenshot(path=self.pictures / f"{self.taken:02}-{name}.png")

    def cell(self, text):
        """Return the code cell that holds a text, scrolled to the middle of the screen."""
        found = self.page.locator(".jp-NotebookPanel:visible .jp-CodeCell").filter(
            has=self.page.locator(".jp-InputArea-editor", has_text=text)).first
        found.wait_for(state="attached", timeout=30_000)
        for _ in range(2):  # what comes into sight takes up another height than was reserved for it
            found.evaluate("cell => cell.scrollIntoView({block: 'center'})")
            self.page.wait_for_timeout(200)
        return found

    def run(self, text):
        """Click into a cell, run it with the keyboard; return the cell when it is done."""
        cell = self.cell(text)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")
        for _ in range(600):
            now = prompt.inner_text()
            if re.search(r"\d", now) and now != before:
                return self.cell(text)
            self.page.wait_for_timeout(100)
        raise Broken(f"the cell {text!r} did not finish within a minute")

    def said(self, cell):
        """Return the text below a cell."""
        cell.locator(".jp-OutputArea-output").first.wait_for(timeout=20_000)
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts())

    def menu(self, *path):
        """Choose from JupyterLab's menu."""
        self.page.locator(".lm-MenuBar-item", has_text=path[0]).click()
        self.page.locator(".lm-Menu-item", has_text=path[1]).first.click()

    def save(self):
        """Save what has the focus, and wait until the tab says so."""
        self.page.keyboard.press("Control+s")
        self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty").wait_for(state="detached", timeout=20_000)

    def write(self, old, new):
        """Replace a line of the module in the editor by typing, and save."""
        line = self.page.locator(".jp-FileEditor .cm-line", has_text=old).first
        line.click()
        self.page.keyboard.press("End")
        self.page.keyboard.press("Shift+Home")
        self.page.keyboard.type(new)
        self.save()
        written = (self.workspace / MODULE).read_text(encoding="utf-8")
        require(f"    {new}\n" in written, f"the module on disk does not hold {new!r}")
        time.sleep(1)  # a later edit has a later time, on any file system


def open_desk(desk, address, token):
    """Open the page that the lab command leads to: the first notebook beside its module."""
    desk.page.goto(f"{address}/?token={token}", timeout=90_000)
    desk.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=90_000)
    desk.page.locator(".jp-FileEditor .cm-line", has_text="A linear classifier").wait_for(timeout=30_000)
    wait_idle(desk.page)
    desk.page.wait_for_timeout(3000)  # what is run while the kernel is being connected is lost
    left = desk.page.locator(".jp-NotebookPanel").bounding_box()
    right = desk.page.locator(".jp-FileEditor").bounding_box()
    require(left["x"] + left["width"] <= right["x"] + 1, "the module is not beside the notebook")
    require(not desk.page.locator(".jp-Dialog").count(), "a dialog stands in the way")
    require(not desk.page.get_by_text("Create Assignment").count(), "the instructor's tools are there, too")
    desk.picture("desk")


def run_everything(desk):
    """Run All on an untouched notebook: it reaches the end, and says kindly what waits for what."""
    desk.menu("Run", "Run All Cells")
    prompts = desk.page.locator(".jp-NotebookPanel:visible .jp-CodeCell .jp-InputPrompt")  # a folded cell has none
    for _ in range(900):
        said = "".join(prompts.all_text_contents())
        if re.search(r"\d", said) and "*" not in said:
            break
        desk.page.wait_for_timeout(100)
    else:
        raise Broken("Run All did not reach the last cell")
    wait_idle(desk.page)
    waits = desk.said(desk.cell("one_loss, one = train_layers(points, ring, [2, 2])"))
    require("affine_forward is not written yet" in waits and MODULE in waits, f"no kind word: {waits}")
    require("Traceback" not in waits, f"a traceback: {waits}")
    desk.picture("run-all")
    nothing = desk.said(desk.cell('check("affine_forward")'))
    require("not implemented yet" in nothing, f"the check of a function that is not there says {nothing}")
    answer = desk.said(desk.cell("check_answer_form(answer_columns)"))
    require("replace the three dots by" in answer, f"the check of an open answer says {answer}")
    card = desk.said(desk.cell("reveal(bet_machine, duel.machine_right)"))
    require("waits for your bet" in card, f"the card of a bet that is not placed says {card}")
    desk.picture("unanswered")


def predict(desk):
    """Place the first bet in its cell."""
    cell = desk.cell("bet_machine = ...")
    cell.locator(".cm-line", has_text="...").click()
    desk.page.keyboard.press("End")
    desk.page.keyboard.press("Shift+Home")
    desk.page.keyboard.type("bet_machine = 6")
    desk.run("bet_machine = 6")
    said = desk.said(desk.run("reveal(bet_machine, duel.machine_right)"))
    require("You bet 6. Measured: 6 of 20." in said, f"a bet was placed, and the card says {said}")
    desk.picture("predicted")


def implement(desk):
    """Write a function wrong twice and then right; the kernel is never restarted."""
    check = 'check("affine_forward")'
    desk.write(STUB, TYPO)
    said = desk.said(desk.run(check))
    require("was never closed" in said and "line" in said, f"a typing error is told as {said}")
    desk.picture("typing-error")
    desk.write(TYPO, MISTAKE)
    said = desk.said(desk.run(check))
    require("Known mistake: The bias is missing" in said, f"the mistake is not named: {said}")
    require("Traceback" not in said and "obtained" in said and "expected" in said, f"no comparison: {said}")
    desk.picture("known-mistake")
    desk.write(MISTAKE, RIGHT)
    said = desk.said(desk.run(check))
    require("aspects ok" in said and "NotRightYet" not in said, f"the right function is judged {said}")
    desk.picture("mended")
    said = desk.said(desk.run("one_loss, one = train_layers(points, ring, [2, 2])"))
    require("softmax_loss is not written yet" in said, f"the experiment that waited says {said}")
    desk.picture("experiment")


def validate(desk):
    """Press nbgrader's Validate button; it names what is left, in words, and not what is done."""
    desk.page.locator(".jp-NotebookPanel:visible .jp-NotebookPanel-toolbar").get_by_text("Validate").first.click()
    dialog = desk.page.locator(".jp-Dialog")
    dialog.get_by_text("Validation Results").wait_for(timeout=120_000)
    said = dialog.inner_text()
    require("affine_backward: not implemented yet" in said, f"Validate says {said[:1500]}")
    require('check("affine_forward")' not in said, "Validate complains of what is done")
    require("Traceback" not in said and "<" not in said, f"Validate shows a traceback or tags: {said[:1500]}")
    desk.picture("validated")
    dialog.locator("button").last.click()
    dialog.wait_for(state="detached")


def hand_in_and_be_marked(desk, folder, home):
    """Save, hand in, and have it graded."""
    desk.page.locator(".jp-NotebookPanel:visible .jp-Cell").first.click()
    desk.save()
    said = run(["cs231n_lib.lab", "submit", "00", "--yes", "--output", folder / "inbox" / "ada"], desk.workspace, home)
    require("function affine_backward" in said and "affine_forward" not in said.replace("affine_backward", ""),
            f"submit names as missing: {said}")
    run(["autograder", "grade", "--submissions", folder / "inbox", "--course", folder / "course",
         "--output", folder / "grades"], ROOT, home)
    with open(folder / "grades" / "summary.csv", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    require(float(row["score"]) == MARK, f"expected {MARK} points, got {row}")
    return said


def solve(workspace, course):
    """Put solved modules and the explorer's notebook, answered, into the workspace; return the answers it asks for."""
    for topic in NEEDED:
        (workspace / "cs231n_lib" / f"{topic}.py").write_text(student_work.make_solved_module(topic), encoding="utf-8")
    book = student_work.make_solved_notebook(course, EXPLORING, whole=True)
    nbformat.write(book, workspace / f"{EXPLORING}.ipynb")
    (explorer,) = [c for c in book.cells if "explorer.show()" in c.source]
    return [c.source.splitlines()[-1] for c in book.cells
            if cells.is_answer(c) and cells.read_answer_variable(c.source) in explorer.source]


def explore(desk, address, token, predictions):
    """Drag the slider of an explorer in its notebook, and see its picture and its sentence follow."""
    desk.page.goto(f"{address}/lab/tree/{EXPLORING}.ipynb?token={token}&reset", timeout=90_000)
    desk.page.locator(".jp-NotebookPanel:visible .jp-Cell").first.wait_for(timeout=60_000)
    wait_idle(desk.page)
    desk.page.wait_for_timeout(3000)
    for text in ("lab.start()", *predictions):
        desk.run(text)
    cell = desk.run("explorer.show()")
    cell.locator(".noUi-handle").first.wait_for(timeout=60_000)
    picture = cell.locator("img[alt]").first
    picture.wait_for(timeout=60_000)
    handle = cell.locator(".widget-slider", has_text="scale").locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    before, sentence = picture.get_attribute("src"), picture.get_attribute("alt")
    desk.picture("explorer")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    for i in range(20):
        desk.page.mouse.move(x - 4 * i, y)
        desk.page.wait_for_timeout(30)
    desk.page.mouse.up()
    desk.page.wait_for_timeout(2500)
    require(picture.get_attribute("src") != before, "the slider was dragged, and the picture is the same")
    require(picture.get_attribute("alt") != sentence, "the slider was dragged, and the sentence is the same")
    desk.picture("explorer-dragged")


def session(folder, pictures):
    """Do all of it."""
    home = folder / "home"
    home.mkdir()
    hide_instructors(home / "config")  # as install does it in .venv
    workspace, chromium = unpack(folder, home), find_chromium()
    command = ("cs231n_lib.lab", "lab", "00", "--")
    with (sync_playwright() as playwright,
          jupyterlab(workspace, home, command, path=workspace) as (address, token)):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())  # nothing from outside
        desk = Desk(page, workspace, pictures)
        try:
            open_desk(desk, address, token)
            for step in (run_everything, predict, implement, validate):
                print(step.__name__.replace("_", " "), flush=True)
                step(desk)
            print("hand in", flush=True)
            hand_in_and_be_marked(desk, folder, home)
            print("explore", flush=True)
            explore(desk, address, token, solve(workspace, folder / "course"))
        except (Broken, Error):
            desk.picture("broken")
            raise
        finally:
            browser.close()


def main():
    """Run it in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots", metavar="DIR",
                        help="where the pictures go (default: build/screenshots)")
    arguments = parser.parse_args()
    code = finished("student", session, arguments.out)
    if not code:
        print(f"student: from the zip to {MARK:g} points, as promised; pictures in {arguments.out}")
    return code


if __name__ == "__main__":
    sys.exit(main())
