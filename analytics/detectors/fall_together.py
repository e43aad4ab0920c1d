"""What several sensors say about one fall: together they are surer, or speak against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from analytics.falls.quiet import ASK, NOTEWORTHY
from analytics.falls.telling import SURE, fact
from analytics.model import Evidence, Finding, FindingKind, Home, Interest, Settings
from analytics.plain import duration, sensor_name, when
from analytics.seen import Seen, as_evidence
from analytics.settings import minutes, number, used
from analytics.signs import LISTENS_TO, STATE_KEPT, Sign, Signs
from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind

TOGETHER = timedelta(minutes=1)
"""A knock and another device's report this close to each other are one fall."""
GRACE = timedelta(seconds=20)
"""What moves this soon after a fall may be the fall itself."""
AFTERWARDS = timedelta(minutes=10)
"""So long after it, what moves still has to do with it."""
MOVED = "moved_after_fall"
"""The fact (1.0) of a fall after which somebody moved in another room."""
SAID = {"sure": (10, SURE), "stopped": (9, None), "moved": (1, MOVED), "door": (1, None)}
"""What can be said of a fall: how grave it is, and which fact (1.0) it adds. What is only 1 is a note."""
USED = ("fall_together.stopped_min", "home.appliance_w")


@dataclass(slots=True)
class _Fall:
    """One happening: what it began with, and what was said of it."""

    began: Seen
    evidence: list[Seen]
    told: bool
    sure: bool = False
    noted: set[Sign] = field(default_factory=set)


@dataclass(slots=True)
class FallTogether:
    """Puts together a wearable's knock, another device's report of a fall, and what moves in the home afterwards."""

    name: ClassVar[str] = "fall_together"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = LISTENS_TO | {TriggerKind.FALL, Quantity.FALL_LIKENESS}

    home: Home
    settings: Settings
    lookback_s: float = field(init=False)
    due: datetime | None = field(default=None, init=False)
    _stopped: timedelta = field(init=False)
    _signs: Signs = field(init=False)
    _others: frozenset[str] = field(init=False)
    _fall: _Fall | None = field(default=None, init=False)
    _lively: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._stopped = minutes(self.settings, USED[0])
        self._signs = Signs(self.home, number(self.settings, USED[1]))
        self.lookback_s = (2 * STATE_KEPT + self._stopped + AFTERWARDS).total_seconds()
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take a knock, a report, or a sign of somebody being about."""
        if not isinstance(observation, Reading | Trigger) or observation.device in self._others:
            return ()
        seen = Seen(observation, number)
        if _is_fall(observation):
            return self._fell(seen)
        sign = self._signs.read(observation)
        return () if sign is None else self._moved(seen, sign)

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Nothing has moved since a knock that alone was no reason to ask."""
        if self._fall is None or self.due is None or now < self.due:
            return ()
        self.due = None
        self._fall.told = True
        since = when(self._fall.began.at, now, self.home.tz)
        because = f"A knock at {since}, and nothing in the home has moved since, for {duration(self._stopped)}."
        return (self._finding(self._fall, "stopped", because, self._fall.began, now),)

    def _fell(self, seen: Seen) -> Iterator[Finding]:
        known = self._fall
        fall = known if known is not None and abs(seen.at - known.began.at) <= TOGETHER else None
        if fall is None:
            fall = self._fall = _Fall(seen, [], told=False)
            self.due = seen.at + self._stopped if self._was_lively(seen.at) else None
        fall.evidence.append(seen)
        if isinstance(seen.observation, Trigger) or seen.observation.value >= ASK.shipped:
            fall.told, self.due = True, None
        if not fall.sure and len({type(one.observation) for one in fall.evidence}) > 1:
            fall.sure = True
            yield self._sure(fall, seen)

    def _was_lively(self, at: datetime) -> bool:
        return self._lively is not None and abs(at - self._lively) <= AFTERWARDS

    def _sure(self, fall: _Fall, seen: Seen) -> Finding:
        names = " and ".join(dict.fromkeys(self._name(one) for one in fall.evidence))
        because = f"The {names} both speak of a fall at {when(fall.began.at, seen.at, self.home.tz)}."
        return self._finding(fall, "sure", because, seen, seen.at)

    def _moved(self, seen: Seen, sign: Sign) -> Iterator[Finding]:
        if sign is Sign.INSIDE:
            self._lively = max(self._lively or seen.at, seen.at)
        fall = self._fall
        if fall is None or not seen.at - fall.began.at >= GRACE:
            return
        self.due = None
        if fall.told and sign not in fall.noted and seen.at - fall.began.at <= AFTERWARDS:
            yield from self._note(fall, seen, sign)

    def _note(self, fall: _Fall, seen: Seen, sign: Sign) -> Iterator[Finding]:
        """What moves afterwards is told once of each kind; what moves where the fall was says nothing."""
        rooms = {self._room(one) for one in fall.evidence} - {None}
        room = self._room(seen)
        if sign is Sign.CLOSED or (sign is Sign.INSIDE and (room is None or room in rooms)):
            return
        fall.noted.add(sign)
        at, fell = (when(one.at, seen.at, self.home.tz) for one in (seen, fall.began))
        if sign is Sign.OPENED:
            because = f"The {self._name(seen)} was opened at {at}, after the fall at {fell}; somebody came or went."
            yield self._finding(fall, "door", because, seen, seen.at)
        else:
            because = f"Somebody moved in the {room} at {at}, so what looked like a fall at {fell} may be none."
            yield self._finding(fall, "moved", because, seen, seen.at)

    def _name(self, seen: Seen) -> str:
        sensor = self.home.sensors.get(seen.observation.device)
        return sensor_name(sensor.name if sensor else seen.observation.device)

    def _room(self, seen: Seen) -> str | None:
        sensor = self.home.sensors.get(seen.observation.device)
        return sensor.room if sensor else None

    def _finding(self, fall: _Fall, which: str, because: str, last: Seen, now: datetime) -> Finding:
        severity, what = SAID[which]
        evidence = as_evidence([*fall.evidence, last])
        facts: tuple[Evidence, ...] = () if what is None else (fact(last.evidence(), what, 1.0),)
        return Finding(
            kind=FindingKind.FALL,
            severity=severity,
            at=max(now, *(one.at for one in evidence)),
            because=because,
            detector=self.name,
            detector_version=self.version,
            episode=f"{fall.began.at.isoformat()} {which}",
            room=next((room for one in fall.evidence if (room := self._room(one))), None),
            evidence=evidence + facts,
            settings=used(self.settings, USED),
            note=severity == 1,
        )


def _is_fall(observation: Reading | Trigger) -> bool:
    if isinstance(observation, Trigger):
        return observation.kind is TriggerKind.FALL
    return observation.quantity is Quantity.FALL_LIKENESS and observation.value >= NOTEWORTHY
