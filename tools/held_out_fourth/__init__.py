"""The fourth set of held-out mistakes, measured once: the third was spent when its sentences were mended.

100 wrong implementations, ten per topic, written on 30 November 2026 from the docstrings alone, by an author (a
language model) who had seen neither the registry of mistakes, nor ``check``, nor the other sets; about one in eight has
two errors. The sentence of each is its label. It was committed before the first line of the diagnosis that it measures.
"""
