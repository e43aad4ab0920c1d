"""A hub in a process of its own that dies at a named point, or whenever it is killed.

It speaks to the carriers through the real client. Its presses come over a wire instead of by radio, and over the wire
goes word of each that is durable, as a sensor that waits for its receipt would want.
"""

import asyncio
import logging
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Wire
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select

from alongside.crash.house import Press, frame_of
from devices.model import Clock, Frame, LinkEvent
from hub.channels.twilio_sms import Account, TwilioSms
from hub.clock import StoryClock
from hub.daemon import Hub
from hub.ears import Ear
from hub.model import Channel, Evidence, Inbound, Message
from hub.simulated.carrier import ACCOUNT_SID, NUMBER, TOKEN
from hub.store.schema import device, sensor_event
from hub.store.writer import Store
from hub.vigil import Vigil
from hub.watch import Base, Given

T = TypeVar("T")

READY = "ready"
LOOK_EVERY_S = 0.05
TIMEOUT = timedelta(seconds=1.5)
"""So long a carrier that hangs is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a life is given: its database, its time, the carriers' addresses by adapter, and where it is to die."""

    db: Path
    anchor: Path
    carriers: dict[str, str]
    point: str | None


def kill_me() -> None:
    """End at once, as in a power cut: nothing is written, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


class Doom:
    """Carries out the end when a point is reached for the given time."""

    def __init__(self, point: str | None, end: Callable[[], None] = kill_me) -> None:
        name, _, count = (point or "").rpartition(":")
        self._name, self._count = name, int(count or 0)
        self._reached: Counter[str] = Counter()
        self._end = end

    def reached(self, name: str) -> None:
        """This point has been reached."""
        self._reached[name] += 1
        if name == self._name and self._reached[name] == self._count:
            self._end()


class DoomedStore(Store):
    """Before, in and after each job's transaction there is a point, named after the class that submitted the job."""

    doom: Doom

    def submit(self, job: Callable[[Connection], T]) -> asyncio.Future[T]:
        """Submit it, with its points."""
        name = job.__qualname__.partition(".")[0]

        def doomed(connection: Connection) -> T:
            self.doom.reached(f"before {name}")
            result = job(connection)
            self.doom.reached(f"in {name}")
            return result

        future = super().submit(doomed)
        future.add_done_callback(lambda _: self.doom.reached(f"after {name}"))
        return future


class DoomedChannel:
    """Before and after each word with the carrier there is a point."""

    def __init__(self, name: str, carrier: Channel, doom: Doom) -> None:
        self.name = name
        self._carrier = carrier
        self._doom = doom

    async def send(self, message: Message) -> Evidence:
        """Send it, between two points."""
        self._doom.reached("call begun")
        evidence = await self._carrier.send(message)
        self._doom.reached("call taken")
        return evidence

    async def find(self, message: Message) -> Evidence | None:
        """Look for it, between two points."""
        self._doom.reached("look begun")
        found = await self._carrier.find(message)
        self._doom.reached("look done")
        return found

    async def status(self, provider_id: str) -> Evidence | None:
        """As the carrier says."""
        return await self._carrier.status(provider_id)

    async def inbound(self, since: datetime) -> list[Inbound]:
        """As the carrier says; a point where there is something."""
        replies = await self._carrier.inbound(since)
        if replies:
            self._doom.reached("replies read")
        return replies


class WireEar:
    """A radio that hears the presses that come over the wire, and gives a receipt for each that is durable."""

    name = "the wire"

    def __init__(self, wire: Wire, store: Store, clock: Clock) -> None:
        self._wire = wire
        self._store = store
        self._clock = clock
        self._waiting: set[Press] = set()

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        """Hear until cancelled."""
        del report
        while True:
            while self._wire.poll():
                press: Press = self._wire.recv()
                self._waiting.add(press)
                deliver(frame_of(press, self._clock.now()))
            if self._waiting:
                for press in self._waiting & durable(self._store):
                    self._waiting.remove(press)
                    self._wire.send(press)
            await self._clock.sleep(LOOK_EVERY_S)


def durable(store: Store) -> set[Press]:
    """Every press that the database holds."""
    with store.reading() as connection:
        query = select(device.c.name, sensor_event.c.token).join(device, device.c.id == sensor_event.c.device_id)
        return {Press(pendant=name, packet=int(token)) for name, token in connection.execute(query)}


def live(orders: Orders, wire: Wire) -> None:
    """One life, until it is killed or told to stop. What goes wrong in it is meant to, and is nothing for a log."""
    logging.disable(logging.ERROR)
    asyncio.run(_live(orders, wire))


async def _live(orders: Orders, wire: Wire) -> None:
    doom, clock, stop = Doom(orders.point), StoryClock(orders.anchor), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    DoomedStore.doom = doom
    store = DoomedStore.open(orders.db)
    carriers = {name: TwilioSms(account(url)) for name, url in orders.carriers.items()}
    doomed: dict[str, Channel] = {name: DoomedChannel(name, one, doom) for name, one in carriers.items()}
    ear = Ear(part=WireEar.name, key=WireEar.name, make=lambda _: WireEar(wire, store, clock))
    given = Given(adapters=lambda _: (doomed, ()), labelled=lambda *_: None, ears=lambda _: [ear])
    base = Base(store=store, clock=clock, given=given, vigil=Vigil(clock))
    await Hub(base, asyncio.Queue()).run(stop, lambda: wire.send(READY))
    await store.close()
    for one in carriers.values():
        one.close()


def account(url: str) -> Account:
    """The account with the carrier at this address."""
    return Account(sid=ACCOUNT_SID, token=TOKEN, number=NUMBER, url=url, timeout=TIMEOUT)
