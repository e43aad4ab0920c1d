"""What a channel is asked, and how often."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hub.escalation.context import Context
from hub.escalation.listening import FOLLOW_S, OVERLAP, REMEMBERED, Listener, interval_s, is_under_way, nap
from hub.model import Evidence, Inbound, NotificationState
from hub.simulated.channel import SimulatedChannel
from tests.fakes import START, FakeClock, settle

SENT = Evidence(state=NotificationState.SENT)


class Ledger:
    """Counts transactions, and carries none out."""

    def __init__(self) -> None:
        self.count = 0

    async def transact(self, _work: Callable[[Context], Any]) -> None:
        self.count += 1


@pytest.mark.parametrize(("quiet_s", "every_s"), [(0, 1), (59, 1), (60, 3), (599, 3), (600, 10), (3600, 30)])
def test_often_while_people_are_answering_and_ever_less_often_afterwards(quiet_s: float, every_s: float) -> None:
    assert interval_s(quiet_s) == every_s


async def test_what_was_taken_in_is_not_taken_in_again_and_memory_is_bounded() -> None:
    channel, ledger = SimulatedChannel("sms"), Ledger()
    listener = Listener(channel, FakeClock(), ledger.transact, START)
    for _ in range(REMEMBERED + 5):
        channel.answer("+447700900001", "1", START)
    await listener.look()
    assert ledger.count == REMEMBERED + 5
    assert len(listener._seen) == REMEMBERED
    channel.replies = channel.replies[-10:]
    await listener.look()
    assert ledger.count == REMEMBERED + 5


async def test_the_list_is_read_from_before_the_newest_reply_by_the_provider_s_clock() -> None:
    asked: list[Any] = []

    class Noting(SimulatedChannel):
        async def inbound(self, since: Any) -> list[Inbound]:
            asked.append(since)
            return await super().inbound(since)

    channel = Noting("sms")
    listener = Listener(channel, FakeClock(), Ledger().transact, START)
    newest = START + timedelta(hours=5)
    channel.answer("+447700900001", "1", newest)
    await listener.look()
    await listener.look()
    assert asked == [START - OVERLAP, newest - OVERLAP]


async def test_a_hub_that_knows_of_nothing_looks_a_day_back() -> None:
    listener = Listener(SimulatedChannel("sms"), FakeClock(), Ledger().transact, None)
    assert listener._since == START - timedelta(days=1) - OVERLAP


async def test_a_message_is_followed_ever_less_often_and_not_for_ever() -> None:
    clock, channel, ledger = FakeClock(), SimulatedChannel("sms"), Ledger()
    listener = Listener(channel, clock, ledger.transact, START)
    channel.reports["sid"] = SENT
    listener.follow(1, "sid")
    asked_after: list[float] = []
    while listener._followed:
        before = ledger.count
        await listener.look()
        if ledger.count > before:
            asked_after.append(clock.boot_s() - 1000.0)
        await clock.advance(1.0)
    assert asked_after[:4] == [1.0, 2.0, 3.0, 5.0]
    assert len(asked_after) < 25
    assert asked_after[-1] > FOLLOW_S


@pytest.mark.parametrize("evidence", [None, Evidence(state=NotificationState.DELIVERED)])
async def test_what_has_arrived_or_cannot_be_followed_is_not_asked_after_again(evidence: Evidence | None) -> None:
    clock, channel, ledger = FakeClock(), SimulatedChannel("sms"), Ledger()
    listener = Listener(channel, clock, ledger.transact, START)
    if evidence is not None:
        channel.reports["sid"] = evidence
    listener.follow(1, "sid")
    await clock.advance(1.0)
    await listener.look()
    assert listener._followed == {}
    assert ledger.count == (0 if evidence is None else 1)


@pytest.mark.parametrize(
    ("state", "negative", "expected"),
    [("accepted", False, True), ("sent", False, True), ("sent", True, False), ("delivered", False, False)],
)
def test_what_is_under_way(state: str, negative: bool, expected: bool) -> None:
    assert is_under_way(Evidence(state=NotificationState(state), negative=negative)) is expected


async def test_a_nap_ends_with_its_time_or_when_woken() -> None:
    clock, woken = FakeClock(), asyncio.Event()
    asleep = asyncio.create_task(nap(clock, woken, 10.0))
    await clock.advance(9.0)
    assert not asleep.done()
    await clock.advance(1.0)
    assert asleep.done()
    asleep = asyncio.create_task(nap(clock, woken, 10.0))
    await settle()
    woken.set()
    await settle()
    assert asleep.done()
