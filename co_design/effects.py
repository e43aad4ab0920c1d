"""Whether a change did what people hoped: before and after, with uncertainty. No difference is a result too."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from co_design.model import EffectKind

CONFIDENCE = 0.95


class Measure(StrEnum):
    """What may change for people."""

    QUESTIONS = "questions_asked"
    FALSE_ALARMS = "false_alarms"
    NIGHTS_WOKEN = "nights_woken"
    CONTACTS = "contacts"
    RESPONSE_MIN = "response_min"
    USE = "days_in_use"
    AGENCY = "resident_acts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A measure in words, and whether more of it is better."""

    words: str
    more_is_better: bool = False


MEASURES: Mapping[Measure, Spec] = {
    Measure.QUESTIONS: Spec(words="how often the resident was asked whether all is well"),
    Measure.FALSE_ALARMS: Spec(words="how many alarms people called wrong"),
    Measure.NIGHTS_WOKEN: Spec(words="in how many nights somebody was woken"),
    Measure.CONTACTS: Spec(words="how many messages helpers got"),
    Measure.RESPONSE_MIN: Spec(words="minutes until somebody took an alarm (the median)"),
    Measure.USE: Spec(words="on how many days the sensors were in use", more_is_better=True),
    Measure.AGENCY: Spec(words="how often the resident answered, labelled or chose something", more_is_better=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many in how many days, before and after."""

    before: int
    before_days: float
    after: int
    after_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """After to before, per day, with its 95 % interval, and what that says."""

    kind: EffectKind
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


def compared(counted: Counted, *, more_is_better: bool) -> Compared:
    """The ratio of two rates with its exact conditional interval (Clopper-Pearson on the split of all events).

    Better or worse is said only where the interval leaves out 1; without any event nothing can be compared.

    >>> compared(Counted(before=9, before_days=28, after=1, after_days=28), more_is_better=False).kind
    <EffectKind.BETTER: 'better'>
    >>> compared(Counted(before=3, before_days=28, after=2, after_days=28), more_is_better=False).kind
    <EffectKind.NO_DIFFERENCE: 'no_difference'>
    """
    from scipy.stats import binomtest  # noqa: PLC0415 -- costs a second, and is needed only to measure

    total = counted.before + counted.after
    if total == 0 or min(counted.before_days, counted.after_days) <= 0:
        return Compared(kind=EffectKind.NO_DIFFERENCE if total == 0 else EffectKind.NOT_YET)
    interval = binomtest(counted.after, total).proportion_ci(confidence_level=CONFIDENCE, method="exact")
    scale = counted.before_days / counted.after_days
    low, high = _odds(interval.low) * scale, _odds(interval.high) * scale
    return Compared(
        kind=_kind(low, high, more_is_better=more_is_better),
        ratio=_finite(_odds(counted.after / total) * scale),
        low=low,
        high=_finite(high),
    )


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")


def _finite(value: float) -> float | None:
    """A ratio to nothing has no number, and no upper bound."""
    return None if value == float("inf") else value


def _kind(low: float, high: float, *, more_is_better: bool) -> EffectKind:
    if low <= 1 <= high:
        return EffectKind.NO_DIFFERENCE
    return EffectKind.BETTER if (low > 1) == more_is_better else EffectKind.WORSE


def overall(kinds: Mapping[Measure, EffectKind]) -> EffectKind:
    """What a change did, all in all: any harm counts before any good, and good before no difference."""
    for kind in (EffectKind.WORSE, EffectKind.BETTER, EffectKind.NO_DIFFERENCE):
        if kind in kinds.values():
            return kind
    return EffectKind.NOT_YET
