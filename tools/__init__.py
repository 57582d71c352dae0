"""Tools for maintainers; no part of the product imports them. ``python -m tools.NAME --help`` says more.

``bench_grading``, ``bench_training`` (make bench), ``bench_inbox``, ``fault_injection`` with
``fault_injection_course`` (make faults), ``portability`` with ``portability_marks`` (make portability),
``diagnosis_accuracy`` on ``held_out_mistakes`` and ``read_diagnosis`` on the later sets, ``held_out_second``,
``held_out_third`` and ``held_out_fourth`` (make confusion), ``known_results`` (make fingerprints),
``sample_submissions`` with the table in ``sample_class`` (make grade, golden), ``example_download``
(docs/your_course.md), ``statements_table`` (make statements), ``execute_notebooks`` (make notebooks),
``validate_notebooks`` (make validation), ``reference_runs`` (make reference-runs). ``make check`` runs
``notebook_forms``, ``minutes``, ``prose_counts``, ``claims``, ``spoilers`` and ``notebook_gates`` (with ``bets``),
which look at the notebooks. ``shared_folder`` makes a folder once for several processes.
"""
