"""lab.data and the bundled images: are they what the notebooks rely on, and is a damaged file refused?"""

import functools
import hashlib
import http.server
import io
import re
import shutil
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.lab import data as lab_data
from cs231n_lib.lab.data import (
    CIFAR_FOLDER,
    CIFAR_TEST,
    CIFAR_TRAIN,
    ROW,
    DataError,
    load,
    load_heldout,
    prepare,
    subset,
)

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
ROWS = 40  # per made batch


@pytest.fixture(scope="module")
def photos():
    return load()


# Bundled sets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "shape", "counts"), [
    ("photopatches", (32, 32, 3), (4000, 500, 600)),
    ("digits", (8, 8, 1), (1297, 200, 300)),
])
def test_shapes_types_ranges(name, shape, counts):
    """Does a bundled set have the shapes, types and ranges that `load` promises?"""
    data = load(name)
    for split, count in zip(("train", "val", "test"), counts, strict=True):
        X, y = getattr(data, f"X_{split}"), getattr(data, f"y_{split}")
        assert X.shape == (count, *shape) and X.dtype == np.float32
        assert y.shape == (count,) and y.dtype == np.int64
        assert X.min() >= 0 and X.max() <= 255 and X.max() > 200
        assert set(y) == set(range(10))
    assert len(data.class_names) == 10 and all(isinstance(name, str) for name in data.class_names)


def test_every_class_has_as_many_patches(photos):
    """Has every class the same number of patches in every split?"""
    for split, count in (("train", 400), ("val", 50), ("test", 60)):
        assert np.all(np.bincount(getattr(photos, f"y_{split}")) == count)


def test_no_patch_twice(photos):
    """Is every patch different from every other, within and across all splits, mirrored ones included?"""
    X = np.concatenate([photos.X_train, photos.X_val, photos.X_test, load_heldout()]).astype(np.uint8)
    assert len({x.tobytes() for x in X}) == len(X)
    assert not {x[:, ::-1].tobytes() for x in X} & {x.tobytes() for x in X}


def test_no_flat_patch(photos):
    """Has every patch some variation to look at?"""
    grey = np.concatenate([photos.X_train, photos.X_val, photos.X_test, load_heldout()]).mean(axis=3)
    assert grey.std(axis=(1, 2)).min() > 6


def test_first_images_are_a_fair_sample(photos):
    """Do the first 1,000 training images hold every class about equally, so that `limit` is harmless?"""
    # 1,000 of 4,000 without replacement: standard deviation sqrt(1000 * 0.1 * 0.9 * 0.75) = 8.2 per class.
    first = load(limit=1000)
    assert np.abs(np.bincount(first.y_train) - 100).max() < 4 * 8.3
    assert np.array_equal(first.X_train, photos.X_train[:1000])


def test_not_a_colour_test(photos):
    """Do the colour statistics alone stay below what a plain net reaches (README: about 40 %)?"""
    def statistics(X):
        return np.concatenate([X.mean(axis=(1, 2)), X.std(axis=(1, 2))], axis=1)

    F, G = statistics(photos.X_train), statistics(photos.X_test)
    F, G = (F - F.mean(axis=0)) / F.std(axis=0), (G - F.mean(axis=0)) / F.std(axis=0)
    squared = (G**2).sum(axis=1)[:, None] - 2 * G @ F.T + (F**2).sum(axis=1)
    accuracy = np.mean(photos.y_train[squared.argmin(axis=1)] == photos.y_test)
    assert 0.15 < accuracy < 0.38


@pytest.mark.parametrize(("split", "sha256"), [
    ("train", "cafac4dae43709b5f7c1459d3702a9e2ccb437644b52874a807542442f286aac"),
    ("val", "86aff87794fc24823187091f940228ac06acb6cbeb4630976611fbda0163e7a4"),
])
def test_what_notebooks_measured_stays(photos, split, sha256):
    """Are training and validation images and labels those on which the notebooks' numbers were measured?"""
    X, y = (getattr(photos, f"{name}_{split}").astype(np.uint8) for name in "Xy")
    assert hashlib.sha256(X.tobytes() + y.tobytes()).hexdigest() == sha256


def test_licences_name_every_photograph(photos):
    """Has LICENCES.md one row for each class, and CHECKSUMS.txt one for each file?"""
    table = (DATASETS / "LICENCES.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE))
    assert rows == {*photos.class_names, "digits"}
    listed = (DATASETS / "CHECKSUMS.txt").read_text().split()[1::2]
    assert sorted(listed) == sorted(path.name for path in DATASETS.glob("*.npz"))


def test_unknown_name_is_answered_with_the_known_ones():
    """Does an unknown name get an answer that lists the known ones?"""
    with pytest.raises(ValueError, match="cifar100.*photopatches, digits, cifar10"):
        load("cifar100")


def test_wrong_arguments_of_load_are_refused():
    """Are a limit of 0 and a misplaced allow_partial refused?"""
    with pytest.raises(ValueError, match="at least 1, got 0"):
        load("digits", limit=0)
    with pytest.raises(ValueError, match="allow_partial"):
        load("digits", allow_partial=True)


@pytest.mark.parametrize("damage", ["truncated", "altered", "unlisted", "missing"])
def test_damaged_bundle_is_refused_by_name(tmp_path, damage):
    """Is a damaged bundled file refused by name, with what to do?"""
    sums = (DATASETS / "CHECKSUMS.txt").read_text()
    raw = bytearray((DATASETS / "digits.npz").read_bytes())
    if damage == "altered":
        raw[1000] ^= 1
    if damage == "unlisted":
        sums = sums.replace("digits.npz", "other.npz")
    if damage != "missing":
        (tmp_path / "digits.npz").write_bytes(raw[:2000] if damage == "truncated" else raw)
    (tmp_path / "CHECKSUMS.txt").write_text(sums)
    with pytest.raises(DataError, match=r"digits\.npz.*course's release"):
        load("digits", root=tmp_path)


def test_found_without_the_source_tree(tmp_path, monkeypatch):
    """Is `datasets` found from a notebook's folder even where the package lies elsewhere?"""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "datasets").symlink_to(DATASETS)
    monkeypatch.setattr(lab_data, "__file__", str(tmp_path / "a" / "b" / "c" / "data.py"))
    monkeypatch.chdir(tmp_path / "notebooks")
    assert len(load("digits").X_train) == 1297
    monkeypatch.chdir(tmp_path.parent)
    with pytest.raises(DataError, match="no folder `datasets`"):
        load("digits")


# prepare and subset -----------------------------------------------------------------------------------------


def test_prepare_uses_training_statistics(photos):
    """Are the mean image and the single standard deviation those of the training images alone?"""
    before = photos.X_train.copy()
    ready = prepare(photos)
    # float32 rounding of 4,000 pixels of size 1 stays below 4,000 * 2**-24 = 2.4e-4 in the mean.
    assert np.abs(ready.X_train.mean(axis=0, dtype=np.float64)).max() < 3e-4
    assert abs(ready.X_train.std(dtype=np.float64) - 1) < 1e-5
    expected = (photos.X_test[:5] - photos.X_train.mean(axis=0, dtype=np.float64)) / ready.std
    np.testing.assert_allclose(ready.X_test[:5], expected, atol=1e-5)
    assert ready.X_train.dtype == np.float32 and ready.X_train.shape == photos.X_train.shape
    assert np.array_equal(before, photos.X_train), "the loaded data were changed"
    np.testing.assert_allclose(ready.X_val * ready.std + ready.mean, photos.X_val, atol=1e-3)
    small = subset(photos, train=200)
    changed = lab_data.replace(small, X_test=small.X_test + 7, X_val=small.X_val * 2)
    assert prepare(changed).std == prepare(small).std
    assert np.array_equal(prepare(changed).mean, prepare(small).mean)


def test_prepare_refuses_twice_and_constant():
    """Are prepared data and data without variation refused?"""
    data = load("digits")
    with pytest.raises(ValueError, match="prepared already"):
        prepare(prepare(data))
    with pytest.raises(ValueError, match="equal"):
        prepare(lab_data.replace(data, X_train=np.ones_like(data.X_train)))


def test_subset_keeps_the_first_images(photos):
    """Does `subset` keep the first images, and refuse more than there are?"""
    small = subset(photos, train=50, test=10)
    assert [len(X) for X in (small.X_train, small.X_val, small.X_test)] == [50, 500, 10]
    assert np.array_equal(small.y_train, photos.y_train[:50])
    with pytest.raises(ValueError, match="val has 500 images.*got 501"):
        subset(photos, val=501)


# CIFAR-10 ---------------------------------------------------------------------------------------------------


def made_batch(number, rows=ROWS):
    """Return the bytes of a batch whose first image is red in the top row, then green, blue at the bottom."""
    rng = np.random.default_rng(number)
    table = rng.integers(0, 256, (rows, ROW), dtype=np.uint8)
    table[:, 0] = np.arange(rows) % 10
    first = np.zeros((3, 32, 32), np.uint8)
    first[0, 0], first[1, 1:31], first[2, 31] = 255, 200, 100
    table[0, 1:] = first.ravel()
    return table.tobytes()


@pytest.fixture
def batches(tmp_path):
    """A folder `cifar-10-batches-bin` of short made batches."""
    folder = tmp_path / "made" / CIFAR_FOLDER
    folder.mkdir(parents=True)
    for number, name in enumerate((*CIFAR_TRAIN, CIFAR_TEST)):
        (folder / name).write_bytes(made_batch(number))
    return folder


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; understands Range; closes early after `stop_after` bytes when told to."""

    stop_after, ranges, asked = None, True, []

    def do_GET(self):
        raw = Path(self.translate_path(self.path)).read_bytes()
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted and self.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(raw) - start))
        self.end_headers()
        stop, Handler.stop_after = self.stop_after, None
        self.wfile.write(raw[start : None if stop is None else start + stop])

    def log_message(self, *args):
        pass


@pytest.fixture
def server(batches, tmp_path, monkeypatch):
    """A loopback server with a small archive in CIFAR-10's layout, and `load` pointed at it."""
    site = tmp_path / "site"
    site.mkdir()
    archive = site / "cifar-10-binary.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(batches, arcname=CIFAR_FOLDER)
        stray = tarfile.TarInfo("../escaped.txt")
        stray.size = 4
        tar.addfile(stray, io.BytesIO(b"evil"))
    Handler.stop_after, Handler.ranges, Handler.asked = None, True, []
    handler = functools.partial(Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(lab_data, "CIFAR_URL", f"http://127.0.0.1:{httpd.server_port}/{archive.name}")
        monkeypatch.setattr(lab_data, "CIFAR_MD5", hashlib.md5(archive.read_bytes()).hexdigest())
        monkeypatch.setattr(lab_data, "ROWS", ROWS)
        monkeypatch.setattr(lab_data, "VAL", 10)
        monkeypatch.setenv("CS231N_DATA", str(tmp_path / "cache"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield archive
        httpd.shutdown()


def cache_of(server):
    return server.parents[1] / "cache"


def test_labels_come_first_and_channels_are_planar(batches):
    """Are labels first, channels planar, rows top to bottom?"""
    data = load("cifar10", root=batches, allow_partial=True)
    image = data.X_train[0]
    for row, colour in ((0, [255, 0, 0]), (5, [0, 200, 0]), (31, [0, 0, 100])):
        assert np.all(image[row] == colour)
    assert np.array_equal(data.y_test, np.arange(ROWS) % 10)
    assert data.class_names[:3] == ("airplane", "automobile", "bird")
    assert [len(X) for X in (data.X_train, data.X_val, data.X_test)] == [180, 20, 40]  # a tenth validates


def test_folder_may_be_the_parent(batches):
    """May `root` name the folder that holds cifar-10-batches-bin as well?"""
    inside, outside = (load("cifar10", root=f, allow_partial=True) for f in (batches, batches.parent))
    assert np.array_equal(inside.X_test, outside.X_test)


def test_download_extracts_once(server):
    """Does the first load download and extract only the batches, and the second need no server?"""
    data = load("cifar10")
    assert [len(X) for X in (data.X_train, data.X_val, data.X_test)] == [190, 10, 40]
    assert not list(server.parents[1].rglob("escaped.txt"))
    server.unlink()
    assert np.array_equal(load("cifar10").X_train, data.X_train) and len(Handler.asked) == 1
    assert len(load("cifar10", limit=20).X_train) == 20


@pytest.mark.parametrize("ranges", [True, False])
def test_download_goes_on_after_a_broken_connection(server, ranges):
    """After a connection that breaks off, does the next try go on (or start over where the server cannot)?"""
    Handler.stop_after, Handler.ranges = 100_000, ranges
    with pytest.raises(DataError, match=r"stopped after 65,536 bytes.*\.part.*continues from there"):
        load("cifar10")
    assert not (cache_of(server) / CIFAR_FOLDER).exists()
    assert len(load("cifar10").X_test) == ROWS
    assert Handler.asked == [None, "bytes=65536-"]
    assert not list(cache_of(server).glob("*.part"))


def test_wrong_download_refused(server):
    """Is an archive with another checksum refused, and removed so that the next try starts clean?"""
    genuine = server.read_bytes()
    server.write_bytes(genuine[:-1] + bytes([genuine[-1] ^ 1]))
    with pytest.raises(DataError, match="wrong MD5.*removed"):
        load("cifar10")
    assert not (cache_of(server) / CIFAR_FOLDER).exists()
    server.write_bytes(genuine)
    assert len(load("cifar10").X_test) == ROWS


def test_missing_connection_is_said_in_a_sentence(server, monkeypatch):
    """Without a connection, does the error say so in a sentence?"""
    monkeypatch.setattr(lab_data, "CIFAR_URL", "http://127.0.0.1:9/cifar-10-binary.tar.gz")
    with pytest.raises(DataError, match="stopped after 0 bytes"):
        load("cifar10")


def test_damaged_archive_in_cache(server):
    """Is a truncated archive in the cache refused by name, with its size and what to do?"""
    cache_of(server).mkdir()
    (cache_of(server) / server.name).write_bytes(server.read_bytes()[:3000])
    with pytest.raises(DataError, match=r"cifar-10-binary\.tar\.gz is truncated.*3,000 bytes.*delete it"):
        load("cifar10")


@pytest.mark.parametrize(("damage", "message"), [
    ("truncate", r"data_batch_3\.bin is truncated.*expected 122,920 bytes.*found 122,919.*delete the folder"),
    ("pixel", r"data_batch_3\.bin was altered.*SHA-256.*delete the folder"),
    ("label", r"data_batch_3\.bin is altered: row 2 has label 77.*delete the folder"),
    ("remove", r"data_batch_3\.bin is missing: delete the folder"),
    ("sums", r"SHA256SUMS is missing.*delete the folder"),
])
def test_damaged_batch_in_cache(server, damage, message):
    """Is a batch that changed after extraction refused, and does following the advice help?"""
    load("cifar10")
    folder = cache_of(server) / CIFAR_FOLDER
    path = folder / "data_batch_3.bin"
    raw = bytearray(path.read_bytes())
    raw[2 * ROW] = 77 if damage == "label" else raw[2 * ROW]
    raw[500] ^= damage == "pixel"
    path.write_bytes(raw[:-1] if damage == "truncate" else raw)
    if damage in ("remove", "sums"):
        (path if damage == "remove" else folder / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match=message):
        load("cifar10")
    shutil.rmtree(folder)
    assert len(load("cifar10").X_test) == ROWS
    assert len(Handler.asked) == 1, "downloaded again instead of extracted again"


@pytest.mark.parametrize(("size", "message"), [
    (ROW * 7 + 1, r"test_batch\.bin is truncated.*multiple of 3073.*found 21,512: copy it again"),
    (0, r"test_batch\.bin is truncated.*found 0"),
])
def test_partial_means_whole_rows(batches, size, message):
    """Does allow_partial still refuse half a row, and an empty file?"""
    path = batches / CIFAR_TEST
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataError, match=message):
        load("cifar10", root=batches, allow_partial=True)


def test_short_batches_need_consent(batches):
    """Are shortened batches refused unless asked for, and does the message name the switch?"""
    with pytest.raises(DataError, match="expected 30,730,000 bytes.*found 122,920.*allow_partial=True"):
        load("cifar10", root=batches)


def test_no_such_folder(tmp_path):
    """Does a root that does not exist get a sentence, and start no download?"""
    with pytest.raises(DataError, match="there is no folder"):
        load("cifar10", root=tmp_path / "nowhere")
