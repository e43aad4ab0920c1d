"""`alongside devices list`, `watch` and `test`: how the sensors stand, what they say now, from which room."""

import asyncio
import contextlib
import getpass
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path as FilePath
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from analytics.plain import count
from devices.cli import facts_of as facts_of_said
from devices.cli import in_words
from devices.kinds import DeviceSetup, SetupError
from devices.spelling import unknown
from hub import clock, household
from hub.fitting import declare, standing
from hub.fitting.base import Database, Json, reading, refuse
from hub.fitting.hearing import Heard, Said, Trouble, through_hub, with_own_ears
from hub.fitting.walk import Listener, Step, WalkError, beside_hub, by_ear, is_pressed, rooms_for, walk
from hub.household import unlock
from hub.household.model import Household
from hub.lock import is_running
from hub.paths import database_path
from hub.store.writer import Store

NOT_HEARD = 1


def list_(db: Database = None, as_json: Json = False) -> None:  # noqa: FBT002 -- a flag
    """Say of every declared sensor what it is, where, when it was heard last, how strongly, its battery and state."""
    now = clock.from_environment().now()
    with reading(db) as connection:
        every = standing.standings(connection, household.current(connection), now)
    if as_json:
        for one in every:
            typer.echo(json.dumps(standing.facts_of(one), ensure_ascii=False))
        return
    for line in standing.lines(every, now) if every else ["No sensor is declared yet: `alongside devices add`."]:
        typer.echo(line)


def watch(
    name: Annotated[list[str] | None, typer.Argument(help="Only these devices; all, if none is named.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="End after so long; else with Ctrl-C.")] = None,
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Show live what the sensors say: as a hub that runs stores it; where none runs, by listening."""
    home = _home(db)
    setups = [_device(home, one) for one in name or home.devices]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(db, setups, seconds, None if as_json else home.tz))


def walk_test(
    name: Annotated[str, typer.Argument(help="The device's key in home.toml, as `devices list` shows it.")],
    room: Annotated[list[str] | None, typer.Option(help="From this room, and perhaps others; else from all.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=300.0, help="How long to wait in each room.")] = 30.0,
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Walk the rooms with a device: press it in each (or move before it), and see whether and how well it is heard.

    A hub that runs calls nobody for what the device says meanwhile, and for 15 minutes at the most.
    """
    home = _home(db)
    setup = _device(home, name)
    for one in room or ():
        if (reason := declare.room_refusal(home, one)) is not None:
            refuse(reason)
    try:
        steps = asyncio.run(_test(db, setup, room or rooms_for(setup, home), seconds, as_json=as_json))
    except (SetupError, WalkError) as error:
        refuse(str(error))
    missed = sum(not one.heard for one in steps)
    if not as_json:
        typer.echo(_verdict(name, len(steps), missed))
    raise typer.Exit(NOT_HEARD if missed else 0)


def _verdict(name: str, rooms: int, missed: int) -> str:
    if missed:
        return f"{name} was not heard in {missed} of {count(rooms, 'place')}: see to its range before you rely on it."
    return f"{name} was heard everywhere." if rooms > 1 else f"{name} was heard."


def _home(db: FilePath | None) -> Household:
    with reading(db) as connection:
        home, lacking = unlock(household.current(connection))
    for sentence in lacking:
        typer.echo(f"Note: {sentence}.", err=True)
    return home


def _device(home: Household, name: str) -> DeviceSetup:
    if name not in home.devices:
        refuse(unknown("device", name, home.devices))
    return home.devices[name]


async def _watch(
    db: FilePath | None, setups: Sequence[DeviceSetup], seconds: float | None, tz: ZoneInfo | None
) -> None:
    names = {one.name for one in setups}
    async with _hearing(db, setups) as heard:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    one = await heard.get()
                    if isinstance(one, Trouble):
                        typer.echo(f"Note: {one.sentence}.", err=True)
                    elif one.observation.device in names:
                        typer.echo(_line(one, tz))


@contextlib.asynccontextmanager
async def _hearing(db: FilePath | None, setups: Sequence[DeviceSetup]) -> AsyncIterator[Heard]:
    path = database_path(db)
    if not is_running(path):
        async with with_own_ears(setups) as heard:
            yield heard
        return
    async with _opened(path) as store, through_hub(store) as heard:
        yield heard


@contextlib.asynccontextmanager
async def _opened(path: FilePath) -> AsyncIterator[Store]:
    store = Store.open(path)
    try:
        yield store
    finally:
        await store.close()


def _line(said: Said, tz: ZoneInfo | None) -> str:
    """For people, by the home's own clock; without one as a JSON object."""
    facts = facts_of_said(said.observation)
    if tz is None:
        at = said.observation.at.isoformat()
        return json.dumps({"at": at, **facts, "signal_dbm": said.signal_dbm}, ensure_ascii=False)
    signal = standing.signal_words(said.signal_dbm)
    return f"{said.observation.at.astimezone(tz):%H:%M:%S}  {in_words(facts)}" + (f" ({signal})" if signal else "")


async def _test(
    db: FilePath | None, setup: DeviceSetup, rooms: Sequence[str | None], seconds: float, *, as_json: bool
) -> list[Step]:
    steps = []
    async with _listener(db, setup, len(rooms) * seconds / 60) as listener:
        async for one in walk(listener, setup, rooms, seconds, lambda room: _go(setup, room, seconds)):
            if isinstance(one, Trouble):
                typer.echo(f"Note: {one.sentence}.", err=True)
            else:
                steps.append(one)
                _say_step(one, as_json=as_json)
    return steps


@contextlib.asynccontextmanager
async def _listener(db: FilePath | None, setup: DeviceSetup, minutes: float) -> AsyncIterator[Listener]:
    path = database_path(db)
    if not is_running(path):
        typer.echo("No hub runs here, so I listen myself.", err=True)
        async with by_ear(setup) as listener:
            yield listener
        return
    now = clock.from_environment().now()
    async with _opened(path) as store, beside_hub(store, setup, minutes, getpass.getuser(), now) as listener:
        typer.echo("The hub listens, and calls nobody for this device meanwhile.", err=True)
        yield listener


def _go(setup: DeviceSetup, room: str | None, seconds: float) -> None:
    where = f"Go to the {room.replace('_', ' ')} and" if room else "Please"
    what = "press it" if is_pressed(setup) else "make it say something (wear it, move before it, open it)"
    typer.echo(f"{where} {what}: I listen for {seconds:g} s.", err=True)


def _say_step(step: Step, *, as_json: bool) -> None:
    if as_json:
        facts = {"room": step.room, "heard": step.heard, "signal_dbm": step.signal_dbm, "after_s": step.after_s}
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    place = (step.room or "here").replace("_", " ")
    signal = standing.signal_words(step.signal_dbm) or "signal not known"
    typer.echo(f"{place}: heard, {signal}" if step.heard else f"{place}: not heard")
