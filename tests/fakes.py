"""Fakes that several rooms' tests share: small, and shipped rather than patched in."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until a test moves it; sleepers wake in order of their due time."""

    def __init__(self, start: datetime = START) -> None:
        self._wall = start
        self._boot_s = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._wall

    def boot_s(self) -> float:
        return self._boot_s

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._count += 1
        heapq.heappush(self._sleepers, (self._boot_s + max(seconds, 0.0), self._count, woken))
        await woken.wait()

    def jump_wall(self, by: timedelta) -> None:
        """Set the wall clock without letting time pass, as a wrong clock that is corrected does."""
        self._wall += by

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking every sleeper at its own moment and letting it run."""
        end = self._boot_s + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            self._move_to(max(due, self._boot_s))
            woken.set()
            await settle()
        self._move_to(end)
        await settle()

    def _move_to(self, boot_s: float) -> None:
        self._wall += timedelta(seconds=boot_s - self._boot_s)
        self._boot_s = boot_s


async def settle(turns: int = 20) -> None:
    """Let every ready task run on the event loop."""
    loop = asyncio.get_running_loop()
    for _ in range(turns):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn
