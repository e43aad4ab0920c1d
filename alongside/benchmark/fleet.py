"""What a centre carries on this machine: a real broker, a real PostgreSQL, real workers, made-up homes.

The homes share one connection without TLS, so that their own cost is small. A home's bytes are measured apart, on a
real hub's line with TLS.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, insert, text

from alongside.benchmark.fleet_homes import Homes
from alongside.benchmark.fleet_line import day_on_the_line
from alongside.benchmark.latency import percentile
from devices.simulated.mosquitto import BrokerError, Mosquitto
from hub.centre import schema
from hub.clock import SystemClock
from hub.simulated.postgres import Postgres, PostgresError
from hub.sync.wire import Lane

WORKERS = 2
LOADED = 24
"""Homes that have a heap of readings to tell."""
HEAP = 2_000
"""Readings in one of their batches."""
PROBE = "home-0"
PROBE_EVERY_S = 0.1
EVENTS_A_HOME_S = 0.02
READINGS_EVERY_S, BEAT_EVERY_S = 300.0, 60.0
BEATS_A_BATCH = int(READINGS_EVERY_S / BEAT_EVERY_S)
_TURN_S = 0.01
_TICK_S = 0.05
_SETTLES_WITHIN_S = 60.0
_HZ = os.sysconf("SC_CLK_TCK")

CLOCK = SystemClock()


class CannotMeasureError(RuntimeError):
    """Something that is measured cannot be had here."""


def measure_fleet(homes: int, minutes: float) -> dict[str, Any]:
    """All figures. Raises `CannotMeasureError`."""
    try:
        with tempfile.TemporaryDirectory(prefix="alongside-fleet-") as folder:
            for one in (Path(folder), Path(folder) / "line"):  # PostgreSQL's own user must be able to get in
                one.mkdir(exist_ok=True)
                one.chmod(0o755)
            return asyncio.run(_measure(Path(folder), homes, minutes))
    except (PostgresError, BrokerError) as error:
        raise CannotMeasureError(str(error)) from error


async def _measure(folder: Path, homes: int, minutes: float) -> dict[str, Any]:
    line = await day_on_the_line(folder / "line")
    async with rig(folder, homes) as parts:
        return {
            **await heap(parts, 60.0 * minutes),
            **await usual(parts, homes, minutes),
            **await kills(parts),
            **line,
        }


@dataclass(slots=True, kw_only=True)
class Rig:
    """The parts, and the processes that can be killed."""

    engine: Engine
    broker: Mosquitto
    postgres: Postgres
    database: str
    homes: Homes
    workers: "list[subprocess.Popen[str]]"

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds so far, of the broker, the workers and the database."""
        broker = self.broker.pid
        workers = [one.pid for one in self.workers]
        return {
            "broker": _cpu_s([] if broker is None else [broker]),
            "workers": _cpu_s(workers),
            "database": _cpu_s(self.postgres.pids()),
        }

    def kill_worker(self) -> None:
        """Kill a worker, and start another."""
        dead = self.workers.pop(0)
        dead.kill()
        dead.communicate()
        self.workers.append(start_worker(self.broker.port, self.database))


def start_worker(port: int, database: str) -> "subprocess.Popen[str]":
    """A worker as it is really run, but for TLS; returns once it listens."""
    command = [sys.executable, "-m", "alongside.benchmark.fleet_worker", str(port), database]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own module
    if process.stdout is None or not process.stdout.readline():
        raise RuntimeError("a worker did not start")
    return process


@contextlib.asynccontextmanager
async def rig(folder: Path, homes: int) -> AsyncIterator[Rig]:
    """Everything that runs, with so many homes enrolled."""
    with Postgres(folder / "postgres") as postgres:
        engine = create_engine(postgres.url, pool_pre_ping=True)
        with engine.begin() as connection:
            schema.create(connection)
            _enrol(connection, homes)
        async with Mosquitto(folder, CLOCK.sleep) as broker:
            workers = [start_worker(broker.port, postgres.url) for _ in range(WORKERS)]
            made = Homes(clock=CLOCK, broker=("127.0.0.1", broker.port))
            parts = Rig(
                engine=engine, broker=broker, postgres=postgres, database=postgres.url, homes=made, workers=workers
            )
            try:
                async with made.connected():
                    yield parts
            finally:
                _end(parts.workers)
                engine.dispose()


async def heap(parts: Rig, seconds: float) -> dict[str, Any]:
    """Every loaded home tells its heap as fast as it is taken, and one home's alarm moves on in between."""
    homes = parts.homes
    before, start_s, start_cpu = homes.accepted, CLOCK.boot_s(), parts.cpu_s()
    for taken in homes.took_s.values():
        taken.clear()
    await _tell_heaps(parts, seconds)
    wall_s = CLOCK.boot_s() - start_s
    cpu = {name: spent - start_cpu[name] for name, spent in parts.cpu_s().items()}
    rows = homes.accepted - before
    return {
        "events_per_s": round(rows / wall_s),
        "ingest_lag_s_p99": round(percentile(homes.took_s[Lane.READINGS], 99), 3),
        "alarm_lag_ms_p50": round(1000 * percentile(homes.took_s[Lane.ALARMS], 50), 1),
        "alarm_lag_ms_p99": round(1000 * percentile(homes.took_s[Lane.ALARMS], 99), 1),
        "worker_cpu_us_per_event": round(1e6 * cpu["workers"] / rows, 2),
        "database_cpu_us_per_event": round(1e6 * cpu["database"] / rows, 2),
    }


async def _tell_heaps(parts: Rig, seconds: float) -> None:
    homes, end_s, probe_s = parts.homes, CLOCK.boot_s() + seconds, 0.0
    while (now_s := CLOCK.boot_s()) < end_s:
        if now_s >= probe_s and homes.is_free(PROBE, Lane.ALARMS):
            probe_s = now_s + PROBE_EVERY_S
            await homes.send_alarm(PROBE)
        for number in range(1, LOADED + 1):
            if homes.is_free(name := f"home-{number}", Lane.READINGS):
                await homes.send_readings(name, HEAP)
        await homes.send_again()
        await CLOCK.sleep(_TURN_S)


async def usual(parts: Rig, count: int, minutes: float) -> dict[str, Any]:
    """All homes at their usual rate: a beat a minute, their readings every five minutes."""
    await _settle(parts)
    homes, start_s, start_cpu = parts.homes, CLOCK.boot_s(), parts.cpu_s()
    before, turn = homes.accepted, 0
    while (passed_s := CLOCK.boot_s() - start_s) < 60.0 * minutes:
        while turn < int(passed_s * count / BEAT_EVERY_S):
            turn += 1
            await _usual_turn(homes, f"home-{turn % count}", turn // count + turn)
        await CLOCK.sleep(_TICK_S)
    wall_s = CLOCK.boot_s() - start_s
    shares = {name: round((spent - start_cpu[name]) / wall_s, 4) for name, spent in parts.cpu_s().items()}
    return {
        "usual_homes": count,
        "usual_events_per_s": round((homes.accepted - before) / wall_s),
        "usual_cpu_of_a_core": round(sum(shares.values()), 3),
        "broker_cpu": shares["broker"],
        "workers_cpu": shares["workers"],
        "database_cpu": shares["database"],
    }


async def _usual_turn(homes: Homes, name: str, turn: int) -> None:
    await homes.beat(name)
    if turn % BEATS_A_BATCH == 0 and homes.is_free(name, Lane.READINGS):
        await homes.send_readings(name, int(EVENTS_A_HOME_S * READINGS_EVERY_S))


async def kills(parts: Rig) -> dict[str, Any]:
    """Kill a worker, the broker and the database in turn while heaps are told; then count."""
    for kill in (_kill_worker, _kill_broker, _kill_database):
        await asyncio.gather(_tell_heaps(parts, 6.0), kill(parts))
    await _settle(parts)
    with parts.engine.connect() as connection:
        there, different = connection.execute(
            text("SELECT count(*), count(DISTINCT (hub_id, id)) FROM observation")
        ).one()
    readings = sum(sending.upto for (_, lane), sending in parts.homes.lanes.items() if lane is Lane.READINGS)
    return {"told": readings, "lost": readings - different, "duplicated": there - different}


async def _kill_worker(parts: Rig) -> None:
    await CLOCK.sleep(1.0)
    await asyncio.to_thread(parts.kill_worker)


async def _kill_broker(parts: Rig) -> None:
    await CLOCK.sleep(1.0)
    parts.broker.kill()
    await parts.broker.start()


async def _kill_database(parts: Rig) -> None:
    await CLOCK.sleep(1.0)
    await asyncio.to_thread(parts.postgres.stop, "immediate")
    await asyncio.to_thread(parts.postgres.start)


async def _settle(parts: Rig) -> None:
    """Let all that is on its way arrive."""
    end_s = CLOCK.boot_s() + _SETTLES_WITHIN_S
    while parts.homes.on_their_way and CLOCK.boot_s() < end_s:
        await parts.homes.send_again()
        await CLOCK.sleep(_TICK_S)


def _enrol(connection: Connection, homes: int) -> None:
    names = [{"id": number + 1, "name": f"home-{number}", "enrolled_at": 0} for number in range(max(homes, LOADED + 1))]
    connection.execute(insert(schema.hub), names)
    lanes = [{"hub_id": one["id"], "lane": lane.value, "upto": 0} for one in names for lane in Lane]
    connection.execute(insert(schema.lane), lanes)


def _end(workers: "list[subprocess.Popen[str]]") -> None:
    for worker in workers:
        worker.kill()
        worker.communicate()


def _cpu_s(pids: list[int]) -> float:
    """CPU seconds of processes, as the kernel counts them; of those that have ended, nothing."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _HZ
