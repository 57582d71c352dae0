"""Does anything that is visible before a bet's reveal give the outcome away? ``python -m tools.spoilers``

For each bet of a notebook of form 2 it takes what only the true outcome has: the words of the true option that no other
option and not the question has, numbers of two or more digits, the reference of a number, the true order. None of them
may stand in a text before the reveal, in a heading anywhere, in code that is visible until then (its comments, texts
and numbers), in a docstring of the topic, or in the alternative text of a figure above. Nor may a docstring of a
function that students write hold the formula of a gradient.

Nor may the question of a bet call a belief a myth: that word belongs after the reveal.

Where such a word gives nothing away, the bet's cell says so in its metadata: ``"cs231n": {"kind": "bet", "exempt":
["grows with depth"]}``. Limits and reference lines of axes are only listed, for a person to look at.
"""

import ast
import io
import re
import sys
import tokenize
from dataclasses import dataclass

from autograder.course import cells, solution_regions
from autograder.course.claims import read_exempt
from autograder.reference import read_module_source
from cs231n_lib.lab import plots
from cs231n_lib.lab.check.questions import read_questions
from tools import notebook_forms
from tools.bets import REVEALED
from tools.claims import NUMBER, find_sentence
from tools.minutes import MAGIC
from tools.notebook_gates import list_shown_figures

MYTH = re.compile(r"\bmyths?\b", re.IGNORECASE)
"""What is called a myth before the bet is no longer a question."""
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n.*?### END \1\n?", re.S)
COMMON = frozenset("""
    about above after again against almost also always another because been before being below between both call
    called came cannot come comes could does doing done down each either else even ever every exactly example
    first from have having here into itself just keep keeps kept know last least less like made make makes many
    more most much must need never next none nothing once only other over part quite rather same seen several
    should show shows since some still such take takes than that their them then there these they thing this
    those though through time times too twice under until upon very want well were what when where whether which
    while whole will with within without would your
""".split())
"""Words that stand in any text."""
AXES = re.compile(r".*\b(?:set_[xy]lim|[xy]lim|ax[hv]line|ax[hv]span|set_[xy]ticks)\(.*")
GRADIENT = re.compile(r"\bd[a-z]\w*\s*=(?!=)|\bdout\w*(?:\.T)?\s*[*@/+-]|[*@/]\s*dout\b|\bsum\(dout|\\partial|∂")


@dataclass(frozen=True)
class Signs:
    """What only the true outcome of a bet has.

    Attributes
    ----------
    words : set of str
        Stems of words.
    numbers : tuple of float
    phrases : tuple of str
        In lower case.
    """

    words: frozenset = frozenset()
    numbers: tuple = ()
    phrases: tuple = ()

    def find(self, text):
        """Return (start, end) of the first place where a text gives the outcome away, None if it does not."""
        found = [m.span() for m in re.finditer(r"[A-Za-z]{4,}", text) if find_stem(m[0]) in self.words]
        found += [m.span() for m in NUMBER.finditer(text) if any(states_number(m[0], n) for n in self.numbers)]
        low = text.lower()
        found += [(low.find(p), low.find(p) + len(p)) for p in self.phrases if p in low]
        return min(found, default=None)


def find_stem(word):
    """Return a word in lower case without its ending, so that "grows" is "grow" and "saturated" is "saturat"."""
    word = word.lower()
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def list_stems(text):
    """Return the stems of the words of a text that mean something."""
    return {find_stem(word) for word in re.findall(r"[A-Za-z]{4,}", text) if word.lower() not in COMMON}


def list_long_numbers(text):
    """Return the numbers of a text that have two or more digits, each as it stands there."""
    return [m[0] for m in NUMBER.finditer(text) if len(re.sub(r"\D", "", m[0])) >= 2]


def states_number(text, number):
    """Is this number, as it is written in a text, another one rounded? One digit alone tells nothing."""
    digits = text.replace(",", "").replace("−", "-")
    if len(re.sub(r"\D", "", digits)) < 2:
        return False
    value, places = float(digits), len(digits.partition(".")[2])
    return abs(value - number) <= 0.5 * 10.0**-places + 1e-12


def read_signs(bet, question):
    """Return the :class:`Signs` of a bet's true outcome.

    Parameters
    ----------
    bet : cs231n_lib.lab.check.questions.kinds.Bet
    question : str
        The text that asks for the bet.
    """
    if hasattr(bet, "options"):
        true = bet.options[bet.reference]
        others = " ".join(text for letter, text in bet.options.items() if letter != bet.reference)
        asked = question
        for text in bet.options.values():
            asked = asked.replace(text, "")
        numbers = set(list_long_numbers(true)) - set(list_long_numbers(f"{others} {asked}"))
        words = list_stems(true) - list_stems(f"{others} {asked}")
        return Signs(frozenset(words), tuple(float(n.replace(",", "").replace("−", "-")) for n in numbers))
    if hasattr(bet, "items"):
        return Signs(phrases=(", ".join(bet.items[letter] for letter in bet.normalise(bet.reference)).lower(),))
    return Signs(numbers=(float(bet.reference),))


# -- what a reader sees -----------------------------------------------------------------------------------------


def list_places(assignment, notebook, place):
    """Yield (where, text) of everything that is visible before the reveal of a bet.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
    place : int
        Of the bet's cell.
    """
    name = cells.read_answer_variable(notebook.cells[place].source)
    reveal = next((i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and i > place
                   and name in REVEALED.findall(c.source)), len(notebook.cells) - 1)
    has_options = hasattr(read_questions(assignment[3:]).BETS.get(name), "options")
    question = place - 1 if has_options else None  # it names the true option among the others
    for i, cell in enumerate(notebook.cells):
        if cells.is_solution_text(cell):  # students do not have it
            continue
        if cell.cell_type != "markdown":
            if i <= reveal:
                yield f"the code of {cell.id}", join_readable(REGION.sub("", cell.source))
        elif i < reveal and i != question and not cells.is_written(cell):
            yield cell.id, cell.source
        elif i > reveal:
            yield f"a heading, {cell.id}", "\n".join(re.findall(r"(?m)^#+ .*$", cell.source))
    path = plots.ALT_TEXTS / f"{assignment}.toml"
    texts = plots.read_figure_texts(path) if path.is_file() else {}
    for _, figure in list_shown_figures(notebook.cells[:reveal]):
        if figure in texts:
            yield f"the alternative text of {figure}", f"{texts[figure].alt} {texts[figure].caption}"
    for function, doc in list_docstrings(assignment[3:]):
        yield f"the docstring of {function}", doc


def join_readable(source):
    """Return what is to be read in code: its comments, texts and numbers, each on a line."""
    code = MAGIC.sub("", source)
    kinds = (tokenize.COMMENT, tokenize.STRING, tokenize.NUMBER)
    try:
        return "\n\n".join(t.string for t in tokenize.generate_tokens(io.StringIO(code).readline) if t.type in kinds)
    except (tokenize.TokenError, SyntaxError):
        return source


def list_docstrings(topic):
    """Return (name, docstring) of a topic's module and its functions, as students get them."""
    tree = ast.parse(solution_regions.make_stub(topic))
    documented = [tree, *(n for n in tree.body if isinstance(n, ast.FunctionDef))]
    return [(getattr(n, "name", topic), ast.get_docstring(n) or "") for n in documented]


# -- what is found ----------------------------------------------------------------------------------------------


def list_spoilers(assignment, notebook):
    """Return a line for each place that gives the outcome of a bet away.

    Parameters
    ----------
    assignment : str
    notebook : NotebookNode
        The instructor's.
    """
    lines, registered = [], read_questions(assignment[3:]).BETS
    for place, cell in enumerate(notebook.cells):
        name = cells.read_answer_variable(cell.source) if cells.is_bet(cell) else ""
        if name not in registered:
            continue
        question = notebook.cells[place - 1].source
        if MYTH.search(question):
            lines.append(f'{name}: the question says "myth", so everybody bets against it')
        signs = read_signs(registered[name], question)
        for where, text in list_places(assignment, notebook, place):
            shown = blank_exempt(text, read_exempt(cell))
            span = signs.find(shown)
            if span:
                lines.append(f'{name}: {shown[slice(*span)]!r} in {where}: "{find_sentence(text, span)}"')
    return lines


def blank_exempt(text, exempt):
    """Return a text with blanks in the place of what gives nothing away."""
    for phrase in exempt:
        text = re.sub(re.escape(phrase), lambda m: re.sub(r"\S", " ", m[0]), text, flags=re.IGNORECASE)
    return text


def list_gradient_formulas(topic):
    """Return a line for each formula of a gradient in the docstring of a function that students write."""
    source, lines = read_module_source(topic), []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and "### BEGIN SOLUTION" in (ast.get_source_segment(source, node) or ""):
            doc = (ast.get_docstring(node) or "").splitlines()
            lines += [f"the docstring of {node.name} has a gradient: {line.strip()}" for line in doc
                      if GRADIENT.search(line)]
    return lines


def list_axes(notebook):
    """Return a line for each limit or reference line of an axis in visible code: a person looks whether it spoils."""
    return [f"{cell.id}: {line.strip()}" for cell in notebook.cells if cell.cell_type == "code"
            and not cell.metadata.get("jupyter", {}).get("source_hidden") for line in AXES.findall(cell.source)]


def main():
    """Print what each notebook of form 2 gives away; return the number of lines that must go."""
    wrong = 0
    for assignment, notebook in notebook_forms.read_notebooks().items():
        if notebook_forms.read_form(notebook) == 2:
            lines = list_spoilers(assignment, notebook) + list_gradient_formulas(assignment[3:])
            wrong += len(lines)
            print(f"{assignment:24} {len(lines)} spoilers")
            print("".join(f"  {line}\n" for line in lines), end="")
            print("".join(f"  to look at: {line}\n" for line in list_axes(notebook)), end="")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
