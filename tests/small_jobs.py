"""Jobs of one or two cells, for tests of the runner."""

from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.assignment import list_cells_to_run
from autograder.runners import grader_hash

SETUP = "from cs231n_lib import activations\nfrom cs231n_lib.lab.check import check, check_answer"
RELU = "check('relu_forward')\nfrom autograder.hidden_tests import grade\ngrade('relu_forward')"
GUESS = ("check_answer(prediction_x, 'ab')\nfrom autograder.hidden_tests import grade_prediction\n"
         "grade_prediction(prediction_x, 'ab', points=0.5)")
ANSWER = ("check_answer(prediction_x, 'ab')\nfrom autograder.hidden_tests import grade_answer\n"
          "grade_answer(prediction_x, 'b', points=1, hint='Look again.')")


def job(tests=((RELU, 1),), module="def relu_forward(x):\n    return x * (x > 0), x\n", answer="prediction_x = 'b'",
        setup=SETUP):
    """Describe a submission of a notebook with these test cells."""
    def meta(name, grade, points=None):
        return {"nbgrader": {"grade_id": name, "grade": grade, "solution": False, "locked": True, "points": points}}

    book = new_notebook(cells=[new_code_cell(setup, metadata=meta("setup", False))])
    book.cells += [new_code_cell(t, metadata=meta(f"t{i}", True, p)) for i, (t, p) in enumerate(tests)]
    setup, tests = list_cells_to_run(book)
    return {"topic": "activations", "setup": setup, "tests": tests, "answers": {"prediction_x": answer},
            "module": module, "secret": "00" * 32, "grader": grader_hash.hash_grader("activations")}
