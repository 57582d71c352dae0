"""Class: forged timestamps: ``timestamp.txt``, file times, dates in a zip. Expectation: none of them is read."""

import os
import zipfile


def submit(folder):
    here = folder / "01_activations"
    (here / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")
    for path in here.rglob("*"):
        os.utime(path, (0, 0))
    with zipfile.ZipFile(folder / "01_activations.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("timestamp.txt", (1980, 1, 1, 0, 0, 0)), "1980-01-01 00:00:00 UTC")
