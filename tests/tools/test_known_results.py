"""The stored numbers of the visible checks: up to date, small, without code, and no cause of false diagnoses."""

import dataclasses
import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from autograder.release import leak_check
from cs231n_lib.lab.check import judge, recognise
from cs231n_lib.lab.check import known_results as stored
from cs231n_lib.lab.check.cases import FUNCTIONS
from tools import known_results

pytestmark = pytest.mark.long

PRESENT = [f for f in FUNCTIONS.values() if f.topic in list_topics()]
for topic in list_topics():
    mistakes.load_mistakes(topic)


def texts():
    """Return the index of every function."""
    with np.load(stored.RESULTS_FILE, allow_pickle=False) as file:
        return {k.split(".")[0]: file[k].item().decode() for k in file.files if k.endswith(".index")}


def test_committed_file_is_up_to_date():
    """Is known_results.npz what the reference and the mistakes give now?"""
    assert known_results.list_stale_functions() == []


def test_same_bytes_every_time(tmp_path, monkeypatch):
    """Does writing twice give the same bytes?"""
    few = dict(list(FUNCTIONS.items())[:3])
    monkeypatch.setattr(known_results, "FUNCTIONS", few)
    for name in ("a.npz", "b.npz"):
        known_results.write_results(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_missing_or_older_file_is_noticed(tmp_path, monkeypatch):
    """Does --check name the functions whose numbers are missing or not those of today?"""
    few = {name: FUNCTIONS[name] for name in ("affine_forward", "affine_backward")}
    monkeypatch.setattr(known_results, "FUNCTIONS", few)
    path = tmp_path / "prints.npz"
    assert known_results.list_stale_functions(path) == sorted(few)
    members = known_results.build_results()
    members["affine_forward.numbers"] = members["affine_forward.numbers"] + 1e-3
    np.savez_compressed(path, **members)
    assert known_results.list_stale_functions(path) == ["affine_forward"]


def test_rounding_of_another_processor_is_no_difference(tmp_path, monkeypatch):
    """Is a file up to date whose numbers another processor rounded, and which therefore shares other arrays?"""
    monkeypatch.setattr(known_results, "FUNCTIONS", {name: FUNCTIONS[name] for name in ("elu_forward", "pca")})
    members = known_results.build_results()
    for name in ("elu_forward", "pca"):
        numbers = members[f"{name}.numbers"]
        members[f"{name}.numbers"] = numbers * (1 + 1e-13 * np.cos(np.arange(len(numbers))))
    np.savez_compressed(tmp_path / "prints.npz", **members)
    assert known_results.list_stale_functions(tmp_path / "prints.npz") == []


def test_small_and_plain():
    """Is the file small, and does it hold numbers and text in UTF-8 only?"""
    assert stored.RESULTS_FILE.stat().st_size < 300 * 1024
    with np.load(stored.RESULTS_FILE, allow_pickle=False) as file:
        assert {file[k].dtype.kind for k in file.files} == {"S", "f"}


def words(text):
    """Return the words and signs of a text, so that spacing and punctuation around code do not hide it."""
    return " " + " ".join(re.findall(r"\w+|[^\w\s]", text)) + " "


def statements(topic):
    """Return the lines of code that students must not get: solution regions and bodies of known mistakes."""
    module = Path(reference.load(topic).__file__).read_text()
    secret = [words(line) for _, body in leak_check.REGION.findall(module) for line in body.splitlines()]
    wrong = [words(line.split("  #")[0]) for f in PRESENT if f.topic == topic for m in mistakes.mistakes_of(f.name)
             for line in inspect.getsource(m.code).partition("):\n")[2].splitlines()]
    # A sentence may quote the few words that are wrong, but no line that is right.
    return {w for w in secret if len(w.split()) >= 8} | {w for w in wrong if len(w.split()) >= 14}


def test_index_has_no_other_text():
    """Is there no text in the file but exceptions, names of results, and the sentences for readers?"""
    for text in texts().values():
        index = json.loads(text)
        assert set(index) == {"expected", "caches", "mistakes", "effects"}
        assert all(isinstance(i, int) for cases in index["effects"].values() for i in cases)
        assert all(set(m) == {"teaches", "changed", "errors", "parts"} for m in index["mistakes"])


@pytest.mark.parametrize("topic", list_topics())
def test_no_source_code(topic):
    """Does no sentence or number hold a whole line of a solution, or of a mistake's code?

    The leak check of the release cannot look into a compressed file, so it is done here.
    """
    text = " ".join(words(t) for name, t in texts().items() if FUNCTIONS[name].topic == topic)
    assert [line for line in statements(topic) if line in text] == []


ALSO_TRUE = {
    "shuffles_in_place": {"without_replacement"},
    "both_get_everything": {"db_all_of_dout", "dw_all_of_dout", "dx_all_of_dout"},
    "loser_takes_all": {"dx_through_the_other", "returns_dw1_db1_dw2_db2_dx"},
    "unbiased_throughout": {"unbiased_running_var"},
    "deviation_in_both_modes": {"averages_the_deviation"},
    "no_running_averages": {"batch_statistics_at_test", "never_averages"},
    "ignores_the_mode": {"batch_statistics_at_test", "updates_at_test"},
    "returns_dx_dbeta_dgamma": {"dgamma_without_x_hat"},
    "returns_dgamma_dbeta_dx": {"dgamma_without_x_hat"},
    "local_derivatives_only": {"db_without_upstream"},
    "own_margin_not_set_to_0": {"counts_the_own_class", "own_margin_counted"},
    "p_is_probability_of_dropping_throughout": {"p_is_probability_of_dropping", "share_dropped_at_test"},
    "ascending": {"components_not_sorted", "variances_not_sorted"},
    "eps_outside_the_root": {"eps_outside_the_root_at_test", "eps_outside_the_root_in_training"},
    "forgets_eps": {"eps_missing_at_test", "eps_missing_in_training"},
    "divides_by_variance_in_both_modes": {"divides_by_running_variance", "divides_by_variance"},
    "forgets_gamma_and_beta_in_both_modes": {"forgets_gamma_and_beta_at_test", "forgets_gamma_and_beta"},
    "forgets_dout": {"dw_without_dout", "db_without_dout"},
    "eigh_as_it_comes": {"variances_not_sorted"},
    "eigh_as_it_comes_cut_by_rows": {"variances_not_sorted"},
    "pca_in_float64": {"covariance_of_numpy"},  # the same results, where a single feature is taken care of
    "ignores_k": {"all_components", "all_variances"},
    "always_divides_once": {"ignores_tol", "ignores_max_iter"},
    "margins_not_cut_off": {"negative_margins_in_the_gradient"},
}
"""Mistake -> others whose sentences are true of it: most are true of one of its results."""


@pytest.mark.parametrize("function", PRESENT, ids=lambda f: f.name)
def test_unknown_mistake_gets_no_name_that_is_false(function):
    """Is a mistake that is left out of the file reported without a name?

    Each known mistake in turn plays the unknown one: any name it gets is a wrong diagnosis, a few pairs aside.
    """
    module, prints = reference.load(function.topic), stored.load_known_results(function.name)
    all_known = mistakes.mistakes_of(function.name)
    for known in all_known:
        rest = dataclasses.replace(prints, mistakes=[m for m in prints.mistakes if m.teaches != known.teaches])
        wrong = known.applied_to(module)
        seen = [judge.observe_best(function, i, case, wrong, prints) for i, case in enumerate(function.cases)]
        named = recognise.find_known_mistakes(function, seen, rest)
        true = {m.teaches for m in all_known if m.name in ALSO_TRUE.get(known.name, ())}
        assert set(named) <= true, known.name
