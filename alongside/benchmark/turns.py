"""A clock for runs in which days pass in seconds: it goes where the frames are, and wakes who sleeps at each stop."""

import asyncio
import heapq
from datetime import datetime


class Turns:
    """Both its times follow what is heard. Sleepers wake at the next stop after their time, in the order of it."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = start
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._count = 0

    def now(self) -> datetime:
        """Where the frames are."""
        return self._now

    def boot_s(self) -> float:
        """The same, in seconds from the start."""
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Wait until a stop at which so much has passed."""
        woken = asyncio.Event()
        self._count += 1
        heapq.heappush(self._sleepers, (self.boot_s() + max(0.0, seconds), self._count, woken))
        await woken.wait()

    def go_to(self, at: datetime) -> None:
        """Go on; never back, whatever was heard late."""
        self._now = max(self._now, at)

    def stop_at(self, at: datetime) -> None:
        """Go on, and wake everybody whose time has come."""
        self.go_to(at)
        while self._sleepers and self._sleepers[0][0] <= self.boot_s():
            heapq.heappop(self._sleepers)[2].set()
