"""Reports: what people read of the marks.

In come records (``gradebook.records``), out go pages, tables and lines in a terminal: ``marks_tables`` (the CSVs and
the printed table), ``feedback`` (a page per student) with ``solutions`` (after the last deadline), ``class_report``
with ``class_report_charts``, ``similarity``, ``mark_changes`` (after a regrade), ``explain`` with ``call_trace`` (how
a mark came about). ``html`` holds what pages share, ``code_html`` the colours of code, ``templates/`` the Jinja
templates. It imports ``gradebook`` and everything below; a report changes no mark.
"""
