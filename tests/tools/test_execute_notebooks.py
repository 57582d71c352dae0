"""Running notebooks: does one of the new form meet an empty and a full logbook, and is every failure counted?"""

import nbformat
import nbformat.v4 as v4
import pytest

from tools import execute_notebooks

READ = "import json, pathlib\nruns = json.loads(pathlib.Path('logbook.json').read_text())['runs']\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a notebook of some form with one cell into a checkout of its own."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(execute_notebooks, "ROOT", tmp_path)

    def write(source, form=2):
        notebook = v4.new_notebook(cells=[v4.new_code_cell(source)], metadata={"cs231n": {"form": form}})
        nbformat.write(notebook, tmp_path / "notebooks/03_initialization.ipynb")
        return tmp_path / "notebooks/03_initialization.ipynb"

    return write


def test_a_notebook_of_form_2_runs_with_an_empty_and_with_a_full_logbook(write, tmp_path, capsys):
    """Is a notebook that fails only if other notebooks were done before counted, and the first run kept?"""
    write(READ + "print(len(runs))\nassert not runs")
    assert execute_notebooks.run_notebooks(["03_initialization"], tmp_path / "kept", timed=False) == 1
    first, second = [line for line in capsys.readouterr().out.splitlines() if line.startswith("03_")]
    assert "ok empty logbook" in first and "FAILED full logbook" in second
    kept = nbformat.read(tmp_path / "kept/03_initialization.ipynb", as_version=4)
    assert kept.cells[0].outputs[0].text == "0\n"


def test_each_run_has_a_folder_of_its_own(write):
    """Is nothing that the first run leaves there when the second one begins?"""
    folders = []
    for folder, _ in execute_notebooks.list_workspaces(write("")):
        assert [p.name for p in execute_notebooks.Path(folder).iterdir()] == ["logbook.json"]
        (execute_notebooks.Path(folder) / "rest").touch()
        folders.append(folder)
    assert len(set(folders)) == 2 and not any(execute_notebooks.Path(folder).exists() for folder in folders)


def test_once_is_with_a_full_logbook(write):
    """Does a notebook run once where the same result twice would tell nothing, and as it runs late in the course?"""
    assert [words for _, words in execute_notebooks.list_workspaces(write(""), once=True)] == ["full logbook"]


def test_a_notebook_of_form_1_runs_once_where_it_is_told(write, tmp_path):
    """Do the old notebooks run as before?"""
    assert list(execute_notebooks.list_workspaces(write("", form=1), tmp_path)) == [(tmp_path, "")]
