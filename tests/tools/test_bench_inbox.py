"""Does the benchmark of the inbox compare the same submissions, and would it notice if some were not read?"""

import pytest

from autograder.inbox.reading import Reading
from tools import bench_inbox


def test_both_layouts_are_read_whole(capsys):
    """Are all submissions of both layouts read, and both times printed?"""
    bench_inbox.main(["--count", "20"])
    assert "ratio" in capsys.readouterr().out


def test_lost_submission_ends_the_benchmark(monkeypatch):
    """Is a submission that is not read an error, and no gain of time?"""
    monkeypatch.setattr(bench_inbox, "read_inbox", lambda inbox, roster: Reading())
    with pytest.raises(ValueError, match="0 of 2 submissions"):
        bench_inbox.compare_layouts(2)
