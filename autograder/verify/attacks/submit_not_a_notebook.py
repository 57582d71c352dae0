"""Class: a notebook that is none: deep JSON, wrong types in every place, huge numbers.
Expectation: a remark, the module counts."""

import json

_WRONG = [None, 1, "x", [], {}, [[]], {"nbgrader": 1}, {"nbgrader": [1]},
          {"nbgrader": {"grade_id": ["x"]}}, True, 1e308]


def submit(folder):
    path = folder / "01_activations" / "01_activations.ipynb"
    book = json.loads(path.read_text())
    fields = ("cell_type", "source", "metadata", "id", "outputs")
    cells = [dict.fromkeys(fields, wrong) for wrong in _WRONG]
    book["cells"] = [*_WRONG, *cells, *book["cells"]]
    book["metadata"] = book["nbformat"] = [None] * 1000
    path.write_text(json.dumps(book)[:-1] + ', "deep": ' + "[" * 900 + "]" * 900 + "}")
    other = folder / "02_preprocessing"
    other.mkdir()
    (other / "02_preprocessing.ipynb").write_text('{"cells": ' + "[" * 100_000)
    third = folder / "03_initialization"
    third.mkdir()
    (third / "03_initialization.ipynb").write_text('{"cells": [' + "9" * 10_000 + "]}")
