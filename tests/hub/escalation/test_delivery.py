"""T3 and T4: claims, results, other ways, look-ups."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from analytics.model import FindingKind
from hub.escalation import results, transitions
from hub.escalation.context import Call
from hub.escalation.results import Refusal, Trouble, refusal
from hub.escalation.sayings import Said
from hub.household.model import Consent, SmsPolicy
from hub.model import Address, AlarmState, ChannelError, Evidence, NotificationState, Purpose
from hub.store.schema import alarm as alarm_table
from hub.store.schema import delivery, finding, notification, opt_out
from tests.hub.escalation.desk import ACCEPTED, Desk
from tests.hub.escalation.homes import HOUSEHOLD, JOAN, PEOPLE, PRIYA, without

SENT = Evidence(state=NotificationState.SENT)
AGAINST = Evidence(state=NotificationState.SENT, negative=True, detail="30003")
TWO_PATHS = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem"))


@pytest.fixture
def two_paths(desk: Desk) -> Desk:
    """A hub with a modem beside the internet provider."""
    desk.household = TWO_PATHS
    desk.adapters |= {"gsm_modem"}
    return desk


def one_call(desk: Desk) -> Call:
    """A panic, and the call to Priya."""
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    return call


def state(desk: Desk, call: Call) -> str:
    return str(desk.row(notification, id=call.message.notification_id)["state"])


# Claims.


def test_a_message_is_claimed_before_it_is_sent(desk: Desk) -> None:
    call = one_call(desk)
    row = desk.row(notification, id=call.message.notification_id)
    assert (row["state"], row["attempts"], row["called_at"] is None) == ("calling", 1, False)
    assert (call.adapter, call.message.to, call.message.text) == ("twilio", PRIYA, row["text"])
    assert call.message.reference in call.message.text
    assert desk.run() == []


def test_two_messages_never_share_a_reference(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.wait(60)
    desk.wait(120)
    references = [row["reference"] for row in desk.rows(notification)]
    assert len(set(references)) == len(references) > 5


def test_9_a_contact_deleted_meanwhile_is_not_called(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.household = without(HOUSEHOLD, "priya")
    calls = desk.run()
    assert {call.message.person for call in calls} == {"tom", "joan"}  # the next step, at once
    suppressed = desk.row(notification, state="suppressed")
    assert (suppressed["person"], suppressed["reason"]) == ("priya", "no longer in the household")


def test_an_address_that_changed_meanwhile_is_used(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    moved = replace(PEOPLE["priya"], addresses=(Address(channel="sms", to="+447700900077"),))
    desk.household = replace(HOUSEHOLD, people={**PEOPLE, "priya": moved})
    (call,) = desk.run()
    assert call.message.to == "+447700900077"
    assert desk.row(notification, id=call.message.notification_id)["to"] == "+447700900077"


def test_an_address_that_is_gone_is_a_reason(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    bare = replace(PEOPLE["priya"], addresses=())
    desk.household = replace(HOUSEHOLD, people={**PEOPLE, "priya": bare})
    desk.run()
    assert desk.row(notification, id=1)["reason"] == "no address"


def test_9_10_consent_withdrawn_meanwhile_changes_the_words(desk: Desk) -> None:
    desk.open(FindingKind.FALL)
    desk.wait(15)
    desk.pass_time(15)
    turn = desk.turn()
    assert turn.alarms  # due, and not yet advanced
    desk.household = replace(HOUSEHOLD, consent=Consent(revision=8, fields={}))
    (call,) = [one for one in desk.run() if one.message.person == "priya"]
    assert call.message.text.startswith("Someone you look after may need help.")
    row = desk.row(notification, id=call.message.notification_id)
    assert (row["consent_revision"], row["text"]) == (8, call.message.text)


def test_10_consent_withdrawn_between_planning_and_sending_is_read_at_send_time(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    planned = desk.row(notification, id=1)
    assert planned["text"].startswith("Margaret called for help (bathroom, 09:00).")
    desk.household = replace(HOUSEHOLD, consent=Consent(revision=8, fields={}))
    (call,) = desk.run()
    sent = desk.row(notification, id=1)
    assert call.message.text == sent["text"]
    assert sent["text"].startswith("Someone you look after needs help.")
    assert (planned["consent_revision"], sent["consent_revision"]) == (7, 8)
    assert planned["text_hash"] != sent["text_hash"]


def spoil(desk: Desk, alarm_id: int) -> None:
    """Make an alarm's row unreadable, as one of another version may be."""
    row = update(alarm_table).where(alarm_table.c.id == alarm_id).values(policy={})
    desk.do(lambda ctx: ctx.connection.execute(row))


def test_a_message_that_cannot_be_prepared_holds_up_no_other_and_is_tried_again(desk: Desk) -> None:
    first, second = desk.open(FindingKind.PANIC), desk.open(FindingKind.FAULT)
    spoil(desk, first)
    desk.household = replace(HOUSEHOLD, consent=Consent(revision=8, fields={}))  # so the words need the alarm
    (call,) = desk.turn().sends
    assert call.message.alarm_id == second
    waits = desk.row(notification, alarm_id=first)
    assert (waits["state"], waits["next_boot_s"]) == ("pending", desk.boot_s + 10)
    assert "A message could not be prepared." in [row["because"] for row in desk.rows(finding)]


def test_an_alarm_that_cannot_be_read_keeps_no_other_out(desk: Desk) -> None:
    spoil(desk, desk.open(FindingKind.PANIC))
    assert desk.alarm(desk.open(FindingKind.PANIC, episode="new")).state is AlarmState.ESCALATING


def test_4_whatever_changed_an_alarm_nobody_is_called_once_somebody_has_it(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    taken = update(alarm_table).where(alarm_table.c.id == number).values(state="acknowledged", owner="tom")
    desk.do(lambda ctx: ctx.connection.execute(taken))
    assert desk.run() == []
    assert desk.messages(number) == [("priya", "sms", "superseded")]


# Results.


def test_accepted_sent_and_delivered(desk: Desk) -> None:
    call = one_call(desk)
    desk.accept([call])
    assert state(desk, call) == "accepted"
    desk.report(call.message.notification_id, NotificationState.SENT)
    desk.report(call.message.notification_id, NotificationState.DELIVERED)
    desk.report(call.message.notification_id, NotificationState.SENT)
    row = desk.row(notification, id=call.message.notification_id)
    assert (row["state"], row["negative"], row["next_at"]) == ("delivered", False, None)
    assert [one["status"] for one in desk.rows(delivery)] == ["accepted", "sent", "delivered"]


def test_7_a_report_that_comes_twice_counts_once(desk: Desk) -> None:
    call = one_call(desk)
    desk.accept([call])
    for _ in range(3):
        desk.report(call.message.notification_id, NotificationState.DELIVERED)
    assert [one["status"] for one in desk.rows(delivery)] == ["accepted", "delivered"]


@pytest.mark.parametrize("delivered_first", [True, False])
def test_7_delivered_and_undelivered_in_both_orders(desk: Desk, delivered_first: bool) -> None:
    call = one_call(desk)
    desk.accept([call])
    reports = [(NotificationState.DELIVERED, False), (NotificationState.SENT, True)]
    for status, negative in reports if delivered_first else reports[::-1]:
        desk.report(call.message.notification_id, status, negative=negative)
    row = desk.row(notification, id=call.message.notification_id)
    assert (row["state"], row["negative"]) == ("delivered", True)


def test_passing_trouble_is_tried_again_as_the_household_says_then_given_up(desk: Desk) -> None:
    call = one_call(desk)
    for wait in (1, 3, 9):
        desk.refuse(call, Trouble.PASSING)
        assert state(desk, call) == "retry_wait"
        assert desk.wait(wait - 0.5) == []
        (call,) = desk.wait(0.5)
        assert not call.message.text.endswith("(repeat)")
    desk.refuse(call, Trouble.PASSING, "no route")
    row = desk.row(notification, id=call.message.notification_id)
    assert (row["state"], row["attempts"], row["reason"]) == ("failed", 4, "no route")
    (fault,) = [one for one in desk.rows(alarm_table, kind="fault") if "delivered by" in one["because"]]
    assert fault["because"] == "A message could not be delivered by sms."


def test_a_permanent_refusal_goes_the_other_way(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.refuse(call, Trouble.PERMANENT, "21211")
    (other,) = desk.run()
    assert (other.adapter, other.message.channel, other.message.to) == ("gsm_modem", "gsm_modem", PRIYA)
    assert other.message.text != call.message.text  # its own reference
    assert desk.alarm(1).step == 0  # somebody may still be reached


def test_both_paths_refuse_and_the_next_step_is_told_at_once(two_paths: Desk) -> None:
    desk = two_paths
    desk.refuse(one_call(desk), Trouble.PERMANENT)
    (other,) = desk.run()
    desk.refuse(other, Trouble.PERMANENT)
    assert desk.alarm(1).step == 1


def test_3_not_accepted_in_time_takes_the_other_way_while_the_first_may_still_succeed(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    (other,) = desk.wait(10)
    assert other.adapter == "gsm_modem"
    assert state(desk, call) == "calling"
    desk.accept([call, other])
    assert (state(desk, call), state(desk, other)) == ("accepted", "accepted")


def test_not_delivered_in_time_takes_the_other_way_as_well(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.accept([call])
    assert desk.wait(44) == []
    (other,) = desk.wait(1)
    assert other.adapter == "gsm_modem"
    assert desk.row(notification, id=call.message.notification_id)["reason"] == "not delivered in time"


@pytest.mark.parametrize("status", [NotificationState.ACCEPTED, NotificationState.SENT])
def test_undelivered_goes_the_other_way(two_paths: Desk, status: NotificationState) -> None:
    """GoAlert maps `undelivered` to sent."""
    desk = two_paths
    call = one_call(desk)
    desk.accept([call])
    desk.report(call.message.notification_id, status, negative=True)
    assert state(desk, call) == "failed"
    assert [one.adapter for one in desk.run()] == ["gsm_modem"]


def test_a_negative_answer_to_the_call_itself_goes_the_other_way(two_paths: Desk) -> None:
    desk = two_paths
    desk.accept([one_call(desk)], AGAINST)
    assert [one.adapter for one in desk.run()] == ["gsm_modem"]


def test_one_way_is_enough_where_the_plan_says_so_and_the_next_is_taken_when_it_fails(desk: Desk) -> None:
    number = desk.open(FindingKind.ABNORMAL_PULSE, facts={"news2": 7.0})
    desk.wait(60)
    assert [row[1] for row in desk.messages(number, Purpose.ALARM)] == ["scaip"]
    call = desk.row(notification, alarm_id=number, channel="scaip")
    desk.in_flight.discard(call["id"])
    desk.do(lambda ctx: results.refused(ctx, call["id"], 1, Refusal(trouble=Trouble.PERMANENT, reason="x")))
    assert [row[1] for row in desk.messages(number, Purpose.ALARM)] == ["scaip", "voice"]


def test_an_unexpected_exception_of_a_channel_counts_as_failed_and_is_a_fault(desk: Desk) -> None:
    call = one_call(desk)
    desk.refuse(call, Trouble.UNEXPECTED, "KeyError at adapter.py:12")
    assert state(desk, call) == "failed"
    faults = [row["because"] for row in desk.rows(alarm_table, kind="fault")]
    assert "The channel sms failed unexpectedly." in faults[0]


def test_a_result_of_an_older_attempt_changes_nothing(desk: Desk) -> None:
    call = one_call(desk)
    desk.refuse(call, Trouble.PASSING)
    desk.wait(1)
    desk.accept([call])  # the first attempt's answer, late
    assert state(desk, call) == "calling"
    desk.refuse(call, Trouble.PERMANENT)
    assert state(desk, call) == "calling"


def test_nothing_is_tried_again_once_somebody_has_it(desk: Desk) -> None:
    call = one_call(desk)
    desk.say(1, Said.GOING, "tom")
    desk.refuse(call, Trouble.PASSING)
    assert state(desk, call) == "superseded"
    assert all(one.message.purpose is not Purpose.ALARM for one in desk.wait(60))


def test_a_report_of_what_is_unknown_or_was_never_sent_changes_nothing(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.report(1, NotificationState.DELIVERED)
    assert desk.row(notification, id=1)["state"] == "pending"
    desk.report(999, NotificationState.DELIVERED)
    desk.do(lambda ctx: results.not_found(ctx, 999, 1))
    desk.do(lambda ctx: results.look_failed(ctx, 999, 1))
    desk.do(lambda ctx: results.accepted(ctx, 999, 1, ACCEPTED))


# In doubt.


def test_after_a_time_out_the_provider_is_asked_and_knows_it(desk: Desk) -> None:
    call = one_call(desk)
    desk.refuse(call, Trouble.AMBIGUOUS)
    assert state(desk, call) == "unknown"
    desk.pass_time(3)
    (look,) = desk.turn().looks
    assert (look.message, look.attempt) == (call.message, call.attempt)
    desk.accept([look])
    assert state(desk, call) == "accepted"
    assert desk.wait(20) == []


def test_after_a_time_out_the_provider_does_not_know_it_and_it_is_sent_again_with_a_mark(desk: Desk) -> None:
    call = one_call(desk)
    desk.refuse(call, Trouble.AMBIGUOUS)
    for _ in range(2):  # looked for twice, three seconds apart
        desk.pass_time(3)
        (look,) = desk.turn().looks
        desk.not_found(look)
    (again,) = desk.wait(1)
    assert again.message.text == f"{call.message.text} (repeat)"
    assert (again.message.reference, again.attempt) == (call.message.reference, 2)


def test_a_look_that_fails_takes_the_other_way_and_is_made_again(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.refuse(call, Trouble.AMBIGUOUS)
    desk.pass_time(3)
    (look,) = desk.turn().looks
    number = look.message.notification_id
    desk.do(lambda ctx: results.look_failed(ctx, number, look.attempt))
    desk.in_flight.discard(number)
    assert [one.adapter for one in desk.run()] == ["gsm_modem"]
    desk.pass_time(10)
    assert len(desk.turn().looks) == 1


def test_a_look_that_is_still_under_way_is_not_made_twice(desk: Desk) -> None:
    desk.refuse(one_call(desk), Trouble.AMBIGUOUS)
    desk.pass_time(3)
    assert len(desk.turn().looks) == 1
    desk.pass_time(10)
    assert desk.turn().looks == []


def test_what_was_never_found_is_not_sent_again_once_somebody_has_it(desk: Desk) -> None:
    call = one_call(desk)
    desk.refuse(call, Trouble.AMBIGUOUS)
    desk.say(1, Said.GOING, "tom")
    desk.pass_time(3)
    (look,) = [one for one in desk.turn().looks if one.message.purpose is Purpose.ALARM]
    desk.not_found(look)
    assert state(desk, call) == "superseded"


def test_a_call_that_nobody_holds_any_more_is_in_doubt(desk: Desk) -> None:
    call = one_call(desk)
    desk.in_flight.clear()  # its task died without a word
    desk.wait(10)
    assert state(desk, call) == "unknown"


def test_repeats_end_when_the_attempts_do(desk: Desk) -> None:
    call = one_call(desk)
    desk.household = replace(HOUSEHOLD, sms=replace(HOUSEHOLD.sms, retry=()))
    desk.refuse(call, Trouble.AMBIGUOUS)
    for _ in range(2):
        desk.pass_time(3)
        desk.not_found(desk.turn().looks[0])
    assert state(desk, call) == "failed"


# No way any more.


def test_a_channel_that_is_gone_after_a_restart_is_a_reason_and_another_way_is_taken(two_paths: Desk) -> None:
    desk = two_paths
    desk.open(FindingKind.PANIC)
    desk.adapters -= {"twilio"}
    assert [one.adapter for one in desk.run()] == ["gsm_modem"]
    assert desk.row(notification, id=1)["reason"] == "this hub has no such channel"


def test_a_channel_that_is_gone_cannot_be_asked_either(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.refuse(call, Trouble.AMBIGUOUS)
    desk.adapters -= {"twilio"}
    desk.wait(3)
    assert state(desk, call) == "failed"


def test_opted_out_at_the_provider_is_noted_planned_around_and_a_fault(desk: Desk) -> None:
    call = one_call(desk)
    desk.refuse(call, Trouble.OPTED_OUT, "21610")
    assert [(row["channel"], row["to"]) for row in desk.rows(opt_out)] == [("sms", PRIYA)]
    assert (state(desk, call), desk.alarm(1).step) == ("failed", 1)
    assert "opted out" in desk.row(alarm_table, id=2)["because"]
    later = desk.rows(notification, alarm_id=1, step=1, person="priya")
    assert [(row["state"], row["reason"]) for row in later] == [("suppressed", "opted out")]
    desk.refuse(call, Trouble.OPTED_OUT)
    assert len(desk.rows(opt_out)) == 1


def test_opted_out_of_texts_is_opted_out_of_both_paths(two_paths: Desk) -> None:
    desk = two_paths
    desk.refuse(one_call(desk), Trouble.OPTED_OUT)
    rows = desk.rows(notification, alarm_id=1, step=0)
    assert [(row["channel"], row["state"]) for row in rows] == [("sms", "failed"), ("gsm_modem", "suppressed")]


def test_an_address_opted_out_twice_is_one_row(desk: Desk) -> None:
    desk.reply(JOAN, "STOP")
    desk.reply(JOAN, "stop")
    assert len(desk.rows(opt_out)) == 1


# Limits.


def busy(desk: Desk) -> None:
    """As many service messages to everybody as an hour allows."""
    for count in range(12):
        number = desk.open(FindingKind.FAULT, because=f"Sensor {count} is silent.", episode=str(count))
        desk.say(number, Said.CLOSED, "joan")
        desk.pass_time(200)


def test_12_a_limit_never_holds_back_a_life_plan(desk: Desk) -> None:
    busy(desk)
    panic = desk.open(FindingKind.PANIC)
    assert desk.messages(panic) == [("priya", "sms", "pending")]


def test_11_a_limit_holds_one_back_with_a_reason_while_another_is_reached(desk: Desk) -> None:
    busy(desk)
    number = desk.open(FindingKind.FAULT, because="The hall sensor is silent.")
    desk.wait(900)
    rows = desk.rows(notification, alarm_id=number, step=1)
    assert {(row["person"], row["state"], row["reason"]) for row in rows} == {
        ("priya", "suppressed", "too many messages within the hour"),
        ("tom", "calling", None),
    }


def test_11_a_limit_gives_way_where_it_would_leave_nobody(desk: Desk) -> None:
    busy(desk)
    number = desk.open(FindingKind.FAULT, because="The hall sensor is silent.")
    assert desk.messages(number) == [("priya", "sms", "pending")]


def test_12_exempt_only_if_the_household_says_so(desk: Desk) -> None:
    desk.household = replace(HOUSEHOLD, life_plans_exempt=False, per_person_per_hour=1)
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.wait(60)
    rows = desk.rows(notification, alarm_id=1, step=1, person="priya")
    assert [row["state"] for row in rows] == ["suppressed"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ChannelError("x"), Trouble.PASSING),
        (ChannelError("x", permanent=True), Trouble.PERMANENT),
        (ChannelError("x", ambiguous=True), Trouble.AMBIGUOUS),
        (ChannelError("x", opted_out=True, permanent=True), Trouble.OPTED_OUT),
    ],
)
def test_what_an_error_means(error: ChannelError, expected: Trouble) -> None:
    assert refusal(error) == Refusal(trouble=expected, reason="x")


def test_a_stand_down_that_fails_takes_the_other_way_too(two_paths: Desk) -> None:
    desk = two_paths
    desk.accept([one_call(desk)])
    desk.accept(desk.wait(60))
    desk.say(1, Said.GOING, "tom")
    (call,) = [one for one in desk.run() if one.message.person == "priya"]
    desk.refuse(call, Trouble.PERMANENT)
    (other,) = desk.run()
    assert (other.adapter, other.message.purpose) == ("gsm_modem", Purpose.STAND_DOWN)
    assert "Tom is going to Margaret" in other.message.text
    assert desk.alarm(1).state is AlarmState.ACKNOWLEDGED


def test_somebody_who_was_rung_up_is_stood_down_by_text(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    for wait in (0, 60, 120):
        calls = desk.wait(wait)
        for call in calls:
            if call.adapter == "voice":
                desk.accept([call])
            elif call.message.person != "joan":
                desk.refuse(call, Trouble.PERMANENT)
    desk.say(1, Said.GOING, "joan")
    rows = desk.rows(notification, alarm_id=1, purpose="stand_down")
    assert {(row["person"], row["channel"]) for row in rows} >= {("priya", "sms"), ("tom", "sms")}


def test_an_answer_that_fails_takes_the_other_way_and_no_step_waits_for_it(two_paths: Desk) -> None:
    desk = two_paths
    desk.accept([one_call(desk)])
    desk.reply(PRIYA, "what?")
    (call,) = [one for one in desk.run() if one.message.purpose is Purpose.REPLY]
    desk.refuse(call, Trouble.PERMANENT)
    assert state(desk, call) == "failed"
    assert [row["purpose"] for row in desk.rows(notification, channel="gsm_modem")] == ["reply"]
    assert desk.alarm(1).step == 0


def test_evidence_without_a_number_is_evidence_all_the_same(desk: Desk) -> None:
    call = one_call(desk)
    number = call.message.notification_id
    desk.do(lambda ctx: results.accepted(ctx, number, call.attempt, ACCEPTED))
    assert state(desk, call) == "accepted"
    assert desk.rows(delivery) == []


def test_stop_leaves_a_call_to_the_same_number_as_it_is(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.accept(desk.wait(60))
    desk.pass_time(120)
    desk.do(lambda ctx: transitions.advance(ctx, 1))  # the calls by voice wait
    desk.reply(PRIYA, "STOP")
    waiting = desk.row(notification, alarm_id=1, person="priya", channel="voice")
    assert waiting["state"] == "pending"


def test_somebody_who_is_no_contact_may_say_that_they_would_go_too(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.say(1, Said.GOING, "priya")
    desk.say(1, Said.GOING, "a stranger")
    assert desk.rows(notification, purpose="backup") == []
    assert desk.acks(1)[-1] == ("a stranger", "going", False)
