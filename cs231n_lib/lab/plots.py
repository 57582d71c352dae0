"""The figures' house style: one size, one set of colours, and an alternative text for every picture.

The colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart. ReLU, for instance, has the
same colour in all notebooks, ``COLOURS["relu"]``. Lines have their name at their end, so colour is never the only sign.
"""

import base64
import html
import io
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

BLACK, ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE, GREY = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#7F7F7F")

COLOURS = {
    "sigmoid": VERMILLION, "tanh": BLUE, "relu": BLACK, "leaky_relu": GREEN, "prelu": SKY, "elu": PURPLE,
    "maxout": ORANGE,
    "zero": GREY, "constant": BLACK, "small": SKY, "large": VERMILLION, "xavier": BLUE, "he": GREEN,
    "lsuv": PURPLE,
    "train": BLUE, "val": ORANGE, "activations": BLUE, "gradients": VERMILLION,
    "softmax": BLUE, "svm": VERMILLION,
    "sgd": BLACK, "sgd_momentum": BLUE, "nesterov_momentum": GREEN, "rmsprop": ORANGE, "adam": VERMILLION,
}
OTHERS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK, GREY)  # for names that are not in COLOURS
ALT_TEXTS = Path(__file__).with_name("alt_texts")
"""A file per notebook, ``<notebook>.toml``: the texts of its figures, which stand outside the cells so that they do not
tell a bet's outcome before the picture is there."""
FIGURE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DARK_PAGES = ('[data-jp-theme-light="false"]', ".vscode-dark", 'html[theme="dark"]')
"""Dark pages of JupyterLab, VS Code and Colab. The book has its own (``book/_static/book.css``)."""
LOOKS = {"cs231n-drawing": "invert(0.9) hue-rotate(180deg)", "cs231n-picture": "brightness(0.8)"}
"""Class of a figure's image -> what a dark page does with it: a drawing exchanges light and dark and keeps its hues."""
WIDTH, HEIGHT = 8.0, 3.6  # inches; the text is large enough to be read at half this width


def use_style():
    """Set the house style for every figure drawn from now on, also for figures drawn without these functions."""
    # A notebook shows the figure at the end of a cell only after the backend was loaded; choosing it is not enough.
    plt.switch_backend(plt.get_backend())
    plt.rcParams.update({
        "figure.figsize": (WIDTH, HEIGHT), "figure.dpi": 100, "figure.constrained_layout.use": True,
        "figure.facecolor": "white", "axes.facecolor": "white",
        "font.size": 13, "axes.titlesize": 13, "axes.labelsize": 13,
        "xtick.labelsize": 12, "ytick.labelsize": 12,
        "legend.fontsize": 12, "legend.frameon": False,
        "axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left",
        "axes.grid": True, "grid.color": "#DDDDDD", "grid.linewidth": 0.8, "axes.axisbelow": True,
        "lines.linewidth": 2.0, "axes.prop_cycle": plt.cycler(color=OTHERS), "image.interpolation": "nearest",
    })


@dataclass(frozen=True)
class FigureText:
    """What stands about a figure.

    Attributes
    ----------
    alt : str
        What the picture shows, for those who do not see it: the finding, not the drawing.
    caption : str
        What everybody reads below the picture; "" for none.
    """

    alt: str
    caption: str = ""


def read_figure_texts(path):
    """Return id -> :class:`FigureText` of a notebook's figures.

    Parameters
    ----------
    path : pathlib.Path
        One of :data:`ALT_TEXTS`. Each table of it is a figure's: ``alt``, and ``caption`` if it has one.

    Raises
    ------
    ValueError
        If a figure has no alternative text, or something else beside the two; the message names it.
    """
    found = {}
    for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
        texts = {key: " ".join(text.split()) for key, text in table.items() if isinstance(text, str)}
        if texts.keys() != table.keys() or not texts.get("alt") or texts.keys() - {"alt", "caption"}:
            raise ValueError(f"{path.name}: expected an alt and perhaps a caption for {name}, got {table}")
        found[name] = FigureText(**texts)
    return found


def find_figure_text(name):
    """Return the :class:`FigureText` of a figure of any notebook; a ValueError if none has that id."""
    for path in sorted(ALT_TEXTS.glob("*.toml")):
        texts = read_figure_texts(path)
        if name in texts:
            return texts[name]
    raise ValueError(f"expected the id of a figure that {ALT_TEXTS.name}/ describes, got {name!r}")


def show(fig, alt):
    """Display a figure with an alternative text for those who do not see it, and close it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        The figure's id, as in ``"depth-histograms"``: its texts stand in ``alt_texts/<notebook>.toml``. Or, with
        blanks in it, the text itself: the finding, not the drawing.

    Raises
    ------
    ValueError
        If ``alt`` is empty, or an id that no notebook describes.
    """
    if not alt or not alt.strip():
        raise ValueError("expected alt to say in a sentence what the figure shows, got an empty text")
    text = find_figure_text(alt) if FIGURE_ID.fullmatch(alt) else FigureText(alt)
    from IPython.display import display

    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=150)
    plt.close(fig)
    image = render_image(fig, base64.b64encode(png.getvalue()).decode(), text.alt)
    if text.caption:
        image = (f'<figure style="margin: 0">{image}<figcaption style="max-width: 60em">{html.escape(text.caption)}'
                 "</figcaption></figure>")
    below = f"\n{text.caption}" if text.caption else ""
    display({"text/html": image, "text/plain": f"[figure: {text.alt}]{below}"}, raw=True)


def render_image(fig, data, alt, attributes=""):
    """Return the HTML of a figure's picture: JupyterLab leaves out the alternative text of a plain PNG output.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        What was drawn; it says the width, and whether the picture may exchange light and dark on a dark page.
    data : str
        The PNG in base64.
    alt : str
    attributes : str
        More attributes of the image.

    Returns
    -------
    image : str
    """
    look = find_look(fig)
    dark = ", ".join(f"{page} .{look}" for page in DARK_PAGES)
    return (f'<img class="{look}" src="data:image/png;base64,{data}" alt="{html.escape(alt)}" '
            f'width="{round(100 * fig.get_figwidth())}" {attributes}style="max-width: 100%; height: auto; '
            f'background: white"><style>@media screen {{ {dark} {{ filter: {LOOKS[look]} }} }}</style>')


def find_look(fig):
    """Return "cs231n-picture" for a figure that shows images or areas colored by a scale, else "cs231n-drawing"."""
    scaled = [artist for ax in fig.axes for artist in (*ax.images, *ax.collections)
              if artist.get_array() is not None and getattr(artist, "filled", True)]  # lines of equal height are drawn
    return "cs231n-picture" if scaled else "cs231n-drawing"


def montage(images, titles=None, columns=10, rescale=False):
    """Draw images side by side.

    Parameters
    ----------
    images : ndarray of shape (N, H, W, 3), (N, H, W, 1) or (N, H, W)
        Numbers in 0..255.
    titles : sequence of N str, optional
        One above each image.
    columns : int, default 10
    rescale : bool, default False
        Stretch each image to the full range, to look at weights or differences.

    Returns
    -------
    fig : matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If ``images`` has another shape, or there is not one title per image.
    """
    images = np.asarray(images, dtype=np.float64)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in (1, 3) or len(images) == 0:
        raise ValueError(f"expected images of shape (N, H, W, 3) or (N, H, W, 1), got {images.shape}")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"expected {len(images)} titles, one per image, got {len(titles)}")
    if rescale:
        low, high = images.min(axis=(1, 2, 3), keepdims=True), images.max(axis=(1, 2, 3), keepdims=True)
        images = 255 * (images - low) / np.maximum(high - low, 1e-12)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    side = min(WIDTH / columns, 1.6)
    title_height = 0.0 if titles is None else 0.25
    fig = Figure(figsize=(columns * side, rows * (side + title_height)), layout="constrained")
    fig.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    axes = fig.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes:
        ax.axis("off")
    # A long title is drawn small, so that it does not cover its neighbour.
    longest = max((len(str(t)) for t in titles), default=1) if titles is not None else 1
    size = float(np.clip(110 * side / max(longest, 1), 7, 13))
    for i, (ax, image) in enumerate(zip(axes, images, strict=False)):
        ax.imshow(np.clip(image, 0, 255).astype(np.uint8).squeeze(), cmap="gray", vmin=0, vmax=255)
        if titles is not None:
            ax.set_title(titles[i], fontsize=size, loc="center", pad=2)
    return fig


def curves(lines, xlabel="iteration", ylabel="loss", *, x=None, start=0, smooth=1, reference=None, log=False,
           ylim=None, title=None, ax=None):
    """Draw named lines in one frame, each with its name at its end.

    Parameters
    ----------
    lines : dict of str to sequence of float
        ``{"relu": solver.loss_history}``. A name that begins with a key of ``COLOURS`` has its colour:
        "relu, 5 layers" is drawn as "relu". Values that are not finite are left out.
    xlabel, ylabel : str
        With the unit, where there is one.
    x : sequence of float, optional
        The place of each value; by default start, start + 1, ...
    start : int, default 0
        1 for layers.
    smooth : int, default 1
        Show the mean over this many values, because the loss of single batches is noisy.
    reference : tuple of (float, str), optional
        A level to compare with, and its name: ``(np.log(10), "log 10")``.
    log : bool, default False
        Logarithmic y axis.
    ylim : tuple of (float, float), optional
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Draw here instead of in a new figure.

    Returns
    -------
    fig : matplotlib.figure.Figure
    """
    if ax is None:
        ax = Figure(figsize=(WIDTH, HEIGHT), layout="constrained").subplots()
    ends, spare = [], [c for c in OTHERS if c not in [_colour(name) for name in lines]]
    for name, values in lines.items():
        values = _running_mean(np.asarray(values, dtype=np.float64), smooth)
        values = np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)
        at = np.arange(start, start + len(values)) if x is None else np.asarray(x)
        colour = _colour(name) or (spare.pop(0) if spare else GREY)
        ax.plot(at, values, color=colour, marker="o" if len(values) < 16 else None, markersize=5)
        seen = np.flatnonzero(np.isfinite(values))
        if len(seen):
            ends.append((name, at[seen[-1]], values[seen[-1]], colour))
    ax.margins(x=0.02)
    if reference is not None:
        level, name = reference
        ax.axhline(level, color=GREY, linestyle="--", linewidth=1.5)
        ends.append((name, ax.get_xlim()[1], level, GREY))
    if x is None:
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        ax.set_yscale("log")
    if ylim is not None:
        ax.set_ylim(ylim)
    if title:
        ax.set_title(title)
    label_ends(ax, ends)
    return ax.figure


def histograms_per_layer(rows, limits=None, bins=41):
    """Draw one histogram per layer, all of a row on the same axes, so that they can be compared.

    The number above each is its standard deviation. Values beyond the axis are hatched bars at its ends; a bar that
    reaches the top is higher than drawn.

    Parameters
    ----------
    rows : dict of str to list of L ndarrays
        ``{"activations": net.activations(X), "gradients": net.hidden_gradients(X, y)}``.
    limits : dict of str to (float, float), optional
        The x axis of a row, such as ``{"activations": (-1, 1)}`` for tanh. Otherwise wide enough for 99 % of
        every layer, and symmetric unless nothing is negative.
    bins : int, default 41

    Returns
    -------
    fig : matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the rows do not have the same number of layers, at least one.
    """
    counts = {name: len(arrays) for name, arrays in rows.items()}
    if len(set(counts.values())) != 1 or 0 in counts.values():
        raise ValueError(f"expected the same number of layers in every row, at least 1, got {counts}")
    L, top = next(iter(counts.values())), 0.25
    fig = Figure(figsize=(WIDTH, 1.7 * len(rows) + 0.6), layout="constrained")
    fig.get_layout_engine().set(w_pad=0.03, wspace=0)
    axes = fig.subplots(len(rows), L, squeeze=False, sharey=True)
    for r, (name, arrays) in enumerate(rows.items()):
        low, high = (limits or {}).get(name) or _common_limits(arrays)
        edges, margin = np.linspace(low, high, bins + 1), 0.08 * (high - low)
        for i, (ax, values) in enumerate(zip(axes[r], arrays, strict=True)):
            _draw_histogram(ax, np.asarray(values), edges, margin, _colour(name) or BLUE)
            ax.set(xlim=(low - margin, high + margin), ylim=(0, top), yticks=[0, top], xticks=[low, high],
                   xticklabels=[])
            ax.tick_params(axis="y", labelsize=10)
            with np.errstate(invalid="ignore"):  # inf in, nan out: shown as such
                ax.set_title(f"{np.std(values):.2g}", fontsize=10, loc="center")
            ax.grid(False)
            if r == len(rows) - 1:
                ax.set_xlabel(f"{i + 1}", fontsize=12)
        # The range once per row: ten panels have no room for ten pairs of numbers.
        axes[r, 0].set_ylabel(f"{name}\n{low:.2g} to {high:.2g}", fontsize=12)
    fig.suptitle("Share of values per bar (hatched: beyond the axis); above each layer its standard deviation",
                 fontsize=12, x=0.01, ha="left")
    fig.supxlabel("layer", fontsize=12)
    return fig


def _draw_histogram(ax, values, edges, margin, colour):
    low, high = edges[[0, -1]]
    ax.bar(edges[:-1], np.histogram(values, edges)[0] / values.size, width=np.diff(edges), align="edge", color=colour)
    for left, beyond in ((low - margin, values < low), (high, values > high)):
        if beyond.any():
            ax.bar(left, beyond.mean(), width=margin, align="edge", facecolor="white", edgecolor=colour, hatch="////")


def _colour(name):
    for key in sorted(COLOURS, key=len, reverse=True):
        if name.startswith(key):
            return COLOURS[key]
    return None


def _running_mean(values, width):
    if width <= 1 or len(values) == 0:
        return values
    total = np.cumsum(np.concatenate([[0.0], values]))
    end = np.arange(1, len(values) + 1)
    begin = np.maximum(end - width, 0)
    return (total[end] - total[begin]) / (end - begin)


def _common_limits(arrays):
    finite = [a[np.isfinite(a)] for a in arrays]
    reach = max((float(np.quantile(np.abs(a), 0.99)) for a in finite if a.size), default=0.0) or 1.0
    return (0.0 if all((a >= 0).all() for a in finite) else -reach), reach


def label_ends(ax, ends):
    """Write each line's name right of its end.

    A name is pushed up where it would overlap the name below; a thin line then leads from it to the end of its own.
    """
    (low, high), log = ax.get_ylim(), ax.get_yscale() == "log"
    scale = np.log10 if log else np.asarray
    # Heights in points. The frame's own is not known before drawing: three quarters of the figure's is near.
    points = 0.75 * 72 * ax.figure.get_figheight() / (scale(high) - scale(low))
    below = -np.inf
    for name, x, y, colour in sorted(ends, key=lambda end: end[2]):
        height = (scale(np.clip(y, low, high)) - scale(low)) * points
        below = max(height, below + 15)
        pushed = below - height > 6
        ax.annotate(name, (x, np.clip(y, low, high)), xytext=(18 if pushed else 7, below - height),
                    textcoords="offset points", color=[0.7 * c for c in to_rgb(colour)], va="center", fontsize=12,
                    annotation_clip=False, arrowprops=leader(colour) if pushed else None)


def leader(colour):
    """Return the look of a thin line from the end of a curve to a name that is not beside it."""
    return {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5)}
