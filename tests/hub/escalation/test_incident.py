from datetime import datetime, timedelta

import pytest

from analytics.model import FindingKind
from hub.escalation.incident import belongs, severity_of
from hub.model import Alarm, AlarmState
from tests.fakes import START
from tests.hub.escalation.homes import ALARMS, finding
from tests.hub.escalation.test_machine import an_alarm

WINDOW = timedelta(minutes=3)
SOON = START + timedelta(minutes=1)
LATER = START + timedelta(minutes=10)


def inactivity(state: AlarmState = AlarmState.ESCALATING) -> Alarm:
    return an_alarm(FindingKind.INACTIVITY, state=state, room="kitchen", severity=5)


@pytest.mark.parametrize(
    ("state", "kind", "room", "at", "expected"),
    [
        ("escalating", FindingKind.INACTIVITY, "hall", SOON, True),  # the same kind, soon
        ("escalating", FindingKind.FALL, "kitchen", SOON, True),  # the same place, soon, though graver
        ("escalating", FindingKind.FALL, "hall", SOON, False),
        ("escalating", FindingKind.FALL, None, SOON, False),
        ("escalating", FindingKind.FALL, "kitchen", LATER, False),
        ("escalating", FindingKind.INACTIVITY, "kitchen", LATER, True),  # people are being called for it already
        ("checking_in", FindingKind.INACTIVITY, "kitchen", LATER, True),
        ("exhausted", FindingKind.INACTIVITY, "kitchen", LATER, True),
        ("acknowledged", FindingKind.INACTIVITY, "kitchen", LATER, False),  # somebody has it: this is something new
        ("attending", FindingKind.INACTIVITY, "kitchen", SOON, True),
        ("resolved", FindingKind.INACTIVITY, "kitchen", SOON, False),
        ("cancelled", FindingKind.INACTIVITY, "kitchen", SOON, False),
        ("escalating", FindingKind.FAULT, "kitchen", SOON, False),  # another plan
    ],
)
def test_what_belongs_together(state: str, kind: FindingKind, room: str | None, at: object, expected: bool) -> None:
    found = finding(kind, at=at, room=room)  # type: ignore[arg-type]
    assert belongs(inactivity(AlarmState(state)), found, ALARMS[kind], START, WINDOW) is expected


def test_a_clock_that_jumps_back_does_not_swallow_a_new_alarm() -> None:
    found = finding(FindingKind.INACTIVITY, at=START - timedelta(hours=1))
    assert not belongs(inactivity(AlarmState.ATTENDING), found, ALARMS[FindingKind.INACTIVITY], START, WINDOW)


def test_a_graver_finding_of_the_same_kind_much_later_runs_its_own_plan() -> None:
    graver = finding(FindingKind.INACTIVITY, at=LATER, severity=9)
    assert not belongs(inactivity(), graver, ALARMS[FindingKind.INACTIVITY], START, WINDOW)


def test_two_faults_are_one_only_if_they_say_the_same() -> None:
    fault = an_alarm(FindingKind.FAULT, state=AlarmState.ESCALATING, because="The hall sensor is silent.")
    same = finding(FindingKind.FAULT, at=LATER, because="The hall sensor is silent.")
    other = finding(FindingKind.FAULT, at=LATER, because="The pendant's battery is low.")
    assert belongs(fault, same, ALARMS[FindingKind.FAULT], START, WINDOW)
    assert not belongs(fault, other, ALARMS[FindingKind.FAULT], START, WINDOW)


def test_a_finding_that_needs_a_step_already_passed_over_runs_its_own_plan() -> None:
    at_urgent = an_alarm(FindingKind.ABNORMAL_PULSE, state=AlarmState.ESCALATING, step=1, facts={"news2": 5.0})
    policy = ALARMS[FindingKind.ABNORMAL_PULSE]
    worse = finding(FindingKind.ABNORMAL_PULSE, at=SOON, facts={"news2": 7.0})
    same = finding(FindingKind.ABNORMAL_PULSE, at=SOON, facts={"news2": 6.0})
    assert not belongs(at_urgent, worse, policy, START, WINDOW)
    assert belongs(at_urgent, same, policy, START, WINDOW)


def test_severity_is_the_household_s_or_the_detector_s_whichever_is_more() -> None:
    policy = ALARMS[FindingKind.INACTIVITY]
    assert severity_of(finding(severity=1), policy) == 5
    assert severity_of(finding(severity=8), policy) == 8


@pytest.mark.parametrize(
    ("found", "at", "expected"),
    [
        (FindingKind.EARLY_WARNING, SOON, True),
        (FindingKind.EARLY_WARNING, LATER, True),
        (FindingKind.ABNORMAL_SPO2, LATER, True),
        (FindingKind.FALL, SOON, False),
    ],
)
def test_a_measurement_and_the_score_that_it_is_part_of_are_one_trouble(
    found: FindingKind, at: datetime, *, expected: bool
) -> None:
    alarm = an_alarm(FindingKind.ABNORMAL_PULSE, state=AlarmState.CHECKIN, room=None, severity=8)
    warning = finding(found, at=at, room=None)
    assert belongs(alarm, warning, ALARMS[FindingKind.ABNORMAL_PULSE], START, WINDOW) is expected
