"""Does the book take from an executed notebook what a reader may see, and nothing else?"""

import base64
import io
import re

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import release
from book import build, explorer_frames
from cs231n_lib.lab import explorers, plots

GRADED = {"grade": True, "locked": True, "solution": False, "schema_version": 3, "points": 2}
OPEN = {"grade": False, "locked": False, "solution": True, "schema_version": 3}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def page(*cells, assignment="03_initialization", folder=None):
    """Return the text of a page made from some cells."""
    return build.Page(assignment, new_notebook(cells=list(cells)), folder).render()


def figure(alt):
    """Return an output as ``lab.plots.show`` makes it."""
    return new_output("display_data", {"text/html": f'<img src="data:image/png;base64,{PNG}" alt="{alt}" width="10">'})


def test_answers_and_hidden_tests_are_left_out(tmp_path):
    """Are answers and hidden tests left out?"""
    answer = new_code_cell("prediction = 7", metadata={"nbgrader": {**OPEN, "grade_id": "p"}})
    written = new_markdown_cell("because of 7", metadata={"nbgrader": {**OPEN, "grade": True, "grade_id": "w"}})
    scratch = new_code_cell("steps = 7\nconfirm(steps)", metadata={"nbgrader": OPEN, "cs231n": {"kind": "scratch"}})
    solution = new_markdown_cell("It is 7.", metadata={"cs231n": {"kind": "solution"}})
    test = new_code_cell('check("he_init")\n### BEGIN HIDDEN TESTS\ngrade("he_init")\n### END HIDDEN TESTS',
                         metadata={"nbgrader": {**GRADED, "grade_id": "he-init-test"}})
    text = page(new_markdown_cell("# Title"), answer, written, scratch, solution, test, folder=tmp_path)
    assert "7" not in text and "HIDDEN" not in text and "grade(" not in text
    assert 'check("he_init")' in text and text.startswith("# 03 Title")


def test_pages_link_to_where_the_course_put_its_notebooks(tmp_path):
    """Does the repository of course.toml stand below the title, in words, and nothing without one?"""
    (tmp_path / "course.toml").write_text('repository = "https://github.com/ada/nets"\n')
    home = release.find_repository(tmp_path)
    cells = [new_markdown_cell("# Title"), new_markdown_cell("text")]
    text = build.Page("03_initialization", new_notebook(cells=cells), tmp_path, home).render()
    title, links, rest = text.split("\n\n")
    assert (title, rest) == ("# 03 Title", "text\n") and "![" not in links
    assert "/v2/gh/ada/nets/main?urlpath=lab/tree/03_initialization.ipynb" in links and "[Open in Colab](" in links
    assert page(*cells, folder=tmp_path) == "# 03 Title\n\ntext\n"


def test_figure_becomes_a_file_with_a_caption_markdown_leaves_alone(tmp_path):
    """Does a figure become a file with a caption that markdown leaves alone?"""
    text = page(new_code_cell("plot()", id="plot", outputs=[figure("a_1 and *b* under $c$")]), folder=tmp_path)
    assert (tmp_path / "img/03-plot.png").read_bytes() == base64.b64decode(PNG)
    assert "a\\_1 and \\*b\\* under \\$c\\$" in text and ":name: fig-03-plot" in text


def test_figure_keeps_what_a_dark_page_does_with_it(tmp_path):
    """Does the book's stylesheet find the same classes as a notebook's page?"""
    output = figure("a line")
    output.data["text/html"] = output.data["text/html"].replace("<img ", '<img class="cs231n-drawing" ')
    assert ":class: cs231n-drawing\n" in page(new_code_cell("plot()", id="plot", outputs=[output]), folder=tmp_path)
    style = (build.SOURCE / "_static" / "book.css").read_text()
    assert all(style.count(f".{look} {{ filter: {dark}; }}") == 2 for look, dark in plots.LOOKS.items())


def test_long_description_is_the_alternative_text(tmp_path):
    """Does a long description stay the alternative text while its caption ends with a sentence?"""
    alt = "Rate 0.1, step 60: the path of Adam. " * 20 + "End."
    text = page(new_code_cell("plot()", id="plot", outputs=[figure(alt)]), folder=tmp_path)
    below = text.partition(f":alt: {alt}\n\n")[2].removesuffix(":::\n").strip().removesuffix(":::").strip()
    assert below.startswith("Rate 0.1, step 60: the path of Adam.") and below.endswith("Adam.")
    assert 200 < len(below) <= 260


def test_caption_of_a_figure_is_its_own(tmp_path):
    """Is the caption below a picture the one that the notebook has, where there is one?"""
    output = figure("The alternative text.")
    output.data["text/html"] += "<figcaption style='x'>Ten &amp; more.</figcaption>"
    text = page(new_code_cell("plot()", id="plot", outputs=[output]), folder=tmp_path)
    assert ":alt: The alternative text.\n\nTen & more." in text


def test_plotting_code_stays_folded(tmp_path):
    """Is the code of a cell that the notebook folds folded in the book, with its figure open below?"""
    cell = new_code_cell("plots.show(f, 'a-b')", id="plot", outputs=[figure("A.")],
                         metadata={"jupyter": {"source_hidden": True}})
    text = page(cell, folder=tmp_path)
    assert text.index("<details") < text.index("plots.show") < text.index("</details>") < text.index("{figure}")


def test_prints_of_one_cell_stay_in_one_block(tmp_path):
    """Do prints of one cell stay in one block?"""
    prints = [new_output("stream", name="stdout", text=t) for t in ("one\n", "two\n")]
    assert "one\ntwo" in page(new_code_cell("print()", outputs=prints), folder=tmp_path)


@pytest.mark.parametrize("text, links", [
    ("see notebook 01", ["01_activations"]), ("notebooks 00 and 01", ["00_linear_classifier", "01_activations"]),
    ("notebooks 04, 05 and 06.", ["04_batchnorm", "05_dropout", "06_optimizers"]), ("this is notebook 03", []),
    ("at 00:01 or 0.05", []), ("notebook 77", [])])
def test_mention_of_another_notebook_is_a_link(text, links):
    """Is a mention of another notebook a link?"""
    assert re.findall(r"\]\((\w+)\.md\)", build.resolve_links(text, "03_initialization")) == links


def test_every_explorer_of_the_notebooks_is_in_the_book():
    """Is every explorer of the notebooks in the book?"""
    for assignment in list_topics().values():
        notebook = nbformat.read(ROOT / "notebooks" / f"{assignment}.ipynb", as_version=4)
        shown = [c for c in notebook.cells if c.cell_type == "code" and build.SHOWN.search(c.source)
                 and "explorers.Duel(" not in c.source]  # a game needs a kernel: the book has its picture
        known = [key for key in explorer_frames.GRIDS if key.startswith(assignment)]
        assert sorted(explorer_frames.find_grid(assignment, c.source) or c.id for c in shown) == known, assignment


@pytest.mark.parametrize("assignment", explorer_frames.GRIDS)
def test_explorer_takes_every_setting_of_its_grid(assignment):
    """Can the explorer take every setting of its grid?"""
    grid = explorer_frames.GRIDS[assignment]
    explorer = getattr(explorers, grid.explorer)(**grid.fixed)
    menu = explorer_frames.read_menu(grid)
    for settings in menu.values():
        for value in (grid.values[0], grid.values[-1]):
            explorer.set(**settings, **{grid.slider: value})
    assert grid.start[0] in menu
    assert min(abs(v - grid.start[1]) for v in grid.values) <= 0.05 * abs(grid.start[1])


def test_frames_are_the_explorers_pictures_and_sentences(monkeypatch):
    """Are the frames the pictures and sentences of the explorer?"""
    grid = explorer_frames.Grid("LeakySlope", "slope", "slope", (0.01, 0.1), ("", 0.1))
    monkeypatch.setitem(explorer_frames.GRIDS, "small", grid)
    frames = explorer_frames.render_frames("small")
    assert frames["start"] == [0, 1] and frames["values"] == ["0.01", "0.1"]
    assert len({*frames["pictures"][0]}) == len({*frames["sentences"][0]}) == 2
    picture = Image.open(io.BytesIO(base64.b64decode(frames["pictures"][0][1])))
    assert [round(side / 1.2) for side in picture.size] == frames["size"]


def test_solution_stops_the_book(tmp_path):
    """Does a solution stop the book?"""
    solution = (ROOT / "cs231n_lib" / "batchnorm.py").read_text()
    with pytest.raises(SystemExit, match="would leak"):
        build.assemble_book({"04_batchnorm": new_notebook(cells=[new_code_cell(solution)])}, tmp_path)
    assert not list(tmp_path.glob("*.md"))


@pytest.mark.parametrize("name", ["Trajectories", "Components"])
def test_small_palette_keeps_the_colours(name):
    """Is no pixel further than 25 of 255 from what the explorer drew?"""
    explorer = getattr(explorers, name)()
    small = Image.open(io.BytesIO(base64.b64decode(explorer_frames.encode_picture(explorer)[0]))).convert("RGB")
    drawn = Image.open(io.BytesIO(base64.b64decode(explorer._image))).convert("RGB")
    assert np.abs(np.asarray(small, int) - np.asarray(drawn, int)).max() <= 25
