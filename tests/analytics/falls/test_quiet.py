from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.falls.quiet import ACT, ASK, SHIPPED, QuietDays, Thresholds
from devices.model import Quantity, Reading
from tests.analytics.builders import LONDON, local

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FIRST = local("12:00", "2026-11-01")


def worn(at: datetime) -> Reading:
    return Reading(device="watch", quantity=Quantity.WORN_MIN, value=30.0, at=at)


def knock(at: datetime, likeness: float) -> Reading:
    return Reading(device="watch", quantity=Quantity.FALL_LIKENESS, value=likeness, at=at)


def after(days: int, likenesses: list[float], asks: float = 2.0, acts: float = 0.1) -> Thresholds:
    """So many days, with the same knocks on each of them."""
    quiet = QuietDays(LONDON)
    for day in range(days):
        quiet.take(worn(FIRST + day * DAY))
        for turn, likeness in enumerate(likenesses):
            quiet.take(knock(FIRST + day * DAY + turn * 2 * MINUTE, likeness))
    return quiet.thresholds(FIRST + (days - 1) * DAY, asks, acts)


def test_before_there_are_fourteen_days_the_shipped_thresholds_hold() -> None:
    assert after(13, [1.0]) == SHIPPED
    assert after(14, [1.0]).days == 14


def test_after_quiet_days_the_threshold_may_be_lower_but_never_below_its_bound() -> None:
    quiet = after(28, [])
    assert quiet == Thresholds(ask=ASK.low, act=ACT.low, days=28)


def test_many_knocks_like_falls_raise_it_but_never_above_its_bound() -> None:
    lively = after(28, [0.8, 1.2, 2.0])
    assert lively == Thresholds(ask=ASK.high, act=ACT.high, days=28)


@given(likeness=st.floats(0.1, 2.0), less=st.floats(0.25, 5.0), more=st.floats(5.0, 30.0))
def test_who_would_rather_be_asked_less_is_asked_less(likeness: float, less: float, more: float) -> None:
    some = [likeness] * 2
    assert after(20, some, asks=less).ask >= after(20, some, asks=more).ask
    assert after(20, some).act >= after(20, some).ask


def test_what_was_surely_a_fall_teaches_nothing() -> None:
    assert after(28, [0.5, 6.0]) == after(28, [0.5])


def test_knocks_within_a_minute_are_one_happening() -> None:
    one, several = QuietDays(LONDON), QuietDays(LONDON)
    for day in range(20):
        at = FIRST + day * DAY
        for quiet in (one, several):
            quiet.take(worn(at))
        one.take(knock(at, 0.9))
        for second, likeness in enumerate((0.3, 0.9, 0.1)):
            several.take(knock(at + second * timedelta(seconds=1), likeness))
    now = FIRST + 19 * DAY
    assert several.thresholds(now, 2.0, 0.1).act == pytest.approx(one.thresholds(now, 2.0, 0.1).act)


def test_what_is_longer_ago_than_four_weeks_is_forgotten() -> None:
    quiet = QuietDays(LONDON)
    for day in range(20):
        quiet.take(worn(FIRST + day * DAY))
        quiet.take(knock(FIRST + day * DAY, 1.0))
    assert quiet.thresholds(FIRST + 25 * DAY, 2.0, 0.1).days == 20
    assert quiet.thresholds(FIRST + 35 * DAY, 2.0, 0.1) == SHIPPED


def test_other_readings_teach_nothing() -> None:
    quiet = QuietDays(LONDON)
    for day in range(20):
        quiet.take(worn(FIRST + day * DAY))
        quiet.take(Reading(device="watch", quantity=Quantity.MOTION, value=1.0, at=FIRST + day * DAY))
    assert quiet.thresholds(FIRST + 19 * DAY, 2.0, 0.1).ask == ASK.low
