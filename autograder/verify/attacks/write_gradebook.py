"""Class: writing marks. Expectation: no gradebook can be reached and nothing outside the scratch folder written."""

import os
import sqlite3

for _path in ("gradebook.db", "../gradebook.db", "/course/gradebook.db", "/home/course/gradebook.db"):
    try:
        _db = sqlite3.connect(_path)
        _db.execute("update grade set auto_score = 100, manual_score = 100")
        _db.commit()
    except Exception:
        pass
for _path in ("/etc/passwd", "/usr/bin/python3", "/grader/protocol.py", "/grader/worker.py", os.__file__, np.__file__):
    try:
        open(_path, "a").write("# changed")
    except OSError:
        pass
