"""The report's figures: SVG images, each with an alternative text that says what it shows.

Every figure is a separate ``img``, because inline SVGs would repeat each other's ids, which makes a page invalid.
"""

import base64
import io
from array import array
from collections.abc import Callable, Mapping
from typing import TypedDict

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

from autograder.course.text import format_count
from cs231n_lib.lab.plots import BLUE, GREY, ORANGE, VERMILLION

STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "report", "font.size": 11,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
    "grid.color": "#DDDDDD", "figure.facecolor": "white",
}
"""The style of the notebooks, for small figures; text in the SVG stays text."""


class Picture(TypedDict):
    """What the template needs to show a figure; sizes in pixels."""

    src: str
    alt: str
    width: int
    height: int


def encode_picture(draw: Callable[[Axes], None], alt: str, size: tuple[float, float]) -> Picture:
    """Draw a figure and return it as a data URL.

    Parameters
    ----------
    draw : callable
        ``draw(ax)`` draws into the axes.
    alt : str
        The alternative text.
    size : (float, float)
        Width and height in inches.
    """
    svg = io.BytesIO()
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # matplotlib wants literal keys
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    src = "data:image/svg+xml;base64," + base64.b64encode(svg.getvalue()).decode()
    return {"src": src, "alt": alt, "width": round(96 * size[0]), "height": round(96 * size[1])}


def draw_distribution(shares: np.ndarray, name: str, of: str) -> Picture | None:
    """Draw a histogram of the shares of the points; None if there are none.

    Parameters
    ----------
    shares : ndarray of shape (n,)
        From 0 to 1.
    name : str
        Title of the assignment, for the alternative text.
    of : str
        What is counted: "submissions" or "students".
    """
    if not len(shares):
        return None
    counts, edges = np.histogram(np.clip(shares, 0, 1), np.linspace(0, 1, 21 if len(shares) >= 50 else 11))
    mean = float(np.mean(shares))

    def draw(ax):
        ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white", linewidth=0.8)
        ax.axvline(mean, color=VERMILLION, linestyle="--", linewidth=1.5)
        side = "right" if mean > 0.5 else "left"
        ax.annotate(f"mean {mean:.0%}", (mean, 1), xycoords=("data", "axes fraction"), ha=side, va="bottom",
                    xytext=(0, 1), textcoords="offset points", color="#963F00")
        ax.set(xlim=(0, 1), xlabel="share of the points", ylabel=of)
        ax.grid(axis="x", visible=False)
        ax.xaxis.set_major_formatter(PercentFormatter(1))
        ax.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))

    most = int(np.argmax(counts))
    alt = (f"{name}: histogram of the share of the points of {len(shares):,} {of}. Mean {mean:.0%}, median "
           f"{np.median(shares):.0%}; most, {counts[most]:,}, are from {edges[most]:.0%} to {edges[most + 1]:.0%}.")
    return encode_picture(draw, alt, (4.6, 2.7))


def draw_boxes(shares: Mapping[str, np.ndarray]) -> Picture | None:
    """Draw box plots of the marks of all assignments side by side; None if there are no marks.

    Parameters
    ----------
    shares : dict of str to ndarray
        Assignment -> share of the points of each submission, from 0 to 1.
    """
    shares = {name: s for name, s in shares.items() if len(s)}
    if not shares:
        return None
    names = ("whislo", "q1", "med", "q3", "whishi")
    stats = [{**dict(zip(names, np.quantile(s, [0.05, 0.25, 0.5, 0.75, 0.95]), strict=True)), "label": name[:2]}
             for name, s in shares.items()]

    def draw(ax):
        ax.bxp(stats, showfliers=False, patch_artist=True, widths=0.55, capprops={"color": BLUE},
               whiskerprops={"color": BLUE}, boxprops={"facecolor": "#BBD9EA", "edgecolor": BLUE},
               medianprops={"color": VERMILLION, "linewidth": 2})
        ax.set(ylim=(-0.02, 1.02), xlabel="assignment", ylabel="share of the points")
        ax.grid(axis="x", visible=False)
        ax.yaxis.set_major_formatter(PercentFormatter(1))

    medians = ", ".join(f"{s['label']} {s['med']:.0%}" for s in stats)
    alt = f"Share of the points per assignment: boxes from the lower to the upper quartile. Medians: {medians}."
    return encode_picture(draw, alt, (4.6, 2.7))


def draw_times(times: array | np.ndarray, name: str) -> Picture | None:
    """Draw a histogram of the seconds that grading took per submission, on a log axis; None if there are none."""
    seconds = np.maximum(np.asarray(times, float), 0.01)
    if not len(seconds):
        return None
    low, high = np.floor(4 * np.log10(seconds.min())) / 4, np.ceil(4 * np.log10(seconds.max()) + 1e-9) / 4
    edges = 10 ** np.linspace(low, max(high, low + 0.5), 25)
    counts, _ = np.histogram(seconds, edges)

    def draw(ax):
        ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=ORANGE, edgecolor="white", linewidth=0.8)
        ax.axvline(float(np.median(seconds)), color=GREY, linestyle="--", linewidth=1.5)
        ax.annotate(f"median {np.median(seconds):.2g} s", (np.median(seconds), 1), xycoords=("data", "axes fraction"),
                    ha="left", va="bottom", xytext=(0, 1), textcoords="offset points", color="#444444")
        ax.set(xscale="log", xlim=(edges[0], edges[-1]), xlabel="seconds of grading", ylabel="submissions")
        ax.grid(axis="x", visible=False)
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if edges[-1] < 100 * edges[0] else (1,)))
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.xaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))

    alt = (f"{name}: histogram of the grading time of {format_count(len(seconds), 'submission')}, from "
           f"{seconds.min():.2g} to {seconds.max():.2g} seconds, median {np.median(seconds):.2g}.")
    return encode_picture(draw, alt, (4.6, 2.7))
