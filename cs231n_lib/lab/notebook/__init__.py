"""IPython's side of the lab: edits picked up at the next cell, errors in one line, a start on Colab.

``autoreload`` reloads a graded module that was saved, ``unwritten`` says in a line which function a cell waits for,
``colab`` fetches the workbook where a notebook comes alone. Imports ``check.import_check`` and ``workspace``.
"""
