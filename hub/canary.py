"""Looks after the canary for as long as the hub runs."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from devices.model import Clock
from hub.escalation import canary
from hub.escalation.context import Context
from hub.store.writer import Store

LOOK_EVERY_S = 60.0


class Desk(Protocol):
    """Who writes messages, inside a transaction."""

    def look_after(self, connection: Connection, work: Callable[[Context], None], now: datetime) -> None:
        """Do this with messages and alarms."""
        ...


class Canary:
    """Sends the test text when it is time, and sees whether it comes back."""

    def __init__(self, store: Store, clock: Clock, desk: Desk) -> None:
        self._store = store
        self._clock = clock
        self._desk = desk

    async def run(self) -> None:
        """Look once a minute, until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look now."""
        now = self._clock.now()
        await self._store.submit(lambda connection: self._desk.look_after(connection, canary.look, now))
