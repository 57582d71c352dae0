"""Cut the bundled data sets from photographs that well-known packages ship.

    python datasets/build_photopatches.py            # writes photopatches.npz, photographs.npz, digits.npz, their lines
                                                     # of CHECKSUMS.txt, and the held-out labels for the grader
    python datasets/build_photopatches.py --check    # rebuilds all in memory and compares

Nine photographs and the digits come from installed packages (scikit-image, scikit-learn, Matplotlib). The
tenth is in SciPy 1.11's wheel, fetched once with pip (36 MB) and kept in the cache folder; `--scipy-wheel`
names a local copy. README.md says what is done to the photographs and why. Students never need this file.
"""

import argparse
import bz2
import gzip
import hashlib
import importlib.util
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pooch
from PIL import Image

HERE = Path(__file__).resolve().parent
LABELS = HERE.parent / "autograder" / "hidden_tests" / "evaluation.npz"  # of the held-out images: never released
SCIPY = "1.11.4"  # the last series that ships the raccoon inside the wheel

# class name: package, file inside it, shrink factor, SHA-256 of the file. LICENCES.md has one row for each.
PHOTOS = {
    "astronaut": ("skimage", "data/astronaut.png", 1,
                  "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"),
    "cat": ("skimage", "data/chelsea.png", 1,
            "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"),
    "coffee": ("skimage", "data/coffee.png", 1,
               "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"),
    "galaxies": ("skimage", "data/hubble_deep_field.jpg", 1,
                 "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4"),
    "retina": ("skimage", "data/retina.jpg", 2,
               "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6"),
    "tissue": ("skimage", "data/ihc.png", 1,
               "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef"),
    "pagoda": ("sklearn", "datasets/images/china.jpg", 1,
               "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"),
    "dahlia": ("sklearn", "datasets/images/flower.jpg", 1,
               "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"),
    "admiral": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", 1,
                "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"),
    "raccoon": ("scipy", "misc/face.dat", 1,
                "9d8b0b4d081313e2b485748c770472e5a95ed1738146883d84c7030493e82886"),
}
DIGITS = ("sklearn", "datasets/data/digits.csv.gz",
          "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22")

SIZE = 32
BLOCK = 72  # a photo is tiled in blocks of about this side; a block belongs to exactly one split
STRIDE = 5  # crops inside a block overlap, crops of different blocks never do
MIN_STD = 12.0  # patches whose grey levels (0..255) vary less are dropped
MIN_SHARE = 0.3  # and those where they vary less than this share of all, channel differences included
MIN_DISTANCE = 8.0  # RMS difference of 8x8 thumbnails below which two patches of a class count as the same
FIRST_TEST = 100  # per class: the test patches as they were before half of the blocks were held out
PER_CLASS = {"val": 50, "train": 400, "test": 60, "heldout": 60}
SHARE = {"test": 0.2, "val": 0.1}  # of a photo's usable crops; test and held-out images share the former
BRIGHTNESS, CONTRAST = (70.0, 186.0), (24.0, 56.0)  # ranges of a patch's new mean and standard deviation
LONGEST, COVER = 160, 128.0  # of the small photographs: the longer side, and the gray over what is for testing
LEVELS = 4  # grey levels are stored in steps of 4: half the file, no visible difference


def read_bytes(package, name, wheel=None):
    """Return one file of an installed package, or of SciPy's wheel."""
    if package == "scipy":
        with zipfile.ZipFile(wheel or scipy_wheel()) as archive:
            return archive.read(f"scipy/{name}")
    spec = importlib.util.find_spec(package)
    if spec is None:
        sys.exit(f"{package} is not installed: make installs it with requirements.lock")
    return (Path(spec.origin).parent / name).read_bytes()


def scipy_wheel():
    """Return the path of SciPy's wheel, fetched with pip on first use."""
    folder = Path(pooch.os_cache("cs231n-workbook"))
    found = sorted(folder.glob(f"scipy-{SCIPY}-*.whl"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                   "--python-version", "3.11", "--platform", "manylinux2014_x86_64", "--dest", str(folder)]
        subprocess.run([*command, f"scipy=={SCIPY}"], check=True)
        found = sorted(folder.glob(f"scipy-{SCIPY}-*.whl"))
    return found[0]


def verified(raw, expected, label):
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        sys.exit(f"{label}: the package ships another file now (sha256 {found}, expected {expected})")
    return raw


def photo(label, wheel=None):
    """Return a photograph as (H, W, 3) float64 in 0..255, shrunk by whole-pixel averaging."""
    package, name, shrink, digest = PHOTOS[label]
    raw = verified(read_bytes(package, name, wheel), digest, f"{package}/{name}")
    if package == "scipy":
        image = np.frombuffer(bz2.decompress(raw), np.uint8).reshape(768, 1024, 3)
    else:
        image = np.asarray(Image.open(io.BytesIO(raw)).convert("RGB"))
    height, width = (side // shrink for side in image.shape[:2])
    image = image[: height * shrink, : width * shrink].astype(np.float64)
    return image.reshape(height, shrink, width, shrink, 3).mean(axis=(1, 3))


def is_varied(crop):
    grey = crop.mean(axis=2).std()
    return grey > MIN_STD and grey > MIN_SHARE * crop.std()


def crops_by_block(image):
    """Tile the photo and return, for every block that has any, its usable crops (n, 32, 32, 3)."""
    return [crops for _, crops in iter_blocks(image)]


def iter_blocks(image):
    """Yield ((top, bottom, left, right), usable crops) of every block of a photo that has any."""
    height, width = image.shape[:2]
    ys = np.linspace(0, height, height // BLOCK + 1).astype(int)
    xs = np.linspace(0, width, width // BLOCK + 1).astype(int)
    for top, bottom in zip(ys[:-1], ys[1:], strict=True):
        for left, right in zip(xs[:-1], xs[1:], strict=True):
            rows, columns = range(top, bottom - SIZE + 1, STRIDE), range(left, right - SIZE + 1, STRIDE)
            crops = [image[y : y + SIZE, x : x + SIZE] for y in rows for x in columns]
            crops = [crop for crop in crops if is_varied(crop)]
            if crops:
                yield (top, bottom, left, right), np.stack(crops)


def deal_blocks(blocks, rng):
    """Give every block to one split; 'train' gets what 'test' and 'val' leave. Return split -> list of blocks."""
    order = list(rng.permutation(len(blocks)))
    total = sum(len(block) for block in blocks)
    splits = {}
    for split, share in SHARE.items():
        taken = []
        while sum(len(block) for block in taken) < share * total:
            taken.append(blocks[order.pop()])
        splits[split] = taken
    splits["train"] = [blocks[i] for i in order]
    return splits


def halve(blocks):
    """Deal blocks to two sides of about the same number of crops, the largest block first."""
    sides = [], []
    for block in sorted(blocks, key=len, reverse=True):
        min(sides, key=lambda side: sum(map(len, side))).append(block)
    return sides


def pick(blocks, count, seen, rng):
    """Choose `count` patches from blocks, and relight them."""
    return relight(choose(np.concatenate(blocks), count, seen, rng), rng)


def choose(crops, count, seen, rng):
    """Pick `count` crops in random order, skipping near-duplicates of any patch of the class in `seen`."""
    kept = []
    for crop in crops[rng.permutation(len(crops))]:
        thumbnail = crop.reshape(8, 4, 8, 4, 3).mean(axis=(1, 3)).ravel()
        if seen and np.sqrt(np.mean((np.array(seen) - thumbnail) ** 2, axis=1)).min() < MIN_DISTANCE:
            continue
        seen.append(thumbnail)
        kept.append(crop)
        if len(kept) == count:
            return np.stack(kept)
    sys.exit(f"only {len(kept)} different patches, {count} wanted: relax MIN_STD, STRIDE or MIN_DISTANCE")


def relight(X, rng):
    """Equalise the channels' contrast, then draw each patch's brightness and contrast at random.

    Without this, the channels' means and standard deviations tell the photos apart better than a plain net.
    """
    mean = X.mean(axis=(1, 2), keepdims=True)  # (N, 1, 1, 3)
    std = X.std(axis=(1, 2), keepdims=True)
    common = np.sqrt((std**2).mean(axis=3, keepdims=True))
    gain = np.minimum(common / np.maximum(std, 1e-6), 3.0)  # at most 3: do not blow up JPEG noise
    X = (X - mean) * gain + mean
    axes = (1, 2, 3)
    X = (X - X.mean(axis=axes, keepdims=True)) / X.std(axis=axes, keepdims=True)
    X = X * rng.uniform(*CONTRAST, (len(X), 1, 1, 1)) + rng.uniform(*BRIGHTNESS, (len(X), 1, 1, 1))
    return np.clip(np.rint(X / LEVELS) * LEVELS, 0, 252).astype(np.uint8)


def class_patches(label, number, wheel, seed):
    """Return split -> the patches of one class."""
    rng = np.random.default_rng([seed, number])
    blocks, seen = deal_blocks(crops_by_block(photo(label, wheel)), rng), []
    # Drawn and dropped: the training and validation patches are those that came after these.
    pick(blocks["test"], FIRST_TEST, seen, rng)
    patches = {split: pick(blocks[split], PER_CLASS[split], seen, rng) for split in ("val", "train")}
    own, seen = np.random.default_rng([seed, number, 1]), seen[FIRST_TEST:]
    for split, half in zip(("test", "heldout"), halve(blocks["test"]), strict=True):
        patches[split] = pick(half, PER_CLASS[split], seen, own)
    return patches


def build_photopatches(wheel=None, seed=0):
    """Return the arrays of photopatches.npz (uint8 images, labels, class names) and those of the held-out labels."""
    classes = [class_patches(label, number, wheel, seed) for number, label in enumerate(PHOTOS)]
    arrays = {"class_names": np.array(list(PHOTOS))}
    for split, per_class in PER_CLASS.items():
        X = np.concatenate([patches[split] for patches in classes])
        order = np.random.default_rng([seed, 99]).permutation(len(X))
        if split == "heldout":  # an order that says nothing about the class: by hash
            order = sorted(range(len(X)), key=lambda i: hashlib.sha256(X[i].tobytes()).digest())
        arrays[f"X_{split}"] = X[order]
        arrays[f"y_{split}"] = np.repeat(np.arange(len(PHOTOS), dtype=np.uint8), per_class)[order]
    images = hashlib.sha256(arrays["X_heldout"].tobytes()).hexdigest()
    return arrays, {"y": arrays.pop("y_heldout"), "images_sha256": np.array(images)}


def build_photographs(wheel=None, seed=0):
    """Return the arrays of photographs.npz: each photo shrunk, and the boxes of its validation blocks.

    The blocks of test and held-out images are painted over: nobody can look up what a test patch shows.
    """
    arrays = {}
    for number, label in enumerate(PHOTOS):
        image = photo(label, wheel)
        boxes, blocks = zip(*iter_blocks(image), strict=True)
        dealt = deal_blocks(list(blocks), np.random.default_rng([seed, number]))
        by_split = {split: np.array([box for box, block in zip(boxes, blocks, strict=True)
                                     if any(block is other for other in dealt[split])]) for split in dealt}
        for top, bottom, left, right in by_split["test"]:
            image[top:bottom, left:right] = COVER
        factor = -(-max(image.shape[:2]) // LONGEST)
        height, width = (side // factor for side in image.shape[:2])
        small = image[: height * factor, : width * factor].reshape(height, factor, width, factor, 3).mean(axis=(1, 3))
        arrays[label] = np.clip(np.rint(small / LEVELS) * LEVELS, 0, 252).astype(np.uint8)
        arrays[f"{label}_val"] = (by_split["val"] / factor).astype(np.float32)
    return arrays


def build_digits():
    """Return the arrays of digits.npz: the 1797 scans as counts 0..16, in scikit-learn's order."""
    package, name, digest = DIGITS
    raw = verified(read_bytes(package, name), digest, f"{package}/{name}")
    table = np.loadtxt(gzip.open(io.BytesIO(raw)), delimiter=",")  # (1797, 65): 64 pixels, then the label
    X, y = table[:, :-1].astype(np.uint8).reshape(-1, 8, 8, 1), table[:, -1].astype(np.uint8)
    # Neighbouring rows are often of one writer, so the splits are cut in order instead of shuffled.
    ends = {"train": slice(0, 1297), "val": slice(1297, 1497), "test": slice(1497, 1797)}
    arrays = {"class_names": np.array([str(digit) for digit in range(10)])}
    for split, rows in ends.items():
        arrays[f"X_{split}"], arrays[f"y_{split}"] = X[rows], y[rows]
    return arrays


def differences(built, stored):
    """Yield a line for every array that differs; for images it says by how much."""
    for key in sorted(set(built) | set(stored)):
        if key not in built or key not in stored or built[key].shape != stored[key].shape:
            yield f"{key}: missing or of another shape"
        elif not np.array_equal(built[key], stored[key]):
            detail = ""
            if key.startswith("X"):
                gap = np.abs(built[key].astype(int) - stored[key])
                detail = f", at most {gap.max()} grey levels, in {np.mean(gap > 0):.4%} of the values"
            yield f"{key}: different{detail}"


def read_checksums():
    """Return name -> SHA-256, as CHECKSUMS.txt has them."""
    return dict(reversed(line.split()) for line in (HERE / "CHECKSUMS.txt").read_text().splitlines())


def write(path, arrays):
    """Write an `.npz` whose bytes depend on the arrays alone, and its line of a CHECKSUMS.txt in the same folder."""
    path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:  # renamed when complete: never half a file
        np.savez_compressed(Path(folder) / path.name, **arrays)
        (Path(folder) / path.name).replace(path)
    raw = path.read_bytes()
    print(f"{path.name}: {len(raw) / 1e6:.2f} MB,", ", ".join(f"{k} {v.shape}" for k, v in arrays.items()))
    if path.parent == HERE:
        sums = {**read_checksums(), path.name: hashlib.sha256(raw).hexdigest()}
        (HERE / "CHECKSUMS.txt").write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))


def check(path, arrays):
    """Return the lines that say how a stored file differs from what was built."""
    with np.load(path, allow_pickle=False) as stored:
        lines = list(differences(arrays, dict(stored)))
    if path.parent == HERE and hashlib.sha256(path.read_bytes()).hexdigest() != read_checksums().get(path.name):
        lines.append("the file does not match CHECKSUMS.txt")
    return lines


def main():
    parser = argparse.ArgumentParser(description="Build or check the bundled data sets.")
    parser.add_argument("--check", action="store_true", help="rebuild in memory and compare")
    parser.add_argument("--scipy-wheel", type=Path, help=f"a local wheel of SciPy {SCIPY}")
    args = parser.parse_args()
    photos, labels = build_photopatches(args.scipy_wheel)
    built = {HERE / "photopatches.npz": photos, LABELS: labels, HERE / "digits.npz": build_digits(),
             HERE / "photographs.npz": build_photographs(args.scipy_wheel)}
    failed = False
    for path, arrays in built.items():
        if not args.check:
            write(path, arrays)
            continue
        lines = check(path, arrays)
        failed |= bool(lines)
        print(f"{path.relative_to(HERE.parent)}:", "; ".join(lines) if lines else "identical")
    sys.exit(failed)


if __name__ == "__main__":
    main()
