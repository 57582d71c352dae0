"""Class: work under another's name: an archive and folders that look like an LMS's download, named after the neighbour.
Expectation: they are files of the student's own, left out, and the neighbour's submission stays what it is."""

import io
import zipfile

_BAD = b"def relu_forward(x):\n    return x, x\n"
_NAMES = ("ann_1_2_01_activations.zip", "ann/01_activations/cs231n_lib/activations.py",
          "ann_7_assignsubmission_file_/activations.py", "1-2 - ann - Oct 3, 2025 1134 PM/activations.py",
          "01_activations_ann_attempt_2025-10-03-23-34-10_activations.py",
          "ann+01_activations+2025-10-03 23:34:10 UTC/activations.py", "01-activations-ann/.git/HEAD")
_METADATA = b"submission_1:\n  :submitters:\n  - :name: ann\n    :sid: ann\n    :email: ann\n"


def submit(folder):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("cs231n_lib/activations.py", _BAD)
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for name in _NAMES:
            archive.writestr(name, inner.getvalue() if name.endswith(".zip") else _BAD)
        archive.writestr("submission_metadata.yml", _METADATA)
        archive.writestr("submission_1/activations.py", _BAD)
    for name in _NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(inner.getvalue() if name.endswith(".zip") else _BAD)
