"""The last days are not like those before: nights, meals, outings, getting up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import ClassVar

from analytics.localtime import next_weekday
from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.routine.daily import KEPT, RECENT, Change, Day, Feature, changes
from analytics.seen import Seen, as_evidence
from analytics.settings import number, used
from devices.model import Observation, Quantity, Reading

SEVERITY = 3
TOLD_AGAIN = 0, time(12, 0)
"""What goes on is told again once a week: from Monday noon on."""
TIMES = "routine_change.times"
MOST_TOLD = 2


@dataclass(slots=True)
class RoutineChange:
    """Each noon it compares the last three days with the four weeks before, and tells which features moved."""

    name: ClassVar[str] = "routine_change"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.MOTION, Quantity.OPEN})

    home: Home
    settings: Settings
    due: datetime | None = field(default=None, init=False)
    lookback_s: float = field(default=(KEPT + timedelta(days=10)).total_seconds(), init=False)
    _times: float = field(init=False)
    _rooms: dict[str, str | None] = field(init=False)
    _doors: frozenset[str] = field(init=False)
    _today: Day | None = field(default=None, init=False)
    _days: list[Day] = field(default_factory=list, init=False)
    _silent_until: dict[Feature, datetime] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._times = number(self.settings, TIMES)
        self._rooms = {name: sensor.room for name, sensor in self.home.sensors.items()}
        self._doors = frozenset(name for name, sensor in self.home.sensors.items() if sensor.outer_door)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Count what shows somebody."""
        if not isinstance(observation, Reading) or not observation.value >= 0.5:  # nor what is not a number
            return ()
        if self._today is None:
            self._today = Day.of(observation.at, self.home.tz)
            self.due = self._today.ends
        if observation.at < self._today.begins:
            return ()
        seen = Seen(observation, number)
        if observation.device in self._doors:
            self._today.leave(seen)
        else:
            self._today.take(seen, self._rooms.get(observation.device))
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """A day is over at noon."""
        if self.due is None or now < self.due or self._today is None:
            return ()
        day, self._today, self.due = self._today, None, None
        self._days = [one for one in self._days if one.day > day.day - KEPT] + [day]
        found = [one for one in changes(self._days, self._times) if self._is_new(one.feature, now)]
        if not found:
            return ()
        for one in found:
            self._silent_until[one.feature] = next_weekday(now, *TOLD_AGAIN, self.home.tz)
        return (self._finding(found, now),)

    def _is_new(self, feature: Feature, now: datetime) -> bool:
        until = self._silent_until.get(feature)
        return until is None or now >= until

    def _finding(self, found: list[Change], now: datetime) -> Finding:
        said = " and ".join(one.said() for one in found[:MOST_TOLD])
        more = "; other things changed, too" if len(found) > MOST_TOLD else ""
        recent = self._days[-RECENT:]
        shown = [day.seen.get(one.feature, day.last) for one in found for day in recent]
        return Finding(
            kind=FindingKind.ROUTINE_CHANGE,
            severity=SEVERITY,
            at=now,
            because=f"Not as usual in the last {RECENT} days: {said}{more}.",
            detector=self.name,
            detector_version=self.version,
            episode=f"{','.join(sorted(one.feature for one in found))} {now.isoformat()}",
            evidence=as_evidence(shown),
            settings=used(self.settings, (TIMES,)),
        )
