"""Which reading of a vital sign stands: the newest, or, where it would weigh heavily, what others confirm of it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.seen import Seen
from devices.model import Reading

SLOT_S = 10
"""Of a stream, one reading in so many seconds is looked at: the first in each such stretch of the clock."""
CONFIRM_FROM = 2
"""What scores less stands by itself."""

Points = Callable[[float], int | None]
"""What a value scores; None where that cannot be told."""


@dataclass(slots=True)
class Series:
    """The last readings of one vital sign, from whatever device.

    `sustained` is how long a heavy score must be confirmed, `within` how far apart two that confirm each other may be.
    """

    sustained: timedelta
    within: timedelta
    _kept: deque[Seen] = field(default_factory=deque, init=False)

    def take(self, reading: Reading, number: int | None) -> bool:
        """Take a reading; whether it is one that is looked at."""
        newest = self._kept[-1] if self._kept else None
        if newest is not None and _slot(reading.at) <= _slot(newest.at):
            return False
        self._kept.append(Seen(reading, number))
        while reading.at - self._kept[0].at > self.within:
            self._kept.popleft()
        return True

    def standing(self, points: Points) -> Seen | None:
        """The reading that stands; None where there is none, or where the newest weighs heavily and is not confirmed.

        A heavy score is confirmed where all readings since so long have at least that; else what they all have.
        """
        if not self._kept:
            return None
        newest = self._kept[-1]
        if (points(_value(newest)) or 0) < CONFIRM_FROM:
            return newest
        stretch: list[Seen] = []
        for seen in reversed(self._kept):
            stretch.append(seen)
            if newest.at - seen.at >= self.sustained:
                return min(stretch, key=lambda one: points(_value(one)) or 0)
        return None


def _slot(at: datetime) -> int:
    return int(at.timestamp()) // SLOT_S


def _value(seen: Seen) -> float:
    return seen.observation.value if isinstance(seen.observation, Reading) else 0.0
