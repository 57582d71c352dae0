"""Times as people and LMSs write them: read with their zone, and printed as they were understood.

Everything is kept in UTC and without a zone, as nbgrader keeps it. A word that may be a zone and is none is refused,
never passed over: nbgrader's own parser takes ``23:59 CEST``, ``EDT`` and ``11:59 PM`` for other times than they say.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

YEARS = range(2000, 2200)
"""In which something can be due or arrive: a typing error should not decide about marks."""
WRITE_IT = "write it as in 2026-03-01T23:59:00+01:00"
TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d?\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?))?(?: *([+-]\d\d:?\d\d|Z)| +(\S+))?")
"""A date, a time of day, and an offset from UTC or the name of a zone."""
DAY = timedelta(days=1)
END_OF_DAY = re.compile(r"24:00(?::00)?")
"""Midnight at the end of a day, which some versions of Python read and others do not."""
NO_PLACES = {"EST", "MST", "HST", "Factory", "localtime"}
"""Zones that stay on winter time all year where a person means a place, and those that no course can mean."""


def load_zone(name: str) -> ZoneInfo | None:
    """Return a time zone by its name, as in Europe/Berlin; None for ""."""
    if not name:
        return None
    if name not in list_zones():  # ZoneInfo finds more on some computers: other capitals, zones with leap seconds
        raise ValueError(f"there is no time zone {name!r}{suggest_zones(name)}")
    return ZoneInfo(name)


@cache
def list_zones() -> frozenset[str]:
    """Return the names of all zones that a course may be in."""
    return frozenset(available_timezones() - NO_PLACES)


def suggest_zones(name: str) -> str:
    """Return the end of a message: the zones of that name in other capitals, or of that place."""
    wanted = name.strip().replace(" ", "_").casefold()
    near = sorted(zone for zone in list_zones() if wanted in (zone.casefold(), zone.rpartition("/")[2].casefold()))
    return f": did you mean {' or '.join(near[:3])}?" if near else "; write it as in Europe/Berlin or America/New_York"


def parse_time(text: str, zone: ZoneInfo | None = None, latest: bool = False) -> datetime:
    """Read a time.

    Parameters
    ----------
    text : str
        ISO 8601, with its offset from UTC, ``Z`` or the name of its zone after it, as in ``2026-03-01 23:59
        Europe/Berlin``.
    zone : zoneinfo.ZoneInfo, optional
        Of a time without one; without it such a time is refused.
    latest : bool
        What is meant by a time of day that a change of clocks brings twice: the second one instead of the first.

    Returns
    -------
    time : datetime
        In UTC, naive.

    Raises
    ------
    ValueError
        Saying what is wrong with it, after its text.
    """
    match = TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is no time; {WRITE_IT}")
    day, clock, offset, name = match.groups()
    if name and name.upper() != "UTC":
        zone = read_zone(text, name)
    if not (offset or name or zone):
        raise ValueError(f"{text!r} names no time zone: write +01:00 or Z after it, or say the course's zone in "
                         'course.toml, as in zone = "Europe/Berlin"')
    try:
        time = read_day(day, clock or "00:00", offset or "")
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time; {WRITE_IT}") from None
    if time.year not in YEARS:
        raise ValueError(f"{text!r} is no time of arrival or due date: its year is not between {YEARS[0]} and "
                         f"{YEARS[-1]}")
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC if name and name.upper() == "UTC" else zone, fold=int(latest))
    found = time.astimezone(UTC)
    if found.astimezone(time.tzinfo).replace(tzinfo=None) != time.replace(tzinfo=None):
        raise ValueError(f"{text!r} is no time in {time.tzinfo}: the clocks go forward over it")
    return found.replace(tzinfo=None)


def read_day(day: str, clock: str, offset: str) -> datetime:
    """Return a time of a day, as in 09:00, 9:00 or 24:00; a ValueError or OverflowError if it is none.

    Parameters
    ----------
    day, clock, offset : str
        As :data:`TIME` finds them.
    """
    if END_OF_DAY.fullmatch(clock):
        return datetime.fromisoformat(f"{day}T00:00{offset}") + DAY
    hours, _, rest = clock.partition(":")
    return datetime.fromisoformat(f"{day}T{hours:0>2}:{rest}{offset}")


def parse_due_date(text: str, zone: ZoneInfo | None = None) -> datetime:
    """Read a due date; the parameters are those of :func:`parse_time`, but a time of day has to be there."""
    if ":" not in text:
        raise ValueError(f"{text!r} says no time of day; write it as in 2026-03-01 23:59")
    return parse_time(text, zone, latest=True)


def read_zone(text: str, name: str) -> ZoneInfo:
    """Return the zone that stands after a time; letters as in CEST or PM are none."""
    if name[0].isdigit():  # 11:59pm
        raise ValueError(f"{text!r} is no time; {WRITE_IT}")
    if "/" not in name or name not in list_zones():
        raise ValueError(f"{text!r} is no time: {name!r} is not the name of a zone, such as Europe/Berlin; {WRITE_IT}")
    return ZoneInfo(name)


def describe_time(time: datetime, zone: ZoneInfo | None) -> str:
    """Return a time as it was understood, as in ``Sat 24 Oct 2026, 23:59 CEST``.

    Parameters
    ----------
    time : datetime
        In UTC, naive.
    zone : zoneinfo.ZoneInfo or None
        In which it is shown; UTC without one.
    """
    local = time.replace(tzinfo=UTC).astimezone(zone or UTC)
    seconds = f":{local:%S}" if local.second else ""
    name = local.tzname() or ""
    name = f"UTC{name}" if name[:1] in ("+", "-") else name
    days, months = ("Mon Tue Wed Thu Fri Sat Sun".split(),
                    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # not those of the computer's language
    return (f"{days[local.weekday()]} {local.day} {months[local.month - 1]} {local.year}, {local:%H:%M}{seconds} "
            f"{name}").strip()


def measure_lateness(due: datetime, arrived: datetime, zone: ZoneInfo | None) -> timedelta:
    """Return how late something came, so that a change of clocks costs nobody a day.

    By the clocks on the wall and by a stopwatch, and of the two what is less: where an hour comes twice, a day has 25,
    and where one is left out, nobody has an hour less.

    Parameters
    ----------
    due, arrived : datetime
        In UTC, naive.
    zone : zoneinfo.ZoneInfo or None
        Where the clocks hang.
    """
    elapsed = arrived - due
    if elapsed <= timedelta(0):
        return timedelta(0)
    by_the_wall = read_clock(arrived, zone) - read_clock(due, zone)
    return max(min(elapsed, by_the_wall), timedelta(microseconds=1))


def read_clock(time: datetime, zone: ZoneInfo | None) -> datetime:
    """Return what a clock on the wall shows at a time in UTC."""
    return time.replace(tzinfo=UTC).astimezone(zone or UTC).replace(tzinfo=None)


def extend_by_calendar(due: datetime, extension: timedelta, zone: ZoneInfo | None) -> timedelta:
    """Return how long an extension lasts: whole days end at the time of day at which the work was due.

    Parameters
    ----------
    due : datetime
        In UTC, naive.
    extension : timedelta
        As granted.
    zone : zoneinfo.ZoneInfo or None
    """
    if zone is None or extension % DAY:
        return extension
    local = due.replace(tzinfo=UTC).astimezone(zone)
    return (local + extension).astimezone(UTC) - local.astimezone(UTC)


def find_misreading(due: datetime, zone: ZoneInfo | None) -> str:
    """Return why a due date looks as if nbgrader's own parser had read it wrongly, or "".

    It drops a zone that it does not know (and PM), and takes an offset like +0200 for seconds.

    Parameters
    ----------
    due : datetime
        In UTC, naive.
    zone : zoneinfo.ZoneInfo or None
        The course's.
    """
    local = read_clock(due, zone)
    if local.second not in (0, 59):
        return "nobody sets such a second: was an offset like +0200 taken for seconds?"
    if local != due and is_end_of_day(due) and not is_end_of_day(local):
        return f"it is {due:%H:%M} in UTC: was its time zone dropped?"
    if (local.hour, local.minute) == (11, 59):
        return "was PM dropped?"
    return ""


def is_end_of_day(clock: datetime) -> bool:
    """Is it a time of day at which work is due: the last minutes before midnight, or midnight?"""
    return (clock.hour, clock.minute) in ((23, 55), (23, 59), (0, 0))
