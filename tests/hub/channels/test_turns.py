import asyncio
from contextlib import suppress

import pytest

from hub.channels.turns import RANKS, Turns
from hub.model import Purpose
from tests.fakes import settle

DEAD, GOOD, OTHER = "+447700900009", "+447700900001", "+447700900002"


class Line:
    """A channel that takes one message at a time; `release` lets the one that has its turn be done, or fail."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.order: list[str] = []
        self._release: asyncio.Queue[Exception | None] = asyncio.Queue()

    def queue(self, to: str, purpose: Purpose = Purpose.ALARM) -> asyncio.Task[None]:
        return asyncio.create_task(self._use(to, purpose))

    async def done(self, error: Exception | None = None) -> None:
        self._release.put_nowait(error)
        await settle()

    async def _use(self, to: str, purpose: Purpose) -> None:
        async with self.turns.mine(to, purpose):
            self.order.append(f"{purpose} {to}" if purpose is not Purpose.ALARM else to)
            error = await self._release.get()
            if error is not None:
                raise error


@pytest.fixture
def line() -> Line:
    return Line()


async def test_one_at_a_time_in_order(line: Line) -> None:
    tasks = [line.queue(to) for to in (GOOD, OTHER, GOOD)]
    await settle()
    assert line.order == [GOOD]
    for _ in range(3):
        await line.done()
    assert line.order == [GOOD, OTHER, GOOD]
    await asyncio.gather(*tasks)


async def test_calls_for_help_go_first(line: Line) -> None:
    purposes = [Purpose.CLOSED, Purpose.STAND_DOWN, Purpose.REPLY, Purpose.ALARM, Purpose.EXHAUSTED]
    tasks = [line.queue(GOOD, one) for one in purposes]
    await settle()
    for _ in purposes:
        await line.done()
    went = [one.split()[0] for one in line.order]
    assert went == ["closed", GOOD, "exhausted", "reply", "stand_down"]  # the first had the line before the others came
    await asyncio.gather(*tasks)
    assert RANKS.keys() == set(Purpose)


async def test_one_dead_number_never_blocks_another(line: Line) -> None:
    first = line.queue(DEAD)
    await line.done(OSError("dead"))
    with suppress(OSError):
        await first
    busy = line.queue(GOOD)
    await settle()
    tasks = [line.queue(DEAD), line.queue(DEAD), line.queue(OTHER), line.queue(GOOD, Purpose.STAND_DOWN)]
    await settle()
    for _ in range(5):
        await line.done()
    assert line.order == [DEAD, GOOD, OTHER, f"stand_down {GOOD}", DEAD, DEAD]
    await asyncio.gather(busy, *tasks)


async def test_a_number_that_answers_again_is_like_any_other(line: Line) -> None:
    failed = line.queue(DEAD)
    await line.done(OSError("dead"))
    await asyncio.gather(failed, return_exceptions=True)
    well = line.queue(DEAD)
    await line.done()
    tasks = [well, line.queue(GOOD), line.queue(DEAD), line.queue(OTHER)]
    await settle()
    for _ in range(3):
        await line.done()
    assert line.order == [DEAD, DEAD, GOOD, DEAD, OTHER]
    await asyncio.gather(*tasks)


async def test_whoever_gives_up_waiting_leaves_the_queue(line: Line) -> None:
    first, second, third = line.queue(GOOD), line.queue(OTHER), line.queue(DEAD)
    await settle()
    second.cancel()
    await settle()
    await line.done()
    assert line.order == [GOOD, DEAD]
    await line.done()
    await asyncio.gather(first, third)


async def test_whoever_gives_up_in_the_moment_of_their_turn_passes_it_on(line: Line) -> None:
    async with line.turns.mine(GOOD, Purpose.ALARM):
        second, third = line.queue(OTHER), line.queue(DEAD)
        await settle()
    second.cancel()
    await line.done()
    assert line.order == [DEAD]
    await third
    assert second.cancelled()
