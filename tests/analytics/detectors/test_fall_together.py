from datetime import datetime, timedelta

import pytest

from analytics.detectors.fall_together import AFTERWARDS, GRACE, TOGETHER, FallTogether
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity, Reading, SampleBlock, Trigger, TriggerKind
from tests.analytics.builders import (
    FRONT,
    HALL,
    HOME,
    KITCHEN,
    OXIMETER,
    RADAR,
    VISITOR_WATCH,
    door,
    local,
    motion,
    press,
    reading,
    run,
    settings,
)
from tests.analytics.falls.movement import WATCH, blocks, still

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FELL = local("14:02")


def knock(at: datetime = FELL, likeness: float = 2.0, device: str = WATCH) -> Reading:
    return reading(device, Quantity.FALL_LIKENESS, likeness, at)


def report(at: datetime = FELL, device: str = RADAR) -> Trigger:
    return Trigger(device=device, kind=TriggerKind.FALL, at=at)


def found_in(*observations: Observation) -> list[Finding]:
    return run(FallTogether(HOME, settings()), observations, FELL + timedelta(hours=2))


def facts(found: Finding) -> dict[str, float]:
    return {one.what: one.value for one in found.evidence if one.value == 1.0 and one.what.endswith(("act", "fall"))}


@pytest.mark.parametrize("first", [knock(), report()])
def test_a_knock_and_a_report_together_are_sure(first: Observation) -> None:
    second = report(FELL + 5 * SECOND) if isinstance(first, Reading) else knock(FELL + 5 * SECOND, likeness=0.2)
    (found,) = found_in(first, second)
    assert found.kind is FindingKind.FALL
    assert found.severity == 10
    assert facts(found) == {"sure_enough_to_act": 1.0}
    assert "both speak of a fall at 14:02" in found.because
    assert found.room == "bathroom"
    assert [one.id for one in found.evidence] == [1, 2, 2]
    assert not found.note


def test_sure_is_said_once() -> None:
    assert len(found_in(knock(), report(FELL + SECOND), knock(FELL + 2 * SECOND), report(FELL + 3 * SECOND))) == 1


def test_two_knocks_or_two_reports_are_no_surer_than_one() -> None:
    assert found_in(knock(), knock(FELL + SECOND), report(FELL + 2 * MINUTE), report(FELL + 3 * MINUTE)) == []


def test_further_apart_they_are_two_happenings() -> None:
    assert found_in(knock(), report(FELL + TOGETHER + SECOND)) == []


def test_a_knock_that_is_hardly_like_a_fall_is_none() -> None:
    assert found_in(knock(likeness=-0.1), report(FELL + SECOND)) == []


def test_what_another_person_wears_is_not_the_residents() -> None:
    assert found_in(knock(device=VISITOR_WATCH), report(FELL + SECOND)) == []


def test_after_a_weak_knock_a_lively_home_in_which_nothing_moves_is_a_reason_to_ask() -> None:
    (found,) = found_in(motion(FELL - 2 * MINUTE), motion(FELL - 2 * MINUTE, value=0.0), knock(likeness=0.5))
    assert found.at == FELL + 10 * MINUTE
    assert found.severity == 9
    assert found.because == "A knock at 14:02, and nothing in the home has moved since, for 10 minutes."
    assert [one.id for one in found.evidence] == [3]


@pytest.mark.parametrize(
    "after",
    [
        motion(FELL + MINUTE, HALL),
        press(FELL + MINUTE),
        door(FELL + MINUTE, 1.0),
        report(FELL + 30 * SECOND),
    ],
)
def test_anything_that_moves_or_was_told_already_answers_that_question(after: Observation) -> None:
    found = found_in(motion(FELL - 2 * MINUTE), knock(likeness=0.5), after)
    assert not [one for one in found if one.episode.endswith("stopped")]


def test_a_home_that_was_still_already_says_nothing_by_being_still() -> None:
    assert found_in(motion(FELL - AFTERWARDS - SECOND), knock(likeness=0.5)) == []
    assert found_in(knock(likeness=0.5)) == []


def test_a_knock_that_was_told_by_itself_is_not_asked_about_twice() -> None:
    assert found_in(motion(FELL - MINUTE), knock(likeness=2.0)) == []


def test_walking_in_the_kitchen_right_after_speaks_against_it() -> None:
    (found,) = found_in(report(), motion(FELL + MINUTE), motion(FELL + 2 * MINUTE, HALL))
    assert found.note
    assert found.severity == 1
    assert found.because == "Somebody moved in the kitchen at 14:03, so what looked like a fall at 14:02 may be none."
    assert facts(found) == {"moved_after_fall": 1.0}
    assert [one.id for one in found.evidence] == [1, 2, 2]
    assert found.room == "bathroom"


@pytest.mark.parametrize(
    "sign",
    [
        motion(FELL + GRACE - SECOND),
        motion(FELL + MINUTE, RADAR),
        motion(FELL + MINUTE, "never_declared"),
        motion(FELL + AFTERWARDS + SECOND),
        door(FELL + MINUTE, 0.0),
    ],
)
def test_what_says_nothing_about_the_fall(sign: Observation) -> None:
    assert found_in(door(FELL - MINUTE, 1.0), report(), sign) == []


def test_a_knock_that_nobody_was_told_of_needs_nothing_against_it() -> None:
    assert found_in(knock(likeness=0.5), motion(FELL + MINUTE)) == []


def test_a_door_that_opens_afterwards_is_told_once() -> None:
    opened = [door(FELL + MINUTE, 1.0), door(FELL + 2 * MINUTE, 0.0), door(FELL + 3 * MINUTE, 1.0)]
    (found,) = found_in(report(), *opened)
    assert found.note
    assert found.because == "The front door was opened at 14:03, after the fall at 14:02; somebody came or went."
    assert found.evidence[-1].device == FRONT
    assert facts(found) == {}


def test_what_is_no_sign_of_somebody_changes_nothing() -> None:
    (block,) = blocks(still(1.0), (50,), start=FELL + MINUTE)
    assert isinstance(block, SampleBlock)
    assert found_in(report(), block, reading(OXIMETER, Quantity.SPO2_PERCENT, 97.0, FELL + MINUTE)) == []


def test_it_says_nothing_before_its_time() -> None:
    detector = FallTogether(HOME, settings())
    assert list(detector.tick(FELL)) == []
    run(detector, [motion(FELL - MINUTE, KITCHEN), knock(likeness=0.5)])
    assert list(detector.tick(FELL + MINUTE)) == []
    assert detector.due == FELL + 10 * MINUTE
