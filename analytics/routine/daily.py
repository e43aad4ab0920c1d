"""What one day was like, from noon to noon: up at night, in the kitchen, out of the house, up in the morning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from analytics.localtime import instant, next_time, parse_clock
from analytics.seen import Seen

NOON = parse_clock("12:00")
NIGHT_MIN = 11 * 60, 18 * 60
"""From 23:00 to 06:00, in minutes since noon."""
MORNING_MIN = 17 * 60
"""From 05:00 on somebody who shows is up."""
BOUT = timedelta(minutes=10)
"""What is apart by more is another visit; whoever was not noticed indoors for longer after a door was used went out."""
RECENT, BASELINE, FEWEST = 3, 28, 14
"""The last days against those before; with fewer of those nothing is said."""
KEPT = timedelta(days=36)
_Z = 3.5
"""How far beyond the ups and downs of this home a change has to be (standard errors)."""


class Feature(StrEnum):
    """What is counted of each day."""

    NIGHT_BATHROOM = "night_bathroom"
    NIGHT_UP = "night_up"
    KITCHEN = "kitchen"
    OUTINGS = "outings"
    ABOUT = "about"
    UP_AT = "up_at"


class Words(NamedTuple):
    """How more and less of a feature are said, and in what it is counted."""

    more: str
    less: str
    unit: str


WORDS: Mapping[Feature, Words] = {
    Feature.NIGHT_BATHROOM: Words("more visits to the bathroom at night", "fewer visits to the bathroom at night", ""),
    Feature.NIGHT_UP: Words("more moving about at night", "less moving about at night", " times five minutes"),
    Feature.KITCHEN: Words("more time in the kitchen", "less time in the kitchen", " half-hours a day"),
    Feature.OUTINGS: Words("more outings", "fewer outings", " a day"),
    Feature.ABOUT: Words("more moving about", "less moving about", " half-hours a day"),
    Feature.UP_AT: Words("getting up later", "getting up earlier", ""),
}


@dataclass(slots=True)
class Day:
    """One day from noon to noon, while it is counted; `seen` is the latest sign that counted for each feature."""

    day: date
    begins: datetime
    ends: datetime
    counts: dict[Feature, float] = field(default_factory=dict)
    seen: dict[Feature, Seen] = field(default_factory=dict)
    slots: set[tuple[Feature, int]] = field(default_factory=set)
    bathroom: datetime | None = None
    door: Seen | None = None
    last: Seen | None = None

    @classmethod
    def of(cls, at: datetime, tz: ZoneInfo) -> "Day":
        """The day that this moment lies in; it bears the name of the morning that ends it."""
        ends = next_time(at, NOON, tz)
        day = ends.astimezone(tz).date()
        return cls(day, instant(day - timedelta(days=1), NOON, tz), ends)

    def take(self, seen: Seen, room: str | None) -> None:
        """Somebody showed indoors."""
        minute = int((seen.at - self.begins).total_seconds() // 60)
        self._return(seen)
        self._slot(Feature.ABOUT, minute // 30, seen)
        if room == "kitchen":
            self._slot(Feature.KITCHEN, minute // 30, seen)
        if NIGHT_MIN[0] <= minute < NIGHT_MIN[1]:
            self._at_night(seen, room, minute)
        if minute >= MORNING_MIN and Feature.UP_AT not in self.counts:
            self.counts[Feature.UP_AT], self.seen[Feature.UP_AT] = float(minute - 12 * 60), seen
        self.last = seen

    def leave(self, seen: Seen) -> None:
        """An outer door was used."""
        self.door = self.last = seen

    def _return(self, seen: Seen) -> None:
        if self.door is not None and seen.at - self.door.at > BOUT:
            self._count(Feature.OUTINGS, seen)
        self.door = None

    def _at_night(self, seen: Seen, room: str | None, minute: int) -> None:
        if room != "bedroom":
            self._slot(Feature.NIGHT_UP, minute // 5, seen)
        if room == "bathroom":
            if self.bathroom is None or seen.at - self.bathroom > BOUT:
                self._count(Feature.NIGHT_BATHROOM, seen)
            self.bathroom = seen.at

    def _slot(self, feature: Feature, slot: int, seen: Seen) -> None:
        if (feature, slot) not in self.slots:
            self.slots.add((feature, slot))
            self._count(feature, seen)

    def _count(self, feature: Feature, seen: Seen) -> None:
        self.counts[feature] = self.counts.get(feature, 0.0) + 1.0
        self.seen[feature] = seen


class Change(NamedTuple):
    """One feature that moved: what it was, what it is now, and how far beyond the usual ups and downs."""

    feature: Feature
    usual: float
    now: float
    z: float

    def said(self) -> str:
        """In words.

        >>> Change(Feature.NIGHT_BATHROOM, 1.25, 5.0, 6.0).said()
        'more visits to the bathroom at night (5 instead of 1.2)'
        """
        words = WORDS[self.feature]
        how = words.more if self.now > self.usual else words.less
        return f"{how} ({_told(self.feature, self.now)} instead of {_told(self.feature, self.usual)}{words.unit})"


def _told(feature: Feature, value: float) -> str:
    if feature is Feature.UP_AT:
        minutes = round(value)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{value:.1f}".removesuffix(".0")


def changes(days: Sequence[Day], times: float) -> list[Change]:
    """What the last days have that those before had not, the surest first."""
    recent, before = days[-RECENT:], days[-RECENT - BASELINE : -RECENT]
    if len(before) < FEWEST:
        return []
    found = [change for feature in Feature if (change := _change(feature, recent, before, times)) is not None]
    return sorted(found, key=lambda one: -abs(one.z))


def _change(feature: Feature, recent: Sequence[Day], before: Sequence[Day], times: float) -> Change | None:
    now, usual = _values(feature, recent), _values(feature, before)
    if len(now) < RECENT or len(usual) < FEWEST:
        return None
    least = 20.0 if feature is Feature.UP_AT else float(np.sqrt(np.mean(usual) + 0.5))
    error = max(float(np.std(usual)), least) * float(np.sqrt(1 / len(now) + 1 / len(usual)))
    is_now, was = float(np.mean(now)), float(np.mean(usual))
    z = (is_now - was) / error
    return Change(feature, was, is_now, z) if abs(z) >= _Z and _is_much(feature, was, is_now, times) else None


def _values(feature: Feature, days: Sequence[Day]) -> list[float]:
    """The feature of each day; nobody gets up on a day on which that was not seen."""
    if feature is Feature.UP_AT:
        return [day.counts[feature] for day in days if feature in day.counts]
    return [day.counts.get(feature, 0.0) for day in days]


def _is_much(feature: Feature, was: float, is_now: float, times: float) -> bool:
    if feature is Feature.UP_AT:
        return abs(is_now - was) >= 60.0
    more, less = max(was, is_now), min(was, is_now)
    return more - less >= 1.0 and more >= times * less
