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

from cs231n_lib.lab import plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.check.report import render_badge
from cs231n_lib.lab.explorers.prediction import BetCover, cover

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

    A subclass defines :meth:`controls`, :meth:`compute`, :meth:`frame`, :meth:`draw`, :meth:`describe` and
    :meth:`draw_static`, and may define :meth:`frame_key` and :meth:`name_verdict`. The parameters are the values of the
    controls and ``seed``; every method but ``controls`` and ``draw_static`` receives all of them by name.

    Parameters
    ----------
    prediction : object, optional
        What the reader predicted. While this is no answer (``...`` is none), :meth:`show` and :meth:`static` display
        only a sentence that says what to predict. Without this argument nothing is covered.
    bet : str, optional
        The variable of a bet, as in ``"bet_scale"``: the same for a notebook with bets. Its cell is read at each
        :meth:`show`.
    **parameters
        Where to start, such as ``depth=5, seed=3``. The others start where :meth:`controls` puts them.

    Attributes
    ----------
    presets : dict of str to dict
        Named states; each becomes a button. What a preset does not mention stays as it is.
    size : tuple of float
        Width and height of the picture in inches; it never changes, so that nothing jumps.
    question : Prediction, BetCover or None
        The prediction or bet that the picture answers.
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
        # glibc gives freed memory back to the system if the block is larger than a threshold. Freeing one large block
        # raises that threshold, so the arrays of later moves reuse memory: fresh pages cost 10 of 60 ms.
        np.empty(31 << 20, dtype=np.uint8)
        self._controls = self.controls()
        self._asked = self.question is not None and "prediction" in parameters
        self._prediction = parameters.pop("prediction") if self._asked else None
        if "bet" in parameters:
            self._asked, self.question = True, BetCover(parameters.pop("bet"))
        self._seed, self._quiet = 0, False
        self._handle = self._client = self._key = self._image = self.result = None
        self._again = widgets.HTML()
        self._again.add_class("explorer-again")
        self.set(**parameters)
        self._start = self.parameters
        for widget in self._controls.values():
            widget.observe(self._changed, names="value")

    # What a subclass defines.

    def controls(self):
        """Return the widgets by parameter name, in the order of display: ``{"depth": slider(...), ...}``."""
        raise NotImplementedError

    def compute(self, **parameters):
        """Compute what is to be drawn. Call plain functions here: tests call those, without a browser."""
        raise NotImplementedError

    def frame_key(self, **parameters):
        """Return a value that the axes depend on. They are drawn again only when it changes."""
        return None

    def frame(self, figure, **parameters):
        """Draw everything that does not move into an empty figure; return the list of artists that :meth:`draw` moves.

        Parameters
        ----------
        figure : matplotlib.figure.Figure
        """
        raise NotImplementedError

    def draw(self, result, **parameters):
        """Move the artists to ``result``. They must stay inside the axes of :meth:`frame`."""
        raise NotImplementedError

    def describe(self, result, **parameters):
        """Return the sentence that says what is seen. It stands above the picture and is its alternative text."""
        raise NotImplementedError

    def name_verdict(self, result, **parameters):
        """Return the word that begins the sentence of :meth:`describe` and its status, which gives it a color.

        Returns
        -------
        verdict : tuple of (str, str) or None
            As in ``("Healthy", "ok")``: see ``COLOURS`` of ``check.report``. None if there is no such word.
        """
        return None

    def draw_static(self):
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
        """Display the controls and the picture, or only a sentence while the prediction is missing."""
        if self._cover():
            return
        display({"text/html": ASLEEP, "text/plain": ""}, raw=True)
        display_panel(self._panel())
        # Two outputs: an update replaces the picture and leaves the controls, and the focus, where they are.
        self._handle = display({"text/html": "", "text/plain": ""}, raw=True, display_id=True)
        self._client = find_client()
        self.update()

    def static(self, **settings):
        """Display the main point for a reader without a kernel, unless the prediction is missing.

        Parameters
        ----------
        **settings
            Those of the explorer's :meth:`draw_static`.
        """
        if not self._cover():
            self.draw_static(**settings)

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
        """Compute and draw the current state. An error becomes a message above the last picture.

        It is caught because an exception in a widget's callback would vanish without a trace.
        """
        if self._handle is not None:
            try:
                bundle = self.render()
            except Exception as error:
                line = f"<b>This state could not be drawn.</b> {html.escape(describe_error(error))}"
                bundle = self._bundle(line, "not drawn", error=True)
            self._push(bundle)

    def render(self):
        """Compute and draw the current state.

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
        return self._bundle(self._render_sentence(sentence, parameters), sentence)

    def _render_sentence(self, sentence, parameters):
        verdict = self.name_verdict(self.result, **parameters)
        if verdict is None:
            return html.escape(sentence)
        word, status = verdict
        return f"{render_badge(html.escape(word), status)} {html.escape(sentence.removeprefix(f'{word}: '))}"

    def _cover(self):
        if isinstance(self.question, BetCover):
            self._prediction = self.question.read_value()
        return self._asked and cover(self.question, self._prediction)

    def _push(self, bundle):
        # A page that was reloaded has the controls again but not the handle: the picture goes below the controls.
        if find_client() == self._client:
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
        # Width and height keep the place while it loads; decoding="sync" makes the browser wait, not paint a blank.
        loading = f'height="{round(100 * self.size[1])}" decoding="sync" '
        style = "border-left: 4px solid #D55E00; padding-left: 0.5em; " if error else ""
        picture = "" if self._image is None else plots.render_image(self._figure, self._image, alt, loading)
        asked = f"<p>{html.escape(self.question.describe_prediction(self._prediction))}</p>" if self._asked else ""
        return {"text/html": f'<div class="explorer-picture">{asked}<p style="{style}min-height: 3.2em; '
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


def display_panel(panel):
    """Display a box of widgets.

    Parameters
    ----------
    panel : ipywidgets.Widget
    """
    if not hasattr(panel, "_repr_mimebundle_"):  # ipywidgets 7, which Colab has
        display(panel)
        return
    # Without the plain text, which would be what viewers show: VBox(children=(HBox(children=(...
    display({**panel._repr_mimebundle_(), "text/plain": ""}, raw=True)


def find_client():
    """Return the id of the browser page whose request is being handled; None where there is no kernel."""
    kernel = getattr(get_ipython(), "kernel", None)
    return None if kernel is None else kernel.get_parent().get("header", {}).get("session")


def memoize(holder, key, used, make):
    """Return ``make()``, and the same object again until ``key`` or one of the reader's functions changes.

    Parameters
    ----------
    holder : Explorer or type
        What stores the result: one explorer, or the class for all explorers of a kind.
    key : object
        What the result was computed for, compared with ``==``.
    used : dict of str to tuple of str
        Graded module -> names of its functions that ``make`` calls. An edited function counts as changed: autoreload
        gives it new code.
    make : callable
        Takes no arguments.

    Returns
    -------
    result : object
    """
    functions = [getattr(import_module(f"cs231n_lib.{m}"), f, None) for m, names in used.items() for f in names]
    key = key, [getattr(f, "__code__", f) for f in functions]
    if getattr(holder, "_memo", (None,))[0] != key:
        holder._memo = key, make()
    return holder._memo[1]


def slider(label, value, low, high, step, **settings):
    """Make a slider; of whole numbers if ``value`` is an int.

    Parameters
    ----------
    label : str
    value, low, high, step : int or float
        Where it starts, its range, and its step.
    **settings
        For the widget.
    """
    kind = widgets.IntSlider if isinstance(value, int) else widgets.FloatSlider
    return kind(value=value, min=low, max=high, step=step, description=label, **_WIDE, **settings)


def log_slider(label, value, low, high, readout_format=".3g", step=0.02):
    """Make a logarithmic slider with 50 steps per decade.

    Parameters
    ----------
    label : str
    value, low, high : float
        Where it starts, and its range; above 0.
    readout_format : str, default ".3g"
    step : float, default 0.02
        In decades. A browser moves a value that a button sets to the nearest step, also one at the end of the range.
    """
    return widgets.FloatLogSlider(value=value, min=np.log10(low), max=np.log10(high), step=step,
                                  description=label, readout_format=readout_format, **_WIDE)


def menu(label, value, options):
    """Make a drop-down menu.

    Parameters
    ----------
    label, value : str
        Its name, and the option it starts with.
    options : iterable of str
    """
    return widgets.Dropdown(value=value, options=list(options), description=label,
                            style={"description_width": "initial"}, layout=widgets.Layout(width="220px"))


_WIDE = {"continuous_update": True, "style": {"description_width": "initial"},
         "layout": widgets.Layout(width="340px")}


def describe_error(error):
    """Return an exception as one line of text, with the line of the reader's own module if it was raised there."""
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
        slack = 1e-9 * max(abs(low), abs(high))
        if not low - slack <= value <= high + slack:
            raise ValueError(f"expected {name} between {low:g} and {high:g}, got {value!r}")
    widget.value = value
