"""An alarm's life through the transactions, from the finding to its end."""

from dataclasses import replace
from datetime import timedelta

from analytics.model import FindingKind
from hub.escalation import sayings
from hub.escalation.results import Trouble
from hub.escalation.sayings import Said
from hub.model import AlarmState, Cause, Purpose
from hub.store.schema import alarm as alarm_table
from hub.store.schema import notification
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD, TOM, without


def told(desk: Desk, number: int, purpose: Purpose) -> list[str]:
    return [f"{person}:{channel}" for person, channel, _ in desk.messages(number, purpose)]


def test_nobody_answers_anything(desk: Desk) -> None:
    number = desk.open(FindingKind.FALL)
    for wait in (0, 15, 15, 60, 120, 120, 60, 120, 120):
        desk.accept(desk.wait(wait))
    alarm = desk.alarm(number)
    assert alarm.state is AlarmState.EXHAUSTED
    assert desk.causes(number) == [
        Cause.FINDING,
        Cause.CHECKIN_PROMPT,
        Cause.CHECKIN_SILENCE,
        *[Cause.STEP_TIMEOUT] * 5,
        Cause.NO_STEP_LEFT,
    ]
    assert told(desk, number, Purpose.CHECK_IN) == ["margaret:speaker"] * 2
    loud = told(desk, number, Purpose.EXHAUSTED)
    assert {"priya:sms", "tom:sms", "joan:sms", "priya:voice", "arc:scaip", "arc:voice", "margaret:speaker"} <= set(
        loud
    )
    (fault,) = desk.rows(alarm_table, kind="fault")
    assert fault["because"] == "Nobody has answered an alarm."
    for count in range(2, 5):
        desk.accept(desk.wait(300))
        assert told(desk, number, Purpose.EXHAUSTED) == loud * count
    assert desk.alarm(number).state is AlarmState.EXHAUSTED


def test_the_resident_says_that_she_is_fine(desk: Desk) -> None:
    number = desk.open(FindingKind.FALL)
    desk.accept(desk.run())
    assert desk.fine() == [number]
    alarm = desk.alarm(number)
    assert (alarm.state, alarm.outcome) == (AlarmState.CANCELLED, "The resident is fine.")
    assert desk.wait(3600) == []


def test_three_cancels_in_a_day_bring_a_person(desk: Desk) -> None:
    for count in range(2):
        desk.open(FindingKind.FALL, episode=str(count))
        desk.fine()
        desk.pass_time(3600)
    number = desk.open(FindingKind.FALL, episode="third")
    desk.fine()
    assert desk.alarm(number).state is AlarmState.ESCALATING
    assert desk.causes(number)[-1] == Cause.REPEATED_CANCELS


def test_the_daughter_goes_arrives_and_closes(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.accept(desk.wait(60))
    heard = desk.say(number, Said.GOING, "priya")
    assert (heard.won, heard.cause) == (True, Cause.GOING)
    stand_down = desk.wait(0)
    assert {call.message.person for call in stand_down} == {"tom", "joan", "margaret"}
    assert "Priya is going to Margaret" in stand_down[0].message.text
    desk.say(number, Said.ARRIVED, "priya")
    assert desk.alarm(number).state is AlarmState.ATTENDING
    desk.accept(stand_down)
    desk.say(number, Said.CLOSED, "priya", "a stumble, no harm")
    assert desk.alarm(number).outcome == "a stumble, no harm"
    assert told(desk, number, Purpose.CLOSED) == ["tom:sms", "joan:sms"]
    assert desk.acks(number) == [("priya", "going", True), ("priya", "arrived", True), ("priya", "closed", True)]


def test_going_and_then_silence_tells_the_next_step(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.say(number, Said.GOING, "priya")
    desk.wait(599)
    assert desk.alarm(number).state is AlarmState.ACKNOWLEDGED
    calls = desk.wait(1)
    assert desk.alarm(number).state is AlarmState.ESCALATING
    assert {call.message.person for call in calls} == {"priya", "tom", "joan"}
    assert desk.causes(number)[-1] == Cause.ACK_TIMEOUT


def test_4_no_new_call_after_an_ack_commits(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.say(number, Said.GOING, "tom")
    assert desk.messages(number, Purpose.ALARM) == [("priya", "sms", "superseded")]
    assert [call.message.purpose for call in desk.wait(1)] == [Purpose.STAND_DOWN]  # the resident's, at home


def test_6_exactly_one_of_many_acks_wins_and_all_are_recorded(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.accept(desk.wait(60))
    heard = [desk.say(number, Said.GOING, who) for who in ("tom", "priya", "joan")]
    assert [one.won for one in heard] == [True, False, False]
    assert [one.cause for one in heard] == [Cause.GOING, Cause.BACKUP_GOING, Cause.BACKUP_GOING]
    assert [row[0] for row in desk.acks(number)] == ["tom", "priya", "joan"]
    backups = desk.rows(notification, alarm_id=number, purpose="backup")
    assert [row["person"] for row in backups] == ["priya", "joan"]
    assert all("Tom is already going" in row["text"] for row in backups)


def test_5_an_ack_after_the_end_is_recorded_and_reopens_nothing(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.say(number, Said.CLOSED, "priya")
    before = desk.alarm(number)
    heard = desk.say(number, Said.GOING, "tom")
    assert (heard.won, heard.cause) == (False, Cause.TOO_LATE)
    assert desk.alarm(number) == before
    assert desk.acks(number)[-1] == ("tom", "going", False)
    assert desk.causes(number)[-1] == Cause.TOO_LATE


def test_an_ack_after_exhaustion_and_then_silence_is_loud_again(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    for wait in (0, 60, 120, 120, 60, 120, 120):
        desk.accept(desk.wait(wait))
    assert desk.alarm(number).state is AlarmState.EXHAUSTED
    desk.say(number, Said.GOING, "tom")
    assert desk.alarm(number).state is AlarmState.ACKNOWLEDGED
    before = len(told(desk, number, Purpose.EXHAUSTED))
    desk.wait(600)
    assert desk.alarm(number).state is AlarmState.EXHAUSTED
    assert len(told(desk, number, Purpose.EXHAUSTED)) == 2 * before


def test_who_cannot_is_not_asked_again_unless_nobody_comes(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.say(number, Said.CANNOT, "priya")
    calls = desk.wait(60)
    assert {call.message.person for call in calls} == {"tom", "joan"}
    suppressed = desk.rows(notification, alarm_id=number, state="suppressed")
    assert [(row["person"], row["reason"]) for row in suppressed] == [("priya", "said that they cannot")]
    for wait in (120, 120, 60, 120, 120):
        desk.accept(desk.wait(wait))
    assert "priya:sms" in told(desk, number, Purpose.EXHAUSTED)


def test_who_cannot_and_then_can_is_asked_again(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.say(number, Said.CANNOT, "priya")
    desk.say(number, Said.GOING, "priya")
    assert {call.message.person for call in desk.wait(600)} >= {"priya"}


def test_an_empty_step_is_passed_at_once_with_a_fault_11(desk: Desk) -> None:
    desk.household = without(HOUSEHOLD, "priya", "tom")
    number = desk.open(FindingKind.PANIC)
    alarm = desk.alarm(number)
    assert (alarm.step, alarm.state) == (1, AlarmState.ESCALATING)
    assert desk.messages(number, Purpose.ALARM) == [("joan", "sms", "pending")]
    assert desk.causes(number) == [Cause.FINDING, Cause.EMPTY_STEP]
    because = [row["because"] for row in desk.rows(alarm_table, kind="fault")]
    assert because[0].startswith("A step of the plan for help reaches nobody ('first' of 'life').")


def test_a_household_with_nobody_left_is_loud_at_once_and_goes_on(desk: Desk) -> None:
    desk.household = without(HOUSEHOLD, *(name for name in HOUSEHOLD.people if name != "margaret"))
    number = desk.open(FindingKind.PANIC)
    assert desk.alarm(number).state is AlarmState.EXHAUSTED
    assert told(desk, number, Purpose.EXHAUSTED) == ["margaret:speaker"]
    desk.wait(300)
    assert told(desk, number, Purpose.EXHAUSTED) == ["margaret:speaker"] * 2


def test_where_nothing_at_all_can_be_said_it_still_goes_on(desk: Desk) -> None:
    desk.adapters = frozenset()
    number = desk.open(FindingKind.PANIC)
    assert desk.alarm(number).state is AlarmState.EXHAUSTED
    assert all(state == "suppressed" for _, _, state in desk.messages(number))
    faults = {row["because"] for row in desk.rows(alarm_table, kind="fault")}
    assert any("Nobody at all" in because for because in faults) or len(faults) >= 1
    desk.wait(300)
    assert desk.causes(number).count(Cause.EXHAUSTED_RETRY) == 1


def test_without_a_way_to_ask_people_are_told_at_once(desk: Desk) -> None:
    desk.adapters = frozenset({"twilio"})
    number = desk.open(FindingKind.FALL)
    assert desk.alarm(number).state is AlarmState.ESCALATING
    assert desk.causes(number) == [Cause.FINDING, Cause.EMPTY_STEP]


def test_a_prompt_that_fails_does_not_wait_for_the_window(desk: Desk) -> None:
    number = desk.open(FindingKind.FALL)
    (call,) = desk.run()
    desk.refuse(call, Trouble.PERMANENT)
    assert desk.alarm(number).state is AlarmState.ESCALATING


def test_a_step_of_which_every_message_fails_does_not_wait_for_its_time(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    desk.refuse(call, Trouble.PERMANENT)
    assert desk.alarm(number).step == 1
    assert desk.causes(number)[-1] == Cause.EMPTY_STEP


def test_back_home_ends_the_question(desk: Desk) -> None:
    number = desk.open(FindingKind.WANDERING)
    assert desk.do(sayings.returned) == [number]
    assert desk.alarm(number).state is AlarmState.CANCELLED


def test_help_answers_what_was_asked_or_is_an_alarm_of_its_own(desk: Desk) -> None:
    number = desk.open(FindingKind.FALL)
    assert desk.do(lambda ctx: sayings.call_for_help(ctx, "by the button")) == [number]
    assert desk.alarm(number).state is AlarmState.ESCALATING
    desk.say(number, Said.CLOSED, "priya")
    desk.pass_time(600)
    (panic,) = desk.do(lambda ctx: sayings.call_for_help(ctx, "by the button"))
    assert desk.alarm(panic).kind == "panic"
    assert desk.alarm(panic).because == "Margaret asked for help by the button."


def test_a_shift_that_changes_meanwhile_is_read_live(desk: Desk) -> None:
    desk.now = desk.now.replace(hour=19, minute=59)  # half a minute before Tom takes over
    number = desk.open(FindingKind.FAULT)
    assert told(desk, number, Purpose.ALARM) == ["priya:sms"]
    desk.household = replace(HOUSEHOLD, people={**HOUSEHOLD.people})
    desk.pass_time(timedelta(minutes=2).total_seconds())
    panic = desk.open(FindingKind.PANIC)
    (row,) = desk.rows(notification, alarm_id=panic)
    assert (row["person"], row["to"]) == ("tom", TOM)


def test_fine_answers_what_was_asked_and_nothing_else(desk: Desk) -> None:
    fault, panic = desk.open(FindingKind.FAULT), desk.open(FindingKind.PANIC, room="hall")
    assert desk.fine() == [panic]  # people have been called: it is noted
    assert desk.causes(panic)[-1] == Cause.RESIDENT_FINE
    fall = desk.open(FindingKind.FALL, room="kitchen", at=desk.now.replace(hour=1))
    assert desk.fine() == [fall]
    assert desk.alarm(fall).state is AlarmState.CANCELLED
    assert Cause.RESIDENT_FINE not in desk.causes(fault)
