"""Times: is each read as it was meant or refused, shown as it was understood, and a change of clocks nobody's loss?"""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import times

BERLIN, CHICAGO = times.load_zone("Europe/Berlin"), times.load_zone("America/Chicago")
DUE = datetime(2026, 10, 24, 21, 59)
"""23:59 in Berlin; in the night the clocks go back."""


@pytest.mark.parametrize("text", [
    "2026-10-24T23:59:00+02:00", "2026-10-24 23:59:00 +0200", "2026-10-24 23:59+02:00", "2026-10-24 23:59",
    "2026-10-24 23:59:00 Europe/Berlin", "2026-10-24T21:59:00Z", "2026-10-24 21:59 UTC",
    " 2026-10-24 21:59:00.000 utc ",
    "2026-10-24 16:59:00 -0500", "2026-10-24 16:59 America/Chicago",
])
def test_time_is_read_as_it_was_meant(text):
    """Is every form one time, the zone of the course that of a time without one?"""
    assert times.parse_time(text, BERLIN) == DUE


@pytest.mark.parametrize("text", [
    "2026-10-24 23:59:00 CEST", "2026-10-24 23:59:00 EDT", "2026-10-24 23:59:00 PDT", "2026-10-24 11:59 PM",
    "2026-10-24 11:59pm", "2026-10-24 24:01", "2026-10-24 23:59:00 CET",
    "10/11/2026 11:59 PM", "24.10.2026 23:59", "2026-10-24 24:59", "2026-13-01 12:00",
    "2026-10-24 23:59 Europe/Berlni", "2026-10-24 23:59 ../etc/passwd", "2026-10-24 23:59 +99:00", "tomorrow", "",
])
def test_what_nbgrader_reads_wrongly_is_refused_with_its_text(text):
    """Are letters that may be a zone, PM and dates in another order refused, and is it said how to write it?"""
    with pytest.raises(ValueError, match=re.escape(f"{text!r} is no time")) as error:
        times.parse_time(text, BERLIN)
    assert times.WRITE_IT in str(error.value)


def test_time_without_any_zone_is_refused():
    """Is nothing guessed where neither the time nor the course has a zone?"""
    with pytest.raises(ValueError, match="names no time zone"):
        times.parse_time("2026-10-24 23:59")


def test_hour_that_comes_twice_is_the_first_or_the_last():
    """Half past two on the day the clocks go back: the first one for an arrival, the second one for a due date?"""
    first, last = (times.parse_time("2026-10-25 02:30", BERLIN, latest=latest) for latest in (False, True))
    assert (first, last) == (datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30))


@pytest.mark.parametrize("zone, shown", [
    (BERLIN, "Sat 24 Oct 2026, 23:59 CEST"), (CHICAGO, "Sat 24 Oct 2026, 16:59 CDT"),
    (None, "Sat 24 Oct 2026, 21:59 UTC"), (times.load_zone("Asia/Kathmandu"), "Sun 25 Oct 2026, 03:44 UTC+0545"),
])
def test_time_is_shown_with_its_zone(zone, shown):
    """Is the day of the week, the time of day and the zone there?"""
    assert times.describe_time(DUE, zone) == shown


@pytest.mark.parametrize("due, arrived, days", [
    ("2026-10-24 23:59", "2026-10-25 23:30", 1), ("2026-10-24 23:59", "2026-10-25 23:59", 1),
    ("2026-10-24 23:59", "2026-10-26 00:30", 2), ("2026-10-17 23:59", "2026-10-18 23:30", 1),
    ("2026-03-28 23:59", "2026-03-29 23:58", 1), ("2026-03-28 23:59", "2026-03-30 00:30", 1),
    ("2026-03-28 23:59", "2026-03-30 01:30", 2), ("2026-10-24 23:59", "2026-10-24 23:58", 0),
    ("2026-10-25 02:50", "2026-10-25T02:10+01:00", 1),
])
def test_change_of_clocks_costs_nobody_a_day(due, arrived, days):
    """Where a day has 25 hours it is one day, and where it has 23 nobody has an hour less."""
    late = times.measure_lateness(times.parse_time(due, BERLIN), times.parse_time(arrived, BERLIN), BERLIN)
    assert -(-late // times.DAY) == days


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(-10_000, 10_000))
def test_lateness_is_never_more_than_what_went_by(due, minutes):
    """Is nobody late who came in time, and nobody later than by a stopwatch?"""
    elapsed = timedelta(minutes=minutes)
    for zone in (BERLIN, CHICAGO, None):
        late = times.measure_lateness(due, due + elapsed, zone)
        assert (late > timedelta(0)) == (minutes > 0) and late <= max(elapsed, timedelta(0))
        assert elapsed - late <= timedelta(hours=1) or minutes <= 0


@pytest.mark.parametrize("due, granted, shown", [
    (DUE, timedelta(2), "Mon 26 Oct 2026, 23:59 CET"), (DUE, timedelta(hours=36), "Mon 26 Oct 2026, 10:59 CET"),
    (datetime(2026, 3, 28, 22, 59), timedelta(1), "Sun 29 Mar 2026, 23:59 CEST"),
])
def test_extension_of_days_ends_at_the_same_time_of_day(due, granted, shown):
    """Do two days more end at 23:59 again, also over a change of clocks, and do hours stay hours?"""
    assert times.describe_time(due + times.extend_by_calendar(due, granted, BERLIN), BERLIN) == shown


@pytest.mark.parametrize("stored, zone, doubt", [
    (datetime(2026, 10, 24, 23, 59), BERLIN, "it is 23:59 in UTC: was its time zone dropped?"),
    (datetime(2026, 10, 24, 23, 59), CHICAGO, "was its time zone dropped?"),
    (datetime(2026, 10, 24, 23, 55, 40), BERLIN, "was an offset like +0200 taken for seconds?"),
    (datetime(2026, 10, 11, 9, 59), BERLIN, "was PM dropped?"),
    (datetime(2026, 10, 11, 11, 59), None, "was PM dropped?"),
    (DUE, BERLIN, ""), (datetime(2026, 10, 24, 23, 59), None, ""), (datetime(2026, 10, 24, 16, 0), BERLIN, ""),
    (datetime(2026, 10, 24, 21, 59, 59), BERLIN, ""),
])
def test_due_date_that_looks_misread_is_doubted(stored, zone, doubt):
    """Are the ways in which nbgrader's own parser fails recognised in what it stored, and right dates left alone?"""
    found = times.find_misreading(stored, zone)
    assert doubt in found and bool(found) is bool(doubt)


@pytest.mark.parametrize("text, found", [
    ("2026-10-23 24:00", datetime(2026, 10, 23, 22)), ("2026-10-31 24:00:00 +02:00", datetime(2026, 10, 31, 22)),
    ("2026-10-24 9:05", datetime(2026, 10, 24, 7, 5)), ("2026-10-24 0:00:30", datetime(2026, 10, 23, 22, 0, 30))])
def test_hour_is_read_as_people_write_it(text, found):
    """Is midnight the end of the day that is named, in every version of Python, and one digit an hour?"""
    assert times.parse_time(text, BERLIN) == found


@pytest.mark.parametrize("name, said", [
    ("europe/berlin", "did you mean Europe/Berlin?"), ("new york", "did you mean America/New_York?"),
    ("EST", "write it as in"), ("right/Europe/Berlin", "write it as in"), ("localtime", "write it as in"),
    ("posixrules", "write it as in")])
def test_zone_that_means_something_else_on_another_computer_is_refused(name, said):
    """Is a zone not taken that has leap seconds, no summer time, or is whatever this computer has?"""
    with pytest.raises(ValueError, match="there is no time zone") as error:
        times.load_zone(name)
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["Europe/Berlni", "../etc/passwd", "/etc/passwd", "Mars"])
def test_unknown_zone_is_named(name):
    """Is a zone that is none an error with its name?"""
    with pytest.raises(ValueError, match=re.escape(f"there is no time zone {name!r}")):
        times.load_zone(name)
