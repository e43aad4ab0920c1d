"""Whether people waited longer or shorter: medians compared, with an interval from resampling."""

import numpy as np

from co_design.effects import CONFIDENCE, Compared
from co_design.model import EffectKind

FEWEST = 5
"""So many alarms on each side at least: a median of fewer says nothing."""
RESAMPLES = 2000
SEED = 1


def compared_waits(before: list[float], after: list[float]) -> Compared:
    """The ratio of the medians, with its 95 % interval. The seed is fixed, so that the same data say the same."""
    if min(len(before), len(after)) < FEWEST or min(before) <= 0:
        return Compared(kind=EffectKind.NOT_YET)

    from scipy.stats import bootstrap  # noqa: PLC0415 -- costs a second, and is needed only to measure

    def ratio(one: np.ndarray, other: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.asarray(np.median(other, axis=axis) / np.median(one, axis=axis))

    found = bootstrap(
        (np.array(before), np.array(after)),
        ratio,
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=SEED,
    ).confidence_interval
    low, high = float(found.low), float(found.high)
    kind = EffectKind.NO_DIFFERENCE if low <= 1 <= high else EffectKind.BETTER if high < 1 else EffectKind.WORSE
    return Compared(kind=kind, ratio=float(ratio(np.array(before), np.array(after))), low=low, high=high)
