"""Keeps watch over the home's devices: looks, lets the cases follow, tells people, keeps what was learnt.

The one way in which a trouble with a device or a receiver becomes known: a case, an alarm by the home's plan for faults
with those cases that belong together, and the end of both when the trouble is over.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from analytics.model import Finding
from devices.model import Clock
from devices.supervision.model import Look
from hub import coverage, fault_notices
from hub.ears import receiver_of
from hub.fault_cases import Closed, follow
from hub.household.model import Household
from hub.intents import CloseFault, RefusedError
from hub.store import faults, learnt
from hub.store.faults import Fault, UnknownFaultError
from hub.store.writer import Store
from hub.vigil import Vigil

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
SHORTEST_NAP_S = 1.0
KEEP_EVERY_S = 600.0


class Desk(Protocol):
    """Who opens and ends alarms, inside a transaction."""

    def admit(self, connection: Connection, findings: list[Finding], now: datetime) -> list[int]:
        """Open or extend alarms for those findings that are new; which alarms they belong to."""
        ...

    def settle(self, connection: Connection, alarm_id: int, outcome: str, by: str | None, now: datetime) -> None:
        """End an alarm whose cause is over, if it is open."""
        ...

    def committed(self) -> None:
        """What was admitted is durable now: deal with it. Called on the event loop."""
        ...


class DeviceFaults:
    """One household's watch over its devices."""

    def __init__(self, store: Store, clock: Clock, vigil: Vigil, desk: Desk, household: Household) -> None:
        self._store = store
        self._clock = clock
        self._vigil = vigil
        self._desk = desk
        self._household = household
        self._receivers: Mapping[str, str] = {name: receiver_of(one) for name, one in household.devices.items()}

    async def run(self) -> None:
        """Look twice a minute, and whenever something has been silent for too long, until cancelled."""
        kept_s = self._clock.boot_s()
        while True:
            await self.look()
            if self._clock.boot_s() - kept_s >= KEEP_EVERY_S:
                kept_s = self._clock.boot_s()
                await self.keep()
            due_s = self._vigil.due_in_s()
            await self._clock.sleep(LOOK_EVERY_S if due_s is None else min(LOOK_EVERY_S, max(SHORTEST_NAP_S, due_s)))

    async def look(self) -> None:
        """Look now; what came of it is durable afterwards, and people are being told."""
        look, now = self._vigil.look(), self._clock.now()
        if await self._store.submit(lambda connection: self._follow(connection, look, now)):
            self._desk.committed()

    async def keep(self) -> None:
        """Keep what was learnt, so that a restart forgets nothing."""
        known, now = self._vigil.learnt(), self._clock.now()
        await self._store.submit(lambda connection: learnt.keep(connection, known, now))

    def close(self, connection: Connection, asked: CloseFault, by: str, now: datetime) -> str:
        """From a page or a command: somebody closes a case. Raises `RefusedError`."""
        if by not in self._household.people:
            raise RefusedError("only a person of this household can close a fault, and no such person is in home.toml.")
        try:
            case = faults.get(connection, asked.fault_id)
        except UnknownFaultError as error:
            raise RefusedError(f"{error}.") from None
        if not faults.close_case(connection, case.number, asked.outcome, now, by):
            raise RefusedError("that fault is closed already.")
        self._settle(connection, Closed(case=case, outcome=asked.outcome), by, now)
        return "Thank you. The fault is closed."

    def _follow(self, connection: Connection, look: Look, now: datetime) -> bool:
        """Let cases and alarms follow; whether the alarms have something to do."""
        coverage.note(connection, look.conclusions, now)
        over = follow(connection, look, self._vigil.declared, self._household, now)
        for one in over:
            self._settle(connection, one, None, now)
        told = self._tell(connection, look, now)
        if over or told:
            logger.info("faults: %d over, %d told", len(over), told)
        return bool(over or told)

    def _tell(self, connection: Connection, look: Look, now: datetime) -> int:
        scene = fault_notices.Scene(
            now=now,
            tz=self._household.tz,
            digest=self._household.faults.digest,
            never_digest=self._household.faults.never_digest,
            night=self._household.night,
            grave=frozenset((str(one.condition), one.subject) for one in look.conclusions if one.grave),
            lately=faults.closed_since(connection, now - fault_notices.TOLD_LATELY),
            receiver_of=self._receivers.get,
        )
        cases = fault_notices.to_tell(faults.open_cases(connection), scene)
        if cases:
            alarms = self._desk.admit(connection, [fault_notices.finding_of(cases, now)], now)
            alarm_id = alarms[0] if alarms else None
            for case in cases:
                faults.told(connection, case.number, now, alarm_id, fault_notices.next_due(case, now))
        return len(cases)

    def _settle(self, connection: Connection, over: Closed, by: str | None, now: datetime) -> None:
        """End the alarm by which people were told, once all that they were told of is over."""
        alarm_id = over.case.alarm_id
        if alarm_id is not None and not _still(faults.open_cases(connection), alarm_id):
            self._desk.settle(connection, alarm_id, over.outcome, by, now)


def _still(cases: Iterable[Fault], alarm_id: int) -> bool:
    return any(case.alarm_id == alarm_id for case in cases)
