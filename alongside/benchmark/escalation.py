"""How punctual the escalation is: timers, a restart, an answer, the siren, and a hub that falls silent.

A real escalation with a real clock on a real database; its channels only note when they were handed what. Alarms are
faults, each with its own sentence, since those are never merged.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from analytics.model import Finding, FindingKind
from hub import household
from hub.auditor import Auditor
from hub.cli_auditor import make
from hub.clock import StoryClock, SystemClock
from hub.escalation.boot import this_boot
from hub.escalation.sayings import Said
from hub.escalation.service import Escalation
from hub.live import LiveHousehold
from hub.model import Cause, Evidence, Message, Purpose
from hub.simulated.channel import SimulatedChannel
from hub.store import heartbeat
from hub.store.heartbeat import Beat
from hub.store.schema import from_us, transition
from hub.store.writer import Store

CLOCK = SystemClock()
WAIT_S = 1.0
"""How long the plan waits for an answer."""
LONGEST_S = 30.0
STORY_SPEED = 60.0
"""So much faster the auditor's clock runs: it waits for a minute."""

_HOME = """\
schema = "alongside.household/1"
[household]
id = "benchmark"
tz = "Europe/London"
resident = "resident"
[people.resident]
role = "resident"
channels = [{ id = "button" }]
[people.carer]
role = "family"
channels = [{ id = "sms", to = "+447700900101" }, { id = "voice", to = "+447700900101" }]
[consent]
revision = 1
family = ["first_name", "kind", "room", "time"]
[plans.life]
rounds = 2
ack_timeout = "PT10M"
exhausted_retry = "PT5M"
steps = [{ id = "carer", wait = "PT@S", notify = [{ who = "carer", via = ["sms", "voice"] }] }]
[alarms]
panic = { severity = 10, plan = "life" }
fault = { severity = 10, plan = "life" }
[limits]
per_person_per_hour = 100000
[incident]
merge_window = "PT0S"
[channels.sms]
primary = "twilio"
"""


@dataclass(slots=True)
class Punctuality:
    """Seconds, one of each an event; `offline_told_s` on the auditor's own clock."""

    timer_late_s: Sequence[float] = ()
    boot_late_s: Sequence[float] = ()
    ack_to_last_call_s: Sequence[float] = ()
    exhausted_to_siren_s: Sequence[float] = ()
    offline_told_s: float = 0.0


class Noting(SimulatedChannel):
    """A channel that notes when it was handed what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.handed: list[tuple[datetime, Message]] = []

    async def send(self, message: Message) -> Evidence:
        """Note the time, and take it."""
        self.handed.append((CLOCK.now(), message))
        return await super().send(message)


@dataclass(slots=True)
class Rig:
    """One home: its database and what its channels noted."""

    store: Store
    wait_s: float
    channels: dict[str, Noting] = field(
        default_factory=lambda: {name: Noting(name) for name in ("twilio", "siren", "console")}
    )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Escalation]:
        """An escalation at work."""
        escalation = Escalation(self.store, CLOCK, self.channels, LiveHousehold())
        task = asyncio.create_task(escalation.run())
        try:
            yield escalation
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def open(self, escalation: Escalation, count: int, what: str) -> list[int]:
        """Open so many alarms, one a transaction."""
        opened: list[int] = []
        for number in range(count):
            found, now = _finding(f"{what} {number}"), CLOCK.now()
            opened += await self.store.submit(lambda c, found=found, now=now: escalation.admit(c, [found], now))  # type: ignore[misc]
            escalation.committed()
        return opened

    async def until_all(self, alarms: Sequence[int], cause: Cause, times: int = 1) -> None:
        """Wait until each of these alarms has changed for this cause, so often. Raises `TimeoutError`."""
        async with asyncio.timeout(LONGEST_S):
            while any(len(self.changes(number, cause)) < times for number in alarms):
                await CLOCK.sleep(0.05)

    def changes(self, alarm: int, *causes: Cause) -> list[datetime]:
        """When an alarm changed for these causes."""
        with self.store.reading() as connection:
            query = select(transition.c.at).where(transition.c.alarm_id == alarm, transition.c.cause.in_(causes))
            return [from_us(at) for at in connection.scalars(query.order_by(transition.c.id))]


async def measure(folder: Path, count: int, wait_s: float = WAIT_S) -> Punctuality:
    """Measure all of it, with so many alarms at once."""
    store, text = Store.open(folder / "home.sqlite3"), _HOME.replace("@", f"{wait_s:g}")
    await store.submit(lambda connection: household.apply(connection, text, CLOCK.now(), "benchmark"))
    rig, found = Rig(store, wait_s), Punctuality()
    try:
        await _timers_and_siren(rig, count, found)
        await _restart(rig, count, found)
        await _answers(rig, count, found)
    finally:
        await store.close()
    found.offline_told_s = await _silence(folder)
    return found


async def _timers_and_siren(rig: Rig, count: int, found: Punctuality) -> None:
    async with rig.running() as escalation:
        alarms = await rig.open(escalation, count, "timer")
        await rig.until_all(alarms, Cause.NO_STEP_LEFT)
        await CLOCK.sleep(0.2)
    steps = [rig.changes(one, Cause.FINDING, Cause.STEP_TIMEOUT, Cause.NO_STEP_LEFT) for one in alarms]
    found.timer_late_s = [
        (later - earlier).total_seconds() - rig.wait_s for one in steps for earlier, later in itertools.pairwise(one)
    ]
    sounded = {message.alarm_id: at for at, message in rig.channels["siren"].handed}
    loud = zip(alarms, steps, strict=True)
    found.exhausted_to_siren_s = [(sounded[one] - at[-1]).total_seconds() for one, at in loud]


async def _restart(rig: Rig, count: int, found: Punctuality) -> None:
    """Alarms whose timers come due while nobody is there to see to them."""
    idle = Escalation(rig.store, CLOCK, rig.channels, LiveHousehold())
    alarms = await rig.open(idle, count, "restart")
    await CLOCK.sleep(2 * rig.wait_s)
    started = CLOCK.now()
    async with rig.running():
        await rig.until_all(alarms, Cause.STEP_TIMEOUT)
    found.boot_late_s = [(rig.changes(one, Cause.STEP_TIMEOUT)[0] - started).total_seconds() for one in alarms]


async def _answers(rig: Rig, count: int, found: Punctuality) -> None:
    """Somebody takes each alarm at the moment at which its next step is due."""
    async with rig.running() as escalation:
        alarms = await rig.open(escalation, count, "answer")
        await CLOCK.sleep(rig.wait_s / 2)
        taken: dict[int, datetime] = {}
        for one in alarms:
            await escalation.say(one, Said.GOING, "carer")
            taken[one] = CLOCK.now()
        await CLOCK.sleep(2 * rig.wait_s)
    calls = [(at, one) for at, one in rig.channels["twilio"].handed if one.purpose is Purpose.ALARM]
    found.ack_to_last_call_s = [
        max([(at - taken[number]).total_seconds() for at, one in calls if one.alarm_id == number] + [0.0])
        for number in alarms
    ]


async def _silence(folder: Path) -> float:
    """After how many seconds of its own clock the auditor has told people of a hub that fell silent."""
    db, clock = folder / "home.sqlite3", StoryClock(folder / "story.json")
    clock.set(CLOCK.now(), STORY_SPEED)
    told = Noting("twilio")
    watcher = make(db, clock, lambda _: ({"twilio": told}, ()))
    last = await _beat(db, watcher, clock)
    task = asyncio.create_task(watcher.run())
    try:
        async with asyncio.timeout(LONGEST_S):
            while not told.handed:
                await CLOCK.sleep(0.01)
        return clock.boot_s() - last
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _beat(db: Path, watcher: Auditor, clock: StoryClock) -> float:
    """The hub's last sign of life; when that was."""
    store, last = Store.open(db), clock.boot_s()
    beat = Beat(boot_id=this_boot(), boot_s=last, at=clock.now())

    def job(connection: Connection) -> None:
        heartbeat.beat(connection, beat)

    await store.submit(job)
    await store.close()
    watcher.began_s = last
    return last


def _finding(what: str) -> Finding:
    return Finding(
        kind=FindingKind.FAULT,
        severity=10,
        at=CLOCK.now(),
        because=f"A benchmark: {what}.",
        detector="benchmark",
        detector_version=1,
        episode=what,
    )
