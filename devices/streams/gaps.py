"""Finds out how many samples were lost between two packets.

Two ways, for two sorts of device: one that stamps its packets with its own clock, and one that says nothing but the
samples, of which only the time of arrival is known.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Accelerations in g, one row a sample: (n, 3)."""

WRONG_RATE = 0.05
"""By how much a device may miss the rate that it was asked for before the difference is taken for lost samples."""
_LEARNING = 0.1


@dataclass(slots=True)
class StampGaps:
    """Counts by the device's own stamps, each of the last sample in its packet."""

    rate_hz: float
    _sample_s: float = field(init=False)
    _last_s: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._sample_s = 1 / self.rate_hz

    def missing(self, count: int, last_s: float) -> int | None:
        """How many samples were lost before a packet of `count`; None where the device's clock went back."""
        previous_s, self._last_s = self._last_s, last_s
        if previous_s is None:
            return 0
        elapsed_s = last_s - previous_s
        if elapsed_s <= 0:
            return None
        lost = elapsed_s / self._sample_s - count
        if lost > 0.5 + WRONG_RATE * count:
            return round(lost)
        self._learn(elapsed_s / count)
        return 0

    def _learn(self, sample_s: float) -> None:
        """Follow the rate that the device really keeps, so that a wrong one does not add up to a gap."""
        nominal_s = 1 / self.rate_hz
        followed_s = self._sample_s + _LEARNING * (sample_s - self._sample_s)
        self._sample_s = max(nominal_s * (1 - WRONG_RATE), min(nominal_s * (1 + WRONG_RATE), followed_s))


class Timed(NamedTuple):
    """A packet of `size` samples, the device's time of the last (its count, told in seconds), and what was lost."""

    body: bytes
    size: int
    last_s: float
    missing: int
    heard: datetime


HOLD_S = 1.0
"""So long a packet that came late is held back: by then it shows whether it waited, or others before it are lost."""
LEAST_LATE_S = 0.055
"""Less than this is the radio's waiting: BlueZ asks for connection intervals of up to 50 ms."""
_PART_OF_PACKET = 0.75
_MOST_HELD = 256


class _Packet(NamedTuple):
    body: bytes
    size: int
    heard: datetime
    last: int
    late_s: float


@dataclass(slots=True)
class ArrivalGaps:
    """Counts by the time of arrival, for a device that numbers nothing.

    A packet that only waited is followed by others that come faster until they have caught up. Where packets were lost,
    all that follow are late by the same time. So from the first late packet on they are held back, until one is in time
    or a second has passed. What cannot be seen: a loss shorter than `LEAST_LATE_S`, and where within a stall it was.
    """

    rate_hz: float
    _start: datetime | None = field(default=None, init=False)
    _count: int = field(default=0, init=False)
    _least_late: deque[tuple[float, float]] = field(default_factory=deque, init=False)
    _held: list[_Packet] = field(default_factory=list, init=False)

    def take(self, body: bytes, size: int, heard: datetime) -> list[Timed]:
        """The packets that may go on now, in order; none while it is not certain what was lost."""
        self._start = self._start or heard
        self._count += size
        heard_s = (heard - self._start).total_seconds()
        late_s = heard_s - self._count / self.rate_hz
        self._held.append(_Packet(body, size, heard, self._count, late_s))
        usual_s = self._least_late[0][1] if self._least_late else late_s
        if late_s - usual_s <= max(LEAST_LATE_S, _PART_OF_PACKET * size / self.rate_hz):
            return self._release(heard_s, lost=0)
        waited_s = (heard - self._held[0].heard).total_seconds()
        certain = waited_s >= HOLD_S or len(self._held) >= _MOST_HELD
        return self._release(heard_s, lost=self._lost(usual_s)) if certain else []

    def _lost(self, usual_s: float) -> int:
        """How many samples, in whole packets, make up for the least by which all those that are held are late."""
        late_s = min(packet.late_s for packet in self._held) - usual_s
        size = self._held[0].size
        return size * max(0, round(late_s * self.rate_hz / size))

    def _release(self, heard_s: float, *, lost: int) -> list[Timed]:
        held, self._held = self._held, []
        self._count += lost
        if lost:
            self._least_late.clear()
        self._remember(heard_s, min(packet.late_s for packet in held) - lost / self.rate_hz)
        return [
            Timed(
                packet.body,
                packet.size,
                (packet.last + lost) / self.rate_hz,
                lost if packet is held[0] else 0,
                packet.heard,
            )
            for packet in held
        ]

    def _remember(self, heard_s: float, late_s: float) -> None:
        """Keep the least of the last second in front: what comes later and is less late takes the others' place.

        A clock that is set back ends what was kept.
        """
        kept = self._least_late
        while kept and kept[-1][1] >= late_s:
            kept.pop()
        kept.append((heard_s, late_s))
        while not 0 <= heard_s - kept[0][0] <= HOLD_S:
            kept.popleft()
