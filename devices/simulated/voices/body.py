"""A simulated device's inside: its chance, its battery, its running number, and the moments at which it speaks."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from devices.kinds import DeviceSetup
from devices.model import Frame

DAY_S = 86_400.0
_BATTERY_A_DAY = 0.05
_LAST_OF_IT = 15.0
_NIGHT = (22, 7)


@dataclass(slots=True, kw_only=True)
class Body:
    """One device. Two with the same seed say the same.

    `at_most_every_s` lets it speak no more often than that, for runs in which weeks pass; `worn_s` is how long a day it
    streams, from ten o'clock on, where it streams at all; `dies_at` is when its battery is empty.
    """

    setup: DeviceSetup
    rng: Random
    start: datetime
    at_most_every_s: float = 0.0
    worn_s: float = DAY_S
    dies_at: datetime | None = None
    _number: int = field(default=0, init=False)

    def next_number(self) -> int:
        """Its running number."""
        self._number += 1
        return self._number

    def battery_percent(self, at: datetime) -> int:
        """What is left: it falls slowly, or to nothing at the hour of its death."""
        if self.dies_at is None:
            return max(20, round(100 - _BATTERY_A_DAY * (at - self.start).total_seconds() / DAY_S))
        whole = max(1.0, (self.dies_at - self.start).total_seconds())
        return max(1, math.ceil(_LAST_OF_IT * (self.dies_at - at).total_seconds() / whole))

    def gap_s(self, every_s: float) -> float:
        """How long it is until it speaks again."""
        return max(every_s, self.at_most_every_s)

    def frame(self, source: str, payload: bytes, at: datetime) -> Frame:
        """Its words."""
        return Frame(address=self.setup.address, source=source, payload=payload, at=at)


Voice = Callable[[Body], Iterator[Frame]]
"""All that a device says, in order, for ever."""


def regularly(body: Body, every_s: float) -> Iterator[datetime]:
    """Moments that are so far apart, the first at a chance one within the first interval."""
    gap_s = body.gap_s(every_s)
    at = body.start + timedelta(seconds=body.rng.random() * gap_s)
    while True:
        yield at
        at += timedelta(seconds=gap_s)


def now_and_then(body: Body, a_day: float, least_s: float = 1.0) -> Iterator[datetime]:
    """Moments of chance, so many a day and at least so far apart; few at night."""
    at = body.start
    while True:
        at += timedelta(seconds=least_s + body.rng.expovariate(a_day / DAY_S))
        if not is_night(at) or body.rng.random() < 1 / 8:
            yield at


def is_night(at: datetime) -> bool:
    """Whether people sleep."""
    evening, morning = _NIGHT
    return not morning <= at.hour < evening


class Flips:
    """Something that is so for a while, and then not: asked in the order of time."""

    def __init__(self, body: Body, *, on_s: float, off_s: float) -> None:
        self._rng = body.rng
        self._means = {True: on_s, False: off_s}
        self._is_on = False
        self._until = body.start + self._lasts()

    def at(self, moment: datetime) -> bool:
        """Whether it is so now."""
        while moment >= self._until:
            self._is_on = not self._is_on
            self._until += self._lasts()
        return self._is_on

    def _lasts(self) -> timedelta:
        return timedelta(seconds=1 + self._rng.expovariate(1 / self._means[self._is_on]))


class Walk:
    """A number that wanders between two bounds, as a temperature or a pulse does."""

    def __init__(self, body: Body, lowest: float, highest: float, step: float) -> None:
        self._rng = body.rng
        self._bounds = lowest, highest
        self._step = step
        self._value = (lowest + highest) / 2

    def next(self) -> float:
        """The next value."""
        lowest, highest = self._bounds
        self._value = min(highest, max(lowest, self._value + self._rng.uniform(-self._step, self._step)))
        return self._value
