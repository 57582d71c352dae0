"""Confirm the numbers that a notebook's text states: ``python -m tools.claims`` lists those without a claim.

``make notebooks`` evaluates every claim in the kernel, right where its text stands. The kernel makes a copy of itself
for that (a fork), so that no draw of random numbers and no assignment is left behind.
"""

import ast
import json
import re

from nbclient import NotebookClient
from nbclient.util import ensure_async

from autograder.course import cells
from autograder.course.claims import FIELD, read_claims, read_exempt
from tools import notebook_forms, prose_counts

MEASURED = "measured"
"""Key of what was found, in the metadata of an executed cell."""
NUMBER = re.compile(r"(?<![\w.,])[-−+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")
FORMULA = re.compile(r"(?s)\$\$.*?\$\$|\$[^$\n]+\$")
NO_RESULTS = re.compile(
    r"(?ms)^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|`[^`]+`|\]\([^)]*\)|<[^>]*>|https?://\S+"  # code, links, HTML
    r"|^#+ +\d+\. |^ *\d+[.)] |Core path: [^.\n]*|\(\d+ minutes?\)"  # counting what is there
    r"|\b\d+(?:\.\d+)? points?\b(?::(?:[^.\n]|\.\d)*)?"
    r"|\b(?:[Nn]otebooks?|[Ss]ections?|[Ll]ayers?) \d+(?:(?:, | and | or | to |–)\d+)*")
IN_KERNEL = '''
def measure(variables, expressions):
    import json, os, sys, warnings

    receive, send = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks beside threads: the copy computes and ends
        child = os.fork()
    if child == 0:
        results = []
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w")
            for expression in expressions:
                try:
                    results.append(float(eval(expression, dict(variables))))
                except Exception as error:
                    results.append(f"{type(error).__name__}: {error}"[:300])
            os.write(send, json.dumps(results).encode())
        finally:
            os._exit(0)
    os.close(send)
    with open(receive, "rb") as answer:
        results = answer.read().decode()
    os.waitpid(child, 0)
    return results
'''


class ClaimsClient(NotebookClient):
    """Executes a notebook, and evaluates the claims of a text cell when all cells above it were executed."""

    async def async_execute_cell(self, cell, cell_index, *args, **settings):
        """Execute a code cell, or note what a text cell's claims are worth.

        Parameters
        ----------
        cell : NotebookNode
        cell_index : int
        *args, **settings
            As nbclient has them.
        """
        if cell.cell_type == "markdown":
            expressions = [claim.value for claim in read_claims(cell)]
            if expressions:
                cell.metadata[FIELD][MEASURED] = await self.evaluate(expressions)
            return cell
        return await super().async_execute_cell(cell, cell_index, *args, **settings)

    async def evaluate(self, expressions):
        """Return the value of each expression in the kernel as it is now: a number, or a sentence about an error."""
        asked = (f"(lambda space: (exec({IN_KERNEL!r}, space), space['measure'](globals(), {expressions!r}))[1])"
                 "({})")
        reply = await ensure_async(self.kc.execute("", silent=True, store_history=False, reply=True,
                                                   user_expressions={"claims": asked}, timeout=self.timeout))
        answer = reply["content"]["user_expressions"]["claims"]
        if answer["status"] != "ok":
            return [f"{answer['ename']}: {answer['evalue']}" for _ in expressions]
        results = ast.literal_eval(answer["data"]["text/plain"])
        return json.loads(results) if results else ["the copy of the kernel died" for _ in expressions]


def iter_false_claims(notebook):
    """Yield a line for each claim of an executed notebook that its run does not confirm."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            claims = read_claims(cell)
            measured = cell.metadata.get(FIELD, {}).get(MEASURED, ["it was not evaluated" for _ in claims])
            for claim, value in zip(claims, measured, strict=True):
                stated = read_stated_number(claim)
                spans = find_spans(cell.source, claim.text)
                sentence = find_sentence(cell.source, spans[0]) if spans else claim.text
                if isinstance(value, str):
                    yield f'{cell.id}: "{sentence}": {claim.value}: {value}'
                elif not abs(value - stated) <= claim.tolerance:
                    yield (f'{cell.id}: "{sentence}" says {stated:.6g}, but {claim.value} is {value:.6g} '
                           f"(tolerance {claim.tolerance:g})")


def read_stated_number(claim):
    """Return the number that a claim's text states.

    Raises
    ------
    ValueError
        If the text has no number or several, and ``says`` is not given.
    """
    if claim.says is not None:
        return float(claim.says)
    found = NUMBER.findall(claim.text)
    if len(found) != 1:
        raise ValueError(f'the claim "{claim.text}" has {len(found)} numbers: give "says"')
    return float(found[0].replace("−", "-").replace(",", ""))


def find_spans(source, text):
    """Return (start, end) of each place where a text stands, not as a part of a longer number or word."""
    pattern = rf"(?<![\w.,]){re.escape(text)}(?!\w|[.,]\d)"
    return [found.span() for found in re.finditer(pattern, source)]


def find_sentence(source, span):
    """Return the sentence in which a part of a text stands, as one line.

    Parameters
    ----------
    source : str
    span : tuple of (int, int)
        Where the part begins and ends.
    """
    start, end = span
    ends = [m.end() for m in re.finditer(rf"{prose_counts.END.pattern}|\n\s*\n", source)]
    begin = max([0, *(place for place in ends if place <= start)])
    stop = min([len(source), *(place for place in ends if place >= end)])
    return " ".join(source[begin:stop].split())


def list_complaints(notebook):
    """Return a line for each claim that fits no text, and for each number in a text without a claim or an exemption.

    Parameters
    ----------
    notebook : NotebookNode
        Need not be executed.
    """
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not cells.is_written(cell):
            try:
                found += [f"{cell.id}: {line}" for line in list_cell_complaints(cell)]
            except ValueError as error:
                found.append(f"{cell.id}: {error}")
    return found


def list_cell_complaints(cell):
    """Return what :func:`list_complaints` says of one text cell."""
    claims, covered, found = read_claims(cell), [], []
    for claim in claims:
        read_stated_number(claim)
    for text in [*(claim.text for claim in claims), *read_exempt(cell)]:
        spans = find_spans(cell.source, text)
        covered += spans
        found += [] if spans else [f"the text {text!r} does not stand in the cell"]
    return found + [f'{number} in "{find_sentence(cell.source, span)}" has no claim and is not exempt'
                    for span, number in list_numbers(cell.source)
                    if not any(first <= span[0] and span[1] <= last for first, last in covered)]


def list_numbers(source):
    """Return ((start, end), number) of each number that a text states.

    Code, addresses, numbers of sections, notebooks and layers, points and minutes are none; nor is a single digit in a
    formula.
    """
    text = NO_RESULTS.sub(blank_out, source)
    formulas = [found.span() for found in FORMULA.finditer(text)]
    numbers = []
    for found in NUMBER.finditer(text):
        inside = any(first <= found.start() < last for first, last in formulas)
        if not inside or len(found[0]) > 1:
            numbers.append((found.span(), found[0]))
    return numbers


def blank_out(found):
    """Return blanks in the place of a match, so that what follows stays where it is."""
    return re.sub(r"\S", " ", found[0])


def main():
    """Print the numbers of each notebook without a claim or an exemption, those of form 1 only counted."""
    for assignment, notebook in notebook_forms.read_notebooks().items():
        complaints = list_complaints(notebook)
        claims = sum(len(read_claims(c)) for c in notebook.cells if c.cell_type == "markdown")
        form = notebook_forms.read_form(notebook)
        print(f"{assignment:24} form {form}, {claims} claims, {len(complaints)} numbers without a claim")
        print("".join(f"  {line}\n" for line in complaints if form == 2), end="")


if __name__ == "__main__":
    main()
