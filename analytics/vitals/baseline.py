"""What is usual for one person at one time of day, what departs from it, and how sure that is. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from statistics import NormalDist, median

from analytics.vitals.quarters import Quarter, Value
from analytics.vitals.vital import Vital

SETTLED = timedelta(days=7)
"""The last few days are what is looked at; what is usual is learnt from those before, or a change would hide itself."""
KEPT = timedelta(days=21)
"""What is usual is learnt from so many days: more would make every start of the hub longer."""
ENOUGH = 7
"""With fewer values nothing is said of what is usual."""
RUN = 3
"""So many values in a row, within `SETTLED`, are a departure that lasts."""
ENOUGH_BEFORE, BEFORE = 3, timedelta(days=7)
"""A rise is measured from the middle of at least so many values, of this many days before it began."""
SPREADS = 2.0
MAD = 1.4826
"""The median distance from the median, times this, is the standard deviation where values are spread normally."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A robust level and spread, and from how many values."""

    level: float
    spread: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Values that are not as usual, the newest last; `sure` (0 to 1) that this is more than ups and downs.

    `usual` is what the newest is compared with; None where a limit was decided.
    """

    values: tuple[Value, ...]
    high: bool
    sure: float
    usual: Usual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What somebody decided for this person: it wins over what is learnt."""

    value: float
    high: bool

    def crossed(self, value: float) -> bool:
        """Whether a value lies at or beyond it."""
        return value >= self.value if self.high else value <= self.value


def usual(values: Sequence[float], vital: Vital) -> Usual:
    """The middle of at least one value, and how far they usually lie from it; never less than measuring varies.

    >>> from analytics.vitals.vital import VITALS
    >>> usual([70.0, 70.2, 69.6, 75.0, 70.1], VITALS["weight"])
    Usual(level=70.1, spread=0.4, count=5)
    """
    level = median(values)
    spread = MAD * median([abs(value - level) for value in values])
    return Usual(level=level, spread=max(vital.least_spread, spread), count=len(values))


def at_this_time_of_day(history: Iterable[Value], quarter: Quarter, vital: Vital) -> Usual | None:
    """What was usual before in this quarter of the day, or else at any time; None while too little is known."""
    until = quarter.day - SETTLED
    known = [one for one in history if until - KEPT <= one.quarter.day < until]
    same = [one.value for one in known if one.quarter.part == quarter.part]
    values = same if len(same) >= ENOUGH else [one.value for one in known]
    return usual(values, vital) if len(values) >= ENOUGH else None


def lately(history: Sequence[Value]) -> tuple[Value, ...] | None:
    """The last values in a row, none of them too long ago; None where there are too few."""
    last = tuple(history[-RUN:])
    close = len(last) == RUN and last[-1].quarter.day - last[0].quarter.day <= SETTLED
    return last if close else None


def departure(history: Sequence[Value], vital: Vital, *, high: bool) -> Departure | None:
    """Whether the last values all lie well above (or below) what is usual at their time of day."""
    last = lately(history)
    if last is None:
        return None
    sign, sures, known = 1 if high else -1, [], None
    for one in last:
        known = at_this_time_of_day(history, Quarter(last[-1].quarter.day, one.quarter.part), vital)
        if known is None:
            return None
        away = sign * (one.value - known.level)
        if not away >= max(vital.departs, SPREADS * known.spread):
            return None
        sures.append(sureness(away, known.spread * math.sqrt(1 / RUN + 1 / known.count), known.count))
    return Departure(values=last, high=high, sure=min(sures), usual=known)


def beyond(history: Sequence[Value], limit: Limit) -> Departure | None:
    """Whether the last values all lie beyond what somebody decided."""
    last = lately(history)
    if last is None or not all(limit.crossed(one.value) for one in last):
        return None
    return Departure(values=last, high=limit.high, sure=1.0)


def rise(history: Sequence[Value], vital: Vital, days: int, least: float) -> Departure | None:
    """Whether the newest value lies this much above those of so many days ago, and the one before it on the way."""
    days_known = by_day(history)
    newest = days_known[-1]
    start = newest.quarter.day - timedelta(days=days)
    before = [one.value for one in days_known if start - BEFORE <= one.quarter.day <= start]
    since = [one for one in days_known if one.quarter.day > start]
    if len(before) < ENOUGH_BEFORE or len(since) < 2:
        return None
    known = usual(before, vital)
    if not newest.value - known.level >= least or not since[-2].value - known.level >= least / 2:
        return None
    error = known.spread * math.sqrt(1 + 1 / known.count)
    sure = sureness(newest.value - known.level, error, known.count)
    return Departure(values=tuple(since), high=True, sure=sure, usual=known)


def by_day(history: Sequence[Value]) -> list[Value]:
    """One value a day, the middle one; on a day of two the lower, so that nothing is made up between them."""
    days: dict[date, list[Value]] = {}
    for one in history:
        days.setdefault(one.quarter.day, []).append(one)
    return [sorted(of, key=attrgetter("value"))[(len(of) - 1) // 2] for of in days.values()]


def sureness(away: float, error: float, count: int) -> float:
    """How sure it is, 0 to 1, that something this far away is no chance, where the error is known from so few values.

    Student's distribution by way of a normal one (Abramowitz and Stegun 26.7.8), erring to less sure; never quite 1.

    >>> round(sureness(2.0, 0.5, 8), 3), round(sureness(1.0, 1.0, 8), 2)
    (0.996, 0.82)
    """
    freedom = max(1, count - 1)
    t = min(1e6, away / error)
    z = t * (1 - 1 / (4 * freedom)) / math.sqrt(1 + t * t / (2 * freedom))
    return min(0.999, NormalDist().cdf(z))
