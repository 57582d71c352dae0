"""Read the book in a real browser: links, sliders, search, a phone.

    python tests/browser/book.py [--book build/book/html] [--screenshots DIR]

Serves the built book on loopback and opens every page in headless Chromium. Asks: does every link and picture lead
somewhere within the book, is nothing fetched from elsewhere, does every explorer show another picture when its slider
or its menu moves, is every page narrow enough for a phone, does the search find a word? Exits with 1 if not.
"""

import argparse
import functools
import http.server
import sys
import threading
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

from browsing import FLAGS
from playwright.sync_api import sync_playwright

PHONE = {"width": 375, "height": 800}
DESK = {"width": 1200, "height": 900}
ADDRESSES = "[...document.querySelectorAll('a[href], img[src], script[src], link[href]')].map(e => e.href || e.src)"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, *_):
        """Say nothing."""


def serve(folder):
    """Serve a folder on loopback; return the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def broken_links(page, home, folder, anchors):
    """Yield what a page refers to within the book and is not there, and what it loads from elsewhere."""
    for address in page.evaluate(ADDRESSES):
        if address.startswith("data:"):
            continue
        target, anchor = urldefrag(address)
        if not target.startswith(home):
            continue  # a reference to literature; loading anything from elsewhere is caught by the request itself
        path = unquote(urlparse(target).path).lstrip("/") or "index.html"
        if not (folder / path).is_file():
            yield f"{address} does not exist"
        elif anchor and path.endswith(".html"):
            anchors.append((page.url, path, unquote(anchor)))


def missing_anchors(browser, home, anchors):
    """Yield the places within pages that links name and that are not there."""
    page, known = browser.new_page(), {}
    for origin, path, anchor in sorted(set(anchors)):
        if path not in known:
            page.goto(urljoin(home, path))
            known[path] = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
        if anchor not in known[path]:
            yield f"{origin}: {path}#{anchor} does not exist"


def uncover(page):
    """Ask for what was measured wherever the page waits for a bet: what stands below it is shown then."""
    for button in page.locator("form[data-bet] [data-ask]").all():
        button.click()


def still(page):
    """Yield what is wrong with the explorers of a page: each must show other pictures when it is moved."""
    for place in page.locator(".explorer").all():
        name, picture, slider = place.get_attribute("id"), place.locator("img"), place.locator("input[type=range]")
        if not slider.is_visible():
            yield f"{name}: its slider is hidden"
            continue
        seen = {picture.get_attribute("src")}
        slider.focus()
        for key in ("ArrowRight", "End", "Home"):
            page.keyboard.press(key)
            seen.add(picture.get_attribute("src"))
        if place.locator("select").count():
            count = place.locator("option").count()
            place.locator("select").select_option(index=count - 1)
            seen.add(picture.get_attribute("src"))
        moves = 3 + place.locator("select").count()
        if len(seen) < 1 + moves - 1:  # End or Home may be where the slider stood
            yield f"{name}: {moves} moves showed {len(seen)} pictures"
        if not picture.evaluate("e => e.decode().then(() => e.naturalWidth > 100)"):
            yield f"{name}: its picture cannot be decoded"
        if place.locator("p").inner_text() != picture.get_attribute("alt"):
            yield f"{name}: the sentence above is not the picture's"


def read(folder, screenshots):
    """Open every page; return (pages, explorers, complaints)."""
    home, complaints, anchors, explorers = serve(folder), [], [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport=DESK)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda r: None if r.url.startswith((home, "data:")) else
                complaints.append(f"{page.url} loads {r.url}"))
        names = sorted(p.relative_to(folder).as_posix() for p in folder.glob("*.html"))
        for name in names:
            page.set_viewport_size(DESK)
            page.goto(urljoin(home, name))
            complaints += [f"{name}: {c}" for c in broken_links(page, home, folder, anchors)]
            uncover(page)
            explorers += page.locator(".explorer").count()
            complaints += [f"{name}: {c}" for c in still(page)]
            shoot(page, screenshots, f"{name}-desk")
            page.set_viewport_size(PHONE)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > PHONE["width"]:
                complaints.append(f"{name}: {wide} pixels wide on a phone of {PHONE['width']}")
            shoot(page, screenshots, f"{name}-phone")
            print(".", end="", flush=True)
        page.goto(urljoin(home, "search.html?q=Nesterov"))
        page.wait_for_selector("#search-results li a")
        found = page.locator("#search-results li a").first.get_attribute("href")
        if "06_optimizers" not in found:
            complaints.append(f"the search for Nesterov leads to {found}")
        complaints += missing_anchors(browser, home, anchors)
        browser.close()
    print()
    return len(names), explorers, complaints


def shoot(page, folder, name):
    """Take a picture of the page, at its explorer if there is one."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        if page.locator(".explorer").count():
            page.locator(".explorer").first.scroll_into_view_if_needed()
        page.screenshot(path=folder / f"{name}.png")


def main():
    """Read the book and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", type=Path, default=Path("build/book/html"))
    parser.add_argument("--screenshots", type=Path, metavar="DIR")
    options = parser.parse_args()
    if not (options.book / "index.html").is_file():
        print(f"there is no book in {options.book}: run make book", file=sys.stderr)
        return 2
    pages, explorers, complaints = read(options.book.resolve(), options.screenshots)
    print("\n".join(complaints) or f"{pages} pages, {explorers} explorers, nothing broken")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
