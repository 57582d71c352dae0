"""The components explorer: images from few principal components, and whitened."""

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import data, plots
from cs231n_lib.lab.blas import one_blas_thread
from cs231n_lib.lab.explorers.base import Explorer, log_slider, memoize
from cs231n_lib.lab.explorers.prediction import Prediction
from cs231n_lib.lab.net import call_student

SHOWN, SIDE = 6, 16  # images in a row; pixels on a side
EXAMPLES = 2000
GREY_LEVELS = 45.0  # a whitened or centred value is drawn at 128 + 45 times its size


def halve(images):
    """Average blocks of 2 x 2 pixels: 32 x 32 images become 16 x 16, 768 numbers instead of 3072.

    Parameters
    ----------
    images : ndarray of shape (N, 32, 32, 3)

    Returns
    -------
    rows : ndarray of shape (N, 768)
        One image per row.
    """
    n = len(images)
    return images.reshape(n, SIDE, 2, SIDE, 2, 3).mean(axis=(2, 4)).reshape(n, -1)


def reconstruct(Xc, components):
    """Rebuild centred data from some of its principal components.

    Parameters
    ----------
    Xc : ndarray of shape (N, D)
    components : ndarray of shape (k, D)

    Returns
    -------
    rebuilt : ndarray of shape (N, D)
    """
    return (Xc @ components.T) @ components


def fit_pca():
    """Decompose the first images; return (centred rows, mean, components, variances)."""
    X = halve(data.load("photopatches").X_train[:EXAMPLES])
    mean = X.mean(axis=0)
    components, variances = call_student("preprocessing", "pca", X - mean, returns="components, variances")
    return X - mean, mean, components, variances


class Components(Explorer):
    """Six images of 16 x 16 pixels: as they are, rebuilt from k principal components, and whitened.

    ``pca`` and ``whiten`` are the reader's (``preprocessing.py``), on 2000 training patches. The whitened
    coordinates are rotated back, so that they can be looked at as images (ZCA; Bell and Sejnowski, 1997).

    Notebook 02_preprocessing.
    """

    question = Prediction("prediction_components", (1, 768), "{} components hold 90 % of the variance",
                        "Move k until the sentence says 90 %.")
    presets = {"8 components": {"k": 8.0, "eps": 1e-5}, "25": {"k": 25.0, "eps": 1e-5},
               "all 768": {"k": 768.0, "eps": 1e-5}, "all, eps 100": {"k": 768.0, "eps": 100.0}}
    size = (9.0, 4.4)

    def controls(self):
        return {"k": log_slider("components k", 25.0, 1.0, 768.0, readout_format=".0f", step=np.log10(768) / 144),
                "eps": log_slider("eps of whiten", 1e-5, 1e-5, 1e4)}

    def compute(self, k, eps, seed):
        k = round(k)
        Xc, mean, components, variances = self._fitted()
        picked = Xc[np.random.default_rng(seed).choice(len(Xc), SHOWN, replace=False)]
        rebuilt = reconstruct(picked, components[:k])
        white = call_student("preprocessing", "whiten", picked, components[:k], variances[:k], eps=eps)
        white = white @ components[:k]
        size = np.sqrt(np.mean(white**2)) or 1.0  # of all six: alone, an even image would be black or white
        rows = [picked + mean, rebuilt + mean, 128 + GREY_LEVELS * white / size]
        shares = np.cumsum(variances) / variances.sum()
        return np.clip(rows, 0, 255).reshape(3, SHOWN, SIDE, SIDE, 3).astype(np.uint8), shares, k

    def _fitted(self):
        return memoize(Components, None, {"preprocessing": ("pca",)}, fit_pca)  # a second of work, for all of this kind

    def frame(self, figure, **_):
        self._pictures = []
        for row, title in enumerate(("as they are", "from k components", "whitened")):
            bottom = 0.67 - 0.31 * row
            figure.text(0.01, bottom + 0.255, title, fontsize=10, va="bottom")
            for column in range(SHOWN):
                ax = figure.add_axes((0.01 + 0.097 * column, bottom, 0.09, 0.25))
                ax.set_axis_off()
                self._pictures.append(ax.imshow(np.zeros((SIDE, SIDE, 3), np.uint8)))
        ax = figure.add_axes((0.68, 0.14, 0.30, 0.74))
        ax.set(xscale="log", xlim=(0.9, 850), ylim=(0, 1.03), xlabel="components k", yticks=[0, 0.5, 0.9, 1])
        ax.set_title("share of the variance in the first k", fontsize=10, loc="left")
        self._curve = ax.plot([], [], color=plots.BLUE)[0]
        self._mark = ax.plot([], [], "o", color=plots.VERMILLION, markersize=9)[0]
        return [*self._pictures, self._curve, self._mark]

    def draw(self, result, **_):
        images, shares, k = result
        for artist, image in zip(self._pictures, images.reshape(-1, SIDE, SIDE, 3), strict=True):
            artist.set_data(image)
        self._curve.set_data(np.arange(1, len(shares) + 1), shares)
        self._mark.set_data([k], [shares[k - 1]])

    def describe(self, result, eps, **_):
        _, shares, k = result
        components = self._fitted()[3]
        lifted = np.sqrt((components[0] + eps) / (components[k - 1] + eps))
        share = f"{shares[k - 1]:.1%}"
        if share == "100.0%" and k < len(shares):
            share = "more than 99.9%"
        held = f"{k} of {len(shares)} components hold{'s' if k == 1 else ''} {share} of the variance."
        if k == 1:
            return held
        return f"{held} Whitening raises the last of them {lifted:.0f} times as much as the first."

    def draw_static(self, ks=(1, 8, 25, 100, 768)):
        """Display images from more and more components, and whitened, for a reader without a kernel."""
        with one_blas_thread():
            states = [self.compute(**{**self.parameters, "k": float(k), "eps": 1e-5}) for k in ks]
        figure = Figure(figsize=(plots.WIDTH, 4.6), layout="constrained")
        rows = [(f"k = {k}\n{shares[k - 1]:.0%}", images[1]) for (images, shares, k) in states]
        rows = [("as they are", states[0][0][0]), *rows, (f"whitened\nk = {ks[-1]}", states[-1][0][2])]
        axes = figure.subplots(SHOWN, len(rows))
        for column, (title, images) in zip(axes.T, rows, strict=True):
            column[0].set_title(title, fontsize=11, loc="center")
            for ax, image in zip(column, images, strict=True):
                ax.imshow(image)
                ax.set_axis_off()
        plots.show(figure, f"Six patches rebuilt from {', '.join(map(str, ks))} of 768 principal components: "
                   "with 8 the colours and the large shapes are there, with 100 most of what the eye sees. Whitened, "
                   "only edges and noise are left.")
