"""Class: enormous and odd cells: megabytes, half characters, NULs, direction marks, numbers no float holds, deep
literals.
Expectation: a cell costs only what it is."""

import json

_ODD = ["\ud800", "\x00", "\u202e\u2066", "x" * 10**6, "x = 0x" + "f" * 3900,
        "x = " + "[" * 1900 + "]" * 1900, "x = " + "-" * 3900 + "1", "x = 1e999",
        "x = b'a'", "x = {1: {2: {3: set()}}}", "x = '\\ud800'", "x = 1_000_000j", "\ufeffx = 1",
        "x = '" + "é" * 3000 + "'",
        "[" * 15_000, "*a " * 6_000, "$" * 19_000]


def submit(folder):
    path = folder / "01_activations" / "01_activations.ipynb"
    book = json.loads(path.read_text())
    for number, cell in enumerate(book["cells"]):
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            name = "".join(cell["source"]).split(" =")[0].split("\n")[-1]
            cell["source"] = _ODD[number % len(_ODD)].replace("x =", f"{name} =")
    path.write_text(json.dumps(book))
