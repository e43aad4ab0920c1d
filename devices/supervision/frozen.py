"""Whether a value stays the same for longer than nature allows: a sensor that is stuck says "all is well" for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from devices.model import Quantity, Reading, SampleBlock

_HOUR = 3_600.0
FEWEST_FRAMES = 20
"""A value that was told only a few times has not been seen to be frozen."""


class Freeze(NamedTuple):
    """A value cannot stay the same for so long; `only` for this value."""

    longest_s: float
    only: float | None = None


FREEZES: Mapping[Quantity, Freeze] = {
    Quantity.PRESSURE_HPA: Freeze(12 * _HOUR),  # the weather moves it by more than a tenth of an hPa
    Quantity.TEMPERATURE_C: Freeze(72 * _HOUR),  # some resolve no more than half a degree, in a cellar
    Quantity.HUMIDITY_PERCENT: Freeze(72 * _HOUR),
    Quantity.HEART_RATE_BPM: Freeze(_HOUR / 2),
    Quantity.PULSE_BPM: Freeze(_HOUR / 2),
    Quantity.RESPIRATION_PER_MIN: Freeze(_HOUR / 2),
    Quantity.MOTION: Freeze(6 * _HOUR, only=1.0),  # nobody moves about in a room for so long without a pause
}
"""A bed that is occupied, or a door that is open, for days is no fault of the sensor's, but a person's business."""
NOISE_S = 60.0
"""Acceleration without the least noise."""


@dataclass(slots=True)
class Value:
    """The latest value, since when, and the count of frames then."""

    value: float
    since_s: float
    frames: int


@dataclass(slots=True)
class Frozen:
    """The values of one device that could freeze."""

    values: dict[Quantity, Value] = field(default_factory=dict)
    _noisy: Value | None = field(default=None, init=False)

    def take_reading(self, reading: Reading, now_s: float, frames: int) -> None:
        """Learn from one reading of what could freeze."""
        freeze = FREEZES[reading.quantity]
        if freeze.only not in (None, reading.value):
            self.values.pop(reading.quantity, None)
            return
        known = self.values.get(reading.quantity)
        if known is None or known.value != reading.value:
            self.values[reading.quantity] = Value(reading.value, now_s, frames)

    def take_block(self, block: SampleBlock, now_s: float, frames: int) -> None:
        """Learn from acceleration, which is never the same twice."""
        known = block.acceleration_g[~np.isnan(block.acceleration_g).any(axis=1)]
        if not known.size:
            return
        first = float(known[0].sum())
        if self._noisy is None or bool(np.ptp(known, axis=0).any()) or first != self._noisy.value:
            self._noisy = Value(first, now_s, frames)

    def forget(self) -> None:
        """Begin anew: what is said from now on is not taken in, so that nothing is known to stay the same."""
        self.values.clear()
        self._noisy = None

    def stuck(self, now_s: float, frames: int) -> tuple[Quantity | None, float] | None:
        """Which value is frozen (None: the acceleration), and since when; None where all move as they should."""
        for quantity, known in self.values.items():
            if _frozen(known, FREEZES[quantity].longest_s, now_s, frames):
                return quantity, known.since_s
        if self._noisy is not None and _frozen(self._noisy, NOISE_S, now_s, frames):
            return None, self._noisy.since_s
        return None


def _frozen(known: Value, longest_s: float, now_s: float, frames: int) -> bool:
    return now_s - known.since_s >= longest_s and frames - known.frames >= FEWEST_FRAMES
