"""Names of the aspects that ``check`` and the grader share: one aspect has one name, at home and at grading.

``common`` holds those that the machinery of both knows itself, ``<topic>`` the others of that topic. They are plain
constants, and nothing is imported here: the grader loads these files by their paths
(``autograder/reference.py``). What only the check asks stands in ``cases/<topic>.py``, what only the grader asks in
``autograder/hidden_tests/<topic>.py``; ``autograder/verify/preparation.py`` says which aspect of the
grader each line of a check prepares for.
"""
