"""Does a search lose nothing when it is stopped, notice a changed space, and draw what it found?"""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from cs231n_lib import hyperparameters
from cs231n_lib.lab import data, search

SPACE = {"learning_rate": ("log", 1e-4, 1.0), "dropout": ("linear", 0.5, 1.0), "hidden": [[8], [4, 4]], "epochs": 2}


def draw(n, seed=0, space=SPACE):
    return search.draw_trials(space, n, np.random.default_rng(seed))


def evaluate(trial):
    return {"val_accuracy": np.float32(trial["dropout"]), "count": np.int64(3)}


class Stops:
    """An evaluation that is interrupted at its n-th call, and counts its calls."""

    def __init__(self, at=None, error=KeyboardInterrupt):
        self.at, self.error, self.calls = at, error, 0

    def __call__(self, trial):
        self.calls += 1
        if self.calls == self.at:
            raise self.error
        return evaluate(trial)


def test_trials_keep_to_the_space_and_longer_lists_continue():
    """Do trials keep to the space and is a longer list the shorter one continued?"""
    trials = draw(200)
    rates = np.array([t["learning_rate"] for t in trials])
    assert rates.min() >= 1e-4 and rates.max() <= 1
    assert abs(np.mean(rates < 1e-2) - 0.5) < 4 * 0.5 / np.sqrt(200)  # the middle of the log range
    assert all(0.5 <= t["dropout"] <= 1 and t["epochs"] == 2 for t in trials)
    assert {tuple(t["hidden"]) for t in trials} == {(8,), (4, 4)}
    assert [t["seed"] for t in trials] == list(range(200))
    assert draw(50) == trials[:50]


def test_unknown_scale_is_refused():
    """Is an unknown scale refused?"""
    with pytest.raises(ValueError, match="linear"):
        draw(1, space={"reg": ("cubic", 0, 1)})


def test_each_trial_is_in_the_file_as_soon_as_it_is_finished(tmp_path):
    """Is each trial in the file as soon as it is finished?"""
    file, lines = tmp_path / "new" / "search.jsonl", []

    def look(trial):
        lines.append(len(file.read_text().splitlines()))
        return evaluate(trial)

    records = search.run_search(draw(4), look, file, progress=False)
    assert lines == [0, 1, 2, 3]
    assert records[2] == {**draw(4)[2], "val_accuracy": pytest.approx(draw(4)[2]["dropout"]), "count": 3}
    assert all(json.loads(line).keys() == {"trial", "result"} for line in file.read_text().splitlines())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interrupted_search_continues_where_it_stopped(tmp_path, capsys, error):
    """Does an interrupted search go on where it stopped?"""
    file, trials = tmp_path / "search.jsonl", draw(6)
    first, second, third = Stops(at=4, error=error), Stops(), Stops()
    if error is KeyboardInterrupt:
        assert len(search.run_search(trials, first, file, progress=False)) == 3
        assert "3 of 6 trials" in capsys.readouterr().out
    else:
        with pytest.raises(ValueError):
            search.run_search(trials, first, file, progress=False)
    records = search.run_search(trials, second, file, progress=False)
    assert second.calls == 3
    assert records == search.run_search(trials, third, file, progress=False) and third.calls == 0
    assert records == search.run_search(trials, evaluate, tmp_path / "in_one_go.jsonl", progress=False)


def test_longer_search_takes_over_existing_trials(tmp_path):
    """Does a longer search take over the trials that are there?"""
    file, more = tmp_path / "search.jsonl", Stops()
    search.run_search(draw(3), evaluate, file, progress=False)
    assert len(search.run_search(draw(5), more, file, progress=False)) == 5 and more.calls == 2
    assert len(search.run_search(draw(2), more, file, progress=False)) == 2 and more.calls == 2


@pytest.mark.parametrize("change", [{"learning_rate": ("log", 1e-3, 1.0)}, {"epochs": 3}, {"reg": 0.1}])
def test_changed_space_is_noticed_before_any_evaluation(tmp_path, change):
    """Is a changed search space noticed before anything is evaluated?"""
    file, other = tmp_path / "search.jsonl", Stops()
    search.run_search(draw(3), evaluate, file, progress=False)
    before = file.read_text()
    with pytest.raises(ValueError, match="delete this one"):
        search.run_search(draw(3, space=SPACE | change), other, file, progress=False)
    assert other.calls == 0 and file.read_text() == before


def test_half_written_last_line_is_dropped_and_done_again(tmp_path):
    """Is a half written last line dropped and done again?"""
    file, again = tmp_path / "search.jsonl", Stops()
    whole = search.run_search(draw(3), evaluate, file, progress=False)
    file.write_text(file.read_text()[:-20])
    assert search.run_search(draw(3), again, file, progress=False) == whole and again.calls == 1
    assert len(search.read_records(file)) == 3


@pytest.mark.parametrize("line", ["not json", "[1, 2]", '{"trial": {}}'])
def test_foreign_file_is_refused_with_its_line(tmp_path, line):
    """Is a foreign file refused with its line?"""
    file = tmp_path / "search.jsonl"
    search.run_search(draw(2), evaluate, file, progress=False)
    file.write_text(file.read_text() + line + "\n")
    with pytest.raises(ValueError, match="line 3"):
        search.run_search(draw(3), evaluate, file, progress=False)


def test_progress_bar_counts_existing_trials_and_writes_to_stdout(tmp_path, capsys):
    """Does the progress bar count what is there and write to stdout?"""
    file = tmp_path / "search.jsonl"
    search.run_search(draw(2), evaluate, file, progress=False)
    search.run_search(draw(4), evaluate, file)
    said = capsys.readouterr()
    assert "4/4" in said.out and said.err == ""


@pytest.fixture(scope="module")
def digits():
    return data.subset(data.prepare(data.load("digits")), train=200, val=50)


TRIAL = {"hidden": [10], "learning_rate": 0.1, "lr_decay": 0.9, "update_rule": "sgd_momentum", "reg": 1e-4,
         "dropout": 1.0, "epochs": 2, "seed": 0}


def test_trial_trains_the_net_it_describes_reproducibly(digits):
    """Does a trial train the net it describes the same way each time?"""
    result = search.train_trial(TRIAL, digits)
    assert result == search.train_trial(TRIAL, digits)
    assert result["steps"] == 4 and result["stopped"] is None and 0 <= result["val_accuracy"] <= 1
    solver = search.train_net(TRIAL, digits)
    assert solver.model.params["W1"].shape == (64, 10)
    assert solver.learning_rate == pytest.approx(0.1 * 0.9**2)


def test_hopeless_trial_is_abandoned_by_the_readers_function(digits, monkeypatch):
    """Is a hopeless trial abandoned by the reader's function?"""
    hopeless = TRIAL | {"learning_rate": 1e3, "epochs": 20}
    assert "stop_when" in search.train_trial(hopeless, digits)["stopped"]
    monkeypatch.setattr(hyperparameters, "should_abandon", lambda losses, factor=3.0: False)
    assert "stop_when" not in str(search.train_trial(hopeless, digits)["stopped"])


def test_interrupt_inside_a_training_is_passed_on(digits, monkeypatch, tmp_path):
    """Is an interrupt inside a training passed on and not taken for a result?"""
    def interrupt(losses, factor=3.0):
        raise KeyboardInterrupt

    monkeypatch.setattr(hyperparameters, "should_abandon", interrupt)
    with pytest.raises(KeyboardInterrupt):
        search.train_trial(TRIAL, digits)
    file = tmp_path / "search.jsonl"
    assert search.run_search([TRIAL], lambda t: search.train_trial(t, digits), file, progress=False) == []
    assert file.read_text() == ""


def only_the_rate_matters(n):
    space = SPACE | {"reg": ("log", 1e-5, 1.0)}
    trials = draw(n, space=space)
    for trial in trials:
        trial["val_accuracy"] = 0.5 - 0.1 * abs(np.log10(trial["learning_rate"]) + 2)  # 0.01 is best
    return SimpleNamespace(trials=trials, space=space)


@pytest.fixture
def records():
    return only_the_rate_matters(40)


def test_best_is_the_highest_and_the_first_of_equals():
    """Is the best the highest and the first of equals?"""
    rows = [{"val_accuracy": v, "seed": i} for i, v in enumerate((0.2, 0.5, 0.5))]
    assert search.best(rows)["seed"] == 1


def test_span_of_the_best_quarter_names_what_matters():
    """Does the span of the best quarter name what matters?"""
    many = only_the_rate_matters(2000)
    spans = search.spans(many.trials, many.space)
    assert set(spans) == {"learning_rate", "dropout", "reg"}
    # The best quarter is the middle quarter of the rates; a quartile of 500 uniform numbers is good to 0.02.
    assert spans == pytest.approx({"learning_rate": 0.125, "dropout": 0.5, "reg": 0.5}, abs=0.1)


def test_scatter_shows_every_trial_and_rings_the_best(records):
    """Does the scatter show every trial on its scales and ring the best?"""
    ax = search.scatter(records.trials, records.space, "learning_rate", "dropout").axes[0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    dots, ring = ax.collections
    assert len(dots.get_offsets()) == 40
    np.testing.assert_allclose(ring.get_offsets()[0][0], search.best(records.trials)["learning_rate"])


def test_parallel_coordinates_have_varying_axes_and_all_trials(records):
    """Have parallel coordinates an axis for all that varies and a line per trial?"""
    ax = search.parallel_coordinates(records.trials, records.space).axes[0]
    names = [label.get_text() for label in ax.get_xticklabels()]
    assert names == ["learning\nrate", "keep\nprobability", "hidden\nunits", "L2", "val\naccuracy"]
    lines = [line for line in ax.lines if len(line.get_xdata()) == 5]
    assert len(lines) == 40
    heights = np.array([line.get_ydata() for line in lines])
    assert heights.min() > -0.05 and heights.max() < 1.05
    assert heights[-1, -1] == pytest.approx(1, abs=1e-6)  # the best one is drawn last, on top


def test_search_goes_on_on_another_computer(tmp_path):
    """Are trials that another processor drew, different in the last digit, recognised and not drawn again?"""
    file, more = tmp_path / "search.jsonl", Stops()
    elsewhere = [t | {"learning_rate": float(np.nextafter(t["learning_rate"], 1))} for t in draw(3)]
    first = search.run_search(elsewhere, evaluate, file, progress=False)
    assert elsewhere != draw(3)
    assert search.run_search(draw(4), more, file, progress=False)[:3] == first and more.calls == 1


@pytest.mark.parametrize("a, b, same", [
    (0.1, 0.1 + 1e-17, True), (1e-5, 1.0000000000000002e-5, True), (0.1, 0.1000001, False), ("relu", "relu", True),
    ([0.1, [0.2]], [0.1, [0.2 * (1 + 1e-15)]], True), ([1], [1, 2], False), ({"a": 0.1}, {"b": 0.1}, False),
    (None, 0.0, False), (3, 4, False),
])
def test_values_of_a_trial_are_the_same_up_to_rounding(a, b, same):
    """Are numbers compared up to rounding, and everything else exactly?"""
    assert search._is_same(a, b) == same
