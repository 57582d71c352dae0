"""Claims: is each number in a text confirmed where it stands, and is one that is false or forgotten named?"""

import nbformat.v4 as v4
import numpy as np
import pytest

from autograder.course.claims import Claim, parse_claim
from tools import claims, notebook_forms
from tools.execute_notebooks import iter_complaints

DRAWS = "import numpy as np\nrng, log = np.random.default_rng(0), []\nx = 1"


def claim(text, value, tolerance=0.005, **more):
    return {"text": text, "value": value, "tolerance": tolerance, **more}


def make_text(source, *made, exempt=(), id="why"):
    return v4.new_markdown_cell(source, id=id, metadata={"cs231n": {"claims": list(made), "exempt": list(exempt)}})


def make_notebook(*cells):
    return v4.new_notebook(cells=[c if isinstance(c, dict) else v4.new_code_cell(c) for c in cells])


def complain(*cells):
    return claims.list_complaints(make_notebook(*cells))


@pytest.fixture(scope="module")
def executed():
    """Return a notebook that was run with its claims: one kernel for all tests."""
    notebook = make_notebook(
        DRAWS,
        make_text("Now x is 1, and no more. A draw gives 0.64 here.", claim("x is 1", "x"),
                  claim("0.64", "rng.random()"),
                  claim("no more", "log.append(print(x)) or len(log)", says=1), id="true"),
        "x = 2\nprint(rng.random(), len(log))",
        make_text("First. It says that x is 3 here, which is false. Last.", claim("x is 3", "x"), id="false"),
        make_text("It fails: 4, 5, 6.", claim("4", "unknown"), claim("5", "1 / 0"), claim("6", "[1, 2]"),
                  id="failing"),
        make_text("No number: 7.", claim("7", "float('nan')", 1e9), id="nan"),
        "x, rng.random()",
    )
    claims.ClaimsClient(notebook, timeout=60).execute()
    return notebook


def test_a_true_claim_is_confirmed_where_its_text_stands(executed):
    """Is a claim about a variable that changes below it judged by its value above?"""
    assert not [line for line in iter_complaints(executed) if line.startswith("true: ")]


def test_a_claim_leaves_nothing_behind(executed):
    """Does a claim that draws a number, appends to a list and prints change nothing that the next cell sees?"""
    rng, (output,) = np.random.default_rng(0), executed.cells[2].outputs
    assert output.text.split() == [str(rng.random()), "0"]
    assert [c.execution_count for c in executed.cells if c.cell_type == "code"] == [1, 2, 3]
    assert executed.cells[-1].outputs[0].data["text/plain"] == str((2, rng.random()))


def test_a_false_claim_is_named_with_sentence_and_both_values(executed):
    """Does the complaint name cell, sentence, what the text says and what was measured?"""
    assert [line for line in iter_complaints(executed) if "says 3" in line] == [
        'false: "It says that x is 3 here, which is false." says 3, but x is 2 (tolerance 0.005)']


def test_a_claim_that_cannot_be_evaluated_is_false(executed):
    """Is an expression that raises or gives no number a complaint, and NaN no value within any tolerance?"""
    text = "\n".join(iter_complaints(executed))
    assert "unknown: NameError" in text and "1 / 0: ZeroDivisionError" in text and "[1, 2]: TypeError" in text
    assert "says 7, but float('nan') is nan" in text


def test_a_claim_that_was_not_evaluated_is_false():
    """Is a notebook that was run without its claims not taken as confirmed?"""
    found = list(iter_complaints(make_notebook(make_text("x is 1.", claim("x is 1", "x")))))
    assert len(found) == 1 and "it was not evaluated" in found[0]


@pytest.mark.parametrize("entry", [
    {"text": "1", "value": "x"}, {"text": "1", "value": "x =", "tolerance": 1}, claim("", "x"), claim("1", "x", -1),
    claim("1", "x", float("nan")), claim("1", "x", "wide"), claim("1", "x = 2"), claim("1", 3), claim(1, "x"),
    {**claim("1", "x"), "unit": "%"}, "1", claim("1", "x", says="many"),
])
def test_an_entry_that_is_no_claim_is_refused(entry):
    """Is a claim without text, expression, tolerance or with anything else refused before a notebook is run?"""
    with pytest.raises(ValueError):
        parse_claim(entry)


@pytest.mark.parametrize("text, number", [
    ("0.22 to be exact", 0.22), ("about −3", -3), ("1,000 of them", 1000), ("46 %", 46), ("2.5e-3", 0.0025),
    ("3,072 numbers", 3072),
])
def test_the_number_of_a_claim_is_read_from_its_text(text, number):
    """Is the number read as a person reads it?"""
    assert claims.read_stated_number(Claim(text, "x", 0)) == number


@pytest.mark.parametrize("text", ["a fifth", "from 3 to 4"])
def test_a_text_with_no_number_or_two_must_say_which(text):
    """Is a claim refused whose number cannot be read, and accepted if it says it?"""
    with pytest.raises(ValueError, match="says"):
        claims.read_stated_number(Claim(text, "x", 0))
    assert claims.read_stated_number(Claim(text, "x", 0, says=0.2)) == 0.2


@pytest.mark.parametrize("source, numbers", [
    ("Every layer keeps 0.22, or 1,000, or −3.", ["0.22", "1,000", "−3"]),
    ("It is 46 %, 1e-7 and 10⁻⁶.", ["46", "1e-7", "10"]),
    ("`x[3]`, float32, W1, [a 4](https://example.org/5), <b id=6>", ["4"]),
    ("## 3. The heading\n\n1. one\n2) two\n\n```\nx = 3\n```", []),
    ("## 3. The heading (15 minutes)\n\n36.5 points: code 16, answers 4.5. Layer 10, layers 1 to 3: 0.2", ["0.2"]),
    ("In notebook 03 and notebooks 01, 02 and 05, sections 4 and 5; 2.5 points. Core path: 1 h 50.", []),
    ("$x_1^2 + 500$ and $0.5$; $$\n32 \\cdot 3\n$$", ["500", "0.5", "32"]),
])
def test_numbers_that_a_text_states_are_found(source, numbers):
    """Are results found, and code, addresses, counts of sections and single digits of formulas left alone?"""
    assert [number for _, number in claims.list_numbers(source)] == numbers


def test_numbers_with_a_claim_or_an_exemption_pass():
    """Does a text pass whose numbers are all claimed or exempt?"""
    assert complain(make_text("Of 500 inputs 0.22 is left (He, 2015), 0.22 again.", claim("0.22", "x"),
                              exempt=["500 inputs", "2015"])) == []


@pytest.mark.parametrize("cell, words", [
    (make_text("First. It is 0.22 here. Last.", claim("0.2", "x")), "'0.2' does not stand in the cell"),
    (make_text("First. It is 0.22 here. Last."), '0.22 in "It is 0.22 here." has no claim'),
    (make_text("First 2 here.\n\nThen 2 there", exempt=["First 2"]), '2 in "Then 2 there" has no claim'),
    (make_text("It is 5.", exempt=["6"]), "'6' does not stand in the cell"),
    (make_text("It is 5.", {"text": "5"}), "is no claim"),
    (make_text("A fifth.", claim("A fifth", "x")), 'give "says"'),
])
def test_a_number_without_a_claim_and_a_claim_without_a_text_are_named(cell, words):
    """Is each gap named with its cell?"""
    assert any(line.startswith("why: ") and words in line for line in complain(cell))


def test_notebooks_of_form_2_state_no_number_without_a_claim():
    """Is every number in the text of a notebook that is written anew a claim or exempt?"""
    notebooks = notebook_forms.read_notebooks()
    for assignment in notebook_forms.list_assignments(2):
        assert claims.list_complaints(notebooks[assignment]) == [], assignment
