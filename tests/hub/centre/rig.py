"""Hubs that join a whole centre on this machine, for tests."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hub.centre.worker import Worker
from hub.cli_centre import broker_trust
from hub.clock import SystemClock
from hub.simulated.centre import HOST, LocalCentre
from hub.store.writer import Store
from hub.sync.joining import join
from hub.sync.membership import Membership, folder_of, trust
from hub.sync.renewal import Renewal
from hub.sync.uplink import Uplink
from tests.hub.homes import HOME, settle_in

CLOCK = SystemClock()
WITHIN_S = 60.0


async def until(holds: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until something holds."""
    end_s = CLOCK.boot_s() + within_s
    while not await asyncio.to_thread(holds):
        assert CLOCK.boot_s() < end_s, "it did not come to hold in time"
        await CLOCK.sleep(0.02)


@contextlib.contextmanager
def worker_of(centre: LocalCentre) -> Iterator["subprocess.Popen[str]"]:
    """A worker as it is really run; killed in the end."""
    with centre.start_worker() as process:
        yield process
        process.kill()


@contextlib.asynccontextmanager
async def own_worker(centre: LocalCentre) -> AsyncIterator[Worker]:
    """A worker in this process."""
    listens = asyncio.Event()
    working = Worker(
        centre.engine, CLOCK, (HOST, centre.broker.port), lambda: broker_trust(centre.folder), centre.authority
    )
    task = asyncio.create_task(working.run(listens.set))
    try:
        await listens.wait()
        yield working
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A home's database, and its line to the centre."""

    store: Store
    membership: Membership
    papers: Path
    line: Uplink


def hub(folder: Path, centre: LocalCentre, name: str, home: str = HOME, ahead: timedelta = timedelta()) -> Hub:
    """A home that has joined. `ahead`: so much later it takes it to be when it looks at its certificate."""
    db = folder / f"{name}.sqlite3"
    settle_in(db, home)
    membership = join(folder_of(db), centre.invite(name))
    store = Store.open(db)
    renewal = Renewal(folder_of(db), lambda: CLOCK.now() + ahead)
    line = Uplink(store, CLOCK, membership, lambda: trust(folder_of(db)), readings_every_s=0.2, renewal=renewal)
    return Hub(store=store, membership=membership, papers=folder_of(db), line=line)


@contextlib.asynccontextmanager
async def connected(home: Hub) -> AsyncIterator[Hub]:
    task = asyncio.create_task(home.line.run())
    try:
        yield home
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
