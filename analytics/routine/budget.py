"""From surprise to a limit: how surprising a silence has to be so that it is asked about only so often."""

from collections.abc import Sequence

import numpy as np

MONTH_DAYS = 30.0
_TAIL = 0.4
"""The share of days that tell how far the most surprising silence of a day can go: the most surprising ones."""
_THRESHOLD, _THRESHOLD_DAYS = 4.0, 28.0
"""Where such days begin before this home's own days tell, and how many of them it takes to tell as much."""
_LOG_EXCESS, _EXCESS_DAYS = 0.32, 16.0
"""How much further such a day goes, in logarithms; the same. Both as in the homes of TIHM 1.5."""
MOST = 40.0
"""More than this tells of a sensor that failed or of a week away; it must not rule the next weeks."""
_OUT = 0.2
"""What long times out take of a month's budget where an outer door is watched, as in the homes of TIHM 1.5."""


def indoors(per_month: float, *, door: bool) -> float:
    """What of the budget is left for silences indoors.

    >>> indoors(1.0, door=True), indoors(0.25, door=True), indoors(1.0, door=False)
    (0.8, 0.125, 1.0)
    """
    return max(per_month / 2, per_month - _OUT) if door else per_month


def limit(most_a_day: Sequence[float], per_month: float) -> float:
    """The surprise that is exceeded `per_month` times in 30 days, from the most surprising silence of each past day.

    Beyond all that was seen, surprise is taken to fall off as a power, because no habit is kept always. How steeply is
    not known well: the predictive distribution (Lomax) of its logarithm keeps the budget when only few days are known.

    >>> round(limit([2.0, 3.0, 4.0, 5.0, 6.0] * 4, 1.0), 1)
    9.2
    """
    most = np.minimum(np.maximum(np.asarray(most_a_day, dtype=np.float64), 1.0), MOST)
    own = np.log(np.quantile(most, 1.0 - _TAIL))
    threshold = (len(most) * own + _THRESHOLD_DAYS * np.log(_THRESHOLD)) / (len(most) + _THRESHOLD_DAYS)
    excess = np.log(most) - threshold
    days = float((excess > 0).sum()) + _EXCESS_DAYS
    total = float(excess[excess > 0].sum()) + _EXCESS_DAYS * _LOG_EXCESS
    wanted = min(_TAIL, per_month / MONTH_DAYS)
    growth = float((_TAIL / wanted) ** (1.0 / days)) - 1.0
    return float(np.exp(threshold + total * growth))
