"""Class: denial of service, a zip that holds thousands of copies of one notebook and one module under the same name.
Expectation: one copy is read, the last, and one remark tells it."""

import io
import warnings
import zipfile

_BOOK = b'{"cells": [' + b"[]," * 100_000 + b"[]]}"


def submit(folder):
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(
            folder / "01_activations.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for _ in range(200):
            archive.writestr("01_activations/01_activations.ipynb", _BOOK)
            archive.writestr("01_activations/cs231n_lib/activations.py", b"x = 1\n" * 40_000)
    _fill(folder / "02_preprocessing.zip")


def _fill(path):
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w") as archive:
        archive.writestr("x", "")
    data = small.getvalue()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    many = data[:start] + data[start:end] * 300_000
    path.write_bytes(many + data[end:end + 12] + (len(many) - start).to_bytes(4, "little") + data[end + 16:])
