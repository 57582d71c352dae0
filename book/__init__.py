"""The site of all notebooks, for readers without a kernel: ``make book``.

In: the notebooks as they were executed. Out: a folder of HTML. ``build`` makes a page of Markdown of each notebook
and lets Sphinx render them, with ``conf`` as its configuration and the styles and scripts in ``_static``; ``bets``
covers what is below a bet, ``explorer_frames`` draws explorers for fixed positions of their sliders. May import
everything.
"""
