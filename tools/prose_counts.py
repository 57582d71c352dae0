"""Count how long the sentences of a notebook are: ``python -m tools.prose_counts``.

Read are the paragraphs of its text cells. Headings, lists, tables, quotations, displayed formulas and code blocks are
left out; a formula or code within a sentence is one word. These numbers inform. Whether a text is good is decided by
a person who reads it.
"""

import re
from dataclasses import dataclass

from autograder.course import cells
from tools import notebook_forms

SHORT = 6
"""Words in a sentence that counts as short."""
ABBREVIATIONS = ("e.g.", "i.e.", "et al.", "vs.", "cf.", "Fig.", "eq.", "approx.", "Dr.", "St.", "no.")
WORD = re.compile(r"\w+(?:[-'’.,·×/]\w+)*")
LEFT_OUT = re.compile(r"(#|>|\||[-*+] |\d+[.)] |<|!\[)")
END = re.compile(r"[.!?…][)\"”’*_]*\s+(?=[\"“(*_]*[A-Z0-9])")
LABEL = re.compile(r"\*\*[^*]{1,30}[.:?!]\*\*\s*")


@dataclass(frozen=True)
class ProseCount:
    """How long the sentences of a text are.

    Attributes
    ----------
    words, sentences : int
    mean : float
        Words per sentence.
    short : float in 0..1
        Share of the sentences of :data:`SHORT` words or fewer.
    """

    words: int
    sentences: int
    mean: float
    short: float

    def __str__(self):
        return f"{self.words:6} words, mean sentence {self.mean:4.1f}, short {100 * self.short:3.0f} %"


SAMPLE = ProseCount(687, 42, 16.4, 0.095)
"""The sample of the manner in which the notebooks are to be written, counted in the same way."""


def list_paragraphs(text):
    """Return the paragraphs of Markdown that are prose, each as one line."""
    text = re.sub(r"(?ms)^(```|~~~).*?^\1[^\n]*$", "", text)
    text = re.sub(r"(?s)\$\$.*?\$\$", "", text)
    text = re.sub(r"(?s)### BEGIN .*?### END [A-Z ]*", "", text)
    paragraphs = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().splitlines()
        while lines and lines[0].startswith("#"):  # a heading may stand right above its paragraph
            lines = lines[1:]
        prose = []
        for line in lines:
            if LEFT_OUT.match(line.strip()):  # what follows a list's mark belongs to the list
                break
            prose.append(line.strip())
        if prose and not re.fullmatch(r"[-=_*]{3,}", prose[0]):
            paragraphs.append(" ".join(prose))
    return paragraphs


def list_sentences(text):
    """Return the sentences of Markdown, formulas and code within them as one word each."""
    sentences = []
    for paragraph in list_paragraphs(text):
        paragraph = LABEL.sub("", paragraph, count=1) if LABEL.match(paragraph) else paragraph
        paragraph = re.sub(r"`[^`]+`|\$[^$]+\$", "code", paragraph)
        paragraph = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", paragraph)
        for short in ABBREVIATIONS:
            paragraph = paragraph.replace(short, short.replace(".", ""))
        sentences += [s for s in END.split(paragraph) if WORD.search(s)]
    return sentences


def count_prose(text):
    """Return the :class:`ProseCount` of Markdown."""
    lengths = [len(WORD.findall(sentence)) for sentence in list_sentences(text)]
    if not lengths:
        return ProseCount(0, 0, 0.0, 0.0)
    short = sum(length <= SHORT for length in lengths)
    return ProseCount(sum(lengths), len(lengths), sum(lengths) / len(lengths), short / len(lengths))


def join_text(notebook):
    """Return the Markdown of a notebook that its author wrote for readers: all text cells but written answers."""
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown" and not cells.is_written(c))


def main():
    """Print a line for each notebook, and that of the sample."""
    for assignment, notebook in notebook_forms.read_notebooks().items():
        print(f"{assignment:24} {count_prose(join_text(notebook))}")
    print(f"{'the sample':24} {SAMPLE}")


if __name__ == "__main__":
    main()
