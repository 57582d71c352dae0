"""The inbox: from what arrived, as students or an LMS packed it, to uploads that the grader may use.

In: a folder or a zip with submissions, of any content. Out: :class:`~autograder.inbox.uploads.Upload` objects, files in
the course's ``submitted/``, and remarks on everything that was not used. Nothing that arrived is executed, extracted or
followed. May import ``course``, ``errors`` and ``sandbox.limited``; ``grade``, the Gradescope export and
``gradebook.admission`` call it.

- ``plain_layout.py``: which student and assignment a file belongs to, in folders and zips named after them. The reader
  of another LMS's layout goes next to it and yields the same pairs; ``uploads.find_submissions`` calls it.
- ``uploads.py``: which files are admitted, how they are read, and how they get into ``submitted/``.
- ``candidates.py``: which file is the notebook and which the module, whatever their names.
- ``submitted_folder.py``: a submission's folder there; keeps in ``handed_in/`` what somebody else put into it.
- ``archives.py``: bytes out of folders and zips, within limits.
- ``remarks.py``: how many remarks one submission may have.
"""
