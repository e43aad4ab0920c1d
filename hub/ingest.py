"""The transaction with which an alarm begins: call, finding and alarm are durable together, before anything is sent."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, insert

from analytics.model import Answer, Finding
from devices.model import Clock, Trigger
from hub.repeats import token_of
from hub.store.errors import StoreClosedError
from hub.store.prepared import Prepared
from hub.store.schema import sensor_event, to_us
from hub.store.writer import Store
from hub.supervisor import Failure, back_off_s, describe

NOBODY_MINDED = "no rule of this home makes an alarm of it"
FINE_BUT_NOTHING_OPEN = "it says that all is well, and no question was open"

_RECORD = Prepared(insert(sensor_event), *sensor_event.columns.keys())


class Desk(Protocol):
    """Who deals with what was noticed. All but the last are called in the ingest transaction."""

    def admit(self, connection: Connection, findings: Sequence[Finding], now: datetime) -> list[int]:
        """Open or extend alarms for those findings that are new; which alarms they belong to."""
        ...

    def fine(self, connection: Connection, device: str, now: datetime) -> list[int]:
        """The resident says that she is fine, by this device; which alarms that answers."""
        ...

    def returned(self, connection: Connection, now: datetime) -> list[int]:
        """The resident has been noticed back indoors; which alarms that answers."""
        ...

    def committed(self) -> None:
        """What was admitted is durable now: deal with it. Called on the event loop."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A trigger on its way to the store, and what it means to the resident."""

    number: int
    device_id: int
    trigger: Trigger
    meaning: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """What must be durable at once: calls, what was found, and that somebody has come back indoors."""

    at: datetime
    calls: Sequence[Call] = ()
    findings: Sequence[Finding] = ()
    returned: bool = False


class Ingest:
    """Commits what is urgent, and goes on trying for as long as the database cannot take it."""

    def __init__(self, store: Store, clock: Clock, desk: Desk, on_failure: Callable[[Failure], None]) -> None:
        self._store = store
        self._clock = clock
        self._desk = desk
        self._on_failure = on_failure
        self._under_way: set[asyncio.Task[None]] = set()

    def commit(self, urgent: Urgent) -> asyncio.Task[None]:
        """Begin to make it durable; the task ends when it is."""
        first = self._store.submit(lambda connection: self._write(connection, urgent))
        task = asyncio.create_task(self._until_durable(urgent, first))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def drained(self) -> None:
        """Wait until all that is under way is durable."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _until_durable(self, urgent: Urgent, attempt: asyncio.Future[None]) -> None:
        count = 0
        while not await self._succeeded(attempt, count := count + 1):
            await self._clock.sleep(back_off_s(count))
            attempt = self._store.submit(lambda connection: self._write(connection, urgent))
        self._desk.committed()

    async def _succeeded(self, attempt: asyncio.Future[None], count: int) -> bool:
        try:
            await attempt
        except StoreClosedError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever is wrong, the alarm is tried again; the reason is told
            failure = Failure(part="ingest", reason=describe(error), count=count, wait_s=back_off_s(count))
            self._on_failure(failure)
            return False
        return True

    def _write(self, connection: Connection, urgent: Urgent) -> None:
        alarms = self._desk.admit(connection, urgent.findings, urgent.at)
        for call in urgent.calls:
            self._write_call(connection, call, alarms)
        if urgent.returned:
            self._desk.returned(connection, urgent.at)

    def _write_call(self, connection: Connection, call: Call, alarms: Sequence[int]) -> None:
        trigger = call.trigger
        reason = NOBODY_MINDED
        if call.meaning is Answer.FINE:
            alarms = self._desk.fine(connection, trigger.device, trigger.at)
            reason = FINE_BUT_NOTHING_OPEN
        values = {
            "id": call.number,
            "device_id": call.device_id,
            "kind": trigger.kind.value,
            "at": to_us(trigger.at),
            "token": token_of(trigger),
            "alarm_id": alarms[0] if alarms else None,
            "reason": None if alarms else reason,
        }
        _RECORD.run(connection, values)
