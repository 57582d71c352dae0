"""Write ``cs231n_lib/lab/reference_runs.json``: ``python -m tools.reference_runs [--check]``.

It holds how *your net* learns with the reference's functions, one run per notebook: what the logbook draws dashed where
a reader has no run. With ``--check`` nothing is written, and what is stored is compared with new runs. Processors
round differently, and a training makes large differences of small ones; the tolerances are for that.
"""

import argparse
import sys
from dataclasses import replace

import numpy as np

from cs231n_lib.lab import blas, logbook, your_net

LOSS_TOLERANCE, ACCURACY_TOLERANCE = 0.2, 0.2
"""Between OpenBLAS kernels, accuracies after the last step differ by up to 0.13: at this rate one step moves them."""


def make_runs():
    """Return notebook -> run of your net, trained with the functions of this checkout, to few digits."""
    runs = {}
    for chapter in your_net.list_chapters():
        run = round_run(your_net.train_net(chapter.number))
        print(run, flush=True)
        runs[run.notebook] = run
    return runs


def round_run(run):
    """Return a run to the digits that are the same on most machines."""
    return replace(run, losses=[round(loss, 2) for loss in run.losses], train_accuracy=round(run.train_accuracy, 2),
                   val_accuracy=round(run.val_accuracy, 2))


def list_differences(stored, made):
    """Return a sentence for every run that differs from the stored one by more than rounding explains.

    Parameters
    ----------
    stored, made : dict of str to Run
    """
    found = [f"{name} is in one of the two only" for name in sorted(stored.keys() ^ made.keys())]
    for name in sorted(stored.keys() & made.keys()):
        old, new = stored[name], made[name]
        if (old.settings, old.seed, old.every, old.change) != (new.settings, new.seed, new.every, new.change):
            found.append(f"{name} was trained with other settings")
        elif len(old.losses) != len(new.losses):
            found.append(f"{name} has {len(new.losses)} losses, stored are {len(old.losses)}")
        else:
            found += [f"{name}: {what} {b:.2f}, stored is {a:.2f}" for what, a, b, tolerance in (
                ("largest difference of losses", 0.0, measure_distance(old, new), LOSS_TOLERANCE),
                ("validation accuracy", old.val_accuracy, new.val_accuracy, ACCURACY_TOLERANCE),
                ("training accuracy", old.train_accuracy, new.train_accuracy, ACCURACY_TOLERANCE),
            ) if abs(a - b) > tolerance]
    return found


def measure_distance(old, new):
    """Return the largest difference between two curves, each as the mean of four numbers in a row."""
    a, b = (np.convolve(run.losses, np.ones(4) / 4, mode="valid") for run in (old, new))
    return float(np.max(np.abs(a - b)))


def main():
    """Write the runs, or compare them; return the number of differences."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference_runs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare with what is stored")
    options = parser.parse_args()
    blas.set_blas_threads(1)
    runs = make_runs()
    if not options.check:
        logbook.REFERENCE_FILE.write_text(logbook.format_runs(runs), encoding="utf-8")
        return 0
    differences = list_differences(logbook.read_reference_runs(), runs)
    print("".join(f"{line}\n" for line in differences), end="")
    return len(differences)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
