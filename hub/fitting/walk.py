"""The walk test: from each room, is the device heard, and how strongly?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from devices.kinds import DeviceSetup, Use
from devices.model import Trigger
from devices.registry import KINDS
from hub import intents
from hub.fitting.hearing import REAL, Heard, Said, Trouble, through_hub, with_own_ears
from hub.household.model import Household
from hub.intents import LONGEST_WALK_MIN, REFUSED, IntentKind
from hub.store import counters
from hub.store.writer import Store

ANSWERS_WITHIN_S = 5.0
SIGNAL_WITHIN_S = 7.0
"""A hub writes down every five seconds how strongly it hears whom."""
LOOKS_EVERY_S = 0.2
SPARE_MIN = 1.0
_CARRIED = frozenset({Use.WORN, Use.BUTTON})


class WalkError(Exception):
    """A walk test cannot be made; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one room (None: none in particular): whether it was heard, how strongly where that is known, how soon."""

    room: str | None
    heard: bool
    signal_dbm: int | None = None
    after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What is heard now, and how strongly the device was heard at a moment."""

    heard: Heard
    signal: Callable[[Said], Awaitable[int | None]]


def rooms_for(setup: DeviceSetup, home: Household) -> Sequence[str | None]:
    """Every room, for what is carried about; its own, for what stays in one."""
    if KINDS[setup.kind].use not in _CARRIED:
        return [setup.room]
    known = {one.room: None for one in home.home.sensors.values() if one.room}
    return list(known) or [None]


def is_pressed(setup: DeviceSetup) -> bool:
    """Whether it is tried out by a press, rather than by anything that it says."""
    return KINDS[setup.kind].use is Use.BUTTON


async def walk(
    listener: Listener,
    setup: DeviceSetup,
    rooms: Sequence[str | None],
    seconds: float,
    go: Callable[[str | None], None],
) -> AsyncIterator[Step | Trouble]:
    """Room by room: `go` tells the wearer where, and it is listened for so long."""
    for room in rooms:
        _forget(listener.heard)
        go(room)
        began_s = REAL.boot_s()
        said: Said | Trouble | None = None
        while (left_s := began_s + seconds - REAL.boot_s()) > 0:
            said = await _next(listener.heard, left_s)
            if isinstance(said, Trouble):
                yield said
            elif said is not None and _counts(said, setup):
                break
        if isinstance(said, Said) and _counts(said, setup):
            after_s = round(REAL.boot_s() - began_s, 1)
            yield Step(room=room, heard=True, signal_dbm=await listener.signal(said), after_s=after_s)
        else:
            yield Step(room=room, heard=False)


def _forget(heard: Heard) -> None:
    """What was said on the way from one room to the next counts for neither. Troubles are told all the same."""
    waiting = [heard.get_nowait() for _ in range(heard.qsize())]
    for one in waiting:
        if isinstance(one, Trouble):
            heard.put_nowait(one)


async def _next(heard: Heard, within_s: float) -> Said | Trouble | None:
    try:
        async with asyncio.timeout(within_s):
            return await heard.get()
    except TimeoutError:
        return None


def _counts(said: Said, setup: DeviceSetup) -> bool:
    one = said.observation
    return one.device == setup.name and (isinstance(one, Trigger) or not is_pressed(setup))


@asynccontextmanager
async def beside_hub(
    store: Store, setup: DeviceSetup, minutes: float, by: str, now: datetime
) -> AsyncIterator[Listener]:
    """By what a hub that runs stores. It is asked to call nobody meanwhile. Raises `WalkError`."""
    if minutes + SPARE_MIN > LONGEST_WALK_MIN:
        raise WalkError(
            f"that might take more than {LONGEST_WALK_MIN:g} minutes: name fewer rooms, or wait less in each"
        )
    await ask(store, {"device": setup.name, "minutes": minutes + SPARE_MIN}, by, now)
    try:
        async with through_hub(store) as heard:
            yield Listener(heard=heard, signal=lambda said: _signal(store, setup.name, said.observation.at))
    finally:
        await ask(store, {"device": setup.name, "minutes": 0}, by, now)


async def ask(
    store: Store, payload: Mapping[str, object], by: str, now: datetime, within_s: float = ANSWERS_WITHIN_S
) -> None:
    """Ask the hub for a walk test, and wait for its answer. Raises `WalkError`."""
    number = await store.submit(lambda connection: intents.request(connection, IntentKind.WALK_TEST, payload, by, now))
    answer, until_s = None, REAL.boot_s() + within_s
    while answer is None and REAL.boot_s() < until_s:
        await REAL.sleep(LOOKS_EVERY_S)
        with store.reading() as connection:
            answer = intents.answer(connection, number)
    if answer is None:
        raise WalkError("the hub does not answer, so a press might call people: try again when it runs well")
    if answer.startswith(REFUSED):
        raise WalkError(f"the hub will not: {answer.removeprefix(REFUSED)}")


async def _signal(store: Store, device: str, at: datetime) -> int | None:
    """How strongly the hub heard it, once that is written down."""
    until_s = REAL.boot_s() + SIGNAL_WITHIN_S
    while REAL.boot_s() < until_s:
        with store.reading() as connection:
            mine = [one for one in counters.senders(connection) if one.device == device and one.last_at >= at]
        if mine:
            return mine[0].signal_dbm
        await REAL.sleep(LOOKS_EVERY_S)
    return None


@asynccontextmanager
async def by_ear(setup: DeviceSetup) -> AsyncIterator[Listener]:
    """With own ears, where no hub runs. Raises `SetupError`."""
    async with with_own_ears([setup]) as heard:
        yield Listener(heard=heard, signal=_as_heard)


async def _as_heard(said: Said) -> int | None:
    return said.signal_dbm
