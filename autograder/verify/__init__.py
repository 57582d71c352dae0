"""Verify: proofs of the grader, run with ``python -m autograder verify`` (``proofs``).

In come known solutions, right and wrong, and attacks; out comes a list of violations, which is empty if the grader
keeps its promises. ``rubric_proofs`` (stub 0, reference and alternatives full, each mistake loses exactly its
aspects), ``preparation`` (each line of a check prepares for an aspect of the grader), ``independence`` (a wrong
forward costs a right backward nothing), ``inconsistent_functions`` (a function that is wrong in one call and right in
the next earns only what it showed), ``mutants`` with ``mutation_testing``, ``module_attacks`` and ``upload_attacks``
with the files in ``attacks/`` (read by ``attack_files``; ``host_snapshot`` compares the computer before and after,
``student_work`` makes modules and notebooks of students). ``alternatives/`` and ``equivalents/`` have one file per
topic; README.md compares the stores of right and wrong code. It imports everything below; only ``__main__`` and the
tools import it.
"""
