"""A serial transport at one end of a pseudo-terminal, and what it told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sized
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from devices.model import Frame, LinkEvent, LinkState, Transport
from hub.clock import SystemClock

CLOCK = SystemClock()
DEADLINE_S = 10.0


@dataclass(slots=True)
class Heard:
    """What a transport delivered and reported."""

    frames: list[Frame] = field(default_factory=list)
    links: list[LinkEvent] = field(default_factory=list)

    @property
    def states(self) -> list[LinkState]:
        return [event.state for event in self.links]

    @property
    def payloads(self) -> list[bytes]:
        return [frame.payload for frame in self.frames]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, up to a deadline."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await CLOCK.sleep(0.002)


async def grown(items: Sized, size: int) -> None:
    """Wait until there are so many."""
    await until(lambda: len(items) >= size)


@asynccontextmanager
async def running(transport: Transport) -> AsyncIterator[Heard]:
    heard = Heard()
    task = asyncio.create_task(transport.run(heard.frames.append, heard.links.append))
    try:
        yield heard
        if task.done():
            await task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
