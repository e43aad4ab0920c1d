"""An outer door was opened at night, and nobody came back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import ClassVar

from analytics.localtime import within
from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.plain import duration, sensor_name, when
from analytics.seen import Seen, as_evidence
from analytics.settings import clock, minutes, number, seconds, used
from analytics.signs import LISTENS_TO, STATE_KEPT, Sign, Signs
from devices.model import Observation, Reading, Trigger

SEVERITY = 8
USED = (
    "wandering.active_from",
    "wandering.active_to",
    "wandering.return_within_min",
    "home.door_grace_s",
    "home.appliance_w",
)


@dataclass(slots=True)
class DoorAtNight:
    """Finds an outer door opened in the active hours with no movement indoors within a time.

    Movement just after the door was used is taken as leaving, not as coming back. A door that is used again near the
    end puts the question off for a moment, never beyond twice the time. A bed that says it is occupied ends the watch.
    """

    name: ClassVar[str] = "door_at_night"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = LISTENS_TO

    home: Home
    settings: Settings
    lookback_s: float = field(init=False)
    due: datetime | None = field(default=None, init=False)
    _hours: tuple[time, time] = field(init=False)
    _patience: timedelta = field(init=False)
    _grace: timedelta = field(init=False)
    _signs: Signs = field(init=False)
    _opened: Seen | None = field(default=None, init=False)
    _used: Seen | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._hours = (clock(self.settings, USED[0]), clock(self.settings, USED[1]))
        self._patience = minutes(self.settings, "wandering.return_within_min")
        self._grace = seconds(self.settings, "home.door_grace_s")
        self._signs = Signs(self.home, number(self.settings, "home.appliance_w"))
        self.lookback_s = (2 * STATE_KEPT + 2 * self._patience).total_seconds()

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one observation of the home."""
        sign = self._signs.read(observation)
        if sign is None or not isinstance(observation, Reading | Trigger):
            return ()
        if sign is Sign.INSIDE:
            self._moved(observation.at)
        else:
            self._door(Seen(observation, number), opened=sign is Sign.OPENED)
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Nobody came back in time, unless the door was used a moment ago."""
        opened, door = self._opened, self._used
        if opened is None or door is None or self.due is None or now < self.due:
            return ()
        later = min(door.at + 2 * self._grace, opened.at + 2 * self._patience)
        if later > now:
            self.due = later
            return ()
        self._end()
        return () if self._signs.in_bed_until(now) else (self._finding(opened, door, now),)

    def _moved(self, at: datetime) -> None:
        if self._used is not None and at > self._used.at + self._grace:
            self._end()

    def _door(self, door: Seen, *, opened: bool) -> None:
        if self._opened is not None:
            self._used = door
        elif opened and within(door.at, *self._hours, self.home.tz):
            self._opened = self._used = door
            self.due = door.at + self._patience

    def _end(self) -> None:
        self._opened = self._used = self.due = None

    def _finding(self, opened: Seen, door: Seen, now: datetime) -> Finding:
        device = opened.observation.device
        sensor = self.home.sensors[device]
        since = f"{when(opened.at, now, self.home.tz)}, {duration(now - opened.at)} ago"
        return Finding(
            kind=FindingKind.WANDERING,
            severity=SEVERITY,
            at=now,
            because=f"The {sensor_name(sensor.name)} was opened at {since}, and nobody has moved indoors since.",
            detector=self.name,
            detector_version=self.version,
            episode=f"{device} {opened.at.isoformat()}",
            room=sensor.room,
            evidence=as_evidence([opened, door]),
            settings=used(self.settings, USED),
        )
