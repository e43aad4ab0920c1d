"""T5: what comes back from people's phones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.model import FindingKind
from hub.escalation import inbound, results
from hub.escalation.results import Refusal, Trouble
from hub.escalation.sayings import Said
from hub.household.model import Consent
from hub.model import Address, AlarmState, Inbound, Purpose
from hub.store.schema import inbound as inbound_table
from hub.store.schema import notification, opt_out
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD, JOAN, PEOPLE, PRIYA, TOM

AMBIGUOUS = Refusal(trouble=Trouble.AMBIGUOUS, reason="timed out")
MARGARET = "+447700900009"


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Alarm 1, of which Priya has been told."""
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    return desk


def said_back(desk: Desk) -> list[tuple[str, str, str]]:
    rows = desk.rows(notification, purpose="reply")
    return [(row["person"], row["state"], row["text"]) for row in rows]


def test_going_takes_it_and_is_thanked(told: Desk) -> None:
    assert told.reply(PRIYA, "1") == "going"
    assert (told.alarm(1).state, told.alarm(1).owner) == (AlarmState.ACKNOWLEDGED, "priya")
    ((person, _, text),) = said_back(told)
    assert person == "priya"
    assert text.startswith("Thank you. You are going to Margaret. Reply 3 when all is safe")
    row = told.row(inbound_table)
    assert (row["person"], row["alarm_id"], row["text"]) == ("priya", 1, "1")


def test_the_same_message_counts_once(told: Desk) -> None:
    told.reply(PRIYA, "1", number="SM1")
    told.reply(PRIYA, "1", number="SM1")
    assert len(told.acks(1)) == 1
    assert len(said_back(told)) == 1
    again = Inbound(provider_id="SM1", channel="sms", sender=PRIYA, text="2", at=told.now)
    assert told.do(lambda ctx: inbound.take(ctx, again)) is False


def test_cannot_then_somebody_else(told: Desk) -> None:
    assert told.reply(PRIYA, "2") == "cannot"
    assert told.alarm(1).state is AlarmState.ESCALATING
    assert "Somebody else will be asked" in said_back(told)[0][2]


def test_safe_closes_it(told: Desk) -> None:
    told.reply(PRIYA, "1")
    told.pass_time(60)
    assert told.reply(PRIYA, "3 98") == "asked: wrong_code"
    assert told.reply(PRIYA, f"3 {told.alarm(1).code}") == "closed"
    assert (told.alarm(1).state, told.alarm(1).outcome) == (AlarmState.RESOLVED, "safe")
    assert "is closed" in said_back(told)[-1][2]


def test_arrived_is_a_word(told: Desk) -> None:
    assert told.reply(PRIYA, "arrived") == "arrived"
    assert told.alarm(1).state is AlarmState.ATTENDING


def test_a_second_who_goes_hears_who_is_going_and_nothing_twice(told: Desk) -> None:
    told.accept(told.wait(60))
    told.reply(PRIYA, "1")
    assert told.reply(TOM, "1") == "backup_going"
    (row,) = told.rows(notification, purpose="backup")
    assert (row["person"], "Priya is already going" in row["text"]) == ("tom", True)
    assert [person for person, _, _ in said_back(told)] == ["priya"]


def test_too_late_is_said_kindly(told: Desk) -> None:
    code = told.alarm(1).code
    told.say(1, Said.CLOSED, "tom")
    assert told.reply(PRIYA, f"1 {code}") == "too_late"
    assert "over already" in said_back(told)[0][2]
    assert told.reply(PRIYA, "1") == "asked: nothing_open"


def test_a_bare_digit_with_two_alarms_open_is_asked_not_guessed(told: Desk) -> None:
    told.pass_time(400)
    second = told.open(FindingKind.FAULT)
    told.accept(told.run())
    assert told.reply(PRIYA, "1") == "asked: which"
    assert told.alarm(1).owner is None
    codes = [told.alarm(second).code, told.alarm(1).code]
    assert all(code in said_back(told)[-1][2] for code in codes)
    told.reply(PRIYA, f"1 {codes[0]}")
    assert (told.alarm(1).owner, told.alarm(second).owner) == (None, "priya")


def test_somebody_who_was_not_told_needs_the_code(told: Desk) -> None:
    assert told.reply(TOM, "1") == "asked: nothing_open"
    assert told.reply(TOM, f"1 {told.alarm(1).code}") == "going"
    assert told.alarm(1).owner == "tom"


@pytest.mark.parametrize("text", ["", "what?", "47", "1 2", "a", "ok thanks"])
def test_what_is_unclear_is_asked(told: Desk, text: str) -> None:
    assert told.reply(PRIYA, text) == "asked: unclear"
    assert told.alarm(1).state is AlarmState.ESCALATING
    assert told.alarm(1).code in said_back(told)[0][2]


def test_an_unknown_number_is_kept_and_has_no_effect(told: Desk) -> None:
    before = told.alarm(1)
    assert told.reply("+15005550006", f"1 {before.code}") == "unknown sender"
    assert told.alarm(1) == before
    assert told.row(inbound_table)["person"] is None
    assert said_back(told) == []


def test_a_thousand_junk_replies_are_kept_and_not_answered_for_ever(told: Desk) -> None:
    for count in range(1000):
        told.reply(PRIYA, f"junk {count}")
    assert len(told.rows(inbound_table)) == 1000
    states = [state for _, state, _ in said_back(told)]
    assert states.count("pending") == inbound.MOST_ANSWERS_AN_HOUR
    assert told.rows(notification, purpose="reply")[-1]["reason"] == inbound.TOO_MANY
    assert told.reply(PRIYA, "1") == "going"


@pytest.mark.parametrize("text", ["STOP", "Stop.", "stop ", "Cancel", "END", "quit", "Unsubscribe!"])
def test_an_opt_out_is_never_an_ack_and_is_planned_around(told: Desk, text: str) -> None:
    """GoAlert compares before trimming."""
    assert told.reply(PRIYA, text) == "opted out"
    assert told.alarm(1).owner is None
    assert [row["to"] for row in told.rows(opt_out)] == [PRIYA]
    assert said_back(told) == []
    calls = told.wait(60)
    assert {call.message.person for call in calls if call.message.alarm_id == 1} == {"tom", "joan"}


def test_messages_that_wait_for_an_opted_out_address_take_another_way_or_the_next_step(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.reply(PRIYA, "STOP")
    assert desk.row(notification, id=1)["reason"] == "opted out"
    assert desk.alarm(1).step == 1


def test_opting_in_again(told: Desk) -> None:
    told.reply(PRIYA, "STOP")
    assert told.reply(PRIYA, "START") == "asked: unclear"  # an alarm is open: YES may have meant going
    assert [row["ended_at"] is None for row in told.rows(opt_out)] == [False]
    told.say(1, Said.CLOSED, "tom")
    assert told.reply(PRIYA, "yes") == "opted in"
    assert said_back(told)[-1][2].startswith("Sorry")


def test_help_and_info_are_the_carriers(told: Desk) -> None:
    assert told.reply(PRIYA, "INFO") == "left to the carrier"
    assert said_back(told) == []


def test_an_answer_delayed_since_yesterday_does_not_take_todays_alarm(told: Desk) -> None:
    assert told.reply(PRIYA, "1", at=told.now - timedelta(hours=20)) == "asked: which"
    assert told.alarm(1).owner is None


def test_a_phone_that_two_share_answers_for_the_one_who_was_told(told: Desk) -> None:
    shared = replace(PEOPLE["joan"], addresses=(Address(channel="sms", to=PRIYA),))
    told.household = replace(HOUSEHOLD, people={"joan": shared, **PEOPLE})
    told.reply("+44 7700 900001", "1")
    assert told.alarm(1).owner == "priya"


def test_an_answer_is_sent_and_marked_when_it_is_sent_again(told: Desk) -> None:
    told.reply(PRIYA, "1")
    (call,) = [one for one in told.run() if one.message.purpose is Purpose.REPLY]
    assert call.message.to == PRIYA
    number = call.message.notification_id
    told.do(lambda ctx: results.refused(ctx, number, 1, AMBIGUOUS))
    told.in_flight.clear()
    for _ in range(2):
        told.pass_time(3)
        (look,) = [one for one in told.turn().looks if one.message.notification_id == number]
        told.not_found(look)
    (again,) = [one for one in told.wait(1) if one.message.notification_id == number]
    assert again.message.text == f"{call.message.text} (repeat)"


def test_an_answer_is_dropped_if_consent_changed_since_it_was_written(told: Desk) -> None:
    told.reply(PRIYA, "1")
    told.household = replace(HOUSEHOLD, consent=Consent(revision=8, fields={}))
    assert all(one.message.purpose is not Purpose.REPLY for one in told.run())
    (row,) = told.rows(notification, purpose="reply")
    assert row["reason"] == "consent has changed since it was written"


def resident_texts(desk: Desk) -> None:
    """Margaret has a phone, too."""
    texting = replace(PEOPLE["margaret"], addresses=(Address(channel="sms", to=MARGARET),))
    desk.household = replace(HOUSEHOLD, people={**PEOPLE, "margaret": texting})


def test_the_resident_answers_by_text(desk: Desk) -> None:
    resident_texts(desk)
    number = desk.open(FindingKind.FALL)
    assert desk.reply(MARGARET, "I'm fine") == "fine"
    assert desk.alarm(number).state is AlarmState.CANCELLED
    assert said_back(desk)[0][:2] == ("margaret", "pending")


def test_the_resident_s_help_is_no_carrier_s_word(desk: Desk) -> None:
    resident_texts(desk)
    assert desk.reply(MARGARET, "HELP") == "help"
    assert desk.alarm(1).kind == "panic"
    assert desk.reply(MARGARET, "hello") == "unclear"
    assert desk.reply(MARGARET, "STOP") == "opted out"


def test_joan_knows_little_and_so_does_her_answer(told: Desk) -> None:
    told.accept(told.wait(60))
    assert told.reply(JOAN, "1") == "going"
    assert "You are going to Margaret." in said_back(told)[0][2]
