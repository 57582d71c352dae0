"""The third set of held-out mistakes, measured once: the second was spent when its wrong sentences were mended.

198 wrong implementations of all functions, written on 30 November 2026 from the docstrings alone, by an author (a
language model) who had seen neither the registry of mistakes, nor ``check``, nor the other sets; about one in six has
two errors. The sentence of each is its label. No line of the diagnosis was changed between writing and measuring.
"""
