"""The course: its topics, notebooks, cells, roster, and what it remembers of each submission.

In: the files of a course folder. Out: plain objects for every other wing. May import ``errors`` and ``reference``;
nbgrader only where the gradebook or a release is concerned, never in ``cells``, ``topics``, ``text`` and ``files``,
which runners import.

- ``topics.py``: the registry of topics and assignments.
- ``settings.py``: ``course.toml``, what an instructor says about the course; ``settings_file.py``: writes a new one.
- ``assignment.py``: an assignment's notebooks; which source of a student counts. ``cells.py``: kinds of cells, and how
  an answer is read. ``claims.py``: numbers that a text states. ``solution_regions.py``: modules without solutions, or
  with some.
- ``recognition.py``: which cell of a student's notebook is which cell of the assignment.
- ``roster.py``: who is in the course; ``lms_tables.py``: an LMS's own table of them.
- ``submission_state.py``: how each submission ended.
- ``times.py``: times with their zone, and lateness by the calendar.
- ``files.py``: atomic writing. ``text.py``: students' text made harmless.
"""
