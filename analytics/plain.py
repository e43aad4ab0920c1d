"""Plain words: how long, at what time, which sensor. Times are told on the household's own clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "minute"), count(2, "minute")
    ('1 minute', '2 minutes')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(length: timedelta) -> str:
    """A length of time in its two largest units, rounded down.

    >>> duration(timedelta(hours=4, minutes=10, seconds=30))
    '4 hours 10 minutes'
    >>> duration(timedelta(seconds=40))
    '40 seconds'
    """
    left = max(0, int(length.total_seconds()))
    if left < 60:
        return count(left, "second")
    parts: list[tuple[int, str]] = []
    for size, noun in _UNITS:
        amount, left = divmod(left, size)
        parts.append((amount, noun))
    first = next(index for index, (amount, _) in enumerate(parts) if amount)
    return " ".join(count(amount, noun) for amount, noun in parts[first : first + 2] if amount)


def often(per_month: float) -> str:
    """How often something comes, in words.

    >>> often(1.0), often(2.0), often(0.5), often(3.0)
    ('once a month', 'twice a month', 'once in 2 months', '3 times a month')
    """
    if per_month < 1.0:
        return f"once in {1.0 / per_month:.2g} months"
    return {1.0: "once a month", 2.0: "twice a month"}.get(per_month, f"{per_month:.2g} times a month")


def when(at: datetime, now: datetime, tz: ZoneInfo) -> str:
    """A time as it would be said at `now`, in the home.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 7, 6, 11, 0, tzinfo=UTC)
    >>> when(noon - timedelta(hours=14), noon, ZoneInfo("Europe/London"))
    '22:00 yesterday'
    """
    local = at.astimezone(tz)
    days = (now.astimezone(tz).date() - local.date()).days
    clock = f"{local:%H:%M}"
    if days == 0:
        return clock
    return f"{clock} yesterday" if days == 1 else f"{clock} on {local:%A} {local.day} {local:%B}"


def sensor_name(name: str) -> str:
    """A sensor's name as words.

    >>> sensor_name("front_door")
    'front door'
    """
    return " ".join(name.replace("_", " ").replace("-", " ").replace("/", " ").replace(".", " ").split())
