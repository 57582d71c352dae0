"""The release: from the instructor's sources to the workspace that students get.

In: the repository's notebooks, graded modules and data, or the course's own copies of them. Out: nbgrader's
``source/`` and ``release/`` in the course's folder, and a checked workspace with its zip. May import gradebook
(nbgrader's configuration) and what is below it.

* ``release``: the whole of it, and the update of a workspace in which a student has worked
* ``pinned_sources``: the sources that a course released and is graded by; how they are replaced, or found again
* ``source_changes``, ``notebook_changes``: what an update of them would do, and to whom
* ``student_notebooks``: what a released notebook gains: badges, and Run All past unwritten code
* ``known_results``: what students get of the known mistakes: numbers and sentences
* ``leak_check``: nothing that a student gets holds a solution or a hidden test; ``hint_copies``: nor do the hints,
  under other names; ``solution_copies``: nor any text a sentence of a transfer question's solution
"""
