from datetime import datetime, timedelta

import pytest

from analytics.detectors.long_lie import ENOUGH_VISITS, KEPT, LongLie
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity, SampleBlock
from tests.analytics.builders import HALL, HOME, KITCHEN, OXIMETER, RADAR, local, motion, press, reading, run, settings
from tests.analytics.falls.movement import blocks, still

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NINE = local("09:00")


def visit(start: datetime, minutes: float) -> list[Observation]:
    """Into the bathroom, movement there, and out again."""
    return [motion(start, RADAR), motion(start + minutes / 2 * MINUTE, RADAR), motion(start + minutes * MINUTE, HALL)]


def visits(count: int, minutes: float) -> list[Observation]:
    """One an hour, the last an hour before nine."""
    return [one for turn in range(count) for one in visit(NINE - (count - turn) * HOUR, minutes)]


def found_in(*observations: Observation, **changes: float | str) -> list[Finding]:
    return run(LongLie(HOME, settings(**changes)), observations, NINE + DAY)


def test_a_stay_longer_than_the_general_limit() -> None:
    (found,) = found_in(motion(NINE, RADAR))
    assert found.kind is FindingKind.INACTIVITY
    assert found.severity == 7
    assert found.at == NINE + HOUR
    assert found.room == "bathroom"
    assert found.because == (
        "In the bathroom since 09:00, for 1 hour, and nowhere else; the longest usual visit is taken to be 1 hour."
    )


def test_who_lies_on_the_floor_still_moves() -> None:
    moves = [motion(NINE + turn * MINUTE, RADAR) for turn in range(59)]
    (found,) = found_in(*moves)
    assert found.at == NINE + HOUR
    assert [one.id for one in found.evidence] == [1, 59]


@pytest.mark.parametrize("sign", [motion(NINE + 59 * MINUTE, KITCHEN), press(NINE + 59 * MINUTE)])
def test_a_sign_from_elsewhere_ends_the_stay(sign: Observation) -> None:
    assert found_in(motion(NINE, RADAR), sign) == []


def test_what_is_no_sign_of_somebody_changes_nothing() -> None:
    (block,) = blocks(still(1.0), (50,))
    assert isinstance(block, SampleBlock)
    heart = reading(OXIMETER, Quantity.SPO2_PERCENT, 97.0, NINE + MINUTE)
    assert len(found_in(motion(NINE, RADAR), block, heart)) == 1


def test_a_sign_that_comes_late_does_not_end_it() -> None:
    assert len(found_in(motion(NINE, RADAR), motion(NINE - MINUTE, HALL))) == 1


def test_after_enough_visits_the_limit_is_their_own() -> None:
    (found,) = found_in(*visits(ENOUGH_VISITS, 20.0), motion(NINE, RADAR))
    assert found.at == NINE + 25 * MINUTE
    assert found.because == (
        "In the bathroom since 09:00, for 25 minutes, and nowhere else; "
        "the longest of the last 30 visits was 20 minutes."
    )


def test_one_visit_fewer_is_not_enough() -> None:
    (found,) = found_in(*visits(ENOUGH_VISITS - 1, 20.0), motion(NINE, RADAR))
    assert found.at == NINE + HOUR


def test_nobody_is_asked_within_a_quarter_of_an_hour() -> None:
    (found,) = found_in(*visits(ENOUGH_VISITS, 2.0), motion(NINE, RADAR))
    assert found.at == NINE + 15 * MINUTE


def test_however_long_somebody_bathes_there_is_a_limit() -> None:
    long = visits(ENOUGH_VISITS, 50.0)
    (found,) = found_in(*long, motion(NINE, RADAR), long_lie__margin_percent=200.0)
    assert found.at == NINE + 150 * MINUTE
    shorter = found_in(*visits(ENOUGH_VISITS, 19.0), motion(NINE, RADAR), long_lie__longest_visit_min=20.0)
    assert shorter[-1].at == NINE + 23.75 * MINUTE


def test_what_was_too_long_is_told_once_and_not_learnt_from() -> None:
    too_long = [motion(NINE - 3 * HOUR, RADAR), motion(NINE - HOUR, HALL)]
    found = run(LongLie(HOME, settings()), [*visits(ENOUGH_VISITS, 20.0)[: -3 * 3], *too_long], NINE)
    assert len(found) == 1


def test_visits_of_long_ago_are_forgotten() -> None:
    later = NINE + KEPT + HOUR
    detector = LongLie(HOME, settings())
    (found,) = run(detector, [*visits(ENOUGH_VISITS, 20.0), motion(later, RADAR)], later + DAY)
    assert found.at == later + HOUR


def test_it_says_nothing_before_its_time() -> None:
    detector = LongLie(HOME, settings())
    assert list(detector.tick(NINE)) == []
    run(detector, [motion(NINE, RADAR)])
    assert list(detector.tick(NINE + MINUTE)) == []
    assert detector.due == NINE + HOUR
