"""The pipeline's cost, measured in a process of its own: `python -m alongside.benchmark.pipeline EVENTS.csv DB`.

The database must hold the household already. Everything of a running hub is there but the radio: every detector, the
escalation, the ledger, the summaries. The hub's clock follows the events, so that they come as they came in the home,
only faster. Prints one JSON object.
"""

import asyncio
import json
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import Connection, Select, Table, func, select

from alongside.benchmark.events import observations
from alongside.benchmark.own import heard
from analytics.registry import DETECTORS
from devices.model import Clock, Observation
from hub.arrangement import arrange
from hub.clock import SystemClock
from hub.simulated.channel import SimulatedChannel
from hub.store.schema import alarm, finding, observation, rejection, sensor_event
from hub.store.writer import Store
from hub.vigil import Vigil
from hub.watch import Base, Given, Watch

STORED = (observation, sensor_event, rejection)
"""Where an event ends up: each in exactly one of these. The hub's own conclusions are there, too, and not counted."""
AT_ONCE = 250
"""Events between two turns of the event loop, as many as a burst of the radio may bring."""


class EventClock:
    """A clock whose wall time is that of the latest event; its seconds are the machine's."""

    def __init__(self, start: datetime) -> None:
        self._system = SystemClock()
        self.wall = start

    def now(self) -> datetime:
        """The latest event's time."""
        return self.wall

    def boot_s(self) -> float:
        """The machine's."""
        return self._system.boot_s()

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds."""
        await self._system.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What it took. `ready_boot_s` is when the hub was ready, on the machine's boot clock."""

    events: int
    stored: int
    findings: int
    alarms: int
    detectors: int
    wall_s: float
    cpu_s: float
    ready_boot_s: float
    peak_rss_mib: float


async def measure(events: Path, db: Path) -> Measured:
    """Start a hub on this database and put every event through it, until all is durable. Raises `EventError`."""
    heard = observations(events)
    first = next(heard)
    clock = EventClock(first.at)
    store = Store.open(db)
    watch = await _begin(store, clock)
    ready_boot_s, ready_cpu_s = clock.boot_s(), _cpu_s()
    count = await _put_through(watch, clock, chain([first], heard))
    await watch.end()
    await store.submit(lambda _: None)
    wall_s, cpu_s = clock.boot_s() - ready_boot_s, _cpu_s() - ready_cpu_s
    with store.reading() as connection:
        stored, found, alarms = (_count(connection, tables) for tables in (STORED, (finding,), (alarm,)))
    await store.close()
    return Measured(
        events=count,
        stored=stored,
        findings=found,
        alarms=alarms,
        detectors=len(DETECTORS),
        wall_s=wall_s,
        cpu_s=cpu_s,
        ready_boot_s=ready_boot_s,
        peak_rss_mib=peak_rss_mib(),
    )


async def _begin(store: Store, clock: Clock) -> Watch:
    channel = SimulatedChannel("console")
    given = Given(adapters=lambda _: ({"console": channel}, ()), labelled=lambda *_: None)
    base = Base(store=store, clock=clock, given=given, vigil=Vigil(clock))
    watch = Watch(base, await store.submit(arrange), lambda: None)
    watch.begin()
    await store.submit(lambda _: None)
    return watch


async def _put_through(watch: Watch, clock: EventClock, heard: Iterator[Observation]) -> int:
    """One by one, as a radio delivers them; between bursts the rest of the hub has its turn."""
    count = 0
    while burst := list(islice(heard, AT_ONCE)):
        for one in burst:
            clock.wall = one.at
            watch.take((one,), one.at)
        count += len(burst)
        await clock.sleep(0)
    return count


def _count(connection: Connection, tables: Iterable[Table]) -> int:
    return sum(connection.scalar(_counted(table)) or 0 for table in tables)


def _counted(table: Table) -> Select[int]:
    count = select(func.count()).select_from(table)
    return count.where(heard()) if table is observation else count


def _cpu_s() -> float:
    """The processor time of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_rss_mib() -> float:
    """The most memory that this process ever held. `ru_maxrss` would count the parent's, from before the exec."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError("this kernel does not say how much memory a process has held")


def main() -> None:
    """Measure, and print what it took."""
    events, db = map(Path, sys.argv[1:])
    sys.stdout.write(json.dumps(asdict(asyncio.run(measure(events, db)))) + "\n")


if __name__ == "__main__":
    main()
