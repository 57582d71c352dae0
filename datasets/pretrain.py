"""Train the weights that notebook 09_evaluation ships, as one would get them from others.

    python datasets/pretrain.py            # writes pretrained.npz and its line of CHECKSUMS.txt
    python datasets/pretrain.py --check    # trains again and compares

A net of two hidden layers of 40 ReLU units learns six of the ten photopatches classes, on the training images and
their mirror images. The weights are stored in float16, with the mean image and the standard deviation that the net
wants subtracted and divided by. One thread and fixed seeds make the run repeatable; a processor that adds up in
another order may give other last digits, so `--check` compares what the two nets say, not their bits.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from build_photopatches import write  # noqa: E402

from cs231n_lib.lab.blas import one_blas_thread  # noqa: E402
from cs231n_lib.lab.data import load, load_pretrained  # noqa: E402
from cs231n_lib.lab.net import FullyConnectedNet  # noqa: E402
from cs231n_lib.lab.solver import Solver  # noqa: E402

CLASSES = (0, 1, 2, 6, 7, 8)  # astronaut, cat, coffee, pagoda, dahlia, admiral
UNITS, EPOCHS, RATE, REG = [40, 40], 15, 0.01, 1e-3
AGREE = 0.97  # of the test images: two runs that differ in rounding only


def only(X, y):
    """Keep the images of `CLASSES` and number them from 0."""
    kept = np.isin(y, CLASSES)
    return X[kept], np.searchsorted(CLASSES, y[kept])


def train():
    """Return the trained net, the mean image and the standard deviation."""
    data = load()
    X, y = only(data.X_train, data.y_train)
    X, y = np.concatenate([X, X[:, :, ::-1]]), np.concatenate([y, y])
    mean = X.mean(axis=0).astype(np.float16).astype(np.float32)  # as it will be stored
    std = float((X - mean).std())
    X_val, y_val = only(data.X_val, data.y_val)
    net = FullyConnectedNet(UNITS, num_classes=len(CLASSES), reg=REG, rng=np.random.default_rng(0))
    solver = Solver(net, {"X_train": (X - mean) / std, "y_train": y, "X_val": (X_val - mean) / std, "y_val": y_val},
                    update_rule="sgd_momentum", num_epochs=EPOCHS, restore_best=False, verbose=False,
                    schedule=lambda step, epoch: 0.5 * RATE * (1 + np.cos(np.pi * epoch / EPOCHS)),
                    rng=np.random.default_rng(0))
    with one_blas_thread():
        solver.train()
    return net, mean, std


def answers(params, mean, std):
    """Return what a net with these parameters says of the test images of `CLASSES`, and the labels."""
    data = load()
    X, y = only(data.X_test, data.y_test)
    net = FullyConnectedNet(UNITS, num_classes=len(CLASSES), rng=np.random.default_rng(0))
    net.params.update(params)
    return net.loss((X - mean) / std).argmax(axis=1), y


def main():
    """Write the file, or compare it with a new run."""
    parser = argparse.ArgumentParser(description="Train or check the pretrained weights.")
    parser.add_argument("--check", action="store_true", help="train again and compare")
    check = parser.parse_args().check
    net, mean, std = train()
    if not check:
        write(HERE / "pretrained.npz", {**{name: w.astype(np.float16) for name, w in net.params.items()},
                                        "mean": mean.astype(np.float16), "std": np.float32(std),
                                        "classes": np.array(CLASSES, np.uint8)})
    params, classes, *scale = load_pretrained()
    stored, y = answers(params, *scale)
    again, _ = answers(net.params, mean, std)
    agree = np.mean(stored == again)
    print(f"test accuracy on {len(CLASSES)} classes: {np.mean(stored == y):.3f} as stored, {np.mean(again == y):.3f} "
          f"trained again; same answer on {agree:.1%} of the images")
    sys.exit(int(classes != CLASSES or agree < AGREE))


if __name__ == "__main__":
    main()
