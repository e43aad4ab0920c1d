from datetime import datetime, timedelta

import pytest

from analytics.detectors.inactivity import Inactivity
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity
from tests.analytics.builders import (
    BACK,
    CHAIR,
    HALL,
    HOME,
    KITCHEN,
    STRAP,
    bed,
    door,
    local,
    motion,
    press,
    reading,
    run,
    settings,
)

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MORNING = local("09:12")
TOMORROW = "2026-11-25"


def found_in(
    *observations: Observation, until: datetime = MORNING + 72 * HOUR, **changes: float | str
) -> list[Finding]:
    return run(Inactivity(HOME, settings(**changes)), observations, until)


def test_a_silence_by_day_that_is_longer_than_usual() -> None:
    (found,) = found_in(motion(MORNING))
    assert found.kind is FindingKind.INACTIVITY
    assert found.severity == 5
    assert found.at == local("13:12")
    assert found.because == ("No movement since 09:12, for 4 hours; the longest usual by day is taken to be 4 hours.")
    assert found.room == "kitchen"
    assert [(one.device, one.at, one.id) for one in found.evidence] == [(KITCHEN, MORNING, 1)]


def test_a_limit_that_was_decided_is_said_as_a_fact() -> None:
    (found,) = found_in(motion(MORNING), inactivity__longest_silence_min=180.0)
    assert found.because == "No movement since 09:12, for 3 hours; the longest usual by day is 3 hours."
    assert found.settings["inactivity.longest_silence_min"].version == 1


def test_the_night_is_no_silence_but_the_evening_before_it_counts() -> None:
    (found,) = found_in(motion(local("20:00")))
    assert found.at == local("09:30", TOMORROW)
    assert found.because == (
        "No movement since 20:00 yesterday, for 13 hours 30 minutes, at least 4 hours of it by day; "
        "the longest usual by day is taken to be 4 hours."
    )


@pytest.mark.parametrize(
    "sign",
    [
        motion(MORNING + 3 * HOUR, HALL),
        reading(CHAIR, Quantity.OCCUPIED, 1.0, MORNING + 3 * HOUR),
        press(MORNING + 3 * HOUR),
        motion(MORNING + 3 * HOUR, "never_declared"),
    ],
)
def test_any_sign_of_somebody_ends_a_silence(sign: Observation) -> None:
    assert found_in(motion(MORNING), sign, until=MORNING + 7 * HOUR - SECOND) == []


def test_a_heart_that_beats_is_no_movement() -> None:
    beats = [reading(STRAP, Quantity.HEART_RATE_BPM, 70.0, MORNING + turn * HOUR) for turn in range(1, 5)]
    assert len(found_in(motion(MORNING), *beats)) == 1


def test_one_silence_is_told_once_and_the_next_again() -> None:
    found = found_in(motion(MORNING), motion(MORNING + 5 * HOUR), until=local("23:00"))
    assert [one.at for one in found] == [MORNING + 4 * HOUR, MORNING + 9 * HOUR]
    assert len({one.episode for one in found}) == 2


def test_nobody_in_bed_is_disturbed_until_it_is_too_long() -> None:
    (found,) = found_in(motion(local("21:30")), bed(local("21:40"), 1.0))
    assert found.at == local("11:40", TOMORROW)
    assert found.because == (
        "In bed without any other movement since 21:40 yesterday, for 14 hours; "
        "the longest usual in bed is taken to be 14 hours."
    )


def test_out_of_bed_again_the_day_counts() -> None:
    (found,) = found_in(bed(local("21:40"), 1.0), bed(local("08:00", TOMORROW), 0.0))
    assert found.at == local("12:00", TOMORROW)


@pytest.mark.parametrize(
    ("last_hour", "found_at"), [(15, local("21:40", TOMORROW)), (21, local("08:10", "2026-11-26"))]
)
def test_a_bed_that_says_so_for_more_than_a_day_is_believed_no_longer(last_hour: int, found_at: datetime) -> None:
    turns_over = [motion(local("21:40") + turn * HOUR, "bedroom_motion") for turn in range(1, last_hour + 1)]
    (found,) = found_in(bed(local("21:40"), 1.0), *turns_over)
    assert found.at == found_at
    assert found.because.startswith("No movement since")


def test_after_the_carer_has_put_her_to_bed_and_left_she_is_in_bed_not_out() -> None:
    (found,) = found_in(motion(local("21:30")), bed(local("21:40"), 1.0), door(local("21:50"), 1.0))
    assert found.because.startswith("In bed without any other movement since 21:50 yesterday")


def test_nobody_indoors_after_an_outer_door_was_used_is_out() -> None:
    (found,) = found_in(motion(MORNING), door(MORNING + MINUTE, 1.0), door(MORNING + 2 * MINUTE, 0.0))
    assert found.at == local("21:14")
    assert found.because == (
        "No movement indoors since the front door was used at 09:14, for 12 hours; "
        "the longest usual time out is taken to be 12 hours."
    )
    assert [one.id for one in found.evidence] == [1, 3]
    assert found.room == "hall"


@pytest.mark.parametrize(("after", "hours"), [(30 * SECOND, 12), (31 * SECOND, 4)])
def test_movement_just_after_the_door_may_still_be_leaving(after: timedelta, hours: int) -> None:
    (found,) = found_in(motion(MORNING - HOUR), door(MORNING, 1.0), motion(MORNING + after, HALL))
    assert found.at.replace(second=0) == MORNING + hours * HOUR


def test_a_home_in_which_nothing_indoors_ever_moved_says_nothing() -> None:
    doors = [door(MORNING + turn * HOUR, float(turn % 2 == 0), BACK) for turn in range(30)]
    assert found_in(*doors) == []


def test_a_home_in_which_nothing_indoors_moved_for_a_day_says_nothing_of_a_door() -> None:
    assert len(found_in(motion(MORNING), door(MORNING + 25 * HOUR, 1.0))) == 1
    assert [one.because[:11] for one in found_in(motion(MORNING), door(MORNING + 25 * HOUR, 1.0))] == ["No movement"]


def test_a_sign_that_comes_late_does_not_set_the_silence_back() -> None:
    (found,) = found_in(motion(MORNING), motion(MORNING - MINUTE, HALL))
    assert found.at == MORNING + 4 * HOUR


def test_a_door_that_comes_late_is_still_the_door_she_left_by() -> None:
    (found,) = found_in(motion(MORNING), motion(MORNING + HOUR), door(MORNING + HOUR - SECOND, 1.0))
    assert found.at == MORNING + HOUR - SECOND + 12 * HOUR


@pytest.mark.parametrize(("day", "hours"), [("2026-10-24", 14.5), ("2027-03-27", 12.5)])
def test_the_clocks_change_in_the_night(day: str, hours: float) -> None:
    start = local("20:00", day)
    (found,) = found_in(motion(start), until=start + 30 * HOUR)
    assert found.at == start + hours * HOUR


def test_it_says_nothing_before_its_time() -> None:
    detector = Inactivity(HOME, settings())
    assert list(detector.tick(MORNING)) == []
    run(detector, [motion(MORNING)])
    assert list(detector.tick(MORNING + HOUR)) == []
    assert detector.due == MORNING + 4 * HOUR
