"""The gradebook: what nbgrader knows about the class, and the two roads by which results get into it.

In: results of the runners, people's marks, due dates and times of arrival. Out: rows of nbgrader's database,
``autograded/``, and records for whatever shows marks. May import runners and inbox and what is below them.

* ``config``: how nbgrader is set up; ``database``: the gradebook's address and errors
* ``writer``: the fast road, which ``grade`` takes; ``preprocessors``: the road through nbgrader's own pipeline
* ``admission``: on that road, nothing is read that the inbox did not admit
* ``cell_rows``: the gradebook's cells, brought in line with a notebook that changed
* ``manual_marks``: which marks of people are still valid after a regrade
* ``settling``: a person's word that what was to look at has been looked at
* ``lateness``: due dates, times and penalties; ``late_policy``: the plugin with the rule; ``closing``: when an
  assignment is over for everybody; ``due_dates``: set in the course's zone, shown as they were understood
* ``overrides``: the due dates of ``course.toml`` in the gradebook, and what goes before what it says
* ``records``: reads it all back, one submission at a time
* ``safe_markdown``, ``safe_code``: students' cells for formgrader
* ``nbgrader_privates``: what we use that nbgrader may change
"""
