"""What a battery says of itself, and how many days it has left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from statistics import median

from devices.model import Quantity, Reading

LOW_PERCENT, DYING_PERCENT = 15.0, 5.0
LOW_DAYS, DYING_DAYS = 14.0, 3.0
"""A low battery is to be replaced within two weeks (Tunstall, Tellu): so two weeks before its end it is told."""
LOW_V, DYING_V = 2.4, 2.2
"""A lithium coin cell of 3 V keeps its voltage until shortly before its end."""
COIN_CELL = ("CR", "coin")
RECOVERED = 10.0
"""A level that wavers about a limit is low until it is so far above it."""
REPLACED_RISE = 20.0
"""A level that rises by so much is another battery, or a charged one."""
TREND_FROM_PERCENT = 60.0
"""Above this no trend is believed: many sensors fall quickly to begin with."""
TREND_DAYS, TREND_FALL = 7, 5.0
"""A trend needs so many days, and a fall of so many percent in them."""
MOST_DAYS = 60
BATTERY = frozenset({Quantity.BATTERY_PERCENT, Quantity.BATTERY_V, Quantity.BATTERY_LOW})

EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class Battery:
    """The lowest level of each day, as far back as the present battery goes; its voltage; its own word that it is low.

    `days` are counted from 1970.
    """

    days: dict[int, float] = field(default_factory=dict)
    volts: float | None = None
    low: bool | None = None
    days_left: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.days_left = days_left(self.days)

    def take(self, reading: Reading) -> None:
        """Learn from one reading, whatever it is of."""
        if reading.quantity is Quantity.BATTERY_PERCENT:
            self._take_percent(reading.at.toordinal() - EPOCH_DAY, reading.value)
        elif reading.quantity is Quantity.BATTERY_V:
            self.volts = reading.value
        elif reading.quantity is Quantity.BATTERY_LOW:
            self.low = bool(reading.value)

    @property
    def percent(self) -> float | None:
        """The level now."""
        return self.days[max(self.days)] if self.days else None

    def is_low(self, chemistry: str) -> bool | None:
        """Whether it is to be replaced soon; None where nothing is known."""
        return self._is(LOW_PERCENT, LOW_DAYS, LOW_V if chemistry.startswith(COIN_CELL) else 0.0)

    def is_dying(self, chemistry: str) -> bool | None:
        """Whether it will be flat in a few days, or is."""
        if self.low is not None and not self.days and self.volts is None:
            return None
        return self._is(DYING_PERCENT, DYING_DAYS, DYING_V if chemistry.startswith(COIN_CELL) else 0.0, said=False)

    def words(self) -> str:
        """What is known of it."""
        left = self.days_left
        lasts = "" if left is None else f", and lasts about {max(1, round(left))} more day{'s' if left >= 1.5 else ''}"
        if self.percent is not None:
            return f"is at {self.percent:.0f} %{lasts}"
        return "is low" if self.volts is None else f"is down to {self.volts:.1f} V"

    @classmethod
    def from_kept(cls, days: Mapping[str, float], volts: float | None, low: bool | None) -> "Battery":  # noqa: FBT001
        """What was known when it was stored."""
        return cls(days={int(day): float(level) for day, level in days.items()}, volts=volts, low=low)

    def _take_percent(self, day: int, percent: float) -> None:
        before = self.percent
        if before is not None and percent >= before + REPLACED_RISE:
            self.days = {}
        lowest = min(percent, self.days.get(day, percent))
        if self.days.get(day) == lowest:
            return
        self.days[day] = lowest
        while len(self.days) > MOST_DAYS:
            del self.days[min(self.days)]
        self.days_left = days_left(self.days)

    def _is(self, percent: float, days: float, volts: float, *, said: bool = True) -> bool | None:
        left = self.days_left
        known = (
            None if self.percent is None else _at_most(self.percent, percent),
            None if left is None else left <= days,
            None if self.volts is None else self.volts <= volts,
            self.low if said else None,
        )
        told = [one for one in known if one is not None]
        return any(told) if told else None


def days_left(days: Mapping[int, float]) -> float | None:
    """How long a battery with these levels still lasts, if it goes on falling; None where that cannot be told.

    >>> days_left({day: 40.0 - day for day in range(20)})
    16.0
    """
    points = sorted(days.items())
    if not points or points[-1][1] > TREND_FROM_PERCENT:
        return None
    (first_day, first), (last_day, last) = points[0], points[-1]
    if last_day - first_day < TREND_DAYS or first - last < TREND_FALL:
        return None
    # the median of all slopes (Theil and Sen): a cold night or one wrong level does not bend it
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2))
    return max(0.0, last - DYING_PERCENT) / -slope if slope < 0 else None


def _at_most(level: float, limit: float) -> bool | None:
    if level <= limit:
        return True
    return False if level >= limit + RECOVERED else None
