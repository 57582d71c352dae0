"""Class: links to what the instructor or a neighbour has. Expectation: no link is followed, in a folder or in a zip."""

import os
import stat
import zipfile


def submit(folder):
    here = folder / "01_activations"
    for name, target in (("01_activations.ipynb", "../../ann/01_activations/01_activations.ipynb"),
                         ("cs231n_lib/activations.py", "/proc/self/environ"), ("secret", "../../../course/secret")):
        (here / name).unlink(missing_ok=True)
        os.symlink(target, here / name)
    os.symlink("/", here / "everything")
    os.symlink("../ann/01_activations", folder / "00_linear_classifier")
    os.symlink(here, here / "loop")
    info = zipfile.ZipInfo("02_preprocessing/cs231n_lib/preprocessing.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "02_preprocessing.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
