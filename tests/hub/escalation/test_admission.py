from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.model import FindingKind
from hub.escalation import alarms
from hub.escalation.context import Fault
from hub.escalation.sayings import Said
from hub.household.model import SmsPolicy
from hub.model import AlarmState, Cause, Purpose
from hub.store.changes import versions
from hub.store.schema import alarm as alarm_table
from hub.store.schema import alarm_finding, notification, transition
from hub.store.schema import finding as finding_table
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD, finding


def test_a_call_opens_an_alarm_and_its_first_messages_in_one_transaction(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    alarm = desk.alarm(number)
    assert (alarm.state, alarm.severity, alarm.version) == (AlarmState.ESCALATING, 10, 1)
    assert (alarm.next_at, alarm.next_boot_s) == (START + timedelta(minutes=1), 1060.0)
    assert desk.messages(number) == [("priya", "sms", "pending")]
    assert desk.causes(number) == [Cause.FINDING]
    assert [row["finding_id"] for row in rows_of(desk, number)] == [1]
    with desk.store.reading() as connection:
        assert versions(connection)["alarm"] == 1


def rows_of(desk: Desk, number: int) -> list[dict[str, int]]:
    with desk.store.reading() as connection:
        query = alarm_finding.select().where(alarm_finding.c.alarm_id == number)
        return [dict(row) for row in connection.execute(query).mappings()]


def test_a_fall_asks_the_resident_first(desk: Desk) -> None:
    number = desk.open(FindingKind.FALL)
    assert desk.alarm(number).state is AlarmState.CHECKIN
    assert desk.messages(number) == [("margaret", "speaker", "pending")]
    (row,) = desk.rows(notification)
    assert row["text"].startswith("Margaret? It looks as if you have had a fall.")


def test_the_same_happening_is_raised_once_however_often_it_is_found(desk: Desk) -> None:
    first = desk.admit(finding(episode="e"))
    assert desk.admit(finding(episode="e")) == first
    assert len(desk.rows(alarm_table)) == 1
    assert len(desk.rows(finding_table)) == 1


def test_a_kind_the_household_makes_no_alarm_of_is_kept_and_opens_none(desk: Desk) -> None:
    desk.household = replace(HOUSEHOLD, alarms={})
    assert desk.admit(finding()) == []
    assert desk.admit(finding()) == []  # nor when it is found again
    assert len(desk.rows(finding_table)) == 1


def test_a_note_joins_an_alarm_that_is_open_and_opens_none(desk: Desk) -> None:
    note = replace(finding(FindingKind.FALL, episode="before"), note=True)
    assert desk.admit(note) == []
    number = desk.open(FindingKind.FALL)
    said = replace(finding(FindingKind.FALL, episode="after", facts={"moved_after_fall": 1.0}), note=True)
    assert desk.admit(said) == [number]
    alarm = desk.alarm(number)
    assert (alarm.state, alarm.severity, alarm.facts) == (AlarmState.CHECKIN, 9, {"moved_after_fall": 1.0})


def test_flapping_a_hundred_times_is_one_alarm(desk: Desk) -> None:
    belongs = {desk.open(FindingKind.PANIC, episode=str(count)) for count in range(100)}
    assert len(belongs) == 1
    (number,) = belongs
    assert desk.messages(number) == [("priya", "sms", "pending")]
    assert len(rows_of(desk, number)) == 100


def test_findings_of_one_moment_may_belong_to_several_alarms(desk: Desk) -> None:
    numbers = desk.admit(
        finding(FindingKind.PANIC), finding(FindingKind.FAULT), finding(FindingKind.PANIC, episode="x")
    )
    assert numbers == [1, 2]


def test_a_related_finding_keeps_the_window_open_from_the_last_one(desk: Desk) -> None:
    first = desk.open(FindingKind.PANIC)
    desk.say(first, Said.GOING, "priya")
    for count in range(3):
        desk.pass_time(170)
        assert desk.open(FindingKind.PANIC, episode=f"again {count}") == first
    desk.pass_time(190)
    assert desk.open(FindingKind.PANIC, episode="new") != first


def test_the_graver_finding_gives_the_alarm_its_name(desk: Desk) -> None:
    number = desk.open(FindingKind.INACTIVITY, room="kitchen")
    assert desk.open(FindingKind.FALL, room="kitchen", because="A fall was seen.") == number
    alarm = desk.alarm(number)
    assert (alarm.kind, alarm.because, alarm.severity) == ("fall", "A fall was seen.", 9)
    assert (alarm.state, desk.causes(number)) == (AlarmState.ESCALATING, [Cause.FINDING, Cause.SEVERITY_ROSE])
    assert ("margaret", "speaker", "superseded") in desk.messages(number)


def test_an_alarm_keeps_its_plan_when_the_household_changes(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.household = replace(HOUSEHOLD, alarms={}, plans={})
    desk.wait(60)
    assert desk.alarm(number).policy == HOUSEHOLD.alarms[FindingKind.PANIC]
    assert desk.alarm(number).step == 1


def test_an_older_transaction_cannot_write_over_a_newer_one_14(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    old = desk.alarm(number)
    desk.say(number, Said.GOING, "priya")
    with pytest.raises(alarms.StaleError, match="no longer at version 1"):
        desk.do(lambda ctx: alarms.swap(ctx.connection, old, replace(old, step=2)))
    assert desk.alarm(number).owner == "priya"


def test_codes_are_not_reused_for_seven_days(desk: Desk) -> None:
    codes = []
    for count in range(100):
        number = desk.open(FindingKind.PANIC, episode=str(count))
        codes.append(desk.alarm(number).code)
        desk.say(number, Said.CLOSED, "priya")
        desk.pass_time(60)
    assert len(set(codes)) == 100
    assert [len(code) for code in codes] == [2] * 90 + [3] * 10  # longer rather than reused
    assert min(map(int, codes)) >= 10
    desk.pass_time(8 * 86400)
    assert len(desk.alarm(desk.open(FindingKind.PANIC, episode="later")).code) == 2


def test_the_code_of_an_alarm_that_is_open_is_not_reused_however_old(desk: Desk) -> None:
    desk.household = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", code_reuse_after=timedelta(0)))
    first = desk.open(FindingKind.FAULT, because="first")
    code = desk.alarm(first).code
    for count in range(90):
        desk.pass_time(3600)
        other = desk.open(FindingKind.PANIC, episode=str(count))
        assert desk.alarm(other).code != code
        desk.say(other, Said.CLOSED, "priya")


def test_a_fault_of_our_own_becomes_an_alarm_once_an_hour(desk: Desk) -> None:
    fault = Fault(subject="channel sms", because="A message could not be delivered by sms.")
    for _ in range(3):
        desk.do(lambda ctx: ctx.faults.append(fault))
    (row,) = desk.rows(finding_table, kind="fault")
    assert row["because"] == fault.because
    (number,) = [one["id"] for one in desk.rows(alarm_table)]
    assert desk.messages(number, Purpose.ALARM) == [("priya", "sms", "pending")]
    desk.pass_time(3600)
    desk.do(lambda ctx: ctx.faults.append(fault))
    assert len(desk.rows(alarm_table)) == 1  # still the same trouble


def test_every_transition_is_kept_with_its_cause_and_its_actor_13(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.say(number, Said.GOING, "priya")
    rows = desk.rows(transition, alarm_id=number)
    assert [(row["from_state"], row["to_state"], row["cause"], row["by"]) for row in rows] == [
        (None, "escalating", "finding", None),
        ("escalating", "acknowledged", "going", "priya"),
    ]
    assert [row["alarm_version"] for row in rows] == [1, 2]
    assert all(row["detail"] for row in rows)


def test_6_a_finding_in_the_instant_of_a_close_opens_its_own_alarm(desk: Desk) -> None:
    first = desk.open(FindingKind.PANIC)
    desk.say(first, Said.CLOSED, "priya")
    second = desk.open(FindingKind.PANIC, episode="the same instant")
    assert second != first
    assert (desk.alarm(first).state, desk.alarm(second).state) == (AlarmState.RESOLVED, AlarmState.ESCALATING)


def test_6_findings_that_come_late_and_in_the_wrong_order_belong_where_they_belong(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.say(number, Said.GOING, "priya")
    earlier = desk.open(FindingKind.PANIC, at=desk.now - timedelta(minutes=2), episode="two minutes before")
    much_earlier = desk.open(FindingKind.PANIC, at=desk.now - timedelta(hours=2), episode="two hours before")
    assert earlier == number
    assert much_earlier != number
    assert desk.open(FindingKind.PANIC, at=desk.now, episode="two minutes before") == number  # known already
