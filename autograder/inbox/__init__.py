"""The inbox: from what arrived, as students or an LMS packed it, to uploads that the grader may use.

In: a folder or an archive with submissions, of any content. Out: :class:`~autograder.inbox.uploads.Upload` objects,
files in the course's ``submitted/``, and remarks on everything that was not used. Nothing that arrived is executed,
extracted or followed. May import ``course``, ``errors`` and ``sandbox.limited``; ``grade``, the Gradescope export and
``gradebook.admission`` call it.

- ``reading.py``: reads a whole inbox, by the help of the next ones.
- ``contents.py``: what stands at the top of it, whatever it is packed in; ``system_files.py``: what nobody handed in.
- ``canvas.py``, ``moodle.py``, ``brightspace.py``, ``blackboard.py``, ``gradescope.py``, ``exchange.py``,
  ``github_classroom.py``, ``plain_layout.py``: what the names of one source say; ``arrivals.py``: how they say it.
- ``identity.py``: which student a sender is, by the roster or ``who.csv``.
- ``parts.py``: an upload's loose files and archives; ``assignment_names.py``: which assignment a name speaks of.
- ``workspaces.py``: for which assignments there is work in a whole workspace.
- ``copies.py``: which of several copies counts.
- ``uploads.py``: which files are admitted, how they are read, and how they get into ``submitted/``.
- ``candidates.py``: which file is the notebook and which the module, whatever their names.
- ``submitted_folder.py``: a submission's folder there; keeps in ``handed_in/`` what somebody else put into it.
- ``archives.py``: bytes out of folders and archives, within limits.
- ``remarks.py``: how many remarks one submission may have.
"""
