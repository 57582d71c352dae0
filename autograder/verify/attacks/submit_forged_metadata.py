"""Class: forged metadata: points, ids, locks, checksums, kernels.
Expectation: the released notebook's count, theirs do not."""

import json


def submit(folder):
    path = folder / "01_activations" / "01_activations.ipynb"
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        flags = cell["metadata"].setdefault("nbgrader", {})
        flags.update(points=1000, grade=True, solution=True, locked=False, checksum="0" * 32, schema_version=99)
    book["cells"].append({"cell_type": "code", "id": "extra", "source": "100.0", "outputs": [], "execution_count": 1,
                          "metadata": {"nbgrader": {"grade_id": "extra-test", "points": 1000,
                                                    "grade": True, "solution": False, "locked": True, "task": False}}})
    book["metadata"] = {"kernelspec": {"name": "cs231n-attack", "display_name": "x",
                                       "argv": ["touch", "/tmp/cs231n-attack"]},
                        "nbgrader": {"student": "ann"}}
    book["nbformat_minor"] = 999
    path.write_text(json.dumps(book))
