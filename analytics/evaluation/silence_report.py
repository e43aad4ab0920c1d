"""The figures of an evaluation of silence, beside what fixed timers that ask as often would have done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation.figures import Figure, bootstrapped, share
from analytics.evaluation.silence import FOLLOWED, LEARNING, Judged

HOURS = (1, 2, 4, 8, 12)
MONTH_DAYS = 30
NEVER_H = FOLLOWED.total_seconds() / 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One way to watch over the homes: how often it asks needlessly, home by home, and how late it notices."""

    needless: Sequence[int]
    delays_h: Sequence[Sequence[float]]


def learnt(homes: Sequence[Judged]) -> Watch:
    """The detector itself."""
    delays = [[NEVER_H if one.delay_h is None else one.delay_h for one in home.collapses] for home in homes]
    return Watch(needless=[home.needless for home in homes], delays_h=delays)


def fixed_timer(homes: Sequence[Judged]) -> tuple[Watch, float]:
    """The shortest timer, the same for all homes, that asks no more often than the detector; and its length."""
    gaps = [gap for home in homes for gap in home.gaps_h]
    length = _shortest(gaps, sum(home.needless for home in homes))
    return _timed(homes, [length] * len(homes)), length


def fixed_timer_per_home(homes: Sequence[Judged]) -> Watch:
    """The shortest timer of each home that asks there no more often than the detector, known from hindsight."""
    return _timed(homes, [_shortest(home.gaps_h, home.needless) for home in homes])


def _shortest(gaps_h: Sequence[float], questions: int) -> float:
    longest = sorted(gaps_h, reverse=True)
    return longest[questions] if questions < len(longest) else 0.0


def _timed(homes: Sequence[Judged], lengths: Sequence[float]) -> Watch:
    needless, delays = [], []
    for home, length in zip(homes, lengths, strict=True):
        needless.append(sum(gap > length for gap in home.gaps_h))
        silent = [(one.at - one.last).total_seconds() / 3600 for one in home.collapses]
        delays.append([max(0.0, length - one) for one in silent])
    return Watch(needless=needless, delays_h=delays)


def report(homes: Sequence[Judged], per_month: float) -> dict[str, object]:
    """Everything, as it is printed in JSON."""
    by_timer, length = fixed_timer(homes)
    return {
        "homes": len(homes),
        "home_days": sum(home.days for home in homes),
        "collapses": sum(len(home.collapses) for home in homes),
        "budget_per_month": per_month,
        "learning_days": LEARNING.days,
        **told(homes, learnt(homes)),
        "fixed_timer": {**told(homes, by_timer), "length_h": round(length, 2)},
        "fixed_timer_per_home": told(homes, fixed_timer_per_home(homes)),
    }


def told(homes: Sequence[Judged], watch: Watch) -> dict[str, object]:
    """One way to watch, with intervals from drawing the homes again and again."""
    some = figures(homes, watch)
    within = {str(hours): some[f"within_{hours}"] for hours in HOURS}
    single = {name: some[name] for name in ("needless_per_30_days", "delay_h_p50")}
    return {
        **{name: one.value for name, one in single.items()},
        "noticed_within_h": {hours: one.value for hours, one in within.items()},
        "intervals_95": {
            **{name: one.as_json() for name, one in single.items()},
            "noticed_within_h": {hours: one.as_json() for hours, one in within.items()},
        },
    }


def figures(homes: Sequence[Judged], watch: Watch) -> Mapping[str, Figure]:
    """The figures by name."""
    names = [home.name for home in homes]
    days, needless = np.array([home.days for home in homes]), np.array(watch.needless)
    of = [home.name for home, delays in zip(homes, watch.delays_h, strict=True) for _ in delays]
    delays = np.array([delay for some in watch.delays_h for delay in some])
    return {
        "needless_per_30_days": bootstrapped(
            names, lambda at: share(MONTH_DAYS * float(needless[at].sum()), float(days[at].sum()))
        ),
        "delay_h_p50": bootstrapped(of, lambda at: float(np.median(delays[at])) if len(at) else float("nan")),
        **{f"within_{hours}": bootstrapped(of, _within(delays, hours)) for hours in HOURS},
    }


def _within(delays: NDArray[np.float64], hours: int) -> Callable[[NDArray[np.int64]], float]:
    return lambda at: share(float((delays[at] <= hours).sum()), len(at))
