"""What other alarm engines got wrong, each row of the design's table as a test named after where it happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.model import FindingKind
from hub.channels.twilio_webhooks import text_evidence
from hub.escalation import results
from hub.escalation.context import Call
from hub.escalation.results import Trouble
from hub.escalation.rota import on_call
from hub.escalation.sayings import Said
from hub.household.model import SmsPolicy
from hub.model import AlarmState, Evidence, NotificationState, Purpose
from hub.store.schema import alarm as alarm_table
from hub.store.schema import finding as finding_table
from hub.store.schema import inbound, notification
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import FAMILY_ON_CALL, HOUSEHOLD, LONDON, PRIYA, finding, without

TWO_PATHS = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem"))
MINUTE = timedelta(minutes=1)


def first_call(desk: Desk) -> tuple[int, Call]:
    """A panic, and the call to Priya."""
    number = desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    return number, call


def state_of(desk: Desk, call: Call) -> str:
    return str(desk.row(notification, id=call.message.notification_id)["state"])


def test_healthchecks_212_cabot_and_oncall_record_done_before_the_send(desk: Desk) -> None:
    """Here a crash between the record and the send leaves a claim, which is looked into, and sent again."""
    _, call = first_call(desk)
    assert state_of(desk, call) == NotificationState.CALLING, "not done: nobody has taken it yet"
    desk.in_flight.clear()
    desk.start()
    desk.not_found(desk.turn().looks[0])
    desk.pass_time(3)
    desk.not_found(desk.turn().looks[0])
    (again,) = desk.wait(9)
    assert again.message.reference == call.message.reference
    assert "(repeat)" in again.message.text


def test_goalert_senddeadlineexpired_marks_a_send_in_flight_as_failed(desk: Desk) -> None:
    _, call = first_call(desk)
    desk.reboot()
    assert state_of(desk, call) == NotificationState.UNKNOWN
    (look,) = desk.turn().looks
    desk.accept([look])
    assert state_of(desk, call) == NotificationState.ACCEPTED
    assert desk.row(notification, id=call.message.notification_id)["attempts"] == 1, "and not twice"


def test_goalert_oncall_incident_io_and_pagerduty_end_a_policy_in_silence(desk: Desk) -> None:
    number, _ = first_call(desk)
    for _ in range(40):
        desk.accept(desk.wait(300))
    alarm = desk.alarm(number)
    assert alarm.state is AlarmState.EXHAUSTED
    assert alarm.next_at is not None
    latest = desk.rows(notification, alarm_id=number, purpose=Purpose.EXHAUSTED)[-1]
    assert latest["round"] > 20, "everybody is told again for as long as nobody closes it"


def test_goalert_message_go_maps_undelivered_to_sent(desk: Desk) -> None:
    desk.household, desk.adapters = TWO_PATHS, desk.adapters | {"gsm_modem"}
    _, call = first_call(desk)
    desk.accept([call])
    evidence = text_evidence(f"sid-{call.message.notification_id}", "undelivered", "30003")
    assert evidence.negative
    desk.do(lambda ctx: results.reported(ctx, call.message.notification_id, evidence))
    assert [one.adapter for one in desk.run()] == ["gsm_modem"]


@pytest.mark.parametrize("words", ["STOP", " stop ", "Stop.", "stop\n"])
def test_goalert_sms_go_compares_stop_before_trimming(desk: Desk, words: str) -> None:
    number, call = first_call(desk)
    desk.accept([call])
    assert desk.reply(PRIYA, words) == "opted out"
    assert desk.alarm(number).state is AlarmState.ESCALATING, "and it is no ack"


def test_goalert_lets_a_bare_a_hit_the_wrong_alert(desk: Desk) -> None:
    numbers = [desk.open(FindingKind.PANIC), desk.open(FindingKind.WANDERING, room="hall")]
    desk.accept([*desk.run(), *desk.wait(20)])
    assert desk.reply(PRIYA, "1").startswith("asked")
    assert {desk.alarm(number).owner for number in numbers} == {None}
    assert desk.reply(PRIYA, f"1 {desk.alarm(numbers[0]).code}") == "going"
    assert [desk.alarm(number).owner for number in numbers] == ["priya", None]


def test_oncall_3161_an_ack_after_the_end_reopens(desk: Desk) -> None:
    number, call = first_call(desk)
    desk.accept([call])
    desk.say(number, Said.CLOSED, "tom")
    heard = desk.say(number, Said.GOING, "priya")
    assert not heard.won
    assert desk.alarm(number).state is AlarmState.RESOLVED
    assert ("priya", "going", False) in desk.acks(number), "but it is kept"


def test_oncall_4654_people_are_still_paged_after_an_ack(desk: Desk) -> None:
    number, call = first_call(desk)
    desk.refuse(call, Trouble.PASSING)
    desk.say(number, Said.GOING, "tom")
    later = [one for _ in range(9) for one in desk.wait(60)]
    assert [one for one in later if one.message.purpose in (Purpose.ALARM, Purpose.EXHAUSTED)] == []
    assert state_of(desk, call) == NotificationState.SUPERSEDED


def test_oncall_4760_an_answer_that_comes_late_is_acted_on(desk: Desk) -> None:
    """A text that lay about since before the alarm's own is not taken for an answer to it."""
    desk.pass_time(3600)
    number, call = first_call(desk)
    desk.accept([call])
    desk.reply(PRIYA, "1", at=desk.now - timedelta(minutes=30))
    assert desk.alarm(number).owner is None


def test_oncall_3111_a_months_old_alert_is_paged(desk: Desk) -> None:
    old = finding(FindingKind.PANIC, at=desk.now, episode="that fall in spring")
    (number,) = desk.admit(old)
    desk.say(number, Said.CLOSED, "priya")
    desk.run()
    desk.beat()
    desk.reboot(off_s=120 * 86400)
    assert desk.admit(old) == [number], "found again in the past, it is known, and over"
    assert desk.run() == []
    assert len(desk.rows(alarm_table)) == 1


def test_home_assistant_59742_one_failing_notifier_stops_all(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    first, *others = desk.wait(60)
    assert len(others) >= 1
    desk.refuse(first, Trouble.UNEXPECTED, "KeyError")
    desk.accept(others)
    assert {state_of(desk, one) for one in others} == {NotificationState.ACCEPTED}
    assert FindingKind.FAULT in {row["kind"] for row in desk.rows(alarm_table)}, "and somebody hears of it"


def test_home_assistant_59812_silent_after_a_reboot(desk: Desk) -> None:
    number, call = first_call(desk)
    desk.accept([call])
    desk.beat()
    desk.reboot()
    calls = [one for _ in range(6) for one in desk.wait(60)]
    assert {one.message.person for one in calls if one.message.alarm_id == number} >= {"tom", "joan"}


def test_home_assistant_94857_an_ack_is_lost_on_reload(desk: Desk) -> None:
    number, call = first_call(desk)
    desk.accept([call])
    desk.say(number, Said.GOING, "priya")
    desk.household = without(HOUSEHOLD, "joan")
    desk.beat()
    desk.reboot()
    assert (desk.alarm(number).state, desk.alarm(number).owner) == (AlarmState.ACKNOWLEDGED, "priya")
    assert [one for one in desk.run() if one.message.purpose is Purpose.ALARM] == []


@pytest.mark.parametrize(
    "change", [datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)], ids=["autumn", "spring"]
)
def test_alertmanager_2646_5447_and_goalert_1252_shifts_break_when_the_clocks_change(change: datetime) -> None:
    moments = [change + number * MINUTE for number in range(-180, 181)]
    assert all(on_call(FAMILY_ON_CALL, at, LONDON) for at in moments)


def test_healthchecks_664_an_alarm_storm_after_its_own_outage(desk: Desk) -> None:
    """What became true while the hub was off is told, as one matter for each place, not one by one."""
    desk.beat()
    desk.reboot(off_s=6 * 3600)
    silent = [
        finding(FindingKind.INACTIVITY, at=desk.now, room="kitchen", episode=f"silence {number}")
        for number in range(20)
    ]
    broken = [
        finding(FindingKind.FAULT, at=desk.now, room=None, episode=f"s{number}", because=f"Sensor {number} is silent.")
        for number in range(20)
    ]
    assert len(set(desk.admit(*silent, *broken))) == 2
    assert len(desk.rows(finding_table)) == 40, "and none is forgotten"
    told = [one.message for one in desk.run()]
    assert len([one for one in told if one.person == "priya"]) <= 2


def test_goalert_921_a_voicemail_counts_as_answered(desk: Desk) -> None:
    number, _ = first_call(desk)
    desk.adapters |= {"voice"}
    rung = [one for one in desk.wait(60) + desk.wait(120) if one.message.channel == "voice"]
    ended = Evidence(state=NotificationState.SENT, provider_id="call", negative=True, detail="no key was pressed")
    for call in rung:
        desk.accept([call])
        desk.do(lambda ctx, call=call: results.reported(ctx, call.message.notification_id, ended))  # type: ignore[misc]
    assert rung
    assert desk.alarm(number).owner is None
    assert desk.alarm(number).state is not AlarmState.ACKNOWLEDGED


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=3650), timedelta(days=-3650)])
def test_apscheduler_339_1036_526_and_celery_eta_a_clock_that_jumps_moves_timers(desk: Desk, jump: timedelta) -> None:
    """Neither early, nor late, nor twice, nor many at once: within a boot the boot clock alone decides."""
    number, call = first_call(desk)
    desk.accept([call])
    desk.now += jump
    assert desk.run() == [], "not early"
    assert desk.wait(59) == []
    assert {"tom", "joan"} <= {one.message.person for one in desk.wait(1)}
    assert desk.alarm(number).step == 1, "nor late, and one step only"


def test_no_reply_is_lost_whatever_it_did(desk: Desk) -> None:
    for words in ("1", "STOP", "perhaps"):
        desk.reply(PRIYA, words)
    assert [row["text"] for row in desk.rows(inbound)] == ["1", "STOP", "perhaps"]
