"""Class: folders and files with hostile names. Expectation: a name is compared, never used; the rest is graded."""

import os

_NAMES = ["-rf", "$(id)", "`id`", "a;b", "..%2f..", "con", "a" * 255, "\u0430da",
          "ann\u200b", ".hidden", "~", "*", "%s%n",
          "{0.__class__}", "{{x}}", "01_activations ", "01_activations.ipynb.zip"]


def submit(folder):
    for name in _NAMES:
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "activations.py").write_text("x = 1\n")
        (folder / "01_activations" / name).mkdir(exist_ok=True)
        (folder / "01_activations" / name / name[:200]).write_text("x")
    for name in _NAMES[:5]:
        (folder.parent / name).mkdir(exist_ok=True)
    (folder.parent / "ann ").mkdir(exist_ok=True)
    os.mkdir(os.path.join(os.fsencode(folder), b"\xff\xfe"))
