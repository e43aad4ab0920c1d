"""Who is on call at an instant, on the household's clock. Pure.

A shift starts at the first and ends at the last occurrence of its clock time. So when the clocks go back and a shift
changes within the repeated hour, both people are on call until the second occurrence: an overlap, never a gap. When
they go forward, a clock time that does not exist is passed at the jump.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.household.model import Layer, Rota

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_MIDNIGHT = time(0)


class RotaError(ValueError):
    """A rota without a default: at some time nobody would be on call."""


def on_call(rota: Rota, at: datetime, tz: ZoneInfo) -> tuple[str, ...]:
    """Who is on call at this instant: one person, or two while a shift changes within a repeated hour."""
    local = at.astimezone(tz)
    wall = local.replace(tzinfo=None, fold=0)
    people = [at_wall(rota, wall)]
    if _repeats(wall, tz):
        for boundary in _boundaries(rota, wall):
            if _repeats(boundary, tz) and _first(boundary, tz) <= at < _last(boundary, tz):
                people += [at_wall(rota, boundary), at_wall(rota, boundary - _INSTANT)]
    return tuple(dict.fromkeys(people))


def at_wall(rota: Rota, wall: datetime) -> str:
    """Who is on call at this local time: the override in force, else the first layer that covers it, else the default.

    Raises `RotaError`.
    """
    for override in rota.overrides:
        if override.start <= wall < override.end:
            return override.who
    for layer in rota.layers:
        if not layer.default and _covers(layer, wall):
            return layer.who
    for layer in rota.layers:
        if layer.default:
            return layer.who
    raise RotaError(f"the rota {rota.name!r} has no default")


def _covers(layer: Layer, wall: datetime) -> bool:
    """Whether a shift that began on this day or the day before is on now."""
    shifts = (_shift(layer, day) for day in (wall, wall - _DAY) if day.weekday() in layer.days)
    return any(start <= wall < end for start, end in shifts)


def _shift(layer: Layer, day: datetime) -> tuple[datetime, datetime]:
    """The shift that begins on this day: a whole day where no times are given, into the next where it ends earlier."""
    start = datetime.combine(day, layer.start or _MIDNIGHT)
    end = datetime.combine(day, layer.end or _MIDNIGHT)
    return start, end if end > start else end + _DAY


def _boundaries(rota: Rota, wall: datetime) -> Iterator[datetime]:
    """Every local time on this day at which somebody's turn begins or ends."""
    times = {t for layer in rota.layers for t in (layer.start, layer.end) if t is not None} | {_MIDNIGHT}
    yield from (datetime.combine(wall, t) for t in sorted(times))
    for override in rota.overrides:
        yield from (override.start, override.end)


def _repeats(wall: datetime, tz: ZoneInfo) -> bool:
    """Whether this local time occurs twice."""
    return _first(wall, tz) < _last(wall, tz)


def _first(wall: datetime, tz: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=tz, fold=0).astimezone(UTC)


def _last(wall: datetime, tz: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
