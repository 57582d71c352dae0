"""Look at the tables of check() and progress() and at the cards of bets in a real JupyterLab, in four views.

    python tests/browser/tables.py [--out DIR]

Writes a notebook that holds one table for every state (all right, wrong values with their map, wrong shape, an
exception, a wrong form, not written, waiting, a known mistake, a file that does not parse, progress, a card in each of
its states), opens it in headless Chromium (light, dark, narrow, and not trusted), and fails if a text has a contrast
below 4.5 : 1 or if a table is wider than the window. Saves a picture of every view.

Needs what requirements.lock has, and Chromium (`apt-get install chromium`).
Exits with 1 if something is not as it should be, 2 if it cannot run.
"""

import argparse
import json
import sys
import tempfile
import types
from pathlib import Path

import nbformat
import numpy as np
from browsing import FLAGS, ROOT, Broken, Error, Unable, find_chromium, jupyterlab, require, sync_playwright

from autograder import reference
from autograder.course import solution_regions
from autograder.reference import load_source
from cs231n_lib.lab.check import cards, judge, where_to_read
from cs231n_lib.lab.check.cards import Card
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.difference_map import compare_arrays
from cs231n_lib.lab.check.report import Report, Row
from cs231n_lib.lab.commands.progress import Progress, ProgressItem

VIEWS = {"light": (1200, "light", True), "dark": (1200, "dark", True), "narrow": (560, "light", True),
         "untrusted": (1200, "dark", False)}
"""View -> (width in pixels, colour scheme, does the notebook bear a signature?). Without one JupyterLab takes out
styles and tags that it does not know: so a table looks that was sent by somebody else."""

CARDS = {state: Card("bet_depth", state, ("You bet a, it shrinks.", "Measured: 1.50 per layer, <not> more.")) for state
         in cards.STATES}
BAR, STATES = 4.5, 13 + len(CARDS)

# Every text in the outputs: its colour against what lies behind it, half transparent or not.
CONTRASTS = """
() => {
  const parse = c => { const v = c.match(/[\\d.]+/g).map(Number); return v.length > 3 ? v : [...v, 1]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { const layers = []; for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor); layers.push(c); if (c[3] === 1) break; }
    return layers.reverse().reduce((below, c) => over(c, below), [255, 255, 255, 1]); };
  const found = [];
  for (const output of document.querySelectorAll('.jp-OutputArea-output')) {
    const walker = document.createTreeWalker(output, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
      const e = node.parentElement;
      if (!node.data.trim() || !e.getClientRects().length) continue;
      const back = behind(e), a = light(over(parse(getComputedStyle(e).color), back)), b = light(back);
      found.push({ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), text: node.data.trim().slice(0, 40)});
    }
  }
  return found;
}
"""
TOO_WIDE = """() => [...document.querySelectorAll('.jp-RenderedHTMLCommon')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))"""


def student(name, code):
    """Judge a reference module in which one function is replaced."""
    function = FUNCTIONS[name]
    module = types.SimpleNamespace(**{**vars(reference.load(function.topic)), name: code})
    return judge.judge(function, module)


def states(folder):
    """Return state -> table."""
    tables = {
        "all right": student("relu_forward", reference.load("activations").relu_forward),
        "wrong values": student("relu_forward", lambda x: (np.where(x > 1.7, 0, np.maximum(0, x)), x)),
        "not finite": student("softmax_loss", naive_softmax),
        "three axes": student("dropout_backward", lambda dout, cache: dout * 0.999),
        "wrong shape": student("affine_forward", lambda x, w, b: ((x.reshape(len(x), -1) @ w + b).T, (x, w, b))),
        "known mistake": student("relu_forward", lambda x: (np.abs(x), x)),
        "wrong form": student("relu_forward", lambda x: np.maximum(0, x)),
        "exception": raises(), "not written": unwritten(), "waits for another": waits(),
        "does not parse": unparsed(folder),
    }
    for name, report in tables.items():
        report.read = where_to_read.find_reference(report.name, FUNCTIONS[report.name].topic) if report.wrong else None
        require(report.done == (name == "all right"), f"the table {name!r} is not what it should be")
    wanted = np.outer(np.arange(60.0), np.arange(70.0))
    off = wanted + np.where(wanted % 17 == 3, 10.0 ** (wanted % 6 - 2), 0)
    off[7, 9], off[30, 40] = np.nan, np.inf
    tables["many numbers"] = Report("folded", "a large array", [Row(
        "values", "wrong", "dw =\n...", "dw =\n...", where=compare_arrays("dw", off, wanted, 0))])
    items = [ProgressItem("01_activations", "relu_forward", "function", 1.0, state, "unlocks 2 experiments")
             for state in ("done", "wrong", "open")]
    return {**tables, "progress": Progress(items), **{f"card: {state}": card for state, card in CARDS.items()}}


def naive_softmax(x, y):
    """Compute what overflows."""
    with np.errstate(all="ignore"):
        p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


def raises():
    """Return the table of a function that raises, in a file of its own."""
    source = "import numpy as np\n\n\ndef relu_forward(x):\n    out = np.maximum(0, x)\n    return out, y\n"
    module = load_source(source, "mine", "/home/ada/cs231n_lib/activations.py")
    return judge.judge(FUNCTIONS["relu_forward"], module)


def unwritten():
    """Return the table of a function as it was released."""
    return judge.judge(
        FUNCTIONS["relu_forward"], load_source(solution_regions.make_stub("activations"), "stub", "stub")
    )


def waits():
    """Return the table of a function that calls one that is not written."""
    source = solution_regions.make_stub("activations")
    source += "\n\ndef relu_backward(dout, cache):\n    return dout * (relu_forward(cache)[0] > 0)\n"
    return judge.judge(FUNCTIONS["relu_backward"], load_source(source, "mine", "/home/ada/cs231n_lib/activations.py"))


def unparsed(folder):
    """Return the table of a file with a syntax error."""
    path, name = folder / "cs231n_lib" / "activations.py", "cs231n_lib.activations"
    path.parent.mkdir()
    path.write_text("import numpy as np\n\n\ndef relu_forward(x)\n    return np.maximum(0, x), x\n")
    before = sys.modules.get(name)
    sys.modules[name] = types.SimpleNamespace(__file__=str(path))
    try:
        return judge.judge_file(FUNCTIONS["relu_forward"])
    finally:
        sys.modules.pop(name) if before is None else sys.modules.update({name: before})


def write_notebook(path, tables):
    """Write a notebook with the tables as outputs."""
    cells = []
    for name, table in tables.items():
        output = nbformat.v4.new_output("display_data", {"text/html": table._repr_html_(), "text/plain": repr(table)})
        cells.append(nbformat.v4.new_code_cell(f"# {name}", outputs=[output], execution_count=1))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def look(browser, address, token, view, out):
    """Open the notebook in one view; return the lowest contrast and where it is."""
    width, scheme, trusted = VIEWS[view]
    context = browser.new_context(viewport={"width": width, "height": 7000}, color_scheme=scheme)
    page = context.new_page()
    name = "trusted" if trusted else "tables"
    page.goto(f"{address}/doc/tree/{name}.ipynb?token={token}")
    page.locator(".jp-OutputArea-output table").first.wait_for(timeout=60_000)
    page.wait_for_timeout(2000)
    theme = f"document.body.dataset.jpThemeLight === '{str(scheme == 'light').lower()}'"
    page.wait_for_function(theme, timeout=20_000)
    page.evaluate("document.querySelectorAll('.jp-OutputArea-output details').forEach(d => { d.open = true; })")
    page.wait_for_timeout(300)
    page.screenshot(path=out / f"{view}.png")
    shown = page.locator(".jp-RenderedHTMLCommon").count()
    require(shown >= STATES, f"{view}: {shown} tables shown instead of {STATES}")  # JupyterLab draws what is in view
    wide = page.evaluate(TOO_WIDE)
    require(not wide, f"{view}: wider than the window: {wide}")
    lowest = min(page.evaluate(CONTRASTS), key=lambda c: c["ratio"])
    context.close()
    return lowest


def main():
    """Look at every view; print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "browser" / "tables", help="for the pictures")
    args = parser.parse_args()
    chromium, failed = find_chromium(), 0
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        workspace, home = Path(folder, "workspace"), Path(folder, "home")
        workspace.mkdir()
        home.mkdir()
        prepare(workspace, home, states(Path(folder)))
        with jupyterlab(workspace, home) as (address, token):
            follow_scheme(home)
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for view in VIEWS:
                lowest = look(browser, address, token, view, args.out)
                failed += lowest["ratio"] < BAR
                print(f"{view:10} lowest contrast {lowest['ratio']:5.2f} : 1  ({lowest['text']})")
            browser.close()
    return 1 if failed else 0


def prepare(workspace, home, tables):
    """Fill the workspace, and sign one of the two notebooks."""
    from nbformat.sign import NotebookNotary

    write_notebook(workspace / "tables.ipynb", tables)
    write_notebook(workspace / "trusted.ipynb", {**tables, "signed": tables["all right"]})
    (home / "data").mkdir()
    NotebookNotary(data_dir=str(home / "data")).sign(nbformat.read(workspace / "trusted.ipynb", as_version=4))


def follow_scheme(home):
    """Let JupyterLab follow the browser's colour scheme."""
    settings = home / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    settings.write_text(json.dumps({"adaptive-theme": True}))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Broken, Unable, Error) as error:
        print(f"tables: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(1 if isinstance(error, Broken) else 2)
