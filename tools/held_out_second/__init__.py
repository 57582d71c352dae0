"""The second set of held-out mistakes, measured once: no line of the diagnosis was changed after it was looked at.

214 wrong implementations of all functions, written on 30 November 2026 from the docstrings alone, by an author (a
language model) who had seen neither the registry of mistakes, nor ``check``, nor the first set; about one in five has
two errors. The sentence of each is its label: a diagnosis is right if what it says is part of that sentence, and wrong
if it says anything that the sentence does not bear out. The set was committed before the first line of the diagnosis
that it measures (relations, several mistakes at once).
"""
