"""A vital sign that stays out of the person's range: confirmed, believed, and told once an episode."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar

from analytics.immediate import Immediate
from analytics.localtime import next_time
from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.plain import count, duration, when
from analytics.seen import Seen, as_evidence
from analytics.settings import minutes, number, seconds, used
from devices.model import Observation, Quantity, Reading

SEVERITY = 8
ASKS_AGAIN_AT = time(12, 0)
"""An episode that goes on for days is told again once a day, at noon. So a day of the past rebuilds the state."""
LOOKBACK_S = 26 * 3600.0
CONTACT_KEPT = timedelta(minutes=1)
"""How long a sensor that said it has no contact with the skin is not believed, unless it says that it has."""


class Side(StrEnum):
    """On which side of the range a reading lies."""

    LOW = "low"
    HIGH = "high"


BEYOND = {Side.LOW: "lower", Side.HIGH: "higher"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The range, and how far inside it a reading must come back. A side without a limit is infinitely far."""

    low: float
    high: float
    hysteresis: float

    def side(self, value: float) -> Side | None:
        """The side on which this value is out of range: at the limit, or beyond."""
        if value <= self.low:
            return Side.LOW
        return Side.HIGH if value >= self.high else None

    def recovered(self, value: float) -> bool:
        """Whether this value is back in range, and not only just."""
        return self.low + self.hysteresis < value < self.high - self.hysteresis


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What it takes to be believed."""

    readings: float
    within: timedelta
    sustained: timedelta
    min_quality: float
    settle: timedelta


@dataclass(slots=True)
class _Run:
    """Readings out of range one after another, each confirming the one before."""

    side: Side
    first: Seen
    last: Seen
    length: int = 1


@dataclass(slots=True)
class _Device:
    """What is remembered of one sensor until `forgets_at`."""

    forgets_at: datetime
    run: _Run | None = None
    told: Side | None = None
    last_bad: datetime | None = None


@dataclass(slots=True)
class RangeDetector(Immediate):
    """Finds readings that stay at or beyond a limit; each sensor is judged by itself.

    A run must hold enough readings, none too far from the one before, over long enough; a reading in range ends it.
    Readings of poor quality or without skin contact are passed over. Once told, an episode lasts until the readings
    have stayed inside the range, by the hysteresis, for the settling time. Another person's sensors are not its
    business.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]]
    kind: ClassVar[FindingKind]
    limit_keys: ClassVar[Mapping[Side, str]]
    hysteresis_key: ClassVar[str]
    what: ClassVar[str]
    unit: ClassVar[str]

    home: Home
    settings: Settings
    lookback_s: float = field(default=LOOKBACK_S, init=False)
    _limits: Limits = field(init=False)
    _confirmation: Confirmation = field(init=False)
    _devices: dict[str, _Device] = field(default_factory=dict, init=False)
    _no_contact: dict[str, datetime] = field(default_factory=dict, init=False)
    _others: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._limits = self._read_limits()
        self._confirmation = self._read_confirmation()
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one reading of the vital sign, or of the skin contact."""
        if not isinstance(observation, Reading) or observation.device in self._others:
            return ()
        if observation.quantity is Quantity.SKIN_CONTACT:
            self._contact(observation)
        elif self._believed(observation):
            return self._judge(Seen(observation, number), observation.value)
        return ()

    def _read_limits(self) -> Limits:
        limits = {side: number(self.settings, key) for side, key in self.limit_keys.items()}
        return Limits(
            low=limits.get(Side.LOW, float("-inf")),
            high=limits.get(Side.HIGH, float("inf")),
            hysteresis=number(self.settings, self.hysteresis_key),
        )

    def _read_confirmation(self) -> Confirmation:
        return Confirmation(
            readings=number(self.settings, f"{self.kind}.confirm_readings"),
            within=minutes(self.settings, f"{self.kind}.confirm_within_min"),
            sustained=seconds(self.settings, f"{self.kind}.sustained_s"),
            min_quality=number(self.settings, f"{self.kind}.min_quality"),
            settle=minutes(self.settings, f"{self.kind}.settle_min"),
        )

    def _contact(self, reading: Reading) -> None:
        if reading.value >= 0.5:
            self._no_contact.pop(reading.device, None)
            return
        self._no_contact[reading.device] = reading.at
        self._device(reading.device, reading.at).run = None  # what was measured while it slipped is not believed

    def _believed(self, reading: Reading) -> bool:
        if reading.quality < self._confirmation.min_quality:
            return False
        lost = self._no_contact.get(reading.device)
        return lost is None or abs(reading.at - lost) > CONTACT_KEPT

    def _device(self, name: str, at: datetime) -> _Device:
        device = self._devices.get(name)
        if device is None or at >= device.forgets_at:
            device = self._devices[name] = _Device(next_time(at, ASKS_AGAIN_AT, self.home.tz))
        return device

    def _judge(self, seen: Seen, value: float) -> Iterable[Finding]:
        device = self._device(seen.observation.device, seen.at)
        self._settle(device, value, seen.at)
        side = self._limits.side(value)
        if side is None:
            device.run = None
            return ()
        run = self._extend(device, side, seen)
        if device.told is side or not self._confirmed(run):
            return ()
        device.told = side
        return (self._finding(run),)

    def _settle(self, device: _Device, value: float, at: datetime) -> None:
        """End the episode once nothing but good readings came for long enough."""
        if device.last_bad is not None and at - device.last_bad >= self._confirmation.settle:
            device.told = device.last_bad = None
        if not self._limits.recovered(value):
            device.last_bad = at

    def _extend(self, device: _Device, side: Side, seen: Seen) -> _Run:
        run = device.run
        if run is None or run.side is not side or seen.at - run.last.at > self._confirmation.within:
            run = device.run = _Run(side, first=seen, last=seen)
        elif seen.at > run.last.at:  # the same moment twice, or one that came late, confirms nothing
            run.last = seen
            run.length += 1
        return run

    def _confirmed(self, run: _Run) -> bool:
        rule = self._confirmation
        return run.length >= rule.readings and run.last.at - run.first.at >= rule.sustained

    def _finding(self, run: _Run) -> Finding:
        at = run.last.at
        return Finding(
            kind=self.kind,
            severity=SEVERITY,
            at=at,
            because=self._because(run),
            detector=self.name,
            detector_version=self.version,
            episode=f"{run.first.observation.device} {run.side} {run.first.at.isoformat()}",
            evidence=as_evidence([run.first, run.last]),
            settings=used(self.settings, self._used(run.side)),
        )

    def _because(self, run: _Run) -> str:
        """In words, without the value itself: not everybody who is told may see that."""
        key = self.limit_keys[run.side]
        at = run.last.at
        beyond = f"{number(self.settings, key):g}{self.unit} or {BEYOND[run.side]}"
        since = f"since {when(run.first.at, at, self.home.tz)}, for {duration(at - run.first.at)}"
        limit = "was set for this person" if self.settings[key].version else "is the general one for adults"
        return f"The {self.what} has been {beyond} {since}, in {count(run.length, 'reading')}; this limit {limit}."

    def _used(self, side: Side) -> list[str]:
        names = ("confirm_readings", "confirm_within_min", "sustained_s", "min_quality", "settle_min")
        return [self.limit_keys[side], self.hysteresis_key, *(f"{self.kind}.{name}" for name in names)]
