"""The training loop: sample a batch, run forward and backward, update, and record losses and accuracies."""

import copy
import time
from types import SimpleNamespace

import numpy as np

from cs231n_lib.lab.net import call_student
from cs231n_lib.lab.progress_bar import ProgressBar


def sgd(w, dw, config):
    """Take one plain step against the gradient: what "sgd" means until ``optimizers.sgd`` is written.

    Parameters
    ----------
    w, dw : ndarrays of one shape
    config : dict
        ``learning_rate``.

    Returns
    -------
    next_w, config : ndarray, dict
    """
    step = config["learning_rate"] * dw
    return np.subtract(w, step), config


def find_update_rule(rule):
    """Find the update rule ``f(w, dw, config) -> (next_w, config)``.

    Parameters
    ----------
    rule : str or callable
        The name of a function in ``cs231n_lib/optimizers.py``, or any function of that form.

    Returns
    -------
    rule : callable

    Raises
    ------
    ValueError
        If there is no such function, or it is not written yet.
    """
    if callable(rule):
        return rule
    try:
        call_student("optimizers", rule, np.zeros(1), np.zeros(1), returns="next_w, config")
    except (ModuleNotFoundError, NotImplementedError) as error:
        if rule == "sgd":
            return sgd
        raise ValueError(f"expected update_rule to be 'sgd', the name of a function that you have written in "
                         f"cs231n_lib/optimizers.py, or a function; got {rule!r} ({error})") from None
    return lambda w, dw, config: call_student("optimizers", rule, w, dw, config, returns="next_w, config")


class Solver:
    """Train a model by mini-batch gradient descent, as CS231n's ``Solver`` does.

    Parameters
    ----------
    model : object
        Has a dict ``params``, and ``loss(X)`` that returns scores, ``loss(X, y)`` that returns (loss, grads).
    data : object or dict
        Holds ``X_train``, ``y_train``, ``X_val``, ``y_val``, as ``lab.data.prepare`` returns them.
    update_rule : str or callable, default "sgd"
        See :func:`find_update_rule`.
    optim_config : dict, optional
        Settings of the update rule. ``learning_rate`` is 0.01 unless given.
    lr_decay : float, default 1.0
        The learning rate is multiplied by it after each epoch.
    schedule : callable, optional
        ``schedule(step, epoch) -> learning rate``, called before each update. ``step`` counts updates from 0,
        ``epoch`` is a float: 1.5 is halfway through the second. It takes the place of ``lr_decay``.
    frozen : collection of str, default ()
        Names of parameters that stay as they are: ``("W1", "b1")`` trains what comes after the first layer.
    on_step : callable, optional
        ``on_step(solver)``, called after each update: to record something of your own.
    stop_when : callable, optional
        ``stop_when(losses) -> bool``, called with ``loss_history`` before each update; True ends the training.
    max_seconds : float, optional
        Ends the training when this much time has passed, at the next batch.
    batch_size : int, default 100
    num_epochs : int, default 10
        An epoch is as many batches as it takes to draw N examples. They are drawn with replacement, so one
        epoch does not see every example.
    num_train_samples : int, default 1000
        How many training examples, drawn anew each epoch, estimate the training accuracy.
    restore_best : bool, default True
        Leave the model with the parameters of the best validation accuracy. False leaves it as the last
        update left it, to look at what training has done to it.
    verbose : bool, default True
        Show a progress bar, on stdout.
    rng : numpy.random.Generator
        Draws the batches: the same seed and the same model give the same run.

    Attributes
    ----------
    loss_history : list of float
        The loss on each batch. Entry t was computed after t updates, so number 0 is the initial loss.
    train_acc_history, val_acc_history : list of float
        Accuracy in 0..1. Entry e was computed after e epochs, so number 0 is an untrained model.
    step, epoch : int
        Updates and whole epochs so far.
    best_val_acc, best_params : float, dict
    stopped : str or None
        Why training ended early, in a sentence; None if it did not.

    Raises
    ------
    ValueError
        If the data, the update rule or a number cannot be used; the message says what can.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> solver = Solver(net, data, optim_config={"learning_rate": 0.1}, rng=rng)    # doctest: +SKIP
    >>> solver.train()                                                              # doctest: +SKIP
    """

    def __init__(self, model, data, update_rule="sgd", optim_config=None, *, lr_decay=1.0, schedule=None, frozen=(),
                 on_step=None, stop_when=None, max_seconds=None, batch_size=100, num_epochs=10,
                 num_train_samples=1000, restore_best=True, verbose=True, rng):
        data = SimpleNamespace(**data) if isinstance(data, dict) else data
        missing = [name for name in ("X_train", "y_train", "X_val", "y_val") if not hasattr(data, name)]
        if missing:
            raise ValueError("expected data with X_train, y_train, X_val, y_val; "
                             f"missing: {', '.join(missing)}")
        for part in ("train", "val"):
            n, labels = len(getattr(data, f"X_{part}")), len(getattr(data, f"y_{part}"))
            if n == 0 or n != labels:
                raise ValueError(f"expected one label per example, got {n} examples in X_{part} and "
                                 f"{labels} labels in y_{part}")
        if batch_size < 1 or num_epochs < 1:
            raise ValueError("expected batch_size and num_epochs of at least 1, "
                             f"got {batch_size} and {num_epochs}")
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"expected rng=np.random.default_rng(seed), got {rng!r}")
        self.model, self.data, self.rng = model, data, rng
        unknown = sorted(set(frozen) - set(model.params))
        if unknown:
            raise ValueError(f"expected frozen to name parameters ({', '.join(model.params)}), "
                             f"got {', '.join(unknown)}")
        self.schedule, self.frozen, self.on_step = schedule, frozenset(frozen), on_step
        self.stop_when, self.max_seconds = stop_when, max_seconds
        self.update_rule = find_update_rule(update_rule)
        self.lr_decay, self.batch_size, self.num_epochs = lr_decay, int(batch_size), int(num_epochs)
        self.num_train_samples, self.restore_best, self.verbose = num_train_samples, restore_best, verbose
        config = {"learning_rate": 0.01, **(optim_config or {})}
        # Each parameter has its own: momentum and its kin keep a state per weight.
        self.optim_configs = {name: dict(config) for name in model.params}
        self.learning_rate = config["learning_rate"]

        self.step, self.epoch, self.best_val_acc, self.best_params, self.stopped = 0, 0, -1.0, {}, None
        self._best_norm_params = None
        self.loss_history, self.train_acc_history, self.val_acc_history = [], [], []

    def train(self):
        """Train for ``num_epochs``; a second call trains for as many more.

        Ctrl-C (in a notebook: the stop button), a loss that is not finite, ``stop_when`` and ``max_seconds`` all end
        the training early. None of them raises: ``stopped`` has the reason, and the histories and the best parameters
        are kept.
        """
        self.stopped, self._began = None, time.monotonic()
        per_epoch = max(len(self.data.X_train) // self.batch_size, 1)
        bar = ProgressBar(total=self.num_epochs * per_epoch, disable=not self.verbose, unit="batch")
        try:
            # A diverging run overflows. One sentence about the loss replaces ten warnings of NumPy.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"), bar:
                if not self.val_acc_history:
                    self._keep_books()
                for _ in range(self.num_epochs):
                    self._train_epoch(per_epoch, bar)
                    if self.stopped:
                        break
                    self.epoch += 1
                    self._keep_books()
                    self._set_learning_rate(self.learning_rate * self.lr_decay)
        except KeyboardInterrupt:
            self.stopped = (f"interrupted at iteration {len(self.loss_history)} (epoch {self.epoch + 1}): "
                            "the histories and the best parameters so far are kept")
        if self.stopped and self.verbose:
            print(self.stopped)
        if self.restore_best and self.best_params:
            self.model.params.update({name: w.copy() for name, w in self.best_params.items()})
            if self._best_norm_params is not None:  # the running averages belong to the parameters
                self.model.norm_params = copy.deepcopy(self._best_norm_params)

    def _set_learning_rate(self, rate):
        self.learning_rate = float(rate)  # a NumPy scalar would make float32 parameters float64
        for config in self.optim_configs.values():
            config["learning_rate"] = self.learning_rate

    def _train_epoch(self, iterations, bar):
        for i in range(iterations):
            if self.schedule:
                self._set_learning_rate(self.schedule(self.step, self.epoch + i / iterations))
            Xb, yb = call_student("linear_classifier", "sample_batch", self.data.X_train, self.data.y_train,
                                  self.batch_size, self.rng, returns="Xb, yb")
            loss, grads = self.model.loss(Xb, yb)
            self.loss_history.append(loss)
            self.stopped = self._reason_to_stop(loss)
            if self.stopped:
                return
            for name, dw in grads.items():
                if name not in self.frozen:
                    w, config = self.update_rule(self.model.params[name], dw, self.optim_configs[name])
                    self.model.params[name], self.optim_configs[name] = w, config
            self.step += 1
            if self.on_step:
                self.on_step(self)
            val = f", val {self.val_acc_history[-1]:.1%}"
            bar.set_postfix_str(f"epoch {self.epoch + 1}, loss {loss:.4g}{val}", refresh=False)
            bar.update()

    def _reason_to_stop(self, loss):
        if not np.isfinite(loss):
            return self._name_non_finite(loss)
        if self.stop_when and self.stop_when(self.loss_history):
            return f"stopped by stop_when at iteration {self.step} (epoch {self.epoch + 1}), loss {loss:.4g}"
        if self.max_seconds is not None and time.monotonic() - self._began > self.max_seconds:
            return f"stopped after {self.max_seconds:g} s, at iteration {self.step} (epoch {self.epoch + 1})"
        return None

    def _name_non_finite(self, loss):
        iteration = len(self.loss_history) - 1
        if iteration == 0:
            return (f"the first loss is {loss}, before any update, so the learning rate is not to blame: "
                    "look for huge or nan values in X_train and in the initial weights, and check your loss function")
        return (f"loss became {loss} at iteration {iteration} (epoch {self.epoch + 1}): "
                f"learning rate {self.learning_rate:g} is probably too high")

    def _keep_books(self):
        d = self.data
        # Both first, then the histories: an interrupt between the two must not leave them unequal.
        train = self.check_accuracy(d.X_train, d.y_train, self.num_train_samples)
        val = self.check_accuracy(d.X_val, d.y_val)
        self.train_acc_history.append(train)
        self.val_acc_history.append(val)
        if self.val_acc_history[-1] > self.best_val_acc:
            self.best_val_acc = self.val_acc_history[-1]
            self.best_params = {name: w.copy() for name, w in self.model.params.items()}
            self._best_norm_params = copy.deepcopy(getattr(self.model, "norm_params", None))

    def check_accuracy(self, X, y, num_samples=None, batch_size=1000):
        """Compute the share of examples whose highest score is the right class.

        Parameters
        ----------
        X : ndarray of shape (N, ...)
        y : ndarray of int, shape (N,)
        num_samples : int, optional
            If N is larger, judge by this many examples, drawn without replacement.
        batch_size : int, default 1000
            Examples per forward pass: it bounds the memory and does not change the result.

        Returns
        -------
        accuracy : float in 0..1
        """
        if num_samples is not None and num_samples < len(X):
            picked = self.rng.choice(len(X), size=num_samples, replace=False)
            X, y = X[picked], y[picked]
        right = 0
        for start in range(0, len(X), batch_size):
            scores = self.model.loss(X[start:start + batch_size])
            right += int(np.sum(scores.argmax(axis=1) == y[start:start + batch_size]))
        return right / len(X)
