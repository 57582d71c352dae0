"""Print the baselines in README.md (needs scikit-learn): python datasets/baselines.py [NAME [ROOT]]

If the colour statistics alone did as well as a net, the lessons would be about colour. Four kinds of
classifier on the same images: nearest neighbours on each channel's mean and standard deviation, nearest
neighbours on pixels, a linear classifier, and plain ReLU nets.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cs231n_lib.lab.data import load, prepare  # noqa: E402


def colour_statistics(X):
    """Return (N, 2C): mean and standard deviation of each channel."""
    return np.concatenate([X.mean(axis=(1, 2)), X.std(axis=(1, 2))], axis=1)


def net(hidden, seed, epochs):
    return MLPClassifier(hidden, learning_rate_init=3e-4, batch_size=100, max_iter=epochs, random_state=seed)


def main(name="photopatches", root=None, seeds=3):
    warnings.simplefilter("ignore", ConvergenceWarning)
    raw = load(name, root=root, allow_partial=root is not None and name == "cifar10")
    data = prepare(raw)
    y, y_test = data.y_train, data.y_test
    pixels, pixels_test = (X.reshape(len(X), -1) for X in (data.X_train, data.X_test))
    stats, stats_test = colour_statistics(raw.X_train), colour_statistics(raw.X_test)
    stats, stats_test = ((F - stats.mean(axis=0)) / stats.std(axis=0) for F in (stats, stats_test))
    rows = [(f"colour statistics, {k} nearest", KNeighborsClassifier(k), stats, stats_test)
            for k in (1, 5, 15)]
    rows += [(f"pixels, {k} nearest", KNeighborsClassifier(k), pixels, pixels_test) for k in (1, 5)]
    rows += [(f"linear softmax, C = {C:g}", LogisticRegression(C=C, max_iter=200), pixels, pixels_test)
             for C in (1e-4, 1e-2)]
    for hidden in ((100,), (100, 100)):
        for epochs in (30, 100):
            for seed in range(seeds):
                label = f"net, {' and '.join(map(str, hidden))} ReLU units, {epochs} epochs, seed {seed}"
                rows.append((label, net(hidden, seed, epochs), pixels, pixels_test))
    print("| classifier | train % | test % |\n| --- | ---: | ---: |")
    for label, model, F, F_test in rows:
        model.fit(F, y)
        train, test = model.score(F, y), model.score(F_test, y_test)
        print(f"| {label} | {100 * train:.1f} | {100 * test:.1f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
