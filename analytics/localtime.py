"""Clock times of the home (`22:00`) against instants, right across changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


def parse_clock(text: str) -> time:
    """`22:00` as a time of day. Raises `ValueError` on anything else.

    >>> parse_clock("06:30")
    datetime.time(6, 30)
    """
    hours, separator, minutes = text.partition(":")
    if not (separator and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()):
        raise ValueError(f"expected a time such as 22:00, got {text!r}")
    return time(int(hours), int(minutes))


def instant(day: date, clock: time, tz: ZoneInfo) -> datetime:
    """The instant (UTC) of a clock time on a local day; a time that the clocks skip is taken as if they had not."""
    return datetime.combine(day, clock, tz).astimezone(UTC)


def within(at: datetime, start: time, end: time, tz: ZoneInfo) -> bool:
    """Whether an instant lies in the hours from `start` to before `end`, which may pass midnight."""
    clock = at.astimezone(tz).time()
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def next_time(after: datetime, clock: time, tz: ZoneInfo) -> datetime:
    """The first instant later than `after` at which the home's clock shows this time."""
    day = after.astimezone(tz).date()
    today = instant(day, clock, tz)
    return today if today > after else instant(day + _DAY, clock, tz)


def next_weekday(after: datetime, weekday: int, clock: time, tz: ZoneInfo) -> datetime:
    """The first instant later than `after` at which it is this time on this day of the week (Monday is 0) at home."""
    found = next_time(after, clock, tz)
    while found.astimezone(tz).weekday() != weekday:
        found = next_time(found, clock, tz)
    return found


def after_daytime(start: datetime, length: timedelta, day: tuple[time, time], tz: ZoneInfo) -> datetime:
    """When `length` of day-time has gone by since `start`; nights do not count.

    `day` is from when to when the household is up, not past midnight, and not empty.
    """
    left = length
    today = start.astimezone(tz).date()
    while True:
        begins = max(start, instant(today, day[0], tz))
        room = max(_NOTHING, instant(today, day[1], tz) - begins)
        if left <= room:
            return begins + left
        left -= room
        today += _DAY
