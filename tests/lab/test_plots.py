"""Do the figures show what they are given, in the house style, to everybody?"""

import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from cs231n_lib.lab import plots
from cs231n_lib.lab.net import ACTIVATIONS


def drawn(fig):
    """The figure as an array: drawing must not fail."""
    png = io.BytesIO()
    fig.savefig(png, format="png")
    png.seek(0)
    return plt.imread(png)


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_every_activation_has_a_colour_of_its_own():
    """Are the seven activations told apart?"""
    assert len({plots.COLOURS[name] for name in ACTIVATIONS}) == len(ACTIVATIONS)


def test_longer_names_win():
    """Does "relu, 5 layers" have relu's colour, and leaky_relu its own?"""
    assert plots._colour("relu, 5 layers") == plots.COLOURS["relu"]
    assert plots._colour("leaky_relu") == plots.COLOURS["leaky_relu"]
    assert plots._colour("slope") is None


def test_use_style_is_not_needed_to_draw():
    """Does every function draw with the style and without?"""
    with plt.rc_context():
        drawn(plots.curves({"relu": [1, 2]}))
        plots.use_style()
        drawn(plots.curves({"relu": [1, 2]}))
        assert plt.rcParams["figure.figsize"] == [plots.WIDTH, plots.HEIGHT]


@pytest.mark.parametrize("shape", [(3, 32, 32, 3), (3, 8, 8, 1), (3, 8, 8), (1, 8, 8, 3), (13, 8, 8, 3)])
def test_montage_frames_each_image_and_leaves_the_rest_empty(shape):
    """Does each image stand in a frame of its own, with nothing in those left over?"""
    images = np.random.default_rng(0).uniform(0, 255, shape)
    fig = plots.montage(images, [f"class {i}" for i in range(len(images))], columns=5)
    drawn(fig)
    shown = [ax for ax in fig.axes if ax.images]
    assert len(shown) == len(images) and shown[0].get_title() == "class 0"
    assert np.array_equal(shown[0].images[0].get_array(), images[0].astype(np.uint8).squeeze())


def test_montage_rescales_weights_to_the_whole_range():
    """Do weights, a few hundredths around 0, use the whole range?"""
    w = np.random.default_rng(0).normal(0, 0.01, (2, 8, 8, 3))
    pixels = plots.montage(w, rescale=True).axes[0].images[0].get_array()
    assert pixels.min() == 0 and pixels.max() == 255
    drawn(plots.montage(np.zeros((1, 8, 8, 3)), rescale=True))


def test_montage_refuses_flat_arrays_and_missing_titles():
    """Is a flat array or a missing title refused in words?"""
    with pytest.raises(ValueError, match=r"\(N, H, W, 3\).*got \(5, 3072\)"):
        plots.montage(np.ones((5, 3072)))
    with pytest.raises(ValueError, match="2 titles, one per image, got 1"):
        plots.montage(np.ones((2, 8, 8)), ["one"])


def test_curves_label_their_ends_and_axes():
    """Has each line its name, each axis its label, and the reference its level?"""
    fig = plots.curves({"relu": [3, 2, 1], "mine": [3, 3, 3]}, reference=(np.log(10), "log 10"))
    (ax,) = fig.axes
    assert set(texts(ax)) == {"relu", "mine", "log 10"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("iteration", "loss")
    assert ax.lines[0].get_color() == plots.COLOURS["relu"] != ax.lines[1].get_color()
    assert np.allclose(ax.lines[2].get_ydata(), np.log(10))


def test_curves_show_the_mean_of_the_last_values():
    """Is the value shown the mean of the last k, and of fewer at the beginning?"""
    line = plots.curves({"relu": [4.0, 2.0, 0.0, 2.0]}, smooth=2).axes[0].lines[0]
    assert np.allclose(line.get_ydata(), [4, 3, 1, 1])


def test_curves_survive_explosions():
    """Do nan, inf and zeros on a log axis leave gaps, not errors? And a line of nothing else?"""
    for log in (False, True):
        lines = {"relu": [1.0, 1e30, np.inf, np.nan], "tanh": [np.nan] * 4, "he": [1.0, 0.0, 1.0, 2.0]}
        fig = plots.curves(lines, log=log)
        assert set(texts(fig.axes[0])) == {"relu", "he"}
        drawn(fig)


def test_labels_do_not_overlap():
    """Are the names of lines that end at one point pushed apart?"""
    fig = plots.curves({name: [1.0, 2.0] for name in ACTIVATIONS})
    drawn(fig)
    boxes = sorted((Text.get_window_extent(t) for t in fig.axes[0].texts), key=lambda b: b.y0)  # without the lines
    assert all(lower.y1 <= upper.y0 + 2 for lower, upper in zip(boxes[:-1], boxes[1:], strict=True))


def test_a_name_that_is_pushed_away_is_led_to_the_end_of_its_line():
    """Is there a thin line to each name that does not stand beside its line, and to no other?"""
    fig = plots.curves({"he": [2.0, 1.0], "lsuv": [2.0, 1.01], "xavier": [2.0, 2.0]}, ylim=(0, 3))
    assert {t.get_text(): t.arrow_patch is not None for t in fig.axes[0].texts} == {
        "he": False, "lsuv": True, "xavier": False}
    drawn(fig)


def test_histograms_share_their_axes_and_add_up_to_one():
    """Do all layers of a row share their axes, add up to one, and carry their standard deviation?"""
    rng = np.random.default_rng(0)
    rows = {"activations": [rng.uniform(-1, 1, (50, 40)) * s for s in (1, 0.1, 5)],
            "gradients": [rng.normal(0, 1e-4, (50, 40)) for _ in range(3)]}
    fig = plots.histograms_per_layer(rows, {"activations": (-1, 1)})
    drawn(fig)
    assert len(fig.axes) == 6 and len({ax.get_xlim() for ax in fig.axes[:3]}) == 1
    for ax in fig.axes:
        assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(1)
    assert [ax.get_title() for ax in fig.axes[:3]] == [f"{a.std():.2g}" for a in rows["activations"]]


def test_histograms_hatch_what_lies_beyond_the_axis():
    """Does a layer that has exploded look other than one that is saturated?"""
    saturated, exploded = np.repeat([-1.0, 1.0], 50), np.linspace(-100, 100, 100)
    fig = plots.histograms_per_layer({"activations": [saturated, exploded]}, {"activations": (-1, 1)})
    hatched = [[bar for bar in ax.patches if bar.get_hatch()] for ax in fig.axes]
    assert not hatched[0] and [bar.get_height() for bar in hatched[1]] == [0.5, 0.5]
    assert [bar.get_x() < -1 or bar.get_x() >= 1 for bar in hatched[1]] == [True, True]
    assert max(bar.get_height() for bar in fig.axes[1].patches if not bar.get_hatch()) < 0.05


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values, title, share, highest", [
    ([0.0, 0.0], "0", 1.0, 1.0), ([1.0, np.inf], "nan", 1.0, 0.5), ([1.0, np.nan], "nan", 0.5, 0.5),
    ([np.nan, np.nan], "nan", 0.0, 0.0),
])
def test_histograms_show_dead_and_exploded_layers(values, title, share, highest):
    """Are layers of zeros, and layers with inf or nan, named and drawn by what they hold, without a warning?"""
    fig = plots.histograms_per_layer({"activations": [np.array([values]), np.ones((2, 2))]})
    drawn(fig)
    assert [ax.get_title() for ax in fig.axes] == [title, "0"]
    heights = [[bar.get_height() for bar in ax.patches] for ax in fig.axes]
    assert sum(heights[0]) == pytest.approx(share) and max(heights[0]) == pytest.approx(highest)
    assert sum(heights[1]) == pytest.approx(1)


def test_histograms_refuse_rows_of_different_length():
    """Are rows of different length refused?"""
    with pytest.raises(ValueError, match="same number of layers"):
        plots.histograms_per_layer({"activations": [np.ones(3)], "gradients": []})


def test_show_has_alternative_text_and_closes(monkeypatch):
    """Does the picture carry its text, quoted, and is the figure closed?"""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    fig, ax = plt.subplots()
    plots.show(fig, 'A "line" <falls>')
    assert 'alt="A &quot;line&quot; &lt;falls&gt;"' in shown[0]["text/html"]
    assert shown[0]["text/plain"] == '[figure: A "line" <falls>]'
    assert not plt.fignum_exists(fig.number)
    with pytest.raises(ValueError, match="alt"):
        plots.show(fig, " ")


def write_texts(folder, text, monkeypatch):
    """Let a folder hold the texts of one notebook's figures."""
    folder.mkdir(exist_ok=True)
    (folder / "03_initialization.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(plots, "ALT_TEXTS", folder)
    return folder / "03_initialization.toml"


def test_texts_of_a_figure_are_found_by_its_id(monkeypatch, tmp_path):
    """Does an id stand for the alternative text and the caption, and is an unknown one an error?"""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    write_texts(tmp_path / "alt_texts", '[depth]\nalt = """Bars <grow>\nby layer."""\n[walk]\nalt = "A walk."\n'
                'caption = "Ten & more steps."\n', monkeypatch)
    for name in ("depth", "walk"):
        plots.show(plt.figure(), name)
    assert 'alt="Bars &lt;grow&gt; by layer."' in shown[0]["text/html"] and "figcaption" not in shown[0]["text/html"]
    assert shown[0]["text/plain"] == "[figure: Bars <grow> by layer.]"
    assert ">Ten &amp; more steps.</figcaption>" in shown[1]["text/html"]
    assert shown[1]["text/plain"] == "[figure: A walk.]\nTen & more steps."
    with pytest.raises(ValueError, match="'dept'"):
        plots.show(plt.figure(), "dept")


@pytest.mark.parametrize("text", ["[a]\nalt = ''", "[a]\ncaption = 'b'", "[a]\nalt = 'b'\ntitle = 'c'", "[a]\nalt = 1"])
def test_figure_without_an_alternative_text_is_named(text, monkeypatch, tmp_path):
    """Is a table that is no figure's an error that names the file and the figure?"""
    with pytest.raises(ValueError, match="03_initialization.toml: .*for a"):
        plots.read_figure_texts(write_texts(tmp_path / "alt_texts", text, monkeypatch))


@pytest.mark.parametrize("draw, look", [
    (lambda ax: ax.plot([1, 2]), "cs231n-drawing"),
    (lambda ax: ax.scatter([1, 2], [1, 2]), "cs231n-drawing"),
    (lambda ax: ax.contour(np.outer([1, 2], [1, 2])), "cs231n-drawing"),
    (lambda ax: ax.contourf(np.outer([1, 2], [1, 2])), "cs231n-picture"),
    (lambda ax: ax.imshow(np.eye(2)), "cs231n-picture"),
    (lambda ax: ax.scatter([1, 2], [1, 2], c=[0.1, 0.2]), "cs231n-picture"),
])
def test_dark_page_turns_drawings_round_and_no_photograph(draw, look):
    """Does a figure on a dark page dazzle nobody, and does no photograph or scale of colours become its negative?"""
    fig, ax = plt.subplots()
    draw(ax)
    image = plots.render_image(fig, "", "a line")
    plt.close(fig)
    assert f'class="{look}"' in image and f".{look} {{ filter: {plots.LOOKS[look]} }}" in image
    assert ("invert" in image) == (look == "cs231n-drawing")
