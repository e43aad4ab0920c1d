"""A modem adapter at one end of a pseudo-terminal, an emulated modem at the other, and time in a test's hands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

from devices.model import LinkEvent, LinkState
from hub.channels.attended import Around
from hub.channels.gsm.modem import GsmModem
from hub.clock import SystemClock
from hub.model import Message, Purpose
from hub.simulated.modem import SimulatedModem
from tests.fakes import FakeClock

T = TypeVar("T")

REAL = SystemClock()
PRIYA, TOM = "+447700900001", "+447700900002"
TICK_S = 0.01
IDLE_TICK_S = 2.0
REAL_TICK_S = 0.001
"""While an answer is waited for, time runs ten times as fast as the machine's: five seconds leave it half a second."""
DEADLINE_S = 20.0


_NUMBERS = count(1)


def text(words: str = "Margaret may have fallen.", to: str = PRIYA, purpose: Purpose = Purpose.ALARM) -> Message:
    """A message of its own."""
    number = next(_NUMBERS)
    return Message(
        notification_id=number,
        person="priya",
        channel="gsm_modem",
        to=to,
        text=words,
        reference=f"R{number:04d}",
        purpose=purpose,
    )


def around(told: list[LinkEvent]) -> Around:
    """A hub that keeps what it is told, and asks nobody."""
    return Around(report=told.append, is_asked=lambda _: False)


@dataclass(slots=True, kw_only=True)
class Rig:
    """Both ends, and what the adapter told of its modem."""

    clock: FakeClock
    modem: SimulatedModem
    channel: GsmModem
    told: list[LinkEvent] = field(default_factory=list)

    @property
    def state(self) -> LinkState | None:
        return self.told[-1].state if self.told else None

    @property
    def words(self) -> str:
        return self.told[-1].detail

    @property
    def is_busy(self) -> bool:
        """Whether the adapter waits for an answer, which takes real time to come."""
        line = self.channel._line
        return line is not None and line._dialogue.question is not None

    async def step(self, most_s: float = IDLE_TICK_S) -> float:
        """Let a little time pass, and what is on the line arrive; how much time that was."""
        await REAL.sleep(REAL_TICK_S)
        tick_s = min(most_s, TICK_S if self.is_busy else IDLE_TICK_S)
        await self.clock.advance(tick_s)
        return tick_s

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let time pass until this holds."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                await self.step()

    async def pass_time(self, seconds: float) -> None:
        """Let so much time pass, giving every answer the real time that it takes."""
        while seconds > 0:
            seconds -= await self.step(seconds)

    async def result(self, work: Awaitable[T]) -> T:
        """Let time pass until this is done."""
        task = asyncio.ensure_future(work)
        await self.until(task.done)
        return task.result()

    async def up(self) -> None:
        await self.until(lambda: self.state is LinkState.UP)

    async def down(self) -> None:
        await self.until(lambda: self.state is LinkState.DOWN)


@asynccontextmanager
async def running(folder: Path, *, plugged: bool = True) -> AsyncIterator[Rig]:
    """An adapter that runs, and is well unless the test spoilt it."""
    clock = FakeClock()
    modem = SimulatedModem(folder / "modem", clock)
    channel = GsmModem(clock, modem.path, 115_200, timedelta(minutes=5))
    rig = Rig(clock=clock, modem=modem, channel=channel)
    if plugged:
        modem.plug()
    task = asyncio.create_task(channel.run(around(rig.told)))
    try:
        yield rig
        if task.done():
            await task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await modem.unplug()
