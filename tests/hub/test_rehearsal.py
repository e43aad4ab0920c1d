from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from alongside.replay import EXAMPLE
from analytics.model import Finding, FindingKind
from hub.household.model import Household
from hub.household.parsed import parse
from hub.model import AlarmPolicy, Contact
from hub.rehearsal import Rehearsal, Rehearsed
from tests.analytics.builders import local

NOON = local("12:00")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def household() -> Household:
    return parse(EXAMPLE.read_text())


def finding(kind: FindingKind, after: timedelta = timedelta(0), room: str | None = None, severity: int = 5) -> Finding:
    return Finding(
        kind=kind,
        severity=severity,
        at=NOON + after,
        because="So it is.",
        detector="a_detector",
        detector_version=1,
        episode=f"{kind} {after}",
        room=room,
    )


def told(rehearsed: Rehearsed | None) -> list[tuple[float, str, str]]:
    """Seconds after noon, step, and who."""
    assert rehearsed is not None
    return [
        ((one.at - NOON) / SECOND, one.step, " ".join(f"{who.person}:{who.channel}" for who in one.people))
        for one in rehearsed.tellings
    ]


STEPS = [("first", "daughter:sms"), ("wide", "daughter:voice neighbour:sms")] * 2
LOUD = ("everybody", "daughter:sms daughter:voice neighbour:sms resident:siren")


def test_the_resident_is_asked_first_then_people_then_everybody(household: Household) -> None:
    rehearsed = Rehearsal(household).take(finding(FindingKind.INACTIVITY))
    asked = [(float(second), "check-in", "resident:speaker") for second in (0, 100, 200)]
    steps = [(second, *step) for second, step in zip((300, 420, 600, 720), STEPS, strict=True)]
    assert told(rehearsed) == [*asked, *steps, (900, *LOUD)]
    assert rehearsed is not None
    assert (rehearsed.number, rehearsed.plan, rehearsed.joins) == (1, "life", False)


def test_a_call_for_help_asks_nobody_first(household: Household) -> None:
    assert told(Rehearsal(household).take(finding(FindingKind.PANIC, severity=10)))[0] == (0, *STEPS[0])


def test_what_belongs_together_is_one_alarm(household: Household) -> None:
    rehearsal = Rehearsal(household)
    rehearsal.take(finding(FindingKind.PANIC, severity=10))
    second = rehearsal.take(finding(FindingKind.PANIC, MINUTE, severity=10))
    assert second is not None
    assert (second.number, second.joins) == (1, True)
    assert [step for _, step, _ in told(second)] == ["wide", "first", "wide", "everybody"]


def test_something_graver_in_the_same_room_ends_the_asking(household: Household) -> None:
    rehearsal = Rehearsal(household)
    rehearsal.take(finding(FindingKind.INACTIVITY, room="bathroom"))
    fall = rehearsal.take(finding(FindingKind.FALL, MINUTE, room="bathroom", severity=9))
    assert fall is not None
    assert fall.joins
    assert told(fall)[0] == (60, *STEPS[0])


def test_an_alarm_that_has_told_everybody_is_over(household: Household) -> None:
    rehearsal = Rehearsal(household)
    rehearsal.take(finding(FindingKind.PANIC, severity=10))
    later = rehearsal.take(finding(FindingKind.PANIC, 20 * MINUTE, severity=10))
    assert later is not None
    assert (later.number, later.joins) == (2, False)


def test_another_kind_elsewhere_is_another_alarm(household: Household) -> None:
    rehearsal = Rehearsal(household)
    rehearsal.take(finding(FindingKind.INACTIVITY, room="kitchen"))
    other = rehearsal.take(finding(FindingKind.WANDERING, MINUTE, room="hall", severity=8))
    assert other is not None
    assert (other.number, other.joins) == (2, False)


def test_a_kind_that_the_household_makes_no_alarm_of(household: Household) -> None:
    alarms: Mapping[str, AlarmPolicy] = {FindingKind.FALL: household.alarms[FindingKind.FALL]}
    assert Rehearsal(replace(household, alarms=alarms)).take(finding(FindingKind.INACTIVITY)) is None


def without_addresses(household: Household, *names: str) -> Household:
    people: dict[str, Contact] = {
        name: replace(one, addresses=()) if name in names else one for name, one in household.people.items()
    }
    return replace(household, people=people)


def test_a_step_that_reaches_nobody_is_passed_over_at_once(household: Household) -> None:
    rehearsed = Rehearsal(without_addresses(household, "daughter")).take(finding(FindingKind.PANIC, severity=10))
    assert [(second, who) for second, _, who in told(rehearsed)] == [
        (0, "neighbour:sms"),
        (180, "neighbour:sms"),
        (360, "neighbour:sms resident:siren"),
    ]


def test_with_nobody_to_reach_it_is_loud_at_home_at_once(household: Household) -> None:
    rehearsed = Rehearsal(without_addresses(household, "daughter", "neighbour")).take(
        finding(FindingKind.PANIC, severity=10)
    )
    assert told(rehearsed) == [(0, "everybody", "resident:siren")]
