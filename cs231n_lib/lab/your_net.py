"""*Your net*: six hidden layers of 100 units on the photo patches, which every notebook repairs a little more.

Notebook 00 trains it as a beginner would, and it learns nothing. Each later notebook changes one thing, and
:func:`train_net` trains the net as it stands after that notebook: 320 steps on batches of 100, with the functions that
the reader wrote. ``logbook`` keeps the runs and draws them.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from cs231n_lib.lab import data
from cs231n_lib.lab.net import FullyConnectedNet, call_student
from cs231n_lib.lab.solver import Solver

HIDDEN = (100,) * 6
EPOCHS, BATCH = 8, 100
"""320 steps on the 4,000 patches."""
EVERY = 10
"""Steps whose mean loss is one number of a run: single batches are noisy."""


@dataclass(frozen=True)
class Chapter:
    """Your net as it stands after a notebook.

    Attributes
    ----------
    notebook : str
        ``03_initialization``.
    change : str
        What this notebook changes, in two or three words.
    settings : dict
        ``pixels`` ("0..1" or "prepared"), ``rate``, ``update_rule``, ``cosine`` (whether the rate falls along half a
        cosine), and keyword arguments of :class:`~cs231n_lib.lab.net.FullyConnectedNet`.
    """

    notebook: str
    change: str
    settings: dict

    @property
    def number(self):
        """``03``."""
        return self.notebook[:2]


@dataclass(frozen=True)
class Run:
    """One training of your net, as it is kept.

    Attributes
    ----------
    notebook, change : str
        As in :class:`Chapter`.
    settings : dict
        How it was trained; plain data.
    seed : int
    losses : list of float
        Mean loss of each ``every`` steps. NaN once the training has diverged.
    train_accuracy, val_accuracy : float in 0..1
        After the last step; the training accuracy on 1,000 examples.
    every : int
    """

    notebook: str
    change: str
    settings: dict
    seed: int
    losses: list = field(repr=False)
    train_accuracy: float
    val_accuracy: float
    every: int = EVERY

    def __str__(self):
        return (f"{self.notebook[:2]} {self.change}: loss {self.losses[0]:.2f} → {self.losses[-1]:.2f}, "
                f"validation {100 * self.val_accuracy:.1f} %")

    __repr__ = __str__


def list_chapters():
    """Return the :class:`Chapter` of each notebook that changes your net by a setting, in order."""
    chapters, settings = [], {}
    for notebook, change, new in (
        ("00_linear_classifier", "a beginner's net",
         {"pixels": "0..1", "activation": "sigmoid", "init": 0.01, "rate": 0.05, "update_rule": "sgd"}),
        ("01_activations", "ReLU", {"activation": "relu"}),
        ("02_preprocessing", "prepared pixels", {"pixels": "prepared"}),
        ("03_initialization", "He's weights", {"init": "he"}),
        ("04_batchnorm", "batch norm, rate ×4", {"normalization": "batchnorm", "rate": 0.2}),
        ("05_dropout", "dropout 0.8", {"dropout": 0.8}),
        ("06_optimizers", "Adam, cosine", {"dropout": 1.0, "update_rule": "adam", "rate": 1e-3, "cosine": True}),
    ):
        settings = {**settings, **new}
        chapters.append(Chapter(notebook, change, settings))
    return chapters


def find_chapter(name):
    """Return a chapter by the number or the name of its notebook.

    Raises
    ------
    ValueError
        If no notebook of that name changes your net by a setting.
    """
    for chapter in list_chapters():
        if name in (chapter.number, chapter.notebook):
            return chapter
    known = ", ".join(chapter.number for chapter in list_chapters())
    raise ValueError(f"expected the number of a notebook that changes your net ({known}), got {name!r}")


def train_net(chapter, seed=0, images=None, **changes):
    """Train your net as it stands after a notebook.

    Parameters
    ----------
    chapter : str
        ``"03"`` or ``"03_initialization"``.
    seed : int, default 0
        Draws the weights and the batches.
    images : Data, optional
        Images in 0..255; by default the photo patches.
    **changes
        Other settings than the chapter's: see :class:`Chapter`. ``init`` may be a function of your own.

    Returns
    -------
    run : Run

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted: half a training is no run.
    NotImplementedError
        If a function that the net needs is not written yet; the message names it.
    """
    chapter = find_chapter(chapter)
    settings = {**chapter.settings, **changes}
    solver = make_solver(settings, load_images(settings["pixels"], images), seed)
    solver.train()
    if solver.stopped and solver.stopped.startswith("interrupted"):
        raise KeyboardInterrupt
    return Run(chapter.notebook, chapter.change, describe_settings(settings), seed,
               average_losses(solver.loss_history, EPOCHS * (len(solver.data.y_train) // BATCH)),
               round(solver.train_acc_history[-1], 4), round(solver.val_acc_history[-1], 4))


def make_solver(settings, images, seed):
    """Return a solver for your net; nothing is trained yet.

    Parameters
    ----------
    settings : dict
        As in :class:`Chapter`.
    images : Data
        With their pixels as the settings say.
    seed : int
        Of the weights, and of the batches, which are then the same whatever the weights.
    """
    own = ("pixels", "rate", "update_rule", "cosine")
    rate, kind = settings["rate"], FullyConnectedNet
    if settings["activation"] == "sigmoid":
        kind = SigmoidNet
    net = kind(HIDDEN, images.X_train[0].size, len(images.class_names), rng=np.random.default_rng(seed),
               **{name: value for name, value in settings.items() if name not in own})
    schedule = None
    if settings.get("cosine"):
        schedule = lambda step, epoch: call_student("optimizers", "cosine_decay", rate, epoch, EPOCHS)  # noqa: E731
    return Solver(net, images, settings["update_rule"], {"learning_rate": rate}, schedule=schedule, batch_size=BATCH,
                  num_epochs=EPOCHS, restore_best=False, verbose=False, rng=np.random.default_rng(seed))


class SigmoidNet(FullyConnectedNet):
    """Your net in notebook 00, where nobody has written a sigmoid yet: it is given here, by way of tanh."""

    def _hidden_forward(self, x, i, mode):
        z, affine = call_student("linear_classifier", "affine_forward", x, self.params[f"W{i}"], self.params[f"b{i}"],
                                 returns="out, cache")
        out = (1 + np.tanh(z / 2)) / 2
        return out, (affine, out)

    def _hidden_backward(self, dout, cache, i, grads):
        affine, out = cache
        slope = 0.25 - np.square(out - 0.5)
        dx, grads[f"W{i}"], grads[f"b{i}"] = call_student("linear_classifier", "affine_backward", slope * dout, affine,
                                                          returns="dx, dw, db")
        return dx


def load_images(pixels, images=None):
    """Return images as the net is to see them.

    Parameters
    ----------
    pixels : {"0..1", "prepared"}
    images : Data, optional
        In 0..255; by default the photo patches.
    """
    if pixels not in ("0..1", "prepared"):
        raise ValueError(f'expected pixels to be "0..1" or "prepared", got {pixels!r}')
    return load_patches(pixels) if images is None else scale_pixels(images, pixels)


@lru_cache(maxsize=1)
def load_patches(pixels):
    """Return the photo patches as :func:`load_images` does; the last ones are kept for the next run."""
    return scale_pixels(data.load(), pixels)


def scale_pixels(images, pixels):
    """Return images in 0..255 with their pixels in 0..1 or prepared."""
    if pixels == "prepared":
        return data.prepare(images)
    return replace(images, **{f"X_{split}": getattr(images, f"X_{split}") / np.float32(255) for split in data.SPLITS})


def average_losses(losses, steps, every=EVERY):
    """Return the mean loss of each ``every`` steps, to four digits.

    Parameters
    ----------
    losses : sequence of float
        Of single steps.
    steps : int
        How many there were to be; where a run has diverged and ended, NaN stands for the rest.
    every : int
    """
    whole = np.full(steps, np.nan)
    whole[:len(losses)] = losses[:steps]
    whole[~np.isfinite(whole)] = np.nan
    return [float(f"{whole[start:start + every].mean():.4g}") for start in range(0, steps, every)]


def describe_settings(settings):
    """Return settings as plain data: a function by its name, an array as a list."""
    plain = {}
    for name, value in settings.items():
        value = getattr(value, "__name__", value)
        plain[name] = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    return plain
