"""The running escalation: one loop, real database, channels in tasks of their own."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select, update

from analytics.model import FindingKind
from hub.clock import SystemClock
from hub.escalation.alarms import UnknownAlarmError
from hub.escalation.sayings import Said
from hub.escalation.service import Escalation
from hub.household.model import Household
from hub.intents import Acknowledge, Close, RefusedError, Resident, ResidentSaid
from hub.intents import Said as PageSaid
from hub.model import ChannelError, Evidence, NotificationState
from hub.simulated.channel import SimulatedChannel
from hub.store.schema import acknowledgement, alarm, finding, notification, transition
from hub.store.writer import Store
from hub.supervisor import Failure
from tests.fakes import FakeClock
from tests.hub.escalation.homes import HOUSEHOLD, PRIYA, TOM
from tests.hub.escalation.homes import finding as a_finding

SYSTEM = SystemClock()
DEADLINE_S = 20.0


class Hub:
    """A running hub's escalation, and what a test wants to know of it."""

    def __init__(self, store: Store, household: Household | None = HOUSEHOLD) -> None:
        self.store = store
        self.clock = FakeClock()
        self.household = household
        self.channels = {name: SimulatedChannel(name) for name in ("twilio", "speaker")}
        self.escalation = self.new()

    def new(self) -> Escalation:
        return Escalation(self.store, self.clock, self.channels, self.in_force, boot_id="boot-1")

    def in_force(self, _: Connection) -> Household:
        """The household, if there is one."""
        if self.household is None:
            raise LookupError("no household was applied")
        return self.household

    async def opens(self, kind: FindingKind = FindingKind.PANIC, **words: Any) -> int:
        found = a_finding(kind, **{"at": self.clock.now(), **words})
        (number,) = await self.store.submit(lambda c: self.escalation.admit(c, [found], self.clock.now()))
        self.escalation.committed()
        return number

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, second by second, with the database keeping up."""
        for _ in range(int(seconds)):
            await self.clock.advance(1.0)
            await SYSTEM.sleep(0.004)

    async def passes(self, condition: Callable[[], bool], step_s: float = 1.0) -> None:
        """Let time pass until it holds, but not while a channel, which keeps the machine's time, is being asked."""
        end = SYSTEM.boot_s() + DEADLINE_S
        while not condition():
            assert SYSTEM.boot_s() < end, "it did not come to pass in time"
            if not self.escalation._dispatcher.in_flight:
                await self.clock.advance(step_s)
            await SYSTEM.sleep(0.004)

    def rows(self, table: Table, **where: Any) -> list[Mapping[str, Any]]:
        query = select(table).where(*(table.c[name] == value for name, value in where.items())).order_by(table.c.id)
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def state(self, number: int) -> str:
        return str(self.rows(alarm, id=number)[0]["state"])

    def sent(self, channel: str = "twilio") -> list[tuple[str, str]]:
        return [(one.person, one.purpose.value) for one in self.channels[channel].taken]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds without time passing, or fail."""
    end = SYSTEM.boot_s() + DEADLINE_S
    while not condition():
        assert SYSTEM.boot_s() < end, "it did not come to pass in time"
        await SYSTEM.sleep(0.005)


@asynccontextmanager
async def running(work: Callable[[], Awaitable[None]]) -> AsyncIterator[asyncio.Task[None]]:
    task: asyncio.Task[None] = asyncio.ensure_future(work())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def hub(new_store: Callable[[], Store]) -> AsyncIterator[Hub]:
    hub = Hub(new_store())
    async with running(hub.escalation.run):
        await until(lambda: hub.escalation._loop is not None)
        yield hub


async def test_a_call_is_handed_to_the_channel_as_soon_as_it_is_durable(hub: Hub) -> None:
    await hub.opens()
    await until(lambda: hub.sent() == [("priya", "alarm")])
    (row,) = hub.rows(notification)
    assert row["attempts"] == 1
    await until(lambda: hub.rows(notification)[0]["state"] == "accepted")


async def test_the_whole_story_from_the_fall_to_the_end(hub: Hub) -> None:
    number = await hub.opens(FindingKind.FALL)
    await until(lambda: hub.sent("speaker") == [("margaret", "check_in")])
    await hub.passes(lambda: len(hub.sent("speaker")) == 2)
    await hub.passes(lambda: ("priya", "alarm") in hub.sent())
    hub.channels["twilio"].answer(PRIYA, "1", hub.clock.now())
    await hub.passes(lambda: hub.state(number) == "acknowledged")
    await until(lambda: ("priya", "reply") in hub.sent())
    await until(lambda: ("margaret", "stand_down") in hub.sent("speaker"))
    await hub.escalation.say(number, Said.ARRIVED, "priya")
    heard = await hub.escalation.say(number, Said.CLOSED, "priya", "a stumble")
    assert heard.won
    assert hub.state(number) == "resolved"
    assert hub.rows(acknowledgement)[0]["said"] == "going"


async def test_5_and_6_nobody_answers_and_it_becomes_loud_and_goes_on(hub: Hub) -> None:
    number = await hub.opens()
    await hub.passes(lambda: hub.state(number) == "exhausted", step_s=15)
    await until(lambda: ("margaret", "exhausted") in hub.sent("speaker"))
    loud = len(hub.sent("speaker"))
    await hub.passes(lambda: len(hub.sent("speaker")) == loud + 1, step_s=15)


async def test_one_slow_channel_holds_up_no_other(hub: Hub) -> None:
    """Home Assistant: one failing notifier stops all."""
    slow = asyncio.Event()
    hub.channels["speaker"].then.append(slow)
    await hub.opens(FindingKind.FALL)
    await until(lambda: len(hub.channels["speaker"].calls) == 1)
    await hub.opens(FindingKind.PANIC, room="kitchen")
    await until(lambda: ("priya", "alarm") in hub.sent())
    slow.set()


async def test_10_a_notifier_that_raises_something_unexpected_is_a_fault_and_stops_nothing(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.channels["twilio"].then.append(KeyError(PRIYA))
    number = await hub.opens()
    await until(lambda: hub.rows(alarm, kind="fault") != [])
    await until(lambda: ("tom", "alarm") in hub.sent())  # the next step, at once
    assert hub.state(number) == "escalating"
    assert "KeyError at channel.py" in caplog.text
    assert PRIYA not in caplog.text  # nobody's number in a log


async def test_passing_trouble_is_tried_again_and_a_doubtful_call_is_looked_up(hub: Hub) -> None:
    twilio = hub.channels["twilio"]
    twilio.then.extend([ChannelError("busy"), ChannelError("timed out", ambiguous=True)])
    await hub.opens()
    await until(lambda: len(twilio.calls) == 1)
    await hub.passes(lambda: len(twilio.calls) == 2)
    await hub.passes(lambda: hub.rows(notification)[0]["state"] == "accepted")
    assert (len(twilio.looks), len(twilio.taken)) == (1, 1)


async def test_what_the_provider_never_got_is_sent_again_with_a_mark(hub: Hub) -> None:
    twilio = hub.channels["twilio"]
    twilio.forgets = True
    twilio.then.append(ChannelError("timed out", ambiguous=True))
    await hub.opens()
    await until(lambda: len(twilio.calls) == 1)
    await hub.passes(lambda: len(twilio.taken) == 1)
    assert twilio.taken[0].text.endswith("(repeat)")


async def test_a_look_up_that_fails_is_made_again(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    twilio = hub.channels["twilio"]
    twilio.then.append(ChannelError("timed out", ambiguous=True))
    twilio.broken = ChannelError("down")
    await hub.opens()
    await until(lambda: len(twilio.calls) == 1)
    await hub.passes(lambda: len(twilio.looks) == 1)
    twilio.broken = None
    await hub.passes(lambda: hub.rows(notification)[0]["state"] == "accepted")
    assert "not taken (passing)" in caplog.text


async def test_a_message_is_followed_until_it_arrives_ever_less_often(hub: Hub) -> None:
    await hub.opens()
    await until(lambda: hub.rows(notification)[0]["state"] == "accepted")
    number = hub.rows(notification)[0]["provider_id"]
    hub.channels["twilio"].reports[number] = Evidence(state=NotificationState.SENT, provider_id=number)
    await hub.passes(lambda: hub.rows(notification)[0]["state"] == "sent")
    hub.channels["twilio"].reports[number] = Evidence(state=NotificationState.DELIVERED, provider_id=number)
    await hub.passes(lambda: hub.rows(notification)[0]["state"] == "delivered")


async def test_undelivered_is_noticed_by_asking(hub: Hub) -> None:
    await hub.opens()
    await until(lambda: hub.rows(notification)[0]["state"] == "accepted")
    number = hub.rows(notification)[0]["provider_id"]
    hub.channels["twilio"].reports[number] = Evidence(state=NotificationState.SENT, provider_id=number, negative=True)
    await hub.passes(lambda: hub.rows(notification, id=1)[0]["state"] == "failed")
    await until(lambda: ("tom", "alarm") in hub.sent())


async def test_replies_that_cannot_be_fetched_are_a_fault(hub: Hub) -> None:
    hub.channels["twilio"].broken = OSError("no route")
    await hub.passes(lambda: "Answers by twilio cannot be fetched." in [row["because"] for row in hub.rows(finding)])
    hub.channels["twilio"].broken = None
    hub.channels["twilio"].answer(TOM, "hello", hub.clock.now())
    await hub.passes(lambda: ("tom", "reply") in hub.sent())


async def test_a_reply_that_cannot_be_taken_in_holds_up_no_other(hub: Hub) -> None:
    number = await hub.opens()
    await until(lambda: hub.rows(notification)[0]["state"] == "accepted")
    twilio = hub.channels["twilio"]
    twilio.answer(PRIYA, None, hub.clock.now())  # type: ignore[arg-type]
    twilio.answer(PRIYA, "1", hub.clock.now())
    await hub.passes(lambda: hub.state(number) == "acknowledged")


async def test_8_two_acks_in_one_instant(hub: Hub) -> None:
    number = await hub.opens()
    heard = await asyncio.gather(*(hub.escalation.say(number, Said.GOING, who) for who in ("priya", "tom", "joan")))
    assert sorted(one.won for one in heard) == [False, False, True]
    assert len(hub.rows(acknowledgement)) == 3


async def test_8_an_ack_and_a_time_out_in_one_instant(hub: Hub) -> None:
    number = await hub.opens()
    await until(lambda: hub.sent() == [("priya", "alarm")])
    await asyncio.gather(hub.clock.advance(60), hub.escalation.say(number, Said.GOING, "priya"))
    await until(lambda: hub.state(number) in ("acknowledged", "escalating"))
    rows = hub.rows(transition, alarm_id=number)
    assert rows[-1]["to_state"] == hub.state(number)
    assert hub.rows(alarm, id=number)[0]["owner"] == "priya"


async def test_pages_ask_and_are_answered_in_a_sentence(hub: Hub) -> None:
    number = await hub.opens()
    now = hub.clock.now()
    say = Acknowledge(alarm_id=number, said=PageSaid.GOING)

    async def ask(work: Callable[..., str], *arguments: object) -> str:
        return await hub.store.submit(lambda connection: work(connection, *arguments, now))

    assert "You are going" in await ask(hub.escalation.acknowledge, say, "priya")
    assert "You have it already" in await ask(hub.escalation.acknowledge, say, "priya")
    assert "Priya is going already" in await ask(hub.escalation.acknowledge, say, "tom")
    cannot = Acknowledge(alarm_id=number, said=PageSaid.CANNOT)
    assert "Others are asked" in await ask(hub.escalation.acknowledge, cannot, "priya")
    arrived = Acknowledge(alarm_id=number, said=PageSaid.ARRIVED)
    assert "close the alarm" in await ask(hub.escalation.acknowledge, arrived, "tom")
    close = Close(alarm_id=number, outcome="all well")
    assert "is closed" in await ask(hub.escalation.close, close, "tom")
    assert "closed already" in await ask(hub.escalation.close, close, "tom")
    for by, why in (("georgina", "no such person"), ("margaret", "somebody else to answer")):
        with pytest.raises(RefusedError, match=why):
            await ask(hub.escalation.acknowledge, say, by)
    with pytest.raises(RefusedError, match="no such person"):
        await ask(hub.escalation.close, close, "georgina")
    with pytest.raises(RefusedError, match="no alarm 99"):
        await ask(hub.escalation.close, Close(alarm_id=99, outcome="x"), "tom")
    with pytest.raises(UnknownAlarmError, match="no alarm 99"):
        await hub.escalation.say(99, Said.GOING, "tom")


async def test_the_last_who_had_it_gives_it_back_on_a_page(hub: Hub) -> None:
    number = await hub.opens()
    await hub.passes(lambda: hub.state(number) == "exhausted", step_s=15)
    await hub.escalation.say(number, Said.GOING, "priya")
    cannot = Acknowledge(alarm_id=number, said=PageSaid.CANNOT)
    result = await hub.store.submit(
        lambda connection: hub.escalation.acknowledge(connection, cannot, "priya", hub.clock.now())
    )
    assert result == "Thank you for saying so. Everybody is asked again."


async def test_the_resident_answers_and_calls_on_the_page_at_home(hub: Hub) -> None:
    async def says(said: ResidentSaid) -> str:
        asked = Resident(said=said)
        return await hub.store.submit(
            lambda connection: hub.escalation.resident(connection, asked, "margaret", hub.clock.now())
        )

    assert await says(ResidentSaid.FINE) == "Thank you. No question was open."
    number = await hub.opens(FindingKind.FALL)
    assert await says(ResidentSaid.FINE) == "Thank you. It is noted."
    assert hub.state(number) == "cancelled"
    assert await says(ResidentSaid.HELP) == "Help is being called."
    await until(lambda: ("priya", "alarm") in hub.sent())


async def test_a_button_says_fine_and_coming_home_ends_the_question(hub: Hub) -> None:
    fall = await hub.opens(FindingKind.FALL)
    now = hub.clock.now()
    assert await hub.store.submit(lambda c: hub.escalation.fine(c, "pendant", now)) == [fall]
    out = await hub.opens(FindingKind.WANDERING, room="hall")
    assert await hub.store.submit(lambda c: hub.escalation.returned(c, now)) == [out]
    assert (hub.state(fall), hub.state(out)) == ("cancelled", "cancelled")


async def test_an_alarm_that_cannot_be_moved_holds_up_no_other_and_is_a_fault(hub: Hub) -> None:
    broken = await hub.opens(FindingKind.PANIC)
    other = await hub.opens(FindingKind.FALL, room="kitchen")
    await hub.store.submit(lambda c: c.execute(update(alarm).where(alarm.c.id == broken).values(policy={})))
    await hub.passes(lambda: hub.state(other) == "escalating")
    await hub.passes(lambda: "An alarm could not be moved on." in [row["because"] for row in hub.rows(finding)])


async def test_trouble_in_the_loop_itself_is_survived(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    household, hub.household = hub.household, None
    hub.escalation.committed()
    await hub.passes(lambda: "the alarms could not be looked at" in caplog.text)
    hub.household = household
    await hub.opens()
    await hub.passes(lambda: hub.sent() == [("priya", "alarm")])


async def test_a_result_that_cannot_be_kept_brings_the_message_back(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    answered = asyncio.Event()
    hub.channels["twilio"].then.append(answered)
    await hub.opens()
    await until(lambda: len(hub.channels["twilio"].calls) == 1)
    household, hub.household = hub.household, None
    answered.set()
    await until(lambda: "what came of message 1 could not be kept" in caplog.text)
    hub.household = household
    await hub.passes(lambda: hub.rows(notification, id=1)[0]["state"] == "accepted")
    assert len(hub.channels["twilio"].taken) == 1


async def test_a_part_of_the_escalation_that_fails_is_a_fault_and_starts_again(hub: Hub) -> None:
    hub.escalation._part_failed(Failure(part="answers by speaker", reason="x", count=1, wait_s=1.0))
    await until(lambda: hub.rows(finding, kind="fault") != [])
    (row,) = hub.rows(finding, kind="fault")
    assert row["because"] == "A part of the hub does not work as it should: answers by speaker."


async def test_a_fault_that_cannot_be_told_is_logged(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    household, hub.household = hub.household, None
    hub.escalation._part_failed(Failure(part="alarms", reason="x", count=1, wait_s=1.0))
    await until(lambda: "a fault could not be raised" in caplog.text)
    hub.household = household


async def test_a_store_that_is_closed_ends_the_wait_for_it(
    new_store: Callable[[], Store], caplog: pytest.LogCaptureFixture
) -> None:
    hub = Hub(new_store())
    answered = asyncio.Event()
    hub.channels["twilio"].then.append(answered)
    async with running(hub.escalation.run):
        await until(lambda: hub.escalation._loop is not None)
        await hub.opens()
        await until(lambda: len(hub.channels["twilio"].calls) == 1)
        await hub.store.close()
        answered.set()
        await until(lambda: "could not be kept: StoreClosedError" in caplog.text)


async def test_before_the_start_pages_are_answered_too(new_store: Callable[[], Store]) -> None:
    hub = Hub(new_store())
    asked = Resident(said=ResidentSaid.FINE)
    now = hub.clock.now()
    said = await hub.store.submit(lambda c: hub.escalation.resident(c, asked, "margaret", now))
    assert said == "Thank you. No question was open."


async def test_what_was_opened_before_the_start_is_sent_at_the_start(new_store: Callable[[], Store]) -> None:
    hub = Hub(new_store())
    await hub.opens()
    assert hub.sent() == []
    async with running(hub.escalation.run):
        await until(lambda: hub.sent() == [("priya", "alarm")])


async def test_1_stopped_in_the_middle_of_a_call_it_is_looked_up_after_the_start(
    new_store: Callable[[], Store],
) -> None:
    hub = Hub(new_store())
    hub.channels["twilio"].then.append(asyncio.Event())  # never comes back
    async with running(hub.escalation.run):
        await until(lambda: hub.escalation._loop is not None)
        await hub.opens()
        await until(lambda: len(hub.channels["twilio"].calls) == 1)
        hub.channels["twilio"].taken.append(hub.channels["twilio"].calls[0])  # the provider has it all the same
        hub.escalation._dispatcher.stop_within_s = 0.01
    assert hub.rows(notification)[0]["state"] == "calling"
    hub.escalation = hub.new()
    async with running(hub.escalation.run):
        await until(lambda: hub.rows(notification)[0]["state"] == "accepted")
    assert len(hub.channels["twilio"].calls) == 1


async def test_a_claim_that_comes_after_the_end_is_left_to_the_next_start(new_store: Callable[[], Store]) -> None:
    hub = Hub(new_store())
    hub.escalation._hand_over([])
    assert hub.sent() == []


async def test_messages_on_their_way_are_followed_again_after_a_start(new_store: Callable[[], Store]) -> None:
    hub = Hub(new_store())
    async with running(hub.escalation.run):
        await hub.opens()
        await until(lambda: hub.rows(notification)[0]["state"] == "accepted")
    number = hub.rows(notification)[0]["provider_id"]
    hub.channels["twilio"].reports[number] = Evidence(state=NotificationState.DELIVERED, provider_id=number)
    hub.escalation = hub.new()
    async with running(hub.escalation.run):
        await until(lambda: hub.escalation._loop is not None)
        await hub.passes(lambda: hub.rows(notification)[0]["state"] == "delivered")


async def test_a_locked_database_does_not_lose_what_came_of_a_call(
    new_store: Callable[[], Store], caplog: pytest.LogCaptureFixture
) -> None:
    path = new_store().path
    hub = Hub(Store.open(path, busy_s=0.05))
    answered = asyncio.Event()
    hub.channels["twilio"].then.append(answered)
    async with running(hub.escalation.run):
        await until(lambda: hub.escalation._loop is not None)
        await hub.opens()
        await until(lambda: len(hub.channels["twilio"].calls) == 1)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answered.set()
            await until(lambda: "the database does not take what came of a message" in caplog.text)
            other.execute("ROLLBACK")
        await hub.advance(5)
        await until(lambda: hub.rows(notification)[0]["state"] == "accepted")
    assert len(hub.channels["twilio"].calls) == 1
    await hub.store.close()
