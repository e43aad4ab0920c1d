"""Whose turn it is at a channel that takes one message at a time: a number that keeps failing holds up no other."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from hub.model import Purpose

RANKS: Mapping[Purpose, int] = {
    Purpose.ALARM: 0,
    Purpose.EXHAUSTED: 0,
    Purpose.CHECK_IN: 0,
    Purpose.REPLY: 1,
    Purpose.BACKUP: 1,
    Purpose.STAND_DOWN: 2,
    Purpose.CLOSED: 2,
}
"""Calls for help go first, good news last."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waiter:
    """Somebody who waits for their turn, in the order in which they came."""

    to: str
    purpose: Purpose
    number: int
    turn: asyncio.Future[None]


class Turns:
    """One at a time: first those whose last message went well, then by purpose, then in order."""

    def __init__(self) -> None:
        self._waiting: list[Waiter] = []
        self._failing: set[str] = set()
        self._taken = False
        self._count = 0

    @asynccontextmanager
    async def mine(self, to: str, purpose: Purpose) -> AsyncIterator[None]:
        """Wait for my turn, and have it. An exception inside counts against the number."""
        await self._wait(to, purpose)
        try:
            yield
        except Exception:
            self._failing.add(to)
            raise
        else:
            self._failing.discard(to)
        finally:
            self._taken = False
            self._next()

    async def _wait(self, to: str, purpose: Purpose) -> None:
        self._count += 1
        turn = asyncio.get_running_loop().create_future()
        waiter = Waiter(to=to, purpose=purpose, number=self._count, turn=turn)
        self._waiting.append(waiter)
        self._next()
        try:
            await turn
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            else:  # cancelled at the very moment in which its turn came
                self._taken = False
                self._next()
            raise

    def _next(self) -> None:
        waiting = [one for one in self._waiting if not one.turn.done()]
        if self._taken or not waiting:
            return
        waiter = min(waiting, key=lambda one: (one.to in self._failing, RANKS[one.purpose], one.number))
        self._waiting.remove(waiter)
        self._taken = True
        waiter.turn.set_result(None)
