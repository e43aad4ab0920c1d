"""Somebody went into the bathroom, and has not moved on for longer than they ever do."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.plain import duration, when
from analytics.seen import Seen, as_evidence
from analytics.settings import minutes, number, used
from analytics.signs import LISTENS_TO, STATE_KEPT, Signs
from devices.model import Observation, Reading, Trigger

SEVERITY = 7
BATHROOMS = frozenset({"bathroom", "bath", "toilet", "wc", "loo", "shower", "shower room", "wet room"})
ENOUGH_VISITS = 30
KEPT = timedelta(days=14)
SHORTEST = timedelta(minutes=15)
"""However short somebody's visits are, nobody is asked sooner than this."""
AT_MOST_TIMES = 3
"""However long somebody's visits are, nobody lies there unasked for more than so many times the general limit."""
USED = ("long_lie.longest_visit_min", "long_lie.margin_percent", "home.appliance_w")


@dataclass(slots=True)
class LongLie:
    """Finds a stay in a bathroom that is longer than this person's visits, once a stay.

    A stay begins with the first sign of somebody there, and ends with a sign from anywhere else. What was too long is
    not learnt from.
    """

    name: ClassVar[str] = "long_lie"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = LISTENS_TO

    home: Home
    settings: Settings
    lookback_s: float = field(init=False)
    due: datetime | None = field(default=None, init=False)
    _general: timedelta = field(init=False)
    _margin: float = field(init=False)
    _signs: Signs = field(init=False)
    _entered: Seen | None = field(default=None, init=False)
    _last: Seen | None = field(default=None, init=False)
    _visits: deque[tuple[datetime, timedelta]] = field(default_factory=deque, init=False)

    def __post_init__(self) -> None:
        self._general = minutes(self.settings, USED[0])
        self._margin = 1 + number(self.settings, USED[1]) / 100
        self._signs = Signs(self.home, number(self.settings, USED[2]))
        self.lookback_s = (KEPT + 2 * STATE_KEPT + AT_MOST_TIMES * self._general).total_seconds()

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one sign of somebody being somewhere."""
        if self._signs.read(observation) is None or not isinstance(observation, Reading | Trigger):
            return ()
        seen = Seen(observation, number)
        if self._last is not None and seen.at < self._last.at:
            return ()
        self._last = seen
        if self._room(seen) not in BATHROOMS:
            self._left(seen.at)
        elif self._entered is None:
            self._entered = seen
            self.due = seen.at + self._limit(seen.at)
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """The stay has become too long."""
        if self._entered is None or self.due is None or now < self.due:
            return ()
        self.due = None
        return (self._finding(self._entered, now),)

    def _room(self, seen: Seen) -> str | None:
        sensor = self.home.sensors.get(seen.observation.device)
        return sensor.room.casefold() if sensor is not None and sensor.room is not None else None

    def _left(self, at: datetime) -> None:
        if self._entered is not None and self.due is not None:
            self._visits.append((at, at - self._entered.at))
        self._entered = self.due = None

    def _limit(self, now: datetime) -> timedelta:
        while self._visits and self._visits[0][0] < now - KEPT:
            self._visits.popleft()
        if len(self._visits) < ENOUGH_VISITS:
            return self._general
        longest = max(length for _, length in self._visits) * self._margin
        return min(AT_MOST_TIMES * self._general, max(SHORTEST, longest))

    def _finding(self, entered: Seen, now: datetime) -> Finding:
        return Finding(
            kind=FindingKind.INACTIVITY,
            severity=SEVERITY,
            at=now,
            because=self._because(entered, now),
            detector=self.name,
            detector_version=self.version,
            episode=entered.at.isoformat(),
            room=self._room(entered),
            evidence=as_evidence([entered, self._last]),
            settings=used(self.settings, USED),
        )

    def _because(self, entered: Seen, now: datetime) -> str:
        since, length = when(entered.at, now, self.home.tz), duration(now - entered.at)
        said = f"In the {self._room(entered)} since {since}, for {length}, and nowhere else"
        count = len(self._visits)
        if count < ENOUGH_VISITS:
            return f"{said}; the longest usual visit is taken to be {duration(self._general)}."
        longest = duration(max(length for _, length in self._visits))
        return f"{said}; the longest of the last {count} visits was {longest}."
