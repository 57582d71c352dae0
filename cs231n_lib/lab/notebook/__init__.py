"""What the lab does inside IPython: reload edited files, explain two kinds of errors, start on Colab.

In: IPython's shell. Out: hooks in it, and printed lines.

``autoreload`` reloads a graded module that was saved, ``unwritten`` says in a line which function a cell needs,
``colab`` installs what is missing where a notebook came without the workbook's folder.

May import ``check.import_check`` and what is below ``check``; neither ``commands`` nor ``explorers``. ``colab`` imports
the standard library only.
"""
