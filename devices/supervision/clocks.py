"""Whether a device's own clock is right: what it says the time is, against the hub's, and how fast it runs."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from devices.model import Reading

WRONG = timedelta(minutes=10)
SAME = timedelta(minutes=5)
"""Offsets this close to each other are the same: a measurement is told within minutes of being taken."""
AGREEING = 3
"""A measurement of this morning that is handed over tonight proves nothing; three with the same offset do."""
DRIFT_PPM = 500.0
"""A bad crystal is off by 100 parts in a million; five times that is a broken one, 43 s a day."""


@dataclass(slots=True)
class DeviceTime:
    """The offsets of the latest measurements by the device's own clock, and its drift."""

    _offsets: deque[timedelta] = field(default_factory=lambda: deque(maxlen=AGREEING), init=False)
    _told: datetime | None = field(default=None, init=False)
    drift_ppm: float | None = field(default=None, init=False)

    def take(self, reading: Reading, tz: tzinfo) -> None:
        """Learn from one reading that bears its time. A device's clock is local, as its owner has set it."""
        if reading.device_time not in (None, self._told) and reading.quality > 0:  # one measurement, several readings
            self._told = reading.device_time
            self._offsets.append(reading.device_time.replace(tzinfo=tz) - reading.at)

    @property
    def offset(self) -> timedelta | None:
        """By how much it is ahead of the hub's clock, where that is certain; None where it cannot be told."""
        if not self._offsets:
            return None
        last = self._offsets[-1]
        same = len(self._offsets) == AGREEING and max(self._offsets) - min(self._offsets) <= SAME
        return last if abs(last) < WRONG or last > WRONG or same else None

    @property
    def wrong(self) -> bool | None:
        """Whether it is wrong; None where it cannot be told."""
        if self.drift_ppm is not None and abs(self.drift_ppm) > DRIFT_PPM:
            return True
        if self.offset is not None:
            return abs(self.offset) >= WRONG
        return None if self.drift_ppm is None else False
