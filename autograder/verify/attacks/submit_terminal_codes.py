"""Class: terminal escape codes in names, answers and messages.
Expectation: what is printed is printable, line by line."""

import json
import os


def submit(folder):
    here = folder / "01_activations"
    for name in ("\x1b[2J\x1b[1;1Hall fine", "\x1b]0;owned\x07", "a\nann, 01_activations: crashed", "\u202egnp.py",
                 "\x9b31m", b"\xff\xfe"):
        path = os.path.join(os.fsencode(here), os.fsencode(name))
        open(path, "w").close()
    book = json.loads((here / "01_activations.ipynb").read_text())
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "x = '\x1b[31mred\x1b]8;;http://example.invalid\x07link'"
    (here / "01_activations.ipynb").write_text(json.dumps(book))
    module = here / "cs231n_lib" / "activations.py"
    module.write_text(module.read_text() + "\n\nraise ValueError('\\x1b[2J\\x1b]0;owned\\x07\\r\\nann: 0 marks')\n")
