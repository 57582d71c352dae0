"""Bet in the book without a kernel, in headless Chromium: light, dark, on a phone, on paper, and without a script.

    python tests/browser/bets.py [--out DIR]

Renders a small notebook with three bets as a page of the book and asks: is everything below a bet covered, is an
invalid bet refused, does a valid one show its card and the next bet, is it there again after the page was loaded anew,
can it be taken back, does a reader who asks see what was measured, does nothing stay covered without a script or on
paper?
Saves a picture of every view.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if something is not as it should be, 2 if it cannot run.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from browsing import FLAGS, ROOT, find_chromium, finished, require, sync_playwright
from nbformat.v4 import new_markdown_cell
from small_stage import ASSIGNMENT, QUESTIONS, TOPIC, execute_by_hand

from book import build
from cs231n_lib.lab.check import questions
from cs231n_lib.lab.check.questions import kinds  # noqa: F401  (found while its folder is the registry)

SHOWN = "e => e.getClientRects().length > 0"
PARTS = ("depth", "share", "order")


def render_book(folder):
    """Render the small notebook as a book of one page; return the page."""
    registry = folder / "questions"
    registry.mkdir()
    (registry / f"{TOPIC}.py").write_text(QUESTIONS, encoding="utf-8")
    questions.__path__[:] = [str(registry)]
    notebook = execute_by_hand()
    places = [i for i, c in enumerate(notebook.cells) if c.id.endswith("-question")]
    for place, part in reversed(list(zip(places, PARTS, strict=True))):
        notebook.cells.insert(place, new_markdown_cell(f"## The {part}\n\nText about the {part}.", id=f"s-{part}"))
    notebook.cells.append(new_markdown_cell("## Recap\n\nThe end.", id="recap"))
    sources = folder / "sources"
    (sources / "img").mkdir(parents=True)
    build.assemble_book({ASSIGNMENT: notebook}, sources)
    (sources / "index.md").write_text(f"# Book\n\n```{{toctree}}\n{ASSIGNMENT}\n```\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", sources, folder / "html"], check=True)
    return (folder / "html" / f"{ASSIGNMENT}.html").as_uri()


def is_shown(page, text):
    """Is a heading or a text of the article visible?"""
    return page.locator("article").get_by_text(text, exact=True).first.evaluate(SHOWN)


def bet(page, part, value):
    """Fill in a form and place the bet."""
    field = page.locator(f"form[data-bet=bet_{part}] input")
    field.first.fill(value) if part != "depth" else page.locator(f"input[value={value}]").check()
    page.locator(f"form[data-bet=bet_{part}] [type=submit]").click()


def read_card(page, part):
    """Return what the card of a bet says."""
    return page.locator(f".reveal[data-bet=bet_{part}]").inner_text()


def test_bets(page, address, shoot):
    """Go through the page as a reader does."""
    page.goto(address)
    require(is_shown(page, "Text about the depth."), "the question is covered")
    require(not is_shown(page, "Text about the share."), "nothing is covered")
    shoot("covered")
    bet(page, "depth", "a")
    require("not this time" in read_card(page, "depth") and "it explodes quickly" in read_card(page, "depth"),
            f"the card says {read_card(page, 'depth')!r}")
    require(is_shown(page, "Text about the share.") and not is_shown(page, "Text about the order."), "the wrong cover")
    bet(page, "share", "400")
    require(not is_shown(page, "Text about the order."), "an invalid number uncovers")
    bet(page, "share", "16")
    card = read_card(page, "share")
    require("You bet 16 %. Measured: 12.3 %. You were 3.7 percentage points off" in card, card)
    page.locator("form[data-bet=bet_order] [data-ask]").click()
    require("The order is b, c, a." in read_card(page, "order") and is_shown(page, "The end."), "asking shows nothing")
    page.reload()
    require(is_shown(page, "The end.") and "not this time" in read_card(page, "depth"), "a reload forgets the bets")
    shoot("placed")
    page.locator("form[data-bet=bet_depth] [data-back]").click()
    require(not is_shown(page, "Text about the share."), "a bet that was taken back covers nothing")
    page.goto(f"{address}#recap")
    page.reload()
    require(page.locator("form[data-bet=bet_depth]").evaluate(SHOWN), "a link to what is covered leads nowhere")
    page.emulate_media(media="print")
    require(is_shown(page, "The end."), "something is covered on paper")


def session(folder, pictures):
    """Look at the page in every view."""
    address = render_book(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for view, width, scheme in (("light", 1200, "light"), ("dark", 1200, "dark"), ("phone", 375, "light")):
            page = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme).new_page()
            page.on("pageerror", lambda error: require(False, f"a script fails: {error}"))

            def shoot(name, page=page, view=view):
                page.screenshot(path=pictures / f"{view}-{name}.png", full_page=True)

            test_bets(page, address, shoot)
            wide = page.evaluate("document.documentElement.scrollWidth")
            require(wide <= width, f"{view}: {wide} pixels wide")
            print(f"{view:6} ok")
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(address)
        require(page.locator("article").get_by_text("The end.").is_visible(), "covered without a script")
        require("Measured: 1.50 per layer" in read_card(page, "depth"), "no card without a script")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "browser" / "bets", help="for the pictures")
    sys.exit(finished("bets", session, parser.parse_args().out))
