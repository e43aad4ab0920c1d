"""What a wearer's own days do to the thresholds: is the budget kept, and what does it cost in falls found?

Days are made up of a wearer's recorded daily activities, so many a day, drawn again and again: one half of the
activities makes the days that are learnt from, the other half the days that follow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.evaluation.falls import Outcome
from analytics.evaluation.figures import Figure, bootstrapped
from analytics.falls.quiet import NOTEWORTHY, SHIPPED, QuietDays, Thresholds
from devices.model import Quantity, Reading

LEARNT_DAYS, MONTH_DAYS = 28, 30
REPEATS = 20
"""So many times each wearer's days are drawn."""
FEWEST = 10
"""With fewer recorded activities nothing is said of a wearer."""
SEED = 11
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
ACTS_A_MONTH = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One wearer's month after the days that were learnt from.

    `asked` and `asked_shipped` are how often they were asked for nothing, by their own threshold and the shipped one.
    """

    subject: str
    own: Thresholds
    asked: int
    asked_shipped: int


def months(outcomes: Sequence[Outcome], asks_a_month: float, a_day: int) -> list[Month]:
    """Months of every wearer, for a budget, with so many recorded activities a day."""
    dice = np.random.default_rng(SEED)
    made: list[Month] = []
    for subject in sorted({one.subject for one in outcomes}):
        scores = np.array([one.score for one in outcomes if one.subject == subject and not one.is_fall])
        if len(scores) >= FEWEST:
            made += _months(subject, scores, asks_a_month, a_day, dice)
    return made


def _months(
    subject: str,
    scores: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    asks_a_month: float,
    a_day: int,
    dice: np.random.Generator,
) -> Iterator[Month]:
    for _ in range(REPEATS):
        shuffled = dice.permutation(scores)
        learnt, later = np.array_split(shuffled, 2)
        own = learnt_from(dice.choice(learnt, (LEARNT_DAYS, a_day)).tolist(), asks_a_month)
        month = dice.choice(later, MONTH_DAYS * a_day)
        asked, asked_shipped = (int((month >= limits.ask).sum()) for limits in (own, SHIPPED))
        yield Month(subject=subject, own=own, asked=asked, asked_shipped=asked_shipped)


def learnt_from(days: Sequence[Sequence[float]], asks_a_month: float) -> Thresholds:
    """The thresholds after these days, each with the likeness of its knocks, well apart from each other."""
    quiet = QuietDays(ZoneInfo("UTC"))
    for number, likenesses in enumerate(days):
        day = BEGIN + timedelta(days=number)
        quiet.take(Reading(device="wearable", quantity=Quantity.WORN_MIN, value=600.0, at=day))
        for turn, likeness in enumerate(likenesses):
            at = day + turn * timedelta(minutes=2)
            if likeness >= NOTEWORTHY:
                quiet.take(Reading(device="wearable", quantity=Quantity.FALL_LIKENESS, value=likeness, at=at))
    return quiet.thresholds(BEGIN + timedelta(days=len(days)), asks_a_month, ACTS_A_MONTH)


def asked(made: Sequence[Month], *, shipped: bool = False) -> Figure:
    """How often a wearer is asked for nothing in a month."""
    counts = np.array([one.asked_shipped if shipped else one.asked for one in made])
    return bootstrapped([one.subject for one in made], lambda at: float(counts[at].mean()))


def found(outcomes: Sequence[Outcome], made: Sequence[Month]) -> Figure:
    """The share of a wearer's own recorded falls that their own thresholds would find."""
    limits: dict[str, list[float]] = {}
    for one in made:
        limits.setdefault(one.subject, []).append(one.own.ask)
    falls = [one for one in outcomes if one.is_fall and one.subject in limits]
    shares = np.array([np.mean([one.score >= limit for limit in limits[one.subject]]) for one in falls])
    return bootstrapped([one.subject for one in falls], lambda at: float(shares[at].mean()))


def found_by_shipped(outcomes: Sequence[Outcome], made: Sequence[Month]) -> Figure:
    """The share of the same falls that the shipped threshold finds."""
    known = {one.subject for one in made}
    falls = [one for one in outcomes if one.is_fall and one.subject in known]
    yes = np.array([one.score >= SHIPPED.ask for one in falls])
    return bootstrapped([one.subject for one in falls], lambda at: float(yes[at].mean()))
