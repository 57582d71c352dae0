"""Time a training step of the reference ``cs231n_lib`` beside PyTorch's: ``python -m tools.bench_training``.

Both train the same net on the same batches in float32 with the same number of threads: 3072-512-512-512-512-10, batch
normalization, ReLU, dropout, softmax, Adam, batches of 128. Ours runs in ``Solver.train``, as a student's net does;
PyTorch in its usual eager loop. The third time is that of the matrix products alone. (PyTorch leaves out one of them,
the gradient with respect to the images, which nobody needs; a student's ``affine_backward`` computes it for every
layer.) Before anything is timed, both must give the same losses, and ours must stay in float32. PyTorch comes with the
extra ``bench``.
"""

import argparse
import importlib.util
import os
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from unittest.mock import patch

import numpy as np
from tqdm import tqdm

from cs231n_lib.lab import net as net_module
from cs231n_lib.lab import solver as solver_module
from cs231n_lib.lab.blas import set_blas_threads
from cs231n_lib.lab.data import load, prepare
from cs231n_lib.lab.net import FullyConnectedNet
from cs231n_lib.lab.solver import Solver

DIMS, BATCH, KEEP, RATE = (3072, 512, 512, 512, 512, 10), 128, 0.9, 1e-3
TARGET = 1.3  # times PyTorch's step


def load_training_data(batches):
    """Return images for a number of batches, as a dict that :class:`Solver` takes, with one image for validation."""
    data = prepare(load())
    images, labels = data.X_train[:batches * BATCH], data.y_train[:batches * BATCH]
    return {"X_train": images, "y_train": labels, "X_val": images[:1], "y_val": labels[:1]}


def make_net(keep=KEEP, dtype=np.float32):
    """Return our net, the same at every call."""
    return FullyConnectedNet(DIMS[1:-1], DIMS[0], DIMS[-1], normalization="batchnorm", dropout=keep, dtype=dtype,
                             rng=np.random.default_rng(0))


def make_solver(net, data, **settings):
    """Return a solver that trains the net with Adam for one epoch at every call of ``train``."""
    return Solver(net, data, "adam", {"learning_rate": RATE}, batch_size=BATCH, num_epochs=1, num_train_samples=1,
                  restore_best=False, verbose=False, rng=np.random.default_rng(1), **settings)


def make_torch_step(net):
    """Return PyTorch's training step ``step(X, y) -> loss`` for a net that begins with the same parameters."""
    import torch
    from torch import nn

    def affine(i):
        w, b = net.params[f"W{i}"], net.params[f"b{i}"]
        layer = nn.Linear(*w.shape, dtype=getattr(torch, net.dtype.name))
        layer.load_state_dict({"weight": torch.tensor(w.T.copy()), "bias": torch.tensor(b)})
        return layer

    layers = []
    for i in range(1, net.num_layers):
        width = net.params[f"b{i}"].size
        layers += [affine(i), nn.BatchNorm1d(width, dtype=getattr(torch, net.dtype.name)), nn.ReLU()]
        layers += [nn.Dropout(1 - net.dropout)] if net.dropout < 1 else []
    model = nn.Sequential(nn.Flatten(), *layers, affine(net.num_layers))
    optimizer, criterion = torch.optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss()

    def step(X, y):
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(X), y)
        loss.backward()
        optimizer.step()
        return loss.item()  # a loop that draws a curve reads it, as our solver does

    return step


# -- three contestants: functions that train for an epoch and return the seconds of each step -------------------------


def make_library_run(data):
    """Return a function that trains for an epoch in :class:`Solver` and returns the seconds of each step."""
    stamps = []
    solver = make_solver(make_net(), data, on_step=lambda _: stamps.append(time.perf_counter()))

    def run():
        stamps.clear()
        solver.train()
        return np.diff(stamps)  # from the end of a step to the end of the next; the accuracies stay outside

    return run


def make_torch_run(data):
    """Return the same for PyTorch, whose step draws a batch and updates the parameters."""
    import torch
    X, y = torch.from_numpy(data["X_train"]), torch.from_numpy(data["y_train"])
    step = make_torch_step(make_net())

    def run():
        stamps = []
        for _ in range(len(X) // BATCH):
            picked = torch.randint(len(X), (BATCH,))
            step(X[picked], y[picked])
            stamps.append(time.perf_counter())
        return np.diff(stamps)

    return run


def make_product_run(data):
    """Return the same for the matrix products alone: ``x @ w``, ``x.T @ dout`` and ``dout @ w.T`` of each layer."""
    rng, steps = np.random.default_rng(0), len(data["X_train"]) // BATCH
    layers = []
    for d, m in pairwise(DIMS):
        x, w, dout = (rng.standard_normal(shape, dtype=np.float32) for shape in ((BATCH, d), (d, m), (BATCH, m)))
        layers.append([(a, b, a @ b) for a, b in ((x, w), (x.T, dout), (dout, w.T))])

    def run():
        stamps = []
        for _ in range(steps):
            for a, b, out in (product for layer in layers for product in layer):
                np.matmul(a, b, out=out)
            stamps.append(time.perf_counter())
        return np.diff(stamps)

    return run


def time_contestants(contestants, rounds, rng=None):
    """Run every contestant once in each round, in random order.

    Parameters
    ----------
    contestants : dict
        Name -> function that returns the seconds of each step.
    rounds : int
    rng : numpy.random.Generator, optional
        For the order; seeded with 0 by default.

    Returns
    -------
    seconds : dict of str to ndarray of shape (rounds,)
        The fastest step of each round: other processes can only make a step slower.
    """
    rng, fastest = rng or np.random.default_rng(0), {name: [] for name in contestants}
    for number in tqdm(range(-1, rounds), desc="rounds", file=sys.stdout, leave=False):
        for name in rng.permutation(list(contestants)):
            seconds = contestants[name]()[1:]  # in the first step another's threads may still be spinning
            if number >= 0:  # one round to warm up
                fastest[name].append(min(seconds))
    return {name: np.array(seconds) for name, seconds in fastest.items()}


# -- do both compute the same, and in float32? -----------------------------------------------------------------------


@contextmanager
def watch_calls(hook):
    """Call ``hook(name, args, result, seconds)`` after every call of a graded function."""
    call = net_module.call_student

    def watched(module, name, *args, **settings):
        began = time.perf_counter()
        result = call(module, name, *args, **settings)
        hook(name, args, result, time.perf_counter() - began)
        return result

    with patch.object(net_module, "call_student", watched), patch.object(solver_module, "call_student", watched):
        yield


def compute_losses(dtype, steps=4):
    """Return the first losses of our net and of PyTorch's, from the same weights on the same batches, no dropout."""
    import torch
    net, theirs = make_net(keep=1.0, dtype=dtype), []
    step = make_torch_step(net)

    def follow(name, args, result, seconds):
        if name == "sample_batch":
            X, y = result
            theirs.append(step(torch.tensor(X.astype(dtype)), torch.tensor(y)))

    solver = make_solver(net, load_training_data(steps))
    with watch_calls(follow):
        solver.train()
    return np.array(solver.loss_history), np.array(theirs)


def compute_tolerance(dtype):
    """Return the largest relative difference that rounding may make between two such losses.

    The rounding error of an inner product of K terms is at most K units in the last place (half of ``eps``) in any
    order of summation, and the loss depends on one such product in each layer. Later losses inherit the differences of
    earlier steps, which Adam makes larger; so only a few steps are compared, with a bound that the first loss rarely
    comes near to.
    """
    return sum(DIMS[:-1]) * np.finfo(dtype).eps / 2


class Witness(np.ndarray):
    """An array that remembers where in the library a float64 array was made from it, temporaries included."""

    seen = set()

    def __array_finalize__(self, parent):
        frame = sys._getframe(1)
        if self.dtype == np.float64 and self.ndim and "cs231n_lib" in frame.f_code.co_filename:
            Witness.seen.add(f"{frame.f_code.co_name}, line {frame.f_lineno}")


def find_float64_arrays(data):
    """Return the places in a training step of ours that create or return a float64 array; there should be none.

    An array that is not computed from the parameters, such as the random numbers that dropout compares with p, is
    noticed only if a graded function receives or returns it.
    """
    net, handed_on = make_net(), set()
    net.params = {name: w.view(Witness) for name, w in net.params.items()}
    solver = make_solver(net, data)
    Witness.seen.clear()

    def record_float64(name, args, result, seconds):
        if any(a.dtype == np.float64 for a in iter_arrays((args, result))):
            handed_on.add(name)

    with watch_calls(record_float64):
        solver.train()
    return sorted(handed_on | Witness.seen)


def iter_arrays(value):
    """Yield the arrays inside nested tuples, lists and dicts."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict | tuple | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from iter_arrays(item)


def time_functions(data, epochs=3):
    """Return function -> its seconds in a step of ours, in the fastest of some epochs; the rest under one more key."""
    steps, found = len(data["X_train"]) // BATCH, []
    for _ in range(epochs):
        spent, stamps = {}, []
        solver = make_solver(make_net(), data, on_step=lambda _, stamps=stamps: stamps.append(time.perf_counter()))

        def add(name, args, result, seconds, spent=spent, stamps=stamps):
            if 0 < len(stamps) < steps:  # between the end of the first step and that of the last
                spent[name] = spent.get(name, 0) + seconds / (steps - 1)

        with watch_calls(add):
            solver.train()
        rest = (stamps[-1] - stamps[0]) / (steps - 1) - sum(spent.values())
        found.append({**dict(sorted(spent.items(), key=lambda item: -item[1])), "net and solver": rest})
    return min(found, key=lambda spent: sum(spent.values()))


# -- the report -----------------------------------------------------------------------------------------------------


def check_both():
    """Print and return whether both compute the same losses, and ours in float32 only."""
    right = True
    for dtype in (np.float64, np.float32):
        mine, other = compute_losses(dtype)
        apart = np.max(np.abs(mine - other) / other)
        right &= bool(apart <= compute_tolerance(dtype))
        print(f"losses of {len(mine)} steps without dropout, {dtype.__name__}: {mine.round(4).tolist()}, "
              f"PyTorch's within {apart:.1g} (allowed {compute_tolerance(dtype):.1g})")
    places = find_float64_arrays(load_training_data(2))
    print(f"float64 arrays in a step of ours: {', '.join(places) or 'none'}")
    return right and not places


def format_spread(numbers):
    """Return the median and the 10th and 90th percentile of some numbers as text."""
    low, middle, high = np.percentile(numbers, [10, 50, 90])
    return f"{middle:6.2f}  ({low:.2f} to {high:.2f})"


def compare_speed(threads, rounds, data):
    """Time all three, print the table, and return our time as a multiple of PyTorch's.

    Parameters
    ----------
    threads : int
        BLAS threads.
    rounds : int
    data : dict
        From :func:`load_training_data`.
    """
    import torch
    torch.set_num_threads(threads)
    contestants = {"matrix products": make_product_run(data), "PyTorch": make_torch_run(data),
                   "cs231n_lib": make_library_run(data)}
    seconds = time_contestants(contestants, rounds)
    print(f"\n{threads} BLAS thread(s), {rounds} rounds; median (10th to 90th percentile)")
    for name, numbers in seconds.items():
        ratios = format_spread(numbers / seconds["PyTorch"])
        print(f"  {name:22s} ms a step {format_spread(1e3 * numbers)}   times PyTorch {ratios}")
    print("  where our time goes:")
    spent = time_functions(data)
    for name, one in spent.items():
        print(f"    {name:20s} {1e3 * one:6.2f} ms {one / sum(spent.values()):6.1%}")
    return float(np.median(seconds["cs231n_lib"] / seconds["PyTorch"]))


def run_benchmark(rounds=20, threads=(1, 2)):
    """Run the benchmark and print it.

    Parameters
    ----------
    rounds : int, default 20
        Each is six timed steps of each contestant.
    threads : sequence of int, default (1, 2)
        Numbers of BLAS threads to measure with, the same for all.

    Returns
    -------
    code : int
        0 if both compute the same and ours takes at most ``TARGET`` times PyTorch's time with each number of threads, 1
        if not, 2 if PyTorch is not installed.
    """
    if importlib.util.find_spec("torch") is None:
        print("bench_training: PyTorch is missing: `make bench` installs it; without a GPU install its CPU build "
              "before, from https://download.pytorch.org/whl/cpu", file=sys.stderr)
        return 2
    busy = os.getloadavg()[0]
    if busy > os.cpu_count() / 2:
        print(f"load average {busy:.1f} on {os.cpu_count()} cores: other processes are running. With several threads "
              "the numbers below mean little; see the spread")
    right, data, before, worst = check_both(), load_training_data(8), set_blas_threads(1), 0
    try:
        for count in threads:
            set_blas_threads(count)
            worst = max(worst, compare_speed(count, rounds, data))
    finally:
        if before is not None:
            set_blas_threads(before)
    verdict = "within" if worst <= TARGET else "MISSES"
    print(f"\na training step of cs231n_lib takes at most {worst:.2f} times as long as PyTorch's: {verdict} the target "
          f"of {TARGET}")
    return 0 if right and worst <= TARGET else 1


def main(argv=None):
    """Time a training step of the reference library beside PyTorch's."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_training", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="default: 20; each is six timed steps of each")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="numbers of BLAS threads; default: 1 2")
    args = parser.parse_args(argv)
    return run_benchmark(args.rounds, args.threads)


if __name__ == "__main__":
    sys.exit(main())
