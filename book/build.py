"""The book: all notebooks, executed, as one HTML site that needs no kernel and no network: ``make book``.

Every executed notebook becomes one page of MyST Markdown, which Sphinx renders. Cells that only make sense in a
notebook are left out: answer and scratch cells, written answers, test cells (one line says what to check). A bet's cell
becomes a form that covers what is below it (:mod:`book.bets`). Code is taken from exploration cells only, and the leak
check reads every page, so that no solution and no hidden test gets into the book.
"""

import argparse
import base64
import html
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from autograder.course import cells, claims
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import leak_check, release
from book import bets, explorer_frames
from tools import execute_notebooks

SOURCE = ROOT / "book"
MENTION = re.compile(r"\b(notebooks?) (0\d(?:(?:, | and |, and | or | to )0\d)*)\b")
SHOWN = re.compile(r"explorers\.\w+\(.*\bshow\(\)", re.S)
NUMBERED = {a[:2]: a for a in list_topics().values()}


class Image(HTMLParser):
    """Reads the picture from the HTML that ``lab.plots.show`` and the explorers display."""

    def __init__(self, text):
        super().__init__()
        self.png = self.alt = None
        self.look = ""
        caption = re.search(r"<figcaption[^>]*>(.*?)</figcaption>", text, re.S)
        self.caption = html.unescape(caption[1]) if caption else ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Take the first picture."""
        attrs = dict(attrs)
        if tag == "img" and self.png is None and attrs.get("src", "").startswith("data:image/png;base64,"):
            self.png, self.alt = base64.b64decode(attrs["src"].partition(",")[2]), attrs.get("alt", "")
            self.look = attrs.get("class", "")


class Page:
    """One notebook, to be rendered as a page.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
        Executed, with its solutions.
    folder : pathlib.Path
        Where pictures go, below ``img/``.
    home : PublicRepository, optional
        Where the notebook can be opened.
    """

    def __init__(self, assignment, notebook, folder, home=None):
        self.assignment, self.notebook, self.folder, self.home = assignment, notebook, folder, home

    def render(self):
        """Return the page as MyST Markdown; its title begins with the notebook's number."""
        parts = [self.render_cell(c) for c in self.notebook.cells]
        for place, below in enumerate(self.notebook.cells[1:]):
            parts[place] = bets.leave_out_options(parts[place], below)
        if self.home:
            parts.insert(1, render_addresses(self.home, f"{self.assignment}.ipynb"))
        text = "\n\n".join(filter(None, parts)) + "\n"
        return text.replace("# ", f"# {self.assignment[:2]} ", 1)

    def render_cell(self, cell):
        """Return the Markdown of a cell; "" for cells that only make sense in a notebook."""
        if cell.cell_type == "markdown":
            left_out = cells.is_written(cell) or cells.is_solution_text(cell)
            return "" if left_out else resolve_links(cell.source, self.assignment)
        if cells.is_bet(cell):
            return bets.render_form(cell)
        if cells.is_answer(cell) or cells.is_written(cell) or cells.is_scratch(cell):
            return ""
        if cells.is_test(cell):
            return render_check_line(cell)
        if cells.is_setup(cell):
            return fold_code("Setup", render_code(cell.source))
        grid = explorer_frames.find_grid(self.assignment, cell.source) if SHOWN.search(cell.source) else None
        if grid:
            return self.render_explorer(cell, grid)
        outputs = [self.render_output(cell.id, k, o) for k, o in enumerate(merge_streams(cell.outputs))]
        code = render_code(cell.source)
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            code = fold_code("Code of this figure", code)
        return "\n\n".join([code, *filter(None, outputs)])

    def render_output(self, name, k, output):
        """Return the Markdown of an output: text, or a figure with a caption and a number.

        Parameters
        ----------
        name : str
            Id of the cell.
        k : int
            Number of the output in the cell.
        output : NotebookNode
        """
        noted = output.get("metadata", {}).get(claims.FIELD, {})
        if "bet" in noted:
            return bets.render_reveal(noted)
        data = output.get("data", {})
        image = Image(data.get("text/html", ""))
        if image.png is not None:
            return self.render_figure(f"{name}-{k}" if k else name, image)
        text = (output.text if output.output_type == "stream" else data.get("text/plain", "")).rstrip()
        return f'<div class="output">\n\n{fence_code("text", text)}\n\n</div>' if text else ""

    def render_figure(self, name, image):
        """Write a picture to a file and return its figure, with its alternative text as the caption."""
        path = Path("img") / f"{self.assignment[:2]}-{name}.png"
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(image.png)
        alt = image.alt.replace("\n", " ")
        caption = escape_text(image.caption or make_caption(alt))
        look = f":class: {image.look}\n" if image.look else ""
        return fence_code(f"{{figure}} {path}", f":name: fig-{path.stem}\n{look}:alt: {alt}\n\n{caption}", ":::")

    def render_explorer(self, cell, grid):
        """Return an explorer that works without a kernel; without JavaScript its first picture is shown.

        Parameters
        ----------
        cell : NotebookNode
        grid : str
            The explorer's key in ``explorer_frames.GRIDS``.
        """
        script = self.folder / "_static" / f"explorer-{grid}.js"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(explorer_frames.make_script(grid), encoding="utf-8")
        image = next(i for i in (Image(o.get("data", {}).get("text/html", "")) for o in cell.outputs) if i.png)
        png = base64.b64encode(image.png).decode()
        return "\n".join([
            render_code(cell.source), "", "```{raw} html", f'<div class="explorer" id="explorer-{grid}">',
            f"<p>{html.escape(image.alt)}</p>",
            f'<img class="{image.look}" src="data:image/png;base64,{png}" alt="{html.escape(image.alt)}">', "</div>",
            '<script src="_static/explorer.js"></script>',
            f'<script src="_static/explorer-{grid}.js"></script>', "```"])


def merge_streams(outputs):
    """Return the outputs with successive streams of the same name merged."""
    result = []
    for output in outputs:
        if output.output_type == "stream" and result and result[-1].get("name") == output.name:
            result[-1] = type(output)(result[-1], text=result[-1].text + output.text)
        else:
            result.append(output)
    return result


def make_caption(text, most=260):
    """Return the first sentences of a description, up to ``most`` characters but at least one."""
    first, *others = re.split(r"(?<=\.) (?=[A-Z])", text)
    for sentence in others:
        if len(first) + len(sentence) >= most:
            break
        first += f" {sentence}"
    return first


def fence_code(info, body, fence="```"):
    """Return a fenced block.

    Parameters
    ----------
    info, body : str
        The text after the opening fence, and the contents.
    fence : str
        It is made longer than any fence in the body.
    """
    while fence in body:
        fence += fence[0]
    return f"{fence}{info}\n{body}\n{fence}"


def render_code(source):
    """Return a code block."""
    return fence_code("python", source)


def fold_code(title, body):
    """Return a block that is closed until the reader opens it."""
    return f'<details class="setup"><summary>{title}</summary>\n\n{body}\n\n</details>'


def escape_text(text):
    """Return text with Markdown's special characters escaped."""
    return re.sub(r"([\\`*_{}\[\]<>#$|~])", r"\\\1", text)


def render_check_line(cell):
    """Return the line in place of a function's test cell; "" for a cell that checks an answer."""
    name = re.match(r'check\("(\w+)"\)', cell.source)
    if not name:
        return ""
    return f'<p class="check">In the notebook: <code>check("{name[1]}")</code> says what is right and what is not.</p>'


def render_addresses(home, path):
    """Return links to Binder and Colab in words: a badge's picture would need the network."""
    binder, colab = home.list_addresses(path)
    return f"[Open in Binder]({binder}) · [Open in Colab]({colab})"


def resolve_links(text, here):
    """Return text in which every mention of another notebook is a link to its page; ``here`` is this assignment."""
    def link(number):
        other = NUMBERED.get(number[0])
        return f"[{number[0]}]({other}.md)" if other and other != here else number[0]

    return MENTION.sub(lambda mention: f"{mention[1]} {re.sub(r'0[0-9]', link, mention[2])}", text)


def assemble_book(executed, folder, home=None):
    """Write the sources of the site from executed notebooks.

    Parameters
    ----------
    executed : dict
        Assignment -> NotebookNode.
    folder : pathlib.Path
    home : PublicRepository, optional
        Where the notebooks can be opened.

    Raises
    ------
    SystemExit
        If they contain a solution or a hidden test.
    """
    pages = {f"{a}.md": Page(a, notebook, folder, home).render().encode() for a, notebook in executed.items()}
    found = leak_check.find_leaks(pages)
    if found:
        raise SystemExit("the book would leak:\n" + "\n".join(found))
    for name, data in pages.items():
        (folder / name).write_bytes(data)
    for path in SOURCE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = folder / path.relative_to(SOURCE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def main():
    """Execute (or read) the notebooks, assemble the sources, and let Sphinx render them; any warning is an error."""
    import nbformat

    parser = argparse.ArgumentParser(prog="python -m book.build", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("build/book"), help="default: build/book")
    parser.add_argument("--executed", type=Path, metavar="DIR",
                        help="take executed notebooks from here (python -m tools.execute_notebooks --keep DIR)")
    parser.add_argument("--course", type=Path, default=Path("course"),
                        help="whose course.toml names the repository that the pages link to (default: course)")
    options = parser.parse_args()
    home = release.find_repository(options.course)
    executed = {}
    for a in list_topics().values():
        kept = options.executed / f"{a}.ipynb" if options.executed else None
        print(f"{a}: {'read' if kept and kept.exists() else 'executing'}", flush=True)
        executed[a] = (nbformat.read(kept, as_version=4) if kept and kept.exists()
                       else execute_notebooks.execute_notebook(ROOT / "notebooks" / f"{a}.ipynb")[0])
    sources = options.output / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    assemble_book(executed, sources, home)
    site = options.output / "html"
    done = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", sources, site])
    if done.returncode == 0:
        print(f"the book: {site / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
