"""Whether two coders see the same in what was said: Cohen's kappa, theme by theme, with its uncertainty."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from co_design.chain import Chain

FEWEST = 5
"""So many utterances that both have read: of fewer no agreement can be told."""
RESAMPLES = 500
SEED = 1
SUBSTANTIAL = 0.6
"""Below it the coders talk about the theme again (Landis and Koch 1977 call 0.61 to 0.80 substantial)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two coders agree on a theme over `utterances` that both have read.

    `kappa` is None where there is too little, or where both always said the same one thing: chance explains that.
    `low` and `high` bound it with 95 % confidence (bootstrap over utterances).
    """

    theme: str
    coders: tuple[str, str]
    utterances: int
    kappa: float | None
    low: float | None = None
    high: float | None = None

    @property
    def to_be_talked_about(self) -> bool:
        """Whether the coders should look at the theme together again."""
        return self.kappa is not None and self.kappa < SUBSTANTIAL


def agreements(chain: Chain) -> list[Agreement]:
    """Every theme that is still in use, for every pair of coders that shares utterances."""
    read: dict[str, set[int]] = {}
    for said, _, coder in chain.codings:
        read.setdefault(coder, set()).add(said)
    found = set(chain.codings)
    living = [one for one in chain.themes.values() if one.merged_into is None]
    return [
        _agreement(theme.name, pair, [[(said, theme.id, coder) in found for said in both] for coder in pair])
        for pair in combinations(sorted(read), 2)
        if (both := sorted(read[pair[0]] & read[pair[1]]))
        for theme in living
    ]


def _agreement(theme: str, coders: tuple[str, str], marks: list[list[bool]]) -> Agreement:
    one, other = marks
    kappa = kappa_of(one, other)
    low, high = (None, None) if kappa is None else _interval(np.array(marks))
    return Agreement(theme=theme, coders=coders, utterances=len(one), kappa=kappa, low=low, high=high)


def kappa_of(one: Sequence[bool], other: Sequence[bool]) -> float | None:
    """Cohen's kappa; None where it says nothing.

    >>> kappa_of([True, True, False, False, True], [True, True, False, False, True])
    1.0
    >>> kappa_of([True] * 5, [True] * 5) is None
    True
    """
    from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]  # noqa: PLC0415 -- it ships no types; costs a second

    if len(one) < FEWEST or len({*one, *other}) < 2:
        return None
    return float(cohen_kappa_score(list(one), list(other)))


def _interval(marks: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of kappa over resampled utterances. The seed is fixed: the same record says the same."""
    random = np.random.default_rng(SEED)
    picked = random.integers(0, marks.shape[1], (RESAMPLES, marks.shape[1]))
    low, high = np.quantile(_kappas(marks[0][picked], marks[1][picked]), [0.025, 0.975])
    return float(low), float(high)


def _kappas(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Kappa row by row; a row in which chance explains everything agrees fully."""
    agreed = (one == other).mean(axis=1)
    first, second = one.mean(axis=1), other.mean(axis=1)
    by_chance = first * second + (1 - first) * (1 - second)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(by_chance < 1, (agreed - by_chance) / (1 - by_chance), 1.0)
