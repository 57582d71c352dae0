"""Class: formulas for the spreadsheet that opens the tables. Expectation: no cell of any table begins one."""

import json


def submit(folder):
    path = folder / "01_activations" / "01_activations.ipynb"
    book = json.loads(path.read_text())
    formulas = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("http://example.invalid","x")']
    for number, cell in enumerate(book["cells"]):
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = formulas[number % len(formulas)]
    path.write_text(json.dumps(book))
    (folder / "01_activations" / "=cmd|'calc'!A0").write_text("x")
    (folder / "@SUM(1)").mkdir()
    (folder / "@SUM(1)" / "=1+1").write_text("x")
