"""Figures of how often a detector was right, with intervals that treat people, not trials, as the sample."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
SEED = 17
DIGITS = 4

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure and its 95 % interval, from drawing subjects again and again; None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None

    def as_json(self) -> list[float | None]:
        """The interval as JSON."""
        return [self.low, self.high]


def share(right: float, of: float) -> float:
    """A share; NaN of nothing."""
    return right / of if of else float("nan")


def auc(is_fall: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    """How often a fall scores higher than what is none; ties count half. NaN where there is only one of both."""
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    falls = int(is_fall.sum())
    others = len(is_fall) - falls
    return share(float(rank[is_fall].sum()) - falls * (falls + 1) / 2, falls * others)


def bootstrapped(subjects: Sequence[str], figure: Callable[[NDArray[np.int64]], float]) -> Figure:
    """A figure of trials (by their places), and how much it depends on which people happened to take part."""
    _, whose = np.unique(np.asarray(subjects), return_inverse=True)
    places = np.split(np.argsort(whose, kind="stable"), np.cumsum(np.bincount(whose))[:-1])
    value = figure(np.arange(len(subjects)))
    if np.isnan(value):
        return Figure(value=None, low=None, high=None)
    dice = np.random.default_rng(SEED)
    drawn = [figure(np.concatenate([places[one] for one in turn])) for turn in _draws(len(places), dice)]
    known = [one for one in drawn if not np.isnan(one)]
    low, high = np.quantile(known, [0.025, 0.975])
    return Figure(value=round(value, DIGITS), low=round(float(low), DIGITS), high=round(float(high), DIGITS))


def _draws(people: int, dice: np.random.Generator) -> NDArray[np.int64]:
    return dice.integers(0, people, size=(RESAMPLES, people))


def as_json(figures: Mapping[str, Figure]) -> dict[str, object]:
    """Each figure by name, and each interval under the same name in `intervals_95`."""
    values: dict[str, object] = {name: one.value for name, one in figures.items()}
    return {**values, "intervals_95": {name: one.as_json() for name, one in figures.items()}}
