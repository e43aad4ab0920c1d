"""How soon an alarm is safe: from a press, as the radio brings it, to its message in the channel's hands.

Each press is a real BTHome frame; it is decoded, noticed, committed with its alarm, claimed and handed over. In between,
a bare SQLite commit of one row with the same pragmas is timed on the same disk, so that both meet the same weather.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Connection, select, update

from alongside.benchmark.home import address, household
from analytics.model import Sensor
from devices.model import Clock, Frame
from devices.simulated.frames_bthome import PRESSES, service_data
from hub import household as households
from hub.arrangement import arrange
from hub.clock import SystemClock
from hub.intents import Close
from hub.model import Evidence, Message
from hub.outages import Outages
from hub.simulated.channel import SimulatedChannel
from hub.store.connect import WRITER_PRAGMAS
from hub.store.schema import alarm
from hub.store.writer import Store
from hub.watch import Base, Given, Watch

PENDANTS = 8
PRESSES_EACH = 250
"""A pendant numbers its presses in one byte, and the same number again within the hour is the same press."""
MOST = PENDANTS * PRESSES_EACH
SETTLE_S = 0.005
"""Between two presses the hub finishes what follows the first: alarms are rare."""
WARM_UP = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """Milliseconds, one of each a round."""

    commit_ms: Sequence[float]
    durable_ms: Sequence[float]
    alarm_ms: Sequence[float]


class Stopwatch(SimulatedChannel):
    """A channel that notes when it was handed a message."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("console")
        self._clock = clock
        self.handed = asyncio.Event()
        self.handed_s = 0.0

    async def send(self, message: Message) -> Evidence:
        """Note the time, and take it."""
        self.handed_s = self._clock.boot_s()
        self.handed.set()
        return await super().send(message)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that this share of the values does not exceed.

    >>> percentile(list(range(101)), 99)
    99.0
    """
    return float(quantiles(values, n=100, method="inclusive")[percent - 1])


async def measure(folder: Path, rounds: int) -> Latencies:
    """Press a pendant so often, each time as if it were the only time."""
    clock = SystemClock()
    store = Store.open(folder / "home.sqlite3")
    sensors = [Sensor(device=f"pendant_{number}", kind="bthome", name="pendant") for number in range(PENDANTS)]
    await store.submit(lambda c: households.apply(c, household(sensors), clock.now(), "benchmark"))
    stopwatch = Stopwatch(clock)
    given = Given(adapters=lambda _: ({"console": stopwatch}, ()), labelled=lambda *_: None)
    base = Base(store=store, clock=clock, given=given, outages=Outages())
    watch = Watch(base, await store.submit(arrange), lambda: None)
    watch.begin()
    try:
        with bare(folder / "bare.sqlite3") as database:
            taken = [
                await _round(watch, store, stopwatch, clock, database, number) for number in range(rounds + WARM_UP)
            ]
    finally:
        await watch.end()
        await store.close()
    commit_ms, durable_ms, alarm_ms = zip(*taken[WARM_UP:], strict=True)
    return Latencies(commit_ms=commit_ms, durable_ms=durable_ms, alarm_ms=alarm_ms)
