"""The hub's eye on the auditor: where one is set to this home, its silence is a fault like any other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from devices.model import Clock
from hub import auditor_pulse
from hub.auditor_pulse import Pulse
from hub.escalation import cases
from hub.escalation.boot import this_boot
from hub.escalation.context import Context
from hub.store.faults import Fault
from hub.store.writer import Store

LOOK_EVERY_S = 30.0
SILENT_AFTER_S = 120.0
KIND, SUBJECT = "auditor_silent", "auditor"
SILENT = "The second pair of eyes on the alarm system has closed: the auditor does not run."
BACK = "The auditor runs again."


class Desk(Protocol):
    """Who opens and ends cases, inside a transaction."""

    def look_after(self, connection: Connection, work: Callable[[Context], None], now: datetime) -> None:
        """Do this with messages and alarms."""
        ...


def is_silent(pulse: Pulse | None, boot_id: str, boot_s: float, began_s: float) -> bool:
    """Whether an auditor that is expected gives no sign of life. After a start it is given as long as ever. Pure."""
    if pulse is None:
        return False
    last_s = pulse.boot_s if pulse.boot_id == boot_id else began_s
    return boot_s - max(last_s, began_s) > SILENT_AFTER_S


class AuditorWatch:
    """Looks for the auditor's sign of life, and says when it is missed, and when it is back."""

    def __init__(self, store: Store, clock: Clock, desk: Desk, boot_id: str | None = None) -> None:
        self._store = store
        self._clock = clock
        self._desk = desk
        self._boot_id = boot_id or this_boot()
        self._began_s = clock.boot_s()
        self._was_silent: bool | None = None

    async def run(self) -> None:
        """Look twice a minute, until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look now."""
        pulse = auditor_pulse.take(self._store.path)
        silent = is_silent(pulse, self._boot_id, self._clock.boot_s(), self._began_s)
        if silent != self._was_silent:
            now = self._clock.now()
            work = _missed if silent else _back
            await self._store.submit(lambda connection: self._desk.look_after(connection, work, now))
            self._was_silent = silent


def _missed(ctx: Context) -> None:
    cases.open_(
        ctx,
        Fault(
            kind=KIND,
            subject=SUBJECT,
            because=SILENT,
            opened_at=ctx.now,
            due_at=ctx.now + timedelta(days=1),
            cover="Alarms are dealt with as ever.",
        ),
    )


def _back(ctx: Context) -> None:
    cases.end(ctx, KIND, SUBJECT, BACK)
