"""Does the solver train, keep honest books, and stop well?"""

import sys
import threading
import warnings
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from tqdm import tqdm

import cs231n_lib
from cs231n_lib import linear_classifier
from cs231n_lib.lab.net import FullyConnectedNet
from cs231n_lib.lab.solver import Solver


def make_data(n=20, seed=0):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, 30)), rng.integers(0, 10, n)
    return {"X_train": X, "y_train": y, "X_val": X[: n // 2], "y_val": y[: n // 2]}


def make(data=None, net=None, **settings):
    net = net or FullyConnectedNet([40], input_dim=30, rng=np.random.default_rng(1))
    settings = {"optim_config": {"learning_rate": 0.5}, "batch_size": 10, "num_epochs": 3, "verbose": False,
                "rng": np.random.default_rng(2), **settings}
    return Solver(net, data or make_data(), **settings)


@pytest.mark.parametrize("activation", ["tanh", "relu", "maxout"])
def test_overfits_twenty_examples(activation):
    """Can it learn twenty random examples by heart?"""
    net = FullyConnectedNet([40], input_dim=30, activation=activation, rng=np.random.default_rng(1))
    solver = make(net=net, num_epochs=200)
    solver.train()
    assert solver.train_acc_history[-1] == 1.0 and solver.loss_history[-1] < 0.1 and solver.stopped is None


def test_histories_have_a_loss_per_update_and_an_accuracy_per_epoch():
    """Is there a loss per update, an accuracy per epoch and one before, and is the first loss log C?"""
    solver = make(num_epochs=3)
    solver.train()
    assert len(solver.loss_history) == 3 * 2
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 3 + 1
    assert solver.loss_history[0] == pytest.approx(np.log(10), abs=0.05)
    assert solver.best_val_acc == max(solver.val_acc_history)


def test_training_again_goes_on():
    """Does a second train() add to the histories and epochs?"""
    solver = make(num_epochs=2)
    solver.train()
    solver.train()
    assert solver.epoch == 4 and len(solver.loss_history) == 8 and len(solver.val_acc_history) == 5


def test_same_seed_same_run():
    """Is a run reproduced by its seeds, and changed by another?"""
    a, b, c = make(), make(), make(rng=np.random.default_rng(99))
    for solver in (a, b, c):
        solver.train()
    assert a.loss_history == b.loss_history != c.loss_history


def test_one_update_is_w_minus_lr_dw():
    """Does a step of "sgd" subtract the learning rate times the gradient?"""
    net = FullyConnectedNet([], input_dim=30, dtype=np.float64, rng=np.random.default_rng(1))
    data, before = make_data(), {k: w.copy() for k, w in net.params.items()}
    solver = make(data, net, batch_size=20, num_epochs=1, restore_best=False)
    solver.train()
    Xb, yb = linear_classifier.sample_batch(data["X_train"], data["y_train"], 20, np.random.default_rng(2))
    after, net.params = net.params, before
    _, grads = net.loss(Xb, yb)
    assert all(np.allclose(after[k], before[k] - 0.5 * grads[k], atol=1e-15) for k in before)


def test_learning_rate_decays_once_per_epoch():
    """Is the rate multiplied by lr_decay after each epoch?"""
    rates = []

    def rule(w, dw, config):
        rates.append(config["learning_rate"])
        return w, config

    solver = make(update_rule=rule, optim_config={"learning_rate": 1.0}, lr_decay=0.5, num_epochs=3)
    solver.train()
    assert rates == [1.0] * 8 + [0.5] * 8 + [0.25] * 8     # 2 updates of 4 parameters an epoch


def test_update_rules_come_from_optimizers(monkeypatch):
    """Is a rule looked up by name, with a state per parameter, and is plain SGD there before sgd is?"""
    module = ModuleType("cs231n_lib.optimizers")
    monkeypatch.setitem(sys.modules, "cs231n_lib.optimizers", module)
    monkeypatch.setattr(cs231n_lib, "optimizers", module, raising=False)

    def count(w, dw, config=None):
        config = dict(config or {})
        config["steps"] = config.get("steps", 0) + 1
        return w, config

    def unwritten(w, dw, config=None):
        raise NotImplementedError

    module.count, module.sgd, module.adam = count, unwritten, unwritten
    solver = make(update_rule="count", num_epochs=3)
    solver.train()
    assert {config["steps"] for config in solver.optim_configs.values()} == {6}
    plain = make()
    plain.train()
    assert plain.loss_history[-1] != plain.loss_history[0]
    with pytest.raises(ValueError, match="'adam' .*adam is not written yet.*cs231n_lib/optimizers.py"):
        make(update_rule="adam")
    with pytest.raises(ValueError, match="no function adm"):
        make(update_rule="adm")


def test_best_parameters_are_restored():
    """Is the model left with the best validation accuracy, and with the last update if so asked?"""
    for restore_best in (True, False):
        # Far too high a rate: the run ends worse than it was.
        solver = make(optim_config={"learning_rate": 5.0}, num_epochs=12, restore_best=restore_best)
        solver.train()
        acc = solver.check_accuracy(solver.data.X_val, solver.data.y_val)
        assert acc == (solver.best_val_acc if restore_best else solver.val_acc_history[-1])
    assert solver.val_acc_history[-1] < solver.best_val_acc         # so the two can be told apart


@pytest.mark.filterwarnings("error")
def test_explosion_is_named(capsys):
    """Does a loss that is not finite stop the run, naming the place, with nothing on stderr?"""
    solver = make(optim_config={"learning_rate": 1e6}, num_epochs=50, verbose=True)
    solver.train()
    t = len(solver.loss_history) - 1
    assert not np.isfinite(solver.loss_history[-1]) and np.isfinite(solver.loss_history[:-1]).all()
    assert f"at iteration {t} (epoch {t // 2 + 1})" in solver.stopped
    assert "learning rate 1e+06 is probably too high" in solver.stopped
    assert all(np.isfinite(w).all() for w in solver.model.params.values())
    out, err = capsys.readouterr()
    assert solver.stopped in out and err == ""


def test_nan_before_any_update_does_not_blame_the_learning_rate():
    """Is a first loss of nan blamed on data and weights?"""
    data = make_data()
    data["X_train"] = np.full((20, 30), np.nan)
    solver = make(data)
    solver.train()
    assert len(solver.loss_history) == 1 and "not to blame" in solver.stopped


@pytest.mark.parametrize("stop_at", [1, 4, 5])
def test_interrupt_keeps_everything(stop_at, capsys):
    """Does Ctrl-C end the run without an exception, with the histories and the best parameters kept?"""
    calls = []

    def rule(w, dw, config):
        calls.append(1)
        if len(calls) == stop_at * 4:
            raise KeyboardInterrupt
        return w - 0.5 * dw, config

    solver = make(update_rule=rule, num_epochs=10, verbose=True)
    solver.train()
    assert "interrupted at iteration" in solver.stopped and solver.stopped in capsys.readouterr().out
    assert len(solver.loss_history) == stop_at
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 1 + (stop_at - 1) // 2
    assert all(np.array_equal(solver.model.params[k], w) for k, w in solver.best_params.items())
    solver.update_rule = lambda w, dw, config: (w - 0.1 * dw, config)
    solver.train()
    assert solver.stopped is None


def test_an_interrupt_while_books_are_kept_leaves_them_equal():
    """Are both accuracies written, or neither?"""
    solver = make()
    check, calls = solver.check_accuracy, []

    def interrupted(*args):
        calls.append(1)
        if len(calls) == 4:       # the validation accuracy of the first epoch
            raise KeyboardInterrupt
        return check(*args)

    solver.check_accuracy = interrupted
    solver.train()
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 1


def test_training_with_a_bar_needs_no_thread(monkeypatch, capsys):
    """Is a net trained without a warning, and with its bar, where no thread can be started?"""

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(tqdm, "monitor", None)  # as before the first bar of a process
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make(verbose=True).train()
    assert "6/6" in capsys.readouterr().out


def test_progress_goes_to_stdout(capsys):
    """Is stderr empty (it costs all points in nbgrader), and is all quiet when asked?"""
    make(verbose=True).train()
    out, err = capsys.readouterr()
    assert "6/6" in out and "val" in out and err == ""
    make(verbose=False).train()
    assert capsys.readouterr() == ("", "")


def test_accuracy_is_the_share_of_right_answers():
    """Is the accuracy the share of right answers, whatever the batch size?"""
    model = SimpleNamespace(params={}, loss=lambda X: np.eye(10)[X[:, 0].astype(int)])
    solver = make()
    solver.model = model
    X, y = np.arange(10.0)[:, None], np.array([0, 1, 2, 3, 4, 5, 6, 0, 0, 0])
    for batch_size in (1, 3, 10, 1000):
        assert solver.check_accuracy(X, y, batch_size=batch_size) == 0.7
    assert solver.check_accuracy(X, y, num_samples=5) in {0.4, 0.6, 0.8, 1.0}


def test_data_may_be_a_dict_or_an_object():
    """Do both forms give the same run?"""
    a, b = make(make_data()), make(SimpleNamespace(**make_data()))
    a.train(), b.train()
    assert a.loss_history == b.loss_history


@pytest.mark.parametrize("change, settings, message", [
    ({"y_val": None}, {}, "missing: y_val"), ({}, {"batch_size": 0}, "at least 1"),
    ({"y_train": np.zeros(3, int)}, {}, "20 examples in X_train and 3"),
    ({}, {"rng": 1}, "default_rng"), ({}, {"update_rule": "sgdd"}, "'sgdd'"),
])
def test_bad_arguments_are_explained(change, settings, message):
    """Does a wrong argument get a message that says what is right?"""
    data = {k: v for k, v in {**make_data(), **change}.items() if v is not None}
    with pytest.raises(ValueError, match=message):
        make(data, **settings)


def test_unwritten_sample_batch_is_named(monkeypatch):
    """Is the student told which function the loop misses?"""
    monkeypatch.delattr(linear_classifier, "sample_batch")
    with pytest.raises(NotImplementedError, match="sample_batch"):
        make().train()
