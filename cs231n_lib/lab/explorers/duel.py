"""You against a linear classifier: twenty test patches, ten buttons, and a score for both."""

import html

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from cs231n_lib.lab import data, plots
from cs231n_lib.lab.explorers.base import ASLEEP, display_panel, encode_png
from cs231n_lib.lab.explorers.prediction import BetCover, cover

PATCHES = (154, 514, 433, 202, 597, 208, 449, 343, 263, 188, 448, 431, 214, 595, 51, 340, 305, 421, 504, 405)
"""Test images of each class but the dahlia, which a later bet is about, from the half with more detail: a person can
name most of them."""
MACHINE = (9, 7, 2, 7, 1, 1, 1, 1, 4, 8, 3, 6, 9, 2, 2, 9, 3, 8, 8, 4)
"""What a linear classifier said: softmax loss, 600 steps on batches of 100, rate 0.001, seed 0, as in notebook 00."""
WAITING = ASLEEP.replace("slider", "button").replace("move the picture: its controls need", "play: the buttons need")
"""What a saved notebook says where the buttons were."""
ENLARGED = 160
"""Pixels to a side of the patch that is asked."""
SMALL = 110
"""Height in pixels of the photographs that stand below it."""


class Duel:
    """A game: name the photograph that a patch comes from, and see what a linear classifier said.

    Parameters
    ----------
    bet : str, optional
        The variable of a bet, as in ``"bet_machine"``: the game is covered until it is placed.

    Attributes
    ----------
    guesses : list of int
        What the reader has said so far, as indices of ``names``.
    names : tuple of str
    truth : ndarray of int
        The classes of the twenty patches.
    """

    def __init__(self, bet=None):
        images = data.load("photopatches")
        self.names, self.guesses = images.class_names, []
        self.patches, self.truth = images.X_test[list(PATCHES)], images.y_test[list(PATCHES)]
        self._question = None if bet is None else BetCover(bet)
        self._view = widgets.HTML()
        self._buttons = [self._make_button(number, name) for number, name in enumerate(self.names)]

    @property
    def machine_right(self):
        """How many of the twenty the classifier names correctly."""
        return int(np.sum(np.array(MACHINE) == self.truth))

    @property
    def reader_right(self):
        """How many of the reader's guesses so far are right."""
        return int(np.sum(np.array(self.guesses, dtype=int) == self.truth[:len(self.guesses)]))

    def show(self):
        """Display the first patch and the buttons, or only a sentence while the bet is missing."""
        if self._question is not None and cover(self._question, self._question.read_value()):
            return
        display({"text/html": WAITING, "text/plain": "[a game: twenty patches, ten buttons]"}, raw=True)
        self._update()
        row = widgets.Layout(flex_flow="row wrap")
        photographs = widgets.HTML(render_photographs())
        display_panel(widgets.VBox([self._view, widgets.HBox(self._buttons, layout=row), photographs]))

    def guess(self, number):
        """Say a class for the present patch, as a button does; after the last patch nothing happens.

        Parameters
        ----------
        number : int
            Index of the class in ``names``.
        """
        if len(self.guesses) < len(self.truth):
            self.guesses.append(int(number))
            self._update()

    def describe(self):
        """Return the sentences about the last patch, and the score."""
        done, total = len(self.guesses), len(self.truth)
        if not done:
            return f"Patch 1 of {total}: which photograph does it come from?"
        said, machine, true = (self.names[k] for k in (self.guesses[-1], MACHINE[done - 1], self.truth[done - 1]))
        machine_right = int(np.sum(np.array(MACHINE[:done]) == self.truth[:done]))
        lines = [f"It was {true}. You said {said}, the machine said {machine}. "
                 f"You {self.reader_right}, machine {machine_right}, of {done}."]
        if done < total:
            lines.append(f"Patch {done + 1} of {total}: which photograph does it come from?")
        return " ".join(lines)

    def static(self):
        """Show all twenty patches; after the game each with its photograph and what the classifier said."""
        if len(self.guesses) < len(self.truth):
            titles = [f"patch {number}" for number in range(1, len(self.truth) + 1)]
            text = "The twenty patches, numbered."
            print("Play to the end, and run this cell again: then it says what each patch shows.")
        else:
            titles = [self.names[true] if said == true else f"{self.names[true]} ({self.names[said]})"
                      for true, said in zip(self.truth, MACHINE, strict=True)]
            text = ("The twenty patches: " + ", ".join(titles)
                    + ". Where the classifier was wrong, its answer stands in brackets.")
        plots.show(plots.montage(self.patches, titles, columns=5), text)

    def _make_button(self, number, name):
        button = widgets.Button(description=name, layout=widgets.Layout(width="auto"))
        button.on_click(lambda _: self.guess(number))
        return button

    def _update(self):
        at = min(len(self.guesses), len(self.truth) - 1)
        pixels = np.dstack([self.patches[at].astype(np.uint8), np.full((32, 32), 255, np.uint8)])
        picture = (f'<img src="data:image/png;base64,{encode_png(pixels)}" alt="patch {at + 1}" width="{ENLARGED}" '
                   f'height="{ENLARGED}" style="image-rendering: pixelated">')
        self._view.value = f"<p>{html.escape(self.describe())}</p>{picture}"
        for button in self._buttons:
            button.disabled = len(self.guesses) == len(self.truth)


def render_photographs():
    """Return the ten photographs with their names as HTML, small: what a player compares a patch with."""
    figures = []
    for name, (picture, _) in data.load_photographs().items():
        pixels = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        image = f'<img src="data:image/png;base64,{encode_png(pixels)}" alt="" style="height: {SMALL}px; width: auto">'
        figures.append(f'<figure style="margin: 0">{image}<figcaption>{html.escape(name)}</figcaption></figure>')
    return f'<div style="display: flex; flex-wrap: wrap; gap: 8px">{"".join(figures)}</div>'
