"""Print the baselines in README.md (needs scikit-learn): python datasets/baselines.py [NAME [ROOT]]

If the colour statistics alone did as well as a net, the lessons would be about colour. Four kinds of
classifier on the same images: nearest neighbours on each channel's mean and standard deviation, nearest
neighbours on pixels, a linear classifier, and plain ReLU nets. For photopatches the held-out images are judged, too:
their labels are in the course's repository.
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
from cs231n_lib.lab.data import load, load_heldout, prepare, prepare_like  # noqa: E402

LABELS = Path(__file__).resolve().parents[1] / "autograder" / "hidden_tests" / "evaluation.npz"


def colour_statistics(X):
    """Return (N, 2C): mean and standard deviation of each channel."""
    return np.concatenate([X.mean(axis=(1, 2)), X.std(axis=(1, 2))], axis=1)


def net(hidden, seed, epochs):
    return MLPClassifier(hidden, learning_rate_init=3e-4, batch_size=100, max_iter=epochs, random_state=seed)


def main(name="photopatches", root=None, seeds=3):
    warnings.simplefilter("ignore", ConvergenceWarning)
    raw = load(name, root=root, allow_partial=root is not None and name == "cifar10")
    data = prepare(raw)
    sets = {"train": (raw.X_train, data.y_train), "test": (raw.X_test, data.y_test)}
    if name == "photopatches":
        sets["held-out"] = load_heldout(), np.load(LABELS)["y"]
    pixels = [prepare_like(X, data).reshape(len(X), -1) for X, _ in sets.values()]
    stats = [colour_statistics(X) for X, _ in sets.values()]
    stats = [(F - stats[0].mean(axis=0)) / stats[0].std(axis=0) for F in stats]
    rows = [(f"colour statistics, {k} nearest", KNeighborsClassifier(k), stats) for k in (1, 5, 15)]
    rows += [(f"pixels, {k} nearest", KNeighborsClassifier(k), pixels) for k in (1, 5)]
    rows += [(f"linear softmax, C = {C:g}", LogisticRegression(C=C, max_iter=200), pixels) for C in (1e-4, 1e-2)]
    for hidden in ((100,), (100, 100)):
        for epochs in (30, 100):
            for seed in range(seeds):
                label = f"net, {' and '.join(map(str, hidden))} ReLU units, {epochs} epochs, seed {seed}"
                rows.append((label, net(hidden, seed, epochs), pixels))
    print(f"| classifier | {' % | '.join(sets)} % |\n| --- |{' ---: |' * len(sets)}")
    labels = [y for _, y in sets.values()]
    for label, model, features in rows:
        model.fit(features[0], labels[0])
        scores = [100 * model.score(F, y) for F, y in zip(features, labels, strict=True)]
        print(f"| {label} | {' | '.join(f'{s:.1f}' for s in scores)} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
