"""Of which faults people are told when, and in which words."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from devices.supervision.model import Condition
from hub.fault_notices import (
    AGAIN_AFTER,
    COLLECTED,
    LASTING,
    OTHER,
    PACES,
    Scene,
    finding_of,
    next_due,
    sentence,
    to_tell,
)
from hub.store.faults import Fault
from tests.fakes import START

LONDON = ZoneInfo("Europe/London")
SENSOR = Fault(
    id=1,
    kind=Condition.LOST,
    subject="bathroom",
    because="The bathroom sensor has been silent since 09:00, so I cannot tell whether Edith is in the bathroom.",
    cover="Until it works, I watch the hall sensor instead.",
    opened_at=START,
    due_at=START + timedelta(days=3),
)
RADIO = replace(SENSOR, id=2, kind=Condition.RECEIVER_DOWN, subject="radio", because="The radio is off.", cover=None)
BATTERY = replace(SENSOR, id=3, kind=Condition.BATTERY_LOW, because="The battery of the bathroom sensor is at 12 %.")


def told(now: datetime, *cases: Fault, grave: bool = False, lately: tuple[Fault, ...] = ()) -> list[int]:
    keys = frozenset(case.key for case in cases) if grave else frozenset()
    scene = Scene(now=now, tz=LONDON, grave=keys, lately=lately, receiver_of={"bathroom": "radio"}.get)
    return [case.number for case in to_tell(cases, scene)]


def at(hour: int, minute: int = 0, *, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def test_a_sensor_waits_for_company() -> None:
    assert told(START, SENSOR) == []
    assert told(START + COLLECTED - timedelta(seconds=1), SENSOR) == []
    assert told(START + COLLECTED, SENSOR) == [1]


@pytest.mark.parametrize("condition", [Condition.LOST, Condition.WEARABLE_SILENT])
def test_a_grave_one_only_lasts_a_little(condition: Condition) -> None:
    case = replace(SENSOR, kind=condition)
    assert told(START + LASTING - timedelta(seconds=1), case, grave=True) == []
    assert told(START + LASTING, case, grave=True) == [1]


def test_a_strap_that_was_taken_off_waits_for_the_daily_notice_and_one_that_notices_falls_does_not() -> None:
    strap = replace(SENSOR, kind=Condition.NOT_WORN, subject="strap")
    assert told(START + COLLECTED, strap) == []
    assert told(START + COLLECTED, strap, grave=True) == [1]


def test_what_waits_for_company_comes_along_with_what_cannot_wait() -> None:
    elsewhere = replace(SENSOR, subject="hall")
    assert told(START, elsewhere, RADIO) == [1, 2]


def test_a_sensor_behind_a_receiver_that_is_down_is_not_told_beside_it() -> None:
    assert told(START + COLLECTED, SENSOR, RADIO) == [2]
    assert told(START + COLLECTED, SENSOR, replace(RADIO, told_at=START)) == []


def test_batteries_are_told_together_once_a_day() -> None:
    evening = replace(BATTERY, opened_at=at(18))
    night = replace(BATTERY, id=4, opened_at=at(3, day=25))
    assert told(at(23), evening) == []
    assert told(at(9, 59, day=25), evening, night) == []
    assert told(at(10, day=25), evening, night) == [3, 4]
    assert sentence([evening, night], at(10, day=25)).startswith("2 batteries need changing. The battery of the")


def test_a_battery_does_not_come_along_before_its_time() -> None:
    assert told(START, BATTERY, RADIO) == [2]


def test_what_can_wait_is_not_told_at_night() -> None:
    assert told(at(2), replace(SENSOR, opened_at=at(1))) == []
    assert told(at(7), replace(SENSOR, opened_at=at(1))) == [1]
    assert told(at(22, 30), replace(SENSOR, opened_at=at(21, 45))) == []
    assert told(at(1, 5), replace(SENSOR, opened_at=at(1)), grave=True) == [1]


def test_what_comes_and_goes_must_last_to_be_told_again() -> None:
    before = replace(SENSOR, told_at=START, closed_at=START)
    assert told(START + LASTING, SENSOR, grave=True, lately=(before,)) == []
    assert told(START + COLLECTED, SENSOR, grave=True, lately=(before,)) == [1]
    assert told(START, RADIO, lately=(replace(RADIO, told_at=START),)) == []
    assert told(START, RADIO, lately=(replace(RADIO, told_at=None),)) == [2]


def test_what_is_not_mended_by_its_day_is_told_again_once_a_day() -> None:
    case = replace(SENSOR, told_at=START, due_at=START + timedelta(hours=4))
    assert told(START + timedelta(hours=3), case) == []
    late = START + timedelta(hours=4)
    assert told(late, case) == [1]
    assert sentence([case], late).startswith("Still so: The bathroom sensor")
    again = replace(case, told_at=late, due_at=next_due(case, late))
    assert told(late + timedelta(hours=23), again) == []
    assert told(late + AGAIN_AFTER, again) == [1]


def test_a_deadline_that_is_not_over_stays() -> None:
    assert next_due(SENSOR, START) == SENSOR.due_at
    assert next_due(replace(SENSOR, due_at=None), START) is None


def test_people_read_what_it_is_what_it_means_and_what_stands_in() -> None:
    assert finding_of([SENSOR], START).because == (
        "The bathroom sensor has been silent since 09:00, so I cannot tell whether Edith is in the bathroom."
        " Until it works, I watch the hall sensor instead."
    )
    assert sentence([RADIO], START) == "The radio is off."
    assert sentence([RADIO, BATTERY], START) == (
        "2 things need a look. The radio is off. The battery of the bathroom sensor is at 12 %."
    )


def test_each_notice_is_a_happening_of_its_own() -> None:
    assert len({finding_of([SENSOR], at(hour)).episode for hour in range(8, 12)}) == 4


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_a_pace(condition: Condition) -> None:
    assert condition in PACES


def test_a_fault_that_supervision_does_not_know_cannot_wait() -> None:
    assert PACES.get("auditor_silent", OTHER) is OTHER
    assert told(START, replace(RADIO, kind="auditor_silent", subject="the auditor")) == [2]


def test_a_home_says_how_long_faults_are_collected_and_which_are_not() -> None:
    scene = Scene(now=START, tz=LONDON, digest=timedelta(hours=2))
    assert to_tell([SENSOR], replace(scene, now=START + timedelta(minutes=119))) == []
    assert to_tell([SENSOR], replace(scene, now=START + timedelta(hours=2))) == [SENSOR]
    assert to_tell([BATTERY], replace(scene, never_digest=frozenset({"battery_low"}))) == [BATTERY]
