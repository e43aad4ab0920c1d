"""`alongside fleet`: a centre and many made-up homes on this machine, real in every part, to pull plugs out of."""

import asyncio
import contextlib
import json
import logging
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, Engine, create_engine, func, insert, select, text
from sqlalchemy.exc import OperationalError

from alongside.benchmark.home import household
from analytics.model import Sensor
from devices.model import Quantity
from devices.simulated.mosquitto import BrokerError
from hub import household as households
from hub.centre import schema
from hub.centre.overview import homes
from hub.clock import SystemClock
from hub.simulated.centre import LocalCentre, local_centre
from hub.simulated.postgres import Postgres, PostgresError
from hub.store import devices
from hub.store.schema import observation, to_us
from hub.store.writer import Store
from hub.sync import outbox
from hub.sync.joining import join
from hub.sync.membership import folder_of, trust
from hub.sync.uplink import Uplink

WORKERS = 2
HEARD_EVERY_S, SHOWN_EVERY_S, TOLD_EVERY_S = 5.0, 10.0, 10.0
SETTLES_WITHIN_S = 60.0
AS_CONSENTED = '\noperator = ["kind", "room", "vitals", "contacts", "time"]'
CANNOT_START = 2
CLOCK = SystemClock()

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """A made-up home: its database, and its line to the centre."""

    store: Store
    line: Uplink


@dataclass(slots=True, kw_only=True)
class Parts:
    """What runs beside the homes, and is started again when it was killed, as systemd would."""

    centre: LocalCentre
    postgres: Postgres
    workers: "list[subprocess.Popen[str]]"

    def sentence(self) -> str:
        """Which process is what."""
        workers = ", ".join(str(one.pid) for one in self.workers)
        database = next(iter(self.postgres.pids()), "-")
        return f"Processes: workers {workers}; broker {self.centre.broker.pid}; database {database}. Kill any of them."

    async def keep(self) -> None:
        """Start again what has ended, until cancelled; the workers last, who need the others."""
        while True:
            if self.centre.broker.pid is None:
                await self.centre.broker.start()
                typer.echo("The broker ended, and was started again.")
            if not self.postgres.pids():
                await asyncio.to_thread(self.postgres.start)
                typer.echo("The database ended, and was started again.")
            for worker in [one for one in self.workers if one.poll() is not None]:
                worker.communicate()
                self.workers.remove(worker)
                self.workers.append(await asyncio.to_thread(self.centre.start_worker))
                typer.echo("A worker ended, and was started again.")
            await CLOCK.sleep(1.0)


@app.command()
def fleet(
    count: Annotated[int, typer.Option("--homes", min=1, max=200, help="How many homes.")] = 50,
    seconds: Annotated[float, typer.Option("--seconds", help="Stop by itself after so long; 0: when told.")] = 0.0,
    page: Annotated[int, typer.Option("--page", help="The port of the operators' page; 0: any.")] = 8444,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,  # noqa: FBT002
) -> None:
    """Start a broker, a database, two workers, the operators' page and homes that join; then pull plugs."""
    logging.basicConfig(level=logging.CRITICAL)
    try:
        with tempfile.TemporaryDirectory(prefix="alongside-fleet-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL's own user must be able to get in
            report = asyncio.run(_run(Path(folder), count, seconds, page))
    except (PostgresError, BrokerError) as error:
        typer.echo(f"The fleet cannot start: {error}", err=True)
        raise typer.Exit(CANNOT_START) from error
    typer.echo(json.dumps(report) if as_json else _sentence(report))


async def _run(folder: Path, count: int, seconds: float, page: int) -> dict[str, int]:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with Postgres(folder / "postgres") as postgres:
        engine = create_engine(postgres.url, pool_pre_ping=True)
        with engine.begin() as connection:
            schema.create(connection)
        async with (
            local_centre(folder / "centre", postgres.url, engine) as centre,
            _running(centre, postgres, page) as parts,
            _joined(folder, centre, count) as made,
        ):
            typer.echo(f"{count} homes have joined. Their page: http://127.0.0.1:{page}/  Stop with Ctrl-C.")
            await _watch(made, parts, stop, seconds)
            return await _reckon(made, engine)


@contextlib.asynccontextmanager
async def _running(centre: LocalCentre, postgres: Postgres, port: int) -> AsyncIterator[Parts]:
    page = centre.start("page", "--port", str(port))
    lookout = centre.start("lookout")
    workers = await asyncio.gather(*(asyncio.to_thread(centre.start_worker) for _ in range(WORKERS)))
    parts = Parts(centre=centre, postgres=postgres, workers=list(workers))
    keeping = asyncio.create_task(parts.keep())
    try:
        yield parts
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        for process in (page, lookout, *parts.workers):
            process.kill()
            process.communicate()


@contextlib.asynccontextmanager
async def _joined(folder: Path, centre: LocalCentre, count: int) -> AsyncIterator[list[MadeUp]]:
    made = [await asyncio.to_thread(_make, folder, centre, f"home-{number:03}") for number in range(1, count + 1)]
    tasks = [asyncio.create_task(one.line.run()) for one in made]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in made:
            await one.store.close()


def _make(folder: Path, centre: LocalCentre, name: str) -> MadeUp:
    """A home with two sensors, which joins as any home does."""
    sensors = [Sensor(device=one, kind="bthome", name=one) for one in ("hall", "kitchen")]
    text_ = household(sensors).replace("revision = 1", f"revision = 1{AS_CONSENTED}")
    db = folder / f"{name}.sqlite3"
    store = Store.open(db)
    store.run(lambda connection: households.apply(connection, text_, CLOCK.now(), "made up"))
    store.run(devices.quantity_ids)
    membership = join(folder_of(db), centre.invite(name))
    line = Uplink(store, CLOCK, membership, lambda: trust(folder_of(db)), readings_every_s=TOLD_EVERY_S)
    return MadeUp(store=store, line=line)


async def _watch(made: list[MadeUp], parts: Parts, stop: asyncio.Event, seconds: float) -> None:
    """Let the homes' sensors be heard, and say how the homes are, until told to stop."""
    start_s, shown_s = CLOCK.boot_s(), 0.0
    while not stop.is_set() and (seconds <= 0 or CLOCK.boot_s() - start_s < seconds):
        for one in made:
            await one.store.submit(_be_heard)
        if CLOCK.boot_s() - shown_s >= SHOWN_EVERY_S:
            shown_s = CLOCK.boot_s()
            typer.echo(f"{_state(parts.centre.engine)} {parts.sentence()}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARD_EVERY_S):
                await stop.wait()


def _be_heard(connection: Connection) -> None:
    """One reading of each sensor."""
    motion = devices.quantity_ids(connection)[Quantity.MOTION]
    last = outbox.newest_reading(connection)
    for number in (1, 2):
        values = {"device_id": number, "quantity_id": motion, "at": to_us(CLOCK.now()), "value": 1.0}
        connection.execute(insert(observation).values(id=last + number, **values))


def _state(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            found = homes(connection, CLOCK.now())
            count = connection.execute(text("SELECT count(*) FROM observation")).scalar_one()
    except OperationalError:
        return "The database does not answer."
    states = ", ".join(f"{sum(one.state is state for one in found)} {state}" for state in {one.state for one in found})
    return f"Homes: {states}. Readings at the centre: {count}."


async def _reckon(made: list[MadeUp], engine: Engine) -> dict[str, int]:
    """Let everything arrive, then count what was made and what is there."""
    end_s = CLOCK.boot_s() + SETTLES_WITHIN_S
    while CLOCK.boot_s() < end_s and any(_behind(one) for one in made):
        await CLOCK.sleep(0.5)
    heard = sum(_count(one) for one in made)
    with engine.connect() as connection:
        query = text("SELECT count(*), count(DISTINCT (hub_id, id)) FROM observation")
        there, different = connection.execute(query).one()
    return {"homes": len(made), "heard": heard, "lost": heard - different, "doubled": there - different}


def _behind(one: MadeUp) -> int:
    with one.store.reading() as connection:
        return outbox.behind(connection)


def _count(one: MadeUp) -> int:
    with one.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(observation)).scalar_one())


def _sentence(report: dict[str, int]) -> str:
    return (
        f"{report['homes']} homes heard {report['heard']} readings; at the centre {report['lost']} are lost and"
        f" {report['doubled']} are there twice."
    )
