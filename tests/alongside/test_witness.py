import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from alongside.demo.model import Until
from alongside.demo.witness import Heard, News, Sent, Turn, Witness
from hub.clock import SystemClock
from hub.model import AlarmState, NotificationState
from hub.store.writer import Store
from tests.alongside.record import add_alarm, add_message, add_reply, add_turn, at, opened
from tests.devices.ble_rig import until

CHECKIN = Until(alarm="fall", state=AlarmState.CHECKIN)
TEXTED = Until(alarm="fall", state=AlarmState.CHECKIN, texted="nadia")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = opened(tmp_path)
    yield store
    store.shut()


@pytest.fixture
def told() -> list[News]:
    return []


@pytest.fixture
async def witness(store: Store, tmp_path: Path, told: list[News]) -> Witness:
    del store  # it makes the file
    return Witness(tmp_path / "home.sqlite3", SystemClock(), told.append)


async def look(witness: Witness) -> asyncio.Task[None]:
    return asyncio.create_task(witness.run())


async def stop(looking: asyncio.Task[None]) -> None:
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_each_piece_of_news_is_told_once_and_in_order(store: Store, witness: Witness, told: list[News]) -> None:
    looking = await look(witness)
    number = store.run(add_alarm)
    store.run(lambda connection: add_turn(connection, number, AlarmState.CHECKIN, 0))
    await until(lambda: len(told) == 1)
    store.run(lambda connection: add_reply(connection, number, "nadia", 50))
    store.run(lambda connection: add_message(connection, number, "nadia", seconds=31))
    await until(lambda: len(told) == 3)
    await stop(looking)
    assert type(told[0]) is Turn
    assert {type(news) for news in told[1:]} == {Sent, Heard}
    assert told[0].at == at(0)


async def test_a_message_that_has_not_gone_is_no_news(store: Store, witness: Witness, told: list[News]) -> None:
    number = store.run(add_alarm)
    store.run(lambda connection: add_message(connection, number, "nadia", state=NotificationState.CALLING))
    store.run(lambda connection: add_turn(connection, number, AlarmState.CHECKIN, 0))
    looking = await look(witness)
    await until(lambda: bool(told))
    await stop(looking)
    assert [type(news) for news in told] == [Turn]


async def test_a_story_can_wait_for_a_state(store: Store, witness: Witness) -> None:
    looking = await look(witness)
    waiting = asyncio.create_task(witness.until(CHECKIN))
    number = store.run(add_alarm)
    store.run(lambda connection: add_turn(connection, number, AlarmState.CHECKIN, 0))
    await asyncio.wait_for(waiting, 10)
    await stop(looking)
    assert witness.latest("fall") == number
    assert witness.latest("panic") is None


@pytest.mark.parametrize(("person", "channel"), [("ben", "sms"), ("nadia", "speaker")])
async def test_a_text_to_somebody_else_is_not_the_one_awaited(
    store: Store, witness: Witness, told: list[News], person: str, channel: str
) -> None:
    number = store.run(add_alarm)
    store.run(lambda connection: add_turn(connection, number, AlarmState.CHECKIN, 0))
    store.run(lambda connection: add_message(connection, number, person, channel=channel))
    looking = await look(witness)
    waiting = asyncio.create_task(witness.until(TEXTED))
    await until(lambda: len(told) == 2)
    assert not waiting.done()
    store.run(lambda connection: add_message(connection, number, "nadia"))
    await asyncio.wait_for(waiting, 10)
    await stop(looking)
