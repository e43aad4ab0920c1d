"""Keeps vital signs that were measured badly from raising an alarm: each with the reason why, before anybody hears it.

More than half of the false alarms of telehealth were poor measuring technique. So a reading counts only while the
sensor touches the skin, has a signal, and calls itself good; while the wearer keeps still; and where it does not leap
from one moment to the next, unless a second one confirms the leap.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from analytics.gate import plausible
from analytics.model import Home
from analytics.plain import duration
from devices.model import Observation, Quantity, Reading, SampleBlock

KEPT = timedelta(minutes=1)
"""So long a sensor's word on its contact or its signal holds, unless it says otherwise."""
WEAKEST_PERFUSION_PERCENT = 0.3
"""Below this few oximeters are specified to be right."""
POOREST = 0.5
"""What a sensor itself calls worse than this (of 1) is not believed."""
MOVING_G = 0.12
"""Whoever walks, or works with the arm that wears it, moves a wearable by more (standard deviation); rest, by less."""
SETTLES = timedelta(seconds=20)
"""A reading is believed again this long after the last movement."""
EXPLAINS = timedelta(minutes=30)
"""Movement that goes on for longer excuses nothing any more: what is out of range then is told all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leap:
    """How far a reading may be from one shortly before; further, a second one must come close to it, soon."""

    most: float
    within: timedelta
    agree: float
    confirmed_within: timedelta


_PULSE = Leap(most=40.0, within=timedelta(seconds=30), agree=20.0, confirmed_within=timedelta(minutes=5))
_SPO2 = Leap(most=8.0, within=timedelta(seconds=60), agree=3.0, confirmed_within=timedelta(minutes=5))
_PRESSURE = Leap(most=40.0, within=timedelta(minutes=10), agree=15.0, confirmed_within=timedelta(minutes=15))
LEAPS: dict[Quantity, Leap] = {
    Quantity.HEART_RATE_BPM: _PULSE,
    Quantity.PULSE_BPM: _PULSE,
    Quantity.SPO2_PERCENT: _SPO2,
    Quantity.SYSTOLIC_MMHG: _PRESSURE,
    Quantity.DIASTOLIC_MMHG: _PRESSURE,
    Quantity.RESPIRATION_PER_MIN: Leap(
        most=15.0, within=timedelta(seconds=30), agree=6.0, confirmed_within=timedelta(minutes=5)
    ),
    Quantity.BODY_TEMPERATURE_C: Leap(
        most=1.5, within=timedelta(minutes=30), agree=0.5, confirmed_within=timedelta(minutes=30)
    ),
    Quantity.WEIGHT_KG: Leap(most=5.0, within=timedelta(days=14), agree=1.5, confirmed_within=timedelta(days=2)),
}
"""Our own judgement of what a body can do in the time; a leap in weight is mostly somebody else on the scale."""

UNSTEADY = frozenset(
    {
        Quantity.HEART_RATE_BPM,
        Quantity.PULSE_BPM,
        Quantity.PULSE_FAST_BPM,
        Quantity.PULSE_SLOW_BPM,
        Quantity.BEAT_INTERVAL_S,
        Quantity.SPO2_PERCENT,
        Quantity.SPO2_FAST_PERCENT,
        Quantity.SPO2_SLOW_PERCENT,
        Quantity.SYSTOLIC_MMHG,
        Quantity.DIASTOLIC_MMHG,
        Quantity.MEAN_ARTERIAL_MMHG,
        Quantity.RESPIRATION_PER_MIN,
    }
)
"""What movement spoils, or changes while one moves about."""
VITALS = UNSTEADY | frozenset(LEAPS)
NO_CONTACT = "the sensor did not touch the skin"
MOVING = "the wearer was moving"


@dataclass(slots=True)
class Movement:
    """Whether the resident moves, as far as the things that they wear feel it."""

    _since: datetime | None = field(default=None, init=False)
    _last: datetime | None = field(default=None, init=False)

    def take(self, block: SampleBlock) -> None:
        """Take samples of any wearable."""
        size = np.linalg.norm(block.acceleration_g, axis=1)
        felt = size[np.isfinite(size)]
        if felt.size < 2 or felt.std() < MOVING_G:
            return
        end = block.at + timedelta(seconds=len(size) / block.rate_hz)
        if self._last is None or block.at - self._last > SETTLES:
            self._since = block.at
        self._last = end

    def spoils(self, at: datetime) -> bool:
        """Whether a reading of this time was taken in movement, and not in one that has gone on for too long."""
        if self._last is None or self._since is None:
            return False
        return self._since <= at <= self._last + SETTLES and at - self._since < EXPLAINS


@dataclass(slots=True)
class _Sensor:
    """What one device said of itself last."""

    untouched: datetime | None = None
    weak: tuple[datetime, float] | None = None


@dataclass(slots=True)
class _Series:
    """The last reading of one device and quantity that was believed, and one since then that was not, yet."""

    believed: Reading | None = None
    doubted: Reading | None = None


@dataclass(slots=True)
class QualityGate:
    """Says of each reading why it is kept out, or that nothing speaks against it."""

    home: Home
    _others: frozenset[str] = field(init=False)
    _movement: Movement = field(default_factory=Movement, init=False)
    _sensors: dict[str, _Sensor] = field(default_factory=dict, init=False)
    _series: dict[tuple[str, Quantity], _Series] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)

    def note(self, observations: Iterable[Observation]) -> None:
        """Look through all that was heard at one moment for what it says of the measuring, before any is judged."""
        for one in observations:
            if isinstance(one, SampleBlock):
                if one.device not in self._others:
                    self._movement.take(one)
            elif isinstance(one, Reading):
                self._note(one)

    def refusal(self, reading: Reading, now: datetime) -> str | None:
        """The reason why a reading is kept out of the detectors, or None where nothing speaks against it."""
        reason = plausible(reading, now)
        if reason is not None or reading.quantity not in VITALS:
            return reason
        return self._ill_measured(reading) or self._leapt(reading)

    def _note(self, reading: Reading) -> None:
        if reading.quantity is Quantity.SKIN_CONTACT:
            self._sensor(reading).untouched = reading.at if reading.value < 0.5 else None
        elif reading.quantity is Quantity.PERFUSION_PERCENT:
            weak = reading.value < WEAKEST_PERFUSION_PERCENT
            self._sensor(reading).weak = (reading.at, reading.value) if weak else None

    def _sensor(self, reading: Reading) -> _Sensor:
        return self._sensors.setdefault(reading.device, _Sensor())

    def _ill_measured(self, reading: Reading) -> str | None:
        sensor = self._sensors.get(reading.device)
        if sensor is not None:
            if sensor.untouched is not None and abs(reading.at - sensor.untouched) <= KEPT:
                return NO_CONTACT
            if sensor.weak is not None and abs(reading.at - sensor.weak[0]) <= KEPT:
                return f"the pulse in the signal was too weak (perfusion {sensor.weak[1]:g} %)"
        if reading.quality < POOREST:
            return f"the sensor itself did not trust it ({reading.quality:g} of 1)"
        moving = reading.quantity in UNSTEADY and reading.device not in self._others
        return MOVING if moving and self._movement.spoils(reading.at) else None

    def _leapt(self, reading: Reading) -> str | None:
        leap = LEAPS.get(reading.quantity)
        if leap is None:
            return None
        series = self._series.setdefault((reading.device, reading.quantity), _Series())
        reason = _leap(series, reading, leap)
        if reason is None:
            series.believed, series.doubted = reading, None
        else:
            series.doubted = reading
        return reason


def _leap(series: _Series, reading: Reading, leap: Leap) -> str | None:
    before = series.believed
    if before is None or not timedelta(0) <= reading.at - before.at <= leap.within:
        return None
    if abs(reading.value - before.value) <= leap.most or _confirmed(series.doubted, reading, leap):
        return None
    took = duration(reading.at - before.at)
    return f"it leapt from {before.value:g} to {reading.value:g} within {took}, and no second reading confirmed it yet"


def _confirmed(doubted: Reading | None, reading: Reading, leap: Leap) -> bool:
    """A second reading, later and close to the one in doubt."""
    return (
        doubted is not None
        and timedelta(0) < reading.at - doubted.at <= leap.confirmed_within
        and abs(reading.value - doubted.value) <= leap.agree
    )
