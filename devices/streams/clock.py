"""A device's clock told in the hub's time, whatever the radio makes of the packets on their way.

A packet is never early: it comes as long after its time as the radio made it wait. So what is looked for is not the
line through the packets but the one *below* them. Of every few seconds only the packet that waited least is kept; a
running least-squares line through those tells how fast the device's clock runs, and it is lowered until it touches the
lowest. The packet that waits least still waits a little (a connection interval at most, some tens of milliseconds), and
by that much every time told here is late.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

BUCKET_S = 5.0
"""Of so long the packet that waited least is kept."""
BUCKETS = 120
"""How many of them the line goes through: ten minutes of a steady stream."""
STEP_S = 0.25
"""A whole bucket that late, or one packet that early, and one of the two clocks was set: the line begins anew."""
LEAP_S = 5.0
"""A single packet that late says the same: no connection outlives such a silence."""
WORST_PPM = 50_000.0
"""Quartz is wrong by 50 ppm, the free-running oscillator of a cheap sensor by 1 %; beyond this it is no clock."""
LEARNT_S = 60.0
"""Before so long a time the drift is not told: it would be made of waiting times."""

_PPM = 1e6


class _Point(NamedTuple):
    """Device seconds since the origin, and by how much the packet came later than if both clocks ran alike."""

    device_s: float
    behind_s: float


@dataclass(slots=True)
class DeviceClock:
    """The running line from a device's seconds to the hub's time.

    >>> from datetime import UTC
    >>> clock, start = DeviceClock(), datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> for second in range(100):
    ...     clock.hear(second, start + timedelta(seconds=second * 1.0001 + (second % 5) / 100))
    >>> round(clock.drift_ppm), clock.hub_time(50).isoformat(timespec="milliseconds")
    (-100, '2026-11-24T09:00:50.005+00:00')
    """

    _origin: tuple[float, datetime] | None = field(default=None, init=False)
    _slope: float = field(default=0.0, init=False)
    _intercept_s: float = field(default=0.0, init=False)
    _buckets: deque[_Point] = field(default_factory=lambda: deque(maxlen=BUCKETS), init=False)
    _least: _Point = field(default=_Point(0.0, 0.0), init=False)
    _bucket_from_s: float = field(default=0.0, init=False)

    @property
    def drift_ppm(self) -> float | None:
        """How much the device's clock gains on the hub's, in parts per million; None while that is not known."""
        known = len(self._buckets) > 1 and self._buckets[-1].device_s - self._buckets[0].device_s >= LEARNT_S
        return (1 / (1 + self._slope) - 1) * _PPM if known else None

    def hear(self, device_s: float, at: datetime) -> None:
        """Take what the device's clock said in a packet that was heard at this time."""
        if self._origin is None:
            self.restart(device_s, at)
        point = self._point(device_s, at)
        waited_s = self._waited_s(point)
        if not -STEP_S < waited_s < LEAP_S:
            self.restart(device_s, at)
            return
        self._intercept_s += min(waited_s, 0.0)
        if waited_s < self._waited_s(self._least):
            self._least = point
        if point.device_s - self._bucket_from_s >= BUCKET_S:
            self._close_bucket(point, device_s, at)

    def restart(self, device_s: float, at: datetime) -> None:
        """Forget everything but this packet."""
        self._origin = (device_s, at)
        self._slope = self._intercept_s = self._bucket_from_s = 0.0
        self._buckets.clear()
        self._least = _Point(0.0, 0.0)

    def hub_time(self, device_s: float) -> datetime:
        """The hub's time at a moment of the device's, once it was heard."""
        if self._origin is None:
            raise LookupError("nothing was heard of the device's clock yet")
        since_s = device_s - self._origin[0]
        return self._origin[1] + timedelta(seconds=since_s + self._slope * since_s + self._intercept_s)

    def _point(self, device_s: float, at: datetime) -> _Point:
        origin_s, origin = self._origin or (device_s, at)
        since_s = device_s - origin_s
        return _Point(since_s, (at - origin).total_seconds() - since_s)

    def _waited_s(self, point: _Point) -> float:
        return point.behind_s - self._slope * point.device_s - self._intercept_s

    def _close_bucket(self, newest: _Point, device_s: float, at: datetime) -> None:
        if self._waited_s(self._least) > STEP_S:
            self.restart(device_s, at)
            return
        self._buckets.append(self._least)
        self._least, self._bucket_from_s = newest, newest.device_s
        if len(self._buckets) > 1:
            self._fit()

    def _fit(self) -> None:
        """Least squares through what waited least, and down until it touches."""
        mean_s = sum(point.device_s for point in self._buckets) / len(self._buckets)
        spread = sum((point.device_s - mean_s) ** 2 for point in self._buckets)
        rise = sum((point.device_s - mean_s) * point.behind_s for point in self._buckets)
        steepest = WORST_PPM / _PPM
        self._slope = max(-steepest, min(steepest, rise / spread)) if spread else 0.0
        self._intercept_s = min(point.behind_s - self._slope * point.device_s for point in self._buckets)
