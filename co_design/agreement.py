"""Whether two coders see the same in what was said: Cohen's kappa, theme by theme, with its uncertainty."""

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from co_design.chain import Chain

FEWEST = 5
"""So many utterances that both have read: of fewer no agreement can be told."""
RESAMPLES = 500
SEED = 1
Cells = tuple[int, int, int, int]
"""How many utterances have the theme after neither coder, only the one, only the other, and both."""
ONE, OTHER = (0, 1, 0, 1), (0, 0, 1, 1)
"""What the two say in each of the four cells."""
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
    read, found = defaultdict[str, set[int]](set), defaultdict[tuple[str, int], set[int]](set)
    for said, theme, coder in chain.codings:
        read[coder].add(said)
        found[coder, theme].add(said)
    living = [one for one in chain.themes.values() if one.merged_into is None]
    return [
        _agreement(theme.name, (one, other), cells_of(both, found[one, theme.id], found[other, theme.id]))
        for one, other in combinations(sorted(read), 2)
        if (both := read[one] & read[other])
        for theme in living
    ]


def cells_of(both: Set[int], one: Set[int], other: Set[int]) -> Cells:
    """Of what both have read: how much neither, only the one, only the other, and both find the theme in."""
    first, second = one & both, other & both
    together = len(first & second)
    alone = len(first) - together, len(second) - together
    return len(both) - together - sum(alone), *alone, together


def _agreement(theme: str, coders: tuple[str, str], cells: Cells) -> Agreement:
    kappa = kappa_of(cells)
    low, high = (None, None) if kappa is None else _interval(cells)
    return Agreement(theme=theme, coders=coders, utterances=sum(cells), kappa=kappa, low=low, high=high)


def kappa_of(cells: Cells) -> float | None:
    """Cohen's kappa; None where it says nothing.

    >>> kappa_of((2, 0, 0, 3))
    1.0
    >>> kappa_of((0, 0, 0, 5)) is None
    True
    """
    from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]  # noqa: PLC0415 -- no types; a second

    neither, _, _, together = cells
    if sum(cells) < FEWEST or sum(cells) in (neither, together):
        return None
    return float(cohen_kappa_score(ONE, OTHER, sample_weight=cells))


def _interval(cells: Cells) -> tuple[float, float]:
    """The middle 95 % of kappa over resampled utterances. The seed is fixed: the same record says the same.

    To draw utterances again is to draw their four kinds again, so that five thousand cost no more than five.
    """
    shares = np.array(cells) / sum(cells)
    drawn = np.random.default_rng(SEED).multinomial(sum(cells), shares, RESAMPLES) / sum(cells)
    low, high = np.quantile(_kappas(drawn), [0.025, 0.975])
    return float(low), float(high)


def _kappas(drawn: np.ndarray) -> np.ndarray:
    """Kappa row by row; where chance explains everything, the two agree fully."""
    agreed = drawn[:, 0] + drawn[:, 3]
    first, second = drawn[:, 1] + drawn[:, 3], drawn[:, 2] + drawn[:, 3]
    by_chance = first * second + (1 - first) * (1 - second)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(by_chance < 1, (agreed - by_chance) / (1 - by_chance), 1.0)
