"""A hub in a process of its own that kills itself at a named point: `python -m tests.hub.victim DB CARRIER POINT`.

CARRIER is a folder, or the address of a simulated Twilio, to which the real client speaks. The hub hears presses from
standard input, one packet number a line, and says `ack N` once a press is durable, as a sensor that waits for its
receipt would want. POINT is a name and a count, such as `in Ingest:1`; `never:1` lets it live.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from devices.model import Clock, Frame, LinkEvent
from hub.clock import SystemClock
from hub.daemon import Hub
from hub.ears import Ear
from hub.model import Channel, Evidence, Inbound, Message, NotificationState
from hub.simulated.carrier import ACCOUNT_SID, NUMBER, TOKEN
from hub.store.schema import sensor_event
from hub.store.writer import Store
from hub.vigil import Vigil
from hub.watch import Base, Given
from tests.hub.homes import pressed

T = TypeVar("T")


class Doom:
    """Kills this process, as a power cut does, when a point is reached for the given time."""

    def __init__(self, point: str) -> None:
        name, _, count = point.rpartition(":")
        self._name, self._count = name, int(count)
        self._reached: Counter[str] = Counter()

    def reached(self, name: str) -> None:
        self._reached[name] += 1
        if name == self._name and self._reached[name] == self._count:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedStore(Store):
    """Before, in and after each job's transaction there is a point, named after the class that submitted the job."""

    doom: Doom

    def submit(self, job: Callable[[Connection], T]) -> asyncio.Future[T]:
        name = job.__qualname__.partition(".")[0]

        def doomed(connection: Connection) -> T:
            self.doom.reached(f"before {name}")
            result = job(connection)
            self.doom.reached(f"in {name}")
            return result

        future = super().submit(doomed)
        future.add_done_callback(lambda _: self.doom.reached(f"after {name}"))
        return future


class FolderCarrier:
    """A carrier whose memory is a folder, and so outlives the hub: what it took, and what people sent back."""

    name = "twilio"

    def __init__(self, folder: Path) -> None:
        self._taken = folder / "taken.jsonl"
        self._replies = folder / "replies.jsonl"

    async def send(self, message: Message) -> Evidence:
        row = {"to": message.to, "text": message.text, "reference": message.reference, "purpose": message.purpose}
        with self._taken.open("a") as file:
            file.write(json.dumps(row) + "\n")
        return Evidence(state=NotificationState.ACCEPTED, provider_id=message.reference)

    async def find(self, message: Message) -> Evidence | None:
        known = any(one["reference"] == message.reference for one in _rows(self._taken))
        return Evidence(state=NotificationState.ACCEPTED, provider_id=message.reference) if known else None

    async def status(self, provider_id: str) -> Evidence | None:
        return Evidence(state=NotificationState.DELIVERED, provider_id=provider_id)

    async def inbound(self, since: datetime) -> list[Inbound]:
        replies = [Inbound(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in _rows(self._replies)]
        return [one for one in replies if one.at >= since]


class DoomedChannel:
    """Before and after each word with the carrier there is a point."""

    name = "twilio"

    def __init__(self, carrier: Channel, doom: Doom) -> None:
        self._carrier = carrier
        self._doom = doom

    async def send(self, message: Message) -> Evidence:
        self._doom.reached("call begun")
        evidence = await self._carrier.send(message)
        self._doom.reached("call taken")
        return evidence

    async def find(self, message: Message) -> Evidence | None:
        self._doom.reached("look begun")
        found = await self._carrier.find(message)
        self._doom.reached("look done")
        return found

    async def status(self, provider_id: str) -> Evidence | None:
        return await self._carrier.status(provider_id)

    async def inbound(self, since: datetime) -> list[Inbound]:
        replies = await self._carrier.inbound(since)
        if replies:
            self._doom.reached("replies read")
        return replies


def _carrier(where: str) -> Channel:
    if not where.startswith("http"):
        return FolderCarrier(Path(where))
    from hub.channels.twilio_sms import Account, TwilioSms  # noqa: PLC0415 -- slow to load, and not always needed

    return TwilioSms(Account(sid=ACCOUNT_SID, token=TOKEN, number=NUMBER, url=where))


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


class StandardInput:
    """A radio that hears what is typed, and gives a receipt for what is durable."""

    name = "standard input"

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        del report
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        async for line in lines:
            deliver(pressed(int(line), self._clock.now()))
            token = line.decode().strip()
            while token not in await self._store.submit(_tokens):
                await self._clock.sleep(0.01)
            _say(f"ack {token}")
        await asyncio.Event().wait()


def _tokens(connection: Connection) -> set[str | None]:
    return set(connection.scalars(select(sensor_event.c.token)))


def _say(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


async def main(db: Path, carrier: str, point: str) -> None:
    doom, clock, stop = Doom(point), SystemClock(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    DoomedStore.doom = doom
    store = DoomedStore.open(db)
    ear = Ear(part="standard input", key="stdin", make=lambda _: StandardInput(clock, store))
    given = Given(
        adapters=lambda _: ({"twilio": DoomedChannel(_carrier(carrier), doom)}, ()),
        labelled=lambda *_: None,
        ears=lambda _: [ear],
    )
    base = Base(store=store, clock=clock, given=given, vigil=Vigil(clock))
    await Hub(base, asyncio.Queue()).run(stop, lambda: _say("ready"))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
