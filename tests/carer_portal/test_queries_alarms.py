"""Open and past alarms: what happened, who was told, who answered, what comes next."""

from datetime import timedelta

import pytest

from analytics.model import FindingKind
from carer_portal.model import OpenAlarm, Status, Today
from carer_portal.queries import today
from carer_portal.queries_alarms import PAST_AT_MOST
from hub.intents import Verdict
from hub.model import AlarmState, NotificationState, Purpose, Role
from tests.carer_portal.home import MadeHome, as_role


def seen_by(home: MadeHome, role: Role = Role.FAMILY) -> Today:
    with home.writing() as connection:
        return today(connection, as_role(connection, role, home.now))


def only(home: MadeHome) -> OpenAlarm:
    [alarm] = seen_by(home).shown.alarms
    return alarm


def test_an_open_alarm_says_what_why_where_when_and_what_comes_next(home: MadeHome) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.CHECKIN)
    alarm = only(home)
    assert (alarm.id, alarm.title, alarm.state, alarm.equipment) == (
        number,
        "Possible fall",
        AlarmState.CHECKIN,
        False,
    )
    assert (alarm.because, alarm.room, alarm.opened_at) == ("Because of fall.", "kitchen", home.ago(4))
    assert alarm.next_at == home.now + timedelta(seconds=95)
    assert (alarm.owner, alarm.told, alarm.answers) == (None, (), ())


def test_who_was_told_and_who_answered(home: MadeHome) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ACKNOWLEDGED, owner="priya")
    home.told(number, "margaret", NotificationState.DELIVERED, ago=4, purpose=Purpose.CHECK_IN)
    home.told(number, "priya", NotificationState.DELIVERED, ago=3)
    home.told(number, "gone", NotificationState.FAILED, ago=2)
    home.told(number, "priya", NotificationState.SENT, ago=1, purpose=Purpose.REPLY)
    home.answered(number, "tom", "cannot", ago=2)
    home.answered(number, "priya", "going", ago=1, won=True)
    page = seen_by(home)
    [alarm] = page.shown.alarms
    assert page.status is Status.ALARM
    assert page.sentence == "Margaret may need help. Priya is going."
    assert alarm.owner is not None
    assert alarm.owner.key == "priya"
    assert [(one.person.display, one.purpose, one.state, one.at) for one in alarm.told] == [
        ("Margaret", Purpose.CHECK_IN, NotificationState.DELIVERED, home.ago(4)),
        ("Priya", Purpose.ALARM, NotificationState.DELIVERED, home.ago(3)),
        ("gone", Purpose.ALARM, NotificationState.FAILED, home.ago(2)),
    ]
    assert [(one.person.display, one.said) for one in alarm.answers] == [("Tom", "cannot"), ("Priya", "going")]


def test_the_gravest_about_the_person_comes_first_and_the_equipment_last(home: MadeHome) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FAULT, AlarmState.ESCALATING, severity=10)
    home.alarm(FindingKind.INACTIVITY, AlarmState.ESCALATING, severity=5)
    home.alarm(FindingKind.FALL, AlarmState.ESCALATING, severity=9)
    titles = [one.title for one in seen_by(home).shown.alarms]
    assert titles == ["Possible fall", "No movement", "Something is broken"]


def test_past_alarms_are_the_last_week_s_the_newest_first_with_what_was_said_of_them(home: MadeHome) -> None:
    home.all_is_well()
    home.closed(FindingKind.INACTIVITY, ago=7 * 24 * 60 + 1)
    old = home.closed(FindingKind.INACTIVITY, ago=300)
    new = home.closed(FindingKind.FALL, ago=30, outcome=None, state=AlarmState.CANCELLED)
    home.labelled(old, "priya", Verdict.WRONG, "the snooker")
    home.labelled(old, "tom", Verdict.NOT_NOW, "")
    past = seen_by(home).past
    assert past is not None
    assert [(one.id, one.title, one.state) for one in past] == [
        (new, "Possible fall", AlarmState.CANCELLED),
        (old, "No movement", AlarmState.RESOLVED),
    ]
    assert (past[1].because, past[1].outcome) == ("Because of inactivity.", "All was well.")
    assert (past[1].opened_at, past[1].closed_at) == (home.ago(310), home.ago(300))
    assert [(one.person.display, one.verdict, one.because) for one in past[1].labels] == [
        ("Priya", Verdict.WRONG, "the snooker"),
        ("Tom", Verdict.NOT_NOW, ""),
    ]
    assert past[0].labels == ()


def test_only_so_many_past_alarms_are_shown(home: MadeHome) -> None:
    home.all_is_well()
    for number in range(PAST_AT_MOST + 2):
        home.closed(FindingKind.FALL, ago=number + 1)
    past = seen_by(home).past
    assert past is not None
    assert len(past) == PAST_AT_MOST


@pytest.mark.parametrize("role", [Role.NEIGHBOUR, Role.OPERATOR, Role.FACILITATOR])
def test_a_role_that_is_not_told_kinds_is_not_told_what_was(home: MadeHome, role: Role) -> None:
    home.all_is_well()
    home.closed(FindingKind.FALL, ago=30)
    assert seen_by(home, role).past is None
