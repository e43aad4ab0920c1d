from datetime import datetime, timedelta

import pytest

from analytics.detectors.door_at_night import DoorAtNight
from analytics.model import Finding, FindingKind, SettingValue
from devices.model import Observation
from tests.analytics.builders import BACK, FRIDGE, HALL, HOME, bed, door, local, motion, press, run, settings

NIGHT = local("02:14")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def found_in(*observations: Observation, until: datetime = NIGHT + HOUR, **changes: float | str) -> list[Finding]:
    return run(DoorAtNight(HOME, settings(**changes)), observations, until)


def opened(after: timedelta = timedelta(0)) -> Observation:
    return door(NIGHT + after, 1.0)


def shut(after: timedelta) -> Observation:
    return door(NIGHT + after, 0.0)


def test_an_outer_door_opened_at_night_and_nobody_back() -> None:
    (found,) = found_in(opened(), shut(20 * SECOND))
    assert found.kind is FindingKind.WANDERING
    assert found.severity == 8
    assert found.at == NIGHT + 10 * MINUTE
    assert found.because == "The front door was opened at 02:14, 10 minutes ago, and nobody has moved indoors since."
    assert [(one.value, one.id) for one in found.evidence] == [(1.0, 1), (0.0, 2)]
    assert found.settings["wandering.return_within_min"] == SettingValue(value=10.0, version=0)


@pytest.mark.parametrize(
    ("clock", "found"), [("21:59", 0), ("22:00", 1), ("03:00", 1), ("06:29", 1), ("06:30", 0), ("14:00", 0)]
)
def test_only_in_the_active_hours_on_the_homes_clock(clock: str, found: int) -> None:
    at = local(clock)
    assert len(run(DoorAtNight(HOME, settings()), [door(at, 1.0), door(at + SECOND, 0.0)], at + HOUR)) == found


def test_the_hours_follow_summer_time() -> None:
    at = local("22:30", "2026-07-06")
    assert len(run(DoorAtNight(HOME, settings()), [door(at, 1.0)], at + HOUR)) == 1


@pytest.mark.parametrize(
    "back",
    [
        motion(NIGHT + 5 * MINUTE, HALL),
        door(NIGHT + 5 * MINUTE, 1.0, FRIDGE),
        bed(NIGHT + 5 * MINUTE, 1.0),
        press(NIGHT + 5 * MINUTE),
    ],
)
def test_whoever_is_seen_indoors_again_is_back(back: Observation) -> None:
    assert found_in(opened(), shut(20 * SECOND), back) == []


@pytest.mark.parametrize(("after", "found"), [(30 * SECOND, 1), (31 * SECOND, 0)])
def test_movement_just_after_the_door_may_still_be_leaving(after: timedelta, found: int) -> None:
    assert len(found_in(opened(), motion(NIGHT + after, HALL))) == found


def test_movement_before_the_door_shut_may_still_be_leaving() -> None:
    assert len(found_in(opened(), motion(NIGHT + 40 * SECOND, HALL), shut(50 * SECOND))) == 0
    assert len(found_in(opened(), motion(NIGHT + 25 * SECOND, HALL), shut(50 * SECOND))) == 1


def test_a_door_used_near_the_end_puts_the_question_off_a_moment() -> None:
    coming = (opened(), shut(20 * SECOND), opened(9 * MINUTE + 50 * SECOND))
    assert found_in(*coming, motion(NIGHT + 10 * MINUTE + 30 * SECOND, HALL)) == []
    (found,) = found_in(*coming)
    assert found.at == NIGHT + 10 * MINUTE + 50 * SECOND


def test_a_door_that_never_rests_puts_it_off_for_no_more_than_twice_the_time() -> None:
    flapping = [door(NIGHT + turn * 20 * SECOND, float(turn % 2 == 0)) for turn in range(200)]
    assert found_in(*flapping)[0].at == NIGHT + 20 * MINUTE


def test_somebody_lying_in_bed_has_not_gone_out() -> None:
    """A carer who leaves late at night goes through the same door."""
    assert found_in(bed(NIGHT - HOUR, 1.0), opened(), shut(20 * SECOND)) == []


def test_a_bed_that_was_left_before_does_not_hold_it_back() -> None:
    assert len(found_in(bed(NIGHT - HOUR, 1.0), bed(NIGHT - MINUTE, 0.0), opened())) == 1


def test_each_time_it_happens_is_told_once() -> None:
    first = [opened(), shut(20 * SECOND), motion(NIGHT + 30 * MINUTE, HALL)]
    second = [opened(40 * MINUTE), shut(41 * MINUTE)]
    found = found_in(*first, *second)
    assert [one.at - NIGHT for one in found] == [10 * MINUTE, 50 * MINUTE]
    assert len({one.episode for one in found}) == 2


def test_a_second_door_belongs_to_the_same_going_out() -> None:
    (found,) = found_in(opened(), door(NIGHT + MINUTE, 1.0, BACK))
    assert [one.device for one in found.evidence] == ["front_door", "back_door"]


def test_a_door_that_was_open_all_along_was_not_opened() -> None:
    day = [door(NIGHT - 19 * HOUR + turn * HOUR, 1.0) for turn in range(20)]
    assert found_in(*day) == []


def test_how_long_somebody_may_be_out_is_a_setting() -> None:
    (found,) = found_in(opened(), wandering__return_within_min=3.0)
    assert found.at == NIGHT + 3 * MINUTE
    assert found.settings["wandering.return_within_min"].version == 1


def test_it_says_nothing_before_its_time() -> None:
    detector = DoorAtNight(HOME, settings())
    assert list(detector.tick(NIGHT)) == []
    run(detector, [opened()])
    assert list(detector.tick(NIGHT + 5 * MINUTE)) == []
    assert detector.due == NIGHT + 10 * MINUTE
