"""All that is known of one device: how it is heard, and what was learnt of it. Learnt things outlive a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind
from devices.supervision.battery import BATTERY, Battery
from devices.supervision.clocks import DeviceTime
from devices.supervision.frozen import FREEZES, Frozen, Value
from devices.supervision.model import Watched
from devices.supervision.patience import limit_s
from devices.supervision.rhythm import Rhythm
from devices.supervision.senses import SENSES
from devices.supervision.signals import Signal
from devices.supervision.wear import SIGNS, Wear

WHATS: Mapping[str, Quantity | TriggerKind] = {what.value: what for what in SENSES}
MINDED = frozenset({Quantity.CLOCK_DRIFT_PPM}) | BATTERY | SIGNS | FREEZES.keys()
"""What is learnt from each time that it is told. Of all else it counts only that it was told once."""


@dataclass(slots=True, kw_only=True)
class Record:
    """One device. Times `_s` count the seconds in which the hub listened.

    `since_s`: it was heard then, or is listened to since then; a receiver that was down begins it anew. `at` is when it
    was last heard by the wall clock, perhaps before the hub was started. `frames` are those of this run.
    """

    watched: Watched
    since_s: float
    at: datetime | None = None
    frames: int = 0
    unread: int = 0
    unread_s: float = 0.0
    rhythm: Rhythm = field(default_factory=Rhythm)
    battery: Battery = field(default_factory=Battery)
    signal: Signal = field(default_factory=Signal)
    wear: Wear = field(default_factory=Wear)
    frozen: Frozen = field(default_factory=Frozen)
    clock: DeviceTime = field(default_factory=DeviceTime)
    seen: set[Quantity | TriggerKind] = field(default_factory=set)
    limit_s: float | None = field(default=None, init=False)
    _minded: set[Quantity | TriggerKind] = field(init=False)

    def __post_init__(self) -> None:
        self.be_patient()
        self._minded = set(MINDED | (SENSES.keys() - self.seen))

    def be_patient(self) -> None:
        """Decide anew how long it may be silent."""
        self.limit_s = limit_s(self.watched, self.rhythm)

    def hear(self, at: datetime, now_s: float, signal_dbm: int | None) -> None:
        """A frame of it was heard and read."""
        if self.frames:
            self.rhythm.add(now_s - self.since_s, self.limit_s)
        if signal_dbm is not None:
            self.signal.take(signal_dbm, now_s)
        self.since_s, self.at = now_s, at
        self.frames += 1
        self.unread = 0

    def hear_unreadable(self, now_s: float) -> None:
        """A frame of it was heard that cannot be read."""
        if not self.unread:
            self.unread_s = now_s
        self.unread += 1

    def take(self, observation: Observation, tz: tzinfo) -> None:
        """Learn from what it says, when it was heard last. This is on every observation's way, so it is quick."""
        if isinstance(observation, Reading):
            if observation.quantity in self._minded or observation.device_time is not None:
                self._take_reading(observation, tz)
        elif isinstance(observation, Trigger):
            self._see(observation.kind)
        else:
            self.wear.take_block(observation, self.since_s)
            self.frozen.take_block(observation, self.since_s, self.frames)

    @property
    def heard_lately(self) -> bool:
        """Whether it was heard in this run of the hub."""
        return self.frames > 0

    def kept(self, now_s: float) -> dict[str, Any]:
        """What was learnt, to be stored as JSON: a kilobyte at most."""
        return {
            "at": None if self.at is None else self.at.isoformat(),
            "limit_s": self.limit_s,
            "rhythm": self.rhythm.kept(),
            "days": {str(day): level for day, level in self.battery.days.items()},
            "volts": self.battery.volts,
            "low": self.battery.low,
            "usual_dbm": self.signal.usual_dbm,
            "samples": self.signal.samples,
            "frozen": {name: [one.value, round(now_s - one.since_s)] for name, one in self.frozen.values.items()},
            "seen": sorted(self.seen),
        }

    @classmethod
    def from_kept(cls, watched: Watched, now_s: float, kept: Mapping[str, Any]) -> "Record":
        """What was learnt when it was stored. Raises one of `UNREADABLE` where that is no such thing."""
        return cls(
            watched=watched,
            since_s=now_s,
            at=None if kept["at"] is None else datetime.fromisoformat(kept["at"]),
            rhythm=Rhythm.from_kept(kept["rhythm"]),
            battery=Battery.from_kept(kept["days"], kept["volts"], kept["low"]),
            signal=Signal(usual_dbm=kept["usual_dbm"], samples=int(kept["samples"])),
            frozen=Frozen(
                values={
                    Quantity(name): Value(float(value), now_s - float(age_s), 0)
                    for name, (value, age_s) in kept["frozen"].items()
                }
            ),
            seen={WHATS[name] for name in kept["seen"] if name in WHATS},
        )

    def _take_reading(self, reading: Reading, tz: tzinfo) -> None:
        quantity = reading.quantity
        if quantity in FREEZES:
            self.frozen.take_reading(reading, self.since_s, self.frames)
        if quantity in SIGNS:
            self.wear.take_reading(reading, self.since_s)
        elif quantity in BATTERY:
            self.battery.take(reading)
        elif quantity is Quantity.CLOCK_DRIFT_PPM:
            self.clock.drift_ppm = reading.value
        if reading.device_time is not None:
            self.clock.take(reading, tz)
        if quantity not in self.seen:
            self._see(quantity)

    def _see(self, what: Quantity | TriggerKind) -> None:
        if what in SENSES:
            self.seen.add(what)
        if what not in MINDED:
            self._minded.discard(what)


UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError)
"""What is raised where something else was stored than this version writes."""
