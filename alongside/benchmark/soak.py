"""Many days of a home with many devices, at full speed: `python -m alongside.benchmark.soak DB HOURS SEED EVERY_S`.

Each device's own frames go through its decoder, the plausibility gate, every detector, the supervision, the escalation
and the store, on a clock that goes where the frames are. A carer closes every alarm once an hour, so that they do not
pile up. Measured are what the process holds (memory, files, tasks), and whether what was delivered is all there. Prints
one JSON object.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from alongside.benchmark.soak_account import (
    Held,
    Tally,
    complaints,
    growth,
    held,
    kept,
    lost_readings,
    missing_readings,
)
from alongside.benchmark.soak_home import DEVICES, soak_household
from alongside.benchmark.turns import Turns
from analytics.registry import DETECTORS
from devices.model import Frame
from devices.simulated.home import Life, stream
from devices.simulated.orders import Order
from devices.simulated.voices.body import DAY_S
from hub import household, intents
from hub.arrangement import Arrangement, arrange
from hub.clock import SystemClock
from hub.escalation.alarms import open_alarms
from hub.intents import IntentKind
from hub.model import Evidence, Inbound, Message, NotificationState
from hub.router import Table
from hub.store.writer import Store
from hub.vigil import Vigil
from hub.watch import Base, Given, Watch

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
STOP = timedelta(seconds=60)
"""So long the hub's parts wait for their turn: as long as they might on a busy machine."""
AN_HOUR = timedelta(hours=1)
TURNS = 3
STREAMS = 0.01
FEWEST_SAMPLES, MOST_SAMPLES = 6, 28
FAULTS = (
    Order(fault="noise", much=0.0005),
    Order(fault="truncation", much=0.0005),
    Order(fault="duplicate", much=0.02),
)
"""Enough of each that all are met many times, and few enough that the home is a home."""
CARER = "daughter"
REAL = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How long, by which chance, and how often a device speaks at most."""

    hours: float = 168.0
    seed: int = 0
    every_s: float = 10.0

    @property
    def worn_s(self) -> float:
        """For how long of each day the wrist streams: a hundredth, a quarter of an hour."""
        return STREAMS * min(DAY_S, self.hours * 3600)

    @property
    def samples(self) -> int:
        """How often it is looked at what the process holds."""
        return round(min(MOST_SAMPLES, max(FEWEST_SAMPLES, self.hours)))


class Sink:
    """A channel that takes every message and keeps none."""

    name = "console"

    async def send(self, message: Message) -> Evidence:
        """Take it."""
        return Evidence(state=NotificationState.ACCEPTED, provider_id=f"sink-{message.notification_id}")

    async def find(self, _: Message) -> Evidence | None:
        """Nothing is in doubt."""
        return None

    async def status(self, _: str) -> Evidence | None:
        """Nothing more is known."""
        return None

    async def inbound(self, _: datetime) -> list[Inbound]:
        """Nobody answers."""
        return []


class Soak:
    """A hub, and the days that pass."""

    def __init__(self, store: Store, watch: Watch, clock: Turns, tally: Tally) -> None:
        self._store = store
        self._watch = watch
        self._clock = clock
        self._tally = tally
        self.held: list[Held] = []

    async def live(self, frames: Iterator[Frame], asked: Asked) -> None:
        """Deliver all that is said until the end; the hub's parts have their turns at each stop."""
        end = START + timedelta(hours=asked.hours)
        sample = timedelta(hours=asked.hours / asked.samples)
        stop, next_hour, next_sample = START + STOP, START + AN_HOUR, START + sample
        for frame in frames:
            while min(frame.at, end) >= stop:
                await self._stop(stop)
                stop += STOP
            if stop > next_hour:
                next_hour += AN_HOUR
                await self._store.submit(self._close_all)
            if stop > next_sample:
                next_sample += sample
                self.held.append(held((self._clock.now() - START) / AN_HOUR))
            if frame.at >= end:
                return
            self._clock.go_to(frame.at)
            self._tally.frames += 1
            self._watch.deliver(frame)

    async def _stop(self, at: datetime) -> None:
        """Let everybody whose time has come have a turn, and the store take what there is."""
        self._clock.stop_at(at)
        for _ in range(TURNS):
            await REAL.sleep(0)
            await self._store.submit(lambda _: None)

    def _close_all(self, connection: Connection) -> None:
        for one in open_alarms(connection):
            asked = {"alarm_id": one.id, "outcome": "nothing was the matter"}
            intents.request(connection, IntentKind.CLOSE, asked, CARER, self._clock.now())


async def soak(db: Path, asked: Asked) -> dict[str, Any]:
    """Let so many hours pass; what was measured, and what should not be, in sentences."""
    tally, clock, began_s = Tally(), Turns(START), REAL.boot_s()
    text = soak_household()
    life = Life(start=START, seed=asked.seed, orders=FAULTS, at_most_every_s=asked.every_s, worn_s=asked.worn_s)
    store = Store.open(db)
    await store.submit(lambda connection: household.apply(connection, text, START, "soak"))
    streams = [stream(one, life) for one in household.parse(text).devices.values()]
    async with _watching(store, clock, tally) as watch:
        run = Soak(store, watch, clock, tally)
        await run.live(merge(*streams, key=lambda frame: frame.at), asked)
    with store.reading() as connection:
        found = kept(connection)
    await store.close()
    grown = growth(run.held)
    return {
        "hours": asked.hours,
        "devices": DEVICES,
        "detectors": len(DETECTORS),
        "at_most_every_s": asked.every_s,
        "frames": tally.frames,
        "frames_counted": found.frames,
        "malformed": found.malformed,
        "readings": tally.readings.total(),
        "readings_stored": found.readings.total(),
        "readings_refused": found.refused.total(),
        "refusals_left_out": missing_readings(tally, found).total() - lost_readings(tally, found).total(),
        "blocks": tally.blocks,
        "presses": len(tally.presses),
        "presses_stored": len(found.presses),
        "alarms": found.alarms,
        "rss_mib": [round(one.rss_mib, 1) for one in run.held],
        "objects": [one.objects for one in run.held],
        "growth": asdict(grown),
        "wall_s": round(REAL.boot_s() - began_s, 1),
        "complaints": list(complaints(tally, found, grown)),
    }


@asynccontextmanager
async def _watching(store: Store, clock: Turns, tally: Tally) -> AsyncIterator[Watch]:
    given = Given(adapters=lambda _: ({"console": Sink()}, ()), labelled=lambda *_: None)
    base = Base(store=store, clock=clock, given=given, vigil=Vigil(clock))
    arrangement = await store.submit(arrange)
    watch = Watch(base, _counted(arrangement, tally), lambda: None)
    watch.begin()
    try:
        yield watch
    finally:
        await watch.end()


def _counted(arrangement: Arrangement, tally: Tally) -> Arrangement:
    """The same, with what its decoders say counted."""
    known: dict[str, Any] = {}
    routes: Table = {
        key: tuple(replace(one, decode=known.setdefault(one.device, tally.counted(one.decode))) for one in readers)
        for key, readers in arrangement.routes.items()
    }
    return replace(arrangement, routes=routes)


def main(arguments: Sequence[str]) -> None:
    """Soak, and print what was measured."""
    db, hours, seed, every_s = arguments
    asked = Asked(hours=float(hours), seed=int(seed), every_s=float(every_s))
    sys.stdout.write(json.dumps(asyncio.run(soak(Path(db), asked))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
