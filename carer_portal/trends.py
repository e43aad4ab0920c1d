"""Has something changed? One change in a row of daily numbers, and how sure that is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHORTEST: Final = 7
"""A change is one only if it lasted a week, and was otherwise for a week before."""
LEAST: Final = 28
SHUFFLES: Final = 400
SURE: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From this place in the row on it is otherwise: the means before and after, and how sure (0 to 1)."""

    at: int
    before: float
    after: float
    confidence: float


def change(values: Sequence[float]) -> Change | None:
    """The clearest change of the mean; None where there are too few days, or chance makes as large ones too often.

    The largest excursion of the cumulative sum, against those of the same days in random order (Taylor's change-point
    analysis). Days that depend on each other make it too sure; it says that something may have changed, not why.

    >>> change([5.0] * 20 + [9.0] * 20).at
    20
    >>> change([5.0, 6.0] * 20) is None
    True
    """
    row = np.asarray(values, dtype=float)
    if len(row) < LEAST or not row.any():
        return None
    place, size = _excursion(row)
    dice = np.random.default_rng(len(row))
    shuffled = (_excursion(dice.permutation(row))[1] for _ in range(SHUFFLES))
    confidence = sum(one < size for one in shuffled) / SHUFFLES
    if confidence < SURE:
        return None
    return Change(at=place, before=float(row[:place].mean()), after=float(row[place:].mean()), confidence=confidence)


def _excursion(row: NDArray[np.float64]) -> tuple[int, float]:
    sums = np.abs(np.cumsum(row - row.mean()))[SHORTEST - 1 : -SHORTEST]
    place = int(sums.argmax())
    return place + SHORTEST, float(sums[place])
