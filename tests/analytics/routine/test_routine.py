from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from analytics.routine.hazard import Place
from analytics.routine.routine import FEWEST_DAYS, KEPT, Routine
from tests.analytics.builders import LONDON, local
from tests.analytics.routine.homes import FIRST, minutes_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def learnt(days: int, per_month: float = 1.0, first: datetime = FIRST) -> Routine:
    routine = Routine(LONDON, per_month)
    minutes = list(minutes_of(days))
    for since, until in pairwise(minutes):
        routine.learn(Place.INDOORS, first + since * timedelta(minutes=1), first + until * timedelta(minutes=1))
    return routine


def waits(routine: Routine, since: datetime) -> timedelta:
    asks_at = routine.asks_at(Place.INDOORS, since)
    assert asks_at is not None
    return asks_at - since


def test_it_knows_nothing_before_fourteen_whole_days() -> None:
    young, old = learnt(FEWEST_DAYS), learnt(FEWEST_DAYS + 1)
    assert (young.knows, old.knows) == (False, True)
    assert young.asks_at(Place.INDOORS, FIRST + 20 * DAY) is None
    assert old.days == FEWEST_DAYS


def test_it_waits_longer_at_night_and_for_the_nap_than_in_the_morning() -> None:
    routine = learnt(35)
    today = FIRST + 35 * DAY
    morning, nap, night = (waits(routine, today + clock * HOUR) for clock in (9.5, 13, 23))
    assert morning < nap < night
    assert morning <= 3.5 * HOUR
    assert night >= 7 * HOUR


def test_the_more_questions_are_allowed_the_sooner_it_asks() -> None:
    since = FIRST + 35 * DAY + 15 * HOUR
    assert waits(learnt(35, 4.0), since) < waits(learnt(35, 0.5), since)


def test_after_weeks_away_too_little_is_known_again() -> None:
    routine = learnt(35)
    routine.hear(FIRST + 36 * DAY + KEPT)
    assert not routine.knows
    assert routine.days == 0


def test_the_longest_time_out_of_the_last_weeks_is_known() -> None:
    routine = learnt(20)
    routine.learn_out(FIRST + 20 * DAY, FIRST + 20 * DAY + 5 * HOUR)
    routine.learn_out(FIRST + 21 * DAY, FIRST + 21 * DAY + 3 * HOUR)
    assert routine.longest_out == 5 * HOUR


@pytest.mark.parametrize(("evening", "hours"), [("2026-10-24", 1.0), ("2026-03-28", -1.0)])
def test_when_the_clocks_change_the_morning_is_where_the_clock_says(evening: str, hours: float) -> None:
    """The night before is a usual one; the night of the change is longer or shorter by the hour."""
    routine = learnt(30, first=local("00:00", evening) - 30 * DAY)
    usual, changed = (waits(routine, local("23:00", evening) + shift) for shift in (-DAY, timedelta(0)))
    assert (changed - usual) / HOUR == pytest.approx(hours, abs=0.3)
