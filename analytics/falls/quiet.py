"""From which likeness on to ask, and to act: so that it happens for nothing only as often as was agreed.

What a wearer's own ordinary days look like to the model is learnt from those days: how often a knock came that was at
all like a fall, and by how much the likest went beyond that. The excess over a threshold falls off exponentially, near
enough (the peaks-over-threshold rule for a light tail), which says how seldom a still likelier one is to be expected.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from devices.model import Quantity, Reading

KEPT = timedelta(days=28)
"""How much of the past is learnt from: so habits that change are learnt anew within a month."""
ENOUGH_DAYS = 14
MONTH_DAYS = 30
NOTEWORTHY = 0.0
"""Log-odds from which on a knock is remembered at all."""
SURELY_A_FALL = 4.0
"""A knock as like a fall as this may have been one, and teaches nothing about days without."""
SAME_KNOCK = timedelta(minutes=1)
USUAL_EXCESS, WEIGHT_OF_USUAL = 1.0, 5.0
"""Before there are many: by how much knocks go beyond `NOTEWORTHY`, and as how many knocks that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The shipped threshold, and how far a wearer's own days may move it."""

    shipped: float
    low: float
    high: float


ASK = Bounds(shipped=1.4, low=0.8, high=2.5)
ACT = Bounds(shipped=4.0, low=3.5, high=5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """In log-odds. `days` are the wearer's own recorded days that they rest on; 0 where they are the shipped ones."""

    ask: float
    act: float
    days: int


SHIPPED = Thresholds(ask=ASK.shipped, act=ACT.shipped, days=0)


@dataclass(slots=True)
class QuietDays:
    """One wearer's recorded days: how long the device was worn, and the knocks that were somewhat like a fall."""

    tz: ZoneInfo
    _knocks: deque[tuple[datetime, float]] = field(default_factory=deque, init=False)
    _worn: deque[datetime] = field(default_factory=deque, init=False)

    def take(self, reading: Reading) -> None:
        """Take a likeness of one knock, or some time that the device was worn."""
        if reading.quantity is Quantity.WORN_MIN:
            self._worn.append(reading.at)
        elif reading.quantity is Quantity.FALL_LIKENESS and NOTEWORTHY <= reading.value < SURELY_A_FALL:
            self._note(reading)

    def thresholds(self, now: datetime, asks_a_month: float, acts_a_month: float) -> Thresholds:
        """From which likeness on to ask and to act, for these budgets of doing it for nothing."""
        self._forget(now - KEPT)
        days = len({at.astimezone(self.tz).date() for at in self._worn})
        if days < ENOUGH_DAYS:
            return SHIPPED
        ask = self._exceeded(asks_a_month, days, ASK)
        return Thresholds(ask=ask, act=max(ask, self._exceeded(acts_a_month, days, ACT)), days=days)

    def _exceeded(self, times_a_month: float, days: int, bounds: Bounds) -> float:
        count = len(self._knocks)
        a_month = (count + 0.5) * MONTH_DAYS / days
        excess = sum(likeness - NOTEWORTHY for _, likeness in self._knocks) + USUAL_EXCESS * WEIGHT_OF_USUAL
        wanted = NOTEWORTHY + excess / (count + WEIGHT_OF_USUAL) * math.log(a_month / times_a_month)
        return min(bounds.high, max(bounds.low, wanted))

    def _note(self, reading: Reading) -> None:
        """Knocks within a minute are one happening: the likest of them counts."""
        if self._knocks and abs(reading.at - self._knocks[-1][0]) < SAME_KNOCK:
            at, likeness = self._knocks[-1]
            self._knocks[-1] = (at, max(likeness, reading.value))
        else:
            self._knocks.append((reading.at, reading.value))

    def _forget(self, before: datetime) -> None:
        while self._worn and self._worn[0] < before:
            self._worn.popleft()
        while self._knocks and self._knocks[0][0] < before:
            self._knocks.popleft()
