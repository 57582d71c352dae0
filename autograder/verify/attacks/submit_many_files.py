"""Class: thousands of files, in a folder and in a zip. Expectation: counted up to a limit, and a remark of one line."""

import zipfile


def submit(folder):
    for number in range(3000):
        (folder / "01_activations" / f"{number:04}.txt").touch()
    with zipfile.ZipFile(folder / "02_preprocessing.zip", "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number:04}.txt", "")
    (folder / "03_initialization.zip").write_bytes(b"PK\x05\x06" + b"\xff" * 18)
    (folder / "04_batchnorm.zip").write_bytes(b"PK\x03\x04" * 1000)
