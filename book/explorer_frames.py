"""The explorers of the book: the pictures for a grid of settings, computed in advance.

A page without a kernel cannot compute anything. In the book a picture depends on one slider and at most one menu, so
all pictures fit into a file of a megabyte or two, and the slider exchanges them without delay
(``book/_static/explorer.js``).
"""

import base64
import io
import json
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

COLOURS = 128
"""Size of a picture's palette: the pictures have few colours, and this saves a third of the bytes."""


@dataclass(frozen=True)
class Grid:
    """The settings of an explorer for which the book has pictures.

    Attributes
    ----------
    explorer : str
        Name of its class in ``lab.explorers``.
    slider : str
        The parameter that the slider sets.
    label : str
        The slider's label.
    values : sequence of float
        The slider's positions.
    start : (str, float)
        The first values of the menu and the slider.
    menu : dict of str to dict
        Entry of the menu -> parameters that it sets; empty if there is no menu.
    fixed : dict
        Parameters that stay the same.
    """

    explorer: str
    slider: str
    label: str
    values: tuple
    start: tuple
    menu: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)


def list_decades(low, high, per_decade):
    """Return positions on a logarithmic scale from ``low`` to ``high``, ``per_decade`` of them per power of ten."""
    count = round(per_decade * np.log10(high / low))
    return tuple(float(f"{low * 10 ** (k / per_decade):.3g}") for k in range(count + 1))


def list_steps(low, high, step):
    """Return evenly spaced positions from ``low`` to ``high``."""
    return tuple(round(low + k * step, 6) for k in range(round((high - low) / step) + 1))


GRIDS = {
    "01_activations": Grid("LeakySlope", "slope", "slope for x < 0", list_steps(0.0, 0.1, 0.005), ("", 0.01)),
    "01_activations_cloud": Grid("DeadCloud", "x1", "center, x1", list_steps(-6, 6, 0.5), ("on the diagonal", 5.0),
                                 menu={"on the diagonal": {"x2": 5.0, "bias": 0.0}, "bias 0": {"x2": 0.0, "bias": 0.0},
                                       "bias -3": {"x2": 0.0, "bias": -3.0}}),
    "01_activations_zigzag": Grid("ZigZag", "batch", "batch size", (1, 2, 4, 8, 16, 32, 64), ("positive inputs", 1),
                                  menu={"positive inputs": {"mean": 0.5, "rate": 1.0},
                                        "centered inputs": {"mean": 0.0, "rate": 1.0},
                                        "positive inputs, rate 5": {"mean": 0.5, "rate": 5.0},
                                        "centered inputs, rate 5": {"mean": 0.0, "rate": 5.0}}),
    "02_preprocessing": Grid("Components", "k", "components k",
                             (1, 2, 3, 4, 6, 8, 12, 18, 25, 35, 50, 70, 100, 150, 220, 320, 500, 768), ("", 25),
                             fixed={"eps": 1e-5}),
    "02_preprocessing_cloud": Grid("PreparedCloud", "rate", "learning rate", list_decades(0.01, 2, 8), ("raw", 0.01),
                                   menu={stage: {"stage": stage}
                                         for stage in ("raw", "centered", "scaled", "rotated", "whitened")}),
    "02_preprocessing_raw": Grid("RawCloud", "rate", "learning rate", list_decades(0.002, 0.05, 20), ("", 0.01)),
    "03_initialization": Grid("InitScale", "scale", "scale", list_decades(0.1, 10, 10), ("ten layers", 1.0),
                              menu={"ten layers": {"depth": 10, "rows": "activations"},
                                    "one layer": {"depth": 1, "rows": "activations"},
                                    "ten layers, activations and gradients":
                                        {"depth": 10, "rows": "activations and gradients"}},
                              fixed={"scheme": "small random (0.01)", "activation": "tanh"}),
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
"""Assignment, with a word behind it if it has another explorer -> the grid of an explorer."""


def find_grid(assignment, source):
    """Return the key in ``GRIDS`` of the explorer that a cell's source makes, None if the book has none."""
    return next((key for key, grid in GRIDS.items()
                 if key.startswith(assignment) and f"explorers.{grid.explorer}(" in source), None)


def read_menu(grid):
    """Return the menu of a grid, of one entry without a name if it has none."""
    return grid.menu or {"": {}}


def encode_picture(explorer):
    """Return (the explorer's present picture as PNG in base64 with a small palette, the sentence that describes it)."""
    sentence = explorer.render()["text/plain"].rpartition("] ")[0].removeprefix("[")
    image = Image.open(io.BytesIO(base64.b64decode(explorer._image))).convert("RGB")
    png = io.BytesIO()  # MAXCOVERAGE keeps rare colours, which are those of thin lines
    image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(png, "PNG", optimize=True)
    return base64.b64encode(png.getvalue()).decode(), sentence


def find_nearest(values, wanted):
    """Return the index of the value that is nearest to ``wanted``."""
    return int(np.abs(np.array(values, float) - wanted).argmin())


def render_frames(key):
    """Compute all pictures of an explorer; the key is one of ``GRIDS``.

    Returns
    -------
    frames : dict
        ``label``, ``values``, ``menu`` (names), ``start`` (menu, stop), ``size`` (pixels), and ``pictures`` and
        ``sentences``, by menu and stop.
    """
    from cs231n_lib.lab import explorers

    grid = GRIDS[key]
    explorer = getattr(explorers, grid.explorer)(**grid.fixed)
    menu, shown = read_menu(grid), {}
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


def make_script(key):
    """Return the text of the script that hands an explorer's frames to ``explorer.js``; the key is one of ``GRIDS``."""
    return f"explorer({json.dumps(key)}, {json.dumps(render_frames(key))});\n"
