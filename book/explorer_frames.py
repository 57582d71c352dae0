"""The explorers of the book: all pictures of a grid of settings, computed beforehand.

A page without a kernel cannot compute. But a picture depends on one slider and at most one menu here, so all of them
fit into a file of a megabyte or two, and a slider that only swaps pictures answers at once
(``book/_static/explorer.js``).
"""

import base64
import io
import json
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

COLOURS = 128
"""Of a picture's palette: pictures have few colours, and a third of the bytes is saved."""


@dataclass(frozen=True)
class Grid:
    """What of an explorer the book shows.

    Attributes
    ----------
    explorer : str
        Its class in ``lab.explorers``.
    slider : str
        The parameter that the slider moves.
    label : str
        The slider's.
    values : sequence of float
        Where it stops.
    menu : dict of str to dict
        Settings by name: what the menu offers. Empty where there is no menu.
    start : tuple of (str, float)
        The menu's and the slider's first values.
    fixed : dict
        What never changes.
    """

    explorer: str
    slider: str
    label: str
    values: tuple
    start: tuple
    menu: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)


def list_decades(low, high, per_decade):
    """Return stops that multiply: ``per_decade`` of them from one power of ten to the next."""
    count = round(per_decade * np.log10(high / low))
    return tuple(float(f"{low * 10 ** (k / per_decade):.3g}") for k in range(count + 1))


def list_steps(low, high, step):
    """Return evenly spaced stops."""
    return tuple(round(low + k * step, 6) for k in range(round((high - low) / step) + 1))


GRIDS = {
    "01_activations": Grid("LeakySlope", "slope", "slope for x < 0", list_steps(0.01, 0.1, 0.005), ("", 0.01)),
    "02_preprocessing": Grid("Components", "k", "components k",
                             (1, 2, 3, 4, 6, 8, 12, 18, 25, 35, 50, 70, 100, 150, 220, 320, 500, 768), ("", 25),
                             fixed={"eps": 1e-5}),
    "03_initialization": Grid("InitScale", "scale", "scale", list_decades(0.1, 10, 10), ("Xavier, tanh", 1.0),
                              menu="presets"),
    "04_batchnorm": Grid("BatchNorm", "scale", "scale of the weights", list_decades(1e-5, 1, 4), ("batchnorm", 0.01),
                         menu={name: {"normalization": name, "batch_size": 64}
                               for name in ("none", "batchnorm", "layernorm")}),
    "05_dropout": Grid("Dropout", "p", "keep probability p", list_steps(0.1, 1, 0.1), ("", 0.5)),
    "06_optimizers": Grid("Trajectories", "rate", "learning rate", list_decades(0.001, 1, 5), ("saddle", 0.04),
                          menu={"round bowl": {"surface": "bowl", "conditioning": 1.0},
                                "narrow bowl": {"surface": "bowl", "conditioning": 50.0},
                                "tilted bowl": {"surface": "tilted bowl", "conditioning": 50.0},
                                "saddle": {"surface": "saddle", "conditioning": 5.0},
                                "valley": {"surface": "valley", "conditioning": 10.0}},
                          fixed={"step": 60}),
    "07_babysitting": Grid("LearningRate", "rate", "learning rate", list_decades(1e-6, 100, 4), ("", 0.1)),
    "08_hyperparameters": Grid("GridAgainstRandom", "angle", "angle in degrees", tuple(range(0, 91, 3)),
                               ("only one direction matters", 0),
                               menu={"only one direction matters": {"other": 0.0},
                                     "the other matters a little": {"other": 0.2},
                                     "both matter equally": {"other": 1.0}}, fixed={"seed": 9}),
}
"""Assignment -> the grid of its explorer."""


def read_menu(grid, explorer):
    """Return the menu of a grid: its own, or the explorer's presets without what the slider moves."""
    menu = explorer.presets if grid.menu == "presets" else grid.menu or {"": {}}
    return {name: {k: v for k, v in settings.items() if k != grid.slider} for name, settings in menu.items()}


def encode_picture(explorer):
    """Return what an explorer shows now: (PNG in base64 with a small palette, the sentence that names it)."""
    sentence = explorer.render()["text/plain"].rpartition("] ")[0].removeprefix("[")
    image = Image.open(io.BytesIO(base64.b64decode(explorer._image))).convert("RGB")
    png = io.BytesIO()  # MAXCOVERAGE keeps rare colours, which are those of thin lines
    image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(png, "PNG", optimize=True)
    return base64.b64encode(png.getvalue()).decode(), sentence


def find_nearest(values, wanted):
    """Return the place of the stop that is nearest to ``wanted``."""
    return int(np.abs(np.array(values, float) - wanted).argmin())


def render_frames(assignment):
    """Compute all pictures of an assignment's explorer.

    Returns
    -------
    frames : dict
        ``label``, ``values``, ``menu`` (names), ``start`` (menu, stop), ``size`` (pixels), and ``pictures`` and
        ``sentences``, by menu and stop.
    """
    from cs231n_lib.lab import explorers

    grid = GRIDS[assignment]
    explorer = getattr(explorers, grid.explorer)(**grid.fixed)
    menu, shown = read_menu(grid, explorer), {}
    for name, settings in menu.items():
        for value in grid.values:
            explorer.set(**settings, **{grid.slider: value})
            shown.setdefault(name, []).append(encode_picture(explorer))
    names = list(menu)
    return {"label": grid.label, "values": [f"{v:g}" for v in grid.values], "menu": names,
            "start": [names.index(grid.start[0]), find_nearest(grid.values, grid.start[1])],
            "size": [round(100 * inches) for inches in explorer.size],
            "pictures": [[png for png, _ in shown[n]] for n in names],
            "sentences": [[sentence for _, sentence in shown[n]] for n in names]}


def make_script(assignment):
    """Return the text of the script that hands an explorer's frames to ``explorer.js``."""
    return f"explorer({json.dumps(assignment)}, {json.dumps(render_frames(assignment))});\n"
