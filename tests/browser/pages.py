"""Look at the pages that the grader writes, in headless Chromium: wide, on a phone, dark, and on paper.

    python tests/browser/pages.py PAGE.html [PAGE.html ...] [--screenshots DIR]

Opens each page at 1200 and at 375 pixels, unfolds everything, and fails if something is wider than the screen (code
and tables in a frame of their own may scroll) or if the browser complains. With --screenshots it also saves pictures.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if a page is too wide or the browser complains, 2 if it cannot run.
"""

import argparse
import sys
from pathlib import Path

from browsing import FLAGS, Error, Unable, find_chromium, sync_playwright

VIEWS = {"desktop": (1200, "light"), "phone": (375, "light"), "dark": (1200, "dark")}
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.parentElement.closest('pre, .scroll') && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${e.textContent.trim().slice(0, 40)}`)"""


def look(browser, page, name, screenshots):
    """Open one page in one view; return what is wrong with it."""
    width, scheme = VIEWS[name]
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab, complaints = context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(page.resolve().as_uri())
    if screenshots:
        clip = {"x": 0, "y": 0, "width": width, "height": min(4000, tab.evaluate("document.body.scrollHeight"))}
        tab.screenshot(path=screenshots / f"{page.stem}_{name}.png", full_page=True, clip=clip)
    for summary in tab.locator("details:not([open]) > summary").all()[::-1]:
        summary.click()
    wide = tab.evaluate(TOO_WIDE)
    context.close()
    return [f"wider than {width} px: {w}" for w in wide[:3]] + complaints


def main():
    """Look at every page in every view; print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--screenshots", type=Path)
    args = parser.parse_args()
    if args.screenshots:
        args.screenshots.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser, failed = playwright.chromium.launch(executable_path=chromium, args=FLAGS), 0
        for page in args.pages:
            for name in VIEWS:
                wrong = look(browser, page, name, args.screenshots)
                failed += bool(wrong)
                print(f"{page.name:40} {name:8} {'; '.join(wrong) or 'good'}")
            if args.screenshots:
                paper = browser.new_page()
                paper.goto(page.resolve().as_uri())
                paper.pdf(path=args.screenshots / f"{page.stem}.pdf", format="A4")
        browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Unable, Error) as error:
        print(f"pages: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(2)
