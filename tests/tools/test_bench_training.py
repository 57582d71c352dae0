"""Does the benchmark of a training step compare like with like, and would it notice if it did not?"""

import numpy as np
import pytest

from cs231n_lib import batchnorm, dropout, optimizers
from cs231n_lib.lab.blas import one_blas_thread
from tools import bench_training as bench


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Take smaller layers, and one thread."""
    monkeypatch.setattr(bench, "DIMS", (3072, 64, 48, 10))
    with one_blas_thread():
        yield


@pytest.fixture
def torch():
    """Return PyTorch, with one thread."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: it comes with the extra bench only")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def data():
    """Images for two batches."""
    return bench.load_training_data(2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_both_nets_compute_the_same(dtype, torch):
    """Do the losses of both agree to rounding, and do they fall, so that every step counts?"""
    ours, theirs = bench.compute_losses(dtype)
    np.testing.assert_allclose(ours, theirs, rtol=bench.compute_tolerance(dtype))
    assert len(ours) == 4 and ours[-1] < ours[0]


def test_different_optimizer_is_noticed(monkeypatch, torch):
    """Are the losses of float64 apart if our Adam forgets one of its corrections?"""
    adam = optimizers.adam

    def late(w, dw, config=None):
        return adam(w, dw, {"t": 1, **(config or {})})

    monkeypatch.setattr(optimizers, "adam", late)
    ours, theirs = bench.compute_losses(np.float64, steps=3)
    assert ours[0] == pytest.approx(theirs[0], rel=bench.compute_tolerance(np.float64))
    assert abs(ours[2] - theirs[2]) > 1e3 * bench.compute_tolerance(np.float64) * theirs[2]


def test_reference_stays_in_float32(data):
    """Is no float64 array made from the parameters or handed on in a training step?"""
    assert bench.find_float64_arrays(data) == []


def leaking_adam(w, dw, config=None, right=optimizers.adam):
    """Take Adam's step with a NumPy number for the rate, which is float64."""
    return right(w, dw, {**(config or {}), "learning_rate": np.float64(1e-3)})


def leaking_mask(x, param, right=dropout.dropout_forward):
    """Drop units with a mask in float64."""
    out, (param, mask) = right(x, param)
    return out, (param, np.array(mask, np.float64))


def leaking_statistics(x, gamma, beta, param, right=batchnorm.batchnorm_forward):
    """Keep the running averages in float64."""
    out, cache = right(x, gamma, beta, param)
    param["running_mean"] = np.zeros(x.shape[1])
    return out, cache


@pytest.mark.parametrize("module, name, leaking, place", [
    (optimizers, "adam", leaking_adam, "adam, line"), (dropout, "dropout_forward", leaking_mask, "dropout_forward"),
    (batchnorm, "batchnorm_forward", leaking_statistics, "batchnorm_forward")])
def test_float64_is_found_wherever_it_creeps_in(data, monkeypatch, module, name, leaking, place):
    """Is a float64 temporary, cache or running average found, and its function named?"""
    monkeypatch.setattr(module, name, leaking)
    assert any(found.startswith(place) for found in bench.find_float64_arrays(data))


def test_all_run_in_every_round_in_changing_order():
    """Does each run once a round, after one round to warm up, in more than one order, the first step left out?"""
    calls = []

    def contestant(name, seconds):
        return lambda: calls.append(name) or np.array([99.0, seconds, seconds + 1])

    contestants = {"a": contestant("a", 1.0), "b": contestant("b", 2.0)}
    measured = bench.time_contestants(contestants, 12, np.random.default_rng(0))
    rounds = [tuple(calls[i:i + 2]) for i in range(0, len(calls), 2)]
    assert len(rounds) == 13 and set(rounds) == {("a", "b"), ("b", "a")}
    assert {name: seconds.tolist() for name, seconds in measured.items()} == {"a": [1.0] * 12, "b": [2.0] * 12}


def test_shares_are_those_of_the_functions_that_a_step_calls(data):
    """Is every function of the step listed, and is nothing negative?"""
    spent = bench.time_functions(data, epochs=1)
    assert spent.keys() == {
        "sample_batch", "affine_forward", "affine_backward", "batchnorm_forward", "batchnorm_backward", "relu_forward",
        "relu_backward", "dropout_forward", "dropout_backward", "softmax_loss", "adam", "net and solver"}
    assert min(spent.values()) > 0


def test_products_are_those_of_the_net():
    """Do forward, weight gradient and input gradient of each layer stand in the bare products, none twice?"""
    made = []

    class Spy:
        def __getattr__(self, name):
            return getattr(np, name)

        def matmul(self, a, b, out):
            made.append((*a.shape, b.shape[1]))

    run = bench.make_product_run({"X_train": np.empty(bench.BATCH)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "np", Spy())
        run()
    N, layers = bench.BATCH, [(3072, 64), (64, 48), (48, 10)]
    assert sorted(made) == sorted(p for d, m in layers for p in ((N, d, m), (d, N, m), (N, m, d)))


@pytest.mark.parametrize("ratios, right, code", [((1.1, 1.29), True, 0), ((1.1, 1.31), True, 1), ((1, 1), False, 1)])
def test_verdict_follows_from_the_worst_ratio(ratios, right, code, monkeypatch, capsys):
    """Does the command fail above the target, and where both do not compute the same?"""
    remaining = iter(ratios)
    monkeypatch.setattr(bench.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(bench, "check_both", lambda: right)
    monkeypatch.setattr(bench, "compare_speed", lambda threads, rounds, data: next(remaining))
    assert bench.run_benchmark() == code
    assert f"at most {max(ratios):.2f} times" in capsys.readouterr().out


def test_missing_pytorch_is_one_line_that_says_what_to_do(monkeypatch, capsys):
    """Does the command name the extra, and end with code 2?"""
    monkeypatch.setattr(bench.importlib.util, "find_spec", lambda name: None)
    assert bench.main([]) == 2
    assert capsys.readouterr().err.count("\n") == 1
