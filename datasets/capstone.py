"""The model solution of notebook 09's capstone: print the answers for the held-out images, and what they are worth.

    python datasets/capstone.py            # under a minute; prints the string for the notebook's answer cell

Two nets on 16x16 images: batch normalization, dropout, Adam with a cosine, and training images that are mirrored and
shifted by up to two pixels; their probabilities are averaged. Students do not get this file.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.hidden_tests import CAPSTONE_THRESHOLDS, HELDOUT, grade_capstone  # noqa: E402
from cs231n_lib.evaluation import ensemble_probabilities  # noqa: E402
from cs231n_lib.lab.blas import one_blas_thread  # noqa: E402
from cs231n_lib.lab.data import load, load_heldout, prepare, prepare_like  # noqa: E402
from cs231n_lib.lab.net import FullyConnectedNet  # noqa: E402
from cs231n_lib.lab.solver import Solver  # noqa: E402
from cs231n_lib.optimizers import cosine_decay  # noqa: E402

SECONDS, MEMBERS, EPOCHS, RATE = 60, 2, 8, 1e-3
SHIFTS = ((0, 0), (0, 2), (0, -2), (2, 0), (-2, 0))  # pixels down and right, of the full-size image


def shrink(X):
    """Average 2x2 pixels: (N, 32, 32, 3) to (N, 16, 16, 3)."""
    return X.reshape(len(X), 16, 2, 16, 2, 3).mean(axis=(2, 4))


def shifted(X, down, right):
    """Shift images; the row or column at the edge is repeated."""
    padded = np.pad(X, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge")
    return padded[:, 2 - down:34 - down, 2 - right:34 - right]


def train(data, seed):
    """Return one net, trained for its share of the time."""
    net = FullyConnectedNet([300, 100], 768, normalization="batchnorm", dropout=0.6, rng=np.random.default_rng(seed))
    solver = Solver(net, data, "adam", num_epochs=EPOCHS, max_seconds=SECONDS / MEMBERS, restore_best=False,
                    verbose=False, schedule=lambda step, epoch: float(cosine_decay(RATE, epoch, EPOCHS)),
                    rng=np.random.default_rng(seed))
    with one_blas_thread():  # as in the notebooks
        solver.train()
    return net


def main():
    """Train, and print the string."""
    raw = load()
    X = np.concatenate([shifted(flipped, *by) for flipped in (raw.X_train, raw.X_train[:, :, ::-1]) for by in SHIFTS])
    y = np.tile(raw.y_train, 2 * len(SHIFTS))
    data = prepare(replace(raw, X_train=shrink(X), y_train=y, X_val=shrink(raw.X_val), X_test=shrink(raw.X_test)))
    began = time.monotonic()
    nets = [train(data, seed) for seed in range(MEMBERS)]
    print(f"{time.monotonic() - began:.0f} s of training")
    heldout = prepare_like(shrink(load_heldout()), data)
    val, test, answers = (ensemble_probabilities(np.stack([net.loss(X) for net in nets])).argmax(axis=1)
                          for X in (data.X_val, data.X_test, heldout))
    string = "".join(map(str, answers))
    with np.load(HELDOUT) as arrays:
        right = np.mean(answers == arrays["y"])
    print(f"validation {np.mean(val == data.y_val):.3f}, test {np.mean(test == data.y_test):.3f}, "
          f"held-out {right:.3f}: {grade_capstone(string):g} of {len(CAPSTONE_THRESHOLDS)} points")
    print(string)


if __name__ == "__main__":
    main()
