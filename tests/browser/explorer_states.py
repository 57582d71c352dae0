"""See an explorer through what happens to notebooks, in a real browser, and leave a picture of each state.

    python tests/browser/explorer_states.py [--screenshots DIR]

Starts JupyterLab on loopback and opens a small notebook in headless Chromium: an answer cell and the explorer whose
question it answers. The explorer stays covered until there is an answer; its cell is run twice; the kernel is restarted
and everything run; the page is loaded again; the saved notebook is opened without its kernel. After each the picture
must follow the slider, or, without a kernel, stand there without an error. At last a picture that takes 0.3 s is
dragged fast: only the newest value may be drawn.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if something is not as promised, 2 if it cannot run.
"""

import argparse
import re
import sys
import tempfile
from pathlib import Path

from browsing import FLAGS, ROOT, Broken, Error, Unable, find_chromium, jupyterlab, require, sync_playwright, wait_idle
from exploring import HANDLE, PICTURE, SLIDERS, WATCH, command, drag, open_notebook, slider, visit, write_notebook

ANSWER, ANSWERED = "prediction_leaky = ...", 'prediction_leaky = "c"'
EXPLORER = """from cs231n_lib import lab
from cs231n_lib.lab import explorers
lab.start()
explorer = explorers.LeakySlope(prediction=prediction_leaky)
explorer.show()"""
SLOW = """import time
from cs231n_lib.lab import explorers
drawn = []
class Slow(explorers.LeakySlope):
    def compute(self, **parameters):
        time.sleep(0.3)
        drawn.append(parameters["slope"])
        return super().compute(**parameters)
Slow().show()"""
COVER, ASLEEP = "Covered until you predict", "Run this cell to move the picture"
ERRORS = ("Error displaying widget", "model not found", "Loading widget", "Traceback")


class States:
    """One page, its notebook, and where pictures of it go."""

    def __init__(self, page, screenshots):
        self.page, self.screenshots, self.taken = page, screenshots, 0

    def text(self):
        """Return what a person reads in the outputs."""
        return "\n".join(self.page.locator(".jp-OutputArea").all_inner_texts())

    def look(self, name):
        """Save a picture; no error may be seen."""
        self.page.mouse.move(700, 880)
        self.page.wait_for_timeout(1300)  # what says that the controls are asleep waits a second
        self.taken += 1
        self.page.screenshot(path=str(self.screenshots / f"state_{self.taken}_{name}.png"))
        seen = [error for error in ERRORS if error in self.text()]
        require(not seen, f"{name}: the page says {', '.join(seen)}")
        print(f"{name.replace('_', ' ')}: good", flush=True)

    def covered(self):
        """Is there a sentence, and neither a picture nor a control?"""
        require(COVER in self.text() and "prediction_leaky" in self.text(), "the explorer does not say what to predict")
        require(not self.page.locator(PICTURE).count() and not self.page.locator(HANDLE).count(),
                "a covered explorer shows a picture or controls")

    def follows(self):
        """Is there one picture with one slider, which it follows?"""
        wait_idle(self.page)
        for what in (HANDLE, PICTURE):
            self.page.wait_for_selector(what, timeout=30_000)
        counts = [self.page.locator(f"{what}:visible").count() for what in (PICTURE, HANDLE)]
        require(counts == [1, 1], f"expected one picture and one slider, found {counts}")
        require(ASLEEP not in self.text(), "an explorer that works says that it does not")
        before = self.page.locator(f"{PICTURE}:visible").get_attribute("src")
        handle = slider(self.page, SLIDERS["LeakySlope"])
        handle.press("ArrowLeft" if float(handle.get_attribute("aria-valuetext")) >= 0.1 else "ArrowRight")
        self.page.wait_for_function("([css, src]) => document.querySelector(css).src !== src", arg=[PICTURE, before],
                                    timeout=10_000)

    def sleeps(self):
        """Without a kernel: is the picture there, and a sentence in the controls' place?"""
        require(self.page.locator(PICTURE).is_visible(), "the saved picture is not there")
        require(self.page.evaluate("css => document.querySelector(css).naturalWidth", PICTURE) > 0, "it is blank")
        require(self.page.locator(f"text={ASLEEP}").is_visible(), "nothing says that the cell must be run")

    def write(self, old, new):
        """Replace the text of the first cell, as a student does."""
        self.page.locator(".jp-CodeCell .cm-content", has_text=old).first.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(new)

    def run_explorer(self):
        """Run the explorer's cell again, alone."""
        self.page.locator(".jp-CodeCell .cm-content", has_text="explorer.show()").click()
        self.page.keyboard.press("Control+Enter")
        wait_idle(self.page)

    def accept(self):
        """Say yes to JupyterLab's question."""
        self.page.locator(".jp-Dialog .jp-mod-accept").click(timeout=10_000)


def go_through(context, address, token, screenshots):
    """Go through the states of one notebook."""
    page = open_notebook(context, address, token, "states.ipynb", ready=f"text={COVER}")
    states = States(page, screenshots)
    states.covered()
    states.look("covered")

    states.write(ANSWER, ANSWERED)
    command(page, "notebook:run-all-cells")
    states.follows()
    require("You predicted c: about ten times sooner" in states.text(), "the prediction is not beside the picture")
    states.look("answered")

    states.run_explorer()
    states.run_explorer()
    states.follows()
    states.look("run_twice")

    command(page, "notebook:restart-run-all")
    states.accept()
    page.wait_for_timeout(3000)
    states.follows()
    states.look("restarted_and_run")

    command(page, "docmanager:save")
    page.wait_for_timeout(1500)
    visit(page, address, token, "states.ipynb")
    states.follows()
    states.look("loaded_again")

    command(page, "docmanager:save")
    page.wait_for_timeout(1500)
    command(page, "kernelmenu:shutdown")
    page.wait_for_timeout(2000)
    visit(page, address, token, "states.ipynb")
    page.wait_for_timeout(4000)  # JupyterLab looks for the controls for two seconds
    states.look("saved_and_opened_without_its_kernel")
    states.sleeps()
    command(page, "notebook:run-all-cells")
    states.follows()
    states.look("opened_and_run")
    page.close()


def drag_a_slow_one(context, address, token):
    """Drag a picture that takes 0.3 s, six times from end to end in two seconds, and count what is drawn."""
    page = open_notebook(context, address, token, "slow.ipynb")
    page.evaluate(WATCH)
    handle = slider(page, SLIDERS["LeakySlope"])
    rate, late = drag(page, handle, seconds=2.0, sweep=0.33)
    value = handle.get_attribute("aria-valuetext")
    require(late <= 2, f"{late} pictures came after the mouse let go: they were queued")
    require(rate > 0, "no picture came while the mouse was dragging")
    shown = re.search(r"Slope ([\d.]+)", page.locator(PICTURE).get_attribute("alt"))[1]
    require(abs(float(shown) - float(value)) < 1e-6, f"the slider was let go at {value}, the picture shows {shown}")
    print(f"dragging a picture that takes 0.3 s: {rate:.1f} per second, {late} after letting go, the last the newest")
    page.close()


def session(folder, screenshots):
    """Start JupyterLab and go through everything."""
    chromium, workspace, home = find_chromium(), folder / "workspace", folder / "home"
    workspace.mkdir()
    home.mkdir()
    write_notebook(workspace / "states.ipynb", ANSWER, EXPLORER)
    write_notebook(workspace / "slow.ipynb", SLOW)
    with sync_playwright() as playwright, jupyterlab(workspace, home) as (address, token):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": 1360, "height": 900})
        try:
            go_through(context, address, token, screenshots)
            drag_a_slow_one(context, address, token)
        except (Error, Broken):
            if context.pages:
                context.pages[-1].screenshot(path=str(screenshots / "state_broken.png"))
            raise
        finally:
            browser.close()


def main():
    """Go through the states and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--screenshots", type=Path, default=ROOT / "build" / "browser", help="default: build/browser")
    arguments = parser.parse_args()
    arguments.screenshots.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            session(Path(folder), arguments.screenshots)
    except Unable as error:
        print(f"cannot test: {error}", file=sys.stderr)
        return 2
    except (Broken, Error) as error:
        print(f"NOT AS PROMISED: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
