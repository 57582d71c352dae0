"""Class: zip-slip, names that lead out of the folder. Expectation: nothing is extracted; such members are left out."""

import zipfile


def submit(folder):
    with zipfile.ZipFile(folder / "01_activations.zip", "w") as archive:
        for name in ("../../../cs231n-attack.py", "/tmp/cs231n-attack.py", "..\\..\\cs231n-attack.py",
                     "C:\\cs231n-attack.py",
                     "01_activations/../../ann/01_activations/cs231n_lib/activations.py", "./././activations.py",
                     "cs231n_lib/../cs231n_lib/activations.py", "//activations.py",
                     "../ann/01_activations/01_activations.ipynb"):
            archive.writestr(name, "def relu_forward(x):\n    return x, x\n")
