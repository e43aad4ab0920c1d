"""How readily a silence ends: by the time of day, by how long it has lasted, and by whether somebody is in bed.

A silence is looked at every five minutes. Each look either sees it go on or sees it end, so the share of looks that saw
an end is the hazard at that quarter of an hour and that age. Summed up over the looks of one silence it says how
surprising its length is: were the hazard exact, a silence would last to a sum of x once in e to the x times.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEP_MIN = 5
QUARTER_MIN = 15
QUARTERS = 24 * 60 // QUARTER_MIN
LOOKS = 24 * 60 // STEP_MIN
"""A silence is followed for a day."""
_AGES_MIN = (0, 15, 30, 60, 120, 240)
_SMOOTHED_MIN = 40.0
"""How far apart two times of day still speak for each other (standard deviation)."""
_LOOKS_OF_PRIOR = 0.5
"""What is added at each quarter of an hour of what holds all day; little, so that nights are soon known."""
_ENDS_OF_PRIOR = 5.0
"""What is added to each age of how readily silences end at the age before it."""

Looks = NDArray[np.int64]
_AGE = np.searchsorted(_AGES_MIN, np.arange(1, LOOKS + 1) * STEP_MIN, side="right") - 1
_AFTER_MIN = np.arange(1, LOOKS + 1) * STEP_MIN
_CELLS = len(_AGES_MIN) * QUARTERS


class Place(IntEnum):
    """Where a silence takes place, as far as sensors can tell."""

    INDOORS = 0
    BED = 1


class Silence(NamedTuple):
    """One silence indoors: where, since which minute of the local day, how often looked at, and whether it ended."""

    place: Place
    minute: int
    looks: int
    ended: bool


def looks_of(length_s: float) -> int:
    """How often a silence of this length was looked at while it went on."""
    return min(LOOKS, max(0, -int(-length_s // (60 * STEP_MIN)) - 1))


def _kernel() -> NDArray[np.float64]:
    apart = np.minimum(np.arange(QUARTERS), QUARTERS - np.arange(QUARTERS)) * QUARTER_MIN
    weights = np.exp(-0.5 * (apart / _SMOOTHED_MIN) ** 2)
    return np.array([np.roll(weights / weights.sum(), turn) for turn in range(QUARTERS)])


_KERNEL = _kernel()


def cells(minute: int, looks: int) -> Looks:
    """The cell of each look: its age and its quarter of an hour."""
    quarter = (minute + _AFTER_MIN[:looks]) // QUARTER_MIN % QUARTERS
    return np.asarray(_AGE[:looks] * QUARTERS + quarter, dtype=np.int64)


@dataclass(slots=True)
class Counts:
    """How many looks saw a silence go on or end, cell by cell. Whole numbers: what is taken away leaves no trace."""

    looks: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(Place), _CELLS), np.int64))
    ends: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(Place), _CELLS), np.int64))

    def add(self, silence: Silence, times: int = 1) -> None:
        """Count a silence; -1 takes it away again."""
        at = cells(silence.minute, silence.looks)
        if len(at) == 0:
            return
        self.looks[silence.place] += times * np.bincount(at, minlength=_CELLS)
        if silence.ended:
            self.ends[silence.place, at[-1]] += times

    def hazard(self) -> NDArray[np.float64]:
        """The hazard a look, by place and cell."""
        return np.array([_hazard(looks, ends) for looks, ends in zip(self.looks, self.ends, strict=True)])


def _hazard(looks: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """The hazard by time of day, times a factor by age: few silences are old, and most of those at the same hours."""
    seen, ended = looks.reshape(-1, QUARTERS), ends.reshape(-1, QUARTERS)
    all_day = ended.sum() / max(1, seen.sum())
    by_clock = (ended.sum(0) @ _KERNEL + _LOOKS_OF_PRIOR * all_day) / (seen.sum(0) @ _KERNEL + _LOOKS_OF_PRIOR)
    expected, observed = seen @ by_clock, ended.sum(1)
    factors, factor = [], 1.0
    for of_age, should in zip(observed.tolist(), expected.tolist(), strict=True):
        factor = (of_age + _ENDS_OF_PRIOR * factor) / (should + _ENDS_OF_PRIOR)
        factors.append(factor)
    return np.asarray(np.outer(factors, by_clock).ravel())
