"""An explorer in JupyterLab, as the browser tests meet it: its notebook, its picture watched, its slider moved."""

import contextlib
import json
import re
import time

from browsing import Error, Unable, wait_idle

# Every explorer, and the label of the slider that is moved.
SLIDERS = {
    "InitScale": "scale", "DeadCloud": "center, x1", "LeakySlope": "slope for x < 0", "Components": "components k",
    "BatchNorm": "scale of the weights", "Dropout": "keep probability p", "Trajectories": "learning rate",
    "LearningRate": "learning rate", "PreparedCloud": "learning rate", "RawCloud": "learning rate",
    "GridAgainstRandom": "angle in degrees", "ZigZag": "batch size"}
PICTURE, HANDLE = ".jp-OutputArea-output img[alt]", ".jp-OutputArea-output .noUi-handle"

# Watches the picture once per animation frame. A frame counts as blank if no decoded picture is in the page.
WATCH = """
() => {
  const w = window.__watch = {shown: [], blank: 0, frames: 0, key: null, wake: () => {}};
  const picture = () => document.querySelector('.jp-OutputArea-output img[alt]');
  let last = picture();
  addEventListener('keydown', () => { w.key = performance.now(); }, true);
  const look = () => {
    const img = picture();
    w.frames += 1;
    if (!img || !img.complete || img.naturalWidth === 0) w.blank += 1;
    else if (img !== last && (!last || img.src !== last.src)) { w.shown.push(performance.now()); w.wake(); }
    if (img && img.complete) last = img;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
# Resolves to the time from the key press to the next picture, in ms, or to null after five seconds. It asks for
# nothing meanwhile: polling from outside would take part of the two cores.
NEXT = """
() => {
  window.__next = new Promise(done => {
    const w = window.__watch;
    setTimeout(() => done(null), 5000);
    w.wake = () => done(w.shown.at(-1) - w.key);
  });
}
"""


def write_notebook(path, *sources):
    """Write a notebook of code cells."""
    cells = [{"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "execution_count": None, "outputs": [],
              "source": source} for i, source in enumerate(sources)]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    path.write_text(json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4,
                                "nbformat_minor": 5}))


def open_notebook(context, address, token, notebook, ready=HANDLE):
    """Open a notebook, run all its cells, wait for ``ready`` and an idle kernel; return the page.

    What is run while JupyterLab is still connecting the kernel is lost, sometimes all of it, sometimes the widgets
    ("model not found"); and now and then a page does not get that far. So it is opened anew, up to four times.
    """
    for _ in range(4):
        page = context.new_page()
        with contextlib.suppress(Error):
            visit(page, address, token, notebook)
            page.wait_for_timeout(2000)
            command(page, "notebook:run-all-cells")
            page.wait_for_selector(ready, timeout=30_000)
            wait_idle(page)
            while page.locator(".jp-Dialog").count():  # a question asked while the kernel was still being connected
                page.keyboard.press("Escape")
                page.wait_for_timeout(200)
            return page
        page.close()
    raise Unable(f"{notebook} was opened and run four times and did not show {ready}")


def visit(page, address, token, notebook):
    """Open a notebook and wait for its kernel, without running anything."""
    page.goto(f"{address}/lab/tree/{notebook}?token={token}&reset", timeout=60_000)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    wait_idle(page)


def command(page, name, **arguments):
    """Give JupyterLab a command, as its menus do; do not wait for what it does."""
    page.evaluate("([name, args]) => { window.jupyterapp.commands.execute(name, args); }", [name, arguments])


def slider(page, label):
    """Return the handle of the slider with that label."""
    text = page.locator(".widget-label", has_text=re.compile(f"^{re.escape(label)}$")).first
    handle = text.locator("xpath=..").locator(".noUi-handle")
    handle.wait_for(timeout=20_000)
    return handle


def press_keys(page, handle, moves):
    """Press an arrow key, wait for the new picture, and again; return the times in ms."""
    handle.focus()
    low, now, high = (float(handle.get_attribute(f"aria-value{which}")) for which in ("min", "now", "max"))
    # Where there is more room: four steps fit into one half of every slider.
    away, back = ("ArrowLeft", "ArrowRight") if now - low > high - now else ("ArrowRight", "ArrowLeft")
    times = []
    for i in range(moves):
        key = away if i % 8 < 4 else back  # four steps from where it starts, and four back
        page.evaluate(NEXT)
        page.keyboard.press(key)
        times.append(page.evaluate("window.__next"))
        if times[-1] is None:
            raise Unable(f"the picture did not change within 5 seconds after move {i} ({key}); the slider is at "
                         f"{handle.get_attribute('aria-valuenow')}")
    return times


def drag(page, handle, seconds=4.0, sweep=1.0):
    """Drag the handle to and fro along the whole slider, and let go.

    Parameters
    ----------
    seconds : float
        How long.
    sweep : float
        Seconds from one end to the other.

    Returns
    -------
    rate : float
        Pictures per second.
    late : int
        Pictures that came after letting go. One was being drawn, one shows where it was let go: more were queued.
    """
    track, at = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-base')]").bounding_box(), handle.bounding_box()
    y = at["y"] + at["height"] / 2
    page.mouse.move(at["x"] + at["width"] / 2, y)
    page.mouse.down()
    before, start = page.evaluate("window.__watch.shown.length"), time.time()
    while (now := time.time() - start) < seconds:
        page.mouse.move(track["x"] + track["width"] * abs(now / sweep % 2 - 1), y)
        page.wait_for_timeout(16)
    during = page.evaluate("window.__watch.shown.length")
    page.mouse.up()
    page.wait_for_timeout(1500)
    return (during - before) / now, page.evaluate("window.__watch.shown.length") - during
