from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.routine.budget import indoors, limit

DAYS = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=60)


@given(days=DAYS, less=st.floats(0.1, 4.0), more=st.floats(0.1, 4.0))
def test_a_larger_budget_never_asks_later(days: list[float], less: float, more: float) -> None:
    less, more = sorted((less, more))
    assert limit(days, more) <= limit(days, less)


@given(days=DAYS)
def test_no_day_however_strange_makes_a_limit_that_is_never_reached(days: list[float]) -> None:
    assert 1.0 < limit(days, 0.25) < 1e5


@pytest.mark.parametrize("per_month", [0.5, 1.0, 2.0])
def test_where_surprise_falls_off_as_a_power_the_budget_is_kept(per_month: float) -> None:
    dice = Random(7)  # noqa: S311
    asked = days = 0
    for _ in range(400):
        home = [3.4 * dice.paretovariate(1 / 0.32) ** 1.0 for _ in range(70)]
        for day in range(28, 70, 7):
            threshold = limit(home[max(0, day - 42) : day], per_month)
            asked += sum(one > threshold for one in home[day : day + 7])
            days += 7
    assert asked * 30 / days == pytest.approx(per_month, rel=0.3)


def test_times_out_take_their_share_of_the_budget() -> None:
    assert indoors(2.0, door=True) < indoors(2.0, door=False) == 2.0
