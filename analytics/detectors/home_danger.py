"""Smoke, carbon monoxide, gas or water where it should not be, and an appliance that was left on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.plain import duration, sensor_name, when
from analytics.seen import Seen, as_evidence
from analytics.settings import minutes, number, used
from devices.model import Observation, Quantity, Reading

KEPT = timedelta(days=1)
"""A state that was not heard of for this long is no longer known."""
LEFT_ON, APPLIANCE_W = "home_danger.left_on_min", "home.appliance_w"


class Danger(NamedTuple):
    """How grave it is, and what is said of it."""

    severity: int
    said: str


DANGERS: Mapping[Quantity, Danger] = {
    Quantity.SMOKE: Danger(10, "smoke"),
    Quantity.CARBON_MONOXIDE: Danger(10, "carbon monoxide"),
    Quantity.GAS: Danger(9, "gas"),
    Quantity.WET: Danger(6, "water where there should be none"),
}
LEFT_ON_SEVERITY = 5


@dataclass(slots=True)
class _State:
    yes: bool
    since: Seen
    heard: datetime


@dataclass(slots=True)
class HomeDanger:
    """Tells at once what a detector of smoke, gas or water says, once each time that it begins.

    An appliance is left on when it goes on drawing power with nobody moving in its room for longer than was decided.
    """

    name: ClassVar[str] = "home_danger"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset(DANGERS) | {Quantity.POWER_W, Quantity.MOTION}

    home: Home
    settings: Settings
    due: datetime | None = field(default=None, init=False)
    lookback_s: float = field(default=(2 * KEPT).total_seconds(), init=False)
    _limit: timedelta = field(init=False)
    _watts: float = field(init=False)
    _states: dict[tuple[str, Quantity], _State] = field(default_factory=dict, init=False)
    _on: dict[str, Seen] = field(default_factory=dict, init=False)
    _moved: dict[str | None, datetime] = field(default_factory=dict, init=False)
    _rooms: dict[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        self._limit = minutes(self.settings, LEFT_ON)
        self._watts = number(self.settings, APPLIANCE_W)
        self._rooms = {name: sensor.room for name, sensor in self.home.sensors.items()}

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take what a sensor says."""
        if not isinstance(observation, Reading):
            return ()
        if observation.quantity is Quantity.MOTION:
            self._move(observation)
            return ()
        if observation.quantity is Quantity.POWER_W:
            self._switch(Seen(observation, number))
            return ()
        return self._danger(Seen(observation, number), observation)

    def tick(self, now: datetime) -> Iterable[Finding]:
        """See which appliances have been left on."""
        if self.due is None or now < self.due:
            return ()
        late = [device for device in self._on if self._ends(device) <= now]
        found = [self._left_on(device, now) for device in late]
        for device in late:
            del self._on[device]
        self._look_again()
        return found

    def _move(self, reading: Reading) -> None:
        if reading.value >= 0.5:
            room = self._rooms.get(reading.device)
            self._moved[room] = max(reading.at, self._moved.get(room, reading.at))
            if self._on:
                self._look_again()

    def _switch(self, seen: Seen) -> None:
        heard = seen.observation
        began = self._begins(seen, yes=isinstance(heard, Reading) and heard.value >= self._watts)
        if began:
            self._on[heard.device] = seen
        elif began is False:
            self._on.pop(heard.device, None)
        self._look_again()

    def _begins(self, seen: Seen, *, yes: bool) -> bool | None:
        """Whether something begins with this; None where it goes on, False where it is over."""
        heard = seen.observation
        key = heard.device, heard.quantity if isinstance(heard, Reading) else Quantity.ALERT
        state = self._states.get(key)
        if state is not None and seen.at < state.heard:
            return None
        goes_on = state is not None and state.yes and seen.at - state.heard <= KEPT
        if yes and state is not None and goes_on:
            state.heard = seen.at
            return None
        self._states[key] = _State(yes, seen, seen.at)
        return yes

    def _danger(self, seen: Seen, reading: Reading) -> Iterable[Finding]:
        if not self._begins(seen, yes=reading.value >= 0.5):
            return ()
        danger = DANGERS[reading.quantity]
        sensor = self.home.sensors.get(reading.device)
        name = sensor_name(sensor.name if sensor else reading.device)
        return (
            Finding(
                kind=FindingKind.HOME_DANGER,
                severity=danger.severity,
                at=reading.at,
                because=f"The {name} reports {danger.said}.",
                detector=self.name,
                detector_version=self.version,
                episode=f"{reading.device} {reading.quantity} {reading.at.isoformat()}",
                room=self._rooms.get(reading.device),
                evidence=as_evidence([seen]),
            ),
        )

    def _ends(self, device: str) -> datetime:
        """When an appliance that is on has been alone for too long."""
        since = self._on[device].at
        room = self._rooms.get(device)
        moved = self._moved.get(room, since) if room is not None else since
        return max(since, moved) + self._limit

    def _look_again(self) -> None:
        self.due = min((self._ends(device) for device in self._on), default=None)

    def _left_on(self, device: str, now: datetime) -> Finding:
        seen = self._on[device]
        since, limit = when(seen.at, now, self.home.tz), duration(self._limit)
        name = sensor_name(self.home.sensors[device].name if device in self.home.sensors else device)
        taken = "is" if self.settings[LEFT_ON].version else "is taken to be"
        return Finding(
            kind=FindingKind.HOME_DANGER,
            severity=LEFT_ON_SEVERITY,
            at=now,
            because=f"The {name} is on since {since}, with nobody moving there for {limit}, which {taken} too long.",
            detector=self.name,
            detector_version=self.version,
            episode=f"{device} left on {seen.at.isoformat()}",
            room=self._rooms.get(device),
            evidence=as_evidence([seen]),
            settings=used(self.settings, (LEFT_ON, APPLIANCE_W)),
        )
