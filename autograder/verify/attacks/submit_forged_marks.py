"""Class: forged marks: test cells rewritten, outputs and manual scores put in.
Expectation: outputs are the grader's own."""

import json


def submit(folder):
    path = folder / "01_activations" / "01_activations.ipynb"
    book = json.loads(path.read_text())
    full = {"output_type": "execute_result", "data": {"text/plain": "1000.0"}, "metadata": {}, "execution_count": 1}
    for cell in book["cells"]:
        if str(cell["metadata"].get("nbgrader", {}).get("grade_id")).endswith("-test"):
            cell.update(source="1000.0", outputs=[full], execution_count=1)
        cell["metadata"].update(score=1000, manual_score=1000, extra_credit=1000, comment="well done")
    path.write_text(json.dumps(book))
