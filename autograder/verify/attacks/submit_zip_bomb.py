"""Class: zip bombs: deflate, bzip2 and LZMA, a zip of zips, a lying header.
Expectation: one capped read, in one way of packing; the honest files beside it count."""

import io
import zipfile


def submit(folder):
    with zipfile.ZipFile(folder / "01_activations.zip", "w") as archive:
        for name, how in (("activations.py", zipfile.ZIP_LZMA), ("01_activations.ipynb", zipfile.ZIP_BZIP2),
                          ("cs231n_lib/activations.py", zipfile.ZIP_DEFLATED)):
            archive.writestr(name, bytes(2**24), how)
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as nested:
            nested.writestr("activations.py", bytes(2**22))
        archive.writestr("nested.zip", inner.getvalue())
    data = bytearray((folder / "01_activations.zip").read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24:at + 28] = b"\xff\xff\xff\x7f"  # the size that the last header promises
    (folder / "01_activations.zip").write_bytes(data)
