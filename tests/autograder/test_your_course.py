"""Your course in ten minutes: the page's commands, one after the other, from an empty folder to marks in the LMS."""

import csv
import re
import shlex
import shutil
import sys
import zipfile

import pytest

from autograder import __main__ as command
from autograder.course.topics import topic_of
from autograder.reference import ROOT
from tools import example_download

PAGE = ROOT / "docs" / "your_course.md"
LAST, LEFT_OUT = "03_initialization", "02_preprocessing"

pytestmark = [pytest.mark.long,
              pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")]


def list_commands():
    """Return the page's commands, in its order."""
    return re.findall(r"^    python -m autograder (.*)$", PAGE.read_text(encoding="utf-8"), re.M)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run the page's commands in an empty folder; return the folder, and command -> (exit code, what it printed)."""
    folder, said = tmp_path_factory.mktemp("mine"), {}
    example_download.write_download(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in list_commands():
            patch.setattr(sys, "argv", ["autograder", *shlex.split(line)])
            with open("said.txt", "w", encoding="utf-8") as file, pytest.MonkeyPatch.context() as printed:
                printed.setattr(sys, "stdout", file)
                printed.setattr(sys, "stderr", file)
                code = command.main()
            said[line.split()[0] + (" --feedback" if "--feedback" in line else "")] = (code, open("said.txt").read())
    return folder, said


def test_every_command_of_the_page_ends_well(run):
    """Does each command of the page end with code 0, from an empty folder on?"""
    _, said = run
    assert list(said) == ["init", "release", "collect", "grade", "explain", "report", "export", "export --feedback"]
    assert {name: text for name, (code, text) in said.items() if code} == {}


def test_release_has_the_notebooks_of_the_course_and_what_they_need(run):
    """Are three notebooks in the workspace, and what the third may need of the one left out?"""
    folder, said = run
    workspace = folder / "build" / "workspace"
    assert [path.name[:2] for path in sorted(workspace.glob("*.ipynb"))] == ["00", "01", "03"]
    modules = {a: (workspace / "cs231n_lib" / f"{topic_of(a)}.py").read_text() for a in (LEFT_OUT, LAST)}
    assert "NotImplementedError" not in modules[LEFT_OUT] and "NotImplementedError" in modules[LAST]
    readme = (workspace / "README.md").read_text()
    assert readme.startswith("# Deep learning\n") and LAST in readme and LEFT_OUT not in readme
    assert f"handed out solved (course.toml): {LEFT_OUT}" in said["release"][1]
    assert "00_linear_classifier: Sat 24 Oct 2026, 23:59 CEST" in said["release"][1]


def test_solved_submission_of_the_last_notebook_gets_its_marks(run):
    """Does Ada lose nothing but written answers, and does the table have the columns of the course?"""
    folder, said = run
    with open(folder / "grades" / "summary.csv", newline="") as file:
        scores = {line["student"]: (float(line["score"]), line["assignment"]) for line in csv.DictReader(file)}
    assert scores == {"ada": (13.5, LAST), "gus": (12.65, LAST)}
    head = next(line for line in said["grade"][1].splitlines() if line.startswith("student"))
    assert head.split() == ["student", "00", "01", "03", "total"]


def test_pages_and_table_go_back(run):
    """Are the marks in Canvas's own table, and is the course's title on each page?"""
    folder, _ = run
    filled = (folder / "filled.csv").read_text()
    assert '"Lovelace, Ada",20453,,ada,1,13.5' in filled and '"Garcia, Gus",20451,,gus,1,12.65' in filled
    with zipfile.ZipFile(folder / "feedback.zip") as archive:
        assert len(archive.namelist()) == 2
    for page in ("grades/feedback/ada.html", "grades/report.html"):
        assert "Deep learning" in (folder / page).read_text()
