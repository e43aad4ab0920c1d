"""Puts packets of samples together into blocks, each at the hub's time of its first sample."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from devices.model import Observation, Quantity, Reading, SampleBlock
from devices.streams.clock import DeviceClock
from devices.streams.gaps import Samples

LONGEST_FILLED_S = 10.0
"""A longer gap is not filled with rows: the next block simply begins later."""
DRIFT_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Stream:
    """One device's stream of accelerations.

    Lost samples are rows of NaN before the block that follows them. How much the device's clock gains on the hub's is
    told about once a minute: a clock that is far out, or changes, is a device that is going wrong.
    """

    device: str
    rate_hz: float
    range_g: float
    _clock: DeviceClock = field(default_factory=DeviceClock, init=False)
    _drift_told: datetime | None = field(default=None, init=False)

    def restart(self, last_s: float, heard: datetime) -> None:
        """The device's clock has begun anew."""
        self._clock.restart(last_s, heard)

    def block(self, samples: Samples, last_s: float, missing: int, heard: datetime) -> list[Observation]:
        """The samples of a packet whose last was taken at `last_s` by the device's clock, and what was lost before."""
        self._clock.hear(last_s, heard)
        filled = missing if missing <= LONGEST_FILLED_S * self.rate_hz else 0
        rows = np.concatenate((np.full((filled, 3), np.nan, np.float32), samples)) if filled else samples
        first_s = last_s - (len(rows) - 1) / self.rate_hz
        block = SampleBlock(
            device=self.device,
            at=self._clock.hub_time(first_s),
            rate_hz=self.rate_hz,
            acceleration_g=rows,
            range_g=self.range_g,
        )
        return [block, *self._drift(heard)]

    def _drift(self, heard: datetime) -> list[Observation]:
        drift_ppm = self._clock.drift_ppm
        too_soon = self._drift_told is not None and timedelta(0) <= heard - self._drift_told < DRIFT_EVERY
        if drift_ppm is None or too_soon:
            return []
        self._drift_told = heard
        value = round(drift_ppm, 1)
        return [Reading(device=self.device, quantity=Quantity.CLOCK_DRIFT_PPM, value=value, at=heard)]
