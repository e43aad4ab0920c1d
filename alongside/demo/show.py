"""One performance: the story, played on the stage, told to whoever watches."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from alongside.demo import story
from alongside.demo.house import NotHeardError
from alongside.demo.model import Day, Does
from alongside.demo.people import People
from alongside.demo.player import Player, Stage, StuckError
from alongside.demo.process import StartError
from alongside.demo.report import Record, report
from alongside.demo.stage import AS_IN_LIFE, LIFE, Scenery, scenery
from alongside.demo.teller import Teller
from alongside.demo.witness import BUSY_S, Witness
from alongside.logs import log_folder
from devices.beside import beside
from devices.simulated.bluez import BusError
from hub.household.model import Household
from hub.store.connect import reader_engine

CANNOT_START = (StartError, BusError)
CANNOT_GO_ON = (StuckError, NotHeardError)
STARTS = "Starting a made-up home: its sensors, its hub and its portal ..."
STAYS = (
    "\nThat was Rose's day. The portal stays open until you press Ctrl-C."
    "\nHow people shape such a home, from a sentence about snooker to a changed rule and a reply:"
    " alongside co-design trace inactivity.longest_silence_min --example"
)


async def perform(console: Console, port: int, day: Day = story.DAY, *, hurried: bool, stay: bool) -> Record:
    """Put everything on, play a day, take everything away, and say what happened.

    With `stay`, everything stays on after the last scene until cancelled. Raises one of `CANNOT_START`.
    """
    with TemporaryDirectory(prefix="alongside-demo-") as name:
        folder = Path(name)
        console.print(STARTS)
        try:
            async with scenery(folder, port) as on, company(on, console, hurried=hurried) as (player, teller):
                teller.note(on.portal.strip().removesuffix(" (press Ctrl-C to stop)."))
                db = on.db
                trouble = await _played(player, day)
                if stay and trouble is None:
                    await _stay(on, teller)
        except CANNOT_START as error:
            raise type(error)(f"{error}. {keep_logs(folder)}") from None
        done = record(db, day)
        return done if trouble is None else done | {"ok": False, "trouble": f"{trouble}. {keep_logs(folder)}"}


@contextlib.asynccontextmanager
async def company(on: Scenery, console: Console, *, hurried: bool) -> AsyncIterator[tuple[Player, Teller]]:
    """Whoever plays and whoever tells, for as long as they are needed."""
    teller = Teller(console, story.HOME_TZ, _names(on.household))
    witness = Witness(on.db, LIFE, teller.news)
    async with beside(witness.run()):
        yield Player(_stage(on, teller, witness), on.clock, story.STARTS, hurried=hurried), teller


async def _played(player: Player, day: Day) -> str | None:
    """Play the day; why it could not be played to the end, or None."""
    try:
        await player.play(day)
    except CANNOT_GO_ON as error:
        return str(error)
    return None


async def _stay(on: Scenery, teller: Teller) -> None:
    on.clock.set_speed(AS_IN_LIFE)
    teller.note(STAYS)
    await asyncio.Event().wait()


def _names(home: Household) -> dict[str, str]:
    """What each person is called in the story."""
    return {name: one.display for name, one in home.people.items()} | {home.resident: home.person.first_name}


def _stage(on: Scenery, teller: Teller, witness: Witness) -> Stage:
    numbers = {name: address.to for name, one in on.household.people.items() for address in one.addresses}
    people = People(on.db, on.clock, on.text, numbers)

    async def do(act: Does) -> None:
        alarm = witness.latest(act.alarm)
        if alarm is None:
            raise StuckError(f"there is no {act.alarm} alarm that {act.who} could do anything about")
        people.do(act, alarm)

    return Stage(show=on.house.show, do=do, until=witness.until, title=teller.title, tell=teller.tell)


def record(db: Path, day: Day) -> Record:
    """What happened, from the database."""
    engine = reader_engine(db, BUSY_S)
    with engine.connect() as connection:
        found = report(connection, day)
    engine.dispose()
    return found


def keep_logs(folder: Path) -> str:
    """Keep what the programs said, before the folder goes; say where."""
    target = log_folder()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            shutil.copy(log, target / f"demo-{log.name}")
    except OSError as error:
        return f"What its programs said could not be kept ({error.strerror})."
    return f"What its programs said is in {target}."
