"""The auditor: a process of its own that sees to it that the hub is alive and that every open alarm has a future.

It reads the database and writes nothing in it while the hub is well. When something is wrong it does not ask the hub to
say so: it tells people itself, from the household as it last saw it.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import DBAPIError

from devices.model import Clock
from hub import auditor_pulse
from hub.auditor_pulse import Pulse
from hub.household import HouseholdError, current
from hub.household.model import Household
from hub.store import heartbeat
from hub.store.connect import reader_engine
from hub.store.errors import store_error
from hub.store.heartbeat import Beat
from hub.store.schema import alarm, notification
from hub.store.twin import twin_of
from hub.supervisor import describe

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 10.0
BUSY_S = 5.0
SILENT_AFTER_S = 60.0
"""The hub writes down every 5 s that it is alive."""
STARTS_WITHIN_S = 120.0
"""So long a hub may take after a boot, and so long the auditor gives it when it is itself just started."""
LATE_AFTER_S = 60.0
"""A timer that is overdue by so much was forgotten."""
AGAIN = (timedelta(0), timedelta(minutes=15), timedelta(hours=1))
"""People are told at once, after a quarter of an hour, after an hour, and from then on every hour."""


class Complaint(StrEnum):
    """What can be wrong."""

    UNREADABLE = "database_unreadable"
    SILENT = "hub_silent"
    DISK = "in_memory_only"
    ALARM = "alarm_stuck"
    MESSAGE = "message_stuck"


WORDS = {
    Complaint.UNREADABLE: "its database cannot be read",
    Complaint.SILENT: "it has stopped, and nobody is watched over",
    Complaint.DISK: "it cannot write to its disk, and goes on from memory",
    Complaint.ALARM: "an alarm is open and is not being dealt with",
    Complaint.MESSAGE: "a message about an alarm is not going out",
}
"""How each goes on after "The alarm system at Edith's needs help:"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the database says. `late` are open alarms and messages whose timer of this boot is overdue."""

    beat: Beat | None
    late_alarms: int = 0
    late_messages: int = 0
    futureless: int = 0
    in_memory: bool = False
    household: Household | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The moment on the boot clock, and since when the auditor has been looking."""

    boot_id: str
    boot_s: float
    began_s: float


def judge(seen: Seen | None, now: Now) -> frozenset[Complaint]:
    """What is wrong. Pure. `seen` is None where the database could not be read."""
    if seen is None:
        return frozenset({Complaint.UNREADABLE})
    held = {
        Complaint.SILENT: _is_silent(seen.beat, now),
        Complaint.DISK: seen.in_memory,
        Complaint.ALARM: seen.late_alarms > 0 or seen.futureless > 0,
        Complaint.MESSAGE: seen.late_messages > 0,
    }
    return frozenset(complaint for complaint, holds in held.items() if holds)


def _is_silent(beat: Beat | None, now: Now) -> bool:
    if beat is not None and beat.boot_id == now.boot_id and now.boot_s - beat.boot_s <= SILENT_AFTER_S:
        return False
    return now.boot_s - now.began_s > STARTS_WITHIN_S or (
        beat is not None and beat.boot_id == now.boot_id and beat.boot_s >= now.began_s
    )


def is_time(told: int, since: timedelta) -> bool:
    """Whether people are told again, having been told so often, when it has been wrong for so long. Pure."""
    last = AGAIN[-1]
    due = AGAIN[told] if told < len(AGAIN) else last * (told - len(AGAIN) + 2)
    return since >= due


def see(connection: Connection, now: Now) -> Seen:
    """What the database says now."""
    try:
        household = current(connection)
    except HouseholdError:
        household = None
    futureless = select(func.count()).where(alarm.c.closed_at.is_(None), alarm.c.next_at.is_(None))
    return Seen(
        beat=heartbeat.last(connection),
        late_alarms=_late(connection, alarm, now),
        late_messages=_late(connection, notification, now),
        futureless=connection.execute(futureless).scalar_one(),
        household=household,
    )


def _late(connection: Connection, table: Table, now: Now) -> int:
    """How many timers of this boot should have been seen to a while ago."""
    here = (table.c.next_at.is_not(None)) & (table.c.boot_id == now.boot_id)
    query = select(func.count()).where(here, table.c.next_boot_s < now.boot_s - LATE_AFTER_S)
    return connection.execute(query).scalar_one()


def look(db: Path, now: Now) -> Seen | None:
    """Read the database, as any reader does, or its twin in memory; None where that cannot be done."""
    twin = twin_of(db)
    in_memory = twin.exists()
    if not in_memory and not db.exists():
        return None
    engine = reader_engine(twin if in_memory else db, BUSY_S)
    try:
        with engine.connect() as connection:
            return replace(see(connection, now), in_memory=in_memory)
    except DBAPIError as error:
        trouble = store_error(error) or error
        logger.warning("the database cannot be read: %s", describe(trouble))
        return None
    finally:
        engine.dispose()


THE_HUB_SAYS_SO = frozenset({Complaint.DISK})
"""Of these the hub itself tells people."""
Tell = Callable[[Household, frozenset[Complaint], int], Awaitable[bool]]
"""Tells people of these complaints for the so-manieth time; whether anybody was reached."""
Record = Callable[[frozenset[Complaint], frozenset[Complaint]], None]
"""Keeps which complaints have begun and which are over, where that can be kept."""


@dataclass(slots=True)
class Auditor:
    """Looks again and again, for as long as it runs."""

    db: Path
    clock: Clock
    boot_id: str
    tell: Tell
    record: Record
    began_s: float = field(init=False)
    household: Household | None = field(default=None, init=False)
    complaints: frozenset[Complaint] = field(default=frozenset(), init=False)
    _since_s: float = field(default=0.0, init=False)
    _told: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.began_s = self.clock.boot_s()

    async def run(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await self.audit()
            await self.clock.sleep(LOOK_EVERY_S)

    async def audit(self) -> frozenset[Complaint]:
        """Look once, and do what is to be done about it; what is wrong."""
        now = Now(boot_id=self.boot_id, boot_s=self.clock.boot_s(), began_s=self.began_s)
        self._give_sign(now)
        seen = look(self.db, now)
        self.household = self.household if seen is None or seen.household is None else seen.household
        found = judge(seen, now)
        if found != self.complaints:
            self._change(found, now)
        if found - THE_HUB_SAYS_SO and is_time(self._told, timedelta(seconds=now.boot_s - self._since_s)):
            await self._tell(found)
        return found

    def _change(self, found: frozenset[Complaint], now: Now) -> None:
        begun, over = found - self.complaints, self.complaints - found
        for complaint in sorted(begun):
            logger.error("the alarm system needs help: %s", WORDS[complaint])
        for complaint in sorted(over):
            logger.warning("no longer so: %s", WORDS[complaint])
        if begun:
            self._since_s, self._told = now.boot_s, 0
        self.complaints = found
        self.record(begun, over)

    async def _tell(self, found: frozenset[Complaint]) -> None:
        """Tell people; where nobody can be reached, try again with the next look."""
        if self.household is None:
            logger.error("nobody can be told: the household was never read")
        elif await self.tell(self.household, found, self._told):
            self._told += 1

    def _give_sign(self, now: Now) -> None:
        try:
            auditor_pulse.give(self.db, Pulse(boot_id=now.boot_id, boot_s=now.boot_s))
        except OSError as error:
            logger.warning("the auditor cannot say that it is alive: %s", describe(error))
