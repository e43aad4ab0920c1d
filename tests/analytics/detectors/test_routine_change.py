from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from analytics.detectors.routine_change import RoutineChange
from analytics.model import Finding, FindingKind
from analytics.routine.daily import FEWEST, Day, Feature, changes
from analytics.seen import Seen
from devices.model import Observation
from tests.analytics.builders import FRONT, HALL, HOME, KITCHEN, LONDON, RADAR, door, local, motion, run, settings

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = local("12:00", "2026-01-05")  # a Monday


def a_day(begins: datetime, visits: int = 1, up: float = 7.0, meals: int = 6) -> Iterator[Observation]:
    """From noon to noon: meals, an outing, visits to the bathroom at night, up in the morning."""
    for meal in range(meals):
        yield motion(begins + (1 + meal) * HOUR, KITCHEN)
    yield door(begins + 8 * HOUR, 1.0, FRONT)
    yield motion(begins + 8.5 * HOUR, HALL)
    for visit in range(visits):
        yield motion(begins + 12 * HOUR + visit * 30 * MINUTE, RADAR)
    yield motion(begins + (12 + up) * HOUR, HALL)


def days(number: int, begins: datetime = FIRST, **how: float) -> list[Observation]:
    chosen = {"visits": 1, **how}
    return [
        one
        for day in range(number)
        for one in a_day(
            begins + day * DAY,
            visits=int(chosen["visits"] + (day % 3 == 0)),
            up=chosen.get("up", 7.0),
            meals=int(chosen.get("meals", 6)),
        )
    ]


def found_in(*observations: Observation, until: datetime | None = None, **changes: float) -> list[Finding]:
    return run(RoutineChange(HOME, settings(**changes)), observations, until or observations[-1].at + DAY)


def test_usual_days_are_nothing_to_tell() -> None:
    assert found_in(*days(40)) == []


def test_bad_nights_are_told_within_three_days_with_how_much_and_what_they_rest_on() -> None:
    (found,) = found_in(*days(21), *days(2, FIRST + 21 * DAY, visits=8))
    assert found.kind is FindingKind.ROUTINE_CHANGE
    assert found.at == FIRST + 23 * DAY
    assert found.because.startswith("Not as usual in the last 3 days: ")
    assert "more visits to the bathroom at night (6 instead of 1.4)" in found.because
    assert {one.device for one in found.evidence} == {RADAR}
    assert found.settings["routine_change.times"].value == 2.0


def test_less_of_something_is_told_too_and_a_later_morning() -> None:
    found = found_in(*days(21, visits=7), *days(3, FIRST + 21 * DAY, visits=0, up=10.5))
    assert "getting up later (08:10 instead of 07:00)" in found[0].because
    assert any("fewer visits to the bathroom at night (" in one.because for one in found)


def test_what_goes_on_is_told_again_from_monday_noon_on() -> None:
    found = found_in(*days(21), *days(8, FIRST + 21 * DAY, visits=8))
    nights = [one.at for one in found if "bathroom" in one.because]
    assert nights == [FIRST + 23 * DAY, FIRST + 28 * DAY]


def test_a_decided_factor_holds() -> None:
    assert found_in(*days(21), *days(3, FIRST + 21 * DAY, visits=5), routine_change__times=5.0) == []


def test_with_too_few_days_before_nothing_is_said() -> None:
    assert found_in(*days(FEWEST - 1), *days(3, FIRST + (FEWEST - 1) * DAY, visits=8)) == []


def test_with_many_things_changed_two_are_named() -> None:
    found = found_in(*days(21, meals=1), *days(2, FIRST + 21 * DAY, visits=8, meals=7))
    assert found[0].because.count(" instead of ") == 2
    assert found[0].because.endswith("; other things changed, too.")


def test_days_without_anybody_are_no_days() -> None:
    away = FIRST + 60 * DAY
    assert found_in(*days(21), *days(3, away, visits=8)) == []


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_what_shows_nobody_is_not_counted(value: float) -> None:
    detector = RoutineChange(HOME, settings())
    run(detector, [motion(FIRST, value=value)])
    assert detector.due is None
    assert list(detector.tick(FIRST + DAY)) == []


def test_what_belongs_to_an_earlier_day_comes_too_late() -> None:
    detector = RoutineChange(HOME, settings())
    run(detector, [motion(FIRST), motion(FIRST - HOUR)])
    assert detector.due == FIRST + DAY
    assert list(detector.tick(FIRST)) == []


def test_an_outing_is_one_when_nobody_was_noticed_for_a_while() -> None:
    day = Day.of(FIRST, LONDON)
    for minute, back in ((0, 5), (60, 100)):
        day.leave(Seen(door(FIRST + minute * MINUTE, 1.0), None))
        day.take(Seen(motion(FIRST + back * MINUTE), None), "hall")
    assert day.counts[Feature.OUTINGS] == 1.0


def test_somebody_who_is_never_seen_to_get_up_has_no_hour_of_it() -> None:
    some = [Day.of(FIRST + turn * DAY, LONDON) for turn in range(20)]
    assert changes(some, 2.0) == []
