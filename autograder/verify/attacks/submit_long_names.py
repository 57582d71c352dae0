"""Class: denial of service, names as long as they can be, in a zip and on the disk, and folders below folders.
Expectation: a line each for a few of them, shortened."""

import zipfile


def submit(folder):
    with zipfile.ZipFile(folder / "01_activations.zip", "w") as archive:
        for number in range(25):
            archive.writestr(f"01_activations/{number}" + "n" * 60_000, "")
            archive.writestr(f"{number}/" + "d/" * 5_000 + "x", "")
    for number in range(300):
        (folder / f"{number}_{'z' * 200}" / "deeper").mkdir(parents=True)
        (folder / f"{number}_{'z' * 200}" / "x.txt").touch()
