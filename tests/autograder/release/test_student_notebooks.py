"""What students open: does it run on past what is not written, and does it open where there is only a browser?"""

import http.server
import json
import subprocess
import sys
import threading
import zipfile

import nbformat
import pytest
from nbclient import NotebookClient

from autograder import errors
from autograder.course import cells
from autograder.course.assignment import collect_sources, rebuild_notebook
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import leak_check, release, student_notebooks
from cs231n_lib.lab import workspace
from cs231n_lib.lab.notebook import colab

HOME = student_notebooks.PublicRepository("https://github.com/ada/workbook")
FIRST = "00_linear_classifier"


def released(course, assignment=FIRST):
    """Return nbgrader's release of a notebook."""
    return (course / "release" / assignment / f"{assignment}.ipynb").read_bytes()


def opened(course, where=None):
    """Return the first notebook as students open it."""
    return nbformat.reads(
        student_notebooks.make_student_notebook(released(course), FIRST, where).decode(), as_version=4
    )


def test_notebooks_without_a_repository_have_no_badge_or_fetching(course):
    """Do notebooks without a repository have neither badge nor anything to fetch?"""
    before, after = nbformat.reads(released(course).decode(), as_version=4), opened(course)
    assert [(c.id, c.source) for c in after.cells] == [(c.id, c.source) for c in before.cells]
    assert "binder" not in student_notebooks.make_readme("# Title\n\ntext\n")


def test_badges_and_fetching_follow_the_title_outside_nbgrader(course):
    """Are badges and fetching below the title and without a word of nbgrader's?"""
    book = opened(course, HOME)
    nbformat.validate(book)
    assert [c.id for c in book.cells[:4]] == ["title", "online-badges", "online-fetch", "setup"]
    assert all("nbgrader" not in c.metadata for c in book.cells[1:3])
    badges = book.cells[1].source
    assert "https://mybinder.org/v2/gh/ada/workbook/main?urlpath=lab/tree/00_linear_classifier.ipynb" in badges
    assert "https://colab.research.google.com/github/ada/workbook/blob/main/00_linear_classifier.ipynb" in badges
    assert badges.count("[![Open in ") == 2  # each picture says in words what it is
    assert '"https://github.com/ada/workbook/archive/refs/heads/main.zip"' in book.cells[2].source
    assert len(book.cells[2].source.splitlines()) <= 15


def test_run_all_stops_only_at_cells_that_all_others_need(course):
    """Does run all go on after every cell but the ones that all others need?"""
    stops = [c.id for c in opened(course, HOME).cells
             if c.cell_type == "code" and "raises-exception" not in c.metadata.get("tags", [])]
    assert stops == ["online-fetch", "setup"]


def test_tags_of_the_source_are_kept():
    """Are the tags of the source kept?"""
    cell = nbformat.v4.new_code_cell(metadata={"tags": ["statement:one"]})
    student_notebooks.allow_failure(cell)
    assert cell.metadata.tags == ["statement:one", "raises-exception"]


def test_notebook_with_badges_comes_back_as_the_same_submission(course):
    """Does a notebook with badges come back as the same submission?"""
    plain, badged = (
        collect_sources(json.loads(student_notebooks.make_student_notebook(released(course), FIRST, where))["cells"])
        for where in (None, HOME)
    )
    form = nbformat.reads(released(course).decode(), as_version=4)
    both = [rebuild_notebook(form, sources) for sources in (plain, badged)]
    assert both[0] == both[1] and set(badged) - set(plain) == {"online-badges", "online-fetch"}
    assert [cells.read_grade_id(c) for c in opened(course, HOME).cells if cells.is_test(c)] == [
        cells.read_grade_id(c) for c in form.cells if cells.is_test(c)]


@pytest.mark.parametrize("text, expected", [
    ("", None),
    ('[tool.workbook]\nrepository = ""', None),
    ('[tool.workbook]\nrepository = "https://github.com/ada/workbook"', HOME),
    ('[tool.workbook]\nrepository = "https://github.com/ada/w"\nbranch = "fall 26"',
     student_notebooks.PublicRepository("https://github.com/ada/w", "fall 26")),
])
def test_repository_is_read_from_one_setting(tmp_path, text, expected):
    """Is the repository read from one setting?"""
    (tmp_path / "pyproject.toml").write_text(text)
    assert student_notebooks.read_repository(tmp_path / "pyproject.toml") == expected


def test_address_of_no_repository_says_what_is_expected(tmp_path, monkeypatch, course):
    """Does an address that is no repository say what is expected?"""
    (tmp_path / "pyproject.toml").write_text('[tool.workbook]\nrepository = "github.com/ada"')
    monkeypatch.setattr(
        student_notebooks,
        "read_repository",
        lambda read=student_notebooks.read_repository: read(tmp_path / "pyproject.toml"),
    )
    with pytest.raises(errors.ReleaseError, match="expected https://github.com/OWNER/REPO, got github.com/ada"):
        release.list_workspace_files(course)


def test_odd_branch_name_is_one_word_of_the_address():
    """Is a branch with a slash or a blank one word of the address?"""
    where = student_notebooks.PublicRepository("https://github.com/ada/w/", "fall/26 b")
    assert "/v2/gh/ada/w/fall%2F26%20b?" in where.format_badges("x.ipynb")
    assert where.archive == "https://github.com/ada/w/archive/refs/heads/fall/26%20b.zip"


def test_released_folder_is_a_repository_that_binder_builds(course, monkeypatch):
    """Is the released folder a repository that Binder can build?"""
    monkeypatch.setattr(student_notebooks, "read_repository", lambda: HOME)
    files = release.list_workspace_files(course)
    assert files["binder/requirements.txt"] == b"-r ../requirements.txt\n-c ../constraints.txt\n"
    assert "requirements.txt" in files and "constraints.txt" in files
    assert files["binder/runtime.txt"].decode().strip() == f"python-{'.'.join(map(str, (3, 11)))}"
    assert b"jupyterlab" in files["requirements.txt"] and b"[![Open in Binder]" in files["README.md"]
    assert not leak_check.find_leaks(
        {
            name: data
            for name, data in files.items()
            if name.endswith(("00_linear_classifier.ipynb", "README.md", ".txt"))
        }
    )


class Host(http.server.BaseHTTPRequestHandler):
    """Offers a branch as a zip, as GitHub does: everything is below one folder."""

    def do_GET(self):
        """Answer the one address."""
        self.send_response(200 if self.path == "/ada/workbook/archive/refs/heads/main.zip" else 404)
        self.end_headers()
        self.wfile.write(self.server.archive)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def host(course, tmp_path):
    """Serve the released workspace as the branch of a repository; return its :class:`handout.Home`."""
    path = tmp_path / "branch.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("workbook-main/", b"")
        for name, data in release.list_workspace_files(course).items():
            archive.writestr(f"workbook-main/{name}", data)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.archive = path.read_bytes()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield student_notebooks.PublicRepository(f"http://127.0.0.1:{server.server_port}/ada/workbook")
    server.shutdown()
    server.server_close()


def test_lone_notebook_fetches_the_rest_and_runs(course, host, tmp_path):
    """As on Colab: nothing but a kernel and the notebook's cells."""
    folder = tmp_path / "content"
    folder.mkdir()
    book = opened(course, host)
    where = nbformat.v4.new_code_cell("import cs231n_lib; print(cs231n_lib.__file__)")
    book.cells = [*book.cells[2:6], where]  # fetch, setup, the data, the photographs
    NotebookClient(book, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    fetched, _, _, data, place = (c.get("outputs") for c in book.cells)
    assert "You write in cs231n_lib/linear_classifier.py" in fetched[0].text and "download" in fetched[0].text
    assert "astronaut" in data[0].data["text/plain"] and str(folder) in place[0].text
    assert (folder / "cs231n_lib/linear_classifier.py").is_file() and not list(folder.glob("*.ipynb"))
    assert (
        workspace.list_assignments(folder) == []
    )  # so that submit never hands in an untouched notebook instead of theirs


def test_second_fetch_asks_for_nothing_and_overwrites_nothing(course, host, tmp_path):
    """Does fetching a second time ask for nothing and overwrite nothing?"""
    source = opened(course, host).cells[2].source
    run = lambda: subprocess.run([sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True)  # noqa: E731
    (tmp_path / "requirements.txt").write_text("mine\n")
    assert run().returncode == 0
    assert (tmp_path / "requirements.txt").read_text() == "mine\n"
    module = tmp_path / "cs231n_lib/linear_classifier.py"
    module.write_text("# my work\n")
    again = run()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "") and module.read_text() == "# my work\n"


def test_only_missing_packages_are_installed(monkeypatch, capsys):
    """Is only what is missing installed?"""
    asked = []
    monkeypatch.setattr(colab.subprocess, "run", lambda command, check: asked.append(command))
    colab.prepare_colab("01_activations")
    assert asked == [] and "cs231n_lib/activations.py" in capsys.readouterr().out
    monkeypatch.setattr(colab, "list_missing", lambda: ["tqdm"])
    colab.prepare_colab("01_activations")
    (command,) = asked
    assert command[:-1] == [sys.executable, "-m", "pip", "install", "--quiet"]
    assert command[-1] in (ROOT / "requirements.txt").read_text().splitlines() and command[-1].startswith("tqdm>=")


@pytest.mark.parametrize("error", [OSError(138, "no processes"), subprocess.CalledProcessError(1, "pip")])
def test_lone_notebook_starts_where_pip_cannot_be_run(error, monkeypatch, capsys):
    """Where no process can be started, is the missing package named, with what to try, and the start gone on with?"""

    def fail(command, check):
        raise error

    monkeypatch.setattr(colab.subprocess, "run", fail)
    monkeypatch.setattr(colab, "list_missing", lambda: ["tqdm"])
    colab.prepare_colab("01_activations")
    said = capsys.readouterr().out
    assert "%pip install tqdm" in said and "cs231n_lib/activations.py" in said


def test_lone_notebook_needs_a_part_of_what_students_install():
    """Is what a lone notebook needs a part of what students install?"""
    named = {line.partition(">=")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    assert set(colab.NEEDED) <= named and colab.list_missing(("numpy", "not_there")) == ["not_there"]
    assert all(
        student_notebooks.PublicRepository("https://github.com/a/b").format_badges(f"{a}.ipynb").count(a) == 2
        for a in list_topics().values()
    )


def test_explorer_shows_its_controls_with_old_widgets(monkeypatch):
    """Colab has ipywidgets 7, whose widgets display themselves."""
    from cs231n_lib.lab.explorers import base

    shown = []
    monkeypatch.setattr(base, "display", lambda what, **how: shown.append((what, how)))
    old = object()
    base.display_panel(old)
    assert shown == [(old, {})]
