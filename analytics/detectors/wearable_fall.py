"""A wearable felt a knock that is like a fall."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from analytics.falls.quiet import KEPT, NOTEWORTHY, QuietDays, Thresholds
from analytics.falls.telling import STILL_AFTER_IMPACT, because, because_still, fact, facts, window
from analytics.falls.wearer import Fallen, Judge, Wearer, judge
from analytics.model import Evidence, Finding, FindingKind, Home, Interest, Settings
from analytics.plain import sensor_name
from analytics.settings import number, used
from devices.model import Observation, Quantity, Reading, SampleBlock

ASK_SEVERITY, ACT_SEVERITY = 9, 10
SAME_FALL = timedelta(minutes=1)
"""Knocks this soon after one that was told belong to it, unless they are surer."""
STILL_FOR = timedelta(seconds=20)
TELL_WORN_MIN = 30.0
USED = ("wearable_fall.asks_per_month", "wearable_fall.acts_per_month")


@dataclass(slots=True)
class _Device:
    """One wearable: its movement, its wearer's days, and the fall that was told of last."""

    wearer: Wearer
    quiet: QuietDays
    last: Evidence
    told: Fallen | None = None
    sure: bool = False
    watched: bool = False


@dataclass(slots=True)
class WearableFall:
    """Finds knocks of any wearable that are like falls, and says so when nothing moves after one.

    Two thresholds: above the one the wearer is asked, above the other people are called at once. Both are set by how
    often either may happen for nothing, learnt from each wearer's own days; before there are 14, the shipped ones hold.
    """

    name: ClassVar[str] = "wearable_fall"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({SampleBlock, Quantity.FALL_LIKENESS, Quantity.WORN_MIN})

    home: Home
    settings: Settings
    judge: Judge = judge
    lookback_s: float = (KEPT + timedelta(days=1)).total_seconds()
    raw: Mapping[Quantity, float] = field(default_factory=dict, init=False)
    _budgets: tuple[float, float] = field(init=False)
    _others: frozenset[str] = field(init=False)
    _devices: dict[str, _Device] = field(default_factory=dict, init=False)
    _derived: list[Reading] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)
        self._budgets = (number(self.settings, USED[0]), number(self.settings, USED[1]))

    @property
    def due(self) -> datetime | None:
        """When the first stream has ended, if nothing more comes of it."""
        return min((due for one in self._devices.values() if (due := one.wearer.due) is not None), default=None)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take samples of a wearable, or what was made of earlier ones."""
        if observation.device in self._others:
            return ()
        device = self._device(observation, number)
        if isinstance(observation, SampleBlock):
            return self._take(device, observation)
        if isinstance(observation, Reading):
            device.quiet.take(observation)
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Judge what still waits on the streams that have ended."""
        for device in self._devices.values():
            due = device.wearer.due
            if due is not None and due <= now:
                for fallen in device.wearer.close():
                    yield from self._judge(device, fallen, now)
                self._tell_worn(device, now, at_least=0.0)

    def derived(self) -> list[Reading]:
        """The knocks that are worth remembering, and for how long the device was worn."""
        made, self._derived = self._derived, []
        return made

    def _device(self, observation: Observation, number: int | None) -> _Device:
        heard = Evidence(device=observation.device, what="acceleration_g", value=None, at=observation.at, id=number)
        device = self._devices.get(observation.device)
        if device is None:
            device = self._devices[observation.device] = _Device(Wearer(self.judge), QuietDays(self.home.tz), heard)
        if isinstance(observation, SampleBlock):
            device.last = heard
        return device

    def _take(self, device: _Device, block: SampleBlock) -> Iterator[Finding]:
        for fallen in device.wearer.take(block):
            yield from self._judge(device, fallen, fallen.knock.known_until)
        if device.watched:
            yield from self._watch(device)
        self._tell_worn(device, block.at, at_least=TELL_WORN_MIN)

    def _tell_worn(self, device: _Device, at: datetime, *, at_least: float) -> None:
        minutes = device.wearer.take_worn_min(at_least)
        if minutes:
            self._derived.append(Reading(device=device.last.device, quantity=Quantity.WORN_MIN, value=minutes, at=at))

    def _judge(self, device: _Device, fallen: Fallen, now: datetime) -> Iterator[Finding]:
        if fallen.likeness < NOTEWORTHY:
            return
        name = device.last.device
        self._derived.append(Reading(device=name, quantity=Quantity.FALL_LIKENESS, value=fallen.likeness, at=fallen.at))
        limits = device.quiet.thresholds(now, *self._budgets)
        sure = fallen.likeness >= limits.act
        if fallen.likeness < limits.ask or self._known(device, fallen, sure=sure):
            return
        device.told, device.sure, device.watched = fallen, sure, True
        yield self._finding(device, fallen, limits, now)

    def _known(self, device: _Device, fallen: Fallen, *, sure: bool) -> bool:
        told = device.told
        return told is not None and abs(fallen.at - told.at) < SAME_FALL and (device.sure or not sure)

    def _finding(self, device: _Device, fallen: Fallen, limits: Thresholds, now: datetime) -> Finding:
        key = device.last.device
        sensor = self.home.sensors.get(key)
        name = sensor_name(sensor.name if sensor else key)
        return Finding(
            kind=FindingKind.FALL,
            severity=ACT_SEVERITY if device.sure else ASK_SEVERITY,
            at=max(now, device.last.at),
            because=because(fallen, name, limits, sure=device.sure, tz=self.home.tz),
            detector=self.name,
            detector_version=self.version,
            episode=f"{key} {fallen.at.isoformat()}",
            evidence=facts(fallen, device.last, sure=device.sure),
            settings=used(self.settings, USED),
            window=window(fallen, key),
        )

    def _watch(self, device: _Device) -> Iterator[Finding]:
        """Whether anything moves after the fall that was told."""
        fallen = device.told
        still = fallen is not None and device.wearer.still(fallen.at, STILL_FOR)
        device.watched = still is None
        if fallen is not None and still:
            yield self._still(device, fallen)

    def _still(self, device: _Device, fallen: Fallen) -> Finding:
        now = max(fallen.at + STILL_FOR, device.last.at)
        return Finding(
            kind=FindingKind.FALL,
            severity=ACT_SEVERITY if device.sure else ASK_SEVERITY,
            at=now,
            because=because_still(fallen, STILL_FOR, now, self.home.tz),
            detector=self.name,
            detector_version=self.version,
            episode=f"{device.last.device} {fallen.at.isoformat()} still",
            evidence=(device.last, fact(device.last, STILL_AFTER_IMPACT, 1.0)),
            settings=used(self.settings, USED),
        )
