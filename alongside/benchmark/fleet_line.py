"""How many bytes a home puts on the line in a day: a real hub's line, TLS and all, through a counting relay.

The day runs 1,440 times as fast. What TCP and IP add is not counted, nor the pings of an idle line (under 0.15 MiB).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, insert

from alongside.benchmark.home import household
from analytics.model import Sensor
from devices.model import Quantity
from hub import household as households
from hub.centre import schema
from hub.centre.worker import Worker
from hub.cli_centre import broker_trust
from hub.clock import StoryClock, SystemClock
from hub.simulated.centre import HOST, local_centre
from hub.simulated.postgres import Postgres
from hub.store import devices
from hub.store.schema import observation, to_us
from hub.store.writer import Store
from hub.sync import outbox
from hub.sync.joining import join
from hub.sync.membership import Membership, folder_of, trust
from hub.sync.uplink import Uplink

READINGS_A_DAY = 3_000
SPEED = 1_440.0
_DAY_S = 86_400.0
_STEPS = 288
_AS_CONSENTED = '\noperator = ["kind", "room", "vitals", "contacts", "time"]'


@dataclass(slots=True)
class Relay:
    """Passes bytes on in both directions, and counts them."""

    to_port: int
    count: int = 0

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """The relay's own port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.to_port)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer), return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            self.count += len(data)
            writer.write(data)
            await writer.drain()
        writer.close()


async def day_on_the_line(folder: Path) -> dict[str, int]:
    """Let a home tell a day's readings. `folder` is empty, and PostgreSQL's own user can get in."""
    clock = StoryClock(folder / "clock.json")
    clock.set(SystemClock().now(), SPEED)
    with Postgres(folder / "postgres") as postgres:
        engine = create_engine(postgres.url)
        with engine.begin() as connection:
            schema.create(connection)
        async with local_centre(folder / "centre", postgres.url, engine) as centre:
            relay = Relay(centre.broker.port)
            store = _home(folder / "home.sqlite3", clock)
            joined = await asyncio.to_thread(join, folder_of(store.path), centre.invite("home"))
            async with relay.listening() as port:
                membership = Membership(hub=joined.hub, host=HOST, port=port)
                line = Uplink(store, clock, membership, lambda: trust(folder_of(store.path)))
                place = (HOST, centre.broker.port)
                working = Worker(engine, SystemClock(), place, lambda: broker_trust(centre.folder))
                await _day(store, clock, [line.run(), working.run()])
            await store.close()
        engine.dispose()
    return {"bytes_per_home_per_day": relay.count, "readings_per_home_per_day": READINGS_A_DAY}


async def _day(store: Store, clock: StoryClock, works: list[Coroutine[Any, Any, None]]) -> None:
    tasks = [asyncio.ensure_future(one) for one in works]
    try:
        for _ in range(_STEPS):
            await store.submit(lambda connection: _be_heard(connection, clock))
            await clock.sleep(_DAY_S / _STEPS)
        await _all_told(store)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _all_told(store: Store) -> None:
    while True:
        with store.reading() as connection:
            if outbox.behind(connection) == 0:
                return
        await SystemClock().sleep(0.1)


def _home(db: Path, clock: StoryClock) -> Store:
    sensors = [Sensor(device=one, kind="bthome", name=one) for one in ("hall", "kitchen")]
    text = household(sensors).replace("revision = 1", f"revision = 1{_AS_CONSENTED}")
    store = Store.open(db)
    store.run(lambda connection: households.apply(connection, text, clock.now(), "benchmark"))
    store.run(devices.quantity_ids)
    return store


def _be_heard(connection: Connection, clock: StoryClock) -> None:
    motion = devices.quantity_ids(connection)[Quantity.MOTION]
    first = outbox.newest_reading(connection) + 1
    for number in range(first, first + READINGS_A_DAY // _STEPS + 1):
        values = {"device_id": 1 + number % 2, "quantity_id": motion, "at": to_us(clock.now()) + number}
        connection.execute(insert(observation).values(id=number, value=float(number % 2), **values))
