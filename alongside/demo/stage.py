"""Puts the demo on: radio and ports, carrier, hub and portal, the story on them, and everything away again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from alongside.demo import story
from alongside.demo.beside import beside
from alongside.demo.house import House, Props
from alongside.demo.process import Program, StartError, running
from devices.model import LinkState
from devices.simulated.bluez import ENVIRONMENT as BUS
from devices.simulated.bluez import EmulatedBlueZ, PrivateBus
from hub import household
from hub.clock import ENVIRONMENT as CLOCK
from hub.clock import StoryClock, SystemClock
from hub.household.model import Household
from hub.paths import DATABASE
from hub.store import links
from hub.store.writer import Store

READY_WITHIN_S = 30.0
LOOKS_EVERY_S = 0.05
AS_IN_LIFE = 1.0
LIFE = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """Everything that runs for as long as the demo lasts. `text` carries a text from a number to the hub's."""

    db: Path
    clock: StoryClock
    house: House
    household: Household
    text: Callable[[str, str], object]
    portal: list[str]


def document(folder: Path) -> str:
    """The made-up household, its serial ports in this folder."""
    text = resources.files("alongside.demo").joinpath("home.toml").read_text(encoding="utf-8")
    return Template(text).substitute(SERIAL=folder)


@contextlib.asynccontextmanager
async def scenery(folder: Path, port: int) -> AsyncIterator[Scenery]:
    """Start everything in this folder, and stop it whatever happens. Raises `StartError` and `BusError`."""
    anchor, db = folder / "clock.json", folder / "home.sqlite3"
    clock = StoryClock(anchor)
    clock.set(story.STARTS, AS_IN_LIFE)
    home = household.parse(document(folder))
    async with contextlib.AsyncExitStack() as stack:
        bus = stack.enter_context(PrivateBus())
        bluez = await EmulatedBlueZ(bus.address, LIFE.sleep).start()
        stack.push_async_callback(bluez.kill)
        props = Props(bluez, LIFE)
        house = House(props, home.devices.values())
        stack.callback(props.unplug)
        store = Store.open(db)
        stack.callback(store.shut)
        store.run(lambda connection: household.apply(connection, document(folder), clock.now(), "the demo"))
        environment = {CLOCK: str(anchor), BUS: bus.address, DATABASE: str(db)}
        await stack.enter_async_context(beside(house.chatter(clock)))
        hub = await stack.enter_async_context(running("hub", ["hub", "--console"], environment, folder))
        words = ["portal", "--as", story.DAUGHTER, "--port", str(port)]
        portal = await stack.enter_async_context(running("portal", words, environment, folder))
        await until_ready(hub, lambda: _hears(store, 1 + len(props.ports)))
        await until_ready(portal, lambda: "http://" in portal.said())
        yield Scenery(db=db, clock=clock, house=house, household=home, text=print, portal=portal.said().splitlines())


def _hears(store: Store, receivers: int) -> bool:
    """Whether the hub hears the radio and every port."""
    with store.reading() as connection:
        return [event.state for event in links.now(connection).values()].count(LinkState.UP) >= receivers


async def until_ready(program: Program, ready: Callable[[], bool]) -> None:
    """Wait until a program is ready. Raises `StartError` where it ends before, or takes too long."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while program.running and not ready():
                await LIFE.sleep(LOOKS_EVERY_S)
    except TimeoutError:
        raise StartError(f"the {program.name} was not ready within {READY_WITHIN_S:.0f} s") from None
    if not program.running:
        raise StartError(f"the {program.name} ended at once: {program.last_words()}")
