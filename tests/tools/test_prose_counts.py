"""Counts of prose: are sentences cut where a reader would, and is what is no prose left out?"""

import pytest

from tools import notebook_forms, prose_counts

NO_PROSE = """## A heading. Of two sentences.

- a list. With sentences.
- more

1. numbered
   and continued

| a | table |
| - | - |

> a quotation

$$x = 1. Y$$

```python
code. More code.
```

---

![a picture](x.png)
"""


def test_what_is_no_prose_is_left_out():
    """Are headings, lists, tables, quotations, formulas and code no sentences?"""
    assert prose_counts.list_sentences(NO_PROSE) == []
    assert prose_counts.count_prose(NO_PROSE).words == 0


@pytest.mark.parametrize("text, lengths", [
    ("One two three. Four five!", [3, 2]),
    ("It is 0.22 to be exact, i.e. a fifth (He et al. 2015). Is it?", [13, 2]),
    ("A formula $a + b$ is one word. So is `a = b`.", [6, 3]),
    ("**Bet.** One two.", [2]),
    ("A **bold end.** Another one.", [3, 2]),
    ("Broken\nover lines and [a link](https://example.org/a.b).", [6]),
    ("First one.\n\nSecond one", [2, 2]),
    ("A list follows:\n- one\n- two", [3]),
    ("## Heading\nText below it.", [3]),
])
def test_sentences_are_cut_where_they_end(text, lengths):
    """Does each sentence have the words that a reader counts?"""
    assert [len(prose_counts.WORD.findall(s)) for s in prose_counts.list_sentences(text)] == lengths


def test_share_of_short_sentences_counts_those_of_six_words():
    """Is a sentence of six words short, and one of seven not?"""
    count = prose_counts.count_prose("One two three four five six. One two three four five six seven.")
    assert (count.words, count.sentences, count.mean, count.short) == (13, 2, 6.5, 0.5)


def test_every_notebook_has_prose_that_is_counted(capsys):
    """Is a line printed for each notebook and for the sample?"""
    prose_counts.main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(notebook_forms.read_notebooks()) + 1 and "the sample" in lines[-1]
    assert all(5 < float(line.split("sentence")[1].split(",")[0]) < 30 for line in lines)
