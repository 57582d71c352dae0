"""Class: denial of service, texts within every cap: a notebook that costs gigabytes to parse, cells that keep Markdown
and Pygments busy, a module that keeps a parser and a tokenizer busy.
Expectation: what costs more than its limits is told in one sentence, and the class goes on."""

import json


def submit(folder):
    here = folder / "01_activations"
    (here / "cs231n_lib" / "activations.py").write_text("x = f'" + "{1:{2}}" * 35_000 + "'\n")
    book = json.loads((here / "01_activations.ipynb").read_text())
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "\t\n" * 9_000 if cell["cell_type"] == "code" else "[" * 9_000 + "*a **b " * 1_500
    (here / "01_activations.ipynb").write_text(json.dumps(book))
    (folder / "02_preprocessing").mkdir()
    (folder / "02_preprocessing" / "02_preprocessing.ipynb").write_text('{"cells": [' + "[]," * 5_000_000 + "[]]}")
