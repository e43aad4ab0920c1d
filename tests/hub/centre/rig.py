"""A whole centre on this machine for tests: PostgreSQL, Mosquitto with TLS and access rules, a gate; hubs that join."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy import Engine

from devices.simulated.mosquitto import Mosquitto
from hub.centre.authority import Authority
from hub.centre.broker import CENTRE, write
from hub.centre.enrolment import fingerprint, invite
from hub.centre.gate import PATH, gate
from hub.centre.worker import Worker
from hub.cli_centre import _trust
from hub.clock import SystemClock
from hub.store.writer import Store
from hub.sync.joining import Invitation, join
from hub.sync.membership import Membership, folder_of, trust
from hub.sync.papers import key_pem, new_key, request
from hub.sync.uplink import Uplink
from tests.hub.homes import HOME, settle_in

CLOCK = SystemClock()
WITHIN_S = 20.0


async def until(holds: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until something holds."""
    end_s = CLOCK.boot_s() + within_s
    while not await asyncio.to_thread(holds):
        assert CLOCK.boot_s() < end_s, "it did not come to hold in time"
        await CLOCK.sleep(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A running broker, and what is needed to join it."""

    folder: Path
    database: str
    engine: Engine
    authority: Authority
    broker: Mosquitto
    gate_url: str

    def invite(self, name: str) -> Invitation:
        with self.engine.begin() as connection:
            code = invite(connection, name, CLOCK.now())
        return Invitation(url=self.gate_url, code=code, fingerprint=fingerprint(self.folder / "server/server.pem"))

    @contextlib.contextmanager
    def worker(self) -> Iterator["subprocess.Popen[str]"]:
        """A worker as it is really run, which listens; killed in the end."""
        command = [sys.executable, "-m", "alongside", "centre", "worker", "--broker", f"localhost:{self.broker.port}"]
        places = {"ALONGSIDE_CENTRE": str(self.folder), "ALONGSIDE_CENTRE_DATABASE": self.database}
        with subprocess.Popen(command, env={**os.environ, **places}, text=True, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "This worker listens.\n"
            yield process
            process.kill()

    @contextlib.asynccontextmanager
    async def own_worker(self) -> AsyncIterator[Worker]:
        """A worker in this process."""
        listens = asyncio.Event()
        working = Worker(self.engine, CLOCK, ("localhost", self.broker.port), lambda: _trust(self.folder))
        task = asyncio.create_task(working.run(listens.set))
        try:
            await listens.wait()
            yield working
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextlib.contextmanager
def _served(authority: Authority, engine: Engine, folder: Path, broker_port: int) -> Iterator[str]:
    app = gate(engine, authority, ("localhost", broker_port), CLOCK.now)
    server = folder / "server"
    config = uvicorn.Config(
        app, port=0, log_level="warning", ssl_certfile=server / "server.pem", ssl_keyfile=server / "server.key"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        threading.Event().wait(0.01)
    yield f"https://localhost:{running.servers[0].sockets[0].getsockname()[1]}{PATH}"
    running.should_exit = True
    thread.join()


@contextlib.asynccontextmanager
async def centre(folder: Path, database: str, engine: Engine) -> AsyncIterator[Centre]:
    authority = Authority.open(folder / "authority", CLOCK.now())
    authority.serve(folder / "server", ["localhost", "127.0.0.1"], CLOCK.now())
    key = new_key()
    (folder / "worker.key").write_text(key_pem(key))
    (folder / "worker.pem").write_text(authority.grant(request(key, CENTRE), CENTRE, CLOCK.now()).pem)

    def configure(port: int) -> Path:
        return write(folder / "broker", authority, folder / "server", port)

    (folder / "broker").mkdir()
    async with Mosquitto(folder / "broker", CLOCK.sleep, configure) as broker:
        with _served(authority, engine, folder, broker.port) as gate_url:
            yield Centre(
                folder=folder,
                database=database,
                engine=engine,
                authority=authority,
                broker=broker,
                gate_url=gate_url,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A home's database, and its line to the centre."""

    store: Store
    membership: Membership
    papers: Path
    line: Uplink


def hub(folder: Path, its_centre: Centre, name: str, home: str = HOME) -> Hub:
    """A home that has joined."""
    db = folder / f"{name}.sqlite3"
    settle_in(db, home)
    membership = join(folder_of(db), its_centre.invite(name))
    store = Store.open(db)
    line = Uplink(store, CLOCK, membership, lambda: trust(folder_of(db)), readings_every_s=0.2)
    return Hub(store=store, membership=membership, papers=folder_of(db), line=line)


@contextlib.asynccontextmanager
async def connected(home: Hub) -> AsyncIterator[Hub]:
    task = asyncio.create_task(home.line.run())
    try:
        yield home
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
