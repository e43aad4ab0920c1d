"""A whole centre on this machine: Mosquitto with TLS and access rules, the gate, workers as they are really run."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy import Engine

from devices.simulated.mosquitto import Mosquitto
from hub.centre.authority import Authority
from hub.centre.broker import CENTRE, write
from hub.centre.enrolment import fingerprint, invite
from hub.centre.gate import PATH, gate
from hub.clock import SystemClock
from hub.sync.joining import Invitation
from hub.sync.papers import key_pem, new_key, request

HOST = "localhost"
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCentre:
    """A running centre."""

    folder: Path
    database: str
    engine: Engine
    authority: Authority
    broker: Mosquitto
    gate_url: str

    def invite(self, name: str) -> Invitation:
        """An invitation for a hub."""
        with self.engine.begin() as connection:
            code = invite(connection, name, CLOCK.now())
        return Invitation(url=self.gate_url, code=code, fingerprint=fingerprint(self.folder / "server/server.pem"))

    def start(self, part: str, *options: str) -> "subprocess.Popen[str]":
        """A part of the centre in a process of its own, as `alongside centre PART`."""
        command = [sys.executable, "-m", "alongside", "centre", part, *options]
        places = {"ALONGSIDE_CENTRE": str(self.folder), "ALONGSIDE_CENTRE_DATABASE": self.database}
        return subprocess.Popen(command, env={**os.environ, **places}, text=True, stdout=subprocess.PIPE)  # noqa: S603

    def start_worker(self) -> "subprocess.Popen[str]":
        """A worker; returns once it listens."""
        process = self.start("worker", "--broker", f"{HOST}:{self.broker.port}")
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("a worker did not start")
        return process


@contextlib.asynccontextmanager
async def local_centre(folder: Path, database: str, engine: Engine) -> AsyncIterator[LocalCentre]:
    """A centre in this folder, over this database, whose tables are there."""
    now = CLOCK.now()
    authority = Authority.open(folder / "authority", now)
    authority.serve(folder / "server", [HOST, "127.0.0.1"], now)
    key = new_key()
    (folder / "worker.key").write_text(key_pem(key))
    (folder / "worker.pem").write_text(authority.grant(request(key, CENTRE), CENTRE, now).pem)

    def configure(port: int) -> Path:
        return write(folder / "broker", authority, folder / "server", port)

    (folder / "broker").mkdir(parents=True)
    async with Mosquitto(folder / "broker", CLOCK.sleep, configure) as broker:
        with _gate(authority, engine, folder / "server", broker.port) as gate_url:
            yield LocalCentre(
                folder=folder, database=database, engine=engine, authority=authority, broker=broker, gate_url=gate_url
            )


@contextlib.contextmanager
def _gate(authority: Authority, engine: Engine, server: Path, broker_port: int) -> Iterator[str]:
    """The gate in a thread of this process; where it is."""
    app = gate(engine, authority, (HOST, broker_port), CLOCK.now)
    running = uvicorn.Server(
        uvicorn.Config(
            app, port=0, log_level="warning", ssl_certfile=server / "server.pem", ssl_keyfile=server / "server.key"
        )
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        if not thread.is_alive():
            raise RuntimeError("the gate did not start")
        threading.Event().wait(0.01)
    yield f"https://{HOST}:{running.servers[0].sockets[0].getsockname()[1]}{PATH}"
    running.should_exit = True
    thread.join()
