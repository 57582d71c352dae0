"""The images of the workbook: two small sets that ship with it, and CIFAR-10 one argument away.

    data = prepare(load())              # photopatches, bundled
    data = prepare(load("digits"))      # 8x8 digits, bundled, for experiments that take a second
    data = prepare(load("cifar10"))     # 170 MB, downloaded once

All three have the same fields, so an experiment written for one runs on the others. Nothing is flattened
here: a net flattens what it is given. First used in 00_linear_classifier; `datasets/README.md` says where the
images come from. 09_evaluation adds images without labels (`load_heldout`) and weights that were trained
elsewhere (`load_pretrained`).
"""

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cs231n_lib.lab.progress_bar import ProgressBar

BUNDLED = ("photopatches", "digits")
KNOWN = (*BUNDLED, "cifar10")
SPLITS = ("train", "val", "test")

CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
CIFAR_SIZE = 170_052_171  # bytes
CIFAR_FOLDER = "cifar-10-batches-bin"
CIFAR_TRAIN = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
CIFAR_TEST = "test_batch.bin"
CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ROW = 1 + 3 * 32 * 32  # bytes: the label, then 1024 red, 1024 green, 1024 blue
ROWS = 10_000  # in each batch
VAL = 1_000  # the last training rows


class DataError(RuntimeError):
    """A data set is missing, damaged or incomplete; the message says which file and what to do."""


@dataclass(frozen=True)
class Data:
    """Images and labels in three splits.

    Attributes
    ----------
    X_train, X_val, X_test : ndarray of float32, shape (N, H, W, C)
        Images, (N, 32, 32, 3) in RGB or (N, 8, 8, 1) for digits; in 0..255 until `prepare` has been applied.
    y_train, y_val, y_test : ndarray of int64, shape (N,)
        Labels, indices into `class_names`.
    class_names : tuple of str
    mean : ndarray of float32, shape (H, W, C), or None
        What `prepare` subtracted; ``X * data.std + data.mean`` is the picture again.
    std : float or None
        What `prepare` divided by.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple
    mean: np.ndarray | None = None
    std: float | None = None


def load(name="photopatches", root=None, limit=None, allow_partial=False):
    """Load a data set.

    Parameters
    ----------
    name : {"photopatches", "digits", "cifar10"}
        photopatches: 4,000 / 500 / 600 images for training, validation, test, (N, 32, 32, 3).
        digits: 1,297 / 200 / 300 images, (N, 8, 8, 1). cifar10: 49,000 / 1,000 / 10,000, (N, 32, 32, 3);
        the validation images are the last 1,000 of the training batches.
    root : path, optional
        Where to look instead of the usual place. For a bundled set: the folder with its `.npz` and
        `CHECKSUMS.txt`. For cifar10: a folder `cifar-10-batches-bin`, or the folder that contains it; then nothing
        is downloaded. Without `root`, cifar10 is stored in the folder that the environment variable
        ``CS231N_DATA`` names, or in the user's cache.
    limit : int, optional
        Keep only the first `limit` training images. The classes are mixed, so that is a fair sample.
    allow_partial : bool
        cifar10 with `root` only: accept batches cut short at any whole row. The last tenth of the
        training rows is then the validation set.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        An unknown name, or a limit below 1.
    DataError
        A file is missing, truncated or altered. Nothing is loaded then.
    """
    if name not in KNOWN:
        raise ValueError(f"unknown data set {name!r}; there are {', '.join(KNOWN)}")
    if limit is not None and limit < 1:
        raise ValueError(f"limit counts training images: expected at least 1, got {limit}")
    if allow_partial and (name != "cifar10" or root is None):
        raise ValueError('allow_partial is for shortened batches of your own: load("cifar10", root=FOLDER)')
    if name == "cifar10":
        parts, class_names = _read_cifar10(root, allow_partial)
    else:
        parts, class_names = _read_bundled(name, root)
    fields = {}
    for split in SPLITS:
        X, y = parts[split]
        stop = limit if split == "train" else None
        # Sliced before the conversion: float32 takes four times the memory of the bytes on disk.
        fields[f"X_{split}"], fields[f"y_{split}"] = X[:stop].astype(np.float32), y[:stop].astype(np.int64)
    return Data(**fields, class_names=tuple(class_names))


def prepare(data):
    """Centre the images on the training mean and divide by one standard deviation.

    Both are computed from the training images only: a number taken from validation or test images would leak
    them into training. There is one standard deviation for all pixels, because the channels of an image already
    share a scale (02_preprocessing compares the choices).

    Parameters
    ----------
    data : Data
        As `load` returns it; not changed.

    Returns
    -------
    Data
        New float32 arrays of the same shapes; the training images have mean 0 and standard deviation 1.

    Raises
    ------
    ValueError
        The data are prepared already, or all training images are equal.
    """
    if data.mean is not None:
        raise ValueError("these data are prepared already: call prepare(load(...)) only once")
    mean = data.X_train.mean(axis=0, dtype=np.float64).astype(np.float32)  # (H, W, C)
    std = float((data.X_train - mean).std(dtype=np.float64))
    if std == 0:
        raise ValueError("all training images are equal: there is no standard deviation to divide by")
    ready = replace(data, mean=mean, std=std)
    return replace(ready, **{f"X_{split}": prepare_like(getattr(data, f"X_{split}"), ready) for split in SPLITS})


def prepare_like(X, prepared):
    """Apply the mean image and standard deviation of prepared data to other images, such as held-out ones.

    Parameters
    ----------
    X : ndarray of float32, shape (N, H, W, C)
        Images in 0..255; not changed.
    prepared : Data
        What `prepare` returned.

    Returns
    -------
    ndarray of float32, shape (N, H, W, C)
    """
    return (X - prepared.mean) / np.float32(prepared.std)


def subset(data, train=None, val=None, test=None):
    """Keep the first images of each split: ``subset(data, train=50)`` is a set small enough to overfit.

    Parameters
    ----------
    data : Data
    train, val, test : int, optional
        How many to keep; None keeps all.

    Returns
    -------
    Data
        Views of the same arrays.

    Raises
    ------
    ValueError
        More images are asked for than there are.
    """
    kept = {}
    for split, count in zip(SPLITS, (train, val, test), strict=True):
        X, y = getattr(data, f"X_{split}"), getattr(data, f"y_{split}")
        if count is not None and not 1 <= count <= len(X):
            raise ValueError(f"{split} has {len(X)} images: expected a count from 1 to {len(X)}, got {count}")
        kept[f"X_{split}"], kept[f"y_{split}"] = X[:count], y[:count]
    return replace(data, **kept)


# Images without labels, weights without training (09_evaluation) ---------------------------------------------


def load_heldout(name="photopatches"):
    """Load the held-out images. Their labels are not in the workbook: the capstone is graded on them.

    They come from regions of the photographs that neither training, validation nor test images touch.

    Parameters
    ----------
    name : {"photopatches"}

    Returns
    -------
    images : ndarray of float32, shape (600, 32, 32, 3)
        In 0..255; `prepare_like` prepares them as `prepare` did the others. Each class is equally frequent, in mixed
        order.
    """
    if name != "photopatches":
        raise ValueError(f"expected 'photopatches', the only set with held-out images, got {name!r}")
    return _read_arrays(name, None)["X_heldout"].astype(np.float32)


def load_pretrained():
    """Load weights that were trained on six of the ten photopatches classes.

    The file also says what must be done to an image first, and which class each output stands for.
    `datasets/pretrain.py` (in the course's repository) made it.

    Returns
    -------
    params : dict of str to ndarray of float32
        ``W1``, ``b1``, ... as `FullyConnectedNet` has them; the last pair is the output layer.
    classes : tuple of int
        The class of each output, as an index into photopatches' `class_names`.
    mean : ndarray of float32, shape (32, 32, 3)
    std : float
        The net takes ``(image - mean) / std``.
    """
    arrays = {name: a.astype(np.float32) for name, a in _read_arrays("pretrained", None).items()}
    classes = tuple(int(c) for c in arrays.pop("classes"))
    mean, std = arrays.pop("mean"), float(arrays.pop("std"))
    return arrays, classes, mean, std


# The photographs themselves (00_linear_classifier) ------------------------------------------------------------


def load_photographs():
    """Load the ten photographs that the patches of photopatches were cut from, made small.

    Returns
    -------
    photographs : dict of str to (ndarray of uint8, ndarray)
        Class name -> the photograph, about 150 pixels wide, and the regions for validation, a row (top, bottom, left,
        right) each, in its pixels. The regions of test and held-out images are painted over in gray; the rest is for
        training.
    """
    arrays = _read_arrays("photographs", None)
    names = [name for name in arrays.files if "_" not in name]
    return {name: (arrays[name], arrays[f"{name}_val"]) for name in names}


# The bundled sets -------------------------------------------------------------------------------------------


def _bundled_folder():
    """Return the `datasets` folder beside `cs231n_lib`, or the one beside or above the working folder."""
    places = [Path(__file__).resolve().parents[2], Path.cwd(), Path.cwd().parent]
    for place in places:
        if (place / "datasets" / "CHECKSUMS.txt").is_file():
            return place / "datasets"
    raise DataError(f"no folder `datasets` with CHECKSUMS.txt beside cs231n_lib (looked in {places[0]}); "
                    "take it from the course's release")


def _read_bundled(name, root):
    """Return ({split: (X, y)}, class names) of one bundled set."""
    arrays = _read_arrays(name, root)
    scale = 255 / 16 if name == "digits" else 1  # digits are stored as counts 0..16
    return {s: (arrays[f"X_{s}"] * np.float32(scale), arrays[f"y_{s}"]) for s in SPLITS}, arrays["class_names"].tolist()


def _read_arrays(name, root):
    """Return the arrays of one `.npz` whose checksum is right, each decompressed when it is asked for."""
    folder = Path(root) if root is not None else _bundled_folder()
    path, remedy = folder / f"{name}.npz", "delete it and take a fresh copy from the course's release"
    try:
        raw = path.read_bytes()
        listed = (folder / "CHECKSUMS.txt").read_text(encoding="utf-8").split()
    except FileNotFoundError as error:
        raise DataError(f"{error.filename} is missing: take it from the course's release") from None
    checksums = dict(zip(listed[1::2], listed[::2], strict=True))
    found, expected = hashlib.sha256(raw).hexdigest(), checksums.get(path.name, "no entry")
    if found != expected:
        raise DataError(f"{path} is damaged ({len(raw):,} bytes, SHA-256 {found[:12]}..., expected "
                        f"{expected[:12]}...): {remedy}")
    return np.load(io.BytesIO(raw), allow_pickle=False)


# CIFAR-10 (Krizhevsky, 2009) --------------------------------------------------------------------------------


def _read_cifar10(root, allow_partial):
    """Return ({split: (X, y)}, class names) from the binary batches, downloaded if `root` is None."""
    folder = _cifar10_cached() if root is None else Path(root)
    if not (folder / CIFAR_TEST).is_file() and (folder / CIFAR_FOLDER).is_dir():
        folder = folder / CIFAR_FOLDER
    if not folder.is_dir():
        raise DataError(f'there is no folder {folder}; load("cifar10") without root downloads the images')
    remedy = ("copy it again" if root is not None
              else f'delete the folder {folder} and run load("cifar10") again')
    rows = None if allow_partial else ROWS
    batches = [_read_batch(folder / name, rows, remedy) for name in (*CIFAR_TRAIN, CIFAR_TEST)]
    if root is None:
        _check_sums(folder, remedy)
    X, y = (np.concatenate(arrays) for arrays in zip(*batches[:-1], strict=True))
    cut = len(X) - (max(1, len(X) // 10) if allow_partial else VAL)
    return {"train": (X[:cut], y[:cut]), "val": (X[cut:], y[cut:]), "test": batches[-1]}, CIFAR_CLASSES


def _read_batch(path, rows, remedy):
    """Read a batch as uint8 images (N, 32, 32, 3) and labels (N,); `rows` None takes any whole number."""
    if not path.is_file():
        raise DataError(f"{path} is missing: {remedy}")
    size = path.stat().st_size
    if rows is not None and size != rows * ROW:
        hint = "; to load shortened batches, pass allow_partial=True" if size and size % ROW == 0 else ""
        raise DataError(f"{path} is truncated or altered: expected {rows * ROW:,} bytes ({rows:,} rows of "
                        f"{ROW}), found {size:,}: {remedy}{hint}")
    if size == 0 or size % ROW:
        raise DataError(f"{path} is truncated or altered: expected a multiple of {ROW} bytes (one row per "
                        f"image), found {size:,}: {remedy}")
    table = np.fromfile(path, np.uint8).reshape(-1, ROW)
    if table[:, 0].max() > 9:
        row = int(np.argmax(table[:, 0] > 9))
        raise DataError(f"{path} is altered: row {row} has label {table[row, 0]}, expected 0 to 9: {remedy}")
    return table[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), table[:, 0]


def _check_sums(folder, remedy):
    """Compare the extracted batches with the checksums written when they came out of the verified archive."""
    path = folder / "SHA256SUMS"
    if not path.is_file():
        raise DataError(f"{path} is missing, so the images cannot be trusted: {remedy}")
    for line in path.read_text(encoding="utf-8").splitlines():
        expected, name = line.split()
        if _digest(folder / name, "sha256") != expected:
            raise DataError(f"{folder / name} was altered after it was extracted (right size, wrong "
                            f"SHA-256): {remedy}")


def _cifar10_cached():
    """Return the folder of extracted batches, downloading and extracting what is not there yet."""
    import pooch  # imported here: the bundled sets work without it

    cache = Path(os.environ.get("CS231N_DATA") or pooch.os_cache("cs231n-workbook"))
    folder, archive = cache / CIFAR_FOLDER, cache / "cifar-10-binary.tar.gz"
    if folder.is_dir():
        return folder
    if archive.is_file() and _digest(archive, "md5") != CIFAR_MD5:
        raise DataError(f"{archive} is truncated or altered: {archive.stat().st_size:,} bytes, MD5 not "
                        f"{CIFAR_MD5} (the genuine archive has {CIFAR_SIZE:,} bytes): delete it and run "
                        'load("cifar10") again')
    try:
        pooch.retrieve(CIFAR_URL, f"md5:{CIFAR_MD5}", fname=archive.name, path=cache, downloader=_download)
    except ValueError:  # pooch's word for a wrong checksum; it has removed the file
        raise DataError(f"the file from {CIFAR_URL} is not the genuine archive (wrong MD5) and was removed: "
                        'run load("cifar10") again; if that does not help, tell the course staff') from None
    _extract(archive, folder)
    return folder


def _download(url, output_file, _pooch):
    """Download for pooch, with a progress bar; continue the `.part` file of an earlier try."""
    import requests  # pooch's own dependency; imported here: the bundled sets work without it

    part = Path(output_file).parent / f"{url.rsplit('/', 1)[-1]}.part"
    done = part.stat().st_size if part.is_file() else 0
    try:
        headers = {"Range": f"bytes={done}-", "Accept-Encoding": "identity"} if done else {}
        with requests.get(url, headers=headers, stream=True, timeout=30) as reply:
            if reply.status_code != 416:  # 416: nothing is left to send, the part is the whole file
                reply.raise_for_status()
                done = done if reply.status_code == 206 else 0  # 200: the server starts from the beginning
                total = done + int(reply.headers.get("Content-Length", 0)) or None
                bar = ProgressBar(desc=part.stem, total=total, initial=done, unit="B", unit_scale=True)
                with open(part, "ab" if done else "wb") as file, bar:
                    for chunk in reply.iter_content(1 << 16):
                        file.write(chunk)
                        bar.update(len(chunk))
                if total and part.stat().st_size < total:
                    raise requests.ConnectionError(f"the connection closed before {total:,} bytes had come")
    except (requests.RequestException, OSError) as error:
        kept = part.stat().st_size if part.is_file() else 0
        raise DataError(f"the download of {url} stopped after {kept:,} bytes ({error}); they are kept in {part}: "
                        "run load again and it continues from there") from error
    shutil.move(part, output_file)


def _extract(archive, folder):
    """Extract the batches, and nothing else, into `folder`; it appears only when it is complete."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch, tarfile.open(archive) as tar:
        made, sums = Path(scratch) / CIFAR_FOLDER, []
        made.mkdir()
        for name in (*CIFAR_TRAIN, CIFAR_TEST):
            try:
                source = tar.extractfile(f"{CIFAR_FOLDER}/{name}")  # a member's bytes: its path is never used
            except KeyError:
                raise DataError(f"{archive} has no {CIFAR_FOLDER}/{name}: delete it and run again") from None
            with open(made / name, "wb") as target:
                shutil.copyfileobj(source, target)
            sums.append(f"{_digest(made / name, 'sha256')}  {name}\n")
        (made / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
        made.rename(folder)


def _digest(path, algorithm):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
