"""Days and trends: movement, nights and measurements day by day, from the hourly summaries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from carer_portal.sight import Look
from carer_portal.trends import change
from devices.model import Quantity
from hub.store import devices, rollups
from hub.store.schema import from_us, rollup_hour

NIGHT: Final = frozenset({23, 0, 1, 2, 3, 4, 5})
"""Hours of the home's clock in which movement is movement at night."""
USUAL_FOR: Final = 28
SIGNS: Final = (Quantity.MOTION, Quantity.OPEN)
MEASURED: Final = (
    Quantity.HEART_RATE_BPM,
    Quantity.PULSE_BPM,
    Quantity.SPO2_PERCENT,
    Quantity.SYSTOLIC_MMHG,
    Quantity.DIASTOLIC_MMHG,
    Quantity.BODY_TEMPERATURE_C,
    Quantity.RESPIRATION_PER_MIN,
    Quantity.WEIGHT_KG,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Signs of movement of one day, and of the night that ended on it."""

    day: date
    signs: int
    at_night: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of the day: what is usual, and today's so far."""

    hour: int
    usual: float
    today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured on one day."""

    day: date
    quantity: Quantity
    lowest: float
    mean: float
    highest: float
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Since when there is more or less movement than before, in percent of it, and how sure that is."""

    since: date
    percent: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The page. `activity` and `measured` are None for whoever may not know them."""

    activity: tuple[Day, ...] | None
    hours: tuple[Hour, ...]
    changed: Changed | None
    measured: tuple[Measured, ...] | None


def days(connection: Connection, look: Look, back: int) -> Days:
    """So many days back, today the last."""
    allowed = look.sight.person and look.sight.may("time")
    since = look.now - timedelta(days=max(back, USUAL_FOR))
    by_hour = _signs(connection, look, since) if allowed else {}
    activity = _activity(by_hour, look, back) if allowed else None
    return Days(
        activity=activity,
        hours=_hours(by_hour, look) if by_hour else (),
        changed=None if activity is None else _changed(activity),
        measured=_measured(connection, look, back) if look.sight.may("vitals", "time") else None,
    )


def _signs(connection: Connection, look: Look, since: datetime) -> Mapping[datetime, int]:
    """How many signs of movement each hour had, on the home's clock."""
    numbers = _numbers(connection, look)
    kinds = [number for number, one in devices.quantities(connection).items() if one in SIGNS]
    counted = select(rollup_hour.c.hour, func.sum(rollup_hour.c.total).label("signs")).where(
        rollup_hour.c.device_id.in_(numbers),
        rollup_hour.c.quantity_id.in_(kinds),
        rollup_hour.c.hour >= rollups.hour_of(since),
    )
    return {_local(row.hour, look): int(row.signs) for row in connection.execute(counted.group_by(rollup_hour.c.hour))}


def _numbers(connection: Connection, look: Look) -> list[int]:
    return [number for name, number in devices.ids(connection).items() if name in look.household.devices]


def _local(hour: int, look: Look) -> datetime:
    return from_us(hour * rollups.HOUR_US).astimezone(look.tz)


def _activity(by_hour: Mapping[datetime, int], look: Look, back: int) -> tuple[Day, ...]:
    """Every day since the first that is known; one without any sign is a day, too."""
    signs: dict[date, int] = defaultdict(int)
    nights: dict[date, int] = defaultdict(int)
    for at, count in by_hour.items():
        signs[at.date()] += count
        if at.hour in NIGHT:
            nights[(at + timedelta(hours=1)).date()] += count
    if not signs:
        return ()
    today = look.now.astimezone(look.tz).date()
    first = max(min(signs), today - timedelta(days=back - 1))
    every = (first + timedelta(days=n) for n in range((today - first).days + 1))
    return tuple(Day(day=day, signs=signs[day], at_night=nights[day]) for day in every)


def _hours(by_hour: Mapping[datetime, int], look: Look) -> tuple[Hour, ...]:
    """The usual day, of the last weeks before today, beside today."""
    today = look.now.astimezone(look.tz).date()
    first = today - timedelta(days=USUAL_FOR)
    usual, now, known = [0] * 24, [0] * 24, set()
    for at, count in by_hour.items():
        if at.date() == today:
            now[at.hour] += count
        elif first <= at.date():
            usual[at.hour] += count
            known.add(at.date())
    number = max(1, len(known))
    return tuple(Hour(hour=n, usual=usual[n] / number, today=now[n]) for n in range(24))


def _changed(activity: tuple[Day, ...]) -> Changed | None:
    """Whether whole days, so without today, have become more or less active."""
    whole = activity[:-1]
    found = change([float(one.signs) for one in whole])
    if found is None or found.before == 0:
        return None
    percent = 100 * found.after / found.before
    return Changed(since=whole[found.at].day, percent=percent, confidence=found.confidence)


def _measured(connection: Connection, look: Look, back: int) -> tuple[Measured, ...]:
    """The lowest, mean and highest value of each day."""
    kinds = {number: one for number, one in devices.quantities(connection).items() if one in MEASURED}
    columns = ("quantity_id", "hour", "n", "total", "lowest", "highest")
    rows = select(*(rollup_hour.c[name] for name in columns)).where(
        rollup_hour.c.device_id.in_(_numbers(connection, look)),
        rollup_hour.c.quantity_id.in_(kinds),
        rollup_hour.c.hour >= rollups.hour_of(look.now - timedelta(days=back)),
    )
    grouped: dict[tuple[Quantity, date], list[tuple[int, float, float, float]]] = defaultdict(list)
    for row in connection.execute(rows):
        key = kinds[row.quantity_id], _local(row.hour, look).date()
        grouped[key].append((row.n, row.total, row.lowest, row.highest))
    return tuple(_of_day(day, quantity, parts) for (quantity, day), parts in sorted(grouped.items()))


def _of_day(day: date, quantity: Quantity, parts: Iterable[tuple[int, float, float, float]]) -> Measured:
    numbers, totals, lows, highs = zip(*parts, strict=True)
    mean = sum(totals) / sum(numbers)
    return Measured(day=day, quantity=quantity, lowest=min(lows), mean=mean, highest=max(highs), times=sum(numbers))
