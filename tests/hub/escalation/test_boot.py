"""The hub or its computer stops at any point, and starts again."""

import pytest

from analytics.model import FindingKind
from hub.clock import boot_id
from hub.escalation import boot
from hub.escalation.results import Trouble
from hub.escalation.sayings import Said
from hub.model import AlarmState, Cause
from hub.store.schema import inbound as inbound_table
from hub.store.schema import notification
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import PRIYA


def kill(desk: Desk) -> None:
    """The hub's process dies and is started again on the same machine; nothing in memory is left."""
    desk.in_flight.clear()
    desk.start()


def test_1_killed_after_the_alarm_is_stored_it_goes_on_where_it_was(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    kill(desk)
    assert [call.message.person for call in desk.run()] == ["priya"]
    assert desk.causes(number) == [Cause.FINDING]


def test_1_killed_after_the_claim_the_provider_knows_it_and_nothing_is_sent_twice(desk: Desk) -> None:
    """GoAlert and Healthchecks mark a send in flight as failed, and never send it."""
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    kill(desk)
    (look,) = desk.turn().looks
    assert look.message == call.message
    desk.accept([look])
    assert desk.wait(30) == []
    assert desk.row(notification, id=1)["state"] == "accepted"


def test_1_killed_after_the_claim_the_provider_does_not_know_it_and_it_is_sent_marked(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.run()
    kill(desk)
    desk.not_found(desk.turn().looks[0])
    assert desk.turn().looks == []  # a few seconds are waited first
    desk.pass_time(3)
    desk.not_found(desk.turn().looks[0])
    (again,) = desk.wait(1)
    assert again.message.text.endswith("(repeat)")


def test_1_killed_during_recovery_itself(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    for _ in range(3):
        kill(desk)
        (look,) = desk.turn().looks
        assert look.message == call.message
    desk.not_found(look)
    kill(desk)
    desk.pass_time(3)
    desk.accept(desk.turn().looks)
    assert desk.row(notification, id=1)["state"] == "accepted"
    assert desk.wait(30) == []


def test_1_killed_after_a_reply_it_counts_once(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.reply(PRIYA, "1", number="SM1")
    kill(desk)
    desk.reply(PRIYA, "1", number="SM1")  # the provider's list is read again
    assert len(desk.rows(inbound_table)) == 1
    assert desk.acks(1) == [("priya", "going", True)]


def test_1_killed_after_an_ack_nobody_else_is_called(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.say(1, Said.GOING, "tom")
    kill(desk)
    assert [call.message.person for call in desk.run()] == ["margaret"]


def test_8_killed_within_a_boot_timers_stay_what_they_were(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.pass_time(30)
    kill(desk)
    assert desk.wait(29) == []
    desk.wait(1)
    assert desk.alarm(number).step == 1
    assert Cause.RESTARTED not in desk.causes(number)


def test_8_after_a_reboot_what_is_left_is_left(desk: Desk) -> None:
    number = desk.open(FindingKind.FAULT)  # fifteen minutes
    desk.beat()
    desk.reboot(off_s=300)
    assert desk.causes(number) == [Cause.FINDING, Cause.RESTARTED]
    desk.run()
    desk.wait(599)
    assert desk.alarm(number).step == 0
    desk.wait(2)
    assert desk.alarm(number).step == 1


def test_8_after_a_reboot_with_a_clock_that_stood_still_it_is_due_at_once(desk: Desk) -> None:
    number = desk.open(FindingKind.FAULT)
    desk.beat()
    desk.reboot(clock_ran=False)
    desk.run()
    assert desk.alarm(number).step == 1


def test_8_messages_that_wait_are_set_anew_as_well(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    desk.refuse(call, Trouble.PASSING)
    desk.beat()
    desk.reboot(off_s=30)
    assert [call.message.person for call in desk.run() if call.attempt == 2] == ["priya"]


def test_8_two_reboots_in_one_window(desk: Desk) -> None:
    number = desk.open(FindingKind.FAULT)
    desk.beat()
    desk.reboot(off_s=300)
    desk.reboot(off_s=300)
    desk.run()
    assert desk.alarm(number).step == 0
    desk.wait(300)
    assert desk.alarm(number).step == 1


@pytest.mark.parametrize("state", ["acknowledged", "exhausted"])
def test_8_every_state_outlives_a_reboot(desk: Desk, state: str) -> None:
    number = desk.open(FindingKind.PANIC)
    for wait in (0, 60, 120, 120, 60, 120, 120):
        desk.accept(desk.wait(wait))
    if state == "acknowledged":
        desk.say(number, Said.GOING, "priya")
    desk.beat()
    desk.reboot(off_s=3600)
    desk.run()
    assert desk.alarm(number).state is AlarmState.EXHAUSTED  # an hour later nobody has come: loud
    assert desk.alarm(number).next_boot_s == desk.boot_s + 300


def test_this_boot_has_a_name_of_its_own_even_where_the_system_does_not_tell() -> None:
    assert boot.this_boot() == boot_id()
    names = {boot.boot_name(boot.UNKNOWN_BOOT) for _ in range(2)}
    assert len(names) == 2


def test_replies_are_fetched_from_before_the_hub_stopped(desk: Desk) -> None:
    with desk.store.reading() as connection:
        assert boot.heard_until(connection, None) is None
    desk.beat()
    desk.pass_time(100)
    desk.reply(PRIYA, "1")
    with desk.store.reading() as connection:
        last = boot.last_alive(connection)
        assert boot.heard_until(connection, None) == desk.now
        assert boot.heard_until(connection, last) == START


def test_messages_on_their_way_are_followed_again_after_a_start(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    assert desk.do(boot.under_way) == {1: ("twilio", "sid-1")}
    desk.adapters -= {"twilio"}
    assert desk.do(boot.under_way) == {}
    desk.adapters |= {"twilio"}
    desk.pass_time(3601)
    assert desk.do(boot.under_way) == {}
