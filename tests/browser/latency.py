"""Measure how fast the explorers follow their sliders, in a real browser.

    python tests/browser/latency.py [EXPLORER ...] [--moves 500] [--untimed] [--screenshots DIR]

Starts JupyterLab on loopback with a temporary workspace and opens, one after the other in headless Chromium, a notebook
for every explorer (or those named). It presses arrow keys on the slider's handle, and takes the time from each key
press to the first animation frame in which the new picture is decoded. Then it drags the handle with the mouse.
Prints a table and leaves screenshots, in JupyterLab's light and in its dark theme. The bars:

- 100 ms median and 200 ms at the 95th percentile, unless --untimed;
- no animation frame without a picture;
- at most two pictures after the mouse lets go: the one being drawn, and the newest;
- the kernel's memory stays where it was after a fifth of the moves.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if a bar is missed, 2 if it cannot run.
"""

import argparse
import contextlib
import re
import sys
import tempfile
import time
from pathlib import Path

from browsing import FLAGS, ROOT, Error, Unable, find_chromium, jupyterlab, sync_playwright, wait_idle
from exploring import PICTURE, SLIDERS, WATCH, command, drag, open_notebook, press_keys, slider, write_notebook

MEDIAN, P95, LATE = 100, 200, 2  # ms, ms, pictures
# The allocator keeps or returns what one frame takes: pixels, rows of the PNG, its text; 2 MB each at the most. One
# leaked text per move (70 KB or more) would be 27 MB over the last 400 of 500 moves.
GROWTH = 6  # MB
CELL = """from cs231n_lib import lab
from cs231n_lib.lab import explorers
lab.start()
explorers.{}().show()
import os; print('pid', os.getpid())"""
HEAD = ("explorer", "slider", "median ms", "95 % ms", "per second", "after release", "blank", "memory MB")

LEGEND = """
{moves} key presses each. From key to picture: median and 95th percentile (bars: {times}).
While dragging: pictures per second; after release: pictures that come after letting go (at most {late}).
Blank: animation frames without a picture (none).
Memory: the kernel's after {first} moves, and what the others added (at most {growth} MB)."""


def kernel_memory(page):
    """Return the kernel's resident memory in MB, where /proc tells it."""
    pid = re.search(r"pid (\d+)", page.locator(".jp-OutputArea").first.inner_text())
    status = Path(f"/proc/{pid[1]}/status") if pid else None
    if status is None or not status.exists():
        return float("nan")
    return int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) / 1024


def percentile(values, q):
    """Return the q-th percentile, rounded up to a value that occurred."""
    values = sorted(values)
    return values[min(len(values) - 1, int(q / 100 * len(values)))]


def measure(page, label, moves):
    """Move a slider; return the numbers as a dict."""
    handle = slider(page, label)
    handle.click()
    page.evaluate(WATCH)
    press_keys(page, handle, 8)  # warm up
    rate, late = drag(page, handle, seconds=3.0)
    page.get_by_role("button", name="reset").click()
    wait_idle(page)
    page.wait_for_timeout(500)
    times = press_keys(page, handle, moves // 5)
    memory = kernel_memory(page)
    times += press_keys(page, handle, moves - moves // 5)
    return {"median": percentile(times, 50), "p95": percentile(times, 95), "rate": rate, "late": late,
            "blank": page.evaluate("window.__watch.blank"), "memory": memory,
            "growth": kernel_memory(page) - memory}


def photograph(page, path):
    """Save what is seen, in the light and in the dark theme."""
    page.locator(PICTURE).first.scroll_into_view_if_needed()
    for theme, name in (("JupyterLab Light", path), ("JupyterLab Dark", path.with_stem(f"{path.stem}_dark"))):
        command(page, "apputils:change-theme", theme=theme)
        page.wait_for_timeout(800)
        page.screenshot(path=str(name))
    command(page, "apputils:change-theme", theme="JupyterLab Light")


def missed(seen, untimed):
    """Return the bars that an explorer misses."""
    bars = {"median": untimed or seen["median"] <= MEDIAN, "95 %": untimed or seen["p95"] <= P95,
            "blank frames": seen["blank"] == 0, "late pictures": seen["late"] <= LATE,
            "memory": not seen["growth"] > GROWTH}  # nan, without /proc, is no leak
    return [bar for bar, kept in bars.items() if not kept]


def row(values):
    """Return a line of the table."""
    return f"{values[0]:18} {values[1]:21}" + "".join(f"{v:>14}" for v in values[2:])


def report(name, seen, bad):
    """Return an explorer's line of the table."""
    return row([name, SLIDERS[name], f"{seen['median']:.0f}", f"{seen['p95']:.0f}", f"{seen['rate']:.1f}",
                str(seen["late"]), str(seen["blank"]), f"{seen['memory']:.0f} {seen['growth']:+.1f}"]
               ) + (f"  missed: {', '.join(bad)}" if bad else "")


def measure_all(arguments):
    """Measure one explorer after the other and print a line each; return the number that missed a bar."""
    chromium, failed = find_chromium(), 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        workspace, home = Path(folder, "workspace"), Path(folder, "home")
        workspace.mkdir()
        home.mkdir()
        with jupyterlab(workspace, home) as (address, token):
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, headless=True)
            context = browser.new_context(viewport={"width": 1360, "height": 900})
            print(row(HEAD), flush=True)
            for name in arguments.explorers:
                write_notebook(workspace / f"{name}.ipynb", CELL.format(name))
                picture, page = arguments.screenshots / f"{name}.png", None
                try:
                    page = open_notebook(context, address, token, f"{name}.ipynb")
                    seen = measure(page, SLIDERS[name], arguments.moves)
                    photograph(page, picture)
                except (Error, Unable) as error:
                    with contextlib.suppress(Error, AttributeError):  # AttributeError: there is no page yet
                        page.screenshot(path=str(picture))
                    raise Unable(f"{name}: the browser did not see what it should: {str(error).splitlines()[0]}; "
                                 f"what it saw is in {picture}") from error
                bad = missed(seen, arguments.untimed)
                print(report(name, seen, bad), flush=True)
                failed += bool(bad)
                page.close()
            browser.close()
    return failed


def main():
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("explorers", nargs="*", help=f"default: all, that is {' '.join(SLIDERS)}")
    parser.add_argument("--moves", type=int, default=500)
    parser.add_argument("--untimed", action="store_true", help="print the times without judging them (shared machines)")
    parser.add_argument("--screenshots", type=Path, default=ROOT / "build" / "browser", help="default: build/browser")
    arguments = parser.parse_args()
    arguments.explorers = arguments.explorers or list(SLIDERS)
    unknown = set(arguments.explorers) - set(SLIDERS)
    if unknown or arguments.moves < 10:
        parser.error(f"no explorer is called {min(unknown)}" if unknown else "--moves must be 10 or more")
    arguments.screenshots.mkdir(parents=True, exist_ok=True)
    began = time.time()
    try:
        failed = measure_all(arguments)
    except Unable as error:
        print(f"cannot measure: {error}", file=sys.stderr)
        return 2
    times = "not judged" if arguments.untimed else f"at most {MEDIAN} and {P95}"
    print(LEGEND.format(moves=arguments.moves, times=times, late=LATE, first=arguments.moves // 5, growth=GROWTH))
    print(f"{time.time() - began:.0f} s; screenshots: {arguments.screenshots}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
