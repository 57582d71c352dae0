"""The logbook of your net: is every run kept, drawn and labelled, and is a damaged file neither lost nor fatal?"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.lab import logbook, your_net
from cs231n_lib.lab.your_net import Run


def make_run(notebook="03_initialization", losses=(2.3, 1.5), accuracy=0.5, **changes):
    run = Run(notebook, "He's weights", {"rate": 0.05, "init": "he"}, 0, list(losses), accuracy, accuracy)
    return replace(run, **changes)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a workspace that the logbook is kept in."""
    (tmp_path / "cs231n_lib").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logbook, "_unkept", {})
    return tmp_path


@pytest.fixture
def shown(monkeypatch):
    """Return a list that gathers what a page shows: (figure, alternative text), then the table's text."""
    found = []
    monkeypatch.setattr(logbook.plots, "show", lambda fig, alt: found.append((fig, alt)))
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: found.append(bundle))
    return found


def lines_of(fig):
    """Return (style, color) of the runs' lines in a figure."""
    return [(line.get_linestyle(), line.get_color()) for line in fig.axes[0].lines if len(line.get_xdata()) > 2]


def test_a_run_is_read_back_as_it_was_written(folder):
    """Is a run that was kept the same when it is read again?"""
    run = logbook.keep_run(make_run())
    assert logbook.read_runs() == {"03_initialization": run}
    assert sorted(p.name for p in folder.iterdir()) == ["cs231n_lib", "logbook.json"]


def test_a_second_run_of_a_notebook_replaces_the_first(folder):
    """Does running a cell again replace its entry and no other?"""
    first = logbook.keep_run(make_run("01_activations"))
    logbook.keep_run(make_run(accuracy=0.4))
    second = logbook.keep_run(make_run(accuracy=0.5))
    assert logbook.read_runs() == {"01_activations": first, "03_initialization": second}


def test_a_run_that_diverged_is_kept(folder):
    """Is a curve that ends in NaN valid JSON, and still one afterwards?"""
    logbook.record("09_evaluation", "a mad rate", {"rate": 1e3}, [2.3] * 10 + [float("inf")] * 10, (0.1, 0.1))
    json.loads((folder / "logbook.json").read_text(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert np.allclose(logbook.read_runs()["09_evaluation"].losses, [2.3, np.nan], equal_nan=True)


def test_settings_of_a_recorded_run_may_hold_functions_and_arrays(folder):
    """Are functions kept by their name, arrays as lists, and anything else as text?"""
    settings = {"init": make_run, "rates": np.array([0.1, 0.2]), "seed": np.int64(3), "rng": np.random.default_rng(0)}
    logbook.record("08_hyperparameters", "searched", settings, [1.0], (0.5, 0.5))
    kept = logbook.read_runs()["08_hyperparameters"].settings
    assert kept["init"] == "make_run" and kept["rates"] == [0.1, 0.2] and kept["seed"] == 3
    assert kept["rng"].startswith("Generator")


@pytest.mark.parametrize("losses, accuracies", [([], (0.5, 0.5)), ([1.0], (50, 50)), ([1.0], (0.5, float("nan")))])
def test_a_recorded_run_without_losses_or_with_per_cents_is_refused(folder, losses, accuracies):
    """Is what could not be drawn refused before it is in the file?"""
    with pytest.raises(ValueError, match="expected"):
        logbook.record("07_babysitting", "rate", {}, losses, accuracies)
    assert not (folder / "logbook.json").exists()


BROKEN = ["", "{", "[]", "null", '{"runs": 3}', '{"runs": {"03_initialization": {"change": "x"}}}',
          '{"runs": {"03_initialization": 7}}', "[" * 100_000]


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:20])
def test_a_damaged_logbook_is_kept_under_another_name(folder, capsys, text):
    """Is a damaged file said to be so and kept, and can the reader go on?"""
    (folder / "logbook.json").write_text(text)
    assert logbook.read_runs() == {}
    assert "logbook.json was damaged. It is kept as logbook.damaged-1.json" in capsys.readouterr().out
    assert (folder / "logbook.damaged-1.json").read_text() == text
    run = logbook.keep_run(make_run())
    assert logbook.read_runs() == {"03_initialization": run} and capsys.readouterr().out == ""


def test_text_that_is_no_unicode_is_kept_under_another_name(folder, capsys):
    """Is a file of other bytes treated like any damaged one?"""
    (folder / "logbook.json").write_bytes(b"\xff\xfe\x00")
    assert logbook.read_runs() == {}
    assert (folder / "logbook.damaged-1.json").read_bytes() == b"\xff\xfe\x00" and "damaged" in capsys.readouterr().out


def test_runs_that_can_be_read_stay_when_another_is_damaged(folder, capsys):
    """Do the good entries of a damaged file stay in the logbook, and does no earlier damaged file disappear?"""
    good = make_run("01_activations")
    entries = json.loads(logbook.format_runs({"01_activations": good}))
    entries["runs"]["03_initialization"] = {**entries["runs"]["01_activations"], "losses": "flat"}
    (folder / "logbook.damaged-1.json").write_text("earlier")
    (folder / "logbook.json").write_text(json.dumps(entries))
    assert logbook.read_runs() == {"01_activations": good}
    assert "1 of its runs could be read" in capsys.readouterr().out
    assert logbook.read_runs() == {"01_activations": good} and capsys.readouterr().out == ""
    assert (folder / "logbook.damaged-1.json").read_text() == "earlier" and (folder / "logbook.damaged-2.json").exists()


def test_a_write_that_fails_leaves_the_old_file(folder, monkeypatch, capsys):
    """Is the old logbook whole after a full disk, and the new run shown all the same?"""
    old = logbook.keep_run(make_run("01_activations"))

    def fail(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    new = logbook.keep_run(make_run())
    assert "not kept in logbook.json: it could not be written (No space left on device)" in capsys.readouterr().out
    assert logbook.read_runs() == {"01_activations": old, "03_initialization": new}
    monkeypatch.undo()
    assert "He's" in (folder / "logbook.json").read_text() and not list(folder.glob("*.part"))


def test_without_a_workspace_runs_are_shown_and_not_kept(tmp_path, monkeypatch, capsys, shown):
    """Does the page work in the book, where there is no workspace, without leaving a file?"""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logbook, "_unkept", {})
    logbook.keep_run(make_run())
    logbook.page("03")
    assert "does not run in a workspace" in capsys.readouterr().out
    assert not list(tmp_path.iterdir()) and len(shown) == 2


def test_own_runs_are_solid_and_the_references_dashed_and_labelled(folder, shown):
    """Does a page show the newest run in color, the earlier ones grey, and what the reader has not made dashed?"""
    logbook.keep_run(make_run("01_activations", [2.3, 2.3, 2.3], change="ReLU"))
    logbook.keep_run(make_run(losses=[2.3, 1.5, 1.2]))
    logbook.page()
    (fig, alt), table = shown
    vermillion, grey = logbook.plots.VERMILLION, logbook.plots.GREY
    assert lines_of(fig) == [("--", grey), ("-", grey), ("--", grey), ("-", vermillion)]
    names = [text.get_text() for text in fig.axes[0].texts]
    assert "00, 02 (reference)" in names and "01 ReLU" in names and "03 He's weights" in names
    assert "03 He's weights goes from 2.30 to 1.20" in alt
    assert table["text/plain"].count("the reference\n") == 2 and table["text/html"].count("<td>you</td>") == 2


def test_lines_that_lie_on_each_other_share_a_name():
    """Is a bundle of equal lines named once, apart from other lines and from those of another maker?"""
    flat = [make_run(name, [2.3, 2.31, 2.3]) for name in ("00_x", "01_x", "02_x")]
    steep, newest = make_run("04_x", [2.3, 1.5, 1.2], change="batch norm"), make_run("05_x", [2.3, 2.3, 2.3])
    runs = [*flat, steep, newest]
    own = {run.notebook: run for run in runs}
    assert name_lines(runs, own) == ["00, 01, 02", "04 batch norm", "05 He's weights"]
    del own["00_x"]
    assert name_lines(runs, own) == ["00 He's weights (reference)", "01, 02", "04 batch norm", "05 He's weights"]


def name_lines(runs, own):
    """Return the names in the picture of a page, in the order of the runs."""
    ax = logbook.draw_page(runs, own).axes[0]
    return sorted(text.get_text() for text in ax.texts if text.get_text()[0] == "0")


def test_a_page_stops_at_its_notebook(folder, shown):
    """Does the page of notebook 01 show none of what comes later, so that it spoils nothing?"""
    logbook.keep_run(make_run())
    logbook.page("01_activations")
    (fig, _), table = shown
    assert len(lines_of(fig)) == 2 and "He's" not in table["text/plain"]


def test_a_page_without_any_run_is_the_references(folder, shown):
    """Can the first screen of notebook 00 show your net before the reader has written anything?"""
    logbook.page("00")
    assert lines_of(shown[0][0]) == [("--", logbook.plots.VERMILLION)]


def test_a_page_of_a_notebook_without_a_run_says_so(folder):
    """Is there a clear error if the notebook has trained nothing yet?"""
    with pytest.raises(ValueError, match="no run of notebook 09"):
        logbook.page("09")


def test_a_run_that_explodes_does_not_hide_the_others(folder, shown):
    """Does the loss axis stay legible if one curve goes to a million?"""
    logbook.keep_run(make_run(losses=[2.3, 1e6, float("nan")]))
    logbook.page("03")
    assert shown[0][0].axes[0].get_ylim() == (0, 6)


def test_notebooks_that_are_not_in_the_story_are_named(monkeypatch):
    """Does the page say whose curves are the reference's: those of notebooks without a run, and those not yet made?"""
    runs = [make_run(notebook) for notebook in ("00_linear_classifier", "01_activations", "03_initialization")]
    monkeypatch.setattr(logbook, "TOLD", ("03",))
    own = {runs[-1].notebook: runs[-1]}
    assert logbook.describe_absent(runs, own) == ("Notebooks 00 and 01 do not train your net: their curves are the "
                                                  "reference's.")
    monkeypatch.setattr(logbook, "TOLD", ("00", "03"))
    assert logbook.describe_absent(runs, own) == (
        "Notebook 01 does not train your net: its curve is the reference's. You have not trained your net in "
        "notebook 00: its curve is the reference's until you do.")
    monkeypatch.setattr(logbook, "TOLD", ("00", "01", "03"))
    assert logbook.describe_absent(runs, own) == (
        "You have not trained your net in notebooks 00 and 01: their curves are the reference's until you do.")
    monkeypatch.setattr(logbook, "TOLD", ())
    assert logbook.describe_absent(runs, {run.notebook: run for run in runs}) == ""


def test_line_of_guessing_ends_where_the_curves_end():
    """Does the dotted line leave the names of the curves alone, which stand to the right of their ends?"""
    runs = [make_run(notebook) for notebook in ("00_linear_classifier", "01_activations")]
    ax = logbook.draw_page(runs, {}).axes[0]
    (start, end), = (segment[:, 0] for lines in ax.collections for segment in lines.get_segments())
    assert start == 0 and end == max(line.get_xdata()[-1] for line in ax.lines)


def test_text_of_the_table_has_columns():
    """Do the columns stand below each other, and have all accuracies of one column the same digits, none false?"""
    run = make_run(accuracy=0.512)
    rows = [logbook.list_cells(run, {}), logbook.list_cells(run, {run.notebook: run})]
    assert [row[4] for row in rows] == ["51 %", "51 %"]
    first, second = logbook.format_rows(rows).splitlines()
    assert first.index("the reference") == second.index("you")


def test_shipped_runs_tell_the_story():
    """Do three repairs change nothing, does the fourth wake the net, and is dropout worse here?"""
    runs = {name[:2]: run for name, run in logbook.read_reference_runs().items()}
    assert all(abs(runs[number].val_accuracy - 0.1) < 0.02 for number in ("00", "01", "02"))
    assert all(abs(runs[number].losses[-1] - np.log(10)) < 0.02 for number in ("00", "01", "02"))
    assert runs["03"].val_accuracy > 0.4 and runs["04"].losses[-1] < runs["03"].losses[-1]
    assert runs["05"].losses[-1] > 1.2 * runs["04"].losses[-1] and runs["06"].val_accuracy > runs["05"].val_accuracy


def test_shipped_runs_belong_to_the_settings_of_today():
    """Was each reference run trained with the settings that its chapter has now?"""
    chapters = {c.notebook: (c.change, c.settings) for c in your_net.list_chapters()}
    assert {name: (run.change, run.settings) for name, run in logbook.read_reference_runs().items()} == chapters
