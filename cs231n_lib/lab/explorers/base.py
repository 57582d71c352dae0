"""What all explorers share: controls on top, one picture below, and a sentence that says what it shows.

A picture follows the slider because little is drawn. Axes, ticks and titles are drawn once and kept as pixels;
a move pastes them back, draws the few artists that changed on top (blitting), and hands the PNG to a display
handle. The handle also leaves the last picture in the saved notebook.
"""

import base64
import html
import struct
import traceback
import zlib
from importlib import import_module
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cs231n_lib.lab.blas import one_blas_thread

DPI = 120

# What a saved notebook says where the controls were. In JupyterLab it takes the place of "model not found", an error
# that nobody made; where the controls are alive it is hidden; it waits a second, for they may be on their way. The
# last rule hides a saved picture that has moved to its controls (see Explorer._push).
ASLEEP = """<style>
.jp-OutputArea:has(.explorer-asleep) > .jp-OutputArea-child > .lm-Panel.jp-OutputArea-output:not(:has(*)),
.jp-OutputArea:has(.widget-slider) .explorer-asleep,
body:not(:has(.jp-OutputArea)):has(.widget-slider) .explorer-asleep,
.jp-OutputArea:has(.explorer-again img) .jp-RenderedHTML .explorer-picture { display: none }
.explorer-asleep { animation: explorer-asleep 1s step-end }
@keyframes explorer-asleep { from { visibility: hidden } }
</style><p class="explorer-asleep">Run this cell to move the picture: its controls need a running kernel.</p>"""


class Explorer:
    """Base of the explorers. A subclass says what to control, what to compute, and what to draw.

    It gives :meth:`controls`, :meth:`compute`, :meth:`frame`, :meth:`draw`, :meth:`describe` and :meth:`twin`, and
    may give :meth:`frame_key`. The parameters are the values of the controls and ``seed``; every method but
    ``controls`` and ``twin`` receives all of them by name.

    Parameters
    ----------
    prediction : object, optional
        What the reader predicted. While it answers nothing, as ``...`` does, :meth:`show` and :meth:`static` display
        one sentence that says what to predict. Left out, nothing is covered.
    **parameters
        Where to start, such as ``depth=5, seed=3``. What is not given starts where :meth:`controls` puts it.

    Attributes
    ----------
    presets : dict of str to dict
        Named states; each becomes a button. What a preset does not mention stays as it is.
    size : tuple of float
        Width and height of the picture in inches; it never changes, so that nothing jumps.
    question : Question or None
        The prediction that the picture answers.
    result : object
        What :meth:`compute` returned last, to look at in a cell.

    Raises
    ------
    ValueError
        If a parameter has an unknown name or a value that its control does not offer.
    """

    presets = {}
    size = (9.0, 4.2)
    question = None

    def __init__(self, **parameters):
        # glibc returns freed memory to the system above a threshold, which freeing one large block raises. A move's
        # arrays then come from memory that the process still has: fresh pages cost 10 of 60 ms.
        np.empty(31 << 20, dtype=np.uint8)
        self._controls = self.controls()
        self._asked = self.question is not None and "prediction" in parameters
        self._prediction = parameters.pop("prediction") if self._asked else None
        self._seed, self._quiet = 0, False
        self._handle = self._client = self._key = self._image = self.result = None
        self._again = widgets.HTML()
        self._again.add_class("explorer-again")
        self.set(**parameters)
        self._start = self.parameters
        for widget in self._controls.values():
            widget.observe(self._changed, names="value")

    # What a subclass gives.

    def controls(self):
        """Return the widgets by parameter name, in the order of display: ``{"depth": slider(...), ...}``."""
        raise NotImplementedError

    def compute(self, **parameters):
        """Compute what is to be drawn. Call plain functions here, they are what the tests test."""
        raise NotImplementedError

    def frame_key(self, **parameters):
        """Return what the axes depend on. While it stays the same, they are not drawn again."""
        return None

    def frame(self, figure, **parameters):
        """Draw what stands still into an empty figure; return the list of artists that :meth:`draw` moves."""
        raise NotImplementedError

    def draw(self, result, **parameters):
        """Move the artists to ``result``. They must stay inside the axes of :meth:`frame`."""
        raise NotImplementedError

    def describe(self, result, **parameters):
        """Return the sentence that names what is seen: above the picture, and its alternative text."""
        raise NotImplementedError

    def twin(self):
        """Display the main point as one figure of small multiples, with :func:`cs231n_lib.lab.plots.show`."""
        raise NotImplementedError

    # What a notebook calls.

    @property
    def parameters(self):
        """The state as a dict. ``type(self)(**self.parameters)`` is the same explorer again."""
        return {**{name: widget.value for name, widget in self._controls.items()}, "seed": self._seed}

    def __repr__(self):
        # 12 digits: 0.02 rather than the 0.019999999999999997 that a slider makes of it.
        values = {k: float(f"{v:.12g}") if isinstance(v, float) else v for k, v in self.parameters.items()}
        return f"explorers.{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in values.items())})"

    def show(self):
        """Display the controls and the picture; a sentence alone while the prediction is missing."""
        if self._cover():
            return
        display({"text/html": ASLEEP, "text/plain": ""}, raw=True)
        self._display_panel(self._panel())
        # Two outputs: an update replaces the picture and leaves the controls, and the focus, where they are.
        self._handle = display({"text/html": "", "text/plain": ""}, raw=True, display_id=True)
        self._client = client()
        self.update()

    def static(self, **settings):
        """Display the main point for a reader without a kernel (:meth:`twin`), unless the prediction is missing."""
        if not self._cover():
            self.twin(**settings)

    @staticmethod
    def _display_panel(panel):
        if not hasattr(panel, "_repr_mimebundle_"):  # ipywidgets 7, which Colab has
            display(panel)
            return
        # Without the plain text, which would be what viewers show: VBox(children=(HBox(children=(...
        display({**panel._repr_mimebundle_(), "text/plain": ""}, raw=True)

    def set(self, **parameters):
        """Change some parameters at once, and draw once."""
        known = list(self._controls) + ["seed"]
        unknown = [name for name in parameters if name not in known]
        if unknown:
            raise ValueError(f"expected parameters among {', '.join(known)}, got {', '.join(unknown)}")
        self._quiet = True
        try:
            self._seed = int(parameters.pop("seed", self._seed))
            for name, value in parameters.items():
                _assign(name, self._controls[name], value)
        finally:
            self._quiet = False
        self.update()

    def reset(self):
        """Go back to where it started."""
        self.set(**self._start)

    def resample(self):
        """Draw new random numbers: the next seed."""
        self.set(seed=self._seed + 1)

    def update(self):
        """Compute and draw the present state. An error becomes a message above the last picture.

        It is caught because an exception in a widget's callback would vanish without a trace.
        """
        if self._handle is not None:
            try:
                bundle = self.render()
            except Exception as error:
                bundle = self._bundle(f"<b>Not drawn.</b> {html.escape(explain(error))}", "not drawn", error=True)
            self._push(bundle)

    def render(self):
        """Compute and draw the present state.

        Returns
        -------
        bundle : dict of str to str
            By MIME type, for ``display(..., raw=True)``.
        """
        parameters = self.parameters
        with one_blas_thread():
            self.result = self.compute(**parameters)
        key = (self.frame_key(**parameters),)
        if key != self._key:
            self._draw_frame(parameters)
            self._key = key
        self.draw(self.result, **parameters)
        self._canvas.restore_region(self._background)
        for artist in self._artists:
            self._figure.draw_artist(artist)
        self._image = encode_png(np.asarray(self._canvas.buffer_rgba()))
        sentence = self.describe(self.result, **parameters)
        return self._bundle(html.escape(sentence), sentence)

    def _cover(self):
        covered = self._asked and bool(self.question.problem(self._prediction))
        if covered:
            line = self.question.cover(self._prediction)
            display({"text/html": f"<p>{html.escape(line)}</p>", "text/plain": line}, raw=True)
        return covered

    def _push(self, bundle):
        # A page that was loaded anew has the controls again, but forgot the handle: the picture goes to its controls.
        if client() == self._client:
            self._handle.update(bundle, raw=True)
        else:
            self._again.value = bundle["text/html"]

    def _draw_frame(self, parameters):
        # Not pyplot's: it would keep every figure alive.
        self._figure = Figure(figsize=self.size, dpi=DPI, facecolor="white", layout="none")
        self._canvas = FigureCanvasAgg(self._figure)
        self._artists = self.frame(self._figure, **parameters)
        for artist in self._artists:
            artist.set_animated(True)
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self._figure.bbox)

    def _bundle(self, line, alt, error=False):
        # JupyterLab shows a PNG output without alternative text, so the picture comes as HTML. Width and height
        # keep the place while it loads; decoding="sync" makes the browser wait rather than paint a blank.
        width, height = (round(100 * inches) for inches in self.size)
        style = "border-left: 4px solid #D55E00; padding-left: 0.5em; " if error else ""
        picture = "" if self._image is None else (
            f'<img src="data:image/png;base64,{self._image}" alt="{html.escape(alt)}" width="{width}" '
            f'height="{height}" decoding="sync" style="max-width: 100%; height: auto; background: white">')
        asked = f"<p>{html.escape(self.question.beside(self._prediction))}</p>" if self._asked else ""
        return {"text/html": f'<div class="explorer-picture">{asked}<p style="{style}min-height: 2.6em; '
                             f'margin: 0.3em 0">{line}</p>{picture}<p style="margin: 0"><small>This state: '
                             f'<code>{html.escape(repr(self))}</code></small></p></div>',
                "text/plain": f"[{alt}] {self!r}"}

    def _panel(self):
        buttons = [_button(name, lambda name=name: self.set(**self.presets[name])) for name in self.presets]
        buttons += [_button("resample", self.resample, "new random numbers"),
                    _button("reset", self.reset, "back to the start")]
        row = widgets.Layout(flex_flow="row wrap")
        return widgets.VBox([widgets.HBox(list(self._controls.values()), layout=row),
                             widgets.HBox(buttons, layout=row), self._again])

    def _changed(self, change):
        if not self._quiet:
            self.update()


def client():
    """Return which page of a browser asked for what is being done; None where there is no kernel."""
    kernel = getattr(get_ipython(), "kernel", None)
    return None if kernel is None else kernel.get_parent().get("header", {}).get("session")


def kept(holder, key, used, make):
    """Return what ``make()`` gives; the same object again until ``key`` or a function of the reader's changes.

    Parameters
    ----------
    holder : Explorer or type
        Who keeps it: one explorer, or all explorers of a kind.
    key : object
        What it was computed for.
    used : dict of str to tuple of str
        Graded module -> names of its functions that ``make`` calls. An edited function is a new one (autoreload
        gives it new code).
    make : callable
    """
    functions = [getattr(import_module(f"cs231n_lib.{m}"), f, None) for m, names in used.items() for f in names]
    key = key, [getattr(f, "__code__", f) for f in functions]
    if getattr(holder, "_kept", (None,))[0] != key:
        holder._kept = key, make()
    return holder._kept[1]


def slider(label, value, low, high, step, **settings):
    """Make a slider; whole numbers if ``value`` is one."""
    kind = widgets.IntSlider if isinstance(value, int) else widgets.FloatSlider
    return kind(value=value, min=low, max=high, step=step, description=label, **_WIDE, **settings)


def log_slider(label, value, low, high, readout_format=".3g"):
    """Make a slider that multiplies: 1/50 of a decade per step, from ``low`` to ``high``."""
    return widgets.FloatLogSlider(value=value, min=np.log10(low), max=np.log10(high), step=0.02,
                                  description=label, readout_format=readout_format, **_WIDE)


def menu(label, value, options):
    """Make a drop-down menu of strings."""
    return widgets.Dropdown(value=value, options=list(options), description=label,
                            style={"description_width": "initial"}, layout=widgets.Layout(width="220px"))


_WIDE = {"continuous_update": True, "style": {"description_width": "initial"},
         "layout": widgets.Layout(width="340px")}


def explain(error):
    """Put an exception into one line, with the place in the reader's own module if it was raised there."""
    lab = Path(__file__).parents[1]
    own = [f for f in traceback.extract_tb(error.__traceback__)
           if Path(f.filename).parent == lab.parent]
    text = str(error) if isinstance(error, NotImplementedError) else f"{type(error).__name__}: {error}"
    if own and not isinstance(error, NotImplementedError):
        text += f" (cs231n_lib/{Path(own[-1].filename).name}, line {own[-1].lineno}: {own[-1].line})"
    return text


def encode_png(rgba):
    """Encode pixels as PNG in base64.

    By hand, because an encoder that looks for the best filter of every row takes three times as long, and these
    flat pictures hardly gain from it (PNG specification, W3C 2003, sections 5 and 9).

    Parameters
    ----------
    rgba : ndarray of uint8, shape (H, W, 4)

    Returns
    -------
    text : str
    """
    height, width, _ = rgba.shape
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = rgba.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    png = b"\x89PNG\r\n\x1a\n"
    for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, level=1)), (b"IEND", b"")):
        png += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return base64.b64encode(png).decode()


def _button(label, action, tooltip=""):
    button = widgets.Button(description=label, tooltip=tooltip, layout=widgets.Layout(width="auto"))
    button.on_click(lambda _: action())
    return button


def _assign(name, widget, value):
    options = getattr(widget, "options", None)
    if options is not None and value not in options:
        raise ValueError(f"expected {name} to be one of {', '.join(map(str, options))}, got {value!r}")
    if options is None:
        low, high = widget.min, widget.max
        if isinstance(widget, widgets.FloatLogSlider):
            low, high = widget.base**low, widget.base**high
        if not low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
            raise ValueError(f"expected {name} between {low:g} and {high:g}, got {value!r}")
    widget.value = value
