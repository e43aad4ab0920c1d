"""This home's own silences of the last weeks, and from them how long the next one may last."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.localtime import instant
from analytics.routine.budget import limit
from analytics.routine.hazard import LOOKS, QUARTER_MIN, QUARTERS, STEP_MIN, Counts, Place, Silence, cells, looks_of

KEPT = timedelta(days=42)
"""What is usual is learnt from so much of the past."""
JUDGED = timedelta(days=42)
"""How surprising silences are is known from so much of the past."""
FEWEST_DAYS = 14
FEWEST_TO_JUDGE = 4
SHORTEST = timedelta(minutes=60)
"""No silence is asked about earlier, however lively the home."""
LOOKBACK = KEPT + JUDGED + timedelta(days=3)

_DAY = timedelta(days=1)
_LOOK = timedelta(minutes=STEP_MIN)
_MIDNIGHT = datetime.min.time()


@dataclass(slots=True)
class _Day:
    """One local day: the silences that ended in it, how surprising the most surprising was, and the longest time out.

    `judged` says whether enough was known on that day to tell.
    """

    judged: bool
    silences: list[Silence] = field(default_factory=list)
    most: float = 0.0
    out: timedelta = timedelta(0)


@dataclass(slots=True)
class Routine:
    """Learns from each silence when it ends. A day counts once it is over, so that nothing is judged by itself."""

    tz: ZoneInfo
    per_month: float
    _days: dict[date, _Day] = field(default_factory=dict, init=False)
    _today: date = field(default=date.min, init=False)
    _ends: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _steady: timedelta | None = field(default=None, init=False)
    _counts: Counts = field(default_factory=Counts, init=False)
    _hazard: NDArray[np.float64] | None = field(default=None, init=False)
    _limit: float | None = field(default=None, init=False)

    @property
    def days(self) -> int:
        """How many whole days are known."""
        return max(0, len(self._days) - 1)

    @property
    def knows(self) -> bool:
        """Whether enough is known to judge by this home's own days."""
        return self._limit is not None

    @property
    def longest_out(self) -> timedelta:
        """The longest time out of the known days."""
        return max((day.out for day in self._days.values()), default=timedelta(0))

    def hear(self, at: datetime) -> None:
        """Somebody was about: the day counts."""
        if at >= self._ends:
            self._begin_day(at)

    def learn(self, place: Place, since: datetime, until: datetime) -> None:
        """A silence indoors ended by a sign of somebody. It is judged by what was known before it."""
        looks = looks_of((until - since).total_seconds())
        silence = Silence(place, self._minute(since), looks, until - since <= _DAY)
        surprise = self._surprise(silence, since) if looks else 0.0
        self.hear(until)
        day = self._days.get(self._today)
        if day is not None and looks:
            day.silences.append(silence)
            day.most = max(day.most, surprise)

    def learn_out(self, since: datetime, until: datetime) -> None:
        """A time out ended."""
        self.hear(until)
        day = self._days.get(self._today)
        if day is not None:
            day.out = max(day.out, until - since)

    def asks_at(self, place: Place, since: datetime) -> datetime | None:
        """When a silence is surprising enough to ask; None if not within a day, or while too little is known."""
        if self._limit is None or self._hazard is None:
            return None
        sums = np.cumsum(self._hazard[place, self._cells(since, LOOKS)])
        looks = max(int(np.searchsorted(sums, self._limit, side="right")) + 1, SHORTEST // _LOOK)
        return None if looks > LOOKS else since + looks * _LOOK

    def _minute(self, at: datetime) -> int:
        local = at.astimezone(self.tz) if self._steady is None else at + self._steady
        return local.hour * 60 + local.minute

    def _cells(self, since: datetime, looks: int) -> NDArray[np.int64]:
        """The cells of a silence that is judged; where the clocks change in it, each look by what they then show."""
        at = cells(self._minute(since), looks)
        if self._steady is not None:
            return at
        quarters = np.array([self._minute(since + (turn + 1) * _LOOK) for turn in range(looks)]) // QUARTER_MIN
        return np.asarray(at - at % QUARTERS + quarters, dtype=np.int64)

    def _offset(self, at: datetime) -> timedelta | None:
        """How far the home's clock is from UTC; None where it changes within a few days."""
        offsets = {(at + days * _DAY).astimezone(self.tz).utcoffset() for days in (-2, -1, 0, 1, 2)}
        return offsets.pop() if len(offsets) == 1 else None

    def _surprise(self, silence: Silence, since: datetime) -> float:
        if self._hazard is None:
            return 0.0
        return float(self._hazard[silence.place, self._cells(since, silence.looks)].sum())

    def _begin_day(self, at: datetime) -> None:
        """Take the day that is over into what is known, and forget what is too long ago."""
        over = self._days.get(self._today)
        for silence in over.silences if over else ():
            self._counts.add(silence)
        self._today = today = at.astimezone(self.tz).date()
        self._ends = instant(today + _DAY, _MIDNIGHT, self.tz)
        self._steady = self._offset(at)
        for day in [one for one in self._days if one < today - KEPT]:
            for silence in self._days.pop(day).silences:
                self._counts.add(silence, -1)
        known = len(self._days)
        self._hazard = self._counts.hazard() if known >= FEWEST_TO_JUDGE else None
        judged = [day.most for date_, day in self._days.items() if day.judged and date_ >= today - JUDGED]
        self._limit = limit(judged, self.per_month) if known >= FEWEST_DAYS and judged else None
        self._days[today] = _Day(judged=self._hazard is not None)
