"""Hears what the home's devices say now: from the database of a hub that runs; where none does, with own ears."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from devices.beside import beside
from devices.kinds import DeviceSetup
from devices.model import (
    DecodeError,
    Frame,
    LinkEvent,
    LinkState,
    Observation,
    Reading,
    SampleBlock,
    Trigger,
    TriggerKind,
)
from devices.registry import KINDS
from hub.clock import SystemClock
from hub.ears import Ears, needed
from hub.fitting.newest import readings_between
from hub.router import Route, table
from hub.store import devices
from hub.store.schema import from_us, observation, sensor_event
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor

REAL = SystemClock()
LOOKS_EVERY_S = 0.2
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a device said. The signal is not known of what a hub has stored."""

    observation: Reading | Trigger
    signal_dbm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What cannot be listened to, in a sentence."""

    sentence: str


Heard = asyncio.Queue[Said | Trouble]


@asynccontextmanager
async def through_hub(store: Store) -> AsyncIterator[Heard]:
    """Whatever the hub stores from now on."""
    heard: Heard = asyncio.Queue()
    with store.reading() as connection:
        last = _last(connection)
    async with beside(_follow(store, heard, last)):
        yield heard


async def _follow(store: Store, heard: Heard, last: int) -> None:
    while True:
        with store.reading() as connection:
            until = min(_last(connection), last + MOST_AT_ONCE)
            said: list[Reading | Trigger] = [*readings_between(connection, last, until)]
            said += _triggers_between(connection, last, until)
        for one in sorted(said, key=lambda one: one.at):
            heard.put_nowait(Said(observation=one))
        last = until
        await REAL.sleep(LOOKS_EVERY_S)


def _last(connection: Connection) -> int:
    """The greatest number that was given out: readings and calls are numbered alike."""
    numbers = (connection.scalar(select(func.max(column))) for column in (observation.c.id, sensor_event.c.id))
    return max(number or 0 for number in numbers)


def _triggers_between(connection: Connection, after: int, until: int) -> Iterator[Trigger]:
    names = devices.names(connection)
    new = sensor_event.c.id > after, sensor_event.c.id <= until
    for row in connection.execute(select(sensor_event).where(*new).order_by(sensor_event.c.id)):
        kind = TriggerKind(row.kind)
        yield Trigger(device=names[row.device_id], kind=kind, at=from_us(row.at), token=row.token)


@asynccontextmanager
async def with_own_ears(setups: Iterable[DeviceSetup]) -> AsyncIterator[Heard]:
    """Whatever these devices say from now on, and what cannot be listened to. Raises `SetupError`."""
    known = list(setups)
    heard: Heard = asyncio.Queue()
    routes = table(known, KINDS)
    supervisor = Supervisor(REAL, lambda failure: heard.put_nowait(_failed(failure)))

    def deliver(frame: Frame) -> None:
        for route in routes.get((frame.address, frame.source), ()):
            for one in _read(route, frame):
                if not isinstance(one, SampleBlock):
                    heard.put_nowait(Said(observation=one, signal_dbm=frame.signal_dbm))

    def report(event: LinkEvent) -> None:
        if event.state is LinkState.DOWN:
            heard.put_nowait(Trouble(sentence=f"{event.subject} cannot be heard: {event.detail}"))

    await Ears(supervisor, REAL, deliver, report).listen(needed(known))
    try:
        yield heard
    finally:
        await supervisor.stop()


def _read(route: Route, frame: Frame) -> list[Observation]:
    """What it says; nothing where it cannot be read: of that a scan tells."""
    try:
        return route.decode(frame)
    except DecodeError:
        return []


def _failed(failure: Failure) -> Trouble:
    return Trouble(sentence=f"{failure.part} failed: {failure.reason}")
