"""How soon an alarm is safe: from a press, as the radio brings it, to its message in the channel's hands.

Each press is a real BTHome frame: it is decoded, noticed, committed with its alarm, claimed, handed over. In between,
a bare SQLite commit of one row with the same pragmas is timed on the same disk, so that both meet the same weather.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Connection, func, select

from alongside.benchmark.home import address, household
from analytics.model import Sensor
from devices.model import Clock, Frame
from devices.simulated.frames_bthome import PRESSES, service_data
from hub.arrangement import arrange
from hub.clock import SystemClock
from hub.household import apply
from hub.intents import Close
from hub.model import Evidence, Message, NotificationState
from hub.simulated.channel import SimulatedChannel
from hub.store.connect import driver, writer_engine
from hub.store.schema import alarm, notification
from hub.store.writer import Store
from hub.vigil import Vigil
from hub.watch import Base, Given, Watch

PENDANTS = 8
PRESSES_EACH = 250
"""A pendant numbers its presses in one byte, and the same number again within the hour is the same press."""
WARM_UP = 20
UNDER_WAY = (NotificationState.PENDING, NotificationState.CALLING)
MOST = PENDANTS * PRESSES_EACH - WARM_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """Milliseconds, one of each a round."""

    commit_ms: Sequence[float]
    receipt_ms: Sequence[float]
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


async def measure(folder: Path, rounds: int, pause_s: float = 0.0) -> Latencies:
    """Press a pendant so often, `MOST` times at most, and let the hub and the processor rest in between."""
    clock = SystemClock()
    stopwatch = Stopwatch(clock)
    store = Store.open(folder / "home.sqlite3")
    watch = await _begin(store, clock, stopwatch)
    try:
        with bare_database(folder / "bare.sqlite3") as database:
            rig = Rig(watch=watch, store=store, clock=clock, stopwatch=stopwatch, bare=database, pause_s=pause_s)
            taken = [await rig.round(number) for number in range(rounds + WARM_UP)]
    finally:
        await watch.end()
        await store.close()
    commit_ms, receipt_ms, alarm_ms = zip(*taken[WARM_UP:], strict=True)
    return Latencies(commit_ms=commit_ms, receipt_ms=receipt_ms, alarm_ms=alarm_ms)


async def _begin(store: Store, clock: Clock, stopwatch: Stopwatch) -> Watch:
    sensors = [Sensor(device=f"pendant_{number}", kind="bthome", name="pendant") for number in range(PENDANTS)]
    await store.submit(lambda connection: apply(connection, household(sensors), clock.now(), "benchmark"))
    given = Given(adapters=lambda _: ({"console": stopwatch}, ()), labelled=lambda *_: None)
    base = Base(store=store, clock=clock, given=given, vigil=Vigil(clock))
    watch = Watch(base, await store.submit(arrange), lambda: None)
    watch.begin()
    return watch


@contextmanager
def bare_database(path: Path) -> Iterator[sqlite3.Connection]:
    """A database like the hub's, with one small table and nothing around it."""
    engine = writer_engine(path, busy_s=1.0)
    with engine.connect() as connection:
        database = driver(connection)
        database.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, value REAL NOT NULL)")
        yield database
    engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A running hub, and a bare database beside it."""

    watch: Watch
    store: Store
    clock: Clock
    stopwatch: Stopwatch
    bare: sqlite3.Connection
    pause_s: float

    async def round(self, number: int) -> tuple[float, float, float]:
        """A bare commit, and a press: until the commit, until its receipt, until it is handed over (ms)."""
        commit_s = self._commit(number)
        frame = self._press(number)
        self.stopwatch.handed.clear()
        start_s = self.clock.boot_s()
        durable = self.watch.deliver(frame)
        if durable is None:
            raise RuntimeError("a press was not noticed")
        await durable
        receipt_s = self.clock.boot_s() - start_s
        await self.stopwatch.handed.wait()
        alarm_s = self.stopwatch.handed_s - start_s
        await self._come_to_rest()
        return 1000 * commit_s, 1000 * receipt_s, 1000 * alarm_s

    def _commit(self, number: int) -> float:
        start_s = self.clock.boot_s()
        self.bare.execute("BEGIN IMMEDIATE")
        self.bare.execute("INSERT INTO event (at, value) VALUES (?, ?)", (number, 1.0))
        self.bare.execute("COMMIT")
        return self.clock.boot_s() - start_s

    def _press(self, number: int) -> Frame:
        pendant, press = divmod(number, PRESSES_EACH)
        payload = service_data({"button": PRESSES["press"]}, press)
        return Frame(address=address(pendant), source="advert:fcd2", payload=payload, at=self.clock.now())

    async def _come_to_rest(self) -> None:
        """Close the alarm, so that the next press opens its own, and let all that follows from that happen."""
        await self.store.submit(self._close)
        self.watch.escalation.committed()
        while await self.store.submit(_is_busy):
            pass
        if self.pause_s:
            await self.clock.sleep(self.pause_s)

    def _close(self, connection: Connection) -> None:
        newest = connection.execute(select(func.max(alarm.c.id))).scalar_one()
        outcome = Close(alarm_id=newest, outcome="measured")
        self.watch.escalation.close(connection, outcome, "resident", self.clock.now())


def _is_busy(connection: Connection) -> bool:
    """Whether a message is still to be sent, or its way to be recorded."""
    under_way = select(notification.c.id).where(notification.c.state.in_(UNDER_WAY)).limit(1)
    return connection.execute(under_way).first() is not None
